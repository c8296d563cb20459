//! What a story can look like.

use super::{Asked, TimelinePage, kinds};
use crate::page::Sample;
use crate::sample;
use indgang_fhir::record::{Coding, LineKind, Measured, Reading, Span};
use indgang_model::{CaseId, Category, LegalBasis};
use indgang_service::{ItemSource, Other, Series, TimelineItem, TimelineKind};

fn source(name: &str, version: u64) -> ItemSource {
    ItemSource { source: name.to_owned(), reference: "Observation/1".to_owned(), version, known_at: sample::now() }
}

fn item(kind: TimelineKind, title: &str, start: &str, end: &str) -> TimelineItem {
    TimelineItem {
        kind,
        codes: vec![Coding { system: "urn:oid:1".to_owned(), code: "DE119".to_owned(), display: title.to_owned() }],
        title: title.to_owned(),
        title_en: String::new(),
        span: (!start.is_empty()).then(|| Span { start: start.to_owned(), end: end.to_owned() }),
        status: "active".to_owned(),
        readings: Vec::new(),
        note: String::new(),
        sources: vec![source("hospital", 1)],
        others: Vec::new(),
        case: None,
    }
}

fn reading(number: f64, text: &str, interpretation: &str) -> Reading {
    Reading {
        codes: Vec::new(),
        title: String::new(),
        value: Measured::Quantity { number, text: text.to_owned(), unit: "mmol/mol".to_owned() },
        range: (None, Some(48.0)),
        interpretation: interpretation.to_owned(),
    }
}

fn story() -> Vec<TimelineItem> {
    let line = |kind| TimelineKind::Line(kind);
    let mut joined = item(line(LineKind::Observation), "HbA1c", "2025-03-04T08:15:00+01:00", "");
    joined.readings = vec![reading(53.0, "53", "H")];
    joined.sources.push(source("gp", 2));
    joined.others = vec![Other {
        source: "gp".to_owned(),
        readings: vec![reading(35.0, "35", "")],
        status: "final".to_owned(),
        span: joined.span.clone(),
        note: String::new(),
    }];
    let mut medicine = item(line(LineKind::Medication), "Metformin", "2020-01-02", "");
    medicine.note = "500 mg × 2".to_owned();
    let mut wrong = item(line(LineKind::Condition), "Type 2-diabetes", "2019-05", "");
    wrong.status = "entered-in-error".to_owned();
    let mut report = item(TimelineKind::GenomeReport, "Trio", "2026-01-01T00:00:00Z", "");
    (report.case, report.title_en) = (Some(CaseId("trio".to_owned())), "Trio in English".to_owned());
    report.sources = vec![source("", 1)];
    let rest = kinds().map(|kind| item(kind, "", "2018", "2019-02-03"));
    [report, joined, medicine, wrong]
        .into_iter()
        .chain(rest)
        .chain([item(line(LineKind::Allergy), "", "", "")])
        .collect()
}

impl Sample for TimelinePage {
    fn samples() -> Vec<(&'static str, Self)> {
        let series = |range| Series {
            title: "HbA1c".to_owned(),
            unit: "mmol/mol".to_owned(),
            points: vec![(1_500_000_000, 41.0), (1_600_000_000, 48.5), (1_700_000_000, 53.0)],
            range,
        };
        let page = Self {
            person: "p-child".to_owned(),
            name: Some("Asta Prøve".to_owned()),
            own: false,
            asked: Asked::default(),
            items: story(),
            series: vec![series((Some(20.0), Some(48.0))), series((None, Some(48.0))), series((None, None))],
            withheld: vec![Category::Medication],
            tissue_refused: false,
            more: true,
            others: Vec::new(),
            access: (LegalBasis { rule: "DK-42a".to_owned(), paragraph: "Sundhedsloven § 42 a, stk. 1".to_owned() }, 7),
        };
        let own = Self {
            own: true,
            tissue_refused: true,
            withheld: Vec::new(),
            more: false,
            others: vec!["p-2".to_owned()],
            ..page.clone()
        };
        let table = Asked { table: true, from: "2019-01-01".to_owned(), ..Asked::default() };
        let empty = Self { items: Vec::new(), series: Vec::new(), ..own.clone() };
        vec![
            ("treated", page.clone()),
            ("table", Self { asked: table, name: None, ..page }),
            ("own", own),
            ("empty", empty),
        ]
    }
}
