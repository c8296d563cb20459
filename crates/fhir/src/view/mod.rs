//! Views: a ViewDefinition of SQL on FHIR v2 compiled once, rows straight from the text of each resource.
//!
//! ```
//! use indgang_fhir::view::{View, Runner};
//!
//! let view = View::parse(r#"{"resource": "Patient", "select": [
//!     {"column": [{"name": "id", "path": "getResourceKey()"}]},
//!     {"forEach": "name", "column": [{"name": "family", "path": "family"}]}]}"#)?;
//! let mut rows = Vec::new();
//! let mut runner = Runner::new(&view);
//! runner.resource(r#"{"resourceType": "Patient", "id": "1", "name": [{"family": "Hansen"}, {"family": "Holm"}]}"#, &mut |row| {
//!     rows.push(format!("{row:?}"));
//! })?;
//! assert_eq!(rows.len(), 2);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod cell;
mod columns;
mod compile;
mod constant;
mod definition;
mod run;

pub(crate) use cell::write_json_text;

pub use cell::Cell;
pub use columns::{Column, Columns};
pub use run::Runner;

use crate::json::Projection;
use crate::model::{System, TypeId};
use crate::path::{Path, Value};

/// Why a ViewDefinition is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{at}: {message}")]
pub struct ViewError {
    /// The element of the ViewDefinition, as `select[0].column[1].path`.
    pub at: String,
    /// What is wrong and what to do.
    pub message: String,
}

impl ViewError {
    fn new(at: impl Into<String>, message: impl Into<String>) -> Self {
        Self { at: at.into(), message: message.into() }
    }
}

/// Why a resource gives no rows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RunError {
    /// The text is not JSON.
    #[error(transparent)]
    Json(#[from] crate::json::JsonError),
    /// An expression cannot be evaluated.
    #[error("`{path}` in column or condition `{name}`: {message}")]
    Evaluate {
        /// The column, or `where`, `forEach` and the like.
        name: String,
        /// The expression.
        path: String,
        /// What is wrong; never a value of the resource.
        message: String,
    },
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum ColumnType {
    Boolean,
    Integer,
    /// Decimals, dates and the rest, as FHIR writes them.
    Text,
    /// Elements with elements of their own, and lists, as JSON.
    Json,
}

/// A column of a view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnInfo {
    /// Its name.
    pub name: String,
    /// The type it was given, or that its path has; `None` where neither is known.
    pub fhir_type: Option<String>,
    /// How it is held.
    pub r#type: ColumnType,
    /// Whether it holds lists.
    pub collection: bool,
    /// What the definition says of it.
    pub description: Option<String>,
}

/// A compiled ViewDefinition.
#[derive(Debug)]
pub struct View {
    /// Its name, where it has one.
    pub name: Option<String>,
    /// The type of resource it is about.
    pub resource: String,
    /// Its columns in their order.
    pub columns: Vec<ColumnInfo>,
    constants: Vec<(String, Value<'static>)>,
    filters: Vec<Path>,
    select: Select,
    projection: Projection,
}

impl View {
    /// Compiles a ViewDefinition in JSON.
    ///
    /// # Errors
    ///
    /// Whatever the specification forbids, and expressions that are none; with the element of the definition and a remedy.
    pub fn parse(text: &str) -> Result<Self, ViewError> {
        let definition =
            serde_json::from_str(text).map_err(|e| ViewError::new("ViewDefinition", format!("is not JSON: {e}")))?;
        Self::compile(&definition)
    }

    /// Compiles a ViewDefinition.
    ///
    /// # Errors
    ///
    /// As [`View::parse`].
    pub fn compile(definition: &serde_json::Value) -> Result<Self, ViewError> {
        compile::view(definition)
    }

    /// The members of a resource that the view looks at.
    #[must_use]
    pub fn projection(&self) -> &Projection {
        &self.projection
    }
}

/// Columns and the selections below, for each element of something.
#[derive(Debug)]
struct Select {
    each: Each,
    columns: Vec<SelectColumn>,
    selects: Vec<Select>,
    union: Vec<Select>,
    /// The cells of one row of it.
    width: usize,
}

#[derive(Debug)]
struct SelectColumn {
    name: String,
    path: Path,
    collection: bool,
    /// Whether it is nothing but `%rowIndex`, which is 0 where the rest is null.
    is_row_index: bool,
}

#[derive(Debug)]
enum Each {
    This,
    Every(Path),
    EveryOrNull(Path),
    Repeat(Vec<Path>),
}

/// How a column of a type of FHIR is held.
fn held(system: System, known: bool) -> ColumnType {
    match system {
        System::Boolean => ColumnType::Boolean,
        System::Integer => ColumnType::Integer,
        System::Quantity => ColumnType::Json,
        System::None if known => ColumnType::Json,
        _ => ColumnType::Text,
    }
}

fn type_name(r#type: TypeId) -> &'static str {
    crate::model::r4().get(r#type).name
}
