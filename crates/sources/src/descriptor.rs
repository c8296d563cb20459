//! Sources that send something else than FHIR: what each is, and the mapping that makes FHIR R4 resources of it.
//!
//! A mapping is a pure function of one file. What it gives goes the way of every FHIR resource: validation, whose it is, versions,
//! quarantine, the log.

use crate::quality::{self, Mapping};
use crate::{biobank, fmk, imaging, lpr3, wearable};
use serde_json::Value;
use std::sync::Arc;

/// How a file of resources is written.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Format {
    /// FHIR R4 itself.
    #[default]
    Fhir,
    /// FHIR R4 with questionnaires, against which responses are held.
    Pro,
    /// LPR3 documents (CDA).
    Lpr3,
    /// Answers of the Shared Medication Record (FMK).
    Fmk,
    /// Data points of Open mHealth.
    Wearable,
    /// Metadata of DICOM as JSON.
    Imaging,
    /// Samples by MIABIS.
    Biobank,
    /// A clinical quality database: FHIR R4 with questionnaires or, with a mapping, a table.
    Quality(Option<Arc<Mapping>>),
}

/// A resource that a mapping has made.
#[derive(Debug, Clone, PartialEq)]
pub struct Mapped {
    /// The line of the file where its matter begins, from 1.
    pub line: u64,
    /// The resource, or why there is none, with a remedy and without a value.
    pub resource: Result<Value, String>,
}

/// Why a file is not what it is said to be; nothing of it is taken in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NotThis(pub String);

/// A source.
pub struct Descriptor {
    /// The word of the command: `indgang ingest NAME`.
    pub name: &'static str,
    /// What it is, in a few words.
    pub title: &'static str,
    /// What is read, in sentences.
    pub about: &'static [&'static str],
    /// What of a file becomes what of FHIR.
    pub kept: &'static [(&'static str, &'static str)],
    /// What is left out, and why.
    pub left_out: &'static [(&'static str, &'static str)],
}

/// Every source that is mapped.
pub const ALL: [&Descriptor; 6] = [
    &lpr3::DESCRIPTOR,
    &fmk::DESCRIPTOR,
    &wearable::DESCRIPTOR,
    &imaging::DESCRIPTOR,
    &biobank::DESCRIPTOR,
    &quality::DESCRIPTOR,
];

impl Format {
    /// Whether a file becomes resources by a mapping, which holds it in memory; what is FHIR is read as it is.
    #[must_use]
    pub const fn is_mapped(&self) -> bool {
        !matches!(self, Self::Fhir | Self::Pro | Self::Quality(None))
    }

    /// The resources of a whole file; none of what is FHIR.
    ///
    /// # Errors
    /// When the file is not what it is said to be.
    pub fn map(&self, bytes: &[u8]) -> Result<Vec<Mapped>, NotThis> {
        match self {
            Self::Fhir | Self::Pro | Self::Quality(None) => Ok(Vec::new()),
            Self::Lpr3 => lpr3::map(bytes),
            Self::Fmk => fmk::map(bytes),
            Self::Wearable => wearable::map(bytes),
            Self::Imaging => imaging::map(bytes),
            Self::Biobank => biobank::map(bytes),
            Self::Quality(Some(mapping)) => quality::map(bytes, mapping),
        }
    }
}

/// The page of `docs/reference/sources.md`.
#[must_use]
pub fn page() -> String {
    let mut page = String::from(BEGINNING);
    for descriptor in ALL {
        let Descriptor { name, title, about, kept, left_out, .. } = descriptor;
        page.push_str(&format!("\n## {title}\n\n`indgang ingest {name} FILE… --source NAME`\n\n"));
        about.iter().for_each(|sentence| page.push_str(&format!("{sentence}\n")));
        for (heading, rows) in [("becomes", kept), ("left out, because", left_out)] {
            page.push_str(&format!("\n| in the file | {heading} |\n|---|---|\n"));
            rows.iter().for_each(|(from, to)| page.push_str(&format!("| {from} | {to} |\n")));
        }
    }
    page
}

const BEGINNING: &str = "# Sources that are mapped to FHIR

Written by `cargo xtask gen sources` from the descriptors in `crates/sources/src`.

Each source is a descriptor and a mapping that makes FHIR R4 resources of a file.
What it makes goes the way of every resource ([FHIR resources](fhir.md)): one file is one passage at the gate and one transaction, all of it or nothing; the same file a second time changes nothing; what cannot be taken in waits in quarantine, as the resource that it became, with its line and reason; each row keeps file, line and time of knowledge.
A file that cannot be read to its end, or is not what the command says, changes nothing.
No mapping makes a person: who is not known by her number waits in quarantine until a Patient tells of her.
A value that is no date, number or code is carried over as it is, and validation puts its resource into quarantine.
Times keep their precision and zone; one without a zone is Danish civil time.
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_as_the_descriptors_say() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/reference/sources.md");
        let written = std::fs::read_to_string(path).unwrap_or_default();
        assert!(written == page(), "docs/reference/sources.md is not as the descriptors say: cargo xtask gen sources");
    }
}
