//! Readings that somebody must judge afterwards: who broke the glass or declared a treatment the registers lack.
//!
//! What waits is listed by number, kind and time, which opens no person's data; the reading itself and its judgement
//! are opened with a grant for the log of the person it was about.

use crate::error::{from_word, signed, stored, to_word, unsigned};
use crate::{House, Logged, Passage, StoreError, Writer};
use indgang_gate::{AuditEvent, Grant, NotCovered, UserId};
use indgang_model::{Category, PersonId, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A reading that waits for its judgement. Nothing here says whose data were read, or why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// The reading's line in the log.
    pub leaf: u64,
    /// On what the professional relied.
    pub kind: Kind,
    /// When it was opened.
    pub opened: Timestamp,
    /// Until when the registers may confirm it, or it is to be judged.
    pub deadline: Timestamp,
}

/// On what the professional relied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// She broke the glass: somebody judges it.
    BreakingGlass,
    /// She declared a treatment that the registers lacked: they may confirm it until the deadline.
    DeclaresTreatment,
}

/// A declared treatment that the registers may have confirmed meanwhile. It goes to the gate and to nobody else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declared {
    /// The reading's line in the log.
    pub leaf: u64,
    /// Whose data were read.
    pub person: PersonId,
    /// Who read.
    pub professional: UserId,
    /// When.
    pub opened: Timestamp,
    /// Until when the registers may confirm it.
    pub deadline: Timestamp,
}

/// A reading to be judged, as it stands in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FollowUp {
    /// What is told of it before it is opened.
    pub waiting: Waiting,
    /// What the professional wrote.
    pub reason: String,
    /// Its line in the log.
    pub event: AuditEvent,
    /// How it was judged; `None` while it waits.
    pub judgement: Option<Judgement>,
}

/// How a reading was judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// What came of it.
    pub outcome: Outcome,
    /// By whom.
    pub by: UserId,
    /// When.
    pub at: Timestamp,
    /// Why; the grade of the relation when the registers confirmed it.
    pub reason: String,
}

/// What came of following a reading up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The registers show by now that the patient was in treatment.
    Confirmed,
    /// Somebody found the reading in order.
    InOrder,
    /// Somebody found that the reading should not have been made.
    NotInOrder,
}

impl Waiting {
    /// True when it is somebody's to judge: the glass was broken, or the registers did not confirm the treatment in time.
    pub fn is_case(&self, now: Timestamp) -> bool {
        self.kind == Kind::BreakingGlass || self.deadline <= now
    }
}

const WHAT: &str = "follow_ups";

type Row = (i64, Option<String>, String, String);
type WholeRow = (i64, Option<String>, String, String, String, String, String);

/// At most so many of the readings that wait, those after a line of the log, in the order of the log.
///
/// # Errors
/// When the database fails.
pub async fn open_ones(house: &House, after: Option<u64>, limit: u32) -> Result<Vec<Waiting>, StoreError> {
    let rows: Vec<Row> = sqlx::query_as(
        "select leaf_index, kind, opened_at, deadline from follow_ups where judged_at is null and leaf_index > $1 \
         order by leaf_index limit $2",
    )
    .bind(after.map_or(Ok(-1), |leaf| signed(WHAT, leaf))?)
    .bind(i64::from(limit))
    .fetch_all(&house.pool)
    .await?;
    rows.into_iter().map(read).collect()
}

/// At most so many declared treatments that the registers may have confirmed meanwhile, those after a line of the log.
///
/// # Errors
/// When the database fails.
pub async fn declared(house: &House, after: Option<u64>, limit: u32) -> Result<Vec<Declared>, StoreError> {
    let rows: Vec<(i64, String, String, String, String)> = sqlx::query_as(
        "select leaf_index, person_id, professional, opened_at, deadline from follow_ups where judged_at is null \
         and leaf_index > $1 and kind = 'declares_treatment' and professional is not null order by leaf_index limit $2",
    )
    .bind(after.map_or(Ok(-1), |leaf| signed(WHAT, leaf))?)
    .bind(i64::from(limit))
    .fetch_all(&house.pool)
    .await?;
    let declared = |(leaf, person, professional, opened, deadline): (i64, String, String, String, String)| {
        Ok(Declared {
            leaf: unsigned(WHAT, leaf)?,
            person: PersonId(person),
            professional: UserId(professional),
            opened: stored(WHAT, &opened)?,
            deadline: stored(WHAT, &deadline)?,
        })
    };
    rows.into_iter().map(declared).collect()
}

/// One reading that is or was to be judged; `None` when there is none of this number.
///
/// # Errors
/// When the grant does not open the log of the person it was about, or the database fails.
pub async fn follow_up(house: &House, grant: &Grant, leaf: u64) -> Result<Option<FollowUp>, StoreError> {
    let row: Option<WholeRow> = sqlx::query_as(
        "select f.leaf_index, f.kind, f.opened_at, f.deadline, f.person_id, f.reason, l.leaf \
         from follow_ups f join log_leaves l on l.leaf_index = f.leaf_index where f.leaf_index = $1",
    )
    .bind(signed(WHAT, leaf)?)
    .fetch_optional(&house.pool)
    .await?;
    let Some((index, kind, opened, deadline, person, reason, text)) = row else { return Ok(None) };
    let person = PersonId(person);
    covered(grant, &person)?;
    let event = AuditEvent::parse(&text).map_err(|_| StoreError::Corrupt("log_leaves"))?;
    let judgement = judgements(house, grant, &person).await?.remove(&leaf);
    Ok(Some(FollowUp { waiting: read((index, kind, opened, deadline))?, reason, event, judgement }))
}

/// How the readings of a person's data were judged, by their lines in the log.
///
/// # Errors
/// When the grant does not open the person's log, or the database fails.
pub async fn judgements(
    house: &House,
    grant: &Grant,
    person: &PersonId,
) -> Result<BTreeMap<u64, Judgement>, StoreError> {
    covered(grant, person)?;
    let rows: Vec<(i64, Option<String>, String, String, String)> = sqlx::query_as(
        "select leaf_index, outcome, judged_by, judged_at, verdict from follow_ups \
         where person_id = $1 and judged_at is not null",
    )
    .bind(&person.0)
    .fetch_all(&house.pool)
    .await?;
    let judgement = |(leaf, outcome, by, at, reason): (i64, Option<String>, String, String, String)| {
        // One that was judged before outcomes were kept is known by its words alone.
        let outcome = outcome.map_or(Ok(Outcome::InOrder), |word| from_word(WHAT, word))?;
        Ok((unsigned(WHAT, leaf)?, Judgement { outcome, by: UserId(by), at: stored(WHAT, &at)?, reason }))
    };
    rows.into_iter().map(judgement).collect()
}

fn covered(grant: &Grant, person: &PersonId) -> Result<(), StoreError> {
    let covers = grant.covers(person, Category::AuditEvent);
    if covers { Ok(()) } else { Err(NotCovered { category: Category::AuditEvent }.into()) }
}

fn read((leaf, kind, opened, deadline): Row) -> Result<Waiting, StoreError> {
    Ok(Waiting {
        leaf: unsigned(WHAT, leaf)?,
        // One from before kinds were kept is judged by somebody.
        kind: kind.map_or(Ok(Kind::BreakingGlass), |word| from_word(WHAT, word))?,
        opened: stored(WHAT, &opened)?,
        deadline: stored(WHAT, &deadline)?,
    })
}

impl Passage {
    /// A reading that waits for its judgement with the person it was about, for the question that is put to the gate.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn waiting(&mut self, leaf: u64) -> Result<Option<(PersonId, Waiting)>, StoreError> {
        let Ok(leaf) = i64::try_from(leaf) else { return Ok(None) };
        let row: Option<(String, i64, Option<String>, String, String)> = sqlx::query_as(
            "select person_id, leaf_index, kind, opened_at, deadline from follow_ups \
             where leaf_index = $1 and judged_at is null",
        )
        .bind(leaf)
        .fetch_optional(self.connection())
        .await?;
        let Some((person, leaf, kind, opened, deadline)) = row else { return Ok(None) };
        Ok(Some((PersonId(person), read((leaf, kind, opened, deadline))?)))
    }
}

impl Writer<'_> {
    /// Writes how a reading was judged, in the transaction that holds the judge's own line. False when it was judged
    /// before: the first judgement stands.
    ///
    /// # Errors
    /// When the grant does not open the person's log, or the database fails.
    pub async fn judge(&mut self, person: &PersonId, leaf: u64, judgement: &Judgement) -> Result<bool, StoreError> {
        self.demand(person, Category::AuditEvent)?;
        let judged = sqlx::query(
            "update follow_ups set judged_at = $3, judged_by = $4, verdict = $5, outcome = $6 \
             where leaf_index = $1 and person_id = $2 and judged_at is null",
        )
        .bind(signed(WHAT, leaf)?)
        .bind(&person.0)
        .bind(judgement.at.to_string())
        .bind(&judgement.by.0)
        .bind(&judgement.reason)
        .bind(to_word(WHAT, &judgement.outcome)?)
        .execute(&mut *self.tx)
        .await?;
        Ok(judged.rows_affected() == 1)
    }
}

impl Logged {
    /// Opens a follow-up for each leaf of this passage that asks for one, in the transaction that holds the leaves.
    /// Says how many.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn open_follow_ups(&mut self, reason: &str, deadline: Timestamp) -> Result<u64, StoreError> {
        let mut opened = 0;
        for (index, text) in self.leaves() {
            let event = AuditEvent::parse(&text).map_err(|_| StoreError::Corrupt("log_leaves"))?;
            let (true, Some(person)) = (event.follow_up, event.subject) else { continue };
            let glass = event.breaking_glass.is_some();
            let kind = if glass { Kind::BreakingGlass } else { Kind::DeclaresTreatment };
            sqlx::query(
                "insert into follow_ups (leaf_index, person_id, reason, opened_at, deadline, professional, kind) \
                 values ($1, $2, $3, $4, $5, $6, $7)",
            )
            .bind(signed(WHAT, index)?)
            .bind(&person.0)
            .bind(reason)
            .bind(event.at.to_string())
            .bind(deadline.to_string())
            .bind(&event.who.0)
            .bind(to_word(WHAT, &kind)?)
            .execute(&mut *self.writing().await?)
            .await?;
            opened += 1;
        }
        Ok(opened)
    }
}

/// How many readings wait for a judgement.
///
/// # Errors
/// When the database fails.
pub async fn waiting(house: &House) -> Result<u64, StoreError> {
    let (count,): (i64,) =
        sqlx::query_as("select count(*) from follow_ups where judged_at is null").fetch_one(&house.pool).await?;
    unsigned(WHAT, count)
}
