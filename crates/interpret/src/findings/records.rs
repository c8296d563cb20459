//! What ClinVar holds of a gene's other variants: whether changes of this kind, at this place, are known to cause disease.

use super::{Context, evidence};
use crate::acmg::is_loss_of_function;
use crate::combined::Bearing;
use crate::intake::{Candidate, GeneEffect};
use crate::words::Words;
use indgang_knowledge::GeneCounts;

/// The mean over the alleles of a finding; the fields are those of [`crate::combined::Bearing`].
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Records {
    pub kind: f64,
    pub gene: f64,
    pub neighbours: f64,
    pub codon: f64,
}

impl Records {
    pub(super) fn of(context: &Context<'_>, parts: &[(&Candidate, &GeneEffect)]) -> Self {
        let alleles = parts.iter().map(|(candidate, effect)| Self::of_allele(context, candidate, effect));
        let sum = alleles.fold(Self::default(), |a, b| Self {
            kind: a.kind + b.kind,
            gene: a.gene + b.gene,
            neighbours: a.neighbours + b.neighbours,
            codon: a.codon + b.codon,
        });
        let n = parts.len().max(1) as f64;
        Self { kind: sum.kind / n, gene: sum.gene / n, neighbours: sum.neighbours / n, codon: sum.codon / n }
    }

    fn of_allele(context: &Context<'_>, candidate: &Candidate, effect: &GeneEffect) -> Self {
        // INVARIANT: the allele's own record speaks through its verdict only; else leaving the record out would not
        // leave out what it tells.
        let own = candidate.clinvar_pathogenic;
        let counts = context.counts(&effect.symbol);
        let others = |count: u32| f64::from(count.saturating_sub(u32::from(own))).ln_1p();
        let (pathogenic, benign) = candidate.neighbours.unwrap_or_default();
        let amino_acid = effect.amino_acid.map(|(position, to)| (position, char::from(to)));
        let number = candidate.clinvar_id.as_deref();
        let (same, other) =
            evidence::known_codon(context.clinvar, &effect.symbol, amino_acid, effect.consequence, number);
        Self {
            kind: others(of_kind(counts, effect.consequence)),
            gene: others(counts.pathogenic_missense + counts.pathogenic_truncating + counts.pathogenic_other),
            neighbours: ((1.0 + f64::from(pathogenic)) / (1.0 + f64::from(benign))).ln(),
            codon: f64::from(u8::from(same.is_some() || other.is_some())),
        }
    }
}

/// In words, where something is known of the gene, the place or the codon.
pub(super) fn words(bearing: &Bearing) -> Option<Words> {
    if bearing.codon_known > 0.0 {
        return Some(Words::new(
            "ClinVar har en anden sygdomsgivende ændring af samme kodon",
            "ClinVar has another pathogenic change of the same codon",
        ));
    }
    if bearing.neighbours > 0.0 {
        return Some(Words::new(
            "ClinVar har flere sygdomsgivende end godartede ændringer inden for 25 baser",
            "ClinVar has more pathogenic than benign changes within 25 bases",
        ));
    }
    (bearing.gene_known > 0.0).then(|| {
        Words::new(
            "ClinVar har andre sygdomsgivende varianter i genet",
            "ClinVar has other pathogenic variants of the gene",
        )
    })
}

/// Pathogenic records of the gene whose change is of a kind with a consequence.
fn of_kind(counts: GeneCounts, consequence: &str) -> u32 {
    match consequence {
        // The protein effect needs the reference sequence, which was not given: most such changes are missense.
        "missense_variant" | "coding_sequence_variant" => counts.pathogenic_missense,
        _ if is_loss_of_function(consequence) => counts.pathogenic_truncating,
        _ => counts.pathogenic_other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_of_the_same_kind() {
        let counts = GeneCounts {
            pathogenic_missense: 3,
            pathogenic_truncating: 5,
            pathogenic_other: 2,
            ..GeneCounts::default()
        };
        for (consequence, expected) in [
            ("missense_variant", 3),
            ("coding_sequence_variant", 3),
            ("stop_gained", 5),
            ("splice_donor_variant", 5),
            ("inframe_deletion", 2),
        ] {
            assert_eq!(of_kind(counts, consequence), expected, "{consequence}");
        }
    }

    #[test]
    fn words_say_the_most_particular() {
        let words = |bearing: Bearing| words(&bearing).map(|w| w.en.clone());
        assert_eq!(words(Bearing::default()), None);
        let gene = Bearing { gene_known: 1.0, ..Bearing::default() };
        assert!(words(gene).is_some_and(|w| w.contains("of the gene")));
        let place = Bearing { neighbours: 0.7, ..gene };
        assert!(words(place).is_some_and(|w| w.contains("25 bases")));
        let codon = Bearing { codon_known: 0.5, ..place };
        assert!(words(codon).is_some_and(|w| w.contains("codon")));
    }
}
