//! What the rules would have answered. It opens nothing: no grant comes of it.

use crate::pending::Ruling;
use crate::policy::Policy;
use crate::{Facts, Grant, NotCovered, Obligation, Reason, Request, decide_by};
use indgang_model::{Category, LegalBasis};
use std::collections::BTreeSet;

/// An answer that was never given, or is told again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replayed {
    /// Permitted or refused.
    pub permitted: bool,
    /// The rule and paragraph.
    pub rule: LegalBasis,
    /// Why it would be refused.
    pub reason: Option<Reason>,
    /// What would have to be observed.
    pub obligations: BTreeSet<Obligation>,
    /// Kinds of data that would be left out.
    pub withheld: BTreeSet<Category>,
}

/// What the shipped rules say of a request under some facts.
///
/// The grant is of the passage in which this is asked: so no ruling is told that nobody is seen to have asked for.
///
/// # Errors
/// [`NotCovered`] when the grant does not open the log of everybody the request is about.
pub fn replay(grant: &Grant, request: &Request, facts: &Facts) -> Result<Replayed, NotCovered> {
    let category = Category::AuditEvent;
    if request.subjects.is_empty() || !request.subjects.iter().all(|person| grant.covers(person, category)) {
        return Err(NotCovered { category });
    }
    let pending = decide_by(Policy::shipped(), request, facts);
    let mut replayed = Replayed {
        permitted: false,
        rule: pending.rule,
        reason: None,
        obligations: BTreeSet::new(),
        withheld: BTreeSet::new(),
    };
    match pending.ruling {
        Ruling::Permit(coverage) => {
            replayed.permitted = true;
            replayed.obligations = coverage.obligations;
            replayed.withheld = coverage.withheld.into_values().flatten().collect();
        }
        Ruling::Deny(reason) => replayed.reason = Some(reason),
    }
    Ok(replayed)
}
