//! OMOP CDM 5.4 out of the house, for somebody with a purpose and a permit for rows.
//!
//! It is a question for all rows that the permit opens, and goes the way of every question: one passage, one line in the
//! log, one domain of pseudonyms. The files lie where the one who asks works, and leave that place under its own rules only.

use crate::Error;
use crate::query::{Opened, Query, open};
use indgang_lake::LakeError;
use indgang_lake::house::{ExportStamp, Exported, export};
use indgang_model::{Clock, LegalBasis};
use indgang_store::questions::Outcome;
use indgang_store::{House, lake, questions};
use std::path::Path;

/// What was exported.
#[derive(Debug, Clone)]
pub struct ExportedOmop {
    /// The tables.
    pub tables: Vec<Exported>,
    /// The rule that opened.
    pub rule: LegalBasis,
    /// Index of the passage in the log.
    pub log_index: u64,
    /// The snapshot.
    pub snapshot: u64,
}

/// Writes what the permit opens into a folder that does not exist yet, as CSV or Parquet: all of it or nothing. `random`
/// are two times 32 secret random bytes, for keys that the house does not have yet. The question's own SQL is not read.
///
/// # Errors
/// [`Error::UnknownUser`], [`Error::Refused`] by the gate, [`Error::Lake`] by the lake, or when the store fails.
pub async fn export_omop(
    house: &House,
    clock: &dyn Clock,
    query: &Query,
    folder: &Path,
    parquet: bool,
    random: [[u8; 32]; 2],
) -> Result<ExportedOmop, Error> {
    let exported = put(house, clock, query, folder, parquet, random).await;
    let outcome = match &exported {
        Ok(_) => Outcome::Answered,
        Err(Error::Refused(_) | Error::Lake(LakeError::Refused { .. })) => Outcome::Refused,
        Err(_) => Outcome::Failed,
    };
    if !matches!(exported, Err(Error::UnknownUser(_))) {
        let words = "export omop";
        questions::keep(house, &query.user, query.permit.as_ref(), words, outcome, clock.now()).await?;
    }
    exported
}

async fn put(
    house: &House,
    clock: &dyn Clock,
    query: &Query,
    folder: &Path,
    parquet: bool,
    random: [[u8; 32]; 2],
) -> Result<ExportedOmop, Error> {
    let Opened { view, rule, log_index, snapshot } = open(house, clock, query, random).await?;
    let made_at = lake::snapshot(house, Some(snapshot)).await?.map_or_else(|| clock.now(), |made| made.made_at);
    let day = |at: indgang_model::Timestamp| at.to_zoned(jiff::tz::TimeZone::UTC).date();
    let holder = "the house".to_owned();
    let stamp = ExportStamp { day: day(clock.now()), made: day(made_at), snapshot, holder };
    let tables = export(&view, &query.limits, folder, parquet, &stamp).await?;
    Ok(ExportedOmop { tables, rule, log_index, snapshot })
}
