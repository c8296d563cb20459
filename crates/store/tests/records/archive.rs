//! A house in a file: made while others write, brought up on the other database, and on none that is taken.

use crate::ground::{Ground, on_both};
use crate::log::{add, at, pass, taking_in};
use crate::server::Server;
use indgang_model::PersonId;
use indgang_store::{StoreError, backup, restore};

on_both!(
    a_backup_made_while_others_write_is_of_one_moment,
    a_house_is_not_restored_over_another,
    a_damaged_archive_restores_nothing,
    migration_says_from_where_to_where_and_does_nothing_twice,
);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_house_goes_from_sqlite_to_postgres_and_back() {
    let Some(server) = Server::shared("archive::a_house_goes_from_sqlite_to_postgres_and_back") else { return };
    let first = Ground::sqlite();
    let house = first.open().await;
    for (person, cpr) in [("a", "0101204995"), ("b", "0202829996")] {
        let mut logged = house.passage().await.unwrap().log(taking_in(person)).await.unwrap();
        add(&mut logged, person, cpr).await.unwrap();
        let mut writer = logged.writer().await.unwrap().unwrap();
        writer.add_custody(&PersonId("a".into()), &PersonId(person.into())).await.unwrap();
        logged.commit(at()).await.unwrap();
    }
    for _ in 0..300 {
        pass(&house, &["a", "p0"]).await.unwrap();
    }
    let counts = house.counts().await.unwrap();
    house.close().await;
    let verified = first.verify().await;
    assert!(verified.holds(), "{:?}", verified.problems);

    let mut from = first;
    for place in [Ground::postgres(server), Ground::sqlite(), Ground::postgres(server)] {
        let file = from.folder().join("house.indgang");
        let made = backup(from.folder(), &from.database(), &file, at(), |_| {}).await.unwrap();
        let restored = restore(place.folder(), &place.database(), &file, |_| {}).await.unwrap();
        assert_eq!(made, restored);
        assert_eq!(place.verify().await, verified);
        let house = place.open().await;
        assert_eq!(house.counts().await.unwrap(), counts);
        house.close().await;
        from = place;
    }
    // And it goes on from there.
    let house = from.open().await;
    pass(&house, &["p0"]).await.unwrap();
    assert!(from.verify().await.holds());
}

async fn a_backup_made_while_others_write_is_of_one_moment(ground: Ground) {
    let house = ground.open().await;
    for _ in 0..20 {
        pass(&house, &["p0"]).await.unwrap();
    }
    let writing = tokio::spawn({
        let house = house.clone();
        async move {
            for _ in 0..100 {
                pass(&house, &["p0", "p1"]).await.unwrap();
            }
        }
    });
    let file = ground.folder().join("backup");
    for round in 0..3 {
        let file = file.with_extension(round.to_string());
        backup(ground.folder(), &ground.database(), &file, at(), |_| {}).await.unwrap();
        let place = ground.another();
        restore(place.folder(), &place.database(), &file, |_| {}).await.unwrap();
        let outcome = place.verify().await;
        assert!(outcome.holds(), "{:?}", outcome.problems);
        assert!(outcome.leaves >= 20);
    }
    writing.await.unwrap();
    // A file that is there is not written over.
    let there = file.with_extension("0");
    let before = std::fs::read(&there).unwrap();
    assert!(backup(ground.folder(), &ground.database(), &there, at(), |_| {}).await.is_err());
    assert_eq!(std::fs::read(&there).unwrap(), before);
}

async fn a_house_is_not_restored_over_another(ground: Ground) {
    let house = ground.open().await;
    pass(&house, &["p0"]).await.unwrap();
    let file = ground.folder().join("backup");
    backup(ground.folder(), &ground.database(), &file, at(), |_| {}).await.unwrap();
    let before = ground.verify().await;
    let over = restore(ground.folder(), &ground.database(), &file, |_| {}).await;
    assert!(matches!(over, Err(StoreError::NotEmpty)), "{over:?}");
    // Neither where only the records are, nor where only the key is.
    let elsewhere = tempfile::tempdir().unwrap();
    let over = restore(elsewhere.path(), &ground.database(), &file, |_| {}).await;
    assert!(matches!(over, Err(StoreError::NotEmpty)), "{over:?}");
    let over = restore(ground.folder(), &ground.another().database(), &file, |_| {}).await;
    assert!(matches!(over, Err(StoreError::NotEmpty)), "{over:?}");
    assert_eq!(ground.verify().await, before);
}

async fn a_damaged_archive_restores_nothing(ground: Ground) {
    let house = ground.open().await;
    for _ in 0..50 {
        pass(&house, &["p0"]).await.unwrap();
    }
    let file = ground.folder().join("backup");
    backup(ground.folder(), &ground.database(), &file, at(), |_| {}).await.unwrap();
    let whole = std::fs::read(&file).unwrap();
    let place = ground.another();
    let mut changed = whole.clone();
    let middle = whole.len() / 2;
    changed[middle] ^= 1;
    for bytes in [&whole[..middle], &whole[..whole.len() - 1], &changed, b"", b"not an archive"] {
        std::fs::write(&file, bytes).unwrap();
        let outcome = restore(place.folder(), &place.database(), &file, |_| {}).await;
        assert!(outcome.is_err(), "{} bytes", bytes.len());
        assert!(!place.folder().join("log.key").exists());
    }
    std::fs::write(&file, &whole).unwrap();
    restore(place.folder(), &place.database(), &file, |_| {}).await.unwrap();
    assert_eq!(place.verify().await, ground.verify().await);
}

async fn migration_says_from_where_to_where_and_does_nothing_twice(ground: Ground) {
    let (from, to) = indgang_store::migrate(ground.folder(), &ground.database()).await.unwrap();
    assert!(from == 0 && to >= 10, "{from} to {to}");
    assert_eq!(indgang_store::migrate(ground.folder(), &ground.database()).await.unwrap(), (to, to));
    pass(&ground.open().await, &["p0"]).await.unwrap();
    assert_eq!(indgang_store::migrate(ground.folder(), &ground.database()).await.unwrap(), (to, to));
    assert!(ground.verify().await.holds());
}
