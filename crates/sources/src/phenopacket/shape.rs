//! The fields of Phenopackets version 2 that the house uses, by the standard's own names.

use serde::Deserialize;

use super::PhenopacketError;

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Packet {
    pub(super) id: String,
    pub(super) subject: Option<Subject>,
    pub(super) phenotypic_features: Vec<Feature>,
    pub(super) diseases: Vec<Disease>,
    pub(super) interpretations: Vec<Interpretation>,
    pub(super) meta_data: MetaData,
}

/// What tells the kinds of documents apart.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Outline {
    proband: Option<Packet>,
    #[serde(default)]
    id: String,
    #[serde(default)]
    meta_data: MetaData,
    subject: Option<serde::de::IgnoredAny>,
    phenotypic_features: Option<Vec<FeatureOutline>>,
    members: Option<serde::de::IgnoredAny>,
    genes: Option<serde::de::IgnoredAny>,
    variants: Option<serde::de::IgnoredAny>,
    hts_files: Option<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
struct FeatureOutline {
    negated: Option<serde::de::IgnoredAny>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Class {
    pub(super) id: String,
    pub(super) label: String,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Subject {
    pub(super) id: String,
    pub(super) sex: String,
    /// An age, an age range or something else (TimeElement).
    time_at_last_encounter: serde_json::Value,
}

impl Subject {
    /// Age in whole years at the last encounter, of a range its beginning: `P8Y6M` is 8. `None` when it is not told so.
    pub(super) fn age(&self) -> Option<u32> {
        let element = &self.time_at_last_encounter;
        let age = element.get("age").or_else(|| element.get("ageRange")?.get("start"))?;
        let duration = age.get("iso8601duration")?.as_str()?.strip_prefix('P')?;
        let (date, _) = duration.split_once('T').unwrap_or((duration, ""));
        let Some((years, _)) = date.split_once('Y') else { return (!date.is_empty()).then_some(0) };
        years.parse().ok().filter(|years| *years < 150)
    }
}

#[derive(Deserialize)]
pub(super) struct Feature {
    #[serde(rename = "type")]
    pub(super) kind: Class,
    #[serde(default)]
    pub(super) excluded: bool,
}

#[derive(Deserialize)]
pub(super) struct Disease {
    pub(super) term: Class,
    #[serde(default)]
    pub(super) excluded: bool,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Interpretation {
    pub(super) progress_status: String,
    pub(super) diagnosis: Option<DiagnosisShape>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct DiagnosisShape {
    pub(super) disease: Option<Class>,
    pub(super) genomic_interpretations: Vec<Genomic>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Genomic {
    pub(super) interpretation_status: String,
    pub(super) variant_interpretation: Option<VariantInterpretation>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct VariantInterpretation {
    pub(super) variation_descriptor: Descriptor,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Descriptor {
    pub(super) vcf_record: Option<VcfRecord>,
    pub(super) gene_context: Option<Gene>,
    pub(super) allelic_state: Option<Class>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Gene {
    pub(super) symbol: String,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct VcfRecord {
    pub(super) genome_assembly: String,
    pub(super) chrom: String,
    pub(super) pos: Position,
    #[serde(rename = "ref")]
    pub(super) reference: String,
    #[serde(rename = "alt")]
    pub(super) alternate: String,
}

/// The standard's JSON writes 64-bit numbers as text; many files write numbers.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Position {
    Number(u32),
    Text(String),
}

impl Default for Position {
    fn default() -> Self {
        Self::Number(0)
    }
}

impl Position {
    pub(super) fn number(&self) -> Option<u32> {
        match self {
            Self::Number(n) => Some(*n),
            Self::Text(text) => text.parse().ok(),
        }
    }
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct MetaData {
    pub(super) external_references: Vec<Reference>,
    pub(super) phenopacket_schema_version: String,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Reference {
    pub(super) id: String,
}

/// `id` at top level.
pub(super) fn identifier(json: &[u8]) -> Result<Option<String>, PhenopacketError> {
    #[derive(Deserialize)]
    struct Identified {
        id: Option<String>,
    }
    object(json)?;
    Ok(serde_json::from_slice::<Identified>(json)?.id)
}

/// A list or a bare value is JSON, but no packet; said before a field is missed in it.
fn object(json: &[u8]) -> Result<(), PhenopacketError> {
    match json.iter().find(|byte| !byte.is_ascii_whitespace()) {
        Some(b'[') => Err(PhenopacketError::NotObject("the file is a list")),
        Some(b'"') => Err(PhenopacketError::NotObject("the file is a single text")),
        Some(b'0'..=b'9' | b'-') => Err(PhenopacketError::NotObject("the file is a single number")),
        Some(b't' | b'f' | b'n') => Err(PhenopacketError::NotObject("the file is a single word")),
        None => Err(PhenopacketError::NotObject("the file is empty")),
        Some(_) => Ok(()),
    }
}

/// True for `2`, `2.0`, `2.0.2` …
fn is_version_2(version: &str) -> bool {
    version.split('.').next() == Some("2")
}

/// The packet, or a family's proband; other kinds and the first version are refused by name.
pub(super) fn read(json: &[u8]) -> Result<Packet, PhenopacketError> {
    object(json)?;
    let outline: Outline = serde_json::from_slice(json)?;
    let version1 = [
        (outline.genes.is_some(), "`genes` at top level"),
        (outline.variants.is_some(), "`variants` at top level"),
        (outline.hts_files.is_some(), "`htsFiles` at top level"),
        (
            outline.phenotypic_features.iter().flatten().any(|f| f.negated.is_some()),
            "`negated` in `phenotypicFeatures`",
        ),
    ];
    if let Some((_, why)) = version1.iter().find(|(found, _)| *found) {
        return Err(PhenopacketError::Version1(why));
    }
    let version = outline.meta_data.phenopacket_schema_version;
    if !version.is_empty() && !is_version_2(&version) {
        return Err(PhenopacketError::Version(version));
    }
    if outline.members.is_some() {
        return Err(PhenopacketError::Cohort);
    }
    if let Some(mut proband) = outline.proband {
        if proband.id.is_empty() {
            proband.id = outline.id;
        }
        proband.meta_data.external_references.extend(outline.meta_data.external_references);
        let own = &mut proband.meta_data.phenopacket_schema_version;
        if own.is_empty() {
            *own = version;
        } else if !is_version_2(own) {
            return Err(PhenopacketError::Version(std::mem::take(own)));
        }
        return Ok(proband);
    }
    if outline.subject.is_none() && outline.phenotypic_features.is_none() {
        return Err(PhenopacketError::NotPhenopacket);
    }
    Ok(serde_json::from_slice(json)?)
}
