//! Pharmacogenomics: from a VCF to named alleles, phenotypes and CPIC's recommendations, with a check of a medicine list.
//!
//! The method is that of PharmCAT (Sangkuhl et al. 2020), with phase sets and missing positions told apart from the
//! reference; `docs/methods/pharmacogenomics.md` says how, and where it differs.

pub mod gene;
pub mod lowest;
pub mod matcher;
pub mod medicines;
mod names;
pub mod observe;
pub mod outside;
pub mod recommend;
pub mod report;
mod warnings;

use indgang_knowledge::pgx::Pgx;
use indgang_model::Assembly;
use observe::Observed;
use outside::OutsideCall;
use report::{GeneReport, Report, Warning};
use std::collections::BTreeMap;

/// What is known beside the VCF, and what the answer names.
#[derive(Debug)]
pub struct Beside<'a> {
    /// Genome build of the file.
    pub assembly: Assembly,
    /// Outside calls of this sample, by gene.
    pub outside: &'a BTreeMap<String, Vec<OutsideCall>>,
    /// Lines of the medicine list.
    pub medicines: Option<&'a [String]>,
    /// Version of each source by its name.
    pub versions: BTreeMap<String, String>,
    /// The program's version.
    pub program_version: &'a str,
}

/// The answer about one sample (its number in the file).
pub fn analyse(pgx: &Pgx, observed: &Observed<'_>, sample: usize, name: &str, beside: &Beside<'_>) -> Report {
    let none = Vec::new();
    let genes: Vec<GeneReport> = pgx
        .genes
        .iter()
        .enumerate()
        .map(|(number, gene)| {
            let outside = beside.outside.get(&*gene.symbol).unwrap_or(&none);
            gene::report(gene, observed.gene(sample, number).as_ref(), outside)
        })
        .collect();
    let by_symbol: BTreeMap<&str, &GeneReport> = genes.iter().map(|g| (g.gene.as_str(), g)).collect();
    let (mut drugs, mut drugs_without_result) = (Vec::new(), Vec::new());
    for guideline in &pgx.guidelines {
        match recommend::drug(pgx, guideline, &by_symbol) {
            Some(drug) => drugs.push(drug),
            None => drugs_without_result.push(guideline.drug.to_string()),
        }
    }
    let medicines = beside.medicines.map(|list| medicines::check(pgx, list, &drugs));
    let mut warnings = Vec::new();
    if genes.iter().all(|g| g.matched_positions.is_empty()) {
        warnings.push(Warning::new(
            "no_positions",
            "Filen har ingen af de positioner, der spørges efter. En VCF med kun varianter mangler de steder, hvor personen er som referencen: kald positionerne, også dem uden variant.",
            "The file has none of the positions that are asked for. A VCF of variants only lacks the places where the person is as the reference: call the positions, those without variant too.",
        ));
    }
    Report {
        format: report::FORMAT,
        program_version: beside.program_version.to_owned(),
        sample: name.to_owned(),
        assembly: beside.assembly.to_string(),
        versions: beside.versions.clone(),
        disclaimer: warnings::disclaimer(),
        genes,
        drugs,
        drugs_without_result,
        medicines,
        warnings,
    }
}
