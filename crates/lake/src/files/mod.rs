//! Files of registers as others write them: delimited text or Parquet, read into typed batches.

mod records;
mod rows;
pub mod value;
mod vocabulary;

pub use rows::{Rejected, Row, Seen, Sink, read};
pub use vocabulary::concepts;

use crate::LakeError;
use crate::registers::Register;
use std::path::{Path, PathBuf};

/// A file that holds a register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisterFile {
    /// Where it is.
    pub path: PathBuf,
    /// Its name, for messages.
    pub name: String,
    /// What it holds.
    pub register: &'static Register,
    /// True for Parquet, false for delimited text.
    pub parquet: bool,
    /// Its size in bytes.
    pub bytes: u64,
}

/// The registers of a folder, in the order of their names, and the names of the files that hold none; with a source, its
/// tables of OMOP, whose names then begin with the source's.
///
/// # Errors
/// When the folder cannot be read, holds no register, or holds one twice.
pub fn find(folder: &Path, omop: Option<&str>) -> Result<(Vec<RegisterFile>, Vec<String>), LakeError> {
    let (mut files, mut others): (Vec<RegisterFile>, Vec<String>) = (Vec::new(), Vec::new());
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(LakeError::file(folder))? {
        paths.push(entry.map_err(LakeError::file(folder))?.path());
    }
    paths.sort();
    for path in paths.into_iter().filter(|path| path.is_file()) {
        let mut name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let ending = path.extension().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
        let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let readable = matches!(ending.as_str(), "csv" | "tsv" | "txt" | "parquet");
        let found = match omop {
            None => Register::of_stem(&stem),
            Some(_) => Register::named(&stem.to_ascii_lowercase()).filter(|register| register.is_omop()),
        };
        let Some(register) = found.filter(|_| readable) else {
            // The vocabulary is no table of persons; it is read for what it is.
            if omop.is_none() || !stem.eq_ignore_ascii_case(crate::omop::CONCEPT) {
                others.push(name);
            }
            continue;
        };
        if let Some(source) = omop {
            name = format!("{source}/{name}");
        }
        if let Some(first) = files.iter().find(|file| file.register.name == register.name) {
            return Err(LakeError::Twice { register: register.name, first: first.name.clone(), second: name });
        }
        let bytes = path.metadata().map_err(LakeError::file(&path))?.len();
        files.push(RegisterFile { path, name, register, parquet: ending == "parquet", bytes });
    }
    if files.is_empty() {
        return Err(match omop {
            None => LakeError::NoRegister(folder.to_owned()),
            Some(_) => LakeError::NoOmop(folder.to_owned()),
        });
    }
    Ok((files, others))
}
