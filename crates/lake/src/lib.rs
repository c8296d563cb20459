//! SQL over registers: the only crate that knows the query engine.
//!
//! The [`house`]'s own tables are read through what a grant opens, and in no other way.
//! [`Registers`] are files that the one who asks holds herself: a research extract in a folder on her disk.

pub mod cluster;
pub mod cohort;
mod described;
mod error;
mod exact;
mod extract;
mod files;
pub mod house;
pub mod omop;
pub mod registers;
mod session;
mod show;
mod sum;
mod view_table;
mod write;

pub use described::{Both, Description, Descriptions, descriptions};
pub use error::LakeError;
pub use extract::{Notice, Registers, TextPredicate};
pub use session::Limits;
pub use show::{Cells, to_cells};
pub use view_table::ViewTable;
pub use write::{to_parquet, to_table, write_csv, write_file};

/// Rows of an answer, column by column (Apache Arrow).
pub use datafusion::arrow::array::RecordBatch;
