//! Erasing lines of the log that have been kept long enough.

use crate::Error;
use indgang_model::Clock;
use indgang_store::{House, erasure};

pub use indgang_gate::log::{RETENTION, Retention, SHORTEST_YEARS};

/// How many lines have been kept as long as [`RETENTION`] says, and are not erased. `progress` hears how many are read.
///
/// # Errors
/// When the store fails.
pub async fn lines_kept_long_enough(house: &House, clock: &dyn Clock, progress: impl FnMut(u64)) -> Result<u64, Error> {
    Ok(erasure::due(house, clock.now(), progress).await?)
}

/// Erases them: their content goes, their hashes stay, so that the log verifies as before. How many.
///
/// # Errors
/// When the store fails; what was erased before stays erased.
pub async fn erase_lines(house: &House, clock: &dyn Clock, progress: impl FnMut(u64)) -> Result<u64, Error> {
    let erased = erasure::erase(house, clock.now(), progress).await?;
    tracing::info!(erased, "lines of the log were erased");
    Ok(erased)
}
