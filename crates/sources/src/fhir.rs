//! FHIR files: NDJSON, a Bundle, or one resource, compressed or not, read block by block.
//!
//! What a file is, is told by its name (`.ndjson`, `.jsonl`), else by its content: where the first line is a whole JSON value, each
//! line is one (NDJSON, of resources or of Bundles); else the file is one JSON value. NDJSON of any size is read in blocks; a single Bundle is held in memory.

use crate::compressed::{self, OpenError};
use crate::descriptor::Mapped;
use indgang_fhir::bundle;
use indgang_fhir::json::{JsonError, Tape};
use std::borrow::Cow;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Bytes of a block, where lines allow.
const BLOCK: usize = 4 << 20;
/// Longest line or single value that is read.
const LONGEST: usize = 2 << 30;

/// A file cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum FhirFileError {
    /// It cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// Reading ended early.
    #[error("`{}`, after line {line}: {source}; the file may have been cut", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The last whole line.
        line: u64,
        /// What the system said.
        source: std::io::Error,
    },
    /// A line longer than is read.
    #[error("`{}`, line {line}: longer than 2 GB; write the resources as NDJSON, one a line", path.display())]
    TooLong {
        /// The file.
        path: PathBuf,
        /// From 1.
        line: u64,
    },
}

/// Where a resource stands in its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Line from 1; of a Bundle over many lines, that on which it begins.
    pub line: u64,
    /// Entry of the Bundle, from 0.
    pub entry: Option<usize>,
}

/// A resource as it stands in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found<'a> {
    /// Its JSON.
    pub text: &'a str,
    /// The `fullUrl` of its entry.
    pub full_url: Option<Cow<'a, str>>,
}

/// Why a text gave no resource.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// Not JSON.
    #[error(transparent)]
    Json(#[from] JsonError),
    /// Bytes that are no text.
    #[error("not UTF-8: convert the file")]
    NotText,
    /// A mapping has made none of it.
    #[error("{0}")]
    Unmapped(String),
}

/// Whole lines of a file, or all of it.
#[derive(Debug)]
pub struct Block {
    bytes: Vec<u8>,
    first_line: u64,
    lines: bool,
    /// Where in its file each line's matter stands and why it is no resource, for lines that a mapping has made.
    mapped: Vec<(u64, Option<String>)>,
}

/// A file, block by block.
pub struct FhirFile {
    path: PathBuf,
    input: Box<dyn Read + Send>,
    /// What was read after the last whole line.
    rest: Vec<u8>,
    line: u64,
    begun: bool,
    ended: bool,
    /// Lines by its name, whatever the first of them holds.
    named_lines: bool,
}

impl FhirFile {
    /// Opens a file.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn open(path: &Path) -> Result<Self, FhirFileError> {
        let input = compressed::open(path)?;
        Ok(Self {
            path: path.to_owned(),
            input,
            rest: Vec::new(),
            line: 1,
            begun: false,
            ended: false,
            named_lines: is_named_lines(path),
        })
    }

    /// The next blocks, as many as there are threads to work on them at once; none at the end.
    ///
    /// # Errors
    /// As [`FhirFile::block`].
    pub fn blocks(&mut self) -> Result<Vec<Block>, FhirFileError> {
        std::iter::from_fn(|| self.block().transpose()).take(rayon::current_num_threads()).collect()
    }

    /// The next block; `None` at the end.
    ///
    /// # Errors
    /// When reading fails, or a line is longer than 2 GB.
    pub fn block(&mut self) -> Result<Option<Block>, FhirFileError> {
        let mut bytes = std::mem::take(&mut self.rest);
        let mut wanted = BLOCK;
        loop {
            self.fill(&mut bytes, wanted)?;
            if !self.begun && !self.ended && !self.named_lines && !first_line_is_whole(&bytes) {
                // One value over many lines, unless the first line is merely long.
                if bytes.contains(&b'\n') || bytes.len() >= LONGEST {
                    return self.whole(bytes).map(Some);
                }
                wanted = bytes.len() * 2;
                continue;
            }
            let end =
                if self.ended { Some(bytes.len()) } else { bytes.iter().rposition(|b| *b == b'\n').map(|n| n + 1) };
            match end {
                Some(end) => {
                    let lines = self.named_lines || self.begun || !self.ended || first_line_is_whole(&bytes);
                    self.begun = true;
                    self.rest = bytes.split_off(end);
                    let block = Block { first_line: self.line, lines, bytes, mapped: Vec::new() };
                    self.line += block.bytes.iter().filter(|b| **b == b'\n').count() as u64;
                    return Ok(if block.bytes.is_empty() { None } else { Some(block) });
                }
                None if bytes.len() >= LONGEST => return Err(self.too_long()),
                None => wanted = bytes.len() * 2,
            }
        }
    }

    fn too_long(&self) -> FhirFileError {
        FhirFileError::TooLong { path: self.path.clone(), line: self.line }
    }

    fn fill(&mut self, bytes: &mut Vec<u8>, wanted: usize) -> Result<(), FhirFileError> {
        let room = wanted.saturating_sub(bytes.len()) as u64;
        if room == 0 || self.ended {
            return Ok(());
        }
        let read = self.input.by_ref().take(room).read_to_end(bytes);
        let read =
            read.map_err(|source| FhirFileError::Read { path: self.path.clone(), line: self.line - 1, source })?;
        self.ended = (read as u64) < room;
        Ok(())
    }

    fn whole(&mut self, mut bytes: Vec<u8>) -> Result<Block, FhirFileError> {
        while !self.ended {
            if bytes.len() >= LONGEST {
                return Err(self.too_long());
            }
            let wanted = (bytes.len() * 2).min(LONGEST);
            self.fill(&mut bytes, wanted)?;
        }
        self.begun = true;
        Ok(Block { bytes, first_line: 1, lines: false, mapped: Vec::new() })
    }
}

fn is_named_lines(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    name.split('.').skip(1).any(|part| part == "ndjson" || part == "jsonl")
}

fn first_line_is_whole(bytes: &[u8]) -> bool {
    // Empty lines before it say nothing.
    let start = bytes.iter().position(|b| !b.is_ascii_whitespace()).unwrap_or(0);
    let Some(end) = bytes[start..].iter().position(|b| *b == b'\n') else { return false };
    std::str::from_utf8(&bytes[start..start + end]).is_ok_and(|line| Tape::new().read(line).is_ok())
}

impl Block {
    /// The resources that a mapping has made of a file, one a line.
    #[must_use]
    pub(crate) fn mapped(made: Vec<Mapped>) -> Self {
        let (mut bytes, mut mapped) = (Vec::new(), Vec::with_capacity(made.len()));
        for Mapped { line, resource } in made {
            // What is no resource is a line too, which tells in quarantine that there was something.
            let text = resource.as_ref().map_or_else(|_| "{}".to_owned(), ToString::to_string);
            bytes.extend_from_slice(text.as_bytes());
            bytes.push(b'\n');
            mapped.push((line, resource.err()));
        }
        Self { bytes, first_line: 1, lines: true, mapped }
    }

    /// Whether each line is a value of its own, so that one that cannot be read says nothing of the others.
    #[must_use]
    pub const fn is_lines(&self) -> bool {
        self.lines
    }

    /// The text of a line that was found unreadable, what is no UTF-8 replaced.
    #[must_use]
    pub fn line(&self, line: u64) -> Cow<'_, str> {
        if !self.mapped.is_empty() {
            return Cow::Borrowed("{}");
        }
        let skip = usize::try_from(line.saturating_sub(self.first_line)).unwrap_or(usize::MAX);
        let bytes = self.bytes.split(|b| *b == b'\n').nth(skip).unwrap_or_default();
        String::from_utf8_lossy(bytes.trim_ascii())
    }

    /// Gives each resource with its place, entries of Bundles one by one, or the reason why there is none.
    pub fn each(&self, sink: &mut dyn FnMut(Place, Result<Found<'_>, Unreadable>)) {
        let mut tape = Tape::new();
        if self.bytes.trim_ascii().is_empty() {
            return;
        }
        if !self.lines {
            return one(&mut tape, &self.bytes, self.first_line, true, sink);
        }
        for ((line, why), bytes) in self.mapped.iter().zip(self.bytes.split(|b| *b == b'\n')) {
            let place = Place { line: *line, entry: None };
            match (why, std::str::from_utf8(bytes)) {
                (Some(why), _) => sink(place, Err(Unreadable::Unmapped(why.clone()))),
                (None, Ok(text)) => sink(place, Ok(Found { text, full_url: None })),
                (None, Err(_)) => sink(place, Err(Unreadable::NotText)),
            }
        }
        if !self.mapped.is_empty() {
            return;
        }
        for (line, bytes) in (self.first_line..).zip(self.bytes.split(|b| *b == b'\n')) {
            if !bytes.trim_ascii().is_empty() {
                one(&mut tape, bytes, line, false, sink);
            }
        }
    }
}

fn one(
    tape: &mut Tape,
    bytes: &[u8],
    line: u64,
    many: bool,
    sink: &mut dyn FnMut(Place, Result<Found<'_>, Unreadable>),
) {
    let place = Place { line, entry: None };
    let Ok(text) = std::str::from_utf8(bytes) else { return sink(place, Err(Unreadable::NotText)) };
    // A line is parsed here only where it may be a Bundle; who receives it parses it anyway.
    if !many && !text.contains("\"Bundle\"") {
        return sink(place, Ok(Found { text, full_url: None }));
    }
    let json = match tape.read_only(text, &bundle::projection()) {
        Ok(json) => json,
        Err(error) => return sink(place, Err(error.into())),
    };
    match bundle::entries(json) {
        None => sink(place, Ok(Found { text, full_url: None })),
        Some(entries) => {
            let (mut line, mut counted) = (line, 0);
            for entry in entries {
                if many {
                    line += text[counted..entry.offset].bytes().filter(|b| *b == b'\n').count() as u64;
                    counted = entry.offset;
                }
                let place = Place { line, entry: Some(entry.index) };
                sink(place, Ok(Found { text: entry.text, full_url: entry.full_url }));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Vec<(u64, Option<usize>, Result<String, String>)> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("resources");
        std::fs::write(&path, bytes).unwrap();
        let mut out = Vec::new();
        let mut input = FhirFile::open(&path).unwrap();
        while let Some(block) = input.block().unwrap() {
            block.each(&mut |place, found| {
                out.push((place.line, place.entry, found.map(|f| f.text.to_owned()).map_err(|e| e.to_string())));
            });
        }
        out
    }

    #[test]
    fn a_name_tells_lines_though_the_first_is_bad() {
        for (name, lines) in
            [("a.ndjson", true), ("A.NDJSON.gz", true), ("a.jsonl", true), ("ndjson", false), ("a.json", false)]
        {
            assert_eq!(is_named_lines(Path::new(name)), lines, "{name}");
        }
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.ndjson");
        std::fs::write(&path, format!("bad\n{A}\n")).unwrap();
        let block = FhirFile::open(&path).unwrap().block().unwrap().unwrap();
        let mut places = Vec::new();
        block.each(&mut |place, found| places.push((place.line, found.is_ok_and(|f| f.text == A))));
        assert!(block.is_lines() && places[1] == (2, true), "{places:?}");
    }

    const A: &str = r#"{"resourceType":"Patient","id":"a"}"#;
    const B: &str = r#"{"resourceType":"Patient","id":"b"}"#;

    #[test]
    fn lines_are_resources_and_a_bad_one_is_named() {
        let mut bytes = format!("{A}\n\n{B}\r\n").into_bytes();
        bytes.extend_from_slice(b"\xff\xfe\n");
        bytes.extend_from_slice(A.as_bytes());
        let found = read(&bytes);
        let places: Vec<(u64, bool)> = found.iter().map(|(line, _, r)| (*line, r.is_ok())).collect();
        assert_eq!(places, [(1, true), (3, true), (4, false), (5, true)]);
    }

    #[test]
    fn a_bundle_gives_its_entries() {
        let compact =
            format!(r#"{{"resourceType":"Bundle","entry":[{{"resource":{A}}},{{"fullUrl":"x"}},{{"resource":{B}}}]}}"#);
        let spread = compact.replace(",{", ",\n {");
        for (text, lines) in [(compact.clone(), [1, 1]), (spread, [1, 3]), (format!("{compact}\n{B}\n"), [1, 1])] {
            let found = read(text.as_bytes());
            assert_eq!(found[0], (lines[0], Some(0), Ok(A.to_owned())), "{text}");
            assert_eq!(found[1], (lines[1], Some(2), Ok(B.to_owned())), "{text}");
        }
    }

    #[test]
    fn a_resource_over_many_lines_and_a_cut_bundle() {
        let spread = A.replace(',', ",\n");
        assert_eq!(read(spread.as_bytes()), [(1, None, Ok(spread.clone()))]);
        let cut = &r#"{"resourceType":"Bundle","entry":[{"resource":{"#;
        let found = read(cut.as_bytes());
        assert!(matches!(&found[..], [(1, None, Err(reason))] if reason.contains("was cut")), "{found:?}");
        assert_eq!(read(b""), []);
        assert_eq!(read(b" \n\n"), []);
    }

    #[test]
    fn blocks_end_at_lines() {
        let count = (BLOCK / A.len()) * 2;
        let text = format!("{A}\n").repeat(count);
        let found = read(text.as_bytes());
        assert_eq!(found.len(), count);
        assert!((1..).zip(&found).all(|(line, (at, _, text))| *at == line && text.as_deref() == Ok(A)));
    }
}
