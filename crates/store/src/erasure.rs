//! Erasing what was kept long enough: the content of old lines goes, their hashes stay.
//!
//! Each run first writes a statement, signed by the log's key, up to which line it may erase: a size at which a root was
//! signed [`SHORTEST_YEARS`] ago or earlier. `verify` holds what is gone against it, so that a line that somebody
//! without the key empties is found.

use crate::error::{self, signed, unsigned};
use crate::{Connection, House, StoreError};
use indgang_gate::AuditEvent;
use indgang_gate::log::{Erasure, SHORTEST_YEARS, SignedErasure, kept_until, years_after};
use indgang_model::Timestamp;

const WHAT: &str = "log_erasures";
/// Lines looked at with one commit; others write between.
const PAGE: i64 = 2000;

/// How many lines have been kept long enough by `now`: the table's time for their purpose is over, a root over them was
/// signed five years ago, and no follow-up of them waits. `progress` hears how many are read.
///
/// # Errors
/// When the database fails or a leaf cannot be read.
pub async fn due(house: &House, now: Timestamp, mut progress: impl FnMut(u64)) -> Result<u64, StoreError> {
    let mut connection = house.pool.acquire().await?;
    let Some(size) = erasable(&mut connection, now).await? else { return Ok(0) };
    let (mut next, mut count) = (0, 0);
    while let Some((last, lines)) = kept_long_enough(&mut connection, (next, size), now).await? {
        next = last + 1;
        count += lines.len() as u64;
        progress(unsigned(WHAT, next)?);
    }
    Ok(count)
}

/// Erases those lines and what hangs on them. How many.
///
/// # Errors
/// When the database fails or a leaf cannot be read; what was erased before stays erased, under its statement.
pub async fn erase(house: &House, now: Timestamp, mut progress: impl FnMut(u64)) -> Result<u64, StoreError> {
    let mut connection = house.pool.acquire().await?;
    let Some(size) = erasable(&mut connection, now).await? else { return Ok(0) };
    drop(connection);
    let (mut next, mut count) = (0, 0);
    loop {
        let mut tx = house.begin().await?;
        let Some((last, lines)) = kept_long_enough(&mut tx, (next, size), now).await? else { return Ok(count) };
        if count == 0 && !lines.is_empty() {
            state(&mut tx, house, Erasure { size: unsigned(WHAT, size)?, at: now }).await?;
        }
        for line in &lines {
            empty(&mut tx, *line).await?;
        }
        tx.commit().await?;
        next = last + 1;
        count += lines.len() as u64;
        progress(unsigned(WHAT, next)?);
    }
}

/// The largest size at which a root was signed five years ago or earlier.
async fn erasable(tx: &mut Connection, now: Timestamp) -> Result<Option<i64>, StoreError> {
    let Some(latest) = years_after(now, -SHORTEST_YEARS) else { return Ok(None) };
    let mut before = i64::MAX;
    loop {
        // Texts of times sort like the times, but for parts of a second.
        let row: Option<(i64, String)> = sqlx::query_as(
            "select size, signed_at from log_checkpoints where signed_at <= $1 and size < $2 order by size desc limit 1",
        )
        .bind(latest.to_string())
        .bind(before)
        .fetch_optional(&mut *tx)
        .await?;
        let Some((size, at)) = row else { return Ok(None) };
        if error::stored::<Timestamp>("log_checkpoints", &at)? <= latest {
            return Ok(Some(size));
        }
        before = size;
    }
}

/// Of the next lines those that have been kept long enough, and the last line that was looked at; `None` at the end.
async fn kept_long_enough(
    tx: &mut Connection,
    (next, size): (i64, i64),
    now: Timestamp,
) -> Result<Option<(i64, Vec<i64>)>, StoreError> {
    let rows: Vec<(i64, String, i64)> = sqlx::query_as(
        "select leaf_index, leaf, (select count(*) from follow_ups where follow_ups.leaf_index = log_leaves.leaf_index \
         and judged_at is null) from log_leaves where leaf_index >= $1 and leaf_index < $2 order by leaf_index limit $3",
    )
    .bind(next)
    .bind(size)
    .bind(PAGE)
    .fetch_all(tx)
    .await?;
    let Some((last, ..)) = rows.last() else { return Ok(None) };
    let last = *last;
    let mut lines = Vec::new();
    for (index, leaf, waiting) in rows {
        if leaf.is_empty() || waiting > 0 {
            continue;
        }
        let event = AuditEvent::parse(&leaf).map_err(|_| StoreError::Corrupt("log_leaves"))?;
        if kept_until(event.purpose, event.at).is_some_and(|until| until <= now) {
            lines.push(index);
        }
    }
    Ok(Some((last, lines)))
}

async fn empty(tx: &mut Connection, line: i64) -> Result<(), StoreError> {
    sqlx::query(
        "update log_leaves set leaf = '', subject = null, happened_at = null, permitted = null where leaf_index = $1",
    )
    .bind(line)
    .execute(&mut *tx)
    .await?;
    sqlx::query("delete from follow_ups where leaf_index = $1").bind(line).execute(&mut *tx).await?;
    Ok(())
}

/// Writes the statement, unless one of the same size and time is there.
async fn state(tx: &mut Connection, house: &House, erasure: Erasure) -> Result<(), StoreError> {
    let SignedErasure { erasure, signature } = house.key.sign_erasure(erasure);
    sqlx::query(
        "insert into log_erasures (size, erased_at, signature) values ($1, $2, $3) \
         on conflict (size, erased_at) do nothing",
    )
    .bind(signed(WHAT, erasure.size)?)
    .bind(erasure.at.to_string())
    .bind(signature)
    .execute(tx)
    .await?;
    Ok(())
}

/// Every statement, the smallest size first.
pub(crate) async fn statements(tx: &mut Connection) -> Result<Vec<SignedErasure>, StoreError> {
    let rows: Vec<(i64, String, String)> =
        sqlx::query_as("select size, erased_at, signature from log_erasures order by size, erased_at")
            .fetch_all(tx)
            .await?;
    let statement = |(size, at, signature): (i64, String, String)| {
        let erasure = Erasure { size: unsigned(WHAT, size)?, at: error::stored(WHAT, &at)? };
        Ok(SignedErasure { erasure, signature })
    };
    rows.into_iter().map(statement).collect()
}
