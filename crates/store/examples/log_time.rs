//! How fast the log takes leaves, and how fast a long log answers:
//! `cargo run --release -p indgang-store --example log_time -- FOLDER DATABASE LEAVES`.
//!
//! The folder is a new one, for the key; the database is `sqlite:FILE` or `postgres://…` and becomes LEAVES long.
//! Prints one JSON object a line. Every leaf that is counted is durable: its passage has been told the decision.

use indgang_gate::{Activity, Actor, Decision, Facts, Grant, Grounds, Pending, Request, UserId, decide};
use indgang_model::{Category, PersonId, Purpose, Role, Timestamp};
use indgang_store::House;
use indgang_store::log::{self, Page};
use std::error::Error;
use std::path::Path;
use std::time::{Duration, Instant};

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// Leaves of one measured rate.
const MEASURED: usize = 61_440;
/// People beside the one whose pages are read; each has a few lines.
const OTHERS: u64 = 1_000_003;
/// Leaves of one passage where a log is made long.
const BATCH: u64 = 4000;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, database, leaves] = arguments.as_slice() else {
        return Err("give a folder, a database and the length of the log".into());
    };
    let (folder, leaves) = (Path::new(folder), leaves.parse::<u64>()?);
    let open = || House::open_at(folder, database.parse().expect("the address was read before"), [7; 32]);
    database.parse::<indgang_store::Database>()?;
    let house = open().await?;
    one_after_the_other(&house).await?;
    for tasks in [16, 256, 2048] {
        together(&house, tasks).await?;
    }
    fill(&house, leaves).await?;
    house.close().await;
    let begun = Instant::now();
    let house = open().await?;
    println!("{{\"what\": \"opened\", \"leaves\": {leaves}, \"ms\": {:.2}}}", begun.elapsed().as_secs_f64() * 1e3);
    proofs(&house, leaves).await?;
    pages(&house, leaves).await?;
    house.close().await;
    Ok(())
}

/// Somebody's question about her own log: permitted about `p0`, whose it is, and refused about others.
fn question(about: &str, at: Timestamp) -> Pending {
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
        subjects: [PersonId(about.into())].into(),
        case: None,
        grounds: Grounds::default(),
        at,
    };
    let facts = Facts { born: [(PersonId("p0".into()), (1980, 1, 1))].into(), ..Facts::default() };
    decide(&request, &facts)
}

fn at(second: u64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + second as i64).expect("within a century of now")
}

async fn pass(house: &House) -> Outcome<Decision> {
    Ok(house.passage().await?.log(question("p0", at(0))).await?.commit(at(0)).await?)
}

fn rate(what: &str, leaves: usize, begun: Instant) {
    println!("{{\"what\": \"{what}\", \"leaves_a_second\": {:.0}}}", leaves as f64 / begun.elapsed().as_secs_f64());
}

async fn one_after_the_other(house: &House) -> Outcome<()> {
    let begun = Instant::now();
    for _ in 0..500 {
        pass(house).await?;
    }
    rate("one a commit", 500, begun);
    Ok(())
}

/// So many people at once, each waiting for her own decision before she asks again.
async fn together(house: &House, tasks: usize) -> Outcome<()> {
    let each = MEASURED / tasks;
    let begun = Instant::now();
    let tasks: Vec<_> = (0..tasks)
        .map(|_| {
            let house = house.clone();
            tokio::spawn(async move {
                for _ in 0..each {
                    pass(&house).await?;
                }
                Outcome::Ok(())
            })
        })
        .collect();
    let number = tasks.len();
    for task in tasks {
        task.await??;
    }
    rate(&format!("{number} waiting"), number * each, begun);
    Ok(())
}

/// Every hundredth line is about `p0`, who comes to have one in a hundred of all lines.
async fn fill(house: &House, leaves: u64) -> Outcome<()> {
    let first = house.counts().await?[4];
    let begun = Instant::now();
    for batch in 0..leaves.saturating_sub(first).div_ceil(BATCH) {
        let about = |n: u64| if n.is_multiple_of(100) { 0 } else { 1 + (batch * BATCH + n) % OTHERS };
        let lines = (0..BATCH).map(|n| question(&format!("p{}", about(n)), at(batch))).collect();
        house.passage().await?.log_all(lines, at(batch)).await?;
    }
    rate("4000 a passage", leaves.saturating_sub(first) as usize, begun);
    Ok(())
}

async fn proofs(house: &House, leaves: u64) -> Outcome<()> {
    let mut times = Vec::new();
    for index in (0..2000).map(|n| n * 7919 * 7919 % leaves) {
        let begun = Instant::now();
        if log::inclusion(house, index).await?.is_none() {
            return Err("a leaf is not under the last checkpoint".into());
        }
        times.push(begun.elapsed());
    }
    quantiles("inclusion proof", times);
    Ok(())
}

/// Pages of a hundred lines, over all of her log.
async fn pages(house: &House, leaves: u64) -> Outcome<()> {
    let grant = own(house).await?;
    let mut times = Vec::new();
    for before in (0..500).map(|n| leaves - n * (leaves / 500)) {
        let page = Page { before: Some(before), permitted: Some(true), ..Page::default() };
        let begun = Instant::now();
        let lines = log::page(house, &grant, &page).await?;
        times.push(begun.elapsed());
        if lines.len() > 100 {
            return Err("a page has a hundred lines at most".into());
        }
    }
    quantiles("page of 100 lines", times);
    Ok(())
}

async fn own(house: &House) -> Outcome<Grant> {
    match pass(house).await? {
        Decision::Permit { grant, .. } => Ok(grant),
        Decision::Deny { .. } => Err("one's own log is open to oneself".into()),
    }
}

fn quantiles(what: &str, mut times: Vec<Duration>) {
    times.sort();
    let at = |q: f64| times[((times.len() - 1) as f64 * q) as usize].as_secs_f64() * 1e3;
    println!(
        "{{\"what\": \"{what}\", \"n\": {}, \"p50_ms\": {:.3}, \"p99_ms\": {:.3}, \"max_ms\": {:.3}}}",
        times.len(),
        at(0.5),
        at(0.99),
        at(1.0)
    );
}
