//! Who asks: a registered system for one of its institution's users, or a user by an app that she has let in (SMART App Launch 2).

use super::outcome::{Refused, absent, answer, refusal};
use crate::web::PortalState;
use crate::web::machine::{bearer, caller, fault, unknown};
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use indgang_gate::UserId;
use indgang_service::{App, Caller, Reader, Token, app};
use serde_json::json;

pub(in crate::web) const SMART: &str = "/fhir/R4/.well-known/smart-configuration";
/// Who of the institution asks.
pub(in crate::web) const ON_BEHALF_OF: &str = "x-on-behalf-of";

/// Who asks.
pub(super) enum Asking {
    /// A system, and the user of its institution that it asks for.
    System(Caller, UserId),
    /// An app with its user's token.
    App(Box<App>),
}

impl Asking {
    pub(super) async fn find(state: &PortalState, headers: &HeaderMap) -> Result<Self, Refused> {
        // A system's token has one full stop, a signed one has two.
        if let Some(token) = bearer(headers).filter(|token| token.matches('.').count() == 2) {
            return Ok(Self::App(Box::new(by_token(state, token).await?)));
        }
        let caller = caller(state, headers).await?;
        let user = headers.get(ON_BEHALF_OF).and_then(|user| user.to_str().ok()).filter(|user| !user.trim().is_empty());
        let user =
            user.ok_or_else(|| Refused::bad("name the user of the institution in the header `X-On-Behalf-Of`"))?;
        Ok(Self::System(caller, UserId(user.trim().to_owned())))
    }

    pub(super) fn reader(&self) -> Reader<'_> {
        match self {
            Self::System(caller, user) => Reader::System(caller, user),
            Self::App(app) => Reader::App(app),
        }
    }

    /// The system that writes, and on whose responsibility.
    pub(super) fn system(&self) -> Result<(&Caller, &UserId), Refused> {
        match self {
            Self::System(caller, user) => Ok((caller, user)),
            Self::App(_) => Err(Refused::forbidden("an app reads: only a registered system writes")),
        }
    }

    /// The source that is the system's own.
    pub(super) fn source(&self) -> Result<&str, Refused> {
        match self {
            Self::System(caller, _) => Ok(caller.id()),
            Self::App(_) => Err(absent()),
        }
    }
}

/// The app of an access token that the institution's provider has signed for this house.
async fn by_token(state: &PortalState, token: &str) -> Result<App, Refused> {
    let provider = state.provider.as_ref().ok_or_else(unknown)?;
    let verified = match provider.verify_access(&*state.clock, token).await {
        Ok(Ok(verified)) => verified,
        Ok(Err(forged)) => {
            tracing::warn!(reason = %forged, "an access token is not obeyed");
            return Err(unknown().into());
        }
        Err(error) => {
            tracing::error!(error = %error, "the provider cannot be asked about a token");
            let diagnostics = "the institution's sign-in does not answer; try again".to_owned();
            return Err(Refused { status: StatusCode::SERVICE_UNAVAILABLE, code: "transient", diagnostics });
        }
    };
    let token = Token {
        issuer: provider.issuer().to_owned(),
        subject: verified.sub,
        client: verified.client_id,
        scope: verified.scope,
        patient: verified.patient,
    };
    let app = app(&state.house, &token).await.map_err(fault)?;
    Ok(app.ok_or_else(unknown)?)
}

/// `GET /fhir/R4/.well-known/smart-configuration`: the provider lets apps in; the house takes its tokens.
pub(in crate::web) async fn smart_configuration(State(state): State<PortalState>) -> Response {
    let Some(provider) = &state.provider else { return refusal(absent()) };
    let (authorization, token) = match provider.endpoints(&*state.clock).await {
        Ok(endpoints) => endpoints,
        Err(error) => {
            tracing::error!(error = %error, "the provider cannot be asked where apps are let in");
            let diagnostics = "the institution's sign-in does not answer; try again".to_owned();
            return refusal(Refused { status: StatusCode::SERVICE_UNAVAILABLE, code: "transient", diagnostics });
        }
    };
    let mut told = json!({
        "issuer": provider.issuer(),
        "authorization_endpoint": authorization,
        "grant_types_supported": ["authorization_code"],
        "response_types_supported": ["code"],
        "code_challenge_methods_supported": ["S256"],
        "scopes_supported": ["openid", "fhirUser", "launch/patient", "patient/*.rs", "user/*.rs"],
        "capabilities": ["permission-patient", "permission-user", "permission-v1", "permission-v2"],
    });
    if let Some(token) = token {
        told["token_endpoint"] = token.into();
    }
    let mut response = answer(StatusCode::OK, told.to_string());
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
