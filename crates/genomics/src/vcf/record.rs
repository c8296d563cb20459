//! One line, read where it is asked.

use super::alternate::Alternate;
use super::block::Scratch;
use super::error::{VcfError, shown};
use super::header::{Header, Number};
use super::numbers::float;
use indgang_model::Chromosome;

/// A view over one data line. Columns are parsed when asked for; only their number, CHROM and POS are already checked.
pub struct Record<'a> {
    pub(super) line: &'a [u8],
    pub(super) tabs: &'a [u32],
    pub(super) header: &'a Header,
    pub(super) scratch: &'a Scratch,
    pub(super) number: u64,
    pub(super) chromosome: Option<Chromosome>,
    pub(super) position: u32,
}

impl<'a> Record<'a> {
    /// Line of the file, 1-based, the header's lines included.
    pub fn line_number(&self) -> u64 {
        self.number
    }

    /// The header of the file.
    pub fn header(&self) -> &'a Header {
        self.header
    }

    /// The chromosome by any of its names; `None` for a contig outside the primary assembly.
    pub fn chromosome(&self) -> Option<Chromosome> {
        self.chromosome
    }

    /// CHROM as written.
    pub fn chromosome_name(&self) -> &'a [u8] {
        self.column(0)
    }

    /// POS, 1-based; 0 is the telomere.
    pub fn position(&self) -> u32 {
        self.position
    }

    /// ID as written; `None` for `.`.
    pub fn id(&self) -> Option<&'a [u8]> {
        Some(self.column(2)).filter(|id| *id != b".")
    }

    /// REF as written (any case, not checked; [`Record::site`] checks it).
    pub fn reference(&self) -> &'a [u8] {
        self.column(3)
    }

    /// ALT as written.
    pub fn alternates_raw(&self) -> &'a [u8] {
        self.column(4)
    }

    /// The alternates in file order; none when ALT is `.`.
    pub fn alternates(&self) -> impl Iterator<Item = Alternate<'a>> + use<'a> {
        let text = self.alternates_raw();
        text.split(|b| *b == b',').filter(move |_| text != b".").map(Alternate::of)
    }

    /// The alternate of an index counted as in GT, from 1.
    ///
    /// # Errors
    /// When the line has no such alternate.
    pub fn alternate(&self, index: usize) -> Result<Alternate<'a>, VcfError> {
        let found = index.checked_sub(1).and_then(|i| self.alternates().nth(i));
        found.ok_or_else(|| self.no_such_alternate(index))
    }

    /// How many alternates the line has; 0 when ALT is `.`.
    #[inline]
    pub fn alternate_count(&self) -> usize {
        match self.alternates_raw() {
            b"." => 0,
            [_] => 1,
            text => memchr::memchr_iter(b',', text).count() + 1,
        }
    }

    /// QUAL; `None` for `.` and for what is not a finite number.
    pub fn quality(&self) -> Option<f32> {
        float(self.column(5))
    }

    /// Names in FILTER other than `PASS` and `.`.
    pub fn filters(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        self.column(6).split(|b| *b == b';').filter(|f| !matches!(*f, b"PASS" | b"." | b""))
    }

    /// INFO as written.
    pub fn info_raw(&self) -> &'a [u8] {
        self.column(7)
    }

    /// The value of an INFO field as written, a flag's is empty; `None` when the field is absent or its value is `.`.
    pub fn info(&self, key: &str) -> Option<&'a [u8]> {
        let key = key.as_bytes();
        let mut rest = self.info_raw();
        loop {
            if let Some(after) = rest.strip_prefix(key) {
                match after {
                    [b'=', value @ ..] => {
                        let end = memchr::memchr(b';', value).unwrap_or(value.len());
                        return Some(&value[..end]).filter(|v| *v != b".");
                    }
                    [] | [b';', ..] => return Some(b""),
                    _ => {}
                }
            }
            rest = &rest[memchr::memchr(b';', rest)? + 1..];
        }
    }

    /// The part of an INFO field that belongs to one alternate (0-based): the value at its place when the header says
    /// Number=A or R, the whole value when it says another number. A field whose number the header does not say is
    /// taken as Number=A when it has as many values as the line has alternates, and as a whole when it has one value.
    /// `None` when absent, `.`, or when the number of values is not what the header says.
    pub fn info_at(&self, key: &str, allele: usize) -> Option<&'a [u8]> {
        let value = self.info(key)?;
        let count = memchr::memchr_iter(b',', value).count() + 1;
        let alternates = self.alternate_count();
        let at = |index| value.split(|b| *b == b',').nth(index).filter(|v| *v != b"." && allele < alternates);
        match self.header.info(key).map_or(Number::Unknown, |d| d.number) {
            Number::PerAlternate if count == alternates => at(allele),
            Number::PerAllele if count == alternates + 1 => at(allele + 1),
            Number::PerAlternate | Number::PerAllele => None,
            Number::Unknown if count == alternates => at(allele),
            Number::Unknown => Some(value).filter(|_| count == 1),
            Number::Count(_) | Number::PerGenotype => Some(value),
        }
    }

    /// The line as written, without its line end.
    pub fn text(&self) -> &'a [u8] {
        self.line
    }

    /// A column by its 0-based place; the caller knows that the line has it.
    #[inline]
    pub(super) fn column(&self, index: usize) -> &'a [u8] {
        let start = if index == 0 { 0 } else { self.tabs[index - 1] as usize + 1 };
        let end = self.tabs.get(index).map_or(self.line.len(), |t| *t as usize);
        &self.line[start..end]
    }

    pub(super) fn no_such_alternate(&self, allele: usize) -> VcfError {
        VcfError::NoSuchAlternate { line: self.number, allele, alternates: self.alternate_count() }
    }

    pub(super) fn value(&self, field: &'static str, value: &[u8], expected: &'static str) -> VcfError {
        VcfError::Value { line: self.number, field, value: shown(value), expected }
    }
}

/// Shows the place only: the calls of a person do not belong in a log.
impl std::fmt::Debug for Record<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Record(line {}, {}:{})", self.number, shown(self.chromosome_name()), self.position)
    }
}
