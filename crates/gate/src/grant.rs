//! What a permit carries.

use indgang_model::{CaseId, Category, PersonId, Purpose, SecondaryFindingWish};
use std::collections::{BTreeMap, BTreeSet};

/// The right to read some categories of some persons' data for one purpose, recorded in the log.
///
/// Sealed: it is made only by [`crate::Pending::recorded`], is neither cloned nor deserialised, and cannot grow.
pub struct Grant {
    pub(crate) coverage: Coverage,
    pub(crate) log_index: u64,
}

/// The right to write within the very transaction that also holds the passage's leaves. Reads nothing.
///
/// It exists before the commit, so that an action and its line in the log are kept or lost together.
pub struct WriteGrant<'pending> {
    pub(crate) coverage: &'pending Coverage,
}

/// What goes with a permit and must be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Obligation {
    /// Relatedness and Mendelian errors, which can reveal non-paternity, must be left out: they are the laboratory's.
    WithholdRelations,
    /// Only what is signed may be shown.
    SignedOnly,
    /// Names and CPR numbers must be left out: the work is pseudonymised.
    Pseudonymise,
    /// The reading stands in the log of the responsible professional too (helper's log, Sundhedsloven § 6).
    OnResponsibility,
}

/// Persons, categories and conditions of a permit.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Coverage {
    pub(crate) covered: BTreeMap<PersonId, BTreeSet<Category>>,
    pub(crate) secondary_findings: BTreeMap<PersonId, SecondaryFindingWish>,
    pub(crate) obligations: BTreeSet<Obligation>,
    pub(crate) purpose: Purpose,
    pub(crate) case: Option<CaseId>,
}

impl Coverage {
    fn covers(&self, person: &PersonId, category: Category) -> bool {
        self.covered.get(person).is_some_and(|categories| categories.contains(&category))
    }
}

impl Grant {
    /// True when the grant opens this category of this person's data.
    pub fn covers(&self, person: &PersonId, category: Category) -> bool {
        self.coverage.covers(person, category)
    }

    /// The persons it is about, in order.
    pub fn subjects(&self) -> impl Iterator<Item = &PersonId> {
        self.coverage.covered.keys()
    }

    /// What it was given for.
    pub const fn purpose(&self) -> Purpose {
        self.coverage.purpose
    }

    /// The case it was given for; `None` when it was not given for one.
    pub const fn case(&self) -> Option<&CaseId> {
        self.coverage.case.as_ref()
    }

    /// Index of the passage's first leaf in the log.
    pub const fn log_index(&self) -> u64 {
        self.log_index
    }

    /// Which of a person's secondary findings may be shown: as she wished, and none when the grant does not cover them.
    pub fn secondary_findings(&self, person: &PersonId) -> SecondaryFindingWish {
        if !self.covers(person, Category::SecondaryFinding) {
            return SecondaryFindingWish::None;
        }
        self.coverage.secondary_findings.get(person).copied().unwrap_or_default()
    }

    /// True when the grant carries the obligation.
    pub fn obliges(&self, obligation: Obligation) -> bool {
        self.coverage.obligations.contains(&obligation)
    }
}

impl WriteGrant<'_> {
    /// True when this category of this person's data may be written.
    pub fn covers(&self, person: &PersonId, category: Category) -> bool {
        self.coverage.covers(person, category)
    }

    /// The case it was given for.
    pub const fn case(&self) -> Option<&CaseId> {
        self.coverage.case.as_ref()
    }
}

impl std::fmt::Debug for Grant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Grant")
            .field("persons", &self.coverage.covered.len())
            .field("purpose", &self.coverage.purpose)
            .field("log_index", &self.log_index)
            .finish_non_exhaustive()
    }
}

impl std::fmt::Debug for WriteGrant<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WriteGrant").field("persons", &self.coverage.covered.len()).finish_non_exhaustive()
    }
}
