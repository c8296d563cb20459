//! ClinVar's words for significance and review.

use serde::{Deserialize, Serialize};

/// The sum of an allele's submissions. Where several are given, pathogenicity goes before drug response, risk and the like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Significance {
    /// Pathogenic.
    Pathogenic,
    /// Submitters say pathogenic and likely pathogenic.
    PathogenicOrLikelyPathogenic,
    /// Likely pathogenic.
    LikelyPathogenic,
    /// Uncertain significance.
    Uncertain,
    /// Likely benign.
    LikelyBenign,
    /// Submitters say benign and likely benign.
    BenignOrLikelyBenign,
    /// Benign.
    Benign,
    /// More than one of: (likely) pathogenic, uncertain, (likely) benign.
    Conflicting,
    /// Drug response.
    DrugResponse,
    /// Risk factor.
    RiskFactor,
    /// Association.
    Association,
    /// Affects.
    Affects,
    /// Protective.
    Protective,
    /// Other.
    Other,
    /// Not provided.
    NotProvided,
}

impl Significance {
    /// Reads words such as `Likely_benign|not_provided`, `Benign;Likely benign` or `Pathogenic/Likely_pathogenic`.
    pub fn from_words(words: &str) -> Self {
        let (mut p, mut lp, mut vus, mut lb, mut b) = (false, false, false, false, false);
        let mut rest = None;
        for word in words.split(['|', ';', '/']) {
            let word = word.trim().replace('_', " ").to_ascii_lowercase();
            match word.trim_end_matches(", low penetrance") {
                "conflicting classifications of pathogenicity" | "conflicting interpretations of pathogenicity" => {
                    return Self::Conflicting;
                }
                "pathogenic" => p = true,
                "likely pathogenic" => lp = true,
                "uncertain significance" => vus = true,
                "likely benign" => lb = true,
                "benign" => b = true,
                other => rest = rest.or(Self::beside(other)),
            }
        }
        match (p || lp, vus, lb || b) {
            (true, false, false) if p && lp => Self::PathogenicOrLikelyPathogenic,
            (true, false, false) if p => Self::Pathogenic,
            (true, false, false) => Self::LikelyPathogenic,
            (false, true, false) => Self::Uncertain,
            (false, false, true) if lb && b => Self::BenignOrLikelyBenign,
            (false, false, true) if b => Self::Benign,
            (false, false, true) => Self::LikelyBenign,
            (false, false, false) => rest.unwrap_or(Self::NotProvided),
            _ => Self::Conflicting,
        }
    }

    fn beside(word: &str) -> Option<Self> {
        Some(match word {
            "drug response" => Self::DrugResponse,
            "risk factor" | "established risk allele" | "likely risk allele" | "uncertain risk allele" => {
                Self::RiskFactor
            }
            "association" => Self::Association,
            "affects" => Self::Affects,
            "protective" => Self::Protective,
            "other" | "confers sensitivity" | "association not found" => Self::Other,
            _ => return None,
        })
    }

    /// Pathogenic, likely pathogenic or both.
    pub const fn is_pathogenic(self) -> bool {
        matches!(self, Self::Pathogenic | Self::PathogenicOrLikelyPathogenic | Self::LikelyPathogenic)
    }

    /// Benign, likely benign or both.
    pub const fn is_benign(self) -> bool {
        matches!(self, Self::Benign | Self::BenignOrLikelyBenign | Self::LikelyBenign)
    }
}

/// Gold stars of a review status, with commas or with `..` in their place, in the words of 2016 or of later years; `None` for
/// words that ClinVar does not use.
pub fn stars(review_status: &str) -> Option<u8> {
    let words = review_status.replace("..", ", ").replace('_', " ");
    Some(match words.trim() {
        "practice guideline" => 4,
        "reviewed by expert panel" => 3,
        "criteria provided, multiple submitters, no conflicts" => 2,
        "criteria provided, single submitter"
        | "criteria provided, multiple submitters"
        | "criteria provided, conflicting interpretations"
        | "criteria provided, conflicting classifications" => 1,
        "no assertion criteria provided"
        | "no assertion provided"
        | "no assertion for the individual variant"
        | "no interpretation for the single variant"
        | "no classification provided"
        | "no classification for the single variant"
        | "no classifications from unflagged records" => 0,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_clinvar() {
        for (words, expected) in [
            ("Pathogenic|not_provided", Significance::Pathogenic),
            ("Likely_pathogenic|Pathogenic", Significance::PathogenicOrLikelyPathogenic),
            ("Likely_pathogenic|risk_factor", Significance::LikelyPathogenic),
            ("Benign|Uncertain_significance", Significance::Conflicting),
            ("Benign|Pathogenic", Significance::Conflicting),
            ("Benign;Likely benign", Significance::BenignOrLikelyBenign),
            ("not_provided|risk_factor", Significance::RiskFactor),
            ("not_reported_for_simple_variant", Significance::NotProvided),
            ("Pathogenic/Likely_pathogenic|risk_factor", Significance::PathogenicOrLikelyPathogenic),
            ("Pathogenic/Pathogenic,_low_penetrance", Significance::Pathogenic),
            ("Conflicting_classifications_of_pathogenicity|drug_response", Significance::Conflicting),
        ] {
            assert_eq!(Significance::from_words(words), expected, "{words}");
        }
        assert_eq!(stars("criteria_provided..multiple_submitters..no_conflicts"), Some(2));
        assert_eq!(stars("practice guideline"), Some(4));
        assert_eq!(stars("criteria_provided,_conflicting_classifications"), Some(1));
        assert_eq!(stars("seen in a dream"), None);
    }
}
