//! The lake's catalogue: snapshots follow each other, secrets stand, and what was answered has one order.

use crate::ground::{Ground, on_both};
use crate::log::at;
use indgang_gate::{Activity, Actor, Decision, Delivered, Grounds, Request, Scope, UserId, decide};
use indgang_model::{Category, PermitId, Purpose, Role};
use indgang_store::lake::{Answered, Snapshot, answered, forget_before, remember, secret, snapshot, snapshots};
use indgang_store::permits::{NewPermit, held_by, register};
use indgang_store::questions::{KEPT, Outcome, keep, of_user};
use indgang_store::{House, StoreError};

on_both!(
    snapshots_follow_each_other,
    answers_have_one_order,
    a_secret_stands,
    a_permits_scope_is_kept,
    questions_are_ones_own,
);

fn numbered(id: u64) -> Snapshot {
    Snapshot { id, made_at: at(), made_by: "operator".into(), manifest: format!("{{\"æ\":{id}}}") }
}

async fn commit(house: &House, snapshot: &Snapshot) -> Result<(), StoreError> {
    let actor = Actor { role: Role::Engineer, ..researcher() };
    let (categories, subjects) = Default::default();
    let (activity, purpose) = (Activity::Ingest, Purpose::OversightAndAdministration);
    let delivered = vec![Delivered { register: "bef".into(), sha256: "ab".into(), rows: 7, rejected: 1 }];
    let grounds = Grounds { delivered, ..Grounds::default() };
    let request = Request { actor, activity, purpose, categories, subjects, case: None, grounds, at: at() };
    let mut passage = house.passage().await?;
    let facts = passage.facts(&request).await?;
    let mut logged = passage.log(decide(&request, &facts)).await?;
    logged.writer().await?.expect("an engineer takes registers in").add_snapshot(snapshot).await?;
    assert!(matches!(logged.commit(at()).await?, Decision::Permit { .. }));
    Ok(())
}

fn researcher() -> Actor {
    Actor {
        user: UserId("researcher".into()),
        person: None,
        role: Role::Researcher,
        profession: None,
        place: None,
        organisation: "university".into(),
        on_responsibility_of: None,
    }
}

async fn snapshots_follow_each_other(ground: Ground) {
    let house = ground.open().await;
    assert_eq!(snapshot(&house, None).await.unwrap(), None);
    commit(&house, &numbered(1)).await.unwrap();
    commit(&house, &numbered(2)).await.unwrap();
    // Another who began from the first comes too late, and one number is left out by nobody.
    for id in [2, 4] {
        assert!(matches!(commit(&house, &numbered(id)).await, Err(StoreError::Exists(_))), "{id}");
    }
    assert_eq!(snapshot(&house, None).await.unwrap(), Some(numbered(2)));
    assert_eq!(snapshot(&house, Some(1)).await.unwrap(), Some(numbered(1)));
    assert_eq!(snapshot(&house, Some(3)).await.unwrap(), None);
    assert_eq!(snapshots(&house).await.unwrap(), [numbered(1), numbered(2)]);
    assert_eq!(forget_before(&house, 1).await.unwrap(), 0);
    assert_eq!(forget_before(&house, 9).await.unwrap(), 1);
    assert_eq!(snapshots(&house).await.unwrap(), [numbered(2)]);
    commit(&house, &numbered(3)).await.unwrap();
}

async fn answers_have_one_order(ground: Ground) {
    let house = ground.open().await;
    let answer = |sequence, byte| Answered { sequence, cells: vec![byte, 0, 255] };
    remember(&house, "permit a", &answer(1, 1), at()).await.unwrap();
    remember(&house, "permit b", &answer(1, 9), at()).await.unwrap();
    assert!(matches!(remember(&house, "permit a", &answer(1, 2), at()).await, Err(StoreError::Exists(_))));
    remember(&house, "permit a", &answer(2, 2), at()).await.unwrap();
    assert_eq!(answered(&house, "permit a").await.unwrap(), [answer(1, 1), answer(2, 2)]);
    assert_eq!(answered(&house, "permit c").await.unwrap(), []);
}

async fn questions_are_ones_own(ground: Ground) {
    let house = ground.open().await;
    let (anna, permit) = (UserId("anna".into()), PermitId("p".into()));
    for number in 0..KEPT + 7 {
        keep(&house, &anna, Some(&permit), &format!("select {number}"), Outcome::Answered, at()).await.unwrap();
    }
    keep(&house, &anna, None, "select 'æ'", Outcome::Refused, at()).await.unwrap();
    keep(&house, &anna, Some(&permit), "select 55", Outcome::Failed, at()).await.unwrap();
    let asked = of_user(&house, &anna).await.unwrap();
    let firsts: Vec<(&str, Outcome, bool)> =
        asked.iter().take(3).map(|asked| (asked.sql.as_str(), asked.outcome, asked.permit.is_some())).collect();
    let (failed, refused) = (("select 55", Outcome::Failed, true), ("select 'æ'", Outcome::Refused, false));
    assert_eq!(firsts, [failed, refused, ("select 56", Outcome::Answered, true)]);
    assert!(asked.len() <= KEPT as usize && !asked.iter().any(|asked| asked.sql == "select 0"), "{}", asked.len());
    assert_eq!(of_user(&house, &UserId("bo".into())).await.unwrap(), []);
}

async fn a_secret_stands(ground: Ground) {
    let house = ground.open().await;
    assert_eq!(secret(&house, "permit a", [200; 32]).await.unwrap(), [200; 32]);
    assert_eq!(secret(&house, "permit a", [2; 32]).await.unwrap(), [200; 32]);
    assert_eq!(secret(&house, "permit b", [2; 32]).await.unwrap(), [2; 32]);
}

async fn a_permits_scope_is_kept(ground: Ground) {
    let house = ground.open().await;
    let tables = [("bef".to_owned(), ["koen".to_owned()].into()), ("lmdb".to_owned(), [].into())].into();
    let scope = Scope {
        rows: true,
        minimum_cell: 10,
        from: Some("2005-01-01".parse().unwrap()),
        tables: Some(tables),
        ..Scope::default()
    };
    let permit = NewPermit {
        id: PermitId("p".into()),
        purpose: Purpose::ResearchAndStatistics,
        categories: [Category::Laboratory].into(),
        site_permission: false,
        scope: scope.clone(),
        from: at(),
        until: "2030-01-01T00:00:00Z".parse().unwrap(),
        members: [UserId("researcher".into())].into(),
    };
    register(&house, &permit).await.unwrap();
    let actor = researcher();
    let (categories, subjects) = Default::default();
    let grounds = Grounds { permit: Some(permit.id), ..Grounds::default() };
    let (activity, purpose) = (Activity::Query, permit.purpose);
    let request = Request { actor, activity, purpose, categories, subjects, case: None, grounds, at: at() };
    let facts = house.passage().await.unwrap().facts(&request).await.unwrap();
    assert_eq!(facts.permits.iter().map(|permit| &permit.scope).collect::<Vec<_>>(), [&scope]);
    for (member, when, count) in [("researcher", at(), 1), ("researcher", permit.until, 0), ("other", at(), 0)] {
        let held = held_by(&house, &UserId(member.into()), when).await.unwrap();
        assert_eq!(held.len(), count, "{member} {when}");
    }
}
