//! What the page of a case can meet.

use super::{Access, CasePage, Conclusion, PersonWish, Treated};
use crate::page::Sample;
use crate::sample;
use indgang_gate::RelationGrade;
use indgang_interpret::report::ResultKind;
use indgang_interpret::words::Words;
use indgang_model::{Category, LegalBasis, SecondaryFindingWish};
use std::collections::BTreeMap;

impl Sample for CasePage {
    fn samples() -> Vec<(&'static str, Self)> {
        let wish = |member: &str, wish, findings: Vec<_>| {
            let (member, examined) = (member.to_owned(), !findings.is_empty());
            PersonWish { member, wish, examined, findings }
        };
        let open = Self {
            id: "family-1".to_owned(),
            label: Words::new("Trio: brede tommelfingre", "Trio: broad thumbs"),
            report: sample::report().summary(),
            names: sample::names(),
            wishes: vec![
                wish("child", None, Vec::new()),
                wish("father", Some(SecondaryFindingWish::None), Vec::new()),
                wish("mother", Some(SecondaryFindingWish::All), vec![sample::judged(), sample::left_out()]),
            ],
            access: Access {
                basis: LegalBasis { rule: "DK-6".to_owned(), paragraph: "Sundhedsloven § 6".to_owned() },
                leaf: 31,
                people: Vec::new(),
            },
            conclusion: None,
            may_conclude: true,
            error: None,
        };
        let grades = [
            ("child", RelationGrade::APlusPlus, vec![Category::SecondaryFinding]),
            ("father", RelationGrade::B, Vec::new()),
            ("mother", RelationGrade::E, Vec::new()),
        ];
        let access = Access {
            people: grades
                .map(|(member, grade, withheld)| Treated {
                    member: member.to_owned(),
                    person: format!("p-{member}"),
                    grade,
                    withheld,
                })
                .into(),
            ..open.access.clone()
        };
        let concluded = |signed| Conclusion {
            text: "Ny sygdomsgivende variant i FGFR2.\nForældrene bærer den ikke.".to_owned(),
            result: ResultKind::Diagnostic,
            causes: vec![1],
            cause_elsewhere: false,
            by: "Gry Genetiker".to_owned(),
            at: sample::now(),
            signed,
        };
        vec![
            ("open", open.clone()),
            ("incomplete", Self { error: Some("error-conclusion-empty"), ..open.clone() }),
            ("professional", Self { access, ..open.clone() }),
            ("written", Self { conclusion: Some(concluded(false)), ..open.clone() }),
            ("signed", Self { conclusion: Some(concluded(true)), may_conclude: false, ..open.clone() }),
            (
                "nothing-found",
                Self {
                    report: sample::empty_report().summary(),
                    names: BTreeMap::new(),
                    wishes: Vec::new(),
                    may_conclude: false,
                    ..open
                },
            ),
        ]
    }
}
