//! Where data come from: one module a source, each descriptor → reader → mapping.
//!
//! The only crate, beside the binary, that opens files. It knows no database and no page.

mod biobank;
pub mod compressed;
mod delimited;
pub mod demo;
pub mod descriptor;
pub mod families;
pub mod family;
pub mod fhir;
mod fmk;
pub mod genome;
mod hl7;
mod imaging;
mod lpr3;
pub mod phenopacket;
pub mod quality;
pub mod resources;
pub mod variants;
mod wearable;
pub mod wishes;
mod xml;
