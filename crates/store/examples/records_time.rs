//! How long a decision takes when its facts come from the records:
//! `cargo run --release -p indgang-store --example records_time -- FOLDER DATABASE CITIZENS`.
//!
//! The folder is a new one, for the key; the database is `sqlite:FILE` or `postgres://…` and is filled with citizens,
//! each in treatment at one of 10,000 professionals and with wishes, every fiftieth with a block, and with 5,000 permits.
//! Prints one JSON object a line; times are of gathering and ruling, the leaf made and not yet written.

use indgang_gate::ledger::Statement;
use indgang_gate::{Activity, Actor, BlockTarget, Grounds, Request, UserId, decide};
use indgang_model::{Category, PermitId, PersonId, Profession, Purpose, Role, Timestamp, Wishes};
use indgang_store::{Database, House};
use sqlx::Connection as _;
use std::error::Error;
use std::path::Path;
use std::time::Instant;

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

const PROFESSIONALS: u64 = 10_000;
const PERMITS: u64 = 5_000;
const PASSAGES: u64 = 20_000;
const ROWS: u64 = 100;
const SINCE: &str = "2026-01-01T00:00:00Z";
const UNTIL: &str = "2027-01-01T00:00:00Z";

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, address, citizens] = arguments.as_slice() else {
        return Err("give a folder, a database and the number of citizens".into());
    };
    let (database, citizens) = (address.parse::<Database>()?, citizens.parse::<u64>()?);
    let house = House::open_at(Path::new(folder), database, [7; 32]).await?;
    fill(address, citizens).await?;
    for what in ["records, first", "records"] {
        let mut passage = house.passage().await?;
        let mut times = Vec::new();
        for n in 0..PASSAGES {
            let request = request(n, citizens)?;
            let begun = Instant::now();
            let facts = passage.facts(&request).await?;
            let pending = decide(&request, &facts);
            times.push(begun.elapsed().as_secs_f64() * 1e6);
            if pending.leaves().len() != 1 || !facts.born.contains_key(&person(number(n, 3, citizens))) {
                return Err("the records do not know the citizen".into());
            }
        }
        passage.abandon().await?;
        times.sort_by(f64::total_cmp);
        let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
        println!("{{\"what\": \"{what}\", \"p50_us\": {:.1}, \"p99_us\": {:.1}}}", at(0.5), at(0.99));
    }
    house.close().await;
    Ok(())
}

/// Numbers that are the same in every run (SplitMix64).
fn number(of: u64, salt: u64, below: u64) -> u64 {
    let mut z = (of ^ salt << 40).wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (z ^ (z >> 31)) % below
}

fn person(n: u64) -> PersonId {
    PersonId(format!("citizen-{n}"))
}

/// Treatment by the one who treats, or research under a permit.
fn request(n: u64, citizens: u64) -> Outcome<Request> {
    let citizen = number(n, 3, citizens);
    let (who, purpose, activity, permit) = if n.is_multiple_of(2) {
        (citizen % PROFESSIONALS, Purpose::Treatment, Activity::ReadRecord, None)
    } else {
        let permit = number(n, 6, PERMITS);
        let id = PermitId(format!("permit-{permit}"));
        (permit % PROFESSIONALS, Purpose::ResearchAndStatistics, Activity::Query, Some(id))
    };
    Ok(Request {
        actor: Actor {
            user: UserId(format!("professional-{who}")),
            person: None,
            role: Role::AuthorisedHealthProfessional,
            profession: Profession::all().nth(12),
            organisation: "Hospital".into(),
            place: None,
            on_responsibility_of: None,
        },
        activity,
        purpose,
        categories: [Category::Genome].into(),
        subjects: [person(citizen)].into(),
        case: None,
        grounds: Grounds { permit, ..Grounds::default() },
        at: "2026-03-01T12:00:00Z".parse::<Timestamp>()?,
    })
}

/// Straight into the tables: through the gate a million citizens would take as many passages.
async fn fill(address: &str, citizens: u64) -> Outcome<()> {
    let mut to = sqlx::AnyConnection::connect(&address.replacen("sqlite:", "sqlite://", 1)).await?;
    sqlx::raw_sql("begin").execute(&mut to).await?;
    let citizen = |n: u64| format!("citizen-{n}");
    let professional = |n: u64| format!("professional-{}", n % PROFESSIONALS);
    // A birth date that exists, and a running number behind it: 28 days, 12 months, 100 years.
    let cpr = |n: u64| format!("{:02}{:02}{:02}{:04}", 1 + n % 28, 1 + n / 28 % 12, n / 336 % 100, n / 33_600);
    insert(&mut to, "persons (id, cpr, name)", "", citizens, |n| [citizen(n), cpr(n), "Citizen".into()]).await?;
    let courses = "treatment_relations (person_id, professional, valid_from)";
    insert(&mut to, courses, "", citizens, |n| [citizen(n), professional(n), SINCE.into()]).await?;
    let wishes = serde_json::to_string(&Statement::Wishes(Wishes::default()))?;
    let block = serde_json::to_string(&Statement::Block(BlockTarget::Category(Category::Genome)))?;
    let choices = "choices (sequence, person_id, recorded_at, recorded_by, valid_from, statement)";
    for (number, one_in, said) in [("1, ", 1, wishes), ("2, ", 50, block)] {
        let row = |n| {
            let id = citizen(n * one_in);
            [id.clone(), SINCE.into(), id, SINCE.into(), said.clone()]
        };
        insert(&mut to, choices, number, citizens / one_in, row).await?;
    }
    let permits = "permits (site_permission, id, purpose, categories, valid_from, valid_until)";
    let permit = |n| {
        let (purpose, categories) = ("research_and_statistics".to_owned(), "[\"genome\"]".to_owned());
        [format!("permit-{n}"), purpose, categories, SINCE.into(), UNTIL.into()]
    };
    insert(&mut to, permits, "1, ", PERMITS, permit).await?;
    let members = "permit_members (permit_id, user_id)";
    insert(&mut to, members, "", PERMITS, |n| [format!("permit-{n}"), professional(n)]).await?;
    sqlx::raw_sql("commit").execute(&mut to).await?;
    sqlx::raw_sql("analyze").execute(&mut to).await?;
    Ok(to.close().await?)
}

/// `count` rows of texts behind a `fixed` beginning.
async fn insert<const N: usize>(
    to: &mut sqlx::AnyConnection,
    table: &str,
    fixed: &str,
    count: u64,
    row: impl Fn(u64) -> [String; N],
) -> Outcome<()> {
    for first in (0..count).step_by(ROWS as usize) {
        let rows: Vec<[String; N]> = (first..count.min(first + ROWS)).map(&row).collect();
        let places = |n: usize| (1..=N).map(|k| format!("${}", n * N + k)).collect::<Vec<_>>().join(", ");
        let values: Vec<String> = (0..rows.len()).map(|n| format!("({fixed}{})", places(n))).collect();
        let sql = format!("insert into {table} values {}", values.join(", "));
        let query =
            rows.into_iter().flatten().fold(sqlx::query(sqlx::AssertSqlSafe(sql)), |query, text| query.bind(text));
        query.execute(&mut *to).await?;
    }
    Ok(())
}
