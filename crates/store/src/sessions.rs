//! Sessions. Only a hash of the secret is stored, so that a copy of the database signs nobody in.

use crate::{House, StoreError, error};
use indgang_gate::UserId;
use indgang_model::Timestamp;
use sha2::{Digest, Sha256};

/// Begins a session and forgets those that have ended.
///
/// # Errors
/// When the database fails.
pub async fn begin(
    house: &House,
    token: &str,
    user: &UserId,
    now: Timestamp,
    expires: Timestamp,
) -> Result<(), StoreError> {
    let mut tx = house.begin().await?;
    let all: Vec<(String, String)> =
        sqlx::query_as("select token_hash, expires_at from sessions").fetch_all(&mut *tx).await?;
    for (hash, expires_at) in all {
        if error::stored::<Timestamp>("sessions", &expires_at)? <= now {
            sqlx::query("delete from sessions where token_hash = $1").bind(hash).execute(&mut *tx).await?;
        }
    }
    sqlx::query("insert into sessions (token_hash, user_id, expires_at) values ($1, $2, $3)")
        .bind(hash(token))
        .bind(&user.0)
        .bind(expires.to_string())
        .execute(&mut *tx)
        .await?;
    Ok(tx.commit().await?)
}

/// Whose session it is; `None` when there is none or it has ended.
///
/// # Errors
/// When the database fails.
pub async fn user_of(house: &House, token: &str, now: Timestamp) -> Result<Option<UserId>, StoreError> {
    let row: Option<(String, String)> =
        sqlx::query_as("select user_id, expires_at from sessions where token_hash = $1")
            .bind(hash(token))
            .fetch_optional(&house.pool)
            .await?;
    let Some((user, expires)) = row else { return Ok(None) };
    let expires: Timestamp = error::stored("sessions", &expires)?;
    Ok((now < expires).then_some(UserId(user)))
}

/// Ends a session.
///
/// # Errors
/// When the database fails.
pub async fn end(house: &House, token: &str) -> Result<(), StoreError> {
    sqlx::query("delete from sessions where token_hash = $1").bind(hash(token)).execute(&house.pool).await?;
    Ok(())
}

fn hash(token: &str) -> String {
    indgang_gate::log::Hash(Sha256::digest(token.as_bytes()).into()).to_string()
}
