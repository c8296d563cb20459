//! `indgang retention`: how long lines of the log are kept, and the erasing of those that were.

use super::house;
use crate::data_folder::HouseFolder;
use anyhow::Context as _;
use indgang_model::SystemClock;
use indgang_service::{RETENTION, Retention};

/// Arguments of `retention`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    house: HouseFolder,
    /// Erase the content of the lines that were kept long enough; it cannot be had back
    #[arg(long)]
    erase: bool,
}

/// Prints the table and how many lines have been kept long enough; erases them when told to.
pub fn run(arguments: Arguments) -> anyhow::Result<()> {
    let place = arguments.house.existing()?;
    println!("{:<31}  {:>5}  why", "purpose", "years");
    for Retention { purpose, years, why } in &RETENTION {
        let purpose = serde_json::to_value(purpose)?.as_str().map(str::to_owned).unwrap_or_default();
        println!("{purpose:<31}  {years:>5}  {why}");
    }
    let bar = crate::progress::lines("reading the log");
    let progress = |done| bar.set_position(done);
    let count = house::runtime()?.block_on(async {
        let opened = house::open(&place).await?;
        let count = match arguments.erase {
            true => indgang_service::erase_lines(&opened, &SystemClock, progress).await,
            false => indgang_service::lines_kept_long_enough(&opened, &SystemClock, progress).await,
        };
        opened.close().await;
        count.with_context(|| format!("cannot read the log of `{place}`; see `indgang verify-log`"))
    })?;
    bar.finish_and_clear();
    match arguments.erase {
        true => println!("{count} lines erased; their hashes stay, and `indgang verify-log` holds"),
        false => println!("{count} lines have been kept long enough; `--erase` erases their content"),
    }
    Ok(())
}
