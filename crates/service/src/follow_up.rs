//! Readings that are followed up: the glass was broken, or a treatment was declared that the registers lacked.
//!
//! A declared treatment is held against the registers until they show it or the deadline comes, as the national
//! treatment relation service (BRS) does; what they never showed, and each breaking of the glass, is a case for the
//! auditor, who judges it with a written reason that the citizen reads in her log.

use crate::{Error, Session, ask, session};
use indgang_gate::{Activity, Actor, AuditEvent, BreakingGlass, Grounds, RelationGrade, Request, UserId};
use indgang_model::{CaseId, Category, Clock, LegalBasis, PersonId, Purpose, Role, Timestamp};
use indgang_store::follow_ups::{self, Declared, Judgement, Kind, Outcome, Waiting};
use indgang_store::{House, Passage, users};

/// A page of the readings that wait. Nothing here says whose data were read, or why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FollowUps {
    /// In the order of the log.
    pub lines: Vec<FollowUpLine>,
    /// How many wait in all.
    pub waiting: u64,
    /// True when there are more after these.
    pub more: bool,
}

/// One reading that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FollowUpLine {
    /// Its place in the log.
    pub leaf: u64,
    /// On what the professional relied.
    pub kind: Kind,
    /// When it was opened.
    pub opened: Timestamp,
    /// Until when the registers may confirm it, or it is to be judged.
    pub deadline: Timestamp,
    /// True when it is the auditor's to judge; false while the registers may still confirm it.
    pub is_case: bool,
}

/// A reading as the auditor judges it: its line in the log, and what the professional wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FollowUpCase {
    /// What the list says of it.
    pub line: FollowUpLine,
    /// What the professional wrote.
    pub reason: String,
    /// Whose data, by the opaque identifier.
    pub person: PersonId,
    /// Who read.
    pub who: UserId,
    /// Her name as the house shows it.
    pub who_name: String,
    /// Capacity.
    pub role: Role,
    /// Organisation.
    pub organisation: String,
    /// What she did.
    pub activity: Activity,
    /// Kinds of data that were opened.
    pub categories: Vec<Category>,
    /// In which case.
    pub case: Option<CaseId>,
    /// When.
    pub at: Timestamp,
    /// Rule and paragraph.
    pub rule: LegalBasis,
    /// The ground on which the glass was broken.
    pub ground: Option<indgang_gate::BreakingGlassGround>,
}

/// What came of holding declared treatments against the registers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Rechecked {
    /// The registers show the treatment by now; closed.
    pub confirmed: u64,
    /// They do not yet, and the deadline has not come.
    pub waiting: u64,
    /// They never did: cases to be judged.
    pub overdue: u64,
}

/// Readings on one page of the list.
const A_PAGE: u32 = 50;

/// The grade of the treatment relation that confirms a declared treatment: what `DK-42a` opens for.
pub const WANTED_GRADE: RelationGrade = RelationGrade::B;

/// The readings that wait, those after a line of the log. A passage about nobody: it opens no person's data.
///
/// # Errors
/// [`Error::Refused`], or when the store fails.
pub async fn follow_ups(
    house: &House,
    clock: &dyn Clock,
    session: &Session,
    after: Option<u64>,
) -> Result<FollowUps, Error> {
    let now = clock.now();
    ask::read(house.passage().await?, &ask::request(session, Activity::FollowUp, [], [], None, now)).await?;
    let mut waiting = follow_ups::open_ones(house, after, A_PAGE + 1).await?;
    let more = waiting.len() > A_PAGE as usize;
    waiting.truncate(A_PAGE as usize);
    let lines = waiting.iter().map(|waiting| line(waiting, now)).collect();
    Ok(FollowUps { lines, waiting: follow_ups::waiting(house).await?, more })
}

/// Opens one reading that waits. The passage stands in the log of the person it was about.
///
/// # Errors
/// [`Error::Refused`] when there is none of this number, or when the store fails.
pub async fn open_follow_up(
    house: &House,
    clock: &dyn Clock,
    session: &Session,
    leaf: u64,
) -> Result<FollowUpCase, Error> {
    let now = clock.now();
    let mut passage = house.passage().await?;
    let person = passage.waiting(leaf).await?.map(|(person, _)| person);
    let request = ask::request(session, Activity::FollowUp, [Category::AuditEvent], person, None, now);
    let (grant, _) = ask::read(passage, &request).await?;
    let found = follow_ups::follow_up(house, &grant, leaf).await?.ok_or(Error::NothingToJudge)?;
    let AuditEvent { who, role, organisation, activity, categories, subject, case, at, rule, paragraph, .. } =
        found.event;
    let who_name = users::display_name(house, &who).await?;
    Ok(FollowUpCase {
        line: line(&found.waiting, now),
        reason: found.reason,
        person: subject.ok_or(Error::NothingToJudge)?,
        who_name,
        who,
        role,
        organisation,
        activity,
        categories: categories.into_iter().collect(),
        case,
        at,
        rule: LegalBasis { rule, paragraph },
        ground: found.event.breaking_glass.map(|broken| broken.ground),
    })
}

/// Judges a reading, with a reason that the citizen reads in her log. The judgement and the judge's own line in the
/// log are written together.
///
/// # Errors
/// [`Error::ShortReason`] before the gate is asked, [`Error::Refused`], [`Error::NothingToJudge`] when the registers may
/// still confirm it or somebody was faster, or when the store fails.
pub async fn judge_follow_up(
    house: &House,
    clock: &dyn Clock,
    session: &Session,
    leaf: u64,
    (in_order, reason): (bool, &str),
) -> Result<(), Error> {
    let now = clock.now();
    let reason = reason.trim();
    if reason.chars().count() < BreakingGlass::SHORTEST_REASON {
        return Err(Error::ShortReason);
    }
    let mut passage = house.passage().await?;
    let found = passage.waiting(leaf).await?;
    let person = found.as_ref().map(|(person, _)| person.clone());
    let request = ask::request(session, Activity::FollowUp, [Category::AuditEvent], person, None, now);
    let outcome = if in_order { Outcome::InOrder } else { Outcome::NotInOrder };
    let judgement = Judgement { outcome, by: session.user().clone(), at: now, reason: reason.to_owned() };
    let case = found.filter(|(_, waiting)| waiting.is_case(now));
    let judged = enter(passage, &request, case.map(|(person, _)| (person, leaf)), &judgement).await?;
    if judged { Ok(()) } else { Err(Error::NothingToJudge) }
}

/// Holds every declared treatment that waits against the registers as they are now. One that they show, at the moment
/// of the reading or now, with [`WANTED_GRADE`] or better is closed as confirmed, with a line in the citizen's log.
///
/// # Errors
/// [`Error::Refused`], or when the store fails; what was closed before stays closed.
pub async fn recheck_follow_ups(house: &House, clock: &dyn Clock, session: &Session) -> Result<Rechecked, Error> {
    recheck_by(house, clock, session.actor()).await
}

/// The same for who sits at the command line, and answers for it as the auditor.
///
/// # Errors
/// As [`recheck_follow_ups`].
pub async fn recheck_follow_ups_as_operator(
    house: &House,
    clock: &dyn Clock,
    operator: &UserId,
) -> Result<Rechecked, Error> {
    recheck_by(house, clock, ask::auditor(operator)).await
}

async fn recheck_by(house: &House, clock: &dyn Clock, asks: Actor) -> Result<Rechecked, Error> {
    let mut request = Request {
        actor: asks,
        activity: Activity::FollowUp,
        purpose: Purpose::OversightAndAdministration,
        categories: [].into(),
        subjects: [].into(),
        case: None,
        grounds: Grounds::default(),
        at: clock.now(),
    };
    ask::read(house.passage().await?, &request).await?;
    request.categories = [Category::AuditEvent].into();
    let mut told = Rechecked::default();
    let mut after = None;
    loop {
        let declared = follow_ups::declared(house, after, A_PAGE).await?;
        let Some(last) = declared.last() else { return Ok(told) };
        after = Some(last.leaf);
        for one in &declared {
            request.at = clock.now();
            if one.deadline <= request.at {
                told.overdue += 1;
            } else if recheck(house, &request, one).await? {
                told.confirmed += 1;
            } else {
                told.waiting += 1;
            }
        }
    }
}

/// True when the registers show the treatment; it is then closed.
async fn recheck(house: &House, question: &Request, declared: &Declared) -> Result<bool, Error> {
    let Some(professional) = users::by_id(house, &declared.professional).await? else { return Ok(false) };
    let now = question.at;
    let subjects = [declared.person.clone()].into();
    let reading = Request { actor: session::actor_of(&professional), subjects, ..question.clone() };
    let mut passage = house.passage().await?;
    let facts = passage.facts(&reading).await?;
    let grade = |at| facts.relation(&professional.id, &facts.places, &declared.person, at);
    let grade = grade(declared.opened).max(grade(now));
    if grade < WANTED_GRADE {
        passage.abandon().await?;
        return Ok(false);
    }
    let closing = Request { actor: question.actor.clone(), ..reading };
    let (by, reason) = (closing.actor.user.clone(), grade.name().to_owned());
    let judgement = Judgement { outcome: Outcome::Confirmed, by, at: now, reason };
    enter(passage, &closing, Some((declared.person.clone(), declared.leaf)), &judgement).await
}

/// Asks the gate, and writes the judgement with the line; false when there was nothing to be judged any more.
async fn enter(
    mut passage: Passage,
    request: &Request,
    case: Option<(PersonId, u64)>,
    judgement: &Judgement,
) -> Result<bool, Error> {
    let facts = passage.facts(request).await?;
    let mut logged = ask::log(passage, request, &facts).await?;
    let mut judged = false;
    if let (Some(mut writer), Some((person, leaf))) = (logged.writer().await?, case) {
        judged = writer.judge(&person, leaf, judgement).await?;
    }
    ask::answer(logged.commit(request.at).await?)?;
    Ok(judged)
}

fn line(waiting: &Waiting, now: Timestamp) -> FollowUpLine {
    let Waiting { leaf, kind, opened, deadline } = *waiting;
    FollowUpLine { leaf, kind, opened, deadline, is_case: waiting.is_case(now) }
}
