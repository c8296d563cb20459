//! `indgang verify-log`: is the log whole?

use super::house;
use crate::data_folder::HouseFolder;
use anyhow::Context as _;

/// Arguments of `verify-log`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    house: HouseFolder,
}

/// Reads every leaf and checkpoint; fails when something does not hold.
pub fn run(arguments: Arguments) -> anyhow::Result<()> {
    let place = arguments.house.existing()?;
    let bar = crate::progress::lines("verifying the log");
    let progress = |done, total| {
        bar.set_length(total);
        bar.set_position(done);
    };
    let outcome = house::runtime()?
        .block_on(indgang_service::verify_log(&place.folder, &place.database, progress))
        .with_context(|| format!("cannot read the log of `{place}`"))?;
    bar.finish_and_clear();
    println!(
        "{} lines: {} permitted, {} refused; {} checkpoints",
        outcome.leaves, outcome.permitted, outcome.refused, outcome.checkpoints
    );
    if outcome.erased > 0 {
        println!("{} lines erased since they had been kept long enough", outcome.erased);
    }
    println!("root {}", outcome.root);
    println!("key  {}", outcome.public_key);
    for problem in &outcome.problems {
        println!("problem: {problem}");
    }
    anyhow::ensure!(outcome.holds(), "the log in `{place}` is not whole: {} problems", outcome.problems.len());
    println!("the log is whole");
    Ok(())
}
