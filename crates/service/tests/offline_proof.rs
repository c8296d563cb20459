//! A citizen's proof, and an auditor's, checked by the program that a citizen can run: `docs/reference/verify_log_proof.py`.

mod house;

use house::{clock, family, open, operator, session};
use indgang_model::CaseId;
use indgang_service::*;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Status and output of the program; `None` where there is no Python.
fn verify(folder: &Path, proof: &Value, key: Option<&str>) -> Option<(i32, String)> {
    let file = folder.join("proof.json");
    std::fs::write(&file, proof.to_string()).unwrap();
    let program = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference/verify_log_proof.py");
    let mut command = Command::new("python3");
    command.arg("-I").arg(program);
    if let Some(key) = key {
        command.args(["--key", key]);
    }
    match command.arg(&file).output() {
        Ok(done) => {
            let said = String::from_utf8_lossy(&done.stdout).into_owned() + &String::from_utf8_lossy(&done.stderr);
            Some((done.status.code().unwrap(), said))
        }
        Err(_) if std::env::var("CI").as_deref() != Ok("true") => {
            println!("SKIPPED offline proof: python3 is missing");
            None
        }
        Err(error) => panic!("python3 is missing, and CI demands it: {error}"),
    }
}

/// Another digit in the place of one.
fn other_digit(text: &str, at: usize) -> String {
    let digit = if text.as_bytes()[at] == b'0' { "1" } else { "0" };
    format!("{}{digit}{}", &text[..at], &text[at + 1..])
}

#[tokio::test]
async fn a_proof_holds_without_the_house_and_a_tampered_one_does_not() {
    let folder = tempfile::tempdir().unwrap();
    let house = open(folder.path()).await;
    ingest_case(&house, &clock(), &operator(), &family()).await.unwrap();
    let doctor = session(&house, "doctor").await;
    for _ in 0..3 {
        open_case(&house, &clock(), &doctor, &CaseId("fam".into())).await.unwrap();
    }
    let mother = session(&house, "mother").await;
    let lines = citizen_log(&house, &clock(), &mother, &LogFilter::default()).await.unwrap();
    let proof = log_proof(&house, &clock(), &mother, lines[2].index).await.unwrap();
    let key = proof.public_key.clone();
    let proof = serde_json::to_value(proof).unwrap();
    let Some((status, said)) = verify(folder.path(), &proof, Some(&key)) else { return };
    assert!(status == 0 && said.contains("holds: line") && said.contains("open_case"), "{status}: {said}");
    let (status, said) = verify(folder.path(), &proof, None).unwrap();
    assert!(status == 0 && said.contains("no --key given"), "{said}");
    assert_eq!(verify(folder.path(), &proof, Some(&"ab".repeat(32))).unwrap().0, 1);

    for (name, changed) in [
        ("leaf", Value::from(proof["leaf"].as_str().unwrap().replace("doctor", "nobody"))),
        ("index", (proof["index"].as_u64().unwrap() + 1).into()),
        ("size", (proof["size"].as_u64().unwrap() + 1).into()),
        ("root", other_digit(proof["root"].as_str().unwrap(), 5).into()),
        ("signed_at", "2026-03-01T12:00:01Z".into()),
        ("signature", other_digit(proof["signature"].as_str().unwrap(), 3).into()),
        ("signature", other_digit(proof["signature"].as_str().unwrap(), 70).into()),
        ("public_key", other_digit(&key, 1).into()),
        ("path", proof["path"].as_array().unwrap()[1..].to_vec().into()),
        ("path", vec![other_digit(proof["path"][0].as_str().unwrap(), 9)].into()),
    ] {
        let mut tampered = proof.clone();
        tampered[name] = changed;
        let (status, said) = verify(folder.path(), &tampered, None).unwrap();
        assert_eq!(status, 1, "{name}: {said}");
    }
    for (name, changed) in [("index", Value::from(-1)), ("root", "AB".into()), ("leaf", 7.into()), ("path", "".into())]
    {
        let mut unreadable = proof.clone();
        unreadable[name] = changed;
        assert_eq!(verify(folder.path(), &unreadable, None).unwrap().0, 2, "{name}");
    }
}

#[tokio::test]
async fn a_log_that_grew_is_proved_to_have_kept_its_beginning() {
    let folder = tempfile::tempdir().unwrap();
    let house = open(folder.path()).await;
    ingest_case(&house, &clock(), &operator(), &family()).await.unwrap();
    let auditor = session(&house, "auditor").await;
    let first = log_tree(&house, &clock(), &auditor, None).await.unwrap().latest.unwrap().size;
    let doctor = session(&house, "doctor").await;
    for _ in 0..4 {
        open_case(&house, &clock(), &doctor, &CaseId("fam".into())).await.unwrap();
    }
    let last = log_tree(&house, &clock(), &auditor, None).await.unwrap().latest.unwrap().size;
    assert!(last > first + 4);
    let proof = log_consistency(&house, &clock(), &auditor, (first, last)).await.unwrap().unwrap();
    assert!(proof.verify(&proof.public_key) && !proof.verify(&"ab".repeat(32)));
    assert_eq!(log_consistency(&house, &clock(), &auditor, (last, first)).await.unwrap(), None);
    assert_eq!(log_consistency(&house, &clock(), &auditor, (0, last)).await.unwrap(), None);
    for user in ["doctor", "mother", "insurer"] {
        let session = session(&house, user).await;
        let refused = log_consistency(&house, &clock(), &session, (first, last)).await;
        assert!(matches!(refused, Err(Error::Refused(_))), "{user}");
    }
    let key = proof.public_key.clone();
    let proof = serde_json::to_value(proof).unwrap();
    let Some((status, said)) = verify(folder.path(), &proof, Some(&key)) else { return };
    assert!(status == 0 && said.contains("begins with the log of"), "{said}");
    for (pointer, digit) in [("/old/root", 4), ("/new/root", 4), ("/path/0", 4), ("/old/signature", 8)] {
        let mut tampered = proof.clone();
        let text = other_digit(tampered.pointer(pointer).unwrap().as_str().unwrap(), digit);
        *tampered.pointer_mut(pointer).unwrap() = text.into();
        assert_eq!(verify(folder.path(), &tampered, Some(&key)).unwrap().0, 1, "{pointer}");
    }
}
