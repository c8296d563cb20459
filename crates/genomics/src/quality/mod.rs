//! Quality of samples and pedigree, gathered while the file is read.
//!
//! Accumulators take one site after the other and can be merged, so blocks may be folded in parallel;
//! runs of homozygosity need the order of the genome and are merged in that order.
//! [`verdict`] compares what was gathered with the pedigree.

mod homozygosity;
mod mendel;
mod readings;
mod relatedness;
mod samples;
mod verdict;

pub use homozygosity::{Run, RunsOfHomozygosity};
pub use mendel::{Disomy, DisomyKind, MendelTally, Mendelian, ParentalOrigin};
pub use relatedness::{Pair, Relatedness};
pub use samples::{SampleTally, Samples};
pub use verdict::{Disagreement, Relation, Verdict, verdict};

use crate::call::{Call, Genotype};
use crate::pedigree::Family;
use indgang_model::{Chromosome, Region};

/// Everything at once: one accumulator for a block of a family's sites.
#[derive(Debug, Clone)]
pub struct Quality {
    /// Sex evidence, depth, missingness by sample.
    pub samples: Samples,
    /// Kinship by pair.
    pub relatedness: Relatedness,
    /// Mendelian errors and uniparental disomy by child.
    pub mendelian: Mendelian,
    /// Runs of homozygosity by sample.
    pub runs: RunsOfHomozygosity,
}

impl Quality {
    /// Nothing seen yet.
    pub fn new(family: &Family) -> Self {
        let n = family.members.len();
        Self {
            samples: Samples::new(n),
            relatedness: Relatedness::new(n),
            mendelian: Mendelian::new(family),
            runs: RunsOfHomozygosity::new(n),
        }
    }

    /// Takes a site in. `biallelic_snv` tells single-base substitutions of places with one alternate allele.
    pub fn add(&mut self, chrom: Chromosome, pos: u32, region: Region, biallelic_snv: bool, calls: &[Call]) {
        self.samples.add(region, calls);
        self.mendelian.add(chrom, region, calls);
        if biallelic_snv && region == Region::Autosome {
            self.relatedness.add(calls);
            self.runs.add(chrom, pos, calls);
        }
    }

    /// As [`Quality::add`] with what genotypes alone tell: all that [`verdict`] asks for, but no depth and no runs.
    pub fn add_genotypes(&mut self, chrom: Chromosome, region: Region, biallelic_snv: bool, genotypes: &[Genotype]) {
        self.samples.add_genotypes(region, genotypes);
        self.mendelian.add(chrom, region, genotypes);
        if biallelic_snv && region == Region::Autosome {
            self.relatedness.add(genotypes);
        }
    }

    /// Takes in what the following block has gathered.
    pub fn merge(&mut self, next: Self) {
        self.samples.merge(&next.samples);
        self.relatedness.merge(&next.relatedness);
        self.mendelian.merge(&next.mendelian);
        self.runs.merge(next.runs);
    }
}
