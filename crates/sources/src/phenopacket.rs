//! Phenopackets, version 2 (GA4GH): a patient's signs, diagnosis and variants in JSON.
//!
//! Fields the house does not use are passed over; what it does use must be right.

mod features;
mod shape;

use indgang_gate::Grant;
use indgang_interpret::words::Words;
use indgang_knowledge::phenotype::{DiseaseId, Pmid};
use indgang_model::{Assembly, Category, Chromosome, HpoId, PersonId, PhenotypicFeature, Sensitive, Sex, Variant};
use indgang_terminology::{Hpo, Suggestion};

use features::features;
use shape::{Packet, VcfRecord};

/// What the house takes from a phenopacket.
#[derive(Debug, Clone)]
pub struct Phenopacket {
    /// The packet's identifier.
    pub id: String,
    /// The patient's identifier in the packet, when it has one.
    pub subject: Option<Sensitive<String>>,
    /// The patient's sex as recorded.
    pub sex: Sex,
    /// The patient's age in whole years at the last encounter, when the packet tells it.
    pub age: Option<u32>,
    /// Signs in the packet's order, with current terms and the ontology's names, each once.
    pub features: Vec<PhenotypicFeature>,
    /// The diagnosis: that of a solved or causative interpretation, else the first disease that is not excluded.
    pub diagnosis: Option<Diagnosis>,
    /// Variants interpreted as causative.
    pub causative: Vec<CausativeVariant>,
    /// The publications that describe the patient.
    pub publications: Vec<Pmid>,
    /// What was mapped or passed over, in plain words.
    pub warnings: Vec<Words>,
}

/// A named disease.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnosis {
    /// The identifier as written, for example `OMIM:101600` or `MONDO:0007043`.
    pub id: String,
    /// The name as written.
    pub label: String,
}

impl Diagnosis {
    /// The identifier, when it is of a catalogue that the ranking knows.
    pub fn disease(&self) -> Option<DiseaseId> {
        self.id.parse().ok()
    }
}

/// A variant that was interpreted as the cause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CausativeVariant {
    /// The genome build.
    pub assembly: Assembly,
    /// The variant in VCF coordinates.
    pub variant: Variant,
    /// The gene's symbol as written, or empty.
    pub gene: String,
    /// The zygosity as written (`heterozygous`), or empty.
    pub zygosity: String,
}

/// Why a text cannot be used as a phenopacket.
#[derive(Debug, thiserror::Error)]
pub enum PhenopacketError {
    /// Not JSON, or a field of the wrong kind: what and where.
    #[error("not a phenopacket in JSON: {0}")]
    Json(String),
    /// Not an object.
    #[error("{0}, where a phenopacket is one JSON object `{{ … }}`; give a Phenopackets version 2 file of one patient")]
    NotObject(&'static str),
    /// Another version of the standard than the second.
    #[error(
        "`phenopacketSchemaVersion` in `metaData` is `{0}`, and only version 2 is read; convert the file to version 2 (for example with phenopacket-tools), or correct the number if it is wrong"
    )]
    Version(String),
    /// The first version of the standard.
    #[error(
        "{0}: this is version 1 of the standard; convert it to version 2 (for example with phenopacket-tools) and try again"
    )]
    Version1(&'static str),
    /// A cohort of many.
    #[error("`members` at top level: this is a cohort; give its phenopackets one at a time, or one a line to `rank`")]
    Cohort,
    /// JSON of another kind.
    #[error(
        "neither `phenotypicFeatures` nor `proband` nor `subject` at top level: this is not a phenopacket; give a Phenopackets version 2 file"
    )]
    NotPhenopacket,
    /// A sign whose identifier cannot be read.
    #[error("sign {place}: {source}")]
    Malformed {
        /// Its place, from 1.
        place: usize,
        /// What is wrong with it.
        source: indgang_model::ParseHpoIdError,
    },
    /// A sign that never was.
    #[error(
        "sign {place}: `{id}`{} is not a term of HPO {version}{}",
        labelled(label),
        nearest("nearest", suggestions)
    )]
    Unknown {
        /// Its place, from 1.
        place: usize,
        /// The identifier.
        id: HpoId,
        /// The name as written.
        label: String,
        /// The ontology's release.
        version: String,
        /// What may have been meant.
        suggestions: Vec<Suggestion>,
    },
    /// The caller may not read this person's signs.
    #[error("the grant does not cover the signs of this person; ask the gate for them first")]
    NotGranted,
}

impl From<serde_json::Error> for PhenopacketError {
    fn from(error: serde_json::Error) -> Self {
        let (line, column) = (error.line(), error.column());
        let words = error.to_string();
        let what = words.rsplit_once(" at line ").map_or(&*words, |(what, _)| what);
        // A text of one line may itself be a line of a file.
        let place = if line > 1 { format!("line {line}, column {column}") } else { format!("column {column}") };
        Self::Json(format!("{place}: {what}; mend it there, or export the file again"))
    }
}

fn labelled(label: &str) -> String {
    if label.is_empty() { String::new() } else { format!(" ({label})") }
}

fn nearest(word: &str, suggestions: &[Suggestion]) -> String {
    if suggestions.is_empty() {
        return String::new();
    }
    let list: Vec<String> = suggestions.iter().map(ToString::to_string).collect();
    format!("; {word}: {}", list.join(", "))
}

/// Reads a phenopacket or a family (then its proband) of a person whom the grant covers.
///
/// # Errors
/// [`PhenopacketError`]; the caller adds the file's name.
pub fn read(json: &[u8], hpo: &Hpo, person: &PersonId, grant: &Grant) -> Result<Phenopacket, PhenopacketError> {
    read_with(json, hpo, UnknownTerms::Refuse, person, grant)
}

/// As [`read`], with a choice about unknown signs.
///
/// # Errors
/// [`PhenopacketError`]; the caller adds the file's name.
pub fn read_with(
    json: &[u8],
    hpo: &Hpo,
    unknown: UnknownTerms,
    person: &PersonId,
    grant: &Grant,
) -> Result<Phenopacket, PhenopacketError> {
    if !grant.covers(person, Category::Phenotype) {
        return Err(PhenopacketError::NotGranted);
    }
    parse_with(json, hpo, unknown)
}

/// The packet's identifier alone, to ask the gate by; `None` when it has none. Nothing else is taken.
///
/// # Errors
/// [`PhenopacketError::Json`]; the caller adds the file's name.
pub fn identifier(json: &[u8]) -> Result<Option<String>, PhenopacketError> {
    Ok(shape::identifier(json)?.filter(|id| !id.is_empty()))
}

/// The pure reading: bytes in, packet out. For a person of the house use [`read`], which asks for a grant.
///
/// # Errors
/// [`PhenopacketError`]; the caller adds the file's name.
pub fn parse(json: &[u8], hpo: &Hpo) -> Result<Phenopacket, PhenopacketError> {
    parse_with(json, hpo, UnknownTerms::Refuse)
}

/// What to do with signs that the ontology does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnknownTerms {
    /// Refuse the packet, naming the nearest terms: right for one patient, where somebody can mend it.
    Refuse,
    /// Pass over the sign with a warning: right for many published cases, written with a newer ontology.
    PassOver,
}

/// As [`parse`], with a choice about unknown signs.
///
/// # Errors
/// [`PhenopacketError`]; the caller adds the file's name.
pub fn parse_with(json: &[u8], hpo: &Hpo, unknown: UnknownTerms) -> Result<Phenopacket, PhenopacketError> {
    let packet = shape::read(json)?;
    let mut warnings = Vec::new();
    // Of many published cases it is not worth a line each.
    if packet.meta_data.phenopacket_schema_version.is_empty() && unknown == UnknownTerms::Refuse {
        warnings.push(Words::new(
            "`metaData.phenopacketSchemaVersion` mangler; læst som version 2",
            "`metaData.phenopacketSchemaVersion` is absent; read as version 2",
        ));
    }
    let features = features(&packet, hpo, unknown, &mut warnings)?;
    Ok(Phenopacket {
        features,
        sex: packet.subject.as_ref().map_or(Sex::Unknown, |s| match s.sex.as_str() {
            "MALE" => Sex::Male,
            "FEMALE" => Sex::Female,
            _ => Sex::Unknown,
        }),
        age: packet.subject.as_ref().and_then(shape::Subject::age),
        diagnosis: diagnosis(&packet),
        causative: causative(&packet, &mut warnings),
        publications: publications(&packet),
        subject: packet.subject.map(|s| s.id).filter(|id| !id.is_empty()).map(Sensitive::new),
        id: packet.id,
        warnings,
    })
}

fn diagnosis(packet: &Packet) -> Option<Diagnosis> {
    let solved = packet.interpretations.iter().filter_map(|i| Some((i, i.diagnosis.as_ref()?))).find(|(i, d)| {
        i.progress_status == "SOLVED"
            || d.genomic_interpretations.iter().any(|g| g.interpretation_status == "CAUSATIVE")
    });
    let term = solved
        .and_then(|(_, d)| d.disease.as_ref())
        .or_else(|| packet.diseases.iter().find(|d| !d.excluded).map(|d| &d.term))
        .filter(|term| !term.id.is_empty())?;
    Some(Diagnosis { id: term.id.clone(), label: term.label.clone() })
}

fn causative(packet: &Packet, warnings: &mut Vec<Words>) -> Vec<CausativeVariant> {
    let mut variants = Vec::new();
    let diagnoses = packet.interpretations.iter().filter_map(|i| i.diagnosis.as_ref());
    for genomic in diagnoses.flat_map(|d| &d.genomic_interpretations).filter(|g| g.interpretation_status == "CAUSATIVE")
    {
        let Some(described) = genomic.variant_interpretation.as_ref().map(|v| &v.variation_descriptor) else {
            continue;
        };
        let Some(record) = &described.vcf_record else { continue };
        let Some((assembly, variant)) = variant(record) else {
            warnings.push(Words::new(
                "en årsagsvariant uden kendt genomversion, kromosom eller position er sprunget over",
                "a causative variant without a known assembly, chromosome or position was passed over",
            ));
            continue;
        };
        let gene = described.gene_context.as_ref().map(|g| g.symbol.clone()).unwrap_or_default();
        let zygosity = described.allelic_state.as_ref().map(|a| a.label.clone()).unwrap_or_default();
        variants.push(CausativeVariant { assembly, variant, gene, zygosity });
    }
    variants
}

fn variant(record: &VcfRecord) -> Option<(Assembly, Variant)> {
    let assembly = record.genome_assembly.parse().ok()?;
    let chrom = Chromosome::from_name(record.chrom.as_bytes())?;
    let pos = record.pos.number().filter(|p| *p > 0)?;
    Some((
        assembly,
        Variant {
            chrom,
            pos,
            reference: record.reference.as_str().into(),
            alternate: record.alternate.as_str().into(),
        },
    ))
}

fn publications(packet: &Packet) -> Vec<Pmid> {
    let mut publications: Vec<Pmid> = packet
        .meta_data
        .external_references
        .iter()
        .filter_map(|r| r.id.strip_prefix("PMID:")?.trim().parse().ok())
        .collect();
    publications.sort_unstable();
    publications.dedup();
    publications
}

#[cfg(test)]
mod tests;
