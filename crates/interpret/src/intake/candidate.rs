//! One alternate allele that came through the filters, with what is known about it.

use crate::large::{LargeVariant, Range, RepeatReading, StructuralLine};
use crate::own_cohort::Seen;
use crate::report::ClinVar;
use crate::score::{ClinVarVerdict, effect};
use indgang_genomics::site::{Event, Site};
use indgang_genomics::structural::{Kind, stretch};

/// What the allele does to one gene.
#[derive(Debug, Clone, PartialEq)]
pub struct GeneEffect {
    /// Approved symbol when HGNC knows it, else the annotation's.
    pub symbol: String,
    /// HGNC number.
    pub hgnc_id: Option<u32>,
    /// Most severe Sequence Ontology term in this gene.
    pub consequence: &'static str,
    /// True when the gene is known to cause disease by its RNA, which is no messenger: its exons are then the product.
    pub rna_product: bool,
    /// HGVS c. and p., when the annotation has them.
    pub hgvs: Option<String>,
    /// The protein's change in bcftools' notation (`50T>50I`), where bcftools csq annotated.
    pub protein_change: Option<String>,
    /// Protein position and new amino acid (one letter), when HGVS p. is a substitution.
    pub amino_acid: Option<(u32, u8)>,
    /// The transcript, and whether it is MANE.
    pub transcript: Option<String>,
    /// Last exon, or the last 50 coding bases before it, when the annotation tells the exon.
    pub escapes_decay: bool,
    /// Damage by a predictor, 0 to 1.
    pub predictor: Option<f64>,
    /// REVEL, when the file has it.
    pub revel: Option<f64>,
    /// Largest SpliceAI delta, when the file has it.
    pub splice_ai: Option<f64>,
    /// How damaging it is, 0 to 1, where that is not told by the term: the length of a repeat.
    pub by_length: Option<f64>,
}

impl GeneEffect {
    /// How damaging the consequence is by itself, 0 to 1.
    pub(crate) fn severity(&self) -> f64 {
        if let Some(severity) = self.by_length {
            return severity;
        }
        match self.consequence {
            "non_coding_transcript_exon_variant" | "mature_miRNA_variant" if self.rna_product => RNA_EXON,
            consequence => effect(consequence),
        }
    }

    /// Whether the gene's product is changed.
    pub(crate) fn changes_product(&self) -> bool {
        self.severity() > LEAST_EFFECT
    }
}

/// A changed base of an RNA that does its work as RNA, as a changed amino acid.
const RNA_EXON: f64 = 0.65;
/// Effects under this do not count as changing a gene product.
const LEAST_EFFECT: f64 = 0.2;

/// Whether a consequence by itself changes a gene's product.
pub(crate) fn changes_product(consequence: &str) -> bool {
    effect(consequence) > LEAST_EFFECT
}

/// An allele and what is known about it.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// Place, alleles and everybody's calls.
    pub site: Site,
    /// By gene, most severe first. Empty between genes.
    pub effects: Vec<GeneEffect>,
    /// Highest population frequency; `None` when no source has the allele.
    pub max_frequency: Option<f64>,
    /// The field that said it.
    pub max_frequency_source: Option<String>,
    /// Homozygotes and hemizygotes in population data.
    pub homozygotes: Option<u64>,
    /// The house's own cohort, when the case is interpreted in a house; small variants only.
    pub(crate) own_cohort: Option<Seen>,
    /// ClinVar's record of this very allele.
    pub clinvar: Option<ClinVar>,
    /// The number of ClinVar's record of this very allele, also when the record is left out.
    pub clinvar_id: Option<String>,
    /// Whether that record says (likely) pathogenic, also when it is left out.
    pub clinvar_pathogenic: bool,
    /// Its verdict, when it has one.
    pub verdict: Option<ClinVarVerdict>,
    /// Known (likely) pathogenic and (likely) benign records within 25 bases.
    pub neighbours: Option<(u32, u32)>,
    /// Some call or filter is under the profile's limits.
    pub low_quality: bool,
    /// Carried by somebody the question is about; otherwise kept for secondary findings only.
    pub primary: bool,
    /// Of a structural variant: what it is and touches.
    pub large: Option<LargeVariant>,
    /// Of a structural variant: how its line names itself, and how sure its ends are.
    pub(crate) line: Option<StructuralLine>,
    /// Of a repeat: its length against the ranges of its locus.
    pub repeat: Option<RepeatReading>,
    /// Of a repeat: where each member's two alleles lie, in the order of the genotype; `None` where one is not known.
    pub(crate) repeat_ranges: Vec<[Option<Range>; 2]>,
}

impl Candidate {
    /// First and last base of a lost stretch, however it is written.
    pub(crate) fn lost(&self) -> Option<(u32, u32)> {
        let lost = self.large.as_ref().is_some_and(|large| large.kind == Kind::Loss);
        lost.then(|| stretch(&self.site.variant, &self.site.event, Kind::Loss))
    }

    /// True of copies that are presumed from a junction alone: nothing has counted them.
    pub(crate) fn copies_are_presumed(&self) -> bool {
        let counted = self.large.as_ref().is_some_and(|large| !large.other_calls.is_empty());
        self.changes_copies() && matches!(self.site.event, Event::Breakend { .. }) && !counted
    }

    /// True of a lost or gained stretch.
    pub(crate) fn changes_copies(&self) -> bool {
        self.large.as_ref().is_some_and(|large| matches!(large.kind, Kind::Loss | Kind::Gain))
    }
}
