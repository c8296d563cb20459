//! FHIR R4 `Consent` (<https://hl7.org/fhir/R4/consent.html>): consents, blocks and refusals.
//!
//! A consent is a provision of type `permit`, a block or refusal one of type `deny`. What FHIR's code systems have no
//! word for is said in ours: the kind of choice in `category`, the text of a consent in `policyRule`, kinds of data in
//! `provision.class`. Wishes and powers of attorney are not consents in FHIR's sense and are not written.

use crate::UserId;
use crate::choices::{BlockTarget, Recipient};
use crate::ledger::{ConsentKind, Draft, Held, Refusal, Standing, Statement, TemplateVersion};
use indgang_model::{Category, PersonId, PlaceId, Timestamp};
use serde_json::{Value, json};

/// Our code system for kinds of choices: `block`, `refusal`, `examination`, `look_up`, `quality`, `disclosure`.
const CHOICE: &str = "urn:indgang:choice";
/// Our code system for kinds of data, and for what is refused.
const DATA: &str = "urn:indgang:category";
/// Our code system for the texts that consents are given on: `id|version`.
const TEMPLATE: &str = "urn:indgang:consent-text";
/// Identifiers of professionals, places and persons in the house.
const USER: &str = "urn:indgang:user";
const PLACE: &str = "urn:indgang:place";
const PERSON: &str = "urn:indgang:person";
const SCOPE: &str = "http://terminology.hl7.org/CodeSystem/consentscope";
const REASON: &str = "http://terminology.hl7.org/CodeSystem/v3-ActReason";
const PARTICIPATION: &str = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType";
/// LOINC's code for a privacy policy acknowledgment document, which FHIR's example binding of `category` has.
const PRIVACY_POLICY: &str = "57016-8";

/// Why a resource cannot be taken in. The message names the element, and no value of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParseConsentError {
    /// Not JSON.
    #[error("it is not JSON (line {line}, column {column}); choose a file that the house, or another system, wrote")]
    NotJson {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
    },
    /// Not a resource that is taken in.
    #[error("it is neither a FHIR `Consent` nor a `Bundle` of them")]
    NotConsents,
    /// An element is missing or says what the house cannot keep.
    #[error("entry {entry}: `{element}` is missing or not understood; nothing was taken in")]
    Element {
        /// Which resource, from 1.
        entry: usize,
        /// The element's path.
        element: &'static str,
    },
    /// About another person.
    #[error("entry {0}: `Consent.patient` is another person; nothing was taken in")]
    OtherPerson(usize),
}

/// A `Bundle` of type `collection` of what holds.
pub fn bundle(person: &PersonId, standing: &Standing<'_>) -> Value {
    let entries: Vec<Value> = standing
        .held()
        .filter_map(|held| resource(person, held))
        .map(|resource| json!({ "resource": resource }))
        .collect();
    json!({ "resourceType": "Bundle", "type": "collection", "timestamp": standing.at().to_string(), "entry": entries })
}

fn resource(person: &PersonId, held: &Held<'_>) -> Option<Value> {
    let entry = held.entry;
    let (choice, kind, scope) = match &entry.statement {
        Statement::Consent { kind: ConsentKind::Examination, .. } => {
            (word(&ConsentKind::Examination), "permit", "treatment")
        }
        Statement::Consent { kind, .. } => (word(kind), "permit", "patient-privacy"),
        Statement::Block(_) => ("block".to_owned(), "deny", "patient-privacy"),
        Statement::Refusal(_) => ("refusal".to_owned(), "deny", "research"),
        Statement::Wishes(_) | Statement::PowerOfAttorney(_) | Statement::Withdrawal(_) => return None,
    };
    let mut provision = json!({ "type": kind, "period": period(entry.from, held.until) });
    match &entry.statement {
        Statement::Consent { kind, recipient, .. } => {
            provision["purpose"] = json!([coding(REASON, reason(*kind))]);
            if let Some(recipient) = recipient {
                provision["actor"] = json!([actor(recipient)]);
            }
        }
        Statement::Block(target) => block(&mut provision, target),
        Statement::Refusal(refusal) => {
            provision["purpose"] = json!([coding(REASON, "HRESCH")]);
            provision["class"] = json!([coding(DATA, &word(refusal))]);
        }
        _ => {}
    }
    let rule = match &entry.statement {
        Statement::Consent { template, .. } => coding(TEMPLATE, &format!("{}|{}", template.id, template.version)),
        // FHIR's own word for a rule that is the law's default with what the person has opted out of.
        _ => coding("http://terminology.hl7.org/CodeSystem/v3-ActCode", "OPTOUT"),
    };
    Some(json!({
        "resourceType": "Consent",
        "identifier": [{ "system": "urn:indgang:choices", "value": entry.sequence.to_string() }],
        "status": "active",
        "scope": { "coding": [coding(SCOPE, scope)] },
        "category": [
            { "coding": [coding("http://loinc.org", PRIVACY_POLICY)] },
            { "coding": [coding(CHOICE, &choice)] },
        ],
        "patient": { "identifier": { "system": PERSON, "value": person.0 } },
        "dateTime": entry.recorded_at.to_string(),
        "policyRule": { "coding": [rule] },
        "provision": provision,
    }))
}

fn block(provision: &mut Value, target: &BlockTarget) {
    match target {
        BlockTarget::Professional(user) => {
            provision["actor"] = json!([actor(&Recipient::Professional(user.clone()))]);
        }
        BlockTarget::Place(place) => provision["actor"] = json!([actor(&Recipient::Place(place.clone()))]),
        BlockTarget::Category(category) => provision["class"] = json!([coding(DATA, &word(category))]),
        BlockTarget::Period { from, until } => provision["dataPeriod"] = period(*from, Some(*until)),
        BlockTarget::Everybody => {}
    }
}

/// A period. FHIR's end is inclusive; ours is the first moment after, which a reader of whole seconds may take for it.
fn period(from: Timestamp, until: Option<Timestamp>) -> Value {
    let mut period = json!({ "start": from.to_string() });
    if let Some(until) = until {
        period["end"] = until.to_string().into();
    }
    period
}

fn actor(recipient: &Recipient) -> Value {
    let (kind, system, id) = match recipient {
        Recipient::Professional(user) => ("Practitioner", USER, &user.0),
        Recipient::Place(place) => ("Organization", PLACE, &place.0),
    };
    json!({
        "role": { "coding": [coding(PARTICIPATION, "IRCP")] },
        "reference": { "type": kind, "identifier": { "system": system, "value": id } },
    })
}

const fn reason(kind: ConsentKind) -> &'static str {
    match kind {
        ConsentKind::Examination | ConsentKind::LookUp => "TREAT",
        ConsentKind::Quality => "HQUALIMP",
        ConsentKind::Disclosure => "HOPERAT",
    }
}

fn coding(system: &str, code: &str) -> Value {
    json!({ "system": system, "code": code })
}

fn word(value: &impl serde::Serialize) -> String {
    let value = serde_json::to_value(value).ok();
    value.and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

/// What a text says of a person, as drafts: all of it, or the first thing that is not understood. What is not active is
/// left out. What began before `now` begins now: it is said to this house now.
///
/// # Errors
/// [`ParseConsentError`].
pub fn read(text: &str, person: &PersonId, now: Timestamp) -> Result<Vec<Draft>, ParseConsentError> {
    let value: Value = serde_json::from_str(text)
        .map_err(|error| ParseConsentError::NotJson { line: error.line(), column: error.column() })?;
    let resources: Vec<&Value> = match value["resourceType"].as_str() {
        Some("Consent") => vec![&value],
        Some("Bundle") => value["entry"]
            .as_array()
            .map(|all| all.iter().map(|entry| &entry["resource"]).collect())
            .unwrap_or_default(),
        _ => return Err(ParseConsentError::NotConsents),
    };
    let mut drafts = Vec::new();
    for (entry, resource) in (1..).zip(resources) {
        if resource["resourceType"] != "Consent" {
            return Err(ParseConsentError::NotConsents);
        }
        if resource["status"] == "active" {
            drafts.extend(draft(entry, resource, person, now)?);
        }
    }
    Ok(drafts)
}

fn draft(
    entry: usize,
    resource: &Value,
    person: &PersonId,
    now: Timestamp,
) -> Result<Option<Draft>, ParseConsentError> {
    let wrong = |element| move || ParseConsentError::Element { entry, element };
    if identifier(&resource["patient"], PERSON).as_deref() != Some(person.0.as_str()) {
        return Err(ParseConsentError::OtherPerson(entry));
    }
    let provision = &resource["provision"];
    // A nested provision is an exception to the outer; leaving it out would widen or narrow what was meant.
    if provision.get("provision").is_some() {
        return Err(wrong("Consent.provision.provision")());
    }
    let statement = statement(entry, resource)?;
    let (from, until) = times(&provision["period"]).ok_or_else(wrong("Consent.provision.period"))?;
    let from = from.map_or(now, |from| from.max(now));
    if until.is_some_and(|until| until <= from) {
        return Ok(None);
    }
    Ok(Some(Draft { statement, from, until }))
}

fn statement(entry: usize, resource: &Value) -> Result<Statement, ParseConsentError> {
    let wrong = |element| move || ParseConsentError::Element { entry, element };
    let provision = &resource["provision"];
    let categories = resource["category"].as_array().map(Vec::as_slice).unwrap_or_default();
    let choice = categories.iter().find_map(|category| code(category, CHOICE)).ok_or_else(wrong("Consent.category"))?;
    let permits = match provision["type"].as_str() {
        Some("permit") => true,
        Some("deny") => false,
        _ => return Err(wrong("Consent.provision.type")()),
    };
    match (choice.as_str(), permits) {
        ("block", false) => target(entry, provision).map(Statement::Block),
        ("refusal", false) => {
            let word = class(provision).ok_or_else(wrong("Consent.provision.class"))?;
            let refusal: Refusal = from_word(word).ok_or_else(wrong("Consent.provision.class"))?;
            Ok(Statement::Refusal(refusal))
        }
        (kind, true) => {
            let kind: ConsentKind = from_word(kind.to_owned()).ok_or_else(wrong("Consent.category"))?;
            let rule = code(&resource["policyRule"], TEMPLATE).ok_or_else(wrong("Consent.policyRule"))?;
            let (id, version) = rule.rsplit_once('|').ok_or_else(wrong("Consent.policyRule"))?;
            let version = version.parse().map_err(|_| wrong("Consent.policyRule")())?;
            let recipient = recipient(provision).map_err(|()| wrong("Consent.provision.actor")())?;
            Ok(Statement::Consent { kind, recipient, template: TemplateVersion { id: id.to_owned(), version } })
        }
        _ => Err(wrong("Consent.provision.type")()),
    }
}

/// Exactly one thing that is blocked; none of them is everybody. Two would block only where both meet, which the house
/// cannot say.
fn target(entry: usize, provision: &Value) -> Result<BlockTarget, ParseConsentError> {
    let wrong = |element| ParseConsentError::Element { entry, element };
    let named = ["actor", "class", "dataPeriod", "code", "data", "securityLabel", "action", "purpose"];
    let named: Vec<&str> = named.into_iter().filter(|name| provision.get(*name).is_some()).collect();
    match named.as_slice() {
        [] => Ok(BlockTarget::Everybody),
        ["actor"] => match recipient(provision) {
            Ok(Some(Recipient::Professional(user))) => Ok(BlockTarget::Professional(user)),
            Ok(Some(Recipient::Place(place))) => Ok(BlockTarget::Place(place)),
            _ => Err(wrong("Consent.provision.actor")),
        },
        ["class"] => {
            let category: Option<Category> = class(provision).and_then(from_word);
            category.map(BlockTarget::Category).ok_or(wrong("Consent.provision.class"))
        }
        ["dataPeriod"] => match times(&provision["dataPeriod"]) {
            Some((Some(from), Some(until))) => Ok(BlockTarget::Period { from, until }),
            _ => Err(wrong("Consent.provision.dataPeriod")),
        },
        _ => Err(wrong("Consent.provision")),
    }
}

/// The only actor, when there is one.
fn recipient(provision: &Value) -> Result<Option<Recipient>, ()> {
    let Some(actors) = provision.get("actor") else { return Ok(None) };
    let [actor] = actors.as_array().map(Vec::as_slice).unwrap_or_default() else { return Err(()) };
    let reference = &actor["reference"];
    let user = identifier(reference, USER).map(|id| Recipient::Professional(UserId(id)));
    let place = identifier(reference, PLACE).map(|id| Recipient::Place(PlaceId(id)));
    user.or(place).map(Some).ok_or(())
}

/// The only class, in our words.
fn class(provision: &Value) -> Option<String> {
    match provision["class"].as_array().map(Vec::as_slice) {
        Some([class]) if class["system"] == DATA => class["code"].as_str().map(str::to_owned),
        _ => None,
    }
}

fn code(concept: &Value, system: &str) -> Option<String> {
    let found = concept["coding"].as_array()?.iter().find(|coding| coding["system"] == system)?;
    found["code"].as_str().map(str::to_owned)
}

fn identifier(reference: &Value, system: &str) -> Option<String> {
    let identifier = &reference["identifier"];
    let value = identifier["value"].as_str().filter(|value| !value.is_empty())?;
    (identifier["system"] == system).then(|| value.to_owned())
}

/// Start and end; `None` when one is there and is not a moment with its offset from UTC.
fn times(period: &Value) -> Option<(Option<Timestamp>, Option<Timestamp>)> {
    let time = |name: &str| match period.get(name) {
        None => Some(None),
        Some(text) => text.as_str()?.parse().ok().map(Some),
    };
    Some((time("start")?, time("end")?))
}

fn from_word<T: serde::de::DeserializeOwned>(word: String) -> Option<T> {
    serde_json::from_value(Value::String(word)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::Ledger;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn now() -> Timestamp {
        at("2026-03-01T12:00:00Z")
    }

    fn person() -> PersonId {
        PersonId("p".into())
    }

    fn everything() -> Vec<Draft> {
        let user = || UserId("doctor".into());
        let consent = |kind, id: &str, recipient| Statement::Consent {
            kind,
            recipient,
            template: TemplateVersion { id: id.into(), version: 1 },
        };
        let statements = [
            consent(ConsentKind::Examination, "prenatal-examination", None),
            consent(ConsentKind::LookUp, "look-up", Some(Recipient::Professional(user()))),
            consent(ConsentKind::LookUp, "look-up", Some(Recipient::Place(PlaceId("ward".into())))),
            Statement::Block(BlockTarget::Professional(user())),
            Statement::Block(BlockTarget::Place(PlaceId("ward".into()))),
            Statement::Block(BlockTarget::Category(Category::PatientReportedOutcome)),
            Statement::Block(BlockTarget::Period { from: at("2020-01-01T00:00:00Z"), until: now() }),
            Statement::Block(BlockTarget::Everybody),
        ];
        let refusals = Refusal::ALL.map(Statement::Refusal);
        let mut drafts: Vec<Draft> =
            statements.into_iter().chain(refusals).map(|statement| Draft::from(statement, now())).collect();
        drafts.push(Draft { until: Some(at("2027-01-01T00:00:00Z")), ..drafts[3].clone() });
        drafts
    }

    fn written(drafts: Vec<Draft>) -> Value {
        let by = UserId("p-user".into());
        let ledger = drafts
            .into_iter()
            .fold(Ledger::new(person(), vec![]).unwrap(), |ledger, draft| ledger.with(draft, &by, now()).unwrap());
        bundle(&person(), &ledger.present(now()))
    }

    #[test]
    fn what_is_written_is_read_again() {
        let text = written(everything()).to_string();
        assert_eq!(read(&text, &person(), now()), Ok(everything()));
    }

    #[test]
    fn each_resource_has_what_the_standard_demands() {
        let bundle = written(everything());
        let entries = bundle["entry"].as_array().unwrap();
        assert_eq!(entries.len(), everything().len());
        for entry in entries {
            let consent = &entry["resource"];
            // status, scope, category: 1..; ppc-1 to ppc-5: a policy or policyRule, and a patient for privacy consents.
            assert_eq!(consent["status"], "active");
            for element in ["scope", "policyRule"] {
                assert!(consent[element]["coding"][0]["code"].is_string(), "{element}");
            }
            assert!(consent["category"].as_array().is_some_and(|all| !all.is_empty()));
            assert!(consent["patient"].is_object() && consent["dateTime"].is_string());
            assert!(["permit", "deny"].contains(&consent["provision"]["type"].as_str().unwrap()));
        }
    }

    #[test]
    fn what_is_not_understood_is_refused_by_its_element() {
        let element = |element| ParseConsentError::Element { entry: 1, element };
        let block = || written(vec![everything().remove(5)])["entry"][0]["resource"].clone();
        let changed = |path: &str, value: Value| {
            let mut consent = block();
            *consent.pointer_mut(path).unwrap() = value;
            read(&consent.to_string(), &person(), now())
        };
        assert!(read(&block().to_string(), &person(), now()).is_ok());
        for (path, value, error) in [
            ("/patient/identifier/value", json!("other"), ParseConsentError::OtherPerson(1)),
            ("/provision/type", json!("maybe"), element("Consent.provision.type")),
            ("/provision/type", json!("permit"), element("Consent.category")),
            ("/provision/period/start", json!("2026"), element("Consent.provision.period")),
            ("/provision/class/0/code", json!("everything"), element("Consent.provision.class")),
            ("/category", json!([]), element("Consent.category")),
            ("/provision", json!({ "type": "deny", "actor": [] , "class": [] }), element("Consent.provision")),
            ("/provision", json!({ "type": "deny", "provision": [{}] }), element("Consent.provision.provision")),
        ] {
            assert_eq!(changed(path, value), Err(error), "{path}");
        }
        assert_eq!(changed("/status", json!("inactive")), Ok(vec![]));
        assert_eq!(changed("/provision/period", json!({ "end": "2026-01-01T00:00:00Z" })), Ok(vec![]), "it is over");
        assert_eq!(read("{", &person(), now()), Err(ParseConsentError::NotJson { line: 1, column: 1 }));
        for text in ["[]", "{}", r#"{"resourceType":"Patient"}"#, r#"{"resourceType":"Bundle","entry":[{}]}"#] {
            assert_eq!(read(text, &person(), now()), Err(ParseConsentError::NotConsents), "{text}");
        }
    }
}
