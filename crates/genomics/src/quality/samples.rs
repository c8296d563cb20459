//! Sample by sample: calls, depth, missing genotypes, and what X and Y say of the sex.

use crate::call::{Call, Genotype};
use indgang_model::{Region, Sex};

/// Depths above this are counted here.
const DEEPEST: usize = 1000;
/// Carried calls on X that a sex can be read from.
const ENOUGH_ON_X: u64 = 20;
/// Variants on Y from which a Y chromosome is taken to be there.
const ENOUGH_ON_Y: u64 = 20;
/// Heterozygous share on X under which a sample is a man's, over which a woman's.
const MALE_UNDER: f64 = 0.15;
const FEMALE_OVER: f64 = 0.30;

/// One sample's counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SampleTally {
    /// Alternate alleles seen at all.
    pub sites: u64,
    /// Alternate alleles carried.
    pub carried: u64,
    /// Sites without a complete genotype.
    pub missing: u64,
    /// Carried on X outside the pseudo-autosomal regions, with two alleles written or one.
    pub x_carried: u64,
    /// Of those, heterozygous.
    pub x_heterozygous: u64,
    /// Called on Y outside the pseudo-autosomal regions.
    pub y_called: u64,
    /// Alternate alleles carried on Y outside the pseudo-autosomal regions.
    pub y_carried: u64,
    /// Y sites seen.
    pub y_sites: u64,
    depths: Vec<u32>,
}

/// The samples of a family, in member order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Samples {
    /// By member.
    pub by_member: Vec<SampleTally>,
}

impl Samples {
    pub(super) fn new(n: usize) -> Self {
        let empty = SampleTally {
            sites: 0,
            carried: 0,
            missing: 0,
            x_carried: 0,
            x_heterozygous: 0,
            y_called: 0,
            y_carried: 0,
            y_sites: 0,
            depths: vec![0; DEEPEST + 1],
        };
        Self { by_member: vec![empty; n] }
    }

    /// Takes a site in, with the depth of who carries.
    pub fn add(&mut self, region: Region, calls: &[Call]) {
        self.add_genotypes(region, calls);
        for (tally, call) in self.by_member.iter_mut().zip(calls).filter(|(_, c)| c.genotype.carries()) {
            if let Some(depth) = call.total_depth() {
                tally.depths[(depth as usize).min(DEEPEST)] += 1;
            }
        }
    }

    /// Takes a site in without any depth.
    pub fn add_genotypes<G: Copy + Into<Genotype>>(&mut self, region: Region, genotypes: &[G]) {
        for (tally, genotype) in self.by_member.iter_mut().zip(genotypes) {
            let genotype: Genotype = (*genotype).into();
            tally.sites += 1;
            tally.missing += u64::from(genotype.is_missing());
            if region == Region::Y {
                tally.y_sites += 1;
                tally.y_called += u64::from(!genotype.is_missing());
                tally.y_carried += u64::from(genotype.carries());
            }
            if !genotype.carries() {
                continue;
            }
            tally.carried += 1;
            if region == Region::X && !genotype.is_missing() {
                tally.x_carried += 1;
                tally.x_heterozygous += u64::from(genotype.is_heterozygous());
            }
        }
    }

    /// Adds another block's counts.
    pub fn merge(&mut self, other: &Self) {
        for (a, b) in self.by_member.iter_mut().zip(&other.by_member) {
            a.sites += b.sites;
            a.carried += b.carried;
            a.missing += b.missing;
            a.x_carried += b.x_carried;
            a.x_heterozygous += b.x_heterozygous;
            a.y_called += b.y_called;
            a.y_carried += b.y_carried;
            a.y_sites += b.y_sites;
            a.depths.iter_mut().zip(&b.depths).for_each(|(a, b)| *a += b);
        }
    }
}

impl SampleTally {
    /// Median depth of carried calls; `None` when no depth is written. Depths over 1,000 count as 1,000.
    pub fn median_depth(&self) -> Option<u32> {
        let all: u64 = self.depths.iter().map(|n| u64::from(*n)).sum();
        let mut so_far = 0;
        let middle = |n: &u32| {
            so_far += u64::from(*n);
            2 * so_far >= all
        };
        if all == 0 { None } else { self.depths.iter().position(middle).and_then(|d| u32::try_from(d).ok()) }
    }

    /// Heterozygous share of carried calls on X; `None` without any.
    pub fn x_heterozygosity(&self) -> Option<f64> {
        (self.x_carried > 0).then(|| self.x_heterozygous as f64 / self.x_carried as f64)
    }

    /// Share of sites without a complete genotype, 0 to 1.
    pub fn missing_rate(&self) -> f64 {
        if self.sites == 0 { 0.0 } else { self.missing as f64 / self.sites as f64 }
    }

    /// Sex as X says, when 20 carried calls allow, the share is not in between, and Y does not contradict:
    /// a sample with many heterozygotes on X and as many variants on Y as make a chromosome is neither by this evidence.
    pub fn observed_sex(&self) -> Sex {
        match self.x_heterozygosity() {
            Some(share) if self.x_carried >= ENOUGH_ON_X && share < MALE_UNDER => Sex::Male,
            Some(share) if self.x_carried >= ENOUGH_ON_X && share > FEMALE_OVER && self.y_carried < ENOUGH_ON_Y => {
                Sex::Female
            }
            _ => Sex::Unknown,
        }
    }
}
