//! FHIR R4 over HTTP, for the systems of institutions: a person's resources, each as its source sent it.
//!
//! Each source is a base of its own (`/fhir/R4/sources/SOURCE`), within which its ids and relative references hold. A system that
//! writes is a source, under its own name.

mod asking;
mod form;
mod outcome;
mod searching;
mod statement;
mod writing;

pub(in crate::web) use asking::{ON_BEHALF_OF, SMART, smart_configuration};
pub(in crate::web) use searching::{all, search, search_by_form, search_patients_by_form};
pub(in crate::web) use statement::metadata;
pub(in crate::web) use writing::{LONGEST, bundle, create, update, update_in_source, update_patient};

use crate::web::PortalState;
use asking::Asking;
use axum::extract::{Path, State};
use axum::http::header::ETAG;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use indgang_model::{PersonId, PersonalNumber};
use indgang_service::{PatientView, Resource, Whom, patient as patient_of, versions};
use outcome::{Refused, absent, answer, refusal, respond};
use serde_json::{Value, json};

pub(in crate::web) const BASE: &str = "/fhir/R4";
pub(in crate::web) const METADATA: &str = "/fhir/R4/metadata";
pub(in crate::web) const PATIENT: &str = "/fhir/R4/Patient/{person}";
pub(in crate::web) const EVERYTHING: &str = "/fhir/R4/Patient/{person}/$everything";
pub(in crate::web) const PATIENT_FORM: &str = "/fhir/R4/Patient/_search";
pub(in crate::web) const TYPE: &str = "/fhir/R4/{type}";
pub(in crate::web) const TYPE_FORM: &str = "/fhir/R4/{type}/_search";
pub(in crate::web) const OWN: &str = "/fhir/R4/{type}/{id}";
pub(in crate::web) const READ: &str = "/fhir/R4/sources/{source}/{type}/{id}";
pub(in crate::web) const VREAD: &str = "/fhir/R4/sources/{source}/{type}/{id}/_history/{version}";

/// `GET /fhir/R4/Patient/{person}`: who she is to the house.
pub(in crate::web) async fn patient(
    State(state): State<PortalState>,
    headers: HeaderMap,
    Path(person): Path<String>,
) -> Response {
    let found = async {
        let asking = Asking::find(&state, &headers).await?;
        known_patient(&state, &asking, &Whom::Person(PersonId(person))).await?.ok_or_else(absent)
    };
    respond(found.await.map(|(_, body)| body))
}

/// The person as a Patient of the house, with her id; `None` where the house does not know who she is.
async fn known_patient(
    state: &PortalState,
    asking: &Asking,
    whom: &Whom,
) -> Result<Option<(PersonId, String)>, Refused> {
    let found = patient_of(&state.house, &*state.clock, asking.reader(), whom).await?;
    Ok(found.map(|found| (found.person.clone(), of_house(&found).to_string())))
}

fn of_house(found: &PatientView) -> Value {
    let system = match &found.number {
        PersonalNumber::Cpr(_) | PersonalNumber::Raised(_) => json!("urn:oid:1.2.208.176.1.2"),
        other => other.oid().map_or(Value::Null, |oid| json!(format!("urn:oid:{oid}"))),
    };
    let mut identifier = json!({ "value": found.number.expose() });
    if !system.is_null() {
        identifier["system"] = system;
    }
    let (year, month, day) = found.number.birth_date();
    json!({
        "resourceType": "Patient", "id": found.person.0, "identifier": [identifier],
        "name": [{ "text": found.name.expose() }], "birthDate": format!("{year:04}-{month:02}-{day:02}"),
    })
}

/// `GET /fhir/R4/{type}/{id}`: of the system's own source.
pub(in crate::web) async fn read_own(
    State(state): State<PortalState>,
    headers: HeaderMap,
    Path((resource_type, id)): Path<(String, String)>,
) -> Response {
    let found = async {
        let asking = Asking::find(&state, &headers).await?;
        one(&state, &asking, asking.source()?, &format!("{resource_type}/{id}"), None).await
    };
    resource(found.await)
}

/// `GET /fhir/R4/sources/{source}/{type}/{id}`.
pub(in crate::web) async fn read(
    State(state): State<PortalState>,
    headers: HeaderMap,
    Path((source, resource_type, id)): Path<(String, String, String)>,
) -> Response {
    let found = async {
        let asking = Asking::find(&state, &headers).await?;
        one(&state, &asking, &source, &format!("{resource_type}/{id}"), None).await
    };
    resource(found.await)
}

/// `GET /fhir/R4/sources/{source}/{type}/{id}/_history/{version}`.
pub(in crate::web) async fn vread(
    State(state): State<PortalState>,
    headers: HeaderMap,
    Path((source, resource_type, id, version)): Path<(String, String, String, String)>,
) -> Response {
    let found = async {
        let version = version.parse().map_err(|_| absent())?;
        let asking = Asking::find(&state, &headers).await?;
        one(&state, &asking, &source, &format!("{resource_type}/{id}"), Some(version)).await
    };
    resource(found.await)
}

async fn one(
    state: &PortalState,
    asking: &Asking,
    source: &str,
    reference: &str,
    version: Option<u64>,
) -> Result<Resource, Refused> {
    let mut found = versions(&state.house, &*state.clock, asking.reader(), (source, reference)).await?.resources;
    let at = match version {
        None => found.len().checked_sub(1),
        Some(version) => found.iter().position(|resource| resource.version == version),
    };
    at.map(|at| found.swap_remove(at)).ok_or_else(absent)
}

fn resource(found: Result<Resource, Refused>) -> Response {
    match found {
        Err(refused) => refusal(refused),
        Ok(resource) => {
            let mut response = answer(StatusCode::OK, resource.body.expose().clone());
            if let Ok(tag) = HeaderValue::from_str(&etag(resource.version)) {
                response.headers_mut().insert(ETAG, tag);
            }
            response
        }
    }
}

fn etag(version: u64) -> String {
    format!("W/\"{version}\"")
}
