//! `indgang restore`: a house out of a file, on either database.

use super::house;
use crate::data_folder::DataFolder;
use crate::progress;
use anyhow::Context as _;
use std::path::PathBuf;

/// Arguments of `restore`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    data: DataFolder,
    /// File that `indgang backup` made
    #[arg(long, value_name = "FILE")]
    from: PathBuf,
}

/// Brings up all of it or nothing, never over another house, and verifies its log.
pub fn run(arguments: Arguments) -> anyhow::Result<()> {
    let place = arguments.data.place(false)?;
    let bar = progress::rows("reading rows");
    let runtime = house::runtime()?;
    let restored = runtime
        .block_on(indgang_service::restore(&place.folder, &place.database, &arguments.from, |rows| {
            bar.set_position(rows);
        }))
        .with_context(|| format!("nothing was restored to `{place}`"))?;
    bar.finish_and_clear();
    let indgang_service::Archived { rows, tables, files, at, .. } = restored;
    println!("{place}: {rows} rows of {tables} tables and {files} files of the lake, as of {at}");
    let log = runtime.block_on(indgang_service::verify_log(&place.folder, &place.database, |_, _| {}))?;
    anyhow::ensure!(log.holds(), "its log is not whole; see `indgang verify-log`");
    println!("its log of {} lines is whole", log.leaves);
    Ok(())
}
