//! The part `genes`.

use super::diseases::{clingen, links, secondary};
use super::{BuildError, Rows, count, fields, index, rows_of};
use crate::genes::{GeneRecord, Genes, HgncId, LocusType, ensembl_number};
use crate::{GeneDisease, Mode, Resolution};
use indgang_model::Chromosome;
use std::collections::{BTreeMap, BTreeSet};

/// Texts of the publishers' files, unpacked.
#[derive(Debug, Clone, Copy)]
pub struct GeneSources<'a> {
    /// HGNC complete set: entrez, symbol, chromosome, band, type, synonyms, HGNC number, Ensembl gene.
    pub hgnc: &'a str,
    /// gnomAD constraint by gene: symbol, transcript, pLI, observed/expected, its lower and upper bound.
    pub constraint: &'a str,
    /// MANE transcripts, to choose among several constraint rows of one gene.
    pub mane: &'a str,
    /// ClinGen gene–disease validity (CSV).
    pub clingen: &'a str,
    /// ACMG SF list.
    pub acmg: &'a str,
    /// Version of that list, for example `3.1`.
    pub acmg_version: &'a str,
    /// HPO project's genes_to_phenotype.
    pub genes_to_phenotype: &'a str,
    /// HPO annotations, for names of diseases and their inheritance rows.
    pub hpoa: &'a str,
    /// Lists of gene symbols by mode.
    pub mode_lists: &'a [(Mode, &'a str)],
    /// List of haploinsufficient genes (ClinGen level 3).
    pub haploinsufficient: &'a str,
}

/// Builds the genes, and counts.
pub fn genes(sources: &GeneSources<'_>) -> Result<(Genes, Rows), BuildError> {
    let mut rows = Rows::new();
    let mut genes = hgnc(sources.hgnc, &mut rows)?;
    constraint(&mut genes, sources, &mut rows)?;
    for name in rows_of(sources.haploinsufficient).map(|(_, name)| name.trim()) {
        match position(&genes, name) {
            Some(i) => {
                genes.records[i].haploinsufficient = Some(true);
                count(&mut rows, "haploinsufficient", 1);
            }
            None => count(&mut rows, "haploinsufficient_not_resolved", 1),
        }
    }
    let mut by_gene: BTreeMap<usize, Vec<GeneDisease>> = BTreeMap::new();
    links(&genes, sources, &mut by_gene, &mut rows)?;
    clingen(&genes, sources.clingen, &mut by_gene, &mut rows)?;
    place_diseases(&mut genes, by_gene);
    genes.secondary = secondary(&genes, sources, &mut rows)?;
    genes.listed_modes = listed(&genes, sources.mode_lists, &mut rows);
    Ok((genes, rows))
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

fn hgnc(text: &str, rows: &mut Rows) -> Result<Genes, BuildError> {
    let mut read = Vec::new();
    for (line, row) in rows_of(text).skip(1) {
        let [entrez, symbol, chromosome, band, kind, synonyms, hgnc, ensembl] = fields("HGNC", line, row)?;
        let locus_type = locus(kind).ok_or_else(|| BuildError::Line {
            file: "HGNC",
            line,
            what: format!("`{kind}` is not a known type of locus"),
        })?;
        let record = GeneRecord {
            symbol: symbol.into(),
            hgnc_id: hgnc.parse::<HgncId>().ok(),
            entrez: entrez.parse().ok(),
            ensembl: ensembl_number(ensembl),
            chromosome: Chromosome::from_name(chromosome.as_bytes()),
            band: band.into(),
            locus_type,
            pli: None,
            loeuf: None,
            haploinsufficient: None,
        };
        read.push((symbol.to_uppercase(), record, synonyms));
    }
    if read.is_empty() {
        return Err(BuildError::Empty("HGNC"));
    }
    read.sort_by(|a, b| a.0.chars().cmp(b.0.chars()));
    let symbols: BTreeSet<&str> = read.iter().map(|(upper, ..)| upper.as_str()).collect();
    let mut aliases: BTreeSet<(String, u32)> = BTreeSet::new();
    for (i, (upper, _, synonyms)) in read.iter().enumerate() {
        let names = synonyms.split('|').map(|s| s.trim().to_uppercase()).filter(|s| !s.is_empty() && s != upper);
        // An approved symbol goes before any alias, so an alias that is another gene's symbol can never be reached.
        let reachable = names.filter(|s| !symbols.contains(s.as_str()));
        aliases.extend(reachable.map(|s| (s, index(i))));
    }
    count(rows, "genes", read.len());
    count(rows, "aliases", aliases.len());
    let numbered = |number: fn(&GeneRecord) -> Option<u32>| {
        let mut pairs: Vec<(u32, u32)> =
            read.iter().enumerate().filter_map(|(i, (_, g, _))| Some((number(g)?, index(i)))).collect();
        pairs.sort_unstable();
        pairs
    };
    Ok(Genes {
        by_hgnc: numbered(|g| g.hgnc_id.map(|id| id.0)),
        by_entrez: numbered(|g| g.entrez),
        by_ensembl: numbered(|g| g.ensembl),
        aliases: aliases.iter().map(|(name, _)| name.as_str()).collect(),
        alias_gene: aliases.iter().map(|(_, gene)| *gene).collect(),
        diseases: Vec::new(),
        disease_start: Vec::new(),
        by_disease: Vec::new(),
        secondary: Vec::new(),
        listed_modes: Vec::new(),
        records: read.into_iter().map(|(_, record, _)| record).collect(),
    })
}

fn locus(kind: &str) -> Option<LocusType> {
    Some(match kind {
        "protein-coding" => LocusType::ProteinCoding,
        "pseudogene" => LocusType::Pseudogene,
        "ncRNA" => LocusType::NonCodingRna,
        "tRNA" => LocusType::TransferRna,
        "rRNA" => LocusType::RibosomalRna,
        "snRNA" => LocusType::SmallNuclearRna,
        "snoRNA" => LocusType::SmallNucleolarRna,
        "other" => LocusType::Other,
        "unknown" => LocusType::Unknown,
        _ => return None,
    })
}

/// By its approved symbol; its transcript is MANE's; pLI; LOEUF.
type ConstraintRow = (bool, bool, Option<f32>, Option<f32>);

/// Rows that fall on one gene through a former symbol or twice: the row of the MANE transcript counts, else none.
fn constraint(genes: &mut Genes, sources: &GeneSources<'_>, rows: &mut Rows) -> Result<(), BuildError> {
    let mane: BTreeSet<&str> = rows_of(sources.mane)
        .filter_map(|(_, row)| row.split('\t').nth(10))
        .filter_map(|enst| enst.split('.').next())
        .collect();
    let mut found: BTreeMap<usize, Vec<ConstraintRow>> = BTreeMap::new();
    for (line, row) in rows_of(sources.constraint) {
        let [symbol, transcript, pli, _, _, upper] = fields("gnomAD constraint", line, row)?;
        let (approved, gene) = match genes.resolve(symbol) {
            Resolution::Approved(gene) => (true, gene),
            Resolution::Alias(gene) => (false, gene),
            Resolution::Ambiguous(_) | Resolution::Unknown => {
                count(rows, "constraint_not_resolved", 1);
                continue;
            }
        };
        let Some(at) = of(genes, gene) else { continue };
        found.entry(at).or_default().push((approved, mane.contains(transcript), pli.parse().ok(), upper.parse().ok()));
    }
    for (gene, mut candidates) in found {
        if candidates.iter().any(|(approved, ..)| *approved) {
            candidates.retain(|(approved, ..)| *approved);
        }
        if candidates.len() > 1 {
            candidates.retain(|(_, in_mane, ..)| *in_mane);
        }
        match candidates.as_slice() {
            [(_, _, pli, loeuf)] => {
                (genes.records[gene].pli, genes.records[gene].loeuf) = (*pli, *loeuf);
                count(rows, "genes_with_constraint", 1);
            }
            _ => count(rows, "constraint_not_unique", 1),
        }
    }
    Ok(())
}

fn place_diseases(genes: &mut Genes, mut by_gene: BTreeMap<usize, Vec<GeneDisease>>) {
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

fn listed(genes: &Genes, lists: &[(Mode, &str)], rows: &mut Rows) -> Vec<(u32, Mode)> {
    let mut listed = BTreeSet::new();
    for (mode, list) in lists {
        for (_, name) in rows_of(list) {
            match position(genes, name) {
                Some(i) => _ = listed.insert((index(i), *mode)),
                None => count(rows, "listed_modes_not_resolved", 1),
            }
        }
    }
    count(rows, "listed_modes", listed.len());
    listed.into_iter().collect()
}
