//! What is no small variant: structural variants, repeats, and the genes of the mitochondrial genome.
//!
//! They come in the same files or files of their own, and are judged with the small ones: of a gene a lost copy and a
//! changed one are one pair.

mod copies;
pub(crate) mod copy_number;
mod dosage;
pub(crate) mod mitochondria;
pub(crate) mod onset;
mod repeats;
pub(crate) mod same_event;

pub(crate) use copies::CopyNumbers;
pub use copy_number::{CopyNumberClass, CopyNumberCriterion};
pub use dosage::{Dosage, DosageError, Sensitivity};
pub use repeats::{Inheritance, Range, RepeatReading};
pub use same_event::StructuralLine;

use crate::intake::Candidate;
use crate::report::RecurrenceRisk;
use crate::words::Words;
use copy_number::Circumstances;
use indgang_genomics::pedigree::Family;
use indgang_genomics::structural::{Extent, Kind, Overlap};
use indgang_knowledge::Genes;
use indgang_model::Chromosome;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What is known of a structural variant beside its place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LargeVariant {
    /// Loss, gain, inversion, insertion or breakend.
    pub kind: Kind,
    /// Bases of the reference that are lost, gained or turned; of an insertion the bases put in. `null` when not said.
    pub length: Option<u32>,
    /// Copies of the stretch by sample, where the file says it (CN).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub copies: BTreeMap<String, u32>,
    /// The genes it touches, in order of their place.
    pub genes: Vec<OverlappedGene>,
    /// Regions of ClinGen's dosage map that it touches, when the map is given.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub regions: Vec<DosageOverlap>,
    /// Other calls of the same event that somebody is called for, too: by another caller, or again by the same.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub other_calls: Vec<OtherCall>,
    /// Those calls do not agree on every genotype.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub callers_disagree: bool,
    /// Class by the standard for copy number variants; `null` of what is neither loss nor gain, and of secondary findings.
    pub class: Option<CopyNumberClass>,
}

/// A call that is read as one with another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OtherCall {
    /// Its first base.
    pub first: u32,
    /// Its last base.
    pub last: u32,
    /// ALT as written.
    pub alternate: String,
}

/// A gene that a structural variant touches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OverlappedGene {
    /// Approved symbol.
    pub symbol: String,
    /// The gene's main transcript among those touched: of MANE, else the longest coding one.
    pub transcript: String,
    /// Most severe Sequence Ontology term there.
    pub consequence: String,
    /// How much of the transcript is touched.
    pub extent: Extent,
    /// First and last exon touched, in the direction of reading.
    pub exons: Option<[usize; 2]>,
    /// A protein is made of it.
    pub protein: bool,
    /// One lost copy is known to cause disease (ClinGen, score 3).
    pub haploinsufficient: bool,
    /// One copy more is known to cause disease (ClinGen, score 3).
    pub triplosensitive: bool,
    /// Who says so, by its name in the report's `versions`.
    pub dosage_source: String,
    #[serde(skip)]
    pub(crate) with_start: bool,
    #[serde(skip)]
    pub(crate) with_end: bool,
    #[serde(skip)]
    pub(crate) escapes_decay: bool,
}

impl OverlappedGene {
    /// A gene of the mitochondrial genome.
    pub(crate) fn mitochondrial(symbol: &str, consequence: &str, whole: bool) -> Self {
        Self {
            symbol: symbol.to_owned(),
            transcript: mitochondria::SEQUENCE.to_owned(),
            consequence: consequence.to_owned(),
            extent: if whole { Extent::Whole } else { Extent::Exonic },
            exons: None,
            protein: mitochondria::is_protein(symbol),
            haploinsufficient: false,
            triplosensitive: false,
            dosage_source: "gene_lists".to_owned(),
            with_start: false,
            with_end: false,
            escapes_decay: false,
        }
    }
}

/// A region of the dosage map that a structural variant touches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DosageOverlap {
    /// Its name.
    pub name: String,
    /// All of it, or a part.
    pub whole: bool,
    /// One lost copy is known to cause disease.
    pub haploinsufficient: bool,
    /// One copy more is known to cause disease.
    pub triplosensitive: bool,
}

/// What tells how sensitive genes are to their number of copies.
#[derive(Clone, Copy)]
pub(crate) struct DosageSources<'a> {
    pub(crate) genes: &'a Genes,
    pub(crate) map: Option<&'a Dosage>,
}

impl DosageSources<'_> {
    fn gene(self, overlap: &Overlap<'_>) -> OverlappedGene {
        let symbol = overlap.transcript.gene_symbol.to_string();
        let by_map = self.map.and_then(|map| map.gene(&symbol));
        let sufficient = |score: Option<u8>| score == Some(dosage::SUFFICIENT);
        let listed = self.genes.by_symbol(&symbol).is_some_and(|gene| gene.haploinsufficient == Some(true));
        let (haploinsufficient, triplosensitive, source) = match by_map {
            Some(scores) => {
                (sufficient(scores.haploinsufficiency), sufficient(scores.triplosensitivity), "clingen_dosage")
            }
            None => (listed, false, "gene_lists"),
        };
        OverlappedGene {
            transcript: overlap.transcript.id.to_string(),
            consequence: overlap.consequence.term().to_owned(),
            extent: overlap.extent,
            exons: overlap.exons.map(|(first, last)| [first, last]),
            protein: overlap.transcript.coding(),
            haploinsufficient,
            triplosensitive,
            dosage_source: source.to_owned(),
            with_start: overlap.with_start,
            with_end: overlap.with_end,
            escapes_decay: overlap.escapes_decay,
            symbol,
        }
    }

    /// What a structural variant touches.
    pub(crate) fn large(
        self,
        (kind, length): (Kind, Option<u32>),
        (chrom, stretch): (Chromosome, (u32, u32)),
        overlaps: &[Overlap<'_>],
        copies: BTreeMap<String, u32>,
    ) -> LargeVariant {
        let sufficient = |score: Option<u8>| score == Some(dosage::SUFFICIENT);
        let regions =
            self.map.into_iter().flat_map(|map| map.regions(chrom, stretch)).map(|(region, whole)| DosageOverlap {
                name: region.name.clone(),
                whole,
                haploinsufficient: sufficient(region.sensitivity.haploinsufficiency),
                triplosensitive: sufficient(region.sensitivity.triplosensitivity),
            });
        let counted = matches!(kind, Kind::Loss | Kind::Gain);
        LargeVariant {
            kind,
            length,
            copies,
            genes: overlaps.iter().map(|overlap| self.gene(overlap)).collect(),
            regions: if counted { regions.collect() } else { Vec::new() },
            other_calls: Vec::new(),
            callers_disagree: false,
            class: None,
        }
    }
}

/// The structural variant with its class in this family. `de_novo` as of the finding.
pub(crate) fn classified(
    candidate: &Candidate,
    family: &Family,
    de_novo: Option<bool>,
    recessive: bool,
) -> Option<LargeVariant> {
    let large = candidate.large.clone()?;
    let circumstances = Circumstances {
        de_novo,
        // Who carries one copy of a recessive or X-linked disease is healthy as a rule.
        from_unaffected: !recessive && from_unaffected(candidate, family),
        frequency: candidate.max_frequency.zip(candidate.max_frequency_source.as_deref()),
    };
    // The standard is of the nuclear genome.
    let nuclear = candidate.site.variant.chrom != Chromosome::MT;
    Some(LargeVariant { class: copy_number::assess(&large, circumstances).filter(|_| nuclear), ..large })
}

/// True when the proband has one of two copies changed and a parent who is not affected carries it.
fn from_unaffected(candidate: &Candidate, family: &Family) -> bool {
    let Some(proband) = family.members.get(family.proband()) else { return false };
    let heterozygous = candidate.site.calls.get(family.proband()).is_some_and(|call| call.genotype.is_heterozygous());
    if !heterozygous || candidate.site.variant.chrom == Chromosome::X {
        return false;
    }
    [proband.father, proband.mother].into_iter().flatten().any(|parent| {
        let carries = candidate.site.calls.get(parent).is_some_and(|call| call.genotype.carries());
        carries && family.members[parent].affected == indgang_model::Affected::Unaffected
    })
}

/// What is to be said of a finding for its large variants, with the key of the explanation.
pub(crate) fn words(large: Option<&LargeVariant>, repeat: Option<&RepeatReading>) -> Option<(&'static str, Words)> {
    if let Some(repeat) = repeat {
        return Some(("repeat", of_repeat(repeat)));
    }
    let class = large?.class.as_ref()?;
    let class_da = crate::words::in_danish("class", &class.classification).to_lowercase();
    let class_en = class.classification.replace('_', " ");
    let points = format!("{:.2}", class.points);
    Some((
        "copy_number",
        Words::new(
            format!(
                "{} point efter ACMG/ClinGens standard for kopital: {class_da}",
                crate::words::decimal_comma(&points)
            ),
            format!("{points} points by the ACMG/ClinGen standard for copy number: {class_en}"),
        ),
    ))
}

/// What is said of the next child where a repeat is the finding: no genotype tells lengths that change.
pub(crate) fn recurrence_of_repeat() -> RecurrenceRisk {
    RecurrenceRisk {
        next_child: None,
        text: "A repeat can change its length on the way from parent to child. What the risk is for the next child and for the child's own children follows from the lengths in both parents, and is reckoned at the genetic counselling.".to_owned(),
        text_da: "En gentagelse kan skifte længde på vejen fra forælder til barn. Hvad risikoen er for næste barn og for barnets egne børn, følger af længderne hos begge forældre og udregnes ved den genetiske rådgivning.".to_owned(),
    }
}

/// That expanded repeats were left out as the proband wished.
pub(crate) fn repeats_left_out() -> Words {
    Words::new(
        "Probanden har ikke ønsket at få alle sekundære fund at vide: forlængede gentagelser i gener, som tegnene ikke peger på, er udeladt.",
        "The proband has not wished to be told of all secondary findings: expanded repeats in genes that the signs do not point to are left out.",
    )
}

/// That the dosage map was not given.
pub(crate) fn without_dosage_map() -> Words {
    Words::new(
        "ClinGens kort over dosisfølsomhed er ikke givet: af tabte og ekstra kopier kendes kun haploinsufficiente gener efter listen fra 2018.",
        "ClinGen's dosage sensitivity map was not given: of lost and gained copies only haploinsufficient genes by the list of 2018 are known.",
    )
}

fn of_repeat(repeat: &RepeatReading) -> Words {
    let (copies, unit, locus, source) = (repeat.copies, &repeat.unit, &repeat.locus, &repeat.source);
    let (da, en) = match repeat.range {
        Range::Normal => ("normal længde", "normal length"),
        Range::Intermediate => ("mellem normal og sygdomsgivende længde", "between normal and pathogenic length"),
        Range::ReducedPenetrance => ("sygdomsgivende med nedsat penetrans", "pathogenic with reduced penetrance"),
        Range::Full => ("sygdomsgivende længde", "pathogenic length"),
    };
    Words::new(
        format!("{locus}: {copies} gentagelser af {unit}, {da} ({source})"),
        format!("{locus}: {copies} copies of {unit}, {en} ({source})"),
    )
}
