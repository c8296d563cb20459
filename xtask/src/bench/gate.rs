//! `cargo xtask bench gate`: what a passage through the gate costs, from the ruling alone to a page of the portal.
//!
//! The programs that are timed are built in release; this task starts them, lays load on them and writes the table.

use super::load::{Connection, Question, Times, as_fast_as_it_goes, at_rate};
use super::{cache, cargo, target};
use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write as _};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// Length of the log in which proofs and pages are timed, unless `INDGANG_LEAVES` says another.
const LEAVES: u64 = 10_000_000;
/// Citizens of the records by which decisions are timed.
const CITIZENS: u64 = 1_000_000;
/// Requests a second, for so many seconds, on so many connections.
const RATE: usize = 500;
const SECONDS: usize = 10;
const CONNECTIONS: usize = 64;
/// Requests of the run that goes as fast as it can.
const AT_ONCE: usize = 4_000;
const ORGANISATION: &str = "Klinisk Genetisk Afdeling, Testkøbing Hospital";

/// One line of the table.
struct Line {
    what: String,
    place: &'static str,
    measured: String,
    goal: &'static str,
}

/// What can be measured by itself.
const PARTS: [&str; 4] = ["decision", "records", "portal", "log"];

/// Runs these parts, or all when none is named, and gives the table.
pub fn run(root: &Path, parts: &[&str]) -> Result<String> {
    if let Some(unknown) = parts.iter().find(|part| !PARTS.contains(part)) {
        bail!("no part `{unknown}`; there are {}", PARTS.join(", "));
    }
    let wanted = |part: &str| parts.is_empty() || parts.contains(&part);
    build(root, wanted("portal"))?;
    let program = target(root).join("release/indgang");
    let examples = target(root).join("release/examples");
    let folder = cache()?.join("gate");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder)?;
    let leaves = std::env::var("INDGANG_LEAVES").map_or(Ok(LEAVES), |n| n.parse()).context("INDGANG_LEAVES")?;
    let not_here = |what: &str, place, why: &str| Line { what: what.into(), place, measured: why.into(), goal: "" };
    let mut lines = Vec::new();
    for part in PARTS.iter().filter(|part| !wanted(part)) {
        lines.push(not_here(part, "", "not measured in this run"));
    }
    if wanted("decision") {
        println!("decisions");
        lines.extend(told(decisions(&output(Command::new(examples.join("decision_time")))?)?));
    }
    let mut places = vec![("SQLite", None)];
    match Postgres::start(&examples.join("private_postgres"))? {
        Some(server) => places.push(("PostgreSQL", Some(server))),
        None => lines.push(not_here("all that follows", "PostgreSQL", "skipped: not installed")),
    }
    for (place, mut server) in places {
        let folder = folder.join(place);
        std::fs::create_dir(&folder)?;
        let mut database = |name: &str| match &mut server {
            Some(server) => server.new_database(),
            None => Ok(format!("sqlite:{}.db", folder.join(name).display())),
        };
        let mut example = |name: &str, number: u64| {
            println!("{place}: {name}");
            let mut command = Command::new(examples.join(name));
            command.arg(folder.join(name)).arg(database(name)?).arg(number.to_string());
            output(command)
        };
        if wanted("records") {
            lines.extend(told(vec![by_records(place, &example("records_time", CITIZENS)?)?]));
        }
        if wanted("log") {
            lines.extend(told(log(place, leaves, &example("log_time", leaves)?)?));
        }
        if wanted("portal") {
            let portal = Portal::open(&program, &folder.join("portal"), &database("portal")?)?;
            lines.extend(told(portal.lines(place)?));
        }
        drop(server);
        std::fs::remove_dir_all(&folder)?;
    }
    Ok(table(&lines))
}

/// Says at once what was measured: a later part may fail.
fn told(lines: Vec<Line>) -> Vec<Line> {
    lines.iter().for_each(|line| print!("{}", row(line)));
    lines
}

/// In one build, so that what the programs share is built once.
fn build(root: &Path, with_portal: bool) -> Result<()> {
    let mut arguments = vec!["build", "--release", "--examples"];
    for package in ["indgang", "indgang-gate", "indgang-store"] {
        arguments.extend(["--package", package]);
    }
    if with_portal {
        arguments.push("--bins");
    }
    cargo(root, &arguments)
}

/// The JSON lines of a program that ends by itself.
fn output(mut command: Command) -> Result<Vec<Value>> {
    let output = command.stderr(Stdio::inherit()).output().with_context(|| format!("starting {command:?}"))?;
    ensure!(output.status.success(), "{command:?} ended with {}", output.status);
    let text = String::from_utf8(output.stdout)?;
    text.lines().map(|line| serde_json::from_str(line).with_context(|| format!("reading `{line}`"))).collect()
}

fn number(line: &Value, field: &str) -> Result<f64> {
    line[field].as_f64().with_context(|| format!("no `{field}` in {line}"))
}

/// The line whose `what` is this.
fn find<'a>(lines: &'a [Value], what: &str, permits: Option<u64>) -> Result<&'a Value> {
    let found = lines.iter().find(|line| line["what"] == what && permits.is_none_or(|n| line["permits"] == n));
    found.with_context(|| format!("nothing was measured of `{what}`"))
}

fn decisions(measured: &[Value]) -> Result<Vec<Line>> {
    let place = "in process";
    let line = |what: String, measured, goal| Line { what, place, measured, goal };
    let mut lines = Vec::new();
    for permits in [50, 500, 5_000] {
        let warm = find(measured, "warm", Some(permits))?;
        let told = format!("p50 {:.1} µs, p99 {:.1} µs", number(warm, "p50_us")?, number(warm, "p99_us")?);
        lines.push(line(format!("decision, {permits} permits"), told, "p99 < 50 µs"));
    }
    let p50 = |what, permits| number(find(measured, what, Some(permits))?, "p50_us");
    let flat = p50("warm", 5_000)? / p50("warm", 50)?;
    lines.push(line("median with 5,000 permits to that with 50".to_owned(), format!("{flat:.2} ×"), "flat"));
    let alone = p50("cedar alone", 5_000)?;
    let ratio = p50("warm", 5_000)? / alone;
    let told = format!("{alone:.1} µs; the whole decision takes {ratio:.2} × that");
    lines.push(line("Cedar alone on the same requests, median".to_owned(), told, ""));
    let cold = find(measured, "cold", Some(5_000))?;
    let told = format!("p50 {:.0} µs, most {:.0} µs", number(cold, "p50_us")?, number(cold, "max_us")?);
    lines.push(line("decision, first passages of a process".to_owned(), told, ""));
    Ok(lines)
}

fn by_records(place: &'static str, measured: &[Value]) -> Result<Line> {
    let found = find(measured, "records", None)?;
    let measured = format!("p50 {:.0} µs, p99 {:.0} µs", number(found, "p50_us")?, number(found, "p99_us")?);
    Ok(Line { what: "decision, facts from the records".to_owned(), place, measured, goal: "" })
}

fn log(place: &'static str, leaves: u64, measured: &[Value]) -> Result<Vec<Line>> {
    let line = |what: String, measured, goal| Line { what, place, measured, goal };
    let mut lines = Vec::new();
    for (what, shown, goal) in [
        ("one a commit", "durable leaves, one a commit", ""),
        ("16 waiting", "durable leaves, 16 passages waiting", ""),
        ("256 waiting", "durable leaves, 256 passages waiting", ""),
        ("2048 waiting", "durable leaves, 2,048 passages waiting", "≥ 20,000/s"),
        ("4000 a passage", "durable leaves, 4,000 a passage", ""),
    ] {
        let rate = number(find(measured, what, None)?, "leaves_a_second")?;
        lines.push(line(shown.to_owned(), format!("{}/s", thousands(rate as u64)), goal));
    }
    let opened = number(find(measured, "opened", None)?, "ms")?;
    let of = thousands(leaves);
    lines.push(line(format!("opening a house of {of} leaves"), format!("{opened:.1} ms"), ""));
    for (what, goal) in [("inclusion proof", "p99 < 1 ms"), ("page of 100 lines", "p99 < 100 ms")] {
        let found = find(measured, what, None)?;
        let told = format!("p50 {:.2} ms, p99 {:.2} ms", number(found, "p50_ms")?, number(found, "p99_ms")?);
        lines.push(line(format!("{what}, {of} leaves"), told, goal));
    }
    Ok(lines)
}

/// `1234567` as `1,234,567`.
fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let parts: Vec<&str> = digits.as_bytes().rchunks(3).rev().filter_map(|part| str::from_utf8(part).ok()).collect();
    parts.join(",")
}

fn table(lines: &[Line]) -> String {
    let mut out = "| what | where | measured | goal |\n|---|---|---|---|\n".to_owned();
    lines.iter().for_each(|line| out.push_str(&row(line)));
    out
}

fn row(Line { what, place, measured, goal }: &Line) -> String {
    format!("| {what} | {place} | {measured} | {goal} |\n")
}

/// A private server of PostgreSQL, as long as this is held.
struct Postgres {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

impl Postgres {
    /// `None` when PostgreSQL is not installed.
    fn start(program: &Path) -> Result<Option<Self>> {
        let mut child = Command::new(program).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let input = child.stdin.take();
        let output = BufReader::new(child.stdout.take().context("the output was asked for")?);
        let mut server = Self { child, input, output };
        Ok(server.new_database().is_ok().then_some(server))
    }

    fn new_database(&mut self) -> Result<String> {
        writeln!(self.input.as_mut().context("the server has ended")?)?;
        let mut line = String::new();
        ensure!(self.output.read_line(&mut line)? > 0, "the server has ended");
        Ok(line.trim().to_owned())
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // At the end of its input it stops the server and removes its folder.
        drop(self.input.take());
        let _ = self.child.wait();
    }
}

/// The portal of a demo house, as long as this is held.
struct Portal {
    child: Child,
    address: SocketAddr,
    token: String,
}

impl Drop for Portal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Portal {
    fn open(program: &Path, data: &Path, database: &str) -> Result<Self> {
        let indgang = |arguments: &[&str]| {
            let mut command = Command::new(program);
            command.args(arguments).arg("--data").arg(data).env("INDGANG_DATABASE", database);
            command
        };
        let made = indgang(&["demo", "--no-serve"]).output().context("making the demo house")?;
        ensure!(made.status.success(), "the demo house was not made: {}", String::from_utf8_lossy(&made.stderr));
        let told = indgang(&["system", "add", "bench", "--organisation", ORGANISATION]).output()?;
        ensure!(told.status.success(), "no system was added: {}", String::from_utf8_lossy(&told.stderr));
        let token = String::from_utf8(told.stdout)?.trim().to_owned();
        let mut child = indgang(&["demo", "--port", "0"]).stdout(Stdio::piped()).spawn()?;
        let output = BufReader::new(child.stdout.take().context("the output was asked for")?);
        let mut address = None;
        let mut lines = output.lines();
        while address.is_none() {
            let Some(line) = lines.next() else { break };
            address = line?.split_once("http://").and_then(|(_, rest)| rest.split('/').next()?.parse().ok());
        }
        // What it says later must not fill the pipe.
        std::thread::spawn(move || lines.count());
        let Some(address) = address else {
            let _ = child.kill();
            bail!("the portal did not open");
        };
        Ok(Self { child, address, token })
    }

    fn lines(&self, place: &'static str) -> Result<Vec<Line>> {
        let session = self.sign_in("clinical-geneticist")?;
        let citizen = self.sign_in("citizen-hg004")?;
        let page = |path: &str, session: &str| self.question("GET", path, &format!("Cookie: {session}\r\n"), "");
        let evaluation = json!({
            "subject": {"type": "user", "id": "clinical-geneticist"},
            "action": {"name": "read_record"},
            "resource": {"type": "person", "id": "HG002", "properties": {"category": "phenotype"}},
            "context": {"purpose": "treatment"},
        });
        let bearer = format!("Authorization: Bearer {}\r\nContent-Type: application/json\r\n", self.token);
        let mut lines = Vec::new();
        for (what, question) in [
            ("access decision", self.question("POST", "/access/v1/evaluation", &bearer, &evaluation.to_string())),
            ("citizen's result", page("/my/result", &citizen)),
            ("case with its report", page("/cases/ashkenazi-trio", &session)),
        ] {
            println!("{place}: {what}");
            // Once, so that connections and caches are there.
            as_fast_as_it_goes(&question, 200, 4).with_context(|| what.to_owned())?;
            let most = as_fast_as_it_goes(&question, AT_ONCE, CONNECTIONS).with_context(|| what.to_owned())?;
            let at_rate = at_rate(&question, RATE, SECONDS, CONNECTIONS).with_context(|| what.to_owned())?;
            let line = |what, measured, goal| Line { what, place, measured, goal };
            lines.push(line(
                format!("{what}, {CONNECTIONS} at a time"),
                format!("{}/s", thousands(most.rate as u64)),
                "",
            ));
            lines.push(line(format!("{what}, {RATE} a second"), times(&at_rate), "p99 < 20 ms"));
        }
        Ok(lines)
    }

    /// The cookie of a session as one of the demo's people.
    fn sign_in(&self, person: &str) -> Result<String> {
        let mut connection = Connection::open(self.address)?;
        let page = connection.ask(&self.question("GET", "/sign-in", "", "").request)?;
        let cookie = |cookies: &[String], name: &str| {
            let found = cookies.iter().find(|cookie| cookie.starts_with(name) && !cookie.contains("=;"));
            found.and_then(|cookie| cookie.split(';').next()).map(str::to_owned)
        };
        let form = cookie(&page.cookies, "indgang_form").context("the sign-in page set no cookie")?;
        let body = String::from_utf8(page.body)?;
        let csrf = body.split_once("name=\"csrf\" value=\"").and_then(|(_, rest)| rest.split('"').next());
        let body = format!("csrf={}&person={person}", csrf.context("the sign-in form has no token")?);
        let headers = format!("Cookie: {form}\r\nContent-Type: application/x-www-form-urlencoded\r\n");
        let answer = connection.ask(&self.question("POST", "/sign-in", &headers, &body).request)?;
        cookie(&answer.cookies, "indgang_session").with_context(|| format!("`{person}` was not let in"))
    }

    fn question(&self, method: &str, path: &str, headers: &str, body: &str) -> Question {
        let host = format!("Host: {}\r\nContent-Length: {}\r\n", self.address, body.len());
        let request = format!("{method} {path} HTTP/1.1\r\n{host}{headers}\r\n{body}").into_bytes();
        Question { address: self.address, request }
    }
}

fn times(times: &Times) -> String {
    format!("p50 {:.1} ms, p99 {:.1} ms, most {:.1} ms", times.quantile(0.5), times.quantile(0.99), times.quantile(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_told_in_groups_of_three() {
        for (number, text) in [(0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(thousands(number), text);
        }
    }

    #[test]
    fn the_table_tells_ratios_and_goals() {
        let warm = |permits: u64, p50: f64| json!({"what": "warm", "permits": permits, "p50_us": p50, "p99_us": 9.0});
        let alone = json!({"what": "cedar alone", "permits": 5000, "p50_us": 50.0, "p99_us": 90.0});
        let cold = json!({"what": "cold", "permits": 5000, "p50_us": 80.0, "max_us": 200.0});
        let measured = [warm(50, 4.0), warm(500, 4.0), warm(5000, 5.0), alone, cold];
        let table = table(&decisions(&measured).unwrap());
        assert!(
            table.contains("| decision, 5000 permits | in process | p50 5.0 µs, p99 9.0 µs | p99 < 50 µs |"),
            "{table}"
        );
        assert!(table.contains("| 1.25 × | flat |") && table.contains("takes 0.10 × that"), "{table}");
        assert!(decisions(&measured[1..]).is_err());
    }
}
