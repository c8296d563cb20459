//! Measurements, not tests: `cargo test --release -p indgang-store --test records -- --ignored --nocapture speed`.
//! `INDGANG_LEAVES` says how long the log is in which proofs and pages are timed.

use crate::ground::{Ground, on_both};
use crate::log::{at, pass, question, question_at};
use indgang_gate::Decision;
use indgang_model::Timestamp;
use indgang_store::House;
use indgang_store::log::{self, Page};
use std::time::{Duration, Instant};

on_both!(
    #[ignore = "a measurement"]
    leaves_a_second,
    #[ignore = "a measurement"]
    a_long_log,
);

fn rate(what: &str, leaves: u64, since: Instant) {
    println!("{what}: {:.0} leaves/s", leaves as f64 / since.elapsed().as_secs_f64());
}

async fn leaves_a_second(ground: Ground) {
    println!("{}", ground.database());
    let house = ground.open().await;
    let start = Instant::now();
    for _ in 0..500 {
        pass(&house, &["p0"]).await.unwrap();
    }
    rate("one after the other", 500, start);
    for tasks in [16, 256, 2048] {
        let start = Instant::now();
        let each = 40_960 / tasks;
        let tasks: Vec<_> = (0..tasks)
            .map(|_| {
                let house = house.clone();
                tokio::spawn(async move {
                    for _ in 0..each {
                        pass(&house, &["p0"]).await.unwrap();
                    }
                })
            })
            .collect();
        let number = tasks.len();
        for task in tasks {
            task.await.unwrap();
        }
        rate(&format!("{number} at a time, each its own passage"), (number * each) as u64, start);
    }
    let start = Instant::now();
    for _ in 0..50 {
        let batch = (0..1000).map(|_| question(&["p0"])).collect();
        house.passage().await.unwrap().log_all(batch, at()).await.unwrap();
    }
    rate("1000 leaves a passage", 50_000, start);
    let start = Instant::now();
    let outcome = ground.verify().await;
    assert!(outcome.holds(), "{:?}", outcome.problems);
    rate("verification", outcome.leaves, start);
    println!("{} leaves under {} checkpoints", outcome.leaves, outcome.checkpoints);
}

async fn a_long_log(ground: Ground) {
    let leaves: u64 = std::env::var("INDGANG_LEAVES").map_or(100_000, |n| n.parse().unwrap());
    println!("{}", ground.database());
    let house = ground.open().await;
    let start = Instant::now();
    fill(&house, leaves).await;
    rate("filled", leaves, start);
    let start = Instant::now();
    let again = ground.open().await;
    println!("opened with {leaves} leaves in {:?}", start.elapsed());
    let mut proofs = Vec::new();
    for index in (0..1000).map(|n| n * 7919 * 7919 % leaves) {
        let start = Instant::now();
        assert!(log::inclusion(&again, index).await.unwrap().is_some());
        proofs.push(start.elapsed());
    }
    quantiles("inclusion proof", proofs);
    let Decision::Permit { grant, .. } = pass(&again, &["p0"]).await.unwrap() else { panic!("refused") };
    let mut pages = Vec::new();
    for before in (0..300).map(|n| leaves - n * (leaves / 300)) {
        let start = Instant::now();
        let page = Page { before: Some(before), permitted: Some(true), ..Page::default() };
        assert!(log::page(&again, &grant, &page).await.unwrap().len() <= 100);
        pages.push(start.elapsed());
    }
    quantiles("page of 100 lines", pages);
}

/// Every hundredth line is about `p0`, and permitted.
async fn fill(house: &House, leaves: u64) {
    for batch in 0..leaves / 1000 {
        let at = Timestamp::from_second(1_700_000_000 + batch as i64).unwrap();
        let others: Vec<String> = (0..1000).map(|n| format!("p{}", 1 + (batch * 1000 + n) % 1_000_003)).collect();
        let about = |n: usize| if n.is_multiple_of(100) { "p0" } else { others[n].as_str() };
        let batch = (0..1000).map(|n| question_at(&[about(n)], at)).collect();
        house.passage().await.unwrap().log_all(batch, at).await.unwrap();
    }
}

fn quantiles(what: &str, mut times: Vec<Duration>) {
    times.sort();
    let at = |q: f64| times[((times.len() - 1) as f64 * q) as usize];
    println!("{what}: p50 {:?}, p99 {:?}, most {:?}", at(0.5), at(0.99), at(1.0));
}
