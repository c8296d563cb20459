//! The last step before a conclusion is signed: read it once more, then sign.

use crate::page::{Cx, Page, Sample};
use crate::pages::case::causes;
use crate::parts::words;
use indgang_interpret::report::{FindingLine, Report, ResultKind};
use indgang_interpret::words::Words;
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
    /// Secondary findings that go with it, as wished: whose, and gene and disease.
    pub secondary: Vec<(String, String)>,
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
                @if !self.secondary.is_empty() {
                    h2 { (cx.t("secondary-heading")) }
                    p { (cx.t("sign-secondary")) }
                    ul { @for (whose, what) in &self.secondary { li { (whose) ": " (cx.english(what)) } } }
                }
            }
            form.form method="post" action={ "/cases/" (self.case) "/sign" } {
                (cx.csrf_field())
                button.button.button-primary type="submit" { (cx.t("sign-now")) }
                a.button.button-secondary href={ "/cases/" (self.case) "#conclusion" } { (cx.t("sign-not-yet")) }
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
            secondary: vec![("Bo Prøve".to_owned(), "LDLR, Familial hypercholesterolemia".to_owned())],
            causes: if proband.is_some() { vec![1, 2] } else { Vec::new() },
            cause_elsewhere: proband.is_none(),
        };
        vec![("with-name", page(Some("Asta Prøve"))), ("without-name", page(None))]
    }
}
