//! What each person wishes, as versions that are never overwritten.

use crate::{Connection, House, StoreError, Writer, error};
use indgang_gate::{Grant, NotCovered, UserId};
use indgang_model::{Category, PersonId, Timestamp, Wishes};

/// One version of a person's wishes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WishVersion {
    /// 1 is the first.
    pub version: u64,
    /// Since when it holds.
    pub recorded_at: Timestamp,
    /// Who recorded it.
    pub recorded_by: UserId,
    /// The wishes.
    pub wishes: Wishes,
}

/// Every version of a person's wishes, oldest first; empty when nothing was ever said.
///
/// # Errors
/// When the grant does not open her wishes, or the database fails.
pub async fn history(house: &House, grant: &Grant, person: &PersonId) -> Result<Vec<WishVersion>, StoreError> {
    if !grant.covers(person, Category::Wish) {
        return Err(NotCovered { category: Category::Wish }.into());
    }
    let rows: Vec<Row> = sqlx::query_as(
        "select version, recorded_at, recorded_by, wishes from wishes where person_id = $1 order by version",
    )
    .bind(&person.0)
    .fetch_all(&house.pool)
    .await?;
    rows.into_iter().map(version).collect()
}

impl Writer<'_> {
    /// Records new wishes; saying the same again adds no version.
    ///
    /// # Errors
    /// When the grant does not open her wishes, or the database fails.
    pub async fn set_wishes(
        &mut self,
        person: &PersonId,
        wishes: Wishes,
        by: &UserId,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        self.demand(person, Category::Wish)?;
        let before = current(self.tx, person).await?;
        if before.as_ref().is_some_and(|version| version.wishes == wishes) {
            return Ok(());
        }
        let next = before.map_or(1, |version| version.version + 1);
        sqlx::query(
            "insert into wishes (person_id, version, recorded_at, recorded_by, wishes) values ($1, $2, $3, $4, $5)",
        )
        .bind(&person.0)
        .bind(error::signed("wishes", next)?)
        .bind(at.to_string())
        .bind(&by.0)
        .bind(error::to_json("wishes", &wishes)?)
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// True when the person has ever said anything.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn has_wishes(&mut self, person: &PersonId) -> Result<bool, StoreError> {
        self.demand(person, Category::Wish)?;
        Ok(current(self.tx, person).await?.is_some())
    }
}

type Row = (i64, String, String, String);

pub(crate) async fn current(tx: &mut Connection, person: &PersonId) -> Result<Option<WishVersion>, StoreError> {
    let row: Option<Row> = sqlx::query_as(
        "select version, recorded_at, recorded_by, wishes from wishes where person_id = $1 order by version desc limit 1",
    )
    .bind(&person.0)
    .fetch_optional(tx)
    .await?;
    row.map(version).transpose()
}

fn version((number, recorded_at, recorded_by, wishes): Row) -> Result<WishVersion, StoreError> {
    Ok(WishVersion {
        version: error::unsigned("wishes", number)?,
        recorded_at: error::stored("wishes", &recorded_at)?,
        recorded_by: UserId(recorded_by),
        wishes: error::stored_json("wishes", &wishes)?,
    })
}
