//! Who treats a citizen asks her to answer a questionnaire by a day, and sees whether she has.
//!
//! A question is a Task of Structured Data Capture (`complete-questionnaire`) in the source [`PORTAL`].

use super::read::{AnsweredLine, answered_lines, is_answer};
use super::{PORTAL, QuestionnaireForm, definitions, named_form, new_resource};
use crate::{Error, Session, ask};
use indgang_fhir::json::{Json, Tape};
use indgang_fhir::questionnaire::{Task, Words};
use indgang_gate::{Activity, Grant};
use indgang_model::{Category, Clock, LegalBasis, PersonId, Sensitive, Timestamp, hex};
use indgang_store::resources::{self, Batch, NewResource, Wanted};
use indgang_store::{House, persons};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// Longest time that she may have, in days.
pub const LONGEST_DAYS: i64 = 366;

/// What a person is asked, and what there is to ask.
#[derive(Debug, Clone, PartialEq)]
pub struct QuestionList {
    /// Whose.
    pub person: PersonId,
    /// Her name, when it is open.
    pub name: Option<Sensitive<String>>,
    /// What she can be asked to fill in.
    pub forms: Vec<QuestionnaireForm>,
    /// What she was asked, the latest first.
    pub asked: Vec<QuestionLine>,
    /// The rule that opened it.
    pub rule: LegalBasis,
    /// Its line in the log.
    pub log_index: u64,
}

/// One question.
#[derive(Debug, Clone, PartialEq)]
pub struct QuestionLine {
    /// The source it stands in.
    pub source: String,
    /// Its id there.
    pub id: String,
    /// What is asked for.
    pub title: Words,
    /// Who asked, when, and until when.
    pub task: Task,
    /// How it stands.
    pub state: QuestionState,
    /// Source and id of the answer that came since.
    pub answer: Option<(String, String)>,
}

/// How a question stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QuestionState {
    /// She has not answered yet.
    Waiting,
    /// The day has passed, and she has not answered.
    Late,
    /// She has answered since it was asked.
    Answered,
    /// It was withdrawn, or its source ended it.
    Ended,
}

/// A question to be put.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewQuestion {
    /// Whom.
    pub person: PersonId,
    /// Key of the questionnaire.
    pub key: String,
    /// The last day; none where it does not hurry.
    pub until: Option<jiff::civil::Date>,
    /// The name of the form: what is sent twice under it stands there once.
    pub form: String,
}

/// What became of a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Put {
    /// She is asked.
    Kept,
    /// There is no such questionnaire, or it was retired.
    NoForm,
    /// The day has passed, or is more than [`LONGEST_DAYS`] away.
    NotThatDay,
}

/// What a person is asked, for who treats her.
///
/// # Errors
/// [`Error::Refused`], or when the store fails.
pub async fn questions(
    house: &House,
    clock: &dyn Clock,
    session: &Session,
    person: &PersonId,
) -> Result<QuestionList, Error> {
    let now = clock.now();
    let categories = [Category::Identity, Category::PatientReportedOutcome];
    let request = ask::request(session, Activity::ReadRecord, categories, [person.clone()], None, now);
    let (grant, rule) = ask::read(house.passage().await?, &request).await?;
    let all = definitions::all(house).await?;
    let answered = answered_lines(house, &grant, person, &all).await?;
    let wanted = Wanted { types: vec!["Task"], ..Wanted::default() };
    let mut asked = Vec::new();
    let mut tape = Tape::new();
    for resource in resources::of_person(house, &grant, person, &wanted).await? {
        let resource = resource.into_open(&grant)?;
        let Ok(json) = tape.read(resource.body.expose()) else { continue };
        let Some(task) = Task::of(json, Json::ROOT) else { continue };
        // The earliest of the answers that came since.
        let answer = answered.iter().rfind(|line| is_answer(&task, line));
        asked.push(QuestionLine {
            id: resource.reference.split_once('/').map_or_else(String::new, |(_, id)| id.to_owned()),
            source: resource.source.clone(),
            title: title(&all, &task),
            state: state(&task, answer, now),
            answer: answer.map(|line| (line.source.clone(), line.id.clone())),
            task,
        });
    }
    asked.sort_by(|a, b| b.task.at.cmp(&a.task.at));
    let name = match grant.covers(person, Category::Identity) {
        true => persons::identity(house, &grant, person).await?.map(|identity| identity.name),
        false => None,
    };
    let forms = definitions::open_forms(all);
    Ok(QuestionList { person: person.clone(), name, forms, asked, log_index: grant.log_index(), rule })
}

fn title(all: &[indgang_fhir::questionnaire::Questionnaire], task: &Task) -> Words {
    let known = definitions::named(all, &task.questionnaire, None).map(|questionnaire| questionnaire.title.clone());
    let plain = || Words { text: task.questionnaire.clone(), ..Words::default() };
    known.filter(|title| !title.text.is_empty()).unwrap_or_else(plain)
}

fn state(task: &Task, answer: Option<&AnsweredLine>, now: Timestamp) -> QuestionState {
    let passed =
        task.until.get(..10).and_then(|day| day.parse::<jiff::civil::Date>().ok()).is_some_and(|day| today(now) > day);
    match (answer, task.waits()) {
        (Some(_), _) => QuestionState::Answered,
        (None, false) => QuestionState::Ended,
        (None, true) if passed => QuestionState::Late,
        (None, true) => QuestionState::Waiting,
    }
}

/// The day in Denmark, by the rule of Central European Time.
fn today(now: Timestamp) -> jiff::civil::Date {
    let zone = jiff::tz::TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap_or(jiff::tz::TimeZone::UTC);
    now.to_zoned(zone).date()
}

/// Asks a person to answer a questionnaire, once for the same form.
///
/// # Errors
/// [`Error::Refused`], [`Error::Input`] for a form that has no name, or when the store fails.
pub async fn put_question(
    house: &House,
    clock: &dyn Clock,
    session: &Session,
    new: &NewQuestion,
) -> Result<Put, Error> {
    named_form(&new.form)?;
    let now = clock.now();
    let far = |day: jiff::civil::Date| (day - today(now)).get_days().into();
    if new.until.is_some_and(|day| !(0..=LONGEST_DAYS).contains(&far(day))) {
        return Ok(Put::NotThatDay);
    }
    let form = super::questionnaire_form(house, &new.key).await?;
    let Some(form) = form.filter(|form| form.open) else { return Ok(Put::NoForm) };
    let id = hex(&Sha256::digest(format!("indgang question v1\n{}\n{}", new.person.0, new.form))[..16]);
    let at = Timestamp::from_second(now.as_second()).unwrap_or(now);
    let mut task = json!({
        "resourceType": "Task", "id": id, "status": "requested", "intent": "order",
        "code": { "coding": [{ "system": "http://hl7.org/fhir/uv/sdc/CodeSystem/temp", "code": "complete-questionnaire" }] },
        "for": { "reference": format!("Patient/{}", new.person.0) },
        "authoredOn": at.to_string(),
        "requester": {
            "display": format!("{}, {}", session.display_name(), session.organisation()),
            "identifier": { "system": "urn:indgang:user", "value": session.user().0 },
        },
        "input": [{ "type": { "text": "questionnaire" }, "valueCanonical": form.questionnaire.canonical() }],
    });
    if let Some(until) = new.until {
        task["restriction"] = json!({ "period": { "end": until.to_string() } });
    }
    let resource = [new_resource(&task.to_string(), &new.person)?];
    write(house, session, (&new.person, [Category::PatientReportedOutcome].as_slice()), now, async |writer| {
        writer.donate(&batch(&resource[0], session, now), &resource).await.map(drop)
    })
    .await?;
    Ok(Put::Kept)
}

/// Withdraws a question that was put in this house and that waits. False when there is none such.
///
/// # Errors
/// [`Error::Refused`], or when the store fails.
pub async fn withdraw_question(
    house: &House,
    clock: &dyn Clock,
    session: &Session,
    person: &PersonId,
    id: &str,
) -> Result<bool, Error> {
    let now = clock.now();
    let categories = [Category::PatientReportedOutcome];
    let request = ask::request(session, Activity::ReadRecord, categories, [person.clone()], None, now);
    let (grant, _) = ask::read(house.passage().await?, &request).await?;
    let Some(mut task) = waiting(house, &grant, person, id).await? else { return Ok(false) };
    task["status"] = json!("cancelled");
    let resource = [new_resource(&task.to_string(), person)?];
    let batch = batch(&resource[0], session, now);
    // A version is written as what comes from a source is, which asks for the identity too.
    let categories = [Category::Identity, Category::PatientReportedOutcome];
    write(house, session, (person, &categories), now, async |writer| {
        writer.begin_batch(&batch).await?;
        let kept = writer.add_resources(&batch, &resource).await?;
        writer.end_batch(&batch, kept.new + kept.changed, 0).await
    })
    .await?;
    Ok(true)
}

async fn waiting(house: &House, grant: &Grant, person: &PersonId, id: &str) -> Result<Option<Value>, Error> {
    let found = resources::versions(house, grant, person, (PORTAL, &format!("Task/{id}"))).await?;
    let Some(resource) = found.into_iter().next_back() else { return Ok(None) };
    let resource = resource.into_open(grant)?;
    let mut tape = Tape::new();
    let task = tape.read(resource.body.expose()).ok().and_then(|json| Task::of(json, Json::ROOT));
    let waits = task.is_some_and(|task| task.waits());
    Ok(serde_json::from_str(resource.body.expose()).ok().filter(|_| waits))
}

async fn write(
    house: &House,
    session: &Session,
    (person, categories): (&PersonId, &[Category]),
    now: Timestamp,
    act: impl AsyncFnOnce(&mut indgang_store::Writer<'_>) -> Result<(), indgang_store::StoreError>,
) -> Result<(), Error> {
    let request = ask::request(session, Activity::AskPatient, categories.iter().copied(), [person.clone()], None, now);
    let mut passage = house.passage().await?;
    let facts = passage.facts(&request).await?;
    let mut logged = ask::log(passage, &request, &facts).await?;
    if let Some(mut writer) = logged.writer().await? {
        act(&mut writer).await?;
    }
    ask::answer(logged.commit(now).await?)?;
    Ok(())
}

/// Each version of a question is a batch of its own.
fn batch(resource: &NewResource, session: &Session, now: Timestamp) -> Batch {
    let id =
        format!("{PORTAL}-{}-{}", resource.reference.replace('/', "-"), resource.hash.get(..8).unwrap_or_default());
    Batch { id, ..super::batch(std::slice::from_ref(resource), session, now) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_late_after_its_day_in_denmark() {
        let task = |until: &str, status: &str| Task {
            questionnaire: "urn:q".to_owned(),
            requester: String::new(),
            at: "2026-01-01".to_owned(),
            until: until.to_owned(),
            status: status.to_owned(),
        };
        for (until, status, now, expected) in [
            ("2026-01-10", "requested", "2026-01-10T22:59:59Z", QuestionState::Waiting),
            ("2026-01-10", "requested", "2026-01-10T23:00:00Z", QuestionState::Late),
            ("", "requested", "2036-01-10T23:00:00Z", QuestionState::Waiting),
            ("2026-01-10", "cancelled", "2026-01-01T00:00:00Z", QuestionState::Ended),
            ("2026-01-10T12:00:00Z", "ready", "2026-01-11T12:00:00Z", QuestionState::Late),
        ] {
            assert_eq!(state(&task(until, status), None, now.parse().unwrap()), expected, "{until} {status} {now}");
        }
    }
}
