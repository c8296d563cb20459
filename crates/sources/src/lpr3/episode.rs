//! Episodes of care (forløbselementer) with their referral and markers.

use super::document::{Document, code, extensions, is_ended, own_id, own_identifier, parts, period, time, to, unit};
use crate::hl7::{concept, object};
use crate::xml::Element;
use serde_json::{Value, json};

/// The OID of the link between episodes.
const LINK: &str = "urn:oid:1.2.208.176.7.1.10.83";

/// The episode, then what belongs to it.
pub fn episode(document: &Document<'_>, element: &Element) -> Vec<Value> {
    let Some(id) = own_id(element) else {
        // Validation tells of an episode without an id.
        return vec![
            json!({ "resourceType": "EpisodeOfCare", "meta": document.meta(), "patient": document.subject() }),
        ];
    };
    let referral = parts(element, "10.51").next().map(|act| referral(document, &id, act));
    let requested = referral.as_ref().map(|_| json!([{ "reference": format!("ServiceRequest/{id}-referral") }]));
    let themes: Vec<Value> = parts(element, "10.81").map(|theme| code(theme.at("code"))).collect();
    let status = if is_ended(element) { "finished" } else { "active" };
    let mut extension: Vec<Value> = parts(element, "10.83").map(link).collect();
    extension.extend(extensions(element, &["10.105"]));
    let own = object([
        ("resourceType", json!("EpisodeOfCare")),
        ("id", json!(id)),
        ("meta", document.meta()),
        ("extension", json!(extension)),
        ("identifier", own_identifier(element)),
        ("status", json!(status)),
        ("type", json!(themes)),
        ("patient", document.subject()),
        ("managingOrganization", unit(parts(element, "10.49").next())),
        ("period", period(element.at("effectiveTime"))),
        ("referralRequest", json!(requested)),
    ]);
    let markers = parts(element, "10.82");
    let markers = (1..).zip(markers).map(|(n, part)| marker(document, (&id, n), part));
    [own].into_iter().chain(referral).chain(markers).collect()
}

fn referral(document: &Document<'_>, id: &str, act: &Element) -> Value {
    let from = parts(act, "10.52").chain(parts(act, "10.49")).next();
    let causes: Vec<&Element> = parts(act, "10.55").collect();
    let extension: Vec<Value> = causes.iter().flat_map(|cause| extensions(cause, &["10.5"])).collect();
    let manner: Vec<Value> = parts(act, "10.53").chain(parts(act, "10.54")).map(|act| code(act.at("code"))).collect();
    object([
        ("resourceType", json!("ServiceRequest")),
        ("id", json!(format!("{id}-referral"))),
        ("meta", document.meta()),
        ("extension", json!(extension)),
        ("status", json!("active")),
        ("intent", json!("order")),
        ("category", json!(manner)),
        ("subject", document.subject()),
        ("authoredOn", time(act.at("effectiveTime"))),
        ("requester", unit(from)),
        ("reasonCode", json!(causes.iter().map(|cause| code(cause.at("code"))).collect::<Vec<_>>())),
    ])
}

/// What was decided or happened in the episode.
fn marker(document: &Document<'_>, (episode, n): (&str, usize), part: &Element) -> Value {
    object([
        ("resourceType", json!("Observation")),
        ("id", json!(own_id(part).unwrap_or_else(|| format!("{episode}-{n}")))),
        ("meta", document.meta()),
        ("identifier", own_identifier(part)),
        ("status", json!("final")),
        ("category", json!([concept("http://terminology.hl7.org/CodeSystem/observation-category", "procedure", None)])),
        ("code", code(part.at("code"))),
        ("subject", document.subject()),
        ("focus", json!([{ "reference": format!("EpisodeOfCare/{episode}") }])),
        ("effectiveDateTime", time(part.at("effectiveTime"))),
    ])
}

fn link(act: &Element) -> Value {
    let target = parts(act, "10.128").next().map_or(Value::Null, |target| to("EpisodeOfCare", target));
    let inner = [("code", "valueCodeableConcept", code(act.at("code"))), ("episode", "valueReference", target)];
    let inner: Vec<Value> = inner
        .into_iter()
        .filter(|(.., value)| !value.is_null())
        .map(|(name, kind, value)| json!({ "url": name, kind: value }))
        .collect();
    object([("url", json!(LINK)), ("extension", json!(inner))])
}
