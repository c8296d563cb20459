//! Sign-in and step-up by an OpenID provider, and its word that somebody has logged out.

use crate::identity::{Identified, NotMapped, Provider, ProviderError, Returned, Sent};
use crate::pages::message::MessagePage;
use crate::web::PortalState;
use crate::web::entrance::{begin_cookies, local};
use crate::web::visit::{ATTEMPT, Answered, Instead, SESSION, Visit, random, set_cookie};
use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use indgang_model::hex;
use indgang_service::{Attempt, Error, ProviderLogout, Vouched};
use serde::Deserialize;

/// Where the browser of an answer's form is sent on to: the policy of that answer must allow it.
#[derive(Clone)]
pub(super) struct FormLeadsTo(pub String);

/// Lets the form of a page lead to the provider.
pub(super) async fn leading_to(state: &PortalState, provider: &Provider, mut page: Response) -> Response {
    match provider.origin(&*state.clock).await {
        Ok(origin) => {
            page.extensions_mut().insert(FormLeadsTo(origin));
        }
        // The page is shown all the same; the form's answer will say what is wrong.
        Err(error) => tracing::warn!(%error, "the provider cannot be asked"),
    }
    page
}

/// Sends the browser to the provider: to sign in, or, with a session's token, to prove anew who she is.
pub(super) async fn send(
    state: &PortalState,
    visit: &Visit,
    provider: &Provider,
    session: Option<&str>,
    return_to: &str,
) -> Result<Response, Instead> {
    let secret = random().map(|bytes| hex(&bytes)).map_err(|error| visit.fault(&error))?;
    let sent = Sent { secret: &secret, step_up: session.map(|_| state.clock.now()) };
    let way = provider.way_there(&*state.clock, &sent, visit.locale.code()).await;
    let way = way.map_err(|error| visit.fault(&error))?;
    let kept = indgang_service::begin_attempt(&state.house, &*state.clock, &secret, session, return_to).await;
    kept.map_err(|error| visit.fail(&error))?;
    let mut response = Redirect::to(way.as_str()).into_response();
    set_cookie(&mut response, state, ATTEMPT, &secret, indgang_service::ATTEMPT_SECONDS);
    Ok(response)
}

/// What the provider sends back.
#[derive(Deserialize)]
pub(super) struct Answer {
    #[serde(default)]
    code: String,
    #[serde(default)]
    state: String,
    iss: Option<String>,
    error: Option<String>,
}

/// `GET /sign-in/callback`.
pub(super) async fn callback(State(state): State<PortalState>, visit: Visit, Query(answer): Query<Answer>) -> Answered {
    let Some(provider) = &state.provider else {
        return Ok(visit.message(StatusCode::NOT_FOUND, &MessagePage::NotFound));
    };
    let Some(secret) = &visit.attempt else { return Ok(visit.sign_in_failed(&ProviderError::State)) };
    let taken = indgang_service::take_attempt(&state.house, &*state.clock, secret).await;
    let Some(attempt) = taken.map_err(|error| visit.fail(&error))? else {
        return Ok(visit.sign_in_failed(&ProviderError::State));
    };
    if let Some(refused) = answer.error {
        let word: String = refused.chars().filter(|c| c.is_ascii_lowercase() || *c == '_').take(40).collect();
        return Ok(visit.sign_in_failed(&ProviderError::Code(word)));
    }
    let sent = Sent { secret, step_up: attempt.is_step_up().then_some(attempt.started) };
    let returned = Returned { code: &answer.code, state: &answer.state, iss: answer.iss.as_deref() };
    let identified = match provider.identify(&*state.clock, &sent, &returned).await {
        Ok(identified) => identified,
        Err(error) => return Ok(visit.sign_in_failed(&error)),
    };
    let mut response = match attempt.is_step_up() {
        true => stepped_up(&state, &visit, provider, &attempt, &identified).await?,
        false => signed_in(&state, &visit, provider, &identified).await?,
    };
    set_cookie(&mut response, &state, ATTEMPT, "", 0);
    Ok(response)
}

async fn signed_in(
    state: &PortalState,
    visit: &Visit,
    provider: &Provider,
    identified: &Identified,
) -> Result<Response, Instead> {
    let vouched = match vouched(state, provider, identified).await.map_err(|error| visit.fail(&error))? {
        Ok(vouched) => vouched,
        Err(reason) => return Ok(visit.not_admitted(&reason)),
    };
    let secret = random().map_err(|error| visit.fault(&error))?;
    let limits = provider.settings().limits();
    let signed_in = indgang_service::sign_in_vouched(&state.house, &*state.clock, &vouched, &limits, secret).await;
    let signed_in = signed_in.map_err(|error| visit.fail(&error))?;
    // Who comes with an old session leaves it behind.
    if let Some(old) = &visit.token {
        indgang_service::sign_out(&state.house, old).await.map_err(|error| visit.fail(&error))?;
    }
    Ok(begin_cookies(state, signed_in.token.expose(), limits.absolute_seconds))
}

async fn vouched(
    state: &PortalState,
    provider: &Provider,
    identified: &Identified,
) -> Result<Result<Vouched, NotMapped>, Error> {
    let mut mapped = match provider.map(identified) {
        Ok(mapped) => mapped,
        Err(reason) => return Ok(Err(reason)),
    };
    if let Some(cpr) = &mapped.cpr {
        mapped.user.person = indgang_service::person_with(&state.house, cpr).await?;
        if mapped.user.person.is_none() {
            return Ok(Err(NotMapped::Person));
        }
    }
    let (issuer, subject) = (provider.settings().issuer.clone(), identified.subject.clone());
    Ok(Ok(Vouched { issuer, subject, sid: identified.sid.clone(), user: mapped.user }))
}

/// The session that asked goes on under a new token, when it was the same person who came back.
async fn stepped_up(
    state: &PortalState,
    visit: &Visit,
    provider: &Provider,
    attempt: &Attempt,
    identified: &Identified,
) -> Result<Response, Instead> {
    let session = visit.signed_in()?;
    let known_as = indgang_service::vouched_as(&state.house, session).await.map_err(|error| visit.fail(&error))?;
    let same = (provider.settings().issuer.clone(), identified.subject.clone());
    let Some(token) = visit.token.as_ref().filter(|token| attempt.is_of(token) && known_as == Some(same)) else {
        return Ok(visit.sign_in_failed(&ProviderError::State));
    };
    let limits = provider.settings().limits();
    let secret = random().map_err(|error| visit.fault(&error))?;
    let fresh = indgang_service::step_up(&state.house, &*state.clock, token, &limits, secret).await;
    let fresh = fresh.map_err(|error| visit.fail(&error))?;
    let mut response = Redirect::to(local(&attempt.return_to)).into_response();
    set_cookie(&mut response, state, SESSION, fresh.expose(), seconds(limits.absolute_seconds));
    Ok(response)
}

pub(super) fn seconds(seconds: u64) -> u32 {
    u32::try_from(seconds).unwrap_or(u32::MAX)
}

/// The provider's word that somebody has logged out.
#[derive(Deserialize)]
pub(super) struct LogoutForm {
    #[serde(default)]
    logout_token: String,
}

/// `POST /back-channel-logout` (OpenID Connect Back-Channel Logout 1.0). Comes from the provider itself: the token's
/// signature stands for what a form's token is otherwise.
pub(super) async fn back_channel_logout(
    State(state): State<PortalState>,
    form: Result<Form<LogoutForm>, FormRejection>,
) -> Response {
    let refused = |error: &str| {
        let json = [(header::CONTENT_TYPE, "application/json")];
        (StatusCode::BAD_REQUEST, json, format!("{{\"error\":\"{error}\"}}")).into_response()
    };
    let Some(provider) = &state.provider else { return StatusCode::NOT_FOUND.into_response() };
    let Ok(Form(form)) = form else { return refused("invalid_request") };
    let token = match provider.verify_logout(&*state.clock, &form.logout_token).await {
        Ok(Ok(token)) => token,
        Ok(Err(forged)) => {
            tracing::warn!(reason = %forged, "a logout token was not obeyed");
            return refused("invalid_request");
        }
        Err(error) => {
            tracing::error!(%error, "a logout token could not be verified");
            return (StatusCode::SERVICE_UNAVAILABLE, HeaderMap::new()).into_response();
        }
    };
    let logout = ProviderLogout {
        issuer: &provider.settings().issuer,
        sid: token.sid.as_deref(),
        subject: token.sub.as_deref(),
        token_id: &token.jti,
        expires: token.expires(),
        at: state.clock.now(),
    };
    match indgang_service::provider_logout(&state.house, &logout).await {
        Ok(Some(_)) => StatusCode::OK.into_response(),
        Ok(None) => refused("invalid_request"),
        Err(error) => {
            tracing::error!(%error, "a logout could not be written");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}
