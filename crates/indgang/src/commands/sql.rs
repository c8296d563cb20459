//! `indgang sql`: a question about everybody in the registers.

use super::cluster::KeyArguments;
use super::house;
use crate::configuration::Configuration;
use crate::data_folder::HouseFolder;
use anyhow::Context as _;
use indgang_gate::UserId;
use indgang_lake::{Limits, to_table, write_csv, write_file};
use indgang_model::{CaseId, PermitId, Purpose, SystemClock};
use indgang_service::{Queried, Query};
use std::path::PathBuf;
use std::time::Duration;

/// Arguments of `sql`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    house: HouseFolder,
    /// The user who asks
    #[arg(long = "as", value_name = "USER")]
    user: String,
    /// Why, as the log writes it
    #[arg(long, value_name = "WORD", value_parser = super::decide::word::<Purpose>)]
    purpose: Purpose,
    /// The permit she works under
    #[arg(long, value_name = "PERMIT")]
    permit: Option<String>,
    /// The case that the question serves
    #[arg(long, value_name = "CASE")]
    case: Option<String>,
    /// An earlier snapshot of the tables [default: the present one]
    #[arg(long, value_name = "NUMBER")]
    snapshot: Option<u64>,
    /// How the answer is written on standard output
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
    /// A file for the answer, as CSV, or as Parquet when its name ends so
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// The most seconds it may take
    #[arg(long, value_name = "SECONDS", default_value_t = 600)]
    seconds: u64,
    /// The most memory it may use, in MiB; more is spilled to disk
    #[arg(long, value_name = "MIB", default_value_t = 2048)]
    memory: usize,
    /// The scheduler of the cluster that works it out [default: `cluster` in the configuration, else this process]
    #[arg(long, value_name = "HOST:PORT")]
    cluster: Option<String>,
    #[command(flatten)]
    key: KeyArguments,
    /// Configuration [default: `indgang.toml` in the data folder]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The question [default: lists the open tables and columns]
    sql: Option<String>,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Format {
    Table,
    Csv,
}

/// Asks. The passage stands in the log.
pub fn run(arguments: Arguments) -> anyhow::Result<()> {
    let place = arguments.house.existing()?;
    let configuration = Configuration::read(arguments.config.as_deref(), &place.folder)?;
    let cluster = arguments.key.cluster(arguments.cluster.as_deref(), &configuration)?;
    let limits = Limits {
        cluster,
        time: Duration::from_secs(arguments.seconds),
        memory: arguments.memory.saturating_mul(1 << 20),
        ..Limits::default()
    };
    let query = Query {
        user: UserId(arguments.user),
        purpose: arguments.purpose,
        permit: arguments.permit.map(PermitId),
        case: arguments.case.map(CaseId),
        asked_by: Some(asked_by()),
        sql: arguments.sql,
        snapshot: arguments.snapshot,
        limits,
    };
    let queried = house::runtime()?.block_on(async {
        let opened = house::open(&place).await?;
        let random = [house::random()?, house::random()?];
        let queried = indgang_service::query(&opened, &SystemClock, &query, random).await;
        opened.close().await;
        queried.context("no answer")
    })?;
    print(&queried, arguments.format, arguments.out.as_deref())
}

/// Who puts a question on the command line.
pub(super) fn asked_by() -> String {
    format!("command line of {}", std::env::var("USER").unwrap_or_else(|_| "operator".to_owned()))
}

fn print(queried: &Queried, format: Format, out: Option<&std::path::Path>) -> anyhow::Result<()> {
    let Some(answer) = &queried.answer else {
        for (table, columns) in &queried.tables {
            println!("{table}");
            columns.iter().for_each(|(name, means)| println!("  {name:20} {means}"));
        }
        return Ok(());
    };
    match (out, format) {
        (Some(path), _) => write_file(&answer.rows, path)?,
        (None, Format::Csv) => write_csv(&answer.rows, &mut std::io::stdout().lock())?,
        (None, Format::Table) => println!("{}", to_table(&answer.rows)?),
    }
    remarks(queried);
    Ok(())
}

/// Says beside an answer what was done with it, and where it stands in the log.
pub(super) fn remarks(queried: &Queried) {
    let Some(answer) = &queried.answer else { return };
    if answer.left_out {
        eprintln!(
            "some cells are left out: they are about fewer than {} persons, one person makes up most of them, or they \
             could tell of such cells by difference",
            answer.minimum
        );
    }
    if answer.perturbed {
        eprintln!("counts are rounded or have noise, as the permit says; the same cell is always told the same");
    }
    eprintln!(
        "{} ({}), log {}, snapshot {}",
        queried.rule.rule, queried.rule.paragraph, queried.log_index, queried.snapshot
    );
}
