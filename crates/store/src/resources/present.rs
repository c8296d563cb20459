//! What is known of resources before new ones are written: versions, which of them is present, and which came in newer documents.

use super::{NewResource, among};
use crate::{Connection, StoreError};
use std::collections::{BTreeSet, HashMap};

/// What is known of a resource.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// The greatest version number; 0 when it is not known.
    pub(super) version: i64,
    /// Hash of the present version; none where it was taken away.
    pub(super) hash: Option<String>,
    /// Hash of every version.
    hashes: BTreeSet<String>,
    /// The greatest version of each set of documents that it came in.
    documents: HashMap<String, i64>,
}

impl Known {
    pub(super) fn is_present(&self, hash: &str) -> bool {
        self.hash.as_deref() == Some(hash)
    }

    pub(super) fn has(&self, hash: &str) -> bool {
        self.hashes.contains(hash)
    }

    /// Whether a later document of the same set has told of it.
    pub(super) fn is_newer_than(&self, resource: &NewResource) -> bool {
        let Some((set, version)) = &resource.document else { return false };
        self.documents.get(set).is_some_and(|known| known > version)
    }

    /// A version more, which is the present one unless it comes late.
    pub(super) fn add(&mut self, resource: &NewResource, late: bool) {
        self.version += 1;
        self.hashes.insert(resource.hash.clone());
        if !late {
            self.hash = Some(resource.hash.clone());
        }
        if let Some((set, version)) = &resource.document {
            self.told(set, *version);
        }
    }

    fn told(&mut self, set: &str, version: i64) {
        let known = self.documents.entry(set.to_owned()).or_insert(version);
        *known = version.max(*known);
    }
}

type Row = (String, i64, String, Option<String>, Option<String>, Option<i64>);

/// What is known of a source's resources.
pub(super) async fn of(
    tx: &mut Connection,
    source: &str,
    references: impl Iterator<Item = &str>,
) -> Result<HashMap<String, Known>, StoreError> {
    let mut sql = "select reference, version, hash, superseded_at, document_set, document_version from resources \
        where source = $1"
        .to_owned();
    let mut bound = vec![source.to_owned()];
    among(&mut sql, &mut bound, "reference", references.map(str::to_owned).collect());
    let mut query = sqlx::query_as(sqlx::AssertSqlSafe(sql));
    for value in bound {
        query = query.bind(value);
    }
    let rows: Vec<Row> = query.fetch_all(&mut *tx).await?;
    let mut all: HashMap<String, Known> = HashMap::new();
    for (reference, version, hash, superseded, set, document) in rows {
        let known = all.entry(reference).or_default();
        known.version = known.version.max(version);
        if superseded.is_none() {
            known.hash = Some(hash.clone());
        }
        known.hashes.insert(hash);
        if let (Some(set), Some(document)) = (set, document) {
            known.told(&set, document);
        }
    }
    Ok(all)
}

/// The sets that were replaced, by set and person.
#[derive(Debug, Default)]
pub(super) struct Replaced(HashMap<(String, String), i64>);

impl Replaced {
    /// Whether a later document has replaced all that this one tells.
    pub(super) fn leaves_behind(&self, resource: &NewResource) -> bool {
        let (Some((set, version)), Some((person, _))) = (&resource.document, &resource.of) else { return false };
        self.0.get(&(set.clone(), person.0.clone())).is_some_and(|replaced| replaced > version)
    }
}

/// Which of the sets that resources come in were replaced.
pub(super) async fn replaced(
    tx: &mut Connection,
    source: &str,
    resources: &[NewResource],
) -> Result<Replaced, StoreError> {
    let sets: BTreeSet<String> =
        resources.iter().filter_map(|r| r.document.as_ref().map(|(set, _)| set.clone())).collect();
    if sets.is_empty() {
        return Ok(Replaced::default());
    }
    let mut sql = "select document_set, person_id, version from resource_sets where source = $1".to_owned();
    let mut bound = vec![source.to_owned()];
    among(&mut sql, &mut bound, "document_set", sets.into_iter().collect());
    let mut query = sqlx::query_as(sqlx::AssertSqlSafe(sql));
    for value in bound {
        query = query.bind(value);
    }
    let rows: Vec<(String, String, i64)> = query.fetch_all(&mut *tx).await?;
    Ok(Replaced(rows.into_iter().map(|(set, person, version)| ((set, person), version)).collect()))
}
