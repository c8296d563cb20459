//! The answer: `report.json`. The shape is stable and documented in `docs/reference/report.md`.

pub use crate::large::{LargeVariant, RepeatReading};
pub use crate::reanalysis::Assessed;

use crate::combined::Bearing;
use indgang_genomics::site::Event;
use indgang_model::{Affected, Assembly, ModeOfInheritance, PhenotypicFeature, Sex, Timestamp, Variant};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

mod people;
mod signals;
mod summary;

pub use signals::{MendelianErrors, RunOfHomozygosity, UniparentalDisomy};
pub use summary::{ClassLine, FindingLine, VariantLine};

/// The three kinds of answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResultKind {
    /// Surely disease-causing.
    Diagnostic,
    /// Uncertain.
    Uncertain,
    /// Nothing evident.
    Negative,
}

/// The whole answer to one case; with [`FindingLine`]s, the answer with a line for each finding instead of its evidence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report<F = Finding> {
    /// Kind of answer.
    pub result: ResultKind,
    /// The case's identifier (phenopacket id, else the family's).
    pub case: String,
    /// The proband's sample.
    pub proband: String,
    /// The genome build.
    pub assembly: Assembly,
    /// Everybody of the pedigree, in pedigree order.
    pub family: Vec<Member>,
    /// The signs, with the names of the knowledge.
    pub phenotypic_features: Vec<PhenotypicFeature>,
    /// Ranked findings, best first; the first 200 at most.
    pub findings: Vec<F>,
    /// For each person who wished them: her secondary findings. A person who wished none has no entry.
    pub secondary_findings: BTreeMap<String, Vec<SecondaryFinding>>,
    /// The waterfall: what was left after each filter, in order.
    pub filters: Vec<FilterStep>,
    /// Quality of samples and pedigree.
    pub quality: Quality,
    /// What the reader must know: no FASTA, missing frequencies, skipped contigs, obsolete terms …
    pub warnings: Vec<String>,
    /// The same in Danish, in the same order; empty in reports of programs that had them in English only.
    #[serde(default)]
    pub warnings_da: Vec<String>,
    /// Versions of program and knowledge by name.
    pub versions: BTreeMap<String, String>,
}

/// One person of the pedigree.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Member {
    /// Identifier in the pedigree, which is the sample's name.
    pub id: String,
    /// Father's identifier.
    pub father: Option<String>,
    /// Mother's identifier.
    pub mother: Option<String>,
    /// Recorded sex.
    pub sex: Sex,
    /// Recorded affected status.
    pub affected: Affected,
    /// True when the VCF has a column for the person.
    pub sequenced: bool,
}

/// A gene.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Gene {
    /// Approved HGNC symbol, or the file's when unknown to HGNC.
    pub symbol: String,
    /// `HGNC:3689`.
    pub hgnc_id: Option<String>,
}

/// A disease.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Disease {
    /// `OMIM:101600`.
    pub id: String,
    /// Name.
    pub label: String,
}

/// One ranked finding: a gene, a mode of inheritance, the variants that fulfil it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// 1 is best.
    pub rank: u32,
    /// The gene.
    pub gene: Gene,
    /// The disease that the signs fit best among the gene's, when any is known.
    pub disease: Option<Disease>,
    /// How it is inherited here.
    pub mode_of_inheritance: ModeOfInheritance,
    /// One variant; two for a compound heterozygote.
    pub variants: Vec<FindingVariant>,
    /// The numbers the rank rests on.
    pub scores: Scores,
    /// What every part contributes, in the order of weight.
    pub explanation: Vec<Explanation>,
    /// The contribution of every sign.
    pub signs: Vec<SignContribution>,
    /// ACMG evidence so far.
    pub acmg: Acmg,
    /// The risk that a next child or a relative is affected, in plain words.
    pub recurrence_risk: RecurrenceRisk,
    /// Machine-readable reservations: `phase_unknown`, `parent_missing`, `low_quality` …
    pub flags: Vec<String>,
    /// What the combined score was made of, for those who measure the method; no part of the written report.
    #[serde(skip)]
    pub bearing: Bearing,
}

/// Flags that tell how a finding is inherited rather than what speaks against it.
const REMARKS: [&str; 6] =
    ["de_novo", "phased_in_trans", "pseudo_dominant", "pseudo_autosomal", "over_deletion", "imprinted_copy_read"];

/// A flag that names another mode of inheritance by which the same variants fit: `also_<mode>`.
const ALSO: &str = "also_";

/// Gene, mode of inheritance and variants: what tells a finding from the others of its case, whatever their order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FindingName {
    /// The gene.
    pub gene: Gene,
    /// How it is inherited here.
    pub mode_of_inheritance: ModeOfInheritance,
    /// The variants.
    pub variants: Vec<Variant>,
}

impl std::fmt::Display for FindingName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mode = serde_json::to_value(self.mode_of_inheritance).ok();
        write!(f, "{} {}", self.gene.symbol, mode.as_ref().and_then(|mode| mode.as_str()).unwrap_or_default())?;
        self.variants.iter().try_for_each(|variant| write!(f, " {variant}"))
    }
}

impl Finding {
    /// Why it makes the answer diagnostic; `None` when it does not.
    pub fn certainty(&self) -> Option<&Explanation> {
        self.explanation.iter().find(|part| part.key == Explanation::CERTAINTY)
    }

    /// What tells it from the others of its case, as text.
    pub fn name(&self) -> String {
        let variants = self.variants.iter().map(|one| one.variant.clone()).collect();
        let name = FindingName { gene: self.gene.clone(), mode_of_inheritance: self.mode_of_inheritance, variants };
        name.to_string()
    }

    /// The flags that cast doubt on it.
    pub fn reservations(&self) -> impl Iterator<Item = &str> {
        self.flags.iter().map(String::as_str).filter(|flag| !is_remark(flag))
    }

    /// The flags that only tell how it is inherited.
    pub fn remarks(&self) -> impl Iterator<Item = Remark<'_>> {
        self.flags
            .iter()
            .map(String::as_str)
            .filter(|flag| is_remark(flag))
            .map(|flag| flag.strip_prefix(ALSO).map_or(Remark::Flag(flag), Remark::AlsoFits))
    }
}

fn is_remark(flag: &str) -> bool {
    REMARKS.contains(&flag) || flag.starts_with(ALSO)
}

/// What a flag says that is no reservation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remark<'f> {
    /// A circumstance by its key.
    Flag(&'f str),
    /// Another mode of inheritance by its key.
    AlsoFits(&'f str),
}

/// One variant of a finding.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FindingVariant {
    /// Place and alleles (`chrom`, `pos`, `ref`, `alt`).
    #[serde(flatten)]
    pub variant: Variant,
    /// Small, structural, breakend or repeat.
    pub event: Event,
    /// GT by sample, as VCF text seen from this allele.
    pub genotypes: BTreeMap<String, String>,
    /// Depth, balance and quality by sample.
    pub calls: BTreeMap<String, CallEvidence>,
    /// Most severe Sequence Ontology term in this gene.
    pub consequence: String,
    /// HGVS c. and p. or transcript, when the annotation has them.
    pub hgvs: Option<String>,
    /// The protein's change as bcftools csq writes it (`50T>50I`), which is not HGVS; `null` for other annotations.
    #[serde(default)]
    pub protein_change: Option<String>,
    /// Which transcript, and whether it is MANE.
    pub transcript: Option<String>,
    /// Highest population frequency of the file's annotations, 0 to 1; `null` when none is known.
    pub max_frequency: Option<f64>,
    /// Which field said it.
    pub max_frequency_source: Option<String>,
    /// How often it is seen in the house's own cohort; `null` outside the house, and for other than small variants.
    pub own_cohort: Option<OwnCohortFrequency>,
    /// ClinVar, when known.
    pub clinvar: Option<ClinVar>,
    /// From which parent, when it can be told: `father`, `mother`, `both`, `new`.
    pub origin: Option<String>,
    /// Phred-scaled de novo score when likelihoods allow.
    pub de_novo_score: Option<f64>,
    /// FILTER entries other than PASS.
    pub filters: Vec<String>,
    /// What else its ACMG criteria rest on that the knowledge does not tell, so that they can be assessed again when the
    /// knowledge has changed. `null` for secondary findings, and in reports of programs that did not keep it.
    #[serde(default)]
    pub assessed: Option<Assessed>,
    /// Of a structural variant: what it is, the genes it touches and its class by the standard for copy number. Absent of
    /// others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub structural: Option<LargeVariant>,
    /// Of a repeat: its length against the ranges of its locus. Absent of others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repeat: Option<RepeatReading>,
}

/// An allele in the house's own cohort, the family itself left out. Laboratory role only: small counts are about few.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct OwnCohortFrequency {
    /// Persons seen to carry it.
    pub carriers: u32,
    /// Those of them who carry it on every copy (homozygous or hemizygous).
    pub homozygotes: u32,
    /// Persons counted: all who were taken in on this genome build, whether or not they were read at this place.
    pub people: u32,
    /// Lower bound (95 %) of the allele's frequency, 0 to 1; `null` while the cohort is too small to filter.
    pub least_frequency: Option<f64>,
}

/// What the reads say about one sample.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CallEvidence {
    /// Reads.
    pub depth: Option<u32>,
    /// Reads of the reference allele.
    pub reference_depth: Option<u32>,
    /// Reads of this allele.
    pub alternate_depth: Option<u32>,
    /// Share of this allele.
    pub allele_balance: Option<f32>,
    /// GQ.
    pub genotype_quality: Option<f32>,
    /// Heteroplasmy of a mitochondrial variant: the share of molecules, as the caller writes it, else of reads. Absent of
    /// others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heteroplasmy: Option<f32>,
}

/// A ClinVar record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ClinVar {
    /// Significance as ClinVar writes it.
    pub significance: String,
    /// Review stars 0–4.
    pub stars: u8,
    /// Variation identifier.
    pub id: String,
    /// Release date.
    pub version: String,
}

impl ClinVar {
    /// The significance as a key of the texts: `likely_pathogenic`.
    pub fn key(&self) -> String {
        self.significance.to_lowercase().replace(' ', "_")
    }
}

/// The numbers a rank rests on, each 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Scores {
    /// What the list is ordered by.
    pub combined: f64,
    /// How well the signs fit.
    pub phenotype: f64,
    /// How damaging and rare the variants are.
    pub variant: f64,
}

/// One part of the reason.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Explanation {
    /// Machine key: `consequence`, `frequency`, `mode_of_inheritance`, `clinvar`, `phenotype`, `gene_disease_validity`, `constraint`, `quality`, `certainty` …
    pub key: String,
    /// In plain words, English.
    pub text: String,
    /// In plain words, Danish.
    pub text_da: String,
    /// Contribution to the combined score, on its log-odds scale.
    pub contribution: f64,
}

impl Explanation {
    /// The key of the part that says why the first finding makes the answer diagnostic.
    pub const CERTAINTY: &'static str = "certainty";
}

/// What one sign contributes to a disease's rank.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SignContribution {
    /// The sign.
    pub feature: PhenotypicFeature,
    /// The disease's annotated term that matches best, when any.
    pub matched: Option<PhenotypicFeature>,
    /// Natural log of the likelihood ratio; positive speaks for the disease.
    pub log_likelihood_ratio: f64,
}

/// ACMG/AMP 2015 evidence as points (Tavtigian 2020).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Acmg {
    /// `pathogenic`, `likely_pathogenic`, `uncertain_significance`, `likely_benign`, `benign`.
    pub classification: String,
    /// Sum of points.
    pub points: i32,
    /// Criteria met.
    pub criteria: Vec<AcmgCriterion>,
    /// Criteria that the program found met and somebody set aside by hand; they have no points. Absent where there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub set_aside: Vec<AcmgCriterion>,
}

/// One criterion that is met.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct AcmgCriterion {
    /// `PVS1`, `PM2` …
    pub code: String,
    /// `supporting`, `moderate`, `strong`, `very_strong`, `stand_alone`.
    pub strength: String,
    /// Points, negative for benign.
    pub points: i32,
    /// Why, in words, English.
    pub reason: String,
    /// The same in Danish; empty in reports of programs that had it in English only.
    #[serde(default)]
    pub reason_da: String,
    /// The value it rests on: a frequency, a score, a consequence, the number of a record. Empty where there is none.
    #[serde(default)]
    pub value: String,
    /// Whence the value is: a source by its name in the report's `versions`, a field of the file, `genotypes`,
    /// `consequence`. Empty when somebody added the criterion by hand.
    #[serde(default)]
    pub source: String,
    /// Version of the source; empty when it is the file's own, which does not tell.
    #[serde(default)]
    pub version: String,
    /// Who set it otherwise than the program, and why; `null` when it is automatic.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by_hand: Option<ByHand>,
}

/// A criterion set by hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ByHand {
    /// Who, as she is shown.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub reason: String,
    /// The strength the program found; `null` when it did not find the criterion met.
    pub instead_of: Option<String>,
}

/// The recurrence risk in numbers and words.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct RecurrenceRisk {
    /// Risk for the next child of the same parents, 0 to 1, when a number can be given.
    pub next_child: Option<f64>,
    /// English.
    pub text: String,
    /// Danish.
    pub text_da: String,
}

/// A finding that was not looked for, told only as wished.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SecondaryFinding {
    /// The gene.
    pub gene: Gene,
    /// The disease of the ACMG list.
    pub disease: Disease,
    /// Category of the list: cardiovascular, cancer, metabolism, miscellaneous.
    pub category: String,
    /// The variants, with the genotypes of those alone who wished to be told of secondary findings.
    pub variants: Vec<FindingVariant>,
    /// Class and why.
    pub acmg: Acmg,
    /// ACMG SF version.
    pub list_version: String,
    /// True: must be confirmed by another method before it is told.
    pub needs_confirmation: bool,
}

/// One step of the waterfall.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FilterStep {
    /// `read`, `carried_by_proband`, `quality`, `frequency`, `consequence`, `inheritance` …
    pub name: String,
    /// Alternate alleles left.
    pub kept: u64,
}

/// Quality of samples and pedigree.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Quality {
    /// By sample.
    pub samples: Vec<SampleQuality>,
    /// By pair of sequenced persons. Laboratory role only.
    pub relations: Vec<RelationQuality>,
    /// Mendelian errors of each child with parents. Laboratory role only.
    pub mendelian: Vec<MendelianErrors>,
    /// True when the pedigree is what the file says, or nothing speaks against it.
    pub pedigree_agrees: bool,
    /// Runs of homozygosity of the affected, at least 5 Mb.
    pub runs_of_homozygosity: Vec<RunOfHomozygosity>,
    /// Chromosomes that come from one parent only.
    pub uniparental_disomy: Vec<UniparentalDisomy>,
}

/// One sample's quality.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SampleQuality {
    /// Sample.
    pub sample: String,
    /// Called alternate alleles.
    pub variants: u64,
    /// Median depth of carried variants.
    pub median_depth: Option<u32>,
    /// Heterozygous share of carried calls on X outside the pseudo-autosomal regions.
    pub x_heterozygosity: Option<f64>,
    /// Sex read from the file.
    pub observed_sex: Sex,
    /// Share of missing genotypes.
    pub missing_rate: f64,
}

/// How two samples are related.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RelationQuality {
    /// First sample.
    pub a: String,
    /// Second sample.
    pub b: String,
    /// KING-robust kinship coefficient.
    pub kinship: Option<f64>,
    /// Kinship the pedigree implies.
    pub expected: f64,
    /// Sites it rests on.
    pub sites: u64,
    /// False when they disagree.
    pub agrees: bool,
}
