//! Searches: one passage at the gate each, answered page by page.

use super::form::{pairs, query};
use super::outcome::{Refused, absent, content_type, respond};
use super::{Asking, known_patient};
use crate::page::segment;
use crate::web::PortalState;
use crate::web::machine::base;
use axum::extract::{Path, RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use indgang_fhir::search::{Search, is_searched};
use indgang_model::PersonId;
use indgang_service::{Found, Whom, search as found_by};
use serde_json::{Value, json};

/// `GET /fhir/R4/Patient/{person}/$everything`.
pub(in crate::web) async fn all(
    State(state): State<PortalState>,
    headers: HeaderMap,
    Path(person): Path<String>,
    RawQuery(query): RawQuery,
) -> Response {
    let found = async {
        let asking = Asking::find(&state, &headers).await?;
        let given = pairs(query.as_deref().unwrap_or_default());
        everything_of(&state, &asking, &base(&headers), &person, &given).await
    };
    respond(found.await)
}

/// The searchset of everything that is a person's.
pub(super) async fn everything_of(
    state: &PortalState,
    asking: &Asking,
    base: &str,
    person: &str,
    given: &[(String, String)],
) -> Result<String, Refused> {
    let search = Search::everything(given)?;
    let whom = Whom::Person(PersonId(person.to_owned()));
    let found = found_by(&state.house, &*state.clock, asking.reader(), &whom, &search).await?;
    let path = format!("/fhir/R4/Patient/{}/$everything", segment(person));
    Ok(searchset(&found, &search, given, base, &path))
}

/// `GET /fhir/R4/{type}?…`.
pub(in crate::web) async fn search(
    State(state): State<PortalState>,
    headers: HeaderMap,
    Path(resource_type): Path<String>,
    RawQuery(query): RawQuery,
) -> Response {
    let given = pairs(query.as_deref().unwrap_or_default());
    respond(answered(&state, &headers, &resource_type, &given).await)
}

/// `POST /fhir/R4/{type}/_search`.
pub(in crate::web) async fn search_by_form(
    State(state): State<PortalState>,
    headers: HeaderMap,
    Path(resource_type): Path<String>,
    RawQuery(query): RawQuery,
    form: String,
) -> Response {
    respond(by_form(&state, &headers, &resource_type, query, &form).await)
}

/// `POST /fhir/R4/Patient/_search`.
pub(in crate::web) async fn search_patients_by_form(
    State(state): State<PortalState>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
    form: String,
) -> Response {
    respond(by_form(&state, &headers, "Patient", query, &form).await)
}

async fn by_form(
    state: &PortalState,
    headers: &HeaderMap,
    resource_type: &str,
    query: Option<String>,
    form: &str,
) -> Result<String, Refused> {
    if content_type(headers) != "application/x-www-form-urlencoded" {
        return Err(Refused::bad("a search by POST is a form: `application/x-www-form-urlencoded`"));
    }
    let mut given = pairs(query.as_deref().unwrap_or_default());
    given.extend(pairs(form));
    answered(state, headers, resource_type, &given).await
}

async fn answered(
    state: &PortalState,
    headers: &HeaderMap,
    resource_type: &str,
    given: &[(String, String)],
) -> Result<String, Refused> {
    let asking = Asking::find(state, headers).await?;
    of_type(state, &asking, &base(headers), resource_type, given).await
}

/// The searchset of a search for resources of a type.
pub(super) async fn of_type(
    state: &PortalState,
    asking: &Asking,
    base: &str,
    resource_type: &str,
    given: &[(String, String)],
) -> Result<String, Refused> {
    let known = indgang_fhir::model::r4().resources().find(|name| *name == resource_type && is_searched(name));
    let search = Search::of_type(known.ok_or_else(absent)?, given)?;
    let path = format!("/fhir/R4/{resource_type}");
    let id = given.iter().find(|(name, _)| name == "_id").map(|(_, value)| PersonId(value.clone()));
    let whom = match (&search.patient, &search.number) {
        (Some(_), Some(_)) => return Err(Refused::bad("name the patient once: by id or by number")),
        (Some(patient), None) => Whom::Person(PersonId(patient.clone())),
        (None, Some(number)) => Whom::Number(number.clone()),
        (None, None) => match id.filter(|_| resource_type == "Patient") {
            Some(person) => Whom::Person(person),
            None => return Err(Refused::bad("search for the resources of one: `patient=ID`")),
        },
    };
    // Without `patient` a search for Patients is a look-up of the house's own.
    if resource_type == "Patient" && search.patient.is_none() {
        if given.iter().any(|(name, _)| !["identifier", "_id", "_count", "_format", "_summary"].contains(&&**name)) {
            return Err(Refused::bad("a Patient is looked up by `identifier` or `_id` alone"));
        }
        if search.number.is_some() && given.iter().any(|(name, _)| name == "_id") {
            return Err(Refused::bad("name the patient once: by id or by number"));
        }
        let found = known_patient(state, asking, &whom).await?;
        let total = usize::from(found.is_some());
        let entries = found.into_iter().filter(|_| !search.count_only);
        let entry =
            |(person, body): (PersonId, String)| entry(&format!("{base}{path}/{}", segment(&person.0)), &body, "match");
        let entries: Vec<String> = entries.map(entry).collect();
        return Ok(bundle(total, &[link("self", base, &path, given, 0)], &entries));
    }
    let found = found_by(&state.house, &*state.clock, asking.reader(), &whom, &search).await?;
    Ok(searchset(&found, &search, given, base, &path))
}

/// A page of what was found, with the addresses of its neighbours.
fn searchset(found: &Found, search: &Search, given: &[(String, String)], base: &str, path: &str) -> String {
    let url = |source: &str, reference: &str| format!("{base}/fhir/R4/sources/{}/{reference}", segment(source));
    let matches = found.page.iter().map(|r| entry(&url(&r.source, &r.reference), r.body.expose(), "match"));
    let beside = found.beside.iter().map(|r| entry(&url(&r.source, &r.reference), r.body.expose(), "include"));
    let entries: Vec<String> = matches.chain(beside).collect();
    let mut links = vec![link("self", base, path, given, search.offset)];
    if !search.count_only && search.offset > 0 {
        links.push(link("first", base, path, given, 0));
        links.push(link("previous", base, path, given, search.offset.saturating_sub(search.count)));
    }
    let next = search.offset.saturating_add(search.count);
    if !search.count_only && next < found.total {
        links.push(link("next", base, path, given, next));
    }
    bundle(found.total, &links, &entries)
}

fn link(relation: &str, base: &str, path: &str, given: &[(String, String)], offset: usize) -> Value {
    json!({ "relation": relation, "url": format!("{base}{path}{}", query(given, offset)) })
}

/// The body is JSON already, and stays as it is to the digit.
fn entry(url: &str, body: &str, mode: &str) -> String {
    format!(r#"{{"fullUrl":{},"resource":{body},"search":{{"mode":"{mode}"}}}}"#, Value::from(url))
}

fn bundle(total: usize, links: &[Value], entries: &[String]) -> String {
    let links = Value::from(links);
    // FHIR knows no empty list.
    let entries = if entries.is_empty() { String::new() } else { format!(r#","entry":[{}]"#, entries.join(",")) };
    format!(r#"{{"resourceType":"Bundle","type":"searchset","total":{total},"link":{links}{entries}}}"#)
}
