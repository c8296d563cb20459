//! Validation against the base rules of R4: elements, cardinalities, formats of primitives, contained resources, and Danish
//! personal numbers.
//!
//! Not looked at: bindings to value sets, invariants of the base profiles beyond those named here, profiles.
//! No message holds a value of the resource.

mod meaning;
mod primitive;
mod structure;

use crate::json::{Json, Node};
use crate::view::write_json_text;
use std::fmt::Write;

/// How grave an issue is: an error keeps the resource out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The resource is readable, but something in it is of little use.
    Warning,
    /// The resource breaks a rule.
    Error,
}

/// What is wrong with a resource, as an issue of an OperationOutcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issue {
    /// How grave it is.
    pub severity: Severity,
    /// A code of FHIR's IssueType.
    pub code: &'static str,
    /// Where: a FHIRPath such as `Patient.name[0].given`.
    pub expression: String,
    /// What is wrong and what was expected.
    pub diagnostics: String,
}

/// Most issues that are gathered of one resource.
const MOST_ISSUES: usize = 100;

/// All issues of the resource at a node, at most 100.
#[must_use]
pub fn resource(json: Json<'_>, node: Node) -> Vec<Issue> {
    let mut check = Check { json, issues: Vec::new(), path: String::new() };
    check.resource(node, false);
    check.issues
}

/// Whether the resource breaks a rule.
#[must_use]
pub fn has_errors(issues: &[Issue]) -> bool {
    issues.iter().any(|i| i.severity == Severity::Error)
}

/// The issues as an OperationOutcome in JSON.
#[must_use]
pub fn operation_outcome(issues: &[Issue]) -> String {
    let mut out = String::from("{\"resourceType\":\"OperationOutcome\",\"issue\":[");
    for (index, issue) in issues.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        let severity = if issue.severity == Severity::Error { "error" } else { "warning" };
        let _ = write!(out, "{{\"severity\":\"{severity}\",\"code\":\"{}\",\"diagnostics\":", issue.code);
        write_json_text(&issue.diagnostics, &mut out);
        out.push_str(",\"expression\":[");
        write_json_text(&issue.expression, &mut out);
        out.push_str("]}");
    }
    out.push_str("]}");
    out
}

/// A walk through a resource.
struct Check<'a> {
    json: Json<'a>,
    issues: Vec<Issue>,
    path: String,
}

impl Check<'_> {
    fn error(&mut self, code: &'static str, message: impl Into<String>) {
        self.issue(Severity::Error, code, message.into());
    }

    fn warn(&mut self, code: &'static str, message: impl Into<String>) {
        self.issue(Severity::Warning, code, message.into());
    }

    fn issue(&mut self, severity: Severity, code: &'static str, diagnostics: String) {
        if self.issues.len() < MOST_ISSUES {
            self.issues.push(Issue { severity, code, expression: self.path.clone(), diagnostics });
        }
    }

    /// Does something one step further down.
    fn below(&mut self, name: &str, index: Option<usize>, then: impl FnOnce(&mut Self)) {
        let length = self.path.len();
        if !self.path.is_empty() {
            self.path.push('.');
        }
        self.path.push_str(name);
        if let Some(index) = index {
            let _ = write!(self.path, "[{index}]");
        }
        then(self);
        self.path.truncate(length);
    }
}
