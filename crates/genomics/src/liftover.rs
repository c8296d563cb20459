//! From one genome build to another by a UCSC chain file.
//!
//! A chain says which stretches of the old build stand where in the new one. Where several chains cover a place the one
//! with the highest score counts. A place in a gap of its best chain is tried in the next, and has no counterpart when
//! none covers it.

use indgang_model::Chromosome;
use serde::{Deserialize, Serialize};
use std::io::BufRead;

/// Why a chain file cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ParseChainError {
    /// The reader failed.
    #[error("cannot read the chain file after line {line}: {source}")]
    Read {
        /// Lines read before.
        line: u64,
        /// The reader's own message.
        source: std::io::Error,
    },
    /// A line is not what the format wants there.
    #[error("line {line}: `{value}` is not {expected}; is this a UCSC chain file?")]
    Value {
        /// Line, 1-based.
        line: u64,
        /// The line.
        value: String,
        /// What should stand there.
        expected: &'static str,
    },
}

/// Where a place of the old build lies in the new one. 1-based.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lifted {
    /// Chromosome.
    pub chrom: Chromosome,
    /// Position.
    pub position: u32,
    /// True when the new build has the other strand there: alleles must be complemented.
    pub reversed: bool,
}

/// A stretch without gap. 0-based start in the old build.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Block {
    start: u32,
    length: u32,
    /// In the new build, on the chain's strand, counted from that strand's beginning.
    to: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Chain {
    chrom: Chromosome,
    /// Length of the new chromosome when the chain runs on its reverse strand.
    reverse_of: Option<u32>,
    blocks: Vec<Block>,
}

/// A chain file between the primary assemblies of two builds; other contigs are left out.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Liftover {
    /// By number of the old chromosome; the first is unused. The best chain first.
    chains: Vec<Vec<Chain>>,
}

impl Liftover {
    /// Reads a chain file.
    ///
    /// # Errors
    /// A line that breaks the format.
    pub fn parse(reader: impl BufRead) -> Result<Self, ParseChainError> {
        Parser::new(reader).run()
    }

    /// Where a 1-based position lies in the new build; `None` when it has no counterpart.
    pub fn lift(&self, chrom: Chromosome, position: u32) -> Option<Lifted> {
        let place = position.checked_sub(1)?;
        let chains = self.chains.get(usize::from(chrom.number()))?;
        chains.iter().find_map(|chain| chain.lift(place))
    }

    /// Where the 1-based, inclusive `start..=end` lies: both ends must lie on one chromosome, in one direction, and the
    /// length may change by at most a tenth. Gives the first base, the last, and whether the strand is the other one.
    pub fn lift_interval(&self, chrom: Chromosome, start: u32, end: u32) -> Option<(Lifted, u32)> {
        let (first, last) = (self.lift(chrom, start)?, self.lift(chrom, end)?);
        if first.chrom != last.chrom || first.reversed != last.reversed || end < start {
            return None;
        }
        let (low, high) = if first.reversed { (last, first) } else { (first, last) };
        let (old, new) = (u64::from(end - start) + 1, u64::from(high.position.checked_sub(low.position)?) + 1);
        (old.abs_diff(new) * 10 <= old).then_some((low, high.position))
    }
}

impl Chain {
    fn lift(&self, place: u32) -> Option<Lifted> {
        let after = self.blocks.partition_point(|block| block.start <= place);
        let block = self.blocks.get(after.checked_sub(1)?)?;
        let within = place - block.start;
        if within >= block.length {
            return None;
        }
        let to = block.to.checked_add(within)?;
        let position = match self.reverse_of {
            None => to.checked_add(1)?,
            Some(length) => length.checked_sub(to)?,
        };
        Some(Lifted { chrom: self.chrom, position, reversed: self.reverse_of.is_some() })
    }
}

struct Parser<R> {
    reader: R,
    line: u64,
    text: String,
}

/// A chain's first line: score, old chromosome, start in the old and new build, the chain without blocks.
struct Opening {
    score: u64,
    from: Option<Chromosome>,
    at: (u32, u32),
    chain: Option<Chain>,
}

impl<R: BufRead> Parser<R> {
    fn new(reader: R) -> Self {
        Self { reader, line: 0, text: String::new() }
    }

    fn run(mut self) -> Result<Liftover, ParseChainError> {
        let mut scored: Vec<Vec<(u64, Chain)>> = vec![Vec::new(); 26];
        while self.next()? {
            if self.text.is_empty() || self.text.starts_with('#') {
                continue;
            }
            let opening = self.opening()?;
            let blocks = self.blocks(opening.at)?;
            if let (Some(from), Some(chain)) = (opening.from, opening.chain) {
                scored[usize::from(from.number())].push((opening.score, Chain { blocks, ..chain }));
            }
        }
        let chains = scored.into_iter().map(|mut chains| {
            chains.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
            chains.into_iter().map(|(_, chain)| chain).collect()
        });
        Ok(Liftover { chains: chains.collect() })
    }

    /// `chain score tName tSize tStrand tStart tEnd qName qSize qStrand qStart qEnd id`; t is the old build.
    fn opening(&self) -> Result<Opening, ParseChainError> {
        let cells: Vec<&str> = self.text.split_ascii_whitespace().collect();
        let expected = "a chain's first line with 12 values";
        let number = |place: usize| cells.get(place).and_then(|n| n.parse().ok()).ok_or_else(|| self.fault(expected));
        if cells.first() != Some(&"chain") || cells.len() < 12 || cells[4] != "+" {
            return Err(self.fault(expected));
        }
        let score = cells[1].parse().map_err(|_| self.fault(expected))?;
        let reverse_of = match cells[9] {
            "+" => None,
            "-" => Some(number(8)?),
            _ => return Err(self.fault(expected)),
        };
        let to = Chromosome::from_name(cells[7].as_bytes());
        let chain = to.map(|chrom| Chain { chrom, reverse_of, blocks: Vec::new() });
        let from = Chromosome::from_name(cells[2].as_bytes());
        Ok(Opening { score, from, at: (number(5)?, number(10)?), chain })
    }

    /// `size dt dq` lines and the last, `size` alone.
    fn blocks(&mut self, (mut start, mut to): (u32, u32)) -> Result<Vec<Block>, ParseChainError> {
        let expected = "a block of a chain (`size dt dq`, the last `size`)";
        let mut blocks = Vec::new();
        while self.next()? {
            let numbers = self.text.split_ascii_whitespace().map(|n| n.parse::<u32>().ok());
            let numbers = numbers.collect::<Option<Vec<u32>>>().unwrap_or_default();
            let (length, gap) = match numbers[..] {
                [length] => (length, None),
                [length, old, new] => (length, Some((old, new))),
                _ => return Err(self.fault(expected)),
            };
            blocks.push(Block { start, length, to });
            let Some((old, new)) = gap else { return Ok(blocks) };
            let forward = |place: u32, gap: u32| place.checked_add(length)?.checked_add(gap);
            let (next, next_to) = (forward(start, old), forward(to, new));
            (start, to) = next.zip(next_to).ok_or_else(|| self.fault("within a chromosome"))?;
        }
        Err(self.fault("the last block of its chain; the file ends too early and"))
    }

    /// False at the end of the file.
    fn next(&mut self) -> Result<bool, ParseChainError> {
        self.text.clear();
        let line = self.line;
        let read = self.reader.read_line(&mut self.text).map_err(|source| ParseChainError::Read { line, source })?;
        self.text.truncate(self.text.trim_end().len());
        self.line += u64::from(read > 0);
        Ok(read > 0)
    }

    fn fault(&self, expected: &'static str) -> ParseChainError {
        ParseChainError::Value { line: self.line, value: self.text.chars().take(80).collect(), expected }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Old chromosome 1: 100–149 → 200–249, 160–179 → 250–269 (gap of ten), 300–309 → reverse strand of X.
    const CHAINS: &str = "chain 50 chr1 1000 + 300 310 chrX 500 - 100 110 2\n10\n\n\
                          chain 900 chr1 1000 + 100 180 chr1 1000 + 200 270 1\n50\t10\t0\n20\n\n\
                          chain 10 chr1 1000 + 140 160 chr2 1000 + 0 20 3\n20\n\
                          chain 99 chr1_random 1000 + 0 10 chr1 1000 + 0 10 4\n10\n";

    #[test]
    fn positions() {
        let liftover = Liftover::parse(CHAINS.as_bytes()).expect("a chain file");
        let x = Chromosome::X;
        let (one, two) = (Chromosome::autosome(1).expect("1"), Chromosome::autosome(2).expect("2"));
        for (position, expected) in [
            (0, None),
            (100, None),
            (101, Some((one, 201, false))),
            (150, Some((one, 250, false))), // the better of two chains
            (151, Some((two, 11, false))),  // in a gap of the better chain
            (161, Some((one, 251, false))),
            (181, None),
            (301, Some((x, 400, true))), // counted from the other end of 500
            (310, Some((x, 391, true))),
            (311, None),
        ] {
            let lifted = liftover.lift(one, position).map(|l| (l.chrom, l.position, l.reversed));
            assert_eq!(lifted, expected, "{position}");
        }
        let interval = |start, end| liftover.lift_interval(one, start, end).map(|(l, last)| (l.position, last));
        assert_eq!(interval(301, 310), Some((391, 400)));
        assert_eq!(interval(101, 150), Some((201, 250)));
        assert_eq!(interval(101, 170), None); // 70 bases become 60
        assert_eq!(liftover.lift(two, 5), None);
    }

    #[test]
    fn broken_files_are_named() {
        for (text, message) in [
            (
                "chain 1 chr1\n",
                "line 1: `chain 1 chr1` is not a chain's first line with 12 values; is this a UCSC chain file?",
            ),
            (
                "chain 50 chr1 1000 + 300 310 chrX 500 - 100 110 2\nten\n",
                "line 2: `ten` is not a block of a chain (`size dt dq`, the last `size`); is this a UCSC chain file?",
            ),
        ] {
            assert_eq!(Liftover::parse(text.as_bytes()).expect_err("broken").to_string(), message);
        }
        let cut = "chain 50 chr1 1000 + 300 310 chrX 500 - 100 110 2\n5 1 1\n";
        assert!(Liftover::parse(cut.as_bytes()).is_err());
    }
}
