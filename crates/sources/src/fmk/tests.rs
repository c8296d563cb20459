//! Answers of a test system of FMK.

use super::*;
use indgang_fhir::json::{Json, Tape};
use indgang_fhir::{record, validate};
use std::collections::BTreeMap;

const CARD: &[u8] = include_bytes!("../../tests/data/fmk/medicine-card.xml");
const MEDICATION: &[u8] = include_bytes!("../../tests/data/fmk/drug-medication.xml");
const PRESCRIPTION: &[u8] = include_bytes!("../../tests/data/fmk/prescription.xml");

fn made(bytes: &[u8]) -> Vec<Value> {
    map(bytes).unwrap().into_iter().map(|mapped| mapped.resource.unwrap()).collect()
}

#[test]
fn every_answer_gives_valid_resources() {
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for resource in [CARD, MEDICATION, PRESCRIPTION].into_iter().flat_map(made) {
        let text = resource.to_string();
        let mut tape = Tape::new();
        let json = tape.read(&text).unwrap();
        let issues = validate::resource(json, Json::ROOT);
        assert!(!validate::has_errors(&issues), "{issues:?}\n{text}");
        assert_eq!(record::pointers(json, Json::ROOT).len(), 1, "{text}");
        *counts.entry(resource["resourceType"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    let counts: Vec<(&str, u64)> = counts.iter().map(|(name, count)| (name.as_str(), *count)).collect();
    assert_eq!(counts, [("MedicationDispense", 1), ("MedicationRequest", 1), ("MedicationStatement", 6)]);
}

#[test]
fn a_treatment_keeps_its_medicine_time_and_dose() {
    let citalopram = made(MEDICATION).remove(0);
    assert_eq!(
        citalopram["medicationCodeableConcept"]["coding"][0],
        json!({"system": "http://www.whocc.no/atc", "code": "N06AB04", "display": "Citalopram"})
    );
    assert_eq!(citalopram["medicationCodeableConcept"]["text"], "Cipramil 20 mg filmovertrukne tabletter");
    assert_eq!(citalopram["effectivePeriod"], json!({"start": "2009-05-06", "end": "2025-06-18"}));
    assert_eq!(citalopram["status"], "active");
    let dosage = &citalopram["dosage"][0];
    assert_eq!(dosage["text"], "1 tablet nat");
    assert_eq!(
        dosage["timing"]["repeat"],
        json!({"boundsPeriod": {"start": "2009-05-06", "end": "2025-06-17"}, "period": 1, "periodUnit": "d", "when": ["NIGHT"]})
    );
    assert_eq!(dosage["doseAndRate"][0]["doseQuantity"], json!({"value": 1, "unit": "tabletter"}));
    assert_eq!(citalopram["informationSource"]["display"], "Helle Bonde, Hansen og Junge");
    let ended = String::from_utf8(MEDICATION.to_vec()).unwrap().replace("2025-06-18", "2025-06-12");
    assert_eq!(made(ended.as_bytes())[0]["status"], "completed");
}

#[test]
fn a_prescription_has_its_orders() {
    let made = made(PRESCRIPTION);
    let (request, dispense) = (&made[0], &made[1]);
    assert_eq!((&request["status"], &request["authoredOn"]), (&json!("active"), &json!("2025-06-12T13:26:28Z")));
    assert_eq!(request["dispenseRequest"]["quantity"], json!({"value": 56.0, "unit": "stk."}));
    assert_eq!(request["dispenseRequest"]["validityPeriod"], json!({"start": "2025-06-12", "end": "2025-07-18"}));
    assert_eq!(request["supportingInformation"][0]["reference"], "MedicationStatement/medication-42667041");
    assert_eq!(
        dispense["authorizingPrescription"][0]["reference"],
        format!("MedicationRequest/{}", request["id"].as_str().unwrap())
    );
    assert_eq!(
        (&dispense["status"], &dispense["performer"][0]["actor"]["display"]),
        (&json!("in-progress"), &json!("Allerød Apotek"))
    );
    assert_eq!(dispense["note"][0]["text"], "Afhentes sammen med øvrige varer og skal opbevares på køl");
}

/// What no resource is made of, by its path within the answer.
#[test]
fn what_is_left_out_is_known_by_name() {
    let mut left: BTreeMap<String, u64> = BTreeMap::new();
    for bytes in [CARD, MEDICATION, PRESCRIPTION] {
        let root = Element::read(bytes).unwrap();
        answer(&root).unwrap();
        let is_form = |_: &Element, name: &str| name.starts_with("xmlns") || name == "source" || name == "date";
        for (path, count) in root.unread(&is_form) {
            let path = path.trim_start_matches("GetMedicineCardResponse/MedicineCard/");
            let path =
                path.trim_start_matches("GetDrugMedicationResponse/").trim_start_matches("GetPrescriptionResponse/");
            *left.entry(path.to_owned()).or_default() += count;
        }
    }
    let left: Vec<String> = left.into_iter().map(|(path, count)| format!("{count} {path}")).collect();
    assert_eq!(left.join("\n"), LEFT_OUT.trim());
}

const LEFT_OUT: &str = include_str!("../../tests/data/fmk/left-out.txt");

#[test]
fn what_is_no_answer() {
    for (text, expected) in [
        ("<a/>", "not an answer of FMK"),
        ("<GetMedicineCardResponse><MedicineCard/></GetMedicineCardResponse>", "no PersonIdentifier"),
        (
            "<GetPrescriptionResponse><PersonIdentifier source=\"X\">1</PersonIdentifier></GetPrescriptionResponse>",
            "source CPR",
        ),
        ("<GetPrescriptionResponse>", "was cut"),
    ] {
        let error = map(text.as_bytes()).unwrap_err().to_string();
        assert!(error.contains(expected), "{text}: {error}");
    }
}
