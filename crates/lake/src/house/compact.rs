//! Small files become one: many deliveries leave many files a table, and each costs a question its opening.

use super::folder::{create_private, lock};
use super::ingest::sort;
use super::keys::Blinded;
use super::manifest::{Manifest, Part, Source};
use crate::LakeError;
use crate::registers::Register;
use crate::session::Limits;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

/// What became of a lake.
#[derive(Debug)]
pub struct Compacted {
    /// The next snapshot; `None` when there is nothing to put together.
    pub manifest: Option<Manifest>,
    /// Each table that was put together, with how many files it had.
    pub tables: Vec<(String, usize)>,
    /// No batch is taken in while this is held: until the manifest is committed.
    _held: File,
}

/// Puts the files of each table together, in the order in which a table is kept. The files that there were stay where
/// they are, and older snapshots with them, until these are forgotten. What it returns counts when its manifest is
/// committed.
///
/// # Errors
/// When a file is damaged, the disk is full, or a batch is being taken in; nothing then counts.
pub async fn compact(lake: &Path, before: &Manifest, limits: &Limits) -> Result<Compacted, LakeError> {
    let parts = lake.join("parts");
    create_private(&parts)?;
    let held = lock(lake)?;
    let spill = tempfile::Builder::new().prefix("staging").tempdir_in(lake).map_err(LakeError::file(lake))?;
    let mut manifest = before.clone();
    let mut tables = Vec::new();
    for (name, of) in &mut manifest.tables {
        // A source of OMOP's tables delivers each once, and may let hers begin anew: they stay apart.
        let register = Register::named(name).filter(|register| !register.is_omop());
        let (Some(register), true) = (register, of.len() > 1) else { continue };
        let together = together(register, of);
        let from: Vec<PathBuf> = of.iter().map(|part| parts.join(&part.file)).collect();
        sort(limits, register, &from, spill.path(), &parts.join(&together.file)).await?;
        tables.push((name.clone(), of.len()));
        *of = vec![together];
    }
    if manifest.keys.len() > 1 {
        let keys = super::ingest::keys(&parts, &manifest)?;
        let name = format!("persons-0-{}.keys", hash(manifest.keys.iter().map(String::as_str)));
        write_keys(&parts.join(&name), &keys)?;
        manifest.keys = vec![name];
    }
    let changed = manifest != *before;
    Ok(Compacted { manifest: changed.then_some(manifest), tables, _held: held })
}

fn together(register: &Register, of: &[Part]) -> Part {
    let hash = hash(of.iter().map(|part| part.file.as_str()));
    let sources = of.iter().flat_map(Part::sources).collect();
    Part {
        file: format!("{}-{hash}.parquet", register.name),
        source: "several".to_owned(),
        sha256: String::new(),
        rows: of.iter().map(|part| part.rows).sum(),
        rejected: of.iter().map(|part| part.rejected).sum(),
        sources,
    }
}

/// The same files have the same name: what a killed run left is written anew, and is the same.
fn hash<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let digest = Sha256::digest(names.collect::<Vec<_>>().join("\n"));
    digest.iter().take(12).map(|byte| format!("{byte:02x}")).collect()
}

fn write_keys(path: &Path, keys: &[Blinded]) -> Result<(), LakeError> {
    let bytes: Vec<u8> = keys.iter().flat_map(|key| key.to_be_bytes()).collect();
    let mut file = crate::write::private(path).map_err(LakeError::file(path))?;
    file.write_all(&bytes).and_then(|()| file.sync_all()).map_err(LakeError::file(path))
}

impl Part {
    fn sources(&self) -> Vec<Source> {
        match self.sources.is_empty() {
            true => vec![Source { source: self.source.clone(), sha256: self.sha256.clone() }],
            false => self.sources.clone(),
        }
    }
}
