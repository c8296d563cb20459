//! Proving anew who one is, and the lawful ways past a refusal.

use crate::page::{encode, segment};
use crate::pages::glass::{GlassPage, WAYS};
use crate::pages::message::MessagePage;
use crate::pages::step_up::StepUpPage;
use crate::web::entrance::{TokenForm, local};
use crate::web::visit::{Answered, Instead, SESSION, Visit, random, set_cookie};
use crate::web::{PortalState, federated};
use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use indgang_model::CaseId;
use indgang_service::{Error, SessionLimits};
use serde::Deserialize;

/// Where to go afterwards.
#[derive(Deserialize)]
pub(super) struct Destination {
    #[serde(default)]
    to: String,
}

/// `GET /step-up?to=…`.
pub(super) async fn step_up_page(
    State(state): State<PortalState>,
    visit: Visit,
    Query(destination): Query<Destination>,
) -> Answered {
    visit.signed_in()?;
    let page = visit.page(&StepUpPage { to: local(&destination.to).to_owned(), provider: state.provider.is_some() });
    Ok(match &state.provider {
        Some(provider) => federated::leading_to(&state, provider, page).await,
        None => page,
    })
}

/// The step-up's form.
#[derive(Deserialize)]
pub(super) struct StepUpForm {
    #[serde(flatten)]
    token: TokenForm,
    #[serde(default)]
    to: String,
}

/// `POST /step-up`: to the provider; in the demo house the press of the button is enough.
pub(super) async fn step_up(
    State(state): State<PortalState>,
    visit: Visit,
    form: Result<Form<StepUpForm>, FormRejection>,
) -> Answered {
    visit.signed_in()?;
    let Ok(Form(form)) = form else { return Ok(visit.bad_request()) };
    visit.trusts(&form.token.csrf)?;
    let to = local(&form.to);
    match (&state.provider, &visit.token) {
        (Some(provider), Some(token)) => federated::send(&state, &visit, provider, Some(token), to).await,
        (None, Some(token)) if state.demo => again(&state, &visit, token, to).await,
        _ => Ok(visit.message(StatusCode::NOT_FOUND, &MessagePage::NotFound)),
    }
}

async fn again(state: &PortalState, visit: &Visit, token: &str, to: &str) -> Result<Response, Instead> {
    let limits = SessionLimits::default();
    let secret = random().map_err(|error| visit.fault(&error))?;
    let fresh = indgang_service::step_up(&state.house, &*state.clock, token, &limits, secret).await;
    let fresh = fresh.map_err(|error| visit.fail(&error))?;
    let mut response = Redirect::to(to).into_response();
    set_cookie(&mut response, state, SESSION, fresh.expose(), federated::seconds(limits.absolute_seconds));
    Ok(response)
}

/// `GET /cases/{case}/glass`.
pub(super) async fn page(State(state): State<PortalState>, visit: Visit, Path(case): Path<String>) -> Answered {
    may_declare(&state, &visit, &case)?;
    Ok(visit.page(&GlassPage { case, short: false }))
}

/// What a professional declares.
#[derive(Deserialize)]
pub(super) struct GlassForm {
    #[serde(flatten)]
    token: TokenForm,
    #[serde(default)]
    way: String,
    #[serde(default)]
    reason: String,
}

/// `POST /cases/{case}/glass`: the question for the case is put again.
pub(super) async fn declare(
    State(state): State<PortalState>,
    visit: Visit,
    Path(case): Path<String>,
    form: Result<Form<GlassForm>, FormRejection>,
) -> Answered {
    let session = visit.signed_in()?;
    let Ok(Form(form)) = form else { return Ok(visit.bad_request()) };
    visit.trusts(&form.token.csrf)?;
    may_declare(&state, &visit, &case)?;
    let Some((declaration, _)) = WAYS.into_iter().find(|(_, name)| *name == form.way) else {
        return Ok(visit.bad_request());
    };
    let id = CaseId(case.clone());
    let said = (declaration, form.reason.as_str());
    Ok(match indgang_service::declare(&state.house, &*state.clock, session, &id, said).await {
        Ok(()) => Redirect::to(&address(&case)).into_response(),
        Err(Error::ShortReason) => {
            (StatusCode::BAD_REQUEST, visit.page(&GlassPage { case, short: true })).into_response()
        }
        Err(error) => visit.fail_at(&error, &case),
    })
}

/// Only authorised health professionals, and only those who have just proved who they are.
fn may_declare(state: &PortalState, visit: &Visit, case: &str) -> Result<(), Instead> {
    let session = visit.signed_in()?;
    if !indgang_service::may_declare(session) {
        return Err(visit.message(StatusCode::NOT_FOUND, &MessagePage::NotFound).into());
    }
    if !session.stepped_up(state.clock.now()) {
        let to = format!("/step-up?to={}", encode(&format!("{}/glass", address(case))));
        return Err(Redirect::to(&to).into_response().into());
    }
    Ok(())
}

fn address(case: &str) -> String {
    format!("/cases/{}", segment(case))
}
