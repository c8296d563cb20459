//! The front door: sign-in, sign-out, the choice of language, and what is at no address.

use crate::Locale;
use crate::pages::access::AccessPage;
use crate::pages::message::MessagePage;
use crate::pages::sign_in::{Person, SignInPage};
use crate::web::visit::{Answered, FORM, LANGUAGE, SESSION, Visit, random, set_cookie};
use crate::web::{PortalState, federated};
use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use indgang_gate::UserId;
use indgang_model::{Role, hex};
use serde::Deserialize;

const YEAR: u32 = 31_536_000;
/// As long as the service lets a session last.
const SESSION_SECONDS: u64 = 8 * 3600;

/// `GET /`: to the reader's own first page.
pub(super) async fn front(visit: Visit) -> Response {
    Redirect::to(match visit.session.as_ref().map(indgang_service::Session::role) {
        None => "/sign-in",
        Some(Role::Citizen) => "/my/result",
        Some(Role::LaboratoryGeneticist | Role::AuthorisedHealthProfessional | Role::Bioinformatician) => "/cases",
        Some(Role::Auditor) => "/audit/log",
        Some(Role::Outsider) => "/access",
        Some(_) => "/sql",
    })
    .into_response()
}

/// `GET /sign-in`.
pub(super) async fn sign_in_page(State(state): State<PortalState>, mut visit: Visit) -> Response {
    let mut people = Vec::new();
    if state.demo {
        match indgang_service::demo_users(&state.house).await {
            Ok(users) => people.extend(users.into_iter().map(|user| Person {
                id: user.id.0,
                name: user.display_name.expose().clone(),
                role: user.role,
                organisation: user.organisation,
            })),
            Err(error) => return visit.fail(&error),
        }
    }
    let fresh = match (&visit.session, &visit.form) {
        (None, None) => match random() {
            Ok(bytes) => Some(hex(&bytes)),
            Err(error) => return visit.fault(&error),
        },
        _ => None,
    };
    if fresh.is_some() {
        visit.form.clone_from(&fresh);
    }
    let mut response = visit.page(&SignInPage { people, provider: state.provider.is_some() });
    if let Some(secret) = fresh {
        set_cookie(&mut response, &state, FORM, &secret, federated::seconds(SESSION_SECONDS));
    }
    match &state.provider {
        Some(provider) => federated::leading_to(&state, provider, response).await,
        None => response,
    }
}

/// The sign-in form.
#[derive(Deserialize)]
pub(super) struct SignInForm {
    #[serde(default)]
    csrf: String,
    #[serde(default)]
    person: String,
}

/// `POST /sign-in`: to the provider; in the demo house, as the person who was chosen.
pub(super) async fn sign_in(
    State(state): State<PortalState>,
    visit: Visit,
    form: Result<Form<SignInForm>, FormRejection>,
) -> Answered {
    if !state.demo && state.provider.is_none() {
        return Ok(visit.message(StatusCode::NOT_FOUND, &MessagePage::NotFound));
    }
    let Ok(Form(form)) = form else { return Ok(visit.bad_request()) };
    visit.trusts(&form.csrf)?;
    if let Some(provider) = &state.provider {
        return federated::send(&state, &visit, provider, None, "/").await;
    }
    let secret = match random() {
        Ok(bytes) => bytes,
        Err(error) => return Ok(visit.fault(&error)),
    };
    let user = UserId(form.person);
    Ok(match indgang_service::sign_in(&state.house, &*state.clock, &user, secret).await {
        Ok(signed_in) => begin_cookies(&state, signed_in.token.expose(), SESSION_SECONDS),
        Err(error) => visit.fail(&error),
    })
}

/// To the front page with the cookie of a new session.
pub(super) fn begin_cookies(state: &PortalState, token: &str, seconds: u64) -> Response {
    let mut response = Redirect::to("/").into_response();
    set_cookie(&mut response, state, SESSION, token, federated::seconds(seconds));
    set_cookie(&mut response, state, FORM, "", 0);
    response
}

/// A form that carries nothing but its token.
#[derive(Deserialize)]
pub(super) struct TokenForm {
    #[serde(default)]
    pub csrf: String,
}

/// The form of signing out.
#[derive(Deserialize)]
pub(super) struct SignOutForm {
    #[serde(default)]
    csrf: String,
    #[serde(default)]
    everywhere: String,
}

/// `POST /sign-out`: this session, or every session of hers.
pub(super) async fn sign_out(
    State(state): State<PortalState>,
    visit: Visit,
    form: Result<Form<SignOutForm>, FormRejection>,
) -> Answered {
    let Ok(Form(form)) = form else { return Ok(visit.bad_request()) };
    let session = visit.signed_in()?;
    visit.trusts(&form.csrf)?;
    let ended = match (&visit.token, form.everywhere.as_str()) {
        (_, "yes") => indgang_service::sign_out_everywhere(&state.house, session).await,
        (Some(token), _) => indgang_service::sign_out(&state.house, token).await,
        (None, _) => Ok(()),
    };
    if let Err(error) = ended {
        return Ok(visit.fail(&error));
    }
    let mut response = Redirect::to("/sign-in").into_response();
    set_cookie(&mut response, &state, SESSION, "", 0);
    Ok(response)
}

/// Where to go after the choice of language.
#[derive(Deserialize)]
pub(super) struct Destination {
    #[serde(default)]
    to: String,
}

/// `GET /language/{code}`: keeps the choice in a cookie and goes back.
pub(super) async fn language(
    State(state): State<PortalState>,
    visit: Visit,
    Path(code): Path<String>,
    Query(destination): Query<Destination>,
) -> Response {
    let Some(locale) = Locale::from_code(&code) else {
        return visit.message(StatusCode::NOT_FOUND, &MessagePage::NotFound);
    };
    let mut response = Redirect::to(local(&destination.to)).into_response();
    set_cookie(&mut response, &state, LANGUAGE, locale.code(), YEAR);
    response
}

/// `GET /access`: the first page of a role without pages of person data here.
pub(super) async fn access(visit: Visit) -> Answered {
    visit.signed_in()?;
    Ok(visit.page(&AccessPage))
}

/// Everything else.
pub(super) async fn not_found(visit: Visit) -> Response {
    visit.message(StatusCode::NOT_FOUND, &MessagePage::NotFound)
}

/// The destination when it is a path of the portal, else the front page: nobody is sent to another house.
pub(super) fn local(to: &str) -> &str {
    let plain = to.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
    if to.starts_with('/') && !to.starts_with("//") && plain { to } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_to_another_house() {
        for (to, expected) in [
            ("/cases?a=b", "/cases?a=b"),
            ("//evil.example", "/"),
            ("/\\evil.example", "/"),
            ("https://evil.example", "/"),
            ("/a\r\nset-cookie: x=y", "/"),
            ("", "/"),
        ] {
            assert_eq!(local(to), expected, "{to}");
        }
    }
}
