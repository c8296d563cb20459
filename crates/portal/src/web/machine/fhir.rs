//! FHIR R4 over HTTP, for the systems of institutions: a person's resources, each as its source sent it.
//!
//! Each source is a base of its own (`/fhir/R4/sources/SOURCE`), within which its ids and relative references hold.

use super::{Failure, base, caller};
use crate::page::encode;
use crate::web::PortalState;
use axum::extract::{Path, RawQuery, State};
use axum::http::header::{CONTENT_TYPE, ETAG, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use indgang_fhir::json::{Json, Tape};
use indgang_fhir::model::r4;
use indgang_fhir::record::{Coding, concept_of};
use indgang_fhir::value::temporal::Temporal;
use indgang_gate::UserId;
use indgang_model::{PersonId, PersonalNumber, Timestamp};
use indgang_service::{Error, Everything, Reader, Resource, Wanted, everything, patient as patient_of, versions};
use serde_json::{Value, json};

pub(in crate::web) const METADATA: &str = "/fhir/R4/metadata";
pub(in crate::web) const PATIENT: &str = "/fhir/R4/Patient/{person}";
pub(in crate::web) const EVERYTHING: &str = "/fhir/R4/Patient/{person}/$everything";
pub(in crate::web) const SEARCH: &str = "/fhir/R4/{type}";
pub(in crate::web) const READ: &str = "/fhir/R4/sources/{source}/{type}/{id}";
pub(in crate::web) const VREAD: &str = "/fhir/R4/sources/{source}/{type}/{id}/_history/{version}";

/// Who of the institution asks.
pub(in crate::web) const ON_BEHALF_OF: &str = "x-on-behalf-of";
/// Entries of a page where the question names no number, and most that it may name.
const PAGE: usize = 100;
const MOST: usize = 1000;

/// `GET /fhir/R4/metadata`.
pub(in crate::web) async fn metadata(headers: HeaderMap) -> Response {
    let rest = json!({
        "mode": "server",
        "security": { "description": "A bearer token of a registered system, and the user it asks for in `X-On-Behalf-Of`. \
            Each answer is a passage at the gate, with a line in the person's log." },
        "resource": [{
            "type": "Patient",
            "interaction": [{ "code": "read" }],
            "operation": [{ "name": "everything", "definition": "http://hl7.org/fhir/OperationDefinition/Patient-everything" }],
        }],
        "searchParam": [
            { "name": "patient", "type": "reference" }, { "name": "code", "type": "token" },
            { "name": "date", "type": "date" }, { "name": "_count", "type": "number" },
        ],
    });
    let statement = json!({
        "resourceType": "CapabilityStatement", "status": "active", "date": "2026-11-23", "kind": "instance",
        "software": { "name": "Indgang", "version": env!("CARGO_PKG_VERSION") },
        "implementation": { "description": "Indgang", "url": format!("{}/fhir/R4", base(&headers)) },
        "fhirVersion": "4.0.1", "format": ["application/fhir+json"], "rest": [rest],
    });
    answer(StatusCode::OK, statement.to_string())
}

/// `GET /fhir/R4/Patient/{person}`: who she is to the house.
pub(in crate::web) async fn patient(
    State(state): State<PortalState>,
    headers: HeaderMap,
    Path(person): Path<String>,
) -> Response {
    let found = async {
        let (caller, user) = asking(&state, &headers).await?;
        let reader = Reader::System(&caller, &user);
        let found = patient_of(&state.house, &*state.clock, reader, &PersonId(person.clone())).await?;
        let found = found.ok_or_else(absent)?;
        let system = match &found.number {
            PersonalNumber::Cpr(_) | PersonalNumber::Raised(_) => json!("urn:oid:1.2.208.176.1.2"),
            other => other.oid().map_or(Value::Null, |oid| json!(format!("urn:oid:{oid}"))),
        };
        let mut identifier = json!({ "value": found.number.expose() });
        if !system.is_null() {
            identifier["system"] = system;
        }
        let (year, month, day) = found.number.birth_date();
        let resource = json!({
            "resourceType": "Patient", "id": found.person.0, "identifier": [identifier],
            "name": [{ "text": found.name.expose() }], "birthDate": format!("{year:04}-{month:02}-{day:02}"),
        });
        Ok(resource.to_string())
    };
    respond(found.await)
}

/// `GET /fhir/R4/Patient/{person}/$everything`.
pub(in crate::web) async fn all(
    State(state): State<PortalState>,
    headers: HeaderMap,
    Path(person): Path<String>,
    RawQuery(query): RawQuery,
) -> Response {
    let path = format!("/fhir/R4/Patient/{}/$everything", encode(&person).replace('/', "%2F"));
    let found = async {
        let question = Question::read(query.as_deref().unwrap_or_default())?;
        bundle(&state, &headers, &question, &PersonId(person), None, &path).await
    };
    respond(found.await)
}

/// `GET /fhir/R4/{type}?patient=…&code=…&date=…&_count=…`.
pub(in crate::web) async fn search(
    State(state): State<PortalState>,
    headers: HeaderMap,
    Path(resource_type): Path<String>,
    RawQuery(query): RawQuery,
) -> Response {
    let found = async {
        let question = Question::read(query.as_deref().unwrap_or_default())?;
        let known = r4().resources().find(|name| *name == resource_type).ok_or_else(absent)?;
        let person =
            question.patient.clone().ok_or_else(|| Refused::bad("search for the resources of one: `patient=ID`"))?;
        bundle(&state, &headers, &question, &PersonId(person), Some(known), &format!("/fhir/R4/{known}")).await
    };
    respond(found.await)
}

/// `GET /fhir/R4/sources/{source}/{type}/{id}`.
pub(in crate::web) async fn read(
    State(state): State<PortalState>,
    headers: HeaderMap,
    Path((source, resource_type, id)): Path<(String, String, String)>,
) -> Response {
    one(&state, &headers, &source, &format!("{resource_type}/{id}"), None).await
}

/// `GET /fhir/R4/sources/{source}/{type}/{id}/_history/{version}`.
pub(in crate::web) async fn vread(
    State(state): State<PortalState>,
    headers: HeaderMap,
    Path((source, resource_type, id, version)): Path<(String, String, String, String)>,
) -> Response {
    let Ok(version) = version.parse() else { return respond(Err(absent())) };
    one(&state, &headers, &source, &format!("{resource_type}/{id}"), Some(version)).await
}

async fn one(
    state: &PortalState,
    headers: &HeaderMap,
    source: &str,
    reference: &str,
    version: Option<u64>,
) -> Response {
    let found = async {
        let (caller, user) = asking(state, headers).await?;
        let reader = Reader::System(&caller, &user);
        let mut found = versions(&state.house, &*state.clock, reader, (source, reference)).await?.resources;
        let at = match version {
            None => found.len().checked_sub(1),
            Some(version) => found.iter().position(|resource| resource.version == version),
        };
        at.map(|at| found.swap_remove(at)).ok_or_else(absent)
    };
    match found.await {
        Err(refused) => respond(Err(refused)),
        Ok(resource) => {
            let mut response = answer(StatusCode::OK, resource.body.expose().clone());
            if let Ok(tag) = HeaderValue::from_str(&format!("W/\"{}\"", resource.version)) {
                response.headers_mut().insert(ETAG, tag);
            }
            response
        }
    }
}

async fn bundle(
    state: &PortalState,
    headers: &HeaderMap,
    question: &Question,
    person: &PersonId,
    resource_type: Option<&'static str>,
    path: &str,
) -> Result<String, Refused> {
    let (caller, user) = asking(state, headers).await?;
    let reader = Reader::System(&caller, &user);
    let wanted =
        Wanted { types: resource_type.into_iter().collect(), from: question.from, until: question.until, limit: 0 };
    let found = everything(&state.house, &*state.clock, reader, Some(person), &wanted).await?;
    Ok(searchset(found, question, &base(headers), path))
}

/// A page of what was found, with the address of the next.
fn searchset(found: Everything, question: &Question, base: &str, path: &str) -> String {
    let matching: Vec<&Resource> = found.resources.iter().filter(|resource| question.matches(resource)).collect();
    let page = matching.iter().skip(question.offset).take(question.count);
    let entries: Vec<String> = page
        .map(|resource| {
            let url = format!("{base}/fhir/R4/sources/{}/{}", resource.source, resource.reference);
            let url = Value::from(url);
            // The body is JSON already, and stays as it is to the digit.
            format!(r#"{{"fullUrl":{url},"resource":{},"search":{{"mode":"match"}}}}"#, resource.body.expose())
        })
        .collect();
    let mut links =
        vec![json!({ "relation": "self", "url": format!("{base}{path}{}", question.query(question.offset)) })];
    let next = question.offset + question.count;
    if next < matching.len() {
        links.push(json!({ "relation": "next", "url": format!("{base}{path}{}", question.query(next)) }));
    }
    let (total, links) = (matching.len(), Value::from(links));
    // FHIR knows no empty list.
    let entries = if entries.is_empty() { String::new() } else { format!(r#","entry":[{}]"#, entries.join(",")) };
    format!(r#"{{"resourceType":"Bundle","type":"searchset","total":{total},"link":{links}{entries}}}"#)
}

/// What a search asks for.
#[derive(Debug, Clone, PartialEq, Default)]
struct Question {
    patient: Option<String>,
    code: Option<Coding>,
    from: Option<Timestamp>,
    until: Option<Timestamp>,
    count: usize,
    offset: usize,
    given: Vec<(String, String)>,
}

impl Question {
    fn read(query: &str) -> Result<Self, Refused> {
        let mut question = Self { count: PAGE, ..Self::default() };
        for (name, value) in form_urlencoded(query) {
            let number = || value.parse::<usize>().map_err(|_| Refused::bad(&format!("`{name}` is a number")));
            match name.as_str() {
                "patient" | "subject" => {
                    question.patient = Some(value.strip_prefix("Patient/").unwrap_or(&value).to_owned());
                }
                "code" => question.code = Some(token(&value)),
                "date" => question.date(&value)?,
                "start" => question.date(&format!("ge{value}"))?,
                "end" => question.date(&format!("le{value}"))?,
                "_count" => question.count = number()?.clamp(1, MOST),
                "_offset" => question.offset = number()?,
                "_format" => {}
                // What is not understood would be passed over in silence.
                _ => return Err(Refused::bad("a parameter that is not known: use patient, code, date, _count")),
            }
            question.given.push((name, value));
        }
        Ok(question)
    }

    fn date(&mut self, text: &str) -> Result<(), Refused> {
        let split = text.find(|c: char| c.is_ascii_digit()).unwrap_or(0);
        let (prefix, date) = text.split_at(split);
        let wrong = || Refused::bad("`date` is a FHIR date, perhaps after eq, ge, gt, le or lt: `ge2024-01`");
        let (first, last) = Temporal::parse_date_time(date).ok_or_else(wrong)?.seconds();
        let moment = |second: i64| Timestamp::from_second(second).map_err(|_| wrong());
        let after = |second: i64| moment(second.saturating_add(1));
        match prefix {
            "" | "eq" => (self.from, self.until) = (Some(moment(first)?), Some(after(last)?)),
            "ge" => self.from = Some(moment(first)?),
            "gt" => self.from = Some(after(last)?),
            "le" => self.until = Some(after(last)?),
            "lt" => self.until = Some(moment(first)?),
            _ => return Err(wrong()),
        }
        Ok(())
    }

    fn matches(&self, resource: &Resource) -> bool {
        let Some(wanted) = &self.code else { return true };
        let mut tape = Tape::new();
        let Ok(json) = tape.read(resource.body.expose()) else { return false };
        let names = ["code", "medicationCodeableConcept", "vaccineCode", "type"];
        let mut codes = names.iter().flat_map(|name| concept_of(json, Json::ROOT, name).0);
        codes.any(|code| code.code == wanted.code && (wanted.system.is_empty() || code.system == wanted.system))
    }

    /// The same question from another place on.
    fn query(&self, offset: usize) -> String {
        let given = self.given.iter().filter(|(name, _)| name != "_offset");
        let mut pairs: Vec<String> = given.map(|(name, value)| format!("{name}={}", encode(value))).collect();
        if offset > 0 {
            pairs.push(format!("_offset={offset}"));
        }
        if pairs.is_empty() { String::new() } else { format!("?{}", pairs.join("&")) }
    }
}

/// `system|code`, or a code of any system.
fn token(text: &str) -> Coding {
    let (system, code) = text.split_once('|').unwrap_or(("", text));
    Coding { system: system.to_owned(), code: code.to_owned(), display: String::new() }
}

/// Pairs of a query, their escapes resolved.
fn form_urlencoded(query: &str) -> Vec<(String, String)> {
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    pairs.map(|pair| pair.split_once('=').unwrap_or((pair, ""))).map(|(n, v)| (unescaped(n), unescaped(v))).collect()
}

fn unescaped(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let hex = after.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        match (first, hex.and_then(|digits| u8::from_str_radix(digits, 16).ok())) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            (b'+', _) => {
                bytes.push(b' ');
                rest = after;
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Why there is no answer.
struct Refused {
    status: StatusCode,
    code: &'static str,
    diagnostics: String,
}

impl Refused {
    fn bad(what: &str) -> Self {
        Self { status: StatusCode::BAD_REQUEST, code: "invalid", diagnostics: what.to_owned() }
    }
}

fn absent() -> Refused {
    Refused { status: StatusCode::NOT_FOUND, code: "not-found", diagnostics: "there is no such resource".to_owned() }
}

impl From<Failure> for Refused {
    fn from(Failure(status, diagnostics): Failure) -> Self {
        let code = match status {
            StatusCode::UNAUTHORIZED => "login",
            StatusCode::FORBIDDEN => "forbidden",
            StatusCode::BAD_REQUEST => "invalid",
            _ => "exception",
        };
        Self { status, code, diagnostics }
    }
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        match error {
            Error::Refused(refusal) => Self {
                status: StatusCode::FORBIDDEN,
                code: "forbidden",
                diagnostics: format!("{refusal}; line {} of the log", refusal.log_index),
            },
            other => super::fault(other).into(),
        }
    }
}

/// The system that asks, and for whom.
async fn asking(state: &PortalState, headers: &HeaderMap) -> Result<(indgang_service::Caller, UserId), Refused> {
    let caller = caller(state, headers).await?;
    let user = headers.get(ON_BEHALF_OF).and_then(|user| user.to_str().ok()).filter(|user| !user.trim().is_empty());
    let user = user.ok_or_else(|| Refused::bad("name the user of the institution in the header `X-On-Behalf-Of`"))?;
    Ok((caller, UserId(user.trim().to_owned())))
}

fn respond(found: Result<String, Refused>) -> Response {
    match found {
        Ok(body) => answer(StatusCode::OK, body),
        Err(Refused { status, code, diagnostics }) => {
            let issue = json!({ "severity": "error", "code": code, "diagnostics": diagnostics });
            let mut response =
                answer(status, json!({ "resourceType": "OperationOutcome", "issue": [issue] }).to_string());
            if status == StatusCode::UNAUTHORIZED {
                response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            response
        }
    }
}

fn answer(status: StatusCode, body: String) -> Response {
    (status, [(CONTENT_TYPE, "application/fhir+json; charset=utf-8")], body).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_are_read_or_refused() {
        let read = |query: &str| Question::read(query);
        let question =
            read("patient=Patient/p%2D1&code=npu%7Cx&date=ge2024-01&date=lt2024-02-01&_count=5000&_offset=7");
        let question = question.ok().unwrap();
        assert_eq!((question.patient.as_deref(), question.count, question.offset), (Some("p-1"), MOST, 7));
        assert_eq!(question.code, Some(Coding { system: "npu".into(), code: "x".into(), display: String::new() }));
        let moment = |text: &str| Some(text.parse::<Timestamp>().unwrap());
        assert_eq!(question.from, moment("2024-01-01T00:00:00Z"));
        assert_eq!(question.until, moment("2024-02-01T00:00:00Z"));
        assert!(question.query(9).ends_with("&_count=5000&_offset=9"), "{}", question.query(9));
        let day = read("date=2024-01-31").ok().unwrap();
        assert_eq!((day.from, day.until), (moment("2024-01-31T00:00:00Z"), moment("2024-02-01T00:00:00Z")));
        for query in ["date=tomorrow", "date=sa2024", "_count=x", "name=canary", "_include=*"] {
            let refused = read(query).err().unwrap();
            assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{query}");
            assert!(!refused.diagnostics.contains("canary"));
        }
    }
}
