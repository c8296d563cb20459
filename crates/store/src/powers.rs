//! Powers of attorney on their way: the codes by which somebody lets herself be given one, and be named to who gives it.
//! The power itself is an entry of the giver's ledger.

use crate::error::stored;
use crate::sessions::hash;
use crate::{House, StoreError, Writer};
use indgang_gate::{Grant, NotCovered};
use indgang_model::{Category, PersonId, Sensitive, Timestamp};
use std::collections::BTreeMap;

const WHAT: &str = "power_codes";

/// Keeps a code by which the person can be given power of attorney until it expires, and forgets those that have
/// expired. `code` is as it is typed, without blanks and hyphens, in capital letters.
///
/// # Errors
/// When the grant does not open her choices, or the database fails.
pub async fn offer(
    house: &House,
    grant: &Grant,
    holder: &PersonId,
    code: &str,
    (now, expires): (Timestamp, Timestamp),
) -> Result<(), StoreError> {
    covered(grant, holder)?;
    let mut tx = house.begin().await?;
    sqlx::query("delete from power_codes where expires_at < $1").bind(now.to_string()).execute(&mut *tx).await?;
    sqlx::query("insert into power_codes (code_hash, holder, expires_at) values ($1, $2, $3)")
        .bind(hash(code))
        .bind(&holder.0)
        .bind(expires.to_string())
        .execute(&mut *tx)
        .await?;
    tx.commit().await
}

/// The names of those who let themselves be given the person's power of attorney, now or before.
///
/// # Errors
/// When the grant does not open her choices, or the database fails.
pub async fn holders(
    house: &House,
    grant: &Grant,
    person: &PersonId,
) -> Result<BTreeMap<PersonId, Sensitive<String>>, StoreError> {
    covered(grant, person)?;
    let rows: Vec<(String, String)> = sqlx::query_as(
        "select persons.id, persons.name from power_holders join persons on persons.id = holder where person_id = $1",
    )
    .bind(&person.0)
    .fetch_all(&house.pool)
    .await?;
    Ok(rows.into_iter().map(|(id, name)| (PersonId(id), Sensitive::new(name))).collect())
}

fn covered(grant: &Grant, person: &PersonId) -> Result<(), StoreError> {
    let covers = grant.covers(person, Category::Wish);
    if covers { Ok(()) } else { Err(NotCovered { category: Category::Wish }.into()) }
}

impl Writer<'_> {
    /// Takes a code out and says whose it is, who is named to the person from now on; `None` when there is none such, it
    /// has expired, or it was used.
    ///
    /// # Errors
    /// When the grant does not open the person's choices, or the database fails.
    pub async fn accept_offer(
        &mut self,
        person: &PersonId,
        code: &str,
        now: Timestamp,
    ) -> Result<Option<PersonId>, StoreError> {
        self.demand(person, Category::Wish)?;
        let row: Option<(String, String)> =
            sqlx::query_as("delete from power_codes where code_hash = $1 returning holder, expires_at")
                .bind(hash(code))
                .fetch_optional(&mut *self.tx)
                .await?;
        let Some((holder, expires)) = row else { return Ok(None) };
        if stored::<Timestamp>(WHAT, &expires)? <= now {
            return Ok(None);
        }
        sqlx::query("insert into power_holders (person_id, holder) values ($1, $2) on conflict do nothing")
            .bind(&person.0)
            .bind(&holder)
            .execute(&mut *self.tx)
            .await?;
        Ok(Some(PersonId(holder)))
    }
}
