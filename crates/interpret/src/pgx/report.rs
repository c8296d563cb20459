//! What is told of one sample: `pgx.json`, a stable contract (`docs/reference/pgx.md`).

use serde::Serialize;
use std::collections::BTreeMap;

/// Layout of the answer; raised when a field changes its meaning or goes away.
pub const FORMAT: &str = "indgang-pgx/1";

/// The answer about one sample.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// [`FORMAT`].
    pub format: &'static str,
    /// The program's version.
    pub program_version: String,
    /// The sample, as the VCF names it.
    pub sample: String,
    /// Genome build of the file.
    pub assembly: String,
    /// Version of each source by its name.
    pub versions: BTreeMap<String, String>,
    /// What this answer is not, in both languages.
    pub disclaimer: Words,
    /// Genes by symbol.
    pub genes: Vec<GeneReport>,
    /// Drugs by name: those with a guideline about a gene of which something is known.
    pub drugs: Vec<DrugReport>,
    /// Drugs with a guideline about genes of which nothing is known here.
    pub drugs_without_result: Vec<String>,
    /// The medicine list held against the guidelines; absent when no list was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub medicines: Option<Vec<MedicineReport>>,
    /// What to mind about the file as a whole.
    pub warnings: Vec<Warning>,
}

/// Danish and English.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Words {
    /// Danish.
    pub da: String,
    /// English.
    pub en: String,
}

/// Something to mind: a code that stays, and words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Warning {
    /// Stays from version to version.
    pub code: &'static str,
    /// Danish.
    pub da: String,
    /// English.
    pub en: String,
}

impl Warning {
    /// A warning in both languages.
    pub fn new(code: &'static str, da: impl Into<String>, en: impl Into<String>) -> Self {
        Self { code, da: da.into(), en: en.into() }
    }
}

/// Where a gene's answer comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CallSource {
    /// Matched from the VCF.
    Vcf,
    /// Given by another program or laboratory.
    OutsideCall,
    /// Inferred from one variant, since no pair of alleles fits.
    Inferred,
    /// The VCF has positions of the gene, and no pair of alleles fits.
    NoMatch,
    /// Nothing is known.
    NoData,
}

/// A gene.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GeneReport {
    /// HGNC symbol.
    pub gene: String,
    /// Who defines the alleles.
    pub source: &'static str,
    /// Version of that.
    pub version: String,
    /// Where the answer comes from.
    pub call_source: CallSource,
    /// True when there is one way only to lay the variants on strands.
    pub effectively_phased: bool,
    /// 1 for a hemizygous call, else 2; 0 when nothing was seen.
    pub copies: u8,
    /// The answer; several when they tie.
    pub diplotypes: Vec<DiplotypeReport>,
    /// Pairs that fit as well and score lower, best first; at most 25.
    pub other_diplotypes: Vec<OtherDiplotype>,
    /// How many more there are.
    pub other_diplotypes_left_out: usize,
    /// Positions with a call.
    pub matched_positions: Vec<PositionReport>,
    /// Positions without: never taken for the reference.
    pub missing_positions: Vec<PositionReport>,
    /// Heterozygous positions whose phase to others is not known, by their names in `matched_positions`.
    pub unphased_positions: Vec<String>,
    /// Alleles that cannot be told or ruled out, since their positions are missing.
    pub alleles_not_callable: Vec<AlleleReport>,
    /// Alleles that fit what was seen of them, of which positions are missing, and that the answer does not name.
    pub alleles_not_ruled_out: Vec<AlleleReport>,
    /// Phenotypes beside the answer's that these alleles would give, on one or both copies.
    pub phenotypes_not_ruled_out: Vec<String>,
    /// Positions that guidelines ask for beside the alleles.
    pub extra_positions: Vec<PositionReport>,
    /// What to mind.
    pub warnings: Vec<Warning>,
}

impl GeneReport {
    /// True when missing positions leave alleles open that would change the gene's function.
    pub fn is_provisional(&self) -> bool {
        let mut open = self.alleles_not_callable.iter().chain(&self.alleles_not_ruled_out);
        !self.diplotypes.is_empty() && open.any(|a| !a.is_normal())
    }
}

/// A diplotype.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DiplotypeReport {
    /// As one writes it, for example `*1/*2`.
    pub name: String,
    /// Positions that the two alleles speak of; absent where nothing was scored.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub score: Option<u32>,
    /// Every allele that was found, where a strand can carry several or the phase is not known.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub found: Vec<String>,
    /// The alleles that count.
    pub alleles: Vec<AlleleReport>,
    /// Phenotype; absent where the source has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phenotype: Option<String>,
    /// Activity score, for genes that are scored.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub activity_score: Option<String>,
    /// What recommendations are looked up by.
    pub lookup_keys: Vec<String>,
}

/// An allele and what it does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AlleleReport {
    /// Name.
    pub name: String,
    /// Function by CPIC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub function: Option<String>,
    /// Activity value by CPIC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub activity_value: Option<String>,
}

impl AlleleReport {
    fn is_normal(&self) -> bool {
        self.function.as_deref().is_some_and(|f| f == "Normal function")
    }
}

/// A pair that fits and scores lower.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OtherDiplotype {
    /// As one writes it.
    pub name: String,
    /// Positions that the two alleles speak of.
    pub score: u32,
}

/// A position.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PositionReport {
    /// Number in dbSNP, else the HGVS name.
    pub name: String,
    /// Chromosome.
    pub chromosome: String,
    /// 1-based on GRCh38.
    pub position: u32,
    /// The genotype in the definition's alleles, for example `C/T` or `C|T`; absent for a missing position.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub genotype: Option<String>,
    /// Phase set of the call, where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phase_set: Option<u32>,
    /// Why there is no call, or what to mind with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<&'static str>,
    /// Of a missing position: the alleles that cannot be told without it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub alleles: Vec<String>,
}

/// A drug.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DrugReport {
    /// CPIC's name.
    pub drug: String,
    /// Identifier with its system.
    pub drug_id: String,
    /// ATC codes.
    pub atc: Vec<String>,
    /// Title of the guideline.
    pub guideline: String,
    /// Who made it.
    pub source: &'static str,
    /// Its version.
    pub version: String,
    /// Where it stands.
    pub url: String,
    /// PubMed numbers.
    pub pmids: Vec<String>,
    /// Genes it speaks of.
    pub genes: Vec<String>,
    /// Those of them without a result.
    pub genes_without_result: Vec<String>,
    /// True when a gene's result leaves alleles open because positions are missing.
    pub provisional: bool,
    /// Recommendations that fit; several for several populations or tied diplotypes.
    pub recommendations: Vec<RecommendationReport>,
    /// For guidelines with an algorithm instead of rows: what to do, in the guideline's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// A recommendation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RecommendationReport {
    /// Strength.
    pub classification: String,
    /// What to do, in the guideline's words.
    pub recommendation: String,
    /// For whom.
    pub population: String,
    /// What the result means, by gene.
    pub implications: BTreeMap<String, String>,
    /// Phenotype, activity score or allele status that it was found by, by gene.
    pub found_by: BTreeMap<String, String>,
    /// Diplotypes that lead here, by gene.
    pub diplotypes: BTreeMap<String, Vec<String>>,
    /// Comments of the guideline.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comments: Option<String>,
}

/// What is said of a medicine on the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MedicineStatus {
    /// There are recommendations for this sample.
    Recommendation,
    /// There is a guideline, and it makes no recommendation for this result.
    NoRecommendation,
    /// There is a guideline, and nothing is known of its genes here.
    NoResult,
    /// CPIC has no guideline in this release.
    NoGuideline,
}

/// A medicine of the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MedicineReport {
    /// Line of the list, as it was given.
    pub given: String,
    /// The drugs of CPIC it was found to be.
    pub drugs: Vec<String>,
    /// What is said.
    pub status: MedicineStatus,
}
