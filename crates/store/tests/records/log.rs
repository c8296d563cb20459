//! The log in a real database: many tasks, two processes' worth of houses, a lost key, a changed leaf.

use crate::ground::{Ground, on_both};
use indgang_gate::log::{Checkpoint, leaf_hash, verify_consistency, verify_inclusion};
use indgang_gate::{Activity, Actor, Decision, Facts, Grounds, Pending, Request, UserId, decide};
use indgang_model::{CaseId, Category, PersonId, Purpose, Role, Sensitive, Timestamp};
use indgang_store::log::{self, Page};
use indgang_store::persons::Identity;
use indgang_store::{Database, House, Logged, StoreError, erasure};
use std::collections::BTreeSet;
use std::future::poll_fn;
use std::task::Poll;
use tokio::task::JoinHandle;

pub fn at() -> Timestamp {
    "2026-03-01T12:00:00Z".parse().unwrap()
}

/// A citizen's question about `people`: refused when they are not her own, which leaves lines all the same.
pub fn question(people: &[&str]) -> Pending {
    question_at(people, at())
}

pub fn question_at(people: &[&str], at: Timestamp) -> Pending {
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
        at,
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
    passages_that_wait_share_a_commit,
    what_is_given_up_takes_nothing_of_its_group_with_it,
    a_group_that_cannot_be_committed_is_told_to_each,
    proofs_hold_over_the_seams_of_tiles,
    a_page_is_found_by_place_time_and_outcome,
    what_was_kept_long_enough_is_erased_and_the_tree_holds,
    what_somebody_empties_by_hand_is_found,
    a_log_from_before_the_tiles_gets_them,
    an_edge_that_was_not_signed_does_not_open,
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
    assert_eq!((outcome.leaves, outcome.refused), (8 * 12 * 2, 8 * 12 * 2));
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
        ("delete from log_leaves where leaf_index = 3", "the tail is cut off: 3 leaves, but 4 were signed"),
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
    let error = log::verify(folder.path(), &Database::in_folder(folder.path()), |_, _| {}).await.unwrap_err();
    assert!(error.to_string().contains("house.db"), "{error}");
}

/// A task that stands in line for its turn, behind those before it.
async fn in_line<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> JoinHandle<T> {
    let mut work = Box::pin(work);
    // With the whole of a task's budget, without which a poll may not come as far as the line.
    tokio::task::yield_now().await;
    poll_fn(|context| {
        assert!(work.as_mut().poll(context).is_pending());
        Poll::Ready(())
    })
    .await;
    tokio::spawn(work)
}

async fn passages_that_wait_share_a_commit(ground: Ground) {
    let house = ground.open().await;
    let first = house.passage().await.unwrap();
    let mut tasks = Vec::new();
    for _ in 1..200 {
        let house = house.clone();
        tasks.push(in_line(async move { pass(&house, &["p0"]).await.unwrap() }).await);
    }
    tasks.push(tokio::spawn(async move { first.log(question(&["p0"])).await.unwrap().commit(at()).await.unwrap() }));
    let mut places = BTreeSet::new();
    for task in tasks {
        let Decision::Permit { grant, .. } = task.await.unwrap() else { panic!("refused") };
        places.insert(grant.log_index());
    }
    assert_eq!(places, (0..200).collect());
    let outcome = ground.verify().await;
    assert!(outcome.holds(), "{:?}", outcome.problems);
    assert_eq!((outcome.leaves, outcome.permitted, outcome.checkpoints), (200, 200, 1));
}

/// A laboratory's taking-in of a case whose files it holds: a passage that may write.
pub fn ingest(case: &str, people: &[&str]) -> (Request, Facts) {
    let actor = Actor {
        user: UserId("operator".into()),
        person: None,
        role: Role::LaboratoryGeneticist,
        profession: None,
        place: None,
        organisation: "Klinisk Genetik".into(),
        on_responsibility_of: Some(UserId("doctor".into())),
    };
    let subjects: BTreeSet<_> = people.iter().map(|id| PersonId((*id).into())).collect();
    let responsible = [(UserId("doctor".into()), BTreeSet::new())].into();
    let facts = Facts { held_by_operator: subjects.clone(), responsible, ..Facts::default() };
    let categories = [Category::Identity, Category::Genome, Category::Wish].into();
    let (activity, purpose, grounds) = (Activity::Ingest, Purpose::Treatment, Grounds::default());
    let case = Some(CaseId(case.into()));
    (Request { actor, activity, purpose, categories, subjects, case, grounds, at: at() }, facts)
}

pub fn taking_in(person: &str) -> Pending {
    let (request, facts) = ingest(person, &[person]);
    decide(&request, &facts)
}

pub async fn add(logged: &mut Logged, person: &str, cpr: &str) -> Result<(), StoreError> {
    let identity = Identity { name: Sensitive::new(person.to_owned()), cpr: cpr.parse().unwrap() };
    logged.writer().await?.expect("permitted").add_person(&PersonId(person.into()), &identity).await
}

async fn what_is_given_up_takes_nothing_of_its_group_with_it(ground: Ground) {
    let house = ground.open().await;
    let mut first = house.passage().await.unwrap().log(taking_in("a")).await.unwrap();
    let given_up = in_line({
        let house = house.clone();
        async move {
            let mut logged = house.passage().await.unwrap().log(taking_in("b")).await.unwrap();
            add(&mut logged, "b", "0101204995").await.unwrap();
        }
    });
    let given_up = given_up.await;
    let failed = in_line({
        let house = house.clone();
        async move {
            let mut logged = house.passage().await.unwrap().log(taking_in("c")).await.unwrap();
            add(&mut logged, "c", "0101809995").await.unwrap();
            // A statement that the database refuses: nobody of that name is in the house.
            let mut writer = logged.writer().await.unwrap().unwrap();
            let refused = writer.add_custody(&PersonId("nobody".into()), &PersonId("c".into())).await;
            assert!(matches!(refused, Err(StoreError::Database(_))), "{refused:?}");
        }
    });
    let failed = failed.await;
    let last = in_line({
        let house = house.clone();
        async move {
            let mut logged = house.passage().await.unwrap().log(taking_in("e")).await.unwrap();
            add(&mut logged, "e", "0101204995").await.unwrap();
            logged.commit(at()).await.unwrap()
        }
    });
    let last = last.await;
    add(&mut first, "a", "0202829996").await.unwrap();
    first.commit(at()).await.unwrap();
    given_up.await.unwrap();
    failed.await.unwrap();
    last.await.unwrap();
    let [persons, .., leaves] = house.counts().await.unwrap();
    assert_eq!((persons, leaves), (2, 2));
    let outcome = ground.verify().await;
    assert!(outcome.holds(), "{:?}", outcome.problems);
    assert_eq!(outcome.checkpoints, 1, "one group, one commit");
}

async fn a_group_that_cannot_be_committed_is_told_to_each(ground: Ground) {
    let house = ground.open().await;
    pass(&house, &["p0"]).await.unwrap();
    // The place of the group's checkpoint is taken: the last statement before the commit fails.
    ground.by_hand("insert into log_checkpoints (size, root, signed_at, signature) values (7, '', '', '')").await;
    let first = house.passage().await.unwrap().log(question(&["p0"])).await.unwrap();
    let mut others = Vec::new();
    for _ in 0..5 {
        let house = house.clone();
        others.push(in_line(async move { pass(&house, &["p0"]).await }).await);
    }
    assert!(first.commit(at()).await.is_err());
    for other in others {
        assert!(other.await.unwrap().is_err());
    }
    ground.by_hand("delete from log_checkpoints where size = 7").await;
    let outcome = ground.verify().await;
    assert!(outcome.holds(), "{:?}", outcome.problems);
    assert_eq!(outcome.leaves, 1);
    pass(&house, &["p0"]).await.unwrap();
    assert_eq!(ground.verify().await.leaves, 2);
}

async fn grow(house: &House, leaves: usize) {
    let all = (0..leaves).map(|_| question(&["p0"])).collect();
    house.passage().await.unwrap().log_all(all, at()).await.unwrap();
}

async fn proofs_hold_over_the_seams_of_tiles(ground: Ground) {
    let house = ground.open().await;
    let other = ground.open().await;
    for leaves in [1, 254, 1, 1, 300, 200] {
        grow(&house, leaves).await;
    }
    for house in [&house, &other, &ground.open().await] {
        let Decision::Permit { grant, .. } = pass(house, &["p0"]).await.unwrap() else { panic!("refused") };
        for index in [0, 1, 254, 255, 256, 257, 511, 512, 600, 756] {
            let leaf = log::leaf(house, &grant, index).await.unwrap().unwrap();
            let (signed, path) = log::inclusion(house, index).await.unwrap().unwrap();
            let Checkpoint { size, root, .. } = signed.checkpoint;
            assert!(verify_inclusion(&leaf_hash(leaf.as_bytes()), index, size, &path, &root), "{index} of {size}");
        }
        assert!(log::inclusion(house, 10_000).await.unwrap().is_none());
        let last = log::checkpoint(house, None).await.unwrap().unwrap().checkpoint;
        for old in [1, 255, 256, 257, 557, 757] {
            let old = log::checkpoint(house, Some(old)).await.unwrap().unwrap().checkpoint;
            let path = log::consistency(house, old.size, last.size).await.unwrap().unwrap();
            assert!(verify_consistency(old.size, &old.root, last.size, &last.root, &path), "{}", old.size);
        }
    }
    let sizes: Vec<u64> =
        log::checkpoints(&house, Some(758), 3).await.unwrap().iter().map(|signed| signed.checkpoint.size).collect();
    assert_eq!(sizes, [757, 557, 257]);
    assert!(ground.verify().await.holds());
    for (tampering, problem) in [
        ("update log_tiles set root = (select hash from log_leaves where leaf_index = 7)", "tile 0 of level 0 is not"),
        ("delete from log_tiles where tile = 0", "tile 0 of level 0 is missing"),
        ("delete from log_leaves where leaf_index > 500", "the tail is cut off: 501 leaves, but 557 were signed"),
        ("delete from log_checkpoints where size > 501", "the tail is cut off: 501 leaves, but tiles for 512"),
    ] {
        ground.by_hand(tampering).await;
        let outcome = ground.verify().await;
        assert!(outcome.problems.iter().any(|found| found.contains(problem)), "{tampering}: {:?}", outcome.problems);
    }
}

async fn a_page_is_found_by_place_time_and_outcome(ground: Ground) {
    let house = ground.open().await;
    let ask = |second: i64, people: &'static [&'static str]| {
        let house = house.clone();
        async move {
            let at = Timestamp::from_second(1_700_000_000 + second).unwrap();
            house.passage().await.unwrap().log(question_at(people, at)).await.unwrap().commit(at).await.unwrap()
        }
    };
    for second in 0..6 {
        // Hers is permitted; together with another's, both are refused.
        ask(second, if second % 2 == 0 { &["p0"] } else { &["p0", "p1"] }).await;
    }
    let Decision::Permit { grant, .. } = ask(6, &["p0"]).await else { panic!("refused") };
    let second = |second: i64| Some(Timestamp::from_second(1_700_000_000 + second).unwrap());
    let page = Page::default();
    let some = |users: &[&str]| Some(users.iter().map(|user| UserId((*user).into())).collect());
    for (asked, places) in [
        (page.clone(), vec![9, 7, 6, 4, 3, 1, 0]),
        (Page { limit: 2, ..page.clone() }, vec![9, 7]),
        (Page { limit: 2, before: Some(7), ..page.clone() }, vec![6, 4]),
        (Page { before: Some(0), ..page.clone() }, vec![]),
        (Page { from: second(4), ..page.clone() }, vec![9, 7, 6]),
        (Page { until: second(2), ..page.clone() }, vec![1, 0]),
        (Page { permitted: Some(true), ..page.clone() }, vec![9, 6, 3, 0]),
        (Page { permitted: Some(false), ..page.clone() }, vec![7, 4, 1]),
        (
            Page {
                permitted: Some(false),
                limit: 1,
                before: Some(7),
                from: second(1),
                until: second(5),
                ..page.clone()
            },
            vec![4],
        ),
        (Page { who: some(&["someone"]), ..page.clone() }, vec![9, 7, 6, 4, 3, 1, 0]),
        (Page { who: some(&["somebody", "someone"]), limit: 1, ..page.clone() }, vec![9]),
        (Page { who: some(&["Someone"]), ..page.clone() }, vec![]),
        (Page { who: some(&["some"]), ..page.clone() }, vec![]),
        (Page { who: some(&["\",\"role\":\"citizen"]), ..page.clone() }, vec![]),
        (Page { who: some(&[]), ..page.clone() }, vec![]),
        (Page { purpose: Some(Purpose::OwnAccess), until: second(2), ..page.clone() }, vec![1, 0]),
        (Page { purpose: Some(Purpose::Treatment), ..page.clone() }, vec![]),
        (Page { purpose: Some(Purpose::OwnAccess), who: some(&["someone"]), limit: 2, ..page.clone() }, vec![9, 7]),
    ] {
        let found: Vec<u64> = log::page(&house, &grant, &asked).await.unwrap().iter().map(|line| line.index).collect();
        assert_eq!(found, places, "{asked:?}");
    }
}

/// Two lines a year from 2020 to 2029, hers and another's, with a root signed over each pair.
async fn ten_years(house: &House) -> Vec<Decision> {
    let mut told = Vec::new();
    for year in 2020..2030 {
        let at: Timestamp = format!("{year}-03-01T12:00:00Z").parse().unwrap();
        told.push(
            house.passage().await.unwrap().log(question_at(&["p0"], at)).await.unwrap().commit(at).await.unwrap(),
        );
        let (mut research, facts) = ingest("x", &[]);
        (research.purpose, research.at) = (Purpose::ResearchAndStatistics, at);
        let research = house.passage().await.unwrap().log(decide(&research, &facts)).await.unwrap();
        told.push(research.commit(at).await.unwrap());
    }
    told
}

async fn what_was_kept_long_enough_is_erased_and_the_tree_holds(ground: Ground) {
    let house = ground.open().await;
    let mut told = ten_years(&house).await;
    let before = ground.verify().await;
    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    assert_eq!(erasure::due(&house, at("2025-03-01T11:59:59Z"), |_| ()).await.unwrap(), 0);
    assert_eq!(erasure::erase(&house, at("2025-03-01T11:59:59Z"), |_| ()).await.unwrap(), 0);
    let Some(Decision::Permit { grant, .. }) = told.pop().and(told.pop()) else { panic!("refused") };
    let mut gone = 0;
    // Five years for what she does herself, ten for research; never more than what was signed five years ago.
    for (now, erased) in [
        ("2025-03-01T12:00:00Z", 1),
        ("2025-03-01T12:00:00Z", 0),
        ("2027-12-31T00:00:00Z", 2),
        ("2030-03-01T12:00:00Z", 4),
        ("2034-12-31T00:00:00Z", 8),
    ] {
        assert_eq!(erasure::due(&house, at(now), |_| ()).await.unwrap(), erased, "{now}");
        assert_eq!(erasure::erase(&house, at(now), |_| ()).await.unwrap(), erased, "{now}");
        gone += erased;
        let outcome = ground.verify().await;
        assert!(outcome.holds(), "{now}: {:?}", outcome.problems);
        assert_eq!((outcome.erased, outcome.leaves, &outcome.root), (gone, 20, &before.root), "{now}");
        assert_eq!(outcome.permitted + outcome.refused + gone, 20);
    }
    let lines = log::lines(&house, &grant).await.unwrap();
    assert_eq!(lines.first().map(|line| line.index), None, "hers of ten years are gone");
    // The log goes on, also after it was closed, and proofs of erased lines hold.
    let (signed, path) = log::inclusion(&house, 0).await.unwrap().unwrap();
    let Decision::Permit { .. } = pass(&house, &["p0"]).await.unwrap() else { panic!("refused") };
    house.close().await;
    let house = ground.open().await;
    let Decision::Permit { grant, .. } = pass(&house, &["p0"]).await.unwrap() else { panic!("refused") };
    assert!(matches!(log::leaf(&house, &grant, 0).await, Err(StoreError::NotCovered(_))));
    let first = question_at(&["p0"], at("2020-03-01T12:00:00Z"));
    let hash = leaf_hash(first.leaves()[0].text().as_bytes());
    let Checkpoint { size, root, .. } = signed.checkpoint;
    assert!(verify_inclusion(&hash, 0, size, &path, &root), "who kept her line still proves it");
    assert!(ground.verify().await.holds());
}

async fn what_somebody_empties_by_hand_is_found(ground: Ground) {
    for (tampering, problem) in [
        ("update log_leaves set leaf = '' where leaf_index = 16", "leaf 16 is empty, and no erasure"),
        ("update log_leaves set subject = 'p0' where leaf_index = 0", "leaf 0 is empty and filed under"),
        ("update log_leaves set hash = 'none' where leaf_index = 0", "leaf 0 is empty and its hash"),
        (
            "update log_leaves set hash = (select hash from log_leaves where leaf_index = 19) where leaf_index = 0",
            "the leaves do not give the root",
        ),
        ("update log_erasures set size = 18", "the erasure before leaf 18 is not signed"),
        ("delete from log_erasures", "leaf 0 is empty, and no erasure"),
        ("update log_erasures set erased_at = '2020-06-01T00:00:00Z'", "is not signed by the log's key"),
        ("delete from log_checkpoints where size = (select size from log_erasures)", "kept long enough"),
    ] {
        let ground = ground.another();
        let house = ground.open().await;
        ten_years(&house).await;
        assert_eq!(erasure::erase(&house, "2025-06-01T00:00:00Z".parse().unwrap(), |_| ()).await.unwrap(), 1);
        house.close().await;
        assert!(ground.verify().await.holds());
        ground.by_hand(tampering).await;
        let outcome = ground.verify().await;
        assert!(outcome.problems.iter().any(|found| found.contains(problem)), "{tampering}: {:?}", outcome.problems);
    }
}

async fn a_log_from_before_the_tiles_gets_them(ground: Ground) {
    let house = ground.open().await;
    grow(&house, 600).await;
    let key = house.public_key();
    house.close().await;
    let before = ground.verify().await;
    ground.by_hand("delete from log_tiles; update log_leaves set happened_at = null, permitted = null").await;
    let house = ground.open().await;
    assert_eq!(house.public_key(), key);
    assert_eq!(ground.verify().await, before);
    let Decision::Permit { grant, .. } = pass(&house, &["p0"]).await.unwrap() else { panic!("refused") };
    assert_eq!(
        log::page(&house, &grant, &Page { permitted: Some(true), limit: 9, ..Page::default() }).await.unwrap().len(),
        9
    );
    assert!(ground.verify().await.holds());
}

async fn an_edge_that_was_not_signed_does_not_open(ground: Ground) {
    for tampering in [
        "delete from log_leaves where leaf_index = 299",
        "update log_leaves set hash = (select root from log_checkpoints) where leaf_index = 280",
        "delete from log_checkpoints",
        "delete from log_tiles",
    ] {
        let ground = ground.another();
        let house = ground.open().await;
        grow(&house, 300).await;
        house.close().await;
        ground.by_hand(tampering).await;
        let opened = ground.try_open([3; 32]).await;
        if tampering.ends_with("log_tiles") {
            opened.unwrap(); // they follow from the leaves
        } else {
            assert!(matches!(opened, Err(StoreError::LogChanged)), "{tampering}: {:?}", opened.err());
        }
    }
}
