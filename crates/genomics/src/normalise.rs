//! One way to write a small variant: trimmed, and moved left as far as it goes.
//!
//! Method: Tan, Abecasis, Kang, *Unified representation of genetic variants*, Bioinformatics 2015.
//! A variant is normalised when it is parsimonious (no base can be taken away at either end that both alleles share) and
//! left-aligned.

use crate::reference::ReferenceSequence;
use indgang_model::Chromosome;

/// Place and alleles of a small variant, upper-case bases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Small {
    /// 1-based position of the first base of `reference`.
    pub position: u32,
    /// Reference allele, at least one base.
    pub reference: Vec<u8>,
    /// Alternate allele, at least one base.
    pub alternate: Vec<u8>,
}

impl Small {
    /// Takes away the common end, then the common beginning, and keeps at least one base of each allele.
    pub fn trim(&mut self) {
        let shortest = self.reference.len().min(self.alternate.len());
        let ends = self.reference.iter().rev().zip(self.alternate.iter().rev());
        let end = ends.take(shortest.saturating_sub(1)).take_while(|(r, a)| r == a).count();
        self.reference.truncate(self.reference.len() - end);
        self.alternate.truncate(self.alternate.len() - end);
        self.trim_start();
    }

    /// Trims, and moves an insertion or deletion as far left as the reference allows.
    /// It stays where the reference is not at hand, and before position 1.
    pub fn left_align(&mut self, chromosome: Chromosome, sequence: &dyn ReferenceSequence) {
        let mut before = Before { sequence, chromosome, bases: Vec::new() };
        while let (Some(r), Some(a)) = (self.reference.last(), self.alternate.last())
            && r == a
        {
            if self.reference.len() > 1 && self.alternate.len() > 1 {
                self.reference.pop();
                self.alternate.pop();
                continue;
            }
            if self.reference.len() == 1 && self.alternate.len() == 1 {
                break; // equal alleles: nothing to move
            }
            // Taking the last base empties one allele: both are lengthened to the left first.
            let Some(base) = before.base(self.position) else { break };
            self.position -= 1;
            for allele in [&mut self.reference, &mut self.alternate] {
                allele.pop();
                allele.insert(0, base);
            }
        }
        self.trim_start();
    }

    fn trim_start(&mut self) {
        let shortest = self.reference.len().min(self.alternate.len());
        let starts = self.reference.iter().zip(&self.alternate);
        let start = starts.take(shortest.saturating_sub(1)).take_while(|(r, a)| r == a).count();
        self.reference.drain(..start);
        self.alternate.drain(..start);
        // A position and a length of bases lie within a chromosome.
        self.position += start as u32;
    }
}

/// The bases before a position, fetched a stretch at a time.
struct Before<'a> {
    sequence: &'a dyn ReferenceSequence,
    chromosome: Chromosome,
    /// Bases before the position, the nearest last.
    bases: Vec<u8>,
}

impl Before<'_> {
    /// The base before `position`; positions are asked for in falling order without gaps.
    fn base(&mut self, position: u32) -> Option<u8> {
        if self.bases.is_empty() {
            let most = position.checked_sub(1)?;
            // Near the beginning of what is at hand a long stretch is not there, but a single base may be.
            let stretch = |n: u32| {
                let n = n.min(most);
                self.sequence.bases(self.chromosome, position - n, n).filter(|b| !b.is_empty())
            };
            self.bases = stretch(128).or_else(|| stretch(1))?.into_owned();
        }
        self.bases.pop()
    }
}
