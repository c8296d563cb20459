//! Registers come into the lake: a batch, a snapshot, one transaction.

use crate::Error;
use indgang_gate::UserId;
use indgang_lake::house::{self as lake, Blinding, FileReport, Ingest, Manifest, Progress};
use indgang_lake::{LakeError, Limits};
use indgang_model::Clock;
use indgang_store::House;
use indgang_store::lake::{Snapshot, commit, secret, snapshot};
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
    /// What it may use.
    pub limits: Limits,
}

/// What became of a delivery.
#[derive(Debug, Clone)]
pub struct Taken {
    /// The snapshot that holds it; `None` when all of it had been taken in before.
    pub snapshot: Option<u64>,
    /// What became of each file.
    pub files: Vec<FileReport>,
    /// Files that hold no register.
    pub others: Vec<String>,
    /// The batch of rejected rows in quarantine.
    pub quarantine: Option<String>,
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
    let Delivery { by, folder: from, replace, limits } = delivery;
    let before_manifest = before.as_ref().map(read).transpose()?;
    let persons = before_manifest.as_ref().map_or((0, 0), |manifest| (manifest.persons, manifest.unlinked));
    let ingest = Ingest { folder: from, lake: folder, before: before_manifest, blinding, replace, limits };
    // Another batch waits until this one is committed: `ingested` holds the lake till then.
    let ingested = lake::ingest(ingest, progress).await?;
    let mut taken = Taken {
        snapshot: None,
        files: ingested.files.clone(),
        others: ingested.others.clone(),
        quarantine: ingested.quarantine.clone(),
        persons,
    };
    if let Some(manifest) = &ingested.manifest {
        let id = before.map_or(1, |before| before.id + 1);
        commit(house, &Snapshot { id, made_at: clock.now(), made_by: by.0, manifest: manifest.to_text() }).await?;
        taken.snapshot = Some(id);
        taken.persons = (manifest.persons, manifest.unlinked);
    }
    drop(ingested);
    Ok(taken)
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
