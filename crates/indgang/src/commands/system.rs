//! `indgang system`: which systems of institutions may ask for access decisions.

use super::house;
use crate::data_folder::DataFolder;
use anyhow::Context as _;
use indgang_model::SystemClock;

/// Arguments of `system`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Register a system and print its token, which is shown this once; a known system gets a new one
    Add {
        #[command(flatten)]
        data: DataFolder,
        /// Its name, as it stands in the log
        name: String,
        /// Its institution: it may ask for the users who have this organisation, and for no others
        #[arg(long, value_name = "NAME")]
        organisation: String,
        /// Let it write resources too, in a source of its own name (FHIR over HTTP)
        #[arg(long)]
        writes: bool,
    },
    /// Let a system ask no more
    Withdraw {
        #[command(flatten)]
        data: DataFolder,
        /// Its name
        name: String,
    },
}

/// Adds or withdraws.
pub fn run(arguments: Arguments) -> anyhow::Result<()> {
    let data = match &arguments.action {
        Action::Add { data, .. } | Action::Withdraw { data, .. } => data,
    };
    let place = data.place(false)?;
    anyhow::ensure!(place.may_hold_a_house(), "there is no house in `{place}`; name its folder with --data");
    house::runtime()?.block_on(async {
        let opened = house::open(&place).await?;
        let done = act(&opened, &arguments.action).await;
        opened.close().await;
        done
    })
}

async fn act(opened: &indgang_service::House, action: &Action) -> anyhow::Result<()> {
    match action {
        Action::Add { name, organisation, writes, .. } => {
            let random = house::random()?;
            let token = indgang_service::register_system(opened, &SystemClock, name, organisation, random).await?;
            if *writes {
                indgang_service::let_system_write(opened, &SystemClock, name).await?;
            }
            println!("{}", token.expose());
        }
        Action::Withdraw { name, .. } => {
            let known = indgang_service::withdraw_system(opened, &SystemClock, name).await?;
            known.then_some(()).with_context(|| format!("there is no system `{name}`; see its name in the log"))?;
            println!("{name} may ask no more");
        }
    }
    Ok(())
}
