//! What is given, why, and by whom.

use crate::hl7::{coding, identifier, object};
use crate::xml::Element;
use serde_json::{Value, json};

const ATC: &str = "http://www.whocc.no/atc";
/// Authorisation numbers, as DK Core has them.
const AUTHORISATION: &str = "https://autregweb.sst.dk";

/// The medicine: its ATC code and the number of the drug, and words for name, strength and form.
pub fn drug(drug: Option<&Element>) -> Value {
    let Some(drug) = drug else { return Value::Null };
    let coded = |system: &str, code: Option<&str>, words: Option<&str>| code.map(|code| coding(system, code, words));
    let name = drug.text_at("Name");
    let codes =
        [coded(ATC, drug.text_at("ATC/Code"), drug.text_at("ATC/Text")), coded("", drug.text_at("Identifier"), name)];
    let substances =
        drug.at("Substances").map(|list| list.all("ActiveSubstance").filter_map(substance).collect::<Vec<_>>());
    let substances = substances.unwrap_or_default().join(", ");
    let called = name.or_else(|| drug.text_at("DetailedDrugText")).unwrap_or(&substances);
    let words = [Some(called), drug.text_at("Strength/Text"), drug.text_at("Form/Text")];
    let words: Vec<&str> = words.into_iter().flatten().filter(|words| !words.is_empty()).collect();
    object([("coding", json!(codes.into_iter().flatten().collect::<Vec<_>>())), ("text", json!(words.join(" ")))])
}

fn substance(substance: &Element) -> Option<&str> {
    substance.text_at("SubstanceText").or_else(|| substance.text_at("FreeText"))
}

/// Why: the indication's code and words.
pub fn indication(indication: Option<&Element>) -> Value {
    let Some(indication) = indication else { return Value::Null };
    let words = indication.text_at("Text");
    let code = indication.text_at("Code").map(|code| json!([coding("", code, words)]));
    let text = indication.text_at("FreeText").or(words);
    match object([("coding", json!(code)), ("text", json!(text))]) {
        Value::Object(told) if told.is_empty() => Value::Null,
        told => json!([told]),
    }
}

/// Who did something: the authorised professional by number and name, else the organisation.
pub fn by(by: Option<&Element>) -> Value {
    let Some(by) = by else { return Value::Null };
    let professional = by.at("AuthorisedHealthcareProfessional").map(|professional| {
        let number = professional.text_at("AuthorisationIdentifier");
        let number = number.map(|number| identifier(AUTHORISATION, number));
        let name = professional.text_at("Name");
        let place = by.text_at("Organisation/Name");
        let words: Vec<&str> = [name, place].into_iter().flatten().collect();
        object([("identifier", json!(number)), ("display", json!(words.join(", ")))])
    });
    professional
        .filter(|told| told.as_object().is_some_and(|told| !told.is_empty()))
        .unwrap_or_else(|| organisation(by.at("Organisation")))
}

/// An organisation by name, and by its number where that has a system.
pub fn organisation(organisation: Option<&Element>) -> Value {
    let Some(organisation) = organisation else { return Value::Null };
    let number = organisation.at("Identifier").and_then(|id| Some((id.attribute("source")?, id.text()?)));
    let number = number.and_then(|(source, number)| {
        let system = match source {
            "Yder" => "urn:oid:1.2.208.176.1.4",
            "SOR" => crate::hl7::SOR,
            "EAN-Lokationsnummer" => "urn:oid:1.3.88",
            _ => return None,
        };
        Some(identifier(system, number))
    });
    match object([("identifier", json!(number)), ("display", json!(organisation.text_at("Name")))]) {
        Value::Object(told) if told.is_empty() => Value::Null,
        told => told,
    }
}
