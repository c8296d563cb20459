//! What a permit carries.

use crate::{Obligation, Population};
use indgang_model::{CaseId, Category, PersonId, Purpose, SecondaryFindingWish, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// The right to read some categories of some persons' data for one purpose, recorded in the log.
///
/// Sealed: it is made only by [`crate::Pending::recorded`], is neither cloned nor deserialised, and cannot grow.
pub struct Grant {
    pub(crate) coverage: Box<Coverage>,
    pub(crate) log_index: u64,
}

/// The right to write within the very transaction that also holds the passage's leaves. Reads nothing.
///
/// It exists before the commit, so that an action and its line in the log are kept or lost together.
pub struct WriteGrant<'pending> {
    pub(crate) coverage: &'pending Coverage,
}

/// Persons, categories and conditions of a permit.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Coverage {
    pub(crate) covered: BTreeMap<PersonId, BTreeSet<Category>>,
    pub(crate) secondary_findings: BTreeMap<PersonId, SecondaryFindingWish>,
    pub(crate) obligations: BTreeSet<Obligation>,
    pub(crate) purpose: Purpose,
    pub(crate) case: Option<CaseId>,
    pub(crate) withheld: BTreeMap<PersonId, BTreeSet<Category>>,
    pub(crate) withheld_periods: BTreeMap<PersonId, Vec<(Timestamp, Timestamp)>>,
    pub(crate) expires: Option<Timestamp>,
    pub(crate) population: Option<Population>,
}

impl Coverage {
    /// As she wished, and none when they are not covered.
    fn secondary_findings(&self, person: &PersonId) -> SecondaryFindingWish {
        if !self.covers(person, Category::SecondaryFinding) {
            return SecondaryFindingWish::None;
        }
        self.secondary_findings.get(person).copied().unwrap_or_default()
    }

    /// Nothing yet.
    pub(crate) const fn of(purpose: Purpose, case: Option<CaseId>) -> Self {
        Self {
            covered: BTreeMap::new(),
            secondary_findings: BTreeMap::new(),
            obligations: BTreeSet::new(),
            purpose,
            case,
            withheld: BTreeMap::new(),
            withheld_periods: BTreeMap::new(),
            expires: None,
            population: None,
        }
    }

    fn covers(&self, person: &PersonId, category: Category) -> bool {
        self.covered.get(person).is_some_and(|categories| categories.contains(&category))
    }
}

impl Grant {
    /// True when the grant opens this category of this person's data.
    pub fn covers(&self, person: &PersonId, category: Category) -> bool {
        self.coverage.covers(person, category)
    }

    /// What it opens of the lake; `None` when it was given for named persons.
    pub const fn population(&self) -> Option<&Population> {
        self.coverage.population.as_ref()
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
        self.coverage.secondary_findings(person)
    }

    /// Kinds of a person's data that were asked for and are left out because she blocked, refused or did not wish them.
    /// Whether that may be shown is a matter of law: see the rule.
    pub fn withheld(&self, person: &PersonId) -> impl Iterator<Item = Category> + '_ {
        self.coverage.withheld.get(person).into_iter().flatten().copied()
    }

    /// True when the person has blocked the period in which data of hers were recorded.
    pub fn withholds_time(&self, person: &PersonId, recorded: Timestamp) -> bool {
        let periods = self.coverage.withheld_periods.get(person).into_iter().flatten();
        periods.into_iter().any(|(from, until)| *from <= recorded && recorded < *until)
    }

    /// When it ends, when it ends with a permit.
    pub const fn expires(&self) -> Option<Timestamp> {
        self.coverage.expires
    }

    /// What must be observed.
    pub fn obligations(&self) -> impl Iterator<Item = Obligation> + '_ {
        self.coverage.obligations.iter().copied()
    }

    /// True when the grant carries the obligation.
    pub fn obliges(&self, obligation: Obligation) -> bool {
        self.coverage.obligations.contains(&obligation)
    }
}

impl WriteGrant<'_> {
    /// True when the passage is about the person, whatever it opens of her.
    pub fn names(&self, person: &PersonId) -> bool {
        self.coverage.covered.contains_key(person)
    }

    /// What it was given for.
    pub const fn purpose(&self) -> Purpose {
        self.coverage.purpose
    }

    /// True when this category of this person's data may be written.
    pub fn covers(&self, person: &PersonId, category: Category) -> bool {
        self.coverage.covers(person, category)
    }

    /// Which of a person's secondary findings it is about: as she wished, and none when it does not cover them.
    pub fn secondary_findings(&self, person: &PersonId) -> SecondaryFindingWish {
        self.coverage.secondary_findings(person)
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
