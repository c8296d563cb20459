//! The genes of the mitochondrial genome, which the shipped transcripts do not hold: places on NC_012920.1 (rCRS), as the
//! record of GenBank gives them.

use indgang_genomics::consequence::Consequence;
use indgang_genomics::site::Event;
use indgang_genomics::structural::{Kind, stretch};
use indgang_genomics::vcf::Header;
use indgang_model::{Chromosome, Variant};

/// The sequence that the places are of.
pub(crate) const SEQUENCE: &str = "NC_012920.1";

/// Bases of that sequence.
const LENGTH: u32 = 16_569;

/// Length of the chrM that UCSC's hg19 has (NC_001807), in which these places are others.
const OTHER_SEQUENCE: u32 = 16_571;

/// Symbol, first and last base, whether a protein is made of it.
const GENES: [(&str, u32, u32, bool); 37] = [
    ("MT-TF", 577, 647, false),
    ("MT-RNR1", 648, 1601, false),
    ("MT-TV", 1602, 1670, false),
    ("MT-RNR2", 1671, 3229, false),
    ("MT-TL1", 3230, 3304, false),
    ("MT-ND1", 3307, 4262, true),
    ("MT-TI", 4263, 4331, false),
    ("MT-TQ", 4329, 4400, false),
    ("MT-TM", 4402, 4469, false),
    ("MT-ND2", 4470, 5511, true),
    ("MT-TW", 5512, 5579, false),
    ("MT-TA", 5587, 5655, false),
    ("MT-TN", 5657, 5729, false),
    ("MT-TC", 5761, 5826, false),
    ("MT-TY", 5826, 5891, false),
    ("MT-CO1", 5904, 7445, true),
    ("MT-TS1", 7446, 7514, false),
    ("MT-TD", 7518, 7585, false),
    ("MT-CO2", 7586, 8269, true),
    ("MT-TK", 8295, 8364, false),
    ("MT-ATP8", 8366, 8572, true),
    ("MT-ATP6", 8527, 9207, true),
    ("MT-CO3", 9207, 9990, true),
    ("MT-TG", 9991, 10058, false),
    ("MT-ND3", 10059, 10404, true),
    ("MT-TR", 10405, 10469, false),
    ("MT-ND4L", 10470, 10766, true),
    ("MT-ND4", 10760, 12137, true),
    ("MT-TH", 12138, 12206, false),
    ("MT-TS2", 12207, 12265, false),
    ("MT-TL2", 12266, 12336, false),
    ("MT-ND5", 12337, 14148, true),
    ("MT-ND6", 14149, 14673, true),
    ("MT-TE", 14674, 14742, false),
    ("MT-CYB", 14747, 15887, true),
    ("MT-TT", 15888, 15953, false),
    ("MT-TP", 15956, 16023, false),
];

/// True when the file's mitochondrial genome is the one whose places are known here.
pub(crate) fn is_known_sequence(header: &Header) -> bool {
    header.contigs.iter().all(|c| c.chromosome != Some(Chromosome::MT) || c.length != Some(OTHER_SEQUENCE))
}

/// Whether a protein is made of a gene.
pub(crate) fn is_protein(symbol: &str) -> bool {
    GENES.iter().any(|(known, .., protein)| *known == symbol && *protein)
}

/// True of what begins before the last base of the circle and ends after its first.
pub(crate) fn lies_across_origin(variant: &Variant, event: &Event) -> bool {
    let structural = matches!(event, Event::Structural { .. });
    structural && variant.chrom == Chromosome::MT && event.end().is_some_and(|end| end < variant.pos)
}

/// The stretches that an allele changes: two where it lies across the first base of the circle.
pub(crate) fn places(variant: &Variant, event: &Event, kind: Option<Kind>) -> Vec<(u32, u32)> {
    if let Some(end) = event.end().filter(|_| lies_across_origin(variant, event)) {
        let before = (variant.pos.saturating_add(1), LENGTH);
        return [before, (1, end)].into_iter().filter(|(first, last)| first <= last).collect();
    }
    let bases = (variant.reference.len() as u32).saturating_sub(1);
    let small = (variant.pos, variant.pos.saturating_add(bases));
    vec![kind.map_or(small, |kind| stretch(variant, event, kind))]
}

/// What a change of these stretches does to each gene, as far as position tells: what becomes of an amino acid is not said.
pub(crate) fn effects<'p>(
    variant: &Variant,
    places: &'p [(u32, u32)],
    kind: Option<Kind>,
) -> impl Iterator<Item = (&'static str, Consequence)> + use<'p> {
    let touched = GENES
        .into_iter()
        .filter(move |(_, start, end, _)| places.iter().any(|(first, last)| start <= last && first <= end));
    let change = variant.alternate.len().abs_diff(variant.reference.len());
    let longer = variant.alternate.len() > variant.reference.len();
    touched.map(move |(symbol, start, end, protein)| {
        let whole = places.iter().any(|(first, last)| *first <= start && end <= *last);
        let consequence = match (kind, protein) {
            (Some(Kind::Loss), _) if whole => Consequence::TranscriptAblation,
            (Some(Kind::Gain), _) if whole => Consequence::TranscriptAmplification,
            (Some(Kind::Loss | Kind::Breakend), true) => Consequence::FeatureTruncation,
            (Some(Kind::Inversion), true) if !whole => Consequence::FeatureTruncation,
            (Some(Kind::Gain | Kind::Insertion), true) => Consequence::FeatureElongation,
            (_, false) => Consequence::NonCodingTranscriptExon,
            _ if change == 0 => Consequence::CodingSequence,
            _ if !change.is_multiple_of(3) => Consequence::Frameshift,
            _ if longer => Consequence::InframeInsertion,
            _ => Consequence::InframeDeletion,
        };
        (symbol, consequence)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_variants_lie_in_their_genes() {
        use Consequence as C;
        for (position, reference, alternate, kind, expected) in [
            (3243, "A", "G", None, &[("MT-TL1", C::NonCodingTranscriptExon)][..]), // MELAS
            (8344, "A", "G", None, &[("MT-TK", C::NonCodingTranscriptExon)]),      // MERRF
            (8993, "T", "G", None, &[("MT-ATP6", C::CodingSequence)]),             // NARP
            (11778, "G", "A", None, &[("MT-ND4", C::CodingSequence)]),             // Leber
            (8530, "A", "G", None, &[("MT-ATP8", C::CodingSequence), ("MT-ATP6", C::CodingSequence)]),
            (9205, "TTA", "T", None, &[("MT-ATP6", C::Frameshift), ("MT-CO3", C::Frameshift)]),
            (16300, "A", "G", None, &[]), // the control region
        ] {
            let variant = Variant {
                chrom: Chromosome::MT,
                pos: position,
                reference: reference.into(),
                alternate: alternate.into(),
            };
            let last = position + reference.len() as u32 - 1;
            let found: Vec<_> = effects(&variant, &[(position, last)], kind).collect();
            assert_eq!(found, expected, "{position}");
        }
    }

    #[test]
    fn the_common_deletion_takes_genes_and_breaks_two() {
        let variant = Variant { chrom: Chromosome::MT, pos: 8482, reference: "C".into(), alternate: "<DEL>".into() };
        let found: Vec<_> = effects(&variant, &[(8483, 13459)], Some(Kind::Loss)).collect();
        let lost = |symbol: &str| found.contains(&(symbol, Consequence::TranscriptAblation));
        assert!(lost("MT-ATP6") && lost("MT-CO3") && lost("MT-ND4"));
        assert!(found.contains(&("MT-ATP8", Consequence::FeatureTruncation)));
        assert!(found.contains(&("MT-ND5", Consequence::FeatureTruncation)));
        assert!(!found.iter().any(|(symbol, _)| *symbol == "MT-CYB"));
    }

    #[test]
    fn a_deletion_across_the_first_base_takes_both_ends_of_the_circle() {
        let variant = Variant { chrom: Chromosome::MT, pos: 15_000, reference: "C".into(), alternate: "<DEL>".into() };
        let event = Event::Structural { sv_type: "DEL".to_owned(), end: 700 };
        let places = places(&variant, &event, Some(Kind::Loss));
        assert_eq!(places, [(15_001, 16_569), (1, 700)]);
        let found: Vec<_> = effects(&variant, &places, Some(Kind::Loss)).collect();
        let told: Vec<&str> = found.iter().map(|(symbol, _)| *symbol).collect();
        assert_eq!(told, ["MT-TF", "MT-RNR1", "MT-CYB", "MT-TT", "MT-TP"]);
        assert_eq!(found[0].1, Consequence::TranscriptAblation);
        assert_eq!(found[2].1, Consequence::FeatureTruncation);
    }

    #[test]
    fn genes_ascend_and_lie_within_the_genome() {
        assert!(GENES.is_sorted_by_key(|g| g.1));
        assert!(GENES.iter().all(|(_, start, end, _)| start < end && *end <= LENGTH));
    }
}
