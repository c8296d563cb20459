//! `indgang backup`: a house in one file, made while it is in use.

use super::house;
use crate::data_folder::HouseFolder;
use crate::progress;
use anyhow::Context as _;
use indgang_model::{Clock as _, SystemClock};
use std::path::PathBuf;

/// Arguments of `backup`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    house: HouseFolder,
    /// File to be made; it holds persons' data and the log's key, so keep it as you keep the house
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// Writes all of it as it is at one moment, or no file.
pub fn run(arguments: Arguments) -> anyhow::Result<()> {
    let place = arguments.house.place()?;
    let bar = progress::rows("writing rows");
    let made = house::runtime()?
        .block_on(indgang_service::backup(&place.folder, &place.database, &arguments.out, SystemClock.now(), |rows| {
            bar.set_position(rows)
        }))
        .with_context(|| format!("no backup of `{place}` was made"))?;
    bar.finish_and_clear();
    println!(
        "{}: {} rows of {} tables, number {}, and {} files of the lake",
        arguments.out.display(),
        made.rows,
        made.tables,
        made.schema,
        made.files
    );
    Ok(())
}
