//! What a change does to a transcript, as far as position tells.
//!
//! The bounds are those of the Sequence Ontology as Ensembl applies them: see the documentation of each
//! [`Consequence`]. An insertion stands between two bases and touches a stretch only when both lie in it.

use super::change::Change;
use super::splice::splice_effects;
use super::{NEAR_GENE, Strand, Transcript, TranscriptTable};
use crate::consequence::{Consequence, ConsequenceSet};
use indgang_model::Chromosome;

/// What one change does to one transcript.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PositionConsequence<'a> {
    /// The transcript; `None` when no transcript is near (intergenic).
    pub transcript: Option<&'a Transcript>,
    /// All consequences, at least one.
    pub consequences: ConsequenceSet,
    /// The most severe of them.
    pub consequence: Consequence,
    /// Number of the exon and of all exons, when the change begins in one.
    pub exon: Option<(usize, usize)>,
    /// Number of the intron and of all introns, when the change begins in one.
    pub intron: Option<(usize, usize)>,
    /// Coding positions (1-based) of the first and last changed base, in the direction of reading; for an insertion of
    /// the bases before and after it. `None` when one of them lies outside the coding sequence.
    pub coding: Option<(u32, u32)>,
    /// [`Consequence::PROTEIN_EFFECT_UNKNOWN`] when that is so.
    pub note: Option<&'static str>,
}

impl PositionConsequence<'_> {
    /// Number of the first changed codon, 1-based, and the place in it, 1 to 3.
    pub fn codon(&self) -> Option<(u32, u32)> {
        let (first, _) = self.coding?;
        Some(((first - 1) / 3 + 1, (first - 1) % 3 + 1))
    }
}

impl TranscriptTable {
    /// Calls `each` with what the alleles of a VCF line do to every transcript within [`NEAR_GENE`] bases, in order of the
    /// table; once with [`Consequence::Intergenic`] when there is none. Nothing for alleles that are no sequence.
    pub fn consequences<'a>(
        &'a self,
        chrom: Chromosome,
        position: u32,
        reference: &[u8],
        alternate: &[u8],
        each: impl FnMut(PositionConsequence<'a>),
    ) {
        if let Some(change) = Change::new(position, reference, alternate) {
            self.consequences_of(chrom, change, each);
        }
    }

    /// As [`TranscriptTable::consequences`] for a change that is trimmed already, or a structural deletion.
    pub fn consequences_of<'a>(
        &'a self,
        chrom: Chromosome,
        change: Change<'_>,
        mut each: impl FnMut(PositionConsequence<'a>),
    ) {
        let mut any = false;
        // The lower of the two: an insertion's neighbour counts, too.
        let first = change.start.min(change.end);
        let last = change.start.max(change.end);
        for transcript in self.touching(chrom, first, last) {
            if let Some(consequence) = transcript.effect(change) {
                any = true;
                each(consequence);
            }
        }
        if !any {
            let consequences = [Consequence::Intergenic].into_iter().collect();
            each(PositionConsequence {
                transcript: None,
                consequences,
                consequence: Consequence::Intergenic,
                exon: None,
                intron: None,
                coding: None,
                note: None,
            });
        }
    }
}

impl Transcript {
    /// What a change does to this transcript; `None` when it lies more than [`NEAR_GENE`] bases away.
    pub fn effect(&self, change: Change<'_>) -> Option<PositionConsequence<'_>> {
        let mut set = ConsequenceSet::EMPTY;
        if !change.touches(self.start, self.end) {
            set.insert(self.beside(change)?);
        } else if change.inserted.is_empty() && change.covers(self.start, self.end) {
            set.insert(Consequence::TranscriptAblation);
        } else {
            splice_effects(self, change, &mut set);
            self.exon_effects(change, &mut set);
            if !self.coding() && set.contains(Consequence::Intron) {
                set.insert(Consequence::NonCodingTranscript);
            }
        }
        // A change that sits exactly between two parts, such as an insertion between intron and exon outside all rules.
        let consequence = set.most_severe().unwrap_or(Consequence::CodingTranscript);
        set.insert(consequence);
        let coding = self.coding_position(change.start).zip(self.coding_position(change.end));
        let unknown = set.contains(Consequence::CodingSequence);
        Some(PositionConsequence {
            transcript: Some(self),
            consequences: set,
            consequence,
            exon: self.exon_at(change.start).map(|number| (number, self.exons.len())),
            intron: self.intron_at(change.start).map(|number| (number, self.exons.len() - 1)),
            coding: coding.map(|(a, b)| (a.min(b), a.max(b))),
            note: unknown.then_some(Consequence::PROTEIN_EFFECT_UNKNOWN),
        })
    }

    /// Upstream or downstream.
    fn beside(&self, change: Change<'_>) -> Option<Consequence> {
        let before = change.end < self.start;
        let distance = if before { self.start - change.end } else { change.start - self.end };
        (distance <= NEAR_GENE).then_some(if before == (self.strand == Strand::Forward) {
            Consequence::UpstreamGene
        } else {
            Consequence::DownstreamGene
        })
    }

    fn exon_effects(&self, change: Change<'_>, set: &mut ConsequenceSet) {
        // An insertion between exon and intron lengthens the exon: the intron keeps its ends.
        let wider = u32::from(change.is_insertion());
        let widened = |(first, last): (u32, u32)| {
            let first = if first == self.start { first } else { first - wider };
            (first, if last == self.end { last } else { last + wider })
        };
        let touched = self.exons.iter().map(|exon| widened(*exon)).filter(|(a, b)| change.touches(*a, *b));
        let Some((first_coding, last_coding)) = self.cds else {
            if touched.count() > 0 {
                set.insert(Consequence::NonCodingTranscriptExon);
            }
            return;
        };
        let (before, after) = match self.strand {
            Strand::Forward => (Consequence::FivePrimeUtr, Consequence::ThreePrimeUtr),
            Strand::Reverse => (Consequence::ThreePrimeUtr, Consequence::FivePrimeUtr),
        };
        for (first, last) in touched {
            // An insertion between the untranslated and the coding part belongs to the untranslated part.
            if first < first_coding && change.touches(first, last.min(first_coding - 1 + wider)) {
                set.insert(before);
            }
            if last > last_coding && change.touches(first.max(last_coding + 1 - wider), last) {
                set.insert(after);
            }
            let (first, last) = (first.max(first_coding), last.min(last_coding));
            if first <= last && change.touches(first, last) {
                self.coding_effects(change, (first, last), set);
            }
        }
    }

    /// `exon` is the coding part of an exon that the change touches.
    fn coding_effects(&self, change: Change<'_>, exon: (u32, u32), set: &mut ConsequenceSet) {
        if self.start_codon().is_some_and(|(first, last)| change.covers(first, last)) && change.inserted.is_empty() {
            set.insert(Consequence::StartLost);
        }
        if !change.within(exon.0, exon.1) {
            set.insert(Consequence::CodingSequence);
            return;
        }
        let (deleted, inserted) = (i64::from(change.deleted_length()), change.inserted.len() as i64);
        let effect = match inserted - deleted {
            0 if deleted == 1 => self.substitution(change),
            0 => Consequence::CodingSequence,
            change if change % 3 != 0 => Consequence::Frameshift,
            _ if deleted == 0 => Consequence::InframeInsertion,
            _ if inserted == 0 => Consequence::InframeDeletion,
            _ => Consequence::ProteinAltering,
        };
        set.insert(effect);
    }

    /// What one base's change does where the codon is known without sequence: the start codon is ATG, and the stop codon
    /// is TAA, TAG or TGA. Everywhere else it is not known.
    fn substitution(&self, change: Change<'_>) -> Consequence {
        let unknown = Consequence::CodingSequence;
        let (Some(place), [reference], [alternate]) =
            (self.coding_position(change.start), change.deleted, change.inserted)
        else {
            return unknown;
        };
        let read = |base: &u8| match (self.strand, base.to_ascii_uppercase()) {
            (Strand::Reverse, b'A') => b'T',
            (Strand::Reverse, b'C') => b'G',
            (Strand::Reverse, b'G') => b'C',
            (Strand::Reverse, b'T') => b'A',
            (_, base) => base,
        };
        let (reference, alternate) = (read(reference), read(alternate));
        let length = self.coding_length();
        // A coding part whose length three does not divide is incomplete at one end: its codons are not known.
        if !length.is_multiple_of(3) || alternate == b'N' {
            return unknown;
        }
        match (place, (place + 3).checked_sub(length)) {
            (1..=3, _) if reference == b"ATG"[place as usize - 1] => Consequence::StartLost,
            (_, Some(1)) if reference == b'T' => Consequence::StopLost,
            // TAA and TGA, TAA and TAG differ by these; what other base stands beside is not known for A to G.
            (_, Some(2)) if (reference, alternate) == (b'G', b'A') => Consequence::StopRetained,
            (_, Some(3)) if (reference, alternate) == (b'G', b'A') => Consequence::StopRetained,
            (_, Some(2 | 3)) if matches!(reference, b'A' | b'G') && matches!(alternate, b'C' | b'T') => {
                Consequence::StopLost
            }
            _ => unknown,
        }
    }

    /// First and last base of the start codon in genome order, when it lies in one exon.
    fn start_codon(&self) -> Option<(u32, u32)> {
        let (first, last) = self.cds?;
        let (low, high) = match self.strand {
            Strand::Forward => (first, first.checked_add(2)?),
            Strand::Reverse => (last.checked_sub(2)?, last),
        };
        self.exons.iter().any(|exon| exon.0 <= low && high <= exon.1).then_some((low, high))
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::example;
    use super::*;

    /// Exons 101–200, 301–400, 501–600; coding 151–550, 200 bases (66 codons and two bases).
    #[test]
    fn by_position_on_both_strands() {
        let terms = |strand, position, reference: &str, alternate: &str| {
            let transcript = example(strand);
            let change = Change::new(position, reference.as_bytes(), alternate.as_bytes()).expect("a change");
            transcript.effect(change).map_or(String::from("none"), |effect| effect.consequences.to_string())
        };
        for (position, reference, alternate, forward, reverse) in [
            (90, "A", "C", "upstream_gene_variant", "downstream_gene_variant"),
            (6_000, "A", "C", "none", "none"),
            (5_600, "A", "C", "downstream_gene_variant", "upstream_gene_variant"),
            (120, "A", "C", "5_prime_UTR_variant", "3_prime_UTR_variant"),
            (160, "A", "C", "coding_sequence_variant", "coding_sequence_variant"),
            (160, "A", "CT", "frameshift_variant", "frameshift_variant"),
            (160, "A", "ACCT", "inframe_insertion", "inframe_insertion"),
            (160, "ACCT", "A", "inframe_deletion", "inframe_deletion"),
            (160, "ACCT", "G", "protein_altering_variant", "protein_altering_variant"),
            (
                200,
                "A",
                "C",
                "splice_region_variant&coding_sequence_variant",
                "splice_region_variant&coding_sequence_variant",
            ),
            (201, "A", "C", "splice_donor_variant", "splice_acceptor_variant"),
            (202, "A", "C", "splice_donor_variant", "splice_acceptor_variant"),
            (250, "A", "C", "intron_variant", "intron_variant"),
            (299, "A", "C", "splice_acceptor_variant", "splice_donor_variant"),
            (200, "A", "AT", "frameshift_variant&splice_region_variant", "frameshift_variant&splice_region_variant"),
            (150, "A", "ATT", "5_prime_UTR_variant", "3_prime_UTR_variant"), // between both parts
            (99, &"A".repeat(600), "A", "transcript_ablation", "transcript_ablation"),
        ] {
            assert_eq!(terms(Strand::Forward, position, reference, alternate), forward, "{position} {reference}");
            assert_eq!(terms(Strand::Reverse, position, reference, alternate), reverse, "{position} {reference}");
        }
    }

    #[test]
    fn codons_known_without_sequence() {
        // 201 coding bases: 151–200, 301–400, 501–551; the start codon is 151–153, the stop codon 549–551.
        let transcript = |strand| Transcript { cds: Some((151, 551)), ..example(strand) };
        for (strand, position, reference, alternate, expected) in [
            (Strand::Forward, 151, "A", "G", Consequence::StartLost),
            (Strand::Forward, 153, "G", "C", Consequence::StartLost),
            (Strand::Forward, 152, "A", "C", Consequence::CodingSequence), // not ATG here
            (Strand::Forward, 154, "A", "G", Consequence::CodingSequence),
            (Strand::Forward, 549, "T", "C", Consequence::StopLost),
            (Strand::Forward, 550, "A", "G", Consequence::CodingSequence), // TAA or TAG
            (Strand::Forward, 550, "G", "A", Consequence::StopRetained),   // TGA to TAA
            (Strand::Forward, 551, "G", "T", Consequence::StopLost),
            (Strand::Reverse, 551, "T", "C", Consequence::StartLost), // A on the transcript
            (Strand::Reverse, 151, "C", "T", Consequence::StopRetained), // G to A
            (Strand::Reverse, 153, "A", "T", Consequence::StopLost),
        ] {
            let transcript = transcript(strand);
            let change = Change::new(position, reference.as_bytes(), alternate.as_bytes()).expect("a change");
            let effect = transcript.effect(change).expect("near");
            assert_eq!(effect.consequence, expected, "{strand:?} {position} {reference}>{alternate}");
            assert_eq!(effect.note.is_some(), expected == Consequence::CodingSequence);
        }
        let whole = transcript(Strand::Forward);
        let effect = whole.effect(Change::deletion(151, 153)).expect("near");
        assert_eq!(effect.consequences.to_string(), "start_lost&inframe_deletion");
        let effect = whole.effect(Change::deletion(303, 303)).expect("near");
        assert_eq!((effect.coding, effect.codon(), effect.exon), (Some((53, 53)), Some((18, 2)), Some((2, 3))));
    }

    #[test]
    fn intergenic_when_nothing_is_near() {
        let table = TranscriptTable::new(vec![example(Strand::Forward)]);
        let mut found = Vec::new();
        table.consequences(Chromosome::X, 9_000, b"A", b"C", |effect| found.push(effect.consequence));
        table.consequences(Chromosome::X, 100, b"A", b"AC", |effect| found.push(effect.consequence));
        table.consequences(Chromosome::X, 600, b"A", b"<DEL>", |effect| found.push(effect.consequence));
        assert_eq!(found, [Consequence::Intergenic, Consequence::UpstreamGene]);
    }
}
