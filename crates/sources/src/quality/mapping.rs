//! The mapping of a table: what each column is.

use super::CodeSets;
use crate::descriptor::NotThis;
use crate::hl7::{self, coding, object};
use indgang_fhir::record::QUALITY_TAG;
use serde::Deserialize;
use serde_json::{Value, json};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Why a mapping or a list of codes cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("`{}`: {reason}", path.display())]
pub struct MappingError {
    /// The file.
    pub path: PathBuf,
    /// What is wrong, with a remedy.
    pub reason: String,
}

/// What a table is of, and what its columns are.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// The database's name, as the timeline shows it.
    pub database: String,
    /// Canonical address of the questionnaire that it becomes.
    pub url: String,
    /// Its version.
    #[serde(default)]
    pub version: String,
    /// The column of the CPR number.
    pub person: String,
    /// The column of the day or moment of what was registered.
    pub date: String,
    /// The column of the registration's own id.
    pub id: Option<String>,
    /// What stands for no value in every column.
    #[serde(default)]
    pub missing: BTreeSet<String>,
    /// How text that is not UTF-8 is written: `latin-1`, or not at all.
    #[serde(default)]
    pub encoding: Encoding,
    /// The sign before the decimals: `,` or `.`.
    #[serde(default = "comma")]
    pub decimal: char,
    /// What divides the fields; told by the header where it is not given.
    pub delimiter: Option<char>,
    /// Columns that are not taken in.
    #[serde(default)]
    pub left_out: BTreeSet<String>,
    /// The other columns.
    #[serde(rename = "column", default)]
    pub columns: Vec<Column>,
}

/// How bytes are text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
pub enum Encoding {
    /// UTF-8.
    #[default]
    #[serde(rename = "utf-8")]
    Utf8,
    /// ISO 8859-1.
    #[serde(rename = "latin-1")]
    Latin1,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// Its name in the header.
    pub name: String,
    /// The `linkId` of its item; the name where none is given.
    #[serde(default)]
    pub link_id: String,
    /// Words for it.
    #[serde(default)]
    pub text: String,
    /// What its cells are.
    #[serde(rename = "type")]
    pub kind: ColumnKind,
    /// The unit of a number, in UCUM.
    pub unit: Option<String>,
    /// A code for what it is about.
    pub code: Option<ColumnCode>,
    /// Whether each row must have a value.
    #[serde(default)]
    pub required: bool,
    /// Least that a number may be.
    pub min: Option<f64>,
    /// Most.
    pub max: Option<f64>,
    /// What stands for no value here.
    #[serde(default)]
    pub missing: BTreeSet<String>,
    /// Of a choice what may stand in a cell, and what it means.
    #[serde(default)]
    pub values: BTreeMap<String, Answered>,
    /// The system of a choice's codes.
    #[serde(default)]
    pub system: String,
    /// A set of the list of codes.
    pub code_set: Option<String>,
}

/// What a cell of a column is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names of FHIR's types")]
pub enum ColumnKind {
    String,
    Integer,
    Decimal,
    Date,
    DateTime,
    Boolean,
    Choice,
}

/// A code with its system and words.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ColumnCode {
    /// The system.
    pub system: String,
    /// The code.
    pub code: String,
    /// Words for it.
    pub display: Option<String>,
}

/// What a value of a choice means.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Answered {
    /// Words; the code is what stands in the cell.
    Words(String),
    /// Another code, and words.
    Code {
        /// The code.
        code: String,
        /// Words for it.
        display: Option<String>,
    },
}

const fn comma() -> char {
    ','
}

impl Mapping {
    /// Reads a mapping, and completes its choices from a list of codes.
    ///
    /// # Errors
    /// With the file, and the line or column that is to be mended.
    pub fn read(path: &Path, codes: Option<&Path>) -> Result<Self, MappingError> {
        let failed = |reason| MappingError { path: path.to_owned(), reason };
        let text = std::fs::read_to_string(path).map_err(|error| failed(format!("{error}; check the path")))?;
        let codes = codes.map(CodeSets::read).transpose()?;
        Self::parse(&text, codes.as_ref()).map_err(failed)
    }

    /// The same from a text.
    pub(super) fn parse(text: &str, codes: Option<&CodeSets>) -> Result<Self, String> {
        let mut mapping: Self = toml::from_str(text).map_err(|error| error.to_string().trim_end().to_owned())?;
        for column in &mut mapping.columns {
            if column.link_id.is_empty() {
                column.link_id.clone_from(&column.name);
            }
            column.complete(codes).map_err(|what| format!("column `{}`: {what}", column.name))?;
        }
        mapping.hangs_together()?;
        Ok(mapping)
    }

    fn hangs_together(&self) -> Result<(), String> {
        for (name, value) in [("database", &self.database), ("url", &self.url)] {
            if value.trim().is_empty() {
                return Err(format!("`{name}` is empty: fill it in"));
            }
        }
        if self.url.contains(['|', ' ']) {
            return Err(format!("`{}` is no address: write `url` without a version or blanks", self.url));
        }
        if ![',', '.'].contains(&self.decimal) {
            return Err(format!("`{}` cannot be before decimals: write `decimal = \",\"` or `\".\"`", self.decimal));
        }
        if self.id.as_ref() == Some(&self.person) {
            return Err("`id` and `person` are one column: name a column whose value is no CPR number".to_owned());
        }
        if self.columns.is_empty() {
            return Err("names no `[[column]]`: nothing would be taken in".to_owned());
        }
        let (mut names, mut links) = (BTreeSet::new(), BTreeSet::new());
        for name in self.names() {
            if !names.insert(name.to_lowercase()) {
                return Err(format!("`{name}` is named twice: name each column once"));
            }
        }
        match self.columns.iter().find(|column| !links.insert(&column.link_id)) {
            Some(column) => Err(format!("`{}` is the `link_id` of two columns: give each its own", column.link_id)),
            None => Ok(()),
        }
    }

    /// Every column that the mapping names, in whatever way.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        let key = [&self.person, &self.date].into_iter().chain(&self.id);
        let own = self.columns.iter().map(|column| &column.name);
        key.chain(own).chain(&self.left_out).map(String::as_str)
    }

    /// Whether it names a column.
    pub(super) fn knows(&self, name: &str) -> bool {
        self.names().any(|known| same(known, name))
    }

    /// A file's bytes as text. What is UTF-8 is read as that.
    pub(super) fn text<'b>(&self, bytes: &'b [u8]) -> Result<Cow<'b, str>, NotThis> {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let error = match std::str::from_utf8(bytes) {
            Ok(text) => return Ok(Cow::Borrowed(text)),
            Err(error) => error,
        };
        let line = |until: usize| bytes[..until].iter().filter(|byte| **byte == b'\n').count() + 1;
        let control = bytes.iter().position(|byte| (0x80..0xa0).contains(byte));
        match (self.encoding, control) {
            (Encoding::Utf8, _) => {
                let line = line(error.valid_up_to());
                let what = "not UTF-8: convert the file, or write `encoding = \"latin-1\"` in the mapping";
                Err(NotThis(format!("line {line}: {what}")))
            }
            (Encoding::Latin1, Some(at)) => {
                let what = "neither UTF-8 nor Latin-1 (perhaps Windows-1252): convert the file to UTF-8";
                Err(NotThis(format!("line {}: {what}", line(at))))
            }
            (Encoding::Latin1, None) => Ok(Cow::Owned(bytes.iter().map(|byte| char::from(*byte)).collect())),
        }
    }

    /// Address and version.
    pub(super) fn canonical(&self) -> String {
        if self.version.is_empty() { self.url.clone() } else { format!("{}|{}", self.url, self.version) }
    }

    /// The questionnaire that the columns are.
    pub(super) fn questionnaire(&self) -> Value {
        let items: Vec<Value> = self.columns.iter().map(Column::item).collect();
        object([
            ("resourceType", json!("Questionnaire")),
            ("id", json!(hl7::id(&self.url))),
            ("meta", tag()),
            ("url", json!(self.url)),
            ("version", json!(self.version)),
            ("title", json!(self.database)),
            ("status", json!("active")),
            ("subjectType", json!(["Patient"])),
            ("item", json!(items)),
        ])
    }
}

/// The tag of what clinical quality databases tell.
pub(super) fn tag() -> Value {
    let (system, code) = QUALITY_TAG;
    json!({ "tag": [{ "system": system, "code": code }] })
}

/// Whether a header names a column, in whatever letters.
pub(super) fn same(known: &str, name: &str) -> bool {
    known.trim().to_lowercase() == name.trim().to_lowercase()
}

impl Column {
    /// Adds what the list of codes has, and holds the parts against each other.
    fn complete(&mut self, codes: Option<&CodeSets>) -> Result<(), String> {
        let is_choice = self.kind == ColumnKind::Choice;
        let is_number = matches!(self.kind, ColumnKind::Integer | ColumnKind::Decimal);
        if self.name.trim().is_empty() {
            return Err("has no name: write `name` as the header has it".to_owned());
        }
        if !is_choice && (!self.values.is_empty() || self.code_set.is_some()) {
            return Err("has values and is no choice: write `type = \"choice\"`".to_owned());
        }
        if !is_number && (self.unit.is_some() || self.min.is_some() || self.max.is_some()) {
            return Err("has a unit or limits and is no number: write `type = \"integer\"` or `\"decimal\"`".to_owned());
        }
        if self.min.zip(self.max).is_some_and(|(min, max)| min > max) {
            return Err("`min` is greater than `max`: correct them".to_owned());
        }
        if let Some(set) = &self.code_set {
            let codes = codes.ok_or_else(|| format!("takes its codes from the set `{set}`: give `--codes FILE`"))?;
            let missing = || format!("the list of codes has no set `{set}`: correct `code_set`");
            for (code, display) in codes.of(set).ok_or_else(missing)? {
                self.values.entry(code.clone()).or_insert_with(|| Answered::Words(display.clone()));
            }
        }
        if is_choice && self.values.is_empty() {
            return Err("is a choice without values: write them, or name a `code_set`".to_owned());
        }
        Ok(())
    }

    /// The Coding that a value of a choice is.
    pub(super) fn coding(&self, value: &str) -> Option<Value> {
        let (code, display) = match self.values.get(value)? {
            Answered::Words(words) => (value, Some(words.as_str())),
            Answered::Code { code, display } => (code.as_str(), display.as_deref()),
        };
        Some(coding(&self.system, code, display))
    }

    fn item(&self) -> Value {
        const CORE: &str = "http://hl7.org/fhir/StructureDefinition";
        let kind = match self.kind {
            ColumnKind::Integer | ColumnKind::Decimal if self.unit.is_some() => "quantity",
            ColumnKind::String => "string",
            ColumnKind::Integer => "integer",
            ColumnKind::Decimal => "decimal",
            ColumnKind::Date => "date",
            ColumnKind::DateTime => "dateTime",
            ColumnKind::Boolean => "boolean",
            ColumnKind::Choice => "choice",
        };
        let limit = |name: &str, limit: Option<f64>| {
            limit.map(|limit| json!({ "url": format!("{CORE}/{name}"), "valueDecimal": limit }))
        };
        let unit = self.unit.as_ref().map(|unit| {
            let unit = coding("http://unitsofmeasure.org", unit, Some(unit));
            json!({ "url": format!("{CORE}/questionnaire-unit"), "valueCoding": unit })
        });
        let extensions: Vec<Value> =
            [limit("minValue", self.min), limit("maxValue", self.max), unit].into_iter().flatten().collect();
        let options: Vec<Value> =
            self.values.keys().filter_map(|v| self.coding(v)).map(|coding| json!({ "valueCoding": coding })).collect();
        let code = self.code.as_ref().map(|c| json!([coding(&c.system, &c.code, c.display.as_deref())]));
        object([
            ("linkId", json!(self.link_id)),
            ("extension", json!(extensions)),
            ("code", json!(code)),
            ("text", json!(self.text)),
            ("type", json!(kind)),
            ("required", if self.required { json!(true) } else { Value::Null }),
            ("answerOption", json!(options)),
        ])
    }
}
