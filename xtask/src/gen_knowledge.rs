//! `gen knowledge`: the shipped snapshot from the publishers' files.

use anyhow::{Context, Result, bail};
use indgang_knowledge::build::release::{Given, release, sha256};
use indgang_knowledge::manifest::Source;
use indgang_sources::compressed;
use std::fs;
use std::io;
use std::path::Path;

mod sources;

use sources::SOURCES;

/// Builds all parts from the files under `from` and writes them to `knowledge/`; with `check` compares instead.
pub fn run(from: &Path, root: &Path, check: bool) -> Result<()> {
    let mut given = Vec::new();
    for source in SOURCES {
        let path = from.join(source.file);
        let bytes = fs::read(&path).with_context(|| format!("source `{}`", source.file))?;
        let source = Source {
            name: source.name.to_owned(),
            title: source.title.to_owned(),
            version: source.version.to_owned(),
            licence: source.licence.to_owned(),
            file: source.file.rsplit('/').next().unwrap_or(source.file).to_owned(),
            sha256: sha256(&bytes),
        };
        given.push(Given { source, open: Box::new(move || compressed::open(&path).map_err(io::Error::other)) });
    }
    let built = release(given, None, &|_| ())?;
    println!("{:<20} {:>11}  rows", "part", "bytes");
    for part in &built.manifest.parts {
        let rows: Vec<String> = part.rows.iter().map(|(what, n)| format!("{n} {what}")).collect();
        println!("{:<20} {:>11}  {}", part.name, part.bytes, rows.join(", "));
    }
    let total: u64 = built.manifest.parts.iter().map(|p| p.bytes).sum();
    println!("{:<20} {total:>11}", "total");
    println!("{:<20} {:>11}", "doubtful rows", built.remarks.len());
    let (folder, files) = (root.join("knowledge"), built.files()?);
    if check { compare(&folder, &files) } else { write(&folder, &files) }
}

fn write(folder: &Path, files: &[(String, Vec<u8>)]) -> Result<()> {
    fs::create_dir_all(folder)?;
    for (name, bytes) in files {
        fs::write(folder.join(name), bytes).with_context(|| format!("writing `{name}`"))?;
    }
    Ok(())
}

fn compare(folder: &Path, files: &[(String, Vec<u8>)]) -> Result<()> {
    let differs = |(name, bytes): &&(String, Vec<u8>)| fs::read(folder.join(name)).ok().as_ref() != Some(bytes);
    let different: Vec<&str> = files.iter().filter(differs).map(|(name, _)| name.as_str()).collect();
    if different.is_empty() {
        println!("knowledge/ is what these sources give");
        return Ok(());
    }
    bail!("knowledge/ differs from what these sources give: {}; run `cargo xtask gen knowledge`", different.join(", "))
}
