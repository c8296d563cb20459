//! What is looked at before a release is used: doubtful rows, each with file and line, and counts that fall.

use super::{Rows, rows_of};
use crate::Mode;
use indgang_terminology::{Hpo, Resolution};
use serde::Serialize;
use std::collections::BTreeSet;

/// A release whose count of something falls by more than this share of the last one's is refused unless that is asked for:
/// a file cut short, or another file than was meant, is told so.
pub const LARGEST_FALL: f64 = 0.05;

/// Counts that are held against the last release's. What was left out, and how a thing was found, may fall.
const COUNTED: [(&str, &str); 14] = [
    ("hpo", "terms"),
    ("diseases", "diseases"),
    ("diseases", "annotations"),
    ("genes", "genes"),
    ("genes", "genes_with_constraint"),
    ("genes", "links"),
    ("genes", "clingen"),
    ("genes", "secondary_findings"),
    ("clinvar-records", "records"),
    ("clinvar-records", "pathogenic"),
    ("clinvar-records", "with_hgvs"),
    ("clinvar-records", "places_GRCh37"),
    ("clinvar-records", "places_GRCh38"),
    ("transcripts-GRCh38", "transcripts"),
];

/// Why a row is doubtful. It is used as far as it can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Doubt {
    /// The gene table does not have the gene, or two genes have the name: the row is left out.
    UnknownGene,
    /// The ontology does not have the term.
    UnknownTerm,
    /// The ontology has taken the term out of use.
    ObsoleteTerm,
    /// The term is no mode of inheritance that is known here: the row says no mode.
    UnknownMode,
    /// The annotation file does not have the disease: it stands without a name.
    DiseaseWithoutLabel,
}

impl Doubt {
    /// All, in order.
    pub const ALL: [Self; 5] =
        [Self::UnknownGene, Self::UnknownTerm, Self::ObsoleteTerm, Self::UnknownMode, Self::DiseaseWithoutLabel];

    /// What it means, after a value.
    pub const fn words(self) -> &'static str {
        match self {
            Self::UnknownGene => "is no gene of the gene table, or an alias of two; the row is left out",
            Self::UnknownTerm => "is no term of the ontology",
            Self::ObsoleteTerm => "is out of use in the ontology",
            Self::UnknownMode => "is no mode of inheritance that is known here; the row says no mode",
            Self::DiseaseWithoutLabel => "is not in the annotation file; the disease has no name",
        }
    }
}

/// A doubtful row.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Remark {
    /// The publisher's file.
    pub file: String,
    /// Its line, from 1.
    pub line: usize,
    /// What is doubtful.
    pub doubt: Doubt,
    /// The value.
    pub value: String,
}

impl std::fmt::Display for Remark {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "`{}`, line {}: `{}` {}", self.file, self.line, self.value, self.doubt.words())
    }
}

/// A count that falls by more than [`LARGEST_FALL`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fall {
    /// Of which part.
    pub part: String,
    /// Of what.
    pub what: String,
    /// In the last release.
    pub before: u64,
    /// Now.
    pub now: u64,
}

impl std::fmt::Display for Fall {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} of the part `{}` fall from {} to {}", self.what, self.part, self.before, self.now)
    }
}

/// The counts of a part that fall too far.
pub(super) fn falls<'a>(part: &'a str, before: &'a Rows, now: &'a Rows) -> impl Iterator<Item = Fall> + 'a {
    COUNTED.iter().filter(move |(of, _)| *of == part).filter_map(move |(_, what)| {
        let (before, now) = (*before.get(*what)?, now.get(*what).copied().unwrap_or(0));
        let least = before as f64 * (1.0 - LARGEST_FALL);
        ((now as f64) < least).then(|| Fall { part: part.to_owned(), what: (*what).to_owned(), before, now })
    })
}

/// Terms of the annotation file that the ontology does not have in use, and inheritance terms without a mode; each term once.
pub(super) fn annotations(file: &str, hpoa: &str, hpo: &Hpo) -> Vec<Remark> {
    let mut seen = BTreeSet::new();
    let mut remarks = Vec::new();
    for (line, row) in rows_of(hpoa) {
        let mut cells = row.split('\t');
        let (Some(term), Some(aspect)) = (cells.nth(3), cells.nth(6)) else { continue };
        let Ok(id) = term.parse() else { continue };
        if !seen.insert((term, aspect)) {
            continue;
        }
        let doubt = match hpo.resolve(id) {
            Resolution::Unknown { .. } => Some(Doubt::UnknownTerm),
            Resolution::Obsolete { .. } | Resolution::Replaced { .. } => Some(Doubt::ObsoleteTerm),
            Resolution::Current(_) => None,
        };
        let mode = (aspect == "I" && Mode::from_hpo(id).is_none()).then_some(Doubt::UnknownMode);
        let remark = |doubt| Remark { file: file.to_owned(), line, doubt, value: term.to_owned() };
        remarks.extend(doubt.into_iter().chain(mode).map(remark));
    }
    remarks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_may_fall_by_a_twentieth() {
        let rows = |n: u64| Rows::from([("terms".to_owned(), n), ("obsolete".to_owned(), n)]);
        for (now, expected) in [(96, 0), (95, 0), (94, 1), (0, 1), (200, 0)] {
            assert_eq!(falls("hpo", &rows(100), &rows(now)).count(), expected, "{now}");
        }
        assert_eq!(falls("hpo", &rows(100), &Rows::new()).count(), 1);
        assert_eq!(falls("hpo", &Rows::new(), &rows(1)).count(), 0);
        let fall = falls("hpo", &rows(100), &rows(9)).next().expect("one");
        assert_eq!(fall.to_string(), "terms of the part `hpo` fall from 100 to 9");
    }
}
