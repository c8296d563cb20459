//! `cargo xtask tidy`: what the compiler cannot see, checked as text.
//!
//! Each check takes the tree of tracked files and returns findings with place and remedy.
//! The checks read lines, not syntax: they are cheap, they can be fooled by somebody who wants to, and they are meant
//! for the slip, not for the enemy. What must hold against an enemy is held by types (see ARCHITECTURE.md, the gate).

use anyhow::{Context, Result, bail};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

mod boundaries;
mod dependencies;
mod grants;
mod levels;
mod licences;
mod links;
mod locales;
mod text;

/// Something to put right.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// Path from the root, with `/`.
    pub file: String,
    /// Line from 1.
    pub line: usize,
    /// What is wrong and what to do.
    pub text: String,
}

impl Finding {
    fn new(file: &str, line: usize, text: impl Into<String>) -> Self {
        Self { file: file.to_owned(), line, text: text.into() }
    }
}

/// The tracked files: text by path, and the paths of all, binaries too.
#[derive(Default)]
pub struct Tree {
    texts: BTreeMap<String, String>,
    paths: Vec<String>,
}

impl Tree {
    /// The files git knows and the new ones it would add.
    pub fn read(root: &Path) -> Result<Self> {
        let listing = Command::new("git")
            .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
            .current_dir(root)
            .output()
            .context("running git ls-files")?;
        if !listing.status.success() {
            bail!("git ls-files failed in {}: {}", root.display(), String::from_utf8_lossy(&listing.stderr));
        }
        let mut tree = Self::default();
        for path in String::from_utf8(listing.stdout)?.split('\0').filter(|p| !p.is_empty()) {
            // A file that is deleted but not yet committed is no longer part of the tree.
            let Ok(bytes) = std::fs::read(root.join(path)) else { continue };
            tree.paths.push(path.to_owned());
            if let Ok(text) = String::from_utf8(bytes) {
                tree.texts.insert(path.to_owned(), text);
            }
        }
        Ok(tree)
    }

    /// Text files whose path ends with `suffix`.
    fn ending(&self, suffix: &str) -> impl Iterator<Item = (&str, &str)> {
        self.texts.iter().filter(move |(p, _)| p.ends_with(suffix)).map(|(p, t)| (p.as_str(), t.as_str()))
    }

    /// True for a file, or a folder that has files.
    fn exists(&self, path: &str) -> bool {
        let path = path.trim_end_matches('/');
        path.is_empty()
            || self.paths.iter().any(|p| p == path || p.strip_prefix(path).is_some_and(|r| r.starts_with('/')))
    }

    #[cfg(test)]
    fn of(files: &[(&str, &str)]) -> Self {
        Self {
            texts: files.iter().map(|(p, t)| ((*p).to_owned(), (*t).to_owned())).collect(),
            paths: files.iter().map(|(p, _)| (*p).to_owned()).collect(),
        }
    }
}

/// Runs every check; an error when anything is found.
pub fn run(root: &Path) -> Result<()> {
    let findings = check(&Tree::read(root)?);
    for finding in &findings {
        eprintln!("{}:{}: {}", finding.file, finding.line, finding.text);
    }
    if findings.is_empty() {
        println!("tidy: nothing to put right");
        return Ok(());
    }
    bail!("tidy: {} finding(s) to put right", findings.len())
}

fn check(tree: &Tree) -> Vec<Finding> {
    let checks: [fn(&Tree) -> Vec<Finding>; 8] = [
        levels::check,
        boundaries::check,
        dependencies::check,
        grants::check,
        locales::check,
        text::check,
        links::check,
        licences::check,
    ];
    let mut findings: Vec<Finding> = checks.iter().flat_map(|check| check(tree)).collect();
    findings.sort();
    findings
}

/// The lines of a source file that are part of the program: what stands above the tests at its foot, comments blanked.
fn program_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .take_while(|line| line.trim() != "#[cfg(test)]")
        .map(|line| if line.trim_start().starts_with("//") { "" } else { line })
        .enumerate()
        .map(|(i, line)| (i + 1, line))
}

/// Whether `path` is a test's own file (integration tests, fixtures, fuzz targets, benches, examples).
fn is_test(path: &str) -> bool {
    path.split('/').any(|part| matches!(part, "tests" | "benches" | "examples" | "fuzz"))
        || path.ends_with("/tests.rs")
        || path.ends_with("_tests.rs")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_exists_when_it_has_files() {
        let tree = Tree::of(&[("docs/methods/a.md", "")]);
        for (path, expected) in [("docs", true), ("docs/methods/", true), ("docs/met", false), ("", true)] {
            assert_eq!(tree.exists(path), expected, "{path}");
        }
    }

    #[test]
    fn comments_and_tests_are_not_program() {
        let text = "let a = 1;\n// File::open\n#[cfg(test)]\nmod tests { File::open }\n";
        let lines: Vec<_> = program_lines(text).collect();
        assert_eq!(lines, [(1, "let a = 1;"), (2, "")]);
    }
}
