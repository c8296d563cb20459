//! What a genome tells of itself: errors of inheritance, runs of homozygosity, disomy.

use indgang_model::Chromosome;
use serde::{Deserialize, Serialize};

/// Mendelian errors of one child with both parents sequenced.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MendelianErrors {
    /// The child.
    pub child: String,
    /// Sites where all three are called.
    pub sites: u64,
    /// Sites that cannot be inherited.
    pub errors: u64,
}

/// A run of homozygosity.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunOfHomozygosity {
    /// Sample.
    pub sample: String,
    /// Chromosome.
    pub chrom: Chromosome,
    /// First position.
    pub start: u32,
    /// Last position.
    pub end: u32,
    /// Homozygous sites in it.
    pub sites: u32,
}

/// A chromosome inherited from one parent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UniparentalDisomy {
    /// The child.
    pub child: String,
    /// Chromosome.
    pub chrom: Chromosome,
    /// `father` or `mother`: whose copies are both.
    pub from: String,
    /// `isodisomy`, `heterodisomy` or `mixed`.
    pub kind: String,
    /// Sites that can only be explained so.
    pub sites: u32,
    /// P value of the binomial test against the file's background of errors.
    pub p_value: f64,
}
