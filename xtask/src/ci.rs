//! `cargo xtask ci`: format, lints, tidy, tests, and the browser test; every step runs, then the failures are named.

use crate::{gen_policy, tidy};
use anyhow::{Context, Result, bail};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

const CLIPPY_OF_TESTS: [&str; 12] = [
    "clippy",
    "--workspace",
    "--all-targets",
    "--",
    "-D",
    "warnings",
    "-A",
    "clippy::unwrap_used",
    "-A",
    "clippy::panic",
    "-A",
    "unused-qualifications",
];

/// Runs every step. The browser test is left out on request, by name.
pub fn run(root: &Path, without_e2e: bool) -> Result<()> {
    let mut done = Vec::new();
    let mut step = |name: &'static str, work: &dyn Fn() -> Result<()>| {
        println!("\n== {name}");
        let start = Instant::now();
        let outcome = work();
        if let Err(error) = &outcome {
            eprintln!("{error:#}");
        }
        done.push((name, outcome.is_ok(), start.elapsed()));
    };
    step("cargo fmt --check", &|| cargo(root, &["fmt", "--all", "--check"]));
    step("cargo clippy", &|| cargo(root, &["clippy", "--workspace", "--lib", "--bins", "--", "-D", "warnings"]));
    // A test's helper may unwrap: clippy knows a `#[test]`, but not the functions beside it in an integration test.
    step("cargo clippy of the tests", &|| cargo(root, &CLIPPY_OF_TESTS));
    step("tidy", &|| tidy::run(root));
    step("permission matrix", &|| gen_policy::run(root, true));
    step("cargo test --workspace", &|| cargo(root, &["test", "--workspace"]));
    if std::env::var_os("CVC5_PYTHON").is_some() {
        step("proof of the policies", &|| cargo(root, &["run", "--quiet", "--manifest-path", "proofs/Cargo.toml"]));
    } else {
        println!("\nskipped: proof of the policies (CVC5_PYTHON names no Python with the package cvc5)");
    }
    if without_e2e {
        println!("\nskipped: browser test (--without-e2e)");
    } else {
        step("browser test", &|| e2e(root));
        step("machine door", &|| call(root, "e2e/machine", &[]));
    }
    summary(&done)
}

fn summary(done: &[(&str, bool, Duration)]) -> Result<()> {
    println!();
    for (name, passed, time) in done {
        println!("{} {:>6.1} s  {name}", if *passed { "passed" } else { "FAILED" }, time.as_secs_f64());
    }
    let failed: Vec<&str> = done.iter().filter(|(_, passed, _)| !passed).map(|(name, _, _)| *name).collect();
    if !failed.is_empty() {
        bail!("failed: {}", failed.join(", "));
    }
    Ok(())
}

fn cargo(root: &Path, arguments: &[&str]) -> Result<()> {
    call(root, &std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned()), arguments)
}

/// The browser test makes the demo house and walks through it.
fn e2e(root: &Path) -> Result<()> {
    call(root, "e2e/run", &[])
}

fn call(root: &Path, program: &str, arguments: &[&str]) -> Result<()> {
    // A program of the house is named from its root.
    let found = root.join(program);
    let mut command = Command::new(if found.is_file() { found.as_os_str() } else { program.as_ref() });
    command.args(arguments).current_dir(root);
    if std::env::var_os("CI").is_some_and(|ci| ci == "true") {
        // A test that finds no PostgreSQL then fails, rather than naming itself as skipped.
        command.env("INDGANG_DEMAND_POSTGRES", "true");
    }
    let status = command.status().with_context(|| format!("starting {program}"))?;
    if !status.success() {
        bail!("`{program} {}` ended with {status}", arguments.join(" "));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_step_fails_the_whole_and_is_named() {
        let second = Duration::from_secs(1);
        assert!(summary(&[("a", true, second)]).is_ok());
        let error = summary(&[("a", true, second), ("b", false, second), ("c", false, second)]).unwrap_err();
        assert_eq!(error.to_string(), "failed: b, c");
    }

    #[test]
    fn a_command_that_fails_is_an_error() {
        let root = crate::root().unwrap();
        assert!(cargo(&root, &["no-such-command"]).is_err());
        assert!(call(&root, "no-such-program-at-all", &[]).is_err());
    }
}
