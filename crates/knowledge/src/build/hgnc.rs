//! The gene table: HGNC's complete set as published, or the shorter table that the shipped snapshot is made of.

use super::{BuildError, Columns, Tally, index, rows_of};
use crate::genes::{GeneRecord, Genes, HgncId, LocusType, ensembl_number};
use indgang_model::Chromosome;
use std::collections::BTreeSet;

const FILE: &str = "HGNC";

/// Genes with their names and numbers, and nothing said of them yet.
pub(super) fn table(text: &str, tally: &mut Tally) -> Result<Genes, BuildError> {
    let mut lines = rows_of(text);
    let (line, heading) = lines.next().ok_or(BuildError::Empty(FILE))?;
    let columns = Columns::of(FILE, line, heading);
    let published = columns.find(&["locus_type"]).is_some();
    let mut read: Vec<(String, GeneRecord, String)> = Vec::new();
    for (line, row) in lines {
        let record = if published { complete_set(&columns, line, row)? } else { short(&columns, line, row)? };
        match record {
            Some((record, names)) => read.push((record.symbol.to_uppercase(), record, names)),
            None => tally.count("withdrawn_left_out", 1),
        }
    }
    if read.is_empty() {
        return Err(BuildError::Empty(FILE));
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
    tally.count("genes", read.len());
    tally.count("aliases", aliases.len());
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

/// A gene and its other names.
type Named = Option<(GeneRecord, String)>;

/// A row of `hgnc_complete_set.txt`; `None` of an entry that was withdrawn.
fn complete_set(columns: &Columns<'_>, line: usize, row: &str) -> Result<Named, BuildError> {
    let cell = |names: &[&str]| -> Result<&str, BuildError> {
        Ok(columns.cell(line, row, columns.need(names)?)?.trim().trim_matches('"'))
    };
    if cell(&["status"])? != "Approved" {
        return Ok(None);
    }
    let error = |what: String| BuildError::Line { file: FILE, line, what };
    let (kind, location, hgnc) = (cell(&["locus_type"])?, cell(&["location"])?, cell(&["hgnc_id"])?);
    let hgnc_id: HgncId = hgnc.parse().map_err(|_| error(format!("`{hgnc}` is not an HGNC identifier")))?;
    let chromosome = match location {
        "mitochondria" => Some(Chromosome::MT),
        other => other.split(['p', 'q', 'c', ' ']).next().and_then(|name| Chromosome::from_name(name.as_bytes())),
    };
    let names = [cell(&["alias_symbol"])?, cell(&["prev_symbol"])?].join("|");
    let record = GeneRecord {
        symbol: cell(&["symbol"])?.into(),
        hgnc_id: Some(hgnc_id),
        entrez: cell(&["entrez_id"])?.parse().ok(),
        ensembl: ensembl_number(cell(&["ensembl_gene_id"])?),
        chromosome,
        band: location.into(),
        locus_type: published_locus(kind),
        pli: None,
        loeuf: None,
        haploinsufficient: None,
    };
    Ok(Some((record, names)))
}

/// HGNC's types of locus in the few that are told apart here.
fn published_locus(kind: &str) -> LocusType {
    match kind {
        "gene with protein product" => LocusType::ProteinCoding,
        "RNA, transfer" => LocusType::TransferRna,
        "RNA, ribosomal" => LocusType::RibosomalRna,
        "RNA, small nuclear" => LocusType::SmallNuclearRna,
        "RNA, small nucleolar" => LocusType::SmallNucleolarRna,
        "unknown" => LocusType::Unknown,
        rna if rna.starts_with("RNA, ") => LocusType::NonCodingRna,
        pseudogene if pseudogene.contains("pseudogene") => LocusType::Pseudogene,
        _ => LocusType::Other,
    }
}

fn short(columns: &Columns<'_>, line: usize, row: &str) -> Result<Named, BuildError> {
    let cell = |name: &str| columns.cell(line, row, columns.need(&[name])?);
    let kind = cell("type")?;
    let locus_type = locus(kind).ok_or_else(|| BuildError::Line {
        file: FILE,
        line,
        what: format!("`{kind}` is not a known type of locus"),
    })?;
    let record = GeneRecord {
        symbol: cell("symbol")?.into(),
        hgnc_id: cell("hgnc_id")?.parse::<HgncId>().ok(),
        entrez: cell("entrez_id")?.parse().ok(),
        ensembl: ensembl_number(cell("ensembl_id")?),
        chromosome: Chromosome::from_name(cell("chromosome")?.as_bytes()),
        band: cell("cytoband")?.into(),
        locus_type,
        pli: None,
        loeuf: None,
        haploinsufficient: None,
    };
    Ok(Some((record, cell("synonyms")?.to_owned())))
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
