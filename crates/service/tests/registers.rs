//! Registers of a house: who asks, under which permit, and what citizens of the house have chosen.

mod house;

use house::{clock, family, open, operator, session};
use indgang_gate::{Reason, Refusals, Scope, UserId};
use indgang_lake::{LakeError, Limits, write_csv};
use indgang_model::{Category, FixedClock, PermitId, PersonId, Purpose, Role};
use indgang_service::{
    AskedOutcome, Delivery, Error, House, LogFilter, NewPermit, NewUser, Queried, Query, Taken, citizen_log_fhir,
    citizen_log_page, desk, ingest_case, ingest_registers, log_proof, query, register_permit, register_users,
    set_refusals, verify_log,
};
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

const BOY: &str = "010120-4995";
const FATHER: &str = "010180-9995";
const MOTHER: &str = "0202829996";

fn write_registers(folder: &Path) {
    let mut bef = "pnr,koen,foed_dato\n".to_owned();
    let mut lab = "pnr,samplingdate,analysiscode,value\n".to_owned();
    let others = (0..40).map(|n| format!("extract{n}"));
    for (n, pnr) in [BOY, FATHER, MOTHER].into_iter().map(str::to_owned).chain(others).enumerate() {
        writeln!(bef, "{pnr},{},1980-01-02", 1 + n % 2).unwrap();
        writeln!(lab, "{pnr},2020-01-02,NPU27300,{}", 40 + n).unwrap();
    }
    std::fs::write(folder.join("bef.csv"), bef).unwrap();
    std::fs::write(folder.join("lab_forsker.csv"), lab).unwrap();
}

async fn deliver(house: &House, from: &Path) -> Result<Taken, Error> {
    let by = UserId("operator".into());
    let delivery = Delivery { by, folder: from.to_owned(), replace: false, omop: None, limits: Limits::default() };
    ingest_registers(house, &clock(), delivery, [5; 32], Arc::new(|_, _| {})).await
}

async fn house_with_registers(folder: &Path, from: &Path) -> House {
    let house = open(folder).await;
    ingest_case(&house, &clock(), &operator(), &family()).await.unwrap();
    write_registers(from);
    let taken = deliver(&house, from).await.unwrap();
    assert_eq!((taken.snapshot, taken.persons), (Some(1), (43, 40)));
    let researcher = NewUser {
        id: UserId("researcher".into()),
        display_name: "Forsker".into(),
        role: Role::Researcher,
        person: None,
        organisation: "university".into(),
        on_responsibility_of: None,
        profession: None,
        place: None,
    };
    register_users(&house, &[researcher]).await.unwrap();
    let permit = NewPermit {
        id: PermitId("p".into()),
        purpose: Purpose::ResearchAndStatistics,
        categories: [Category::Laboratory].into(),
        site_permission: false,
        scope: Scope { rows: true, ..Scope::default() },
        from: "2026-01-01T00:00:00Z".parse().unwrap(),
        until: "2027-01-01T00:00:00Z".parse().unwrap(),
        members: [UserId("researcher".into())].into(),
    };
    register_permit(&house, &permit).await.unwrap();
    house
}

fn question(user: &str, permit: Option<&str>) -> Query {
    Query {
        user: UserId(user.into()),
        purpose: Purpose::ResearchAndStatistics,
        permit: permit.map(|id| PermitId(id.into())),
        case: None,
        asked_by: None,
        sql: None,
        snapshot: None,
        limits: Limits::default(),
    }
}

async fn ask(house: &House, user: &str, permit: Option<&str>, sql: &str) -> Result<Queried, Error> {
    let question = Query { sql: Some(sql.into()), ..question(user, permit) };
    query(house, &clock(), &question, [[1; 32], [2; 32]]).await
}

async fn rows(house: &House, sql: &str) -> Vec<String> {
    let answer = ask(house, "researcher", Some("p"), sql).await.unwrap().answer.unwrap();
    let mut out = Vec::new();
    write_csv(&answer.rows, &mut out).unwrap();
    String::from_utf8(out).unwrap().lines().skip(1).map(str::to_owned).collect()
}

#[tokio::test]
async fn a_citizen_who_opts_out_is_in_no_answer() {
    let (folder, from) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let house = house_with_registers(folder.path(), from.path()).await;
    assert_eq!(rows(&house, "select value from lab_forsker").await.len(), 43);
    let mother = session(&house, "mother").await;
    let refusals = Refusals { secondary_use: true, ..Refusals::default() };
    set_refusals(&house, &clock(), &mother, &PersonId("mother".into()), refusals).await.unwrap();
    let values = rows(&house, "select value from lab_forsker order by value").await;
    assert!(values.len() == 42 && !values.contains(&"42.0".to_owned()), "{values:?}");
    // For her child as well, whose number stands with a hyphen in the register.
    set_refusals(&house, &clock(), &mother, &PersonId("boy".into()), refusals).await.unwrap();
    assert_eq!(rows(&house, "select value from lab_forsker").await.len(), 41);
    set_refusals(&house, &clock(), &mother, &PersonId("mother".into()), Refusals::default()).await.unwrap();
    assert_eq!(rows(&house, "select value from lab_forsker").await.len(), 42);
    house.close().await;
    let log = verify_log(folder.path(), house.database(), |_, _| {}).await.unwrap();
    assert!(log.holds(), "{:?}", log.problems);
}

#[tokio::test]
async fn a_question_about_everybody_stands_in_her_log_while_she_is_among_them() {
    let (folder, from) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let house = house_with_registers(folder.path(), from.path()).await;
    let asked_at = async |text: &str, sql: &str| {
        let question = Query { sql: Some(sql.into()), ..question("researcher", Some("p")) };
        query(&house, &FixedClock(text.parse().unwrap()), &question, [[1; 32], [2; 32]]).await.unwrap().log_index
    };
    // Her choice is recorded at noon, and withdrawn an hour later.
    let before = asked_at("2026-03-01T11:00:00Z", "select count(*) from bef").await;
    let mother = session(&house, "mother").await;
    let person = PersonId("mother".into());
    let refusals = Refusals { secondary_use: true, ..Refusals::default() };
    set_refusals(&house, &clock(), &mother, &person, refusals).await.unwrap();
    let refused = asked_at("2026-03-01T12:10:00Z", "select count(*) from lab_forsker").await;
    let later = FixedClock("2026-03-01T12:20:00Z".parse().unwrap());
    set_refusals(&house, &later, &mother, &person, Refusals::default()).await.unwrap();
    let after = asked_at("2026-03-01T12:25:00Z", "select count(*) from bef").await;
    ask(&house, "insurer", Some("p"), "select 1").await.unwrap_err();

    let everybody = async |filter: LogFilter| {
        let page = citizen_log_page(&house, &later, &mother, &filter, None).await.unwrap();
        let lines = page.lines.into_iter().filter(|line| line.everybody);
        lines.map(|line| (line.index, line.person.0)).collect::<Vec<_>>()
    };
    let line = |index: u64, person: &str| (index, person.to_owned());
    // While she has said no, the question may still have counted the child she has custody of.
    let all = [line(after, "mother"), line(refused, "boy"), line(before, "mother")];
    assert_eq!(everybody(LogFilter::default()).await, all);
    let until = Some("2026-03-01T12:05:00Z".parse().unwrap());
    assert_eq!(everybody(LogFilter { until, ..LogFilter::default() }).await, all[2..]);
    assert_eq!(everybody(LogFilter { permitted: Some(false), ..LogFilter::default() }).await, []);
    assert_eq!(everybody(LogFilter { who: Some("nobody".into()), ..LogFilter::default() }).await, []);
    let bundle = citizen_log_fhir(&house, &later, &mother, &LogFilter::default()).await.unwrap();
    assert!(bundle.to_string().contains("urn:indgang:permit:p"));
    let proof = log_proof(&house, &later, &mother, before).await.unwrap();
    assert!(proof.verify(&proof.public_key) && proof.leaf.contains("\"activity\":\"query\""));
    // A line that names nobody and is no such question is nobody's to read: that of the delivery.
    let delivery = house_line_of_the_delivery(&house).await;
    assert!(matches!(log_proof(&house, &later, &mother, delivery).await, Err(Error::Refused(_))));
}

/// The first line that a proof of somebody else than a citizen would be about nobody: taken from a new delivery.
async fn house_line_of_the_delivery(house: &House) -> u64 {
    let from = tempfile::tempdir().unwrap();
    std::fs::write(from.path().join("bef.csv"), "pnr,koen,foed_dato\nnew,1,1990-01-02\n").unwrap();
    deliver(house, from.path()).await.unwrap().log_index.unwrap()
}

#[tokio::test]
async fn without_a_permit_nobody_is_answered() {
    let (folder, from) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let house = house_with_registers(folder.path(), from.path()).await;
    for (user, permit, reason) in [
        ("researcher", None, Reason::NoPermit),
        ("researcher", Some("other"), Reason::NoPermit),
        ("insurer", Some("p"), Reason::Outsider),
        ("mother", Some("p"), Reason::NotOpen),
    ] {
        let refused = ask(&house, user, permit, "select count(*) from bef").await;
        assert!(matches!(&refused, Err(Error::Refused(refusal)) if refusal.reason == reason), "{user}: {refused:?}");
    }
    assert!(matches!(ask(&house, "nobody", Some("p"), "select 1").await, Err(Error::UnknownUser(_))));
    // The permit is for laboratory results; what it does not cover is not there.
    let refused = ask(&house, "researcher", Some("p"), "select * from lmdb").await;
    assert!(matches!(refused, Err(Error::Lake(LakeError::Engine(_)))), "{refused:?}");
}

#[tokio::test]
async fn an_answer_is_remembered_against_the_next() {
    let (folder, from) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let house = house_with_registers(folder.path(), from.path()).await;
    assert_eq!(rows(&house, "select count(*) from lab_forsker").await, ["43"]);
    assert_eq!(rows(&house, "select count(*) from lab_forsker where value > 42").await, Vec::<String>::new());
    assert_eq!(rows(&house, "select count(*) from lab_forsker").await, ["43"]);
    assert_eq!(rows(&house, "select count(*) from lab_forsker where value > 60").await, ["22"]);
}

#[tokio::test]
async fn a_desk_holds_what_is_her_own() {
    let (folder, from) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let house = house_with_registers(folder.path(), from.path()).await;
    let question = "select koen, count(*) as n from bef group by koen";
    let queried = ask(&house, "researcher", Some("p"), question).await.unwrap();
    assert_eq!(String::from_utf8(queried.csv().unwrap()).unwrap().lines().count(), 3);
    assert_eq!(queried.parquet().unwrap()[..4], *b"PAR1");
    assert_eq!(queried.cells(1).unwrap().of, 2);
    ask(&house, "researcher", Some("p"), "copy bef to 'x'").await.unwrap_err();
    ask(&house, "researcher", None, "select 1").await.unwrap_err();
    let own = desk(&house, &clock(), &session(&house, "researcher").await).await.unwrap();
    let asked: Vec<(&str, AskedOutcome)> = own.questions.iter().map(|q| (q.sql.as_str(), q.outcome)).collect();
    use AskedOutcome::{Answered, Refused};
    assert_eq!(asked, [("select 1", Refused), ("copy bef to 'x'", Refused), (question, Answered)]);
    let [permit] = own.permits.as_slice() else { panic!("{:?}", own.permits) };
    let tables: Vec<(&str, usize)> = permit.tables.iter().map(|table| (table.name, table.columns.len())).collect();
    assert_eq!((tables, permit.minimum_cell, own.snapshot.unwrap().0), (vec![("bef", 3), ("lab_forsker", 4)], 5, 1));
    let other = desk(&house, &clock(), &session(&house, "doctor").await).await.unwrap();
    assert!(other.permits.is_empty() && other.questions.is_empty());
}

#[tokio::test]
async fn the_same_delivery_changes_nothing() {
    let (folder, from) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let house = house_with_registers(folder.path(), from.path()).await;
    let again = deliver(&house, from.path()).await.unwrap();
    assert!(again.snapshot.is_none() && again.files.iter().all(|file| file.known));
    std::fs::write(from.path().join("lab_forsker.csv"), "pnr\n1\n").unwrap();
    let refused = deliver(&house, from.path()).await.unwrap_err().to_string();
    assert!(refused.contains("`lab_forsker.csv`: line 1: column `samplingdate`"), "{refused}");
    assert_eq!(rows(&house, "select value from lab_forsker").await.len(), 43);
}
