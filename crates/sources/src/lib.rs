//! Where data come from: one module a source, each descriptor → reader → mapping.
//!
//! The only crate, beside the binary, that opens files. It knows no database and no page.

pub mod compressed;
pub mod demo;
pub mod families;
pub mod family;
pub mod fhir;
pub mod genome;
pub mod phenopacket;
pub mod resources;
pub mod variants;
pub mod wishes;
