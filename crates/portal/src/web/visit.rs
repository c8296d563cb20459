//! One visit: the language, the session, the token of forms; and the answers that are the same everywhere.

use crate::Locale;
use crate::identity::ProviderError;
use crate::page::{Cx, Page, Reader, document};
use crate::pages::message::MessagePage;
use crate::web::PortalState;
use axum::extract::FromRequestParts;
use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse, Redirect, Response};
use indgang_gate::Reason;
use indgang_model::hex;
use indgang_service::{Error, Refusal, Session, resume};
use sha2::{Digest, Sha256};

/// The session's cookie.
pub(super) const SESSION: &str = "indgang_session";
/// The cookie of the sign-in form's token, before there is a session.
pub(super) const FORM: &str = "indgang_form";
/// The secret of a sign-in that is on its way through the provider.
pub(super) const ATTEMPT: &str = "indgang_attempt";
/// The choice of language.
pub(super) const LANGUAGE: &str = "indgang_language";

/// What a handler gives: a page, or what stands instead of it.
pub(super) type Answered = Result<Response, Instead>;

/// An answer instead of the one asked for: the way to sign-in, a refusal, a fault. Boxed, for responses are large.
pub(super) struct Instead(Box<Response>);

impl From<Response> for Instead {
    fn from(response: Response) -> Self {
        Self(Box::new(response))
    }
}

impl IntoResponse for Instead {
    fn into_response(self) -> Response {
        *self.0
    }
}

/// What a request says of its sender.
pub(super) struct Visit {
    /// Language.
    pub locale: Locale,
    /// Path and query.
    pub path: String,
    /// The session's secret, when one is sent.
    pub token: Option<String>,
    /// The secret of the sign-in form, when one is sent.
    pub form: Option<String>,
    /// The secret of a sign-in on its way, when one is sent.
    pub attempt: Option<String>,
    /// Who it is, when signed in.
    pub session: Option<Session>,
    demo: bool,
}

impl FromRequestParts<PortalState> for Visit {
    type Rejection = Instead;

    async fn from_request_parts(parts: &mut Parts, state: &PortalState) -> Result<Self, Instead> {
        let cookie = |name| cookie(&parts.headers, &state.cookie_name(name));
        let mut visit = Self {
            locale: cookie(LANGUAGE).and_then(|code| Locale::from_code(&code)).unwrap_or_default(),
            path: parts.uri.path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string),
            token: cookie(SESSION),
            form: cookie(FORM),
            attempt: cookie(ATTEMPT),
            session: None,
            demo: state.demo,
        };
        if let Some(token) = &visit.token {
            match resume(&state.house, &*state.clock, token).await {
                Ok(session) => visit.session = Some(session),
                Err(Error::SignedOut) => {}
                Err(error) => return Err(visit.fail(&error).into()),
            }
        }
        Ok(visit)
    }
}

impl Visit {
    /// The session, or the way to sign-in.
    pub fn signed_in(&self) -> Result<&Session, Instead> {
        self.session.as_ref().ok_or_else(|| Redirect::to("/sign-in").into_response().into())
    }

    /// The token that forms of this visit must carry. Made of the cookie's secret, so nothing needs to be stored.
    pub fn csrf(&self) -> Option<String> {
        let (purpose, secret) = match (&self.session, &self.token, &self.form) {
            (Some(_), Some(token), _) => ("session", token),
            (_, _, Some(form)) => ("sign-in", form),
            _ => return None,
        };
        Some(hex(&Sha256::digest(format!("indgang form token v1\n{purpose}\n{secret}"))))
    }

    /// Refuses a form that does not carry the token.
    pub fn trusts(&self, sent: &str) -> Result<(), Instead> {
        match self.csrf() {
            Some(token) if equal(token.as_bytes(), sent.as_bytes()) => Ok(()),
            _ => Err(self.message(StatusCode::FORBIDDEN, &MessagePage::Forged).into()),
        }
    }

    /// A page.
    pub fn page(&self, page: &impl Page) -> Response {
        let reader = self.session.as_ref().map(|s| Reader { name: s.display_name().to_owned(), role: s.role() });
        let cx = Cx {
            locale: self.locale,
            reader,
            csrf: self.csrf().unwrap_or_default(),
            path: self.path.clone(),
            demo: self.demo,
        };
        Html(document(&cx, page).into_string()).into_response()
    }

    /// A page that stands for what was asked for.
    pub fn message(&self, status: StatusCode, page: &MessagePage) -> Response {
        (status, self.page(page)).into_response()
    }

    /// The answer to a failure of the service. What went wrong inside is for the log, under the trace id.
    pub fn fail(&self, error: &Error) -> Response {
        match error {
            Error::SignedOut => Redirect::to("/sign-in").into_response(),
            Error::Refused(refusal) => self.refused(refusal, None),
            Error::NotAdmitted => self.not_admitted(error),
            Error::NotSteppedUp => self.message(StatusCode::FORBIDDEN, &MessagePage::Forged),
            Error::NotInterpreted | Error::Withheld => self.message(StatusCode::NOT_FOUND, &MessagePage::NotFound),
            Error::UnknownUser(_)
            | Error::AlreadySigned
            | Error::NoConclusion
            | Error::EmptyConclusion
            | Error::ShortReason
            | Error::NothingToJudge
            | Error::NoSuchCode
            | Error::TooManyNames
            | Error::NoCause
            | Error::CauseOfNothing
            | Error::NoSuchFinding
            | Error::NoSuchStrength
            | Error::Choice(_)
            | Error::Representation(_)
            | Error::UnknownPerson(_)
            | Error::NotRepresented { .. }
            | Error::Input(_) => self.bad_request(),
            // Systems and apps do not come to a page.
            Error::Store(_) | Error::Lake(_) | Error::Delivery(_) | Error::Withdrawn | Error::OutOfScope => {
                self.fault(error)
            }
        }
    }

    /// What was sent cannot be read.
    pub fn bad_request(&self) -> Response {
        self.message(StatusCode::BAD_REQUEST, &MessagePage::BadRequest)
    }

    /// The answer to a failure at one case: an authorised health professional is shown the lawful ways past a block or
    /// a treatment relation that is missing.
    pub fn fail_at(&self, error: &Error, case: &str) -> Response {
        match (error, &self.session) {
            (Error::Refused(refusal), Some(session))
                if indgang_service::may_declare(session)
                    && matches!(refusal.reason, Reason::Blocked | Reason::NoTreatmentRelation) =>
            {
                self.refused(refusal, Some(case.to_owned()))
            }
            // That something is withheld is told to those only who have a lawful way past it.
            (Error::Withheld, Some(session)) if indgang_service::may_declare(session) => {
                self.message(StatusCode::FORBIDDEN, &MessagePage::Withheld { case: case.to_owned() })
            }
            _ => self.fail(error),
        }
    }

    fn refused(&self, refusal: &Refusal, declare: Option<String>) -> Response {
        let (basis, reason, leaf) = (refusal.rule.clone(), refusal.reason, refusal.log_index);
        self.message(StatusCode::FORBIDDEN, &MessagePage::Refused { basis, reason, leaf, declare })
    }

    /// A fault of the house.
    pub fn fault(&self, error: &dyn std::fmt::Display) -> Response {
        let trace = trace();
        tracing::error!(trace, error = %error, "a page could not be made");
        self.message(StatusCode::INTERNAL_SERVER_ERROR, &MessagePage::Fault { trace })
    }

    /// The provider vouches for nobody. Why, is for the log.
    pub fn sign_in_failed(&self, error: &ProviderError) -> Response {
        let trace = trace();
        tracing::warn!(trace, error = %error, "a sign-in failed");
        self.message(StatusCode::FORBIDDEN, &MessagePage::SignInFailed { trace })
    }

    /// The provider vouches for somebody who is nobody here. Why, is for the log.
    pub fn not_admitted(&self, reason: &dyn std::fmt::Display) -> Response {
        let trace = trace();
        tracing::warn!(trace, reason = %reason, "somebody was not admitted");
        self.message(StatusCode::FORBIDDEN, &MessagePage::NotAdmitted { trace })
    }
}

/// A name by which a fault is found in the log.
pub(super) fn trace() -> String {
    random().map_or_else(|_| "–".to_owned(), |bytes| hex(&bytes[..6]))
}

/// A cookie of the portal: not readable by scripts, not sent with what other sites post or embed.
pub(super) fn set_cookie(response: &mut Response, state: &PortalState, name: &str, value: &str, seconds: u32) {
    let secure = if state.secure { "; Secure" } else { "" };
    let name = state.cookie_name(name);
    // Lax: who comes back from the provider comes from another site, and must be known again.
    let text = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}");
    // INVARIANT: names are constants and values are hexadecimal or a language code, which a header may hold.
    if let Ok(value) = HeaderValue::from_str(&text) {
        response.headers_mut().append(SET_COOKIE, value);
    }
}

/// 32 secret random bytes from the operating system.
pub(super) fn random() -> Result<[u8; 32], getrandom::Error> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)?;
    Ok(bytes)
}

fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|header| header.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, value)| *key == name && value.len() <= 128 && value.bytes().all(|b| b.is_ascii_alphanumeric()))
        .map(|(_, value)| value.to_owned())
}

/// Compares without telling by the time it takes where the difference is.
pub(crate) fn equal(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |difference, (x, y)| difference | (x ^ y)) == 0
}
