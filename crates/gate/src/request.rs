//! What is asked at the gate.

use indgang_model::{CaseId, Category, PersonId, Purpose, Role, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A user of the house. Opaque: it is neither a name nor a CPR number.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UserId(pub String);

impl std::fmt::Display for UserId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// What the one who asks wants to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Activity {
    /// See which cases are hers to work on.
    ListCases,
    /// Open one case with its interpretation.
    OpenCase,
    /// Interpret files.
    Interpret,
    /// Take an interpreted case into the house.
    Ingest,
    /// Write a conclusion.
    Conclude,
    /// Sign a report.
    SignReport,
    /// Contact a person because knowledge changed.
    Recontact,
    /// Read a signed result in plain words.
    ReadResult,
    /// Read who has read.
    ReadLog,
    /// Read the wishes that hold.
    ReadWishes,
    /// Change wishes.
    SetWishes,
    /// Verify that the log is whole; reads no person data.
    VerifyLog,
}

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The user.
    pub user: UserId,
    /// The person the user is, when she is known as a person in the house (citizens are).
    pub person: Option<PersonId>,
    /// In which capacity.
    pub role: Role,
    /// The organisation she acts within, as it is shown in the log.
    pub organisation: String,
    /// The authorised professional on whose responsibility she acts (Sundhedsloven § 6); mandatory for clinical academics.
    pub on_responsibility_of: Option<UserId>,
}

/// One question to the gate: who, for what purpose, what, about whom, when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Who asks.
    pub actor: Actor,
    /// What she wants to do.
    pub activity: Activity,
    /// Why.
    pub purpose: Purpose,
    /// Kinds of data.
    pub categories: BTreeSet<Category>,
    /// About whom.
    pub subjects: BTreeSet<PersonId>,
    /// In which case, when it is about one.
    pub case: Option<CaseId>,
    /// When.
    pub at: Timestamp,
}
