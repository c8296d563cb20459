//! Times the validation of NDJSON in memory, and counts issues by code: `validate RESOURCES.ndjson`.

use indgang_fhir::json::{Json, Tape};
use indgang_fhir::validate::{Severity, resource};
use std::collections::BTreeMap;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("usage: validate RESOURCES.ndjson")?;
    let text = std::fs::read_to_string(path)?;
    let start = processor_time()?;
    let (mut tape, mut kinds, mut count, mut refused) = (Tape::new(), BTreeMap::new(), 0u64, 0u64);
    for line in text.lines() {
        count += 1;
        let issues = resource(tape.read(line)?, Json::ROOT);
        refused += u64::from(issues.iter().any(|i| i.severity == Severity::Error));
        for issue in issues {
            // Without the numbers of items, alike issues are one.
            let place: String = issue.expression.chars().filter(|c| !c.is_ascii_digit()).collect();
            *kinds.entry((issue.severity, issue.code, place, issue.diagnostics)).or_insert(0u64) += 1;
        }
    }
    let seconds = processor_time()? - start;
    for ((severity, code, place, diagnostics), count) in kinds {
        println!("{count} {severity:?} {code} {place}: {diagnostics}");
    }
    println!(
        "{count} resources, {refused} refused, {seconds:.3} CPU seconds, {:.0} resources per CPU second",
        count as f64 / seconds
    );
    Ok(())
}

/// Seconds that this thread was on a processor (Linux: `schedstat`).
fn processor_time() -> Result<f64, Box<dyn std::error::Error>> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat")?;
    let nanos: f64 = text.split_whitespace().next().ok_or("no time in schedstat")?.parse()?;
    Ok(nanos / 1e9)
}
