//! The log in a real database: many tasks, two processes' worth of houses, a lost key, a changed leaf.

use crate::ground::{Ground, on_both};
use indgang_gate::{Activity, Actor, Decision, Facts, Grounds, Pending, Request, UserId, decide};
use indgang_model::{Category, PersonId, Purpose, Role, Timestamp};
use indgang_store::{Database, House, StoreError, log};

pub fn at() -> Timestamp {
    "2026-03-01T12:00:00Z".parse().unwrap()
}

/// A citizen's question about `people`: refused when they are not her own, which leaves lines all the same.
pub fn question(people: &[&str]) -> Pending {
    let actor = Actor {
        user: UserId("someone".into()),
        person: Some(PersonId("p0".into())),
        role: Role::Citizen,
        profession: None,
        place: None,
        organisation: "none".into(),
        on_responsibility_of: None,
    };
    let request = Request {
        actor,
        activity: Activity::ReadLog,
        purpose: Purpose::OwnAccess,
        categories: [Category::AuditEvent].into(),
        subjects: people.iter().map(|id| PersonId((*id).into())).collect(),
        case: None,
        grounds: Grounds::default(),
        at: at(),
    };
    let facts = Facts { born: [(PersonId("p0".into()), (1980, 1, 1))].into(), ..Facts::default() };
    decide(&request, &facts)
}

pub async fn pass(house: &House, people: &[&str]) -> Result<Decision, StoreError> {
    house.passage().await?.log(question(people)).await?.commit(at()).await
}

on_both!(
    eight_tasks_in_two_houses_make_one_tree,
    a_passage_that_is_dropped_or_abandoned_leaves_no_trace,
    the_house_opens_again_with_its_key_and_not_without_it,
    every_kind_of_tampering_is_found,
);

async fn eight_tasks_in_two_houses_make_one_tree(ground: Ground) {
    let houses = [ground.open().await, ground.open().await];
    let tasks: Vec<_> = (0..8)
        .map(|task| {
            let house = houses[task % 2].clone();
            tokio::spawn(async move {
                for _ in 0..12 {
                    pass(&house, &["p0", "p1"]).await.unwrap();
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let outcome = ground.verify().await;
    assert!(outcome.holds(), "{:?}", outcome.problems);
    assert_eq!((outcome.leaves, outcome.refused, outcome.checkpoints), (8 * 12 * 2, 8 * 12 * 2, 8 * 12));
}

async fn a_passage_that_is_dropped_or_abandoned_leaves_no_trace(ground: Ground) {
    let house = ground.open().await;
    pass(&house, &["p0"]).await.unwrap();
    drop(house.passage().await.unwrap().log(question(&["p0"])).await.unwrap());
    house.passage().await.unwrap().abandon().await.unwrap();
    let Decision::Permit { grant, .. } = pass(&house, &["p0"]).await.unwrap() else { panic!("refused") };
    assert_eq!(grant.log_index(), 1);
    assert_eq!(log::lines(&house, &grant).await.unwrap().len(), 2);
    assert!(ground.verify().await.holds());
}

async fn the_house_opens_again_with_its_key_and_not_without_it(ground: Ground) {
    let house = ground.open().await;
    pass(&house, &["p0"]).await.unwrap();
    let key = house.public_key();
    house.close().await;
    let again = ground.try_open([9; 32]).await.unwrap();
    assert_eq!(again.public_key(), key); // the fresh bytes are not used
    again.close().await;
    for file in std::fs::read_dir(ground.folder()).unwrap() {
        use std::os::unix::fs::PermissionsExt;
        let file = file.unwrap();
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{:?}", file.path());
    }
    std::fs::remove_file(ground.folder().join("log.key")).unwrap();
    assert!(matches!(ground.try_open([9; 32]).await, Err(StoreError::KeyMissing(_))));
    std::fs::write(ground.folder().join("log.key"), b"short").unwrap();
    assert!(matches!(ground.try_open([9; 32]).await, Err(StoreError::KeyLength(_))));
}

async fn every_kind_of_tampering_is_found(ground: Ground) {
    for (tampering, problem) in [
        (
            "update log_leaves set leaf = replace(leaf, 'someone', 'nobody') where leaf_index = 1",
            "leaf 1 does not have",
        ),
        ("update log_leaves set subject = 'p7' where leaf_index = 2", "leaf 2 is filed under"),
        ("delete from log_leaves where leaf_index = 3", "last checkpoint is at 4"),
        ("delete from log_leaves where leaf_index = 1", "leaf 1 is missing"),
        ("delete from log_checkpoints where size = 4", "last checkpoint is at 3"),
        (
            "update log_checkpoints set root = (select root from log_checkpoints where size = 1) where size = 2",
            "signed",
        ),
        ("update log_checkpoints set signed_at = '2026-01-01T00:00:00Z' where size = 3", "not signed by"),
    ] {
        let ground = ground.another();
        let house = ground.open().await;
        for _ in 0..4 {
            pass(&house, &["p0"]).await.unwrap();
        }
        house.close().await;
        assert!(ground.verify().await.holds());
        ground.by_hand(tampering).await;
        let outcome = ground.verify().await;
        assert!(outcome.problems.iter().any(|found| found.contains(problem)), "{tampering}: {:?}", outcome.problems);
    }
}

#[tokio::test]
async fn a_folder_without_a_house_is_said_so() {
    let folder = tempfile::tempdir().unwrap();
    let error = log::verify(folder.path(), &Database::in_folder(folder.path())).await.unwrap_err();
    assert!(error.to_string().contains("house.db"), "{error}");
}
