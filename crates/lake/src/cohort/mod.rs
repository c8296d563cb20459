//! Cohorts: who belongs to one, since when and as what, by definitions that are kept as files with a version.
//!
//! A definition is a folder: `cohort.toml` says what it is and names its steps, each step is a file of SQL that makes a
//! view of the same name, and `result.sql` is the answer. Those in `cohorts/` ship with the program.
//! The SQL has one function more than the engine's: `is_a(code, ancestor)` ([`indgang_terminology::is_a`]).

mod definition;
mod shipped;

pub use definition::{Column, Definition, DefinitionError, Parameter, ParameterKind};
pub use shipped::{named, shipped};

use crate::{LakeError, RecordBatch, Registers};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Why a cohort could not be made.
#[derive(Debug, thiserror::Error)]
pub enum CohortError {
    /// The definition, or a value given for one of its parameters.
    #[error(transparent)]
    Definition(#[from] DefinitionError),
    /// The registers or the engine.
    #[error(transparent)]
    Lake(#[from] LakeError),
}

/// A definition as one question to the house's own tables ([`crate::house::ask`]), with values for its parameters by name.
/// Its answer has the definition's columns; with `by`, columns of it, it counts the rows by these.
///
/// # Errors
/// When a parameter is unknown, missing or not of its kind, or a column is unknown.
pub fn question(
    definition: &Definition,
    values: &BTreeMap<String, String>,
    by: &[String],
) -> Result<String, CohortError> {
    Ok(definition.question(values, by)?)
}

/// Runs a definition on registers, with values for its parameters by name.
/// The answer has the definition's columns; an empty cohort has them too.
///
/// The views of the steps stay in the session, so one value of [`Registers`] runs one definition once.
///
/// # Errors
/// When a parameter is unknown, missing or not of its kind, a step's SQL fails, or the answer has other columns.
pub async fn run(
    definition: &Definition,
    registers: &Registers,
    values: &BTreeMap<String, String>,
) -> Result<Vec<RecordBatch>, CohortError> {
    registers.add_text_predicate("is_a", Arc::new(indgang_terminology::is_a));
    for (name, sql) in definition.script(values)? {
        let made = registers.run_sql(&sql).await;
        let made = made.map_err(|cause| DefinitionError::Step { name: name.to_owned(), cause: cause.to_string() })?;
        if name == definition::RESULT {
            definition.check_columns(&made)?;
            return Ok(made);
        }
    }
    Ok(Vec::new())
}
