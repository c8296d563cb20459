//! Criteria set by hand are a history: what is said later follows what was said before, and nothing is lost.

use crate::entities::{decide_ingest, take_in};
use crate::ground::{Ground, on_both};
use crate::log::at;
use indgang_gate::{Activity, Actor, Decision, Facts, Grant, Grounds, Request, UserId, decide};
use indgang_interpret::acmg::{Code, Setting, Strength};
use indgang_model::{CaseId, Category, PersonId, Purpose, Role, Sensitive};
use indgang_store::criteria::{self, CriterionChange};
use indgang_store::{House, StoreError};

on_both!(what_was_set_stays_in_order, a_change_that_is_given_up_leaves_no_trace, another_persons_grant_opens_nothing);

fn one() -> CaseId {
    CaseId("one".into())
}

fn change(criterion: &str, setting: Setting, reason: &str) -> CriterionChange {
    CriterionChange {
        report: 1,
        finding: "FGFR2 de_novo 10:123256215T>G".into(),
        criterion: Code::from_name(criterion).unwrap(),
        setting,
        reason: Sensitive::new(reason.into()),
        author: UserId("geneticist".into()),
        at: at(),
    }
}

async fn write(house: &House, change: &CriterionChange) {
    let mut logged = house.passage().await.unwrap().log(decide_ingest("one", &["p0"])).await.unwrap();
    logged.writer().await.unwrap().unwrap().add_criterion_change(&one(), change).await.unwrap();
    logged.commit(at()).await.unwrap();
}

/// The citizen's own reports.
pub async fn own(house: &House, person: &str) -> Grant {
    let request = Request {
        actor: Actor {
            user: UserId(person.into()),
            person: Some(PersonId(person.into())),
            role: Role::Citizen,
            profession: None,
            place: None,
            organisation: String::new(),
            on_responsibility_of: None,
        },
        activity: Activity::ReadResult,
        purpose: Purpose::OwnAccess,
        categories: [Category::DiagnosticReport].into(),
        subjects: [PersonId(person.into())].into(),
        case: None,
        grounds: Grounds::default(),
        at: at(),
    };
    let facts = Facts { born: [(PersonId(person.into()), (1980, 1, 1))].into(), ..Facts::default() };
    let logged = house.passage().await.unwrap().log(decide(&request, &facts)).await.unwrap();
    let Decision::Permit { grant, .. } = logged.commit(at()).await.unwrap() else { panic!("refused") };
    grant
}

async fn what_was_set_stays_in_order(ground: Ground) {
    let house = ground.open().await;
    take_in(&house, "one", &[("p0", "0101204995")]).await;
    let said = [
        change("PM2", Setting::NotMet, "planted: seen in the healthy"),
        change("PS3", Setting::Met(Strength::Moderate), "planted: an assay"),
        change("PM2", Setting::Automatic, "planted: it was another variant"),
        change("BA1", Setting::Met(Strength::StandAlone), "planted: common"),
    ];
    for change in &said {
        write(&house, change).await;
    }
    house.close().await;
    let house = ground.open().await;
    let grant = own(&house, "p0").await;
    let read = criteria::of_case(&house, &grant, &one(), &PersonId("p0".into())).await.unwrap();
    assert_eq!(read, said);
    assert!(!format!("{read:?}").contains("planted"), "a reason is not for logs");
    assert!(ground.verify().await.holds());
}

async fn a_change_that_is_given_up_leaves_no_trace(ground: Ground) {
    let house = ground.open().await;
    take_in(&house, "one", &[("p0", "0101204995")]).await;
    let mut logged = house.passage().await.unwrap().log(decide_ingest("one", &["p0"])).await.unwrap();
    let mut writer = logged.writer().await.unwrap().unwrap();
    writer.add_criterion_change(&one(), &change("PM2", Setting::NotMet, "given up")).await.unwrap();
    // The grant is for one case.
    let other = writer.add_criterion_change(&CaseId("two".into()), &change("PM2", Setting::NotMet, "x")).await;
    assert!(matches!(other, Err(StoreError::NotCovered(_))), "{other:?}");
    drop(logged);
    write(&house, &change("PM2", Setting::NotMet, "kept")).await;
    let grant = own(&house, "p0").await;
    let read = criteria::of_case(&house, &grant, &one(), &PersonId("p0".into())).await.unwrap();
    assert_eq!(read.iter().map(|c| c.reason.expose().as_str()).collect::<Vec<_>>(), ["kept"]);
}

async fn another_persons_grant_opens_nothing(ground: Ground) {
    let house = ground.open().await;
    take_in(&house, "one", &[("p0", "0101204995")]).await;
    write(&house, &change("PM2", Setting::NotMet, "hers")).await;
    let grant = own(&house, "p1").await;
    let hers = criteria::of_case(&house, &grant, &one(), &PersonId("p0".into())).await;
    assert!(matches!(hers, Err(StoreError::NotCovered(_))), "{hers:?}");
    // Naming another proband finds no case of hers.
    assert_eq!(criteria::of_case(&house, &grant, &one(), &PersonId("p1".into())).await.unwrap(), []);
}
