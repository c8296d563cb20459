//! A ruling that reveals nothing until it stands in the log.

use crate::grant::Coverage;
use crate::log::{Appended, Receipt};
use crate::{Grant, Leaf, Obligation, WriteGrant};
use indgang_model::LegalBasis;

/// A ruling whose outcome is told only against the receipt of its leaves.
#[must_use = "a ruling that is not recorded opens nothing and is missing from the log"]
pub struct Pending {
    pub(crate) ruling: Ruling,
    pub(crate) rule: LegalBasis,
    pub(crate) leaves: Vec<Leaf>,
}

pub(crate) enum Ruling {
    Permit(Box<Coverage>),
    Deny(Reason),
}

/// What the gate answers. Each answer carries its paragraph.
#[derive(Debug)]
pub enum Decision {
    /// The door is open.
    Permit {
        /// The right to read.
        grant: Grant,
        /// The rule and paragraph.
        rule: LegalBasis,
        /// What must be observed.
        obligations: Vec<Obligation>,
    },
    /// The door stays closed.
    Deny {
        /// The rule and paragraph.
        rule: LegalBasis,
        /// What was missing.
        reason: Reason,
        /// Index of the refusal's first leaf in the log.
        log_index: u64,
    },
}

/// Why a door stays closed. Says nothing of the persons asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// No rule opens this role, purpose and activity.
    #[error("no rule opens this for the role and purpose")]
    NotOpen,
    /// Employers, insurers, pension funds and banks.
    #[error("the door is closed to employers, insurers, pension funds and banks for every purpose")]
    Outsider,
    /// The passage names nobody.
    #[error("the passage names no person, or a case that is not yours to open")]
    NoSubject,
    /// A category the rule does not open.
    #[error("the rule does not open this kind of data")]
    CategoryNotOpen,
    /// No treatment relation.
    #[error("there is no current treatment relation to every person concerned")]
    NoTreatmentRelation,
    /// No named professional.
    #[error("an authorised professional must be named on whose responsibility you act")]
    NoResponsibleProfessional,
    /// The case is assigned to others.
    #[error("the case is not assigned to you")]
    NotAssigned,
    /// Somebody else's data.
    #[error("these are not your own data, nor a child's in your custody")]
    NotOwnData,
    /// The child has turned 15.
    #[error("from the age of 15 the person decides for herself")]
    DecidesHerself,
    /// Under 15.
    #[error("under the age of 15 it is the holder of custody who has access")]
    Under15,
    /// The person did not wish it.
    #[error("the person has not wished this")]
    NotWished,
    /// The person has blocked it.
    #[error("the person has blocked this; the glass can be broken only as the law allows")]
    Blocked,
    /// The person has refused this use.
    #[error("the person has refused this use of the data")]
    Refused,
    /// No consent.
    #[error("the person has not consented to this, or the consent was withdrawn or has lapsed")]
    NoConsent,
    /// No permit.
    #[error("there is no permit in force that covers this; apply for one, or name it")]
    NoPermit,
    /// The site's management has not permitted it.
    #[error("the management of the site has not permitted this")]
    NoSitePermission,
    /// She did not take part in the treatment.
    #[error("only who took part in the treatment within six months may look up for her own learning")]
    TookNoPart,
    /// No mandate.
    #[error("there is no reasoned mandate for this person and this kind of data")]
    NoMandate,
    /// Nothing to follow up.
    #[error("no reading of this person's data is to be followed up")]
    NothingToFollowUp,
}

/// The receipt is for other leaves than this ruling's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the receipt is for another passage; nothing is opened")]
pub struct WrongReceipt;

impl Pending {
    /// The leaves to be written: one for each person concerned, or one when the passage concerns nobody.
    pub fn leaves(&self) -> &[Leaf] {
        &self.leaves
    }

    /// The right to write in the transaction that holds the leaves; `None` when the ruling is a refusal.
    ///
    /// # Errors
    /// [`WrongReceipt`] when other leaves were appended.
    pub fn writing(&self, appended: &Appended) -> Result<Option<WriteGrant<'_>>, WrongReceipt> {
        self.same_leaves(appended.hashes())?;
        Ok(match &self.ruling {
            Ruling::Permit(coverage) => Some(WriteGrant { coverage }),
            Ruling::Deny(_) => None,
        })
    }

    /// Tells the decision against the receipt for the leaves.
    ///
    /// # Errors
    /// [`WrongReceipt`] when the receipt is for other leaves.
    pub fn recorded(self, receipt: &Receipt) -> Result<Decision, WrongReceipt> {
        self.same_leaves(receipt.hashes())?;
        let rule = self.rule;
        let log_index = receipt.first();
        Ok(match self.ruling {
            Ruling::Permit(coverage) => {
                let obligations = coverage.obligations.iter().copied().collect();
                Decision::Permit { grant: Grant { coverage, log_index }, rule, obligations }
            }
            Ruling::Deny(reason) => Decision::Deny { rule, reason, log_index },
        })
    }

    fn same_leaves(&self, hashes: &[crate::log::Hash]) -> Result<(), WrongReceipt> {
        let same = self.leaves.len() == hashes.len()
            && self.leaves.iter().zip(hashes).all(|(leaf, hash)| leaf.hash() == *hash);
        if same { Ok(()) } else { Err(WrongReceipt) }
    }
}

impl std::fmt::Debug for Pending {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pending").field("leaves", &self.leaves.len()).finish_non_exhaustive()
    }
}
