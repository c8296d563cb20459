//! Person data that opens only with a grant.

use crate::Grant;
use indgang_model::{Category, PersonId};
use std::collections::BTreeSet;

/// Person data with the mark of whose and which kind it is. The content opens only with a grant that covers every
/// subject in the category. `Debug` shows the kind only, and there is no way to serialise it.
pub struct Guarded<T> {
    subjects: BTreeSet<PersonId>,
    category: Category,
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
        Self { subjects, category, content }
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
        let covered = !self.subjects.is_empty() && self.subjects.iter().all(|p| grant.covers(p, self.category));
        if covered { Ok(()) } else { Err(NotCovered { category: self.category }) }
    }
}

impl<T> std::fmt::Debug for Guarded<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Guarded({:?}, redacted)", self.category)
    }
}
