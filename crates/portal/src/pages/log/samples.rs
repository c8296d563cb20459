//! What the log's page can meet.

use super::{Asked, Judged, LogLine, LogPage, Only};
use crate::page::Sample;
use crate::sample;
use indgang_gate::{Activity, BreakingGlassGround, BrokenGlass};
use indgang_model::{Category, LegalBasis, Purpose, Role};
use indgang_service::FollowUpOutcome;

/// Two lines for the samples of this page and the proof's.
pub(crate) fn sample_lines() -> Vec<LogLine> {
    let line = |leaf, who: &str, role, permitted: bool, rule: &str, paragraph: &str| LogLine {
        leaf,
        at: sample::now(),
        who: who.to_owned(),
        role,
        on_behalf_of: (role == Role::LaboratoryGeneticist).then(|| "Lis Læge".to_owned()),
        organisation: "Testkøbing Hospital".to_owned(),
        about: (!permitted).then(|| "Asta Prøve".to_owned()),
        everybody: false,
        activity: Activity::OpenCase,
        purpose: Purpose::Treatment,
        categories: vec![Category::Genome, Category::Phenotype],
        permitted,
        basis: LegalBasis { rule: rule.to_owned(), paragraph: paragraph.to_owned() },
        withheld: Vec::new(),
        breaking_glass: None,
        follow_up: false,
        asked_by: None,
        judged: None,
    };
    vec![
        line(12, "Gry Genetiker", Role::LaboratoryGeneticist, true, "DK-42a", "Sundhedsloven § 42 a, stk. 1"),
        line(7, "Uve Uvedkommende", Role::Outsider, false, "DK-INS", "Forsikringsaftaleloven § 3 a"),
    ]
}

/// Questions about everybody, two of a day.
fn everybody() -> Vec<LogLine> {
    let line = |leaf| LogLine {
        leaf,
        who: "Frida Forsker".to_owned(),
        role: Role::Researcher,
        organisation: "Testkøbing Universitet".to_owned(),
        everybody: true,
        activity: Activity::Query,
        purpose: Purpose::ResearchAndStatistics,
        categories: vec![Category::Laboratory, Category::Medication],
        permitted: true,
        basis: LegalBasis { rule: "DK-46".to_owned(), paragraph: "Sundhedsloven § 46, stk. 1-2".to_owned() },
        withheld: Vec::new(),
        breaking_glass: None,
        follow_up: false,
        asked_by: None,
        ..broken_glass()
    };
    vec![line(52), line(51)]
}

fn broken_glass() -> LogLine {
    let broken = BrokenGlass {
        ground: BreakingGlassGround::EssentialInterest,
        reason: "Bevidstløs ved ankomsten; medicinen måtte kendes.".to_owned(),
    };
    LogLine {
        leaf: 31,
        at: sample::now(),
        who: "Lis Læge".to_owned(),
        role: Role::AuthorisedHealthProfessional,
        on_behalf_of: None,
        organisation: "Testkøbing Hospital".to_owned(),
        about: None,
        everybody: false,
        activity: Activity::LookUp,
        purpose: Purpose::Treatment,
        categories: vec![Category::Medication],
        permitted: true,
        basis: LegalBasis { rule: "DK-42a-2".to_owned(), paragraph: "Sundhedsloven § 42 a, stk. 2".to_owned() },
        withheld: vec![Category::Genome],
        breaking_glass: Some(broken),
        follow_up: true,
        asked_by: Some("epj".to_owned()),
        judged: None,
    }
}

/// One for each way a reading can be judged.
fn judged_lines() -> Vec<LogLine> {
    let judged = |outcome, reason: &str| LogLine {
        judged: Some(Judged { outcome, by: "Rie Revisor".to_owned(), at: sample::now(), reason: reason.to_owned() }),
        ..broken_glass()
    };
    vec![
        LogLine { breaking_glass: None, ..judged(FollowUpOutcome::Confirmed, "A") },
        judged(FollowUpOutcome::InOrder, "Indlagt samme dag."),
        judged(FollowUpOutcome::NotInOrder, "Ingen forbindelse til patienten."),
    ]
}

impl Sample for LogPage {
    fn samples() -> Vec<(&'static str, Self)> {
        let page = |lines, only| Self {
            lines,
            asked: Asked { only, ..Asked::default() },
            older: None,
            newer: false,
            error: None,
        };
        let asked = Asked {
            from: "2026-01-01".to_owned(),
            until: "2026-11-23".to_owned(),
            who: "Læge & co".to_owned(),
            purpose: Some(Purpose::Treatment),
            only: Only::Permitted,
        };
        let middle = Self { asked, older: Some(7), newer: true, ..page(sample_lines(), Only::All) };
        vec![
            ("all", page(sample_lines(), Only::All)),
            ("refused-only", page(sample_lines().split_off(1), Only::Refused)),
            ("everybody", page(everybody(), Only::All)),
            ("broken-glass", page(vec![broken_glass()], Only::All)),
            ("judged", page(judged_lines(), Only::All)),
            ("in-the-middle", middle),
            ("bad-date", Self { error: Some("log-bad-date"), ..page(Vec::new(), Only::All) }),
            ("nothing", page(Vec::new(), Only::Permitted)),
        ]
    }
}
