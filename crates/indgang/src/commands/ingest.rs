//! `indgang ingest`: registers come into the lake and FHIR resources into the records; what was rejected is listed, mended
//! and taken in again.

use super::house::{self, OperatorArguments};
use crate::data_folder::HouseFolder;
use crate::progress;
use anyhow::Context as _;
use indgang_gate::UserId;
use indgang_lake::Limits;
use indgang_lake::house::{OmopSource, omop_source, quarantine, quarantine_folder, rejected_resources};
use indgang_model::{PersonId, SystemClock};
use indgang_service::{Delivery, Format, House, Kept, ResourceDelivery, Taken, TakenResources};
use indgang_sources::quality::Mapping;
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
    /// Take a folder of OMOP CDM 5.4 tables in (person.csv, condition_occurrence.parquet …): all of it or nothing
    Omop {
        #[command(flatten)]
        house: HouseFolder,
        /// The folder; a table `concept` in it is what concept ids are held against
        folder: PathBuf,
        /// Who delivers them: an id means something within a source only
        #[arg(long, value_name = "NAME", value_parser = source_name)]
        source: String,
        /// Let these tables of the source begin anew
        #[arg(long)]
        replace: bool,
    },
    /// Take FHIR R4 resources in (NDJSON, a Bundle or one resource; plain, gzip, xz or zstd): each file all of it or nothing
    Fhir(Files),
    /// Take patient-reported outcomes in (FHIR Questionnaire and QuestionnaireResponse): checked against their
    /// questionnaire, with the scores that it calculates
    Pro(Files),
    /// Take LPR3 documents in (CDA of the National Patient Register), one a file: new, corrected or removed contacts
    Lpr3(Files),
    /// Take answers of the Shared Medication Record (FMK) in: medicine cards, medications, prescriptions
    Fmk(Files),
    /// Take data points of Open mHealth in (JSON of wearables and home measurements), as the citizen's who donates them
    Wearable {
        #[command(flatten)]
        files: Files,
        /// Whose they are, by her id in the house [default: each `user_id` as it is known in the source]
        #[arg(long, value_name = "PERSON")]
        person: Option<String>,
    },
    /// Take metadata of DICOM in (JSON of DICOMweb), as an index of images
    Imaging(Files),
    /// Take samples of a biobank in (MIABIS: sample, donor, event), as delimited text or JSON
    Biobank(Files),
    /// Take registrations of a clinical quality database in (SundK): FHIR QuestionnaireResponses, or a table with a mapping
    Quality {
        #[command(flatten)]
        files: Files,
        /// What the columns of the table are (TOML); without it the files are FHIR
        #[arg(long, value_name = "MAPPING.toml")]
        mapping: Option<PathBuf>,
        /// A list of codes that the mapping's `code_set`s name: tab-separated, with the columns set, code and display
        #[arg(long, value_name = "FILE", requires = "mapping")]
        codes: Option<PathBuf>,
    },
    /// List what could not be taken in, each with its reason and where it lies to be mended
    Quarantine {
        #[command(flatten)]
        house: HouseFolder,
    },
    /// Take a batch of mended rows or resources in
    Retry {
        #[command(flatten)]
        house: HouseFolder,
        #[command(flatten)]
        operator: OperatorArguments,
        /// Its name, as `indgang ingest quarantine` lists it
        batch: String,
    },
    /// List the snapshots of the tables
    Snapshots {
        #[command(flatten)]
        house: HouseFolder,
    },
}

/// Files that one source delivers.
#[derive(Debug, clap::Args)]
struct Files {
    #[command(flatten)]
    house: HouseFolder,
    #[command(flatten)]
    operator: OperatorArguments,
    /// The files
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// Who delivers them: an id means something within a source only
    #[arg(long, value_name = "NAME")]
    source: String,
}

/// Does it.
pub fn run(arguments: Arguments) -> anyhow::Result<()> {
    let folder = match &arguments.action {
        Action::Registers { house, .. }
        | Action::Omop { house, .. }
        | Action::Fhir(Files { house, .. })
        | Action::Pro(Files { house, .. })
        | Action::Lpr3(Files { house, .. })
        | Action::Fmk(Files { house, .. })
        | Action::Wearable { files: Files { house, .. }, .. }
        | Action::Imaging(Files { house, .. })
        | Action::Biobank(Files { house, .. })
        | Action::Quality { files: Files { house, .. }, .. }
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
            take(opened, &folder, replace, None).await?;
        }
        Action::Omop { folder, source, replace, .. } => {
            take(opened, &folder, replace, Some(OmopSource { name: source, again: false })).await?;
        }
        Action::Fhir(files) => resources(opened, Format::Fhir, &files, None).await?,
        Action::Pro(files) => resources(opened, Format::Pro, &files, None).await?,
        Action::Lpr3(files) => resources(opened, Format::Lpr3, &files, None).await?,
        Action::Fmk(files) => resources(opened, Format::Fmk, &files, None).await?,
        Action::Wearable { files, person } => resources(opened, Format::Wearable, &files, person.map(PersonId)).await?,
        Action::Imaging(files) => resources(opened, Format::Imaging, &files, None).await?,
        Action::Biobank(files) => resources(opened, Format::Biobank, &files, None).await?,
        Action::Quality { files, mapping, codes } => {
            let mapping = mapping.map(|path| Mapping::read(&path, codes.as_deref())).transpose()?;
            resources(opened, Format::Quality(mapping.map(Arc::new)), &files, None).await?;
        }
        Action::Quarantine { .. } => {
            for batch in quarantine(&lake)? {
                println!("{}  {} rejected", batch.batch, batch.reasons.len());
                batch.reasons.iter().take(20).for_each(|reason| println!("  {reason}"));
                if batch.reasons.len() > 20 {
                    println!("  … and {} more, in reasons.log", batch.reasons.len() - 20);
                }
                println!("  mend the files in `{}`,", lake.join("quarantine").join(&batch.batch).display());
                println!("  then: indgang ingest retry {}", batch.batch);
            }
        }
        Action::Retry { operator, batch, .. } => {
            let folder = quarantine_folder(&lake, &batch).with_context(|| {
                format!("there is no batch `{batch}` in quarantine; see `indgang ingest quarantine`")
            })?;
            if let Some((file, source, quality)) = rejected_resources(&folder) {
                // What was mended is held against the questionnaires that are known.
                let format = if quality { Format::Quality(None) } else { Format::Pro };
                let delivery = ResourceDelivery { file, format, source, person: None, again: true };
                let (operator, random) = (operator.operator(), house::random()?);
                let taken = indgang_service::ingest_resources(opened, &SystemClock, &operator, &delivery, random).await;
                let taken = taken.context("nothing was taken in")?;
                tell_resources(&batch, &taken);
                if taken.quarantine.as_deref() != Some(&batch) {
                    indgang_service::forget_quarantine(opened, &batch)?;
                }
                return Ok(());
            }
            let omop = omop_source(&folder).map(|name| OmopSource { name, again: true });
            let taken = take(opened, &folder, false, omop).await?;
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

/// Each file is a batch of its own: one that cannot be taken in does not keep the others out.
async fn resources(opened: &House, format: Format, arguments: &Files, person: Option<PersonId>) -> anyhow::Result<()> {
    let Files { operator, files, source, .. } = arguments;
    let mut failed = 0;
    for file in files {
        let delivery = ResourceDelivery {
            file: file.clone(),
            format: format.clone(),
            source: source.clone(),
            person: person.clone(),
            again: false,
        };
        let operator = operator.operator();
        let taken =
            indgang_service::ingest_resources(opened, &SystemClock, &operator, &delivery, house::random()?).await;
        match taken {
            Ok(taken) => tell_resources(&file.display().to_string(), &taken),
            Err(error) if files.len() == 1 => {
                return Err(anyhow::Error::new(error).context(format!("nothing of `{}` was taken in", file.display())));
            }
            Err(error) => {
                failed += 1;
                eprintln!("nothing of `{}` was taken in: {error}", file.display());
            }
        }
    }
    anyhow::ensure!(failed == 0, "{failed} of {} files were not taken in; the others were", files.len());
    Ok(())
}

fn tell_resources(what: &str, taken: &TakenResources) {
    let Kept { new, changed, same } = taken.kept;
    match taken.known {
        true => println!("{what}: was taken in before, nothing has changed"),
        false => {
            let (persons, fresh) = taken.persons;
            let removed = match taken.removed {
                0 => String::new(),
                count => format!(", {count} removed"),
            };
            println!(
                "{what}: {new} new, {changed} new versions, {same} known{removed}; {persons} persons, {fresh} of them new"
            );
        }
    }
    if let Some(batch) = &taken.quarantine {
        println!("  {} rejected, in quarantine {batch}; see `indgang ingest quarantine`", taken.rejected);
    }
}

/// A source's name begins the names of its files, and ends at the first slash there.
fn source_name(text: &str) -> Result<String, String> {
    match text.is_empty() || text.contains(['/', '\u{1f}', '\n']) {
        true => Err("a source's name is not empty and has no `/`".to_owned()),
        false => Ok(text.to_owned()),
    }
}

async fn take(opened: &House, folder: &Path, replace: bool, omop: Option<OmopSource>) -> anyhow::Result<Taken> {
    let of_omop = omop.is_some();
    let bar = progress::bytes(0, if of_omop { "OMOP" } else { "Registers" });
    let moved = bar.clone();
    let delivery = Delivery {
        by: UserId(std::env::var("USER").unwrap_or_else(|_| "operator".to_owned())),
        folder: folder.to_owned(),
        replace,
        omop,
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
    if of_omop && taken.snapshot.is_some() {
        match taken.vocabulary {
            Some(concepts) => println!("concepts         {concepts:>12}, held against"),
            None => println!("there is no table `concept` in the folder: concept ids were not held against any"),
        }
    }
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
        for (column, rows) in &file.concepts {
            println!("{:16} {rows} rows with a concept in `{column}` that `concept` does not have; they are kept", "");
        }
    }
    taken.others.iter().for_each(|name| println!("{:16} {name} is no table that is taken in, and was not read", "-"));
    let (persons, unlinked) = taken.persons;
    println!("persons          {persons:>12}");
    if unlinked > 0 {
        println!(
            "                 of {unlinked} the key is no CPR number: what citizens chose in this house does not reach them"
        );
    }
    match taken.snapshot {
        Some(id) => {
            println!("snapshot         {id:>12}");
            taken.log_index.iter().for_each(|index| println!("line of the log  {index:>12}"));
        }
        None => println!("nothing has changed"),
    }
    if let Some(batch) = &taken.quarantine {
        println!("quarantine       {batch}; see `indgang ingest quarantine`");
    }
}
