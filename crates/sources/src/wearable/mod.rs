//! Wearables and home measurements: data points of Open mHealth, donated by the citizen.
//!
//! Schemas: `openmhealth/schemas` (Apache-2.0). LOINC codes are those of the measures; where LOINC has none, or none is sure,
//! the schema's own name stands alone.

mod measure;
mod when;

use crate::descriptor::{Descriptor, Mapped, NotThis};
use crate::hl7::{self, identifier, object};
use indgang_fhir::json::{Json, Kind, Node, Tape};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// The source.
pub const DESCRIPTOR: Descriptor = Descriptor {
    name: "wearable",
    title: "Wearables (Open mHealth)",
    about: &[
        "Data points of Open mHealth (`header` and `body`, namespaces `omh` and `granola`), JSON: one, an array of them, or one a line; compressed or not.",
        "They are hers who donates them: `--person PERSON` names her by her id in the house, and the `user_id` of the file is remembered as hers within the source; a file with several users is refused with `--person`, and without it each `user_id` must be known.",
        "All are of the kind wearable at the gate, also what a clinic would call a vital sign or a laboratory value.",
        "Codes are LOINC's where one is sure, and always the schema's name (`https://w3id.org/openmhealth/schemas/omh`); units are UCUM's where Open mHealth's unit has one.",
    ],
    kept: &[
        (
            "header: id, user_id, schema_id, creation_date_time, acquisition_provenance",
            "Observation: id and identifier, subject, code, issued, device (source_name), method (modality)",
        ),
        (
            "effective_time_frame: moment, interval, start or end with a duration, day with a part of it",
            "effectiveDateTime or effectivePeriod; a part of a day says its day",
        ),
        ("a value with a unit, or a number", "valueQuantity; of a body with several measures each is a component"),
        (
            "other words, truths and numbers of the body (position, place, relation to meals, sleep or activity)",
            "components with the member's name",
        ),
        (
            "descriptive_statistic and its denominator",
            "the code: the schema's name under the statistic (`…/omh#minimum`) and without LOINC's, so that it is never drawn among what was measured; its words: `heart rate (minimum)`",
        ),
        ("user_notes", "note"),
    ],
    left_out: &[
        (
            "schemas of medication, of raw acceleration, orientation and magnetic force, and of geoposition",
            "medicine comes from FMK; raw signals and places are not modelled: told in quarantine",
        ),
        ("ranges and lists within a body", "not modelled: the data point waits in quarantine"),
        ("external datasheets and schema versions of the header", "they tell of the device's documents"),
    ],
};

/// The schema's own names as a system.
const OMH: &str = "https://w3id.org/openmhealth/schemas/omh";

/// The resources of a file.
pub fn map(bytes: &[u8]) -> Result<Vec<Mapped>, NotThis> {
    let text = std::str::from_utf8(bytes).map_err(|_| NotThis("not UTF-8: convert the file".to_owned()))?;
    let mut tape = Tape::new();
    let mut mapped = Vec::new();
    // One value, over as many lines as it likes; else each line is one.
    match tape.read(text) {
        Ok(json) => points(json, text, 1, &mut mapped),
        Err(error) => {
            let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
            if tape.read(first).is_err() {
                return Err(NotThis(error.to_string()));
            }
            for (line, text) in (1..).zip(text.lines()).filter(|(_, text)| !text.trim().is_empty()) {
                match tape.read(text) {
                    Ok(json) => points(json, text, line, &mut mapped),
                    Err(error) => mapped.push(Mapped { line, resource: Err(format!("{error}; mend the line")) }),
                }
            }
        }
    }
    Ok(mapped)
}

/// The data points of a value: itself, or each of a list.
fn points(json: Json<'_>, text: &str, line: u64, mapped: &mut Vec<Mapped>) {
    let mut one = |node: Node| {
        let line = line + text[..json.offset(node)].bytes().filter(|byte| *byte == b'\n').count() as u64;
        let point = serde_json::from_str(json.raw(node)).map_err(|error| format!("{error}; mend it"));
        mapped.push(Mapped { line, resource: point.and_then(|point: Value| observation(&point)) });
    };
    match json.kind(Json::ROOT) {
        Kind::Array => json.children(Json::ROOT).for_each(&mut one),
        _ => one(Json::ROOT),
    }
}

fn observation(point: &Value) -> Result<Value, String> {
    let (header, body) = (&point["header"], &point["body"]);
    let name = header["schema_id"]["name"].as_str();
    let name = name.ok_or("not a data point of Open mHealth: it needs `header.schema_id.name` and `body`")?;
    let Some(body) = body.as_object().filter(|body| !body.is_empty()) else {
        return Err("the data point has an empty `body`".to_owned());
    };
    let Some(schema) = measure::schema(name) else {
        return Err("its schema is not read here; see docs/reference/sources.md for those that are".to_owned());
    };
    let statistic = ["descriptive_statistic", "descriptive_statistic_denominator"]
        .map(|name| body.get(name).and_then(Value::as_str));
    let names = measure::Names { statistic: statistic[0], of: statistic[1] };
    let measured = measure::measured(schema, body, &names)?;
    let code = names.code(name, schema.loinc);
    let user = header["user_id"].as_str().unwrap_or("wearer");
    let provenance = &header["acquisition_provenance"];
    let digest =
        || Sha256::digest(point.to_string())[..16].iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let id = header["id"].as_str();
    let mut observation = object([
        ("resourceType", json!("Observation")),
        ("id", json!(id.map_or_else(digest, hl7::id))),
        ("identifier", id.map_or(Value::Null, |id| json!([identifier("https://w3id.org/openmhealth/data-point", id)]))),
        ("status", json!("final")),
        ("category", json!([category("activity")])),
        ("code", code),
        ("subject", json!({ "reference": format!("Patient/{}", hl7::id(user)) })),
        ("issued", json!(header["creation_date_time"].as_str().filter(|at| at.contains('T')))),
        ("device", object([("display", provenance["source_name"].clone())])),
        ("method", object([("text", provenance["modality"].clone())])),
        ("note", body.get("user_notes").map_or(Value::Null, |text| json!([{ "text": text }]))),
    ]);
    for (name, value) in
        when::effective(&body.get("effective_time_frame").cloned().unwrap_or_default()).into_iter().chain(measured)
    {
        observation[name] = value;
    }
    Ok(observation)
}

fn category(code: &str) -> Value {
    hl7::concept("http://terminology.hl7.org/CodeSystem/observation-category", code, None)
}

#[cfg(test)]
mod tests;
