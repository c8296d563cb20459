//! Terminologies: load, walk, map. The Human Phenotype Ontology, and lists of codes such as SKS and ATC.
//!
//! It knows terms, their names and their order; it deliberately knows nothing of diseases, persons or files.
//!
//! ```
//! use indgang_terminology::{Hpo, Resolution};
//! use indgang_model::HpoId;
//!
//! let json = br#"{"graphs": [{"meta": {"version": "demo"}, "nodes": [
//!     {"id": "http://purl.obolibrary.org/obo/HP_0000001", "lbl": "All", "type": "CLASS"},
//!     {"id": "http://purl.obolibrary.org/obo/HP_0000118", "lbl": "Phenotypic abnormality", "type": "CLASS"}],
//!     "edges": [{"sub": "http://purl.obolibrary.org/obo/HP_0000118", "pred": "is_a",
//!                "obj": "http://purl.obolibrary.org/obo/HP_0000001"}]}]}"#;
//! let hpo = Hpo::from_obographs_json(json)?;
//! let Resolution::Current(term) = hpo.resolve(HpoId(118)) else { unreachable!() };
//! assert_eq!(hpo.term(term).name.as_ref(), "Phenotypic abnormality");
//! # Ok::<(), indgang_terminology::HpoError>(())
//! ```

mod codes;
mod hpo;

pub use codes::{Codes, CodesError, Day, Meaning, is_a};
pub use hpo::{Hpo, HpoError, ObsoleteTerm, Resolution, Suggestion, Term, TermIndex, edit_distance};
