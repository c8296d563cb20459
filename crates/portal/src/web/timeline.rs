//! A person's story: a patient's, and the citizen's own.

use crate::format::midnight;
use crate::pages::timeline::{Asked, TimelinePage, kinds, value_of};
use crate::web::PortalState;
use crate::web::choices::day_after;
use crate::web::visit::{Answered, Visit};
use axum::extract::{Path, Query, State};
use indgang_model::PersonId;
use indgang_service::{TimelineFilter, TimelineView};
use serde::Deserialize;

/// The form of the page.
#[derive(Deserialize)]
pub(super) struct Form {
    #[serde(default)]
    person: String,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    from: String,
    #[serde(default)]
    until: String,
    #[serde(default, rename = "as")]
    form: String,
}

impl Form {
    /// What it asks for; `None` when a day cannot be read.
    fn read(&self) -> Option<TimelineFilter> {
        let from = match self.from.as_str() {
            "" => None,
            day => Some(midnight(day.parse().ok()?)?),
        };
        Some(TimelineFilter { kind: self.asked().kind, from, until: day_after(&self.until)? })
    }

    fn asked(&self) -> Asked {
        Asked {
            kind: kinds().find(|kind| value_of(*kind) == self.kind),
            from: self.from.clone(),
            until: self.until.clone(),
            table: self.form == "table",
        }
    }
}

/// `GET /patients/{person}/timeline`.
pub(super) async fn patient(
    State(state): State<PortalState>,
    visit: Visit,
    Path(person): Path<String>,
    Query(form): Query<Form>,
) -> Answered {
    answer(&state, &visit, Some(PersonId(person)), &form, false).await
}

/// `GET /my/story`.
pub(super) async fn mine(State(state): State<PortalState>, visit: Visit, Query(form): Query<Form>) -> Answered {
    let person = Some(form.person.clone()).filter(|person| !person.is_empty()).map(PersonId);
    answer(&state, &visit, person, &form, true).await
}

async fn answer(state: &PortalState, visit: &Visit, person: Option<PersonId>, form: &Form, own: bool) -> Answered {
    let session = visit.signed_in()?;
    let Some(filter) = form.read() else { return Ok(visit.bad_request()) };
    let person = person.as_ref();
    Ok(match indgang_service::timeline(&state.house, &*state.clock, session, person, &filter).await {
        Ok(view) => visit.page(&page(view, form.asked(), own)),
        Err(error) => visit.fail(&error),
    })
}

fn page(view: TimelineView, asked: Asked, own: bool) -> TimelinePage {
    TimelinePage {
        person: view.person.0,
        name: view.name.map(|name| name.expose().clone()),
        own,
        asked,
        items: view.items,
        series: view.series,
        withheld: view.withheld,
        tissue_refused: view.tissue_refused,
        more: view.more,
        others: view.others.into_iter().map(|person| person.0).collect(),
        access: (view.rule, view.log_index),
    }
}
