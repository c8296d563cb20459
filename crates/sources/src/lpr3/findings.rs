//! Conditions (diagnoser) and reports of results (resultatindberetninger).

use super::document::{Document, code, encounter_of, extensions, own_id, own_identifier, parts, time, unit};
use crate::hl7::{self, SKS, concept, object};
use crate::xml::Element;
use serde_json::{Value, json};

const VERIFICATION: &str = "http://terminology.hl7.org/CodeSystem/condition-ver-status";
const CONDITION_CATEGORY: &str = "http://terminology.hl7.org/CodeSystem/condition-category";
const OBSERVATION_CATEGORY: &str = "http://terminology.hl7.org/CodeSystem/observation-category";

/// The template of a result, as the address of its time.
const RESULT: &str = "urn:oid:1.2.208.176.7.1.10.89";

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

/// Each report with its results, which come and are corrected together.
pub fn results(document: &Document<'_>, element: &Element) -> Vec<Value> {
    let encounter = encounter_of(element);
    parts(element, "10.88").map(|organizer| report(document, &encounter, organizer)).collect()
}

fn report(document: &Document<'_>, encounter: &Value, organizer: &Element) -> Value {
    let results: Vec<&Element> = parts(organizer, "10.89").collect();
    let at = |result: &&Element| time(result.at("effectiveTime")).as_str().map(str::to_owned);
    let mut times: Vec<String> = results.iter().filter_map(at).collect();
    times.sort_unstable();
    times.dedup();
    let (moment, period) = match times.as_slice() {
        [] => (Value::Null, Value::Null),
        [one] => (json!(one), Value::Null),
        [first, .., last] => (Value::Null, json!({ "start": first, "end": last })),
    };
    let unit = unit(parts(organizer, "10.49").next());
    let components: Vec<Value> = results.iter().map(|result| component(result, times.len() > 1)).collect();
    object([
        ("resourceType", json!("Observation")),
        ("id", json!(own_id(organizer))),
        ("meta", document.meta()),
        ("identifier", own_identifier(organizer)),
        ("status", json!("final")),
        ("category", json!([concept(OBSERVATION_CATEGORY, "procedure", None)])),
        ("code", code(organizer.at("code"))),
        ("subject", document.subject()),
        ("encounter", encounter.clone()),
        ("effectiveDateTime", moment),
        ("effectivePeriod", period),
        ("performer", if unit.is_null() { Value::Null } else { json!([unit]) }),
        ("component", json!(components)),
    ])
}

/// A result; where they have different times, each keeps its own.
fn component(result: &Element, with_time: bool) -> Value {
    let at = time(result.at("effectiveTime"));
    let extension = (with_time && !at.is_null()).then(|| json!([{ "url": RESULT, "valueDateTime": at }]));
    let mut component = object([("extension", json!(extension)), ("code", code(result.at("code")))]);
    if let Some((name, value)) = value(result) {
        component[name] = value;
    }
    component
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
