//! Which signs belong to which disease: the HPO project's annotation file `phenotype.hpoa`.
//!
//! One row stays one row, with its own references, so that a publication can be left out again.
//! What the rows mean for a patient is decided in `interpret`.

mod parse;

use std::collections::HashMap;

use indgang_model::{HpoId, Sex};
use serde::{Deserialize, Serialize};

pub use parse::HpoaError;

/// Who numbers a disease.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum DiseaseDatabase {
    /// Online Mendelian Inheritance in Man.
    Omim,
    /// Orphanet.
    Orpha,
    /// DECIPHER's syndromes.
    Decipher,
}

/// A disease's identifier, for example `OMIM:161800`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DiseaseId {
    /// Who numbers it.
    pub database: DiseaseDatabase,
    /// Its number there.
    pub number: u32,
}

/// Why a text is not a disease identifier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not a disease identifier; write `OMIM:`, `ORPHA:` or `DECIPHER:` and a number, for example OMIM:161800"
)]
pub struct ParseDiseaseIdError(pub String);

/// A PubMed number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Pmid(pub u32);

/// How often the sign is seen in the disease.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum Frequency {
    /// Not stated.
    Unknown,
    /// Seen in so many of so many examined; `of` is at least 1.
    Counts {
        /// With the sign.
        with: u32,
        /// Examined for it.
        of: u32,
    },
    /// A share, 0 to 1.
    Share(f32),
    /// A class of the HPO's frequency terms.
    Class(FrequencyClass),
}

/// The HPO's frequency terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum FrequencyClass {
    /// HP:0040280, 100 %.
    Obligate,
    /// HP:0040281, 80–99 %.
    VeryFrequent,
    /// HP:0040282, 30–79 %.
    Frequent,
    /// HP:0040283, 5–29 %.
    Occasional,
    /// HP:0040284, 1–4 %.
    VeryRare,
    /// HP:0040285, 0 %.
    Excluded,
}

impl Frequency {
    /// The share of patients with the sign, 0 to 1: the middle of a class, `None` when not stated.
    pub fn share(self) -> Option<f32> {
        match self {
            Self::Unknown => None,
            Self::Counts { with, of } => Some((with as f32 / of.max(1) as f32).min(1.0)),
            Self::Share(share) => Some(share),
            Self::Class(class) => Some(match class {
                FrequencyClass::Obligate => 1.0,
                FrequencyClass::VeryFrequent => 0.895,
                FrequencyClass::Frequent => 0.545,
                FrequencyClass::Occasional => 0.17,
                FrequencyClass::VeryRare => 0.025,
                FrequencyClass::Excluded => 0.0,
            }),
        }
    }
}

/// One row of aspect P: a sign of a disease, or a sign the disease does not have.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Annotation {
    /// The sign, by the number of the annotation file's own HPO release.
    #[serde(with = "number")]
    pub term: HpoId,
    /// True for a `NOT` row: the disease does not have the sign.
    pub excluded: bool,
    /// How often.
    pub frequency: Frequency,
    /// When it begins (an HPO onset term).
    #[serde(with = "maybe_number")]
    pub onset: Option<HpoId>,
    /// When the row holds for one sex only.
    pub sex: Option<Sex>,
    /// Publications the row rests on; empty when it rests on the disease's own catalogue entry.
    pub publications: Vec<Pmid>,
}

/// A disease with its rows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Disease {
    /// The identifier.
    pub id: DiseaseId,
    /// The name as the annotation file has it.
    pub name: Box<str>,
    /// Rows of aspect P in the file's order. The same sign may stand in several rows.
    pub annotations: Vec<Annotation>,
    /// Rows of aspect I: modes of inheritance as HPO terms, ascending.
    #[serde(with = "numbers")]
    pub inheritance: Vec<HpoId>,
    /// Rows of aspect C: onset and course as HPO terms, ascending.
    #[serde(with = "numbers")]
    pub course: Vec<HpoId>,
}

/// All diseases of one release of the annotation file.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(from = "Stored")]
pub struct DiseaseAnnotations {
    version: Box<str>,
    hpo_version: Box<str>,
    diseases: Vec<Disease>,
    #[serde(skip)]
    by_id: HashMap<DiseaseId, u32>,
}

#[derive(Deserialize)]
struct Stored {
    version: Box<str>,
    hpo_version: Box<str>,
    diseases: Vec<Disease>,
}

impl From<Stored> for DiseaseAnnotations {
    fn from(stored: Stored) -> Self {
        Self::new(stored.version, stored.hpo_version, stored.diseases)
    }
}

impl DiseaseAnnotations {
    /// From diseases; they are put in order of their identifiers.
    pub fn new(version: Box<str>, hpo_version: Box<str>, mut diseases: Vec<Disease>) -> Self {
        diseases.sort_by_key(|d| d.id);
        let by_id = diseases.iter().zip(0..).map(|(d, i)| (d.id, i)).collect();
        Self { version, hpo_version, diseases, by_id }
    }

    /// Reads `phenotype.hpoa` (tab-separated, uncompressed).
    ///
    /// # Errors
    /// [`HpoaError`] with the line's number.
    pub fn from_hpoa(text: &str) -> Result<Self, HpoaError> {
        parse::parse(text)
    }

    /// The annotation file's date (`2023-01-27`).
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The HPO release the file was made with.
    pub fn hpo_version(&self) -> &str {
        &self.hpo_version
    }

    /// All diseases, ordered by database and number.
    pub fn diseases(&self) -> &[Disease] {
        &self.diseases
    }

    /// The disease with this identifier.
    pub fn get(&self, id: DiseaseId) -> Option<&Disease> {
        self.by_id.get(&id).map(|i| &self.diseases[*i as usize])
    }
}

impl std::fmt::Display for DiseaseDatabase {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Omim => "OMIM",
            Self::Orpha => "ORPHA",
            Self::Decipher => "DECIPHER",
        })
    }
}

impl std::fmt::Display for DiseaseId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.database, self.number)
    }
}

impl std::str::FromStr for DiseaseId {
    type Err = ParseDiseaseIdError;

    fn from_str(text: &str) -> Result<Self, ParseDiseaseIdError> {
        let error = || ParseDiseaseIdError(text.to_owned());
        let (database, number) = text.trim().split_once(':').ok_or_else(error)?;
        let database = match database {
            "OMIM" => DiseaseDatabase::Omim,
            "ORPHA" | "Orphanet" | "ORPHANET" => DiseaseDatabase::Orpha,
            "DECIPHER" => DiseaseDatabase::Decipher,
            _ => return Err(error()),
        };
        if !number.bytes().all(|b| b.is_ascii_digit()) {
            return Err(error());
        }
        number.parse().map(|number| Self { database, number }).map_err(|_| error())
    }
}

// Text where people read (JSON), two numbers where they do not (postcard).
impl Serialize for DiseaseId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_str(self)
        } else {
            (self.database, self.number).serialize(serializer)
        }
    }
}

impl<'de> Deserialize<'de> for DiseaseId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
        } else {
            <(DiseaseDatabase, u32)>::deserialize(deserializer).map(|(database, number)| Self { database, number })
        }
    }
}

impl std::fmt::Display for Pmid {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PMID:{}", self.0)
    }
}

impl std::str::FromStr for Pmid {
    type Err = std::num::ParseIntError;

    /// `PMID:123` or `123`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        text.strip_prefix("PMID:").unwrap_or(text).parse().map(Self)
    }
}

/// Terms stored as their numbers.
mod number {
    use super::{Deserialize, HpoId};

    pub fn serialize<S: serde::Serializer>(id: &HpoId, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u32(id.0)
    }

    pub fn deserialize<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<HpoId, D::Error> {
        u32::deserialize(deserializer).map(HpoId)
    }
}

mod maybe_number {
    use super::{Deserialize, HpoId, Serialize};

    pub fn serialize<S: serde::Serializer>(id: &Option<HpoId>, serializer: S) -> Result<S::Ok, S::Error> {
        id.map(|id| id.0).serialize(serializer)
    }

    pub fn deserialize<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<HpoId>, D::Error> {
        Ok(Option::<u32>::deserialize(deserializer)?.map(HpoId))
    }
}

mod numbers {
    use super::{Deserialize, HpoId};

    pub fn serialize<S: serde::Serializer>(ids: &[HpoId], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(ids.iter().map(|id| id.0))
    }

    pub fn deserialize<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<HpoId>, D::Error> {
        Ok(Vec::<u32>::deserialize(deserializer)?.into_iter().map(HpoId).collect())
    }
}
