//! Transcripts and where they lie: which genes a place belongs to, and what a change does there as far as position tells.
//!
//! The table holds no sequence. What needs one (missense or synonymous) is said as
//! [`Consequence::CodingSequence`](crate::consequence::Consequence::CodingSequence) with a note, never guessed.

mod change;
mod compact;
mod effect;
mod genes;
mod gff;
mod parse;
mod splice;
mod table;

pub use change::Change;
pub use effect::PositionConsequence;
pub use genes::propagate_genes;
pub use gff::{GffError, read_gff};
pub use parse::{ParseTranscriptError, parse_mane_tsv, parse_refseq_bed12};
pub use table::TranscriptTable;

use indgang_model::Chromosome;
use serde::{Deserialize, Serialize};

/// How far before or after a gene a change still counts as upstream or downstream of it, in bases.
pub const NEAR_GENE: u32 = 5_000;

/// The strand of the genome a transcript is read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Strand {
    /// Along the reference.
    #[serde(rename = "+")]
    Forward,
    /// Against the reference.
    #[serde(rename = "-")]
    Reverse,
}

/// One transcript on one genome build. All places are 1-based and inclusive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transcript {
    /// Accession, with its version when the source has one: `NM_000141.5`, `ENST00000358487.10`.
    pub id: Box<str>,
    /// Gene symbol; empty when the source does not say.
    pub gene_symbol: Box<str>,
    /// Gene identifier of the source (`ENSG00000066468`); empty when the source does not say.
    pub gene_id: Box<str>,
    /// Chromosome.
    pub chrom: Chromosome,
    /// Strand.
    pub strand: Strand,
    /// First base.
    pub start: u32,
    /// Last base.
    pub end: u32,
    /// First and last coding base in genome order, the stop codon included; `None` for a transcript without protein.
    pub cds: Option<(u32, u32)>,
    /// Exons in genome order, not overlapping.
    pub exons: Vec<(u32, u32)>,
    /// True for a transcript of MANE Select or MANE Plus Clinical.
    pub mane: bool,
    /// What a gene annotation (GFF3, GTF) says beside the places; empty for the shipped tables.
    pub details: Details,
}

/// What a gene annotation says of a transcript beside its places.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Details {
    /// Biotype as the source writes it (`protein_coding`, `nonsense_mediated_decay`); empty when it does not say.
    pub biotype: Box<str>,
    /// Accession of the protein; empty when the source does not say.
    pub protein_id: Box<str>,
    /// Bases of the first codon that lie before the known sequence, 0 to 2: the coding part begins within a codon.
    pub padding: u8,
    /// The coding part begins before the known sequence (`cds_start_NF`).
    pub start_unknown: bool,
    /// True for MANE Plus Clinical.
    pub plus_clinical: bool,
}

impl Transcript {
    /// True when the transcript makes a protein.
    pub const fn coding(&self) -> bool {
        self.cds.is_some()
    }

    /// Number of coding bases, the stop codon included; 0 without protein.
    pub fn coding_length(&self) -> u32 {
        let Some((first, last)) = self.cds else { return 0 };
        self.exons.iter().map(|(start, end)| ((*end).min(last) + 1).saturating_sub((*start).max(first))).sum()
    }

    /// Place of a base in the coding sequence, 1-based from the start codon; `None` outside it.
    pub fn coding_position(&self, position: u32) -> Option<u32> {
        let (first, last) = self.cds?;
        if position < first || position > last {
            return None;
        }
        let mut before = 0;
        for &(start, end) in &self.exons {
            let (start, end) = (start.max(first), end.min(last));
            if position < start {
                return None;
            }
            if position <= end {
                let place = before + (position - start) + 1;
                return Some(match self.strand {
                    Strand::Forward => place,
                    Strand::Reverse => self.coding_length() - place + 1,
                });
            }
            before += (end + 1).saturating_sub(start);
        }
        None
    }

    /// Number of the exon (1-based, in the direction of reading) that holds a base; `None` outside exons.
    pub fn exon_at(&self, position: u32) -> Option<usize> {
        let place = self.exons.partition_point(|exon| exon.1 < position);
        let exon = self.exons.get(place)?;
        (exon.0 <= position).then(|| self.numbered(place, self.exons.len()))
    }

    /// Number of the intron (1-based, in the direction of reading) that holds a base; `None` outside introns.
    pub fn intron_at(&self, position: u32) -> Option<usize> {
        let place = self.exons.partition_point(|exon| exon.1 < position);
        let next = self.exons.get(place)?;
        (place > 0 && position < next.0).then(|| self.numbered(place - 1, self.exons.len() - 1))
    }

    /// The introns in genome order.
    pub fn introns(&self) -> impl DoubleEndedIterator<Item = (u32, u32)> + '_ {
        self.exons.windows(2).map(|pair| (pair[0].1 + 1, pair[1].0 - 1))
    }

    /// The number, 1-based in the direction of reading, of the `place`th (0-based, genome order) of `count`.
    fn numbered(&self, place: usize, count: usize) -> usize {
        match self.strand {
            Strand::Forward => place + 1,
            Strand::Reverse => count - place,
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Exons 101–200, 301–400, 501–600; coding 151–550.
    pub(crate) fn example(strand: Strand) -> Transcript {
        Transcript {
            id: "NM_1.1".into(),
            gene_symbol: "GENE1".into(),
            gene_id: "1".into(),
            chrom: Chromosome::X,
            strand,
            start: 101,
            end: 600,
            cds: Some((151, 550)),
            exons: vec![(101, 200), (301, 400), (501, 600)],
            mane: true,
            details: Details::default(),
        }
    }

    #[test]
    fn places_in_a_transcript() {
        let (forward, reverse) = (example(Strand::Forward), example(Strand::Reverse));
        assert_eq!(forward.coding_length(), 200);
        for (position, coding, coding_reverse, exon, intron) in [
            (150, None, None, Some((1, 3)), None),
            (151, Some(1), Some(200), Some((1, 3)), None),
            (200, Some(50), Some(151), Some((1, 3)), None),
            (201, None, None, None, Some((1, 2))),
            (301, Some(51), Some(150), Some((2, 2)), None),
            (450, None, None, None, Some((2, 1))),
            (550, Some(200), Some(1), Some((3, 1)), None),
            (551, None, None, Some((3, 1)), None),
            (601, None, None, None, None),
            (100, None, None, None, None),
        ] {
            assert_eq!(forward.coding_position(position), coding, "{position}");
            assert_eq!(reverse.coding_position(position), coding_reverse, "{position}");
            assert_eq!(forward.exon_at(position).zip(reverse.exon_at(position)), exon, "{position}");
            assert_eq!(forward.intron_at(position).zip(reverse.intron_at(position)), intron, "{position}");
        }
    }
}
