//! What a user has asked of the lake: her own words, kept so that she can ask again. No answers.

use crate::error::{from_word, signed, stored, to_word, unsigned};
use crate::{House, StoreError};
use indgang_gate::UserId;
use indgang_model::{PermitId, Timestamp};
use serde::{Deserialize, Serialize};

/// A question that was put.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Its number among her questions; the first is 1.
    pub sequence: u64,
    /// When.
    pub at: Timestamp,
    /// The permit she worked under.
    pub permit: Option<PermitId>,
    /// The question.
    pub sql: String,
    /// What came of it.
    pub outcome: Outcome,
}

/// What came of a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It was answered.
    Answered,
    /// A rule refused it.
    Refused,
    /// It could not be worked out.
    Failed,
}

/// Questions of a user that are kept.
pub const KEPT: u64 = 50;

/// Keeps a question; the oldest gives way to it, and so does the same question under the same permit.
///
/// # Errors
/// When the database fails.
pub async fn keep(
    house: &House,
    user: &UserId,
    permit: Option<&PermitId>,
    sql: &str,
    outcome: Outcome,
    at: Timestamp,
) -> Result<(), StoreError> {
    let permit = permit.map_or("", |permit| &permit.0);
    let mut tx = house.begin().await?;
    sqlx::query("delete from lake_questions where user_id = $1 and permit = $2 and sql = $3")
        .bind(&user.0)
        .bind(permit)
        .bind(sql)
        .execute(&mut *tx)
        .await?;
    let (last,): (i64,) = sqlx::query_as("select coalesce(max(sequence), 0) from lake_questions where user_id = $1")
        .bind(&user.0)
        .fetch_one(&mut *tx)
        .await?;
    let sequence = unsigned("lake_questions", last)? + 1;
    sqlx::query(
        "insert into lake_questions (user_id, sequence, asked_at, permit, sql, outcome) \
         values ($1, $2, $3, $4, $5, $6)",
    )
    .bind(&user.0)
    .bind(signed("lake_questions", sequence)?)
    .bind(at.to_string())
    .bind(permit)
    .bind(sql)
    .bind(to_word("lake_questions", &outcome)?)
    .execute(&mut *tx)
    .await?;
    sqlx::query("delete from lake_questions where user_id = $1 and sequence <= $2")
        .bind(&user.0)
        .bind(signed("lake_questions", sequence.saturating_sub(KEPT))?)
        .execute(&mut *tx)
        .await?;
    tx.commit().await
}

/// A user's questions, the newest first.
///
/// # Errors
/// When the database fails.
pub async fn of_user(house: &House, user: &UserId) -> Result<Vec<Asked>, StoreError> {
    let what = "lake_questions";
    let rows: Vec<(i64, String, String, String, String)> = sqlx::query_as(
        "select sequence, asked_at, permit, sql, outcome from lake_questions where user_id = $1 order by sequence desc",
    )
    .bind(&user.0)
    .fetch_all(&house.pool)
    .await?;
    rows.into_iter()
        .map(|(sequence, at, permit, sql, outcome)| {
            Ok(Asked {
                sequence: unsigned(what, sequence)?,
                at: stored(what, &at)?,
                permit: Some(PermitId(permit)).filter(|permit| !permit.0.is_empty()),
                sql,
                outcome: from_word(what, outcome)?,
            })
        })
        .collect()
}
