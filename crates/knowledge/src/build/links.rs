//! The HPO project's links between genes and diseases, in each of the three forms it has published them.

use super::checks::Doubt;
use super::genes::{of, position};
use super::{BuildError, Columns, Tally, fields, rows_of};
use crate::Mode;
use crate::genes::{DiseaseSource, GeneDisease, Genes};
use crate::phenotype::DiseaseAnnotations;
use std::collections::{BTreeMap, BTreeSet};

const FILE: &str = "HPO gene links";

/// Diseases of genes, by the gene's index.
pub(super) type Links = BTreeMap<usize, Vec<GeneDisease>>;

/// Name and modes of inheritance of a disease in the annotation file; `None` when it does not have the disease.
pub(super) fn annotated(diseases: &DiseaseAnnotations, disease: &str) -> Option<(Box<str>, Vec<Mode>)> {
    let known = diseases.get(disease.parse().ok()?)?;
    let modes: BTreeSet<Mode> = known.inheritance.iter().filter_map(|term| Mode::from_hpo(*term)).collect();
    Some((known.name.clone(), modes.into_iter().collect()))
}

/// NCBI Gene number, symbol, disease, source.
type Pair<'a> = (&'a str, &'a str, &'a str, DiseaseSource);

/// Pairs with the line that has them first.
fn pairs(text: &str) -> Result<BTreeMap<Pair<'_>, usize>, BuildError> {
    let mut pairs = BTreeMap::new();
    let (line, heading) = (1, text.lines().next().unwrap_or_default());
    let columns = heading.starts_with("ncbi_gene_id\t").then(|| Columns::of(FILE, line, heading));
    for (line, row) in rows_of(text).skip(usize::from(columns.is_some())) {
        let pair = match &columns {
            Some(columns) => {
                let cell = |name: &str| columns.cell(line, row, columns.need(&[name])?);
                let (entrez, disease) = (cell("ncbi_gene_id")?, cell("disease_id")?);
                let source = by_disease(line, disease)?;
                (entrez.trim_start_matches("NCBIGene:"), cell("gene_symbol")?, disease, source)
            }
            None => {
                let [entrez, symbol, _, _, _, _, _, source, disease] = fields(FILE, line, row)?;
                (entrez, symbol, disease, by_name(line, source)?)
            }
        };
        pairs.entry(pair).or_insert(line);
    }
    if pairs.is_empty() { Err(BuildError::Empty(FILE)) } else { Ok(pairs) }
}

fn by_name(line: usize, source: &str) -> Result<DiseaseSource, BuildError> {
    match source {
        "mim2gene" => Ok(DiseaseSource::Mim2Gene),
        "orphadata" => Ok(DiseaseSource::Orphadata),
        _ => {
            let what = format!("`{source}` is not a source of links this builder knows (mim2gene, orphadata)");
            Err(BuildError::Line { file: FILE, line, what })
        }
    }
}

/// Later files tell the source by the disease's numbering alone, or by an address that differs by release.
fn by_disease(line: usize, disease: &str) -> Result<DiseaseSource, BuildError> {
    match disease.split_once(':') {
        Some(("OMIM", _)) => Ok(DiseaseSource::Mim2Gene),
        Some(("ORPHA", _)) => Ok(DiseaseSource::Orphadata),
        _ => {
            let what = format!("`{disease}` is not a disease of OMIM or Orphanet");
            Err(BuildError::Line { file: FILE, line, what })
        }
    }
}

/// Each pair once, with the disease's name and modes.
pub(super) fn links(
    genes: &Genes,
    text: &str,
    diseases: &DiseaseAnnotations,
    out: &mut Links,
    tally: &mut Tally,
) -> Result<(), BuildError> {
    for ((entrez, symbol, disease, source), line) in pairs(text)? {
        let by_number = entrez.parse().ok().and_then(|n| genes.by_entrez(n)).and_then(|g| of(genes, g));
        let Some(gene) = by_number.or_else(|| position(genes, symbol)) else {
            tally.doubt("links_gene_not_resolved", (FILE, line, Doubt::UnknownGene, symbol));
            continue;
        };
        let known = annotated(diseases, disease);
        if known.is_some() {
            tally.count("links", 1);
        } else {
            tally.doubt("links_disease_not_annotated", (FILE, line, Doubt::DiseaseWithoutLabel, disease));
        }
        let (label, modes) = known.unwrap_or_default();
        let (disease, evidence) = (disease.into(), "".into());
        out.entry(gene).or_default().push(GeneDisease { disease, label, modes, validity: None, source, evidence });
    }
    Ok(())
}
