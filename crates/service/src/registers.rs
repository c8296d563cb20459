//! Registers come into the lake: a batch, a snapshot, one transaction.

use crate::{Error, ask};
use indgang_gate::{Activity, Delivered, Grounds, Request, UserId};
use indgang_lake::house::{self as lake, Blinding, FileReport, Ingest, Manifest, OmopSource, Progress};
use indgang_lake::{LakeError, Limits};
use indgang_model::{Clock, Purpose};
use indgang_store::House;
use indgang_store::lake::{Snapshot, secret, snapshot};
use std::collections::BTreeSet;
use std::path::PathBuf;

/// What is delivered.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// Who takes it in.
    pub by: UserId,
    /// The folder of register files.
    pub folder: PathBuf,
    /// True when the tables of these registers begin anew.
    pub replace: bool,
    /// Whose tables of OMOP they are; `None` for the Danish registers.
    pub omop: Option<OmopSource>,
    /// What it may use.
    pub limits: Limits,
}

/// What became of a delivery.
#[derive(Debug, Clone)]
pub struct Taken {
    /// The snapshot that holds it; `None` when all of it had been taken in before.
    pub snapshot: Option<u64>,
    /// Index of its line in the log.
    pub log_index: Option<u64>,
    /// What became of each file.
    pub files: Vec<FileReport>,
    /// Files that hold no register.
    pub others: Vec<String>,
    /// The batch of rejected rows in quarantine.
    pub quarantine: Option<String>,
    /// How many concepts of a vocabulary OMOP's concept ids were held against; `None` when there was none.
    pub vocabulary: Option<u64>,
    /// Persons in the lake, and those of them whose key is no CPR number.
    pub persons: (u32, u32),
}

/// The lake's folder in a house.
pub fn lake_folder(house: &House) -> PathBuf {
    house.folder().join("lake")
}

/// Takes registers in: all of them or none. `random` are 32 secret random bytes, for the key of a house that has none.
///
/// # Errors
/// [`Error::Lake`] when a file cannot be read, or when the store fails.
pub async fn ingest_registers(
    house: &House,
    clock: &dyn Clock,
    delivery: Delivery,
    random: [u8; 32],
    progress: Progress,
) -> Result<Taken, Error> {
    let folder = lake_folder(house);
    let known: Vec<Manifest> = snapshots(house).await?.iter().map(read).collect::<Result<_, _>>()?;
    lake::clean(&folder, &known)?;
    let before = snapshot(house, None).await?;
    let blinding = Blinding::new(&secret(house, "persons", random).await?);
    let Delivery { by, folder: from, replace, omop, limits } = delivery;
    let before_manifest = before.as_ref().map(read).transpose()?;
    let persons = before_manifest.as_ref().map_or((0, 0), |manifest| (manifest.persons, manifest.unlinked));
    let ingest = Ingest { folder: from, lake: folder, before: before_manifest, blinding, replace, omop, limits };
    // Another batch waits until this one is committed: `ingested` holds the lake till then.
    let ingested = lake::ingest(ingest, progress).await?;
    let mut taken = Taken {
        snapshot: None,
        log_index: None,
        files: ingested.files.clone(),
        others: ingested.others.clone(),
        quarantine: ingested.quarantine.clone(),
        vocabulary: ingested.vocabulary,
        persons,
    };
    if let Some(manifest) = &ingested.manifest {
        let id = before.map_or(1, |before| before.id + 1);
        let made = Snapshot { id, made_at: clock.now(), made_by: by.0.clone(), manifest: manifest.to_text() };
        taken.log_index = Some(enter(house, by, delivered(manifest, &ingested.files), &made).await?);
        taken.snapshot = Some(id);
        taken.persons = (manifest.persons, manifest.unlinked);
    }
    drop(ingested);
    Ok(taken)
}

/// Puts the small files of each table together, as a snapshot of its own. The tables, each with how many files it had;
/// earlier snapshots keep their files until [`clean_lake`] forgets them.
///
/// # Errors
/// [`Error::Lake`] when there is no lake, a file is damaged or the disk is full, or when the store fails.
pub async fn compact_lake(
    house: &House,
    clock: &dyn Clock,
    by: UserId,
    limits: &Limits,
) -> Result<Vec<(String, usize)>, Error> {
    let (last, manifest) = manifest_of(house, None).await?;
    let compacted = lake::compact(&lake_folder(house), &manifest, limits).await?;
    if let Some(manifest) = &compacted.manifest {
        let (made_at, made_by) = (clock.now(), by.0.clone());
        let made = Snapshot { id: last + 1, made_at, made_by, manifest: manifest.to_text() };
        enter(house, by, Vec::new(), &made).await?;
    }
    Ok(compacted.tables)
}

/// Forgets all but the newest `keep` snapshots, none when that is `None`, and removes files that no snapshot names: what
/// they held, and what a killed batch left. How many snapshots, and how many files.
///
/// # Errors
/// [`Error::Lake`] when a batch is being taken in, or when the store fails.
pub async fn clean_lake(house: &House, keep: Option<u64>) -> Result<(u64, usize), Error> {
    let last = snapshot(house, None).await?.map_or(0, |last| last.id);
    let forgotten = match keep {
        Some(keep) => indgang_store::lake::forget_before(house, (last + 1).saturating_sub(keep.max(1))).await?,
        None => 0,
    };
    let known: Vec<Manifest> = snapshots(house).await?.iter().map(read).collect::<Result<_, _>>()?;
    Ok((forgotten, lake::clean(&lake_folder(house), &known)?))
}

/// The line in the log and the snapshot, in one transaction. The line's index.
async fn enter(house: &House, by: UserId, delivered: Vec<Delivered>, made: &Snapshot) -> Result<u64, Error> {
    let request = Request {
        actor: ask::engineer(by),
        activity: Activity::Ingest,
        purpose: Purpose::OversightAndAdministration,
        categories: BTreeSet::new(),
        subjects: BTreeSet::new(),
        case: None,
        grounds: Grounds { delivered, ..Grounds::default() },
        at: made.made_at,
    };
    let mut passage = house.passage().await?;
    let facts = passage.facts(&request).await?;
    let mut logged = ask::log(passage, &request, &facts).await?;
    if let Some(mut writer) = logged.writer().await? {
        writer.add_snapshot(made).await?;
    }
    let (grant, _) = ask::answer(logged.commit(request.at).await?)?;
    Ok(grant.log_index())
}

fn delivered(manifest: &Manifest, files: &[FileReport]) -> Vec<Delivered> {
    let fresh = files.iter().filter(|file| !file.known);
    fresh
        .map(|file| Delivered {
            register: file.register.to_owned(),
            // The part of a file is the last of its table; a file without rows has none.
            sha256: manifest
                .tables
                .get(file.register)
                .and_then(|parts| parts.iter().rev().find(|part| part.source == file.file))
                .map_or_else(String::new, |part| part.sha256.clone()),
            rows: file.rows,
            rejected: file.rejected,
        })
        .collect()
}

/// Every snapshot, the oldest first.
///
/// # Errors
/// When the store fails.
pub async fn snapshots(house: &House) -> Result<Vec<Snapshot>, Error> {
    Ok(indgang_store::lake::snapshots(house).await?)
}

/// Takes a batch out of quarantine, after its rows have been taken in.
///
/// # Errors
/// When it cannot be removed.
pub fn forget_quarantine(house: &House, batch: &str) -> Result<(), Error> {
    Ok(lake::forget(&lake_folder(house), batch)?)
}

/// A snapshot's number and manifest.
pub(crate) async fn manifest_of(house: &House, id: Option<u64>) -> Result<(u64, Manifest), Error> {
    let found = snapshot(house, id).await?;
    let none = || match id {
        Some(id) => LakeError::NotAllowed(format!("there is no snapshot {id}; see `indgang ingest snapshots`")),
        None => {
            LakeError::NotAllowed("the lake is empty; take registers in with `indgang ingest registers DIR`".to_owned())
        }
    };
    let found = found.ok_or_else(none)?;
    Ok((found.id, read(&found)?))
}

fn read(snapshot: &Snapshot) -> Result<Manifest, Error> {
    let damaged = || LakeError::Damaged(format!("snapshot {}", snapshot.id));
    Ok(Manifest::from_text(&snapshot.manifest).ok_or_else(damaged)?)
}
