//! Whose a resource is: its patient by reference or number, and the numbers and names of a Patient.

use super::{each, text};
use crate::json::{Json, Node};
use indgang_model::{PersonalNumber, Sensitive};

/// Systems of DK Core for numbers of persons; a region's is longer than the last.
const CPR: &str = "urn:oid:1.2.208.176.1.2";
const X_ECPR: &str = "urn:oid:1.2.208.176.1.6.1.1";
const D_ECPR: &str = "urn:oid:1.2.208.176.1.6.1.3.";

/// A number of a person with the system that gave it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Number {
    /// The system, as DK Core writes it.
    pub system: String,
    /// The number.
    pub value: PersonalNumber,
}

/// What leads to a patient.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pointer {
    /// A reference as written: `Patient/1`, `urn:uuid:…` or an address.
    Reference(String),
    /// A number of hers.
    Number(Number),
}

/// Members that name the patient, as the Patient compartment has them.
pub(crate) const SUBJECTS: [&str; 6] = ["subject", "patient", "beneficiary", "for", "individual", "target"];

/// What leads to the patient of a resource, in the order to be tried; none where it names none.
#[must_use]
pub fn pointers(json: Json<'_>, node: Node) -> Vec<Pointer> {
    let named = SUBJECTS.iter().find(|name| json.member(node, name).is_some());
    let mut all = Vec::new();
    for reference in named.into_iter().flat_map(|name| each(json, node, name)) {
        let target = text(json, reference, "reference");
        match target.strip_prefix('#') {
            Some(id) => all.extend(contained(json, node, id)),
            None => all.extend(by_reference(&target)),
        }
        let identifier = json.member(reference, "identifier");
        all.extend(identifier.and_then(|node| number(json, node)).map(Pointer::Number));
    }
    all
}

fn by_reference(target: &str) -> Option<Pointer> {
    if target.is_empty() {
        return None;
    }
    // A search in place of a reference: `Patient?identifier=system|value`.
    match target.strip_prefix("Patient?identifier=") {
        Some(token) => {
            let (system, value) = token.split_once('|')?;
            Some(Pointer::Number(Number::of(system, value)?))
        }
        None => Some(Pointer::Reference(target.to_owned())),
    }
}

fn contained(json: Json<'_>, node: Node, id: &str) -> Vec<Pointer> {
    let inside = each(json, node, "contained")
        .find(|inner| text(json, *inner, "id") == id && text(json, *inner, "resourceType") == "Patient");
    inside.map(|patient| patient_numbers(json, patient)).unwrap_or_default().into_iter().map(Pointer::Number).collect()
}

/// The numbers of a Patient that tell who she is, the CPR number first. Identifiers of other systems are passed over.
#[must_use]
pub fn patient_numbers(json: Json<'_>, patient: Node) -> Vec<Number> {
    let mut numbers: Vec<Number> = each(json, patient, "identifier").filter_map(|node| number(json, node)).collect();
    numbers.sort_by_key(|number| number.system != CPR);
    numbers
}

fn number(json: Json<'_>, identifier: Node) -> Option<Number> {
    Number::of(&text(json, identifier, "system"), &text(json, identifier, "value"))
}

impl Number {
    /// A number of a system; `None` where it is none that the system gives.
    #[must_use]
    pub fn of(system: &str, value: &str) -> Option<Self> {
        let value: PersonalNumber = value.parse().ok()?;
        let fits = match &value {
            PersonalNumber::Cpr(_) | PersonalNumber::Raised(_) => system == CPR,
            PersonalNumber::XEcpr(_) => system == X_ECPR,
            PersonalNumber::DEcpr(_) => system.starts_with(D_ECPR),
        };
        fits.then(|| Self { system: system.to_owned(), value })
    }
}

/// The name of a Patient on one line: the official one, else the first; empty where there is none.
#[must_use]
pub fn patient_name(json: Json<'_>, patient: Node) -> Sensitive<String> {
    let names: Vec<Node> = each(json, patient, "name").collect();
    let official = names.iter().find(|name| text(json, **name, "use") == "official").or(names.first());
    let line = official.map(|name| {
        let whole = text(json, *name, "text");
        if !whole.is_empty() {
            return whole.into_owned();
        }
        let given = each(json, *name, "given").filter_map(|node| json.string(node));
        let family = json.member_string(*name, "family");
        given.chain(family).collect::<Vec<_>>().join(" ")
    });
    Sensitive::new(line.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::Tape;

    fn found(text: &str) -> Vec<String> {
        let mut tape = Tape::new();
        let shown = |pointer| match pointer {
            Pointer::Reference(reference) => reference,
            Pointer::Number(number) => format!("{} {}", number.system, number.value.expose()),
        };
        pointers(tape.read(text).unwrap(), Json::ROOT).into_iter().map(shown).collect()
    }

    #[test]
    fn every_way_to_the_patient() {
        let by_number = "urn:oid:1.2.208.176.1.2 0201609995";
        for (text, expected) in [
            (r#"{"subject":{"reference":"Patient/1"}}"#, vec!["Patient/1"]),
            (
                r#"{"patient":{"reference":"urn:uuid:x","identifier":{"system":"urn:oid:1.2.208.176.1.2","value":"0201609995"}}}"#,
                vec!["urn:uuid:x", by_number],
            ),
            (r#"{"subject":{"reference":"Patient?identifier=urn:oid:1.2.208.176.1.2|0201609995"}}"#, vec![by_number]),
            (
                r##"{"subject":{"reference":"#p"},"contained":[{"resourceType":"Patient","id":"p","identifier":[{"system":"urn:oid:1.2.208.176.1.2","value":"0201609995"}]}]}"##,
                vec![by_number],
            ),
            (r#"{"target":[{"reference":"Patient/1"},{"reference":"Encounter/2"}]}"#, vec!["Patient/1", "Encounter/2"]),
            (r#"{"code":{"text":"x"}}"#, vec![]),
            (r#"{"subject":{"display":"x"}}"#, vec![]),
        ] {
            assert_eq!(found(text), expected, "{text}");
        }
    }

    #[test]
    fn numbers_fit_their_systems() {
        let text = r#"{"identifier":[{"system":"urn:oid:1.2.208.176.1.6.1.1","value":"0201601AB1"},
            {"system":"urn:oid:1.2.208.176.1.6.1.3.177","value":"0201600AB1"},
            {"system":"urn:oid:1.2.208.176.1.2","value":"0201609995"},
            {"system":"urn:oid:1.2.208.176.1.6.1.1","value":"0201609995"},{"system":"http://hospital","value":"0201609995"}]}"#;
        let mut tape = Tape::new();
        let numbers = patient_numbers(tape.read(text).unwrap(), Json::ROOT);
        let shown: Vec<&str> = numbers.iter().map(|number| number.value.expose()).collect();
        assert_eq!(shown, ["0201609995", "0201601AB1", "0201600AB1"]);
    }

    #[test]
    fn the_official_name_goes_first() {
        let text = r#"{"name":[{"text":"kaldenavn"},{"use":"official","family":"Prøve","given":["Asta","Æ"]}]}"#;
        let mut tape = Tape::new();
        assert_eq!(patient_name(tape.read(text).unwrap(), Json::ROOT).expose(), "Asta Æ Prøve");
    }
}
