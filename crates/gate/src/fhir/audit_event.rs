//! A line of the log as a FHIR R4 AuditEvent, in the shape of IHE's Basic Audit Log Patterns (BALP): who, where, whose
//! data, for which purpose, permitted or refused. The log holds no network addresses, so `agent.network`, which BALP
//! wants of client and server, is absent, and no conformance to its profiles is declared in `meta.profile`.

use crate::{Activity, AuditEvent};
use indgang_model::{Category, Purpose, Timestamp};
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// A line with what the house shows of it beside the log.
#[derive(Debug, Clone)]
pub struct AuditLine<'a> {
    /// Place in the log.
    pub index: u64,
    /// The event.
    pub event: &'a AuditEvent,
    /// The name under which the house shows who asked; `None` where she is not named to the reader.
    pub who_name: Option<&'a str>,
}

const TERMINOLOGY: &str = "http://terminology.hl7.org/CodeSystem/";
const DICOM: &str = "http://dicom.nema.org/resources/ontology/DCM";

/// The lines as a Bundle of type `collection`.
pub fn audit_bundle<'a>(lines: impl IntoIterator<Item = AuditLine<'a>>, at: Timestamp) -> Value {
    let entry = |line: AuditLine<'_>| {
        let resource = audit_event(&line);
        json!({ "fullUrl": format!("urn:indgang:log:{}", line.index), "resource": resource })
    };
    let entries: Vec<Value> = lines.into_iter().map(entry).collect();
    let mut bundle = json!({ "resourceType": "Bundle", "type": "collection", "timestamp": at.to_string() });
    // FHIR forbids empty lists.
    if !entries.is_empty() {
        bundle["entry"] = entries.into();
    }
    bundle
}

/// One line.
pub fn audit_event(line: &AuditLine<'_>) -> Value {
    let event = line.event;
    let (action, interaction) = interaction(event.activity);
    json!({
        "resourceType": "AuditEvent",
        "id": format!("leaf-{}", line.index),
        "type": coding("audit-event-type", "rest", "Restful Operation"),
        "subtype": [
            { "system": "http://hl7.org/fhir/restful-interaction", "code": interaction },
            { "system": "urn:indgang:activity", "code": word(&event.activity) },
        ],
        "action": action,
        "recorded": event.at.to_string(),
        "outcome": if event.permitted { "0" } else { "8" },
        "outcomeDesc": outcome(event),
        "purposeOfEvent": purposes(event),
        "agent": agents(line),
        "source": { "observer": { "display": "Indgang" }, "type": [coding("security-source-type", "6", "Security Server")] },
        "entity": entities(line),
    })
}

fn outcome(event: &AuditEvent) -> String {
    let outcome = if event.permitted { "permitted" } else { "refused" };
    format!("{outcome} by {}: {}", event.rule, event.paragraph)
}

/// The action and the RESTful interaction that come nearest.
const fn interaction(activity: Activity) -> (&'static str, &'static str) {
    match activity {
        Activity::OpenCase
        | Activity::ReadResult
        | Activity::ReadLog
        | Activity::ReadWishes
        | Activity::ReadRecord
        | Activity::ReadChoices => ("R", "read"),
        Activity::ListCases | Activity::LookUp => ("R", "search-type"),
        Activity::Ingest | Activity::Donate | Activity::AskPatient | Activity::EnterRepresentation => ("C", "create"),
        Activity::Conclude
        | Activity::SignReport
        | Activity::SetWishes
        | Activity::SetChoices
        | Activity::SetTreatmentChoices
        | Activity::FollowUp => ("U", "update"),
        Activity::Query => ("E", "search-type"),
        _ => ("E", "operation"),
    }
}

/// The purpose in HL7's words (v3 ActReason); a broken glass is one more.
fn purposes(event: &AuditEvent) -> Vec<Value> {
    let (code, display) = match event.purpose {
        Purpose::Treatment => ("TREAT", "treatment"),
        Purpose::QualityAndPlanning => ("HQUALIMP", "health quality improvement"),
        Purpose::OversightAndAdministration => ("HOPERAT", "healthcare operations"),
        Purpose::ResearchAndStatistics => ("HRESCH", "healthcare research"),
        Purpose::OwnAccess => ("PATRQT", "patient requested"),
    };
    let mut all = vec![json!({ "coding": [coding("v3-ActReason", code, display)] })];
    if let Some(broken) = &event.breaking_glass {
        all.push(json!({ "coding": [coding("v3-ActReason", "BTG", "break the glass")], "text": broken.reason }));
    }
    all
}

fn agents(line: &AuditLine<'_>) -> Vec<Value> {
    let event = line.event;
    let kind = |system: &str, code: &str, display: &str| json!({ "coding": [{ "system": system, "code": code, "display": display }] });
    let participation = format!("{TERMINOLOGY}v3-ParticipationType");
    let mut who = json!({ "identifier": { "system": "urn:indgang:user", "value": event.who.0 } });
    if let Some(name) = line.who_name {
        who["display"] = name.into();
    }
    let mut user = json!({
        "type": kind(&participation, "IRCP", "information recipient"),
        "role": [{ "coding": [{ "system": "urn:indgang:role", "code": word(&event.role) }] }],
        "who": who,
        "requestor": true,
        "policy": [format!("urn:indgang:rule:{}", event.rule)],
    });
    if let Some(permit) = &event.permit {
        user["policy"] =
            json!([format!("urn:indgang:rule:{}", event.rule), format!("urn:indgang:permit:{}", permit.0)]);
    }
    let system = |code, display, name: &str| json!({ "type": kind(DICOM, code, display), "who": { "display": name }, "requestor": false });
    let mut all = vec![user, system("110152", "Destination Role ID", "Indgang")];
    let through = event.asked_by.as_deref().unwrap_or("Indgang");
    all.push(system("110153", "Source Role ID", through));
    if !event.organisation.is_empty() {
        let provider = kind(&format!("{TERMINOLOGY}v3-RoleClass"), "PROV", "healthcare provider");
        all.push(json!({ "type": provider, "who": { "display": event.organisation }, "requestor": false }));
    }
    if let Some(responsible) = &event.on_responsibility_of {
        let identifier = json!({ "system": "urn:indgang:user", "value": responsible.0 });
        let party = kind(&participation, "RESP", "responsible party");
        all.push(json!({ "type": party, "who": { "identifier": identifier }, "requestor": false }));
    }
    all
}

fn entities(line: &AuditLine<'_>) -> Vec<Value> {
    let event = line.event;
    let identifier = |system: &str, value: &str| json!({ "identifier": { "system": system, "value": value } });
    let mut all = Vec::new();
    if let Some(person) = &event.subject {
        let mut what = identifier("urn:indgang:person", &person.0);
        what["type"] = "Patient".into();
        let (kind, role) = (coding("audit-entity-type", "1", "Person"), coding("object-role", "1", "Patient"));
        all.push(json!({ "what": what, "type": kind, "role": role }));
    }
    all.extend(data(&event.categories, None));
    all.extend(data(&event.withheld, Some("asked for and withheld")));
    if let Some(case) = &event.case {
        let (kind, role) = (coding("audit-entity-type", "2", "System Object"), coding("object-role", "20", "Job"));
        all.push(json!({ "what": identifier("urn:indgang:case", &case.0), "type": kind, "role": role }));
    }
    let transaction = json!({
        "system": "https://profiles.ihe.net/ITI/BALP/CodeSystem/BasicAuditEntityType", "code": "XrequestId",
    });
    all.push(json!({ "what": identifier("urn:indgang:log", &line.index.to_string()), "type": transaction }));
    all
}

fn data(categories: &BTreeSet<Category>, description: Option<&str>) -> Vec<Value> {
    let entity = |category: &Category| {
        let (kind, role) =
            (coding("audit-entity-type", "2", "System Object"), coding("object-role", "4", "Domain Resource"));
        let what = json!({ "identifier": { "system": "urn:indgang:category", "value": word(category) } });
        let mut entity = json!({ "what": what, "type": kind, "role": role });
        if let Some(description) = description {
            entity["description"] = description.into();
        }
        entity
    };
    categories.iter().map(entity).collect()
}

fn coding(system: &str, code: &str, display: &str) -> Value {
    json!({ "system": format!("{TERMINOLOGY}{system}"), "code": code, "display": display })
}

fn word<T: Serialize>(value: &T) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{BreakingGlassGround, BrokenGlass, UserId};
    use indgang_model::{PersonId, Role};

    fn event() -> AuditEvent {
        AuditEvent {
            version: AuditEvent::VERSION,
            at: "2026-03-01T12:00:00Z".parse().unwrap(),
            who: UserId("doctor".into()),
            role: Role::AuthorisedHealthProfessional,
            organisation: "Klinisk Genetik".into(),
            on_responsibility_of: None,
            activity: Activity::OpenCase,
            purpose: Purpose::Treatment,
            categories: [Category::Phenotype].into(),
            subject: Some(PersonId("p".into())),
            case: None,
            permitted: true,
            rule: "DK-42a-2".into(),
            paragraph: "Sundhedsloven § 42 a, stk. 2".into(),
            withheld: [Category::Genome].into(),
            breaking_glass: Some(BrokenGlass {
                ground: BreakingGlassGround::EssentialInterest,
                reason: "bevidstløs".into(),
            }),
            permit: None,
            follow_up: true,
            asked_by: None,
            delivered: Vec::new(),
        }
    }

    /// What R4 demands of an AuditEvent, and no empty value anywhere.
    fn sound(value: &Value) {
        match value {
            Value::Object(fields) => {
                assert!(!fields.is_empty());
                fields.values().for_each(sound);
            }
            Value::Array(items) => {
                assert!(!items.is_empty(), "an empty list");
                items.iter().for_each(sound);
            }
            Value::String(text) => assert!(!text.trim().is_empty(), "an empty text"),
            Value::Null => panic!("a null"),
            _ => {}
        }
    }

    #[test]
    fn a_line_has_what_r4_and_balp_ask_for() {
        let event = event();
        let resource = audit_event(&AuditLine { index: 12, event: &event, who_name: Some("Lis Læge") });
        sound(&resource);
        for required in ["type", "recorded", "agent", "source"] {
            assert!(resource.get(required).is_some(), "{required}");
        }
        let agents = resource["agent"].as_array().unwrap();
        assert_eq!(agents.iter().filter(|agent| agent["requestor"] == true).count(), 1);
        assert_eq!(resource["purposeOfEvent"][1]["coding"][0]["code"], "BTG");
        assert_eq!(resource["purposeOfEvent"][1]["text"], "bevidstløs");
        let entities = resource["entity"].as_array().unwrap();
        assert_eq!(entities.iter().filter(|entity| entity["role"]["code"] == "1").count(), 1);
        assert_eq!(entities.iter().filter(|entity| entity["description"] == "asked for and withheld").count(), 1);
    }

    #[test]
    fn a_refusal_is_a_failure_and_a_bundle_holds_each_line() {
        let refused = AuditEvent { permitted: false, subject: None, organisation: String::new(), ..event() };
        let resource = audit_event(&AuditLine { index: 1, event: &refused, who_name: None });
        assert_eq!(resource["outcome"], "8");
        sound(&resource);
        let lines = [0, 1].map(|index| AuditLine { index, event: &refused, who_name: None });
        let bundle = audit_bundle(lines, refused.at);
        sound(&bundle);
        assert_eq!(bundle["entry"].as_array().unwrap().len(), 2);
        sound(&audit_bundle([], refused.at));
    }
}
