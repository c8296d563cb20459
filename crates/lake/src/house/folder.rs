//! The lake's folder: one writer at a time, and nothing in it that no snapshot names.

use super::manifest::Manifest;
use crate::LakeError;
use std::collections::BTreeSet;
use std::fs::File;
use std::path::Path;

/// Removes files that no snapshot names: what a killed or failed batch left. Their number.
///
/// # Errors
/// When the folder cannot be read, or another batch is being taken in.
pub fn clean(lake: &Path, snapshots: &[Manifest]) -> Result<usize, LakeError> {
    create_private(&lake.join("parts"))?;
    let _lock = lock(lake)?;
    let named: BTreeSet<&str> = snapshots.iter().flat_map(Manifest::files).collect();
    let mut removed = 0;
    for entry in std::fs::read_dir(lake.join("parts")).map_err(LakeError::file(lake))? {
        let path = entry.map_err(LakeError::file(lake))?.path();
        if !named.contains(path.file_name().unwrap_or_default().to_string_lossy().as_ref()) {
            std::fs::remove_file(&path).map_err(LakeError::file(&path))?;
            removed += 1;
        }
    }
    Ok(removed + clear_staging(lake)?)
}

/// Removes what was staged; the one who does holds the lock. How many.
pub(super) fn clear_staging(lake: &Path) -> Result<usize, LakeError> {
    let mut removed = 0;
    for entry in std::fs::read_dir(lake).map_err(LakeError::file(lake))? {
        let path = entry.map_err(LakeError::file(lake))?.path();
        if path.file_name().unwrap_or_default().to_string_lossy().starts_with("staging") {
            std::fs::remove_dir_all(&path).map_err(LakeError::file(&path))?;
            removed += 1;
        }
    }
    Ok(removed)
}

/// One batch at a time; freed when the file is dropped, and by the system at a kill.
pub(super) fn lock(lake: &Path) -> Result<File, LakeError> {
    let path = lake.join("lake.lock");
    let file = crate::write::private(&path).map_err(LakeError::file(&path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(_) => {
            Err(LakeError::Limit("another process is taking registers in; try again when it has ended".to_owned()))
        }
    }
}

/// A folder that only its owner opens, with those above it.
pub(crate) fn create_private(folder: &Path) -> Result<(), LakeError> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(LakeError::file(folder))
}
