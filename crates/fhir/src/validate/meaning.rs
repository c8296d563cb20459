//! What a value means beyond its form: codes, units, references within the resource, Danish numbers.

use super::Check;
use crate::json::{Kind, Node};
use crate::model::{TypeId, r4};
use crate::value::ucum::Unit;
use indgang_model::{Cpr, PersonalNumber};

const UCUM: &str = "http://unitsofmeasure.org";
/// Systems of DK Core's identifiers.
const CPR: &str = "urn:oid:1.2.208.176.1.2";
const X_ECPR: &str = "urn:oid:1.2.208.176.1.6.1.1";
const SOR: &str = "urn:oid:1.2.208.176.1.1";

impl Check<'_> {
    pub(super) fn meaning(&mut self, node: Node, of: TypeId) {
        let json = self.json;
        match r4().get(of).name {
            "Coding" if json.member(node, "code").is_some() && json.member(node, "system").is_none() => {
                self.warn("code-invalid", "a code without its system means nothing to others: add `system`");
            }
            "Quantity" | "Age" | "Duration" | "Distance" | "Count" => {
                let ucum = json.member_string(node, "system").is_some_and(|s| s == UCUM);
                let code = json.member_string(node, "code");
                if ucum && code.is_some_and(|c| Unit::parse(&c).is_none()) {
                    self.warn("code-invalid", "the code is no unit of UCUM that is known");
                }
            }
            "Identifier" => self.identifier(node),
            _ => {}
        }
    }

    fn identifier(&mut self, node: Node) {
        let (Some(system), Some(value)) =
            (self.json.member_string(node, "system"), self.json.member_string(node, "value"))
        else {
            return;
        };
        let (fits, wanted) = match system.as_ref() {
            CPR => (
                value.len() == 10 && value.parse::<Cpr>().is_ok(),
                "no CPR number: ten digits that begin with a date (ddmmyy)",
            ),
            X_ECPR => (
                matches!(value.parse(), Ok(PersonalNumber::XEcpr(_))),
                "no X-eCPR: a date (ddmmyy), 1 or 7, two letters and a digit",
            ),
            SOR => (
                value.len() >= 11 && value.bytes().all(|b| b.is_ascii_digit()),
                "no SOR identifier: at least 11 digits",
            ),
            _ => return,
        };
        if !fits {
            self.below("value", None, |check| check.error("value", wanted));
        }
    }

    /// References to contained resources: each points at one that is there, and none leads back to itself.
    pub(super) fn contained(&mut self, node: Node) {
        let json = self.json;
        let inside: Vec<(String, Node)> = json
            .member(node, "contained")
            .into_iter()
            .flat_map(|list| json.children(list))
            .filter_map(|n| Some((json.member_string(n, "id")?.into_owned(), n)))
            .collect();
        let mut edges: Vec<Vec<usize>> = Vec::new();
        for (index, (id, inner)) in inside.iter().enumerate() {
            if inside[..index].iter().any(|(other, _)| other == id) {
                self.below("contained", Some(index), |check| {
                    check.error("invariant", "another contained resource has the same id")
                });
            }
            let mut targets = Vec::new();
            self.local_references(*inner, &mut targets);
            edges.push(targets.iter().filter_map(|t| inside.iter().position(|(id, _)| id == t)).collect());
        }
        let mut targets = Vec::new();
        self.local_references(node, &mut targets);
        if targets.iter().any(|t| !t.is_empty() && !inside.iter().any(|(id, _)| id == t)) {
            self.error("not-found", "a reference `#…` points at no contained resource");
        }
        if leads_back(&edges) {
            self.below("contained", None, |check| {
                check.warn("invariant", "contained resources refer to each other in a circle")
            });
        }
    }

    fn local_references(&self, node: Node, out: &mut Vec<String>) {
        let json = self.json;
        for child in json.children(node) {
            match json.kind(child) {
                Kind::Array | Kind::Object => self.local_references(child, out),
                Kind::String if json.key(child) == "reference" => {
                    let target = json.string(child).and_then(|t| t.strip_prefix('#').map(str::to_owned));
                    out.extend(target);
                }
                _ => {}
            }
        }
    }
}

/// Whether a walk along the edges comes back to where it was: nodes without edges are taken away until none is left.
fn leads_back(edges: &[Vec<usize>]) -> bool {
    let mut left: Vec<bool> = vec![true; edges.len()];
    loop {
        let free = (0..edges.len()).find(|n| left[*n] && edges[*n].iter().all(|to| !left[*to]));
        match free {
            Some(node) => left[node] = false,
            None => return left.contains(&true),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::json::{Json, Tape};
    use crate::validate::{Severity, has_errors, operation_outcome, resource};

    fn issues(text: &str) -> Vec<String> {
        let mut tape = Tape::new();
        let found = resource(tape.read(text).unwrap(), Json::ROOT);
        let mark = |s| if s == Severity::Error { "E" } else { "W" };
        found.iter().map(|i| format!("{} {} {}", mark(i.severity), i.code, i.expression)).collect()
    }

    #[test]
    fn each_fault_has_its_place() {
        for (text, expected) in [
            (r#"{"resourceType":"Patient","id":"a","birthDate":"1974-12"}"#, vec![]),
            (r#"{"resourceType":"Patiens"}"#, vec!["E structure "]),
            (r#"{"id":"a"}"#, vec!["E structure "]),
            (r#"{"resourceType":"Patient","nam":[]}"#, vec!["E structure Patient.nam"]),
            (r#"{"resourceType":"Patient","name":{"family":"a"}}"#, vec!["E structure Patient.name"]),
            (
                r#"{"resourceType":"Patient","name":[{"given":["a",null]}]}"#,
                vec!["E structure Patient.name[0].given[1]"],
            ),
            (r#"{"resourceType":"Patient","name":[{"given":["a",null],"_given":[null,{"id":"x"}]}]}"#, vec![]),
            (r#"{"resourceType":"Patient","birthDate":"1974-13"}"#, vec!["E value Patient.birthDate"]),
            (r#"{"resourceType":"Patient","active":"true"}"#, vec!["E value Patient.active"]),
            (
                r#"{"resourceType":"Patient","deceasedBoolean":true,"deceasedDateTime":"2020"}"#,
                vec!["E structure Patient.deceased"],
            ),
            (
                r#"{"resourceType":"Observation","code":{"coding":[{"code":"x"}]}}"#,
                vec!["W code-invalid Observation.code.coding[0]", "E required Observation.status"],
            ),
            (
                r#"{"resourceType":"Observation","status":"final","code":{"text":"t"},"valueQuantity":{"value":1,"system":"http://unitsofmeasure.org","code":"furlong"}}"#,
                vec!["W code-invalid Observation.value"],
            ),
            (
                r#"{"resourceType":"Patient","identifier":[{"system":"urn:oid:1.2.208.176.1.2","value":"3213139995"}]}"#,
                vec!["E value Patient.identifier[0].value"],
            ),
            (
                r#"{"resourceType":"Patient","identifier":[{"system":"urn:oid:1.2.208.176.1.2","value":"0108589995"}]}"#,
                vec![],
            ),
            (
                r#"{"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Patient","contained":[{"resourceType":"Patient","id":"x","id":"y"}]}}]}"#,
                vec!["E structure Bundle.entry[0].resource.contained[0].id"],
            ),
            (r##"{"resourceType":"Patient","generalPractitioner":[{"reference":"#x"}]}"##, vec!["E not-found Patient"]),
            (
                r#"{"resourceType":"Patient","contained":[{"resourceType":"Patient","id":"x","contained":[{"resourceType":"Patient"}]}]}"#,
                vec!["E invariant Patient.contained[0]"],
            ),
            (
                r##"{"resourceType":"Patient","contained":[{"resourceType":"Organization","id":"a","partOf":{"reference":"#b"}},{"resourceType":"Organization","id":"b","partOf":{"reference":"#a"}}]}"##,
                vec!["W invariant Patient.contained"],
            ),
        ] {
            assert_eq!(issues(text), expected, "{text}");
        }
    }

    #[test]
    fn no_value_is_told() {
        let text = r#"{"resourceType":"Patient","birthDate":"CANARY","Canary Hansen":1,"active":"CANARY","identifier":[{"system":"urn:oid:1.2.208.176.1.2","value":"CANARY"}]}"#;
        let mut tape = Tape::new();
        let found = resource(tape.read(text).unwrap(), Json::ROOT);
        assert!(has_errors(&found) && found.len() == 4, "{found:?}");
        assert!(!operation_outcome(&found).to_lowercase().contains("canary"));
        assert!(serde_json::from_str::<serde_json::Value>(&operation_outcome(&found)).is_ok());
    }
}
