//! Encounters (kontakter) and procedures.

use super::document::{
    Document, code, encounter_of, episode_of, extensions, is_ended, own_id, own_identifier, parts, period, unit,
};
use crate::hl7::{coding, object};
use crate::xml::Element;
use serde_json::{Value, json};

/// HL7's extension for what happens within an episode of care.
const EPISODE: &str = "http://hl7.org/fhir/StructureDefinition/workflow-episodeOfCare";

pub fn encounter(document: &Document<'_>, element: &Element) -> Value {
    let episode = episode_of(element);
    let status = if is_ended(element) { "finished" } else { "in-progress" };
    object([
        ("resourceType", json!("Encounter")),
        ("id", json!(own_id(element))),
        ("meta", document.meta()),
        ("extension", json!(extensions(element, &["10.7"]))),
        ("identifier", own_identifier(element)),
        ("status", json!(status)),
        // LPR3 has no class: its codes of contacts say how, and not whether somebody stays.
        ("class", coding("http://terminology.hl7.org/CodeSystem/v3-NullFlavor", "UNK", None)),
        ("type", listed(code(element.at("code")))),
        ("priority", code(element.at("priorityCode"))),
        ("subject", document.subject()),
        ("episodeOfCare", listed(episode)),
        ("period", period(element.at("effectiveTime"))),
        ("reasonCode", json!(parts(element, "10.48").map(|reason| code(reason.at("code"))).collect::<Vec<_>>())),
        ("location", json!(parts(element, "10.50").map(stay).collect::<Vec<_>>())),
        ("serviceProvider", unit(parts(element, "10.49").next())),
    ])
}

/// Where the patient was for a time, or that she was away.
fn stay(participant: &Element) -> Value {
    let kind = code(participant.at("participantRole/code"));
    let place = match unit(Some(participant)) {
        Value::Null => json!({ "display": words(&kind) }),
        unit => unit,
    };
    object([("location", place), ("physicalType", kind), ("period", period(participant.at("time")))])
}

fn words(concept: &Value) -> &str {
    let first = &concept["coding"][0];
    first["display"].as_str().or(first["code"].as_str()).unwrap_or("–")
}

pub fn procedure(document: &Document<'_>, element: &Element) -> Value {
    let mut extension = extensions(element, &["10.22", "10.5", "10.7"]);
    let episode = episode_of(element);
    if !episode.is_null() {
        extension.push(json!({ "url": EPISODE, "valueReference": episode }));
    }
    let causes: Vec<&Element> = parts(element, "10.19").collect();
    extension.extend(causes.iter().flat_map(|cause| extensions(cause, &["10.5"])));
    let status = if is_ended(element) { "completed" } else { "in-progress" };
    object([
        ("resourceType", json!("Procedure")),
        ("id", json!(own_id(element))),
        ("meta", document.meta()),
        ("extension", json!(extension)),
        ("identifier", own_identifier(element)),
        ("status", json!(status)),
        ("code", code(element.at("code"))),
        ("subject", document.subject()),
        ("encounter", encounter_of(element)),
        ("performedPeriod", period(element.at("effectiveTime"))),
        ("performer", json!(parts(element, "10.16").filter_map(performer).collect::<Vec<_>>())),
        ("reasonCode", json!(causes.iter().map(|cause| code(cause.at("code"))).collect::<Vec<_>>())),
        ("usedCode", json!(parts(element, "10.2").map(substance).collect::<Vec<_>>())),
    ])
}

fn performer(participant: &Element) -> Option<Value> {
    let actor = unit(Some(participant));
    let function = code(participant.at("participantRole/code"));
    (!actor.is_null()).then(|| object([("function", function), ("actor", actor)]))
}

fn substance(administration: &Element) -> Value {
    code(administration.at("consumable/manufacturedProduct/manufacturedMaterial/code"))
}

/// A list of what is told; null is no item.
pub fn listed(value: Value) -> Value {
    if value.is_null() { Value::Null } else { json!([value]) }
}
