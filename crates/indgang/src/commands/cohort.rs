//! `indgang cohort`: takes a person out of the house's own cohort, or lets her be counted again.

use super::house::{self, OperatorArguments};
use crate::data_folder::HouseFolder;
use anyhow::Context as _;
use indgang_model::{PersonId, SystemClock};

/// Arguments of `cohort`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Subtract what a person added, and count her no more; her cases stay as they are
    Withdraw(Person),
    /// Let a person who was withdrawn be counted when she is next taken in
    Readmit(Person),
}

#[derive(Debug, clap::Args)]
struct Person {
    /// Identifier of the person, as the log names her
    id: String,
    #[command(flatten)]
    house: HouseFolder,
    #[command(flatten)]
    operator: OperatorArguments,
}

/// Withdraws or readmits.
pub fn run(arguments: Arguments) -> anyhow::Result<()> {
    let (Command::Withdraw(person) | Command::Readmit(person)) = &arguments.command;
    let place = person.house.existing()?;
    let (id, operator) = (PersonId(person.id.clone()), person.operator.operator());
    house::runtime()?.block_on(async {
        let opened = house::open(&place).await?;
        let changed = match &arguments.command {
            Command::Withdraw(_) => indgang_service::withdraw_from_cohort(&opened, &SystemClock, &operator, &id).await,
            Command::Readmit(_) => indgang_service::readmit_to_cohort(&opened, &SystemClock, &operator, &id).await,
        };
        opened.close().await;
        let changed = changed.context("nothing was changed")?;
        println!("{}", said(&arguments.command, changed));
        Ok(())
    })
}

fn said(command: &Command, changed: bool) -> String {
    let (Command::Withdraw(Person { id, .. }) | Command::Readmit(Person { id, .. })) = command;
    match (command, changed) {
        (Command::Withdraw(_), true) => format!("`{id}` was subtracted from the own cohort and is counted no more"),
        (Command::Withdraw(_), false) => format!("`{id}` was not counted in the own cohort, and will not be"),
        (Command::Readmit(_), true) => format!("`{id}` is counted when she is next taken in"),
        (Command::Readmit(_), false) => format!("`{id}` was not withdrawn; nothing was changed"),
    }
}
