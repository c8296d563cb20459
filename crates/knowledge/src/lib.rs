//! The knowledge the house answers with: ontology, diseases, genes, ClinVar, transcripts and chains, each with source and version.
//!
//! One door, [`Knowledge`]: [`Knowledge::shipped`] opens the snapshot that is compiled into the program, [`Knowledge::from_parts`]
//! one that the caller has read from a folder. A part is decoded when it is first asked for, so ranking never pays for ClinVar.
//! The [`build`] module makes the parts from the publishers' files.
//!
//! It deliberately knows no patient, no file system and no network, and draws no conclusion: it says what a source asserts.
//!
//! ```
//! use indgang_knowledge::{Knowledge, Resolution};
//!
//! let knowledge = Knowledge::shipped();
//! let genes = knowledge.genes().expect("the shipped part is whole");
//! let fgfr2 = genes.by_symbol("FGFR2").expect("an approved symbol");
//! assert_eq!(fgfr2.hgnc_id.map(|id| id.to_string()).as_deref(), Some("HGNC:3689"));
//! assert!(genes.diseases_of(fgfr2).iter().any(|d| &*d.disease == "OMIM:101600"));
//! assert!(matches!(genes.resolve("MLL2"), Resolution::Ambiguous(_)));
//! ```

pub mod build;
pub mod clinvar;
pub mod difference;
pub mod genes;
pub mod manifest;
mod mode;
mod part;
pub mod pgx;
pub mod phenotype;
mod pool;
pub mod scores;
mod shipped;

pub use clinvar::{ClinVar, ClinVarRecord, Density, GeneCounts, MolecularEffect, ProteinChange, Significance};
pub use difference::{Difference, Told};
pub use genes::{
    DiseaseSource, GeneDisease, GeneRecord, Genes, HgncId, LocusType, ModeSource, ReportRule, Resolution,
    SecondaryFindingGene, Validity,
};
pub use manifest::{Manifest, ManifestError};
pub use mode::Mode;
pub use part::{FORMAT, Knowledge, Part, PartError, pack, unpack};
pub use pool::StringPool;
