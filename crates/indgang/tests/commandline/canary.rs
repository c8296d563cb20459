//! Nobody's name, CPR number or sample is said on standard output or standard error, however much is traced.

use crate::workshop::{Run, Workshop, demo_file};
use std::io::{BufRead as _, BufReader, Read as _};
use std::process::Stdio;

/// Samples, names and CPR numbers of every demo citizen.
fn people() -> Vec<String> {
    let mut words = Vec::new();
    for family in ["ashkenazi-trio", "pfeiffer", "scout-trio"] {
        let text = std::fs::read_to_string(demo_file(&format!("{family}/citizens.toml"))).unwrap();
        for line in text.lines() {
            if let Some(sample) = line.strip_prefix('[') {
                words.push(sample.trim_end_matches(']').to_owned());
            } else if let Some((_, value)) = line.split_once(" = ") {
                words.push(value.trim_matches('"').to_owned());
            }
        }
    }
    assert_eq!(words.len(), 7 * 3);
    words
}

#[track_caller]
fn silent(what: &str, text: &str) {
    for word in people() {
        assert!(!text.contains(&word), "{what} says `{word}`: {text}");
    }
}

fn traced(workshop: &Workshop, words: &str) -> String {
    let run: Run = workshop.command(words).env("INDGANG_LOG", "trace").output().unwrap().into();
    assert!(run.ok, "{words}: {}", run.err);
    run.out + &run.err
}

/// Opens the portal, asks it for its first page, and stops it. The list of people to sign in as is returned apart.
fn served(workshop: &Workshop, words: &str) -> (String, Vec<String>) {
    let mut command = workshop.command(words);
    let mut child = command.env("INDGANG_LOG", "trace").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    let mut said = String::new();
    let mut people = Vec::new();
    let mut address = String::new();
    for line in lines.by_ref() {
        if let Some((_, rest)) = line.split_once("http://") {
            address = rest.split('/').next().unwrap().to_owned();
        }
        if line.starts_with("  ") && !address.is_empty() {
            people.push(line);
        } else {
            said += &line;
        }
        if people.iter().any(|line| line.contains("Finn")) || said.contains("Nobody can sign in") {
            break;
        }
    }
    let mut page = std::net::TcpStream::connect(&address).unwrap();
    std::io::Write::write_all(
        &mut page,
        format!("GET / HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").as_bytes(),
    )
    .unwrap();
    let mut answer = String::new();
    page.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 "), "{answer}");
    child.kill().unwrap();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    child.wait().unwrap();
    (said, people)
}

#[test]
fn the_house_speaks_of_nobody() {
    let workshop = Workshop::new();
    silent("demo", &traced(&workshop, "demo --data house --no-serve"));
    silent("demo again", &traced(&workshop, "demo --data house --no-serve"));
    silent("doctor", &traced(&workshop, "doctor --data house"));
    silent("verify-log", &traced(&workshop, "verify-log --data house"));
    let (said, people) = served(&workshop, "serve --data house --port 0");
    silent("serve", &said);
    assert!(people.is_empty());
    // The demo's list of people to sign in as is there to name them; all else is silent.
    let (said, people) = served(&workshop, "demo --data house --port 0");
    silent("demo, open", &said);
    assert!(people.iter().any(|line| line.contains("Mosebryggersen")), "{people:?}");
}
