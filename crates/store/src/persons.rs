//! Persons: who they are. The only table with names and CPR numbers.

use crate::{House, StoreError, Writer, error};
use indgang_gate::{Grant, NotCovered};
use indgang_model::{Category, Cpr, PersonId, PersonalNumber, Sensitive};

/// Who a person is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Name.
    pub name: Sensitive<String>,
    /// CPR number, or what was given in its place.
    pub cpr: PersonalNumber,
}

/// Who a person is; `None` when the house does not know her.
///
/// # Errors
/// [`StoreError::NotCovered`] when the grant does not open her identity, or when the database fails.
pub async fn identity(house: &House, grant: &Grant, person: &PersonId) -> Result<Option<Identity>, StoreError> {
    if !grant.covers(person, Category::Identity) {
        return Err(NotCovered { category: Category::Identity }.into());
    }
    let row: Option<(String, String)> = sqlx::query_as("select name, cpr from persons where id = $1")
        .bind(&person.0)
        .fetch_optional(&house.pool)
        .await?;
    row.map(|(name, cpr)| Ok(Identity { name: Sensitive::new(name), cpr: error::stored("persons", &cpr)? })).transpose()
}

/// The identifier of the person with a CPR number, for one whose provider has proved that it is hers.
///
/// # Errors
/// When the database fails.
pub async fn by_cpr(house: &House, cpr: &Cpr) -> Result<Option<PersonId>, StoreError> {
    let row: Option<(String,)> =
        sqlx::query_as("select id from persons where cpr = $1").bind(cpr.expose()).fetch_optional(&house.pool).await?;
    Ok(row.map(|(id,)| PersonId(id)))
}

impl Writer<'_> {
    /// Adds a person; one who is known with the same number and name is left as she is.
    ///
    /// # Errors
    /// [`StoreError::Exists`] when the identifier or the number belongs to another, [`StoreError::NotCovered`] when the
    /// grant does not open her identity.
    pub async fn add_person(&mut self, person: &PersonId, identity: &Identity) -> Result<(), StoreError> {
        self.demand(person, Category::Identity)?;
        let known: Vec<(String, String, String)> =
            sqlx::query_as("select id, name, cpr from persons where id = $1 or cpr = $2")
                .bind(&person.0)
                .bind(identity.cpr.expose())
                .fetch_all(&mut *self.tx)
                .await?;
        if known.is_empty() {
            sqlx::query("insert into persons (id, name, cpr) values ($1, $2, $3)")
                .bind(&person.0)
                .bind(identity.name.expose())
                .bind(identity.cpr.expose())
                .execute(&mut *self.tx)
                .await?;
            return Ok(());
        }
        let same = |(id, name, cpr): &(String, String, String)| {
            *id == person.0 && name == identity.name.expose() && cpr == identity.cpr.expose()
        };
        if known.iter().all(same) { Ok(()) } else { Err(StoreError::Exists("persons")) }
    }

    /// Checks that the grant opens the category.
    pub(crate) fn demand(&self, person: &PersonId, category: Category) -> Result<(), StoreError> {
        if self.grant.covers(person, category) { Ok(()) } else { Err(NotCovered { category }.into()) }
    }
}
