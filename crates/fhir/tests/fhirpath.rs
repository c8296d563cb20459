//! HL7's FHIRPath suite for R4: what fails is known by name, with its reason in `docs/reference/fhirpath.md`.

use indgang_fhir::conformance::{DEVIATIONS, Inputs, resource_to_json, run_fhirpath};
use indgang_fhir::value::temporal::Temporal;

#[test]
fn only_the_known_deviations_fail() -> Result<(), Box<dyn std::error::Error>> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/fhirpath");
    let mut inputs = Inputs::new();
    for entry in std::fs::read_dir(format!("{folder}/input"))? {
        let path = entry?.path();
        let text = std::fs::read_to_string(&path)?;
        let xml = path.extension().is_some_and(|e| e == "xml");
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        inputs.insert(name, if xml { resource_to_json(&text)? } else { text });
    }
    let suite = std::fs::read_to_string(format!("{folder}/tests-fhir-r4.xml"))?;
    let now = Temporal::parse_date_time("2026-11-23T08:00:00.000+01:00").ok_or("a date that exists")?;
    let results = run_fhirpath(&suite, &inputs, now)?;
    let failed: Vec<&str> = results.iter().filter(|r| !r.passed()).map(|r| r.name.as_str()).collect();
    assert_eq!((results.len(), failed), (935, DEVIATIONS.map(|(name, _)| name).to_vec()));
    Ok(())
}
