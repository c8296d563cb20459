//! Writing answers: all of it or nothing.

use anyhow::Context as _;
use std::fs;
use std::io::{BufWriter, Seek as _, Write as _};
use std::path::{Path, PathBuf};

/// A file that appears under its name only when it is complete.
pub struct Output {
    path: PathBuf,
    temporary: PathBuf,
    writer: Option<BufWriter<fs::File>>,
    /// What a device is to be given in the end: nothing that was sent to one can be taken back.
    held: Vec<u8>,
}

impl Output {
    /// Opens a temporary file beside `path`. What is there and is no regular file (a device, a pipe) is written
    /// to directly, at the end, since a new file must not take its place; a link is followed.
    pub fn create(path: &Path) -> anyhow::Result<Self> {
        let target = fs::canonicalize(path).ok();
        let path = target.as_deref().unwrap_or(path);
        if fs::metadata(path).is_ok_and(|m| !m.is_file() && !m.is_dir()) {
            let file = fs::OpenOptions::new().write(true).open(path);
            let file = file.with_context(|| format!("cannot write `{}`: may you write there?", path.display()))?;
            let writer = Some(BufWriter::with_capacity(1 << 18, file));
            return Ok(Self { path: path.to_owned(), temporary: PathBuf::new(), writer, held: Vec::new() });
        }
        let name = path.file_name().with_context(|| format!("`{}` is not a file name", path.display()))?;
        let mut hidden = std::ffi::OsString::from(".");
        hidden.push(name);
        hidden.push(format!(".{}.part", std::process::id()));
        let temporary = path.with_file_name(hidden);
        let file = fs::File::create(&temporary).with_context(|| {
            format!(
                "cannot write `{}`: does its folder exist, may you write there, and has the disk room?",
                path.display()
            )
        })?;
        let writer = Some(BufWriter::with_capacity(1 << 18, file));
        Ok(Self { path: path.to_owned(), temporary, writer, held: Vec::new() })
    }

    /// Forgets what was written so far.
    pub fn restart(&mut self) -> std::io::Result<()> {
        self.held.clear();
        if let Some(writer) = self.writer.as_mut().filter(|_| !self.temporary.as_os_str().is_empty()) {
            writer.rewind()?;
            writer.get_ref().set_len(0)?;
        }
        Ok(())
    }

    /// Puts the finished file in its place.
    pub fn finish(self) -> anyhow::Result<()> {
        self.complete()?.appear()
    }

    /// Puts the finished file in another place of the same folder, whose name was not known before.
    pub fn finish_as(self, path: &Path) -> anyhow::Result<()> {
        let mut complete = self.complete()?;
        path.clone_into(&mut complete.path);
        complete.appear()
    }

    /// Writes everything out to the disk, so that only the renaming is left.
    fn complete(mut self) -> anyhow::Result<Complete> {
        let remedy = || format!("cannot write `{}`: is the disk full?", self.path.display());
        let mut writer = self.writer.take().context("the file was closed before")?;
        writer.write_all(&self.held).with_context(remedy)?;
        writer.flush().with_context(remedy)?;
        let file = writer.into_inner().map_err(|e| e.into_error()).with_context(remedy)?;
        if !self.temporary.as_os_str().is_empty() {
            file.sync_all().with_context(remedy)?;
        }
        Ok(Complete { path: self.path.clone(), temporary: std::mem::take(&mut self.temporary) })
    }
}

impl std::io::Write for Output {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if self.temporary.as_os_str().is_empty() {
            return self.held.write(bytes);
        }
        self.writer.as_mut().map_or(Ok(0), |w| w.write(bytes))
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.writer.as_mut().map_or(Ok(()), std::io::Write::flush)
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        if !self.temporary.as_os_str().is_empty() {
            // Nothing half-written stays; a failure to remove it is not worth hiding the first error for.
            let _ = fs::remove_file(&self.temporary);
        }
    }
}

/// On the disk, under its temporary name.
struct Complete {
    path: PathBuf,
    temporary: PathBuf,
}

impl Complete {
    fn appear(mut self) -> anyhow::Result<()> {
        if self.temporary.as_os_str().is_empty() {
            return Ok(());
        }
        fs::rename(&self.temporary, &self.path).with_context(|| format!("cannot write `{}`", self.path.display()))?;
        self.temporary = PathBuf::new();
        Ok(())
    }
}

impl Drop for Complete {
    fn drop(&mut self) {
        if !self.temporary.as_os_str().is_empty() {
            let _ = fs::remove_file(&self.temporary);
        }
    }
}

/// Puts several finished files in their places; none appears before all are on the disk.
pub fn finish_all(files: Vec<Output>) -> anyhow::Result<()> {
    let complete: Vec<Complete> = files.into_iter().map(Output::complete).collect::<anyhow::Result<_>>()?;
    complete.into_iter().try_for_each(Complete::appear)
}

/// Writes several files of a folder; none appears before all are on the disk.
pub fn write_all(folder: &Path, files: &[(&str, &[u8])]) -> anyhow::Result<()> {
    fs::create_dir_all(folder).with_context(|| {
        format!(
            "cannot make the folder `{}`: name another with --out, or ask for the right to write there",
            folder.display()
        )
    })?;
    let mut complete = Vec::with_capacity(files.len());
    for (name, bytes) in files {
        let mut output = Output::create(&folder.join(name))?;
        output
            .write_all(bytes)
            .with_context(|| format!("cannot write `{}`: is the disk full?", folder.join(name).display()))?;
        complete.push(output.complete()?);
    }
    complete.into_iter().try_for_each(Complete::appear)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_not_finished_never_appears() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.json");
        let mut output = Output::create(&path).unwrap();
        output.write_all(b"half").unwrap();
        drop(output);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn all_files_or_none() {
        let folder = tempfile::tempdir().unwrap();
        write_all(folder.path(), &[("a", b"1"), ("b", b"2")]).unwrap();
        assert_eq!(fs::read(folder.path().join("b")).unwrap(), b"2");
        // The second name is a folder: neither file changes.
        fs::create_dir(folder.path().join("d")).unwrap();
        fs::write(folder.path().join("d/x"), b"").unwrap();
        assert!(write_all(&folder.path().join("missing\0"), &[("a", b"3")]).is_err());
        assert_eq!(fs::read(folder.path().join("a")).unwrap(), b"1");
    }
}
