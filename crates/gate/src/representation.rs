//! Who acts for an adult who cannot look after her own affairs, or consents to a treatment in her place.
//!
//! What the law says stands at each kind. Two things are judged, and say so: what opens nothing here although a statute
//! gives the office (a co-guardian alone), and for how long who consents in one situation is let in.

use indgang_model::{PersonId, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Somebody acts for a person.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Representation {
    /// Who acts.
    pub holder: PersonId,
    /// For whom.
    pub person: PersonId,
    /// As what.
    pub kind: RepresentationKind,
    /// In which matters.
    pub matters: BTreeSet<Matter>,
    /// First moment.
    pub from: Timestamp,
    /// First moment after it, when it has an end.
    pub until: Option<Timestamp>,
}

/// As what somebody acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RepresentationKind {
    /// Guardian of an adult (værge). She acts in the matters that the guardianship covers.
    Guardian,
    /// Guardian of an adult who is also deprived of legal capacity. That concerns financial matters only, and opens no
    /// more here than the guardianship itself.
    GuardianLegallyIncapacitated,
    /// Co-guardian (samværge), who acts together with the person and in financial matters. Opens nothing here.
    CoGuardian,
    /// Holder of a future power of attorney that has been put in force (fremtidsfuldmægtig).
    FutureAttorney,
    /// Next of kin, who consents in a treatment situation for a patient who permanently cannot.
    NextOfKin,
    /// Holder of custody, who consents in a treatment situation for a patient of 15 to 17 years who cannot understand what
    /// her decision means.
    HolderOfCustody,
}

/// What a representation covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Matter {
    /// Financial matters.
    Financial,
    /// Personal matters.
    Personal,
    /// Personal matters that concern health (*personlige forhold, herunder helbredsforhold*).
    Health,
}

/// Why a representation cannot be entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RepresentationError {
    /// Of herself.
    #[error("nobody acts for herself; name another person")]
    Herself,
    /// It ends before it begins.
    #[error("it would end before it begins; give an `until` after `from`")]
    NoTime,
    /// It covers nothing.
    #[error("it covers no matters; give at least one of `financial`, `personal`, `health`")]
    NoMatter,
    /// Matters that the kind does not have.
    #[error("a {0} does not cover these matters; {1}")]
    WrongMatters(&'static str, &'static str),
    /// Who consents in one situation, without an end or for too long.
    #[error("who consents in a treatment situation is entered for at most {} days; give an `until`", SITUATION_DAYS)]
    TooLong,
    /// No age that the kind is for, or none known.
    #[error("the person is not of the age this is for ({0}), or the house does not know her age")]
    WrongAge(&'static str),
    /// A holder of custody who has none.
    #[error("the house knows of no custody that the holder has of the person")]
    NoCustody,
    /// No evidence.
    #[error("nothing says what it is entered on; give `evidence`: the authority, the document and its date")]
    NoEvidence,
}

/// For so many days at most somebody consents in one treatment situation. Judged: the act speaks of the situation, and a
/// general consent to lesser treatments in it holds for up to a year.
pub const SITUATION_DAYS: i64 = 366;

impl RepresentationKind {
    /// Each once.
    pub const ALL: [Self; 6] = [
        Self::Guardian,
        Self::GuardianLegallyIncapacitated,
        Self::CoGuardian,
        Self::FutureAttorney,
        Self::NextOfKin,
        Self::HolderOfCustody,
    ];

    /// Its name in forms and files.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Guardian => "guardian",
            Self::GuardianLegallyIncapacitated => "guardian_legally_incapacitated",
            Self::CoGuardian => "co_guardian",
            Self::FutureAttorney => "future_attorney",
            Self::NextOfKin => "next_of_kin",
            Self::HolderOfCustody => "holder_of_custody",
        }
    }

    /// What gives the office.
    pub const fn paragraph(self) -> &'static str {
        match self {
            Self::Guardian => "Værgemålsloven § 5",
            Self::GuardianLegallyIncapacitated => "Værgemålsloven §§ 5 og 6",
            Self::CoGuardian => "Værgemålsloven § 7",
            Self::FutureAttorney => "Lov om fremtidsfuldmagter §§ 1-2",
            Self::NextOfKin => "Sundhedsloven § 18, stk. 1",
            Self::HolderOfCustody => "Sundhedsloven § 17, stk. 2",
        }
    }

    /// True for who consents in one treatment situation, and is let in for its time only.
    pub const fn in_a_situation(self) -> bool {
        matches!(self, Self::NextOfKin | Self::HolderOfCustody)
    }

    const fn wrong_matters(self) -> Option<RepresentationError> {
        match self {
            Self::GuardianLegallyIncapacitated => Some(RepresentationError::WrongMatters(
                "guardian of a person without legal capacity",
                "legal capacity is taken with a guardianship that covers `financial`",
            )),
            Self::CoGuardian => Some(RepresentationError::WrongMatters("co-guardian", "give `financial` only")),
            Self::NextOfKin | Self::HolderOfCustody => {
                Some(RepresentationError::WrongMatters("person who consents in a situation", "give `health` only"))
            }
            Self::Guardian | Self::FutureAttorney => None,
        }
    }
}

impl Representation {
    /// Looks whether it hangs together; `turned` says whether the person has turned so many years, and `custody` whether
    /// the holder has custody of her.
    ///
    /// # Errors
    /// See [`RepresentationError`].
    pub fn check(&self, turned: impl Fn(u16) -> Option<bool>, custody: bool) -> Result<(), RepresentationError> {
        if self.holder == self.person {
            return Err(RepresentationError::Herself);
        }
        if self.until.is_some_and(|until| until <= self.from) {
            return Err(RepresentationError::NoTime);
        }
        if self.matters.is_empty() {
            return Err(RepresentationError::NoMatter);
        }
        if !self.matters_fit() {
            return self.kind.wrong_matters().map_or(Ok(()), Err);
        }
        if self.kind.in_a_situation() && self.days().is_none_or(|days| days > SITUATION_DAYS) {
            return Err(RepresentationError::TooLong);
        }
        if !self.of_age(turned) {
            let years = if self.kind == RepresentationKind::HolderOfCustody { "15 to 17 years" } else { "18 years" };
            return Err(RepresentationError::WrongAge(years));
        }
        if self.kind == RepresentationKind::HolderOfCustody && !custody {
            return Err(RepresentationError::NoCustody);
        }
        Ok(())
    }

    /// True when it is in force.
    pub fn holds(&self, at: Timestamp) -> bool {
        self.from <= at && self.until.is_none_or(|until| at < until)
    }

    /// True when the person has the age that the kind is for; `turned` says whether she has turned so many years.
    pub(crate) fn of_age(&self, turned: impl Fn(u16) -> Option<bool>) -> bool {
        match self.kind {
            RepresentationKind::HolderOfCustody => turned(15) == Some(true) && turned(18) == Some(false),
            _ => turned(18) == Some(true),
        }
    }

    /// True when it covers the person's health. A co-guardian acts with the person and not in her place.
    pub fn in_health(&self) -> bool {
        self.kind != RepresentationKind::CoGuardian && self.matters.contains(&Matter::Health)
    }

    fn matters_fit(&self) -> bool {
        let only = |matter| self.matters.iter().all(|own| *own == matter);
        match self.kind {
            RepresentationKind::Guardian | RepresentationKind::FutureAttorney => true,
            RepresentationKind::GuardianLegallyIncapacitated => self.matters.contains(&Matter::Financial),
            RepresentationKind::CoGuardian => only(Matter::Financial),
            RepresentationKind::NextOfKin | RepresentationKind::HolderOfCustody => only(Matter::Health),
        }
    }

    fn days(&self) -> Option<i64> {
        // A day begun is a day.
        let seconds = self.until?.as_second() - self.from.as_second();
        Some(seconds.div_euclid(86_400) + i64::from(seconds.rem_euclid(86_400) > 0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Matter::{Financial, Health, Personal};
    use RepresentationKind::*;

    fn representation(kind: RepresentationKind, matters: &[Matter], until: Option<&str>) -> Representation {
        Representation {
            holder: PersonId("holder".into()),
            person: PersonId("person".into()),
            kind,
            matters: matters.iter().copied().collect(),
            from: "2026-01-01T00:00:00Z".parse().unwrap(),
            until: until.map(|text| text.parse().unwrap()),
        }
    }

    #[test]
    fn each_kind_is_entered_as_the_law_has_it() {
        use RepresentationError::*;
        let (year, longer) = (Some("2027-01-01T00:00:00Z"), Some("2027-01-03T00:00:00Z"));
        let wrong = |kind: RepresentationKind| kind.wrong_matters().map_or(Ok(()), Err);
        for (kind, matters, until, age, custody, outcome) in [
            (Guardian, &[Health][..], None, 40, false, Ok(())),
            (Guardian, &[Financial], None, 40, false, Ok(())),
            (Guardian, &[], None, 40, false, Err(NoMatter)),
            (Guardian, &[Health], None, 17, false, Err(WrongAge("18 years"))),
            (Guardian, &[Health], Some("2026-01-01T00:00:00Z"), 40, false, Err(NoTime)),
            (GuardianLegallyIncapacitated, &[Financial, Personal, Health], None, 40, false, Ok(())),
            (GuardianLegallyIncapacitated, &[Health], None, 40, false, wrong(GuardianLegallyIncapacitated)),
            (CoGuardian, &[Financial], None, 40, false, Ok(())),
            (CoGuardian, &[Financial, Health], None, 40, false, wrong(CoGuardian)),
            (FutureAttorney, &[Personal, Health], None, 80, false, Ok(())),
            (NextOfKin, &[Health], year, 80, false, Ok(())),
            (NextOfKin, &[Health], longer, 80, false, Err(TooLong)),
            (NextOfKin, &[Health], None, 80, false, Err(TooLong)),
            (NextOfKin, &[Health, Financial], year, 80, false, wrong(NextOfKin)),
            (HolderOfCustody, &[Health], year, 16, true, Ok(())),
            (HolderOfCustody, &[Health], year, 16, false, Err(NoCustody)),
            (HolderOfCustody, &[Health], year, 18, true, Err(WrongAge("15 to 17 years"))),
            (HolderOfCustody, &[Health], year, 14, true, Err(WrongAge("15 to 17 years"))),
        ] {
            let new = representation(kind, matters, until);
            assert_eq!(new.check(|years| Some(age >= years), custody), outcome, "{kind:?} {matters:?} {age}");
            assert!(new.check(|_| None, custody).is_err(), "an age that is not known is none");
        }
        let herself = Representation { holder: PersonId("person".into()), ..representation(Guardian, &[Health], None) };
        assert_eq!(herself.check(|_| Some(true), false), Err(Herself));
    }

    #[test]
    fn only_what_covers_health_opens_anything() {
        for (kind, matters, health) in [
            (Guardian, &[Health][..], true),
            (Guardian, &[Personal], false),
            (Guardian, &[Financial], false),
            (CoGuardian, &[Financial, Health], false),
            (FutureAttorney, &[Financial, Health], true),
            (NextOfKin, &[Health], true),
        ] {
            assert_eq!(representation(kind, matters, None).in_health(), health, "{kind:?} {matters:?}");
        }
        for kind in RepresentationKind::ALL {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.word());
            assert!(!kind.paragraph().is_empty());
        }
    }
}
