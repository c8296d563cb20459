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
