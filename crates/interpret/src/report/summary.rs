//! A report with a line for each finding, for lists.

use super::{Acmg, Disease, Explanation, Finding, FindingName, FindingVariant, Gene, Report, Scores};
use indgang_model::{ModeOfInheritance, Variant};
use serde::{Deserialize, Serialize};

/// What a list shows of a finding.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FindingLine {
    /// 1 is best.
    pub rank: u32,
    /// The gene.
    pub gene: Gene,
    /// The disease that the signs fit best among the gene's, when any is known.
    pub disease: Option<Disease>,
    /// How it is inherited here.
    pub mode_of_inheritance: ModeOfInheritance,
    /// One variant; two for a compound heterozygote.
    pub variants: Vec<VariantLine>,
    /// The numbers the rank rests on.
    pub scores: Scores,
    /// The part that contributes most.
    pub why: Option<Explanation>,
    /// Why it makes the answer diagnostic; absent when it does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certainty: Option<Explanation>,
    /// The class.
    #[serde(default)]
    pub acmg: ClassLine,
}

/// What a list shows of ACMG evidence.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ClassLine {
    /// As [`Acmg::classification`].
    pub classification: String,
    /// Sum of points.
    pub points: i32,
    /// True when a criterion was set or set aside by hand.
    pub by_hand: bool,
}

impl From<&Acmg> for ClassLine {
    fn from(acmg: &Acmg) -> Self {
        let (classification, points) = (acmg.classification.clone(), acmg.points);
        Self { classification, points, by_hand: crate::acmg::is_by_hand(acmg) }
    }
}

impl FindingLine {
    /// What tells it from the others of its case, as text: [`Finding::name`].
    pub fn name(&self) -> String {
        let variants = self.variants.iter().map(|one| one.variant.clone()).collect();
        let name = FindingName { gene: self.gene.clone(), mode_of_inheritance: self.mode_of_inheritance, variants };
        name.to_string()
    }
}

/// What a list shows of a variant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VariantLine {
    /// Place and alleles.
    #[serde(flatten)]
    pub variant: Variant,
    /// Most severe Sequence Ontology term in the finding's gene.
    pub consequence: String,
}

impl From<&Finding> for FindingLine {
    fn from(finding: &Finding) -> Self {
        let variant =
            |v: &FindingVariant| VariantLine { variant: v.variant.clone(), consequence: v.consequence.clone() };
        Self {
            rank: finding.rank,
            gene: finding.gene.clone(),
            disease: finding.disease.clone(),
            mode_of_inheritance: finding.mode_of_inheritance,
            variants: finding.variants.iter().map(variant).collect(),
            scores: finding.scores,
            why: finding.explanation.first().cloned(),
            certainty: finding.certainty().cloned(),
            acmg: ClassLine::from(&finding.acmg),
        }
    }
}

impl Report {
    /// The same answer with a line for each finding.
    pub fn summary(&self) -> Report<FindingLine> {
        let lines = self.findings.iter().map(FindingLine::from).collect();
        self.clone().with_findings(lines)
    }
}

impl<F> Report<F> {
    /// The same answer with these findings in place of its own.
    pub fn with_findings<G>(self, findings: Vec<G>) -> Report<G> {
        let Self { result, case, proband, assembly, family, phenotypic_features, .. } = self;
        let Self { secondary_findings, filters, quality, warnings, warnings_da, versions, .. } = self;
        Report {
            result,
            case,
            proband,
            assembly,
            family,
            phenotypic_features,
            findings,
            secondary_findings,
            filters,
            quality,
            warnings,
            warnings_da,
            versions,
        }
    }
}
