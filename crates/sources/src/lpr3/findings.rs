//! Conditions (diagnoser) and reports of results (resultatindberetninger).

use super::document::{Document, code, encounter_of, extensions, own_id, own_identifier, parts, time, unit};
use crate::hl7::{self, SKS, concept, object};
use crate::xml::Element;
use serde_json::{Value, json};

const VERIFICATION: &str = "http://terminology.hl7.org/CodeSystem/condition-ver-status";
const CONDITION_CATEGORY: &str = "http://terminology.hl7.org/CodeSystem/condition-category";
const OBSERVATION_CATEGORY: &str = "http://terminology.hl7.org/CodeSystem/observation-category";

pub fn condition(document: &Document<'_>, element: &Element) -> Value {
    let negated = element.attribute("negationInd") == Some("true");
    let verification = if negated { "refuted" } else { "confirmed" };
    let kinds = parts(element, "10.43").map(|kind| code(kind.at("code")));
    let category: Vec<Value> =
        [concept(CONDITION_CATEGORY, "encounter-diagnosis", None)].into_iter().chain(kinds).collect();
    object([
        ("resourceType", json!("Condition")),
        ("id", json!(own_id(element))),
        ("meta", document.meta()),
        ("extension", json!(extensions(element, &["10.37", "10.40", "10.5"]))),
        ("identifier", own_identifier(element)),
        ("verificationStatus", concept(VERIFICATION, verification, None)),
        ("category", json!(category)),
        ("code", code(element.at("code"))),
        ("bodySite", json!(element.all("targetSiteCode").map(|site| code(Some(site))).collect::<Vec<_>>())),
        ("subject", document.subject()),
        ("encounter", encounter_of(element)),
        ("recordedDate", document.written.clone()),
    ])
}

/// A report, then each of its results.
pub fn results(document: &Document<'_>, element: &Element) -> Vec<Value> {
    let encounter = encounter_of(element);
    parts(element, "10.88").flat_map(|organizer| report(document, &encounter, organizer)).collect()
}

fn report(document: &Document<'_>, encounter: &Value, organizer: &Element) -> Vec<Value> {
    let id = own_id(organizer);
    let member = |n: usize| id.as_ref().map(|id| hl7::id(&format!("{id}-{n}")));
    let results: Vec<&Element> = parts(organizer, "10.89").collect();
    let members: Vec<Value> =
        (1..=results.len()).filter_map(member).map(|id| json!({ "reference": format!("Observation/{id}") })).collect();
    let observation = |id: Option<String>, element: &Element| {
        object([
            ("resourceType", json!("Observation")),
            ("id", json!(id)),
            ("meta", document.meta()),
            ("status", json!("final")),
            ("category", json!([concept(OBSERVATION_CATEGORY, "procedure", None)])),
            ("code", code(element.at("code"))),
            ("subject", document.subject()),
            ("encounter", encounter.clone()),
            ("effectiveDateTime", time(element.at("effectiveTime"))),
        ])
    };
    let mut own = observation(id.clone(), organizer);
    let identifier = own_identifier(organizer);
    if !identifier.is_null() {
        own["identifier"] = identifier;
    }
    if !members.is_empty() {
        own["hasMember"] = json!(members);
    }
    let unit = unit(parts(organizer, "10.49").next());
    if !unit.is_null() {
        own["performer"] = json!([unit]);
    }
    // The report has no time of its own: it is that of its first result.
    let first = results.iter().filter_map(|result| time(result.at("effectiveTime")).as_str().map(str::to_owned)).min();
    if let (Some(first), None) = (first, own.get("effectiveDateTime")) {
        own["effectiveDateTime"] = json!(first);
    }
    let told = (1..).zip(&results).map(|(n, result)| {
        let mut observation = observation(member(n), result);
        if let Some((name, value)) = value(result) {
            observation[name] = value;
        }
        observation
    });
    [own].into_iter().chain(told).collect()
}

/// The value of a result. It is written as text whatever it is: a code of SKS begins with letters, a number or time has digits.
fn value(result: &Element) -> Option<(&'static str, Value)> {
    let value = result.at("value")?;
    if value.attribute("code").is_some() {
        return Some(("valueCodeableConcept", code(Some(value))));
    }
    let text = value.attribute("value").or_else(|| value.text())?;
    let letters = text.bytes().take_while(u8::is_ascii_uppercase).count();
    let is_sks = (1..=5).contains(&letters)
        && text.len() > letters
        && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    if is_sks {
        return Some(("valueCodeableConcept", concept(SKS, text, None)));
    }
    let moment = hl7::moment(text);
    if text.len() >= 12 && moment != text {
        return Some(("valueDateTime", json!(moment)));
    }
    match serde_json::from_str::<serde_json::Number>(text) {
        // A number that would lose digits stays text.
        Ok(number) if number.to_string() == text => {
            Some(("valueQuantity", object([("value", json!(number)), ("unit", json!(value.attribute("unit")))])))
        }
        _ => Some(("valueString", json!(text))),
    }
}
