//! The binary: command line, configuration, wiring. The only crate that sees everything.

mod commands;
mod configuration;
mod data_folder;
mod demo_files;
mod knowledge_folder;
mod output;
mod progress;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// One secure entrance to health data for personalised medicine.
#[derive(Debug, Parser)]
#[command(name = "indgang", version, about, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make the demo house, interpret its families and open the portal
    Demo(commands::demo::Arguments),
    /// Interpret one family: variants, pedigree, signs and wishes in; a ranked and explained report out
    Interpret(Box<commands::interpret::Arguments>),
    /// What the variants of a VCF do to genes: consequence, HGVS, haplotypes, VRS identifiers
    Annotate(commands::annotate::Arguments),
    /// Pharmacogenomics of a VCF: alleles, phenotypes, recommendations by drug, and a check of the medicine list
    Pgx(commands::pgx::Arguments),
    /// Every candidate by mode of inheritance, without phenotype, as JSON lines
    Inheritance(commands::inheritance::Arguments),
    /// Rank diseases by signs alone for many phenopackets, as JSON lines
    Rank(commands::rank::RankArgs),
    /// Make up a Danish population in the tables of its registers
    Synth(commands::synth::Arguments),
    /// Open the portal of a house
    Serve(commands::serve::Arguments),
    /// Take a user's access away, or give it back
    User(commands::user::Arguments),
    /// Check that the log of a house is whole
    VerifyLog(commands::verify_log::Arguments),
    /// Say how long lines of the log are kept, and erase those that were
    Retention(commands::retention::Arguments),
    /// Bring the tables of a house up to date
    Migrate(commands::migrate::Arguments),
    /// Write a house into one file while it is in use
    Backup(commands::backup::Arguments),
    /// Bring a house up out of such a file, on either database
    Restore(commands::restore::Arguments),
    /// Say what the rules would answer somebody about a person, now or at an earlier time
    Decide(commands::decide::Arguments),
    /// Hold declared treatments that wait for the registers against them
    FollowUp(commands::follow_up::Arguments),
    /// Make releases of the knowledge from publishers' files
    Knowledge(commands::knowledge::Arguments),
    /// Hold the stored cases against a new release of the knowledge, and tell what changes
    Reanalyse(commands::reanalyse::Arguments),
    /// Who belongs to a cohort, from registers to a list; and the house's own cohort
    Cohort(commands::cohort::Arguments),
    /// Take registers into the lake
    Ingest(commands::ingest::Arguments),
    /// Check and add questionnaires (FHIR) that citizens can be asked
    Questionnaire(commands::questionnaire::Arguments),
    /// Put small files of the lake together, and clean away what is no longer needed
    Lake(commands::lake::Arguments),
    /// Enter a permit to use data for research, statistics or planning
    Permit(commands::permit::Arguments),
    /// Enter who acts for an adult by law, or consents in a treatment situation, and end it
    Guardian(commands::guardian::Arguments),
    /// Ask of everybody in the registers, in SQL, for a purpose and under a permit
    Sql(commands::sql::Arguments),
    /// Write what a permit opens of rows, as OMOP CDM 5.4
    Export(commands::export::Arguments),
    /// Describe the tables of the lake, for people or as HealthDCAT-AP
    Catalogue(commands::catalogue::Arguments),
    /// Work on questions to the registers with several processes
    Cluster(commands::cluster::Arguments),
    /// Register systems that may ask for access decisions over HTTP
    System(commands::system::Arguments),
    /// Tables of FHIR files that you hold yourself, by ViewDefinitions of SQL on FHIR
    View(commands::view::Arguments),
    /// Say what is configured, what is missing and which versions are in use
    Doctor(commands::doctor::Arguments),
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_env("INDGANG_LOG")
                .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn")),
        )
        .with_writer(std::io::stderr)
        .init();
    let outcome = match cli.command {
        Command::Demo(arguments) => commands::demo::run(arguments),
        Command::Interpret(arguments) => commands::interpret::run(*arguments),
        Command::Annotate(arguments) => commands::annotate::run(arguments),
        Command::Pgx(arguments) => commands::pgx::run(arguments),
        Command::Inheritance(arguments) => commands::inheritance::run(arguments),
        Command::Rank(arguments) => commands::rank::run(arguments),
        Command::Synth(arguments) => commands::synth::run(arguments),
        Command::Serve(arguments) => commands::serve::run(arguments),
        Command::User(arguments) => commands::user::run(arguments),
        Command::VerifyLog(arguments) => commands::verify_log::run(arguments),
        Command::Retention(arguments) => commands::retention::run(arguments),
        Command::Migrate(arguments) => commands::migrate::run(arguments),
        Command::Backup(arguments) => commands::backup::run(arguments),
        Command::Restore(arguments) => commands::restore::run(arguments),
        Command::Decide(arguments) => commands::decide::run(arguments),
        Command::FollowUp(arguments) => commands::follow_up::run(arguments),
        Command::Knowledge(arguments) => commands::knowledge::run(arguments),
        Command::Reanalyse(arguments) => commands::reanalyse::run(arguments),
        Command::Cohort(arguments) => commands::cohort::run(arguments),
        Command::Ingest(arguments) => commands::ingest::run(arguments),
        Command::Questionnaire(arguments) => commands::questionnaire::run(arguments),
        Command::Lake(arguments) => commands::lake::run(arguments),
        Command::Permit(arguments) => commands::permit::run(arguments),
        Command::Guardian(arguments) => commands::guardian::run(arguments),
        Command::Sql(arguments) => commands::sql::run(arguments),
        Command::Export(arguments) => commands::export::run(arguments),
        Command::Catalogue(arguments) => commands::catalogue::run(arguments),
        Command::Cluster(arguments) => commands::cluster::run(arguments),
        Command::System(arguments) => commands::system::run(arguments),
        Command::View(arguments) => commands::view::run(arguments),
        Command::Doctor(arguments) => commands::doctor::run(arguments),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("indgang: {error:#}");
            ExitCode::FAILURE
        }
    }
}
