//! Delimited text, one record at a time, whatever its delimiter, quotes, line ends and encoding.

use std::borrow::Cow;
use std::io::{BufRead, Read};

/// The longest record, in bytes: a quote that is never closed ends here, and not in all of memory.
const LONGEST: usize = 1 << 20;

/// Records of a text.
pub struct Records<R> {
    input: R,
    delimiter: u8,
    raw: Vec<u8>,
    line: u64,
    next_line: u64,
}

/// One record.
#[derive(Debug)]
pub struct Record<'a> {
    /// The line it begins on, from 1.
    pub line: u64,
    /// Its bytes without the line's end.
    pub raw: &'a [u8],
    delimiter: u8,
}

/// Why no record could be read.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// The file.
    #[error("{0}")]
    Io(#[from] std::io::Error),
    /// No end of it.
    #[error("line {0} is longer than 1 MiB; is a quote opened there and never closed, or is the file not text?")]
    TooLong(u64),
}

impl<R: BufRead> Records<R> {
    /// Reads records with a delimiter; `line` is the number of the first line.
    pub const fn new(input: R, delimiter: u8, line: u64) -> Self {
        Self { input, delimiter, raw: Vec::new(), line, next_line: line }
    }

    /// The next record that is not blank; `None` at the end.
    pub fn next(&mut self) -> Result<Option<Record<'_>>, RecordError> {
        loop {
            self.raw.clear();
            self.line = self.next_line;
            let mut quotes = 0;
            loop {
                let from = self.raw.len();
                let read = (&mut self.input).take((LONGEST - from) as u64 + 1).read_until(b'\n', &mut self.raw)?;
                if self.raw.len() > LONGEST {
                    return Err(RecordError::TooLong(self.line));
                }
                if read == 0 {
                    break;
                }
                self.next_line += 1;
                quotes += self.raw[from..].iter().filter(|b| **b == b'"').count();
                if quotes % 2 == 0 {
                    break;
                }
            }
            if self.raw.is_empty() {
                return Ok(None);
            }
            while matches!(self.raw.last(), Some(b'\n' | b'\r')) {
                self.raw.pop();
            }
            if !self.raw.iter().all(u8::is_ascii_whitespace) {
                break;
            }
        }
        Ok(Some(Record { line: self.line, raw: &self.raw, delimiter: self.delimiter }))
    }
}

impl<'a> Record<'a> {
    /// Its fields, without quotes and the blanks around them.
    pub fn fields(&self) -> Vec<Cow<'a, str>> {
        let mut fields = Vec::new();
        let mut rest = self.raw;
        loop {
            let (field, behind) = self.cut(rest);
            fields.push(field);
            match behind {
                Some(behind) => rest = behind,
                None => return fields,
            }
        }
    }

    fn cut(&self, rest: &'a [u8]) -> (Cow<'a, str>, Option<&'a [u8]>) {
        let Some(quoted) = rest.strip_prefix(b"\"") else {
            let end = rest.iter().position(|b| *b == self.delimiter);
            let field = decoded(&rest[..end.unwrap_or(rest.len())]);
            return (trimmed(field), end.map(|end| &rest[end + 1..]));
        };
        let mut field = Vec::new();
        let mut at = 0;
        while let Some(quote) = quoted[at..].iter().position(|b| *b == b'"').map(|found| at + found) {
            field.extend_from_slice(&quoted[at..quote]);
            if quoted.get(quote + 1) != Some(&b'"') {
                at = quote + 1;
                break;
            }
            field.push(b'"');
            at = quote + 2;
        }
        let behind = quoted[at..].iter().position(|b| *b == self.delimiter).map(|found| at + found);
        field.extend_from_slice(&quoted[at..behind.unwrap_or(quoted.len())]);
        (trimmed(decoded(&field).into_owned().into()), behind.map(|end| &quoted[end + 1..]))
    }
}

/// UTF-8, and where it is not, Latin-1.
fn decoded(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.into(),
        Err(_) => bytes.iter().map(|byte| char::from(*byte)).collect::<String>().into(),
    }
}

fn trimmed(text: Cow<'_, str>) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => text.trim().into(),
        Cow::Owned(text) if text.trim().len() == text.len() => text.into(),
        Cow::Owned(text) => text.trim().to_owned().into(),
    }
}

/// The header of a text and the delimiter that makes most of its fields known columns; the fields in small letters.
pub fn header(line: &[u8], known: impl Fn(&str) -> bool) -> (u8, Vec<String>) {
    let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
    let split = |delimiter: u8| {
        let record = Record { line: 1, raw: line, delimiter };
        record.fields().iter().map(|field| field.to_lowercase()).collect::<Vec<_>>()
    };
    let count = |fields: &Vec<String>| fields.iter().filter(|field| known(field)).count();
    let mut best = (b',', split(b','));
    for delimiter in [b';', b'\t', b'|'] {
        let fields = split(delimiter);
        if count(&fields) > count(&best.1) {
            best = (delimiter, fields);
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &[u8], delimiter: u8) -> Vec<(u64, Vec<String>)> {
        let mut records = Records::new(text, delimiter, 1);
        let mut all = Vec::new();
        while let Some(record) = records.next().unwrap() {
            all.push((record.line, record.fields().iter().map(|f| f.clone().into_owned()).collect()));
        }
        all
    }

    #[test]
    fn records_of_every_kind() {
        for (text, delimiter, expected) in [
            (&b"a,b\n1,2\n"[..], b',', vec![(1, vec!["a", "b"]), (2, vec!["1", "2"])]),
            (b"a;b\r\n\r\n1,5;2", b';', vec![(1, vec!["a", "b"]), (3, vec!["1,5", "2"])]),
            (b"\"a,b\",\"say \"\"hi\"\"\"\n", b',', vec![(1, vec!["a,b", "say \"hi\""])]),
            (b"\"two\nlines\",x\ny,z\n", b',', vec![(1, vec!["two\nlines", "x"]), (3, vec!["y", "z"])]),
            (b"k\xf8n,k\xc3\xb8n\n", b',', vec![(1, vec!["k\u{f8}n", "k\u{f8}n"])]),
            (b" a ,,\n", b',', vec![(1, vec!["a", "", ""])]),
            (b"", b',', vec![]),
        ] {
            let expected: Vec<(u64, Vec<String>)> =
                expected.into_iter().map(|(n, f)| (n, f.into_iter().map(str::to_owned).collect())).collect();
            assert_eq!(all(text, delimiter), expected, "{}", String::from_utf8_lossy(text));
        }
    }

    #[test]
    fn a_line_without_end_is_refused() {
        for text in [vec![b'x'; LONGEST + 10], [b"a,\"".to_vec(), b"b\n".repeat(LONGEST)].concat()] {
            let mut records = Records::new(text.as_slice(), b',', 1);
            assert!(matches!(records.next(), Err(RecordError::TooLong(1))));
        }
    }

    #[test]
    fn the_delimiter_is_the_one_that_finds_columns() {
        let known = |name: &str| ["pnr", "koen"].contains(&name);
        for (line, delimiter) in [
            (&b"pnr,koen"[..], b','),
            (b"\xef\xbb\xbfPNR;KOEN", b';'),
            (b"pnr\tkoen\tmore, or less", b'\t'),
            (b"pnr", b','),
        ] {
            assert_eq!(header(line, known).0, delimiter);
        }
        assert_eq!(header(b"\xef\xbb\xbfPNR;KOEN", known).1, ["pnr", "koen"]);
    }
}
