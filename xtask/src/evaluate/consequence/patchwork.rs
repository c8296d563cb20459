//! A reference put together of the stretches that are at hand; elsewhere it holds `N`.

use indgang_genomics::reference::{ReferenceSequence, complement};
use indgang_genomics::transcripts::{Strand, Transcript};
use indgang_model::Chromosome;
use std::borrow::Cow;
use std::collections::HashMap;

/// Bases by place.
#[derive(Default)]
pub struct Patchwork {
    bases: HashMap<(u8, u32), u8>,
    /// Places for which two sources gave different bases; the first stays.
    pub contradictions: u64,
}

impl Patchwork {
    /// Puts bases at a place; `N` says nothing.
    pub fn put(&mut self, chromosome: Chromosome, position: u32, bases: &[u8]) {
        for (place, base) in (position..).zip(bases) {
            let base = base.to_ascii_uppercase();
            if matches!(base, b'A' | b'C' | b'G' | b'T')
                && *self.bases.entry((chromosome.number(), place)).or_insert(base) != base
            {
                self.contradictions += 1;
            }
        }
    }

    /// True when all bases of the transcript's exons are known.
    pub fn holds(&self, transcript: &Transcript) -> bool {
        let number = transcript.chrom.number();
        transcript.exons.iter().all(|(start, end)| (*start..=*end).all(|at| self.bases.contains_key(&(number, at))))
    }

    /// Puts the bases of a transcript, given in the direction of reading, at its exons.
    pub fn put_transcript(&mut self, transcript: &Transcript, sequence: &[u8]) {
        let mut sequence = sequence.to_vec();
        if transcript.strand == Strand::Reverse {
            sequence.reverse();
            sequence.iter_mut().for_each(|b| *b = complement(b.to_ascii_uppercase()));
        }
        let mut rest = sequence.as_slice();
        for &(start, end) in &transcript.exons {
            let (exon, after) = rest.split_at(rest.len().min((end - start + 1) as usize));
            self.put(transcript.chrom, start, exon);
            rest = after;
        }
    }
}

impl ReferenceSequence for Patchwork {
    fn bases(&self, chromosome: Chromosome, position: u32, length: u32) -> Option<Cow<'_, [u8]>> {
        let at = |place| self.bases.get(&(chromosome.number(), place)).copied().unwrap_or(b'N');
        Some((position..position + length).map(at).collect())
    }

    fn at_most(&self, chromosome: Chromosome, position: u32, length: u32) -> Option<Cow<'_, [u8]>> {
        // The stretches are short: a long window would be mostly unknown.
        self.bases(chromosome, position, length.min(10_000))
    }
}
