//! A question about everybody in the registers, rather than about persons who are named.
//!
//! Everybody of whom the house knows nothing that bears on the question is ruled on once; who has said something is
//! *apart*, and is ruled on by herself. Whoever a rule closes for is left out, with the kinds of data it closes; she
//! never makes the passage wider. Such a grant opens no named person's data ([`crate::Grant::covers`] stays false): it
//! opens the lake, and says there whose rows are left out.

use indgang_model::{Category, PersonId, Timestamp};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// How far a permit reaches within the kinds of data it names. The default narrows nothing and opens no rows.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Scope {
    /// The tables, each with its columns; an empty set of columns stands for all of the table. `None`: every table of
    /// the kinds of data.
    pub tables: Option<BTreeMap<String, BTreeSet<String>>>,
    /// First day of the data.
    pub from: Option<Date>,
    /// First day after them.
    pub until: Option<Date>,
    /// True when rows of persons may be seen, under pseudonyms; else counts and other aggregates only.
    pub rows: bool,
    /// The least number of persons in a cell; what is under the house's own least number is taken for that.
    pub minimum_cell: u32,
    /// Counts are told as multiples of this: 5 or 10; 0 tells them as they are.
    pub rounding: u32,
    /// True when they are rounded up or down by whom the cell is about, so that they are right on average; else to the
    /// nearest.
    pub random_rounding: bool,
    /// Noise on counts, by whom the cell is about.
    pub noise: Option<CellNoise>,
}

/// How much noise counts are told with, in whole persons.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CellNoise {
    /// The greatest deviation.
    pub most: u32,
    /// The variance.
    pub variance: u32,
}

/// What of a scope cannot be kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScopeError {
    /// A base that counts are not rounded to.
    #[error("`rounding = {0}` is not open; write 5 or 10, or leave it out")]
    Rounding(u32),
    /// Rounding that is not asked for.
    #[error("`random_rounding` needs `rounding`; write `rounding = 5` or 10")]
    RandomRounding,
    /// A deviation that could make a count less than nobody.
    #[error("`noise.most = {most}` must be from 1 to the least number of persons of a cell, which is {minimum}")]
    Most {
        /// The deviation.
        most: u32,
        /// The least number of persons.
        minimum: u32,
    },
    /// A variance that no such noise has.
    #[error("`noise.variance = {variance}` must be from 1 to {highest}, the highest with `most = {most}`")]
    Variance {
        /// The variance.
        variance: u32,
        /// The greatest deviation.
        most: u32,
        /// The highest variance.
        highest: u32,
    },
}

impl Scope {
    /// Whether what it says of counts can be kept, where a cell has at least `minimum` persons whatever the scope says.
    ///
    /// # Errors
    /// When it cannot.
    pub fn check(&self, minimum: u32) -> Result<(), ScopeError> {
        if ![0, 5, 10].contains(&self.rounding) {
            return Err(ScopeError::Rounding(self.rounding));
        }
        if self.random_rounding && self.rounding == 0 {
            return Err(ScopeError::RandomRounding);
        }
        let Some(CellNoise { most, variance }) = self.noise else { return Ok(()) };
        let minimum = self.minimum_cell.max(minimum);
        if most == 0 || most > minimum {
            return Err(ScopeError::Most { most, minimum });
        }
        let highest = most.saturating_mul(most.saturating_add(1)) / 3;
        if variance == 0 || variance > highest {
            return Err(ScopeError::Variance { variance, most, highest });
        }
        Ok(())
    }
}

/// What a grant opens of the lake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Population {
    pub(crate) categories: BTreeSet<Category>,
    pub(crate) apart: BTreeMap<PersonId, Apart>,
    pub(crate) scope: Scope,
    pub(crate) domain: String,
}

/// What is left out of one person's data.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Apart {
    /// Kinds of data.
    pub withheld: BTreeSet<Category>,
    /// Periods: first moment, first moment after it.
    pub periods: Vec<(Timestamp, Timestamp)>,
}

impl Population {
    /// The kinds of data it opens.
    pub const fn categories(&self) -> &BTreeSet<Category> {
        &self.categories
    }

    /// Persons of whose data something is left out, each with what.
    pub const fn apart(&self) -> &BTreeMap<PersonId, Apart> {
        &self.apart
    }

    /// How far it reaches.
    pub const fn scope(&self) -> &Scope {
        &self.scope
    }

    /// Within what pseudonyms are the same: the permit, or the case. Between two they cannot be linked.
    pub fn pseudonym_domain(&self) -> &str {
        &self.domain
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_says_what_can_be_kept() {
        let noise = |most, variance| Scope { noise: Some(CellNoise { most, variance }), ..Scope::default() };
        for (scope, part) in [
            (Scope::default(), ""),
            (Scope { rounding: 5, random_rounding: true, ..Scope::default() }, ""),
            (Scope { rounding: 3, ..Scope::default() }, "rounding = 3"),
            (Scope { random_rounding: true, ..Scope::default() }, "needs `rounding`"),
            (noise(5, 10), ""),
            (noise(5, 11), "from 1 to 10"),
            (noise(5, 0), "from 1 to 10"),
            (noise(6, 1), "which is 5"),
            (noise(0, 1), "which is 5"),
            (Scope { minimum_cell: 10, ..noise(8, 4) }, ""),
        ] {
            match scope.check(5) {
                Ok(()) => assert_eq!(part, "", "{scope:?}"),
                Err(error) => assert!(!part.is_empty() && error.to_string().contains(part), "{error}"),
            }
        }
        // What was entered before there was rounding or noise is read as without.
        assert_eq!(serde_json::from_str::<Scope>("{\"rows\":true}").unwrap(), Scope { rows: true, ..Scope::default() });
    }
}
