//! `indgang export`: what a permit opens of rows, as files in a shape that others read.

use super::house;
use crate::data_folder::HouseFolder;
use anyhow::Context as _;
use indgang_gate::UserId;
use indgang_lake::Limits;
use indgang_model::{PermitId, Purpose, SystemClock};
use indgang_service::{ExportedOmop, Query};
use std::path::PathBuf;
use std::time::Duration;

/// Arguments of `export`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    shape: Shape,
}

#[derive(Debug, clap::Subcommand)]
enum Shape {
    /// OMOP CDM 5.4: its tables as they were taken in, and rows of the Danish registers in its columns
    Omop(OmopArguments),
}

#[derive(Debug, clap::Args)]
struct OmopArguments {
    #[command(flatten)]
    house: HouseFolder,
    /// The user who asks
    #[arg(long = "as", value_name = "USER")]
    user: String,
    /// Why, as the log writes it
    #[arg(long, value_name = "WORD", value_parser = super::decide::word::<Purpose>)]
    purpose: Purpose,
    /// The permit she works under; it must open rows
    #[arg(long, value_name = "PERMIT")]
    permit: String,
    /// An earlier snapshot of the tables [default: the present one]
    #[arg(long, value_name = "NUMBER")]
    snapshot: Option<u64>,
    /// The folder, which must not exist yet
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// How the tables are written
    #[arg(long, value_enum, default_value = "csv")]
    format: Format,
    /// The most seconds it may take
    #[arg(long, value_name = "SECONDS", default_value_t = 3600)]
    seconds: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    Csv,
    Parquet,
}

/// Exports. The passage stands in the log.
pub fn run(arguments: Arguments) -> anyhow::Result<()> {
    let Shape::Omop(arguments) = arguments.shape;
    let place = arguments.house.existing()?;
    let operator = std::env::var("USER").unwrap_or_else(|_| "operator".to_owned());
    let query = Query {
        user: UserId(arguments.user),
        purpose: arguments.purpose,
        permit: Some(PermitId(arguments.permit)),
        case: None,
        asked_by: Some(format!("command line of {operator}")),
        sql: None,
        snapshot: arguments.snapshot,
        limits: Limits { time: Duration::from_secs(arguments.seconds), ..Limits::default() },
    };
    let parquet = arguments.format == Format::Parquet;
    let exported = house::runtime()?.block_on(async {
        let opened = house::open(&place).await?;
        let random = [house::random()?, house::random()?];
        let exported =
            indgang_service::export_omop(&opened, &SystemClock, &query, &arguments.out, parquet, random).await;
        opened.close().await;
        exported.context("nothing was exported")
    })?;
    tell(&exported);
    Ok(())
}

fn tell(exported: &ExportedOmop) {
    for table in &exported.tables {
        let of = match table.of.is_empty() {
            true => String::new(),
            false => format!(", with those of {}", table.of.join(", ")),
        };
        println!("{:22} {:>12} rows{of}", table.table, table.rows);
        if !table.empty.is_empty() {
            println!(
                "{:22} empty, since the permit does not open them or they are not kept: {}",
                "",
                table.empty.join(", ")
            );
        }
    }
    eprintln!(
        "{} ({}), log {}, snapshot {}",
        exported.rule.rule, exported.rule.paragraph, exported.log_index, exported.snapshot
    );
}
