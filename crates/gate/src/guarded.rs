//! Person data that opens only with a grant.

use crate::Grant;
use indgang_model::{Category, PersonId, Timestamp};
use std::collections::BTreeSet;

/// Person data with the mark of whose and which kind it is. The content opens only with a grant that covers every
/// subject in the category. `Debug` shows the kind only, and there is no way to serialise it.
pub struct Guarded<T> {
    subjects: BTreeSet<PersonId>,
    category: Category,
    recorded: Option<Timestamp>,
    content: T,
}

/// The grant at hand does not cover the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the passage that was granted does not cover {category:?} of every person concerned; ask the gate for it")]
pub struct NotCovered {
    /// The kind of data that was to be opened.
    pub category: Category,
}

impl<T> Guarded<T> {
    /// Guards content. Guarding nobody's data is allowed to be written but never opens.
    pub const fn new(subjects: BTreeSet<PersonId>, category: Category, content: T) -> Self {
        Self { subjects, category, recorded: None, content }
    }

    /// The same content with the time it was recorded, so that it stays closed to those from whom a person has blocked
    /// that period.
    #[must_use]
    pub const fn recorded(mut self, at: Timestamp) -> Self {
        self.recorded = Some(at);
        self
    }

    /// The content, when the grant covers it.
    ///
    /// # Errors
    /// [`NotCovered`] when it does not.
    pub fn open(&self, grant: &Grant) -> Result<&T, NotCovered> {
        self.check(grant)?;
        Ok(&self.content)
    }

    /// The content itself, when the grant covers it.
    ///
    /// # Errors
    /// [`NotCovered`] when it does not; the content is then gone.
    pub fn into_open(self, grant: &Grant) -> Result<T, NotCovered> {
        self.check(grant)?;
        Ok(self.content)
    }

    /// The kind of data.
    pub const fn category(&self) -> Category {
        self.category
    }

    fn check(&self, grant: &Grant) -> Result<(), NotCovered> {
        let covered = !self.subjects.is_empty() && self.subjects.iter().all(|p| self.is_covered(grant, p));
        if covered { Ok(()) } else { Err(NotCovered { category: self.category }) }
    }

    fn is_covered(&self, grant: &Grant, person: &PersonId) -> bool {
        grant.covers(person, self.category) && !self.recorded.is_some_and(|at| grant.withholds_time(person, at))
    }
}

impl<T> std::fmt::Debug for Guarded<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Guarded({:?}, redacted)", self.category)
    }
}
