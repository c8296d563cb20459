//! `indgang follow-up`: have the registers shown the treatments that were declared?

use super::house;
use crate::data_folder::HouseFolder;
use anyhow::Context as _;
use indgang_gate::UserId;
use indgang_model::SystemClock;

/// Arguments of `follow-up`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    house: HouseFolder,
}

/// Holds what waits against the registers, for a job that runs by itself every night.
pub fn run(arguments: Arguments) -> anyhow::Result<()> {
    let place = arguments.house.existing()?;
    let operator = UserId(std::env::var("USER").unwrap_or_else(|_| "operator".to_owned()));
    let told = house::runtime()?.block_on(async {
        let opened = house::open(&place).await?;
        let told = indgang_service::recheck_follow_ups_as_operator(&opened, &SystemClock, &operator).await;
        opened.close().await;
        told.context("the readings that wait could not be held against the registers")
    })?;
    println!("confirmed  {}", told.confirmed);
    println!("waiting    {}", told.waiting);
    println!("to judge   {}", told.overdue);
    Ok(())
}
