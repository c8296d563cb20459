//! The auditor's pages: rules, the log's tree, what an answer would have been, follow-ups.

use crate::pages::replay::{Asked, ReplayPage, Ruling};
use crate::pages::rules::RulesPage;
use crate::pages::tree::{Consistency, TreePage};
use crate::web::PortalState;
use crate::web::visit::{Answered, Visit};
use axum::extract::rejection::FormRejection;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::{Form, Json};
use indgang_gate::UserId;
use indgang_model::{CaseId, PersonId, Role};
use indgang_service::{Error, Question};
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// Which part of the matrix.
#[derive(Deserialize)]
pub(super) struct Choice {
    #[serde(default)]
    role: String,
    #[serde(default)]
    purpose: String,
}

/// A word of the model; `None` when it is none.
pub(super) fn word<T: DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::from_value(serde_json::Value::String(text.to_owned())).ok()
}

/// `GET /audit/rules`. The rules are no secret: whoever is signed in may read them.
pub(super) async fn rules(visit: Visit, Query(choice): Query<Choice>) -> Answered {
    let session = visit.signed_in()?;
    let own = Some(session.role()).filter(|role| *role != Role::Auditor);
    let role = word(&choice.role).or(own).unwrap_or(Role::AuthorisedHealthProfessional);
    Ok(visit.page(&RulesPage::of(role, word(&choice.purpose))))
}

/// Which roots to show, and which two to compare.
#[derive(Deserialize)]
pub(super) struct Sizes {
    #[serde(default)]
    before: String,
    #[serde(default)]
    old: String,
    #[serde(default)]
    new: String,
}

/// `GET /audit/log`.
pub(super) async fn tree(State(state): State<PortalState>, visit: Visit, Query(sizes): Query<Sizes>) -> Answered {
    let session = visit.signed_in()?;
    let asked = !sizes.old.is_empty() || !sizes.new.is_empty();
    let consistency = match (asked, sizes.old.parse(), sizes.new.parse()) {
        (false, ..) => Consistency::NotAsked,
        (true, Ok(old), Ok(new)) => {
            match indgang_service::log_consistency(&state.house, &*state.clock, session, (old, new)).await {
                Ok(Some(proof)) => {
                    let holds = proof.verify(&proof.public_key);
                    Consistency::Proof(Box::new(proof), holds)
                }
                Ok(None) => Consistency::NoSuch,
                Err(error) => return Ok(visit.fail(&error)),
            }
        }
        _ => Consistency::NoSuch,
    };
    let before = sizes.before.parse().ok();
    Ok(match indgang_service::log_tree(&state.house, &*state.clock, session, before).await {
        Ok(tree) => visit.page(&TreePage {
            latest: tree.latest,
            checkpoints: tree.checkpoints,
            more: tree.more,
            public_key: tree.public_key,
            consistency,
        }),
        Err(error) => visit.fail(&error),
    })
}

/// `GET /audit/log/consistency/{old}/{new}`: the proof as a file.
pub(super) async fn consistency(
    State(state): State<PortalState>,
    visit: Visit,
    Path(sizes): Path<(u64, u64)>,
) -> Answered {
    let session = visit.signed_in()?;
    Ok(match indgang_service::log_consistency(&state.house, &*state.clock, session, sizes).await {
        Ok(Some(proof)) => {
            ([(header::CONTENT_DISPOSITION, "attachment; filename=\"consistency.json\"")], Json(proof)).into_response()
        }
        Ok(None) => visit.message(StatusCode::NOT_FOUND, &crate::pages::message::MessagePage::NotFound),
        Err(error) => visit.fail(&error),
    })
}

/// `GET /audit/replay`: the form. It asks nothing of the house; the answer is a passage.
pub(super) async fn replay_form(visit: Visit) -> Answered {
    visit.signed_in()?;
    Ok(visit.page(&ReplayPage { asked: Asked::default(), ruling: None, error: None }))
}

/// The question's form.
#[derive(Deserialize)]
pub(super) struct ReplayForm {
    #[serde(default)]
    csrf: String,
    user: String,
    person: String,
    activity: String,
    purpose: String,
    category: String,
    #[serde(default)]
    case: String,
    #[serde(default)]
    at: String,
}

/// `POST /audit/replay`.
pub(super) async fn replay(
    State(state): State<PortalState>,
    visit: Visit,
    form: Result<Form<ReplayForm>, FormRejection>,
) -> Answered {
    let session = visit.signed_in()?;
    let Ok(Form(form)) = form else { return Ok(visit.bad_request()) };
    visit.trusts(&form.csrf)?;
    let [user, person, case, at] = [&form.user, &form.person, &form.case, &form.at].map(|text| text.trim().to_owned());
    let asked = Asked {
        activity: word(&form.activity),
        purpose: word(&form.purpose),
        category: word(&form.category),
        user: user.clone(),
        person: person.clone(),
        case: case.clone(),
        at: at.clone(),
    };
    let (Some(activity), Some(purpose), Some(category)) = (asked.activity, asked.purpose, asked.category) else {
        return Ok(visit.bad_request());
    };
    if [&user, &person].iter().any(|text| text.is_empty()) || [&user, &person, &case].iter().any(|t| t.len() > 64) {
        return Ok(visit.bad_request());
    }
    let moment = if at.is_empty() { Some(state.clock.now()) } else { crate::format::local(&at) };
    let Some(at) = moment.filter(|at| *at <= state.clock.now()) else {
        return Ok(visit.page(&ReplayPage { asked, ruling: None, error: Some("replay-bad-time") }));
    };
    let case = (!case.is_empty()).then_some(CaseId(case));
    let (user, person) = (UserId(user), PersonId(person));
    let question = Question { user, activity, purpose, category, person, case, at };
    Ok(match indgang_service::replay(&state.house, &*state.clock, session, &question).await {
        Ok(replay) => {
            let indgang_service::Replay { answer, user_name, role, log_index } = replay;
            let ruling = Some(Ruling { answer, user_name, role, at, log_index });
            visit.page(&ReplayPage { asked, ruling, error: None })
        }
        Err(Error::UnknownUser(_)) => {
            visit.page(&ReplayPage { asked, ruling: None, error: Some("replay-unknown-user") })
        }
        Err(error) => visit.fail(&error),
    })
}
