//! What a snapshot consists of: its files, and where they came from.

use crate::registers::Register;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A snapshot of the lake's tables. It names files of the lake's folder, and holds nothing of a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The format of the files.
    pub format: u32,
    /// How many persons have a number; the numbers are dense from 0.
    pub persons: u32,
    /// Of these, those whose key is no CPR number, so that the choices of no citizen of the house reach them.
    pub unlinked: u32,
    /// Files of the persons' blinded keys, in the order of their numbers.
    pub keys: Vec<String>,
    /// The parts of each table.
    pub tables: BTreeMap<String, Vec<Part>>,
}

/// One file of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Its name in the folder.
    pub file: String,
    /// What it was taken in from.
    pub source: String,
    /// SHA-256 of that, as hexadecimal digits.
    pub sha256: String,
    /// Rows.
    pub rows: u64,
    /// Rows that were put into quarantine.
    pub rejected: u64,
    /// What it was put together of, when it was.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<Source>,
}

/// A file that a part was taken in from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// Its name.
    pub source: String,
    /// Its SHA-256, as hexadecimal digits.
    pub sha256: String,
}

/// The format this program writes; in 1 no part was put together of others.
const FORMAT: u32 = 2;

impl Default for Manifest {
    fn default() -> Self {
        Self { format: FORMAT, persons: 0, unlinked: 0, keys: Vec::new(), tables: BTreeMap::new() }
    }
}

impl Manifest {
    /// The manifest of a text that [`Manifest::to_text`] made; `None` when it is none, or of a newer program.
    pub fn from_text(text: &str) -> Option<Self> {
        let read: Self = serde_json::from_str(text).ok()?;
        (1..=FORMAT).contains(&read.format).then_some(Self { format: FORMAT, ..read })
    }

    /// As text.
    ///
    /// # Panics
    /// Never: it has text keys and numbers only.
    pub fn to_text(&self) -> String {
        serde_json::to_string(self).expect("a manifest has text keys and numbers only")
    }

    /// True when a table is offered: a register is, with or without rows, and OMOP's when a source has delivered it.
    pub fn offers(&self, register: &Register) -> bool {
        !register.is_omop() || self.tables.contains_key(register.name)
    }

    /// Every file it names.
    pub fn files(&self) -> BTreeSet<&str> {
        let parts = self.tables.values().flatten().map(|part| part.file.as_str());
        parts.chain(self.keys.iter().map(String::as_str)).collect()
    }

    /// True when a file has been taken in: one of OMOP's, from this source.
    pub(super) fn holds(&self, table: &str, sha256: &str, source: Option<&str>) -> bool {
        let is_of = |part: &Part| {
            let mine = source.is_none_or(|source| part.is_from(source));
            mine && (part.sha256 == sha256 || part.sources.iter().any(|source| source.sha256 == sha256))
        };
        self.tables.get(table).is_some_and(|parts| parts.iter().any(is_of))
    }

    /// True when a source of OMOP's tables has delivered this one.
    pub(super) fn has_of(&self, table: &str, source: &str) -> bool {
        self.tables.get(table).is_some_and(|parts| parts.iter().any(|part| part.is_from(source)))
    }

    /// Takes a table away; of OMOP's, what this source has delivered of it.
    pub(super) fn begin_anew(&mut self, table: &str, source: Option<&str>) {
        if let Some(parts) = self.tables.get_mut(table) {
            parts.retain(|part| source.is_some_and(|source| !part.is_from(source)));
        }
        self.tables.retain(|_, parts| !parts.is_empty());
    }
}

impl Part {
    /// True of a part of OMOP's tables from this source, whose files are named by it.
    fn is_from(&self, source: &str) -> bool {
        self.source.strip_prefix(source).is_some_and(|rest| rest.starts_with('/'))
    }
}
