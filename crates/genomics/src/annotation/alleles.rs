//! Which alternate an annotation entry is about.

use super::layout::{Annotator, Cells, Slot};
use crate::vcf::Record;

/// A record's alleles and which alternate is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Alleles<'a> {
    /// POS.
    pub position: u32,
    /// REF.
    pub reference: &'a [u8],
    /// ALT as the file writes it, with commas.
    pub alternates: &'a [u8],
    /// Which of them, 0 for the first.
    pub index: usize,
}

impl<'a> Alleles<'a> {
    /// The alleles of a record, seen from the alternate of this index (0 is the first).
    pub fn of(record: &Record<'a>, index: usize) -> Self {
        let (reference, alternates) = (record.reference(), record.alternates_raw());
        Self { position: record.position(), reference, alternates, index }
    }

    fn alternate(&self) -> &'a [u8] {
        self.alternates.split(|b| *b == b',').nth(self.index).unwrap_or_default()
    }

    /// True when a list of changes as bcftools writes it (`63280472G>A+63280473C>T`) holds this one.
    pub(super) fn is_named_in(&self, changes: &str) -> bool {
        let change = |text: &str| {
            let digits = text.bytes().take_while(u8::is_ascii_digit).count();
            let (position, alleles) = text.split_at(digits);
            let (reference, alternate) = alleles.split_once('>')?;
            let same = position.parse() == Ok(self.position)
                && reference.as_bytes().eq_ignore_ascii_case(self.reference)
                && alternate.as_bytes().eq_ignore_ascii_case(self.alternate());
            Some(same)
        };
        changes.split('+').any(|text| change(text) == Some(true))
    }

    /// Everything that is the same for all entries of a line.
    pub(super) fn matching(self, annotator: Annotator) -> Matching<'a> {
        let (reference, alternate) = (self.reference, self.alternate());
        let is_sequence = |allele: &[u8]| allele.iter().all(u8::is_ascii_alphabetic);
        let mut sequences = self.alternates.split(|b| *b == b',').filter(|a| is_sequence(a));
        let shared = reference.len() > 1 || self.alternates.split(|b| *b == b',').any(|a| a.len() > 1);
        let shared = shared && sequences.all(|a| a.first() == reference.first());
        let only = !self.alternates.contains(&b',');
        Matching { annotator, alleles: self, reference, alternate, shared, only }
    }
}

/// How strictly an entry's allele is compared; each is tried when the ones before found nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Match {
    /// As the tool writes the allele on a line like this.
    Exact,
    /// In any way the tool may write it on another line: full, without the first base, or trimmed at both ends.
    AnyForm,
    /// Whatever is there, when the line has one alternate.
    Only,
}

impl Match {
    pub(super) const ALL: [Self; 3] = [Self::Exact, Self::AnyForm, Self::Only];
}

/// A line's alleles, prepared for comparing.
pub(super) struct Matching<'a> {
    annotator: Annotator,
    alleles: Alleles<'a>,
    reference: &'a [u8],
    alternate: &'a [u8],
    /// All sequence alleles begin with the same base and not all are single bases: VEP leaves that base out.
    shared: bool,
    only: bool,
}

impl Matching<'_> {
    pub(super) fn belongs(&self, cells: &Cells<'_>, rule: Match) -> bool {
        if rule == Match::Only {
            return self.only;
        }
        match self.annotator {
            Annotator::BcftoolsCsq => {
                let changes = cells.get(Slot::DnaChange);
                // Entries outside coding sequence do not name the change: they hold for every alternate.
                self.only || changes.is_empty() || self.alleles.is_named_in(changes)
            }
            Annotator::SnpEff => self.is_full(cells) || (rule == Match::AnyForm && self.is_trimmed(cells)),
            Annotator::Vep => self.vep(cells, rule),
        }
    }

    fn vep(&self, cells: &Cells<'_>, rule: Match) -> bool {
        let number = cells.get(Slot::AlleleNumber);
        // After splitting a line the number is stale; with one alternate the letters decide.
        if !self.only && !number.is_empty() {
            return number.parse() == Ok(self.alleles.index + 1);
        }
        match rule {
            Match::Exact if self.alternate.starts_with(b"<") => self.is_symbol(cells),
            Match::Exact if self.shared => is_allele(cells, self.alternate.get(1..).unwrap_or_default()),
            Match::Exact => self.is_full(cells),
            _ => self.is_full(cells) || self.is_trimmed(cells),
        }
    }

    fn is_full(&self, cells: &Cells<'_>) -> bool {
        is_allele(cells, self.alternate)
    }

    fn is_trimmed(&self, cells: &Cells<'_>) -> bool {
        let (reference, alternate) = (self.reference, self.alternate);
        if is_allele(cells, alternate.get(1..).unwrap_or_default()) {
            return true;
        }
        let suffix = reference.iter().rev().zip(alternate.iter().rev()).take_while(|(r, a)| r == a).count();
        let (reference, alternate) = (&reference[..reference.len() - suffix], &alternate[..alternate.len() - suffix]);
        let prefix = reference.iter().zip(alternate).take_while(|(r, a)| r == a).count();
        is_allele(cells, &alternate[prefix..])
    }

    /// VEP writes `<DEL>` as `deletion`.
    fn is_symbol(&self, cells: &Cells<'_>) -> bool {
        let word = cells.get(Slot::Allele);
        let symbol = self.alternate.strip_prefix(b"<").unwrap_or_default();
        let kinds: [(&[u8], &str); 5] = [
            (b"DEL", "deletion"),
            (b"INS", "insertion"),
            (b"DUP", "duplication"),
            (b"INV", "inversion"),
            (b"CNV", "copy_number_variation"),
        ];
        self.is_full(cells) || kinds.iter().any(|(start, kind)| symbol.starts_with(start) && word == *kind)
    }
}

/// `-` stands for no bases.
fn is_allele(cells: &Cells<'_>, bases: &[u8]) -> bool {
    let allele = cells.get(Slot::Allele).as_bytes();
    if bases.is_empty() { allele == b"-" } else { allele.eq_ignore_ascii_case(bases) }
}

/// The positions a BCSQ value points at.
pub(super) fn references(value: &[u8]) -> impl Iterator<Item = u32> {
    let pointers = value.split(|b| *b == b',').filter_map(|entry| entry.strip_prefix(b"@"));
    pointers.filter_map(|digits| std::str::from_utf8(digits).ok()?.parse().ok())
}
