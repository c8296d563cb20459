//! Signs in the Human Phenotype Ontology's words.

use serde::{Deserialize, Serialize};

/// An HPO term's number: `HP:0001156` is `HpoId(1156)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct HpoId(pub u32);

/// Why a text is not an HPO identifier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an HPO identifier; write `HP:` and seven digits, for example HP:0001156")]
pub struct ParseHpoIdError(pub String);

impl std::str::FromStr for HpoId {
    type Err = ParseHpoIdError;

    fn from_str(text: &str) -> Result<Self, ParseHpoIdError> {
        let error = || ParseHpoIdError(text.to_owned());
        let digits = text.trim().strip_prefix("HP:").ok_or_else(error)?;
        if digits.len() != 7 || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(error());
        }
        digits.parse().map(Self).map_err(|_| error())
    }
}

impl std::fmt::Display for HpoId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "HP:{:07}", self.0)
    }
}

impl TryFrom<String> for HpoId {
    type Error = ParseHpoIdError;

    fn try_from(text: String) -> Result<Self, ParseHpoIdError> {
        text.parse()
    }
}

impl From<HpoId> for String {
    fn from(id: HpoId) -> Self {
        id.to_string()
    }
}

/// A sign that was observed, or looked for and excluded (Phenopackets v2 `PhenotypicFeature`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhenotypicFeature {
    /// The term.
    pub id: HpoId,
    /// The term's name as the knowledge has it (empty when unknown).
    #[serde(default)]
    pub label: String,
    /// True when the sign was looked for and not found.
    #[serde(default)]
    pub excluded: bool,
}
