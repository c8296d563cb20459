//! What a source has told before, for one who writes under conditions: versions, and what holds an identifier.

use super::{WHAT, present};
use crate::error::unsigned;
use crate::{Connection, Passage, StoreError, Writer};
use indgang_model::{Category, PersonId, Sensitive};

/// What is known of a resource.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KnownVersion {
    /// The greatest version; 0 when it is not known.
    pub version: u64,
    /// The hash of the present one; none where it is not known or was taken away.
    pub hash: Option<String>,
}

impl Writer<'_> {
    /// What is known of a source's resource.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn known_version(&mut self, source: &str, reference: &str) -> Result<KnownVersion, StoreError> {
        known_version(self.tx, source, reference).await
    }

    /// The present resources of a type that a source has told of a person, or of nobody in particular, in whose bodies
    /// `part` stands: reference and body.
    ///
    /// # Errors
    /// When the grant does not open the person's identity, or the database fails.
    pub async fn holding(
        &mut self,
        (source, resource_type): (&str, &str),
        person: Option<&PersonId>,
        part: &str,
    ) -> Result<Vec<(String, Sensitive<String>)>, StoreError> {
        if let Some(person) = person {
            self.demand(person, Category::Identity)?;
        }
        holding(self.tx, (source, resource_type), person, part).await
    }
}

impl Passage {
    /// What is known of a source's resource.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn known_version(&mut self, source: &str, reference: &str) -> Result<KnownVersion, StoreError> {
        known_version(self.connection(), source, reference).await
    }

    /// The present resources of a type that a source has told of nobody in particular, in whose bodies `part` stands.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn shared_holding(
        &mut self,
        of: (&str, &str),
        part: &str,
    ) -> Result<Vec<(String, Sensitive<String>)>, StoreError> {
        holding(self.connection(), of, None, part).await
    }
}

async fn known_version(tx: &mut Connection, source: &str, reference: &str) -> Result<KnownVersion, StoreError> {
    let mut known = present::of(tx, source, [reference].into_iter()).await?;
    let Some(known) = known.remove(reference) else { return Ok(KnownVersion::default()) };
    Ok(KnownVersion { version: unsigned(WHAT, known.version)?, hash: known.hash })
}

async fn holding(
    tx: &mut Connection,
    (source, resource_type): (&str, &str),
    person: Option<&PersonId>,
    part: &str,
) -> Result<Vec<(String, Sensitive<String>)>, StoreError> {
    let rows: Vec<(String, String)> = sqlx::query_as(
        "select reference, body from resources where source = $1 and resource_type = $2 \
         and coalesce(person_id, '') = $3 and superseded_at is null order by reference",
    )
    .bind(source)
    .bind(resource_type)
    .bind(person.map_or("", |person| person.0.as_str()))
    .fetch_all(tx)
    .await?;
    let holds = rows.into_iter().filter(|(_, body)| body.contains(part));
    Ok(holds.map(|(reference, body)| (reference, Sensitive::new(body))).collect())
}
