//! Units of the health service, as the one who runs the house knows them.

use crate::Error;
use indgang_store::places::Place;
use indgang_store::{House, places};

/// Adds units, all or none; one that is known is brought up to date.
///
/// # Errors
/// When the store fails.
pub async fn register_places(house: &House, units: &[Place]) -> Result<(), Error> {
    Ok(places::register(house, units).await?)
}
