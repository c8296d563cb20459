//! Choices as FHIR R4 `Consent` resources, out and in.

mod consent;

pub use consent::{ParseConsentError, bundle, read};
