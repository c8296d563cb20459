//! Alerts: each change once, in the order they were told; and how far a re-analysis is.

use crate::criteria::own;
use crate::entities::{decide_ingest, take_in};
use crate::ground::{Ground, on_both};
use crate::log::at;
use indgang_interpret::reanalysis::{Alert, Change, Priority};
use indgang_model::{CaseId, PersonId};
use indgang_store::{House, StoreError, alerts};

on_both!(each_change_is_told_once, a_case_is_done_for_a_release);

fn one() -> CaseId {
    CaseId("one".into())
}

fn alert(subject: &str, change: Change) -> Alert {
    Alert {
        finding: "FGFR2 de_novo 10:123256215T>G".into(),
        rank: 1,
        subject: subject.into(),
        change,
        priority: Priority::Primary,
        before: "uncertain_significance (5)".into(),
        now: "likely_pathogenic (7)".into(),
        criteria: vec!["+PM5 moderate".into()],
    }
}

async fn tell(house: &House, release: &str, alerts: Vec<Alert>) -> u64 {
    let mut logged = house.passage().await.unwrap().log(decide_ingest("one", &["p0"])).await.unwrap();
    let added = logged.writer().await.unwrap().unwrap().add_alerts(&one(), release, alerts, at()).await.unwrap();
    logged.commit(at()).await.unwrap();
    added
}

async fn each_change_is_told_once(ground: Ground) {
    use Change::{Downgrade, NewDisease, Upgrade};
    let house = ground.open().await;
    take_in(&house, "one", &[("p0", "0101204995")]).await;
    let upgrade = alert("class", Upgrade);
    assert_eq!(tell(&house, "a", vec![upgrade.clone(), alert("OMIM:1", NewDisease)]).await, 2);
    assert_eq!(tell(&house, "a", vec![upgrade.clone(), alert("OMIM:1", NewDisease)]).await, 0);
    assert_eq!(tell(&house, "b", vec![upgrade.clone(), alert("OMIM:2", NewDisease)]).await, 1);
    assert_eq!(tell(&house, "c", vec![alert("class", Downgrade)]).await, 1);
    assert_eq!(tell(&house, "d", vec![upgrade.clone()]).await, 1);
    house.close().await;
    let house = ground.open().await;
    let (p0, p1) = (PersonId("p0".into()), PersonId("p1".into()));
    let grant = own(&house, "p0").await;
    let told = alerts::of_case(&house, &grant, &one(), &p0).await.unwrap();
    let seen: Vec<_> = told.iter().map(|t| (t.release.as_str(), t.alert.subject.as_str(), t.alert.change)).collect();
    assert_eq!(
        seen,
        [
            ("a", "class", Upgrade),
            ("a", "OMIM:1", NewDisease),
            ("b", "OMIM:2", NewDisease),
            ("c", "class", Downgrade),
            ("d", "class", Upgrade)
        ]
    );
    assert_eq!((&told[0].alert, told[0].at), (&upgrade, at()));
    let another = own(&house, "p1").await;
    assert!(matches!(alerts::of_case(&house, &another, &one(), &p0).await, Err(StoreError::NotCovered(_))));
    assert_eq!(alerts::of_case(&house, &another, &one(), &p1).await.unwrap(), []);
    assert!(ground.verify().await.holds());
}

async fn a_case_is_done_for_a_release(ground: Ground) {
    let house = ground.open().await;
    take_in(&house, "one", &[("p0", "0101204995")]).await;
    assert!(!alerts::is_done(&house, &one(), "a").await.unwrap());
    for _ in 0..2 {
        alerts::mark_done(&house, &one(), "a", at()).await.unwrap();
    }
    assert!(alerts::is_done(&house, &one(), "a").await.unwrap());
    assert!(!alerts::is_done(&house, &one(), "b").await.unwrap());
    assert!(!alerts::is_done(&house, &CaseId("two".into()), "a").await.unwrap());
}
