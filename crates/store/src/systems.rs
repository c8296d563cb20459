//! Systems of institutions that ask the gate in their users' names. Only a hash of each secret is stored.

use crate::{House, StoreError};
use indgang_model::Timestamp;
use sha2::{Digest, Sha256};

/// A system that may ask for the users of its institution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct System {
    /// Identifier, as it stands in the log.
    pub id: String,
    /// Its institution, as it stands at its users.
    pub organisation: String,
    /// True when it may ask no more.
    pub withdrawn: bool,
    /// True when it may write resources of its own.
    pub writes: bool,
}

/// Registers a system, or gives a known one a new secret and its right to ask back. What it may write is said anew with
/// [`let_write`].
///
/// # Errors
/// When the database fails.
pub async fn register(
    house: &House,
    id: &str,
    organisation: &str,
    secret: &str,
    at: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(
        "insert into systems (id, organisation, secret_hash, registered_at) values ($1, $2, $3, $4) \
         on conflict (id) do update set organisation = excluded.organisation, secret_hash = excluded.secret_hash, \
         registered_at = excluded.registered_at, withdrawn_at = null, writes_since = null",
    )
    .bind(id)
    .bind(organisation)
    .bind(hash(secret))
    .bind(at.to_string())
    .execute(&house.pool)
    .await?;
    Ok(())
}

/// Lets a system write resources of its own. False when there is none of that name.
///
/// # Errors
/// When the database fails.
pub async fn let_write(house: &House, id: &str, at: Timestamp) -> Result<bool, StoreError> {
    let done = sqlx::query("update systems set writes_since = $2 where id = $1")
        .bind(id)
        .bind(at.to_string())
        .execute(&house.pool)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Lets a system ask no more. False when there is none of that name.
///
/// # Errors
/// When the database fails.
pub async fn withdraw(house: &House, id: &str, at: Timestamp) -> Result<bool, StoreError> {
    let done = sqlx::query("update systems set withdrawn_at = $2 where id = $1")
        .bind(id)
        .bind(at.to_string())
        .execute(&house.pool)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// The system of that name with that secret; `None` when either is wrong.
///
/// # Errors
/// When the database fails.
pub async fn authenticated(house: &House, id: &str, secret: &str) -> Result<Option<System>, StoreError> {
    type Row = (String, String, String, Option<String>, Option<String>);
    let row: Option<Row> =
        sqlx::query_as("select id, organisation, secret_hash, withdrawn_at, writes_since from systems where id = $1")
            .bind(id)
            .fetch_optional(&house.pool)
            .await?;
    // An unknown name takes the same steps as a wrong secret.
    let stored = row.as_ref().map_or_else(String::new, |row| row.2.clone());
    let same = equal(stored.as_bytes(), hash(secret).as_bytes());
    Ok(row.filter(|_| same).map(|(id, organisation, _, withdrawn, writes)| System {
        id,
        organisation,
        withdrawn: withdrawn.is_some(),
        writes: writes.is_some(),
    }))
}

fn hash(secret: &str) -> String {
    indgang_gate::log::Hash(Sha256::digest(secret.as_bytes()).into()).to_string()
}

/// Compares without telling by the time it takes where the difference is.
fn equal(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |difference, (x, y)| difference | (x ^ y)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_system_is_known_by_its_latest_secret_until_it_is_withdrawn() {
        let folder = tempfile::tempdir().unwrap();
        let house = House::open(folder.path(), [3; 32]).await.unwrap();
        let at = Timestamp::UNIX_EPOCH;
        register(&house, "epj", "Klinisk Genetik", "first", at).await.unwrap();
        register(&house, "epj", "Klinisk Genetik", "second", at).await.unwrap();
        for (id, secret, known) in
            [("epj", "second", true), ("epj", "first", false), ("other", "second", false), ("epj", "", false)]
        {
            assert_eq!(authenticated(&house, id, secret).await.unwrap().is_some(), known, "{id} {secret}");
        }
        let writes = async || authenticated(&house, "epj", "second").await.unwrap().is_some_and(|system| system.writes);
        assert!(!writes().await && let_write(&house, "epj", at).await.unwrap() && writes().await);
        register(&house, "epj", "Klinisk Genetik", "second", at).await.unwrap();
        assert!(!writes().await && !let_write(&house, "other", at).await.unwrap());
        assert!(withdraw(&house, "epj", at).await.unwrap() && !withdraw(&house, "other", at).await.unwrap());
        assert!(authenticated(&house, "epj", "second").await.unwrap().is_some_and(|system| system.withdrawn));
    }
}
