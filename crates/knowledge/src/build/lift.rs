//! Moves places between assemblies while the snapshot is built, and only where there is no doubt.

use super::BuildError;
use indgang_model::{Chromosome, Variant};
use std::collections::BTreeMap;

/// The ungapped blocks of a UCSC chain file between chromosomes of the primary assemblies, by chromosome of origin.
#[derive(Debug, Clone, Default)]
pub struct Blocks {
    by_chromosome: BTreeMap<Chromosome, Vec<Block>>,
}

/// Bases `start..end` (0-based, half open) lie at `to_start..`, on the other strand when `reverse`.
#[derive(Debug, Clone, Copy)]
struct Block {
    start: u32,
    end: u32,
    to: Chromosome,
    to_start: u32,
    reverse: bool,
    /// Largest end of this block and those before it: where a search backwards may stop.
    reach: u32,
}

/// Where an interval went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moved {
    /// Chromosome.
    pub chrom: Chromosome,
    /// First base, 1-based.
    pub first: u32,
    /// Last base, 1-based.
    pub last: u32,
    /// True when it is on the other strand there.
    pub reverse: bool,
}

impl Blocks {
    /// Reads a chain file: `chain score tName tSize tStrand tStart tEnd qName qSize qStrand qStart qEnd id`,
    /// then `size dt dq` lines. Chains from or to contigs outside the primary assembly are left out.
    pub fn parse(text: &str) -> Result<Self, BuildError> {
        let mut blocks = Self::default();
        let mut open: Option<(Chromosome, u32, Chromosome, u32, Option<u32>)> = None;
        for (line, row) in (1..).zip(text.lines()) {
            let error = || BuildError::Line { file: "chain", line, what: format!("`{row}` is not a line of a chain") };
            let words: Vec<&str> = row.split_ascii_whitespace().collect();
            let number = |i: usize| words.get(i).and_then(|w| w.parse::<u32>().ok()).ok_or_else(error);
            if let ["chain", _, from, _, "+", _, _, to, _, strand, ..] = words.as_slice() {
                let both = Chromosome::from_name(from.as_bytes()).zip(Chromosome::from_name(to.as_bytes()));
                let size = if *strand == "-" { Some(number(8)?) } else { None };
                open = match both {
                    Some((from, to)) => Some((from, number(5)?, to, number(10)?, size)),
                    None => None,
                };
            } else if words.is_empty() || row.starts_with('#') {
                open = open.filter(|_| !words.is_empty());
            } else {
                let size = number(0)?;
                let Some((from, at, to, there, reverse_of)) = open.as_mut() else { continue };
                let to_start = match reverse_of {
                    Some(length) => length.checked_sub(*there + size).ok_or_else(error)?,
                    None => *there,
                };
                let reverse = reverse_of.is_some();
                let block = Block { start: *at, end: *at + size, to: *to, to_start, reverse, reach: 0 };
                blocks.by_chromosome.entry(*from).or_default().push(block);
                if words.len() >= 3 {
                    *at += size + number(1)?;
                    *there += size + number(2)?;
                }
            }
        }
        for list in blocks.by_chromosome.values_mut() {
            list.sort_by_key(|b| (b.start, b.end));
            let mut reach = 0;
            for block in list {
                reach = reach.max(block.end);
                block.reach = reach;
            }
        }
        if blocks.by_chromosome.is_empty() { Err(BuildError::Empty("chain")) } else { Ok(blocks) }
    }

    /// Moves `first..=last` (1-based) when exactly one block touches it and holds all of it.
    pub fn interval(&self, chrom: Chromosome, first: u32, last: u32) -> Option<Moved> {
        let (start, end) = (first.checked_sub(1)?, last);
        let list = self.by_chromosome.get(&chrom)?;
        let before = list.partition_point(|b| b.start < end);
        let mut touching = list[..before].iter().rev().take_while(|b| b.reach > start).filter(|b| b.end > start);
        let block = touching.next()?;
        if touching.next().is_some() || block.start > start || block.end < end {
            return None;
        }
        let to =
            if block.reverse { block.to_start + (block.end - end) } else { block.to_start + (start - block.start) };
        Some(Moved { chrom: block.to, first: to + 1, last: to + (end - start), reverse: block.reverse })
    }
}

/// Moves a variant when its reference allele lies in one block and `back` leads from there to where it came from.
/// On the other strand only alleles of equal length are moved: others would need the sequence for their anchor base.
pub fn variant(there: &Blocks, back: &Blocks, variant: &Variant) -> Option<Variant> {
    let last = variant.pos.checked_add(u32::try_from(variant.reference.len()).ok()?.checked_sub(1)?)?;
    let moved = there.interval(variant.chrom, variant.pos, last)?;
    let home = back.interval(moved.chrom, moved.first, moved.last)?;
    if (home.chrom, home.first, home.last) != (variant.chrom, variant.pos, last) {
        return None;
    }
    if moved.reverse && variant.reference.len() != variant.alternate.len() {
        return None;
    }
    let allele = |text: &str| if moved.reverse { complement(text) } else { Some(text.into()) };
    Some(Variant {
        chrom: moved.chrom,
        pos: moved.first,
        reference: allele(&variant.reference)?,
        alternate: allele(&variant.alternate)?,
    })
}

fn complement(bases: &str) -> Option<Box<str>> {
    let other = |base| match base {
        'A' => Some('T'),
        'C' => Some('G'),
        'G' => Some('C'),
        'T' => Some('A'),
        'N' => Some('N'),
        _ => None,
    };
    bases.chars().rev().map(other).collect::<Option<String>>().map(Into::into)
}

#[cfg(test)]
mod tests {
    use super::*;

    // 1:1–10 lies at 1:101–110; two bases are lost; 1:13–20 lies reversed on 2:181–188 by a chain of its own.
    const THERE: &str =
        "chain 1 1 100 + 0 10 chr1 500 + 100 110 1\n10\n\nchain 1 1 100 + 12 20 chr2 200 - 12 20 2\n8\n";
    const BACK: &str =
        "chain 1 chr1 500 + 100 110 1 100 + 0 10 1\n10\n\nchain 1 chr2 200 + 180 188 1 100 - 80 88 2\n8\n";

    #[test]
    fn only_what_is_certain_is_moved() {
        let (there, back) = (Blocks::parse(THERE).expect("reads"), Blocks::parse(BACK).expect("reads"));
        let v = |chrom: &str, pos, r: &str, a: &str| Variant {
            chrom: chrom.parse().expect("a chromosome"),
            pos,
            reference: r.into(),
            alternate: a.into(),
        };
        for (from, to) in [
            (v("1", 1, "A", "C"), Some(v("1", 101, "A", "C"))),
            (v("1", 9, "AG", "A"), Some(v("1", 109, "AG", "A"))),
            (v("1", 10, "AG", "A"), None), // runs into the gap
            (v("1", 11, "A", "C"), None),
            (v("1", 13, "A", "C"), Some(v("2", 188, "T", "G"))),
            (v("1", 13, "AC", "GT"), Some(v("2", 187, "GT", "AC"))),
            (v("1", 13, "AC", "A"), None), // an anchor on the other strand
            (v("2", 13, "A", "C"), None),
        ] {
            assert_eq!(variant(&there, &back, &from), to, "{from}");
        }
        assert_eq!(variant(&there, &there, &v("1", 1, "A", "C")), None, "no way back");
    }
}
