//! Lists of codes with Danish texts and the time each held: SKS with its ICD-10 diagnoses, ATC, NPU, ICD-8.
//!
//! The systems build their trees into the codes: what is below a code begins with it. [`is_a`] needs no list, so that a
//! code older or newer than any list at hand still belongs where it stands; [`Codes`] holds a list for texts, time and
//! children.

use std::collections::BTreeMap;

/// A day as eight digits, such as 20201231; comparable as it is.
pub type Day = u32;

/// A code as a list has it, for a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meaning {
    /// The text, in Danish.
    pub text: Box<str>,
    /// The first day it holds, when the list tells.
    pub from: Option<Day>,
    /// The last day it holds; `None` when it still does.
    pub to: Option<Day>,
}

/// A list of codes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Codes {
    /// Meanings of each code, the oldest first.
    meanings: BTreeMap<Box<str>, Vec<Meaning>>,
}

/// A line of a list that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {what}")]
pub struct CodesError {
    /// Which line, from 1.
    pub line: usize,
    /// What is wrong and what to do.
    pub what: String,
}

/// Whether a code is the other or below it: `DE109B` is a `DE10`, `A10BA02` is an `A10B`, `KNFB20` is a `KNF`.
///
/// An ancestor must be a level of its system: `DE1`, `A1` and `A10BA0` are none, and nothing is below them.
/// Small letters, spaces around, and the point of `E10.9` do not matter.
///
/// ```
/// use indgang_terminology::is_a;
/// assert!(is_a("DE109B", "DE10") && is_a("e10.9", "E10") && !is_a("DE109", "DE1"));
/// ```
pub fn is_a(code: &str, ancestor: &str) -> bool {
    let (code, ancestor) = (normal(code), normal(ancestor));
    !code.is_empty() && (code == ancestor || (is_level(&ancestor) && code.starts_with(&ancestor)))
}

impl Codes {
    /// Reads the complete list of SKS as the health data authority publishes it (`SKScomplete.txt`): Latin-1, fixed columns:
    /// kind of record (3), code (20), first day, day of change, last day (8 each), text (120).
    ///
    /// # Errors
    /// [`CodesError`] with the first line that is too short or has no days.
    pub fn from_sks_complete(bytes: &[u8]) -> Result<Self, CodesError> {
        let mut codes = Self::default();
        for (number, line) in (1..).zip(bytes.split(|b| *b == b'\n')) {
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            if line.is_empty() {
                continue;
            }
            let wrong = |what: &str| CodesError { line: number, what: what.to_owned() };
            let column = |from: usize, to: usize| line.get(from..to.min(line.len())).unwrap_or_default();
            if line.len() < 48 {
                return Err(wrong("it is shorter than 48 characters; give SKScomplete.txt as it was published"));
            }
            let day = |from: usize| {
                let digits = std::str::from_utf8(column(from, from + 8)).ok();
                let day = digits.filter(|d| d.bytes().all(|b| b.is_ascii_digit())).and_then(|d| d.parse::<Day>().ok());
                day.ok_or_else(|| wrong("columns 24 to 47 are not three days such as 19990101"))
            };
            let (from, to) = (day(23)?, day(39)?);
            let code = latin_1(column(3, 23));
            // 2500-01-01 stands for "still holds".
            codes.add(
                &code,
                Meaning { text: latin_1(column(47, 167)).into(), from: Some(from), to: (to < OPEN).then_some(to) },
            );
        }
        Ok(codes)
    }

    /// Reads a table with a header and two columns, code and text, with commas, semicolons or tabs between them.
    ///
    /// # Errors
    /// [`CodesError`] with the first line that has no two columns.
    pub fn from_table(text: &str) -> Result<Self, CodesError> {
        let mut codes = Self::default();
        for (number, line) in (1..).zip(text.lines()).skip(1).filter(|(_, line)| !line.trim().is_empty()) {
            let Some((code, text)) = line.split_once([';', ',', '\t']) else {
                let what = "it has no two columns, code and text, with a comma, semicolon or tab between them";
                return Err(CodesError { line: number, what: what.to_owned() });
            };
            let plain = |cell: &str| cell.trim().trim_matches('"').replace("\"\"", "\"");
            codes.add(&plain(code), Meaning { text: plain(text).into(), from: None, to: None });
        }
        Ok(codes)
    }

    /// The meaning a code had on a day, or its newest when no day is asked for.
    pub fn meaning(&self, code: &str, on: Option<Day>) -> Option<&Meaning> {
        let meanings = self.meanings.get(normal(code).as_str())?;
        match on {
            None => meanings.last(),
            Some(day) => meanings.iter().rev().find(|m| m.holds(day)),
        }
    }

    /// The nearest listed code above.
    pub fn parent(&self, code: &str) -> Option<&str> {
        let code = normal(code);
        let above = (1..code.len()).rev().filter_map(|end| code.get(..end)).filter(|above| is_level(above));
        above.filter_map(|above| self.meanings.get_key_value(above)).map(|(above, _)| &**above).next()
    }

    /// The code, if listed, and all listed codes below it, in order.
    pub fn descendants<'a>(&'a self, code: &str) -> impl Iterator<Item = &'a str> + use<'a> {
        let code = normal(code);
        self.meanings
            .range::<str, _>((std::ops::Bound::Included(code.as_str()), std::ops::Bound::Unbounded))
            .map(|(listed, _)| &**listed)
            .take_while({
                let code = code.clone();
                move |listed| listed.starts_with(code.as_str())
            })
            .filter(move |listed| is_a(listed, &code))
    }

    /// How many codes there are.
    pub fn len(&self) -> usize {
        self.meanings.len()
    }

    /// True when there is none.
    pub fn is_empty(&self) -> bool {
        self.meanings.is_empty()
    }

    fn add(&mut self, code: &str, meaning: Meaning) {
        let meanings = self.meanings.entry(normal(code).into()).or_default();
        meanings.push(meaning);
        meanings.sort_by_key(|m| m.from);
    }
}

impl Meaning {
    fn holds(&self, on: Day) -> bool {
        self.from.is_none_or(|from| from <= on) && self.to.is_none_or(|to| on <= to)
    }
}

/// From this day on (1 January 2500) a last day means that there is none.
const OPEN: Day = 25_000_101;

fn normal(code: &str) -> String {
    code.trim().chars().filter(|c| *c != '.').map(|c| c.to_ascii_uppercase()).collect()
}

fn latin_1(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| char::from(*byte)).collect::<String>().trim().to_owned()
}

/// Whether a code is one that others can be below, by its form.
fn is_level(code: &str) -> bool {
    let bytes = code.as_bytes();
    let digit = |place: usize| bytes.get(place).is_some_and(u8::is_ascii_digit);
    let letter = |place: usize| bytes.get(place).is_some_and(u8::is_ascii_alphabetic);
    match bytes {
        [] => false,
        // ICD-8: 249.
        [first, ..] if first.is_ascii_digit() => bytes.len() >= 3 && digit(1) && digit(2),
        // NPU codes have nothing below them.
        _ if code.starts_with("NPU") || code.starts_with("DNK") => false,
        // ATC: A, A10, A10B, A10BA, A10BA02. ICD-10 without its SKS letter: E10, E109.
        _ if digit(1) => {
            let substance = letter(3) && bytes.len() > 5;
            bytes.len() >= 3 && digit(2) && (!substance || bytes.len() >= 7)
        }
        // Diagnoses of SKS: DE10.
        [b'D', ..] => bytes.len() == 1 || (letter(1) && digit(2) && digit(3)),
        // Procedures and the rest of SKS: a level at every character.
        _ => letter(0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_below_what() {
        for (code, ancestor, expected) in [
            ("DE109B", "DE10", true),
            ("DE109B", "DE109", true),
            ("DE10", "DE10", true),
            ("DE10", "DE109", false),
            ("DE109", "DE1", false), // no level
            ("DE119", "DE10", false),
            (" de10.9 ", "DE10", true),
            ("E10.9", "E10", true),
            ("E109", "E1", false),
            ("A10BA02", "A10BA02", true),
            ("A10BA02", "A10BA", true),
            ("A10BA02", "A10B", true),
            ("A10BA02", "A10", true),
            ("A10BA02", "A", true),
            ("A10BA02", "A1", false),
            ("A10BA02", "A10BA0", false),
            ("KNFB20", "KNF", true),
            ("KNFB20", "KNG", false),
            ("24909", "249", true),
            ("24909", "24", false),
            ("NPU27300", "NPU27300", true),
            ("NPU27300", "NPU", false),
            ("NPU27300", "NPU2730", false),
            ("", "", false),
            ("DE10", "", false),
            ("æøå", "æ", false),
        ] {
            assert_eq!(is_a(code, ancestor), expected, "{code} {ancestor}");
        }
    }

    fn record(code: &str, from: &str, to: &str, text: &str) -> Vec<u8> {
        let line = format!("dia{code:<20}{from}20200101{to}{text}\r\n");
        line.chars().map(|c| u8::try_from(c).unwrap()).collect()
    }

    #[test]
    fn meanings_hold_for_their_time() {
        let list = [
            record("DE10", "19940101", "25000101", "Insulinkrævende sukkersyge"),
            record("DE109", "19940101", "20051231", "Gammel tekst"),
            record("DE109", "20060101", "25000101", "Ny tekst"),
            record("DE109A", "19990101", "25000101", "Under"),
        ];
        let codes = Codes::from_sks_complete(&list.concat()).unwrap();
        let text = |code, on| codes.meaning(code, on).map(|m| &*m.text);
        for (code, on, expected) in [
            ("DE10", None, Some("Insulinkrævende sukkersyge")),
            ("de10.9", Some(20051231), Some("Gammel tekst")),
            ("DE109", Some(20060101), Some("Ny tekst")),
            ("DE109", None, Some("Ny tekst")),
            ("DE109", Some(19931231), None),
            ("DE11", None, None),
        ] {
            assert_eq!(text(code, on), expected, "{code} {on:?}");
        }
        assert_eq!(codes.parent("DE109B"), Some("DE109"));
        assert_eq!((codes.parent("DE10"), codes.parent("DE11")), (None, None));
        assert_eq!(codes.descendants("DE109").collect::<Vec<_>>(), ["DE109", "DE109A"]);
        assert_eq!(codes.descendants("DE1").count(), 0);
        assert_eq!(codes.len(), 3);
    }

    #[test]
    fn tables_of_two_columns() {
        let icd = Codes::from_table(include_str!("../tests/data/icd10-da.csv")).unwrap();
        assert_eq!(icd.meaning("DA000", None).map(|m| &*m.text), Some("Kolera forårsaget af Vibrio cholerae"));
        assert_eq!(icd.parent("DA000"), Some("DA00"));
        assert_eq!(icd.descendants("DA00").count(), 4);
    }

    #[test]
    fn what_cannot_be_read_is_told_with_its_line() {
        let short = [record("DE10", "19940101", "25000101", "Tekst"), b"dia\n".to_vec()].concat();
        for (error, part) in [
            (Codes::from_sks_complete(&short).unwrap_err(), "line 2: it is shorter"),
            (Codes::from_sks_complete(&record("DE10", "1994x101", "25000101", "x")).unwrap_err(), "line 1: columns 24"),
            (Codes::from_table("code;text\nDE10\n").unwrap_err(), "line 2: it has no two columns"),
        ] {
            assert!(error.to_string().contains(part), "{error}");
        }
    }
}
