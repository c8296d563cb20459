//! The lake's catalogue: snapshots, keys, what has been answered, and who of the persons is apart. No rows of registers.

use crate::error::{signed, stored, unsigned};
use crate::{House, Passage, StoreError, Writer};
use indgang_gate::Grant;
use indgang_model::{PersonId, Timestamp};
use std::collections::BTreeMap;

/// A snapshot of the lake's tables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// Its number; the first is 1.
    pub id: u64,
    /// When it was made.
    pub made_at: Timestamp,
    /// By whom.
    pub made_by: String,
    /// Which files belong to it, as the lake writes it.
    pub manifest: String,
}

/// Something answered earlier within a domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// Its place; the first is 1.
    pub sequence: u64,
    /// Its cells, as the lake writes them.
    pub cells: Vec<u8>,
}

/// A snapshot by its number, or the present one; `None` when there is none.
///
/// # Errors
/// When the database fails.
pub async fn snapshot(house: &House, id: Option<u64>) -> Result<Option<Snapshot>, StoreError> {
    let sql = "select id, made_at, made_by, manifest from lake_snapshots where id = ";
    let row: Option<Row> = match id {
        Some(id) => {
            let sql = format!("{sql}$1");
            sqlx::query_as(sqlx::AssertSqlSafe(sql))
                .bind(signed("lake_snapshots", id)?)
                .fetch_optional(&house.pool)
                .await?
        }
        None => {
            let sql = format!("{sql}(select max(id) from lake_snapshots)");
            sqlx::query_as(sqlx::AssertSqlSafe(sql)).fetch_optional(&house.pool).await?
        }
    };
    row.map(read).transpose()
}

/// Every snapshot, the oldest first.
///
/// # Errors
/// When the database fails.
pub async fn snapshots(house: &House) -> Result<Vec<Snapshot>, StoreError> {
    let rows: Vec<Row> = sqlx::query_as("select id, made_at, made_by, manifest from lake_snapshots order by id")
        .fetch_all(&house.pool)
        .await?;
    rows.into_iter().map(read).collect()
}

type Row = (i64, String, String, String);

fn read((id, made_at, made_by, manifest): Row) -> Result<Snapshot, StoreError> {
    let what = "lake_snapshots";
    Ok(Snapshot { id: unsigned(what, id)?, made_at: stored(what, &made_at)?, made_by, manifest })
}

impl Writer<'_> {
    /// Makes a snapshot the present one, with the line in the log of what was taken in. Its number must be the next.
    ///
    /// # Errors
    /// [`StoreError::Exists`] when another was made meanwhile, or when the database fails.
    pub async fn add_snapshot(&mut self, snapshot: &Snapshot) -> Result<(), StoreError> {
        let (last,): (i64,) =
            sqlx::query_as("select coalesce(max(id), 0) from lake_snapshots").fetch_one(&mut *self.tx).await?;
        if unsigned("lake_snapshots", last)? + 1 != snapshot.id {
            return Err(StoreError::Exists("lake_snapshots"));
        }
        sqlx::query("insert into lake_snapshots (id, made_at, made_by, manifest) values ($1, $2, $3, $4)")
            .bind(signed("lake_snapshots", snapshot.id)?)
            .bind(snapshot.made_at.to_string())
            .bind(&snapshot.made_by)
            .bind(&snapshot.manifest)
            .execute(&mut *self.tx)
            .await?;
        Ok(())
    }
}

/// Forgets the snapshots before a number. Their number.
///
/// # Errors
/// When the database fails.
pub async fn forget_before(house: &House, id: u64) -> Result<u64, StoreError> {
    let mut tx = house.begin().await?;
    // The present one is never forgotten.
    let done = sqlx::query("delete from lake_snapshots where id < $1 and id < (select max(id) from lake_snapshots)")
        .bind(signed("lake_snapshots", id)?)
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(done.rows_affected())
}

/// The secret of a domain: the one that stands, or `fresh` (32 secret random bytes) from now on.
///
/// # Errors
/// When the database fails.
pub async fn secret(house: &House, domain: &str, fresh: [u8; 32]) -> Result<[u8; 32], StoreError> {
    let mut tx = house.begin().await?;
    let fresh: String = fresh.iter().map(|byte| format!("{byte:02x}")).collect();
    sqlx::query("insert into lake_secrets (domain, secret) values ($1, $2) on conflict (domain) do nothing")
        .bind(domain)
        .bind(fresh)
        .execute(&mut *tx)
        .await?;
    let (text,): (String,) =
        sqlx::query_as("select secret from lake_secrets where domain = $1").bind(domain).fetch_one(&mut *tx).await?;
    tx.commit().await?;
    let mut secret = [0; 32];
    for (place, byte) in secret.iter_mut().enumerate() {
        let digits = text.get(2 * place..2 * place + 2).ok_or(StoreError::Corrupt("lake_secrets"))?;
        *byte = u8::from_str_radix(digits, 16).map_err(|_| StoreError::Corrupt("lake_secrets"))?;
    }
    Ok(secret)
}

/// What has been answered within a domain, the first first.
///
/// # Errors
/// When the database fails.
pub async fn answered(house: &House, domain: &str) -> Result<Vec<Answered>, StoreError> {
    let rows: Vec<(i64, Vec<u8>)> =
        sqlx::query_as("select sequence, cells from lake_answers where domain = $1 order by sequence")
            .bind(domain)
            .fetch_all(&house.pool)
            .await?;
    rows.into_iter()
        .map(|(sequence, cells)| Ok(Answered { sequence: unsigned("lake_answers", sequence)?, cells }))
        .collect()
}

/// Remembers an answer. It is told only when this has returned.
///
/// # Errors
/// [`StoreError::Exists`] when another took its place meanwhile: judge again. Or when the database fails.
pub async fn remember(house: &House, domain: &str, answer: &Answered, at: Timestamp) -> Result<(), StoreError> {
    let mut tx = house.begin().await?;
    let (last,): (i64,) = sqlx::query_as("select coalesce(max(sequence), 0) from lake_answers where domain = $1")
        .bind(domain)
        .fetch_one(&mut *tx)
        .await?;
    if unsigned("lake_answers", last)? + 1 != answer.sequence {
        return Err(StoreError::Exists("lake_answers"));
    }
    sqlx::query("insert into lake_answers (domain, sequence, asked_at, cells) values ($1, $2, $3, $4)")
        .bind(domain)
        .bind(signed("lake_answers", answer.sequence)?)
        .bind(at.to_string())
        .bind(answer.cells.clone())
        .execute(&mut *tx)
        .await?;
    tx.commit().await
}

/// The persons a grant sets apart, each as `blind` makes it of her CPR number. No number leaves this function.
///
/// # Errors
/// [`StoreError::Corrupt`] when the house does not know one of them, or when the database fails.
pub async fn blinded<T>(
    house: &House,
    grant: &Grant,
    blind: impl Fn(&str) -> T + Send,
) -> Result<BTreeMap<PersonId, T>, StoreError> {
    let mut all = BTreeMap::new();
    for person in grant.population().into_iter().flat_map(|population| population.apart().keys()) {
        let row: Option<(String,)> =
            sqlx::query_as("select cpr from persons where id = $1").bind(&person.0).fetch_optional(&house.pool).await?;
        let (cpr,) = row.ok_or(StoreError::Corrupt("persons"))?;
        all.insert(person.clone(), blind(&cpr));
    }
    Ok(all)
}

impl Passage {
    /// Everybody who has consented, blocked or refused anything: who is apart in a question about everybody.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn apart(&mut self) -> Result<Vec<PersonId>, StoreError> {
        let rows: Vec<(String,)> =
            sqlx::query_as("select distinct person_id from choices where statement not like '{\"wishes\":%'")
                .fetch_all(self.connection())
                .await?;
        Ok(rows.into_iter().map(|(id,)| PersonId(id)).collect())
    }
}
