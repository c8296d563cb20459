//! Killed with -9 at a seeded moment while it takes in cases: the house opens, the log verifies, and what was
//! acknowledged is there, whole.

mod house;

use house::{call_set, clock, family, open, operator, session};
use indgang_model::CaseId;
use indgang_service::*;
use indgang_store::cohort;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::time::Duration;

const FOLDER: &str = "INDGANG_TEST_KILL_FOLDER";

fn nth(n: usize) -> NewCase {
    let inputs = vec![InputFile { name: "vcf".into(), sha256: format!("{n:064x}") }];
    let mut case = NewCase { id: CaseId(format!("case-{n}")), inputs, ..family() };
    // The same three people again and again, each time with other calls.
    for (m, person) in (n as u32..).zip(&mut case.people) {
        person.call_set = Some(call_set(&(m..m + 40).collect::<Vec<_>>(), &[m + 50]));
    }
    case
}

/// The child: takes in and opens cases until it is killed, and says what is acknowledged. Does nothing by itself.
#[tokio::test]
#[ignore = "run by the test below, in a process of its own"]
async fn child() {
    let Ok(folder) = std::env::var(FOLDER) else { return };
    let house = open(folder.as_ref()).await;
    let lab = session(&house, "geneticist").await;
    for n in 0.. {
        ingest_case(&house, &clock(), &operator(), &nth(n)).await.unwrap();
        let opened = open_case(&house, &clock(), &lab, &nth(n).id).await.unwrap();
        println!("acked {n} {}", opened.log_index);
        std::io::stdout().flush().unwrap();
    }
}

/// Runs the child, kills it some microseconds after its `acks`-th acknowledgement; the last acknowledged case and leaf.
fn killed(folder: &std::path::Path, acks: usize, microseconds: u64) -> (usize, u64) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "child", "--ignored", "--nocapture"])
        .env(FOLDER, folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut last = None;
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut acked = |lines: &mut dyn Iterator<Item = std::io::Result<String>>| {
        let line = lines.next()?.ok()?;
        if let Some((_, said)) = line.split_once("acked ") {
            let (case, leaf) = said.split_once(' ').unwrap();
            last = Some((case.parse().unwrap(), leaf.parse().unwrap()));
        }
        Some(())
    };
    for _ in 0..acks + 3 {
        acked(&mut lines).unwrap();
    }
    std::thread::sleep(Duration::from_micros(microseconds));
    child.kill().unwrap(); // SIGKILL
    child.wait().unwrap();
    while acked(&mut lines).is_some() {}
    last.unwrap()
}

#[tokio::test]
async fn kill_minus_nine_loses_nothing_acknowledged() {
    let mut seed: u64 = 0x1d6a_2026;
    for round in 0..6 {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let folder = tempfile::tempdir().unwrap();
        let (case, leaf) = killed(folder.path(), (seed >> 60) as usize, (seed >> 33) % 20_000);
        let outcome = verify_log(folder.path(), &Database::in_folder(folder.path()), |_, _| {}).await.unwrap();
        assert!(outcome.holds(), "round {round}: {:?}", outcome.problems);
        assert!(outcome.leaves > leaf, "round {round}: leaf {leaf} of {}", outcome.leaves);
        let house = open(folder.path()).await;
        let lab = session(&house, "geneticist").await;
        let cases = list_cases(&house, &clock(), &lab).await.unwrap();
        assert!(cases.len() > case, "round {round}: case {case} of {}", cases.len());
        for line in &cases {
            // No half case: each opens with its report and its family.
            let view = open_case(&house, &clock(), &lab, &line.id).await.unwrap();
            assert_eq!((view.people.len(), view.report.findings.len()), (3, 2), "round {round}");
        }
        // Counted is what the last case of these people brought, no more and no less.
        assert!(cohort::counts_hold(&house).await.unwrap(), "round {round}");
        // And it goes on from there.
        ingest_case(&house, &clock(), &operator(), &nth(cases.len())).await.unwrap();
        assert!(
            verify_log(folder.path(), &Database::in_folder(folder.path()), |_, _| {}).await.unwrap().holds(),
            "round {round}"
        );
    }
}
