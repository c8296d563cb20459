//! Users of the house: in which capacity somebody signs in. No health data and no CPR numbers.

use crate::error::{from_word, to_word};
use crate::{Connection, House, StoreError};
use indgang_gate::UserId;
use indgang_model::{PersonId, Role};

/// A user. `Debug` leaves out her name: she may be a citizen.
#[derive(Clone, PartialEq, Eq)]
pub struct User {
    /// Identifier.
    pub id: UserId,
    /// Name as colleagues and the log show it.
    pub display_name: String,
    /// Capacity.
    pub role: Role,
    /// The person she is, when she comes as a citizen.
    pub person: Option<PersonId>,
    /// Organisation.
    pub organisation: String,
    /// The authorised professional on whose responsibility she acts.
    pub on_responsibility_of: Option<UserId>,
}

type Row = (String, String, String, Option<String>, String, Option<String>);

/// Every user, in order of identifier.
///
/// # Errors
/// When the database fails.
pub async fn all(house: &House) -> Result<Vec<User>, StoreError> {
    let rows: Vec<Row> = sqlx::query_as(
        "select id, display_name, role, person_id, organisation, on_responsibility_of from users order by id",
    )
    .fetch_all(&house.pool)
    .await?;
    rows.into_iter().map(user).collect()
}

/// One user; `None` when there is none.
///
/// # Errors
/// When the database fails.
pub async fn by_id(house: &House, id: &UserId) -> Result<Option<User>, StoreError> {
    let row: Option<Row> = sqlx::query_as(
        "select id, display_name, role, person_id, organisation, on_responsibility_of from users where id = $1",
    )
    .bind(&id.0)
    .fetch_optional(&house.pool)
    .await?;
    row.map(user).transpose()
}

pub(crate) async fn role_of(tx: &mut Connection, id: &UserId) -> Result<Option<Role>, StoreError> {
    let row: Option<(String,)> =
        sqlx::query_as("select role from users where id = $1").bind(&id.0).fetch_optional(tx).await?;
    row.map(|(role,)| from_word("users", role)).transpose()
}

/// A user's name as it is shown; her identifier when the house does not know her.
///
/// # Errors
/// When the database fails.
pub async fn display_name(house: &House, id: &UserId) -> Result<String, StoreError> {
    Ok(by_id(house, id).await?.map_or_else(|| id.0.clone(), |user| user.display_name))
}

/// Adds users, all or none; a user who is known is brought up to date.
///
/// # Errors
/// When the database fails.
pub async fn register(house: &House, users: &[User]) -> Result<(), StoreError> {
    let mut tx = house.begin().await?;
    for user in users {
        sqlx::query(
            "insert into users (id, display_name, role, person_id, organisation, on_responsibility_of) \
             values ($1, $2, $3, $4, $5, $6) on conflict (id) do update set display_name = excluded.display_name, \
             role = excluded.role, person_id = excluded.person_id, organisation = excluded.organisation, \
             on_responsibility_of = excluded.on_responsibility_of",
        )
        .bind(&user.id.0)
        .bind(&user.display_name)
        .bind(to_word("users", &user.role)?)
        .bind(user.person.as_ref().map(|person| person.0.as_str()))
        .bind(&user.organisation)
        .bind(user.on_responsibility_of.as_ref().map(|id| id.0.as_str()))
        .execute(&mut *tx)
        .await?;
    }
    Ok(tx.commit().await?)
}

impl std::fmt::Debug for User {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("User").field("id", &self.id).field("role", &self.role).finish_non_exhaustive()
    }
}

fn user((id, display_name, role, person, organisation, on_responsibility_of): Row) -> Result<User, StoreError> {
    Ok(User {
        id: UserId(id),
        display_name,
        role: from_word("users", role)?,
        person: person.map(PersonId),
        organisation,
        on_responsibility_of: on_responsibility_of.map(UserId),
    })
}
