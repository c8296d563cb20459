//! The list of cases.

use crate::page::{Cx, Page, Sample};
use crate::parts::words;
use indgang_interpret::report::ResultKind;
use indgang_interpret::words::Words;
use indgang_model::PhenotypicFeature;
use maud::{Markup, html};

/// Signs shown of each case.
const FIRST_SIGNS: usize = 4;

/// How far a case is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Taken in, not interpreted.
    Received,
    /// Interpreted; nobody has concluded.
    Interpreted,
    /// A conclusion is written, not signed.
    Concluded,
    /// Signed.
    Signed,
}

/// One case in the list.
#[derive(Debug, Clone)]
pub struct CaseRow {
    /// Identifier, part of the address.
    pub id: String,
    /// What the case is called.
    pub label: Words,
    /// Name of the proband, when the reader may see it.
    pub proband: Option<String>,
    /// What the program suggests, or the geneticist confirmed.
    pub result: Option<ResultKind>,
    /// The signs seen in the proband, of which the first few are shown.
    pub signs: Vec<PhenotypicFeature>,
    /// Gene and disease of the first finding.
    pub first_finding: Option<String>,
    /// How far it is.
    pub status: Status,
}

/// The page's context.
#[derive(Debug, Clone)]
pub struct CasesPage {
    /// The cases the reader may open.
    pub cases: Vec<CaseRow>,
}

impl Page for CasesPage {
    fn title(&self, cx: &Cx) -> String {
        cx.t("cases-title")
    }

    fn body(&self, cx: &Cx) -> Markup {
        html! {
            p.lead { (cx.tf("cases-count", &[("count", self.cases.len().into())])) }
            @if !self.cases.is_empty() {
                div.table-scroll tabindex="0" role="group" aria-label=(cx.t("cases-title")) {
                    table.table.stacked {
                        thead { tr {
                            @for key in ["case", "proband", "signs", "result-kind", "first-finding", "status"] {
                                th scope="col" { (cx.t(key)) }
                            }
                        } }
                        tbody { @for row in &self.cases { (case(cx, row)) } }
                    }
                }
            }
        }
    }
}

fn case(cx: &Cx, row: &CaseRow) -> Markup {
    html! {
        tr {
            th scope="row" data-label=(cx.t("case")) { span { a href={ "/cases/" (row.id) } { (cx.title(&row.label)) } br; small.mono { (row.id) } } }
            td data-label=(cx.t("proband")) {
                @match &row.proband { Some(name) => { (name) } None => { (cx.t("name-not-shown")) } }
            }
            td data-label=(cx.t("signs")) { span {
                @for (i, sign) in row.signs.iter().take(FIRST_SIGNS).enumerate() {
                    @if i > 0 { ", " }
                    (words::sign(cx, sign))
                }
                @if row.signs.len() > FIRST_SIGNS {
                    " " (cx.tf("signs-more", &[("count", (row.signs.len() - FIRST_SIGNS).into())]))
                }
                @if row.signs.is_empty() { "–" }
            } }
            td data-label=(cx.t("result-kind")) {
                @match row.result { Some(kind) => { (words::result_kind(cx, kind)) } None => { "–" } }
            }
            td data-label=(cx.t("first-finding")) {
                @match &row.first_finding { Some(text) => { (cx.english(text)) } None => { "–" } }
            }
            td data-label=(cx.t("status")) { (cx.t(status(row.status))) }
        }
    }
}

const fn status(status: Status) -> &'static str {
    match status {
        Status::Received => "status-received",
        Status::Interpreted => "status-interpreted",
        Status::Concluded => "status-concluded",
        Status::Signed => "status-signed",
    }
}

impl Sample for CasesPage {
    fn samples() -> Vec<(&'static str, Self)> {
        let row = |id: &str, proband: Option<&str>, result, status| CaseRow {
            id: id.to_owned(),
            // As of a house that had the Danish only.
            label: Words::new(format!("Trio: {id}"), if id == "family-2" { "" } else { "Trio in English" }),
            proband: proband.map(str::to_owned),
            signs: if proband.is_some() { crate::sample::report().phenotypic_features } else { Vec::new() },
            result,
            first_finding: (result == Some(ResultKind::Diagnostic)).then(|| "FGFR2, Pfeiffer syndrome".to_owned()),
            status,
        };
        vec![
            (
                "three",
                Self {
                    cases: vec![
                        row("family-1", Some("Asta Prøve"), Some(ResultKind::Diagnostic), Status::Interpreted),
                        row("family-2", None, Some(ResultKind::Uncertain), Status::Concluded),
                        row("family-3", Some("Ib Prøve"), Some(ResultKind::Negative), Status::Signed),
                        row("family-4", Some("Ulla Prøve"), None, Status::Received),
                    ],
                },
            ),
            ("none", Self { cases: Vec::new() }),
        ]
    }
}
