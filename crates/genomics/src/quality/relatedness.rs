//! Kinship of every pair from the file alone.
//!
//! Method: KING-robust between families (Manichaikul 2010, equation 11):
//! (N both het − 2 N opposite homozygous) / (2 min N het) + ½ − ¼ (N het a + N het b) / min N het,
//! over biallelic autosomal substitutions where both are called.

use crate::call::Genotype;

/// Counts of one pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Pair {
    /// Sites where both are called.
    pub sites: u64,
    /// Both heterozygous.
    pub both_heterozygous: u64,
    /// One 0/0, the other 1/1.
    pub opposite: u64,
    /// First heterozygous, second heterozygous.
    pub heterozygous: [u64; 2],
}

impl Pair {
    /// The kinship coefficient; `None` when one of the two has no heterozygous call.
    pub fn kinship(&self) -> Option<f64> {
        let least = self.heterozygous[0].min(self.heterozygous[1]) as f64;
        let sum = (self.heterozygous[0] + self.heterozygous[1]) as f64;
        let shared = self.both_heterozygous as f64 - 2.0 * self.opposite as f64;
        (least > 0.0).then(|| shared / (2.0 * least) + 0.5 - 0.25 * sum / least)
    }
}

/// Counts of all pairs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relatedness {
    members: usize,
    pairs: Vec<Pair>,
}

impl Relatedness {
    pub(super) fn new(members: usize) -> Self {
        Self { members, pairs: vec![Pair::default(); members * members.saturating_sub(1) / 2] }
    }

    /// Takes a biallelic autosomal substitution in: calls or genotypes, in member order.
    pub fn add<G: Copy + Into<Genotype>>(&mut self, calls: &[G]) {
        let mut pair = self.pairs.iter_mut();
        for a in 0..self.members {
            for b in a + 1..self.members {
                let (Some(pair), Some(x), Some(y)) = (pair.next(), calls.get(a), calls.get(b)) else { return };
                let copies = |g: &G| -> Option<u8> { Into::<Genotype>::into(*g).alternate_copies() };
                let (Some(x), Some(y)) = (copies(x), copies(y)) else { continue };
                pair.sites += 1;
                pair.both_heterozygous += u64::from(x == 1 && y == 1);
                pair.opposite += u64::from(x + y == 2 && x != y);
                pair.heterozygous[0] += u64::from(x == 1);
                pair.heterozygous[1] += u64::from(y == 1);
            }
        }
    }

    /// Adds another block's counts.
    pub fn merge(&mut self, other: &Self) {
        for (a, b) in self.pairs.iter_mut().zip(&other.pairs) {
            a.sites += b.sites;
            a.both_heterozygous += b.both_heterozygous;
            a.opposite += b.opposite;
            a.heterozygous[0] += b.heterozygous[0];
            a.heterozygous[1] += b.heterozygous[1];
        }
    }

    /// Every pair of members (first, second, counts), first before second.
    pub fn pairs(&self) -> impl Iterator<Item = (usize, usize, &Pair)> {
        let indices = (0..self.members).flat_map(move |a| (a + 1..self.members).map(move |b| (a, b)));
        indices.zip(&self.pairs).map(|((a, b), pair)| (a, b, pair))
    }
}
