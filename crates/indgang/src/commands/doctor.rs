//! `indgang doctor`: what is configured, what is missing, which versions are in use.

use super::house;
use crate::data_folder::HouseFolder;
use crate::knowledge_folder::KnowledgeFolder;

/// Arguments of `doctor`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    house: HouseFolder,
    #[command(flatten)]
    knowledge: KnowledgeFolder,
}

/// Looks, changes nothing, and fails when something is broken.
pub fn run(arguments: Arguments) -> anyhow::Result<()> {
    println!("indgang {}", env!("CARGO_PKG_VERSION"));
    let knowledge = arguments.knowledge.open()?;
    match arguments.knowledge.path() {
        Some(path) => println!("\nKnowledge in `{}`", path.display()),
        None => println!("\nKnowledge (shipped)"),
    }
    for (name, version) in knowledge.versions() {
        println!("  {name:28} {version}");
    }
    knowledge.check()?;
    println!("  every part opens");
    println!("\nNot shipped, and used when imported (`indgang knowledge import`): REVEL, SpliceAI.");
    println!("A VCF whose annotation carries REVEL or SpliceAI is used as it is.");
    let place = arguments.house.place()?;
    println!("\nHouse in {place}");
    if !place.may_hold_a_house() {
        println!("  there is none yet; `indgang demo` or `indgang interpret` makes one");
        return Ok(());
    }
    house::runtime()?.block_on(async {
        let house = house::open(&place).await?;
        let state = indgang_service::doctor(&house).await?;
        let log = indgang_service::verify_log(&place.folder, &place.database, |_, _| {}).await?;
        house.close().await;
        println!(
            "  database                     {} ({}), schema {}",
            state.database, state.journal_mode, state.schema_version
        );
        println!(
            "  holds                        {} persons, {} users, {} cases ({} signed)",
            state.counts.persons, state.counts.users, state.counts.cases, state.counts.signed
        );
        println!(
            "  log                          {} lines, {}",
            log.leaves,
            if log.holds() { "whole" } else { "NOT whole" }
        );
        println!("  log key                      {}", state.log_public_key);
        anyhow::ensure!(log.holds(), "the log is not whole; see `indgang verify-log`");
        Ok(())
    })
}
