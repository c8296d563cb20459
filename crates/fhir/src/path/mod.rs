//! FHIRPath: parsed once, evaluated over borrowed JSON.
//!
//! The grammar and functions are those of FHIRPath 2.0.0 (ANSI/HL7 N1), with FHIR's own functions, those of SQL on FHIR, and the
//! later functions that have settled. `docs/reference/fhirpath.md` says where it deviates.

mod analyse;
mod compare;
mod element;
mod evaluate;
mod function;
mod functions;
mod lexer;
mod operate;
mod parser;
mod syntax;
mod value;

pub use analyse::{Analysis, Shape, system_of};
pub(crate) use element::{choice_field, system};
pub use evaluate::{Context, EvaluationError};
pub use parser::{DEEPEST, LONGEST};
pub use value::{Element, Value};

use std::fmt;

/// Why a text is no expression.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}, at character {column} of `{text}`")]
pub struct SyntaxError {
    /// What is wrong and what to do.
    pub message: String,
    /// Characters from 1.
    pub column: usize,
    /// The expression, cut where it is long.
    pub text: String,
}

impl SyntaxError {
    fn new(text: &str, at: usize, message: impl Into<String>) -> Self {
        let column = text[..at.min(text.len())].chars().count() + 1;
        let mut shown: String = text.chars().take(200).collect();
        if shown.len() < text.len() {
            shown.push('…');
        }
        Self { message: message.into(), column, text: shown }
    }
}

/// A parsed expression.
#[derive(Debug)]
pub struct Path {
    text: Box<str>,
    root: syntax::Expression,
}

impl Path {
    /// Parses an expression.
    ///
    /// # Errors
    ///
    /// What the grammar does not know, unknown functions, a wrong number of arguments; with the place and a remedy.
    pub fn parse(text: &str) -> Result<Self, SyntaxError> {
        Ok(Self { text: text.into(), root: parser::parse(text)? })
    }

    /// The expression as written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// All values of the expression for what `context` is about.
    ///
    /// # Errors
    ///
    /// Operands of the wrong type, several values where one is wanted, unknown variables and types. A message never holds a value.
    pub fn evaluate<'a>(&'a self, context: &Context<'a>) -> Result<Vec<Value<'a>>, EvaluationError> {
        let mut out = Vec::new();
        self.each(context, &mut |value| {
            out.push(value);
            Ok(true)
        })?;
        Ok(out)
    }

    /// As [`Path::evaluate`], value by value; `false` from `sink` ends it.
    ///
    /// # Errors
    ///
    /// As [`Path::evaluate`], and what `sink` gives.
    pub fn each<'a>(
        &'a self,
        context: &Context<'a>,
        sink: &mut dyn FnMut(Value<'a>) -> Result<bool, EvaluationError>,
    ) -> Result<(), EvaluationError> {
        let focus = std::slice::from_ref(&context.focus);
        context.each(&self.root, &evaluate::Scope { this: focus, index: None, total: None }, sink).map(|_| ())
    }

    /// What the expression can give for a focus of this shape; `projection` gets the members that it looks at.
    ///
    /// # Errors
    ///
    /// A choice named with its type (`valueQuantity`); with `strict`, unknown elements and orders that are not defined.
    pub fn shape(
        &self,
        focus: &Shape,
        resource: crate::model::TypeId,
        strict: bool,
        projection: &mut crate::json::Projection,
    ) -> Result<Shape, SyntaxError> {
        let mut analysis = Analysis::new(&self.text, resource, projection);
        analysis.strict = strict;
        let shape = analysis.walk(&self.root, focus)?;
        Ok(shape)
    }

    /// The first variable that is neither among the constants nor defined by the specifications.
    #[must_use]
    pub fn undefined(&self, constants: &[(String, Value<'static>)]) -> Option<&str> {
        let mut names = Vec::new();
        analyse::variables(&self.root, &mut names);
        let defined = |name: &str| {
            constants.iter().any(|(n, _)| n == name)
                || ["context", "resource", "rootResource", "rowIndex", "ucum", "sct", "loinc"].contains(&name)
                || name.starts_with("vs-")
                || name.starts_with("ext-")
        };
        names.into_iter().find(|name| !defined(name))
    }

    /// Whether the expression makes sense for a resource of this type.
    ///
    /// # Errors
    ///
    /// As [`Path::shape`].
    pub fn check(&self, resource: crate::model::TypeId, strict: bool) -> Result<(), SyntaxError> {
        let mut projection = crate::json::Projection::none();
        self.shape(&Shape::resource(resource), resource, strict, &mut projection).map(|_| ())
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
