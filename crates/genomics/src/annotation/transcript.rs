//! One transcript's line of an annotation.

use super::layout::{Annotator, Cells, Layout, Slot};
use crate::consequence::{Consequence, ConsequenceSet};
use std::borrow::Cow;
use std::cmp::Reverse;

/// What one alternate does to one transcript, as the file's annotation says. Texts are as written ([`decode`] undoes
/// VEP's escapes); empty cells are `None`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TranscriptConsequence<'a> {
    /// Which tool said it.
    pub annotator: Annotator,
    /// Gene symbol.
    pub gene_symbol: Option<&'a str>,
    /// Gene identifier, of Ensembl (`ENSG…`) or Entrez (digits).
    pub gene_id: Option<&'a str>,
    /// HGNC's number of the gene.
    pub hgnc_id: Option<u32>,
    /// Transcript accession.
    pub transcript: Option<&'a str>,
    /// Biotype: `protein_coding` …
    pub biotype: Option<&'a str>,
    /// All consequences whose terms are known.
    pub consequences: ConsequenceSet,
    /// The most severe of them; [`Consequence::Sequence`] when no term is known.
    pub consequence: Consequence,
    /// Exon as `28/30`. (SnpEff writes introns in the same column.)
    pub exon: Option<&'a str>,
    /// Intron as `3/20`.
    pub intron: Option<&'a str>,
    /// HGVS on the transcript.
    pub hgvs_c: Option<&'a str>,
    /// HGVS on the protein.
    pub hgvs_p: Option<&'a str>,
    /// The protein's change in the notation of bcftools, which is not HGVS: `50T>50I`, `215EL>215VL`.
    pub protein_change: Option<&'a str>,
    /// True for a MANE Select or MANE Plus Clinical transcript.
    pub mane: bool,
    /// True for Ensembl's canonical transcript.
    pub canonical: bool,
    /// Clinical significance, parts joined by `&`.
    pub clin_sig: Option<&'a str>,
    layout: &'a Layout,
    entry: &'a str,
    allele: &'a str,
}

/// Scores of predictors, when the annotation has them.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Predictors<'a> {
    /// SIFT: `deleterious(0.01)` or without the number.
    pub sift: Option<&'a str>,
    /// PolyPhen-2: `probably_damaging(0.99)` or without the number.
    pub polyphen: Option<&'a str>,
    /// CADD, phred-scaled.
    pub cadd: Option<f32>,
    /// REVEL, 0 to 1.
    pub revel: Option<f32>,
    /// The largest of SpliceAI's four differences, 0 to 1.
    pub splice_ai: Option<f32>,
}

impl<'a> TranscriptConsequence<'a> {
    pub(super) fn new(layout: &'a Layout, cells: Cells<'a>) -> Self {
        let text = |slot| Some(cells.get(slot)).filter(|cell| !cell.is_empty() && *cell != ".");
        let consequences: ConsequenceSet =
            cells.get(Slot::Terms).trim_start_matches('*').split('&').filter_map(term).collect();
        // `HGNC:8847` and `8847`.
        let hgnc = text(Slot::Hgnc).and_then(|id| id.rsplit(':').next()?.parse().ok());
        let mane = [Slot::ManeSelect, Slot::ManePlus, Slot::Mane].into_iter().any(|slot| text(slot).is_some());
        let bcftools = layout.annotator() == Annotator::BcftoolsCsq;
        Self {
            annotator: layout.annotator(),
            gene_symbol: text(Slot::Symbol),
            gene_id: text(Slot::Gene),
            hgnc_id: hgnc,
            transcript: text(Slot::Feature),
            biotype: text(Slot::Biotype),
            consequences,
            consequence: most_telling(consequences),
            exon: text(Slot::Exon),
            intron: text(Slot::Intron),
            hgvs_c: text(Slot::HgvsC),
            hgvs_p: text(Slot::HgvsP).filter(|_| !bcftools),
            protein_change: text(Slot::HgvsP).filter(|_| bcftools),
            mane,
            canonical: cells.get(Slot::Canonical) == "YES",
            clin_sig: text(Slot::ClinSig),
            layout,
            entry: cells.entry,
            allele: cells.get(Slot::Allele),
        }
    }

    /// What tells genes apart: the symbol, else the identifier.
    pub fn gene(&self) -> Option<&'a str> {
        self.gene_symbol.or(self.gene_id)
    }

    /// The cell of any column by the header's exact name; `None` when empty or unknown.
    pub fn column(&self, name: &str) -> Option<&'a str> {
        self.cell(self.layout.column(name)?)
    }

    /// The highest population frequency of the annotation's columns, and the column that says it.
    /// Several values joined by `&` are of variants at the same place; the highest counts. Values outside 0 to 1 do not.
    pub fn max_frequency(&self) -> Option<(f64, &'a str)> {
        let columns = self.layout.frequencies().iter();
        let values = columns.filter_map(|index| Some((self.frequency(*index)?, &*self.layout.columns()[*index])));
        // Of equals the first column.
        values.reduce(|best, next| if next.0 > best.0 { next } else { best })
    }

    /// Predictors' scores.
    pub fn predictors(&self) -> Predictors<'a> {
        let first = |names: &[&str]| names.iter().find_map(|name| self.column(name));
        let number = |names: &[&str]| first(names).and_then(highest);
        let splice = ["SpliceAI_pred_DS_AG", "SpliceAI_pred_DS_AL", "SpliceAI_pred_DS_DG", "SpliceAI_pred_DS_DL"];
        Predictors {
            sift: first(&["SIFT"]),
            polyphen: first(&["PolyPhen"]),
            cadd: number(&["CADD_PHRED", "CADD_phred"]),
            revel: number(&["REVEL", "REVEL_score"]),
            splice_ai: splice.iter().filter_map(|name| highest(self.column(name)?)).reduce(f32::max),
        }
    }

    /// Smaller is better to show: severity, then MANE, then canonical.
    pub(super) fn rank(&self) -> (Consequence, Reverse<bool>, Reverse<bool>) {
        (self.consequence, Reverse(self.mane), Reverse(self.canonical))
    }

    fn cell(&self, index: usize) -> Option<&'a str> {
        self.entry.split('|').nth(index).filter(|cell| !cell.is_empty() && *cell != ".")
    }

    fn frequency(&self, index: usize) -> Option<f64> {
        let values = self.cell(index)?.split('&').filter_map(|value| {
            // Before release 93 VEP wrote `T:0.001`, also for other alleles of the place.
            let value = match value.split_once(':') {
                Some((allele, value)) => (allele == self.allele).then_some(value)?,
                None => value,
            };
            value.parse().ok().filter(|f| (0.0..=1.0).contains(f))
        });
        values.reduce(f64::max)
    }
}

/// The most severe consequence. `feature_truncation` and `feature_elongation` stand high in the order, but VEP adds them
/// to every structural change in a transcript, intronic ones too: the other terms of the entry say what it does.
fn most_telling(consequences: ConsequenceSet) -> Consequence {
    let mut others = consequences;
    others.remove(Consequence::FeatureTruncation);
    others.remove(Consequence::FeatureElongation);
    others.most_severe().or(consequences.most_severe()).unwrap_or(Consequence::Sequence)
}

fn term(term: &str) -> Option<Consequence> {
    Consequence::from_term(term.as_bytes())
}

/// The highest number of a cell that may hold several joined by `&`.
fn highest(cell: &str) -> Option<f32> {
    cell.split('&').filter_map(|value| value.parse().ok()).filter(|value: &f32| value.is_finite()).reduce(f32::max)
}

/// Undoes VEP's escapes in HGVS (`p.Leu10%3D` is `p.Leu10=`). Other texts are returned as they are.
pub fn decode(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    let mut decoded = text.to_owned();
    for (escape, character) in [("%3D", "="), ("%3B", ";"), ("%2C", ","), ("%20", " "), ("%25", "%")] {
        decoded = decoded.replace(escape, character);
    }
    Cow::Owned(decoded)
}
