//! The files of a table: opened where they are read, and known by their ends.

use crate::LakeError;
use datafusion::parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// The end of a file that tells it from others: Parquet's footer, with the bounds and places of everything in it.
const END: u64 = 64 * 1024;

/// A file of a table, with what its footer tells.
#[derive(Clone)]
pub(super) struct PartFile {
    pub(super) path: PathBuf,
    pub(super) metadata: ArrowReaderMetadata,
}

/// A file as another process knows it: tables of two houses may have files of one name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct PartName {
    name: String,
    length: u64,
    end: [u8; 32],
}

/// The files of a table.
pub(super) struct Files {
    /// The folder of parts; `None` where plans are only passed on.
    folder: Option<PathBuf>,
    names: Vec<String>,
    /// What they must be, when another process says which they are.
    expected: Option<Vec<PartName>>,
    opened: OnceLock<Vec<PartFile>>,
}

impl Files {
    /// Files of a folder, opened.
    pub(super) fn open(folder: &Path, names: Vec<String>) -> Result<Self, LakeError> {
        let files = Self { folder: Some(folder.to_owned()), names, expected: None, opened: OnceLock::new() };
        files.opened()?;
        Ok(files)
    }

    /// Files that another process named; opened when they are read.
    pub(super) fn named(folder: Option<&Path>, expected: Vec<PartName>) -> Self {
        let names = expected.iter().map(|part| part.name.clone()).collect();
        Self { folder: folder.map(Path::to_owned), names, expected: Some(expected), opened: OnceLock::new() }
    }

    /// The files, opened.
    pub(super) fn opened(&self) -> Result<&[PartFile], LakeError> {
        if let Some(opened) = self.opened.get() {
            return Ok(opened);
        }
        if self.expected.as_ref().is_some_and(|expected| self.describe().ok().as_ref() != Some(expected)) {
            return Err(LakeError::Damaged("of another snapshot or house than the question's".to_owned()));
        }
        let open = |name: &String| {
            let damaged = || LakeError::Damaged(name.clone());
            let path = self.path(name)?;
            let file = File::open(&path).map_err(|_| damaged())?;
            let metadata = ArrowReaderMetadata::load(&file, ArrowReaderOptions::new()).map_err(|_| damaged())?;
            Ok(PartFile { path, metadata })
        };
        let opened = self.names.iter().map(open).collect::<Result<Vec<_>, LakeError>>()?;
        Ok(self.opened.get_or_init(|| opened))
    }

    /// The files as another process can know them again.
    pub(super) fn describe(&self) -> Result<Vec<PartName>, LakeError> {
        let describe = |name: &String| {
            let path = self.path(name)?;
            end_of(&path, name).map_err(|_| LakeError::Damaged(name.clone()))
        };
        self.names.iter().map(describe).collect()
    }

    fn path(&self, name: &str) -> Result<PathBuf, LakeError> {
        // A name is no path: what another process sends does not leave the folder.
        let plain = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
        match &self.folder {
            Some(folder) if plain && !name.starts_with('.') => Ok(folder.join(name)),
            _ => Err(LakeError::Damaged(name.to_owned())),
        }
    }
}

fn end_of(path: &Path, name: &str) -> std::io::Result<PartName> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(END)))?;
    let mut bytes = Vec::new();
    file.take(END).read_to_end(&mut bytes)?;
    Ok(PartName { name: name.to_owned(), length, end: Sha256::digest(&bytes).into() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_the_same_name_is_another_when_its_end_is() {
        let (one, two) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
        std::fs::write(one.path().join("bef-1.parquet"), "here").expect("written");
        std::fs::write(two.path().join("bef-1.parquet"), "there").expect("written");
        let in_one = Files::named(Some(one.path()), Vec::new());
        assert!(in_one.opened().expect("none").is_empty());
        let name = end_of(&one.path().join("bef-1.parquet"), "bef-1.parquet").expect("a file");
        let error = |folder: Option<&Path>| {
            Files::named(folder, vec![name.clone()]).opened().map(<[_]>::len).expect_err("damaged").to_string()
        };
        assert!(error(Some(two.path())).contains("of another snapshot or house"));
        assert!(error(None).contains("of another snapshot or house"));
        // The same file is opened, and found to be no table.
        assert!(error(Some(one.path())).contains("bef-1.parquet"));
    }

    #[test]
    fn a_name_does_not_leave_the_folder() {
        let folder = tempfile::tempdir().expect("a folder");
        for name in ["", "..", ".hidden", "../x", "a/b", "/etc/passwd", "a\\b", "x\0"] {
            let files = Files {
                folder: Some(folder.path().to_owned()),
                names: vec![],
                expected: None,
                opened: OnceLock::new(),
            };
            assert!(files.path(name).is_err(), "{name:?}");
        }
    }
}
