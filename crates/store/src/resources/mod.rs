//! FHIR resources as versions: whose each is, where it came from, since when the house knows it. Bodies come out guarded.
//!
//! A block of a kind of data closes its reading, not the house's keeping of what a source sends: to write a resource, the
//! grant must open its person's identity. What is nobody's in particular (an organisation) is written without a person.

mod known;
mod present;
mod remove;
mod write;

pub use known::KnownVersion;
pub use remove::{Removal, Removed};
pub use write::add_shared;

use crate::error::{self, from_word, to_word, unsigned};
use crate::{House, Passage, StoreError};
use indgang_gate::{Grant, Guarded, NotCovered};
use indgang_model::{Category, PersonId, PersonalNumber, Sensitive, Timestamp};
use std::collections::BTreeMap;

/// A file that was taken in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// Made of source and content.
    pub id: String,
    /// Who delivered it.
    pub source: String,
    /// Its name.
    pub file: String,
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// When it was taken in.
    pub taken_at: Timestamp,
    /// By whom.
    pub taken_by: String,
    /// Resources that were stored: new ones and new versions.
    pub stored: u64,
    /// Resources that were put into quarantine.
    pub rejected: u64,
}

/// A resource to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewResource {
    /// Type and id, which mean something within its source.
    pub reference: String,
    /// Whose it is, and which kind of her data; `None` for what is nobody's in particular.
    pub of: Option<(PersonId, Category)>,
    /// First and last moment that its matter's time may mean.
    pub span: Option<(Timestamp, Timestamp)>,
    /// SHA-256 of the body.
    pub hash: String,
    /// Where it stood in its file.
    pub place: String,
    /// The set of documents it came in, and its version there: an older one never comes before a newer one.
    pub document: Option<(String, i64)>,
    /// The resource in canonical JSON.
    pub body: String,
}

/// A resource as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resource {
    /// Who delivered it.
    pub source: String,
    /// Type and id.
    pub reference: String,
    /// From 1.
    pub version: u64,
    /// The kind of data.
    pub category: Category,
    /// The file it came in.
    pub batch: String,
    /// Where it stood there.
    pub place: String,
    /// Since when the house knows this version.
    pub known_at: Timestamp,
    /// In canonical JSON.
    pub body: Sensitive<String>,
}

/// What became of resources.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Kept {
    /// Not known before.
    pub new: u64,
    /// Known with other content; that is kept as an older version.
    pub changed: u64,
    /// Known as they are.
    pub same: u64,
}

/// Which of a person's resources are wanted.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Of these types; every type when there is none.
    pub types: Vec<&'static str>,
    /// Whose matter may have been at this moment or later.
    pub from: Option<Timestamp>,
    /// Whose matter may have been before this moment.
    pub until: Option<Timestamp>,
    /// Of one source, and of it these references (type and id).
    pub named: Option<(String, Vec<String>)>,
    /// At most so many, the latest first.
    pub limit: u32,
}

/// Rows written with one statement.
const ROWS: usize = 100;

/// A batch by its identifier; `None` when it was never taken in.
///
/// # Errors
/// When the database fails.
pub async fn batch(house: &House, id: &str) -> Result<Option<Batch>, StoreError> {
    let row: Option<BatchRow> = sqlx::query_as(
        "select id, source, file, sha256, taken_at, taken_by, stored, rejected from resource_batches where id = $1",
    )
    .bind(id)
    .fetch_optional(&house.pool)
    .await?;
    row.map(read_batch).transpose()
}

type BatchRow = (String, String, String, String, String, String, i64, i64);

fn read_batch((id, source, file, sha256, at, taken_by, stored, rejected): BatchRow) -> Result<Batch, StoreError> {
    let what = "resource_batches";
    let taken_at = error::stored(what, &at)?;
    let (stored, rejected) = (unsigned(what, stored)?, unsigned(what, rejected)?);
    Ok(Batch { id, source, file, sha256, taken_at, taken_by, stored, rejected })
}

/// A person's resources as they are now, the latest first; what the grant does not open is left out, and so is what may
/// have been in a period that she has blocked.
///
/// # Errors
/// When the database fails.
pub async fn of_person(
    house: &House,
    grant: &Grant,
    person: &PersonId,
    wanted: &Wanted,
) -> Result<Vec<Guarded<Resource>>, StoreError> {
    let open = Category::ALL.iter().copied().filter(|category| grant.covers(person, *category));
    let words = open.map(|category| to_word(WHAT, &category)).collect::<Result<Vec<_>, _>>()?;
    if words.is_empty() {
        return Err(NotCovered { category: Category::Identity }.into());
    }
    let mut sql = format!("{SELECT} where person_id = $1 and superseded_at is null");
    let mut bound: Vec<String> = vec![person.0.clone()];
    among(&mut sql, &mut bound, "category", words);
    among(&mut sql, &mut bound, "resource_type", wanted.types.iter().map(|name| (*name).to_owned()).collect());
    if let Some((source, references)) = &wanted.named {
        among(&mut sql, &mut bound, "source", vec![source.clone()]);
        among(&mut sql, &mut bound, "reference", references.clone());
    }
    for (column, sign, moment) in [("ends_at", ">=", wanted.from), ("starts_at", "<", wanted.until)] {
        if let Some(moment) = moment {
            bound.push(text(moment));
            sql.push_str(&format!(" and {column} {sign} ${}", bound.len()));
        }
    }
    sql.push_str(&format!(
        " order by coalesce(starts_at, '') desc, source, reference limit {}",
        if wanted.limit == 0 { u32::MAX } else { wanted.limit }
    ));
    let mut query = sqlx::query_as(sqlx::AssertSqlSafe(sql));
    for value in bound {
        query = query.bind(value);
    }
    let rows: Vec<Row> = query.fetch_all(&house.pool).await?;
    let mut all = Vec::with_capacity(rows.len());
    for row in rows {
        let (resource, span) = read(row)?;
        if !is_withheld(grant, person, span) {
            let recorded = span.map_or(resource.known_at, |(first, _)| first);
            let guarded = Guarded::new([person.clone()].into(), resource.category, resource);
            all.push(guarded.recorded(recorded));
        }
    }
    Ok(all)
}

/// Every version of a person's resource, the first first; what the grant does not open is left out.
///
/// # Errors
/// When the database fails.
pub async fn versions(
    house: &House,
    grant: &Grant,
    person: &PersonId,
    (source, reference): (&str, &str),
) -> Result<Vec<Guarded<Resource>>, StoreError> {
    let sql = format!("{SELECT} where person_id = $1 and source = $2 and reference = $3 order by version");
    let rows: Vec<Row> = sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(&person.0)
        .bind(source)
        .bind(reference)
        .fetch_all(&house.pool)
        .await?;
    let mut all = Vec::with_capacity(rows.len());
    for row in rows {
        let (resource, span) = read(row)?;
        if grant.covers(person, resource.category) && !is_withheld(grant, person, span) {
            let recorded = span.map_or(resource.known_at, |(first, _)| first);
            all.push(Guarded::new([person.clone()].into(), resource.category, resource).recorded(recorded));
        }
    }
    Ok(all)
}

/// The present body of something that is nobody's in particular, such as a medicine or an organisation; `None` when a
/// source has none. Who asks has been permitted to read of somebody.
///
/// # Errors
/// When the database fails.
pub async fn shared(
    house: &House,
    _grant: &Grant,
    (source, reference): (&str, &str),
) -> Result<Option<String>, StoreError> {
    let row: Option<(String,)> = sqlx::query_as(
        "select body from resources where source = $1 and reference = $2 and person_id is null and superseded_at is null",
    )
    .bind(source)
    .bind(reference)
    .fetch_optional(&house.pool)
    .await?;
    Ok(row.map(|(body,)| body))
}

/// The Questionnaires that sources have delivered, each with its source: nobody's data.
///
/// # Errors
/// When the database fails.
pub async fn questionnaires(house: &House) -> Result<Vec<(String, String)>, StoreError> {
    Ok(sqlx::query_as(
        "select source, body from resources where resource_type = 'Questionnaire' and person_id is null \
         and superseded_at is null order by source, reference",
    )
    .fetch_all(&house.pool)
    .await?)
}

impl Passage {
    /// Whose a source's resource is at present, for the question that is put to the gate; `None` when it is nobody's.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn person_of(&mut self, source: &str, reference: &str) -> Result<Option<PersonId>, StoreError> {
        let row: Option<(Option<String>,)> = sqlx::query_as(
            "select person_id from resources where source = $1 and reference = $2 and superseded_at is null",
        )
        .bind(source)
        .bind(reference)
        .fetch_optional(self.connection())
        .await?;
        Ok(row.and_then(|(person,)| person).map(PersonId))
    }

    /// Whether the house knows a person by this id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn is_person(&mut self, person: &PersonId) -> Result<bool, StoreError> {
        let row: Option<(i64,)> = sqlx::query_as("select 1 from persons where id = $1")
            .bind(&person.0)
            .fetch_optional(self.connection())
            .await?;
        Ok(row.is_some())
    }

    /// The persons who are known by these numbers, each by its system and number.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn persons_with<'n>(
        &mut self,
        numbers: impl IntoIterator<Item = (&'n str, &'n PersonalNumber)>,
    ) -> Result<BTreeMap<(String, PersonalNumber), PersonId>, StoreError> {
        let mut known = BTreeMap::new();
        for (system, number) in numbers {
            let row: Option<(String,)> = sqlx::query_as(
                "select id from persons where cpr = $1 union select person_id from person_numbers where system = $2 and number = $1",
            )
            .bind(number.expose())
            .bind(system)
            .fetch_optional(self.connection())
            .await?;
            known.extend(row.map(|(id,)| ((system.to_owned(), number.clone()), PersonId(id))));
        }
        Ok(known)
    }

    /// Who is meant by a source's references to Patients, as far as it has told.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn patients_known_as(
        &mut self,
        source: &str,
        references: &[&str],
    ) -> Result<BTreeMap<String, PersonId>, StoreError> {
        let mut known = BTreeMap::new();
        for chunk in references.chunks(ROWS) {
            let mut sql = "select reference, person_id from resource_patients where source = $1".to_owned();
            let mut bound = vec![source.to_owned()];
            among(&mut sql, &mut bound, "reference", chunk.iter().map(|text| (*text).to_owned()).collect());
            let mut query = sqlx::query_as(sqlx::AssertSqlSafe(sql));
            for value in bound {
                query = query.bind(value);
            }
            let rows: Vec<(String, String)> = query.fetch_all(self.connection()).await?;
            known.extend(rows.into_iter().map(|(reference, person)| (reference, PersonId(person))));
        }
        Ok(known)
    }
}

impl Kept {
    /// Adds what became of others.
    pub const fn add(&mut self, other: Self) {
        self.new += other.new;
        self.changed += other.changed;
        self.same += other.same;
    }
}

const WHAT: &str = "resources";
const SELECT: &str = "select source, reference, version, category, batch, place, known_at, starts_at, ends_at, body \
    from resources";

type Row = (String, String, i64, String, String, String, String, Option<String>, Option<String>, String);

fn read(row: Row) -> Result<(Resource, Option<(Timestamp, Timestamp)>), StoreError> {
    let (source, reference, version, category, batch, place, known_at, starts_at, ends_at, body) = row;
    let span = match (starts_at, ends_at) {
        (Some(first), Some(last)) => Some((error::stored(WHAT, &first)?, error::stored(WHAT, &last)?)),
        _ => None,
    };
    let resource = Resource {
        source,
        reference,
        version: unsigned(WHAT, version)?,
        category: from_word(WHAT, category)?,
        batch,
        place,
        known_at: error::stored(WHAT, &known_at)?,
        body: Sensitive::new(body),
    };
    Ok((resource, span))
}

/// Whether any day that a resource's time may mean lies in a period that the person has blocked. What runs for longer
/// than two years is looked at by its ends.
fn is_withheld(grant: &Grant, person: &PersonId, span: Option<(Timestamp, Timestamp)>) -> bool {
    const DAY: i64 = 86_400;
    let Some((first, last)) = span else { return false };
    let days = (last.as_second() - first.as_second()) / DAY;
    let between = (0..=days.min(2 * 366)).filter_map(|day| Timestamp::from_second(first.as_second() + day * DAY).ok());
    between.chain([last]).any(|moment| grant.withholds_time(person, moment))
}

/// Times of resources are kept to the second, so that their texts sort as they do.
fn text(moment: Timestamp) -> String {
    Timestamp::from_second(moment.as_second()).unwrap_or(moment).to_string()
}

/// ` and column in ($n, …)`; nothing for an empty list.
fn among(sql: &mut String, bound: &mut Vec<String>, column: &str, values: Vec<String>) {
    if values.is_empty() {
        return;
    }
    let places: Vec<String> = (1..=values.len()).map(|at| format!("${}", bound.len() + at)).collect();
    sql.push_str(&format!(" and {column} in ({})", places.join(", ")));
    bound.extend(values);
}
