//! Sessions. Only a hash of the secret is stored, so that a copy of the database signs nobody in.

use crate::error::{from_word, signed, stored, to_word, unsigned};
use crate::users::{self, User};
use crate::{House, StoreError};
use indgang_gate::UserId;
use indgang_model::{Role, Timestamp};
use sha2::{Digest, Sha256};

/// How a session begins.
#[derive(Debug, Clone)]
pub struct Beginning<'a> {
    /// Whose.
    pub user: &'a UserId,
    /// The capacity she has now; the session ends when she has another.
    pub role: Role,
    /// The provider's issuer and, when it told one, its own name of the session (`sid`).
    pub provider: Option<(&'a str, Option<&'a str>)>,
    /// Now.
    pub at: Timestamp,
    /// Seconds without a request after which it ends.
    pub idle_seconds: u64,
    /// When it ends in any case.
    pub expires: Timestamp,
}

/// A running session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Running {
    /// The user as she is registered now.
    pub user: User,
    /// What is stored of the token, to find what belongs to the session.
    pub key: SessionKey,
    /// Until when she counts as having just proved again who she is.
    pub stepped_up_until: Option<Timestamp>,
}

/// What is stored of a session's token. Nobody signs in with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionKey(pub(crate) String);

/// A session that is used is written down no more often than this, in seconds.
const TOUCH_SECONDS: i64 = 30;

/// Begins a session and forgets those that have ended.
///
/// # Errors
/// When the database fails.
pub async fn begin(house: &House, token: &str, beginning: &Beginning<'_>) -> Result<(), StoreError> {
    let mut tx = house.begin().await?;
    // Compared as text, which is right but for fractions of a second: `resume` compares the times themselves.
    for old in ["delete from sessions where expires_at < $1", "delete from session_grounds where expires_at < $1"] {
        sqlx::query(old).bind(beginning.at.to_string()).execute(&mut *tx).await?;
    }
    sqlx::query(
        "insert into sessions (token_hash, user_id, role, issuer, sid, started_at, seen_at, idle_seconds, expires_at) \
         values ($1, $2, $3, $4, $5, $6, $6, $7, $8)",
    )
    .bind(hash(token))
    .bind(&beginning.user.0)
    .bind(to_word("sessions", &beginning.role)?)
    .bind(beginning.provider.map(|(issuer, _)| issuer.to_owned()))
    .bind(beginning.provider.and_then(|(_, sid)| sid).map(str::to_owned))
    .bind(beginning.at.to_string())
    .bind(signed("sessions", beginning.idle_seconds)?)
    .bind(beginning.expires.to_string())
    .execute(&mut *tx)
    .await?;
    tx.commit().await
}

type Row = (String, String, String, i64, String, Option<String>);

/// The session of a token with its user as she is registered now. `None` when there is none, when it has been idle or
/// lasted for too long, or when the user was disabled or has another role than she signed in with; it is then ended.
///
/// # Errors
/// When the database fails.
pub async fn resume(house: &House, token: &str, now: Timestamp) -> Result<Option<Running>, StoreError> {
    const WHAT: &str = "sessions";
    let row: Option<Row> = sqlx::query_as(
        "select user_id, role, seen_at, idle_seconds, expires_at, stepped_up_until from sessions where token_hash = $1",
    )
    .bind(hash(token))
    .fetch_optional(&house.pool)
    .await?;
    let Some((user, role, seen, idle, expires, stepped_up)) = row else { return Ok(None) };
    let (seen, expires): (Timestamp, Timestamp) = (stored(WHAT, &seen)?, stored(WHAT, &expires)?);
    let role: Role = from_word(WHAT, role)?;
    let away = now.duration_since(seen).as_secs();
    let user = users::enabled(house, &UserId(user)).await?.filter(|user| user.role == role);
    let Some(user) = user.filter(|_| now < expires && away < idle) else {
        end(house, token).await?;
        return Ok(None);
    };
    if away >= TOUCH_SECONDS {
        sqlx::query("update sessions set seen_at = $2 where token_hash = $1")
            .bind(hash(token))
            .bind(now.to_string())
            .execute(&house.pool)
            .await?;
    }
    let stepped_up_until = stepped_up.map(|text| stored(WHAT, &text)).transpose()?;
    Ok(Some(Running { user, key: SessionKey(hash(token)), stepped_up_until }))
}

/// Records that the user of a session has proved again who she is. The session goes on under a new token only.
///
/// # Errors
/// When the database fails.
pub async fn step_up(house: &House, token: &str, fresh: &str, until: Timestamp) -> Result<bool, StoreError> {
    let mut tx = house.begin().await?;
    let changed = sqlx::query("update sessions set token_hash = $2, stepped_up_until = $3 where token_hash = $1")
        .bind(hash(token))
        .bind(hash(fresh))
        .bind(until.to_string())
        .execute(&mut *tx)
        .await?;
    sqlx::query("update session_grounds set token_hash = $2 where token_hash = $1")
        .bind(hash(token))
        .bind(hash(fresh))
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(changed.rows_affected() == 1)
}

/// Ends a session.
///
/// # Errors
/// When the database fails.
pub async fn end(house: &House, token: &str) -> Result<(), StoreError> {
    sqlx::query("delete from sessions where token_hash = $1").bind(hash(token)).execute(&house.pool).await?;
    Ok(())
}

/// Ends every session of a user. Says how many there were.
///
/// # Errors
/// When the database fails.
pub async fn end_all(house: &House, user: &UserId) -> Result<u64, StoreError> {
    let ended = sqlx::query("delete from sessions where user_id = $1").bind(&user.0).execute(&house.pool).await?;
    Ok(ended.rows_affected())
}

/// A logout at the provider: one session of it (`sid`), every session of one of its users (`sub`), or, when both are
/// told, the one session of that user.
#[derive(Debug, Clone, Copy)]
pub struct ProviderLogout<'a> {
    /// The provider.
    pub issuer: &'a str,
    /// Its name of the session.
    pub sid: Option<&'a str>,
    /// Its name of the user.
    pub subject: Option<&'a str>,
    /// What tells this logout token from every other.
    pub token_id: &'a str,
    /// From when on it cannot be used any more.
    pub expires: Timestamp,
    /// Now.
    pub at: Timestamp,
}

/// Ends the sessions that a provider says are logged out. `None` when the same token was obeyed before.
///
/// # Errors
/// When the database fails; nothing is then ended.
pub async fn end_at_provider(house: &House, logout: &ProviderLogout<'_>) -> Result<Option<u64>, StoreError> {
    let mut tx = house.begin().await?;
    sqlx::query("delete from logout_tokens where expires_at < $1")
        .bind(logout.at.to_string())
        .execute(&mut *tx)
        .await?;
    let new = sqlx::query(
        "insert into logout_tokens (token_hash, expires_at) values ($1, $2) on conflict (token_hash) do nothing",
    )
    .bind(hash(&format!("{}\n{}", logout.issuer, logout.token_id)))
    .bind(logout.expires.to_string())
    .execute(&mut *tx)
    .await?;
    if new.rows_affected() == 0 {
        return Ok(None);
    }
    let ended = match (logout.sid, logout.subject) {
        (Some(sid), Some(subject)) => {
            let query = sqlx::query(
                "delete from sessions where issuer = $1 and sid = $2 \
                 and user_id in (select id from users where issuer = $1 and subject = $3)",
            );
            query.bind(logout.issuer).bind(sid).bind(subject).execute(&mut *tx).await?
        }
        (Some(sid), None) => {
            let query = sqlx::query("delete from sessions where issuer = $1 and sid = $2");
            query.bind(logout.issuer).bind(sid).execute(&mut *tx).await?
        }
        (None, Some(subject)) => {
            let query = sqlx::query(
                "delete from sessions where issuer = $1 \
                 and user_id in (select id from users where issuer = $1 and subject = $2)",
            );
            query.bind(logout.issuer).bind(subject).execute(&mut *tx).await?
        }
        (None, None) => return Ok(Some(0)),
    };
    tx.commit().await?;
    Ok(Some(ended.rows_affected()))
}

/// How many sessions there are, for who looks after the house.
///
/// # Errors
/// When the database fails.
pub async fn count(house: &House) -> Result<u64, StoreError> {
    let (count,): (i64,) = sqlx::query_as("select count(*) from sessions").fetch_one(&house.pool).await?;
    unsigned("sessions", count)
}

/// What is stored of a secret.
pub(crate) fn hash(token: &str) -> String {
    indgang_gate::log::Hash(Sha256::digest(token.as_bytes()).into()).to_string()
}
