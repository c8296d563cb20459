//! What the answer would have been: somebody, some purpose, some kind of data, some time.

use crate::{Error, Session, ask, session};
use indgang_gate::{Activity, Actor, Grounds, Replayed, Request, UserId};
use indgang_model::{CaseId, Category, Clock, PersonId, Purpose, Role, Timestamp};
use indgang_store::{House, users};

/// What is asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// Who would have asked.
    pub user: UserId,
    /// What she would have done.
    pub activity: Activity,
    /// Why.
    pub purpose: Purpose,
    /// Which kind of data.
    pub category: Category,
    /// About whom.
    pub person: PersonId,
    /// In which case.
    pub case: Option<CaseId>,
    /// When.
    pub at: Timestamp,
}

/// The ruling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replay {
    /// What the rules would have answered.
    pub answer: Replayed,
    /// Her name as the house shows it.
    pub user_name: String,
    /// In which capacity she would have asked.
    pub role: Role,
    /// Index of this passage in the log.
    pub log_index: u64,
}

/// The auditor asks. The passage stands in the log of the person it is about.
///
/// # Errors
/// [`Error::UnknownUser`] when the house does not know who would have asked, [`Error::Refused`], or when the store fails.
pub async fn replay(house: &House, clock: &dyn Clock, session: &Session, question: &Question) -> Result<Replay, Error> {
    asked_by(house, clock, session.actor(), question).await
}

/// Who sits at the command line asks, and answers for it as the auditor: she reads the records anyway.
///
/// # Errors
/// As [`replay`].
pub async fn replay_as_operator(
    house: &House,
    clock: &dyn Clock,
    operator: &UserId,
    question: &Question,
) -> Result<Replay, Error> {
    asked_by(house, clock, ask::auditor(operator), question).await
}

async fn asked_by(house: &House, clock: &dyn Clock, asks: Actor, question: &Question) -> Result<Replay, Error> {
    let request = Request {
        purpose: ask::purpose(asks.role),
        actor: asks,
        activity: Activity::Replay,
        categories: [Category::AuditEvent].into(),
        subjects: [question.person.clone()].into(),
        case: None,
        grounds: Grounds::default(),
        at: clock.now(),
    };
    let (grant, _) = ask::read(house.passage().await?, &request).await?;
    let unknown = || Error::UnknownUser(question.user.0.clone());
    let user = users::by_id(house, &question.user).await?.ok_or_else(unknown)?;
    let replayed = Request {
        actor: session::actor_of(&user),
        activity: question.activity,
        purpose: question.purpose,
        categories: [question.category].into(),
        subjects: [question.person.clone()].into(),
        case: question.case.clone(),
        grounds: Grounds::default(),
        at: question.at,
    };
    let mut passage = house.passage().await?;
    let facts = passage.facts_known_at(&replayed, question.at).await?;
    passage.abandon().await?;
    let answer = indgang_gate::replay(&grant, &replayed, &facts)?;
    let named = user.role != Role::Citizen;
    Ok(Replay {
        answer,
        user_name: if named { user.display_name } else { user.id.0 },
        role: user.role,
        log_index: grant.log_index(),
    })
}
