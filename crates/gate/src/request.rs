//! What is asked at the gate.

use crate::Delivered;
use indgang_model::{CaseId, Category, PermitId, PersonId, PlaceId, Profession, Purpose, Role, Timestamp};
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
    /// Look a person up, to see whether the house knows her.
    LookUp,
    /// Read a person's record: her timeline, or what another system asks for on a professional's behalf.
    ReadRecord,
    /// Read the consents, blocks and refusals that hold.
    ReadChoices,
    /// Give or withdraw a consent, a block or a refusal.
    SetChoices,
    /// Give or withdraw a consent to be examined or looked up for treatment, or a block: what another may do for a person
    /// who cannot.
    SetTreatmentChoices,
    /// Enter or end who acts for a person; reads no person data.
    EnterRepresentation,
    /// Insert what she herself tells: answers to a questionnaire.
    Donate,
    /// Ask a person in treatment to answer a questionnaire.
    AskPatient,
    /// Put a question in SQL to the lake; answers leave it as counts or pseudonymised rows.
    Query,
    /// Take rows of persons out of the house.
    ExportRows,
    /// Judge a reading that was permitted subject to follow-up, or against a block.
    FollowUp,
    /// Ask what the rules would have answered somebody at some time.
    Replay,
}

impl Activity {
    /// Each once.
    pub const ALL: [Self; 24] = [
        Self::ListCases,
        Self::OpenCase,
        Self::Interpret,
        Self::Ingest,
        Self::Conclude,
        Self::SignReport,
        Self::Recontact,
        Self::ReadResult,
        Self::ReadLog,
        Self::ReadWishes,
        Self::SetWishes,
        Self::VerifyLog,
        Self::LookUp,
        Self::ReadRecord,
        Self::ReadChoices,
        Self::SetChoices,
        Self::SetTreatmentChoices,
        Self::EnterRepresentation,
        Self::Donate,
        Self::AskPatient,
        Self::Query,
        Self::ExportRows,
        Self::FollowUp,
        Self::Replay,
    ];
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
    /// Her profession, when she is authorised.
    pub profession: Option<Profession>,
    /// The organisation she acts within, as it is shown in the log.
    pub organisation: String,
    /// The unit she acts within.
    pub place: Option<PlaceId>,
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
    /// What she relies on beside role and purpose.
    pub grounds: Grounds,
    /// When.
    pub at: Timestamp,
}

/// What the one who asks relies on beside her role and purpose. Empty: on nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Grounds {
    /// She breaks the glass.
    pub breaking_glass: Option<BreakingGlass>,
    /// She declares that the patient is in her current treatment though the registers do not show it yet.
    pub declares_treatment: bool,
    /// The permit she works under.
    pub permit: Option<PermitId>,
    /// The system of her institution that puts the question in her name; `None` when she puts it herself.
    pub asked_by: Option<String>,
    /// What she takes into the lake.
    pub delivered: Vec<Delivered>,
}

/// A reading past a block or without a treatment relation, for one of the two lawful reasons
/// (*værdispring*; Samtykkeservice's *consent override*).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BreakingGlass {
    /// Which of the two.
    pub ground: BreakingGlassGround,
    /// Why, in the professional's own words; the citizen reads them in her log.
    pub reason: String,
    /// True when the professional has just proved again who she is (step-up).
    pub stepped_up: bool,
}

/// The two lawful reasons to break the glass.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BreakingGlassGround {
    /// The patient permits it here and now.
    PatientPermits,
    /// The patient's own life, or an essential interest of hers or of others (Sundhedsloven § 42 a, stk. 2).
    EssentialInterest,
}

impl BreakingGlass {
    /// The shortest reason that is one, in characters without the blanks around it.
    pub const SHORTEST_REASON: usize = 10;

    /// True when the reason is written and the professional has proved anew who she is.
    pub fn is_complete(&self) -> bool {
        self.stepped_up && self.reason.trim().chars().count() >= Self::SHORTEST_REASON
    }
}
