//! `indgang ingest`: registers come into the lake, and what was rejected is listed, mended and taken in again.

use super::house;
use crate::data_folder::HouseFolder;
use crate::progress;
use anyhow::Context as _;
use indgang_gate::UserId;
use indgang_lake::Limits;
use indgang_lake::house::{quarantine, quarantine_folder};
use indgang_model::SystemClock;
use indgang_service::{Delivery, House, Taken};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Arguments of `ingest`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Take a folder of register files in (bef.csv, lpr_adm.csv, lmdb.parquet …): all of it or nothing
    Registers {
        #[command(flatten)]
        house: HouseFolder,
        /// The folder
        folder: PathBuf,
        /// Let the tables of these registers begin anew, instead of adding to them
        #[arg(long)]
        replace: bool,
    },
    /// List the rows that could not be read, each with its reason and where they lie to be mended
    Quarantine {
        #[command(flatten)]
        house: HouseFolder,
    },
    /// Take a batch of mended rows in
    Retry {
        #[command(flatten)]
        house: HouseFolder,
        /// Its name, as `indgang ingest quarantine` lists it
        batch: String,
    },
    /// List the snapshots of the tables
    Snapshots {
        #[command(flatten)]
        house: HouseFolder,
    },
}

/// Does it.
pub fn run(arguments: Arguments) -> anyhow::Result<()> {
    let folder = match &arguments.action {
        Action::Registers { house, .. }
        | Action::Quarantine { house }
        | Action::Retry { house, .. }
        | Action::Snapshots { house } => house,
    };
    let place = folder.place()?;
    house::runtime()?.block_on(async {
        let opened = house::open(&place).await?;
        let done = act(&opened, arguments.action).await;
        opened.close().await;
        done
    })
}

async fn act(opened: &House, action: Action) -> anyhow::Result<()> {
    let lake = indgang_service::lake_folder(opened);
    match action {
        Action::Registers { folder, replace, .. } => {
            take(opened, &folder, replace).await?;
        }
        Action::Quarantine { .. } => {
            for batch in quarantine(&lake)? {
                println!("{}  {} rows", batch.batch, batch.reasons.len());
                batch.reasons.iter().take(20).for_each(|reason| println!("  {reason}"));
                if batch.reasons.len() > 20 {
                    println!("  … and {} more, in reasons.log", batch.reasons.len() - 20);
                }
                println!("  mend the files in `{}`,", lake.join("quarantine").join(&batch.batch).display());
                println!("  then: indgang ingest retry {}", batch.batch);
            }
        }
        Action::Retry { batch, .. } => {
            let folder = quarantine_folder(&lake, &batch).with_context(|| {
                format!("there is no batch `{batch}` in quarantine; see `indgang ingest quarantine`")
            })?;
            let taken = take(opened, &folder, false).await?;
            // What is still rejected lies in a batch of its own, unless nothing was mended.
            if taken.quarantine.as_deref() != Some(&batch) {
                indgang_service::forget_quarantine(opened, &batch)?;
            }
        }
        Action::Snapshots { .. } => {
            for snapshot in indgang_service::snapshots(opened).await? {
                println!("{}  {}  {}", snapshot.id, snapshot.made_at, snapshot.made_by);
            }
        }
    }
    Ok(())
}

async fn take(opened: &House, folder: &Path, replace: bool) -> anyhow::Result<Taken> {
    let bar = progress::bytes(0, "Registers");
    let moved = bar.clone();
    let delivery = Delivery {
        by: UserId(std::env::var("USER").unwrap_or_else(|_| "operator".to_owned())),
        folder: folder.to_owned(),
        replace,
        limits: Limits::default(),
    };
    let moving = Arc::new(move |done, total| {
        moved.set_length(total);
        moved.set_position(done);
    });
    let taken = indgang_service::ingest_registers(opened, &SystemClock, delivery, house::random()?, moving).await;
    bar.finish_and_clear();
    let taken = taken.context("nothing was taken in")?;
    tell(&taken);
    Ok(taken)
}

fn tell(taken: &Taken) {
    for file in &taken.files {
        match file.known {
            true => println!("{:16} {} was taken in before", file.register, file.file),
            false => println!("{:16} {:>12} rows, {} rejected", file.register, file.rows, file.rejected),
        }
        if !file.unknown.is_empty() {
            println!("{:16} columns left out that the register does not have: {}", "", file.unknown.join(", "));
        }
    }
    taken.others.iter().for_each(|name| println!("{:16} {name} is no register and was not read", "-"));
    let (persons, unlinked) = taken.persons;
    println!("persons          {persons:>12}");
    if unlinked > 0 {
        println!(
            "                 of {unlinked} the key is no CPR number: what citizens chose in this house does not reach them"
        );
    }
    match taken.snapshot {
        Some(id) => println!("snapshot         {id:>12}"),
        None => println!("nothing has changed"),
    }
    if let Some(batch) = &taken.quarantine {
        println!("quarantine       {batch}; see `indgang ingest quarantine`");
    }
}
