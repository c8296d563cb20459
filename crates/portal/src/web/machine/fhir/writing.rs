//! What a system writes: one resource, or a Bundle of type batch or transaction.

use super::form::{pairs, unescaped};
use super::outcome::{Refused, absent, answer, content_type, refusal};
use super::searching::{everything_of, of_type};
use super::{Asking, etag, known_patient, one};
use crate::web::PortalState;
use crate::web::machine::{bad, base};
use crate::web::visit::random;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Path, State};
use axum::http::header::{ETAG, IF_MATCH, LOCATION};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use indgang_fhir::interaction::{self, Asks, BundleKind, Interaction, InteractionError};
use indgang_fhir::json::{Json, Tape};
use indgang_model::PersonId;
use indgang_service::{Became, FaultKind, Whom, WriteError, Written, interact};
use serde_json::{Value, json};

/// The longest body of a Bundle or resource, in bytes.
pub(in crate::web) const LONGEST: usize = 32 << 20;
/// Most entries of a batch, each of which is a passage of its own.
const MOST_OF_BATCH: usize = 200;

type Body = Result<Bytes, BytesRejection>;

/// `POST /fhir/R4`.
pub(in crate::web) async fn bundle(State(state): State<PortalState>, headers: HeaderMap, body: Body) -> Response {
    let done = async {
        let asking = Asking::find(&state, &headers).await?;
        let text = text(&headers, body)?;
        let (kind, entries) = {
            let mut tape = Tape::new();
            interaction::interactions(tape.read(&text).map_err(|error| Refused::bad(&error.to_string()))?)?
        };
        let base = base(&headers);
        match kind {
            BundleKind::Transaction => transaction(&state, &asking, &base, entries).await,
            BundleKind::Batch => batch(&state, &asking, &base, entries).await,
        }
    };
    done.await.map_or_else(refusal, |body| answer(StatusCode::OK, body))
}

async fn transaction(
    state: &PortalState,
    asking: &Asking,
    base: &str,
    entries: Vec<Result<Interaction, InteractionError>>,
) -> Result<String, Refused> {
    let mut asked = Vec::with_capacity(entries.len());
    for (at, entry) in entries.into_iter().enumerate() {
        let entry = entry.map_err(|error| Refused::bad(&format!("entry {at}: {error}")))?;
        if matches!(entry.asks, Asks::Get(_)) {
            return Err(Refused::bad(&format!("entry {at}: a transaction writes; put readings into a batch")));
        }
        asked.push(entry);
    }
    let written = write(state, asking, &asked, true).await?;
    let entries = written.iter().map(|one| json!({ "response": response(base, asking, one) }).to_string()).collect();
    Ok(bundle_of("transaction-response", entries))
}

async fn batch(
    state: &PortalState,
    asking: &Asking,
    base: &str,
    entries: Vec<Result<Interaction, InteractionError>>,
) -> Result<String, Refused> {
    if entries.len() > MOST_OF_BATCH {
        return Err(Refused::bad(&format!("a batch has at most {MOST_OF_BATCH} entries: send several")));
    }
    let mut answers = Vec::with_capacity(entries.len());
    for entry in entries {
        let done = match entry {
            Err(error) => Err(error.into()),
            Ok(Interaction { asks: Asks::Get(url), .. }) => get(state, asking, base, &url).await,
            Ok(entry) => write(state, asking, std::slice::from_ref(&entry), false).await.map(|written| {
                let response = written.first().map_or(Value::Null, |one| response(base, asking, one));
                json!({ "response": response }).to_string()
            }),
        };
        answers.push(done.unwrap_or_else(|refused| {
            json!({ "response": { "status": status(refused.status), "outcome": refused.outcome() } }).to_string()
        }));
    }
    Ok(bundle_of("batch-response", answers))
}

/// The answer of an entry that reads: an address relative to `/fhir/R4`.
async fn get(state: &PortalState, asking: &Asking, base: &str, url: &str) -> Result<String, Refused> {
    let (path, query) = url.split_once('?').unwrap_or((url, ""));
    let given = pairs(query);
    let parts: Vec<String> = path.split('/').map(unescaped).collect();
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    let read = |body: &str, version: Option<u64>| {
        let mut response = json!({ "status": status(StatusCode::OK) });
        if let Some(version) = version {
            response["etag"] = etag(version).into();
        }
        format!(r#"{{"resource":{body},"response":{response}}}"#)
    };
    match parts.as_slice() {
        ["Patient", person] => {
            let whom = Whom::Person(PersonId((*person).to_owned()));
            let (_, body) = known_patient(state, asking, &whom).await?.ok_or_else(absent)?;
            Ok(read(&body, None))
        }
        ["Patient", person, "$everything"] => {
            Ok(read(&everything_of(state, asking, base, person, &given).await?, None))
        }
        [resource_type] => Ok(read(&of_type(state, asking, base, resource_type, &given).await?, None)),
        [resource_type, id] => {
            let found = one(state, asking, asking.source()?, &format!("{resource_type}/{id}"), None).await?;
            Ok(read(found.body.expose(), Some(found.version)))
        }
        ["sources", source, resource_type, id, history @ ..] => {
            let version = match history {
                [] => None,
                ["_history", version] => Some(version.parse().map_err(|_| absent())?),
                _ => return Err(absent()),
            };
            let found = one(state, asking, source, &format!("{resource_type}/{id}"), version).await?;
            Ok(read(found.body.expose(), Some(found.version)))
        }
        _ => Err(absent()),
    }
}

/// `POST /fhir/R4/{type}`.
pub(in crate::web) async fn create(
    State(state): State<PortalState>,
    headers: HeaderMap,
    Path(resource_type): Path<String>,
    body: Body,
) -> Response {
    let condition = header(&headers, "if-none-exist").map(|condition| unescaped(&condition));
    let asks = |json: Json<'_>| interaction::create(json, Json::ROOT, &resource_type, condition.as_deref());
    single(&state, &headers, body, asks).await
}

/// `PUT /fhir/R4/{type}/{id}`, in the system's own source.
pub(in crate::web) async fn update(
    State(state): State<PortalState>,
    headers: HeaderMap,
    Path((resource_type, id)): Path<(String, String)>,
    body: Body,
) -> Response {
    let (address, tag) = (format!("{resource_type}/{id}"), header(&headers, IF_MATCH.as_str()));
    single(&state, &headers, body, |json| interaction::update(json, Json::ROOT, &address, tag.as_deref())).await
}

/// `PUT /fhir/R4/Patient/{id}`, in the system's own source.
pub(in crate::web) async fn update_patient(
    state: State<PortalState>,
    headers: HeaderMap,
    Path(id): Path<String>,
    body: Body,
) -> Response {
    update(state, headers, Path(("Patient".to_owned(), id)), body).await
}

/// `PUT /fhir/R4/sources/{source}/{type}/{id}`, where the source is the system's own.
pub(in crate::web) async fn update_in_source(
    State(state): State<PortalState>,
    headers: HeaderMap,
    Path((source, resource_type, id)): Path<(String, String, String)>,
    body: Body,
) -> Response {
    match Asking::find(&state, &headers).await {
        Err(refused) => refusal(refused),
        Ok(asking) if asking.source().is_ok_and(|own| own != source) => {
            refusal(Refused::forbidden("a system writes in its own source only"))
        }
        Ok(_) => update(State(state), headers, Path((resource_type, id)), body).await,
    }
}

async fn single(
    state: &PortalState,
    headers: &HeaderMap,
    body: Body,
    asks: impl FnOnce(Json<'_>) -> Result<Asks, InteractionError>,
) -> Response {
    let done = async {
        let asking = Asking::find(state, headers).await?;
        // Who may not write is told so before anything is read of what was sent.
        asking.system()?.0.may_write().map_err(Refused::forbidden)?;
        let resource = text(headers, body)?;
        let asks = {
            let mut tape = Tape::new();
            asks(tape.read(&resource).map_err(|error| Refused::bad(&error.to_string()))?)?
        };
        let written = write(state, &asking, &[Interaction { full_url: None, asks, resource }], false).await?;
        let written = written.into_iter().next().ok_or_else(absent)?;
        Ok((location(&base(headers), &asking, &written), written))
    };
    match done.await {
        Err(refused) => refusal(refused),
        Ok((location, written)) => {
            let mut response = answer(done_with(written.became), String::new());
            for (name, value) in [(LOCATION, location), (ETAG, etag(written.version))] {
                response.headers_mut().extend(HeaderValue::from_str(&value).ok().map(|value| (name, value)));
            }
            response
        }
    }
}

async fn write(
    state: &PortalState,
    asking: &Asking,
    asked: &[Interaction],
    several: bool,
) -> Result<Vec<Written>, Refused> {
    let random = random().map_err(|_| Refused {
        status: StatusCode::INTERNAL_SERVER_ERROR,
        code: "exception",
        diagnostics: "the house has no randomness; try again".to_owned(),
    })?;
    let done = interact(&state.house, &*state.clock, asking.system()?, asked, random).await;
    done.map_err(|error| match error {
        WriteError::Service(error) => error.into(),
        WriteError::Fault { entry, kind, what } => {
            let (status, code) = match kind {
                FaultKind::Unprocessable => (StatusCode::UNPROCESSABLE_ENTITY, "processing"),
                FaultKind::Conflict => (StatusCode::CONFLICT, "conflict"),
                FaultKind::Forbidden => return Refused::forbidden(&what),
                FaultKind::Precondition => (StatusCode::PRECONDITION_FAILED, "conflict"),
            };
            let diagnostics = if several { format!("entry {entry}: {what}; nothing was written") } else { what };
            Refused { status, code, diagnostics }
        }
    })
}

impl From<InteractionError> for Refused {
    fn from(error: InteractionError) -> Self {
        Self::bad(&error.to_string())
    }
}

fn text(headers: &HeaderMap, body: Body) -> Result<String, Refused> {
    let body = body.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Refused {
            status: StatusCode::PAYLOAD_TOO_LARGE,
            code: "too-long",
            diagnostics: format!("the body is longer than {LONGEST} bytes: send it in parts, or as a file"),
        },
        _ => bad("the body cannot be read".to_owned()).into(),
    })?;
    if !["application/fhir+json", "application/json"].contains(&content_type(headers).as_str()) {
        return Err(Refused::bad("the body is `application/fhir+json`"));
    }
    String::from_utf8(body.into()).map_err(|_| Refused::bad("the body is not UTF-8"))
}

fn header(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
}

const fn done_with(became: Became) -> StatusCode {
    match became {
        Became::Created => StatusCode::CREATED,
        Became::Updated | Became::Known => StatusCode::OK,
    }
}

fn response(base: &str, asking: &Asking, written: &Written) -> Value {
    json!({
        "status": status(done_with(written.became)),
        "location": location(base, asking, written),
        "etag": etag(written.version),
    })
}

fn location(base: &str, asking: &Asking, written: &Written) -> String {
    let source = asking.source().unwrap_or_default();
    format!("{base}/fhir/R4/sources/{source}/{}/_history/{}", written.reference, written.version)
}

fn status(status: StatusCode) -> String {
    format!("{} {}", status.as_u16(), status.canonical_reason().unwrap_or_default())
}

fn bundle_of(kind: &str, entries: Vec<String>) -> String {
    let entries = if entries.is_empty() { String::new() } else { format!(r#","entry":[{}]"#, entries.join(",")) };
    format!(r#"{{"resourceType":"Bundle","type":"{kind}"{entries}}}"#)
}
