//! One pair of a person and a kind of data, as the rules see it: everything a ruling may depend on, and nothing else.

use crate::{Activity, BreakingGlassGround, RelationGrade};
use indgang_model::{Category, Purpose, Role};

/// What the rules look at. The set of situations is finite, so that every one of them can be tried
/// (`crates/gate/tests/exhaustive.rs`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Situation {
    /// In which capacity the one who asks acts.
    pub role: Role,
    /// What she wants to do.
    pub activity: Activity,
    /// Why.
    pub purpose: Purpose,
    /// The kind of data; `None` when the passage names none.
    pub category: Option<Category>,
    /// How surely she, or the professional on whose responsibility she acts, has the person in treatment.
    pub relation: RelationGrade,
    /// She breaks the glass, with a written reason and after proving anew who she is.
    pub breaking_glass: Option<BreakingGlassGround>,
    /// Which conditions hold.
    pub conditions: Conditions,
}

/// A set of [`Condition`]s.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Conditions(u32);

macro_rules! conditions {
    ($($(#[$doc:meta])* $name:ident = $attribute:literal,)*) => {
        /// A condition that holds or does not, for one person, one kind of data and one moment.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Condition {
            $($(#[$doc])* $name,)*
        }

        impl Condition {
            /// Each once.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// Its name in the policies.
            pub const fn attribute(self) -> &'static str {
                match self {
                    $(Self::$name => $attribute,)*
                }
            }
        }
    };
}

conditions! {
    /// The passage is about a person.
    NamesSomebody = "names_somebody",
    /// She declares that the treatment is current though the registers lag.
    DeclaresTreatment = "declares_treatment",
    /// A patient in her current treatment is a member of the case that the question serves.
    ForAPatient = "for_a_patient",
    /// She acts on the responsibility of a named authorised professional.
    Responsible = "responsible",
    /// The case is assigned to her, and the person is a member of it.
    Assigned = "assigned",
    /// She holds the person's files herself and puts them before the program.
    Held = "held",
    /// The person is herself.
    Own = "own",
    /// She has custody of the person.
    Custody = "custody",
    /// She holds the person's power of attorney.
    Proxy = "proxy",
    /// She is the person's guardian, or her attorney by a future power of attorney in force, also in matters of health.
    Guardian = "guardian",
    /// She is registered as who consents for the person in a treatment situation that runs.
    NextOfKin = "next_of_kin",
    /// The person is known to have turned 15.
    Turned15 = "turned_15",
    /// The person is known to be under 15.
    Under15 = "under_15",
    /// The person has blocked her, her place or everybody.
    Blocked = "blocked",
    /// The person has blocked this kind of data.
    BlockedCategory = "blocked_category",
    /// The person has consented to this purpose.
    Consent = "consent",
    /// The person has refused use of her tissue outside her own treatment.
    TissueRefused = "tissue_refused",
    /// The person has refused use of her genetic data outside her own treatment.
    GeneticRefused = "genetic_refused",
    /// The person has opted out of secondary use.
    SecondaryUseRefused = "secondary_use_refused",
    /// The person wishes to be contacted about new knowledge.
    WishesRecontact = "wishes_recontact",
    /// The person wishes some or all secondary findings.
    WishesSecondaryFindings = "wishes_secondary_findings",
    /// She works under a permit for this purpose that is in force and covers this kind of data.
    Permit = "permit",
    /// The management of the site has permitted it.
    SitePermission = "site_permission",
    /// She is a doctor, dentist, midwife or nurse.
    LearningProfession = "learning_profession",
    /// She took part in the person's treatment within six months.
    TookPart = "took_part",
    /// A reasoned mandate names the person and this kind of data.
    Mandate = "mandate",
    /// A reading of the person's data is to be followed up.
    ToBeFollowedUp = "to_be_followed_up",
}

impl Conditions {
    /// The set of these.
    pub fn of(conditions: impl IntoIterator<Item = Condition>) -> Self {
        conditions.into_iter().fold(Self::default(), |set, condition| set.with(condition, true))
    }

    /// True when the condition holds.
    pub const fn has(self, condition: Condition) -> bool {
        self.0 & (1 << condition as u32) != 0
    }

    /// The set in which the condition holds or does not.
    #[must_use]
    pub const fn with(self, condition: Condition, holds: bool) -> Self {
        let bit = 1 << condition as u32;
        Self(if holds { self.0 | bit } else { self.0 & !bit })
    }
}

impl Situation {
    /// The same, had the person withheld no kind of data.
    pub(crate) fn as_if_nothing_were_withheld(&self) -> Self {
        let withholding = [Condition::BlockedCategory, Condition::TissueRefused, Condition::GeneticRefused];
        let freed = withholding.iter().fold(self.conditions, |set, condition| set.with(*condition, false));
        Self { conditions: freed.with(Condition::WishesSecondaryFindings, true), ..*self }
    }

    /// The situation as one number below 2⁴⁸, different for different situations.
    pub(super) fn packed(&self) -> u64 {
        let breaking_glass = match self.breaking_glass {
            None => 0,
            Some(BreakingGlassGround::PatientPermits) => 1,
            Some(BreakingGlassGround::EssentialInterest) => 2,
        };
        let category = self.category.map_or(0, |category| category as u64 + 1);
        let parts: [(u64, u32); 6] = [
            (self.role as u64, 4),
            (self.activity as u64, 5),
            (self.purpose as u64, 3),
            (category, 4),
            (u64::from(self.relation.rank()), 3),
            (breaking_glass, 2),
        ];
        parts.iter().fold(u64::from(self.conditions.0), |packed, (value, bits)| packed << bits | value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_fits_its_bits() {
        assert!(Role::ALL.len() <= 16 && Activity::ALL.len() <= 32 && Purpose::ALL.len() <= 8);
        assert!(Category::ALL.len() < 16 && RelationGrade::ALL.len() <= 8 && Condition::ALL.len() <= 27);
        for (position, condition) in Condition::ALL.iter().enumerate() {
            assert_eq!(*condition as usize, position);
        }
    }

    #[test]
    fn a_set_holds_what_was_put_in() {
        let set = Conditions::of([Condition::Own, Condition::Mandate]).with(Condition::Own, false);
        let held: Vec<_> = Condition::ALL.iter().filter(|condition| set.has(**condition)).collect();
        assert_eq!(held, [&Condition::Mandate]);
    }
}
