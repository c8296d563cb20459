//! Criteria changed by hand: each change with who, when and why, and the class that follows.

use super::{Code, Strength, classify, points};
use crate::report::{Acmg, AcmgCriterion, ByHand};
use indgang_model::Timestamp;

/// To what a criterion is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Setting {
    /// It is met, so strongly.
    Met(Strength),
    /// It does not count.
    NotMet,
    /// As the program finds it: what was set before is taken back.
    Automatic,
}

impl Setting {
    /// `not_met`, `automatic`, or the strength's name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Met(strength) => strength.name(),
            Self::NotMet => "not_met",
            Self::Automatic => "automatic",
        }
    }

    /// The setting of a name; `None` when there is none of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "not_met" => Some(Self::NotMet),
            "automatic" => Some(Self::Automatic),
            strength => Strength::from_name(strength).map(Self::Met),
        }
    }

    /// Whether a criterion can be set to it.
    pub fn fits(self, criterion: Code) -> bool {
        match self {
            Self::Met(strength) => criterion.allows(strength),
            Self::NotMet | Self::Automatic => true,
        }
    }
}

/// One change of one criterion. Changes are kept in the order they were made; a later one of the same criterion stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Which criterion.
    pub criterion: Code,
    /// To what.
    pub setting: Setting,
    /// Why.
    pub reason: String,
    /// Who, as she is shown.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// The program's evidence with the changes made by hand, in their order, and the class that follows.
///
/// What the program found and somebody set aside is kept in [`Acmg::set_aside`], without points.
pub fn with_changes(program: &Acmg, changes: &[Change]) -> Acmg {
    let standing = |code: &str| {
        let last = changes.iter().rev().find(|change| change.criterion.name() == code);
        last.filter(|change| change.setting != Setting::Automatic)
    };
    if !Code::ALL.iter().any(|code| standing(code.name()).is_some()) {
        return program.clone();
    }
    let (mut met, mut set_aside) = (Vec::new(), Vec::new());
    for found in &program.criteria {
        match standing(&found.code).map(|change| (change, change.setting)) {
            Some((change, Setting::Met(strength))) => met.push(changed(found.clone(), change, strength)),
            Some((change, _)) => {
                let by_hand = Some(by_hand(change, Some(found.strength.clone())));
                set_aside.push(AcmgCriterion { points: 0, by_hand, ..found.clone() });
            }
            None => met.push(found.clone()),
        }
    }
    for code in Code::ALL.iter().filter(|code| program.criteria.iter().all(|found| found.code != code.name())) {
        let Some(change) = standing(code.name()) else { continue };
        if let Setting::Met(strength) = change.setting {
            let by_hand = Some(by_hand(change, None));
            let added = AcmgCriterion { code: code.name().to_owned(), by_hand, ..AcmgCriterion::default() };
            met.push(weighed(added, *code, strength));
        }
    }
    Acmg { set_aside, ..classify(met) }
}

/// Whether a criterion was set or set aside by hand.
pub fn is_by_hand(acmg: &Acmg) -> bool {
    !acmg.set_aside.is_empty() || acmg.criteria.iter().any(|criterion| criterion.by_hand.is_some())
}

fn changed(found: AcmgCriterion, change: &Change, strength: Strength) -> AcmgCriterion {
    let by_hand = Some(by_hand(change, Some(found.strength.clone())));
    weighed(AcmgCriterion { by_hand, ..found }, change.criterion, strength)
}

fn weighed(criterion: AcmgCriterion, code: Code, strength: Strength) -> AcmgCriterion {
    AcmgCriterion { strength: strength.name().to_owned(), points: points(code.is_benign(), strength), ..criterion }
}

fn by_hand(change: &Change, instead_of: Option<String>) -> ByHand {
    ByHand { by: change.by.clone(), at: change.at, reason: change.reason.clone(), instead_of }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::acmg::criterion;
    use crate::words::Words;
    use proptest::prelude::*;

    fn program() -> Acmg {
        let found = [("PVS1", Strength::VeryStrong), ("PM2", Strength::Supporting)];
        classify(found.map(|(code, strength)| criterion(code, strength, Words::new("fordi", "because"))).to_vec())
    }

    fn change(code: &str, setting: Setting, reason: &str) -> Change {
        let criterion = Code::from_name(code).unwrap();
        Change { criterion, setting, reason: reason.into(), by: "Gry".into(), at: Timestamp::UNIX_EPOCH }
    }

    #[test]
    fn the_class_follows_the_hand() {
        use Setting::{Automatic, Met, NotMet};
        use Strength::{Moderate, StandAlone, Strong, Supporting};
        for (changes, points, class, aside) in [
            (&[][..], 9, "likely_pathogenic", 0),
            (&[("PS3", Met(Supporting))], 10, "pathogenic", 0),
            (&[("PVS1", Met(Moderate))], 3, "uncertain_significance", 0),
            (&[("PVS1", NotMet)], 1, "uncertain_significance", 1),
            (&[("PVS1", NotMet), ("PM2", NotMet), ("BS3", Met(Strong))], -4, "likely_benign", 2),
            (&[("BA1", Met(StandAlone))], 1, "benign", 0),
            (&[("BP4", NotMet)], 9, "likely_pathogenic", 0),
            // the latest stands
            (&[("PM2", Met(Moderate)), ("PM2", NotMet)], 8, "likely_pathogenic", 1),
            (&[("PM2", NotMet), ("PM2", Met(Moderate))], 10, "pathogenic", 0),
            (&[("PM2", NotMet), ("PM2", Automatic)], 9, "likely_pathogenic", 0),
        ] {
            let changes: Vec<Change> = changes.iter().map(|(code, setting)| change(code, *setting, "seen")).collect();
            let after = with_changes(&program(), &changes);
            assert_eq!(
                (after.points, after.classification.as_str(), after.set_aside.len()),
                (points, class, aside),
                "{changes:?}"
            );
        }
    }

    #[test]
    fn a_changed_criterion_tells_who_why_and_instead_of_what() {
        let changes = [
            change("PVS1", Setting::Met(Strength::Strong), "last exon"),
            change("PS3", Setting::Met(Strength::Moderate), "assay"),
        ];
        let after = with_changes(&program(), &changes);
        let of = |code: &str| after.criteria.iter().find(|c| c.code == code).unwrap();
        let hand = of("PVS1").by_hand.as_ref().unwrap();
        assert_eq!(
            (hand.instead_of.as_deref(), hand.reason.as_str(), hand.by.as_str()),
            (Some("very_strong"), "last exon", "Gry")
        );
        assert_eq!(of("PVS1").reason, "because");
        assert_eq!(of("PS3").by_hand.as_ref().unwrap().instead_of, None);
        assert_eq!(of("PM2").by_hand, None);
    }

    fn settings() -> impl Strategy<Value = Vec<Change>> {
        let one = (0..Code::ALL.len(), 0..Strength::ALL.len() + 2).prop_map(|(code, setting)| {
            let setting = match setting {
                0 => Setting::NotMet,
                1 => Setting::Automatic,
                n => Setting::Met(Strength::ALL[n - 2]),
            };
            change(Code::ALL[code].name(), setting, "x")
        });
        prop::collection::vec(one.prop_filter("fits", |c| c.setting.fits(c.criterion)), 0..12)
    }

    proptest! {
        #[test]
        fn taking_all_back_gives_the_program_again(changes in settings()) {
            let back = Code::ALL.map(|code| change(code.name(), Setting::Automatic, "x"));
            let all: Vec<Change> = changes.into_iter().chain(back).collect();
            prop_assert_eq!(with_changes(&program(), &all), program());
        }

        /// Only the last word on each criterion bears on the class, in whatever order the criteria were spoken of.
        #[test]
        fn the_last_word_counts(changes in settings()) {
            let after = with_changes(&program(), &changes);
            let mut last: std::collections::BTreeMap<&str, &Change> = std::collections::BTreeMap::new();
            for change in &changes {
                last.insert(change.criterion.name(), change);
            }
            let only: Vec<Change> = last.into_values().cloned().collect();
            prop_assert_eq!(&with_changes(&program(), &only), &after);
            prop_assert_eq!(after.points, after.criteria.iter().map(|c| c.points).sum::<i32>());
        }
    }
}
