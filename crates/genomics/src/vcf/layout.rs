//! Where the fields of a sample's column stand.

use super::header::Number;
use super::record::Record;

/// Where each FORMAT field stands in a sample's column. Kept from line to line, since FORMAT seldom changes.
#[derive(Default)]
pub(super) struct Layout {
    format: Vec<u8>,
    fields: [Option<u16>; KEYS.len()],
    /// Fields up to the last one we know.
    width: usize,
    /// AD has one value (VarScan): the alternate's depth, with the reference's in RD.
    pub single_depth: bool,
}

const KEYS: [&[u8]; 17] = [
    b"GT", b"AD", b"DP", b"GQ", b"PL", b"GL", b"RO", b"AO", b"DV", b"PS", b"PGT", b"PID", b"AF", b"VAF", b"HF", b"RD",
    b"CN",
];
pub(super) const GT: usize = 0;
pub(super) const AD: usize = 1;
pub(super) const DP: usize = 2;
pub(super) const GQ: usize = 3;
pub(super) const PL: usize = 4;
pub(super) const GL: usize = 5;
pub(super) const RO: usize = 6;
pub(super) const AO: usize = 7;
pub(super) const DV: usize = 8;
pub(super) const PS: usize = 9;
pub(super) const PGT: usize = 10;
pub(super) const PID: usize = 11;
pub(super) const AF: usize = 12;
pub(super) const VAF: usize = 13;
pub(super) const HF: usize = 14;
pub(super) const RD: usize = 15;
pub(super) const CN: usize = 16;

/// Fields of one sample that are looked at; FORMAT fields after these are not.
const WIDTH: usize = 64;
/// Of them, those whose place is remembered; the few files with more have the rest searched for.
const CUT: usize = 12;

impl Layout {
    pub fn follow(&mut self, record: &Record<'_>) {
        let format = if record.header.columns > 8 { record.column(8) } else { b"" };
        if self.format == format {
            return;
        }
        self.format = format.to_vec();
        self.fields = [None; KEYS.len()];
        self.width = 0;
        for (place, key) in format.split(|b| *b == b':').take(WIDTH).enumerate() {
            if let Some(known) = KEYS.iter().position(|k| *k == key) {
                self.fields[known].get_or_insert(place as u16);
                self.width = place + 1;
            }
        }
        self.single_depth = record.header.format("AD").is_some_and(|d| d.number == Number::Count(1));
    }
}

/// One sample's column, cut at its colons.
pub(super) struct Fields<'a, 'l> {
    pub layout: &'l Layout,
    parts: [&'a [u8]; CUT],
    count: usize,
    /// What comes after the remembered fields.
    rest: Option<&'a [u8]>,
}

impl<'a, 'l> Fields<'a, 'l> {
    pub fn of(layout: &'l Layout, mut text: &'a [u8]) -> Self {
        let (mut parts, mut count, mut rest) = ([&text[..0]; CUT], 0, None);
        for part in parts.iter_mut().take(layout.width) {
            let end = text.iter().position(|b| *b == b':');
            *part = &text[..end.unwrap_or(text.len())];
            count += 1;
            rest = end.map(|end| &text[end + 1..]);
            let Some(after) = rest else { break };
            text = after;
        }
        Self { layout, parts, count, rest }
    }

    /// A field's text; `None` when absent, dropped at the end, empty or `.`.
    pub fn get(&self, key: usize) -> Option<&'a [u8]> {
        let place = usize::from(self.layout.fields[key]?);
        let part = match place.checked_sub(CUT) {
            None => self.parts[..self.count].get(place).copied(),
            Some(after) => self.rest?.split(|b| *b == b':').nth(after),
        };
        part.filter(|text| !matches!(*text, b"." | b""))
    }
}
