//! FHIR R4 as JSON: FHIRPath, and views as SQL on FHIR defines them.
//!
//! A resource is never made into objects: [`json`] lays a tape over its text, [`path`] evaluates expressions on it, [`model`] tells
//! which elements and types there are. It deliberately knows nothing of files, databases and persons' rights.
//!
//! ```
//! use indgang_fhir::{json::Tape, path::{Context, Path}};
//!
//! let mut tape = Tape::new();
//! let json = tape.read(r#"{"resourceType": "Patient", "name": [{"family": "Hansen", "given": ["Ida", "Marie"]}]}"#)?;
//! let path = Path::parse("name.given.count() = 2")?;
//! assert_eq!(path.evaluate(&Context::of(json))?.len(), 1);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod bundle;
pub mod conformance;
pub mod interaction;
pub mod json;
pub mod model;
pub mod path;
pub mod questionnaire;
pub mod record;
pub mod search;
pub mod smart;
pub mod validate;
pub mod value;
pub mod view;
