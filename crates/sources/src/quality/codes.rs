//! Lists of codes that a site holds itself, such as those of KIP: which codes a set has, and words for them.

use super::MappingError;
use crate::compressed;
use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::Path;

/// Codes by their set, each with words for it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CodeSets(BTreeMap<String, BTreeMap<String, String>>);

impl CodeSets {
    /// Reads a tab-separated file with the columns `set`, `code` and `display`, compressed or not. A code of the form
    /// `SYSTEM#CODE` is known by what follows the sign.
    ///
    /// # Errors
    /// When it cannot be read, or has not these columns.
    pub fn read(path: &Path) -> Result<Self, MappingError> {
        let failed = |reason: String| MappingError { path: path.to_owned(), reason };
        let mut text = String::new();
        let mut input = compressed::open(path).map_err(|error| failed(format!("{}; check the path", error.source)))?;
        input.read_to_string(&mut text).map_err(|error| failed(format!("{error}; give a file of text in UTF-8")))?;
        Self::parse(&text).map_err(failed)
    }

    /// The same from a text.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let mut lines = text.lines();
        let names: Vec<&str> = lines.next().unwrap_or_default().split('\t').collect();
        let place = |name: &str| {
            let missing = || format!("line 1: there is no column `{name}`; give a tab-separated file that has it");
            names.iter().position(|known| known.trim() == name).ok_or_else(missing)
        };
        let (set, code, display) = (place("set")?, place("code")?, place("display")?);
        let mut sets: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
        for (line, text) in (2..).zip(lines).filter(|(_, text)| !text.trim().is_empty()) {
            let fields: Vec<&str> = text.split('\t').map(str::trim).collect();
            let (Some(set), Some(code)) = (fields.get(set), fields.get(code)) else {
                return Err(format!("line {line}: has no code; complete the line"));
            };
            let code = code.rsplit('#').next().unwrap_or(code);
            let display = fields.get(display).copied().unwrap_or_default();
            sets.entry((*set).to_owned()).or_default().insert(code.to_owned(), display.to_owned());
        }
        Ok(Self(sets))
    }

    /// The codes of a set with their words.
    #[must_use]
    pub fn of(&self, set: &str) -> Option<&BTreeMap<String, String>> {
        self.0.get(set)
    }
}
