//! Makes the parts from the publishers' files. Pure: texts in, values out; who calls opens the files
//! (`indgang knowledge build`, `cargo xtask gen knowledge`).
//!
//! Content is kept as published (names, identifiers, assertions); only the form changes.
//! Counts of what was left out, and why, stand beside the rows in the manifest; what is doubtful is told with its line.

pub mod checks;
pub mod clinvar;
mod constraint;
mod diseases;
pub mod genes;
mod hgnc;
pub mod lift;
mod links;
pub mod pgx;
pub mod release;
pub mod scores;
pub mod transcripts;

use checks::{Doubt, Remark};
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

/// Counts, and what is doubtful.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// Counts by what is counted.
    pub rows: Rows,
    /// Rows that are doubtful, in the order they were met.
    pub remarks: Vec<Remark>,
}

impl Tally {
    fn count(&mut self, what: &str, n: usize) {
        count(&mut self.rows, what, n);
    }

    /// Counts a row under `what` and keeps its line.
    fn doubt(&mut self, what: &str, remark: (&'static str, usize, Doubt, &str)) {
        self.count(what, 1);
        let (source, line, doubt, value) = remark;
        self.remarks.push(Remark { file: source.to_owned(), line, doubt, value: value.to_owned() });
    }
}

/// Where the columns of a table with a heading are.
pub(crate) struct Columns<'a> {
    file: &'static str,
    line: usize,
    names: Vec<&'a str>,
}

impl<'a> Columns<'a> {
    /// Of the heading, with its line.
    pub(crate) fn of(file: &'static str, line: usize, heading: &'a str) -> Self {
        Self {
            file,
            line,
            names: heading.trim_start_matches('#').split('\t').map(|name| name.trim_matches('"')).collect(),
        }
    }

    /// The column of the first of these names that is there.
    pub(crate) fn find(&self, names: &[&str]) -> Option<usize> {
        names.iter().find_map(|name| self.names.iter().position(|n| n == name))
    }

    /// The same, of a column that must be there.
    pub(crate) fn need(&self, names: &[&str]) -> Result<usize, BuildError> {
        self.find(names).ok_or_else(|| BuildError::Line {
            file: self.file,
            line: self.line,
            what: format!("there is no column `{}`; is it the file as published?", names.join("` or `")),
        })
    }

    /// The cell of a row, which must reach so far.
    pub(crate) fn cell<'r>(&self, line: usize, row: &'r str, column: usize) -> Result<&'r str, BuildError> {
        row.split('\t').nth(column).ok_or_else(|| BuildError::Line {
            file: self.file,
            line,
            what: format!(
                "{} tab-separated fields where the heading has {}; is the file cut short?",
                row.split('\t').count(),
                self.names.len()
            ),
        })
    }
}

/// Adds `n` to a count.
pub(crate) fn count(rows: &mut Rows, what: &str, n: usize) {
    *rows.entry(what.to_owned()).or_default() += n as u64;
}

/// Number for an index or a count in a part.
pub(crate) fn index(n: usize) -> u32 {
    u32::try_from(n).expect("a part has fewer than 4 G rows")
}
