//! Units of the health service and how they lie under each other. No person data.

use crate::{House, StoreError};
use indgang_model::PlaceId;

/// A unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Its number in the organisation register (SOR), or another identifier.
    pub id: PlaceId,
    /// Its name.
    pub name: String,
    /// The unit it lies under.
    pub parent: Option<PlaceId>,
}

/// Every unit, in order of name.
///
/// # Errors
/// When the database fails.
pub async fn all(house: &House) -> Result<Vec<Place>, StoreError> {
    let rows: Vec<(String, String, Option<String>)> =
        sqlx::query_as("select id, name, parent from places order by name, id").fetch_all(&house.pool).await?;
    let place = |(id, name, parent): (String, String, Option<String>)| Place {
        id: PlaceId(id),
        name,
        parent: parent.map(PlaceId),
    };
    Ok(rows.into_iter().map(place).collect())
}

/// Adds units, all or none; one that is known is brought up to date.
///
/// # Errors
/// When the database fails.
pub async fn register(house: &House, places: &[Place]) -> Result<(), StoreError> {
    let mut tx = house.begin().await?;
    for place in places {
        sqlx::query(
            "insert into places (id, name, parent) values ($1, $2, $3) \
             on conflict (id) do update set name = excluded.name, parent = excluded.parent",
        )
        .bind(&place.id.0)
        .bind(&place.name)
        .bind(place.parent.as_ref().map(|parent| parent.0.as_str()))
        .execute(&mut *tx)
        .await?;
    }
    tx.commit().await
}
