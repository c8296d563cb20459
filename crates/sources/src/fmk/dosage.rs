//! How a medicine is to be taken.

use crate::hl7::{coding, object};
use crate::xml::Element;
use serde_json::{Number, Value, json};

/// Structures by day, in the order of the card: at fixed times, and as needed.
const STRUCTURES: [(&str, bool); 2] = [("StructuresFixed", false), ("StructuresAccordingToNeed", true)];

/// Each part of the dosage of a treatment.
pub fn dosages(element: &Element) -> Vec<Value> {
    let route = route(element.at("RouteOfAdministration"));
    let Some(dosage) = element.at("Dosage") else {
        return if route.is_null() { Vec::new() } else { vec![object([("route", route)])] };
    };
    let units = [dosage.text_at("UnitTexts/Plural"), dosage.text_at("UnitText")];
    let unit = units.into_iter().flatten().next();
    let mut all = Vec::new();
    for (name, as_needed) in STRUCTURES {
        let structures = dosage.all(name).flat_map(|structures| structures.all("Structure"));
        all.extend(structures.map(|structure| structured(structure, as_needed, unit, &route)));
    }
    for name in ["FreeText", "AdministrationAccordingToSchemaInLocalSystem"] {
        for free in dosage.all(name) {
            let local = (name != "FreeText").then_some("efter skema i lokalt system");
            let text = free.text_at("Text").or(local);
            all.push(object([
                ("text", json!(text)),
                ("timing", timing([("boundsPeriod", bounds(free))])),
                ("route", route.clone()),
            ]));
        }
    }
    (1..).zip(&mut all).for_each(|(n, dosage): (u32, _)| dosage["sequence"] = json!(n));
    all
}

fn route(route: Option<&Element>) -> Value {
    let Some(route) = route else { return Value::Null };
    let words = route.text_at("Text");
    let code = route.text_at("Code").map(|code| json!([coding("", code, words)]));
    object([("coding", json!(code)), ("text", json!(words))])
}

fn bounds(element: &Element) -> Value {
    object([("start", json!(element.text_at("StartDate"))), ("end", json!(element.text_at("EndDate")))])
}

fn timing<const N: usize>(repeat: [(&str, Value); N]) -> Value {
    object([("repeat", object(repeat))])
}

fn structured(structure: &Element, as_needed: bool, unit: Option<&str>, route: &Value) -> Value {
    let words = structure.at("DosageTranslation");
    let words = words.and_then(|words| words.text_at("ShortText").or_else(|| words.text_at("LongText")));
    let days: Vec<&Element> = structure.all("Day").collect();
    let interval = structure.text_at("IterationInterval").and_then(number);
    // One kind of day that comes again says when; days that differ are told in words only.
    let day = match days.as_slice() {
        [day] => regular(day, interval.as_ref()),
        _ => None,
    };
    let (repeat, dose) = match day {
        Some(Regular { when, frequency, dose }) => {
            let every = interval.filter(|every| every.as_u64() != Some(0));
            let frequency = if every.is_some() { frequency } else { Value::Null };
            let unit = every.as_ref().map(|_| "d");
            let repeat = timing([
                ("boundsPeriod", bounds(structure)),
                ("frequency", frequency),
                ("period", json!(every)),
                ("periodUnit", json!(unit)),
                ("when", when),
            ]);
            (repeat, dose)
        }
        None => (timing([("boundsPeriod", bounds(structure))]), None),
    };
    let quantity =
        dose.map(|dose| json!([{ "doseQuantity": object([("value", json!(dose)), ("unit", json!(unit))]) }]));
    let as_needed = if as_needed { json!(true) } else { Value::Null };
    object([
        ("text", json!(words)),
        ("patientInstruction", json!(structure.text_at("SupplementaryText"))),
        ("timing", repeat),
        ("asNeededBoolean", as_needed),
        ("route", route.clone()),
        ("doseAndRate", json!(quantity)),
    ])
}

struct Regular {
    when: Value,
    frequency: Value,
    dose: Option<Number>,
}

/// What is taken each day: doses that are alike, each at a time of the day or none at one.
fn regular(day: &Element, interval: Option<&Number>) -> Option<Regular> {
    let doses: Vec<&Element> = day.all("Dose").collect();
    let first = doses.first()?.text_at("Quantity");
    if doses.iter().any(|dose| dose.text_at("Quantity") != first)
        || (interval.is_none() && day.text_at("Number").is_none())
    {
        return None;
    }
    let times: Vec<Option<&str>> = doses.iter().map(|dose| dose.text_at("Time").map(time)).collect();
    let when: Vec<&str> = times.iter().copied().flatten().collect();
    let (when, frequency) = match when.len() {
        0 => (Value::Null, json!(doses.len())),
        n if n == doses.len() && !when.contains(&"") => (json!(when), Value::Null),
        _ => return None,
    };
    Some(Regular { when, frequency, dose: first.and_then(number) })
}

/// The code of FHIR's event timing; empty for a word that is none.
fn time(word: &str) -> &'static str {
    match word {
        "morning" => "MORN",
        "noon" => "NOON",
        "evening" => "EVE",
        "night" => "NIGHT",
        _ => "",
    }
}

fn number(text: &str) -> Option<Number> {
    serde_json::from_str(text).ok()
}
