//! Which pairs of named alleles fit what is seen of a gene.
//!
//! A named allele fits a strand when it allows what the strand has at every position that was seen; where an allele says
//! nothing it is as the reference. Sites that are heterozygous and lie in one phase set turn together, every other
//! heterozygous site by itself; a pair fits when for each such block there is one way round in which both alleles fit.
//! That is the same as trying all permutations of the unphased sites, without making them.
//! Scores are PharmCAT's (Sangkuhl et al. 2020): the number of positions that the definitions speak of.

use super::observe::{GeneSeen, NOT_CALLED, Seen, UNDOCUMENTED};
use indgang_genomics::vcf::Phase;
use indgang_knowledge::pgx::{Definition, NamedAllele};
use std::collections::HashMap;

/// Genes in which an allele that the definition does not know is read as the reference, by PharmCAT's rule.
pub const UNDOCUMENTED_AS_REFERENCE: [&str; 6] = ["CACNA1S", "DPYD", "G6PD", "NUDT15", "RYR1", "TPMT"];

/// Blocks as bits. No gene has more positions than this.
type Bits = [u64; 4];

/// What is seen of a gene, ready for matching.
#[derive(Debug)]
pub struct Sites {
    /// Positions that were seen: place and alleles.
    pub seen: Vec<(usize, [u8; 2])>,
    /// Block of each seen site that is heterozygous.
    blocks: Vec<Option<usize>>,
    /// Number of blocks.
    pub block_count: usize,
    /// One copy only (X in men).
    pub haploid: bool,
    /// Some sites have one copy and others two different ones: the file contradicts itself.
    pub contradicts: bool,
}

/// A pair of named alleles (places in [`Definition::alleles`]), or one alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pair {
    /// The first.
    pub first: usize,
    /// The second, with two copies.
    pub second: Option<usize>,
    /// How many positions the two speak of.
    pub score: u32,
}

/// All pairs that fit.
#[derive(Debug, Default)]
pub struct Matches {
    /// Highest score first.
    pub pairs: Vec<Pair>,
    /// Alleles of which no position was seen.
    pub not_callable: Vec<usize>,
}

impl Matches {
    /// The pairs with the highest score: all ties.
    pub fn best(&self) -> &[Pair] {
        let top = self.pairs.first().map(|p| p.score);
        let ties = self.pairs.iter().take_while(|p| Some(p.score) == top).count();
        &self.pairs[..ties]
    }
}

impl Sites {
    /// Sorts what was seen into blocks. `as_reference`: undocumented alleles are read as the reference.
    pub fn new(definition: &Definition, seen: &GeneSeen, as_reference: bool) -> Self {
        let known = |a: u8| if as_reference && a == UNDOCUMENTED { 0 } else { a };
        let called: Vec<(usize, Seen)> = seen
            .seen
            .iter()
            .take(definition.positions.len())
            .copied()
            .enumerate()
            .filter(|(_, s)| s.copies > 0)
            .collect();
        let single = called.iter().any(|(_, s)| s.copies == 1);
        let haploid = single && called.iter().all(|(_, s)| !s.is_heterozygous());
        let mut sets: HashMap<Phase, usize> = HashMap::new();
        let (mut sites, mut blocks, mut block_count) = (Vec::new(), Vec::new(), 0);
        for (place, seen) in &called {
            let mut alleles = seen.alleles.map(known);
            if seen.copies == 1 {
                alleles[1] = alleles[0];
            }
            sites.push((*place, alleles));
            let differ = alleles[0] != alleles[1];
            blocks.push(differ.then(|| {
                let next = block_count;
                let block = if seen.phase == Phase::Unphased { next } else { *sets.entry(seen.phase).or_insert(next) };
                block_count = block_count.max(block + 1);
                block
            }));
        }
        Self { seen: sites, blocks, block_count, haploid, contradicts: single && !haploid }
    }

    /// True when there is no more than one way to lay the alleles on two strands.
    pub fn is_phased(&self) -> bool {
        self.block_count <= 1
    }

    /// Places of sites whose phase to others is not known.
    pub fn unphased(&self) -> Vec<usize> {
        let of = |block: usize| self.blocks.iter().filter(move |b| **b == Some(block)).count();
        let alone = |b: &Option<usize>| self.block_count > 1 && b.is_some_and(|b| of(b) == 1);
        self.seen.iter().zip(&self.blocks).filter(|(_, b)| alone(b)).map(|((place, _), _)| *place).collect()
    }

    /// For each way round the blocks in which the strand's alleles pass `fits`; `None` when an equal pair does not.
    pub fn ways(&self, fits: impl Fn(usize, u8) -> bool) -> Option<[Bits; 2]> {
        let mut ways = [[0u64; 4]; 2];
        for block in 0..self.block_count {
            ways.iter_mut().for_each(|way| way[block / 64] |= 1 << (block % 64));
        }
        for ((place, alleles), block) in self.seen.iter().zip(&self.blocks) {
            for (way, allele) in ways.iter_mut().zip(alleles) {
                if fits(*place, *allele) {
                    continue;
                }
                match block {
                    Some(block) => way[block / 64] &= !(1 << (block % 64)),
                    None => return None,
                }
            }
        }
        let [one, other] = ways;
        one.iter().zip(other).zip(self.all()).all(|((a, b), all)| a | b == all).then_some(ways)
    }

    fn all(&self) -> Bits {
        std::array::from_fn(|word| match self.block_count.saturating_sub(word * 64) {
            0 => 0,
            n if n >= 64 => u64::MAX,
            n => (1 << n) - 1,
        })
    }

    fn complements(&self, a: &[Bits; 2], b: &[Bits; 2]) -> bool {
        let all = self.all();
        (0..all.len()).all(|w| (a[0][w] & b[1][w]) | (a[1][w] & b[0][w]) == all[w])
    }
}

/// True when an allele may have this at a position: by its own definition, else as the reference.
pub fn allows(needs: u16, allele: u8) -> bool {
    !matches!(allele, UNDOCUMENTED | NOT_CALLED) && needs & (1 << (allele & 15)) != 0
}

/// All pairs of named alleles that fit.
pub fn pairs(definition: &Definition, sites: &Sites) -> Matches {
    let mut matches = Matches::default();
    if sites.contradicts || sites.seen.is_empty() || sites.block_count > 256 {
        return matches;
    }
    let Some(reference) = definition.alleles.iter().find(|a| a.reference) else { return matches };
    let mut fitting: Vec<(usize, [Bits; 2], u32)> = Vec::new();
    for (number, allele) in definition.alleles.iter().enumerate() {
        let speaks_of = sites.seen.iter().filter(|(place, _)| allele.needs[*place] != 0).count();
        if speaks_of == 0 {
            matches.not_callable.push(number);
            continue;
        }
        let needed = |place: usize| match (allele.needs[place], reference.needs[place]) {
            // The reference allows several here: what says nothing has the genome's own.
            (0, many) if many.count_ones() > 1 => 1,
            (0, one) => one,
            (own, _) => own,
        };
        if let Some(ways) = sites.ways(|place, a| allows(needed(place), a)) {
            let score = u32::try_from(speaks_of).unwrap_or(u32::MAX) - uninformative(allele, sites, &ways);
            fitting.push((number, ways, score));
        }
    }
    for (i, (first, ways, score)) in fitting.iter().enumerate() {
        if sites.haploid {
            matches.pairs.push(Pair { first: *first, second: None, score: *score });
            continue;
        }
        for (second, others, more) in &fitting[i..] {
            if sites.complements(ways, others) {
                matches.pairs.push(Pair { first: *first, second: Some(*second), score: score + more });
            }
        }
    }
    matches.pairs.sort_by_key(|pair| std::cmp::Reverse(pair.score));
    matches
}

/// Positions where the allele allows several bases and, wherever it fits, has the reference: they do not count.
fn uninformative(allele: &NamedAllele, sites: &Sites, ways: &[Bits; 2]) -> u32 {
    let several = sites.seen.iter().zip(&sites.blocks).filter(|((place, _), _)| allele.needs[*place].count_ones() > 1);
    let only_reference = several.filter(|((_, alleles), block)| match block {
        None => alleles[0] == 0,
        Some(block) => (0..2).all(|way| ways[way][block / 64] & (1 << (block % 64)) == 0 || alleles[way] == 0),
    });
    u32::try_from(only_reference.count()).unwrap_or(u32::MAX)
}
