//! SQL over registers: the only crate that knows the query engine.
//!
//! [`Registers`] are files that the one who asks holds herself: a research extract in a folder on her disk.

pub mod cohort;
mod error;
mod extract;
mod files;
pub mod registers;
mod session;
mod write;

pub use error::LakeError;
pub use extract::{Notice, Registers, TextPredicate};
pub use session::Limits;
pub use write::{write_csv, write_file};

/// Rows of an answer, column by column (Apache Arrow).
pub use datafusion::arrow::array::RecordBatch;
