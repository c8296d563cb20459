//! Why a door stays closed: what would have to be otherwise for it to open, found by asking the policy itself.
//!
//! Every condition that could help is first supposed to hold; then each is given back its true value as long as the
//! door stays open. What cannot be given back is missing, and none of it is superfluous. So an explanation cannot say
//! anything that the rules do not say.

use super::{Condition, Policy, Rule, Situation, Verdict};
use crate::{Reason, RelationGrade};
use indgang_model::Category;

/// What is missing, and the rule that would open if it were not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Missing<'a> {
    /// The rule.
    pub rule: &'a Rule,
    /// What is missing, in one word; the first, when several things are.
    pub reason: Reason,
}

/// Conditions supposed to hold, and what it is called when one does not, in the order in which they are told.
const SUPPOSED: [(Supposition, Reason); 12] = [
    (Supposition::Holds(Condition::NamesSomebody), Reason::NoSubject),
    (Supposition::Holds(Condition::Own), Reason::NotOwnData),
    (Supposition::Holds(Condition::Responsible), Reason::NoResponsibleProfessional),
    (Supposition::Holds(Condition::Assigned), Reason::NotAssigned),
    (Supposition::Holds(Condition::Held), Reason::NotAssigned),
    (Supposition::Related, Reason::NoTreatmentRelation),
    (Supposition::Holds(Condition::ForAPatient), Reason::NoTreatmentRelation),
    (Supposition::Holds(Condition::TookPart), Reason::TookNoPart),
    (Supposition::Holds(Condition::Permit), Reason::NoPermit),
    (Supposition::Holds(Condition::SitePermission), Reason::NoSitePermission),
    (Supposition::Holds(Condition::Mandate), Reason::NoMandate),
    (Supposition::Holds(Condition::ToBeFollowedUp), Reason::NothingToFollowUp),
];

#[derive(Clone, Copy)]
enum Supposition {
    Holds(Condition),
    Related,
}

impl Supposition {
    fn suppose(self, situation: &Situation) -> Situation {
        match self {
            Self::Holds(condition) => with(situation, condition, true),
            Self::Related => Situation { relation: RelationGrade::APlusPlus, ..*situation },
        }
    }

    fn give_back(self, supposed: &Situation, actual: &Situation) -> Situation {
        match self {
            Self::Holds(condition) => with(supposed, condition, actual.conditions.has(condition)),
            Self::Related => Situation { relation: actual.relation, ..*supposed },
        }
    }
}

fn with(situation: &Situation, condition: Condition, holds: bool) -> Situation {
    Situation { conditions: situation.conditions.with(condition, holds), ..*situation }
}

impl Policy {
    /// What is missing in a situation that no rule opens.
    pub fn missing(&self, situation: &Situation) -> Missing<'_> {
        self.age(situation)
            .or_else(|| self.supposing(situation, situation))
            .or_else(|| self.supposing(situation, &with(situation, Condition::Consent, true)))
            .or_else(|| self.other_category(situation))
            .unwrap_or(Missing { rule: Rule::closed(), reason: Reason::NotOpen })
    }

    /// Only the age stands in the way.
    fn age(&self, situation: &Situation) -> Option<Missing<'_>> {
        let of_age = |turned| with(&with(situation, Condition::Turned15, turned), Condition::Under15, !turned);
        let own = situation.conditions.has(Condition::Own);
        if !self.verdict(&of_age(own)).is_open() {
            return None;
        }
        let reason = if own { Reason::Under15 } else { Reason::DecidesHerself };
        Some(Missing { rule: self.rule("DK-17").unwrap_or_else(|| Rule::closed()), reason })
    }

    fn supposing(&self, actual: &Situation, from: &Situation) -> Option<Missing<'_>> {
        let consent = !actual.conditions.has(Condition::Consent) && from.conditions.has(Condition::Consent);
        let mut supposed = SUPPOSED.iter().fold(*from, |situation, (what, _)| what.suppose(&situation));
        if supposed.conditions.has(Condition::Own) && !actual.conditions.has(Condition::Own) {
            supposed = with(&with(&supposed, Condition::Turned15, true), Condition::Under15, false);
        }
        if let Verdict::Forbidden(rule) = self.verdict(&supposed) {
            return rule.reason.map(|reason| Missing { rule, reason });
        }
        let mut reason = None;
        for (what, missing) in SUPPOSED {
            let given_back = what.give_back(&supposed, actual);
            if self.verdict(&given_back).is_open() {
                supposed = given_back;
            } else if self.verdict(&supposed).is_open() {
                reason = reason.or(Some(missing));
            }
        }
        let Verdict::Open(rule) = self.verdict(&supposed) else { return None };
        let reason = reason.or(consent.then_some(Reason::NoConsent))?;
        Some(Missing { rule, reason })
    }

    fn other_category(&self, situation: &Situation) -> Option<Missing<'_>> {
        let others = Category::ALL.into_iter().map(Some).chain([None]);
        let supposed = SUPPOSED.iter().fold(*situation, |situation, (what, _)| what.suppose(&situation));
        let nobody = with(&supposed, Condition::NamesSomebody, false);
        others.flat_map(|category| [supposed, nobody].map(|world| Situation { category, ..world })).find_map(|other| {
            match self.verdict(&other) {
                Verdict::Open(rule) => Some(Missing { rule, reason: Reason::CategoryNotOpen }),
                _ => None,
            }
        })
    }
}
