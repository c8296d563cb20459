//! How damaging and rare a variant is.
//!
//! The shape (effect × frequency) and the curve of rarity are those published for Exomiser (Robinson et al., Genome Res
//! 2014;24:340; Smedley et al., Nat Protoc 2015;10:2004).

use indgang_genomics::profile::Profile;
use indgang_model::ModeOfInheritance;

/// How damaging a Sequence Ontology term is by itself, 0 to 1.
pub fn effect(consequence: &str) -> f64 {
    match consequence {
        "transcript_ablation"
        | "stop_gained"
        | "frameshift_variant"
        | "splice_donor_variant"
        | "splice_acceptor_variant" => 1.0,
        "start_lost" | "exon_loss_variant" | "transcript_truncation" | "feature_truncation" | "feature_elongation" => {
            0.95
        }
        "inframe_insertion" | "inframe_deletion" | "protein_altering_variant" => 0.8,
        "transcript_amplification" => 0.7,
        "stop_lost" => 0.75,
        "missense_variant" => 0.65,
        // The protein effect needs the reference sequence, which was not given.
        "coding_sequence_variant" | "incomplete_terminal_codon_variant" => 0.55,
        "splice_donor_5th_base_variant" => 0.5,
        "splice_region_variant" | "splice_donor_region_variant" => 0.35,
        "splice_polypyrimidine_tract_variant" => 0.25,
        "regulatory_region_ablation" | "TFBS_ablation" => 0.2,
        "5_prime_UTR_variant" | "3_prime_UTR_variant" | "mature_miRNA_variant" => 0.1,
        "synonymous_variant" | "stop_retained_variant" | "start_retained_variant" => 0.1,
        "non_coding_transcript_exon_variant" | "mitochondrial_variant" => 0.1,
        _ => 0.0,
    }
}

/// 1 when never seen, falling to 0 at 2 % (Exomiser's published curve over the frequency in per cent).
pub fn rarity(max_frequency: Option<f64>) -> f64 {
    match max_frequency {
        None => 1.0,
        Some(f) if f > 0.02 => 0.0,
        Some(f) => (1.13533 - 0.13533 * (f * 100.0).exp()).clamp(0.0, 1.0),
    }
}

/// What ClinVar's word does to the effect: a (likely) pathogenic record lifts it, a (likely) benign one lowers it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClinVarVerdict {
    /// Pathogenic or likely pathogenic.
    Pathogenic,
    /// Benign or likely benign.
    Benign,
}

impl ClinVarVerdict {
    /// From ClinVar's words as the report carries them; `None` where they are of two minds, or speak of something else.
    pub fn of_words(words: &str) -> Option<Self> {
        let lower = words.to_lowercase();
        let says = |word: &str| lower.contains(word);
        match (says("pathogenic"), says("benign")) {
            _ if says("conflict") => None,
            (true, false) => Some(Self::Pathogenic),
            (false, true) => Some(Self::Benign),
            _ => None,
        }
    }
}

/// Score of one variant, 0 to 1. `severity` is the consequence's by itself; `predictor` is a probability of damage (REVEL, else SIFT/PolyPhen mapped to 0–1) for missense.
pub fn variant(
    (consequence, severity): (&str, f64),
    max_frequency: Option<f64>,
    predictor: Option<f64>,
    verdict: Option<ClinVarVerdict>,
) -> f64 {
    let mut score = severity;
    if consequence == "missense_variant"
        && let Some(p) = predictor
    {
        // Half the default weight is kept: a predictor alone neither makes nor breaks a missense change.
        score = 0.5 * score + 0.5 * p.clamp(0.0, 1.0);
    }
    match verdict {
        Some(ClinVarVerdict::Pathogenic) => return rarity(max_frequency).max(0.5) * score.max(0.98),
        Some(ClinVarVerdict::Benign) => score *= 0.1,
        None => {}
    }
    score * rarity(max_frequency)
}

/// The highest population frequency at which a profile considers a mode; `None` sets no limit.
pub fn frequency_limit(profile: &Profile, mode: ModeOfInheritance) -> Option<f64> {
    use ModeOfInheritance as M;
    match mode {
        M::DeNovo | M::PossibleDeNovo | M::MosaicDeNovo | M::ParentalMosaic | M::XLinkedDeNovo => {
            profile.frequency_de_novo
        }
        M::AutosomalDominant | M::AutosomalDominantIncompletePenetrance | M::XLinkedDominant | M::YLinked => {
            profile.frequency_dominant
        }
        M::Mitochondrial => profile.frequency_mitochondrial,
        M::AutosomalRecessiveHomozygous
        | M::AutosomalRecessiveOverDeletion
        | M::AutosomalRecessiveCompoundHeterozygous
        | M::XLinkedRecessive
        | M::XLinkedCompoundHeterozygous
        | M::UniparentalDisomy
        | M::CarrierCouple => profile.frequency_recessive,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rarity_falls_from_one_to_nothing() {
        for (frequency, expected) in
            [(None, 1.0), (Some(0.0), 1.0), (Some(0.01), 0.767_462), (Some(0.02), 0.135_4), (Some(0.021), 0.0)]
        {
            assert!((rarity(frequency) - expected).abs() < 1e-3, "{frequency:?}: {}", rarity(frequency));
        }
    }

    #[test]
    fn clinvars_words() {
        for (words, expected) in [
            ("Pathogenic", Some(ClinVarVerdict::Pathogenic)),
            ("Pathogenic/Likely pathogenic", Some(ClinVarVerdict::Pathogenic)),
            ("Likely benign", Some(ClinVarVerdict::Benign)),
            ("Conflicting interpretations of pathogenicity", None),
            ("Benign, Pathogenic", None),
            ("Uncertain significance", None),
            ("", None),
        ] {
            assert_eq!(ClinVarVerdict::of_words(words), expected, "{words}");
        }
    }

    #[test]
    fn order_of_variants() {
        let scored = |consequence: &str, frequency, predictor, verdict| {
            variant((consequence, effect(consequence)), frequency, predictor, verdict)
        };
        let clinvar = scored("missense_variant", Some(1e-5), None, Some(ClinVarVerdict::Pathogenic));
        let stop = scored("stop_gained", None, None, None);
        let missense = scored("missense_variant", None, None, None);
        let tolerated = scored("missense_variant", None, Some(0.0), None);
        let common = scored("stop_gained", Some(0.03), None, None);
        assert!(stop > missense && missense > tolerated && tolerated > common);
        assert!(clinvar > missense);
        assert!(common.abs() < f64::EPSILON);
    }
}
