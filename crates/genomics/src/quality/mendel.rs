//! Mendelian errors of every child with two parents, and chromosomes from one parent.

use crate::call::Genotype;
use crate::de_novo::binomial_at_least;
use crate::pedigree::Family;
use indgang_model::{Chromosome, Region};

/// Sites that can only come from one parent, of one chromosome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Origin {
    /// Sites where child and both parents are called.
    sites: u64,
    /// Child without any allele of the mother (so both from the father), and the converse.
    only: [u64; 2],
    /// Of those, from a heterozygous parent: the same copy twice.
    iso: [u64; 2],
    /// Child heterozygous as the giving parent: both of the parent's copies.
    hetero: [u64; 2],
}

/// One child's counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MendelTally {
    /// Member indices of child, father, mother.
    pub trio: (usize, usize, usize),
    /// Autosomal sites where the child and at least one parent are called.
    pub sites: u64,
    /// Sites that cannot be inherited.
    pub errors: u64,
    by_chromosome: [Origin; 23],
}

/// All children with both parents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mendelian {
    /// In pedigree order.
    pub children: Vec<MendelTally>,
}

/// Whose copies both are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParentalOrigin {
    /// Both from the father.
    Father,
    /// Both from the mother.
    Mother,
}

/// One copy twice, both copies, or parts of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DisomyKind {
    /// One copy twice.
    Isodisomy,
    /// Both copies of the parent.
    Heterodisomy,
    /// Both, or not enough to say.
    Mixed,
}

/// A chromosome that comes from one parent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Disomy {
    /// Chromosome.
    pub chrom: Chromosome,
    /// From whom.
    pub from: ParentalOrigin,
    /// Which kind.
    pub kind: DisomyKind,
    /// Sites that can only be explained so.
    pub sites: u64,
    /// P value of a binomial test against the rate on the child's other chromosomes, for 44 tests.
    pub p_value: f64,
}

impl Mendelian {
    pub(super) fn new(family: &Family) -> Self {
        let tally = |trio| MendelTally { trio, sites: 0, errors: 0, by_chromosome: [Origin::default(); 23] };
        Self { children: family.trios().map(tally).collect() }
    }

    /// Takes a site in, as calls or genotypes in member order; only autosomal places where the child and a parent are
    /// called count.
    pub fn add<G: Copy + Into<Genotype>>(&mut self, chrom: Chromosome, region: Region, calls: &[G]) {
        if region != Region::Autosome {
            return;
        }
        for tally in &mut self.children {
            let (child, father, mother) = tally.trio;
            let copies = |i: usize| calls.get(i).and_then(|g| Into::<Genotype>::into(*g).alternate_copies());
            let Some(child) = copies(child) else { continue };
            let (father, mother) = (copies(father), copies(mother));
            if father.is_none() && mother.is_none() {
                continue;
            }
            // With one parent's call missing, some genotype of hers must do (as bcftools counts).
            let any = |known: Option<u8>| known.map_or(0..=2, |n| n..=n);
            let wrong = !any(father).any(|f| any(mother).any(|m| possible(child, f, m)));
            tally.sites += 1;
            tally.errors += u64::from(wrong);
            if let (Some(father), Some(mother)) = (father, mother) {
                tally.by_chromosome[usize::from(chrom.number())].add(child, father, mother, wrong);
            }
        }
    }

    /// Adds another block's counts.
    pub fn merge(&mut self, other: &Self) {
        for (a, b) in self.children.iter_mut().zip(&other.children) {
            a.sites += b.sites;
            a.errors += b.errors;
            a.by_chromosome.iter_mut().zip(&b.by_chromosome).for_each(|(a, b)| a.merge(b));
        }
    }
}

/// True when gametes of the parents make the child. Counts of the alternate, 0 to 2.
fn possible(child: u8, father: u8, mother: u8) -> bool {
    let least = u8::from(father == 2) + u8::from(mother == 2);
    let most = u8::from(father > 0) + u8::from(mother > 0);
    child >= least && child <= most
}

impl Origin {
    fn add(&mut self, child: u8, father: u8, mother: u8, wrong: bool) {
        self.sites += 1;
        for (side, giver, other) in [(0, father, mother), (1, mother, father)] {
            // The other parent is homozygous for the allele that the homozygous child does not have.
            let only = wrong && child != 1 && other == 2 - child && giver != other;
            self.only[side] += u64::from(only);
            self.iso[side] += u64::from(only && giver == 1);
            self.hetero[side] += u64::from(child == 1 && giver == 1 && other != 1);
        }
    }

    fn merge(&mut self, other: &Self) {
        self.sites += other.sites;
        for side in 0..2 {
            self.only[side] += other.only[side];
            self.iso[side] += other.iso[side];
            self.hetero[side] += other.hetero[side];
        }
    }
}

impl MendelTally {
    /// Chromosomes from one parent: more one-sided sites than the rate of the child's other chromosomes explains
    /// (a rate of at least one in a thousand is assumed), p under 1e-6 after 44 tests, and at least ten sites.
    pub fn disomies(&self) -> Vec<Disomy> {
        let mut found = Vec::new();
        for (number, here) in self.by_chromosome.iter().enumerate() {
            let Some(chrom) = u8::try_from(number).ok().and_then(Chromosome::autosome) else { continue };
            for (side, from) in [(0, ParentalOrigin::Father), (1, ParentalOrigin::Mother)] {
                let (only, reverse) = (here.only[side], here.only[1 - side]);
                let elsewhere: u64 = self.by_chromosome.iter().map(|o| o.only[side]).sum::<u64>() - only;
                let rate = (elsewhere as f64 / (self.sites - here.sites).max(1) as f64).clamp(1e-3, 0.5);
                let (Ok(k), Ok(n)) = (u32::try_from(only), u32::try_from(here.sites)) else { continue };
                let p_value = (binomial_at_least(k, n, rate) * 44.0).min(1.0);
                if only >= 10 && only > 10 * reverse && p_value < 1e-6 {
                    let kind = match (here.iso[side], here.hetero[side]) {
                        (iso, hetero) if iso > 10 * hetero => DisomyKind::Isodisomy,
                        (iso, hetero) if hetero > 10 * iso => DisomyKind::Heterodisomy,
                        _ => DisomyKind::Mixed,
                    };
                    found.push(Disomy { chrom, from, kind, sites: only, p_value });
                }
            }
        }
        found
    }

    /// Share of sites that cannot be inherited; `None` without sites.
    pub fn error_rate(&self) -> Option<f64> {
        (self.sites > 0).then(|| self.errors as f64 / self.sites as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn possible_children_are_those_gametes_make() {
        for father in 0..3u8 {
            for mother in 0..3u8 {
                let gametes = |n: u8| [n == 2, n >= 1].map(u8::from);
                for child in 0..3u8 {
                    let made = gametes(father).iter().any(|f| gametes(mother).iter().any(|m| f + m == child));
                    assert_eq!(possible(child, father, mother), made, "{father} {mother} {child}");
                }
            }
        }
    }

    #[test]
    fn a_chromosome_from_the_mother() {
        let mut origin = [Origin::default(); 23];
        for (n, chromosome) in origin.iter_mut().enumerate().skip(1) {
            for i in 0..300 {
                // Everywhere half of the child is the father's; on 15 the mother's one copy is there twice.
                let (child, father, mother) = match (n, i % 3) {
                    (15, 0) => (2, 0, 1),
                    (15, _) => (0, 0, 1),
                    (_, 0) => (1, 0, 1),
                    _ => (0, 0, 1),
                };
                chromosome.add(child, father, mother, !possible(child, father, mother));
            }
        }
        let tally = MendelTally { trio: (0, 1, 2), sites: 22 * 300, errors: 100, by_chromosome: origin };
        let found = tally.disomies();
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(
            (found[0].chrom.number(), found[0].from, found[0].kind, found[0].sites),
            (15, ParentalOrigin::Mother, DisomyKind::Isodisomy, 100)
        );
    }
}
