//! Who treats a patient asks her to answer a questionnaire.

use crate::pages::message::MessagePage;
use crate::pages::questions::{QuestionNotice, QuestionsPage};
use crate::web::PortalState;
use crate::web::visit::{Answered, Visit, random};
use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use indgang_model::{PersonId, hex};
use indgang_service::{self as service, NewQuestion, Put};
use serde::Deserialize;

/// What was done before the page was opened.
#[derive(Deserialize)]
pub(super) struct Done {
    #[serde(default)]
    done: String,
}

/// The form of the page.
#[derive(Deserialize)]
pub(super) struct Sent {
    #[serde(default)]
    csrf: String,
    #[serde(default, rename = "do")]
    act: String,
    #[serde(default)]
    form: String,
    #[serde(default)]
    questionnaire: String,
    #[serde(default)]
    until: String,
    #[serde(default)]
    id: String,
}

/// `GET /patients/{person}/questions`.
pub(super) async fn page(
    State(state): State<PortalState>,
    visit: Visit,
    Path(person): Path<String>,
    Query(done): Query<Done>,
) -> Answered {
    let notice = match done.done.as_str() {
        "asked" => Some(QuestionNotice::Asked),
        "withdrawn" => Some(QuestionNotice::Withdrawn),
        _ => None,
    };
    shown(&state, &visit, &PersonId(person), Default::default(), notice).await
}

/// `POST /patients/{person}/questions`: asks, or withdraws a question.
pub(super) async fn send(
    State(state): State<PortalState>,
    visit: Visit,
    Path(person): Path<String>,
    sent: Result<Form<Sent>, FormRejection>,
) -> Answered {
    let session = visit.signed_in()?;
    let Ok(Form(sent)) = sent else { return Ok(visit.bad_request()) };
    visit.trusts(&sent.csrf)?;
    let person = PersonId(person);
    let there = |done: &str| {
        let person = crate::page::segment(&person.0);
        Redirect::to(&format!("/patients/{person}/questions?done={done}")).into_response()
    };
    if sent.act == "withdraw" {
        return Ok(match service::withdraw_question(&state.house, &*state.clock, session, &person, &sent.id).await {
            Ok(true) => there("withdrawn"),
            Ok(false) => visit.message(StatusCode::NOT_FOUND, &MessagePage::NotFound),
            Err(error) => visit.fail(&error),
        });
    }
    let until = match sent.until.trim() {
        "" => Some(None),
        text => text.parse().ok().map(Some),
    };
    let typed = (sent.questionnaire.clone(), sent.until.clone());
    let Some(until) = until else {
        return shown(&state, &visit, &person, typed, Some(QuestionNotice::NotThatDay)).await;
    };
    let new = NewQuestion { person: person.clone(), key: sent.questionnaire, until, form: sent.form };
    match service::put_question(&state.house, &*state.clock, session, &new).await {
        Ok(Put::Kept) => Ok(there("asked")),
        Ok(Put::NotThatDay) => shown(&state, &visit, &person, typed, Some(QuestionNotice::NotThatDay)).await,
        Ok(Put::NoForm) => shown(&state, &visit, &person, typed, Some(QuestionNotice::NoForm)).await,
        Err(error) => Ok(visit.fail(&error)),
    }
}

async fn shown(
    state: &PortalState,
    visit: &Visit,
    person: &PersonId,
    typed: (String, String),
    notice: Option<QuestionNotice>,
) -> Answered {
    let session = visit.signed_in()?;
    let form = hex(&random().map_err(|error| visit.fault(&error))?[..16]);
    let list = match service::questions(&state.house, &*state.clock, session, person).await {
        Ok(list) => list,
        Err(error) => return Ok(visit.fail(&error)),
    };
    let page = visit.page(&QuestionsPage { list, form, typed, now: state.clock.now(), notice });
    let wrong = matches!(notice, Some(QuestionNotice::NotThatDay | QuestionNotice::NoForm));
    Ok(if wrong { (StatusCode::UNPROCESSABLE_ENTITY, page).into_response() } else { page })
}
