//! `indgang user`: takes a user's access away, or gives it back.

use super::house;
use crate::data_folder::DataFolder;
use indgang_gate::UserId;
use indgang_model::SystemClock;

/// Arguments of `user`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// End a user's sessions and let her sign in no more
    Disable(User),
    /// Let a user sign in again
    Enable(User),
}

#[derive(Debug, clap::Args)]
struct User {
    /// Identifier of the user, as the log names her
    id: String,
    #[command(flatten)]
    data: DataFolder,
}

/// Disables or enables a user of the house.
pub fn run(arguments: Arguments) -> anyhow::Result<()> {
    let (user, disabled) = match arguments.command {
        Command::Disable(user) => (user, true),
        Command::Enable(user) => (user, false),
    };
    let place = user.data.place(false)?;
    anyhow::ensure!(place.may_hold_a_house(), "there is no house in `{place}`; name its folder with --data");
    house::runtime()?.block_on(async {
        let house = house::open(&place).await?;
        let done = indgang_service::disable_user(&house, &SystemClock, &UserId(user.id.clone()), disabled).await;
        house.close().await;
        done?;
        println!("`{}` {}", user.id, if disabled { "can sign in no more" } else { "can sign in again" });
        Ok(())
    })
}
