//! Reasoned demands of authorities for one person's data in one matter (Sundhedsloven § 43, stk. 2).

use crate::{House, StoreError, error};
use indgang_gate::Mandate;

/// Adds a mandate; one that is known by its beginning is brought up to date.
///
/// # Errors
/// When the person is not known, or the database fails.
pub async fn register(house: &House, mandate: &Mandate) -> Result<(), StoreError> {
    let mut tx = house.begin().await?;
    sqlx::query(
        "insert into mandates (officer, person_id, categories, valid_from, valid_until) values ($1, $2, $3, $4, $5) \
         on conflict (person_id, officer, valid_from) do update set categories = excluded.categories, \
         valid_until = excluded.valid_until",
    )
    .bind(&mandate.officer.0)
    .bind(&mandate.person.0)
    .bind(error::to_json("mandates", &mandate.categories)?)
    .bind(mandate.from.to_string())
    .bind(mandate.until.to_string())
    .execute(&mut *tx)
    .await?;
    tx.commit().await
}
