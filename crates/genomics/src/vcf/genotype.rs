//! GT, and the fast way to it.

use super::error::{VcfError, shown};
use super::numbers::unsigned;
use super::record::Record;
use crate::call::{AlleleCode, Genotype};

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

    pub(super) fn view(&self, alternate: usize) -> Result<View, VcfError> {
        let alternates = self.alternate_count();
        if alternate == 0 || alternate > alternates {
            return Err(self.no_such_alternate(alternate));
        }
        Ok(View { alternate, alternates })
    }

    #[inline]
    pub(super) fn sample(&self, column: usize) -> Result<&'a [u8], VcfError> {
        let samples = self.header.samples.len();
        if column >= samples {
            return Err(VcfError::NoSuchSample { line: self.number, column, samples });
        }
        Ok(self.column(9 + column))
    }

    #[inline]
    pub(super) fn genotype(&self, text: &[u8], view: View) -> Result<Genotype, VcfError> {
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
}

/// One alternate among the alternates of a line.
#[derive(Clone, Copy)]
pub(super) struct View {
    pub alternate: usize,
    pub alternates: usize,
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
        [_, b'/' | b'|', _, b':', ..] => &text[..3],
        _ => &text[..text.iter().position(|b| *b == b':').unwrap_or(text.len())],
    }
}
