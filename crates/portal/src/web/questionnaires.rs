//! The citizen's questionnaires: the list, the form, sending, and reading what was answered.

use crate::format::local;
use crate::pages::answered::AnsweredPage;
use crate::pages::message::MessagePage;
use crate::pages::questionnaire::{Notice, QuestionnairePage, TYPED, Typed};
use crate::pages::questionnaires::{DraftNotice, QuestionnairesPage};
use crate::web::PortalState;
use crate::web::visit::{Answered, Visit, random};
use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use indgang_fhir::questionnaire::{Answer, Answers, FaultKind, Item, Kind};
use indgang_model::{PersonId, Role, hex};
use indgang_service::{self as service, DraftView, NewAnswers, PORTAL, QuestionnaireForm, Sent};
use serde::Deserialize;
use std::collections::BTreeMap;

/// Most fields of a form.
const MOST_FIELDS: usize = 5000;

/// Whose.
#[derive(Deserialize)]
pub(super) struct Whose {
    #[serde(default)]
    person: String,
    #[serde(default)]
    sent: String,
    #[serde(default)]
    draft: String,
}

impl Whose {
    fn person(&self) -> Option<PersonId> {
        Some(&self.person).filter(|person| !person.is_empty()).map(|person| PersonId(person.clone()))
    }
}

/// `GET /my/questionnaires`.
pub(super) async fn list(State(state): State<PortalState>, visit: Visit, Query(whose): Query<Whose>) -> Answered {
    let session = visit.signed_in()?;
    let person = whose.person();
    Ok(match service::questionnaires(&state.house, &*state.clock, session, person.as_ref()).await {
        Ok(list) => {
            let notice = match whose.draft.as_str() {
                "saved" => Some(DraftNotice::Saved),
                "discarded" => Some(DraftNotice::Discarded),
                _ => None,
            };
            visit.page(&QuestionnairesPage { list, notice })
        }
        Err(error) => visit.fail(&error),
    })
}

/// `GET /my/questionnaires/{key}`.
pub(super) async fn form(
    State(state): State<PortalState>,
    visit: Visit,
    Path(key): Path<String>,
    Query(whose): Query<Whose>,
) -> Answered {
    let session = visit.signed_in()?;
    Ok(match service::questionnaire_form(&state.house, &key).await {
        Ok(Some(form)) => {
            if whose.draft == "yes" {
                let person = whose.person();
                match service::draft(&state.house, &*state.clock, session, person.as_ref(), &key).await {
                    Ok(Some(draft)) => return Ok(visit.page(&resumed(form, person, draft))),
                    Ok(None) => {}
                    Err(error) => return Ok(visit.fail(&error)),
                }
            }
            let name = hex(&random().map_err(|error| visit.fault(&error))?[..16]);
            let notice = (!form.open).then_some(Notice::Retired);
            let person = whose.person().map(|person| person.0);
            let (typed, answers, faults) = Default::default();
            visit.page(&QuestionnairePage { form, name, person, typed, answers, faults, notice })
        }
        Ok(None) => visit.message(StatusCode::NOT_FOUND, &MessagePage::NotFound),
        Err(error) => visit.fail(&error),
    })
}

/// A form as it was left.
fn resumed(form: QuestionnaireForm, person: Option<PersonId>, draft: DraftView) -> QuestionnairePage {
    let pairs = draft
        .typed
        .iter()
        .flat_map(|(link_id, typed)| typed.iter().map(move |value| (format!("a.{link_id}"), value.clone())));
    let read = Fields(pairs.collect()).read(&form);
    let notice = match (form.open, form.questionnaire.version == draft.version) {
        (false, _) => Notice::Retired,
        (true, false) => Notice::Changed,
        (true, true) => Notice::Draft,
    };
    QuestionnairePage {
        form,
        name: draft.form,
        person: person.map(|person| person.0),
        typed: read.typed,
        answers: read.answers,
        faults: BTreeMap::new(),
        notice: Some(notice),
    }
}

/// `POST /my/questionnaires/{key}`: updates the questions, sends the answers, saves them as a draft, or throws that away.
pub(super) async fn send(
    State(state): State<PortalState>,
    visit: Visit,
    Path(key): Path<String>,
    fields: Result<Form<Vec<(String, String)>>, FormRejection>,
) -> Answered {
    let session = visit.signed_in()?;
    let Ok(Form(fields)) = fields else { return Ok(visit.bad_request()) };
    let fields = Fields(fields);
    visit.trusts(fields.one("csrf"))?;
    if fields.0.len() > MOST_FIELDS {
        return Ok(visit.bad_request());
    }
    let form = match service::questionnaire_form(&state.house, &key).await {
        Ok(Some(form)) => form,
        Ok(None) => return Ok(visit.message(StatusCode::NOT_FOUND, &MessagePage::NotFound)),
        Err(error) => return Ok(visit.fail(&error)),
    };
    let read = fields.read(&form);
    let list = |draft: &str| {
        let person = fields.one("person");
        let person = if person.is_empty() { String::new() } else { format!("&person={}", crate::page::encode(person)) };
        Redirect::to(&format!("/my/questionnaires?draft={draft}{person}")).into_response()
    };
    let new = NewAnswers {
        key,
        version: fields.one("version").to_owned(),
        form: fields.one("form").to_owned(),
        person: Some(fields.one("person"))
            .filter(|person| !person.is_empty())
            .map(|person| PersonId(person.to_owned())),
        answers: read.answers.clone(),
        language: visit.locale.code(),
    };
    match fields.one("do") {
        "discard" => {
            let person = new.person.as_ref();
            return Ok(match service::discard_draft(&state.house, &*state.clock, session, person, &new.key).await {
                Ok(()) => list("discarded"),
                Err(error) => visit.fail(&error),
            });
        }
        "save" if form.open => {
            return Ok(match service::save_draft(&state.house, &*state.clock, session, &new, &read.typed).await {
                Ok(()) => list("saved"),
                Err(error) => visit.fail(&error),
            });
        }
        _ => {}
    }
    if fields.one("do") != "send" && form.open {
        return Ok(visit.page(&read.page(form, &new, BTreeMap::new(), Some(Notice::Updated))));
    }
    let stopped = read.stops(&form, &new, &fields);
    if let Some((notice, faults)) = stopped {
        return Ok(unsent(&visit, &read.page(form, &new, faults, notice)));
    }
    Ok(match service::send_answers(&state.house, &*state.clock, session, &new).await {
        Ok(Sent::Kept(id)) => Redirect::to(&format!("/answers/{PORTAL}/{id}?sent=yes")).into_response(),
        Ok(Sent::Faults(faults)) => {
            let faults = faults.into_iter().map(|fault| (fault.link_id, fault.kind)).collect();
            unsent(&visit, &read.page(form, &new, faults, None))
        }
        Ok(Sent::Changed) => unsent(&visit, &read.page(form, &new, BTreeMap::new(), Some(Notice::Changed))),
        Err(error) => visit.fail(&error),
    })
}

fn unsent(visit: &Visit, page: &QuestionnairePage) -> Response {
    (StatusCode::UNPROCESSABLE_ENTITY, visit.page(page)).into_response()
}

/// `GET /answers/{source}/{id}`: the citizen's own, or a patient's.
pub(super) async fn answered(
    State(state): State<PortalState>,
    visit: Visit,
    Path((source, id)): Path<(String, String)>,
    Query(whose): Query<Whose>,
) -> Answered {
    let session = visit.signed_in()?;
    let citizen = session.role() == Role::Citizen;
    Ok(match service::answered(&state.house, &*state.clock, session, (&source, &id)).await {
        Ok(Some(view)) => visit.page(&AnsweredPage { view, sent: citizen && whose.sent == "yes", citizen }),
        Ok(None) => visit.message(StatusCode::NOT_FOUND, &MessagePage::NotFound),
        Err(error) => visit.fail(&error),
    })
}

/// What a form has sent, in its order.
struct Fields(Vec<(String, String)>);

/// Fields that were read.
struct Read {
    typed: Typed,
    answers: Answers,
    unreadable: Vec<String>,
}

impl Fields {
    /// The first of a name; empty when there is none.
    fn one(&self, name: &str) -> &str {
        self.0.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value)
    }

    fn all<'f>(&'f self, name: &'f str) -> impl Iterator<Item = &'f str> {
        self.0.iter().filter(move |(field, _)| field == name).map(|(_, value)| value.as_str())
    }

    fn read(&self, form: &QuestionnaireForm) -> Read {
        let mut read = Read { typed: Typed::new(), answers: Answers::new(), unreadable: Vec::new() };
        for item in form.questionnaire.each().filter(|item| item.is_asked()) {
            let chosen = self.all_of("a.", &item.link_id).map(str::to_owned);
            let beside = self.all_of("t.", &item.link_id).map(|text| format!("{TYPED}{}", text.trim()));
            let mut typed: Vec<String> =
                chosen.chain(beside).filter(|value| !value.trim().is_empty() && value != TYPED).collect();
            typed.dedup();
            let answers: Vec<Option<Answer>> = typed.iter().map(|value| answer(item, value)).collect();
            if answers.contains(&None) {
                read.unreadable.push(item.link_id.clone());
            }
            let answers: Vec<Answer> = answers.into_iter().flatten().collect();
            if !answers.is_empty() {
                read.answers.insert(item.link_id.clone(), answers);
            }
            if !typed.is_empty() {
                read.typed.insert(item.link_id.clone(), typed);
            }
        }
        read
    }

    fn all_of<'f>(&'f self, prefix: &'static str, link_id: &'f str) -> impl Iterator<Item = &'f str> {
        let named = move |field: &str| field.strip_prefix(prefix).is_some_and(|of| of == link_id);
        self.0.iter().filter(move |(field, _)| named(field)).map(|(_, value)| value.as_str())
    }
}

type Stopped = (Option<Notice>, BTreeMap<String, FaultKind>);

impl Read {
    /// Why the answers are not sent yet: another version holds, something cannot be read, or there are questions that
    /// she has not seen.
    fn stops(&self, form: &QuestionnaireForm, new: &NewAnswers, fields: &Fields) -> Option<Stopped> {
        if !form.open {
            return Some((Some(Notice::Retired), BTreeMap::new()));
        }
        if form.questionnaire.version != new.version {
            return Some((Some(Notice::Changed), BTreeMap::new()));
        }
        let enabled = form.questionnaire.enabled(&self.answers);
        let seen: Vec<&str> = fields.all("shown").collect();
        let mut asked =
            form.questionnaire.each().filter(|item| item.is_asked() && enabled.contains(item.link_id.as_str()));
        let unseen = asked.any(|item| !seen.contains(&item.link_id.as_str()));
        let mut faults: BTreeMap<String, FaultKind> = BTreeMap::new();
        for fault in form.questionnaire.judge(&self.answers, true) {
            // What she has not seen is not hers to mend yet, and what is disabled is left out.
            if fault.kind != FaultKind::Disabled && seen.contains(&fault.link_id.as_str()) {
                faults.insert(fault.link_id, fault.kind);
            }
        }
        for link_id in self.unreadable.iter().filter(|link_id| enabled.contains(link_id.as_str())) {
            faults.insert(link_id.clone(), FaultKind::WrongType);
        }
        (unseen || !faults.is_empty()).then_some((unseen.then_some(Notice::More), faults))
    }

    fn page(
        &self,
        form: QuestionnaireForm,
        new: &NewAnswers,
        faults: BTreeMap<String, FaultKind>,
        notice: Option<Notice>,
    ) -> QuestionnairePage {
        QuestionnairePage {
            form,
            name: new.form.clone(),
            person: new.person.as_ref().map(|person| person.0.clone()),
            typed: self.typed.clone(),
            answers: self.answers.clone(),
            faults,
            notice,
        }
    }
}

/// What was typed or chosen as an answer; `None` when it cannot be read.
fn answer(item: &Item, value: &str) -> Option<Answer> {
    if let Some(text) = value.strip_prefix(TYPED).filter(|_| item.kind == Kind::OpenChoice) {
        return Some(Answer::Text(text.to_owned()));
    }
    if !item.options.is_empty() {
        let place: usize = value.parse().ok()?;
        return Some(item.options.get(place)?.answer.clone());
    }
    let text = value.trim();
    Some(match item.kind {
        Kind::Boolean => match text {
            "yes" => Answer::Boolean(true),
            "no" => Answer::Boolean(false),
            _ => return None,
        },
        Kind::Integer => Answer::Integer(text.parse::<i32>().ok()?.into()),
        Kind::Decimal => Answer::Decimal(digits(text)?),
        Kind::Date => Answer::Date(text.parse::<jiff::civil::Date>().ok()?.to_string()),
        Kind::DateTime => Answer::DateTime(local(text)?.to_string()),
        Kind::Time => {
            let time: jiff::civil::Time = text.parse().ok()?;
            Answer::Time(format!("{:02}:{:02}:{:02}", time.hour(), time.minute(), time.second()))
        }
        // What browsers send as line breaks is one character here.
        _ => Answer::Text(text.replace("\r\n", "\n")),
    })
}

/// A number as people write it, with a comma too, as JSON writes it.
fn digits(text: &str) -> Option<String> {
    let text = text.replace(',', ".");
    let unsigned = text.strip_prefix('-').unwrap_or(&text);
    let (whole, part) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
    let plain = |digits: &str, most| (1..=most).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    (plain(whole, 9) && plain(part, 6)).then_some(())?;
    let whole = whole.trim_start_matches('0');
    let sign = if text.starts_with('-') { "-" } else { "" };
    let whole = if whole.is_empty() { "0" } else { whole };
    let point = if text.contains('.') { format!(".{part}") } else { String::new() };
    Some(format!("{sign}{whole}{point}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use indgang_fhir::questionnaire::Questionnaire;

    #[test]
    fn numbers_as_people_write_them() {
        for (text, number) in [
            ("1", Some("1")),
            ("1,5", Some("1.5")),
            ("-0.50", Some("-0.50")),
            ("007", Some("7")),
            ("0", Some("0")),
            ("1.", None),
            (",5", None),
            ("1e3", None),
            ("--1", None),
            ("1.2.3", None),
            ("", None),
            ("1234567890", None),
        ] {
            assert_eq!(digits(text).as_deref(), number, "{text}");
        }
    }

    #[test]
    fn what_is_typed_is_read_by_the_kind_of_its_item() {
        for (kind, value, expected) in [
            ("boolean", "yes", Some(Answer::Boolean(true))),
            ("boolean", "1", None),
            ("integer", " 7 ", Some(Answer::Integer(7))),
            ("integer", "7.5", None),
            ("integer", "99999999999", None),
            ("date", "2026-02-28", Some(Answer::Date("2026-02-28".into()))),
            ("date", "2026-02-30", None),
            ("time", "08:30", Some(Answer::Time("08:30:00".into()))),
            ("dateTime", "2026-02-28T12:00", Some(Answer::DateTime("2026-02-28T11:00:00Z".into()))),
            ("text", "a\r\nb", Some(Answer::Text("a\nb".into()))),
        ] {
            let text = format!(
                r#"{{"resourceType":"Questionnaire","url":"urn:q","status":"active","item":[{{"linkId":"a","type":"{kind}"}}]}}"#
            );
            let made = Questionnaire::read(&text).unwrap();
            assert_eq!(answer(&made.items[0], value), expected, "{kind} {value}");
        }
    }
}
