//! What the snapshot is made of: `MANIFEST.toml`.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The snapshot's table of contents, in a stable order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Layout of the parts; a reader of another number refuses them.
    pub format: u16,
    /// What the release is called; the shipped one has no name of its own.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub release: String,
    /// The publishers' files.
    #[serde(rename = "source", default)]
    pub sources: Vec<Source>,
    /// The parts made of them.
    #[serde(rename = "part", default)]
    pub parts: Vec<PartEntry>,
}

/// A publisher's file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// Short name: `hpo`, `clinvar` …
    pub name: String,
    /// Title as one would cite it.
    pub title: String,
    /// Release or date.
    pub version: String,
    /// Licence.
    pub licence: String,
    /// File name.
    pub file: String,
    /// SHA-256 of the file as given (compressed files as they are).
    pub sha256: String,
}

/// One part of the snapshot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartEntry {
    /// Name, as of [`Part::name`](crate::Part::name).
    pub name: String,
    /// Names of its sources.
    pub sources: Vec<String>,
    /// Bytes of the file.
    pub bytes: u64,
    /// SHA-256 of the file.
    pub sha256: String,
    /// Counts by what is counted, for example `genes = 42191`.
    pub rows: BTreeMap<String, u64>,
}

/// Why a manifest cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ManifestError {
    /// Not TOML, or not this TOML.
    #[error("the knowledge manifest cannot be read: {0}; build it with `indgang knowledge build`")]
    Syntax(String),
}

impl Manifest {
    /// Reads the text of `MANIFEST.toml`.
    pub fn parse(text: &str) -> Result<Self, ManifestError> {
        toml::from_str(text).map_err(|e| ManifestError::Syntax(e.message().to_owned()))
    }

    /// Writes the text of `MANIFEST.toml`.
    pub fn write(&self) -> Result<String, ManifestError> {
        toml::to_string(self).map_err(|e| ManifestError::Syntax(e.to_string()))
    }

    /// Version of each source by its name.
    pub fn versions(&self) -> BTreeMap<String, String> {
        self.sources.iter().map(|s| (s.name.clone(), s.version.clone())).collect()
    }
}
