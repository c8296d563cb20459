//! FHIR: resources into the records, and a view of them as Parquet, beside hand-written SQL of DuckDB on the same file.

use super::random::Random;
use super::{Bench, Line, RUNS, skipped, virtual_environment};
use anyhow::Result;
use std::fmt::Write;
use std::path::Path;

/// Observations in the file, and the patients whose they are.
pub const OBSERVATIONS: u32 = 100_000;
const PATIENTS: u32 = 1000;
const SEED: u64 = 20_261_123;
pub const TAKE_IN: &str = "101,000 resources into the records";
pub const VIEW: &str = "view of 101,000 resources as Parquet";

const DEFINITION: &str = r#"{"resourceType":"ViewDefinition","name":"measured","resource":"Observation","select":[{"column":[
    {"name":"id","path":"getResourceKey()"},{"name":"patient","path":"subject.getReferenceKey(Patient)"},
    {"name":"code","path":"code.coding.first().code"},{"name":"at","path":"effective.ofType(dateTime)"},
    {"name":"value","path":"value.ofType(Quantity).value"},{"name":"unit","path":"value.ofType(Quantity).unit"}]}]}"#;

/// The same columns, by one who knows the file: no other shape of a resource is read right by it.
const SQL: &str = "copy (select r->>'$.id' as id, split_part(r->>'$.subject.reference', '/', 2) as patient, \
    r->>'$.code.coding[0].code' as code, r->>'$.effectiveDateTime' as \"at\", r->>'$.valueQuantity.value' as value, \
    r->>'$.valueQuantity.unit' as unit from (select json as r from read_ndjson_objects('fhir.ndjson')) \
    where r->>'$.resourceType' = 'Observation') to 'duckdb.parquet' (format parquet, compression zstd)";

pub fn run(bench: &Bench<'_>) -> Result<Vec<Line>> {
    make(bench.cache)?;
    let program = bench.program.display();
    let own = format!("{program} view run measured.json --in fhir.ndjson --out fhir --format parquet");
    // The house is new each time: what was taken in before would only be recognised.
    let take = format!(
        "rm -rf fhir-house && {program} ingest fhir fhir.ndjson --source bench --data fhir-house --operator bench"
    );
    let peer = match virtual_environment(bench.cache, "duckdb", "duckdb") {
        Ok(()) => {
            std::fs::write(bench.cache.join("measured.py"), format!("import duckdb\nduckdb.sql(\"\"\"{SQL}\"\"\")\n"))?;
            bench.line(VIEW, "duckdb", RUNS, "duckdb/bin/python measured.py")
        }
        Err(error) => skipped(VIEW, "duckdb", &format!("skipped: duckdb cannot be installed: {error:#}")),
    };
    Ok(vec![bench.line(TAKE_IN, "indgang", RUNS, &take), bench.line(VIEW, "indgang", RUNS, &own), peer])
}

/// Patients with X-eCPR, which are nobody's CPR numbers, and their laboratory results.
fn make(cache: &Path) -> Result<()> {
    std::fs::create_dir_all(cache)?;
    std::fs::write(cache.join("measured.json"), DEFINITION)?;
    let path = cache.join("fhir.ndjson");
    if path.exists() {
        return Ok(());
    }
    let mut random = Random::new(SEED);
    let mut text = String::new();
    for n in 0..PATIENTS {
        let (letters, last) = (n / 10, n % 10);
        let [a, b] = [letters / 26, letters % 26].map(|n| char::from(b'A' + n as u8));
        let _ = writeln!(
            text,
            r#"{{"resourceType":"Patient","id":"p{n}","identifier":[{{"use":"temp","system":"urn:oid:1.2.208.176.1.6.1.1","value":"0101601{a}{b}{last}"}}],"name":[{{"family":"Prøve","given":["Nummer {n}"]}}],"gender":"unknown"}}"#
        );
    }
    for n in 0..OBSERVATIONS {
        let (patient, day) = (random.below(PATIENTS.into()), 1 + random.below(28));
        let (year, value) = (2000 + random.below(25), random.below(9000) as f64 / 100.0);
        let code = 10_000 + random.below(40);
        let _ = writeln!(
            text,
            r#"{{"resourceType":"Observation","id":"o{n}","status":"final","category":[{{"coding":[{{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"laboratory"}}]}}],"code":{{"coding":[{{"system":"http://npu-terminology.org","code":"NPU{code}","display":"Analyse {code}"}}],"text":"Analyse {code}"}},"subject":{{"reference":"Patient/p{patient}"}},"effectiveDateTime":"{year}-03-{day:02}T08:15:00+01:00","valueQuantity":{{"value":{value:.2},"unit":"mmol/L","system":"http://unitsofmeasure.org","code":"mmol/L"}},"referenceRange":[{{"low":{{"value":3.5}},"high":{{"value":8.8}}}}]}}"#
        );
    }
    Ok(std::fs::write(path, text)?)
}

/// Resources a second, and a second of processor time, of what was measured.
pub fn rates(lines: &[Line]) -> String {
    let mut out = String::new();
    for line in lines {
        if let Ok(measured) = &line.outcome {
            let resources = f64::from(OBSERVATIONS + PATIENTS);
            let (wall, processor) = (resources / measured.wall, resources / measured.processor);
            let _ = writeln!(
                out,
                "- {}, {}: {wall:.0} resources/s, {processor:.0} a second of processor time",
                line.task, line.who
            );
        }
    }
    out
}
