//! A transcript spliced: its bases in the direction of reading, and where each base of the genome lies in it.

use super::codon::{Code, SELENOCYSTEINE, STOP};
use crate::reference::{ReferenceSequence, complement};
use crate::transcripts::{Change, Strand, Transcript};
use std::ops::Range;

/// A place on a transcript as HGVS counts: the nearest base of an exon (0-based in the direction of reading), and how far
/// into the intron: positive after it, negative before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spot {
    /// 0-based base of the spliced transcript.
    pub base: u32,
    /// Bases into the intron; 0 in an exon.
    pub offset: i32,
}

/// A change of the spliced transcript: bases `start..end` (0-based) become `inserted`, in the direction of reading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// First base replaced, or the base before which is inserted.
    pub start: u32,
    /// After the last base replaced.
    pub end: u32,
    /// What comes in.
    pub inserted: Vec<u8>,
}

/// A spliced transcript.
pub struct Messenger {
    /// Bases of exons before each exon, in genome order.
    before: Box<[u32]>,
    /// Bases of all exons.
    length: u32,
    /// Every base, upper case; `None` when the reference does not hold them all.
    bases: Option<Box<[u8]>>,
    coding: Option<Range<u32>>,
    padding: u32,
    /// The genetic code.
    pub code: Code,
    reverse: bool,
}

impl Messenger {
    /// Splices a transcript. Without a reference, or where it has a gap, the bases stay unknown.
    pub fn new(transcript: &Transcript, reference: Option<&dyn ReferenceSequence>) -> Self {
        let mut length = 0;
        let before = transcript.exons.iter().map(|(start, end)| {
            let before = length;
            length += end - start + 1;
            before
        });
        let before = before.collect();
        let mut messenger = Self {
            before,
            length,
            bases: None,
            coding: None,
            padding: u32::from(transcript.details.padding),
            code: Code::of(transcript.chrom),
            reverse: transcript.strand == Strand::Reverse,
        };
        messenger.coding = transcript.cds.and_then(|(first, last)| {
            let (first, last) = (messenger.base_at(transcript, first)?, messenger.base_at(transcript, last)?);
            Some(first.min(last)..first.max(last) + 1)
        });
        messenger.bases = reference.and_then(|reference| messenger.read(transcript, reference));
        messenger
    }

    fn read(&self, transcript: &Transcript, reference: &dyn ReferenceSequence) -> Option<Box<[u8]>> {
        let mut bases = Vec::with_capacity(self.length as usize);
        for &(start, end) in &transcript.exons {
            bases.extend_from_slice(&reference.bases(transcript.chrom, start, end - start + 1)?);
        }
        if self.reverse {
            bases.reverse();
            bases.iter_mut().for_each(|b| *b = complement(*b));
        }
        Some(bases.into())
    }

    /// The coding bases, 0-based in the direction of reading.
    pub fn coding(&self) -> Option<Range<u32>> {
        self.coding.clone()
    }

    /// Bases of all exons.
    pub const fn length(&self) -> u32 {
        self.length
    }

    /// The bases; `None` when they are not at hand.
    pub fn bases(&self) -> Option<&[u8]> {
        self.bases.as_deref()
    }

    /// Bases of the first codon that the sequence lacks.
    pub const fn padding(&self) -> u32 {
        self.padding
    }

    fn in_exon(&self, transcript: &Transcript, exon: usize, position: u32) -> u32 {
        let forward = self.before[exon] + (position - transcript.exons[exon].0);
        if self.reverse { self.length - 1 - forward } else { forward }
    }

    /// The base of the transcript at a position of the genome; `None` outside exons.
    pub fn base_at(&self, transcript: &Transcript, position: u32) -> Option<u32> {
        let exon = transcript.exons.partition_point(|exon| exon.1 < position);
        (transcript.exons.get(exon)?.0 <= position).then(|| self.in_exon(transcript, exon, position))
    }

    /// Where a position of the genome lies; `None` outside the transcript. The middle base of an intron counts from the
    /// exon before it (HGVS).
    pub fn spot(&self, transcript: &Transcript, position: u32) -> Option<Spot> {
        let exon = transcript.exons.partition_point(|exon| exon.1 < position);
        let (start, _) = *transcript.exons.get(exon)?;
        if start <= position {
            return Some(Spot { base: self.in_exon(transcript, exon, position), offset: 0 });
        }
        let low = transcript.exons[exon.checked_sub(1)?].1;
        let (from_low, from_high) = (position - low, start - position);
        // INVARIANT: an intron is shorter than a chromosome, so distances fit i32.
        let of_low = |sign: i32| Spot { base: self.in_exon(transcript, exon - 1, low), offset: sign * from_low as i32 };
        let of_high = |sign: i32| Spot { base: self.in_exon(transcript, exon, start), offset: sign * from_high as i32 };
        Some(match self.reverse {
            false if from_low <= from_high => of_low(1),
            false => of_high(-1),
            true if from_high <= from_low => of_high(1),
            true => of_low(-1),
        })
    }

    /// The change as an edit of the spliced transcript, when it lies within one exon.
    /// An insertion between an intron and an exon lengthens the exon.
    pub fn edit(&self, transcript: &Transcript, change: Change<'_>) -> Option<Edit> {
        let (start, end) = if change.is_insertion() {
            let at = |position| self.base_at(transcript, position);
            let place = match (self.reverse, at(change.start), at(change.end)) {
                (false, Some(base), _) | (true, _, Some(base)) => base,
                (false, None, Some(base)) | (true, Some(base), None) => base + 1,
                _ => return None,
            };
            (place, place)
        } else {
            let exon = transcript.exons.partition_point(|exon| exon.1 < change.start);
            let (first, last) = *transcript.exons.get(exon)?;
            if change.start < first || change.end > last {
                return None;
            }
            let (a, b) = (self.in_exon(transcript, exon, change.start), self.in_exon(transcript, exon, change.end));
            (a.min(b), a.max(b) + 1)
        };
        Some(Edit { start, end, inserted: self.read_along(change.inserted) })
    }

    /// Bases of the genome in the direction of reading, upper case.
    pub fn read_along(&self, bases: &[u8]) -> Vec<u8> {
        if self.reverse {
            bases.iter().rev().map(|b| complement(b.to_ascii_uppercase())).collect()
        } else {
            bases.to_ascii_uppercase()
        }
    }

    /// Amino acids of the codons that begin at the padded coding bases `from..to`; TGA before the end is selenocysteine.
    pub fn peptide(&self, from: u32, to: u32, out: &mut Vec<u8>) {
        let length = self.padded_length();
        let mut at = from;
        while at + 3 <= to {
            let codon = [self.padded(at), self.padded(at + 1), self.padded(at + 2)];
            let amino_acid = self.code.amino_acid(codon);
            out.push(if amino_acid == STOP && at + 3 < length { self.within(codon) } else { amino_acid });
            at += 3;
        }
        if at < to {
            out.push(super::codon::UNKNOWN);
        }
    }

    /// What a stop codon within the coding sequence stands for.
    fn within(&self, codon: [u8; 3]) -> u8 {
        if codon == *b"TGA" { SELENOCYSTEINE } else { STOP }
    }

    /// Coding bases with the padding.
    pub fn padded_length(&self) -> u32 {
        self.coding.as_ref().map_or(0, |c| c.end - c.start + self.padding)
    }

    /// A base of the padded coding sequence, which goes on into the untranslated end; `N` where there is none.
    #[inline]
    pub fn padded(&self, at: u32) -> u8 {
        let (Some(coding), Some(bases)) = (&self.coding, &self.bases) else { return b'N' };
        if at < self.padding {
            return b'N';
        }
        bases.get((coding.start + at - self.padding) as usize).copied().unwrap_or(b'N')
    }
}
