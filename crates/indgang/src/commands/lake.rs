//! `indgang lake`: small files put together, and what is no longer needed cleaned away.

use super::house;
use crate::data_folder::HouseFolder;
use indgang_gate::UserId;
use indgang_model::SystemClock;
use indgang_service::{House, Limits};

/// Arguments of `lake`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Put the files of each table together into one; answers stay the same, and earlier snapshots stay until `cleanup`
    Compact {
        #[command(flatten)]
        house: HouseFolder,
    },
    /// Remove files that no snapshot names, as a killed delivery leaves them
    Cleanup {
        #[command(flatten)]
        house: HouseFolder,
        /// Forget all snapshots but the newest so many, with the files that only they name
        #[arg(long, value_name = "NUMBER")]
        keep: Option<u64>,
    },
}

/// Does it.
pub fn run(arguments: Arguments) -> anyhow::Result<()> {
    let folder = match &arguments.action {
        Action::Compact { house } | Action::Cleanup { house, .. } => house,
    };
    let place = folder.existing()?;
    house::runtime()?.block_on(async {
        let opened = house::open(&place).await?;
        let done = act(&opened, arguments.action).await;
        opened.close().await;
        done
    })
}

async fn act(opened: &House, action: Action) -> anyhow::Result<()> {
    match action {
        Action::Compact { .. } => {
            let by = UserId(std::env::var("USER").unwrap_or_else(|_| "operator".to_owned()));
            let tables = indgang_service::compact_lake(opened, &SystemClock, by, &Limits::default()).await?;
            tables.iter().for_each(|(table, files)| println!("{table:28} {files:>6} files into 1"));
            if tables.is_empty() {
                println!("no table has more than one file; nothing has changed");
            }
        }
        Action::Cleanup { keep, .. } => {
            let (snapshots, files) = indgang_service::clean_lake(opened, keep).await?;
            println!("{snapshots} snapshots forgotten, {files} files removed");
        }
    }
    Ok(())
}
