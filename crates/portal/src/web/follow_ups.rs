//! The readings that are followed up: the list, one of them, its judgement.

use crate::pages::follow_up::FollowUpPage;
use crate::pages::follow_ups::FollowUpsPage;
use crate::pages::message::MessagePage;
use crate::web::PortalState;
use crate::web::entrance::TokenForm;
use crate::web::visit::{Answered, Visit};
use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use indgang_service::{self as service, Error, FollowUps, Rechecked};
use serde::Deserialize;

/// Which page of the list, and what was just done.
#[derive(Deserialize)]
pub(super) struct Shown {
    #[serde(default)]
    after: String,
    #[serde(default)]
    done: String,
}

/// `GET /audit/follow-ups`.
pub(super) async fn list(State(state): State<PortalState>, visit: Visit, Query(shown): Query<Shown>) -> Answered {
    answer(&state, &visit, shown.after.parse().ok(), None, shown.done == "judged").await
}

/// `POST /audit/follow-ups`: hold what waits against the registers.
pub(super) async fn recheck(
    State(state): State<PortalState>,
    visit: Visit,
    form: Result<Form<TokenForm>, FormRejection>,
) -> Answered {
    let session = visit.signed_in()?;
    let Ok(Form(form)) = form else { return Ok(visit.bad_request()) };
    visit.trusts(&form.csrf)?;
    match service::recheck_follow_ups(&state.house, &*state.clock, session).await {
        Ok(rechecked) => answer(&state, &visit, None, Some(rechecked), false).await,
        Err(error) => Ok(visit.fail(&error)),
    }
}

async fn answer(
    state: &PortalState,
    visit: &Visit,
    after: Option<u64>,
    rechecked: Option<Rechecked>,
    judged: bool,
) -> Answered {
    let session = visit.signed_in()?;
    Ok(match service::follow_ups(&state.house, &*state.clock, session, after).await {
        Ok(FollowUps { lines, waiting, more }) => {
            visit.page(&FollowUpsPage { lines, waiting, more, rechecked, judged })
        }
        Err(error) => visit.fail(&error),
    })
}

/// `GET /audit/follow-ups/{leaf}`.
pub(super) async fn one(State(state): State<PortalState>, visit: Visit, Path(leaf): Path<u64>) -> Answered {
    show(&state, &visit, leaf, false).await
}

async fn show(state: &PortalState, visit: &Visit, leaf: u64, short: bool) -> Answered {
    let session = visit.signed_in()?;
    Ok(match service::open_follow_up(&state.house, &*state.clock, session, leaf).await {
        Ok(case) => visit.page(&FollowUpPage { case, short }),
        Err(error) => visit.fail(&error),
    })
}

/// The judgement's form.
#[derive(Deserialize)]
pub(super) struct JudgementForm {
    #[serde(flatten)]
    token: TokenForm,
    #[serde(default)]
    outcome: String,
    #[serde(default)]
    reason: String,
}

/// `POST /audit/follow-ups/{leaf}`.
pub(super) async fn judge(
    State(state): State<PortalState>,
    visit: Visit,
    Path(leaf): Path<u64>,
    form: Result<Form<JudgementForm>, FormRejection>,
) -> Answered {
    let session = visit.signed_in()?;
    let Ok(Form(form)) = form else { return Ok(visit.bad_request()) };
    visit.trusts(&form.token.csrf)?;
    let in_order = match form.outcome.as_str() {
        "in_order" => true,
        "not_in_order" => false,
        _ => return Ok(visit.bad_request()),
    };
    // Browsers send line ends as CR LF.
    let reason = form.reason.replace("\r\n", "\n");
    match service::judge_follow_up(&state.house, &*state.clock, session, leaf, (in_order, &reason)).await {
        Ok(()) => Ok(Redirect::to("/audit/follow-ups?done=judged").into_response()),
        Err(Error::ShortReason) => {
            let page = show(&state, &visit, leaf, true).await?;
            Ok((StatusCode::BAD_REQUEST, page).into_response())
        }
        Err(Error::NothingToJudge) => Ok(visit.message(StatusCode::CONFLICT, &MessagePage::NothingToJudge)),
        Err(error) => Ok(visit.fail(&error)),
    }
}
