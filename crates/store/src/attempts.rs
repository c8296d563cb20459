//! Sign-ins on their way through the provider. The browser holds the secret; here is its hash, taken out once.

use crate::error::stored;
use crate::sessions::hash;
use crate::{House, StoreError};
use indgang_model::Timestamp;

/// A sign-in or step-up that has been sent to the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// The session to step up, as its hash; `None` for a sign-in.
    session: Option<String>,
    /// The path to go to afterwards.
    pub return_to: String,
    /// When it was sent.
    pub started: Timestamp,
}

impl Attempt {
    /// True when a session is to be stepped up.
    pub const fn is_step_up(&self) -> bool {
        self.session.is_some()
    }

    /// True when it was the session of this token that asked.
    pub fn is_of(&self, token: &str) -> bool {
        self.session.as_ref() == Some(&hash(token))
    }
}

/// Keeps an attempt until it comes back or expires, and forgets those that have expired.
///
/// # Errors
/// When the database fails.
pub async fn begin(
    house: &House,
    secret: &str,
    session: Option<&str>,
    return_to: &str,
    (started, expires): (Timestamp, Timestamp),
) -> Result<(), StoreError> {
    let mut tx = house.begin().await?;
    sqlx::query("delete from sign_in_attempts where expires_at < $1")
        .bind(started.to_string())
        .execute(&mut *tx)
        .await?;
    sqlx::query(
        "insert into sign_in_attempts (secret_hash, session_hash, return_to, started_at, expires_at) \
         values ($1, $2, $3, $4, $5)",
    )
    .bind(hash(secret))
    .bind(session.map(hash))
    .bind(return_to)
    .bind(started.to_string())
    .bind(expires.to_string())
    .execute(&mut *tx)
    .await?;
    tx.commit().await
}

/// Takes an attempt out. `None` when there is none, it has expired, or it was taken before.
///
/// # Errors
/// When the database fails.
pub async fn take(house: &House, secret: &str, now: Timestamp) -> Result<Option<Attempt>, StoreError> {
    const WHAT: &str = "sign_in_attempts";
    let row: Option<(Option<String>, String, String, String)> = sqlx::query_as(
        "delete from sign_in_attempts where secret_hash = $1 returning session_hash, return_to, started_at, expires_at",
    )
    .bind(hash(secret))
    .fetch_optional(&house.pool)
    .await?;
    let Some((session, return_to, started, expires)) = row else { return Ok(None) };
    let expires: Timestamp = stored(WHAT, &expires)?;
    let attempt = Attempt { session, return_to, started: stored(WHAT, &started)? };
    Ok((now < expires).then_some(attempt))
}
