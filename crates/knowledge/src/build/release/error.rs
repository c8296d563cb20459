//! Why a release cannot be built.

use crate::{ManifestError, PartError};
use std::io;

/// Why a release cannot be built.
#[derive(Debug, thiserror::Error)]
pub enum ReleaseError {
    /// A file cannot be read.
    #[error("`{file}`: {fault}; is it whole?")]
    Read {
        /// The file.
        file: String,
        /// What the system said.
        fault: io::Error,
    },
    /// A file does not have its shape.
    #[error("`{file}`: {fault}")]
    File {
        /// The file.
        file: String,
        /// What is wrong, with its line.
        fault: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Nothing tells which release a file is of.
    #[error("`{file}` does not say which release it is of: say it with `--source-version {name}=VERSION`")]
    Version {
        /// The file.
        file: String,
        /// The source's short name.
        name: String,
    },
    /// A file that says nothing without another.
    #[error("`{file}` is of no use alone: give `{with}` with it")]
    Alone {
        /// The file.
        file: String,
        /// What it needs.
        with: &'static str,
    },
    /// A file is missing, and there is no earlier release.
    #[error("there is no file for `{0}`, and no earlier release to take it from")]
    Missing(&'static str),
    /// A part cannot be read or written.
    #[error(transparent)]
    Part(#[from] PartError),
    /// The earlier release's manifest cannot be read.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
}
