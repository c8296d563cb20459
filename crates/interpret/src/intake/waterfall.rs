//! How many alleles each filter left.

use crate::report::FilterStep;
use indgang_genomics::vcf::{Alternate, Record};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

/// The waterfall's steps.
const STEPS: [&str; 6] = ["read", "primary_assembly", "carried_by_affected", "quality", "frequency", "consequence"];

/// The last step that an allele came through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Reached {
    Read,
    PrimaryAssembly,
    CarriedByAffected,
    Quality,
    Frequency,
    Consequence,
}

/// Alleles left after each step. An allele in several files (one file a person) is one.
#[derive(Debug, Clone, Default)]
pub struct Waterfall {
    /// Alleles by the last step they came through, when one file holds them all.
    ended: [u64; STEPS.len()],
    /// With several files: each allele, by a hash, and its step.
    alleles: Option<Vec<(u64, Reached)>>,
}

impl Waterfall {
    /// Nothing read yet, of one file or of several.
    pub fn new(several: bool) -> Self {
        Self { ended: [0; STEPS.len()], alleles: several.then(Vec::new) }
    }

    pub(super) fn count(&mut self, record: &Record<'_>, alternate: Alternate<'_>, reached: Reached) {
        match &mut self.alleles {
            Some(alleles) => alleles.push((allele(record, alternate), reached)),
            None => self.ended[reached as usize] += 1,
        }
    }

    /// Adds what another block of the same files counted.
    pub fn merge(&mut self, other: Self) {
        for (sum, ended) in self.ended.iter_mut().zip(other.ended) {
            *sum += ended;
        }
        if let (Some(alleles), Some(more)) = (&mut self.alleles, other.alleles) {
            alleles.extend(more);
        }
    }

    /// True when no allele was read.
    pub fn is_empty(&self) -> bool {
        self.ended.iter().all(|n| *n == 0) && self.alleles.as_ref().is_none_or(Vec::is_empty)
    }

    /// Each step with what it left, in their order. The first step's is all that was read.
    pub fn steps(mut self) -> Vec<FilterStep> {
        let mut alleles = self.alleles.take().unwrap_or_default();
        // Of an allele's entries the furthest comes first and stays.
        alleles.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(b.1.cmp(&a.1)));
        alleles.dedup_by_key(|(allele, _)| *allele);
        for (_, reached) in alleles {
            self.ended[reached as usize] += 1;
        }
        let left = |step: usize| self.ended[step..].iter().sum();
        STEPS.iter().enumerate().map(|(step, name)| FilterStep { name: (*name).to_owned(), kept: left(step) }).collect()
    }
}

/// The allele as written, by whatever name its chromosome goes.
fn allele(record: &Record<'_>, alternate: Alternate<'_>) -> u64 {
    let mut hasher = DefaultHasher::new();
    match record.chromosome() {
        Some(chromosome) => chromosome.hash(&mut hasher),
        None => record.chromosome_name().hash(&mut hasher),
    }
    record.position().hash(&mut hasher);
    record.reference().hash(&mut hasher);
    match alternate {
        Alternate::Sequence(text) | Alternate::Breakend(text) => text.hash(&mut hasher),
        // Two deletions may begin at one place.
        Alternate::Symbolic(text) => (text, record.info("END"), record.info("SVLEN")).hash(&mut hasher),
        Alternate::SpanningDeletion | Alternate::Unspecified | Alternate::None => {}
    }
    hasher.finish()
}
