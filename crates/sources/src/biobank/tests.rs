use super::*;
use indgang_fhir::json::{Json, Tape};
use indgang_fhir::record;
use indgang_fhir::validate;

const SAMPLES: &str = include_str!("../../tests/data/biobank/samples.csv");

fn made(text: &str) -> Vec<Mapped> {
    map(text.as_bytes()).unwrap()
}

#[test]
fn samples_of_a_table_become_specimens() {
    let mapped = made(SAMPLES);
    assert_eq!(mapped.iter().map(|mapped| mapped.line).collect::<Vec<_>>(), [2, 3, 4, 5, 6]);
    let specimens: Vec<Value> = mapped.into_iter().filter_map(|mapped| mapped.resource.ok()).collect();
    assert_eq!(specimens.len(), 4);
    for specimen in &specimens {
        let text = specimen.to_string();
        let mut tape = Tape::new();
        let issues = validate::resource(tape.read(&text).unwrap(), Json::ROOT);
        assert!(!validate::has_errors(&issues) && !text.contains("Female"), "{issues:?}\n{text}");
    }
    let first = &specimens[0];
    assert_eq!(first["type"]["coding"][0]["code"], "WholeBlood");
    assert_eq!(first["subject"]["identifier"], json!({"system": "urn:oid:1.2.208.176.1.2", "value": "0201609995"}));
    assert_eq!(first["collection"]["collectedDateTime"], "2023-05-01T08:15:00+02:00");
    assert_eq!(first["processing"][0]["timeDateTime"], "2023-05-01T10:00:00+02:00");
    assert_eq!(first["processing"][0]["extension"][0]["valueCodeableConcept"]["coding"][0]["code"], "-60to-85");
    assert_eq!(
        specimens[1]["collection"]["bodySite"]["coding"][0],
        json!({"system": "http://terminology.hl7.org/CodeSystem/icd-o-3", "code": "C50.9", "display": "Breast, NOS"})
    );
    assert_eq!(specimens[1]["note"][0]["text"], "Diagnosis: C50.9");
    // A year is a year, and a name that MIABIS does not have is kept as it is.
    assert_eq!(
        (&specimens[2]["collection"]["collectedDateTime"], &specimens[2]["type"]),
        (&json!("2019"), &json!({"text": "Tørblod"}))
    );
    assert_eq!(specimens[3]["subject"]["reference"], "Patient/donor-7");
    let mut tape = Tape::new();
    let text = first.to_string();
    let line = record::line(tape.read(&text).unwrap(), Json::ROOT).unwrap();
    assert_eq!((line.title.as_str(), line.note.as_str()), ("Whole blood", "-60 °C to -85 °C"));
    assert_eq!(line.span.unwrap().start, "2023-05-01T08:15:00+02:00");
}

#[test]
fn lists_of_donors_samples_and_events_are_put_together() {
    let file = json!({
        "donors": [{ "Sample donor ID": "010180-9995", "Sex": "Male" }],
        "samples": [{ "MIABIS-SAMPLE-01": "s1", "Sample type": "DNA", "sampleDonorId": "010180-9995", "Use & Access conditions": ["Collaboration", "Genetic data use"] }],
        "events": [{ "Sample ID": "s1", "Age at event": 40, "Age at event unit": "years", "Event date and time": "2020-02" }],
    });
    let specimen = made(&file.to_string()).remove(0).resource.unwrap();
    assert_eq!(specimen["collection"]["collectedDateTime"], "2020-02");
    assert_eq!(specimen["subject"]["identifier"]["value"], "0101809995");
    let notes: Vec<&str> =
        specimen["note"].as_array().unwrap().iter().filter_map(|note| note["text"].as_str()).collect();
    assert_eq!(notes, ["Use and access: Collaboration; Genetic data use", "Age at event: 40 years"]);
}

#[test]
fn what_is_no_sample_is_told_without_a_value() {
    for (text, expected) in [
        ("Sample ID,Sample type,Sample donor ID\ns,,canary", "no `Sample type`"),
        ("Sample ID,Sample type,Sample donor ID\n,DNA,canary", "no `Sample ID`"),
        ("Sample ID,Sample type,Sample donor ID\ns,DNA,", "no `Sample donor ID`"),
        ("Sample ID,Sample type,Sample donor ID\ns,DNA", "2 fields and the header 3"),
        ("Sample ID,Sample type,Sample donor ID,Sample source\ns,DNA,canary,Animal", "not of a human"),
        ("[1]", "no JSON object"),
    ] {
        let error = made(text).remove(0).resource.unwrap_err();
        assert!(error.contains(expected) && !error.contains("canary"), "{error}");
    }
    for (text, expected) in [
        ("", "empty"),
        ("a,b\n1,2", "no column `Sample ID`"),
        ("{\"samples\":[", "get the whole file again"),
        ("{}", "no list of samples"),
        ("{\"resourceType\":\"Specimen\"}", "indgang ingest fhir"),
    ] {
        let error = map(text.as_bytes()).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
}
