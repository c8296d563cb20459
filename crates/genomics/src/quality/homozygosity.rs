//! Runs of homozygosity.
//!
//! A run grows over homozygous alternate and reference calls; it bears one heterozygous call in 50 homozygous ones
//! (errors) and ends at the second, at a gap of 1 Mb without a call, and at the chromosome's end.
//! Only runs of at least 50 sites and the length asked for are told.

use crate::call::Call;
use indgang_model::Chromosome;

const GAP: u32 = 1_000_000;
const LEAST_SITES: u32 = 50;

/// A run of one member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run {
    /// Member index.
    pub member: usize,
    /// Chromosome.
    pub chrom: Chromosome,
    /// First homozygous position.
    pub start: u32,
    /// Last homozygous position.
    pub end: u32,
    /// Homozygous sites.
    pub sites: u32,
}

/// Homozygous and heterozygous calls in the order of the genome.
/// What is kept is the place of every heterozygous call and the number of homozygous ones between them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunsOfHomozygosity {
    stretches: Vec<Vec<Stretch>>,
}

/// Homozygous calls without a heterozygous one or a gap between them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stretch {
    chrom: Chromosome,
    start: u32,
    end: u32,
    sites: u32,
    /// A heterozygous call follows.
    broken: bool,
}

impl Stretch {
    fn joins(&self, next: &Self) -> bool {
        self.chrom == next.chrom && next.start.saturating_sub(self.end) < GAP
    }
}

impl RunsOfHomozygosity {
    pub(super) fn new(members: usize) -> Self {
        Self { stretches: vec![Vec::new(); members] }
    }

    /// Takes a biallelic autosomal substitution in; places in the order of the genome.
    pub fn add(&mut self, chrom: Chromosome, pos: u32, calls: &[Call]) {
        for (stretches, call) in self.stretches.iter_mut().zip(calls) {
            match call.genotype.alternate_copies() {
                Some(1) => {
                    if let Some(last) = stretches.last_mut().filter(|s| s.chrom == chrom) {
                        // Two in a row: the second stands by itself, as an empty stretch.
                        if last.broken {
                            stretches.push(Stretch { chrom, start: pos, end: pos, sites: 0, broken: true });
                        } else {
                            last.broken = true;
                        }
                    }
                }
                Some(_) => push(stretches, Stretch { chrom, start: pos, end: pos, sites: 1, broken: false }),
                None => {}
            }
        }
    }

    /// Takes in the block that follows in the genome.
    pub fn merge(&mut self, next: Self) {
        for (mine, theirs) in self.stretches.iter_mut().zip(next.stretches) {
            for stretch in theirs {
                push(mine, stretch);
            }
        }
    }

    /// The runs of at least `least` bases, by member and place.
    pub fn runs(&self, least: u32) -> Vec<Run> {
        let mut found = Vec::new();
        for (member, stretches) in self.stretches.iter().enumerate() {
            let mut open: Option<(Run, u32)> = None;
            for (n, s) in stretches.iter().enumerate() {
                let joins = n > 0 && stretches[n - 1].joins(s);
                open = match open {
                    // The one error so far (`breaks`) is borne when the run is long enough for it.
                    Some((run, breaks))
                        if joins && (breaks == 0 || run.sites + s.sites >= 50 * breaks) && s.sites > 0 =>
                    {
                        let run = Run { end: s.end, sites: run.sites + s.sites, ..run };
                        Some((run, breaks + u32::from(s.broken)))
                    }
                    before => {
                        found.extend(before.map(|(run, _)| run));
                        let run = Run { member, chrom: s.chrom, start: s.start, end: s.end, sites: s.sites };
                        Some((run, u32::from(s.broken)))
                    }
                };
            }
            found.extend(open.map(|(run, _)| run));
        }
        found.retain(|r| r.sites >= LEAST_SITES && r.end - r.start >= least);
        found
    }
}

fn push(stretches: &mut Vec<Stretch>, next: Stretch) {
    match stretches.last_mut() {
        Some(last) if !last.broken && last.joins(&next) && next.sites > 0 => {
            last.end = next.end;
            last.sites += next.sites;
            last.broken = next.broken;
        }
        _ => stretches.push(next),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::{AlleleCode::*, Genotype};

    #[test]
    fn a_run_ends_at_heterozygous_calls_and_is_the_same_in_blocks() {
        let call = |het: bool| {
            let alleles = if het { [Reference, Alternate] } else { [Alternate; 2] };
            [Call::of(Genotype { alleles, copies: 2, phased: false })]
        };
        let one = Chromosome::autosome(1).expect("is one");
        // Ten heterozygous, 600 homozygous with one error in the middle, ten heterozygous; 10 kb apart.
        let genotypes: Vec<bool> = (0..620).map(|i| !(10..610).contains(&i) || i == 300).collect();
        let mut whole = RunsOfHomozygosity::new(1);
        for (i, het) in genotypes.iter().enumerate() {
            whole.add(one, 10_000 * (i as u32 + 1), &call(*het));
        }
        assert_eq!(whole.runs(5_000_000), [Run { member: 0, chrom: one, start: 110_000, end: 6_100_000, sites: 599 }]);
        assert_eq!(whole.runs(6_500_000), []);
        // Cut anywhere but at the error: heterozygous calls at a block's head stand by nothing.
        for cut in [100, 299, 450, 609] {
            let (mut a, mut b) = (RunsOfHomozygosity::new(1), RunsOfHomozygosity::new(1));
            for (i, het) in genotypes.iter().enumerate() {
                if i < cut { &mut a } else { &mut b }.add(one, 10_000 * (i as u32 + 1), &call(*het));
            }
            a.merge(b);
            assert_eq!(a.runs(5_000_000), whole.runs(5_000_000), "{cut}");
        }
    }
}
