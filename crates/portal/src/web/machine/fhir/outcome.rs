//! Why there is no answer, as an OperationOutcome; and bodies as FHIR.

use crate::web::machine::{Failure, fault};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};
use indgang_fhir::search::SearchError;
use indgang_service::Error;
use serde_json::{Value, json};

/// Why there is no answer.
#[derive(Debug)]
pub(super) struct Refused {
    pub(super) status: StatusCode,
    /// A code of issue-type.
    pub(super) code: &'static str,
    pub(super) diagnostics: String,
}

impl Refused {
    pub(super) fn bad(what: &str) -> Self {
        Self { status: StatusCode::BAD_REQUEST, code: "invalid", diagnostics: what.to_owned() }
    }

    pub(super) fn forbidden(what: &str) -> Self {
        Self { status: StatusCode::FORBIDDEN, code: "forbidden", diagnostics: what.to_owned() }
    }

    pub(super) fn outcome(&self) -> Value {
        let issue = json!({ "severity": "error", "code": self.code, "diagnostics": self.diagnostics });
        json!({ "resourceType": "OperationOutcome", "issue": [issue] })
    }
}

pub(super) fn absent() -> Refused {
    Refused { status: StatusCode::NOT_FOUND, code: "not-found", diagnostics: "there is no such resource".to_owned() }
}

impl From<Failure> for Refused {
    fn from(Failure(status, diagnostics): Failure) -> Self {
        let code = match status {
            StatusCode::UNAUTHORIZED => "login",
            StatusCode::FORBIDDEN => "forbidden",
            StatusCode::BAD_REQUEST => "invalid",
            StatusCode::PAYLOAD_TOO_LARGE => "too-long",
            _ => "exception",
        };
        Self { status, code, diagnostics }
    }
}

impl From<SearchError> for Refused {
    fn from(error: SearchError) -> Self {
        Self::bad(&error.to_string())
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
            Error::OutOfScope => Self::forbidden(&Error::OutOfScope.to_string()),
            other => fault(other).into(),
        }
    }
}

pub(super) fn respond(found: Result<String, Refused>) -> Response {
    found.map_or_else(refusal, |body| answer(StatusCode::OK, body))
}

pub(super) fn refusal(refused: Refused) -> Response {
    let mut response = answer(refused.status, refused.outcome().to_string());
    if refused.status == StatusCode::UNAUTHORIZED {
        response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    response
}

pub(super) fn answer(status: StatusCode, body: String) -> Response {
    (status, [(CONTENT_TYPE, "application/fhir+json; charset=utf-8")], body).into_response()
}

/// Without parameters, in small letters; empty where there is none.
pub(super) fn content_type(headers: &HeaderMap) -> String {
    let whole = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    whole.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}
