//! The permission matrix and the rules it is worked out from.

use crate::page::{Cx, Page, Sample, role};
use crate::parts::words;
use indgang_gate::RelationGrade;
use indgang_gate::policy::{Condition, Opening, Policy, Row, Rule, shipped_rows};
use indgang_model::{Purpose, Role};
use maud::{Markup, html};

/// The page's context.
#[derive(Debug, Clone)]
pub struct RulesPage {
    /// The rows of the matrix that are shown.
    pub rows: Vec<Row>,
    /// Every rule, in the order of the policies.
    pub rules: Vec<Rule>,
    /// The role chosen.
    pub role: Role,
    /// The purpose chosen; `None` for every purpose.
    pub purpose: Option<Purpose>,
}

impl RulesPage {
    /// The page of the shipped policy for a role and a purpose.
    pub fn of(role: Role, purpose: Option<Purpose>) -> Self {
        let chosen = |row: &Row| row.role == role && purpose.is_none_or(|purpose| row.purpose == purpose);
        let rows = shipped_rows().iter().filter(|row| chosen(row)).cloned().collect();
        Self { rows, rules: Policy::shipped().rules().to_vec(), role, purpose }
    }

    fn rule(&self, id: &str) -> &Rule {
        self.rules.iter().find(|rule| rule.id == id).unwrap_or_else(|| Rule::closed())
    }
}

/// The value of a role or purpose in an address: the model's own word.
pub(crate) fn value<T: serde::Serialize>(of: &T) -> String {
    serde_json::to_value(of).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

impl Page for RulesPage {
    fn title(&self, cx: &Cx) -> String {
        cx.t("rules-title")
    }

    fn body(&self, cx: &Cx) -> Markup {
        html! {
            p.lead { (cx.t("rules-lead")) }
            p.hint { (cx.t("rules-not-advice")) }
            (self.choice(cx))
            @for purpose in Purpose::ALL.into_iter().filter(|p| self.purpose.is_none_or(|chosen| chosen == *p)) {
                h2 { (role(cx, self.role)) ": " (words::purpose(cx, purpose)) }
                (self.table(cx, purpose))
            }
            h2 { (cx.t("rules-all-title")) }
            @for rule in self.rules.iter().chain([Rule::closed()]) { (told(cx, rule)) }
        }
    }
}

impl RulesPage {
    fn choice(&self, cx: &Cx) -> Markup {
        html! {
            form.form.form-row method="get" action="/audit/rules" {
                label for="role" { (cx.t("rules-role")) }
                select #role name="role" {
                    @for choice in Role::ALL {
                        option value=(value(&choice)) selected[choice == self.role] { (role(cx, choice)) }
                    }
                }
                label for="purpose" { (cx.t("rules-purpose")) }
                select #purpose name="purpose" {
                    option value="" selected[self.purpose.is_none()] { (cx.t("rules-any-purpose")) }
                    @for choice in Purpose::ALL {
                        option value=(value(&choice)) selected[self.purpose == Some(choice)] { (words::purpose(cx, choice)) }
                    }
                }
                button.button.button-secondary type="submit" { (cx.t("rules-show")) }
            }
        }
    }

    fn table(&self, cx: &Cx, purpose: Purpose) -> Markup {
        let label = format!("{}: {}", role(cx, self.role), words::purpose(cx, purpose));
        html! {
            div.table-scroll tabindex="0" role="group" aria-label=(label) {
                table.table.stacked {
                    thead { tr {
                        @for key in ["rules-data", "rules-may", "rules-when", "rules-then", "rules-rule"] {
                            th scope="col" { (cx.t(key)) }
                        }
                    } }
                    tbody { @for row in self.rows.iter().filter(|row| row.purpose == purpose) { (self.rows_of(cx, row)) } }
                }
            }
        }
    }

    fn rows_of(&self, cx: &Cx, row: &Row) -> Markup {
        let categories = listed(row.categories.iter().map(|category| words::category(cx, *category)));
        html! {
            @for opening in &row.openings { (self.opening(cx, &categories, opening)) }
            @if let Some(rule) = &row.closed_by {
                tr.refused {
                    th scope="row" data-label=(cx.t("rules-data")) { (categories) }
                    td data-label=(cx.t("rules-may")) { span.state.state-no { span aria-hidden="true" { "✕ " } (cx.t("rules-shut")) } }
                    td data-label=(cx.t("rules-when")) { "–" }
                    td data-label=(cx.t("rules-then")) { "–" }
                    td data-label=(cx.t("rules-rule")) { (self.basis(rule)) }
                }
            }
        }
    }

    fn opening(&self, cx: &Cx, categories: &str, opening: &Opening) -> Markup {
        let may = listed(opening.activities.iter().map(|activity| cx.t(&format!("may-{}", value(activity)))));
        let then = listed(opening.obligations.iter().map(|obligation| words::obligation(cx, *obligation)));
        html! {
            tr {
                th scope="row" data-label=(cx.t("rules-data")) { (categories) }
                td data-label=(cx.t("rules-may")) { (may) }
                td data-label=(cx.t("rules-when")) { (when(cx, opening)) }
                td data-label=(cx.t("rules-then")) { @if then.is_empty() { "–" } @else { (then) } }
                td data-label=(cx.t("rules-rule")) { (self.basis(&opening.rule)) }
            }
        }
    }

    fn basis(&self, id: &str) -> Markup {
        html! { span { (self.rule(id).paragraph) br; small { a.mono href={ "#" (id) } { (id) } } } }
    }
}

/// What must hold, in words; that the passage is about somebody goes without saying.
fn when(cx: &Cx, opening: &Opening) -> String {
    let conditions = opening.conditions.iter().filter(|condition| **condition != Condition::NamesSomebody);
    let mut all: Vec<String> = conditions.map(|condition| words::condition(cx, *condition)).collect();
    if opening.relation > RelationGrade::E {
        all.push(cx.tf("rules-relation", &[("grade", opening.relation.name().into())]));
    }
    if let Some(ground) = opening.breaking_glass {
        all.push(cx.tf("rules-glass", &[("ground", words::glass(cx, ground).into())]));
    }
    if all.is_empty() { cx.t("rules-always") } else { all.join("; ") }
}

fn told(cx: &Cx, rule: &Rule) -> Markup {
    html! {
        section.card id=(rule.id) {
            h3 { span.mono { (rule.id) } " – " (rule.paragraph) }
            p { (cx.t(if rule.opens { "rules-rules-opens" } else { "rules-rules-closes" })) ": " (cx.either(&rule.says_da, &rule.says_en)) }
            @if !rule.in_force { p { strong { (cx.t("rules-switched-off")) } } }
            p { small {
                (cx.t("rules-source")) ": " (cx.english(&rule.source)) " (" (rule.date) "), "
                (cx.t(if rule.read_in_source { "rules-read-source" } else { "rules-read-background" }))
            } }
        }
    }
}

fn listed(words: impl Iterator<Item = String>) -> String {
    words.collect::<Vec<_>>().join(", ")
}

impl Sample for RulesPage {
    fn samples() -> Vec<(&'static str, Self)> {
        let of = Self::of;
        let mut samples = vec![
            ("treatment", of(Role::AuthorisedHealthProfessional, Some(Purpose::Treatment))),
            ("outsider", of(Role::Outsider, None)),
        ];
        samples.extend(Role::ALL.map(|role| ("every", of(role, None))));
        samples
    }
}
