//! The front door: sign-in, sign-out, the choice of language, and what is at no address.

use crate::Locale;
use crate::pages::access::AccessPage;
use crate::pages::message::MessagePage;
use crate::pages::sign_in::{Person, SignInPage};
use crate::web::PortalState;
use crate::web::visit::{Answered, FORM, LANGUAGE, SESSION, Visit, hex, random, set_cookie};
use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use indgang_gate::UserId;
use indgang_model::Role;
use serde::Deserialize;

const YEAR: u32 = 31_536_000;
/// As long as the service lets a session last.
const SESSION_SECONDS: u32 = 8 * 3600;

/// `GET /`: to the reader's own first page.
pub(super) async fn front(visit: Visit) -> Response {
    Redirect::to(match visit.session.as_ref().map(indgang_service::Session::role) {
        None => "/sign-in",
        Some(Role::Citizen) => "/my/result",
        Some(Role::LaboratoryGeneticist | Role::AuthorisedHealthProfessional | Role::Bioinformatician) => "/cases",
        Some(_) => "/access",
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
    let mut response = visit.page(&SignInPage { people });
    if let Some(secret) = fresh {
        set_cookie(&mut response, &state, FORM, &secret, SESSION_SECONDS);
    }
    response
}

/// The sign-in form.
#[derive(Deserialize)]
pub(super) struct SignInForm {
    #[serde(default)]
    csrf: String,
    #[serde(default)]
    person: String,
}

/// `POST /sign-in`: the demo's provider.
pub(super) async fn sign_in(
    State(state): State<PortalState>,
    visit: Visit,
    form: Result<Form<SignInForm>, FormRejection>,
) -> Answered {
    if !state.demo {
        return Ok(visit.message(StatusCode::NOT_FOUND, &MessagePage::NotFound));
    }
    let Ok(Form(form)) = form else { return Ok(visit.bad_request()) };
    visit.trusts(&form.csrf)?;
    let secret = match random() {
        Ok(bytes) => bytes,
        Err(error) => return Ok(visit.fault(&error)),
    };
    let user = UserId(form.person);
    Ok(match indgang_service::sign_in(&state.house, &*state.clock, &user, secret).await {
        Ok(signed_in) => {
            let mut response = Redirect::to("/").into_response();
            set_cookie(&mut response, &state, SESSION, signed_in.token.expose(), SESSION_SECONDS);
            set_cookie(&mut response, &state, FORM, "", 0);
            response
        }
        Err(error) => visit.fail(&error),
    })
}

/// A form that carries nothing but its token.
#[derive(Deserialize)]
pub(super) struct TokenForm {
    #[serde(default)]
    pub csrf: String,
}

/// `POST /sign-out`.
pub(super) async fn sign_out(
    State(state): State<PortalState>,
    visit: Visit,
    form: Result<Form<TokenForm>, FormRejection>,
) -> Answered {
    let Ok(Form(form)) = form else { return Ok(visit.bad_request()) };
    visit.signed_in()?;
    visit.trusts(&form.csrf)?;
    if let Some(token) = &visit.token
        && let Err(error) = indgang_service::sign_out(&state.house, token).await
    {
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
fn local(to: &str) -> &str {
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
