//! ACMG/AMP 2015 evidence as points.
//!
//! Criteria: Richards et al., Genet Med 2015;17:405–424. Points and thresholds: Tavtigian et al., Hum Mutat
//! 2018;39:1485 and 2020;41:1734 (supporting 1, moderate 2, strong 4, very strong 8; benign criteria negative).
//! PP5 and BP6 are not used (retired by ClinGen's SVI group), PP4 is left out because the signs already carry the rank.

mod criteria;

pub(crate) use criteria::is_loss_of_function;
pub use criteria::{Evidence, assess};

use crate::report::{Acmg, AcmgCriterion};
use crate::words::Words;

/// How much a criterion weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
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
    let sign = if code.starts_with('B') { -1 } else { 1 };
    AcmgCriterion {
        code: code.to_owned(),
        strength: strength.name().to_owned(),
        points: sign * strength.points(),
        reason: reason.en,
        reason_da: reason.da,
    }
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
    Acmg { classification: classification.to_owned(), points, criteria }
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
}
