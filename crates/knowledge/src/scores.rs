//! Scores of predictors by place and alleles, too many to be decoded at once: blocks of rows and where they are.
//!
//! The file is made by [`crate::build::scores`] from what the user holds under the predictor's own licence; none ships.

use crate::StringPool;
use crate::clinvar::trim;
use indgang_model::{Assembly, Chromosome, Variant};
use serde::{Deserialize, Serialize};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::sync::{Mutex, PoisonError};

const BEGIN: &[u8; 16] = b"INDGANG SCORES 1";
/// Rows of a block: the unit of reading.
const ROWS: usize = 4096;
/// A score is stored in thousandths.
const UNIT: f64 = 1000.0;
/// Compression of blocks: read a few at a time, written many.
const LEVEL: i32 = 9;
/// No block is larger than this when unpacked.
const LARGEST: u64 = 1 << 26;

/// Whose scores.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Predictor {
    /// REVEL: missense changes, 0 to 1 (Ioannidis et al., Am J Hum Genet 2016;99:877).
    Revel,
    /// SpliceAI: the largest of the four differences, 0 to 1 (Jaganathan et al., Cell 2019;176:535).
    SpliceAi,
}

impl Predictor {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Revel, Self::SpliceAi];

    /// Its own name, as in a report's versions.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Revel => "REVEL",
            Self::SpliceAi => "SpliceAI",
        }
    }

    /// Name of the file of its scores on an assembly.
    pub fn file(self, assembly: Assembly) -> String {
        format!("{}-{assembly}.scores", self.name().to_ascii_lowercase())
    }
}

/// What a file of scores is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// Whose scores.
    pub predictor: Predictor,
    /// Assembly of the places.
    pub assembly: Assembly,
    /// Release of the publisher's file.
    pub version: String,
    /// Name of the publisher's file.
    pub file: String,
    /// SHA-256 of the publisher's file.
    pub sha256: String,
    /// Rows.
    pub rows: u64,
}

/// Why scores cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ScoresError {
    /// The system's word.
    #[error("the scores cannot be read: {0}")]
    Io(#[from] io::Error),
    /// Its bytes are not what was written.
    #[error("the file of scores is damaged ({0}); import it again with `indgang knowledge import`")]
    Damaged(String),
}

/// A row's place and alleles, what it speaks of (a gene, an amino acid) and the score.
#[derive(Debug, Clone, PartialEq)]
pub struct Row<'a> {
    /// Chromosome.
    pub chrom: Chromosome,
    /// Position of the reference allele's first base, from 1.
    pub pos: u32,
    /// Reference allele.
    pub reference: &'a str,
    /// Alternate allele.
    pub alternate: &'a str,
    /// Of what: SpliceAI's gene, REVEL's new amino acid (one letter).
    pub of: &'a str,
    /// The score.
    pub score: f64,
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct Block {
    /// From the block's first position.
    offset: Vec<u32>,
    /// Index into `alleles` of `REF>ALT`.
    allele: Vec<u32>,
    alleles: StringPool,
    of: Vec<u32>,
    names: StringPool,
    score: Vec<u32>,
}

/// Where a block is, and what it covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Entry {
    chrom: u8,
    first: u32,
    last: u32,
    at: u64,
    bytes: u32,
}

#[derive(Serialize, Deserialize)]
struct Footer {
    about: About,
    blocks: Vec<Entry>,
}

/// Writes rows that come sorted by position within each chromosome.
pub struct Writer<W: Write> {
    out: W,
    at: u64,
    rows: u64,
    blocks: Vec<Entry>,
    chrom: Option<Chromosome>,
    pending: Vec<(u32, String, String, u32)>,
}

/// Why a row cannot be taken.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The system's word.
    #[error("the scores cannot be written: {0}; is the disk full?")]
    Io(#[from] io::Error),
    /// Out of order.
    #[error("{0} stands after a later place; sort the file by chromosome and position")]
    Order(String),
}

impl<W: Write> Writer<W> {
    /// Begins a file.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn new(mut out: W) -> Result<Self, WriteError> {
        out.write_all(BEGIN)?;
        let at = BEGIN.len() as u64;
        Ok(Self { out, at, rows: 0, blocks: Vec::new(), chrom: None, pending: Vec::new() })
    }

    /// Takes a row. Alleles are trimmed as they are when they are looked up.
    ///
    /// # Errors
    /// When it stands before one that was taken, or cannot be written.
    pub fn push(&mut self, row: &Row<'_>) -> Result<(), WriteError> {
        let place = || format!("{}:{}", row.chrom, row.pos);
        if self.chrom != Some(row.chrom) {
            self.flush()?;
            if self.blocks.iter().any(|block| block.chrom == row.chrom.number()) {
                return Err(WriteError::Order(place()));
            }
            self.chrom = Some(row.chrom);
        }
        let (pos, reference, alternate) = trim(row.pos, row.reference, row.alternate);
        let last = self.pending.last().map(|(pos, ..)| *pos);
        // Trimming moves a position by a few bases at most; a block's rows are sorted when it is written.
        let before = last.or_else(|| self.of_chromosome().map(|block| block.last));
        if before.is_some_and(|before| row.pos.saturating_add(LONGEST) < before) {
            return Err(WriteError::Order(place()));
        }
        let score = (row.score * UNIT).round().clamp(0.0, f64::from(u32::MAX)) as u32;
        self.pending.push((pos, format!("{reference}>{alternate}"), row.of.to_owned(), score));
        self.rows += 1;
        if self.pending.len() >= ROWS { self.flush() } else { Ok(()) }
    }

    fn of_chromosome(&self) -> Option<&Entry> {
        self.blocks.last().filter(|block| Some(block.chrom) == self.chrom.map(Chromosome::number))
    }

    fn flush(&mut self) -> Result<(), WriteError> {
        let (Some(chrom), false) = (self.chrom, self.pending.is_empty()) else { return Ok(()) };
        let mut rows = std::mem::take(&mut self.pending);
        rows.sort();
        let (first, last) = (rows[0].0, rows[rows.len() - 1].0);
        let (alleles, allele) = pooled(rows.iter().map(|row| row.1.as_str()));
        let (names, of) = pooled(rows.iter().map(|row| row.2.as_str()));
        let block = Block {
            offset: rows.iter().map(|row| row.0 - first).collect(),
            allele,
            alleles,
            of,
            names,
            score: rows.iter().map(|row| row.3).collect(),
        };
        let bytes = packed(&block)?;
        self.out.write_all(&bytes)?;
        let entry = Entry { chrom: chrom.number(), first, last, at: self.at, bytes: bytes.len() as u32 };
        self.blocks.push(entry);
        self.at += bytes.len() as u64;
        Ok(())
    }

    /// Ends the file; gives its number of rows.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(mut self, about: About) -> Result<u64, WriteError> {
        self.flush()?;
        let rows = self.rows;
        let footer = packed(&Footer { about: About { rows, ..about }, blocks: self.blocks })?;
        self.out.write_all(&footer)?;
        self.out.write_all(&self.at.to_le_bytes())?;
        self.out.write_all(BEGIN)?;
        self.out.flush()?;
        Ok(rows)
    }
}

/// By how much a trimmed position may run ahead of the file's order: the longest allele that is scored.
const LONGEST: u32 = 64;

fn packed<T: Serialize>(value: &T) -> io::Result<Vec<u8>> {
    let plain = postcard::to_stdvec(value).map_err(io::Error::other)?;
    zstd::bulk::compress(&plain, LEVEL)
}

fn unpacked<T: serde::de::DeserializeOwned>(bytes: &[u8]) -> Result<T, ScoresError> {
    let mut plain = Vec::new();
    let decoder = zstd::stream::Decoder::new(bytes);
    let read = decoder.and_then(|decoder| decoder.take(LARGEST).read_to_end(&mut plain));
    read.map_err(|e| ScoresError::Damaged(e.to_string()))?;
    postcard::from_bytes(&plain).map_err(|e| ScoresError::Damaged(e.to_string()))
}

/// A sorted pool of the distinct texts, and for each text its number.
fn pooled<'a>(texts: impl Iterator<Item = &'a str> + Clone) -> (StringPool, Vec<u32>) {
    let mut distinct: Vec<&str> = texts.clone().collect();
    distinct.sort_unstable();
    distinct.dedup();
    let numbers = texts.map(|text| distinct.partition_point(|known| *known < text) as u32).collect();
    (distinct.iter().copied().collect(), numbers)
}

/// What is read from: a file.
trait Source: Read + Seek + Send {}
impl<T: Read + Seek + Send> Source for T {}

/// The file, and the block that was read last.
type State = (Box<dyn Source>, Option<(usize, Block)>);

/// The scores of a file.
pub struct Scores {
    about: About,
    blocks: Vec<Entry>,
    state: Mutex<State>,
}

impl std::fmt::Debug for Scores {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Scores").field("about", &self.about).finish_non_exhaustive()
    }
}

impl Scores {
    /// Opens a file of scores: only where its blocks are is read.
    ///
    /// # Errors
    /// When it is not such a file, or is damaged.
    pub fn open(mut file: impl Read + Seek + Send + 'static) -> Result<Self, ScoresError> {
        let damaged = |what: &str| ScoresError::Damaged(what.to_owned());
        let length = file.seek(SeekFrom::End(0))?;
        let tail = 8 + BEGIN.len() as u64;
        if length < tail + BEGIN.len() as u64 {
            return Err(damaged("it is too short"));
        }
        file.seek(SeekFrom::Start(length - tail))?;
        let (mut at, mut end) = ([0; 8], [0; 16]);
        file.read_exact(&mut at)?;
        file.read_exact(&mut end)?;
        let at = u64::from_le_bytes(at);
        if end != *BEGIN || at >= length - tail {
            return Err(damaged("its end is missing"));
        }
        file.seek(SeekFrom::Start(at))?;
        let mut bytes = Vec::new();
        Read::by_ref(&mut file).take(length - tail - at).read_to_end(&mut bytes)?;
        let Footer { about, mut blocks } = unpacked(&bytes)?;
        blocks.sort_by_key(|block| (block.chrom, block.first));
        Ok(Self { about, blocks, state: Mutex::new((Box::new(file), None)) })
    }

    /// What it is.
    pub const fn about(&self) -> &About {
        &self.about
    }

    /// The scores of a variant, each with what it speaks of; none when it has none.
    ///
    /// # Errors
    /// When the file cannot be read, or is damaged.
    pub fn get(&self, variant: &Variant) -> Result<Vec<(String, f64)>, ScoresError> {
        let (pos, reference, alternate) = trim(variant.pos, &variant.reference, &variant.alternate);
        let (chrom, allele) = (variant.chrom.number(), format!("{reference}>{alternate}"));
        let mut found = Vec::new();
        let start = self.blocks.partition_point(|block| block.chrom < chrom);
        let of_chromosome = self.blocks[start..].iter().enumerate().take_while(|(_, block)| block.chrom == chrom);
        let covering = of_chromosome.filter(|(_, block)| (block.first..=block.last).contains(&pos));
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        for (number, entry) in covering.map(|(i, entry)| (start + i, *entry)) {
            if state.1.as_ref().is_none_or(|(known, _)| *known != number) {
                state.0.seek(SeekFrom::Start(entry.at))?;
                let mut bytes = vec![0; entry.bytes as usize];
                state.0.read_exact(&mut bytes)?;
                state.1 = Some((number, unpacked(&bytes)?));
            }
            let Some((_, block)) = &state.1 else { continue };
            let wanted = pos - entry.first;
            let from = block.offset.partition_point(|offset| *offset < wanted);
            for i in (from..block.offset.len()).take_while(|i| block.offset[*i] == wanted) {
                let text = |index: Option<&u32>, pool: &StringPool| index.and_then(|i| pool.get(*i)).map(str::to_owned);
                if text(block.allele.get(i), &block.alleles).as_deref() == Some(allele.as_str()) {
                    let (of, score) = (text(block.of.get(i), &block.names), block.score.get(i));
                    found.extend(of.zip(score.map(|score| f64::from(*score) / UNIT)));
                }
            }
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    fn about() -> About {
        About {
            predictor: Predictor::Revel,
            assembly: Assembly::GRCh38,
            version: "1.3".into(),
            file: "revel.csv".into(),
            sha256: "x".into(),
            rows: 0,
        }
    }

    fn chrom(name: &str) -> Chromosome {
        name.parse().expect("a chromosome")
    }

    fn file(rows: &[(&str, u32, &str, &str, &str, f64)]) -> Result<Vec<u8>, WriteError> {
        let mut bytes = Vec::new();
        let mut writer = Writer::new(&mut bytes)?;
        for (name, pos, reference, alternate, of, score) in rows {
            writer.push(&Row { chrom: chrom(name), pos: *pos, reference, alternate, of, score: *score })?;
        }
        writer.finish(about())?;
        Ok(bytes)
    }

    fn variant(name: &str, pos: u32, reference: &str, alternate: &str) -> Variant {
        Variant { chrom: chrom(name), pos, reference: reference.into(), alternate: alternate.into() }
    }

    #[test]
    fn every_row_is_found_and_no_other() {
        let mut rows = Vec::new();
        for name in ["2", "10", "X"] {
            for i in 0..3000u32 {
                for (n, base) in ["C", "G", "T"].into_iter().enumerate() {
                    rows.push((name, 100 + i * 7, "A", base, "V", f64::from((i * 3 + n as u32) % 1000) / 1000.0));
                }
            }
        }
        let bytes = file(&rows).expect("writes");
        assert_eq!(bytes, file(&rows).expect("writes"), "the same bytes");
        let scores = Scores::open(Cursor::new(bytes)).expect("opens");
        assert_eq!((scores.about().rows, scores.about().version.as_str()), (27_000, "1.3"));
        for (name, pos, reference, alternate, of, score) in &rows {
            let found = scores.get(&variant(name, *pos, reference, alternate)).expect("reads");
            assert_eq!(found, [((*of).to_owned(), *score)], "{name}:{pos}");
        }
        for absent in [variant("2", 101, "A", "C"), variant("3", 100, "A", "C"), variant("2", 100, "G", "C")] {
            assert_eq!(scores.get(&absent).expect("reads"), [], "{absent}");
        }
        let untrimmed = scores.get(&variant("2", 99, "GA", "GC")).expect("reads");
        assert_eq!(untrimmed.len(), 1);
    }

    #[test]
    fn what_is_out_of_order_or_damaged_is_refused() {
        let error = file(&[("2", 900, "A", "C", "", 0.1), ("2", 100, "A", "C", "", 0.1)]).expect_err("unsorted");
        assert!(error.to_string().starts_with("2:100 stands after a later place"), "{error}");
        let twice = [("2", 1, "A", "C", "", 0.1), ("3", 1, "A", "C", "", 0.1), ("2", 9, "A", "C", "", 0.1)];
        assert!(file(&twice).is_err());
        let bytes = file(&[("2", 1, "A", "C", "V", 0.1)]).expect("writes");
        for length in [0, 20, bytes.len() - 1] {
            assert!(Scores::open(Cursor::new(bytes[..length].to_vec())).is_err(), "cut at {length}");
        }
    }
}
