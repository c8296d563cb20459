//! A citizen fills in questionnaires: which there are, sending answers, and reading what was answered.

pub(crate) mod definitions;
pub(crate) mod deliver;
mod draft;
mod question;
mod read;

pub use definitions::{Instrument, instruments};
pub use draft::{DraftLine, DraftView, TypedFields, discard_draft, draft, save_draft};
pub use question::{
    LONGEST_DAYS, NewQuestion, Put, QuestionLine, QuestionList, QuestionState, put_question, questions,
    withdraw_question,
};
pub use read::{AnsweredItem, AnsweredLine, AnsweredView, Given, QuestionnaireList, answered, questionnaires};

use crate::{Error, Session, ask};
use indgang_fhir::json::{Json, Tape, canonical};
use indgang_fhir::questionnaire::{Answers, Author, Fault, Item, Questionnaire};
use indgang_fhir::{record, validate};
use indgang_gate::Activity;
use indgang_model::{Category, Clock, PersonId, Timestamp, hex};
use indgang_store::House;
use indgang_store::resources::{Batch, NewResource};
use sha2::{Digest, Sha256};

/// The source of what citizens themselves tell in the portal.
pub const PORTAL: &str = "portal";

/// A questionnaire as it is filled in now.
#[derive(Debug, Clone, PartialEq)]
pub struct QuestionnaireForm {
    /// By which it is found.
    pub key: String,
    /// What is asked.
    pub questionnaire: Questionnaire,
    /// False where it has been retired: it can be read, and not sent.
    pub open: bool,
}

/// Answers on their way into the record.
#[derive(Debug, Clone, PartialEq)]
pub struct NewAnswers {
    /// The questionnaire's key.
    pub key: String,
    /// The version that was filled in.
    pub version: String,
    /// The name of this form, made when it was opened: what is sent twice under it stands there once.
    pub form: String,
    /// Whose; her own when nobody is named.
    pub person: Option<PersonId>,
    /// What was answered, to disabled items too; those are left out.
    pub answers: Answers,
    /// The language in which it was read.
    pub language: &'static str,
}

/// What became of answers.
#[derive(Debug, Clone, PartialEq)]
pub enum Sent {
    /// They stand in the record, by this id in the source [`PORTAL`].
    Kept(String),
    /// Nothing was kept: these items are to be mended.
    Faults(Vec<Fault>),
    /// Nothing was kept: the questionnaire has changed or was retired since it was opened.
    Changed,
}

/// A questionnaire by its key, in the version that is filled in now; `None` when there is none.
///
/// # Errors
/// When the store fails.
pub async fn questionnaire_form(house: &House, key: &str) -> Result<Option<QuestionnaireForm>, Error> {
    let latest = definitions::latest(definitions::all(house).await?);
    let found = latest.into_iter().find(|questionnaire| definitions::key(&questionnaire.url) == key);
    Ok(found.map(|questionnaire| {
        let open = definitions::is_open(&questionnaire);
        QuestionnaireForm { key: key.to_owned(), questionnaire, open }
    }))
}

/// Takes answers into the record of herself, or of a child under 15 in her custody, with the scores that the
/// questionnaire calculates: all of it or nothing, and once for the same form.
///
/// # Errors
/// [`Error::Refused`], [`Error::Input`] for a form that has no name, or when the store fails.
pub async fn send_answers(
    house: &House,
    clock: &dyn Clock,
    session: &Session,
    new: &NewAnswers,
) -> Result<Sent, Error> {
    named_form(&new.form)?;
    let form = questionnaire_form(house, &new.key).await?;
    let Some(form) = form.filter(|form| form.open && form.questionnaire.version == new.version) else {
        return Ok(Sent::Changed);
    };
    let questionnaire = &form.questionnaire;
    let answers = counting(questionnaire, &new.answers);
    let faults = questionnaire.judge(&answers, true);
    if !faults.is_empty() {
        return Ok(Sent::Faults(faults));
    }
    let now = clock.now();
    let person = new.person.as_ref().or(session.person()).cloned();
    let request =
        ask::request(session, Activity::Donate, [Category::PatientReportedOutcome], person.clone(), None, now);
    let mut passage = house.passage().await?;
    let facts = passage.facts(&request).await?;
    let mut logged = ask::log(passage, &request, &facts).await?;
    let mut id = String::new();
    if let (Some(mut writer), Some(person)) = (logged.writer().await?, &person) {
        id = response_id(person, &new.form);
        let resources = resources(questionnaire, &answers, person, session, &id, new.language, now)?;
        writer.donate(&batch(&resources, session, now), &resources).await?;
        if let Some(own) = session.person() {
            writer.forget_draft(own, person, &new.key).await?;
        }
    }
    ask::answer(logged.commit(now).await?)?;
    Ok(Sent::Kept(id))
}

/// Refuses a form without a name, by which what is sent twice is known.
fn named_form(name: &str) -> Result<(), Error> {
    match (16..=64).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric()) {
        true => Ok(()),
        false => Err(Error::Input("the form has no name: open the page again".to_owned())),
    }
}

/// What counts of answers: those to enabled items that a person answers.
fn counting(questionnaire: &Questionnaire, given: &Answers) -> Answers {
    let asked: Vec<&Item> = questionnaire.each().filter(|item| item.is_asked()).collect();
    let own = |(link_id, answers): (&String, &Vec<_>)| {
        let counts = !answers.is_empty() && asked.iter().any(|item| item.link_id == *link_id);
        counts.then(|| (link_id.clone(), answers.clone()))
    };
    let mut answers: Answers = given.iter().filter_map(own).collect();
    let enabled: Vec<String> = questionnaire.enabled(&answers).into_iter().map(str::to_owned).collect();
    answers.retain(|link_id, _| enabled.contains(link_id));
    answers
}

/// The response and an Observation for each score.
fn resources(
    questionnaire: &Questionnaire,
    answers: &Answers,
    person: &PersonId,
    session: &Session,
    id: &str,
    language: &str,
    now: Timestamp,
) -> Result<Vec<NewResource>, Error> {
    let at = Timestamp::from_second(now.as_second()).unwrap_or(now).to_string();
    let own = session.person() == Some(person);
    let instead = (!own).then_some("holder of custody");
    let author = Author { id, patient: &person.0, at: &at, language, instead };
    let (answers, failed) = questionnaire.calculated(answers);
    for (link_id, reason) in failed {
        tracing::warn!(questionnaire = questionnaire.url, item = link_id, reason, "a score could not be worked out");
    }
    let response = questionnaire.response(&answers, &author);
    let all = std::iter::once(response).chain(questionnaire.observations(&answers, &author));
    all.map(|resource| new_resource(&resource.to_string(), person)).collect()
}

fn new_resource(text: &str, person: &PersonId) -> Result<NewResource, Error> {
    let unfit = || Error::Input("the answers make no valid response; correct them and send them again".to_owned());
    let mut tape = Tape::new();
    let json = tape.read(text).map_err(|_| unfit())?;
    if validate::has_errors(&validate::resource(json, Json::ROOT)) {
        return Err(unfit());
    }
    let body = canonical(json, Json::ROOT);
    let of = |name| json.member_string(Json::ROOT, name).unwrap_or_default();
    let moment = |second| Timestamp::from_second(second).ok();
    let span = record::span(json, Json::ROOT).and_then(|span| span.seconds());
    Ok(NewResource {
        reference: format!("{}/{}", of("resourceType"), of("id")),
        of: Some((person.clone(), record::category(json, Json::ROOT))),
        span: span.and_then(|(first, last)| Some((moment(first)?, moment(last)?))),
        hash: hex(&Sha256::digest(&body)),
        place: "form".to_owned(),
        document: None,
        body,
    })
}

/// Each response is a batch of its own.
fn batch(resources: &[NewResource], session: &Session, now: Timestamp) -> Batch {
    let first = resources.first();
    Batch {
        id: first.map_or_else(String::new, |resource| format!("{PORTAL}-{}", resource.reference.replace('/', "-"))),
        source: PORTAL.to_owned(),
        file: "form".to_owned(),
        sha256: first.map_or_else(String::new, |resource| resource.hash.clone()),
        taken_at: now,
        taken_by: session.user().0.clone(),
        stored: 0,
        rejected: 0,
    }
}

/// The same form of the same person gives the same id, and nobody else's.
fn response_id(person: &PersonId, form: &str) -> String {
    hex(&Sha256::digest(format!("indgang response v1\n{}\n{form}", person.0))[..16])
}

/// Refuses a delivery that names itself as what citizens themselves tell.
pub(crate) fn not_the_portal(source: &str) -> Result<(), Error> {
    if source != PORTAL {
        return Ok(());
    }
    let what = format!("`{PORTAL}` is the source of what citizens answer in this house; name the source otherwise");
    Err(Error::Input(what))
}
