//! Why a wish was not fulfilled. No message names a person.

use indgang_gate::ledger::LedgerError;
use indgang_gate::{NotCovered, Reason, RepresentationError};
use indgang_lake::LakeError;
use indgang_model::LegalBasis;
use indgang_sources::resources::DeliveryError;
use indgang_store::StoreError;

/// Why a service did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No session, or it has ended.
    #[error("you are not signed in, or the session has ended; sign in again")]
    SignedOut,
    /// Nobody to sign in as.
    #[error("there is no user `{0}`; choose one of the users of the house")]
    UnknownUser(String),
    /// The provider vouches for her, but the house does not let her in.
    #[error("you have no access to this house, or it was taken from you; ask your administrator")]
    NotAdmitted,
    /// She has not just proved who she is, or may not declare anything.
    #[error("prove again who you are, and do it within a few minutes")]
    NotSteppedUp,
    /// No reason that is one.
    #[error("the reason is too short; write at least {} characters", indgang_gate::BreakingGlass::SHORTEST_REASON)]
    ShortReason,
    /// A part of a name that too many bear.
    #[error("too many people of the house bear such a name; write more of it")]
    TooManyNames,
    /// No code by which anybody lets herself be given power of attorney.
    #[error("the code is not right, was used, or is too old; ask for a new one")]
    NoSuchCode,
    /// Nothing of that number is to be judged.
    #[error("there is nothing to judge: the reading was judged before, or the registers may still confirm it")]
    NothingToJudge,
    /// The gate refused, and the refusal stands in the log.
    #[error("{0}")]
    Refused(Refusal),
    /// It is signed.
    #[error("the report is signed already; what is signed is not changed")]
    AlreadySigned,
    /// Nothing to sign.
    #[error("there is no conclusion to sign; write one first")]
    NoConclusion,
    /// Nothing was written.
    #[error("the conclusion is empty; write what the laboratory concludes")]
    EmptyConclusion,
    /// A diagnosis without its finding.
    #[error("a diagnostic result names its cause; choose the finding, or say that the cause is not among them")]
    NoCause,
    /// A cause where none goes with the result.
    #[error("a cause is named that does not go with the result; leave it out, or change the result")]
    CauseOfNothing,
    /// A rank that the report has not.
    #[error("the report ranks no such finding; choose one of its list")]
    NoSuchFinding,
    /// A strength that the criterion cannot have.
    #[error("the criterion cannot be that strong: BA1 stands alone, and no other does; choose another strength")]
    NoSuchStrength,
    /// Somebody of the family withholds what the answer cannot be given without. Whether that may be told to the one who
    /// asks is a matter of law: an authorised health professional in treatment may know, and may break the glass.
    #[error("a person of the case withholds data that the answer cannot be given without")]
    Withheld,
    /// No report yet.
    #[error("the case is not interpreted yet")]
    NotInterpreted,
    /// The case to take in does not hang together.
    #[error("the case cannot be taken in: {0}")]
    Input(String),
    /// Nobody of that identifier.
    #[error("the house has no person `{0}`; give her identifier as the log has it")]
    UnknownPerson(String),
    /// Nothing to end.
    #[error("nothing is entered by which `{holder}` acts for `{person}` at that time; see how it was entered")]
    NotRepresented {
        /// Who would act.
        holder: String,
        /// For whom.
        person: String,
    },
    /// Who acts for a person cannot be entered as it is said; nothing was entered.
    #[error(transparent)]
    Representation(#[from] RepresentationError),
    /// A choice that does not hang together; nothing was entered.
    #[error(transparent)]
    Choice(#[from] LedgerError),
    /// The system may ask no more.
    #[error("the system's right to ask has been withdrawn")]
    Withdrawn,
    /// The app's token does not reach so far.
    #[error("the scopes of the token do not reach this; the user must let the app in to more")]
    OutOfScope,
    /// The lake did not answer, or did not take it in.
    #[error(transparent)]
    Lake(#[from] LakeError),
    /// A file of resources cannot be taken in.
    #[error(transparent)]
    Delivery(#[from] DeliveryError),
    /// The store failed; nothing was done or answered.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A refusal, as it stands in the log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("refused by {} ({}): {reason}", rule.rule, rule.paragraph)]
pub struct Refusal {
    /// The rule and paragraph.
    pub rule: LegalBasis,
    /// What was missing.
    pub reason: Reason,
    /// Index of its first leaf.
    pub log_index: u64,
}

impl From<NotCovered> for Error {
    fn from(error: NotCovered) -> Self {
        Self::Store(error.into())
    }
}
