//! A secondary finding that is left out of the report, or put back.

use crate::page::segment;
use crate::web::PortalState;
use crate::web::visit::{Answered, Visit};
use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect};
use indgang_model::{CaseId, PersonId};
use indgang_service::{Error, SecondaryChoice};
use serde::Deserialize;

/// The form on the page before signing.
#[derive(Deserialize)]
pub(super) struct ChoiceForm {
    csrf: String,
    person: String,
    finding: String,
    leave_out: String,
    reason: String,
}

/// The text that says what stood in the way.
pub(super) fn error(note: &str) -> Option<&'static str> {
    (note == "short").then_some("glass-short")
}

/// `POST /cases/{case}/secondary`.
pub(super) async fn choose(
    State(state): State<PortalState>,
    visit: Visit,
    Path(case): Path<String>,
    form: Result<Form<ChoiceForm>, FormRejection>,
) -> Answered {
    let session = visit.signed_in()?;
    let Ok(Form(form)) = form else { return Ok(visit.bad_request()) };
    visit.trusts(&form.csrf)?;
    let leave_out = match form.leave_out.as_str() {
        "yes" => true,
        "no" => false,
        _ => return Ok(visit.bad_request()),
    };
    let case = CaseId(case);
    let choice = SecondaryChoice { person: PersonId(form.person), finding: form.finding, leave_out };
    let reason = form.reason.replace("\r\n", "\n");
    let done =
        indgang_service::leave_out_secondary(&state.house, &*state.clock, session, &case, &choice, &reason).await;
    let id = segment(&case.0);
    let to = match done {
        Ok(()) => format!("/cases/{id}/sign#secondary"),
        Err(Error::ShortReason) => format!("/cases/{id}/sign?note=short#secondary"),
        Err(Error::AlreadySigned) => format!("/cases/{id}?note=signed"),
        Err(error) => return Ok(visit.fail_at(&error, &case.0)),
    };
    Ok(Redirect::to(&to).into_response())
}
