//! `indgang cohort withdraw` and `readmit`: takes a person out of the house's own cohort, or lets her be counted again.

use super::house::{self, OperatorArguments};
use crate::data_folder::HouseFolder;
use anyhow::Context as _;
use indgang_model::{PersonId, SystemClock};

/// What is done with a person of the own cohort.
#[derive(Debug, clap::Subcommand)]
pub enum Action {
    /// Subtract what a person added, and count her no more; her cases stay as they are
    Withdraw(Person),
    /// Let a person who was withdrawn be counted when she is next taken in
    Readmit(Person),
}

/// A person of a house.
#[derive(Debug, clap::Args)]
pub struct Person {
    /// Identifier of the person, as the log names her
    id: String,
    #[command(flatten)]
    house: HouseFolder,
    #[command(flatten)]
    operator: OperatorArguments,
}

/// Withdraws or readmits.
pub fn run(action: &Action) -> anyhow::Result<()> {
    let (Action::Withdraw(person) | Action::Readmit(person)) = action;
    let place = person.house.existing()?;
    let (id, operator) = (PersonId(person.id.clone()), person.operator.operator());
    house::runtime()?.block_on(async {
        let opened = house::open(&place).await?;
        let changed = match action {
            Action::Withdraw(_) => indgang_service::withdraw_from_cohort(&opened, &SystemClock, &operator, &id).await,
            Action::Readmit(_) => indgang_service::readmit_to_cohort(&opened, &SystemClock, &operator, &id).await,
        };
        opened.close().await;
        let changed = changed.context("nothing was changed")?;
        println!("{}", said(action, changed));
        Ok(())
    })
}

fn said(action: &Action, changed: bool) -> String {
    let (Action::Withdraw(Person { id, .. }) | Action::Readmit(Person { id, .. })) = action;
    match (action, changed) {
        (Action::Withdraw(_), true) => format!("`{id}` was subtracted from the own cohort and is counted no more"),
        (Action::Withdraw(_), false) => format!("`{id}` was not counted in the own cohort, and will not be"),
        (Action::Readmit(_), true) => format!("`{id}` is counted when she is next taken in"),
        (Action::Readmit(_), false) => format!("`{id}` was not withdrawn; nothing was changed"),
    }
}
