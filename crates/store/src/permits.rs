//! Permits to use data for research, statistics or planning, and their members. No person data.

use crate::{Connection, House, StoreError, error};
use indgang_gate::{Permit, Scope, UserId};
use indgang_model::{Category, PermitId, Purpose, Timestamp};
use std::collections::BTreeSet;

/// A permit with everybody who works under it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPermit {
    /// The permit.
    pub id: PermitId,
    /// Research and statistics, or quality and planning.
    pub purpose: Purpose,
    /// The kinds of data it covers.
    pub categories: BTreeSet<Category>,
    /// True when the management of the site has permitted it.
    pub site_permission: bool,
    /// How far it reaches within them.
    pub scope: Scope,
    /// First moment.
    pub from: Timestamp,
    /// First moment after it.
    pub until: Timestamp,
    /// Who works under it.
    pub members: BTreeSet<UserId>,
}

/// Adds a permit, or brings it and its members up to date.
///
/// # Errors
/// When the database fails.
pub async fn register(house: &House, permit: &NewPermit) -> Result<(), StoreError> {
    let mut tx = house.begin().await?;
    sqlx::query(
        "insert into permits (id, purpose, categories, site_permission, valid_from, valid_until, scope) \
         values ($1, $2, $3, $4, $5, $6, $7) on conflict (id) do update set purpose = excluded.purpose, \
         categories = excluded.categories, site_permission = excluded.site_permission, \
         valid_from = excluded.valid_from, valid_until = excluded.valid_until, scope = excluded.scope",
    )
    .bind(&permit.id.0)
    .bind(error::to_word("permits", &permit.purpose)?)
    .bind(error::to_json("permits", &permit.categories)?)
    .bind(i64::from(permit.site_permission))
    .bind(permit.from.to_string())
    .bind(permit.until.to_string())
    .bind(error::to_json("permits", &permit.scope)?)
    .execute(&mut *tx)
    .await?;
    sqlx::query("delete from permit_members where permit_id = $1").bind(&permit.id.0).execute(&mut *tx).await?;
    for member in &permit.members {
        sqlx::query("insert into permit_members (permit_id, user_id) values ($1, $2)")
            .bind(&permit.id.0)
            .bind(&member.0)
            .execute(&mut *tx)
            .await?;
    }
    tx.commit().await
}

/// The permits that a user works under and that are in force, by their identifiers.
///
/// # Errors
/// When the database fails.
pub async fn held_by(house: &House, member: &UserId, at: Timestamp) -> Result<Vec<Permit>, StoreError> {
    let rows: Vec<(String,)> =
        sqlx::query_as("select permit_id from permit_members where user_id = $1 order by permit_id")
            .bind(&member.0)
            .fetch_all(&house.pool)
            .await?;
    let mut connection = house.pool.acquire().await?;
    let mut held = Vec::new();
    for (id,) in rows {
        held.extend(of_member(&mut connection, &PermitId(id), member).await?);
    }
    held.retain(|permit| permit.from <= at && at < permit.until);
    Ok(held)
}

/// The permit as it bears on one member of it.
pub(crate) async fn of_member(
    tx: &mut Connection,
    id: &PermitId,
    member: &UserId,
) -> Result<Option<Permit>, StoreError> {
    let row: Option<(String, String, i64, String, String, String)> = sqlx::query_as(
        "select purpose, categories, site_permission, valid_from, valid_until, scope from permits \
         join permit_members on permit_id = id where id = $1 and user_id = $2",
    )
    .bind(&id.0)
    .bind(&member.0)
    .fetch_optional(tx)
    .await?;
    let Some((purpose, categories, site_permission, from, until, scope)) = row else { return Ok(None) };
    Ok(Some(Permit {
        id: id.clone(),
        purpose: error::from_word("permits", purpose)?,
        member: member.clone(),
        categories: error::stored_json("permits", &categories)?,
        site_permission: site_permission != 0,
        scope: error::stored_json("permits", &scope)?,
        from: error::stored("permits", &from)?,
        until: error::stored("permits", &until)?,
    }))
}
