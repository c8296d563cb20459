//! A scheduler, two executors and the one who asks, each a process of its own, by commands alone.

use crate::workshop::{Run, Workshop};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const KEY: &str = "INDGANG_CLUSTER_KEY";
/// A citizen of the demo house who has blocked what was dispensed to her.
const BLOCKS_MEDICINE: &str = "0108629996";
/// The longest that anything here may take.
const PATIENCE: Duration = Duration::from_secs(240);

fn key(digit: char) -> String {
    digit.to_string().repeat(64)
}

fn permit(id: &str, scope: &str) -> String {
    format!(
        "id = \"{id}\"\npurpose = \"research_and_statistics\"\ncategories = [\"encounter\", \"laboratory\", \"medication\"]\n\
         from = \"2020-01-01T00:00:00Z\"\nuntil = \"2200-01-01T00:00:00Z\"\nmembers = [\"forsker\"]\n[scope]\n{scope}\n\
         [[users]]\nid = \"forsker\"\nname = \"Forsker\"\nrole = \"researcher\"\norganisation = \"university\"\n"
    )
}

/// The demo house with a made-up population in its registers, one of them its citizen.
fn house() -> Workshop {
    let workshop = Workshop::new();
    workshop.run("demo --data house --no-serve").succeeded();
    workshop.run("synth --citizens 1500 --seed 11 --out extract").succeeded();
    let folder = workshop.path().join("extract");
    let lmdb = std::fs::read_to_string(folder.join("lmdb.csv")).unwrap();
    let place =
        lmdb.lines().next().unwrap().split([',', ';']).position(|name| name.eq_ignore_ascii_case("pnr")).unwrap();
    let known = lmdb.lines().nth(1).unwrap().split([',', ';']).nth(place).unwrap().to_owned();
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|ending| ending == "csv") {
            let text = std::fs::read_to_string(&path).unwrap().replace(&known, BLOCKS_MEDICINE);
            std::fs::write(&path, text).unwrap();
        }
    }
    workshop.run("ingest registers --data house --replace extract").succeeded();
    workshop.write("rows.toml", permit("rows", "rows = true\nuntil = \"2100-01-01\""));
    workshop.write(
        "few.toml",
        permit("few", "rows = true\nfrom = \"2012-01-01\"\n[scope.tables]\nbef = [\"koen\"]\nlmdb = []"),
    );
    workshop.write("counts.toml", permit("counts", "minimum_cell = 5"));
    // What was told under another permit is not held against it.
    workshop.write("whole.toml", permit("whole", "rows = true\nuntil = \"2100-01-01\""));
    for file in ["rows", "few", "counts", "whole"] {
        workshop.run(&format!("permit --data house {file}.toml")).succeeded();
    }
    workshop
}

/// A process that listens; it ends with the test.
struct Member {
    process: Child,
    place: String,
}

impl Member {
    fn start(workshop: &Workshop, words: &str) -> Self {
        let mut command = workshop.command(words);
        let mut process = command.env(KEY, key('a')).stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let place = line.split(" listens on ").nth(1).unwrap_or_else(|| panic!("{words}: {line}"));
        Self { process, place: place.split(' ').next().unwrap().to_owned() }
    }

    fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn scheduler(workshop: &Workshop, bind: &str) -> Member {
    Member::start(workshop, &format!("cluster scheduler --bind {bind}"))
}

fn executor(workshop: &Workshop, scheduler: &Member, work: &str) -> Member {
    let place = &scheduler.place;
    Member::start(
        workshop,
        &format!("cluster executor --scheduler {place} --data house --work {work} --threads 2 --memory 512"),
    )
}

fn question(workshop: &Workshop, permit: &str, cluster: Option<&str>, sql: &str) -> Command {
    let at = cluster.map_or_else(String::new, |place| format!("--cluster {place}"));
    let words = format!(
        "sql --data house --as forsker --purpose research_and_statistics --permit {permit} --format csv --seconds 200 {at}"
    );
    let mut command = workshop.command(&words);
    command.arg(sql).env(KEY, key('a'));
    command
}

fn ask(workshop: &Workshop, permit: &str, cluster: Option<&str>, sql: &str) -> Run {
    question(workshop, permit, cluster, sql).output().unwrap().into()
}

/// The rows of an answer, in their order when the question gives one.
fn rows(run: Run, sql: &str) -> Vec<String> {
    let mut lines: Vec<String> = run.succeeded().out.lines().map(str::to_owned).collect();
    if !sql.contains("order by 1") {
        lines.sort();
    }
    lines
}

const A_THEN_B: &str = "select b.koen, count(distinct a.pnr) as n from lmdb a join lmdb c on a.pnr = c.pnr and c.eksd > a.eksd \
    and c.eksd <= a.eksd + interval '365 days' join bef b on b.pnr = a.pnr where is_a(a.atc, 'A') and is_a(c.atc, 'C') group by b.koen";

/// Counts over a join with a condition besides equal keys: no column of the condition is left above it.
const LATER_THAN_ANOTHER: &str = "select a.atc, count(*) as n from lmdb a join lmdb b on a.pnr = b.pnr join lmdb c on b.pnr = c.pnr \
    where a.eksd < b.eksd and is_a(c.atc, 'N') and is_a(b.atc, 'N') group by a.atc";

const ROWS: [&str; 10] = [
    "select * from bef where koen = 1",
    "select b.koen, l.atc, l.volume from lmdb l join bef b on b.pnr = l.pnr where l.volume > 1",
    "select atc, count(*) as n, sum(volume * apk) as ddd, avg(volume) as v, stddev(volume) as s from lmdb group by atc",
    "select count(distinct pnr) as persons, count(distinct atc) as codes from lmdb",
    "select pnr, eksd, atc, sum(volume) over (partition by pnr order by eksd, atc, volume, apk) as so_far from lmdb",
    "select pnr, eksd, atc, volume, apk from lmdb order by 1, 2, 3, 4, 5 limit 50",
    "select koen, count(*) as n from bef where pnr not in (select pnr from lmdb where is_a(atc, 'N')) group by koen",
    "select 100.0 * max(n) / sum(n) as share from (select koen, count(*) as n from bef group by koen)",
    A_THEN_B,
    LATER_THAN_ANOTHER,
];

const COUNTS: [&str; 4] = [
    "select koen, count(*) as n from bef group by koen order by 1",
    "select l.atc, count(*) as n, sum(l.volume) as v from lmdb l join bef b on b.pnr = l.pnr group by l.atc",
    "select extract(year from first) as y, count(*) as n from (select pnr, min(eksd) as first from lmdb group by pnr) group by 1 order by 1",
    A_THEN_B,
];

#[test]
fn several_processes_answer_as_one() {
    let workshop = house();
    let mut first = scheduler(&workshop, "127.0.0.1:0");
    let executors = [executor(&workshop, &first, "work1"), executor(&workshop, &first, "work2")];
    let place = first.place.clone();
    let questions = ROWS.iter().map(|sql| ("rows", *sql)).chain(COUNTS.iter().map(|sql| ("counts", *sql)));
    let questions =
        questions.chain([("few", ROWS[2]), ("few", "select b.koen, l.eksd from lmdb l join bef b on b.pnr = l.pnr")]);
    let mut told = 0;
    for (permit, sql) in questions {
        let here = rows(ask(&workshop, permit, None, sql), sql);
        assert_eq!(here, rows(ask(&workshop, permit, Some(&place), sql), sql), "{permit}: {sql}");
        told += here.len();
    }
    assert!(told > 1000, "{told}");
    // Whom she has blocked is left out there as here, and her other rows are not.
    let persons = |permit: &str, table: &str| {
        rows(ask(&workshop, permit, Some(&place), &format!("select count(distinct pnr) as n from {table}")), "")
    };
    let all = std::fs::read_to_string(workshop.path().join("extract/lmdb.csv")).unwrap();
    assert!(all.contains(BLOCKS_MEDICINE));
    let lines: std::collections::BTreeSet<&str> =
        all.lines().skip(1).map(|line| line.split([',', ';']).next().unwrap()).collect();
    assert_eq!(persons("rows", "lmdb")[0], (lines.len() - 1).to_string());
    assert_eq!(persons("whole", "bef")[0], "1500");
    for sql in ["select foed_dato from bef", "select c_spec from lpr_adm"] {
        ask(&workshop, "few", Some(&place), sql).refused_with(&["the question"]);
    }
    let plan = ask(&workshop, "few", Some(&place), "explain select count(*) from lmdb").succeeded().out;
    assert!(plan.contains("GrantedScan: table=lmdb") && plan.contains("granted days=[2012-01-01"), "{plan}");
    who_has_no_key(&workshop, [&place, &executors[0].place]);
    one_configuration_line(&workshop, &place);

    first.kill();
    ask(&workshop, "rows", Some(&place), ROWS[3]).refused_with(&[
        "the scheduler at",
        "cannot be reached",
        "indgang cluster scheduler",
    ]);
    let again = scheduler(&workshop, &place);
    assert_eq!(again.place, place);
    assert_eq!(
        rows(ask(&workshop, "rows", Some(&place), ROWS[3]), ""),
        rows(ask(&workshop, "rows", None, ROWS[3]), "")
    );
    assert!(workshop.run("verify-log --data house").succeeded().out.contains("whole"));
}

fn who_has_no_key(workshop: &Workshop, places: [&str; 2]) {
    let ask = |key: Option<String>| -> Run {
        let mut command = question(workshop, "rows", Some(places[0]), "select count(*) from bef");
        match key {
            Some(key) => command.env(KEY, key),
            None => command.env_remove(KEY),
        };
        command.output().unwrap().into()
    };
    ask(None).refused_with(&["a cluster has a key", "$INDGANG_CLUSTER_KEY", "openssl rand -hex 32"]);
    ask(Some("short".to_owned())).refused_with(&["64 hexadecimal digits"]);
    let other = ask(Some(key('b')));
    assert!(!other.err.contains(&key('a')) && !other.err.contains(&key('b')));
    other.refused_with(&["has another key"]);
    for words in
        ["cluster scheduler --bind 127.0.0.1:0", "cluster executor --scheduler 127.0.0.1:1 --data house --work w"]
    {
        workshop.run(words).refused_with(&["a cluster has a key"]);
    }
    // HTTP/2 without TLS: no frame comes back, only an alert (21) or nothing.
    for place in places {
        let mut stream = std::net::TcpStream::connect(place).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        stream.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0").unwrap();
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        assert!(answer.first().is_none_or(|byte| *byte == 21) && answer.len() < 16, "{place}: {answer:?}");
    }
}

fn one_configuration_line(workshop: &Workshop, place: &str) {
    let here = rows(ask(workshop, "rows", None, ROWS[3]), "");
    workshop.write("cluster.key", key('a'));
    workshop
        .write("house/indgang.toml", format!("[lake]\ncluster = \"{place}\"\ncluster_key_file = \"../cluster.key\"\n"));
    let run = |sql: &str| -> Run { question(workshop, "rows", None, sql).env_remove(KEY).output().unwrap().into() };
    assert_eq!(rows(run(ROWS[3]), ""), here);
    workshop.write("house/indgang.toml", "[lake]\ncluster = \"nowhere\"\n");
    ask(workshop, "rows", None, ROWS[3]).refused_with(&["`nowhere` is no address", "HOST:PORT"]);
    std::fs::remove_file(workshop.path().join("house/indgang.toml")).unwrap();
}

#[test]
fn a_killed_executor_costs_time_and_no_row() {
    let workshop = house();
    let first = scheduler(&workshop, "127.0.0.1:0");
    let mut alone = executor(&workshop, &first, "work1");
    let sql = "select a.atc, count(*) as n, sum(a.volume + b.volume * c.apk) as v from lmdb a join lmdb b on a.pnr = b.pnr \
               join lmdb c on b.pnr = c.pnr where a.eksd < b.eksd and is_a(c.atc, 'A') group by a.atc";
    let mut asking = question(&workshop, "rows", Some(&first.place), sql);
    let mut asking = asking.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // It has written rows that its own later parts wait for, and nobody else has them.
    until("rows of the executor", || holds_files(&workshop.path().join("work1/own/rows")) || ended(&mut asking));
    assert!(!ended(&mut asking), "the question was too short to kill an executor in it");
    alone.kill();
    let _another = executor(&workshop, &first, "work2");
    until("an answer", || ended(&mut asking));
    let answer = rows(asking.wait_with_output().unwrap().into(), sql);
    assert!(answer.len() > 20, "{answer:?}");
    assert_eq!(answer, rows(ask(&workshop, "rows", None, sql), sql));
}

fn ended(process: &mut Child) -> bool {
    process.try_wait().unwrap().is_some()
}

fn until(what: &str, mut done: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !done() {
        assert!(begun.elapsed() < PATIENCE, "{what} did not come");
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn holds_files(folder: &Path) -> bool {
    let mut open = vec![PathBuf::from(folder)];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            if entry.path().is_dir() { open.push(entry.path()) } else { return true }
        }
    }
    false
}
