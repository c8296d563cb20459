//! `indgang knowledge`: releases of the knowledge of the user's own.

mod build;
mod import;

pub use import::scores;

/// Arguments of `knowledge`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Make a release of publishers' files: checked, in a folder of its own, with what differs from the last
    Build(Box<build::Arguments>),
    /// Take in scores of predictors that may not ship (REVEL, SpliceAI), for `interpret --scores`
    Import(import::Arguments),
}

/// Runs the command.
pub fn run(arguments: Arguments) -> anyhow::Result<()> {
    match arguments.command {
        Command::Build(arguments) => build::run(*arguments),
        Command::Import(arguments) => import::run(arguments),
    }
}
