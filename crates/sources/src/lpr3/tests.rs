//! The register's own example documents.

use super::*;
use indgang_fhir::json::{Json, Tape};
use indgang_fhir::{record, validate};
use serde_json::{Value, json};
use std::collections::BTreeMap;

macro_rules! example {
    ($name:literal) => {
        (concat!($name, ".xml"), include_bytes!(concat!("../../tests/data/lpr3/", $name, ".xml")).as_slice())
    };
}

const EXAMPLES: [(&str, &[u8]); 9] = [
    example!("encounter"),
    example!("episode"),
    example!("main-condition"),
    example!("main-condition-update"),
    example!("procedure"),
    example!("removal"),
    example!("results"),
    example!("two-conditions"),
    example!("two-conditions-update"),
];

fn bytes(name: &str) -> &'static [u8] {
    EXAMPLES.iter().find(|(found, _)| *found == name).unwrap().1
}

/// The number of the examples has a character too many: a valid one is put in its place.
fn made(name: &str) -> Vec<Value> {
    let text = String::from_utf8(bytes(name).to_vec()).unwrap().replace("08119675AG1", "0811967AG1");
    map(text.as_bytes()).unwrap().into_iter().map(|mapped| mapped.resource.unwrap()).collect()
}

fn of(name: &str, resource_type: &str) -> Value {
    made(name).into_iter().find(|resource| resource["resourceType"] == resource_type).unwrap()
}

/// Attributes that say how a document is made, and not what it tells.
fn is_form(element: &Element, attribute: &str) -> bool {
    let form = [
        "classCode",
        "moodCode",
        "typeCode",
        "contextConductionInd",
        "determinerCode",
        "codeSystemName",
        "assigningAuthorityName",
        "nullFlavor",
        "use",
    ];
    form.contains(&attribute)
        || attribute.starts_with("xmlns")
        || attribute.starts_with("xsi:")
        || ["templateId", "typeId", "realmCode"].contains(&element.name.as_str())
}

#[test]
fn every_example_gives_valid_resources() {
    let mut found = Vec::new();
    for (name, _) in EXAMPLES {
        let mut counts: BTreeMap<String, u64> = BTreeMap::new();
        for resource in made(name) {
            let text = resource.to_string();
            let mut tape = Tape::new();
            let json = tape.read(&text).unwrap();
            let issues = validate::resource(json, Json::ROOT);
            assert!(!validate::has_errors(&issues), "{name}: {issues:?}\n{text}");
            assert!(record::document(json, Json::ROOT).is_some(), "{name}: {text}");
            *counts.entry(resource["resourceType"].as_str().unwrap().to_owned()).or_default() += 1;
        }
        let counts: Vec<String> = counts.into_iter().map(|(name, count)| format!("{name} {count}")).collect();
        found.push((name, counts.join(", ")));
    }
    let expected = [
        ("encounter.xml", "Condition 1, Encounter 1, Procedure 2"),
        ("episode.xml", "EpisodeOfCare 1, Observation 1, ServiceRequest 1"),
        ("main-condition.xml", "Condition 1, Encounter 1, EpisodeOfCare 1, ServiceRequest 1"),
        ("main-condition-update.xml", "Condition 1"),
        ("procedure.xml", "Procedure 1"),
        ("removal.xml", "Basic 1"),
        ("results.xml", "Encounter 1, Observation 1"),
        ("two-conditions.xml", "Condition 2, Encounter 1, EpisodeOfCare 1, ServiceRequest 1"),
        ("two-conditions-update.xml", "Basic 1, Condition 1"),
    ];
    assert_eq!(found, expected.map(|(name, counts)| (name, counts.to_owned())));
}

/// What no resource is made of, by the end of its path.
#[test]
fn what_is_left_out_is_known_by_name() {
    let mut left: BTreeMap<String, u64> = BTreeMap::new();
    for (_, bytes) in EXAMPLES {
        let root = Element::read(bytes).unwrap();
        entries(&root).unwrap();
        for (path, count) in root.unread(&is_form) {
            let steps: Vec<&str> = path.split('/').collect();
            let inner = steps.iter().position(|step| *step == "entry").map_or(1, |entry| entry + 1);
            *left.entry(steps[inner..].join("/")).or_default() += count;
        }
    }
    let left: Vec<String> = left.into_iter().map(|(path, count)| format!("{count} {path}")).collect();
    assert_eq!(left.join("\n"), LEFT_OUT.trim());
}

const LEFT_OUT: &str = include_str!("../../tests/data/lpr3/left-out.txt");

#[test]
fn a_contact_keeps_its_units_times_and_codes() {
    let encounter = of("encounter.xml", "Encounter");
    let id = "7dfa91a1-e19e-57d0-bdbe-fea7f8582df6";
    assert_eq!(encounter["id"], id);
    assert_eq!(
        encounter["meta"]["source"],
        "urn:uuid:988f0b1f-2a64-47c2-a7e5-af8848c8e586#5783c9db-3797-4190-8015-cf5eda79316e"
    );
    assert_eq!(encounter["meta"]["versionId"], "2");
    assert_eq!(encounter["type"], json!([{"coding": [{"system": "urn:oid:1.2.208.176.2.4", "code": "DZ400B"}]}]));
    assert_eq!(
        (&encounter["status"], &encounter["period"]),
        (&json!("in-progress"), &json!({"start": "2017-02-22T11:00:00+02:00"}))
    );
    assert_eq!(
        encounter["serviceProvider"]["identifier"],
        json!({"system": "urn:oid:1.2.208.176.1.1", "value": "276231000016004"})
    );
    assert_eq!(
        encounter["episodeOfCare"],
        json!([{"reference": "EpisodeOfCare/bbbfa3ea-2ad7-571c-986c-d72f7443ba4b"}])
    );
    assert_eq!(encounter["location"][0]["period"]["end"], "2017-02-22T13:00:00+02:00");
    assert_eq!(encounter["extension"][1]["valueCodeableConcept"]["coding"][0]["code"], "ALFC4");
    let scan = made("encounter.xml").into_iter().find(|r| r["code"]["coding"][0]["code"] == "UXCA00").unwrap();
    assert_eq!(scan["encounter"]["reference"], format!("Encounter/{id}"));
    assert_eq!(scan["performer"][0]["function"]["coding"][0]["display"], "Radiograf");
    assert_eq!(scan["usedCode"][0]["coding"][0]["code"], "MV08AA01");
    assert_eq!(scan["reasonCode"][0]["coding"][0]["code"], "DS068B");
    let condition = of("encounter.xml", "Condition");
    assert_eq!(condition["category"][1]["coding"][0]["code"], "ALGA01");
    assert_eq!(condition["extension"][0]["url"], "urn:oid:1.2.208.176.7.1.10.37");
    assert_eq!(condition["bodySite"][0]["coding"][0]["code"], "TUL2");
    assert_eq!(condition["verificationStatus"]["coding"][0]["code"], "confirmed");
    let refuted = of("main-condition-update.xml", "Condition");
    assert_eq!(refuted["verificationStatus"]["coding"][0]["code"], "refuted");
    assert_eq!(of("main-condition.xml", "Condition")["id"], refuted["id"]);
    assert_eq!(
        of("procedure.xml", "Procedure")["extension"][0]["valueReference"]["reference"],
        "EpisodeOfCare/bbbfa3ea-2ad7-571c-986c-d72f7443ba4b"
    );
}

#[test]
fn results_are_codes_numbers_or_times() {
    let report = of("results.xml", "Observation");
    let shown = |part: &Value| {
        let value = part.as_object().unwrap().iter().find(|(name, _)| name.starts_with("value")).unwrap();
        (part["code"]["coding"][0]["code"].as_str().unwrap().to_owned(), value.0.clone())
    };
    let parts: Vec<(String, String)> = report["component"].as_array().unwrap().iter().map(shown).collect();
    assert_eq!(parts.len(), 7);
    let kinds: std::collections::BTreeSet<&str> = parts.iter().map(|(_, kind)| kind.as_str()).collect();
    assert!(kinds.contains("valueCodeableConcept") && kinds.contains("valueQuantity"), "{parts:?}");
    assert_eq!(report["effectiveDateTime"], "2017-02-22T12:00:00+02:00");
    // Results of different times keep theirs.
    let text = String::from_utf8(bytes("results.xml").to_vec()).unwrap();
    let later = text.replacen("effectiveTime value=\"20170222120000+0200\"", "effectiveTime value=\"20170223\"", 1);
    let report = map(later.as_bytes()).unwrap().pop().unwrap().resource.unwrap();
    assert_eq!(report["effectivePeriod"], json!({"start": "2017-02-22T12:00:00+02:00", "end": "2017-02-23"}));
    assert_eq!(report["component"][0]["extension"][0]["valueDateTime"], "2017-02-23");
}

#[test]
fn what_is_no_document_and_what_is_no_entry() {
    let text = String::from_utf8(bytes("removal.xml").to_vec()).unwrap();
    let unknown = map(text.replace("7.1.10.118", "7.1.10.999").as_bytes()).unwrap();
    assert_eq!(unknown.len(), 1);
    assert!(unknown[0].line > 80 && unknown[0].resource.as_ref().unwrap_err().contains("template"), "{unknown:?}");
    for (from, to, expected) in [
        ("7.1.10.71", "7.1.10.1", "not an LPR3 document"),
        ("<versionNumber value=\"2\" />", "", "no versionNumber"),
        ("<versionNumber value=\"2\" />", "<versionNumber value=\"two\"/>", "no versionNumber"),
        ("extension=\"08119675AG1\"", "", "no patient's number"),
        ("</ClinicalDocument>", "", "was cut: `ClinicalDocument`, begun in line 1"),
    ] {
        assert!(text.contains(from), "{from}");
        let error = map(text.replace(from, to).as_bytes()).unwrap_err().to_string();
        assert!(error.contains(expected), "{expected}: {error}");
    }
}

#[test]
fn numbers_in_place_of_a_cpr_number_have_their_system() {
    let text = String::from_utf8(bytes("removal.xml").to_vec()).unwrap();
    for (number, root, expected) in [
        ("0811967AG1", "1.2.208.176.1.2", "urn:oid:1.2.208.176.1.6.1.1"),
        ("081196-1AG1", "1.2.208.176.1.2", "urn:oid:1.2.208.176.1.6.1.1"),
        ("0811960AG1", "1.2.208.176.1.6.1.3.177", "urn:oid:1.2.208.176.1.6.1.3.177"),
        ("0811960AG1", "1.2.208.176.1.2", "urn:oid:1.2.208.176.1.2"),
        ("0201609995", "1.2.208.176.1.2", "urn:oid:1.2.208.176.1.2"),
    ] {
        let text = text.replace("08119675AG1", number).replace("root=\"1.2.208.176.1.2\"", &format!("root=\"{root}\""));
        let notice = map(text.as_bytes()).unwrap().remove(0).resource.unwrap();
        assert_eq!(notice["subject"]["identifier"]["system"], expected, "{number}");
    }
}
