//! The lake's files on their way into an archive and out of it.
//!
//! A file of a table is written once and never changed, so that what a snapshot of the records names can be read after
//! the snapshot was taken. What a batch under way has put there beside comes along, and is nobody's: the next batch
//! cleans it away.

use crate::StoreError;
use crate::key::{create_folder, private_file};
use std::fs::File;
use std::io::{Read, Write};
use std::path::{Component, Path, PathBuf};

/// The lake's folder in a data folder.
const LAKE: &str = "lake";
/// Where files wait until all of an archive has come.
const COMING: &str = "lake-restoring";
/// The folders of the lake that are kept: tables, and rejected rows that wait to be mended.
const KEPT: [&str; 2] = ["parts", "quarantine"];
/// Bytes of a line.
const PIECE: usize = 1 << 18;

/// The lake's files, by their places in its folder.
///
/// # Errors
/// When the folder cannot be read.
pub(crate) fn list(data_dir: &Path) -> Result<Vec<String>, StoreError> {
    let mut found = Vec::new();
    for folder in KEPT {
        walk(&data_dir.join(LAKE), folder, &mut found)?;
    }
    // A half-written file is of a batch under way.
    found.retain(|name| !name.ends_with(".part"));
    found.sort();
    Ok(found)
}

fn walk(lake: &Path, folder: &str, found: &mut Vec<String>) -> Result<(), StoreError> {
    let path = lake.join(folder);
    let file = |source| StoreError::File { path: path.clone(), source };
    if !path.is_dir() {
        return Ok(());
    }
    for entry in std::fs::read_dir(&path).map_err(file)? {
        let entry = entry.map_err(file)?;
        let name = format!("{folder}/{}", entry.file_name().to_string_lossy());
        match entry.file_type().map_err(file)?.is_dir() {
            true => walk(lake, &name, found)?,
            false => found.push(name),
        }
    }
    Ok(())
}

/// Reads a file of the lake piece by piece.
///
/// # Errors
/// When it is gone or cannot be read, or `put` fails.
pub(crate) fn read(
    data_dir: &Path,
    name: &str,
    mut put: impl FnMut(&[u8]) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let path = data_dir.join(LAKE).join(name);
    let failed = |source| StoreError::File { path: path.clone(), source };
    let (mut file, mut piece) = (File::open(&path).map_err(failed)?, vec![0; PIECE]);
    loop {
        match file.read(&mut piece).map_err(failed)? {
            0 => return Ok(()),
            read => put(&piece[..read])?,
        }
    }
}

/// Files that come out of an archive: beside their place until all have come.
pub(crate) struct Coming {
    data_dir: PathBuf,
    open: Option<(PathBuf, File)>,
    placed: bool,
    pub(crate) files: u64,
}

impl Coming {
    /// Nothing has come yet. What an earlier one left that was killed is taken away.
    ///
    /// # Errors
    /// When there is a lake here, or the folder cannot be used.
    pub(crate) fn begin(data_dir: &Path) -> Result<Self, StoreError> {
        if data_dir.join(LAKE).exists() {
            return Err(StoreError::NotEmpty);
        }
        let coming = data_dir.join(COMING);
        if coming.exists() {
            std::fs::remove_dir_all(&coming).map_err(|source| StoreError::File { path: coming, source })?;
        }
        Ok(Self { data_dir: data_dir.to_owned(), open: None, placed: false, files: 0 })
    }

    /// Begins a file. False when its name leads out of the lake's folders.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn file(&mut self, name: &str) -> Result<bool, StoreError> {
        self.ended()?;
        let plain = Path::new(name).components().all(|part| matches!(part, Component::Normal(_)));
        let kept = KEPT.iter().any(|folder| name.starts_with(&format!("{folder}/")));
        if !plain || !kept || name.contains('\\') {
            return Ok(false);
        }
        let path = self.data_dir.join(COMING).join(name);
        if let Some(folder) = path.parent() {
            create_folder(folder)?;
        }
        let file = private_file(&path, true).map_err(|source| StoreError::File { path: path.clone(), source })?;
        self.open = Some((path, file));
        self.files += 1;
        Ok(true)
    }

    /// Adds to the file. False when none was begun.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn piece(&mut self, bytes: &[u8]) -> Result<bool, StoreError> {
        let Some((path, file)) = &mut self.open else { return Ok(false) };
        file.write_all(bytes).map_err(|source| StoreError::File { path: path.clone(), source })?;
        Ok(true)
    }

    fn ended(&mut self) -> Result<(), StoreError> {
        match self.open.take() {
            Some((path, file)) => file.sync_all().map_err(|source| StoreError::File { path, source }),
            None => Ok(()),
        }
    }

    /// Puts all that came in its place. Dropped before [`Coming::keep`], it is taken away again.
    ///
    /// # Errors
    /// When it cannot be put there.
    pub(crate) fn place(&mut self) -> Result<(), StoreError> {
        self.ended()?;
        if self.files > 0 {
            let lake = self.data_dir.join(LAKE);
            std::fs::rename(self.data_dir.join(COMING), &lake)
                .map_err(|source| StoreError::File { path: lake, source })?;
            self.placed = true;
        }
        Ok(())
    }

    /// The records that name the files have come too.
    pub(crate) fn keep(mut self) {
        self.files = 0;
        self.placed = false;
    }
}

impl Drop for Coming {
    fn drop(&mut self) {
        // A failure to take it away is met by the next one, with its reason.
        if self.placed {
            let _ = std::fs::remove_dir_all(self.data_dir.join(LAKE));
        }
        let _ = std::fs::remove_dir_all(self.data_dir.join(COMING));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_comes_to_another_place() {
        let folder = tempfile::tempdir().unwrap();
        let mut coming = Coming::begin(folder.path()).unwrap();
        for (name, comes) in [
            ("parts/a.parquet", true),
            ("quarantine/batch/reasons.log", true),
            ("../log.key", false),
            ("parts/../../log.key", false),
            ("/etc/passwd", false),
            ("lake.lock", false),
            ("", false),
        ] {
            assert_eq!(coming.file(name).unwrap(), comes, "{name}");
        }
        drop(coming);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn all_of_it_or_nothing() {
        let folder = tempfile::tempdir().unwrap();
        for keeps in [false, true] {
            let mut coming = Coming::begin(folder.path()).unwrap();
            assert!(!coming.piece(b"of no file").unwrap());
            coming.file("parts/a").unwrap();
            coming.piece(b"one").unwrap();
            coming.piece(b"two").unwrap();
            coming.place().unwrap();
            if keeps {
                coming.keep()
            } else {
                drop(coming)
            }
            assert_eq!(list(folder.path()).unwrap().len(), usize::from(keeps));
        }
        let mut bytes: Vec<u8> = Vec::new();
        let put = |piece: &[u8]| {
            bytes.extend(piece);
            Ok(())
        };
        read(folder.path(), "parts/a", put).unwrap();
        assert_eq!(bytes, b"onetwo");
        assert!(matches!(Coming::begin(folder.path()), Err(StoreError::NotEmpty)));
    }
}
