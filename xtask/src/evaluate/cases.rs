//! Published cases: phenopackets, one a line.

use anyhow::{Context, Result, bail};
use indgang_interpret::phenotype::{CaseSource, Query, SolvedCase};
use indgang_knowledge::phenotype::DiseaseId;
use indgang_knowledge::{Genes, Mode};
use indgang_model::Chromosome;
use indgang_sources::compressed;
use indgang_sources::phenopacket::{self, Phenopacket, UnknownTerms};
use indgang_terminology::Hpo;
use std::io::Read;
use std::path::Path;

/// Publications with a higher number came after the knowledge was frozen (January 2023).
const FREEZE: u32 = 36_700_000;

/// What the development cases are, as models tell it.
pub const DEVELOPMENT: &str =
    "development cases: phenopacket-store b694d17ec6fd, genes with md5(gene) % 4 = 0, at most 8 a gene";

/// A patient with a known diagnosis.
pub struct Case {
    pub packet: Phenopacket,
    pub truth: Option<DiseaseId>,
    pub query: Query,
}

impl Case {
    /// The publication that counts as one draw; 0 when there is none.
    pub fn publication(&self) -> u32 {
        self.packet.publications.first().map_or(0, |p| p.0)
    }

    /// Published after the knowledge was frozen.
    pub fn is_new(&self) -> bool {
        self.publication() > FREEZE
    }

    fn solved(&self, genes: &Genes) -> Option<SolvedCase> {
        let source = match self.packet.publications.first() {
            Some(pmid) => CaseSource::Publication(*pmid),
            // Nothing tells whether another case is of the same source: nobody learns from it.
            None => return None,
        };
        Some(SolvedCase {
            disease: self.truth?,
            label: self.packet.diagnosis.as_ref().map_or("", |d| &d.label).into(),
            gene: self.gene(genes),
            mode: self.mode(),
            observed: self.query.observed.clone(),
            source,
        })
    }
}

impl Case {
    fn gene(&self, genes: &Genes) -> Option<Box<str>> {
        let written = &self.packet.causative.first()?.gene;
        genes.by_symbol(written).map(|gene| gene.symbol.clone())
    }

    /// What the zygosity of the causative variants tells; nothing on the X chromosome.
    fn mode(&self) -> Option<Mode> {
        let causative = &self.packet.causative;
        if causative.iter().any(|c| c.variant.chrom == Chromosome::X) {
            return None;
        }
        match causative.as_slice() {
            [one] if one.zygosity == "heterozygous" => Some(Mode::AutosomalDominant),
            [one] if one.zygosity == "homozygous" => Some(Mode::AutosomalRecessive),
            [_, _] => Some(Mode::AutosomalRecessive),
            _ => None,
        }
    }
}

/// All cases of a file, plain or compressed. Signs newer than the ontology are passed over.
pub fn read(path: &Path, hpo: &Hpo) -> Result<Vec<Case>> {
    let mut text = String::new();
    compressed::open(path)?.read_to_string(&mut text).with_context(|| format!("reading `{}`", path.display()))?;
    let lines = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
    let cases: Vec<Case> = lines
        .map(|(number, line)| {
            let packet = phenopacket::parse_with(line.as_bytes(), hpo, UnknownTerms::PassOver)
                .with_context(|| format!("`{}`, line {number}", path.display()))?;
            let query =
                Query { exclude_publications: packet.publications.clone(), ..Query::from_features(&packet.features) };
            Ok(Case { truth: packet.diagnosis.as_ref().and_then(|d| d.disease()), query, packet })
        })
        .collect::<Result<_>>()?;
    if cases.is_empty() {
        bail!("`{}` holds no cases; give phenopackets, one a line", path.display());
    }
    Ok(cases)
}

/// What others can learn from the cases.
pub fn solved(cases: &[Case], genes: &Genes) -> Vec<SolvedCase> {
    cases.iter().filter_map(|case| case.solved(genes)).collect()
}
