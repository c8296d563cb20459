//! What new knowledge changes for the cases of the laboratory.

use crate::format::moment;
use crate::page::{Cx, Page, Sample, segment};
use indgang_interpret::reanalysis::{Alert, Change, Priority};
use indgang_interpret::words::Words;
use indgang_model::Timestamp;
use maud::{Markup, html};

/// One alert in the list.
#[derive(Debug, Clone)]
pub struct AlertRow {
    /// The case's identifier.
    pub case: String,
    /// What the case is called.
    pub label: Words,
    /// Name of the proband, when the reader may see it.
    pub proband: Option<String>,
    /// What changed.
    pub alert: Alert,
    /// The release that changed it.
    pub release: String,
    /// When it was found.
    pub at: Timestamp,
    /// True when the proband wishes to be contacted.
    pub wishes_recontact: bool,
}

/// The page's context.
#[derive(Debug, Clone)]
pub struct AlertsPage {
    /// Newest first.
    pub alerts: Vec<AlertRow>,
}

const COLUMNS: [&str; 6] = ["case", "alert-what", "alert-why", "alert-recontact", "alert-release", "alert-when"];

impl Page for AlertsPage {
    fn title(&self, cx: &Cx) -> String {
        cx.t("alerts-title")
    }

    fn body(&self, cx: &Cx) -> Markup {
        let (primary, other): (Vec<&AlertRow>, Vec<&AlertRow>) =
            self.alerts.iter().partition(|row| row.alert.priority == Priority::Primary);
        html! {
            p.lead { (cx.t("alerts-intro")) }
            @if self.alerts.is_empty() { p { (cx.t("alerts-none")) } }
            @for (key, rows) in [("alerts-primary", primary), ("alerts-other", other)] {
                @if !rows.is_empty() {
                    h2 { (cx.t(key)) }
                    (table(cx, cx.t(key), &rows))
                }
            }
        }
    }
}

fn table(cx: &Cx, label: String, rows: &[&AlertRow]) -> Markup {
    html! {
        div.table-scroll tabindex="0" role="group" aria-label=(label) {
            table.table.stacked {
                thead { tr { @for key in COLUMNS { th scope="col" { (cx.t(key)) } } } }
                tbody { @for row in rows { (line(cx, row)) } }
            }
        }
    }
}

fn line(cx: &Cx, row: &AlertRow) -> Markup {
    let Alert { finding, rank, subject, change, before, now, criteria, .. } = &row.alert;
    let case = format!("/cases/{}", segment(&row.case));
    html! {
        tr {
            th scope="row" data-label=(cx.t("case")) { span {
                a href={ (case) "/findings/" (rank) } { (cx.title(&row.label)) }
                @if let Some(name) = &row.proband { br; (name) }
                br; small.break-word { (finding) }
            } }
            td data-label=(cx.t("alert-what")) { span {
                strong { (cx.t(key(*change))) }
                @if !matches!(change, Change::Upgrade | Change::Downgrade) { br; span.mono { (subject) } }
            } }
            td.break-word data-label=(cx.t("alert-why")) { span {
                @if before.is_empty() && now.is_empty() { "–" } @else { (before) " → " (now) }
                @if !criteria.is_empty() { br; small { (criteria.join(", ")) } }
            } }
            td data-label=(cx.t("alert-recontact")) {
                (cx.t(if row.wishes_recontact { "alert-recontact-wished" } else { "alert-recontact-not" }))
            }
            td.break-word data-label=(cx.t("alert-release")) { (row.release) }
            td data-label=(cx.t("alert-when")) { (moment(cx.locale, row.at)) }
        }
    }
}

const fn key(change: Change) -> &'static str {
    match change {
        Change::Upgrade => "alert-upgrade",
        Change::Downgrade => "alert-downgrade",
        Change::NewDisease => "alert-new_disease",
        Change::DiseaseWithdrawn => "alert-disease_withdrawn",
    }
}

impl Sample for AlertsPage {
    fn samples() -> Vec<(&'static str, Self)> {
        let row = |change, priority, subject: &str, wishes_recontact: bool| {
            let class = matches!(change, Change::Upgrade | Change::Downgrade);
            let word = |text: &str| if class { text.to_owned() } else { String::new() };
            AlertRow {
                case: "family/1".to_owned(),
                label: Words::new("Trio: brede tommelfingre", "Trio: broad thumbs"),
                proband: wishes_recontact.then(|| "Asta Prøve".to_owned()),
                alert: Alert {
                    finding: "FGFR2 de_novo 10:123256215T>G".to_owned(),
                    rank: 1,
                    subject: subject.to_owned(),
                    change,
                    priority,
                    before: word("uncertain_significance (5)"),
                    now: word("likely_pathogenic (7), ClinVar Pathogenic (2/4)"),
                    criteria: if class { vec!["+PM5 moderate".to_owned()] } else { Vec::new() },
                },
                release: "clinvar 2026-09".to_owned(),
                at: crate::sample::now(),
                wishes_recontact,
            }
        };
        let alerts = vec![
            row(Change::Upgrade, Priority::Primary, "class", true),
            row(Change::Downgrade, Priority::Primary, "class", false),
            row(Change::NewDisease, Priority::Other, "OMIM:101600", true),
            row(Change::DiseaseWithdrawn, Priority::Other, "OMIM:101600", false),
        ];
        vec![("four", Self { alerts }), ("none", Self { alerts: Vec::new() })]
    }
}
