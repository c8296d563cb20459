//! Users of the house: in which capacity somebody signs in. No health data and no CPR numbers.

use crate::error::{from_word, stored, to_word};
use crate::{Connection, House, StoreError};
use indgang_gate::UserId;
use indgang_model::{PersonId, PlaceId, Profession, Role, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

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
    /// Profession, when she is authorised.
    pub profession: Option<Profession>,
    /// Organisation.
    pub organisation: String,
    /// The unit she acts within.
    pub place: Option<PlaceId>,
    /// The authorised professional on whose responsibility she acts.
    pub on_responsibility_of: Option<UserId>,
}

/// What becomes of somebody a provider vouches for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Admission {
    /// She is registered as the provider describes her now.
    Admitted(User),
    /// She was disabled in the house.
    Disabled,
    /// Her identifier belongs to another subject or provider.
    Taken,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    display_name: String,
    role: String,
    person_id: Option<String>,
    profession: Option<String>,
    organisation: String,
    place: Option<String>,
    on_responsibility_of: Option<String>,
}

/// Every user, in order of identifier.
///
/// # Errors
/// When the database fails.
pub async fn all(house: &House) -> Result<Vec<User>, StoreError> {
    let rows: Vec<Row> = sqlx::query_as(
        "select id, display_name, role, person_id, profession, organisation, \
         place, on_responsibility_of from users order by id",
    )
    .fetch_all(&house.pool)
    .await?;
    rows.into_iter().map(user).collect()
}

/// Names of those of these users who are not citizens.
///
/// # Errors
/// When the database fails.
pub async fn names_of_professionals(
    house: &House,
    users: &BTreeSet<UserId>,
) -> Result<BTreeMap<UserId, String>, StoreError> {
    let mut names = BTreeMap::new();
    for user in users {
        let row: Option<(String,)> =
            sqlx::query_as("select display_name from users where id = $1 and role <> 'citizen'")
                .bind(&user.0)
                .fetch_optional(&house.pool)
                .await?;
        names.extend(row.map(|(name,)| (user.clone(), name)));
    }
    Ok(names)
}

/// One user; `None` when there is none.
///
/// # Errors
/// When the database fails.
pub async fn by_id(house: &House, id: &UserId) -> Result<Option<User>, StoreError> {
    let row: Option<Row> = sqlx::query_as(
        "select id, display_name, role, person_id, profession, organisation, \
         place, on_responsibility_of from users where id = $1",
    )
    .bind(&id.0)
    .fetch_optional(&house.pool)
    .await?;
    row.map(user).transpose()
}

/// One user who may sign in; `None` when there is none or she was disabled.
///
/// # Errors
/// When the database fails.
pub async fn enabled(house: &House, id: &UserId) -> Result<Option<User>, StoreError> {
    let row: Option<Row> = sqlx::query_as(
        "select id, display_name, role, person_id, profession, organisation, \
         place, on_responsibility_of from users where id = $1 and disabled_at is null",
    )
    .bind(&id.0)
    .fetch_optional(&house.pool)
    .await?;
    row.map(user).transpose()
}

/// The user whom a provider knows as `subject`, who may sign in; `None` when there is none or she was disabled.
///
/// # Errors
/// When the database fails.
pub async fn enabled_as(house: &House, issuer: &str, subject: &str) -> Result<Option<User>, StoreError> {
    let row: Option<Row> = sqlx::query_as(
        "select id, display_name, role, person_id, profession, organisation, \
         place, on_responsibility_of from users where issuer = $1 and subject = $2 and disabled_at is null",
    )
    .bind(issuer)
    .bind(subject)
    .fetch_optional(&house.pool)
    .await?;
    row.map(user).transpose()
}

/// Whom the provider knows a user as: issuer and subject. `None` when no provider has vouched for her.
///
/// # Errors
/// When the database fails.
pub async fn vouched_as(house: &House, id: &UserId) -> Result<Option<(String, String)>, StoreError> {
    let row: Option<(Option<String>, Option<String>)> =
        sqlx::query_as("select issuer, subject from users where id = $1")
            .bind(&id.0)
            .fetch_optional(&house.pool)
            .await?;
    Ok(row.and_then(|(issuer, subject)| Some((issuer?, subject?))))
}

/// Disables a user, or lets her sign in again. False when there is no such user. Her sessions end with it.
///
/// # Errors
/// When the database fails.
pub async fn set_disabled(house: &House, id: &UserId, disabled: Option<Timestamp>) -> Result<bool, StoreError> {
    let mut tx = house.begin().await?;
    let changed = sqlx::query("update users set disabled_at = $2 where id = $1")
        .bind(&id.0)
        .bind(disabled.map(|at| at.to_string()))
        .execute(&mut *tx)
        .await?;
    sqlx::query("delete from sessions where user_id = $1").bind(&id.0).execute(&mut *tx).await?;
    tx.commit().await?;
    Ok(changed.rows_affected() == 1)
}

/// Registers somebody whom a provider vouches for as `subject`, or brings her up to date.
///
/// A subject who is known keeps her identifier, whatever the provider calls her now. A user who was registered without
/// a provider becomes the provider's when the identifiers are the same; one of another subject does not.
///
/// # Errors
/// When the database fails.
pub async fn admit(house: &House, issuer: &str, subject: &str, user: &User) -> Result<Admission, StoreError> {
    type Known = (String, Option<String>, Option<String>, Option<String>, Option<String>);
    let mut tx = house.begin().await?;
    let mut known: Vec<Known> = sqlx::query_as(
        "select id, issuer, subject, person_id, disabled_at from users \
         where (issuer = $1 and subject = $2) or id = $3",
    )
    .bind(issuer)
    .bind(subject)
    .bind(&user.id.0)
    .fetch_all(&mut *tx)
    .await?;
    let hers = |row: &Known| row.1.as_deref() == Some(issuer) && row.2.as_deref() == Some(subject);
    known.sort_by_key(hers);
    let mut admitted = user.clone();
    if let Some(row) = known.pop() {
        if !hers(&row) && row.1.is_some() {
            return Ok(Admission::Taken);
        }
        let (id, _, _, person, disabled) = row;
        if disabled.is_some() {
            return Ok(Admission::Disabled);
        }
        admitted.id = UserId(id);
        admitted.person = admitted.person.or(person.map(PersonId)).filter(|_| admitted.role == Role::Citizen);
    }
    write(&mut tx, &admitted).await?;
    sqlx::query("update users set issuer = $2, subject = $3 where id = $1")
        .bind(&admitted.id.0)
        .bind(issuer)
        .bind(subject)
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(Admission::Admitted(admitted))
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
        write(&mut tx, user).await?;
    }
    tx.commit().await
}

async fn write(tx: &mut Connection, user: &User) -> Result<(), StoreError> {
    sqlx::query(
        "insert into users (id, display_name, role, person_id, profession, organisation, place, on_responsibility_of) \
         values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (id) do update set \
         display_name = excluded.display_name, role = excluded.role, person_id = excluded.person_id, \
         profession = excluded.profession, organisation = excluded.organisation, place = excluded.place, \
         on_responsibility_of = excluded.on_responsibility_of",
    )
    .bind(&user.id.0)
    .bind(&user.display_name)
    .bind(to_word("users", &user.role)?)
    .bind(user.person.as_ref().map(|person| person.0.as_str()))
    .bind(user.profession.map(Profession::code))
    .bind(&user.organisation)
    .bind(user.place.as_ref().map(|place| place.0.as_str()))
    .bind(user.on_responsibility_of.as_ref().map(|id| id.0.as_str()))
    .execute(tx)
    .await?;
    Ok(())
}

impl std::fmt::Debug for User {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("User").field("id", &self.id).field("role", &self.role).finish_non_exhaustive()
    }
}

fn user(row: Row) -> Result<User, StoreError> {
    Ok(User {
        id: UserId(row.id),
        display_name: row.display_name,
        role: from_word("users", row.role)?,
        person: row.person_id.map(PersonId),
        profession: row.profession.map(|code| stored("users", &code)).transpose()?,
        organisation: row.organisation,
        place: row.place.map(PlaceId),
        on_responsibility_of: row.on_responsibility_of.map(UserId),
    })
}
