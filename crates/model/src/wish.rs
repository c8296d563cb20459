//! What each person wishes to know, and what may be done with her data.

use serde::{Deserialize, Serialize};

/// The three choices on secondary findings of the Danish consent form for comprehensive genetic analysis.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SecondaryFindingWish {
    /// All findings of importance to health.
    All,
    /// Only findings of disease that can be treated or prevented.
    TreatableOrPreventable,
    /// None. Also what holds while nothing is known: nobody is told what she did not ask for.
    #[default]
    None,
}

/// One person's wishes. The default is what holds while nothing is known: no to each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Wishes {
    /// Which secondary findings to be told of.
    pub secondary_findings: SecondaryFindingWish,
    /// To be contacted when knowledge changes.
    pub recontact: bool,
    /// That the result may serve research.
    pub research: bool,
    /// That the result may stand in a shared database.
    pub shared_database: bool,
}
