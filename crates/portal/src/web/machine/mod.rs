//! The door for other systems: AuthZEN 1.0 over HTTP, and its description.

pub(super) mod fhir;
mod openapi;
mod question;

use crate::web::PortalState;
use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, HOST, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use indgang_service::{Caller, Error, Evaluated, authenticate, evaluate};
use question::{Semantic, batch_of, evaluation_of};
use serde_json::{Value, json};

pub(super) const EVALUATION: &str = "/access/v1/evaluation";
pub(super) const EVALUATIONS: &str = "/access/v1/evaluations";
pub(super) const CONFIGURATION: &str = "/.well-known/authzen-configuration";
pub(crate) const FHIR_BASE: &str = fhir::BASE;
pub(super) const OPENAPI: &str = "/openapi.json";

/// The longest body of a question, in bytes.
pub(super) const LONGEST_BODY: usize = 64 * 1024;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// A failure, as another system is told of it.
struct Failure(StatusCode, String);

/// `POST /access/v1/evaluation`.
pub(super) async fn evaluation(
    State(state): State<PortalState>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let answer = async {
        let caller = caller(&state, &headers).await?;
        let question = evaluation_of(&parsed(&headers, body)?, None).map_err(bad)?;
        let evaluated = evaluate(&state.house, &*state.clock, &caller, &question).await.map_err(fault)?;
        Ok(told(&evaluated))
    };
    respond(&headers, answer.await)
}

/// `POST /access/v1/evaluations`: many at once; nothing is decided unless all can be read.
pub(super) async fn evaluations(
    State(state): State<PortalState>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let answer = async {
        let caller = caller(&state, &headers).await?;
        let batch = batch_of(&parsed(&headers, body)?).map_err(bad)?;
        let mut answers = Vec::with_capacity(batch.questions.len());
        for question in &batch.questions {
            let evaluated = evaluate(&state.house, &*state.clock, &caller, question).await.map_err(fault)?;
            answers.push(told(&evaluated));
            match batch.semantic {
                Semantic::DenyOnFirstDeny if !evaluated.permitted => break,
                Semantic::PermitOnFirstPermit if evaluated.permitted => break,
                _ => {}
            }
        }
        // Without a list the question is a single one, and so is its answer.
        Ok(if batch.single { answers.pop().unwrap_or_default() } else { json!({ "evaluations": answers }) })
    };
    respond(&headers, answer.await)
}

/// `GET /.well-known/authzen-configuration`.
pub(super) async fn configuration(headers: HeaderMap) -> Response {
    let base = base(&headers);
    Json(json!({
        "policy_decision_point": base,
        "access_evaluation_endpoint": format!("{base}{EVALUATION}"),
        "access_evaluations_endpoint": format!("{base}{EVALUATIONS}"),
    }))
    .into_response()
}

/// `GET /openapi.json`.
pub(super) async fn description() -> Response {
    Json(openapi::description()).into_response()
}

/// The address the caller knows the house by. Only loopback is spoken to without TLS.
fn base(headers: &HeaderMap) -> String {
    let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
    let plain = |c: char| c.is_ascii_alphanumeric() || ".-:[]".contains(c);
    let host = if host.chars().all(plain) { host } else { "localhost" };
    let scheme = if super::security::is_loopback(host) { "http" } else { "https" };
    format!("{scheme}://{host}")
}

fn unknown() -> Failure {
    Failure(StatusCode::UNAUTHORIZED, "a bearer token of a registered system is needed".to_owned())
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// Who asks.
async fn caller(state: &PortalState, headers: &HeaderMap) -> Result<Caller, Failure> {
    match authenticate(&state.house, bearer(headers).ok_or_else(unknown)?).await {
        Ok(caller) => caller.ok_or_else(unknown),
        Err(Error::Withdrawn) => Err(Failure(StatusCode::FORBIDDEN, Error::Withdrawn.to_string())),
        Err(error) => Err(fault(error)),
    }
}

fn parsed(headers: &HeaderMap, body: Result<Bytes, BytesRejection>) -> Result<Value, Failure> {
    let body = body.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => {
            Failure(StatusCode::PAYLOAD_TOO_LARGE, format!("the body is longer than {LONGEST_BODY} bytes"))
        }
        _ => bad("the body cannot be read".to_owned()),
    })?;
    let kind = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if !kind.eq_ignore_ascii_case("application/json") {
        return Err(bad("the body must be `application/json`".to_owned()));
    }
    serde_json::from_slice(&body)
        .map_err(|error| bad(format!("the body is not JSON (line {}, column {})", error.line(), error.column())))
}

const fn bad(message: String) -> Failure {
    Failure(StatusCode::BAD_REQUEST, message)
}

/// What went wrong inside is for the log, under the trace id.
fn fault(error: Error) -> Failure {
    let trace = super::visit::trace();
    tracing::error!(trace, error = %error, "a system's question could not be answered");
    Failure(StatusCode::INTERNAL_SERVER_ERROR, format!("the question could not be answered; trace {trace}"))
}

fn told(evaluated: &Evaluated) -> Value {
    let mut context = json!({
        "rule": evaluated.rule.rule,
        "paragraph": evaluated.rule.paragraph,
        "obligations": evaluated.obligations,
        "categories": evaluated.categories,
        "log_index": evaluated.log_index,
    });
    if let Some(reason) = evaluated.reason {
        context["reason_admin"] = json!({ "code": reason, "en": reason.to_string() });
        let key = format!("why-{}", word(&reason));
        let texts = crate::Locale::ALL.map(|locale| (locale.code().to_owned(), Value::String(locale.t(&key))));
        context["reason_user"] = Value::Object(texts.into_iter().collect());
    }
    json!({ "decision": evaluated.permitted, "context": context })
}

fn word<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

fn respond(headers: &HeaderMap, answer: Result<Value, Failure>) -> Response {
    let mut response = match answer {
        Ok(value) => Json(value).into_response(),
        Err(Failure(status, message)) => {
            let mut response = (status, Json(json!({ "status": status.as_u16(), "message": message }))).into_response();
            if status == StatusCode::UNAUTHORIZED {
                response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            response
        }
    };
    // The caller's own name of the request comes back with the answer.
    let id = headers.get(REQUEST_ID).filter(|id| id.len() <= 128 && id.as_bytes().iter().all(u8::is_ascii_graphic));
    if let Some(id) = id {
        response.headers_mut().insert(REQUEST_ID, id.clone());
    }
    response
}
