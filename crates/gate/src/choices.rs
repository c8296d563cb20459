//! What a person permits, forbids and refuses, as it holds at one moment.
//!
//! The ledger these are replayed from is append-only and bitemporal; this file holds only what a decision looks at.

use indgang_model::{Category, PersonId, PlaceId, Purpose, Timestamp};
use serde::{Deserialize, Serialize};

use crate::UserId;

/// A person forbids reading (Samtykkeservice's *negative consent*; Sundhedsloven § 42 a, stk. 5, § 42 d, stk. 4).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Block {
    /// Whose data.
    pub person: PersonId,
    /// Whom or what it closes.
    pub target: BlockTarget,
    /// First moment.
    pub from: Timestamp,
    /// First moment after it.
    pub until: Option<Timestamp>,
}

/// Whom or what a block closes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BlockTarget {
    /// A named professional.
    Professional(UserId),
    /// Everybody at a place and the units under it.
    Place(PlaceId),
    /// A kind of data, to everybody.
    Category(Category),
    /// Data from a period, to everybody.
    Period {
        /// First moment of the data.
        from: Timestamp,
        /// First moment after them.
        until: Timestamp,
    },
    /// Every professional.
    Everybody,
}

/// What a person has refused outside her own treatment. The default refuses nothing, which is the law's own default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Refusals {
    /// Tissue only for her own treatment (Vævsanvendelsesregisteret; Sundhedsloven §§ 28, stk. 2, 29, stk. 1).
    pub tissue: bool,
    /// Genetic data only for her own treatment (Vævsanvendelsesregisteret; Sundhedsloven § 29, stk. 1).
    pub genetic: bool,
    /// No secondary use (Regulation (EU) 2025/327, Article 71).
    pub secondary_use: bool,
}

/// A consent that a person has given.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Consent {
    /// Who consents.
    pub person: PersonId,
    /// To what purpose.
    pub purpose: Purpose,
    /// To whom; `None` for whoever else the law lets in for the purpose.
    pub recipient: Option<Recipient>,
    /// First moment.
    pub from: Timestamp,
    /// First moment after it: withdrawn, or lapsed (Sundhedsloven § 43: one year after it was given).
    pub until: Timestamp,
}

/// Whom a consent is given to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Recipient {
    /// A named professional.
    Professional(UserId),
    /// A place and the units under it.
    Place(PlaceId),
}

impl Block {
    /// True when it is in force.
    pub fn holds(&self, at: Timestamp) -> bool {
        self.from <= at && self.until.is_none_or(|until| at < until)
    }
}

impl Consent {
    /// True when it is in force.
    pub fn holds(&self, at: Timestamp) -> bool {
        self.from <= at && at < self.until
    }
}
