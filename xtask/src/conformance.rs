//! `conformance`: the official test suites, run over a checkout of their files.

use anyhow::{Context, Result, bail};
use indgang_fhir::conformance::{DEVIATIONS, Inputs, TestResult, resource_to_json, run_fhirpath, run_sql_on_fhir};
use indgang_fhir::value::temporal::Temporal;
use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};

/// When the tests of `now()` take place.
const NOW: &str = "2026-01-01T12:00:00.000Z";

/// Runs the SQL on FHIR v2 tests in `folder`, or in its `tests`; `report` gets the public `test_report.json`.
pub fn sql_on_fhir(folder: &Path, report: Option<&Path>) -> Result<()> {
    let files = test_files(folder)?;
    let mut all = Map::new();
    let (mut passed, mut failed) = (0, 0);
    for path in files {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let text = read(&path)?;
        let results = run_sql_on_fhir(&text).map_err(|e| anyhow::anyhow!("`{name}`: {e}"))?;
        for result in &results {
            print_result(&format!("{name}: {}", result.name), result);
        }
        failed += results.iter().filter(|r| !r.passed()).count();
        passed += results.iter().filter(|r| r.passed()).count();
        all.insert(name, json!({ "tests": results.iter().map(reported).collect::<Vec<_>>() }));
    }
    if let Some(report) = report {
        let text = serde_json::to_string_pretty(&Value::Object(all))?;
        std::fs::write(report, text + "\n").with_context(|| format!("cannot write `{}`", report.display()))?;
    }
    println!("{passed} passed, {failed} failed");
    if failed > 0 { bail!("{failed} of {} tests failed", passed + failed) } else { Ok(()) }
}

/// One entry as the specification's `test-report.schema.json` and README have it.
fn reported(result: &TestResult) -> Value {
    let outcome = match &result.failure {
        None => json!({ "passed": true }),
        Some(failure) => json!({ "passed": false, "reason": failure, "error": failure }),
    };
    json!({ "name": result.name, "result": outcome })
}

fn print_result(name: &str, result: &TestResult) {
    match &result.failure {
        None => println!("passed  {name}"),
        Some(failure) => println!("FAILED  {name}: {failure}"),
    }
}

fn test_files(folder: &Path) -> Result<Vec<PathBuf>> {
    for folder in [folder.to_path_buf(), folder.join("tests")] {
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        let mut files: Vec<PathBuf> =
            entries.filter_map(|e| Some(e.ok()?.path())).filter(|p| is_test_file(p)).collect();
        files.sort();
        if !files.is_empty() {
            return Ok(files);
        }
    }
    bail!(
        "`{}` holds no test files: give the folder `tests` of sql-on-fhir-v2, or the folder above it",
        folder.display()
    )
}

/// Beside the tests lie schemas and manifests, which hold no `tests`.
fn is_test_file(path: &Path) -> bool {
    let parsed = || serde_json::from_str::<Value>(&std::fs::read_to_string(path).ok()?).ok();
    path.extension().is_some_and(|e| e == "json") && parsed().is_some_and(|v| v["tests"].is_array())
}

/// Runs HL7's FHIRPath suite; inputs are sought beside the file, in `input` and `examples` there, and in the folder above.
pub fn fhirpath(file: &Path) -> Result<()> {
    let suite = read(file)?;
    let now = Temporal::parse_date_time(NOW).context("a date that exists")?;
    let results = run_fhirpath(&suite, &inputs(file, &suite)?, now).map_err(anyhow::Error::msg)?;
    let mut unexpected = 0;
    for result in &results {
        match DEVIATIONS.iter().find(|(name, _)| *name == result.name) {
            Some((_, reason)) if !result.passed() => println!("DEVIATES {}: {reason}", result.name),
            _ => {
                print_result(&result.name, result);
                unexpected += usize::from(!result.passed());
            }
        }
    }
    let failed = results.iter().filter(|r| !r.passed()).count();
    println!("{} passed, {failed} failed, of these {unexpected} without a known reason", results.len() - failed);
    if unexpected > 0 { bail!("{unexpected} of {} tests failed", results.len()) } else { Ok(()) }
}

fn inputs(file: &Path, suite: &str) -> Result<Inputs> {
    let here = file.parent().unwrap_or(Path::new("."));
    let above = here.join("..");
    let folders = [
        here.to_path_buf(),
        here.join("input"),
        here.join("examples"),
        above.clone(),
        above.join("examples"),
        above.join("input"),
    ];
    let mut inputs = Inputs::new();
    for part in suite.split("inputfile=\"").skip(1) {
        let name = part.split('"').next().unwrap_or_default();
        if inputs.contains_key(name) {
            continue;
        }
        let other = Path::new(name).with_extension("json");
        let names = [Path::new(name), &other];
        let found = folders.iter().flat_map(|folder| names.map(|n| folder.join(n))).find(|p| p.is_file());
        let Some(path) = found else {
            println!("the input `{name}` is not beside the suite; its tests will fail");
            continue;
        };
        let text = read(&path)?;
        let xml = path.extension().is_some_and(|e| e == "xml");
        let json = if xml { resource_to_json(&text).map_err(anyhow::Error::msg) } else { Ok(text) };
        inputs.insert(name.to_owned(), json.with_context(|| format!("cannot read `{}`", path.display()))?);
    }
    Ok(inputs)
}

fn read(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("cannot read `{}`", path.display()))
}
