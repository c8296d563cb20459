//! A release of the knowledge in a folder.

use anyhow::{Context as _, bail, ensure};
use indgang_knowledge::build::release::sha256;
use indgang_knowledge::{Knowledge, Part};
use std::fs;
use std::path::{Path, PathBuf};

/// `--knowledge DIR`, shared by the commands that answer by the knowledge.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct KnowledgeFolder {
    /// Folder of a release of the knowledge, as `indgang knowledge build` writes it [default: the one in this program]
    #[arg(long, value_name = "DIR")]
    knowledge: Option<PathBuf>,
}

impl KnowledgeFolder {
    /// The release, for as long as the program runs.
    pub fn open(&self) -> anyhow::Result<&'static Knowledge> {
        match &self.knowledge {
            // Parts are decoded on threads of their own, and a program answers by one release.
            Some(path) => Ok(Box::leak(Box::new(whole(path)?))),
            None => Ok(Knowledge::shipped()),
        }
    }

    /// The folder, when one was named.
    pub fn path(&self) -> Option<&Path> {
        self.knowledge.as_deref()
    }
}

/// The release in a folder, each part of it as its manifest says.
pub fn whole(path: &Path) -> anyhow::Result<Knowledge> {
    open(path, &Part::ALL)
}

/// The same, of these parts alone. A part without an entry in the manifest is taken as it is.
pub fn open(path: &Path, parts: &[Part]) -> anyhow::Result<Knowledge> {
    let manifest = path.join("MANIFEST.toml");
    let text = fs::read_to_string(&manifest)
        .with_context(|| format!("`{}` is no release of the knowledge: cannot read `MANIFEST.toml`", path.display()))?;
    let mut read = Vec::new();
    for part in parts {
        let file = path.join(format!("{}.bin", part.name()));
        read.push((*part, fs::read(&file).with_context(|| format!("cannot read `{}`", file.display()))?));
    }
    let sums: Vec<_> = read.iter().map(|(part, bytes)| (part.name(), sha256(bytes))).collect();
    let knowledge = Knowledge::from_parts(text, read);
    let entries = &knowledge.manifest().with_context(|| format!("`{}`", manifest.display()))?.parts;
    for (name, sum) in sums {
        if entries.iter().any(|entry| entry.name == name && entry.sha256 != sum) {
            bail!(
                "`{}` is not what `MANIFEST.toml` says (another SHA-256); build the release again",
                path.join(format!("{name}.bin")).display()
            );
        }
    }
    Ok(knowledge)
}

/// Writes a folder of files that appears under its name only when it is complete.
pub fn write(path: &Path, files: &[(String, Vec<u8>)]) -> anyhow::Result<()> {
    absent(path)?;
    let name = path.file_name().with_context(|| format!("`{}` is not a folder's name", path.display()))?;
    let mut hidden = std::ffi::OsString::from(".");
    hidden.push(name);
    hidden.push(format!(".{}.part", std::process::id()));
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let cannot = || format!("cannot write `{}`: may you write there, and has the disk room?", path.display());
    fs::create_dir_all(parent).with_context(cannot)?;
    let unfinished = Unfinished(parent.join(hidden));
    fs::create_dir(&unfinished.0).with_context(cannot)?;
    for (file, bytes) in files {
        let file = unfinished.0.join(file);
        fs::write(&file, bytes).with_context(cannot)?;
        fs::File::open(&file).and_then(|file| file.sync_all()).with_context(cannot)?;
    }
    if path.exists() {
        fs::remove_dir(path).with_context(cannot)?;
    }
    fs::rename(&unfinished.0, path).with_context(cannot)
}

/// Refuses a folder that holds something: a release is never changed.
pub fn absent(path: &Path) -> anyhow::Result<()> {
    let holds = fs::read_dir(path).is_ok_and(|mut entries| entries.next().is_some()) || path.is_file();
    ensure!(!holds, "`{}` is there already; a release is never changed: name a new folder with --out", path.display());
    Ok(())
}

/// A folder that is taken away again unless it got its name.
struct Unfinished(PathBuf);

impl Drop for Unfinished {
    fn drop(&mut self) {
        // Nothing half-written stays; a failure to remove it is not worth hiding the first error for.
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_files_or_no_folder_and_never_over_another() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("release");
        let file = |name: &str| (name.to_owned(), b"1".to_vec());
        assert!(write(&out, &[file("a"), file("no/such/folder")]).is_err());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        fs::create_dir(&out).unwrap();
        write(&out, &[file("a"), file("b")]).unwrap();
        assert_eq!(fs::read_dir(&out).unwrap().count(), 2);
        let error = write(&out, &[file("c")]).unwrap_err().to_string();
        assert!(error.contains("is there already"), "{error}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
