//! What was answered, and what it came to over time.

use super::draft::{self, DraftLine};
use super::{QuestionnaireForm, definitions};
use crate::timeline::{Series, course};
use crate::{Error, Session, ask};
use indgang_fhir::json::{Json, Tape};
use indgang_fhir::questionnaire::{Answer, Answers, Questionnaire, Response, Score, Task, Told, Words};
use indgang_fhir::record::{self, Span};
use indgang_gate::{Activity, Grant};
use indgang_model::{Category, Clock, LegalBasis, PersonId};
use indgang_store::House;
use indgang_store::resources::{self, Resource, Wanted};

/// What a citizen can fill in, and what she has answered.
#[derive(Debug, Clone, PartialEq)]
pub struct QuestionnaireList {
    /// Whose.
    pub person: PersonId,
    /// True when it is her own.
    pub own: bool,
    /// True when the reader may answer for the person: herself, or a child under 15 in her custody.
    pub may_answer: bool,
    /// Others whose answers she may read: children in her custody, and who has given her power of attorney.
    pub others: Vec<PersonId>,
    /// What can be filled in; what somebody waits for comes first.
    pub forms: Vec<QuestionnaireForm>,
    /// What others have asked her to answer, and she has not answered since.
    pub asked: Vec<Task>,
    /// What the reader has begun and not sent, the latest first; nobody else sees it.
    pub drafts: Vec<DraftLine>,
    /// What was answered, the latest first.
    pub answered: Vec<AnsweredLine>,
    /// Scores that there are at least two of, over time.
    pub series: Vec<Series>,
    /// The rule that opened it.
    pub rule: LegalBasis,
    /// Its line in the log.
    pub log_index: u64,
}

/// One response in a list.
#[derive(Debug, Clone, PartialEq)]
pub struct AnsweredLine {
    /// Who delivered it.
    pub source: String,
    /// Its id there.
    pub id: String,
    /// The address of what was filled in, without a version.
    pub questionnaire: String,
    /// What it is called.
    pub title: Words,
    /// When, as written; may be empty.
    pub at: String,
    /// FHIR's word for how it stands.
    pub status: String,
    /// What it came to.
    pub scores: Vec<Score>,
}

/// One response.
#[derive(Debug, Clone, PartialEq)]
pub struct AnsweredView {
    /// Whose.
    pub person: PersonId,
    /// True when it is the reader's own.
    pub own: bool,
    /// What it is.
    pub line: AnsweredLine,
    /// What the answers themselves have called for, such as where help is.
    pub advice: Vec<Words>,
    /// Questions and answers in their order.
    pub items: Vec<AnsweredItem>,
    /// Its scores over time.
    pub series: Vec<Series>,
    /// The rule that opened it.
    pub rule: LegalBasis,
    /// Its line in the log.
    pub log_index: u64,
}

/// One question with its answers; a heading has none.
#[derive(Debug, Clone, PartialEq)]
pub struct AnsweredItem {
    /// The question.
    pub text: Words,
    /// The answers.
    pub answers: Vec<Given>,
}

/// An answer as it is shown.
#[derive(Debug, Clone, PartialEq)]
pub enum Given {
    /// Words of the questionnaire or of the one who answered.
    Words(Words),
    /// Yes or no.
    Truth(bool),
    /// A day or moment as FHIR writes it.
    Moment(String),
}

/// What can be filled in, and what was answered by the person, who is the reader when nobody is named.
///
/// # Errors
/// [`Error::Refused`], or when the store fails.
pub async fn questionnaires(
    house: &House,
    clock: &dyn Clock,
    session: &Session,
    person: Option<&PersonId>,
) -> Result<QuestionnaireList, Error> {
    let now = clock.now();
    let mut passage = house.passage().await?;
    let own = ask::own_people(&mut passage, session, Activity::ReadRecord, &[], now).await?.0.subjects;
    let children = match session.person() {
        Some(reader) => passage.children_of(reader).await?,
        None => Vec::new(),
    };
    let person = person.or(session.person()).cloned();
    let request =
        ask::request(session, Activity::ReadRecord, [Category::PatientReportedOutcome], person.clone(), None, now);
    let (grant, rule) = ask::read(passage, &request).await?;
    let Some(person) = person else { return Err(Error::SignedOut) };
    let all = definitions::all(house).await?;
    let answered = answered_lines(house, &grant, &person, &all).await?;
    let asked = asked(house, &grant, &person, &answered).await?;
    let mut forms = definitions::open_forms(all);
    forms.sort_by_key(|form| !asked.iter().any(|task| task.questionnaire == form.questionnaire.url));
    Ok(QuestionnaireList {
        own: session.person() == Some(&person),
        may_answer: session.person() == Some(&person) || (own.contains(&person) && children.contains(&person)),
        others: own.into_iter().filter(|other| *other != person).collect(),
        forms,
        asked,
        drafts: draft::lines(house, &grant, session, &person).await?,
        answered,
        series: course(house, &grant, &person, None).await?,
        log_index: grant.log_index(),
        rule,
        person,
    })
}

/// Every response of a person that a grant opens, the latest first.
pub(super) async fn answered_lines(
    house: &House,
    grant: &Grant,
    person: &PersonId,
    all: &[Questionnaire],
) -> Result<Vec<AnsweredLine>, Error> {
    let wanted = Wanted { types: vec!["QuestionnaireResponse"], ..Wanted::default() };
    let mut answered = Vec::new();
    for resource in resources::of_person(house, grant, person, &wanted).await? {
        let resource = resource.into_open(grant)?;
        answered.extend(line(all, &resource).map(|(line, ..)| line));
    }
    Ok(answered)
}

/// One response. Who may read it is the gate's to say: the citizen, or who treats her. A response that nobody has is
/// refused like one that is not hers to read; `None` when what it holds is not open.
///
/// # Errors
/// [`Error::Refused`], or when the store fails.
pub async fn answered(
    house: &House,
    clock: &dyn Clock,
    session: &Session,
    (source, id): (&str, &str),
) -> Result<Option<AnsweredView>, Error> {
    let reference = format!("QuestionnaireResponse/{id}");
    let mut passage = house.passage().await?;
    let person = passage.person_of(source, &reference).await?;
    let categories = [Category::PatientReportedOutcome];
    let request = ask::request(session, Activity::ReadRecord, categories, person.clone(), None, clock.now());
    let (grant, rule) = ask::read(passage, &request).await?;
    let Some(person) = person else { return Err(Error::SignedOut) };
    let found = resources::versions(house, &grant, &person, (source, &reference)).await?;
    let Some(resource) = found.into_iter().next_back() else { return Ok(None) };
    let resource = resource.into_open(&grant)?;
    let all = definitions::all(house).await?;
    let Some((line, questionnaire, answers)) = line(&all, &resource) else { return Ok(None) };
    let codes: Vec<_> = questionnaire.iter().flat_map(|q| q.each()).flat_map(|item| item.codes.clone()).collect();
    Ok(Some(AnsweredView {
        own: session.person() == Some(&person),
        advice: questionnaire.map(|questionnaire| advice(questionnaire, &answers)).unwrap_or_default(),
        items: items(&resource, questionnaire),
        series: course(house, &grant, &person, Some(&codes)).await?,
        log_index: grant.log_index(),
        rule,
        line,
        person,
    }))
}

/// The Tasks that still wait: no response to their questionnaire is as late as they are.
async fn asked(house: &House, grant: &Grant, person: &PersonId, answered: &[AnsweredLine]) -> Result<Vec<Task>, Error> {
    let wanted = Wanted { types: vec!["Task"], ..Wanted::default() };
    let mut waiting = Vec::new();
    let mut tape = Tape::new();
    for resource in resources::of_person(house, grant, person, &wanted).await? {
        let resource = resource.into_open(grant)?;
        let Ok(json) = tape.read(resource.body.expose()) else { continue };
        let task = Task::read(json, Json::ROOT);
        waiting.extend(task.filter(|task| !answered.iter().any(|line| is_answer(task, line))));
    }
    Ok(waiting)
}

/// Whether a response answers a Task: of its questionnaire, whole, and as late as it.
pub(super) fn is_answer(task: &Task, line: &AnsweredLine) -> bool {
    let seconds = |text: &str| Span { start: text.to_owned(), end: String::new() }.seconds();
    let since = seconds(&task.at).map(|(first, _)| first);
    let at = seconds(&line.at).map(|(_, last)| last);
    let whole = !["in-progress", "entered-in-error", "stopped"].contains(&line.status.as_str());
    line.questionnaire == task.questionnaire && whole && at >= since
}

type Found<'q> = (AnsweredLine, Option<&'q Questionnaire>, Answers);

fn line<'q>(all: &'q [Questionnaire], resource: &Resource) -> Option<Found<'q>> {
    let mut tape = Tape::new();
    let json = tape.read(resource.body.expose()).ok()?;
    let response = Response::read(json, Json::ROOT)?;
    let told = record::line(json, Json::ROOT)?;
    let questionnaire = definitions::named(all, &response.questionnaire, response.version.as_deref());
    let (answers, _) = questionnaire.map(|q| q.check(json, Json::ROOT)).unwrap_or_default();
    let scores = questionnaire.map(|q| scores(q, &answers)).unwrap_or_default();
    let title = questionnaire.map(|q| q.title.clone()).filter(|title| !title.text.is_empty());
    let line = AnsweredLine {
        source: resource.source.clone(),
        id: resource.reference.split_once('/').map_or_else(String::new, |(_, id)| id.to_owned()),
        title: title.unwrap_or_else(|| Words { text: told.title, ..Words::default() }),
        at: told.span.map(|span| span.start).unwrap_or_default(),
        questionnaire: response.questionnaire,
        status: response.status,
        scores,
    };
    Some((line, questionnaire, answers))
}

/// The scores that the response holds; where it holds none, those that its questionnaire calculates of it.
fn scores(questionnaire: &Questionnaire, answers: &Answers) -> Vec<Score> {
    let told = questionnaire.scores(answers);
    if told.is_empty() { questionnaire.scores(&questionnaire.calculated(answers).0) } else { told }
}

/// What is shown because of an answer, and not to everybody.
fn advice(questionnaire: &Questionnaire, answers: &Answers) -> Vec<Words> {
    let enabled = questionnaire.enabled(answers);
    let shown = questionnaire.each().filter(|item| item.is_advice() && enabled.contains(item.link_id.as_str()));
    shown.map(|item| item.text.clone()).collect()
}

fn items(resource: &Resource, questionnaire: Option<&Questionnaire>) -> Vec<AnsweredItem> {
    let mut tape = Tape::new();
    let Ok(json) = tape.read(resource.body.expose()) else { return Vec::new() };
    let of = |told: Told| {
        let item = questionnaire.and_then(|questionnaire| questionnaire.item(&told.link_id));
        if item.is_some_and(|item| item.calculated.is_some()) {
            return None;
        }
        let text = item.map(|item| item.text.clone()).filter(|text| !text.text.is_empty());
        let given = |answer: Answer| match (item.and_then(|item| item.option(&answer)), answer) {
            (Some(option), _) if !option.words.text.is_empty() => Given::Words(option.words.clone()),
            (_, Answer::Boolean(truth)) => Given::Truth(truth),
            (_, Answer::Date(text) | Answer::DateTime(text)) => Given::Moment(text),
            (_, answer) => Given::Words(Words { text: answer.shown(), ..Words::default() }),
        };
        Some(AnsweredItem {
            text: text.unwrap_or_else(|| Words { text: told.text, ..Words::default() }),
            answers: told.answers.into_iter().map(given).collect(),
        })
    };
    Response::told(json, Json::ROOT).into_iter().filter_map(of).collect()
}
