//! Rejected rows wait to be mended, listed with their reasons, and are taken in again.

use super::folder::{clear_staging, create_private, lock};
use crate::LakeError;
use crate::files::{RegisterFile, Rejected};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

const REASONS: &str = "reasons.log";
/// The file that names who delivered tables of OMOP.
const OMOP: &str = "omop-source";

/// A batch of rejected rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quarantined {
    /// Its name.
    pub batch: String,
    /// Why, line by line: file, line, column, what is wrong and what to write.
    pub reasons: Vec<String>,
}

/// Rejected rows, each file as it was with these rows only, so that it can be mended and taken in.
pub(super) struct Quarantine {
    folder: PathBuf,
    /// Who delivered tables of OMOP.
    source: Option<String>,
    headers: BTreeMap<String, String>,
    rows: BTreeMap<String, Vec<String>>,
    reasons: Vec<String>,
}

impl Quarantine {
    pub(super) fn new(folder: PathBuf, source: Option<&str>) -> Self {
        let source = source.map(str::to_owned);
        Self { folder, source, headers: BTreeMap::new(), rows: BTreeMap::new(), reasons: Vec::new() }
    }

    pub(super) fn begin(&mut self, file: &RegisterFile, header: &str) -> Result<(), LakeError> {
        self.headers.insert(file.register.name.to_owned(), header.to_owned());
        Ok(())
    }

    pub(super) fn add(&mut self, file: &RegisterFile, rejected: &Rejected) -> Result<(), LakeError> {
        /// More is no register with some bad rows, but another file.
        const MOST: usize = 1_000_000;
        if self.reasons.len() >= MOST {
            let what = format!("more than {MOST} rows cannot be read; the first: {}", self.reasons[0]);
            return Err(LakeError::Content { file: file.name.clone(), what });
        }
        self.reasons.push(format!("{}, {rejected}", file.name));
        self.rows.entry(file.register.name.to_owned()).or_default().push(rejected.raw.clone());
        Ok(())
    }

    /// Writes them; false when there are none.
    pub(super) fn finish(self) -> Result<bool, LakeError> {
        if self.reasons.is_empty() {
            return Ok(false);
        }
        create_private(&self.folder)?;
        let write = |name: &str, text: String| {
            let path = self.folder.join(name);
            let mut file = crate::write::private(&path).map_err(LakeError::file(&path))?;
            file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(LakeError::file(&path))
        };
        for (register, rows) in &self.rows {
            let header = self.headers.get(register).map_or("", String::as_str);
            write(&format!("{register}.csv"), format!("{header}\n{}\n", rows.join("\n")))?;
        }
        if let Some(source) = &self.source {
            write(OMOP, source.clone())?;
        }
        write(REASONS, self.reasons.join("\n") + "\n")?;
        Ok(true)
    }
}

/// FHIR resources that cannot be taken in: each on a line that can be mended and taken in again, its reason beside it.
/// Nobody else takes anything into the lake's folder meanwhile.
pub struct RejectedResources {
    lake: PathBuf,
    batch: String,
    source: String,
    quality: bool,
    _held: File,
    written: Option<(tempfile::TempDir, BufWriter<File>, BufWriter<File>)>,
}

/// The file of rejected resources.
const RESOURCES: &str = "resources.ndjson";
/// The file that names who delivered them.
const SOURCE: &str = "source";
/// What follows the source's name there, of a clinical quality database.
const QUALITY: &str = "\nquality";

impl RejectedResources {
    /// Begins a batch of a source; `quality` when it is of a clinical quality database.
    ///
    /// # Errors
    /// When the folder cannot be made, or another process is taking something in.
    pub fn begin(lake: &Path, batch: &str, source: &str, quality: bool) -> Result<Self, LakeError> {
        create_private(lake)?;
        let held = lock(lake)?;
        // Whoever staged something and did not put it in its place was killed.
        clear_staging(lake)?;
        Ok(Self {
            lake: lake.to_owned(),
            batch: batch.to_owned(),
            source: source.to_owned(),
            quality,
            _held: held,
            written: None,
        })
    }

    /// Adds one; neither text nor reason has a line's end in it.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn add(&mut self, reason: &str, line: &str) -> Result<(), LakeError> {
        if self.written.is_none() {
            let made = tempfile::Builder::new().prefix("staging").tempdir_in(&self.lake);
            let folder = made.map_err(LakeError::file(&self.lake))?;
            let open = |name: &str| {
                let path = folder.path().join(name);
                crate::write::private(&path).map(BufWriter::new).map_err(LakeError::file(path))
            };
            let (resources, reasons) = (open(RESOURCES)?, open(REASONS)?);
            self.written = Some((folder, resources, reasons));
        }
        let Some((_, resources, reasons)) = &mut self.written else { return Ok(()) };
        let wrote = writeln!(resources, "{line}").and_then(|()| writeln!(reasons, "{reason}"));
        wrote.map_err(LakeError::file(&self.lake))
    }

    /// Puts the batch in its place, where one of the same name gives way to it; its name, or `None` when nothing was
    /// rejected, and there is then no batch of that name.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(mut self) -> Result<Option<String>, LakeError> {
        let place = self.lake.join("quarantine").join(&self.batch);
        if place.is_dir() {
            std::fs::remove_dir_all(&place).map_err(LakeError::file(&place))?;
        }
        let Some((folder, resources, reasons)) = self.written.take() else { return Ok(None) };
        for written in [resources, reasons] {
            let file = written.into_inner().map_err(|error| LakeError::file(&place)(error.into_error()))?;
            file.sync_all().map_err(LakeError::file(&place))?;
        }
        let source = folder.path().join(SOURCE);
        let mut file = crate::write::private(&source).map_err(LakeError::file(&source))?;
        let told = format!("{}{}", self.source, if self.quality { QUALITY } else { "" });
        file.write_all(told.as_bytes()).and_then(|()| file.sync_all()).map_err(LakeError::file(&source))?;
        create_private(&self.lake.join("quarantine"))?;
        std::fs::rename(folder.keep(), &place).map_err(LakeError::file(&place))?;
        Ok(Some(self.batch.clone()))
    }
}

/// The file of rejected FHIR resources in a batch's folder, who delivered them, and whether they are of a clinical quality
/// database; `None` when it is one of registers.
pub fn rejected_resources(folder: &Path) -> Option<(PathBuf, String, bool)> {
    let source = std::fs::read_to_string(folder.join(SOURCE)).ok()?;
    let (source, quality) = source.strip_suffix(QUALITY).map_or((source.as_str(), false), |source| (source, true));
    Some((folder.join(RESOURCES), source.to_owned(), quality))
}

/// Who delivered the rows of a batch's folder, when they are of OMOP's tables.
pub fn omop_source(folder: &Path) -> Option<String> {
    std::fs::read_to_string(folder.join(OMOP)).ok()
}

/// The batches in quarantine, in the order of their names.
///
/// # Errors
/// When the folder cannot be read.
pub fn quarantine(lake: &Path) -> Result<Vec<Quarantined>, LakeError> {
    let folder = lake.join("quarantine");
    let mut batches = Vec::new();
    if !folder.is_dir() {
        return Ok(batches);
    }
    for entry in std::fs::read_dir(&folder).map_err(LakeError::file(&folder))? {
        let path = entry.map_err(LakeError::file(&folder))?.path();
        if let Ok(reasons) = std::fs::read_to_string(path.join(REASONS)) {
            let batch = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            batches.push(Quarantined { batch, reasons: reasons.lines().map(str::to_owned).collect() });
        }
    }
    batches.sort_by(|a, b| a.batch.cmp(&b.batch));
    Ok(batches)
}

/// The folder of a batch in quarantine; `None` when there is no such batch.
pub fn quarantine_folder(lake: &Path, batch: &str) -> Option<PathBuf> {
    let plain = !batch.is_empty() && batch.bytes().all(|b| b.is_ascii_alphanumeric());
    plain.then(|| lake.join("quarantine").join(batch)).filter(|folder| folder.is_dir())
}

/// Takes a batch out of quarantine, after it has been taken in.
///
/// # Errors
/// When it cannot be removed.
pub fn forget(lake: &Path, batch: &str) -> Result<(), LakeError> {
    match quarantine_folder(lake, batch) {
        Some(folder) => std::fs::remove_dir_all(&folder).map_err(LakeError::file(folder)),
        None => Ok(()),
    }
}
