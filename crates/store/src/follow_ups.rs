//! Readings that somebody must judge afterwards: who broke the glass or declared a treatment the registers lack.

use crate::error::{signed, stored, unsigned};
use crate::{House, Logged, StoreError, Writer};
use indgang_gate::{AuditEvent, UserId};
use indgang_model::{Category, PersonId, Timestamp};

/// A reading to be judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FollowUp {
    /// The reading's line in the log.
    pub leaf: u64,
    /// Whose data were read.
    pub person: PersonId,
    /// What the professional wrote.
    pub reason: String,
    /// When it was opened.
    pub opened: Timestamp,
    /// Until when it is to be judged.
    pub deadline: Timestamp,
}

/// The readings that wait for somebody's judgement, oldest first. It names persons by their opaque identifiers and
/// opens none of their data: each is read with a grant of its own.
///
/// # Errors
/// When the database fails.
pub async fn open_ones(house: &House) -> Result<Vec<FollowUp>, StoreError> {
    const WHAT: &str = "follow_ups";
    let rows: Vec<(i64, String, String, String, String)> = sqlx::query_as(
        "select leaf_index, person_id, reason, opened_at, deadline from follow_ups where judged_at is null \
         order by leaf_index",
    )
    .fetch_all(&house.pool)
    .await?;
    let follow_up = |(leaf, person, reason, opened, deadline): (i64, String, String, String, String)| {
        Ok(FollowUp {
            leaf: unsigned(WHAT, leaf)?,
            person: PersonId(person),
            reason,
            opened: stored(WHAT, &opened)?,
            deadline: stored(WHAT, &deadline)?,
        })
    };
    rows.into_iter().map(follow_up).collect()
}

impl Writer<'_> {
    /// Writes what somebody judged of a reading, in the transaction that holds her own line. False when it was judged
    /// before: the first judgement stands.
    ///
    /// # Errors
    /// When the grant does not open the person's log, or the database fails.
    pub async fn judge(
        &mut self,
        follow_up: &FollowUp,
        by: &UserId,
        verdict: &str,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        self.demand(&follow_up.person, Category::AuditEvent)?;
        let judged = sqlx::query(
            "update follow_ups set judged_at = $3, judged_by = $4, verdict = $5 \
             where leaf_index = $1 and person_id = $2 and judged_at is null",
        )
        .bind(signed("follow_ups", follow_up.leaf)?)
        .bind(&follow_up.person.0)
        .bind(at.to_string())
        .bind(&by.0)
        .bind(verdict)
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
            sqlx::query(
                "insert into follow_ups (leaf_index, person_id, reason, opened_at, deadline) \
                 values ($1, $2, $3, $4, $5)",
            )
            .bind(signed("follow_ups", index)?)
            .bind(&person.0)
            .bind(reason)
            .bind(event.at.to_string())
            .bind(deadline.to_string())
            .execute(&mut *self.writing().await?)
            .await?;
            opened += 1;
        }
        Ok(opened)
    }
}

/// How many readings wait for somebody's judgement.
///
/// # Errors
/// When the database fails.
pub async fn waiting(house: &House) -> Result<u64, StoreError> {
    let (count,): (i64,) =
        sqlx::query_as("select count(*) from follow_ups where judged_at is null").fetch_one(&house.pool).await?;
    unsigned("follow_ups", count)
}
