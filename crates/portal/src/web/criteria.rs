//! Criteria set by hand.

use crate::page::segment;
use crate::web::PortalState;
use crate::web::visit::{Answered, Visit};
use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect};
use indgang_interpret::acmg::{Code, Setting};
use indgang_model::CaseId;
use indgang_service::{CriterionSetting, Error};
use serde::Deserialize;

/// The form that sets a criterion.
#[derive(Deserialize)]
pub(super) struct SetForm {
    csrf: String,
    finding: String,
    criterion: String,
    setting: String,
    reason: String,
}

/// Where the form of a finding is sent.
pub(super) fn address(case: &CaseId, rank: u32) -> String {
    format!("{}/criteria", finding(case, rank))
}

fn finding(case: &CaseId, rank: u32) -> String {
    format!("/cases/{}/findings/{rank}", segment(&case.0))
}

/// The text that says what stood in the way.
pub(super) fn error(note: &str) -> Option<&'static str> {
    match note {
        "short" => Some("glass-short"),
        "strength" => Some("error-no-such-strength"),
        "signed" => Some("error-already-signed"),
        _ => None,
    }
}

/// `POST /cases/{case}/findings/{rank}/criteria`.
pub(super) async fn set(
    State(state): State<PortalState>,
    visit: Visit,
    Path((case, rank)): Path<(String, u32)>,
    form: Result<Form<SetForm>, FormRejection>,
) -> Answered {
    let session = visit.signed_in()?;
    let Ok(Form(form)) = form else { return Ok(visit.bad_request()) };
    visit.trusts(&form.csrf)?;
    let named = Code::from_name(&form.criterion).zip(Setting::from_name(&form.setting));
    let Some((criterion, setting)) = named else { return Ok(visit.bad_request()) };
    let set = CriterionSetting { finding: form.finding, criterion, setting };
    let case = CaseId(case);
    let reason = form.reason.replace("\r\n", "\n");
    let done = indgang_service::set_criterion(&state.house, &*state.clock, session, &case, &set, &reason).await;
    let page = finding(&case, rank);
    let note = match done {
        Ok(()) => return Ok(Redirect::to(&format!("{page}#acmg")).into_response()),
        Err(Error::ShortReason) => "short",
        Err(Error::NoSuchStrength) => "strength",
        Err(Error::AlreadySigned) => "signed",
        Err(error) => return Ok(visit.fail_at(&error, &case.0)),
    };
    Ok(Redirect::to(&format!("{page}?note={note}#set-criterion")).into_response())
}
