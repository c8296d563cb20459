//! `indgang catalogue`: what the tables of the lake are. It holds no person's data.

use super::house;
use crate::configuration::Configuration;
use crate::data_folder::HouseFolder;
use anyhow::Context as _;
use indgang_service::{Catalogue, RowCount};
use std::path::PathBuf;

/// Arguments of `catalogue`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    house: HouseFolder,
    /// For people, or HealthDCAT-AP in JSON-LD for catalogues that gather others'
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
    /// Configuration with who publishes the catalogue [default: `indgang.toml` in the data folder]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Words that a table's description must hold
    words: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    Table,
    JsonLd,
}

/// Describes them.
pub fn run(arguments: Arguments) -> anyhow::Result<()> {
    let place = arguments.house.existing()?;
    let mut catalogue = house::runtime()?.block_on(async {
        let opened = house::open(&place).await?;
        let catalogue = indgang_service::catalogue(&opened).await;
        opened.close().await;
        catalogue.context("the catalogue cannot be read")
    })?;
    catalogue.tables.retain(|table| table.matches(&arguments.words.join(" ")));
    match arguments.format {
        Format::Table => print(&catalogue),
        Format::JsonLd => {
            let publisher = Configuration::read(arguments.config.as_deref(), &place.folder)?.catalogue.with_context(
                || "who publishes the catalogue is not told; add [catalogue] to indgang.toml (docs/reference/lake.md)",
            )?;
            println!("{}", serde_json::to_string_pretty(&indgang_service::to_json_ld(&catalogue, &publisher))?);
        }
    }
    Ok(())
}

fn print(catalogue: &Catalogue) {
    for table in &catalogue.tables {
        println!("{} – {}", table.name, table.means_en);
        match table.said {
            Some(said) => {
                let until = said.until.map_or_else(String::new, |until| until.to_string());
                println!("  {}, {}–{until}. {}", said.holder, said.from, said.quality.en);
            }
            None => println!("  OMOP CDM 5.4, delivered by {}", table.sources.join(", ")),
        }
        println!(
            "  rows: {}",
            match table.rows {
                RowCount::None => "nothing taken in".to_owned(),
                RowCount::Few => "too few to tell".to_owned(),
                RowCount::About(rows) => format!("about {rows}"),
            }
        );
        for column in &table.columns {
            println!("  {:22} {:8} {}", column.name, column.datatype, column.means_en);
        }
        println!();
    }
}
