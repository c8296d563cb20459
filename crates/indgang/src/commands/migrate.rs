//! `indgang migrate`: brings the tables of a house up to date.

use super::house;
use crate::data_folder::HouseFolder;
use anyhow::Context as _;

/// Arguments of `migrate`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    house: HouseFolder,
}

/// Makes what is missing; a second time it does nothing.
pub fn run(arguments: Arguments) -> anyhow::Result<()> {
    let place = arguments.house.place()?;
    let (from, to) = house::runtime()?
        .block_on(indgang_service::migrate(&place.folder, &place.database))
        .with_context(|| format!("cannot bring the tables of `{place}` up to date"))?;
    if from == to {
        println!("the tables are at number {to} already; nothing was done");
    } else {
        println!("the tables are brought from number {from} to {to}");
    }
    Ok(())
}
