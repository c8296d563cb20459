//! Annotations that other tools left in INFO: VEP's CSQ, SnpEff's ANN, bcftools' BCSQ.
//!
//! What a column means is read from the file's own header, never assumed. An annotated exome carries kilobytes of these
//! on each line, so nothing is split before it is asked for.

mod alleles;
mod compounds;
mod layout;
mod transcript;

pub use alleles::Alleles;
pub use compounds::Compounds;
pub use layout::{Annotator, Layout};
pub use transcript::{Predictors, TranscriptConsequence, decode};

use crate::vcf::{Header, Record};

/// The annotation fields that a header declares, the richest first: CSQ, then ANN, then BCSQ.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AnnotationFields {
    layouts: Vec<Layout>,
}

impl AnnotationFields {
    /// INFO fields that may hold annotations, in order of preference. gnomAD's own files name VEP's field `vep`.
    pub const KEYS: [&str; 4] = ["CSQ", "vep", "ANN", "BCSQ"];

    /// The fields a header declares.
    pub fn from_header(header: &Header) -> Self {
        Self::from_descriptions(|key| Some(header.info(key)?.description.as_str()))
    }

    /// Calls `each` for every transcript that the annotation names for the alternate of this index (0 is the first), in
    /// the file's order. Nothing for a record without annotation.
    pub fn for_alternate<'a>(&'a self, record: &Record<'a>, index: usize, each: impl FnMut(TranscriptConsequence<'a>)) {
        self.for_alternate_in(|key| record.info(key), Alleles::of(record, index), each);
    }

    /// For each gene, the transcript to show; see [`AnnotationFields::most_severe_by_gene_in`].
    pub fn most_severe_by_gene<'a>(&'a self, record: &Record<'a>, index: usize) -> Vec<TranscriptConsequence<'a>> {
        self.most_severe_by_gene_in(|key| record.info(key), Alleles::of(record, index))
    }

    /// Finds the fields by asking `description` for the Description of each INFO field.
    pub fn from_descriptions<'d>(description: impl Fn(&str) -> Option<&'d str>) -> Self {
        let layouts = Self::KEYS.iter().filter_map(|key| Layout::from_description(key, description(key)?));
        Self { layouts: layouts.collect() }
    }

    /// The fields found, in order of preference; empty for a file that nobody annotated.
    pub fn layouts(&self) -> &[Layout] {
        &self.layouts
    }

    /// Calls `each` for every transcript that the annotation names for one alternate allele, in the file's order.
    /// `info` gives the value of an INFO field; the first field present is used. Entries that are not UTF-8 are passed over.
    pub fn for_alternate_in<'a>(
        &'a self,
        info: impl Fn(&str) -> Option<&'a [u8]>,
        alleles: Alleles<'a>,
        each: impl FnMut(TranscriptConsequence<'a>),
    ) {
        if let Some((layout, value)) = self.first_present(info) {
            layout.for_alternate(value, alleles, each);
        }
    }

    /// For each gene named for one alternate allele, the transcript to show: the one with the most severe consequence,
    /// among equals MANE, then canonical, then the first. In the order in which genes first appear;
    /// genes are told apart by symbol, else by identifier. What names neither (intergenic) is one group.
    pub fn most_severe_by_gene_in<'a>(
        &'a self,
        info: impl Fn(&str) -> Option<&'a [u8]>,
        alleles: Alleles<'a>,
    ) -> Vec<TranscriptConsequence<'a>> {
        let mut genes: Vec<TranscriptConsequence<'a>> = Vec::new();
        self.for_alternate_in(info, alleles, |tc| match genes.iter_mut().find(|g| g.gene() == tc.gene()) {
            Some(best) if tc.rank() < best.rank() => *best = tc,
            Some(_) => {}
            None => genes.push(tc),
        });
        genes
    }

    /// Positions on the same chromosome whose record holds the consequence that this record only points at
    /// (bcftools csq writes `@position` for all but one of several changes in one codon).
    pub fn references_in<'a>(&'a self, info: impl Fn(&str) -> Option<&'a [u8]>) -> impl Iterator<Item = u32> {
        let value = self.first_present(info).filter(|(layout, _)| layout.annotator() == Annotator::BcftoolsCsq);
        value.into_iter().flat_map(|(_, value)| alleles::references(value))
    }

    fn first_present<'a>(&'a self, info: impl Fn(&str) -> Option<&'a [u8]>) -> Option<(&'a Layout, &'a [u8])> {
        self.layouts.iter().find_map(|layout| Some((layout, info(layout.key())?)))
    }
}

#[cfg(test)]
mod tests;
