//! Which column of an annotation field holds what.

use super::alleles::{Alleles, Match};
use super::transcript::TranscriptConsequence;
use memchr::memchr_iter;

/// The tool whose annotations a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Annotator {
    /// Ensembl VEP, field CSQ.
    Vep,
    /// SnpEff, field ANN.
    SnpEff,
    /// bcftools csq, field BCSQ.
    BcftoolsCsq,
}

/// A column that [`TranscriptConsequence`] reads, by its place in the array of cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Slot {
    Allele,
    AlleleNumber,
    Terms,
    Symbol,
    Gene,
    Hgnc,
    Feature,
    Biotype,
    Exon,
    Intron,
    HgvsC,
    HgvsP,
    Canonical,
    Mane,
    ManeSelect,
    ManePlus,
    ClinSig,
    DnaChange,
}

/// How many slots there are.
pub(super) const SLOTS: usize = Slot::DnaChange as usize + 1;

impl Slot {
    /// The slot of a column's name, in the spelling of VEP, SnpEff or bcftools, lower case.
    fn of(name: &str) -> Option<Self> {
        Some(match name {
            "allele" => Self::Allele,
            "allele_num" => Self::AlleleNumber,
            "consequence" | "annotation" => Self::Terms,
            "symbol" | "gene_name" => Self::Symbol,
            "gene" | "gene_id" => Self::Gene,
            "hgnc_id" => Self::Hgnc,
            "feature" | "feature_id" | "transcript" => Self::Feature,
            "biotype" | "transcript_biotype" => Self::Biotype,
            "exon" | "rank" => Self::Exon,
            "intron" => Self::Intron,
            "hgvsc" | "hgvs.c" => Self::HgvsC,
            "hgvsp" | "hgvs.p" | "amino_acid_change" => Self::HgvsP,
            "canonical" => Self::Canonical,
            "mane" => Self::Mane,
            "mane_select" => Self::ManeSelect,
            "mane_plus_clinical" => Self::ManePlus,
            "clin_sig" | "clinvar_clnsig" | "clinvar_clin_sig" => Self::ClinSig,
            "dna_change" => Self::DnaChange,
            _ => return None,
        })
    }
}

/// One annotation field and its columns.
#[derive(Debug, Clone, PartialEq)]
pub struct Layout {
    annotator: Annotator,
    key: Box<str>,
    columns: Vec<Box<str>>,
    /// Slot of each column up to the last that has one.
    slots: Vec<Option<Slot>>,
    /// Columns that hold a population frequency.
    frequencies: Vec<usize>,
}

impl Layout {
    /// Reads the columns from an INFO field's Description; `None` when it lists none, or none with the consequence.
    pub fn from_description(key: &str, description: &str) -> Option<Self> {
        let list = description.split_once("Format:").map_or(description, |(_, list)| list).trim();
        // SnpEff and bcftools put the list in quotes and say more behind it.
        let list = list.strip_prefix('\'').and_then(|l| l.split('\'').next()).unwrap_or(list);
        let list =
            list.split_once('\'').map_or(list, |(before, within)| if before.contains('|') { before } else { within });
        let list = list.trim_end_matches(['\'', '"']).replace("[*]", "").replace(['[', ']'], "");
        let columns: Vec<Box<str>> = list.split('|').map(|name| name.trim().into()).collect();
        let annotator = match key {
            "ANN" => Annotator::SnpEff,
            "BCSQ" => Annotator::BcftoolsCsq,
            _ => Annotator::Vep,
        };
        let slot = |name: &str| match (annotator, name.to_ascii_lowercase().as_str()) {
            // bcftools' column `gene` is the symbol; the same word is the identifier in VEP.
            (Annotator::BcftoolsCsq, "gene") => Some(Slot::Symbol),
            (_, name) => Slot::of(name),
        };
        let mut slots: Vec<Option<Slot>> = columns.iter().map(|name| slot(name)).collect();
        if columns.len() < 2 || !slots.contains(&Some(Slot::Terms)) {
            return None;
        }
        slots.truncate(slots.iter().rposition(Option::is_some)? + 1);
        let frequencies = columns.iter().enumerate().filter(|(_, name)| is_frequency(name)).map(|(place, _)| place);
        let frequencies = frequencies.collect();
        Some(Self { annotator, key: key.into(), columns, slots, frequencies })
    }

    /// The tool.
    pub fn annotator(&self) -> Annotator {
        self.annotator
    }

    /// The INFO field: `CSQ`, `vep`, `ANN` or `BCSQ`.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Column names in the file's order.
    pub fn columns(&self) -> &[Box<str>] {
        &self.columns
    }

    /// Index of a column by its exact name.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| **column == *name)
    }

    /// True when some column holds a population frequency.
    pub fn has_frequencies(&self) -> bool {
        !self.frequencies.is_empty()
    }

    /// Indices of the columns that hold population frequencies.
    pub(super) fn frequencies(&self) -> &[usize] {
        &self.frequencies
    }

    /// Calls `each` for every transcript of one alternate allele in the field's `value`.
    ///
    /// Entries are given to alternates by ALLELE_NUM, else by the tool's own way of writing alleles. On a line with one
    /// alternate, entries that fit nothing all belong to it: the file was split or trimmed after it was annotated.
    pub fn for_alternate<'a>(
        &'a self,
        value: &'a [u8],
        alleles: Alleles<'a>,
        mut each: impl FnMut(TranscriptConsequence<'a>),
    ) {
        let matching = alleles.matching(self.annotator);
        for rule in Match::ALL {
            let mut any = false;
            for cells in Entries(value).filter_map(|entry| self.cells(entry)) {
                if matching.belongs(&cells, rule) {
                    any = true;
                    each(TranscriptConsequence::new(self, cells));
                }
            }
            if any {
                return;
            }
        }
    }

    /// Like [`Layout::for_alternate`] for a record that points here with `@position`: `value` is the field of the record
    /// pointed at, and only entries that name the pointing change (its own `position` and alleles) are given.
    pub fn for_pointer<'a>(
        &'a self,
        value: &'a [u8],
        pointing: Alleles<'a>,
        mut each: impl FnMut(TranscriptConsequence<'a>),
    ) {
        for cells in Entries(value).filter_map(|entry| self.cells(entry)) {
            if pointing.is_named_in(cells.get(Slot::DnaChange)) {
                each(TranscriptConsequence::new(self, cells));
            }
        }
    }

    /// Entries that speak of more than one change (`229P>229F|63280472G>A+63280473G>A`).
    pub(super) fn entries_of_several<'a>(&self, value: &'a [u8]) -> impl Iterator<Item = &'a [u8]> {
        Entries(value).filter(|entry| self.cells(entry).is_some_and(|cells| cells.get(Slot::DnaChange).contains('+')))
    }

    fn cells<'a>(&self, entry: &'a [u8]) -> Option<Cells<'a>> {
        if entry.is_empty() || entry[0] == b'@' {
            return None;
        }
        let entry = std::str::from_utf8(entry).ok()?;
        let mut cells = Cells { entry, cells: [""; SLOTS] };
        let mut start = 0;
        let ends = memchr_iter(b'|', entry.as_bytes()).chain(std::iter::once(entry.len()));
        for (slot, end) in self.slots.iter().zip(ends) {
            if let Some(slot) = slot {
                // The first of two columns with one meaning wins, unless it is empty.
                let cell = &mut cells.cells[*slot as usize];
                if cell.is_empty() {
                    *cell = &entry[start..end];
                }
            }
            start = end + 1;
        }
        Some(cells)
    }
}

/// VEP's columns of population frequencies: `AF`, `EUR_AF`, `gnomADe_NFE_AF`, `MAX_AF`, and the names before release 93.
fn is_frequency(name: &str) -> bool {
    name == "AF" || name == "GMAF" || name.ends_with("_AF") || name.ends_with("_MAF")
}

/// One entry: its text and the cells that have a slot.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Cells<'a> {
    pub(super) entry: &'a str,
    cells: [&'a str; SLOTS],
}

impl<'a> Cells<'a> {
    pub(super) fn get(&self, slot: Slot) -> &'a str {
        self.cells[slot as usize]
    }
}

/// Entries of a field, separated by commas.
struct Entries<'a>(&'a [u8]);

impl<'a> Iterator for Entries<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        if self.0.is_empty() {
            return None;
        }
        let end = memchr::memchr(b',', self.0).unwrap_or(self.0.len());
        let entry = &self.0[..end];
        self.0 = self.0.get(end + 1..).unwrap_or_default();
        Some(entry)
    }
}
