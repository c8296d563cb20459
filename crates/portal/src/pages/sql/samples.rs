//! Samples of the page.

use super::{Answer, Plan, SqlPage, Told};
use crate::page::Sample;
use crate::sample;
use indgang_gate::Reason;
use indgang_model::{LegalBasis, PermitId, Purpose};
use indgang_service::{Asked, AskedOutcome, Cells, Desk, HeldPermit, OpenTable};

fn basis() -> LegalBasis {
    LegalBasis { rule: "DK-46".to_owned(), paragraph: "Sundhedsloven § 46, stk. 1-2".to_owned() }
}

pub(super) fn answer(cells: Cells, left_out: bool) -> Answer {
    Answer { cells, left_out, minimum: 5, persons: false, perturbed: left_out, basis: basis(), leaf: 41, snapshot: 3 }
}

fn counts() -> Cells {
    let row = |koen: &str, n: &str| vec![Some(koen.to_owned()), Some(n.to_owned())];
    let columns = vec!["koen".to_owned(), "n".to_owned()];
    Cells { columns, numeric: vec![true, true], rows: vec![row("1", "148"), row("2", "152")], of: 2 }
}

fn permit(id: &str, purpose: Purpose, rows: bool) -> HeldPermit {
    let columns = vec![("koen", "køn: 1 mand, 2 kvinde", "sex: 1 man, 2 woman")];
    let (means_da, means_en) = ("befolkningen", "the population");
    HeldPermit {
        id: PermitId(id.to_owned()),
        purpose,
        until: sample::now(),
        first_day: rows.then(|| jiff::civil::date(2005, 1, 1)),
        end_day: Some(jiff::civil::date(2025, 1, 1)),
        rows,
        minimum_cell: 5,
        tables: vec![
            OpenTable { name: "bef", means_da, means_en, is_empty: false, columns: columns.clone() },
            OpenTable { name: "sysi", means_da: "ydelser", means_en: "services", is_empty: true, columns },
        ],
    }
}

fn page(outcome: Option<Told>) -> SqlPage {
    let asked = |sequence, outcome, permit: Option<&str>| Asked {
        sequence,
        at: sample::now(),
        permit: permit.map(|id| PermitId(id.to_owned())),
        sql: "select koen, count(*) as n from bef group by koen".repeat(9),
        outcome,
    };
    let questions = vec![
        asked(3, AskedOutcome::Answered, Some("p-1")),
        asked(2, AskedOutcome::Refused, None),
        asked(1, AskedOutcome::Failed, Some("p-1")),
    ];
    let permits =
        vec![permit("p-1", Purpose::ResearchAndStatistics, false), permit("p-2", Purpose::QualityAndPlanning, true)];
    let desk = Desk { permits, questions, snapshot: Some((3, sample::now())) };
    SqlPage { desk, chosen: 0, sql: "select koen, count(*) as n\nfrom bef where 1 < 2".to_owned(), outcome }
}

impl Sample for SqlPage {
    fn samples() -> Vec<(&'static str, Self)> {
        let answered = |answer| page(Some(Told::Answer(Box::new(answer))));
        let rows = |of| Cells { of, ..counts() };
        let nobody = Desk { permits: Vec::new(), questions: Vec::new(), snapshot: None };
        let lines = "ProjectionExec\n  GrantedScan: table=bef, columns=[koen], granted persons=all, row groups=1 of 1\n  \
                     GrantedScan: table=lmdb, columns=[], granted persons=those not left out, \
                     granted days=[2005-01-01, 2025-01-01), blocked periods=left out, row groups=1 of 1";
        let plan = Plan { lines: lines.lines().map(str::to_owned).collect(), basis: basis(), leaf: 42 };
        let failed =
            |how| Told::Failed { how, what: "the question cannot be read: Expected an SQL statement".to_owned() };
        let mut all = vec![
            ("empty", SqlPage { chosen: 1, ..page(None) }),
            ("nobody", SqlPage { desk: nobody, chosen: 0, sql: String::new(), outcome: None }),
            ("answered", answered(answer(counts(), false))),
            ("left-out", answered(answer(counts(), true))),
            ("all-left-out", answered(answer(Cells { rows: Vec::new(), of: 0, ..counts() }, true))),
            ("first-rows", answered(Answer { persons: true, ..answer(rows(1_000_000), false) })),
            ("plan", page(Some(Told::Plan(plan)))),
            ("refused", page(Some(Told::Refused { basis: basis(), reason: Reason::NoPermit, leaf: 43 }))),
        ];
        for how in ["sql-failed-syntax", "sql-failed-limit", "sql-failed-engine", "sql-failed-other"] {
            all.push(("failed", page(Some(failed(how)))));
        }
        for rule in [
            "lake-only-reading",
            "lake-rows",
            "lake-one-person-a-row",
            "lake-own-site",
            "lake-population",
            "lake-apart",
            "lake-counts-only",
            "lake-scope",
        ] {
            let what = "the answer would have rows of persons".to_owned();
            all.push(("not-answered", page(Some(Told::NotAnswered { rule, what }))));
        }
        all
    }
}
