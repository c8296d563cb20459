//! A reference genome as an indexed FASTA: bases are read where they are asked for.
//!
//! The index is the `.fai` of samtools beside the file; without one it is made while opening, and not written.

use indgang_genomics::reference::ReferenceSequence;
use indgang_model::Chromosome;
use std::borrow::Cow;
use std::collections::HashMap;
use std::fs::File;
use std::io::BufReader;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

/// Why a genome cannot be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GenomeError {
    /// The file or its index cannot be opened or read.
    #[error("`{}`: {source}; check the path and that you may read it", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The FASTA is compressed.
    #[error("`{}` is compressed; unpack it first (`gunzip`), since bases are read in place", .0.display())]
    Compressed(PathBuf),
    /// A line of the index is not one.
    #[error("`{}`, line {line}: `{text}` is not a line of an index; make it again with `samtools faidx`", path.display())]
    Index {
        /// The index.
        path: PathBuf,
        /// Line, 1-based.
        line: usize,
        /// What stands there.
        text: String,
    },
    /// A sequence of the FASTA has lines of different lengths.
    #[error("`{}`, line {line}: a line of another length than those before it; wrap the file anew (`seqtk seq -l 60`)", path.display())]
    Ragged {
        /// The FASTA.
        path: PathBuf,
        /// Line, 1-based.
        line: u64,
    },
    /// The file ends before what its index says.
    #[error("`{}` is shorter than its index says; make the index again with `samtools faidx`", .0.display())]
    Short(PathBuf),
    /// No chromosome in the file.
    #[error("`{}` holds none of the chromosomes 1–22, X, Y and MT", .0.display())]
    NoChromosome(PathBuf),
}

/// One sequence, as a line of a `.fai` describes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Entry {
    length: u64,
    offset: u64,
    line_bases: u64,
    line_bytes: u64,
}

/// An opened genome; chromosomes of the primary assembly by any of their usual names.
#[derive(Debug)]
pub struct Genome {
    file: File,
    entries: HashMap<Chromosome, Entry>,
}

impl Genome {
    /// Opens a FASTA and its index, or makes the index by reading the file once.
    ///
    /// # Errors
    /// See [`GenomeError`].
    pub fn open(path: &Path) -> Result<Self, GenomeError> {
        let io = |path: &Path| {
            let path = path.to_owned();
            move |source| GenomeError::Io { path, source }
        };
        let file = File::open(path).map_err(io(path))?;
        let mut first = [0u8; 4];
        let read = file.read_at(&mut first, 0).map_err(io(path))?;
        if read >= 2 && first[..2] == [0x1f, 0x8b] {
            return Err(GenomeError::Compressed(path.to_owned()));
        }
        let mut index = path.as_os_str().to_owned();
        index.push(".fai");
        let index = PathBuf::from(index);
        let entries = if index.is_file() {
            let text = std::fs::read_to_string(&index).map_err(io(&index))?;
            parse(&index, &text)?
        } else {
            build(path, BufReader::with_capacity(1 << 20, &file))?
        };
        let size = file.metadata().map_err(io(path))?.len();
        if entries.values().any(|e| e.length > 0 && e.byte_of(e.length - 1) >= size) {
            return Err(GenomeError::Short(path.to_owned()));
        }
        if entries.is_empty() {
            return Err(GenomeError::NoChromosome(path.to_owned()));
        }
        Ok(Self { file, entries })
    }

    /// Bases of a chromosome; `None` when the file does not hold it.
    pub fn length(&self, chromosome: Chromosome) -> Option<u32> {
        self.entries.get(&chromosome).and_then(|e| u32::try_from(e.length).ok())
    }
}

impl Entry {
    /// Where a base (0-based) stands in the file.
    const fn byte_of(&self, base: u64) -> u64 {
        self.offset + base / self.line_bases * self.line_bytes + base % self.line_bases
    }
}

fn parse(path: &Path, text: &str) -> Result<HashMap<Chromosome, Entry>, GenomeError> {
    let mut entries = HashMap::new();
    for (line, row) in text.lines().enumerate() {
        let fault =
            || GenomeError::Index { path: path.to_owned(), line: line + 1, text: row.chars().take(80).collect() };
        let cells: Vec<&str> = row.split('\t').collect();
        let [name, numbers @ ..] = &cells[..] else { return Err(fault()) };
        let numbers: Vec<u64> = numbers.iter().take(4).map_while(|n| n.parse().ok()).collect();
        let [length, offset, line_bases, line_bytes] = numbers[..] else { return Err(fault()) };
        if length >= 1 << 30 || line_bases == 0 || line_bytes < line_bases || offset >= 1 << 40 {
            return Err(fault());
        }
        if let Some(chromosome) = Chromosome::from_name(name.as_bytes()) {
            entries.entry(chromosome).or_insert(Entry { length, offset, line_bases, line_bytes });
        }
    }
    Ok(entries)
}

fn build(path: &Path, mut input: impl std::io::BufRead) -> Result<HashMap<Chromosome, Entry>, GenomeError> {
    let mut entries: HashMap<Chromosome, Entry> = HashMap::new();
    let (mut line, mut text, mut offset, mut number) = (None::<(Chromosome, Entry, bool)>, Vec::new(), 0u64, 0u64);
    let keep = |current: Option<(Chromosome, Entry, bool)>, entries: &mut HashMap<_, _>| {
        if let Some((chromosome, entry, _)) = current {
            entries.entry(chromosome).or_insert(entry);
        }
    };
    loop {
        text.clear();
        let read =
            input.read_until(b'\n', &mut text).map_err(|source| GenomeError::Io { path: path.to_owned(), source })?;
        if read == 0 {
            keep(line, &mut entries);
            return Ok(entries);
        }
        (number, offset) = (number + 1, offset + read as u64);
        if let Some(name) = text.strip_prefix(b">") {
            keep(line.take(), &mut entries);
            let name = name.split(u8::is_ascii_whitespace).next().unwrap_or(b"");
            let entry = Entry { length: 0, offset, line_bases: 1, line_bytes: 1 };
            line = Chromosome::from_name(name).map(|c| (c, entry, false));
            continue;
        }
        let Some((_, entry, ended)) = &mut line else { continue };
        let bases = text.trim_ascii_end().len() as u64;
        if bases == 0 {
            *ended = true;
            continue;
        }
        let first = entry.length == 0;
        if first {
            (entry.line_bases, entry.line_bytes) = (bases, read as u64);
        }
        // Only the last line of a sequence may be shorter.
        if *ended || bases > entry.line_bases {
            return Err(GenomeError::Ragged { path: path.to_owned(), line: number });
        }
        *ended = bases < entry.line_bases;
        entry.length += bases;
    }
}

impl ReferenceSequence for Genome {
    fn bases(&self, chromosome: Chromosome, position: u32, length: u32) -> Option<Cow<'_, [u8]>> {
        self.at_most(chromosome, position, length).filter(|bases| bases.len() == length as usize)
    }

    fn at_most(&self, chromosome: Chromosome, position: u32, length: u32) -> Option<Cow<'_, [u8]>> {
        let entry = self.entries.get(&chromosome)?;
        let first = u64::from(position.checked_sub(1)?);
        let last = (first + u64::from(length)).min(entry.length).checked_sub(1).filter(|last| *last >= first)?;
        let (from, to) = (entry.byte_of(first), entry.byte_of(last));
        // INVARIANT: the span is bounded by the length asked for and its line ends.
        let mut bytes = vec![0; usize::try_from(to + 1 - from).ok()?];
        self.file.read_exact_at(&mut bytes, from).ok()?;
        bytes.retain_mut(|b| {
            *b = b.to_ascii_uppercase();
            b.is_ascii_alphabetic()
        });
        Some(Cow::Owned(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opened(fasta: &str, index: Option<&str>) -> Result<Genome, GenomeError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("genome.fa");
        std::fs::write(&path, fasta).unwrap();
        if let Some(index) = index {
            std::fs::write(folder.path().join("genome.fa.fai"), index).unwrap();
        }
        Genome::open(&path)
    }

    #[test]
    fn bases_over_lines_with_and_without_index() {
        let text = ">other\nAAAA\n>chr1 the first\nACgt\nNNAC\nG\n>2\nTT\n";
        for index in [None, Some("other\t4\t7\t4\t5\nchr1\t9\t28\t4\t5\n2\t2\t44\t2\t3\n")] {
            let genome = opened(text, index).unwrap();
            let one = "1".parse().unwrap();
            for (position, length, expected) in [
                (1, 4, Some("ACGT")),
                (4, 3, Some("TNN")),
                (9, 1, Some("G")),
                (9, 2, None),
                (0, 1, None),
                (10, 1, None),
            ] {
                let found = genome.bases(one, position, length);
                assert_eq!(found.as_deref(), expected.map(str::as_bytes), "{position}+{length}");
            }
            assert_eq!(genome.at_most(one, 8, 90).as_deref(), Some(&b"CG"[..]));
            assert_eq!((genome.length(one), genome.length("3".parse().unwrap())), (Some(9), None));
        }
    }

    #[test]
    fn faults_say_what_to_do() {
        for (text, index, expected) in [
            (">1\nAC\n", Some("1\tx\n"), "make it again with `samtools faidx`"),
            (">1\nAC\n", Some("1\t50\t3\t10\t11\n"), "is shorter than its index says"),
            (">1\nAC\nACG\n", None, "line 3: a line of another length"),
            (">contig\nAC\n", None, "none of the chromosomes"),
            ("\u{1f}\u{8b}", None, "none of the chromosomes"), // two characters of UTF-8, not gzip
        ] {
            let error = opened(text, index).err().map(|e| e.to_string()).unwrap_or_default();
            assert!(error.contains(expected), "{text:?} gave {error}");
        }
    }
}
