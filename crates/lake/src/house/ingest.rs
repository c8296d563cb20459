//! Registers come in: files of a folder become parts of tables, all of them or none.
//!
//! A part is sorted by person and day, so that a person's rows lie together and whole stretches of persons are skipped.
//! Nothing counts before the manifest is committed in the records; files that no manifest names are orphans, and are
//! cleaned away by the next.

use super::folder::{create_private, lock};
use super::keys::{Blinded, Blinding};
use super::manifest::{Manifest, Part};
use super::quarantine::Quarantine;
use crate::files::{self, RegisterFile, Rejected, Sink, value};
use crate::registers::{Column, Day, Kind, Person, REGISTERS, Register};
use crate::session::{self, Limits};
use crate::write::TableWriter;
use crate::{LakeError, RecordBatch};
use datafusion::arrow::array::{Array, ArrayRef, AsArray, Date32Array, UInt32Array, UInt64Array};
use datafusion::arrow::datatypes::{DataType, Date32Type, Field, Schema, SchemaRef, UInt32Type, UInt64Type};
use datafusion::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use datafusion::prelude::{ParquetReadOptions, col};
use futures_util::StreamExt;
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
    /// What it may use.
    pub limits: Limits,
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
}

/// Hears how many bytes of how many have been read.
pub type Progress = Arc<dyn Fn(u64, u64) + Send + Sync>;

/// The number of the person in every stored row.
pub(super) const PERSON: &str = "__person";
/// The day of every stored row.
pub(super) const DAY: &str = "__day";

/// The columns of a register as they are stored.
pub(super) fn stored_schema(register: &Register) -> SchemaRef {
    let mut fields = vec![Field::new(PERSON, DataType::UInt32, false), Field::new(DAY, DataType::Date32, true)];
    let read = register.schema();
    for (column, field) in register.columns.iter().zip(read.fields()) {
        match column.kind {
            Kind::PersonKey => {}
            Kind::ContactKey => fields.push(Field::new(column.name, DataType::UInt64, false)),
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
    let (mut files, others) = files::find(&ingest.folder)?;
    files.sort_by_key(|file| REGISTERS.iter().position(|register| register.name == file.register.name));
    let mut manifest = ingest.before.clone().unwrap_or_default();
    let hashes: Vec<String> = files.iter().map(|file| sha256(&file.path)).collect::<Result<_, _>>()?;
    if ingest.replace && files.iter().zip(&hashes).any(|(file, hash)| !manifest.holds(file.register.name, hash)) {
        files.iter().for_each(|file| drop(manifest.tables.remove(file.register.name)));
    }
    let keys_before = manifest.persons;
    let mut people = People::load(&ingest.lake.join("parts"), &manifest)?;
    let mut contacts = Contacts::default();
    let (mut reports, mut staged) = (Vec::new(), Vec::new());
    let batch = batch_name(&hashes);
    let mut quarantine = Quarantine::new(ingest.lake.join("quarantine").join(&batch));
    let (total, mut done) = (files.iter().map(|file| file.bytes).sum::<u64>(), 0);
    for (file, hash) in files.iter().zip(&hashes) {
        let register = file.register;
        if manifest.holds(register.name, hash) {
            reports.push(FileReport::of(file, true));
            continue;
        }
        if let Person::OfContact { register: of, .. } = register.person {
            contacts.load(&ingest.lake.join("parts"), &manifest, of)?;
        }
        let name = format!("{}-{}.parquet", register.name, &hash[..24]);
        let mut sink = Staging {
            file,
            blinding: &ingest.blinding,
            people: &mut people,
            contacts: &mut contacts,
            quarantine: &mut quarantine,
            writer: TableWriter::create(&staging.join(&name), &stored_schema(register))?,
            progress: &|bytes| progress(done + bytes, total),
        };
        let seen = files::read(file, &mut sink)?;
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
        reports.push(FileReport { rows, rejected, unknown: seen.unknown, ..FileReport::of(file, false) });
    }
    let quarantine = quarantine.finish()?.then(|| batch.clone());
    if people.numbers.len() > keys_before as usize {
        let name = format!("persons-{keys_before}-{batch}.keys");
        people.store(&ingest.lake.join("parts").join(&name), keys_before)?;
        manifest.keys.push(name);
    }
    manifest.persons = people.next()?;
    manifest.unlinked += people.unlinked;
    let changed = reports.iter().any(|report| !report.known);
    Ok((Ingested { manifest: changed.then_some(manifest), files: reports, others, quarantine, _held: held }, staged))
}

impl FileReport {
    fn of(file: &RegisterFile, known: bool) -> Self {
        let (rows, rejected, unknown) = (0, 0, Vec::new());
        Self { file: file.name.clone(), register: file.register.name, rows, rejected, known, unknown }
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
struct People {
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

    fn number(&mut self, blinding: &Blinding, key: &str) -> Result<u32, LakeError> {
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

/// The person and day of each contact, by register.
#[derive(Default)]
struct Contacts {
    of: BTreeMap<&'static str, HashMap<u64, (u32, Option<i32>)>>,
    loaded: BTreeSet<String>,
}

impl Contacts {
    fn load(&mut self, parts: &Path, manifest: &Manifest, register: &'static str) -> Result<(), LakeError> {
        let known = self.of.entry(register).or_default();
        for part in manifest.tables.get(register).into_iter().flatten() {
            // Parts of this batch are in memory already, and not yet in their place.
            if !self.loaded.insert(part.file.clone()) || !parts.join(&part.file).is_file() {
                continue;
            }
            let damaged = |_| LakeError::Damaged(part.file.clone());
            let file = File::open(parts.join(&part.file)).map_err(|_| LakeError::Damaged(part.file.clone()))?;
            let reader =
                ParquetRecordBatchReaderBuilder::try_new(file).and_then(ParquetRecordBatchReaderBuilder::build);
            for batch in reader.map_err(|_| LakeError::Damaged(part.file.clone()))? {
                let batch = batch.map_err(damaged)?;
                let key = Register::named(register).and_then(contact_column).unwrap_or_default();
                let key = batch.column_by_name(key).map(|c| c.as_primitive::<UInt64Type>().clone());
                let (person, day) =
                    (batch.column(0).as_primitive::<UInt32Type>(), batch.column(1).as_primitive::<Date32Type>());
                for row in 0..batch.num_rows() {
                    let day = (!day.is_null(row)).then(|| day.value(row));
                    if let Some(key) = &key {
                        known.insert(key.value(row), (person.value(row), day));
                    }
                }
            }
        }
        Ok(())
    }
}

fn contact_column(register: &Register) -> Option<&'static str> {
    register.columns.iter().find(|column| column.kind == Kind::ContactKey).map(|column| column.name)
}

/// The register whose contacts a contact key of this one belongs to.
fn contacts_of(register: &Register) -> &'static str {
    match register.person {
        Person::OfContact { register, .. } => register,
        Person::Column(_) => register.name,
    }
}

/// Rows of a file on their way to its part.
struct Staging<'a> {
    file: &'a RegisterFile,
    blinding: &'a Blinding,
    people: &'a mut People,
    contacts: &'a mut Contacts,
    quarantine: &'a mut Quarantine,
    writer: TableWriter,
    progress: &'a dyn Fn(u64),
}

impl Sink for Staging<'_> {
    fn begin(&mut self, header: &str) -> Result<(), LakeError> {
        self.quarantine.begin(self.file, header)
    }

    fn accepts(&mut self, column: &Column, text: &str) -> Result<(), String> {
        let Person::OfContact { register, .. } = self.file.register.person else { return Ok(()) };
        if column.kind != Kind::ContactKey {
            return Ok(());
        }
        let key = self.blinding.contact(register, text);
        match self.contacts.of.get(register).is_some_and(|known| known.contains_key(&key)) {
            true => Ok(()),
            false => Err(format!("register `{register}` has no contact with this key; take it in together with that")),
        }
    }

    fn rows(&mut self, batch: &RecordBatch) -> Result<(), LakeError> {
        let register = self.file.register;
        let of = contacts_of(register);
        let mut columns: Vec<ArrayRef> = Vec::new();
        let mut contacts = None;
        for (column, values) in register.columns.iter().zip(batch.columns()) {
            match column.kind {
                Kind::PersonKey => {}
                Kind::ContactKey => {
                    let keys = values.as_string::<i32>().iter().flatten();
                    let keys: Vec<u64> = keys.map(|key| self.blinding.contact(of, key)).collect();
                    contacts = Some(keys.clone());
                    columns.push(Arc::new(UInt64Array::from(keys)));
                }
                _ => columns.push(Arc::clone(values)),
            }
        }
        let (persons, days) = match register.person {
            Person::Column(name) => (self.persons(batch, name)?, days(register, batch)),
            Person::OfContact { register, .. } => {
                let known = self.contacts.of.get(register);
                let found = contacts.iter().flatten().map(|key| known.and_then(|known| known.get(key)).copied());
                found
                    .map(|found| found.ok_or_else(|| LakeError::Engine("a contact is gone".to_owned())))
                    .collect::<Result<Vec<_>, _>>()?
                    .into_iter()
                    .unzip()
            }
        };
        if let (Person::Column(_), Some(keys)) = (register.person, &contacts) {
            self.remember(keys, &persons, &days)?;
        }
        columns.insert(0, Arc::new(UInt32Array::from(persons)));
        columns.insert(1, Arc::new(Date32Array::from(days)));
        let batch =
            RecordBatch::try_new(stored_schema(register), columns).map_err(|e| LakeError::Engine(e.to_string()))?;
        self.writer.write(&batch)
    }

    fn rejected(&mut self, rejected: Rejected) -> Result<(), LakeError> {
        self.quarantine.add(self.file, &rejected)
    }

    fn progress(&mut self, bytes: u64) {
        (self.progress)(bytes);
    }
}

impl Staging<'_> {
    fn persons(&mut self, batch: &RecordBatch, column: &str) -> Result<Vec<u32>, LakeError> {
        let keys = batch.column_by_name(column).map(|column| column.as_string::<i32>().clone());
        let keys = keys.ok_or_else(|| LakeError::Engine("a register without its key".to_owned()))?;
        keys.iter().map(|key| self.people.number(self.blinding, key.unwrap_or_default())).collect()
    }

    /// A contact belongs to one person: what hangs on it is hers.
    fn remember(&mut self, keys: &[u64], persons: &[u32], days: &[Option<i32>]) -> Result<(), LakeError> {
        let known = self.contacts.of.entry(self.file.register.name).or_default();
        for ((key, person), day) in keys.iter().zip(persons).zip(days) {
            let (other, _) = *known.entry(*key).or_insert((*person, *day));
            if other != *person {
                let what = "a contact's key stands with two persons; mend the file, since what hangs on a contact is one person's";
                return Err(LakeError::Content { file: self.file.name.clone(), what: what.to_owned() });
            }
        }
        Ok(())
    }
}

/// The day of each row.
fn days(register: &Register, batch: &RecordBatch) -> Vec<Option<i32>> {
    match register.day {
        Day::Column(name) => {
            let days = batch.column_by_name(name).map(|column| column.as_primitive::<Date32Type>().iter().collect());
            days.unwrap_or_else(|| vec![None; batch.num_rows()])
        }
        Day::Week(name) => {
            let weeks = batch.column_by_name(name).map(|column| column.as_string::<i32>().clone());
            weeks.map_or_else(
                || vec![None; batch.num_rows()],
                |weeks| weeks.iter().map(|week| value::week(week?)).collect(),
            )
        }
        Day::None | Day::OfContact => vec![None; batch.num_rows()],
    }
}

fn sha256(path: &Path) -> Result<String, LakeError> {
    let mut file = File::open(path).map_err(LakeError::file(path))?;
    let (mut hasher, mut buffer) = (Sha256::new(), vec![0; 1 << 20]);
    loop {
        match file.read(&mut buffer).map_err(LakeError::file(path))? {
            0 => return Ok(hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()),
            read => hasher.update(&buffer[..read]),
        }
    }
}

fn batch_name(hashes: &[String]) -> String {
    let hash = Sha256::digest(hashes.join(" "));
    hash.iter().take(6).map(|byte| format!("{byte:02x}")).collect()
}
