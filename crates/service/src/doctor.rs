//! The state of the house in versions and numbers.

use crate::{Counts, Error, HouseState};
use indgang_store::House;

/// Versions and counts. No person data.
///
/// # Errors
/// When the store fails.
pub async fn doctor(house: &House) -> Result<HouseState, Error> {
    let (schema_version, database, journal_mode) = house.versions().await?;
    let [persons, users, cases, signed, leaves] = house.counts().await?;
    Ok(HouseState {
        schema_version,
        database,
        journal_mode,
        counts: Counts { persons, users, cases, signed, leaves },
        log_public_key: house.public_key().to_string(),
    })
}
