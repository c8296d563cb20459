//! The desk for questions about everybody.

use crate::pages::sql::{Answer, Plan, SqlPage, Told};
use crate::web::PortalState;
use crate::web::visit::{Answered, Visit, random};
use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use indgang_model::{PermitId, Purpose};
use indgang_service::{self as service, Desk, Error, LakeError, Limits, Queried, Refusal};
use serde::Deserialize;
use std::time::Duration;

/// The most rows on a page; the files hold all.
const ROWS: usize = 500;

/// What a question on the page may use: somebody waits for it, and others ask as well.
fn limits() -> Limits {
    Limits { time: Duration::from_secs(120), memory: 1 << 30, ..Limits::default() }
}

/// Which permit, or which of her earlier questions.
#[derive(Deserialize)]
pub(super) struct Shown {
    #[serde(default)]
    permit: String,
    #[serde(default)]
    question: String,
}

/// `GET /sql`.
pub(super) async fn page(State(state): State<PortalState>, visit: Visit, Query(shown): Query<Shown>) -> Answered {
    let session = visit.signed_in()?;
    let desk = match service::desk(&state.house, &*state.clock, session).await {
        Ok(desk) => desk,
        Err(error) => return Ok(visit.fail(&error)),
    };
    let number = shown.question.parse().unwrap_or(0);
    let earlier = desk.questions.iter().find(|asked| asked.sequence == number).cloned();
    let permit = earlier.as_ref().and_then(|asked| asked.permit.clone()).unwrap_or(PermitId(shown.permit));
    let sql = earlier.map_or_else(String::new, |asked| asked.sql);
    Ok(visit.page(&SqlPage { chosen: place(&desk, &permit), desk, sql, outcome: None }))
}

/// The place of a permit among those she holds; the first when it is none of them.
fn place(desk: &Desk, permit: &PermitId) -> usize {
    desk.permits.iter().position(|held| held.id == *permit).unwrap_or(0)
}

/// The editor, or a download.
#[derive(Deserialize)]
pub(super) struct QuestionForm {
    #[serde(default)]
    csrf: String,
    #[serde(default)]
    permit: String,
    #[serde(default)]
    sql: String,
    #[serde(default)]
    snapshot: String,
    #[serde(default, rename = "do")]
    wanted: String,
}

/// `POST /sql`.
pub(super) async fn ask(
    State(state): State<PortalState>,
    visit: Visit,
    form: Result<Form<QuestionForm>, FormRejection>,
) -> Answered {
    let session = visit.signed_in()?;
    let Ok(Form(form)) = form else { return Ok(visit.bad_request()) };
    visit.trusts(&form.csrf)?;
    // Browsers send line ends as CR LF.
    let sql = form.sql.replace("\r\n", "\n");
    let permit = PermitId(form.permit);
    let desk = match service::desk(&state.house, &*state.clock, session).await {
        Ok(desk) => desk,
        Err(error) => return Ok(visit.fail(&error)),
    };
    if form.wanted == "tables" || sql.trim().is_empty() {
        return Ok(visit.page(&SqlPage { chosen: place(&desk, &permit), desk, sql, outcome: None }));
    }
    let explains = sql.trim_start().to_ascii_lowercase().starts_with("explain");
    let explain = form.wanted == "explain" && !explains;
    let query = service::Query {
        user: session.user().clone(),
        // Who holds no such permit is refused for the purpose that permits are for, as the log then says.
        purpose: desk
            .permits
            .iter()
            .find(|held| held.id == permit)
            .map_or(Purpose::ResearchAndStatistics, |held| held.purpose),
        permit: Some(permit.clone()).filter(|permit| !permit.0.is_empty()),
        case: None,
        asked_by: None,
        sql: Some(if explain { format!("explain {sql}") } else { sql.clone() }),
        snapshot: form.snapshot.parse().ok(),
        limits: Limits { cluster: state.cluster.clone(), ..limits() },
    };
    let secrets = match (random(), random()) {
        (Ok(a), Ok(b)) => [a, b],
        (Err(error), _) | (_, Err(error)) => return Ok(visit.fault(&error)),
    };
    let queried = service::query(&state.house, &*state.clock, &query, secrets).await;
    let (status, told) = match queried.and_then(|queried| Ok((file(&form.wanted, &queried)?, queried))) {
        Ok((Some(file), _)) => return Ok(file),
        Ok((None, queried)) => match told(queried, explain || explains) {
            Ok(told) => (StatusCode::OK, told),
            Err(error) => return Ok(visit.fail(&error)),
        },
        Err(error) => match untold(&error) {
            Some((status, told)) => (status, told),
            None => return Ok(visit.fail(&error)),
        },
    };
    // The question is among hers now.
    let desk = service::desk(&state.house, &*state.clock, session).await.unwrap_or(desk);
    let page = SqlPage { chosen: place(&desk, &permit), desk, sql, outcome: Some(told) };
    Ok((status, visit.page(&page)).into_response())
}

/// The answer as a file, when one was asked for.
fn file(wanted: &str, queried: &Queried) -> Result<Option<Response>, Error> {
    let (name, kind, bytes) = match wanted {
        "csv" => ("answer.csv", "text/csv; charset=utf-8", queried.csv()?),
        "parquet" => ("answer.parquet", "application/vnd.apache.parquet", queried.parquet()?),
        _ => return Ok(None),
    };
    let disposition = format!("attachment; filename=\"{name}\"");
    let headers = [(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, disposition)];
    Ok(Some((headers, bytes).into_response()))
}

fn told(queried: Queried, is_plan: bool) -> Result<Told, Error> {
    let cells = queried.cells(ROWS)?;
    let (basis, leaf, snapshot) = (queried.rule, queried.log_index, queried.snapshot);
    if is_plan {
        let lines = cells.rows.into_iter().flatten().flatten().collect();
        return Ok(Told::Plan(Plan { lines, basis, leaf }));
    }
    let (left_out, minimum, persons, perturbed) =
        queried.answer.map_or((false, 0, false, false), |of| (of.left_out, of.minimum, of.persons, of.perturbed));
    Ok(Told::Answer(Box::new(Answer { cells, left_out, minimum, persons, perturbed, basis, leaf, snapshot })))
}

/// What is told of a question without an answer; `None` for a fault of the house.
fn untold(error: &Error) -> Option<(StatusCode, Told)> {
    let failed = |how, error: &LakeError| (StatusCode::BAD_REQUEST, Told::Failed { how, what: error.to_string() });
    Some(match error {
        Error::Refused(Refusal { rule, reason, log_index }) => {
            (StatusCode::FORBIDDEN, Told::Refused { basis: rule.clone(), reason: *reason, leaf: *log_index })
        }
        Error::Lake(LakeError::Refused { rule, what }) => {
            (StatusCode::FORBIDDEN, Told::NotAnswered { rule, what: what.clone() })
        }
        Error::Lake(LakeError::NotAllowed(what)) => {
            (StatusCode::FORBIDDEN, Told::NotAnswered { rule: "lake-only-reading", what: what.clone() })
        }
        Error::Lake(error @ LakeError::Syntax(_)) => failed("sql-failed-syntax", error),
        Error::Lake(error @ LakeError::Limit(_)) => failed("sql-failed-limit", error),
        Error::Lake(error @ LakeError::Engine(_)) => failed("sql-failed-engine", error),
        _ => return None,
    })
}
