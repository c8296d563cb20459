//! The reference sequence, as far as it is at hand.

use indgang_model::Chromosome;
use std::borrow::Cow;
use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read};

/// Gives bases of the reference.
pub trait ReferenceSequence: Sync {
    /// `length` bases from a 1-based position, in upper case; `None` when any of them is not at hand.
    fn bases(&self, chromosome: Chromosome, position: u32, length: u32) -> Option<Cow<'_, [u8]>>;

    /// As many of `length` bases from a 1-based position as are at hand without a gap; `None` when not one is.
    fn at_most(&self, chromosome: Chromosome, position: u32, length: u32) -> Option<Cow<'_, [u8]>>;
}

/// A stretch of the reference kept at hand, for who asks for places near each other.
pub struct Window<'r> {
    reference: &'r dyn ReferenceSequence,
    chromosome: Option<Chromosome>,
    /// Position of the first base kept.
    start: u32,
    bases: Vec<u8>,
}

/// Bases fetched at once, and how many of them lie before the place asked for.
const STRETCH: u32 = 1 << 16;
const BEFORE: u32 = 1 << 12;

impl<'r> Window<'r> {
    /// Nothing kept yet.
    pub const fn new(reference: &'r dyn ReferenceSequence) -> Self {
        Self { reference, chromosome: None, start: 0, bases: Vec::new() }
    }

    /// One base; `None` when it is not at hand.
    #[inline]
    pub fn base(&mut self, chromosome: Chromosome, position: u32) -> Option<u8> {
        self.bases(chromosome, position, 1).map(|bases| bases[0])
    }

    /// `length` bases (at least one) from a 1-based position; `None` when any of them is not at hand.
    #[inline]
    pub fn bases(&mut self, chromosome: Chromosome, position: u32, length: u32) -> Option<&[u8]> {
        let held = |w: &Self| {
            let at = position.checked_sub(w.start)? as usize;
            (w.chromosome == Some(chromosome) && at + length as usize <= w.bases.len()).then_some(at)
        };
        let at = match held(self) {
            Some(at) => at,
            None => {
                self.fetch(chromosome, position, length);
                held(self)?
            }
        };
        self.bases.get(at..at + length.max(1) as usize)
    }

    #[cold]
    fn fetch(&mut self, chromosome: Chromosome, position: u32, length: u32) {
        let wanted = length.saturating_add(STRETCH);
        let mut found = |start: u32| {
            self.bases.clear();
            if let Some(bases) = self.reference.at_most(chromosome, start, wanted) {
                self.bases.extend_from_slice(&bases);
            }
            (self.chromosome, self.start) = (Some(chromosome), start);
            u64::from(start) + self.bases.len() as u64 >= u64::from(position) + u64::from(length)
        };
        let before = position.saturating_sub(BEFORE).max(1);
        if position >= 1 && !found(before) && !found(position) {
            self.bases.clear();
        }
    }
}

/// The complement of a base in upper case; other letters stay as they are.
pub const fn complement(base: u8) -> u8 {
    match base {
        b'A' => b'T',
        b'C' => b'G',
        b'G' => b'C',
        b'T' => b'A',
        other => other,
    }
}

/// Why a FASTA cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FastaError {
    /// The input could not be read.
    #[error("cannot read the file: {0}")]
    Io(#[from] std::io::Error),
    /// Sequence before a name.
    #[error("line {0} comes before the first name; a FASTA begins with `>` and the name of a sequence")]
    NoName(u64),
    /// Something other than bases.
    #[error("line {line}: `{value}` is not a base; expected letters of the IUPAC code")]
    Base {
        /// Line.
        line: u64,
        /// The character.
        value: char,
    },
    /// A name twice.
    #[error("line {line}: the sequence `{name}` comes twice; remove one")]
    Twice {
        /// Line.
        line: u64,
        /// The name.
        name: String,
    },
    /// A part of a chromosome whose first position cannot be used.
    #[error("line {line}: `{name}` does not begin at a position from 1 on")]
    Start {
        /// Line.
        line: u64,
        /// The name.
        name: String,
    },
}

struct Part {
    start: u32,
    bases: Vec<u8>,
}

/// A FASTA in memory, by chromosome. Sequences outside the primary assembly are passed over.
///
/// A part of a chromosome is named as `samtools faidx` does: `>3:1000-2000` begins at position 1000; `>3 1000:2000`, as
/// some older tools write it, is read alike.
#[derive(Default)]
pub struct Fasta {
    parts: HashMap<Chromosome, Vec<Part>>,
}

impl Fasta {
    /// Reads plain FASTA text.
    ///
    /// # Errors
    /// When a line before the first name, a character that is no base, or one sequence twice is found.
    pub fn read(input: impl Read) -> Result<Self, FastaError> {
        let mut fasta = Self::default();
        let mut current: Option<Option<(Chromosome, usize)>> = None;
        let (mut input, mut text, mut line) = (BufReader::new(input), Vec::new(), 0);
        while {
            text.clear();
            input.read_until(b'\n', &mut text)? > 0
        } {
            line += 1;
            let bases = text.trim_ascii_end();
            if let Some(name) = bases.strip_prefix(b">") {
                current = Some(fasta.open(line, name)?);
                continue;
            }
            if let Some(bad) = bases.iter().find(|b| !b.is_ascii_alphabetic()) {
                return Err(FastaError::Base { line, value: char::from(*bad) });
            }
            match current {
                None if bases.is_empty() => {}
                None => return Err(FastaError::NoName(line)),
                Some(None) => {}
                Some(Some((chromosome, part))) => {
                    if let Some(part) = fasta.parts.get_mut(&chromosome).and_then(|p| p.get_mut(part)) {
                        part.bases.extend(bases.iter().map(u8::to_ascii_uppercase));
                    }
                }
            }
        }
        Ok(fasta)
    }

    /// The chromosomes of which something is at hand.
    pub fn chromosomes(&self) -> impl Iterator<Item = Chromosome> {
        self.parts.keys().copied()
    }

    fn open(&mut self, line: u64, name: &[u8]) -> Result<Option<(Chromosome, usize)>, FastaError> {
        let text = String::from_utf8_lossy(name);
        let mut words = text.split_ascii_whitespace();
        let first = words.next().unwrap_or("");
        let (contig, start) = match first.rsplit_once(':').and_then(|(c, r)| Some((c, r.split_once('-')?.0))) {
            Some((contig, start)) => (contig, start.parse().ok()),
            None => (first, words.next().and_then(range_start).or(Some(1))),
        };
        let Some(chromosome) = Chromosome::from_name(contig.as_bytes()) else { return Ok(None) };
        let start = start.filter(|s| *s >= 1);
        let start = start.ok_or_else(|| FastaError::Start { line, name: first.to_owned() })?;
        let parts = self.parts.entry(chromosome).or_default();
        if parts.iter().any(|p| p.start == start) {
            return Err(FastaError::Twice { line, name: first.to_owned() });
        }
        parts.push(Part { start, bases: Vec::new() });
        Ok(Some((chromosome, parts.len() - 1)))
    }
}

/// The first of `178800000:179300000`.
fn range_start(word: &str) -> Option<u32> {
    let (start, end) = word.split_once(':')?;
    end.parse::<u32>().ok()?;
    start.parse().ok()
}

impl ReferenceSequence for Fasta {
    fn bases(&self, chromosome: Chromosome, position: u32, length: u32) -> Option<Cow<'_, [u8]>> {
        self.parts.get(&chromosome)?.iter().find_map(|part| {
            let start = position.checked_sub(part.start)? as usize;
            part.bases.get(start..start + length as usize).map(Cow::Borrowed)
        })
    }

    fn at_most(&self, chromosome: Chromosome, position: u32, length: u32) -> Option<Cow<'_, [u8]>> {
        self.parts.get(&chromosome)?.iter().find_map(|part| {
            let start = position.checked_sub(part.start)? as usize;
            let end = part.bases.len().min(start + length as usize);
            part.bases.get(start..end).filter(|b| !b.is_empty()).map(Cow::Borrowed)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_and_aliases() {
        let fasta =
            Fasta::read(&b">chr1 the first\nACgt\nNNAC\n>2:100-105\nTTTGGG\n>3 500:503\nCATG\n>GL000191.1\nAAAA\n"[..]);
        let fasta = fasta.unwrap();
        for (chromosome, position, length, expected) in [
            ("1", 1, 4, Some("ACGT")),
            ("1", 3, 6, Some("GTNNAC")),
            ("1", 3, 7, None), // over the end
            ("1", 0, 1, None),
            ("2", 100, 3, Some("TTT")),
            ("2", 99, 1, None),
            ("2", 105, 1, Some("G")),
            ("3", 501, 2, Some("AT")),
            ("4", 1, 1, None),
        ] {
            let found = fasta.bases(chromosome.parse().unwrap(), position, length);
            assert_eq!(found.as_deref(), expected.map(str::as_bytes), "{chromosome}:{position}+{length}");
        }
    }

    #[test]
    fn faults_name_the_line() {
        for (text, expected) in [
            ("ACGT\n", "line 1 comes before the first name"),
            (">1\nAC-T\n", "line 2: `-` is not a base"),
            (">1\nA\n>chr1\nC\n", "line 3: the sequence `chr1` comes twice"),
            (">1:0-5\nA\n", "line 1: `1:0-5` does not begin"),
        ] {
            let error = Fasta::read(text.as_bytes()).err().map(|e| e.to_string()).unwrap_or_default();
            assert!(error.contains(expected), "{text:?} gave {error}");
        }
    }
}
