//! The official test suites, run over the texts of their files.
//!
//! Files are read by the caller (`cargo xtask conformance`); what is here is pure.

mod fhirpath;
mod sql_on_fhir;
mod xml;

pub use fhirpath::{DEVIATIONS, Inputs, run_fhirpath};
pub use sql_on_fhir::run_sql_on_fhir;
pub use xml::resource_to_json;

/// What became of one test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestResult {
    /// Group and name of the test as the suite has them.
    pub name: String,
    /// Why it did not pass.
    pub failure: Option<String>,
}

impl TestResult {
    /// Whether it passed.
    #[must_use]
    pub const fn passed(&self) -> bool {
        self.failure.is_none()
    }
}
