//! ClinVar: what submitters have said of a variant, of its amino acid and of its neighbourhood.

use crate::StringPool;
use indgang_model::{Assembly, Chromosome, Variant};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

mod index;
mod protein;
mod significance;

pub use index::{Places, trim};
pub use protein::{MolecularEffect, ProteinChange};
pub use significance::{Significance, stars};

/// What ClinVar says of alleles, without their places: those are in [`Places`], one for each assembly.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Records {
    /// Release of the file, for example `2016-09`.
    pub(crate) version: Box<str>,
    pub(crate) variation_id: Vec<u32>,
    pub(crate) significance: Vec<Significance>,
    pub(crate) stars: Vec<u8>,
    pub(crate) effect: Vec<MolecularEffect>,
    /// Index into `genes`, sorted and unique.
    pub(crate) gene: Vec<u32>,
    pub(crate) words: Vec<u32>,
    pub(crate) traits: Vec<u32>,
    pub(crate) hgvs: Vec<u32>,
    pub(crate) genes: StringPool,
    pub(crate) words_pool: StringPool,
    pub(crate) traits_pool: StringPool,
    /// `NM_000141.4:c.1694A>C\tNP_000132.3:p.Glu565Ala`; the first is empty.
    pub(crate) hgvs_pool: StringPool,
    /// Protein changes by (gene, position, new amino acid), sorted: four columns.
    pub(crate) protein_gene: Vec<u32>,
    pub(crate) protein_position: Vec<u32>,
    pub(crate) protein_to: Vec<u8>,
    pub(crate) protein_record: Vec<u32>,
}

/// ClinVar on one assembly.
#[derive(Debug, Clone, Copy)]
pub struct ClinVar<'a> {
    pub(crate) records: &'a Records,
    pub(crate) places: &'a Places,
}

/// What ClinVar says of one allele.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClinVarRecord<'a> {
    /// ClinVar's variation number (the file's measure set).
    pub variation_id: u32,
    /// The sum of the submissions.
    pub significance: Significance,
    /// The submissions in ClinVar's words, separated by `|`.
    pub significance_words: &'a str,
    /// Review status as gold stars, 0 to 4.
    pub stars: u8,
    /// Gene symbol as the gene table approves it today; as the file has it when the table does not know it.
    pub gene: &'a str,
    /// Names of the conditions as submitted, in order of the file, each once.
    pub traits: Vec<&'a str>,
    /// Change in the transcript, for example `NM_000141.4:c.1694A>C`; `None` when the file with HGVS lacks the allele.
    pub hgvs_c: Option<&'a str>,
    /// Change in the protein, for example `NP_000132.3:p.Glu565Ala`.
    pub hgvs_p: Option<&'a str>,
    /// What the change does, read from the HGVS text.
    pub effect: MolecularEffect,
    /// The protein change in numbers, when it is one amino acid for another (or for a stop).
    pub protein: Option<ProteinChange>,
    /// True when the place was lifted from the other assembly.
    pub lifted: bool,
    /// Release of the file, for example `2016-09`.
    pub version: &'a str,
}

/// How many alleles of which significance lie around a place. Conflicting ones count in neither.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Density {
    /// Pathogenic or likely pathogenic.
    pub pathogenic: u32,
    /// Of these, missense.
    pub pathogenic_missense: u32,
    /// Benign or likely benign.
    pub benign: u32,
    /// Of these, missense.
    pub benign_missense: u32,
    /// Uncertain significance.
    pub uncertain: u32,
}

/// Alleles of one gene by significance and effect, for PP2 and BP1. Conflicting ones count nowhere.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct GeneCounts {
    /// Pathogenic or likely pathogenic missense.
    pub pathogenic_missense: u32,
    /// Pathogenic or likely pathogenic nonsense, frameshift and canonical splice site.
    pub pathogenic_truncating: u32,
    /// Other pathogenic or likely pathogenic, the effect of many of which the file does not tell.
    pub pathogenic_other: u32,
    /// Benign or likely benign missense.
    pub benign_missense: u32,
    /// All benign or likely benign.
    pub benign: u32,
    /// Missense of uncertain significance.
    pub uncertain_missense: u32,
}

impl<'a> ClinVar<'a> {
    /// The record of a variant. The alleles need not be trimmed; they should be left-aligned, as those of the file are.
    /// Never a record that asserts something of the reference allele: such rows are left out when the part is built.
    pub fn get(&self, variant: &Variant) -> Option<ClinVarRecord<'a>> {
        let at = self.places.find(variant)?;
        self.at(at)
    }

    /// Every record, in the order of the file, also those without a place on this assembly.
    pub fn records(&self) -> impl Iterator<Item = ClinVarRecord<'a>> + use<'a> {
        let records = self.records;
        (0..records.len()).filter_map(move |i| records.record(i, false))
    }

    /// Assembly of the places.
    pub fn assembly(&self) -> Assembly {
        self.places.assembly
    }

    /// Number of alleles with a place on this assembly.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// True when there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Alleles whose first base lies in `first..=last` (1-based), in order of place.
    pub fn within(
        &self,
        chrom: Chromosome,
        first: u32,
        last: u32,
    ) -> impl Iterator<Item = (Variant, ClinVarRecord<'a>)> + use<'a> {
        let this = *self;
        this.places.range(chrom, first, last).filter_map(move |i| Some((this.places.variant(i)?, this.at(i)?)))
    }

    /// Counts within `radius` bases to either side. `except` is a variation number not to count: the variant's own.
    pub fn density(&self, chrom: Chromosome, pos: u32, radius: u32, except: Option<u32>) -> Density {
        let mut density = Density::default();
        for i in self.places.range(chrom, pos.saturating_sub(radius), pos.saturating_add(radius)) {
            let Some(record) = self.places.record(i) else { continue };
            if except.is_some() && self.records.variation_id.get(record).copied() == except {
                continue;
            }
            let (Some(significance), Some(effect)) =
                (self.records.significance.get(record), self.records.effect.get(record))
            else {
                continue;
            };
            let missense = u32::from(*effect == MolecularEffect::Missense);
            if significance.is_pathogenic() {
                density.pathogenic += 1;
                density.pathogenic_missense += missense;
            } else if significance.is_benign() {
                density.benign += 1;
                density.benign_missense += missense;
            } else if *significance == Significance::Uncertain {
                density.uncertain += 1;
            }
        }
        density
    }

    /// Records of one codon of a gene's protein: `position` counts amino acids from 1, on the transcript that ClinVar chose.
    /// With `to` (one-letter code, `*` for a stop) only those with that new amino acid: PS1 asks with it, PM5 without.
    pub fn by_protein(&self, gene: &str, position: u32, to: Option<u8>) -> Vec<ClinVarRecord<'a>> {
        let records = self.records.protein_records(gene, position, to);
        records.filter_map(|r| self.records.record(r, false)).collect()
    }

    /// Counts of every gene that has a record, by its approved symbol: one pass over all of them.
    pub fn gene_counts(&self) -> HashMap<&'a str, GeneCounts> {
        self.records.genes.iter().zip(self.records.gene_counts()).collect()
    }

    fn at(&self, index: usize) -> Option<ClinVarRecord<'a>> {
        self.records.record(self.places.record(index)?, self.places.lifted)
    }
}

impl Records {
    /// Number of alleles.
    pub fn len(&self) -> usize {
        self.variation_id.len()
    }

    /// True when there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn record(&self, i: usize, lifted: bool) -> Option<ClinVarRecord<'_>> {
        let (hgvs_c, hgvs_p) = self.hgvs_pool.get(*self.hgvs.get(i)?)?.split_once('\t').unwrap_or(("", ""));
        let some = |text: &'_ str| !text.is_empty() && text != "-";
        Some(ClinVarRecord {
            variation_id: *self.variation_id.get(i)?,
            significance: *self.significance.get(i)?,
            significance_words: self.words_pool.get(*self.words.get(i)?)?,
            stars: *self.stars.get(i)?,
            gene: self.genes.get(*self.gene.get(i)?)?,
            traits: self.traits_pool.get(*self.traits.get(i)?)?.split('|').filter(|t| !t.is_empty()).collect(),
            hgvs_c: Some(hgvs_c).filter(|t| some(t)),
            hgvs_p: Some(hgvs_p).filter(|t| some(t)),
            effect: *self.effect.get(i)?,
            protein: ProteinChange::from_hgvs(hgvs_p),
            lifted,
            version: &self.version,
        })
    }

    fn protein_records(&self, gene: &str, position: u32, to: Option<u8>) -> impl Iterator<Item = usize> + use<'_> {
        let gene = self.genes.find_sorted(gene);
        let key = move |i: usize| Some((*self.protein_gene.get(i)?, *self.protein_position.get(i)?));
        let wanted = gene.map(|g| (g, position));
        let start = partition(self.protein_gene.len(), |i| key(i) < wanted);
        (start..self.protein_gene.len())
            .take_while(move |i| wanted.is_some() && key(*i) == wanted)
            .filter(move |i| to.is_none_or(|to| self.protein_to.get(*i) == Some(&to)))
            .filter_map(|i| self.protein_record.get(i).map(|r| *r as usize))
    }

    /// By index into `genes`.
    fn gene_counts(&self) -> Vec<GeneCounts> {
        let mut all = vec![GeneCounts::default(); self.genes.len()];
        for ((gene, significance), effect) in self.gene.iter().zip(&self.significance).zip(&self.effect) {
            let Some(counts) = all.get_mut(*gene as usize) else { continue };
            let missense = *effect == MolecularEffect::Missense;
            if significance.is_pathogenic() {
                if missense {
                    counts.pathogenic_missense += 1;
                } else if effect.is_truncating() {
                    counts.pathogenic_truncating += 1;
                } else {
                    counts.pathogenic_other += 1;
                }
            } else if significance.is_benign() {
                counts.benign += 1;
                counts.benign_missense += u32::from(missense);
            } else if *significance == Significance::Uncertain {
                counts.uncertain_missense += u32::from(missense);
            }
        }
        all
    }
}

/// First index in `0..len` for which `before` no longer holds.
fn partition(len: usize, before: impl Fn(usize) -> bool) -> usize {
    let (mut low, mut high) = (0, len);
    while low < high {
        let middle = low + (high - low) / 2;
        if before(middle) { low = middle + 1 } else { high = middle }
    }
    low
}
