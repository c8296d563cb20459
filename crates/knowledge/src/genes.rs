//! Genes, what they are called, what they tolerate, which diseases they cause and which are told as secondary findings.

use crate::{Mode, StringPool};
use indgang_model::Chromosome;
use serde::{Deserialize, Serialize};

/// An HGNC gene number: `HGNC:3689` is `HgncId(3689)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct HgncId(pub u32);

impl std::fmt::Display for HgncId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "HGNC:{}", self.0)
    }
}

/// Why a text is not an HGNC number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an HGNC identifier; write `HGNC:` and a number, for example HGNC:3689")]
pub struct ParseHgncIdError(pub String);

impl std::str::FromStr for HgncId {
    type Err = ParseHgncIdError;

    fn from_str(text: &str) -> Result<Self, ParseHgncIdError> {
        let error = || ParseHgncIdError(text.to_owned());
        let digits = text.trim().strip_prefix("HGNC:").ok_or_else(error)?;
        if !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(error());
        }
        digits.parse().map(Self).map_err(|_| error())
    }
}

/// What kind of locus a gene is, in the words of the gene table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the table's own words, which say it")]
pub enum LocusType {
    ProteinCoding,
    Pseudogene,
    NonCodingRna,
    TransferRna,
    RibosomalRna,
    SmallNuclearRna,
    SmallNucleolarRna,
    Other,
    Unknown,
}

/// One gene.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GeneRecord {
    /// Approved symbol (HGNC), or NCBI's `LOC` name where HGNC has none.
    pub symbol: Box<str>,
    /// HGNC number; absent for 412 loci that only NCBI names.
    pub hgnc_id: Option<HgncId>,
    /// NCBI Gene number.
    pub entrez: Option<u32>,
    /// Ensembl gene number without version: `ENSG00000066468` is 66468.
    pub(crate) ensembl: Option<u32>,
    #[serde(with = "chromosome_number")]
    /// Chromosome, when the table places the gene on one.
    pub chromosome: Option<Chromosome>,
    /// Cytogenetic band, for example `10q26.13`.
    pub band: Box<str>,
    /// Kind of locus.
    pub locus_type: LocusType,
    /// gnomAD pLI, 0 to 1: probability of intolerance to loss of one copy.
    pub pli: Option<f32>,
    /// gnomAD LOEUF: upper bound of the 90 % interval of observed over expected loss of function; small is intolerant.
    pub loeuf: Option<f32>,
    /// ClinGen's curated haploinsufficiency at level 3, by the list of 2018-09-13: `Some(true)`, else `None` (not said).
    pub haploinsufficient: Option<bool>,
}

impl GeneRecord {
    /// Ensembl gene id without version, for example `ENSG00000066468`.
    pub fn ensembl_id(&self) -> Option<String> {
        self.ensembl.map(|n| format!("ENSG{n:011}"))
    }
}

/// What a name of a gene means.
#[derive(Debug, Clone, PartialEq)]
pub enum Resolution<'a> {
    /// The name is an approved symbol.
    Approved(&'a GeneRecord),
    /// The name is an alias or a former symbol of exactly one gene.
    Alias(&'a GeneRecord),
    /// The name is an alias or former symbol of several genes, and approved for none: a person must choose.
    Ambiguous(Vec<&'a GeneRecord>),
    /// No gene has it.
    Unknown,
}

/// ClinGen's classification of how strong the evidence for a gene and a disease is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Validity {
    /// Evidence refutes it.
    Refuted,
    /// Evidence disputes it.
    Disputed,
    /// No known disease relationship.
    NoKnownRelationship,
    /// Limited.
    Limited,
    /// Moderate.
    Moderate,
    /// Strong.
    Strong,
    /// Definitive.
    Definitive,
}

impl Validity {
    /// Reads ClinGen's words.
    pub fn from_words(words: &str) -> Option<Self> {
        Some(match words.trim() {
            "Definitive" => Self::Definitive,
            "Strong" => Self::Strong,
            "Moderate" => Self::Moderate,
            "Limited" => Self::Limited,
            "Disputed" => Self::Disputed,
            "Refuted" => Self::Refuted,
            "No Known Disease Relationship" => Self::NoKnownRelationship,
            _ => return None,
        })
    }

    /// Moderate, strong or definitive: the degrees that a diagnostic panel takes in.
    pub fn supports(self) -> bool {
        self >= Self::Moderate
    }
}

/// Who asserts a link between gene and disease.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DiseaseSource {
    /// NCBI's mim2gene, through the HPO project's gene file.
    Mim2Gene,
    /// Orphadata, through the HPO project's gene file.
    Orphadata,
    /// ClinGen gene–disease validity.
    ClinGen,
}

/// One asserted link between a gene and a disease.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GeneDisease {
    /// `OMIM:101600`, `ORPHA:710` or, from ClinGen, `MONDO:0007043`.
    pub disease: Box<str>,
    /// The disease's name in the source; empty for the few diseases that the annotation file does not have.
    pub label: Box<str>,
    /// Modes and circumstances of inheritance asserted for the disease, sorted; empty when the source says none.
    pub modes: Vec<Mode>,
    /// ClinGen's classification; `None` from other sources.
    pub validity: Option<Validity>,
    /// Who asserts it.
    pub source: DiseaseSource,
    /// ClinGen's assertion id (`CGGV:assertion_…`) with its date; empty from other sources.
    pub evidence: Box<str>,
}

/// Where a gene's mode of inheritance is taken from, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ModeSource {
    /// ClinGen, moderate or better.
    ClinGen,
    /// Inheritance rows of the HPO annotations for the gene's diseases.
    HpoAnnotations,
    /// MacArthur laboratory's lists of dominant, recessive and X-linked genes: a fallback without disease.
    GeneList,
}

/// What of a gene's variants is told as a secondary finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReportRule {
    /// All pathogenic and likely pathogenic.
    AllPathogenic,
    /// Pathogenic and likely pathogenic when both copies are hit.
    TwoVariants,
    /// Pathogenic and likely pathogenic in one, two or the only copy (X-linked).
    AnyZygosity,
    /// Only p.Cys282Tyr in two copies (HFE).
    Cys282TyrHomozygous,
    /// Only truncating pathogenic and likely pathogenic (TTN).
    TruncatingOnly,
}

/// One row of the ACMG list of secondary findings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SecondaryFindingGene {
    /// Disease as the list names it.
    pub disease: Box<str>,
    /// OMIM number of the disease, as the list writes it.
    pub disorder_mim: Box<str>,
    /// `Cardiovascular`, `Cancer`, `Metabolic`, `Miscellaneous`, `Cardiovascular Metabolic`.
    pub category: Box<str>,
    /// Inheritance.
    pub inheritance: Mode,
    /// What to tell.
    pub report: ReportRule,
    /// The list's own words for it.
    pub variants_to_report: Box<str>,
    /// Version of the list that first had the row.
    pub first_listed: Box<str>,
    /// Version of the list this row is taken from.
    pub list_version: Box<str>,
}

/// All genes, findable by every name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Genes {
    /// Sorted by upper-case symbol.
    pub(crate) records: Vec<GeneRecord>,
    /// (number, index of the gene), sorted.
    pub(crate) by_hgnc: Vec<(u32, u32)>,
    pub(crate) by_entrez: Vec<(u32, u32)>,
    pub(crate) by_ensembl: Vec<(u32, u32)>,
    /// Upper-case aliases, sorted, one entry a gene; `alias_gene` runs beside it.
    pub(crate) aliases: StringPool,
    pub(crate) alias_gene: Vec<u32>,
    /// Links grouped by gene; gene `i` has `disease_start[i]..disease_start[i + 1]`.
    pub(crate) diseases: Vec<GeneDisease>,
    pub(crate) disease_start: Vec<u32>,
    /// (disease id, index of the gene), sorted: the same links from the disease's side.
    pub(crate) by_disease: Vec<(Box<str>, u32)>,
    /// (gene, rows), sorted by gene.
    pub(crate) secondary: Vec<(u32, Vec<SecondaryFindingGene>)>,
    /// (gene, mode) of the fallback lists, sorted.
    pub(crate) listed_modes: Vec<(u32, Mode)>,
}

impl Genes {
    /// All genes, sorted by upper-case symbol.
    pub fn all(&self) -> &[GeneRecord] {
        &self.records
    }

    /// The gene of an approved symbol, or of an alias or former symbol that only one gene has; letter case is ignored.
    /// An ambiguous alias gives `None`: ask [`Genes::resolve`] for the candidates.
    pub fn by_symbol(&self, name: &str) -> Option<&GeneRecord> {
        match self.resolve(name) {
            Resolution::Approved(gene) | Resolution::Alias(gene) => Some(gene),
            Resolution::Ambiguous(_) | Resolution::Unknown => None,
        }
    }

    /// What a name means, with the candidates when it is ambiguous. An approved symbol goes before any alias.
    pub fn resolve(&self, name: &str) -> Resolution<'_> {
        let name = name.trim().to_uppercase();
        if let Ok(i) = self.records.binary_search_by(|g| upper_cmp(&g.symbol, &name)) {
            return Resolution::Approved(&self.records[i]);
        }
        let genes = self.alias_range(&name);
        match genes {
            [] => Resolution::Unknown,
            [one] => self.record(*one).map_or(Resolution::Unknown, Resolution::Alias),
            several => Resolution::Ambiguous(several.iter().filter_map(|i| self.record(*i)).collect()),
        }
    }

    /// The gene of an HGNC number.
    pub fn by_hgnc(&self, id: HgncId) -> Option<&GeneRecord> {
        self.find(&self.by_hgnc, id.0)
    }

    /// The gene of an NCBI Gene number.
    pub fn by_entrez(&self, id: u32) -> Option<&GeneRecord> {
        self.find(&self.by_entrez, id)
    }

    /// The gene of an Ensembl gene id, with or without version.
    pub fn by_ensembl(&self, id: &str) -> Option<&GeneRecord> {
        self.find(&self.by_ensembl, ensembl_number(id)?)
    }

    /// Diseases linked to a gene: those of the HPO project's file (OMIM, ORPHA) and ClinGen's (MONDO), sorted by source and id.
    pub fn diseases_of(&self, gene: &GeneRecord) -> &[GeneDisease] {
        let range = self.index_of(gene).and_then(|i| {
            let start = usize::try_from(*self.disease_start.get(i)?).ok()?;
            Some(start..usize::try_from(*self.disease_start.get(i + 1)?).ok()?)
        });
        range.and_then(|r| self.diseases.get(r)).unwrap_or(&[])
    }

    /// Genes linked to a disease id.
    pub fn genes_of<'a>(&'a self, disease: &'a str) -> impl Iterator<Item = &'a GeneRecord> {
        let start = self.by_disease.partition_point(|(d, _)| &**d < disease);
        self.by_disease[start..].iter().take_while(move |(d, _)| &**d == disease).filter_map(|(_, i)| self.record(*i))
    }

    /// Modes by which the gene causes disease, from the best source that says any, without circumstances: ClinGen (moderate
    /// or better) together with the HPO annotations of its diseases; only when both are silent the fallback lists.
    pub fn modes_of(&self, gene: &GeneRecord) -> Vec<(Mode, ModeSource)> {
        let mut modes: Vec<(Mode, ModeSource)> = Vec::new();
        for link in self.diseases_of(gene) {
            let source = match link.source {
                DiseaseSource::ClinGen if link.validity.is_some_and(Validity::supports) => ModeSource::ClinGen,
                DiseaseSource::ClinGen => continue,
                DiseaseSource::Mim2Gene | DiseaseSource::Orphadata => ModeSource::HpoAnnotations,
            };
            modes.extend(link.modes.iter().filter(|m| !m.is_circumstance()).map(|m| (*m, source)));
        }
        if modes.is_empty() {
            let index = self.index_of(gene).and_then(|i| u32::try_from(i).ok());
            let listed = self.listed_modes.iter().filter(|(i, _)| Some(*i) == index);
            modes.extend(listed.map(|(_, m)| (*m, ModeSource::GeneList)));
        }
        modes.sort_unstable();
        modes.dedup_by_key(|(mode, _)| *mode); // sorted by mode, then best source first
        modes
    }

    /// The ACMG rows of a gene; `None` when the gene is not on the list.
    pub fn secondary_finding(&self, gene: &GeneRecord) -> Option<&[SecondaryFindingGene]> {
        let index = u32::try_from(self.index_of(gene)?).ok()?;
        let at = self.secondary.binary_search_by_key(&index, |(i, _)| *i).ok()?;
        Some(&self.secondary[at].1)
    }

    /// All genes on the ACMG list with their rows.
    pub fn secondary_findings(&self) -> impl Iterator<Item = (&GeneRecord, &[SecondaryFindingGene])> {
        self.secondary.iter().filter_map(|(i, rows)| Some((self.record(*i)?, rows.as_slice())))
    }

    fn record(&self, index: u32) -> Option<&GeneRecord> {
        self.records.get(usize::try_from(index).ok()?)
    }

    fn index_of(&self, gene: &GeneRecord) -> Option<usize> {
        let symbol = gene.symbol.to_uppercase();
        self.records.binary_search_by(|g| upper_cmp(&g.symbol, &symbol)).ok()
    }

    fn find(&self, index: &[(u32, u32)], key: u32) -> Option<&GeneRecord> {
        let at = index.binary_search_by_key(&key, |(k, _)| *k).ok()?;
        self.record(index[at].1)
    }

    fn alias_range(&self, name: &str) -> &[u32] {
        let Some(hit) = self.aliases.find_sorted(name) else { return &[] };
        let (mut first, mut last) = (hit, hit);
        while first > 0 && self.aliases.get(first - 1) == Some(name) {
            first -= 1;
        }
        while self.aliases.get(last + 1) == Some(name) {
            last += 1;
        }
        self.alias_gene.get(first as usize..=last as usize).unwrap_or(&[])
    }
}

/// Compares a symbol, upper-cased on the way, with an upper-case text.
pub(crate) fn upper_cmp(symbol: &str, upper: &str) -> std::cmp::Ordering {
    if symbol.is_ascii() {
        // The order of bytes is that of characters.
        return symbol.bytes().map(|b| b.to_ascii_uppercase()).cmp(upper.bytes());
    }
    symbol.chars().flat_map(char::to_uppercase).cmp(upper.chars())
}

/// `ENSG00000066468.19` → 66468.
pub(crate) fn ensembl_number(id: &str) -> Option<u32> {
    id.trim().strip_prefix("ENSG")?.split('.').next()?.parse().ok()
}

mod chromosome_number {
    use super::Chromosome;
    use serde::{Deserialize, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(chromosome: &Option<Chromosome>, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_u8(chromosome.map_or(0, Chromosome::number))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(input: D) -> Result<Option<Chromosome>, D::Error> {
        Ok(Chromosome::from_number(u8::deserialize(input)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_genes() {
        assert_eq!("HGNC:3689".parse(), Ok(HgncId(3689)));
        assert!("3689".parse::<HgncId>().is_err() && "HGNC:".parse::<HgncId>().is_err());
        assert_eq!(ensembl_number("ENSG00000066468.19"), Some(66468));
        assert!(Validity::Strong.supports() && !Validity::Limited.supports());
    }
}
