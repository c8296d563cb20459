//! The samples' columns, as seen from one alternate allele.

use super::error::VcfError;
use super::genotype::View;
use super::layout::{AD, AF, AO, CN, DP, DV, Fields, GL, GQ, GT, HF, PGT, PID, PL, PS, RD, RO, VAF};
use super::numbers::{float, unsigned};
use super::record::Record;
use crate::call::{Call, Genotype};

impl Record<'_> {
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

    /// The calls of `columns` as seen from an allele that the line does not have: the line's own alternates are "other",
    /// and a call of the reference is one against that allele, too. What speaks of one alternate is `None`.
    ///
    /// # Errors
    /// As [`Record::calls`].
    pub fn calls_beside(&self, columns: &[Option<usize>], out: &mut Vec<Call>) -> Result<(), VcfError> {
        out.clear();
        let view = View { alternate: usize::MAX, alternates: self.alternate_count() };
        let mut layout = self.scratch.layout.borrow_mut();
        layout.follow(self);
        for column in columns {
            let Some(column) = column else {
                out.push(Call::MISSING);
                continue;
            };
            let fields = Fields::of(&layout, self.sample(*column)?);
            let genotype = self.genotype(fields.get(GT).unwrap_or(b"."), view)?;
            let depth = self.number(&fields, DP, "DP")?;
            let [reference_depth, _, other_depth] = self.depths(&fields, view, depth)?;
            out.push(Call {
                phase_set: fields.get(PS).filter(|_| genotype.phased).and_then(unsigned),
                depth,
                reference_depth,
                other_depth,
                genotype_quality: self.float(&fields, GQ, "GQ")?,
                ..Call::of(genotype)
            });
        }
        Ok(())
    }

    /// CN of `columns`: how many copies of the stretch each sample has in all; `None` where the line does not say.
    ///
    /// # Errors
    /// When the line has too few columns, or CN is not a number.
    pub fn copy_numbers(&self, columns: &[Option<usize>]) -> Result<Vec<Option<u32>>, VcfError> {
        let mut layout = self.scratch.layout.borrow_mut();
        layout.follow(self);
        let copies = |column: &Option<usize>| {
            let Some(column) = column else { return Ok(None) };
            self.number(&Fields::of(&layout, self.sample(*column)?), CN, "CN")
        };
        columns.iter().map(copies).collect()
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
            let (mut found, mut count, mut slot) = ([None; 3], 0, 0);
            for value in text.split(|b| *b == b',') {
                // The places ascend.
                if places.get(slot) == Some(&count) {
                    found[slot] = self.whole(value, "PL")?;
                    slot += 1;
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

fn triangle(k: usize) -> usize {
    k * (k + 1) / 2
}

fn three<T: Copy>(values: [Option<T>; 3]) -> Option<[T; 3]> {
    Some([values[0]?, values[1]?, values[2]?])
}
