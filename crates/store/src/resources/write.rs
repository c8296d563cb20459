//! Writing: batches, resources as versions, and what sources tell of who is who.

use super::{Batch, Kept, NewResource, ROWS, WHAT, present, text};
use crate::database::places;
use crate::error::{signed, to_word};
use crate::{Connection, House, StoreError, Writer};
use indgang_model::{Category, PersonId, PersonalNumber};
use std::collections::HashMap;

/// Writes what is nobody's in particular, with its batch, in one transaction.
///
/// # Errors
/// [`StoreError::Corrupt`] when one of them is somebody's; when the database fails.
pub async fn add_shared(house: &House, batch: &Batch, resources: &[NewResource]) -> Result<Kept, StoreError> {
    if resources.iter().any(|resource| resource.of.is_some()) {
        return Err(StoreError::Corrupt(WHAT));
    }
    let mut tx = house.begin().await?;
    begin(&mut tx, batch).await?;
    let mut kept = Kept::default();
    for chunk in resources.chunks(ROWS) {
        kept.add(write(&mut tx, batch, chunk).await?);
    }
    end(&mut tx, batch, kept.new + kept.changed, batch.rejected).await?;
    tx.commit().await?;
    Ok(kept)
}

impl Writer<'_> {
    /// Begins a batch, or takes one up again.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn begin_batch(&mut self, batch: &Batch) -> Result<(), StoreError> {
        begin(self.tx, batch).await
    }

    /// Writes resources of a batch that was begun. One that is known as it is stays; one that is known with other content
    /// becomes a version, and the older stays too.
    ///
    /// # Errors
    /// When the grant does not open the identity of a resource's person, or the database fails.
    pub async fn add_resources(&mut self, batch: &Batch, resources: &[NewResource]) -> Result<Kept, StoreError> {
        for (person, _) in resources.iter().filter_map(|resource| resource.of.as_ref()) {
            self.demand(person, Category::Identity)?;
        }
        let mut kept = Kept::default();
        for chunk in resources.chunks(ROWS) {
            kept.add(write(self.tx, batch, chunk).await?);
        }
        Ok(kept)
    }

    /// Writes what a person tells of herself, in a batch of its own, unless a resource of it is known: then nothing is
    /// written, so that what is sent twice stands there once. Whether it was written.
    ///
    /// # Errors
    /// When the grant does not open the kind of data of a resource, or the database fails.
    pub async fn donate(&mut self, batch: &Batch, resources: &[NewResource]) -> Result<bool, StoreError> {
        for resource in resources {
            let (person, category) = resource.of.as_ref().ok_or(StoreError::Corrupt(WHAT))?;
            self.demand(person, *category)?;
        }
        let references = resources.iter().map(|resource| resource.reference.as_str());
        let known = present::of(self.tx, &batch.source, references).await?;
        if known.values().any(|known| known.version > 0) {
            return Ok(false);
        }
        begin(self.tx, batch).await?;
        let kept = write(self.tx, batch, resources).await?;
        end(self.tx, batch, kept.new, 0).await?;
        Ok(true)
    }

    /// Ends a batch with what became of it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_batch(&mut self, batch: &Batch, stored: u64, rejected: u64) -> Result<(), StoreError> {
        end(self.tx, batch, stored, rejected).await
    }

    /// Remembers who is meant by a source's reference to a Patient.
    ///
    /// # Errors
    /// [`StoreError::Exists`] when it means another, when the grant does not open her identity, or the database fails.
    pub async fn know_patient(&mut self, source: &str, reference: &str, person: &PersonId) -> Result<(), StoreError> {
        self.demand(person, Category::Identity)?;
        sqlx::query(
            "insert into resource_patients (source, reference, person_id) values ($1, $2, $3) \
             on conflict (source, reference) do nothing",
        )
        .bind(source)
        .bind(reference)
        .bind(&person.0)
        .execute(&mut *self.tx)
        .await?;
        let (known,): (String,) =
            sqlx::query_as("select person_id from resource_patients where source = $1 and reference = $2")
                .bind(source)
                .bind(reference)
                .fetch_one(&mut *self.tx)
                .await?;
        if known == person.0 { Ok(()) } else { Err(StoreError::Exists("resource_patients")) }
    }

    /// Remembers a number that was given to a person in place of a CPR number.
    ///
    /// # Errors
    /// [`StoreError::Exists`] when it is another's, when the grant does not open her identity, or the database fails.
    pub async fn add_number(
        &mut self,
        system: &str,
        number: &PersonalNumber,
        person: &PersonId,
    ) -> Result<(), StoreError> {
        self.demand(person, Category::Identity)?;
        sqlx::query(
            "insert into person_numbers (system, number, person_id) values ($1, $2, $3) on conflict (system, number) do nothing",
        )
        .bind(system)
        .bind(number.expose())
        .bind(&person.0)
        .execute(&mut *self.tx)
        .await?;
        let (known,): (String,) =
            sqlx::query_as("select person_id from person_numbers where system = $1 and number = $2")
                .bind(system)
                .bind(number.expose())
                .fetch_one(&mut *self.tx)
                .await?;
        if known == person.0 { Ok(()) } else { Err(StoreError::Exists("person_numbers")) }
    }
}

async fn begin(tx: &mut Connection, batch: &Batch) -> Result<(), StoreError> {
    sqlx::query(
        "insert into resource_batches (id, source, file, sha256, taken_at, taken_by, stored, rejected) \
         values ($1, $2, $3, $4, $5, $6, 0, 0) on conflict (id) do nothing",
    )
    .bind(&batch.id)
    .bind(&batch.source)
    .bind(&batch.file)
    .bind(&batch.sha256)
    .bind(batch.taken_at.to_string())
    .bind(&batch.taken_by)
    .execute(&mut *tx)
    .await?;
    Ok(())
}

async fn end(tx: &mut Connection, batch: &Batch, stored: u64, rejected: u64) -> Result<(), StoreError> {
    sqlx::query("update resource_batches set stored = stored + $1, rejected = $2 where id = $3")
        .bind(signed("resource_batches", stored)?)
        .bind(signed("resource_batches", rejected)?)
        .bind(&batch.id)
        .execute(&mut *tx)
        .await?;
    Ok(())
}

/// A row about to be written.
pub(super) struct Fresh<'r> {
    pub(super) resource: &'r NewResource,
    pub(super) version: i64,
    pub(super) superseded: bool,
}

async fn write(tx: &mut Connection, batch: &Batch, resources: &[NewResource]) -> Result<Kept, StoreError> {
    let mut known =
        present::of(tx, &batch.source, resources.iter().map(|resource| resource.reference.as_str())).await?;
    let replaced = present::replaced(tx, &batch.source, resources).await?;
    let (mut kept, mut fresh) = (Kept::default(), Vec::<Fresh<'_>>::with_capacity(resources.len()));
    // Where in `fresh` the present version of a resource stands, when it comes twice.
    let mut at: HashMap<&str, usize> = HashMap::new();
    for resource in resources {
        let reference = resource.reference.as_str();
        let before = known.entry(reference.to_owned()).or_default();
        let late = before.is_newer_than(resource) || replaced.leaves_behind(resource);
        if before.is_present(&resource.hash) || (late && before.has(&resource.hash)) {
            kept.same += 1;
            continue;
        }
        match before.version {
            0 => kept.new += 1,
            _ => kept.changed += 1,
        }
        if !late && before.hash.is_some() {
            match at.get(reference) {
                Some(place) => fresh[*place].superseded = true,
                None => supersede(tx, batch, reference).await?,
            }
        }
        before.add(resource, late);
        if !late {
            at.insert(reference, fresh.len());
        }
        fresh.push(Fresh { resource, version: before.version, superseded: late });
    }
    insert(tx, batch, &fresh).await?;
    Ok(kept)
}

pub(super) async fn supersede(tx: &mut Connection, batch: &Batch, reference: &str) -> Result<(), StoreError> {
    sqlx::query(
        "update resources set superseded_at = $1 where source = $2 and reference = $3 and superseded_at is null",
    )
    .bind(text(batch.taken_at))
    .bind(&batch.source)
    .bind(reference)
    .execute(&mut *tx)
    .await?;
    Ok(())
}

pub(super) async fn insert(tx: &mut Connection, batch: &Batch, fresh: &[Fresh<'_>]) -> Result<(), StoreError> {
    const COLUMNS: usize = 16;
    if fresh.is_empty() {
        return Ok(());
    }
    let sql = format!(
        "insert into resources (source, reference, version, person_id, resource_type, category, starts_at, ends_at, hash, \
         batch, place, known_at, superseded_at, body, document_set, document_version) values {}",
        places(tx, fresh.len(), COLUMNS)
    );
    let at = text(batch.taken_at);
    let mut query = sqlx::query(sqlx::AssertSqlSafe(sql));
    for Fresh { resource, version, superseded } in fresh {
        let category = resource.of.as_ref().map(|(_, category)| to_word(WHAT, category)).transpose()?;
        let resource_type = resource.reference.split('/').next().unwrap_or_default();
        query = query
            .bind(&batch.source)
            .bind(&resource.reference)
            .bind(*version)
            .bind(resource.of.as_ref().map(|(person, _)| person.0.clone()))
            .bind(resource_type)
            .bind(category.unwrap_or_default())
            .bind(resource.span.map(|(first, _)| text(first)))
            .bind(resource.span.map(|(_, last)| text(last)))
            .bind(&resource.hash)
            .bind(&batch.id)
            .bind(&resource.place)
            .bind(&at)
            .bind(superseded.then(|| at.clone()))
            .bind(&resource.body)
            .bind(resource.document.as_ref().map(|(set, _)| set.clone()))
            .bind(resource.document.as_ref().map(|(_, version)| *version));
    }
    query.execute(&mut *tx).await?;
    Ok(())
}
