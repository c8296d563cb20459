//! `indgang verify-log`: is the log whole?

use super::house;
use crate::data_folder::DataFolder;
use anyhow::Context as _;

/// Arguments of `verify-log`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    data: DataFolder,
    /// The demo house
    #[arg(long)]
    demo: bool,
}

/// Reads every leaf and checkpoint; fails when something does not hold.
pub fn run(arguments: Arguments) -> anyhow::Result<()> {
    let folder = arguments.data.path(arguments.demo)?;
    anyhow::ensure!(
        folder.join("house.db").exists(),
        "there is no house in `{}`; name its folder with --data, or add --demo for the demo house",
        folder.display()
    );
    let outcome = house::runtime()?
        .block_on(indgang_service::verify_log(&folder))
        .with_context(|| format!("cannot read the log of `{}`", folder.display()))?;
    println!(
        "{} lines: {} permitted, {} refused; {} checkpoints",
        outcome.leaves, outcome.permitted, outcome.refused, outcome.checkpoints
    );
    println!("root {}", outcome.root);
    println!("key  {}", outcome.public_key);
    for problem in &outcome.problems {
        println!("problem: {problem}");
    }
    anyhow::ensure!(
        outcome.holds(),
        "the log in `{}` is not whole: {} problems",
        folder.display(),
        outcome.problems.len()
    );
    println!("the log is whole");
    Ok(())
}
