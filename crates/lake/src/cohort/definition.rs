//! What a definition says.

use crate::RecordBatch;
use crate::registers::{REGISTERS, Register};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The name of the last step.
pub(super) const RESULT: &str = "result";
/// The view that holds the values of the parameters, one row.
const PARAMETERS: &str = "parameters";

/// A cohort's definition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definition {
    about: About,
    /// Name and SQL of each step, the result last.
    steps: Vec<(String, String)>,
}

/// What stands in `cohort.toml`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct About {
    id: String,
    version: String,
    title_en: String,
    title_da: String,
    about_en: String,
    about_da: String,
    method: String,
    references: Vec<String>,
    steps: Vec<String>,
    registers: Vec<String>,
    columns: Vec<Column>,
    #[serde(default)]
    parameters: Vec<Parameter>,
}

/// A column of the answer.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// What it means, in English.
    pub means_en: String,
    /// The same in Danish.
    pub means_da: String,
}

/// What can be chosen when a cohort is made.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// What its value is.
    pub kind: ParameterKind,
    /// The value when none is given; without it one must be.
    pub default: Option<String>,
    /// What it means, in English.
    pub means_en: String,
    /// The same in Danish.
    pub means_da: String,
}

/// What a parameter's value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ParameterKind {
    /// A code, such as `A10BA02`.
    Code,
    /// A whole number.
    Integer,
    /// A day, such as 2020-12-31.
    Date,
}

/// What is wrong with a definition, or with how it is used.
#[derive(Debug, thiserror::Error)]
pub enum DefinitionError {
    /// A file of the definition.
    #[error(
        "cannot read `{file}`: {source}; a definition is a folder with cohort.toml and a file of SQL for each step"
    )]
    File {
        /// Which.
        file: String,
        /// The system's reason.
        source: std::io::Error,
    },
    /// `cohort.toml` cannot be read.
    #[error("cohort.toml: {0}")]
    Toml(String),
    /// A name that cannot be a view.
    #[error("cohort.toml: step `{0}` must be small letters, digits and underscores, once, and no register's name")]
    StepName(String),
    /// A register the house does not know.
    #[error("cohort.toml: there is no register `{0}`; there are {known}", known = known_registers())]
    Register(String),
    /// A parameter the definition does not have.
    #[error("`{name}` is no parameter of cohort `{cohort}`; it has {has}")]
    UnknownParameter {
        /// The name.
        name: String,
        /// The cohort.
        cohort: String,
        /// Its parameters.
        has: String,
    },
    /// A column the answer does not have.
    #[error("`{name}` is no column of cohort `{cohort}`; it has {has}")]
    UnknownColumn {
        /// The name.
        name: String,
        /// The cohort.
        cohort: String,
        /// Its columns.
        has: String,
    },
    /// A parameter without a value.
    #[error("cohort `{cohort}` needs `{name}` ({means}): give --set {name}=VALUE")]
    MissingParameter {
        /// The name.
        name: String,
        /// The cohort.
        cohort: String,
        /// What it means.
        means: String,
    },
    /// A value that is not of its parameter's kind.
    #[error("`{value}` is no value of `{name}`: {expected}")]
    Value {
        /// The parameter.
        name: String,
        /// The value.
        value: String,
        /// What it should be.
        expected: &'static str,
    },
    /// A step that the engine does not run.
    #[error("step `{name}`: {cause}")]
    Step {
        /// The step.
        name: String,
        /// Why.
        cause: String,
    },
    /// An answer with other columns than the definition says.
    #[error("the answer has columns {has}, and cohort.toml says {says}: put them right in result.sql or there")]
    Columns {
        /// Those of the answer.
        has: String,
        /// Those of the definition.
        says: String,
    },
}

fn known_registers() -> String {
    REGISTERS.map(|register| register.name).join(", ")
}

impl Definition {
    /// Reads a definition from its folder.
    ///
    /// # Errors
    /// When a file is missing, or what stands in them does not hang together.
    pub fn read(folder: &Path) -> Result<Self, DefinitionError> {
        let text = |name: &str| {
            let path = folder.join(name);
            let file = path.display().to_string();
            std::fs::read_to_string(path).map_err(|source| DefinitionError::File { file, source })
        };
        Self::from_parts(&text("cohort.toml")?, |step| text(&format!("{step}.sql")))
    }

    /// A definition from the text of its `cohort.toml`, and from that of each step by the step's file name.
    ///
    /// # Errors
    /// When a step has no text, or what stands in them does not hang together.
    pub fn from_parts(
        about: &str,
        mut sql: impl FnMut(&str) -> Result<String, DefinitionError>,
    ) -> Result<Self, DefinitionError> {
        let about: About = toml::from_str(about).map_err(|error| DefinitionError::Toml(error.to_string()))?;
        if let Some(unknown) = about.registers.iter().find(|name| Register::named(name).is_none()) {
            return Err(DefinitionError::Register(unknown.clone()));
        }
        let mut seen = BTreeSet::from([RESULT, PARAMETERS]);
        let mut steps = Vec::new();
        for file in &about.steps {
            // `3-pregnancies` is the third step and makes `pregnancies`.
            let name = file.split_once('-').map_or(file.as_str(), |(_, name)| name);
            let plain = name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
            if name.is_empty() || !plain || !seen.insert(name) || Register::named(name).is_some() {
                return Err(DefinitionError::StepName(file.clone()));
            }
            steps.push((name.to_owned(), sql(file)?));
        }
        steps.push((RESULT.to_owned(), sql(RESULT)?));
        Ok(Self { about, steps })
    }

    /// Its name.
    pub fn id(&self) -> &str {
        &self.about.id
    }

    /// Its version.
    pub fn version(&self) -> &str {
        &self.about.version
    }

    /// What it is, in English and Danish.
    pub fn title(&self) -> (&str, &str) {
        (&self.about.title_en, &self.about.title_da)
    }

    /// Who is in it, in English and Danish.
    pub fn about(&self) -> (&str, &str) {
        (&self.about.about_en, &self.about.about_da)
    }

    /// The method's card in the documentation.
    pub fn method(&self) -> &str {
        &self.about.method
    }

    /// What it rests on.
    pub fn references(&self) -> &[String] {
        &self.about.references
    }

    /// The registers it reads; one that is not there counts as empty.
    pub fn registers(&self) -> &[String] {
        &self.about.registers
    }

    /// The columns of the answer.
    pub fn columns(&self) -> &[Column] {
        &self.about.columns
    }

    /// What can be chosen.
    pub fn parameters(&self) -> &[Parameter] {
        &self.about.parameters
    }

    /// Name and SQL of each step, the result last.
    pub fn steps(&self) -> impl Iterator<Item = (&str, &str)> {
        self.steps.iter().map(|(name, sql)| (name.as_str(), sql.as_str()))
    }

    /// The statements to run, in order, each with the name of its step.
    pub(super) fn script(&self, values: &BTreeMap<String, String>) -> Result<Vec<(&str, String)>, DefinitionError> {
        let statement = |(name, sql): (_, String)| match name {
            RESULT => (name, sql),
            _ => (name, format!("CREATE VIEW {name} AS\n{sql}")),
        };
        Ok(self.queries(values)?.into_iter().map(statement).collect())
    }

    /// The same as one question, over tables that keep their own rules; `by` names columns to count persons by.
    pub(super) fn question(&self, values: &BTreeMap<String, String>, by: &[String]) -> Result<String, DefinitionError> {
        if let Some(unknown) = by.iter().find(|name| self.columns().iter().all(|column| column.name != **name)) {
            let has = self.columns().iter().map(|column| column.name.as_str()).collect::<Vec<_>>().join(", ");
            return Err(DefinitionError::UnknownColumn { name: unknown.clone(), cohort: self.id().to_owned(), has });
        }
        let queries = self.queries(values)?;
        let named = |(name, sql): &(&str, String)| format!("{name} AS (\n{}\n)", sql.trim().trim_end_matches(';'));
        let steps = queries.iter().map(named).collect::<Vec<_>>().join(",\n");
        let columns: Vec<&str> = self.columns().iter().map(|column| column.name.as_str()).collect();
        let columns = columns.join(", ");
        Ok(match by {
            [] => format!("WITH {steps}\nSELECT {columns} FROM {RESULT} ORDER BY {columns}"),
            by => {
                let by = by.join(", ");
                format!("WITH {steps}\nSELECT {by}, count(*) AS persons FROM {RESULT} GROUP BY {by} ORDER BY {by}")
            }
        })
    }

    /// The question of each step with its name, that of the parameters first and the result last.
    fn queries(&self, values: &BTreeMap<String, String>) -> Result<Vec<(&str, String)>, DefinitionError> {
        let mut queries: Vec<(&str, String)> = self.parameter_view(values)?.into_iter().collect();
        queries.extend(self.steps().map(|(name, sql)| (name, sql.to_owned())));
        Ok(queries)
    }

    fn parameter_view(
        &self,
        values: &BTreeMap<String, String>,
    ) -> Result<Option<(&'static str, String)>, DefinitionError> {
        let parameters = self.parameters();
        if let Some(name) = values.keys().find(|name| parameters.iter().all(|p| p.name != **name)) {
            let names: Vec<&str> = parameters.iter().map(|p| p.name.as_str()).collect();
            let has = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
            return Err(DefinitionError::UnknownParameter { name: name.clone(), cohort: self.id().to_owned(), has });
        }
        let mut columns = Vec::new();
        for parameter in parameters {
            let value = values.get(&parameter.name).or(parameter.default.as_ref());
            let value = value.ok_or_else(|| DefinitionError::MissingParameter {
                name: parameter.name.clone(),
                cohort: self.id().to_owned(),
                means: parameter.means_en.clone(),
            })?;
            columns.push(format!("{} AS {}", parameter.literal(value)?, parameter.name));
        }
        let view = || format!("SELECT {}", columns.join(", "));
        Ok((!columns.is_empty()).then(|| (PARAMETERS, view())))
    }

    pub(super) fn check_columns(&self, answer: &[RecordBatch]) -> Result<(), DefinitionError> {
        let Some(batch) = answer.first() else { return Ok(()) };
        let schema = batch.schema();
        let has: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
        let says: Vec<&str> = self.columns().iter().map(|column| column.name.as_str()).collect();
        if has == says {
            return Ok(());
        }
        Err(DefinitionError::Columns { has: has.join(", "), says: says.join(", ") })
    }
}

impl Parameter {
    /// The value as SQL writes it; nothing but a value of the kind passes.
    fn literal(&self, value: &str) -> Result<String, DefinitionError> {
        let wrong = |expected| DefinitionError::Value { name: self.name.clone(), value: value.to_owned(), expected };
        match self.kind {
            ParameterKind::Code => {
                let is_code =
                    !value.is_empty() && value.len() <= 20 && value.bytes().all(|b| b.is_ascii_alphanumeric());
                if is_code {
                    Ok(format!("'{}'", value.to_ascii_uppercase()))
                } else {
                    Err(wrong("write a code such as A10BA02"))
                }
            }
            ParameterKind::Integer => {
                let number: i32 = value.parse().map_err(|_| wrong("write a whole number such as 365"))?;
                Ok(format!("CAST({number} AS INT)"))
            }
            ParameterKind::Date => {
                let day: jiff::civil::Date = value.parse().map_err(|_| wrong("write a day such as 2020-12-31"))?;
                Ok(format!("DATE '{day}'"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ABOUT: &str = r#"
id = "c"
version = "1"
title_en = ""
title_da = ""
about_en = ""
about_da = ""
method = ""
references = []
steps = ["1-a"]
registers = ["bef"]
columns = [{ name = "pnr", means_en = "", means_da = "" }]
"#;

    fn definition(about: &str) -> Result<Definition, DefinitionError> {
        Definition::from_parts(about, |step| Ok(format!("SELECT '{step}'")))
    }

    #[test]
    fn steps_become_views_and_the_result_is_asked_for() {
        let script = definition(ABOUT).unwrap();
        let script = script.script(&BTreeMap::new()).unwrap();
        assert_eq!(
            script,
            [("a", "CREATE VIEW a AS\nSELECT '1-a'".to_owned()), ("result", "SELECT 'result'".to_owned())]
        );
    }

    #[test]
    fn what_does_not_hang_together_is_refused() {
        for (from, to, part) in [
            ("1-a", "1-bef", "step `1-bef`"),
            ("1-a", "1-result", "step `1-result`"),
            ("1-a", "1-A", "step `1-A`"),
            ("1-a", "1-a\", \"2-a", "step `2-a`"),
            ("1-a", "1-a; drop", "step `1-a; drop`"),
            ("[\"bef\"]", "[\"bef2\"]", "no register `bef2`"),
            ("version", "versoin", "unknown field `versoin`"),
        ] {
            let error = definition(&ABOUT.replace(from, to)).unwrap_err().to_string();
            assert!(error.contains(part), "{error}");
        }
    }

    #[test]
    fn parameters_are_values_and_nothing_else() {
        let kinds = [("n", "integer", "default = \"7\""), ("c", "code", ""), ("d", "date", "default = \"2020-01-01\"")];
        let tables: String = kinds
            .iter()
            .map(|(name, kind, default)| {
                format!("[[parameters]]\nname = \"{name}\"\nkind = \"{kind}\"\n{default}\nmeans_en = \"it\"\nmeans_da = \"\"\n")
            })
            .collect();
        let definition = definition(&format!("{ABOUT}{tables}")).unwrap();
        let view = |set: &[(&str, &str)]| {
            let values = set.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
            definition.script(&values).map(|script| script[0].1.clone()).map_err(|error| error.to_string())
        };
        assert_eq!(
            view(&[("c", "a10ba02")]).unwrap(),
            "CREATE VIEW parameters AS\nSELECT CAST(7 AS INT) AS n, 'A10BA02' AS c, DATE '2020-01-01' AS d"
        );
        for (set, part) in [
            (vec![], "needs `c` (it)"),
            (vec![("c", "x'; drop")], "write a code"),
            (vec![("c", "")], "write a code"),
            (vec![("c", "x"), ("n", "1.5")], "write a whole number"),
            (vec![("c", "x"), ("d", "31/12/2020")], "write a day"),
            (vec![("c", "x"), ("e", "1")], "it has n, c, d"),
        ] {
            let error = view(&set).unwrap_err();
            assert!(error.contains(part), "{error}");
        }
    }
}
