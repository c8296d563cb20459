//! Makes the parts from the publishers' files. Pure: texts in, values out; `cargo xtask gen knowledge` opens the files.
//!
//! Content is kept as published (names, identifiers, assertions); only the form changes.
//! Counts of what was left out, and why, stand beside the rows in the manifest.

pub mod clinvar;
mod diseases;
pub mod genes;
pub mod lift;
pub mod pgx;
pub mod transcripts;

use std::collections::BTreeMap;

/// Counts by what is counted, for the manifest.
pub type Rows = BTreeMap<String, u64>;

/// Why a publisher's file cannot be made into a part.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BuildError {
    /// A line does not have the shape of the file's format.
    #[error("{file}: line {line}: {what}")]
    Line {
        /// Which source.
        file: &'static str,
        /// Line number, from 1.
        line: usize,
        /// What is wrong, with the value, and what was expected.
        what: String,
    },
    /// The file has no row that could be used.
    #[error("{0}: no rows were found; is it the right file?")]
    Empty(&'static str),
}

/// Lines with their numbers (from 1), without those that start with `#` and without empty ones.
pub(crate) fn rows_of(text: &str) -> impl Iterator<Item = (usize, &str)> {
    (1..).zip(text.lines()).filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
}

/// Splits on tabs and refuses a line with fewer than `N` fields.
pub(crate) fn fields<'a, const N: usize>(
    file: &'static str,
    line: usize,
    text: &'a str,
) -> Result<[&'a str; N], BuildError> {
    let mut out = [""; N];
    let mut parts = text.split('\t');
    for (i, field) in out.iter_mut().enumerate() {
        let what = || format!("{i} tab-separated fields where at least {N} are expected");
        *field = parts.next().ok_or_else(|| BuildError::Line { file, line, what: what() })?;
    }
    Ok(out)
}

/// Adds `n` to a count.
pub(crate) fn count(rows: &mut Rows, what: &str, n: usize) {
    *rows.entry(what.to_owned()).or_default() += n as u64;
}

/// Number for an index or a count in a part.
pub(crate) fn index(n: usize) -> u32 {
    u32::try_from(n).expect("a part has fewer than 4 G rows")
}
