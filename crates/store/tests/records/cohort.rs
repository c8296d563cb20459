//! Call sets and counts in a real database.

use crate::ground::{Ground, on_both};
use crate::log::at;
use indgang_gate::{Activity, Actor, Facts, Grounds, Pending, Request, UserId, decide};
use indgang_genomics::call::{AlleleCode, Genotype};
use indgang_genomics::cohort::{CallSet, Carried};
use indgang_model::{Assembly, CaseId, Category, PersonId, Purpose, Role, Sensitive, Variant};
use indgang_store::cases::{Case, CaseStatus, InputFile, Member};
use indgang_store::persons::Identity;
use indgang_store::{House, StoreError, cohort};

const PEOPLE: [(&str, &str); 2] = [("anna", "0101204995"), ("bo", "0101809995")];

fn person(id: &str) -> PersonId {
    PersonId(id.into())
}

/// The operator takes these people in.
pub fn intake(people: &[&str]) -> Pending {
    let actor = Actor {
        user: UserId("operator".into()),
        person: None,
        place: None,
        profession: None,
        role: Role::LaboratoryGeneticist,
        organisation: "clinic".into(),
        on_responsibility_of: Some(UserId("doctor".into())),
    };
    let request = Request {
        actor,
        activity: Activity::Ingest,
        purpose: Purpose::Treatment,
        categories: [Category::Identity, Category::Genome].into(),
        subjects: people.iter().map(|id| person(id)).collect(),
        case: Some(CaseId("case".into())),
        grounds: Grounds::default(),
        at: at(),
    };
    let responsible = [(UserId("doctor".into()), Default::default())].into();
    let facts = Facts { held_by_operator: request.subjects.clone(), responsible, ..Facts::default() };
    decide(&request, &facts)
}

pub async fn with_case(ground: &Ground) -> House {
    let house = ground.open().await;
    let mut logged = house.passage().await.unwrap().log(intake(&["anna", "bo"])).await.unwrap();
    let mut writer = logged.writer().await.unwrap().unwrap();
    for (id, cpr) in PEOPLE {
        let identity = Identity { name: Sensitive::new(id.into()), cpr: cpr.parse().unwrap() };
        writer.add_person(&person(id), &identity).await.unwrap();
    }
    let case = Case {
        id: CaseId("case".into()),
        label: "case".into(),
        label_en: "case".into(),
        proband: person("anna"),
        status: CaseStatus::Interpreted,
        created: at(),
        milliseconds: 1,
        members: PEOPLE.iter().map(|(id, _)| Member { person: person(id), sample: (*id).into() }).collect(),
    };
    writer.add_case(&case, &[InputFile { name: "vcf".into(), sha256: "ab".repeat(32) }]).await.unwrap();
    logged.commit(at()).await.unwrap();
    house
}

/// Takes in one person's call set, as the writer of a passage about `whose` data.
async fn add(house: &House, whose: &str, id: &str, set: &CallSet) -> Result<(), StoreError> {
    let mut logged = house.passage().await?.log(intake(&[whose])).await?;
    let mut writer = logged.writer().await?.unwrap();
    writer.add_call_sets(&CaseId("case".into()), Assembly::GRCh38, &[(&person(id), set)]).await?;
    logged.commit(at()).await.map(|_| ())
}

async fn withdraw(house: &House, id: &str) {
    let mut logged = house.passage().await.unwrap().log(intake(&[id])).await.unwrap();
    logged.writer().await.unwrap().unwrap().withdraw_call_sets(&person(id), at()).await.unwrap();
    logged.commit(at()).await.unwrap();
}

/// Every `step`th of 1,600 places over all chromosomes: several hundred stretches, more than one insert holds.
fn every(step: usize) -> CallSet {
    let genotype = Genotype { alleles: [AlleleCode::Reference, AlleleCode::Alternate], copies: 2, phased: false };
    let places = (0..1_600u32).step_by(step).map(|n| Variant {
        chrom: ((n % 22 + 1).to_string()).parse().unwrap(),
        pos: 1 + (n / 22) * 3_000_000,
        reference: "A".into(),
        alternate: "C".into(),
    });
    CallSet::new(places.filter_map(|variant| Carried::of(&variant, genotype)).collect())
}

on_both!(counts_follow_the_call_sets, a_change_behind_the_houses_back_is_found, nobody_writes_for_another);

async fn counts_follow_the_call_sets(ground: Ground) {
    let house = with_case(&ground).await;
    for (id, step) in [("anna", 1), ("bo", 3), ("anna", 2), ("bo", 3), ("bo", 7)] {
        add(&house, id, id, &every(step)).await.unwrap();
        assert!(cohort::counts_hold(&house).await.unwrap(), "{id} {step}");
    }
    // What is in the database is there for the next who opens it.
    house.close().await;
    let house = ground.open().await;
    assert!(cohort::counts_hold(&house).await.unwrap());
    for (id, _) in PEOPLE {
        withdraw(&house, id).await;
        assert!(cohort::counts_hold(&house).await.unwrap(), "without {id}");
    }
}

async fn a_change_behind_the_houses_back_is_found(ground: Ground) {
    let house = with_case(&ground).await;
    add(&house, "anna", "anna", &every(5)).await.unwrap();
    ground.by_hand("delete from cohort_counts where bin = (select min(bin) from cohort_counts)").await;
    assert!(!cohort::counts_hold(&house).await.unwrap());
    // What cannot be subtracted is not guessed at, and nothing is written.
    let refused = add(&house, "anna", "anna", &every(2)).await;
    assert!(matches!(refused, Err(StoreError::Corrupt("cohort_counts"))), "{refused:?}");
}

async fn nobody_writes_for_another(ground: Ground) {
    let house = with_case(&ground).await;
    let refused = add(&house, "bo", "anna", &every(5)).await;
    assert!(matches!(refused, Err(StoreError::NotCovered(_))), "{refused:?}");
    assert!(cohort::counts_hold(&house).await.unwrap());
}
