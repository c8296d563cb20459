//! Readings that somebody must judge afterwards: who broke the glass or declared a treatment the registers lack.

use crate::error::{signed, unsigned};
use crate::{Connection, House, Logged, StoreError};
use indgang_gate::AuditEvent;
use indgang_model::{PersonId, Timestamp};

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
            .execute(self.connection())
            .await?;
            opened += 1;
        }
        Ok(opened)
    }
}

/// True when a reading of the person's data is still to be judged.
pub(crate) async fn any_open(tx: &mut Connection, person: &PersonId) -> Result<bool, StoreError> {
    let (open,): (i64,) = sqlx::query_as("select count(*) from follow_ups where person_id = $1 and judged_at is null")
        .bind(&person.0)
        .fetch_one(tx)
        .await?;
    Ok(open > 0)
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
