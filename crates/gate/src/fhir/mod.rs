//! The gate's words in FHIR R4, for other systems: choices as `Consent`, the log as `AuditEvent`.

mod audit_event;
mod consent;

pub use audit_event::{AuditLine, audit_bundle, audit_event};
pub use consent::{ParseConsentError, bundle, read};
