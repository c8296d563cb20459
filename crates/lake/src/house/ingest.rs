//! Registers come in: files of a folder become parts of tables, all of them or none.
//!
//! A part is sorted by person and day, so that a person's rows lie together and whole stretches of persons are skipped.
//! Nothing counts before the manifest is committed in the records; files that no manifest names are orphans, and are
//! cleaned away by the next.

use super::contacts::Contacts;
use super::folder::{create_private, lock};
use super::keys::{Blinded, Blinding};
use super::manifest::{Manifest, Part};
use super::quarantine::Quarantine;
use super::staging::Staging;
use crate::files::{self, RegisterFile};
use crate::registers::{self, Kind, Person, Register};
use crate::session::{self, Limits};
use crate::write::TableWriter;
use crate::{LakeError, RecordBatch, omop};
use datafusion::arrow::array::ArrayRef;
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::prelude::{ParquetReadOptions, col};
use futures_util::StreamExt;
use indgang_model::hex;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What is taken in, and where.
#[derive(Debug, Clone)]
pub struct Ingest {
    /// The folder of register files.
    pub folder: PathBuf,
    /// The lake's folder.
    pub lake: PathBuf,
    /// The present snapshot.
    pub before: Option<Manifest>,
    /// Blinds the keys.
    pub blinding: Blinding,
    /// True when the tables of these registers begin anew.
    pub replace: bool,
    /// Whose tables of OMOP they are; `None` for the Danish registers.
    pub omop: Option<OmopSource>,
    /// What it may use.
    pub limits: Limits,
}

/// Who delivers tables of OMOP: ids of persons, visits and others mean something within a source only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OmopSource {
    /// Its name.
    pub name: String,
    /// True when the rows were in quarantine and are added to what was taken in.
    pub again: bool,
}

/// What became of a folder.
#[derive(Debug)]
pub struct Ingested {
    /// The next snapshot; `None` when the files were taken in before and nothing changes.
    pub manifest: Option<Manifest>,
    /// What became of each file.
    pub files: Vec<FileReport>,
    /// Files that hold no register.
    pub others: Vec<String>,
    /// The name of the batch in quarantine, when rows were rejected.
    pub quarantine: Option<String>,
    /// How many concepts of a vocabulary concept ids were held against; `None` when there was none.
    pub vocabulary: Option<u64>,
    /// No other batch is taken in while this is held: until the manifest is committed.
    _held: File,
}

/// What became of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileReport {
    /// Its name.
    pub file: String,
    /// Its register.
    pub register: &'static str,
    /// Rows taken in.
    pub rows: u64,
    /// Rows rejected.
    pub rejected: u64,
    /// True when it had been taken in before.
    pub known: bool,
    /// Columns that the register does not have.
    pub unknown: Vec<String>,
    /// Columns with concepts that the vocabulary does not have, each with how many rows; the rows are kept.
    pub concepts: Vec<(&'static str, u64)>,
}

/// Hears how many bytes of how many have been read.
pub type Progress = Arc<dyn Fn(u64, u64) + Send + Sync>;

/// The number of the person in every stored row.
pub(super) const PERSON: &str = "__person";
/// The day of every stored row.
pub(super) const DAY: &str = "__day";
/// In OMOP's list of persons, the blinded id of each within her source. No question sees it.
pub(super) const LISTED: &str = "__listed";

/// The columns of a register as they are stored.
pub(super) fn stored_schema(register: &Register) -> SchemaRef {
    let mut fields = vec![Field::new(PERSON, DataType::UInt32, false), Field::new(DAY, DataType::Date32, true)];
    if register.name == omop::PERSON {
        fields.push(Field::new(LISTED, DataType::UInt64, false));
    }
    let read = register.schema();
    for (column, field) in register.columns.iter().zip(read.fields()) {
        match column.kind {
            Kind::PersonKey | Kind::Apart => {}
            Kind::ContactKey => fields.push(Field::new(column.name, DataType::UInt64, false)),
            Kind::Key(_) => fields.push(Field::new(column.name, DataType::UInt64, true)),
            _ => fields.push(field.as_ref().clone()),
        }
    }
    Arc::new(Schema::new(fields))
}

/// Takes a folder in. What it returns counts when its manifest is committed.
///
/// # Errors
/// When a file cannot be read, lacks a column, or speaks of contacts that are not known; nothing then counts.
pub async fn ingest(ingest: Ingest, progress: Progress) -> Result<Ingested, LakeError> {
    let parts = ingest.lake.join("parts");
    create_private(&parts)?;
    let lock = lock(&ingest.lake)?;
    let staging =
        tempfile::Builder::new().prefix("staging").tempdir_in(&ingest.lake).map_err(LakeError::file(&ingest.lake))?;
    let folder = staging.path().to_owned();
    let limits = ingest.limits.clone();
    let known: BTreeSet<String> = ingest.before.iter().flat_map(Manifest::files).map(str::to_owned).collect();
    let reading = tokio::task::spawn_blocking(move || stage(&ingest, &folder, &progress, lock));
    let (mut ingested, staged) = reading.await.map_err(|error| LakeError::Engine(error.to_string()))??;
    let put = async {
        for (register, name) in &staged {
            let from = [staging.path().join(name)];
            sort(&limits, register, &from, staging.path(), &parts.join(name)).await?;
        }
        Ok(())
    };
    if let Err(error) = put.await {
        // A full disk is not kept full by what came to nothing; what cannot be removed is cleaned away by the next.
        let fresh = ingested.manifest.iter().flat_map(|manifest| manifest.files());
        for file in fresh.filter(|file| !known.contains(*file)) {
            let _ = std::fs::remove_file(parts.join(file));
        }
        return Err(error);
    }
    if let Some(manifest) = &mut ingested.manifest {
        let missing = manifest.files().into_iter().find(|file| !parts.join(file).is_file());
        if let Some(missing) = missing {
            return Err(LakeError::Damaged(missing.to_owned()));
        }
    }
    Ok(ingested)
}

type Staged = Vec<(&'static Register, String)>;

fn stage(ingest: &Ingest, staging: &Path, progress: &Progress, held: File) -> Result<(Ingested, Staged), LakeError> {
    let source = ingest.omop.as_ref().map(|omop| omop.name.as_str());
    let (mut files, others) = files::find(&ingest.folder, source)?;
    files.sort_by_key(|file| registers::all().position(|register| register.name == file.register.name));
    let vocabulary = source.map(|_| files::concepts(&ingest.folder)).transpose()?.flatten();
    let mut manifest = ingest.before.clone().unwrap_or_default();
    let hashes: Vec<String> = files.iter().map(|file| sha256(&file.path)).collect::<Result<_, _>>()?;
    if ingest.replace && files.iter().zip(&hashes).any(|(file, hash)| !manifest.holds(file.register.name, hash, source))
    {
        files.iter().for_each(|file| manifest.begin_anew(file.register.name, source));
    }
    let keys_before = manifest.persons;
    let mut people = People::load(&ingest.lake.join("parts"), &manifest)?;
    let mut contacts = Contacts::default();
    let (mut reports, mut staged) = (Vec::new(), Vec::new());
    let batch = batch_name(source, &hashes);
    let mut quarantine = Quarantine::new(ingest.lake.join("quarantine").join(&batch), source);
    let (total, mut done) = (files.iter().map(|file| file.bytes).sum::<u64>(), 0);
    for (file, hash) in files.iter().zip(&hashes) {
        let register = file.register;
        if manifest.holds(register.name, hash, source) {
            reports.push(FileReport::of(file, true));
            continue;
        }
        if let Some(omop) = &ingest.omop {
            once(file, omop, &manifest)?;
        }
        if let Person::OfContact { register: of, .. } | Person::Listed { register: of, .. } = register.person {
            contacts.load(&ingest.lake.join("parts"), &manifest, of)?;
        }
        let name = format!("{}-{}.parquet", register.name, part_of(source, hash));
        let mut sink = Staging {
            file,
            blinding: &ingest.blinding,
            source,
            vocabulary: vocabulary.as_ref(),
            concepts: BTreeMap::new(),
            people: &mut people,
            contacts: &mut contacts,
            quarantine: &mut quarantine,
            writer: TableWriter::create(&staging.join(&name), &stored_schema(register))?,
            progress: &|bytes| progress(done + bytes, total),
        };
        let seen = files::read(file, &mut sink)?;
        let concepts = sink.concepts.into_iter().collect();
        sink.writer.finish()?;
        done += file.bytes;
        if seen.rows > 0 || seen.rejected > 0 {
            let (rows, rejected) = (seen.rows, seen.rejected);
            let (source, sha256, sources) = (file.name.clone(), hash.clone(), Vec::new());
            let part = Part { file: name.clone(), source, sha256, rows, rejected, sources };
            manifest.tables.entry(register.name.to_owned()).or_default().push(part);
            staged.push((register, name));
        }
        let (rows, rejected) = (seen.rows, seen.rejected);
        reports.push(FileReport { rows, rejected, unknown: seen.unknown, concepts, ..FileReport::of(file, false) });
    }
    let quarantine = quarantine.finish()?.then(|| batch.clone());
    if people.numbers.len() > keys_before as usize {
        let name = format!("persons-{keys_before}-{batch}.keys");
        people.store(&ingest.lake.join("parts").join(&name), keys_before)?;
        manifest.keys.push(name);
    }
    manifest.persons = people.next()?;
    manifest.unlinked += people.unlinked;
    // A file without rows is no part, and comes as new each time.
    let changed = manifest != ingest.before.clone().unwrap_or_default();
    let (manifest, vocabulary) = (changed.then_some(manifest), vocabulary.map(|known| known.len()));
    Ok((Ingested { manifest, files: reports, others, quarantine, vocabulary, _held: held }, staged))
}

/// A table of a source comes once, and begins anew when it comes again: its rows would else be there twice.
fn once(file: &RegisterFile, omop: &OmopSource, manifest: &Manifest) -> Result<(), LakeError> {
    let name = &omop.name;
    if omop.again || !manifest.has_of(file.register.name, name) {
        return Ok(());
    }
    let what = format!(
        "source `{name}` has delivered `{}` before, and this is another file; give --replace to let its tables begin anew",
        file.register.name
    );
    Err(LakeError::Content { file: file.name.clone(), what })
}

/// What tells the part of a file from others: files of two sources may be the same.
fn part_of(source: Option<&str>, hash: &str) -> String {
    match source {
        None => hash[..24].to_owned(),
        Some(source) => hex(&Sha256::digest(format!("{source}\u{1f}{hash}"))[..12]),
    }
}

impl FileReport {
    fn of(file: &RegisterFile, known: bool) -> Self {
        let (rows, rejected, unknown, concepts) = (0, 0, Vec::new(), Vec::new());
        Self { file: file.name.clone(), register: file.register.name, rows, rejected, known, unknown, concepts }
    }
}

/// Sorts files by person and day into one in its place, or leaves nothing there; spills to disk when memory does not
/// suffice.
pub(super) async fn sort(
    limits: &Limits,
    register: &Register,
    from: &[PathBuf],
    spill: &Path,
    to: &Path,
) -> Result<(), LakeError> {
    let beside = to.with_extension("part");
    let sorted = sort_beside(limits, register, from, spill, &beside).await;
    let placed = sorted.and_then(|()| std::fs::rename(&beside, to).map_err(LakeError::file(to)));
    if placed.is_err() {
        let _ = std::fs::remove_file(&beside);
    }
    placed
}

async fn sort_beside(
    limits: &Limits,
    register: &Register,
    from: &[PathBuf],
    spill: &Path,
    beside: &Path,
) -> Result<(), LakeError> {
    let context = session::open(limits, spill)?;
    let from: Vec<String> = from.iter().map(|path| path.to_string_lossy().into_owned()).collect();
    let staged = context.read_parquet(from, ParquetReadOptions::default()).await?;
    let sorted = staged.sort(vec![col(PERSON).sort(true, true), col(DAY).sort(true, true)])?;
    let schema = stored_schema(register);
    let mut writer = TableWriter::create(beside, &schema)?;
    let mut rows = sorted.execute_stream().await?;
    while let Some(batch) = rows.next().await {
        let batch = batch?;
        let cast = |(column, field): (&ArrayRef, &Arc<Field>)| {
            datafusion::arrow::compute::cast(column, field.data_type()).map_err(|e| LakeError::Engine(e.to_string()))
        };
        let columns = batch.columns().iter().zip(schema.fields()).map(cast).collect::<Result<_, _>>()?;
        let batch = RecordBatch::try_new(Arc::clone(&schema), columns).map_err(|e| LakeError::Engine(e.to_string()))?;
        writer.write(&batch)?;
    }
    writer.finish()
}

/// Everybody who has a number.
pub(super) struct People {
    numbers: HashMap<Blinded, u32>,
    fresh: Vec<Blinded>,
    unlinked: u32,
}

impl People {
    fn load(parts: &Path, manifest: &Manifest) -> Result<Self, LakeError> {
        let mut numbers = HashMap::with_capacity(manifest.persons as usize);
        for (number, key) in (0..).zip(keys(parts, manifest)?) {
            numbers.insert(key, number);
        }
        Ok(Self { numbers, fresh: Vec::new(), unlinked: 0 })
    }

    pub(super) fn number(&mut self, blinding: &Blinding, key: &str) -> Result<u32, LakeError> {
        let next = self.next()?;
        let blinded = blinding.person(key);
        Ok(*self.numbers.entry(blinded).or_insert_with(|| {
            self.fresh.push(blinded);
            self.unlinked += u32::from(key.parse::<indgang_model::Cpr>().is_err());
            next
        }))
    }

    fn next(&self) -> Result<u32, LakeError> {
        u32::try_from(self.numbers.len()).map_err(|_| LakeError::Limit("there are more than 2³² persons".to_owned()))
    }

    fn store(&self, path: &Path, first: u32) -> Result<(), LakeError> {
        debug_assert_eq!(self.fresh.len(), self.numbers.len() - first as usize, "numbers are dense");
        let bytes: Vec<u8> = self.fresh.iter().flat_map(|key| key.to_be_bytes()).collect();
        let mut file = crate::write::private(path).map_err(LakeError::file(path))?;
        file.write_all(&bytes).and_then(|()| file.sync_all()).map_err(LakeError::file(path))
    }
}

/// The blinded keys of a snapshot, in the order of their numbers.
pub(super) fn keys(parts: &Path, manifest: &Manifest) -> Result<Vec<Blinded>, LakeError> {
    let mut all = Vec::with_capacity(manifest.persons as usize);
    for name in &manifest.keys {
        let bytes = std::fs::read(parts.join(name)).map_err(|_| LakeError::Damaged(name.clone()))?;
        let keys = bytes.chunks_exact(16).filter_map(|key| Some(u128::from_be_bytes(key.try_into().ok()?)));
        all.extend(keys);
    }
    match all.len() == manifest.persons as usize {
        true => Ok(all),
        false => Err(LakeError::Damaged(manifest.keys.last().cloned().unwrap_or_default())),
    }
}

fn sha256(path: &Path) -> Result<String, LakeError> {
    let mut file = File::open(path).map_err(LakeError::file(path))?;
    let (mut hasher, mut buffer) = (Sha256::new(), vec![0; 1 << 20]);
    loop {
        match file.read(&mut buffer).map_err(LakeError::file(path))? {
            0 => return Ok(hex(&hasher.finalize())),
            read => hasher.update(&buffer[..read]),
        }
    }
}

fn batch_name(source: Option<&str>, hashes: &[String]) -> String {
    let of = source.into_iter().chain(hashes.iter().map(String::as_str));
    hex(&Sha256::digest(of.collect::<Vec<_>>().join(" "))[..6])
}
