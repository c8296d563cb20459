//! From a line and one of its alternates to an owned, normalised [`Site`].

use super::alternate::Alternate;
use super::error::{VcfError, shown};
use super::numbers::unsigned;
use super::record::Record;
use crate::call::Call;
use crate::normalise::Small;
use crate::reference::ReferenceSequence;
use crate::site::{Event, Site};
use indgang_model::{Chromosome, Variant};

impl Record<'_> {
    /// One alternate (1-based, as in GT) as a site of its own, with the calls of `columns` as in [`Record::calls`].
    ///
    /// A small variant is written in upper case and trimmed; with a reference, REF is compared with it and an insertion
    /// or deletion moved left. Structural alleles, breakends and repeats keep the file's place and text.
    /// `None` for a spanning deletion, an unspecified allele and `.` (they exist only as "other" in the calls), and on
    /// a contig outside the primary assembly.
    ///
    /// # Errors
    /// As [`Record::calls`]; also when REF or ALT has characters other than ACGTN, ALT equals REF, or REF is not what
    /// the reference has there. REF and ALT are never swapped to make them fit.
    pub fn site(
        &self,
        alternate: usize,
        columns: &[Option<usize>],
        reference: Option<&dyn ReferenceSequence>,
    ) -> Result<Option<Site>, VcfError> {
        let Some((variant, event)) = self.place(alternate, reference)? else { return Ok(None) };
        let mut calls: Vec<Call> = Vec::with_capacity(columns.len());
        self.calls(alternate, columns, &mut calls)?;
        Ok(Some(Site {
            variant,
            event,
            calls: calls.into(),
            quality: self.quality(),
            filters: self.filters().map(|f| String::from_utf8_lossy(f).into()).collect(),
            line: self.number,
        }))
    }

    /// The variant and the event of [`Record::site`], without the calls.
    ///
    /// # Errors
    /// As [`Record::site`], but for what is wrong with the calls.
    pub fn place(
        &self,
        alternate: usize,
        reference: Option<&dyn ReferenceSequence>,
    ) -> Result<Option<(Variant, Event)>, VcfError> {
        let allele = self.alternate(alternate)?;
        let Some(chrom) = self.chromosome else { return Ok(None) };
        let bases = self.reference_bases()?;
        Ok(Some(match allele {
            Alternate::SpanningDeletion | Alternate::Unspecified | Alternate::None => return Ok(None),
            Alternate::Sequence(text) => (self.small(chrom, bases, text, reference)?, Event::Small),
            Alternate::Symbolic(text) => (self.symbolic(chrom, bases, text), self.event(alternate, text)),
            Alternate::Breakend(text) => (self.symbolic(chrom, bases, text), Event::Breakend { mate: mate(text) }),
        }))
    }

    /// REF in upper case, checked.
    fn reference_bases(&self) -> Result<Vec<u8>, VcfError> {
        let text = self.reference();
        bases(text).ok_or_else(|| VcfError::Reference { line: self.number, value: shown(text) })
    }

    fn small(
        &self,
        chrom: Chromosome,
        reference: Vec<u8>,
        alternate: &[u8],
        sequence: Option<&dyn ReferenceSequence>,
    ) -> Result<Variant, VcfError> {
        let wrong = || VcfError::Alternate { line: self.number, value: shown(alternate) };
        let alternate = bases(alternate).filter(|a| *a != reference).ok_or_else(wrong)?;
        let mut small = Small { position: self.position, reference, alternate };
        match sequence {
            None => small.trim(),
            Some(sequence) => {
                self.check_reference(chrom, &small.reference, sequence)?;
                small.left_align(chrom, sequence);
            }
        }
        Ok(Variant { chrom, pos: small.position, reference: text(&small.reference), alternate: text(&small.alternate) })
    }

    /// REF must be what the sequence has. Where the sequence is not at hand, or is ambiguous, nothing is said.
    fn check_reference(
        &self,
        chrom: Chromosome,
        reference: &[u8],
        sequence: &dyn ReferenceSequence,
    ) -> Result<(), VcfError> {
        let length = u32::try_from(reference.len()).unwrap_or(u32::MAX);
        let Some(expected) = sequence.bases(chrom, self.position, length) else { return Ok(()) };
        let definite = |b: u8| matches!(b, b'A' | b'C' | b'G' | b'T');
        let agree = |(found, expected): (&u8, &u8)| found == expected || !definite(*found) || !definite(*expected);
        if reference.iter().zip(expected.iter()).all(agree) {
            return Ok(());
        }
        let (found, expected) = (shown(reference), shown(&expected));
        Err(VcfError::ReferenceMismatch { line: self.number, found, expected })
    }

    fn symbolic(&self, chrom: Chromosome, reference: Vec<u8>, alternate: &[u8]) -> Variant {
        let alternate = String::from_utf8_lossy(alternate).into();
        Variant { chrom, pos: self.position, reference: text(&reference), alternate }
    }

    fn event(&self, alternate: usize, symbol: &[u8]) -> Event {
        let name = &symbol[1..symbol.len() - 1];
        let string = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        if let Some(copies) = name.strip_prefix(b"STR").and_then(unsigned) {
            return Event::Repeat {
                unit: self.info("RU").map(string).unwrap_or_default(),
                copies,
                locus: self.info("REPID").or_else(|| self.info("VARID")).map(string).unwrap_or_default(),
                status: self.info_at("STR_STATUS", alternate - 1).map(string),
                end: self.end(alternate),
            };
        }
        let usual = [&b"DEL"[..], b"DUP", b"INS", b"INV"].iter().any(|kind| name.starts_with(kind));
        let sv_type = if usual { name } else { self.info("SVTYPE").filter(|t| !t.is_empty()).unwrap_or(name) };
        Event::Structural { sv_type: string(sv_type), end: self.end(alternate) }
    }

    /// Last base affected: END, else POS + |SVLEN| (which for an insertion is nothing of the reference), else REF's end.
    /// The mitochondrial genome is a circle: what begins before its last base may end after its first.
    fn end(&self, alternate: usize) -> u32 {
        let end = self.info("END").and_then(|t| unsigned(t.split(|b| *b == b',').next().unwrap_or(t)));
        let circle = (self.chromosome == Some(Chromosome::MT)).then(|| self.mitochondrial_length());
        let across = |end: u32| circle.is_some_and(|bases| (1..self.position).contains(&end) && self.position <= bases);
        if let Some(end) = end.filter(|e| *e >= self.position || across(*e)) {
            return end;
        }
        let insertion =
            self.alternate(alternate).is_ok_and(|a| matches!(a, Alternate::Symbolic(t) if t.starts_with(b"<INS")));
        let length = self.info_at("SVLEN", alternate - 1).and_then(|t| unsigned(t.strip_prefix(b"-").unwrap_or(t)));
        match length {
            Some(length) if !insertion => {
                let end = self.position.saturating_add(length);
                circle.filter(|bases| end > *bases && length < *bases).map_or(end, |bases| end - bases)
            }
            _ => self.position.saturating_add(self.reference().len().saturating_sub(1) as u32),
        }
    }
}

/// Bases of the mitochondrial genome (rCRS), where the header does not say it.
const MITOCHONDRIAL: u32 = 16_569;

impl Record<'_> {
    fn mitochondrial_length(&self) -> u32 {
        let contig = self.header.contigs.iter().find(|c| c.chromosome == Some(Chromosome::MT));
        contig.and_then(|c| c.length).unwrap_or(MITOCHONDRIAL)
    }
}

/// Upper case; `None` when empty or when a character is not one of ACGTN.
fn bases(text: &[u8]) -> Option<Vec<u8>> {
    let upper = text.to_ascii_uppercase();
    let good = !upper.is_empty() && upper.iter().all(|b| matches!(b, b'A' | b'C' | b'G' | b'T' | b'N'));
    good.then_some(upper)
}

fn text(bases: &[u8]) -> Box<str> {
    String::from_utf8_lossy(bases).into()
}

/// The place between the brackets of `G]17:198982]`; empty for a single breakend.
fn mate(text: &[u8]) -> String {
    let mut parts = text.split(|b| matches!(b, b'[' | b']'));
    String::from_utf8_lossy(parts.nth(1).unwrap_or(b"")).into_owned()
}
