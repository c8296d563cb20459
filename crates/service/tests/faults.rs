//! No answer leaves the house without its line in the log: ten thousand requests, while each step of
//! decide → log → commit → answer fails again and again, and requests are given up half-way.

mod house;

use house::{clock, family, open, operator};
use indgang_gate::{BreakingGlassGround, UserId};
use indgang_model::{CaseId, Clock, FixedClock, PersonId, Role, SecondaryFindingWish, Timestamp, Wishes};
use indgang_service::*;
use indgang_store::faults::{Fault, Plan, Step, durable_leaves};
use jiff::SignedDuration;
use std::collections::BTreeMap;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::task::Poll;

const REQUESTS: u64 = 10_000;
/// So many are under way at a time, and may share a commit.
const WAVE: u64 = 50;
const SEED: u64 = 0x1d6a_2026;

/// A number that looks random and is the same in every run (SplitMix64).
fn drawn(seed: u64, of: u64) -> u64 {
    let mut z = seed.wrapping_add(of.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// What has failed, by step and kind.
type Failed = Arc<Mutex<BTreeMap<(Step, Fault), u64>>>;

/// At each step, one visit in some fails; which, is drawn from the seed.
fn plan(failed: &Failed, lie: bool) -> Plan {
    let failed = Arc::clone(failed);
    let visits: [AtomicU64; 7] = Default::default();
    Arc::new(move |step| {
        let visit = visits[step as usize].fetch_add(1, Ordering::Relaxed);
        let drawn = drawn(SEED ^ (step as u64) << 56, visit);
        // Steps of a group are visited once for the many who share it.
        let one_in = if matches!(step, Step::Facts | Step::Write) { 40 } else { 9 };
        if !drawn.is_multiple_of(one_in) {
            return None;
        }
        let fault = match (drawn >> 32) % 3 {
            _ if lie => Fault::Lie,
            0 => Fault::Busy,
            1 => Fault::DiskFull,
            _ => Fault::Lost,
        };
        *failed.lock().unwrap().entry((step, fault)).or_default() += 1;
        Some(fault)
    })
}

/// Somebody signed in, with a secret that nobody else has.
async fn signed_in(house: &House, user: &str, secret: u64) -> Session {
    let mut random = [7; 32];
    random[..8].copy_from_slice(&secret.to_be_bytes());
    let token = sign_in(house, &clock(), &UserId(user.into()), random).await.unwrap().token;
    resume(house, &clock(), token.expose()).await.unwrap()
}

/// What a request was told: permitted or refused. A fault of the house is no answer.
fn told<T>(outcome: Result<T, Error>) -> Option<bool> {
    match outcome {
        Ok(_) => Some(true),
        Err(Error::Refused(_)) => Some(false),
        Err(Error::Store(_)) => None,
        Err(other) => panic!("{other}"),
    }
}

async fn ask(house: &House, people: &BTreeMap<&str, Session>, number: u64, at: Timestamp) -> Option<bool> {
    let (clock, fam, mother) = (FixedClock(at), CaseId("fam".into()), PersonId("mother".into()));
    let filter = LogFilter::default();
    match number % 50 {
        0 => {
            let all = number.is_multiple_of(100);
            let secondary_findings = if all { SecondaryFindingWish::All } else { SecondaryFindingWish::None };
            let wishes = Wishes { secondary_findings, ..Wishes::default() };
            told(set_wishes(house, &clock, &people["mother"], &mother, wishes).await)
        }
        1..10 => told(log_tree(house, &clock, &people["auditor"], None).await),
        10..15 => told(log_tree(house, &clock, &people["doctor"], None).await),
        15..25 => told(open_case(house, &clock, &people["doctor"], &fam).await),
        25..35 => told(open_case(house, &clock, &people["insurer"], &fam).await),
        35..40 => told(citizen_log_page(house, &clock, &people["mother"], &filter, None).await),
        40..45 => told(citizen_result(house, &clock, &people["mother"]).await),
        _ => told(list_cases(house, &clock, &people["geneticist"]).await),
    }
}

/// The outcome, or nothing when it was given up after so many steps of its own.
async fn given_up_after<T>(polls: Option<u64>, work: impl Future<Output = T>) -> Option<T> {
    let (mut work, mut polled) = (pin!(work), 0);
    poll_fn(move |context| {
        if polls == Some(polled) {
            return Poll::Ready(None);
        }
        polled += 1;
        work.as_mut().poll(context).map(Some)
    })
    .await
}

/// How many requests were answered, given up and failed, and how many answers have no durable leaf of their own time
/// and outcome.
#[derive(Debug, Default)]
struct Count {
    answered: u64,
    given_up: u64,
    failed: u64,
    without_leaf: u64,
    holds: bool,
}

async fn run(requests: u64, plan: Option<Plan>) -> Count {
    let folder = tempfile::tempdir().unwrap();
    let sound = open(folder.path()).await;
    ingest_case(&sound, &clock(), &operator(), &family()).await.unwrap();
    let mut people = BTreeMap::new();
    for (secret, user) in (0..).zip(["mother", "doctor", "geneticist", "insurer", "auditor"]) {
        people.insert(user, signed_in(&sound, user, secret).await);
    }
    let house = match plan {
        Some(plan) => sound.clone().failing(plan),
        None => sound.clone(),
    };
    let (people, mut count) = (Arc::new(people), Count::default());
    let mut answers = Vec::new();
    for wave in 0..requests / WAVE {
        let mut under_way = tokio::task::JoinSet::new();
        for number in wave * WAVE..(wave + 1) * WAVE {
            // Each has a time of its own, by which its line is found.
            let at = clock().now() + SignedDuration::from_millis(i64::try_from(number).unwrap() + 1);
            let drawn = drawn(!SEED, number);
            let polls = drawn.is_multiple_of(12).then_some((drawn >> 32) % 12);
            let (house, people) = (house.clone(), Arc::clone(&people));
            under_way.spawn(async move { (at, given_up_after(polls, ask(&house, &people, number, at)).await) });
        }
        while let Some(done) = under_way.join_next().await {
            match done.unwrap() {
                (_, None) => count.given_up += 1,
                (_, Some(None)) => count.failed += 1,
                (at, Some(Some(permitted))) => answers.push((at, permitted)),
            }
        }
    }
    sound.close().await;
    let leaves = durable_leaves(sound.database()).await.unwrap();
    let durable: BTreeMap<Timestamp, bool> = leaves.iter().map(|leaf| (leaf.at, leaf.permitted)).collect();
    count.answered = answers.len() as u64;
    count.without_leaf = answers.iter().filter(|(at, permitted)| durable.get(at) != Some(permitted)).count() as u64;
    count.holds = verify_log(folder.path(), sound.database(), |_, _| {}).await.unwrap().holds();
    count
}

#[tokio::test]
async fn no_answer_leaves_without_its_leaf() {
    let failed = Failed::default();
    let count = run(REQUESTS, Some(plan(&failed, false))).await;
    let failed = failed.lock().unwrap();
    println!("{count:?}\n{failed:?}");
    assert_eq!(count.without_leaf, 0, "{count:?}");
    assert!(count.holds, "the log is whole");
    assert_eq!(count.answered + count.given_up + count.failed, REQUESTS);
    assert!(
        count.answered > REQUESTS / 4 && count.failed > REQUESTS / 20 && count.given_up > REQUESTS / 50,
        "{count:?}"
    );
    for step in [Step::Begin, Step::Facts, Step::Write, Step::Leaves, Step::Checkpoint, Step::Commit, Step::Committed] {
        assert!(failed.keys().any(|(at, _)| *at == step), "{step:?} never failed");
    }
}

#[tokio::test]
async fn the_harness_notices_an_answer_that_has_no_leaf() {
    let sound = run(200, None).await;
    assert!(sound.without_leaf == 0 && sound.failed == 0 && sound.holds && sound.answered > 150, "{sound:?}");
    let failed = Failed::default();
    let count = run(1000, Some(plan(&failed, true))).await;
    assert!(count.without_leaf > 0, "a commit that lies was not noticed: {count:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_break_the_glass_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let house = open(folder.path()).await;
    ingest_case(&house, &clock(), &operator(), &family()).await.unwrap();
    let names: Vec<String> = (0..200).map(|n| format!("emergency-{n}")).collect();
    let users: Vec<NewUser> = names
        .iter()
        .map(|name| NewUser {
            id: UserId(name.clone()),
            display_name: name.clone(),
            role: Role::AuthorisedHealthProfessional,
            person: None,
            organisation: "Akutmodtagelsen".into(),
            on_responsibility_of: None,
            profession: None,
            place: None,
        })
        .collect();
    register_users(&house, &users).await.unwrap();
    let mut at_once = tokio::task::JoinSet::new();
    for (secret, name) in (1000u64..).zip(names) {
        let house = house.clone();
        at_once.spawn(async move {
            let mut random = [9; 32];
            random[..8].copy_from_slice(&secret.to_be_bytes());
            let first = sign_in(&house, &clock(), &UserId(name.clone()), random).await.unwrap();
            random[31] = 1;
            let limits = SessionLimits::default();
            let token = step_up(&house, &clock(), first.token.expose(), &limits, random).await.unwrap();
            let session = resume(&house, &clock(), token.expose()).await.unwrap();
            let fam = CaseId("fam".into());
            let way = Declaration::BreakingGlass(BreakingGlassGround::EssentialInterest);
            declare(&house, &clock(), &session, &fam, (way, &format!("bevidstløs, {name}"))).await.unwrap();
            open_case(&house, &clock(), &session, &fam).await.unwrap().rule.rule
        });
    }
    let opened = at_once.join_all().await;
    assert!(opened.len() == 200 && opened.iter().all(|rule| rule == "DK-42a-2"));
    assert_eq!(indgang_store::follow_ups::waiting(&house).await.unwrap(), 600, "one for each person of the case");
    let mother = signed_in(&house, "mother", 1).await;
    let log = citizen_log(&house, &clock(), &mother, &LogFilter::default()).await.unwrap();
    let hers = log.iter().filter(|line| line.person.0 == "mother" && line.breaking_glass.is_some());
    let reasons: std::collections::BTreeSet<_> =
        hers.clone().map(|line| &line.breaking_glass.as_ref().unwrap().reason).collect();
    assert_eq!((hers.count(), reasons.len()), (400, 200), "a declaration and an opening each");
    assert!(verify_log(folder.path(), house.database(), |_, _| {}).await.unwrap().holds());
}
