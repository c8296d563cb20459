//! A house with one family in it. Names, numbers and texts are canaries: they contain `planted` or `Kanarie`.
#![allow(dead_code, reason = "each test binary uses its part")]

use indgang_gate::UserId;
use indgang_genomics::call::{AlleleCode, Genotype};
use indgang_genomics::cohort::{CallSet, Carried};
use indgang_interpret::report::{
    Acmg, Disease, Finding, Gene, MendelianErrors, Quality, RecurrenceRisk, RelationQuality, Report, ResultKind,
    Scores, SecondaryFinding,
};
use indgang_model::{
    Assembly, CaseId, FixedClock, ModeOfInheritance, PersonId, PlaceId, Role, SecondaryFindingWish, Sensitive, Variant,
    Wishes,
};
use indgang_service::{
    House, InputFile, Judgement, NewCase, NewPerson, NewUser, Operator, Session, register_users, resume, sign_in,
};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicU8, Ordering};

pub fn clock() -> FixedClock {
    FixedClock("2026-03-01T12:00:00Z".parse().unwrap())
}

pub fn operator() -> Operator {
    Operator {
        user: UserId("operator".into()),
        organisation: "Klinisk Genetik".into(),
        on_responsibility_of: UserId("doctor".into()),
    }
}

fn secondary(symbol: &str) -> SecondaryFinding {
    SecondaryFinding {
        gene: Gene { symbol: symbol.into(), hgnc_id: None },
        disease: Disease { id: "OMIM:1".into(), label: "arvelig sygdom".into() },
        category: "cancer".into(),
        variants: vec![],
        acmg: Acmg::default(),
        list_version: "3.1".into(),
        needs_confirmation: true,
    }
}

/// The program's first finding is the cause.
pub fn first() -> Judgement {
    Judgement { result: ResultKind::Diagnostic, causes: vec![1], cause_elsewhere: false }
}

pub fn report() -> Report {
    let finding = |rank: u32, gene: &str| Finding {
        rank,
        gene: Gene { symbol: gene.into(), hgnc_id: None },
        disease: Some(Disease { id: "OMIM:101600".into(), label: "Pfeiffer planted".into() }),
        mode_of_inheritance: ModeOfInheritance::DeNovo,
        variants: vec![],
        scores: Scores { combined: 0.9, phenotype: 0.8, variant: 0.9 },
        explanation: vec![],
        signs: vec![],
        acmg: Acmg::default(),
        recurrence_risk: RecurrenceRisk { next_child: Some(0.01), text: "low".into(), text_da: "lille".into() },
        flags: vec![],
        bearing: Default::default(),
    };
    let relation =
        RelationQuality { a: "F".into(), b: "C".into(), kinship: Some(0.0), expected: 0.25, sites: 9, agrees: false };
    Report {
        result: ResultKind::Diagnostic,
        case: "fam".into(),
        proband: "C".into(),
        assembly: Assembly::GRCh38,
        family: vec![],
        phenotypic_features: vec![],
        findings: vec![finding(1, "FGFR2planted"), finding(2, "TTNplanted")],
        secondary_findings: BTreeMap::from([
            ("M".into(), vec![secondary("BRCA1planted")]),
            ("F".into(), vec![secondary("TP53planted")]),
        ]),
        filters: vec![],
        quality: Quality {
            relations: vec![relation],
            mendelian: vec![MendelianErrors { child: "C".into(), sites: 9, errors: 3 }],
            ..Quality::default()
        },
        warnings: vec![],
        warnings_da: vec![],
        versions: BTreeMap::new(),
    }
}

fn member(id: &str, sample: &str, cpr: &str, wish: SecondaryFindingWish) -> NewPerson {
    NewPerson {
        id: PersonId(id.into()),
        sample: sample.into(),
        name: Sensitive::new(format!("Kanarie {id}")),
        cpr: cpr.parse().unwrap(),
        wishes: Wishes { secondary_findings: wish, ..Wishes::default() },
        call_set: None,
    }
}

/// A boy of five, his mother who wished all secondary findings, his father who wished none.
pub fn family() -> NewCase {
    NewCase {
        id: CaseId("fam".into()),
        label: "familie 1".into(),
        label_en: "family 1".into(),
        proband: PersonId("boy".into()),
        people: vec![
            member("boy", "C", "0101204995", SecondaryFindingWish::None),
            member("father", "F", "0101809995", SecondaryFindingWish::None),
            member("mother", "M", "0202829996", SecondaryFindingWish::All),
        ],
        custody: vec![(PersonId("mother".into()), PersonId("boy".into()))],
        assigned_to: vec![UserId("geneticist".into()), UserId("bioinformatician".into())],
        treated_by: vec![UserId("doctor".into())],
        inputs: vec![InputFile { name: "vcf".into(), sha256: "ab".repeat(32) }],
        report: report(),
        milliseconds: 700,
    }
}

/// The `n`th allele of the tests; they lie in several stretches of two chromosomes.
pub fn allele(n: u32) -> Variant {
    let alternate = if n.is_multiple_of(3) { "GTT" } else { "C" };
    let chrom = if n.is_multiple_of(2) { "2" } else { "X" };
    Variant {
        chrom: chrom.parse().unwrap(),
        pos: 1 + n * 1_000_003,
        reference: "G".into(),
        alternate: alternate.into(),
    }
}

/// Carries these alleles, those of the second list on both copies.
pub fn call_set(one_copy: &[u32], both: &[u32]) -> CallSet {
    let call = |first| Genotype { alleles: [first, AlleleCode::Alternate], copies: 2, phased: false };
    let one = one_copy.iter().filter_map(|n| Carried::of(&allele(*n), call(AlleleCode::Reference)));
    let both = both.iter().filter_map(|n| Carried::of(&allele(*n), call(AlleleCode::Alternate)));
    CallSet::new(one.chain(both).collect())
}

fn user(id: &str, role: Role, person: Option<&str>, helper: bool) -> NewUser {
    NewUser {
        id: UserId(id.into()),
        display_name: if role == Role::Citizen { format!("Kanarie {id}") } else { format!("Medarbejder {id}") },
        role,
        person: person.map(|id| PersonId(id.into())),
        organisation: "Klinisk Genetik".into(),
        on_responsibility_of: helper.then(|| UserId("doctor".into())),
        profession: None,
        place: (id == "doctor").then(|| PlaceId("ward".into())),
    }
}

pub async fn open(folder: &Path) -> House {
    let house = House::open(folder, [3; 32]).await.unwrap();
    let users = [
        user("doctor", Role::AuthorisedHealthProfessional, None, false),
        user("colleague", Role::AuthorisedHealthProfessional, None, false),
        user("geneticist", Role::LaboratoryGeneticist, None, true),
        user("bioinformatician", Role::Bioinformatician, None, true),
        user("mother", Role::Citizen, Some("mother"), false),
        user("father", Role::Citizen, Some("father"), false),
        user("friend", Role::Citizen, Some("friend"), false),
        user("stranger", Role::Citizen, Some("stranger"), false),
        user("insurer", Role::Outsider, None, false),
        user("auditor", Role::Auditor, None, false),
    ];
    register_users(&house, &users).await.unwrap();
    house
}

/// Signs in with a secret that no other session of the test has.
pub async fn session(house: &House, user: &str) -> Session {
    static NEXT: AtomicU8 = AtomicU8::new(0);
    let mut random = [NEXT.fetch_add(1, Ordering::Relaxed); 32];
    random[..4].copy_from_slice(&std::process::id().to_be_bytes()); // other processes use the same house
    let signed_in = sign_in(house, &clock(), &UserId(user.into()), random).await.unwrap();
    resume(house, &clock(), signed_in.token.expose()).await.unwrap()
}
