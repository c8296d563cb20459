//! Taking away: what a source says it sent by mistake, and what it replaced. The versions stay.

use super::write::{Fresh, insert, supersede};
use super::{Batch, NewResource, WHAT, among, present, text};
use crate::error::from_word;
use crate::{StoreError, Writer};
use indgang_model::{Category, PersonId};

/// A notice that something was sent by mistake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Removal {
    /// The notice, whose reference ends in the id of what it takes away.
    pub notice: NewResource,
    /// The person that it speaks of.
    pub person: PersonId,
}

/// What became of a notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Removed {
    /// It was taken away.
    Now,
    /// It was taken away before.
    Before,
    /// Nothing of that id is known.
    Unknown,
    /// What has that id is another person's.
    Anothers,
}

/// Types that have ids of their own in what sends such notices.
const TYPES: [&str; 5] = ["Encounter", "EpisodeOfCare", "Procedure", "Condition", "Observation"];

type Row = (String, i64, Option<String>, String, Option<String>);

impl Writer<'_> {
    /// Takes away what has the id of a notice; the notice becomes the last version of its history.
    ///
    /// # Errors
    /// When the grant does not open the person's identity, or the database fails.
    pub async fn remove(&mut self, batch: &Batch, removal: &Removal) -> Result<Removed, StoreError> {
        self.demand(&removal.person, Category::Identity)?;
        let id = removal.notice.reference.rsplit('/').next().unwrap_or_default();
        let mut sql =
            "select reference, version, person_id, category, superseded_at from resources where source = $1".to_owned();
        let mut bound = vec![batch.source.clone()];
        let own = TYPES.iter().map(|name| format!("{name}/{id}"));
        // The referral of an episode has no id of its own, and goes with it.
        among(&mut sql, &mut bound, "reference", own.chain([format!("ServiceRequest/{id}-referral")]).collect());
        sql.push_str(" order by version desc");
        let mut query = sqlx::query_as(sqlx::AssertSqlSafe(sql));
        for value in bound {
            query = query.bind(value);
        }
        let rows: Vec<Row> = query.fetch_all(&mut *self.tx).await?;
        let Some((_, _, person, ..)) = rows.first() else { return Ok(Removed::Unknown) };
        if person.as_ref() != Some(&removal.person.0) {
            return Ok(Removed::Anothers);
        }
        let mut removed = Removed::Before;
        for (reference, _, _, category, _) in rows.iter().filter(|(.., superseded)| superseded.is_none()) {
            let known = present::of(self.tx, &batch.source, [reference.as_str()].into_iter()).await?;
            let Some(known) = known.get(reference).filter(|known| !known.is_newer_than(&removal.notice)) else {
                continue;
            };
            supersede(self.tx, batch, reference).await?;
            let category = from_word(WHAT, category.clone())?;
            let of = Some((removal.person.clone(), category));
            let notice = NewResource { reference: reference.clone(), of, ..removal.notice.clone() };
            insert(self.tx, batch, &[Fresh { resource: &notice, version: known.version + 1, superseded: true }])
                .await?;
            removed = Removed::Now;
        }
        Ok(removed)
    }

    /// Takes away what earlier versions of a set have told of a person, because a later one replaces all of it.
    ///
    /// # Errors
    /// When the grant does not open the person's identity, or the database fails.
    pub async fn replace_set(
        &mut self,
        batch: &Batch,
        person: &PersonId,
        (set, version): (&str, i64),
    ) -> Result<(), StoreError> {
        self.demand(person, Category::Identity)?;
        sqlx::query(
            "insert into resource_sets (source, document_set, person_id, version, batch) values ($1, $2, $3, $4, $5) \
             on conflict (source, document_set, person_id) do update set version = excluded.version, batch = excluded.batch \
             where resource_sets.version < excluded.version",
        )
        .bind(&batch.source)
        .bind(set)
        .bind(&person.0)
        .bind(version)
        .bind(&batch.id)
        .execute(&mut *self.tx)
        .await?;
        sqlx::query(
            "update resources set superseded_at = $1 where source = $2 and document_set = $3 and person_id = $4 \
             and document_version < $5 and superseded_at is null",
        )
        .bind(text(batch.taken_at))
        .bind(&batch.source)
        .bind(set)
        .bind(&person.0)
        .bind(version)
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }
}
