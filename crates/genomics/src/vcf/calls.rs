//! The samples' columns, as seen from one alternate allele.

use super::error::{VcfError, shown};
use super::header::Number;
use super::numbers::{float, unsigned};
use super::record::Record;
use crate::call::{AlleleCode, Call, Genotype};

/// Where each FORMAT field stands in a sample's column. Kept from line to line, since FORMAT seldom changes.
#[derive(Default)]
pub(super) struct Layout {
    format: Vec<u8>,
    fields: [Option<u16>; KEYS.len()],
    /// Fields up to the last one we know.
    width: usize,
    /// AD has one value (VarScan): the alternate's depth, with the reference's in RD.
    single_depth: bool,
}

const KEYS: [&[u8]; 16] =
    [b"GT", b"AD", b"DP", b"GQ", b"PL", b"GL", b"RO", b"AO", b"DV", b"PS", b"PGT", b"PID", b"AF", b"VAF", b"HF", b"RD"];
const GT: usize = 0;
const AD: usize = 1;
const DP: usize = 2;
const GQ: usize = 3;
const PL: usize = 4;
const GL: usize = 5;
const RO: usize = 6;
const AO: usize = 7;
const DV: usize = 8;
const PS: usize = 9;
const PGT: usize = 10;
const PID: usize = 11;
const AF: usize = 12;
const VAF: usize = 13;
const HF: usize = 14;
const RD: usize = 15;

/// Fields of one sample that are looked at; FORMAT fields after these are not.
const WIDTH: usize = 64;

impl Layout {
    fn follow(&mut self, record: &Record<'_>) {
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
struct Fields<'a, 'l> {
    layout: &'l Layout,
    parts: [&'a [u8]; WIDTH],
    count: usize,
}

impl<'a, 'l> Fields<'a, 'l> {
    fn of(layout: &'l Layout, mut text: &'a [u8]) -> Self {
        let (mut parts, mut count) = ([&text[..0]; WIDTH], 0);
        while count < layout.width {
            let end = text.iter().position(|b| *b == b':');
            parts[count] = &text[..end.unwrap_or(text.len())];
            count += 1;
            let Some(end) = end else { break };
            text = &text[end + 1..];
        }
        Self { layout, parts, count }
    }

    /// A field's text; `None` when absent, dropped at the end, empty or `.`.
    fn get(&self, key: usize) -> Option<&'a [u8]> {
        let place = usize::from(self.layout.fields[key]?);
        self.parts[..self.count].get(place).copied().filter(|text| !matches!(*text, b"." | b""))
    }
}

impl<'a> Record<'a> {
    /// GT only, for each of `columns` (0-based samples; `None` is a member without a column and gives
    /// [`Genotype::MISSING`]), as seen from one alternate (1-based, as in GT). `out` is emptied first.
    /// Calls with more than two copies are missing, and counted in [`super::Summary::polyploid_calls`].
    ///
    /// # Errors
    /// When a genotype is malformed or names an allele the line does not have, or the line has no such alternate or
    /// the file no such sample.
    pub fn genotypes(
        &self,
        alternate: usize,
        columns: &[Option<usize>],
        out: &mut Vec<Genotype>,
    ) -> Result<(), VcfError> {
        out.clear();
        let view = self.view(alternate)?;
        // The specification puts GT first when it is there at all; anything else goes the long way.
        let first = self.header.columns > 8 && matches!(self.column(8), b"GT" | [b'G', b'T', b':', ..]);
        if !first {
            let mut calls = Vec::with_capacity(columns.len());
            self.calls(alternate, columns, &mut calls)?;
            out.extend(calls.iter().map(|c| c.genotype));
            return Ok(());
        }
        for column in columns {
            out.push(match column {
                None => Genotype::MISSING,
                Some(column) => {
                    let text = self.sample(*column)?;
                    self.genotype(leading(text), view)?
                }
            });
        }
        Ok(())
    }

    /// The calls of `columns` (0-based samples; `None` is a member without a column and gives [`Call::MISSING`]), as seen
    /// from one alternate (1-based, as in GT). `out` is emptied first. How each field is read stands at [`Call`];
    /// a field that is absent, `.`, or has another number of values than the line has alleles is `None`.
    ///
    /// # Errors
    /// As [`Record::genotypes`], and when a field is not a number.
    pub fn calls(&self, alternate: usize, columns: &[Option<usize>], out: &mut Vec<Call>) -> Result<(), VcfError> {
        out.clear();
        let view = self.view(alternate)?;
        let mut layout = self.scratch.layout.borrow_mut();
        layout.follow(self);
        for column in columns {
            out.push(match column {
                None => Call::MISSING,
                Some(column) => self.call(&Fields::of(&layout, self.sample(*column)?), view)?,
            });
        }
        Ok(())
    }

    fn view(&self, alternate: usize) -> Result<View, VcfError> {
        let alternates = self.alternate_count();
        if alternate == 0 || alternate > alternates {
            return Err(self.no_such_alternate(alternate));
        }
        Ok(View { alternate, alternates })
    }

    #[inline]
    fn sample(&self, column: usize) -> Result<&'a [u8], VcfError> {
        let samples = self.header.samples.len();
        if column >= samples {
            return Err(VcfError::NoSuchSample { line: self.number, column, samples });
        }
        Ok(self.column(9 + column))
    }

    #[inline]
    fn genotype(&self, text: &[u8], view: View) -> Result<Genotype, VcfError> {
        // Nearly all genotypes are two digits and a separator.
        if let [a, separator @ (b'/' | b'|'), b] = text
            && let (Some(a), Some(b)) = (view.digit(*a), view.digit(*b))
        {
            return Ok(Genotype { alleles: [a, b], copies: 2, phased: *separator == b'|' });
        }
        self.any_genotype(text, view)
    }

    #[cold]
    fn any_genotype(&self, text: &[u8], view: View) -> Result<Genotype, VcfError> {
        if matches!(text, b"." | b"") {
            return Ok(Genotype::MISSING);
        }
        // VCF 4.4 allows a separator before the first allele.
        let inner = text.strip_prefix(b"/").or_else(|| text.strip_prefix(b"|")).unwrap_or(text);
        let (mut alleles, mut copies) = ([AlleleCode::Missing; 2], 0usize);
        for part in inner.split(|b| matches!(b, b'/' | b'|')) {
            let code = if part == b"." {
                AlleleCode::Missing
            } else {
                let expected = "allele numbers or `.` between `/` or `|`";
                let allele = unsigned(part).ok_or_else(|| self.value("GT", text, expected))?;
                let code = view.code(allele);
                let alternates = view.alternates;
                code.ok_or_else(|| VcfError::AlleleIndex { line: self.number, value: shown(text), allele, alternates })?
            };
            if let Some(slot) = alleles.get_mut(copies) {
                *slot = code;
            }
            copies += 1;
        }
        match copies {
            1 => Ok(Genotype { alleles: [alleles[0]; 2], copies: 1, phased: false }),
            2 => Ok(Genotype { alleles, copies: 2, phased: !text.contains(&b'/') }),
            _ => {
                self.scratch.polyploid.set(self.scratch.polyploid.get() + 1);
                Ok(Genotype::MISSING)
            }
        }
    }

    fn call(&self, fields: &Fields<'_, '_>, view: View) -> Result<Call, VcfError> {
        let text = fields.get(GT).unwrap_or(b".");
        let mut genotype = self.genotype(text, view)?;
        let mut phase_set = None;
        if let Some(physical) = fields.get(PGT)
            && !genotype.phased
        {
            phase_set = self.physical_phase(fields, physical, text, &mut genotype);
        }
        if genotype.phased && phase_set.is_none() {
            phase_set = fields.get(PS).and_then(unsigned);
        }
        let depth = self.number(fields, DP, "DP")?;
        let [reference_depth, alternate_depth, other_depth] = self.depths(fields, view, depth)?;
        Ok(Call {
            genotype,
            phase_set,
            depth,
            reference_depth,
            alternate_depth,
            other_depth,
            genotype_quality: self.float(fields, GQ, "GQ")?,
            likelihoods: self.likelihoods(fields, view)?,
            allele_fraction: self.fraction(fields, view)?,
        })
    }

    /// GATK's physical phase: PGT gives the phase of a heterozygous call, PID (`position_ref_alt`) its set.
    /// PGT speaks of "the" alternate, so a call of two different alternates keeps its own phase.
    fn physical_phase(
        &self,
        fields: &Fields<'_, '_>,
        physical: &[u8],
        text: &[u8],
        genotype: &mut Genotype,
    ) -> Option<u32> {
        let swap = match physical {
            b"0|1" => false,
            b"1|0" => true,
            _ => return None,
        };
        let reference_first = text.first() == Some(&b'0');
        let reference_second = text.last() == Some(&b'0') && matches!(text, [.., b'/', b'0']);
        if genotype.copies != 2 || reference_first == reference_second || genotype.is_missing() {
            return None;
        }
        if reference_first == swap {
            genotype.alleles.swap(0, 1);
        }
        genotype.phased = true;
        fields.get(PID)?.split(|b| *b == b'_').next().and_then(unsigned)
    }

    /// Depths of the reference, this alternate and the others: AD, else RO and AO, else DP and DV.
    fn depths(&self, fields: &Fields<'_, '_>, view: View, depth: Option<u32>) -> Result<[Option<u32>; 3], VcfError> {
        let unknown = [None; 3];
        if let Some(text) = fields.get(AD) {
            let count = memchr::memchr_iter(b',', text).count() + 1;
            if count == 1 && fields.layout.single_depth && view.alternates == 1 {
                return Ok([self.number(fields, RD, "RD")?, self.whole(text, "AD")?, Some(0)]);
            }
            if count != view.alternates + 1 {
                return Ok(unknown);
            }
            let (mut reference, mut this, mut others) = (None, None, Some(0u32));
            for (index, value) in text.split(|b| *b == b',').enumerate() {
                let value = self.whole(value, "AD")?;
                match index {
                    0 => reference = value,
                    i if i == view.alternate => this = value,
                    _ => others = others.zip(value).map(|(a, b)| a.saturating_add(b)),
                }
            }
            return Ok([reference, this, others]);
        }
        if let Some(text) = fields.get(AO) {
            let reference = self.number(fields, RO, "RO")?;
            if memchr::memchr_iter(b',', text).count() + 1 != view.alternates {
                return Ok([reference, None, None]);
            }
            let (mut this, mut others) = (None, Some(0u32));
            for (index, value) in text.split(|b| *b == b',').enumerate() {
                let value = self.whole(value, "AO")?;
                if index + 1 == view.alternate {
                    this = value;
                } else {
                    others = others.zip(value).map(|(a, b)| a.saturating_add(b));
                }
            }
            return Ok([reference, this, others]);
        }
        // DV counts every read that is not the reference: with several alternates it says nothing of one.
        if view.alternates == 1
            && let (Some(alternate), Some(depth)) = (self.number(fields, DV, "DV")?, depth)
        {
            return Ok([Some(depth.saturating_sub(alternate)), Some(alternate), Some(0)]);
        }
        Ok(unknown)
    }

    /// The three of PL, or of GL (log10) as phred with the smallest of the whole call at 0.
    /// Genotype j/k (j ≤ k) stands at k(k+1)/2 + j. A haploid call has no such three.
    fn likelihoods(&self, fields: &Fields<'_, '_>, view: View) -> Result<Option<[u32; 3]>, VcfError> {
        let genotypes = (view.alternates + 1) * (view.alternates + 2) / 2;
        let places = [0, triangle(view.alternate), triangle(view.alternate) + view.alternate];
        if let Some(text) = fields.get(PL) {
            let (mut found, mut count) = ([None; 3], 0);
            for value in text.split(|b| *b == b',') {
                if let Some(slot) = places.iter().position(|p| *p == count) {
                    found[slot] = self.whole(value, "PL")?;
                }
                count += 1;
            }
            return Ok(three(found).filter(|_| count == genotypes));
        }
        let Some(text) = fields.get(GL) else { return Ok(None) };
        let (mut found, mut count, mut best) = ([None; 3], 0, f32::NEG_INFINITY);
        for value in text.split(|b| *b == b',') {
            let value = self.decimal(value, "GL")?;
            best = best.max(value.unwrap_or(best));
            if let Some(slot) = places.iter().position(|p| *p == count) {
                found[slot] = value;
            }
            count += 1;
        }
        // A float that is too large or negative is cut to the range by `as`.
        let phred = |gl: f32| (-10.0 * (gl - best)).round() as u32;
        Ok(three(found).filter(|_| count == genotypes).map(|gl| gl.map(phred)))
    }

    /// AF, VAF or HF: one value for each alternate, for each allele, or one in all at a place with one alternate.
    fn fraction(&self, fields: &Fields<'_, '_>, view: View) -> Result<Option<f32>, VcfError> {
        for (key, name) in [(AF, "AF"), (VAF, "VAF"), (HF, "HF")] {
            let Some(text) = fields.get(key) else { continue };
            let count = memchr::memchr_iter(b',', text).count() + 1;
            let place = match count {
                n if n == view.alternates => view.alternate - 1,
                n if n == view.alternates + 1 => view.alternate,
                _ => continue,
            };
            let value = text.split(|b| *b == b',').nth(place).unwrap_or(b".");
            let value = self.decimal(value, name)?.filter(|f| (0.0..=1.0).contains(f));
            if value.is_some() {
                return Ok(value);
            }
        }
        Ok(None)
    }

    fn number(&self, fields: &Fields<'_, '_>, key: usize, name: &'static str) -> Result<Option<u32>, VcfError> {
        fields.get(key).map_or(Ok(None), |text| self.whole(text, name))
    }

    fn float(&self, fields: &Fields<'_, '_>, key: usize, name: &'static str) -> Result<Option<f32>, VcfError> {
        fields.get(key).map_or(Ok(None), |text| self.decimal(text, name))
    }

    /// A count; some callers write `12.0`. Negative and not-a-number are unknown.
    #[inline]
    fn whole(&self, text: &[u8], name: &'static str) -> Result<Option<u32>, VcfError> {
        if let Some(value) = unsigned(text) {
            return Ok(Some(value));
        }
        Ok(self.decimal(text, name)?.filter(|f| *f >= 0.0).map(|f| f.round() as u32))
    }

    #[inline]
    fn decimal(&self, text: &[u8], name: &'static str) -> Result<Option<f32>, VcfError> {
        if let Some(value) = float(text) {
            return Ok(Some(value));
        }
        let known = text.is_empty()
            || [&b"."[..], b"nan", b"-nan", b"inf", b"-inf", b"infinity", b"-infinity"]
                .iter()
                .any(|n| n.eq_ignore_ascii_case(text));
        if known { Ok(None) } else { Err(self.value(name, text, "a number or `.`")) }
    }
}

/// One alternate among the alternates of a line.
#[derive(Clone, Copy)]
struct View {
    alternate: usize,
    alternates: usize,
}

impl View {
    #[inline]
    fn code(self, allele: u32) -> Option<AlleleCode> {
        match allele as usize {
            0 => Some(AlleleCode::Reference),
            n if n == self.alternate => Some(AlleleCode::Alternate),
            n if n <= self.alternates => Some(AlleleCode::Other),
            _ => None,
        }
    }

    #[inline]
    fn digit(self, byte: u8) -> Option<AlleleCode> {
        if byte == b'.' {
            return Some(AlleleCode::Missing);
        }
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 { None } else { self.code(u32::from(digit)) }
    }
}

/// The text before the first colon.
#[inline]
fn leading(text: &[u8]) -> &[u8] {
    match text {
        [_, _, _, b':', ..] => &text[..3],
        _ => &text[..text.iter().position(|b| *b == b':').unwrap_or(text.len())],
    }
}

fn triangle(k: usize) -> usize {
    k * (k + 1) / 2
}

fn three<T: Copy>(values: [Option<T>; 3]) -> Option<[T; 3]> {
    Some([values[0]?, values[1]?, values[2]?])
}
