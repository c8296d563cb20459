//! The house's own cohort: who is counted, who is left out, who may look.

mod house;

use house::{allele, call_set, clock, family, open, operator, session};
use indgang_gate::Grant;
use indgang_genomics::cohort::CallSet;
use indgang_interpret::report::{FindingVariant, OwnCohortFrequency};
use indgang_model::{Assembly, CaseId, PersonId, Wishes};
use indgang_service::*;
use indgang_store::cohort;
use std::collections::BTreeMap;

/// A case of the family's people with these call sets, in the order boy, father, mother.
fn case(n: usize, assembly: Assembly, sets: [Option<CallSet>; 3]) -> NewCase {
    let inputs = vec![InputFile { name: "vcf".into(), sha256: format!("{n:064x}") }];
    let mut case = NewCase { id: CaseId(format!("case-{n}")), inputs, ..family() };
    case.report.assembly = assembly;
    for (person, set) in case.people.iter_mut().zip(sets) {
        person.call_set = set;
    }
    case
}

/// Another family: one person, whom no case of `family()` has.
fn stranger(n: usize, set: CallSet) -> NewCase {
    let mut case = case(n, Assembly::GRCh38, [Some(set), None, None]);
    case.people.truncate(1);
    case.people[0].id = PersonId("stranger".into());
    case.people[0].cpr = "0303809996".parse().unwrap();
    case.proband = PersonId("stranger".into());
    case.custody.clear();
    case.report.secondary_findings.clear();
    case
}

async fn take_in(house: &House, case: &NewCase) {
    assert_eq!(ingest_case(house, &clock(), &operator(), case).await.unwrap(), Ingested::New(case.id.clone()));
}

/// The operator's right to read files about these people.
async fn grant(house: &House, people: &[&str]) -> Grant {
    let subjects: BTreeMap<PersonId, Wishes> =
        people.iter().map(|id| (PersonId((*id).into()), Wishes::default())).collect();
    begin_reading(house, &clock(), &operator(), &subjects).await.unwrap()
}

/// Carriers, homozygotes and people, as a case of `people` sees the `n`th allele.
async fn seen(house: &House, people: &[&str], assembly: Assembly, n: u32) -> (u32, u32, u32) {
    let cohort = own_cohort(house, &grant(house, people).await, assembly).await.unwrap();
    let OwnCohortFrequency { carriers, homozygotes, people, least_frequency } = cohort.of(&allele(n));
    assert_eq!(least_frequency, None, "a handful of people filters nothing");
    (carriers, homozygotes, people)
}

async fn withdraw(house: &House, person: &str) -> bool {
    withdraw_from_cohort(house, &clock(), &operator(), &PersonId(person.into())).await.unwrap()
}

async fn readmit(house: &House, person: &str) -> bool {
    readmit_to_cohort(house, &clock(), &operator(), &PersonId(person.into())).await.unwrap()
}

#[tokio::test]
async fn who_is_counted_and_for_whom() {
    use Assembly::{GRCh37, GRCh38};
    let folder = tempfile::tempdir().unwrap();
    let house = open(folder.path()).await;
    let trio = [call_set(&[1, 2], &[3]), call_set(&[1], &[]), call_set(&[2, 3], &[])].map(Some);
    take_in(&house, &case(1, GRCh38, trio.clone())).await;
    take_in(&house, &stranger(2, call_set(&[3], &[1]))).await;

    let all = ["boy", "father", "mother"];
    for (people, assembly, n, expected) in [
        (&all[..], GRCh38, 1, (1, 1, 1)), // the family itself is left out: only the stranger
        (&all, GRCh38, 2, (0, 0, 1)),
        (&["boy"], GRCh38, 1, (2, 1, 3)), // her father and the stranger
        (&["stranger"], GRCh38, 1, (2, 0, 3)),
        (&["stranger"], GRCh38, 3, (2, 1, 3)),
        (&["nobody"], GRCh38, 1, (3, 1, 4)),
        (&["nobody"], GRCh38, 9, (0, 0, 4)),
        (&["nobody"], GRCh37, 1, (0, 0, 0)), // builds apart
    ] {
        assert_eq!(seen(&house, people, assembly, n).await, expected, "{people:?} {assembly} {n}");
    }

    // The same inputs again: nothing changes. The same people in another case: each counts once, as last called.
    assert_eq!(
        ingest_case(&house, &clock(), &operator(), &case(1, GRCh38, trio)).await.unwrap(),
        Ingested::Already(CaseId("case-1".into()))
    );
    take_in(&house, &case(3, GRCh38, [Some(call_set(&[2], &[])), None, None])).await;
    assert_eq!(seen(&house, &["nobody"], GRCh38, 1).await, (2, 1, 4));
    assert_eq!(seen(&house, &["nobody"], GRCh38, 3).await, (2, 0, 4));
    take_in(&house, &case(4, GRCh37, [Some(call_set(&[1], &[])), None, None])).await;
    assert_eq!(seen(&house, &["nobody"], GRCh37, 1).await, (1, 0, 1));

    assert!(withdraw(&house, "stranger").await);
    assert_eq!(seen(&house, &["nobody"], GRCh38, 1).await, (1, 0, 3));
    assert!(cohort::counts_hold(&house).await.unwrap());
}

#[tokio::test]
async fn who_is_withdrawn_is_not_counted_until_she_is_readmitted() {
    let folder = tempfile::tempdir().unwrap();
    let house = open(folder.path()).await;
    let come = |n| stranger(n, call_set(&[1], &[]));
    take_in(&house, &come(1)).await;
    let counted = async || seen(&house, &["nobody"], Assembly::GRCh38, 1).await.2;
    assert_eq!((withdraw(&house, "stranger").await, counted().await), (true, 0));
    assert_eq!((withdraw(&house, "stranger").await, counted().await), (false, 0));
    take_in(&house, &come(2)).await;
    assert_eq!(counted().await, 0);
    assert_eq!((readmit(&house, "stranger").await, counted().await), (true, 0)); // only by the next taking in
    take_in(&house, &come(3)).await;
    assert_eq!((readmit(&house, "stranger").await, counted().await), (false, 1));
    let unknown = withdraw_from_cohort(&house, &clock(), &operator(), &PersonId("nobody".into())).await;
    assert!(unknown.unwrap_err().to_string().contains("no person `nobody`"));
    let nobody_answers = Operator { on_responsibility_of: indgang_gate::UserId(String::new()), ..operator() };
    let refused = withdraw_from_cohort(&house, &clock(), &nobody_answers, &PersonId("stranger".into())).await;
    assert!(matches!(refused, Err(Error::Refused(_))), "{refused:?}");
    assert_eq!(counted().await, 1);
    assert!(cohort::counts_hold(&house).await.unwrap());
}

/// Somebody who carries nothing that was called is a person of the cohort; somebody without a file is not.
#[tokio::test]
async fn nothing_carried_and_nothing_read_differ() {
    let folder = tempfile::tempdir().unwrap();
    let house = open(folder.path()).await;
    take_in(&house, &case(1, Assembly::GRCh38, [Some(call_set(&[], &[])), Some(call_set(&[5], &[])), None])).await;
    assert_eq!(seen(&house, &["nobody"], Assembly::GRCh38, 5).await, (1, 0, 2));
}

/// People come, come again and go in a seeded random order; after each step the counts are those of who is there.
#[tokio::test]
async fn any_history_equals_counting_again() {
    let folder = tempfile::tempdir().unwrap();
    let house = open(folder.path()).await;
    take_in(&house, &case(100, Assembly::GRCh38, [None, None, None])).await;
    let names = ["boy", "father", "mother"];
    let mut seed: u64 = 0x0c04_0272;
    let mut random = |below: u64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % below
    };
    let mut there: BTreeMap<&str, (Vec<u32>, Vec<u32>)> = BTreeMap::new();
    for step in 0..25 {
        if random(3) == 0 {
            let name = names[random(3) as usize];
            assert_eq!(withdraw(&house, name).await, there.remove(name).is_some(), "step {step}");
            assert!(readmit(&house, name).await, "step {step}");
        } else {
            let mut sets = [None, None, None];
            for (name, set) in names.iter().zip(&mut sets) {
                if random(2) == 0 {
                    let mut some = |from| (from..from + 60).filter(|_| random(3) == 0).collect::<Vec<u32>>();
                    let (one, both) = (some(0), some(60));
                    *set = Some(call_set(&one, &both));
                    there.insert(name, (one, both));
                }
            }
            take_in(&house, &case(step, Assembly::GRCh38, sets)).await;
        }
        assert!(cohort::counts_hold(&house).await.unwrap(), "step {step}");
        let cohort = own_cohort(&house, &grant(&house, &["nobody"]).await, Assembly::GRCh38).await.unwrap();
        assert_eq!(cohort.people() as usize, there.len(), "step {step}");
        for n in 0..120 {
            let both = there.values().filter(|(_, both)| both.contains(&n)).count() as u32;
            let one = there.values().filter(|(one, _)| one.contains(&n)).count() as u32;
            let found = cohort.of(&allele(n));
            assert_eq!((found.carriers, found.homozygotes), (one + both, both), "step {step}, allele {n}");
        }
    }
}

#[tokio::test]
async fn no_grant_no_call_set() {
    let folder = tempfile::tempdir().unwrap();
    let house = open(folder.path()).await;
    let set = call_set(&[1], &[]);
    take_in(&house, &case(1, Assembly::GRCh38, [Some(set.clone()), None, None])).await;
    let (boy, other) = (grant(&house, &["boy"]).await, grant(&house, &["father"]).await);
    let person = PersonId("boy".into());
    assert_eq!(cohort::call_set(&house, &boy, &person, Assembly::GRCh38).await.unwrap(), Some(set));
    assert_eq!(cohort::call_set(&house, &boy, &person, Assembly::GRCh37).await.unwrap(), None);
    assert!(cohort::call_set(&house, &other, &person, Assembly::GRCh38).await.is_err());
}

/// Counts of the own cohort are for the laboratory: the treating doctor's view has none.
#[tokio::test]
async fn small_counts_are_the_laboratorys() {
    let folder = tempfile::tempdir().unwrap();
    let house = open(folder.path()).await;
    let mut case = case(1, Assembly::GRCh38, [None, None, None]);
    let own_cohort = Some(OwnCohortFrequency { carriers: 2, homozygotes: 0, people: 7, least_frequency: None });
    let variant = variant(own_cohort);
    case.report.findings[0].variants = vec![variant.clone()];
    let secondary = case.report.secondary_findings.get_mut("M").unwrap();
    secondary[0].variants = vec![variant];
    take_in(&house, &case).await;
    for (user, expected) in [("geneticist", own_cohort), ("doctor", None)] {
        let session = session(&house, user).await;
        let (view, finding) = open_finding(&house, &clock(), &session, &case.id, 1).await.unwrap();
        assert_eq!(finding.unwrap().variants[0].own_cohort, expected, "{user}");
        let of_mother = view.people.iter().flat_map(|p| &p.secondary_findings).flat_map(|f| &f.finding.variants);
        assert_eq!(of_mother.map(|v| v.own_cohort).collect::<Vec<_>>(), [expected], "{user}");
    }
}

fn variant(own_cohort: Option<OwnCohortFrequency>) -> FindingVariant {
    FindingVariant {
        variant: allele(1),
        event: indgang_genomics::site::Event::Small,
        genotypes: BTreeMap::new(),
        calls: BTreeMap::new(),
        consequence: "missense_variant".into(),
        hgvs: None,
        protein_change: None,
        transcript: None,
        max_frequency: None,
        max_frequency_source: None,
        own_cohort,
        clinvar: None,
        origin: None,
        de_novo_score: None,
        filters: vec![],
        assessed: None,
        structural: None,
        repeat: None,
    }
}
