//! The part `genes`: from the publishers' files, and from an earlier release for what is not given.

use super::diseases::{clingen, secondary};
use super::links::{Links, annotated, links};
use super::{BuildError, Rows, Tally, constraint, hgnc, index, rows_of};
use crate::genes::{DiseaseSource, GeneRecord, Genes};
use crate::phenotype::DiseaseAnnotations;
use crate::{GeneDisease, Mode};
use std::collections::BTreeSet;

/// Texts of the publishers' files, unpacked. Of a file that is not given, what an earlier release says is kept.
#[derive(Debug, Clone, Copy)]
pub struct GeneSources<'a> {
    /// HGNC complete set, as published or as entrez, symbol, chromosome, band, type, synonyms, HGNC number, Ensembl gene.
    pub hgnc: Option<&'a str>,
    /// gnomAD constraint by gene.
    pub constraint: Option<&'a str>,
    /// MANE transcripts, to choose among several constraint rows of one gene.
    pub mane: Option<&'a str>,
    /// ClinGen gene–disease validity (CSV).
    pub clingen: Option<&'a str>,
    /// ACMG SF list with its version, for example `3.1`.
    pub acmg: Option<(&'a str, &'a str)>,
    /// HPO project's genes_to_disease or genes_to_phenotype.
    pub gene_links: Option<&'a str>,
    /// HPO annotations, for names of diseases and their inheritance.
    pub diseases: &'a DiseaseAnnotations,
    /// Whether those are newer than the links kept from an earlier release.
    pub new_diseases: bool,
    /// Lists of gene symbols by mode.
    pub mode_lists: Option<&'a [(Mode, &'a str)]>,
    /// List of haploinsufficient genes (ClinGen level 3).
    pub haploinsufficient: Option<&'a str>,
}

/// An earlier release's part with its counts.
pub type Earlier<'a> = (&'a Genes, &'a Rows);

/// Builds the genes, and counts.
///
/// # Errors
/// When a file does not have its shape, or one is neither given nor in an earlier release.
pub fn genes(sources: &GeneSources<'_>, earlier: Option<Earlier<'_>>) -> Result<(Genes, Tally), BuildError> {
    let mut tally = Tally::default();
    let base = earlier.map(|(genes, _)| genes);
    let mut genes = match (sources.hgnc, base) {
        (Some(text), _) => hgnc::table(text, &mut tally)?,
        (None, Some(base)) => base.clone(),
        (None, None) => return Err(BuildError::Empty("HGNC")),
    };
    let kept = base.map(|base| Kept::new(&genes, base, sources.hgnc.is_some()));
    if let Some(text) = sources.constraint {
        genes.records.iter_mut().for_each(|gene| (gene.pli, gene.loeuf) = (None, None));
        constraint::constraint(&mut genes, text, sources.mane, &mut tally)?;
    } else if let Some(kept) = &kept {
        kept.each(|new, old| (genes.records[new].pli, genes.records[new].loeuf) = (old.pli, old.loeuf));
    }
    if let Some(list) = sources.haploinsufficient {
        genes.records.iter_mut().for_each(|gene| gene.haploinsufficient = None);
        haploinsufficient(&mut genes, list, &mut tally);
    } else if let Some(kept) = &kept {
        kept.each(|new, old| genes.records[new].haploinsufficient = old.haploinsufficient);
    }
    let mut by_gene = Links::new();
    match (sources.gene_links, &kept) {
        (Some(text), _) => links(&genes, text, sources.diseases, &mut by_gene, &mut tally)?,
        (None, Some(kept)) => {
            let named = sources.new_diseases.then_some(sources.diseases);
            kept.links(&mut by_gene, named, |source| source != DiseaseSource::ClinGen);
        }
        (None, None) => return Err(BuildError::Empty("HPO gene links")),
    }
    match (sources.clingen, &kept) {
        (Some(text), _) => clingen(&genes, text, &mut by_gene, &mut tally)?,
        (None, Some(kept)) => kept.links(&mut by_gene, None, |source| source == DiseaseSource::ClinGen),
        (None, None) => {}
    }
    let secondary = match (sources.acmg, &kept) {
        (Some(list), _) => secondary(&genes, list, &mut tally)?,
        (None, Some(kept)) => kept.moved(&kept.base.secondary),
        (None, None) => Vec::new(),
    };
    let listed_modes = match (sources.mode_lists, &kept) {
        (Some(lists), _) => listed(&genes, lists, &mut tally),
        (None, Some(kept)) => kept.moved(&kept.base.listed_modes),
        (None, None) => Vec::new(),
    };
    (genes.secondary, genes.listed_modes) = (secondary, listed_modes);
    place_diseases(&mut genes, by_gene);
    if let Some((_, rows)) = earlier {
        keep_counts(sources, rows, &mut tally.rows);
    }
    Ok((genes, tally))
}

/// Counts of what was taken over from an earlier release.
fn keep_counts(sources: &GeneSources<'_>, earlier: &Rows, rows: &mut Rows) {
    let of: [(bool, &[&str]); 6] = [
        (sources.hgnc.is_some(), &["genes", "aliases", "withdrawn_left_out"]),
        (sources.constraint.is_some(), &["genes_with_constraint", "constraint_not_resolved", "constraint_not_unique"]),
        (sources.gene_links.is_some(), &["links", "links_disease_not_annotated", "links_gene_not_resolved"]),
        (sources.clingen.is_some(), &["clingen", "clingen_gene_not_resolved"]),
        (sources.acmg.is_some(), &["secondary_findings", "secondary_finding_genes"]),
        (
            sources.mode_lists.is_some(),
            &["haploinsufficient", "haploinsufficient_not_resolved", "listed_modes", "listed_modes_not_resolved"],
        ),
    ];
    for what in of.iter().filter(|(given, _)| !given).flat_map(|(_, what)| *what) {
        if let Some(n) = earlier.get(*what) {
            rows.insert((*what).to_owned(), *n);
        }
    }
}

/// What an earlier release says, by the genes of the new one.
struct Kept<'b> {
    base: &'b Genes,
    /// Index of each gene of the earlier release in the new one; `None` where the gene is no more.
    place: Vec<Option<usize>>,
}

impl<'b> Kept<'b> {
    fn new(genes: &Genes, base: &'b Genes, other_table: bool) -> Self {
        let place = |(i, gene): (usize, &GeneRecord)| if other_table { same(genes, gene) } else { Some(i) };
        Self { base, place: base.records.iter().enumerate().map(place).collect() }
    }

    /// Calls with the new index and the earlier record of every gene that is in both.
    fn each(&self, mut set: impl FnMut(usize, &GeneRecord)) {
        for (new, old) in self.place.iter().zip(&self.base.records) {
            if let Some(new) = new {
                set(*new, old);
            }
        }
    }

    /// Links from some sources; with `named`, under the names and modes of other annotations.
    fn links(&self, out: &mut Links, named: Option<&DiseaseAnnotations>, from: impl Fn(DiseaseSource) -> bool) {
        for (new, old) in self.place.iter().zip(&self.base.records) {
            let Some(new) = new else { continue };
            for link in self.base.diseases_of(old).iter().filter(|link| from(link.source)) {
                let mut link: GeneDisease = link.clone();
                if let Some(diseases) = named {
                    (link.label, link.modes) = annotated(diseases, &link.disease).unwrap_or_default();
                }
                out.entry(*new).or_default().push(link);
            }
        }
    }

    /// A list by gene under the new indices, sorted.
    fn moved<T: Clone>(&self, list: &[(u32, T)]) -> Vec<(u32, T)> {
        let place = |old: u32| self.place.get(old as usize).copied().flatten().map(index);
        let mut moved: Vec<(u32, T)> =
            list.iter().filter_map(|(old, what)| Some((place(*old)?, what.clone()))).collect();
        moved.sort_by_key(|(gene, _)| *gene);
        moved
    }
}

/// A gene of another table: by its numbers, else by its symbol.
fn same(genes: &Genes, gene: &GeneRecord) -> Option<usize> {
    let by_hgnc = gene.hgnc_id.and_then(|id| genes.by_hgnc(id));
    let by_entrez = || gene.entrez.and_then(|id| genes.by_entrez(id));
    by_hgnc.or_else(by_entrez).and_then(|found| of(genes, found)).or_else(|| position(genes, &gene.symbol))
}

/// Index of the gene that a name means, when it means one.
pub(super) fn position(genes: &Genes, name: &str) -> Option<usize> {
    genes.by_symbol(name).and_then(|gene| of(genes, gene))
}

/// Index of a gene of the table.
pub(super) fn of(genes: &Genes, gene: &GeneRecord) -> Option<usize> {
    let upper = gene.symbol.to_uppercase();
    genes.records.binary_search_by(|g| crate::genes::upper_cmp(&g.symbol, &upper)).ok()
}

fn haploinsufficient(genes: &mut Genes, list: &str, tally: &mut Tally) {
    for name in rows_of(list).map(|(_, name)| name.trim()) {
        match position(genes, name) {
            Some(i) => {
                genes.records[i].haploinsufficient = Some(true);
                tally.count("haploinsufficient", 1);
            }
            None => tally.count("haploinsufficient_not_resolved", 1),
        }
    }
}

fn place_diseases(genes: &mut Genes, mut by_gene: Links) {
    (genes.diseases, genes.disease_start, genes.by_disease) = (Vec::new(), Vec::new(), Vec::new());
    for i in 0..genes.records.len() {
        genes.disease_start.push(index(genes.diseases.len()));
        let mut links = by_gene.remove(&i).unwrap_or_default();
        links.sort_by(|a, b| (a.source, &a.disease, &a.evidence).cmp(&(b.source, &b.disease, &b.evidence)));
        genes.by_disease.extend(links.iter().map(|link| (link.disease.clone(), index(i))));
        genes.diseases.append(&mut links);
    }
    genes.disease_start.push(index(genes.diseases.len()));
    genes.by_disease.sort();
    genes.by_disease.dedup();
}

fn listed(genes: &Genes, lists: &[(Mode, &str)], tally: &mut Tally) -> Vec<(u32, Mode)> {
    let mut listed = BTreeSet::new();
    for (mode, list) in lists {
        for (_, name) in rows_of(list) {
            match position(genes, name) {
                Some(i) => _ = listed.insert((index(i), *mode)),
                None => tally.count("listed_modes_not_resolved", 1),
            }
        }
    }
    tally.count("listed_modes", listed.len());
    listed.into_iter().collect()
}
