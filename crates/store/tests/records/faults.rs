//! A server of PostgreSQL that goes away, at each step of a passage.

use crate::ground::Ground;
use crate::log::{at, pass, question};
use crate::server::Server;
use indgang_store::StoreError;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_killed_in_the_middle_of_a_transaction_leaves_nothing_half_written() {
    let Some(server) = Server::own("faults::a_server_killed_in_the_middle_of_a_transaction") else { return };
    let ground = Ground::doomed(&server);
    let house = ground.open().await;
    pass(&house, &["p0", "p1"]).await.unwrap();

    // Its leaves have their places and are not committed.
    let mut logged = house.passage().await.unwrap().log(question(&["p0"])).await.unwrap();
    assert!(logged.writer().await.unwrap().is_some());
    server.kill();
    let error = logged.commit(at()).await.unwrap_err();
    assert!(matches!(error, StoreError::Disconnected(_)), "{error}");
    // While it is away, each request is told so, and soon.
    let error = house.passage().await.unwrap_err();
    assert!(matches!(error, StoreError::Disconnected(_)), "{error}");

    server.control("start");
    assert_eq!(ground.verify().await.leaves, 2);
    pass(&house, &["p0"]).await.unwrap();

    // Stopped in good order while a passage is open: the same.
    let passage = house.passage().await.unwrap();
    server.control("stop");
    assert!(passage.log(question(&["p0"])).await.unwrap().commit(at()).await.is_err());
    server.control("start");
    pass(&house, &["p0"]).await.unwrap();
    let outcome = ground.verify().await;
    assert!(outcome.holds(), "{:?}", outcome.problems);
    assert_eq!(outcome.leaves, 4);
}
