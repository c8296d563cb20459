//! ACMG/AMP 2015 evidence as points.
//!
//! Criteria: Richards et al., Genet Med 2015;17:405–424. Points and thresholds: Tavtigian et al., Hum Mutat
//! 2018;39:1485 and 2020;41:1734 (supporting 1, moderate 2, strong 4, very strong 8; benign criteria negative).
//! PP5 and BP6 are not used (retired by ClinGen's SVI group), PP4 is left out because the signs already carry the rank.
//!
//! [`assess`] finds what can be found from data, by the general rules and those of single genes ([`Rules`]);
//! [`with_changes`] lays over it what somebody set by hand.

mod by_hand;
mod code;
mod criteria;
mod rules;

pub use by_hand::{Change, Setting, is_by_hand, with_changes};
pub use code::Code;
pub(crate) use criteria::is_loss_of_function;
pub use criteria::{Evidence, Mechanism, assess, mechanism};
pub use rules::{Rules, RulesError};

use crate::report::{Acmg, AcmgCriterion};
use crate::words::Words;

/// How much a criterion weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Strength {
    /// 1 point.
    Supporting,
    /// 2 points.
    Moderate,
    /// 4 points.
    Strong,
    /// 8 points.
    VeryStrong,
    /// Benign on its own (BA1).
    StandAlone,
}

impl Strength {
    /// Each once, weakest first.
    pub const ALL: [Self; 5] = [Self::Supporting, Self::Moderate, Self::Strong, Self::VeryStrong, Self::StandAlone];

    /// The strength of a name; `None` when there is none of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|strength| strength.name() == name)
    }

    /// Points of a pathogenic criterion of this strength.
    pub const fn points(self) -> i32 {
        match self {
            Self::Supporting => 1,
            Self::Moderate => 2,
            Self::Strong => 4,
            Self::VeryStrong | Self::StandAlone => 8,
        }
    }

    /// The name in `report.json`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Supporting => "supporting",
            Self::Moderate => "moderate",
            Self::Strong => "strong",
            Self::VeryStrong => "very_strong",
            Self::StandAlone => "stand_alone",
        }
    }
}

/// One criterion that is met; benign codes (B…) count negative.
pub fn criterion(code: &str, strength: Strength, reason: Words) -> AcmgCriterion {
    AcmgCriterion {
        code: code.to_owned(),
        strength: strength.name().to_owned(),
        points: points(code.starts_with('B'), strength),
        reason: reason.en,
        reason_da: reason.da,
        ..AcmgCriterion::default()
    }
}

/// Points of a criterion for or against.
const fn points(benign: bool, strength: Strength) -> i32 {
    if benign { -strength.points() } else { strength.points() }
}

/// The class of a set of criteria: P ≥ 10, LP 6 to 9, VUS 0 to 5, LB −1 to −6, B ≤ −7; BA1 alone is benign.
pub fn classify(criteria: Vec<AcmgCriterion>) -> Acmg {
    let points: i32 = criteria.iter().map(|c| c.points).sum();
    let stand_alone = criteria.iter().any(|c| c.strength == Strength::StandAlone.name());
    let classification = match points {
        _ if stand_alone => "benign",
        10.. => "pathogenic",
        6..=9 => "likely_pathogenic",
        0..=5 => "uncertain_significance",
        -6..=-1 => "likely_benign",
        _ => "benign",
    };
    Acmg { classification: classification.to_owned(), points, criteria, set_aside: Vec::new() }
}

/// True for pathogenic and likely pathogenic.
pub fn is_pathogenic(acmg: &Acmg) -> bool {
    acmg.points >= 6 && acmg.classification.ends_with("pathogenic")
}

#[cfg(test)]
mod tests {
    use super::*;
    use Strength::{Moderate, StandAlone, Strong, Supporting, VeryStrong};

    /// The combining rules of Richards 2015, table 5, against the points. Where they differ the points' class stands
    /// (Tavtigian 2018, discussion): two strong alone are LP in points, P in 2015.
    #[test]
    fn combinations_of_2015_as_points() {
        let set = |codes: &[(&str, Strength)]| {
            classify(codes.iter().map(|(c, s)| criterion(c, *s, Words::default())).collect()).classification
        };
        for (codes, class) in [
            (&[("PVS1", VeryStrong), ("PS1", Strong)][..], "pathogenic"),
            (&[("PVS1", VeryStrong), ("PM1", Moderate), ("PM2", Moderate)], "pathogenic"),
            (&[("PVS1", VeryStrong), ("PM1", Moderate), ("PP1", Supporting)], "pathogenic"),
            (&[("PVS1", VeryStrong), ("PP1", Supporting), ("PP3", Supporting)], "pathogenic"),
            (&[("PS1", Strong), ("PS3", Strong)], "likely_pathogenic"), // 2015: pathogenic
            (&[("PS1", Strong), ("PM1", Moderate), ("PM2", Moderate), ("PM5", Moderate)], "pathogenic"),
            (&[("PVS1", VeryStrong), ("PM2", Supporting)], "likely_pathogenic"), // ClinGen SVI 2020 agrees
            (&[("PS1", Strong), ("PM1", Moderate)], "likely_pathogenic"),
            (&[("PS1", Strong), ("PP1", Supporting), ("PP3", Supporting)], "likely_pathogenic"),
            (&[("PM1", Moderate), ("PM2", Moderate), ("PM5", Moderate)], "likely_pathogenic"),
            (&[("PM1", Moderate), ("PM2", Supporting)], "uncertain_significance"),
            (&[("BA1", StandAlone), ("PVS1", VeryStrong)], "benign"),
            (&[("BS1", Strong), ("BS2", Strong)], "benign"),
            (&[("BS1", Strong), ("BP4", Supporting)], "likely_benign"),
            (&[("BP4", Supporting), ("BP7", Supporting)], "likely_benign"),
            (&[], "uncertain_significance"),
        ] {
            assert_eq!(set(codes), class, "{codes:?}");
        }
    }

    /// So many criteria of each strength, for and against.
    #[derive(Debug, Clone, Copy)]
    struct Counts {
        pathogenic: [usize; 4],
        benign: [usize; 3],
        stand_alone: bool,
    }

    impl Counts {
        /// All there can be: each criterion of Richards 2015 (without PP5 and BP6) at the strength it is named for, and
        /// room for others raised or lowered to it.
        fn each(mut check: impl FnMut(Self)) -> usize {
            let mut all = 0;
            for very_strong in 0..=2 {
                for strong in 0..=5 {
                    for moderate in 0..=7 {
                        for supporting in 0..=6 {
                            for benign_strong in 0..=5 {
                                for benign_moderate in 0..=2 {
                                    for benign_supporting in 0..=8 {
                                        for stand_alone in [false, true] {
                                            let pathogenic = [very_strong, strong, moderate, supporting];
                                            let benign = [benign_strong, benign_moderate, benign_supporting];
                                            check(Self { pathogenic, benign, stand_alone });
                                            all += 1;
                                        }
                                    }
                                }
                            }
                        }
                    }
                }
            }
            all
        }

        fn class(self) -> String {
            let many = |n: usize, code: &'static str, strength: Strength| {
                std::iter::repeat_with(move || criterion(code, strength, Words::default())).take(n)
            };
            let pathogenic = [VeryStrong, Strong, Moderate, Supporting];
            let mut met = Vec::new();
            for (n, strength) in self.pathogenic.into_iter().zip(pathogenic) {
                met.extend(many(n, "PS1", strength));
            }
            for (n, strength) in self.benign.into_iter().zip([Strong, Moderate, Supporting]) {
                met.extend(many(n, "BS1", strength));
            }
            met.extend(many(usize::from(self.stand_alone), "BA1", StandAlone));
            classify(met).classification
        }
    }

    /// Tavtigian 2018 from the beginning: odds of pathogenicity of each criterion multiplied, Bayes' rule with a prior of
    /// 0.10, and the probabilities of the 2015 guideline. No points are counted.
    fn by_bayes(counts: Counts) -> &'static str {
        const VERY_STRONG: f64 = 350.0;
        const PRIOR: f64 = 0.10;
        if counts.stand_alone {
            return "benign";
        }
        let odds_of = |n: usize, root: i32| VERY_STRONG.powf(n as f64 / f64::from(root));
        let [very_strong, strong, moderate, supporting] = counts.pathogenic;
        let [benign_strong, benign_moderate, benign_supporting] = counts.benign;
        let for_it = odds_of(very_strong, 1) * odds_of(strong, 2) * odds_of(moderate, 4) * odds_of(supporting, 8);
        let against = odds_of(benign_strong, 2) * odds_of(benign_moderate, 4) * odds_of(benign_supporting, 8);
        let odds = for_it / against;
        let probability = odds * PRIOR / ((odds - 1.0) * PRIOR + 1.0);
        // To three decimals, as the guideline gives them: one strong and one moderate are 0.8999.
        match (probability * 1000.0).round() / 1000.0 {
            p if p > 0.99 => "pathogenic",
            p if p >= 0.90 => "likely_pathogenic",
            p if p >= 0.10 => "uncertain_significance",
            _ if probability >= 0.001 => "likely_benign",
            _ => "benign",
        }
    }

    #[test]
    fn every_combination_has_the_class_of_bayes_rule() {
        let tried = Counts::each(|counts| assert_eq!(counts.class(), by_bayes(counts), "{counts:?}"));
        assert_eq!(tried, 3 * 6 * 8 * 7 * 6 * 3 * 9 * 2);
    }

    /// Table 5 of Richards 2015 as it is written.
    fn by_table_5(counts: Counts) -> &'static str {
        let [pvs, ps, pm, pp] = counts.pathogenic;
        let [bs, _, bp] = counts.benign;
        let pathogenic = (pvs >= 1 && (ps >= 1 || pm >= 2 || (pm == 1 && pp == 1) || pp >= 2))
            || ps >= 2
            || (ps == 1 && (pm >= 3 || (pm == 2 && pp >= 2) || (pm == 1 && pp >= 4)));
        let likely_pathogenic = (pvs >= 1 && pm == 1)
            || (ps == 1 && (1..=2).contains(&pm))
            || (ps == 1 && pp >= 2)
            || pm >= 3
            || (pm == 2 && pp >= 2)
            || (pm == 1 && pp >= 4);
        let benign = counts.stand_alone || bs >= 2;
        let likely_benign = (bs == 1 && bp >= 1) || bp >= 2;
        match (pathogenic, likely_pathogenic, benign, likely_benign) {
            (true, ..) => "pathogenic",
            (_, true, ..) => "likely_pathogenic",
            (_, _, true, _) => "benign",
            (_, _, _, true) => "likely_benign",
            _ => "uncertain_significance",
        }
    }

    /// Where all evidence points one way, points and table are never more than one class apart.
    #[test]
    fn every_combination_that_points_one_way_is_at_most_a_class_from_table_5() {
        let rank = |class: &str| {
            let order = ["benign", "likely_benign", "uncertain_significance", "likely_pathogenic", "pathogenic"];
            order.iter().position(|one| *one == class).unwrap()
        };
        let (mut alike, mut apart) = (0, 0);
        Counts::each(|counts| {
            let for_it = counts.pathogenic.iter().sum::<usize>() > 0;
            let against = counts.benign.iter().sum::<usize>() > 0 || counts.stand_alone;
            // The table of 2015 knows one very strong criterion, and none moderate against.
            if (for_it && against) || counts.pathogenic[0] > 1 || counts.benign[1] > 0 {
                return;
            }
            let (points, table) = (counts.class(), by_table_5(counts));
            match rank(&points).abs_diff(rank(table)) {
                0 => alike += 1,
                1 => apart += 1,
                _ => panic!("{counts:?}: {points} by points, {table} by the table"),
            }
        });
        assert!(alike > apart, "{alike} alike, {apart} a class apart");
    }
}
