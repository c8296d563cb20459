//! The data folder and the key of the log in it.

use crate::StoreError;
use indgang_gate::log::SigningKey;
use std::path::{Path, PathBuf};

const KEY: &str = "log.key";

/// The bytes of an existing house's key, for its archive.
pub(crate) fn existing_bytes(data_dir: &Path) -> Result<[u8; 32], StoreError> {
    Ok(existing_key(data_dir)?.to_bytes())
}

/// Whether a house's key lies here.
pub(crate) fn is_here(data_dir: &Path) -> bool {
    data_dir.join(KEY).exists()
}

/// Puts a key where there is none.
pub(crate) fn place(data_dir: &Path, bytes: &[u8; 32]) -> Result<(), StoreError> {
    let path = data_dir.join(KEY);
    write_key(&path, bytes).map_err(|source| StoreError::File { path, source })
}

/// Takes a key away that was put for records that did not come.
pub(crate) fn remove(data_dir: &Path) {
    let _ = std::fs::remove_file(data_dir.join(KEY));
}

/// The key of an existing house.
pub(crate) fn existing_key(data_dir: &Path) -> Result<SigningKey, StoreError> {
    let path = data_dir.join(KEY);
    match std::fs::read(&path) {
        Ok(bytes) => key_from(&path, &bytes),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(StoreError::KeyMissing(path)),
        Err(source) => Err(StoreError::File { path, source }),
    }
}

/// Waits for other processes that open the same house; freed when the file is dropped, and by the system at a kill.
pub(crate) fn migration_lock(data_dir: &Path) -> Result<std::fs::File, StoreError> {
    let path = data_dir.join("house.lock");
    let file = |source| StoreError::File { path: path.clone(), source };
    let lock = private_file(&path, false).map_err(file)?;
    lock.lock().map_err(file)?;
    Ok(lock)
}

pub(crate) fn signing_key(data_dir: &Path, must_exist: bool, fresh: [u8; 32]) -> Result<SigningKey, StoreError> {
    let path = &data_dir.join(KEY);
    let file = |source| StoreError::File { path: path.to_owned(), source };
    match std::fs::read(path) {
        Ok(bytes) => key_from(path, &bytes),
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(file(error)),
        Err(_) if must_exist => Err(StoreError::KeyMissing(path.to_owned())),
        Err(_) => {
            write_key(path, &fresh).map_err(file)?;
            // Another process may have been first: what stands in the file holds.
            key_from(path, &std::fs::read(path).map_err(file)?)
        }
    }
}

fn key_from(path: &Path, bytes: &[u8]) -> Result<SigningKey, StoreError> {
    let bytes: &[u8; 32] = bytes.try_into().map_err(|_| StoreError::KeyLength(path.to_owned()))?;
    Ok(SigningKey::from_bytes(bytes))
}

/// Writes beside and links into place: a key is there whole or not at all, and never replaces another.
fn write_key(path: &Path, bytes: &[u8; 32]) -> std::io::Result<()> {
    use std::io::Write;
    let beside: PathBuf = path.with_extension(format!("key.{}", std::process::id()));
    let mut file = private_file(&beside, true)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    let linked = std::fs::hard_link(&beside, path);
    std::fs::remove_file(&beside)?;
    match linked {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

pub(crate) fn create_folder(folder: &Path) -> Result<(), StoreError> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(|source| StoreError::File { path: folder.to_owned(), source })
}

/// A file that only its owner reads and writes.
pub(crate) fn private_file(path: &Path, truncate: bool) -> std::io::Result<std::fs::File> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(truncate);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
