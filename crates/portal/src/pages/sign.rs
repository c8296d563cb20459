//! The last step before a conclusion is signed: read it once more, leave out what should not be told, then sign.

use crate::page::{Cx, Page, Sample, segment};
use crate::pages::case::causes;
use crate::parts::{secondary, words};
use indgang_gate::BreakingGlass;
use indgang_interpret::report::{FindingLine, Report, ResultKind};
use indgang_interpret::words::Words;
use indgang_service::JudgedSecondaryFinding;
use maud::{Markup, html};

/// The page's context.
#[derive(Debug, Clone)]
pub struct SignPage {
    /// The case's identifier in addresses.
    pub case: String,
    /// What the case is called.
    pub label: Words,
    /// The name of the proband, when the reader may see it.
    pub proband: Option<String>,
    /// The conclusion's words.
    pub text: String,
    /// The kind of result.
    pub result: ResultKind,
    /// The report, for the findings.
    pub report: Report<FindingLine>,
    /// Ranks of the findings judged to be the cause.
    pub causes: Vec<u32>,
    /// True when the cause is none of the findings.
    pub cause_elsewhere: bool,
    /// Secondary findings, as wished: those that go with it and those that were left out.
    pub secondary: Vec<Secondary>,
    /// A form came back: the key of the message.
    pub error: Option<&'static str>,
}

/// A person's secondary finding.
#[derive(Debug, Clone)]
pub struct Secondary {
    /// Her name, or her sample's where the reader may not see it.
    pub whose: String,
    /// The person.
    pub person: String,
    /// What was found, and what was said of it.
    pub judged: JudgedSecondaryFinding,
}

impl Page for SignPage {
    fn title(&self, cx: &Cx) -> String {
        cx.t("sign-title")
    }

    fn body(&self, cx: &Cx) -> Markup {
        html! {
            p.lead { (cx.title(&self.label)) }
            div.alert.alert-warning { p { (cx.t("sign-explain")) } }
            div.card {
                @if let Some(name) = &self.proband { p { (cx.t("proband")) ": " strong { (name) } } }
                p { (cx.t("result-kind")) ": " (words::result_kind(cx, self.result)) }
                (causes(cx, &self.report, &self.causes, self.cause_elsewhere))
                p.prose { (self.text) }
            }
            @if !self.secondary.is_empty() { (secondary_findings(cx, self)) }
            form.form method="post" action={ "/cases/" (segment(&self.case)) "/sign" } {
                (cx.csrf_field())
                button.button.button-primary type="submit" { (cx.t("sign-now")) }
                a.button.button-secondary href={ "/cases/" (segment(&self.case)) "#conclusion" } { (cx.t("sign-not-yet")) }
            }
        }
    }
}

fn secondary_findings(cx: &Cx, page: &SignPage) -> Markup {
    html! {
        section aria-labelledby="secondary" {
            h2 #secondary { (cx.t("secondary-heading")) }
            p { (cx.t("sign-secondary")) }
            @if let Some(key) = page.error {
                div.alert.alert-error role="alert" {
                    p { (cx.tf(key, &[("characters", BreakingGlass::SHORTEST_REASON.into())])) }
                }
            }
            @for (number, one) in (1..).zip(&page.secondary) { (secondary_finding(cx, &page.case, number, one)) }
            p { a href={ "/cases/" (segment(&page.case)) "#secondary" } { (cx.t("sign-secondary-evidence")) } }
        }
    }
}

fn secondary_finding(cx: &Cx, case: &str, number: u32, one: &Secondary) -> Markup {
    let finding = &one.judged.finding;
    html! {
        article.card {
            h3 { (one.whose) ": " (finding.gene.symbol) ", " (cx.word("disease", &finding.disease.label)) }
            @if !finding.acmg.classification.is_empty() { p { (cx.word("class", &finding.acmg.classification)) } }
            (secondary::said(cx, &one.judged))
            (choice(cx, case, number, one))
        }
    }
}

/// The form that leaves it out, or puts it back.
fn choice(cx: &Cx, case: &str, number: u32, one: &Secondary) -> Markup {
    let shortest = BreakingGlass::SHORTEST_REASON;
    let (back, field, hint) = (one.judged.is_left_out(), format!("reason-{number}"), format!("reason-{number}-hint"));
    let finding = &one.judged.finding;
    let values = [("whose", one.whose.clone().into()), ("gene", finding.gene.symbol.clone().into())];
    html! {
        details {
            summary { (cx.tf(if back { "put-back" } else { "leave-out" }, &values)) }
            form.form method="post" action={ "/cases/" (segment(case)) "/secondary" } {
                (cx.csrf_field())
                input type="hidden" name="person" value=(one.person);
                input type="hidden" name="finding" value=(finding.name());
                input type="hidden" name="leave_out" value=(if back { "no" } else { "yes" });
                label for=(field) { (cx.t("reason")) }
                p.hint id=(hint) { (cx.tf("leave-out-hint", &[("characters", shortest.into())])) }
                textarea id=(field) name="reason" rows="3" required minlength=(shortest) maxlength="2000"
                    aria-describedby=(hint) {}
                button.button.button-secondary type="submit" { (cx.t(if back { "put-back-save" } else { "leave-out-save" })) }
            }
        }
    }
}

impl Sample for SignPage {
    fn samples() -> Vec<(&'static str, Self)> {
        let page = |proband: Option<&str>| Self {
            case: "family-1".to_owned(),
            label: Words::new("Trio: brede tommelfingre", "Trio: broad thumbs"),
            proband: proband.map(str::to_owned),
            text: "Ny sygdomsgivende variant i FGFR2.".to_owned(),
            result: ResultKind::Diagnostic,
            report: crate::sample::report().summary(),
            secondary: [crate::sample::judged(), crate::sample::left_out()]
                .map(|judged| Secondary { whose: "Bo Prøve".to_owned(), person: "p-father".to_owned(), judged })
                .into(),
            causes: if proband.is_some() { vec![1, 2] } else { Vec::new() },
            cause_elsewhere: proband.is_none(),
            error: None,
        };
        vec![
            ("with-name", page(Some("Asta Prøve"))),
            ("without-name", Self { secondary: Vec::new(), ..page(None) }),
            ("reason-too-short", Self { error: Some("glass-short"), ..page(Some("Asta Prøve")) }),
        ]
    }
}
