//! The citizen's choices: the page, and a form for each thing she can choose.

use crate::format::midnight;
use crate::page::encode;
use crate::pages::choices::{ChoicesPage, WISHES};
use crate::web::PortalState;
use crate::web::entrance::TokenForm;
use crate::web::visit::{Answered, Visit, random};
use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use indgang_gate::ledger::TemplateVersion;
use indgang_gate::{BlockTarget, Recipient, Refusals, UserId};
use indgang_model::{Category, PersonId, PlaceId, Timestamp, Wishes};
use indgang_service as service;
use serde::Deserialize;
use std::collections::BTreeMap;

/// Whose choices, and what was just entered: numbers with a full stop between.
#[derive(Deserialize)]
pub(super) struct Shown {
    #[serde(rename = "for")]
    whose: Option<String>,
    done: Option<String>,
}

/// `GET /my/choices`.
pub(super) async fn page(State(state): State<PortalState>, visit: Visit, Query(shown): Query<Shown>) -> Answered {
    let session = visit.signed_in()?;
    let done = shown.done.map(|numbers| numbers.split('.').filter_map(|number| number.parse().ok()).collect());
    Ok(match service::my_choices(&state.house, &*state.clock, session).await {
        Ok(all) => visit.page(&ChoicesPage { all, whose: shown.whose.map(PersonId), done, code: None, error: None }),
        Err(error) => visit.fail(&error),
    })
}

/// The reader's own choices with something on top.
async fn own(state: &PortalState, visit: &Visit, code: Option<String>, error: Option<&'static str>) -> Answered {
    let session = visit.signed_in()?;
    Ok(match service::my_choices(&state.house, &*state.clock, session).await {
        Ok(all) => visit.page(&ChoicesPage { all, whose: None, done: None, code, error }),
        Err(error) => visit.fail(&error),
    })
}

/// `POST /my/power-code`: a code by which the reader can be given power of attorney, shown once.
pub(super) async fn power_code(
    State(state): State<PortalState>,
    visit: Visit,
    form: Result<Form<TokenForm>, FormRejection>,
) -> Answered {
    let session = visit.signed_in()?;
    let Ok(Form(form)) = form else { return Ok(visit.bad_request()) };
    visit.trusts(&form.csrf)?;
    let secret = random().map_err(|error| visit.fault(&error))?;
    match service::offer_to_hold_power(&state.house, &*state.clock, session, secret).await {
        Ok(code) => own(&state, &visit, Some(code.expose().clone()), None).await,
        Err(error) => Ok(visit.fail(&error)),
    }
}

/// `GET /my/wishes`: where the wishes stood before they became a part of the choices.
pub(super) async fn moved() -> Redirect {
    Redirect::permanent("/my/choices")
}

/// `GET` of an address that takes forms: to the page, for who changes the language on what came of one.
pub(super) async fn here() -> Redirect {
    Redirect::to("/my/choices")
}

/// `GET /my/choices.json`: what holds, as FHIR.
pub(super) async fn export(State(state): State<PortalState>, visit: Visit, Query(shown): Query<Shown>) -> Answered {
    let session = visit.signed_in()?;
    let Some(person) = shown.whose.map(PersonId) else { return Ok(visit.bad_request()) };
    Ok(match service::export_choices(&state.house, &*state.clock, session, &person).await {
        Ok(text) => {
            let headers = [
                (header::CONTENT_TYPE, "application/fhir+json"),
                (header::CONTENT_DISPOSITION, "attachment; filename=\"choices.json\""),
            ];
            (headers, text).into_response()
        }
        Err(error) => visit.fail(&error),
    })
}

type Fields = BTreeMap<String, String>;

/// `POST /my/choices/{what}`.
pub(super) async fn choose(
    State(state): State<PortalState>,
    visit: Visit,
    Path(what): Path<String>,
    form: Result<Form<Fields>, FormRejection>,
) -> Answered {
    let session = visit.signed_in()?;
    let Ok(Form(fields)) = form else { return Ok(visit.bad_request()) };
    visit.trusts(field(&fields, "csrf"))?;
    let (Some(choice), Some(person)) = (Wanted::read(&what, &fields), fields.get("person")) else {
        return Ok(visit.bad_request());
    };
    let (house, clock, person) = (&state.house, &*state.clock, PersonId(person.clone()));
    let entered = match choice {
        Wanted::Wishes(wishes) => {
            service::set_wishes(house, clock, session, &person, wishes).await.map(|number| number.into_iter().collect())
        }
        Wanted::Consent(text, to) => service::give_consent(house, clock, session, &person, text, to).await,
        Wanted::Block(target, until) => service::set_block(house, clock, session, &person, target, until).await,
        Wanted::Refusals(refusals) => service::set_refusals(house, clock, session, &person, refusals).await,
        Wanted::Power(code) => service::give_power_of_attorney(house, clock, session, &person, &code).await,
        Wanted::Import(text) => service::import_choices(house, clock, session, &person, &text).await,
        Wanted::Undo(number) => service::undo_choice(house, clock, session, &person, number).await,
    };
    match entered {
        Ok(numbers) => Ok(back(&person, &numbers)),
        Err(service::Error::NoSuchCode) => {
            let page = own(&state, &visit, None, Some("power-no-code")).await?;
            Ok((StatusCode::BAD_REQUEST, page).into_response())
        }
        Err(error) => Ok(visit.fail(&error)),
    }
}

fn back(person: &PersonId, numbers: &[u64]) -> Response {
    let numbers: Vec<String> = numbers.iter().map(ToString::to_string).collect();
    Redirect::to(&format!("/my/choices?for={}&done={}", encode(&person.0), numbers.join("."))).into_response()
}

fn field<'f>(fields: &'f Fields, name: &str) -> &'f str {
    fields.get(name).map_or("", String::as_str)
}

/// What a form asks for.
#[derive(Debug, PartialEq)]
enum Wanted {
    Wishes(Wishes),
    Consent(TemplateVersion, Option<Recipient>),
    Block(BlockTarget, Option<Timestamp>),
    Refusals(Refusals),
    Power(String),
    Import(String),
    Undo(u64),
}

impl Wanted {
    /// `None` when the form cannot be read.
    fn read(what: &str, fields: &Fields) -> Option<Self> {
        let text = |name: &str| field(fields, name);
        // A box that is not ticked is not sent.
        let yes = |name: &str| text(name) == "yes";
        Some(match what {
            "wishes" => Self::Wishes(Wishes {
                secondary_findings: WISHES.into_iter().find(|(_, value)| *value == text("secondary_findings"))?.0,
                recontact: yes("recontact"),
                research: yes("research"),
                shared_database: yes("shared_database"),
            }),
            "refusals" => Self::Refusals(Refusals {
                tissue: yes("tissue"),
                genetic: yes("genetic"),
                secondary_use: yes("secondary_use"),
            }),
            "consent" => {
                let (id, version) = text("text").rsplit_once('.')?;
                let template = TemplateVersion { id: id.to_owned(), version: version.parse().ok()? };
                Self::Consent(template, recipient(text("recipient"))?)
            }
            "block" => Self::Block(target(text("target"))?, day_after(text("last_day"))?),
            "period" => {
                let (from, until) = (midnight(text("first").parse().ok()?)?, day_after(text("last"))??);
                Self::Block(BlockTarget::Period { from, until }, None)
            }
            "power" => Self::Power(Some(text("code")).filter(|code| !code.is_empty())?.to_owned()),
            "import" => Self::Import(Some(text("fhir")).filter(|text| !text.is_empty())?.to_owned()),
            "undo" => Self::Undo(text("number").parse().ok()?),
            _ => return None,
        })
    }
}

/// Nobody for an empty field.
fn recipient(text: &str) -> Option<Option<Recipient>> {
    if text.is_empty() {
        return Some(None);
    }
    match target(text)? {
        BlockTarget::Professional(user) => Some(Some(Recipient::Professional(user))),
        BlockTarget::Place(place) => Some(Some(Recipient::Place(place))),
        _ => None,
    }
}

fn target(text: &str) -> Option<BlockTarget> {
    match text.split_once(':') {
        None if text == "everybody" => Some(BlockTarget::Everybody),
        Some((_, "")) | None => None,
        Some(("professional", id)) => Some(BlockTarget::Professional(UserId(id.to_owned()))),
        Some(("place", id)) => Some(BlockTarget::Place(PlaceId(id.to_owned()))),
        Some(("category", word)) => {
            let category: Option<Category> = serde_json::from_value(word.into()).ok();
            category.map(BlockTarget::Category)
        }
        Some(_) => None,
    }
}

/// The end of a day in Denmark; nothing for an empty field.
pub(super) fn day_after(text: &str) -> Option<Option<Timestamp>> {
    if text.is_empty() {
        return Some(None);
    }
    let day: jiff::civil::Date = text.parse().ok()?;
    midnight(day.tomorrow().ok()?).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_read_or_refused() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let block = |target, until| Some(Wanted::Block(target, until));
        for (what, fields, wanted) in [
            ("block", "target=everybody", block(BlockTarget::Everybody, None)),
            (
                "block",
                "target=place:1&last_day=2026-06-30",
                block(BlockTarget::Place(PlaceId("1".into())), Some(at("2026-06-30T22:00:00Z"))),
            ),
            ("block", "target=category:genome", block(BlockTarget::Category(Category::Genome), None)),
            ("block", "target=category:nonsense", None),
            ("block", "target=professional:", None),
            ("block", "target=", None),
            ("block", "target=everybody&last_day=soon", None),
            (
                "period",
                "first=2026-01-01&last=2026-01-31",
                block(
                    BlockTarget::Period { from: at("2025-12-31T23:00:00Z"), until: at("2026-01-31T23:00:00Z") },
                    None,
                ),
            ),
            ("period", "first=2026-01-01&last=", None),
            ("import", "fhir=", None),
            ("power", "code=AB", Some(Wanted::Power("AB".into()))),
            ("power", "code=", None),
            ("undo", "number=7", Some(Wanted::Undo(7))),
            ("undo", "number=-7", None),
            ("consent", "text=look-up.1&recipient=everybody", None),
            ("consent", "text=look-up", None),
            ("refusals", "genetic=yes", Some(Wanted::Refusals(Refusals { genetic: true, ..Refusals::default() }))),
            ("wishes", "secondary_findings=some", None),
            ("nonsense", "", None),
        ] {
            let pairs = fields.split('&').filter_map(|pair| pair.split_once('='));
            let fields: Fields = pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
            assert_eq!(Wanted::read(what, &fields), wanted, "{what} {fields:?}");
        }
    }
}
