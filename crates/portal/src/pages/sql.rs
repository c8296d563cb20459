//! The desk for questions about everybody: the editor, the permit with its tables, the answer, earlier questions.

mod answer;
mod samples;

pub(crate) use answer::{Answer, Plan};

use crate::format::{day, moment};
use crate::page::{Cx, Page};
use crate::pages::message::reason_keys;
use crate::parts::words;
use indgang_gate::Reason;
use indgang_model::LegalBasis;
use indgang_service::{Asked, AskedOutcome, Desk, HeldPermit, OpenTable};
use maud::{Markup, html};

/// The page's context.
#[derive(Debug, Clone)]
pub struct SqlPage {
    /// Her permits, what they open, and what she asked before.
    pub desk: Desk,
    /// Place of the chosen permit.
    pub chosen: usize,
    /// What stands in the editor.
    pub sql: String,
    /// What came of the question; `None` when none was put.
    pub outcome: Option<Told>,
}

/// What came of a question.
#[derive(Debug, Clone)]
pub enum Told {
    /// It was answered.
    Answer(Box<Answer>),
    /// Its plan was asked for.
    Plan(Plan),
    /// The gate refused.
    Refused {
        /// Rule and paragraph.
        basis: LegalBasis,
        /// What was missing.
        reason: Reason,
        /// Index of the refusal in the log.
        leaf: u64,
    },
    /// The lake refused.
    NotAnswered {
        /// The rule of the lake.
        rule: &'static str,
        /// What is refused, and what would be allowed.
        what: String,
    },
    /// It failed.
    Failed {
        /// How, by its key.
        how: &'static str,
        /// What is wrong.
        what: String,
    },
}

const EXAMPLE: &str = "select koen, count(*) as n from bef group by koen order by koen";

impl Page for SqlPage {
    fn title(&self, cx: &Cx) -> String {
        cx.t("sql-title")
    }

    fn body(&self, cx: &Cx) -> Markup {
        let permit = self.desk.permits.get(self.chosen);
        html! {
            p.lead { (cx.t("sql-lead")) }
            @if let Some(told) = &self.outcome { (self.told(cx, told)) }
            @match permit {
                None => div.alert.alert-warning { p { (cx.t("sql-no-permit")) } p { (cx.t("sql-no-permit-remedy")) } },
                Some(permit) => {
                    @if self.desk.snapshot.is_none() { div.alert.alert-info { p { (cx.t("sql-empty")) } } }
                    (self.editor(cx, permit))
                    (about(cx, permit, &self.desk))
                    (tables(cx, &permit.tables))
                }
            }
            (history(cx, &self.desk.questions))
        }
    }
}

impl SqlPage {
    fn editor(&self, cx: &Cx, permit: &HeldPermit) -> Markup {
        html! {
            form.form.wide method="post" action="/sql" {
                (cx.csrf_field())
                label for="permit" { (cx.t("sql-permit")) }
                select #permit name="permit" {
                    @for held in &self.desk.permits {
                        option value=(held.id.0) selected[held.id == permit.id] {
                            (cx.tf("sql-permit-choice", &[
                                ("id", held.id.0.clone().into()), ("purpose", words::purpose(cx, held.purpose).into()),
                            ]))
                        }
                    }
                }
                label for="sql" { (cx.t("sql-question")) }
                textarea.mono #sql name="sql" rows="8" maxlength="60000" spellcheck="false" autocomplete="off"
                    autocapitalize="off" aria-describedby="sql-hint" { (self.sql) }
                p.hint #sql-hint { (cx.tf("sql-question-hint", &[("example", EXAMPLE.into())])) }
                button.button.button-primary type="submit" name="do" value="ask" { (cx.t("sql-ask")) }
                button.button.button-secondary type="submit" name="do" value="explain" { (cx.t("sql-explain")) }
                @if self.desk.permits.len() > 1 {
                    button.button.button-secondary type="submit" name="do" value="tables" { (cx.t("sql-show-tables")) }
                }
            }
        }
    }

    fn told(&self, cx: &Cx, told: &Told) -> Markup {
        let permit = self.desk.permits.get(self.chosen);
        match told {
            Told::Answer(answer) => answer.markup(cx, permit, &self.sql),
            Told::Plan(plan) => plan.markup(cx),
            Told::Refused { basis, reason, leaf } => {
                let (why, needed) = reason_keys(*reason);
                html! {
                    section.alert.alert-error role="alert" {
                        h2 { (cx.t("sql-refused")) }
                        dl.facts {
                            dt { (cx.t("refused-rule")) } dd.mono { (basis.rule) }
                            dt { (cx.t("refused-paragraph")) } dd { (basis.paragraph) }
                            dt { (cx.t("refused-why")) } dd { (cx.t(why)) }
                            dt { (cx.t("refused-needed")) } dd { (cx.t(needed)) }
                        }
                        p { (cx.tf("sql-logged-refusal", &[("leaf", (*leaf).into())])) " " (cx.t("sql-kept")) }
                    }
                }
            }
            Told::NotAnswered { rule, what } => html! {
                section.alert.alert-error role="alert" {
                    h2 { (cx.t("sql-refused")) }
                    dl.facts {
                        dt { (cx.t("refused-rule")) } dd.mono { (rule) }
                        dt { (cx.t("refused-why")) } dd { (cx.t(&format!("lake-rule-{rule}"))) }
                        dt { (cx.t("refused-needed")) } dd { (cx.t(&format!("lake-allowed-{rule}"))) }
                        dt { (cx.t("sql-detail")) } dd { (cx.english(what)) }
                    }
                    p { (cx.t("sql-refused-logged")) " " (cx.t("sql-kept")) }
                }
            },
            Told::Failed { how, what } => html! {
                section.alert.alert-error role="alert" {
                    h2 { (cx.t("sql-failed")) }
                    p { (cx.t(how)) }
                    p.break-word { (cx.english(what)) }
                    p { (cx.t("sql-kept")) }
                }
            },
        }
    }
}

fn about(cx: &Cx, permit: &HeldPermit, desk: &Desk) -> Markup {
    let days = |key, from: Option<_>, until: Option<_>| {
        let text = |date: Option<jiff::civil::Date>| date.map(|date| date.to_string()).unwrap_or_default();
        cx.tf(key, &[("from", text(from).into()), ("until", text(until).into())])
    };
    html! {
        dl.facts {
            dt { (cx.t("log-purpose")) } dd { (words::purpose(cx, permit.purpose)) }
            dt { (cx.t("sql-permit-shows")) }
            dd { (cx.t(if permit.rows { "sql-permit-rows" } else { "sql-permit-counts" })) }
            dt { (cx.t("sql-permit-minimum")) } dd { (permit.minimum_cell) }
            dt { (cx.t("sql-permit-days")) }
            dd { (match (permit.first_day, permit.end_day) {
                (None, None) => cx.t("sql-permit-any-day"),
                (from, None) => days("sql-permit-from", from, None),
                (None, until) => days("sql-permit-before", None, until),
                (from, until) => days("sql-permit-between", from, until),
            }) }
            dt { (cx.t("sql-permit-until")) } dd { (day(permit.until)) }
            @if let Some((number, at)) = desk.snapshot {
                dt { (cx.t("sql-snapshot")) }
                dd { (cx.tf("sql-snapshot-of", &[("at", moment(cx.locale, at).into()), ("number", number.into())])) }
            }
        }
    }
}

fn tables(cx: &Cx, tables: &[OpenTable]) -> Markup {
    html! {
        h2 { (cx.t("sql-tables")) }
        p.hint { (cx.t("sql-tables-hint")) }
        @for table in tables {
            details {
                summary {
                    span.mono.break-word { (table.name) } " – " (cx.either(table.means_da, table.means_en))
                    @if table.is_empty { " (" (cx.t("sql-table-empty")) ")" }
                }
                table.table.compact {
                    thead { tr { th scope="col" { (cx.t("sql-column")) } th scope="col" { (cx.t("sql-means")) } } }
                    tbody { @for (name, da, en) in &table.columns {
                        tr { th.mono.break-word scope="row" { (name) } td { (cx.either(da, en)) } }
                    } }
                }
                p { a href={ "/catalogue/" (table.name) } { (cx.t("sql-table-about")) " " span.mono { (table.name) } } }
            }
        }
    }
}

fn history(cx: &Cx, questions: &[Asked]) -> Markup {
    html! {
        h2 { (cx.t("sql-history")) }
        @if questions.is_empty() { p { (cx.t("sql-history-none")) } }
        @else {
            div.table-scroll tabindex="0" role="group" aria-label=(cx.t("sql-history")) {
                table.table.stacked {
                    thead { tr {
                        @for key in ["sql-question", "sql-permit", "sql-history-when", "sql-history-outcome"] {
                            th scope="col" { (cx.t(key)) }
                        }
                    } }
                    tbody { @for asked in questions { tr {
                        th scope="row" data-label=(cx.t("sql-question")) {
                            a.mono.break-word href={ "/sql?question=" (asked.sequence) } { (words::short_text(&asked.sql, 160)) }
                        }
                        td data-label=(cx.t("sql-permit")) { @match &asked.permit { Some(permit) => (permit.0), None => "–" } }
                        td data-label=(cx.t("sql-history-when")) { (moment(cx.locale, asked.at)) }
                        td data-label=(cx.t("sql-history-outcome")) { (cx.t(match asked.outcome {
                            AskedOutcome::Answered => "sql-outcome-answered",
                            AskedOutcome::Refused => "sql-outcome-refused",
                            AskedOutcome::Failed => "sql-outcome-failed",
                        })) }
                    } } }
                }
            }
        }
    }
}
