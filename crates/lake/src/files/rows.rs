//! Rows of a register's file as typed batches; a row that cannot be read is handed out with its reason.

use super::records::{RecordError, Records, header};
use super::{RegisterFile, value};
use crate::LakeError;
use crate::registers::{Column, Kind, Register};
use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, Date32Builder, Float64Builder, Int64Builder, RecordBatch, StringBuilder,
    TimestampMicrosecondBuilder,
};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use datafusion::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use std::borrow::Cow;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::sync::Arc;

/// Rows of a batch.
const ROWS: usize = 64 * 1024;
/// The longest header.
const HEADER: u64 = 1 << 16;

/// Takes what is read.
pub trait Sink {
    /// The header of the file, as it stands there.
    ///
    /// # Errors
    /// When it cannot be kept; the reading then ends.
    fn begin(&mut self, _header: &str) -> Result<(), LakeError> {
        Ok(())
    }

    /// Whether a key is one that can be kept.
    ///
    /// # Errors
    /// Why it cannot; the row is then rejected.
    fn accepts(&mut self, _column: &Column, _text: &str) -> Result<(), String> {
        Ok(())
    }

    /// Whether a row, each of whose values can be read, hangs together with what is known.
    ///
    /// # Errors
    /// The column, and why not; the row is then rejected.
    fn complete(&mut self, _row: &Row<'_>) -> Result<(), (&'static str, String)> {
        Ok(())
    }

    /// Rows that could be read, in [`schema`] of the register.
    ///
    /// # Errors
    /// When they cannot be kept; the reading then ends.
    fn rows(&mut self, batch: &RecordBatch) -> Result<(), LakeError>;

    /// A row that could not.
    ///
    /// # Errors
    /// When it cannot be kept; the reading then ends.
    fn rejected(&mut self, rejected: Rejected) -> Result<(), LakeError>;

    /// How many bytes of the file have been read.
    fn progress(&mut self, _bytes: u64) {}
}

/// A row that could not be read.
#[derive(Clone, PartialEq, Eq)]
pub struct Rejected {
    /// Its line, from 1; in Parquet its row.
    pub line: u64,
    /// The column that could not be read; `None` when it is the row as a whole.
    pub column: Option<&'static str>,
    /// What is wrong and what to write instead. Repeats no person's key.
    pub reason: String,
    /// The row as it stands in the file, with a person's data.
    pub raw: String,
}

/// What a file held.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Seen {
    /// Rows that were read.
    pub rows: u64,
    /// Rows that were rejected.
    pub rejected: u64,
    /// Columns that the register does not have, and that were left out.
    pub unknown: Vec<String>,
}

impl Register {
    /// Names and types of its columns as they are read.
    pub fn schema(&self) -> SchemaRef {
        let fields = self.columns.iter().map(|column| {
            let required = column.required || matches!(column.kind, Kind::PersonKey | Kind::ContactKey);
            Field::new(column.name, column.kind.data_type(), !required)
        });
        Arc::new(Schema::new(fields.collect::<Vec<_>>()))
    }
}

impl Kind {
    const fn data_type(self) -> DataType {
        match self {
            Self::PersonKey | Self::ContactKey | Self::Key(_) | Self::Text(_) | Self::Apart => DataType::Utf8,
            Self::Integer | Self::Concept | Self::Matter => DataType::Int64,
            Self::Moment => DataType::Timestamp(TimeUnit::Microsecond, None),
            Self::Number => DataType::Float64,
            Self::Date => DataType::Date32,
        }
    }
}

/// Reads a file.
///
/// # Errors
/// When it cannot be read, lacks a column, or the sink refuses.
pub fn read(file: &RegisterFile, sink: &mut dyn Sink) -> Result<Seen, LakeError> {
    if file.parquet { read_parquet(file, sink) } else { read_text(file, sink) }
}

fn read_text(file: &RegisterFile, sink: &mut dyn Sink) -> Result<Seen, LakeError> {
    let opened = File::open(&file.path).map_err(LakeError::file(&file.path))?;
    let mut input = BufReader::with_capacity(1 << 20, opened);
    let mut first = Vec::new();
    (&mut input).take(HEADER).read_until(b'\n', &mut first).map_err(LakeError::file(&file.path))?;
    if first.starts_with(&[0xff, 0xfe]) || first.starts_with(&[0xfe, 0xff]) {
        return Err(content(file, "is written in UTF-16; save it as UTF-8".to_owned()));
    }
    let mut read_bytes = first.len() as u64;
    while matches!(first.last(), Some(b'\n' | b'\r')) {
        first.pop();
    }
    let (delimiter, names) = header(&first, |name| file.register.column(name).is_some());
    let (places, unknown) = places(file, &names)?;
    let mut rows = Rows::new(file.register);
    let mut seen = Seen { unknown, ..Seen::default() };
    let mut records = Records::new(input, delimiter, 2);
    sink.begin(&String::from_utf8_lossy(first.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&first)))?;
    while let Some(record) = records.next().map_err(|error| unreadable(file, error))? {
        read_bytes += record.raw.len() as u64 + 1;
        let fields = record.fields();
        let outcome = if fields.len() == names.len() {
            rows.push(sink, |column| fields.get(places[column]).map_or("", AsRef::as_ref))
        } else {
            Err((None, format!("it has {} fields and the header has {}; mend the line", fields.len(), names.len())))
        };
        if let Err((column, reason)) = outcome {
            seen.rejected += 1;
            let raw = String::from_utf8_lossy(record.raw).into_owned();
            sink.rejected(Rejected { line: record.line, column, reason, raw })?;
        }
        if rows.length == ROWS {
            sink.progress(read_bytes);
            seen.rows += rows.hand_to(sink)?;
        }
    }
    seen.rows += rows.hand_to(sink)?;
    sink.progress(file.bytes);
    Ok(seen)
}

fn read_parquet(file: &RegisterFile, sink: &mut dyn Sink) -> Result<Seen, LakeError> {
    let damaged = |error: String| content(file, format!("is not a Parquet file that can be read ({error})"));
    let opened = File::open(&file.path).map_err(LakeError::file(&file.path))?;
    let builder = ParquetRecordBatchReaderBuilder::try_new(opened).map_err(|e| damaged(e.to_string()))?;
    let total = u64::try_from(builder.metadata().file_metadata().num_rows()).unwrap_or(0).max(1);
    let names: Vec<String> = builder.schema().fields().iter().map(|field| field.name().to_lowercase()).collect();
    let (places, unknown) = places(file, &names)?;
    let mut rows = Rows::new(file.register);
    let mut seen = Seen { unknown, ..Seen::default() };
    let mut line = 0;
    sink.begin(&file.register.columns.iter().map(|column| column.name).collect::<Vec<_>>().join(";"))?;
    for batch in builder.with_batch_size(ROWS).build().map_err(|e| damaged(e.to_string()))? {
        let batch = batch.map_err(|e| damaged(e.to_string()))?;
        let texts: Vec<ArrayRef> = places
            .iter()
            .map(|place| cast(batch.column(*place), &DataType::Utf8).map_err(|e| damaged(e.to_string())))
            .collect::<Result<_, _>>()?;
        for row in 0..batch.num_rows() {
            line += 1;
            let cell = |column: usize| {
                let texts = texts[column].as_string::<i32>();
                if texts.is_null(row) { "" } else { texts.value(row) }
            };
            if let Err((column, reason)) = rows.push(sink, cell) {
                seen.rejected += 1;
                let raw = (0..places.len()).map(cell).collect::<Vec<_>>().join(";");
                sink.rejected(Rejected { line, column, reason, raw })?;
            }
        }
        sink.progress(file.bytes / total * line);
        seen.rows += rows.hand_to(sink)?;
    }
    sink.progress(file.bytes);
    Ok(seen)
}

/// Where each column of the register stands in the file, and the file's columns that the register does not have.
fn places(file: &RegisterFile, names: &[String]) -> Result<(Vec<usize>, Vec<String>), LakeError> {
    let mut places = Vec::new();
    for column in file.register.columns {
        let mut found = names.iter().enumerate().filter(|(_, name)| *name == column.name);
        match (found.next(), found.next()) {
            (Some((place, _)), None) => places.push(place),
            (Some(_), Some(_)) => {
                let what = format!("line 1: column `{}` stands twice; leave one of them", column.name);
                return Err(content(file, what));
            }
            (None, _) => {
                let has: Vec<String> = names.iter().take(20).map(|name| format!("`{}`", shortened(name))).collect();
                let what = format!(
                    "line 1: column `{}` ({}) is missing; the file has {}. Name it `{0}` in the first line",
                    column.name,
                    column.means_en,
                    has.join(", ")
                );
                return Err(content(file, what));
            }
        }
    }
    let known = |name: &&String| file.register.column(name).is_none();
    Ok((places, names.iter().filter(known).cloned().collect()))
}

fn content(file: &RegisterFile, what: String) -> LakeError {
    LakeError::Content { file: file.name.clone(), what }
}

fn unreadable(file: &RegisterFile, error: RecordError) -> LakeError {
    match error {
        RecordError::Io(source) => LakeError::File { path: file.path.clone(), source },
        RecordError::TooLong(_) => content(file, error.to_string()),
    }
}

/// Rows that wait to be handed on.
struct Rows {
    register: &'static Register,
    schema: SchemaRef,
    cells: Vec<Cells>,
    length: usize,
}

enum Cells {
    Text(StringBuilder),
    Integer(Int64Builder),
    Number(Float64Builder),
    Date(Date32Builder),
    Moment(TimestampMicrosecondBuilder),
}

enum Value<'a> {
    Missing,
    Text(Cow<'a, str>),
    Integer(i64),
    Number(f64),
    Date(i32),
    Moment(i64),
}

/// A row, each of whose values could be read.
pub struct Row<'a> {
    register: &'static Register,
    values: &'a [Value<'a>],
}

impl Row<'_> {
    fn value(&self, column: &str) -> Option<&Value<'_>> {
        self.values.get(self.register.column(column)?)
    }

    /// A text or key.
    pub fn text(&self, column: &str) -> Option<&str> {
        match self.value(column)? {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// A whole number.
    pub fn integer(&self, column: &str) -> Option<i64> {
        match self.value(column)? {
            Value::Integer(number) => Some(*number),
            _ => None,
        }
    }

    /// A day, counted from 1970-01-01.
    pub fn date(&self, column: &str) -> Option<i32> {
        match self.value(column)? {
            Value::Date(day) => Some(*day),
            _ => None,
        }
    }
}

impl Rows {
    fn new(register: &'static Register) -> Self {
        let cells = register.columns.iter().map(|column| match column.kind {
            Kind::PersonKey | Kind::ContactKey | Kind::Key(_) | Kind::Text(_) | Kind::Apart => {
                Cells::Text(StringBuilder::new())
            }
            Kind::Moment => Cells::Moment(TimestampMicrosecondBuilder::new()),
            Kind::Integer | Kind::Concept | Kind::Matter => Cells::Integer(Int64Builder::new()),
            Kind::Number => Cells::Number(Float64Builder::new()),
            Kind::Date => Cells::Date(Date32Builder::new()),
        });
        Self { register, schema: register.schema(), cells: cells.collect(), length: 0 }
    }

    /// Adds a row, all of it or nothing.
    fn push<'a>(
        &mut self,
        sink: &mut dyn Sink,
        cell: impl Fn(usize) -> &'a str,
    ) -> Result<(), (Option<&'static str>, String)> {
        let mut values = Vec::with_capacity(self.cells.len());
        for (place, column) in self.register.columns.iter().enumerate() {
            let wrong = |reason| (Some(column.name), reason);
            let value = value_of(self.register, column, cell(place)).map_err(wrong)?;
            if let (Kind::PersonKey | Kind::ContactKey, Value::Text(key)) = (column.kind, &value) {
                sink.accepts(column, key).map_err(wrong)?;
            }
            values.push(value);
        }
        let row = Row { register: self.register, values: &values };
        sink.complete(&row).map_err(|(column, reason)| (Some(column), reason))?;
        for (cells, value) in self.cells.iter_mut().zip(values) {
            cells.append(value);
        }
        self.length += 1;
        Ok(())
    }

    fn hand_to(&mut self, sink: &mut dyn Sink) -> Result<u64, LakeError> {
        let rows = std::mem::take(&mut self.length);
        if rows == 0 {
            return Ok(0);
        }
        let columns = self.cells.iter_mut().map(Cells::finish).collect();
        let batch = RecordBatch::try_new(Arc::clone(&self.schema), columns)
            .map_err(|error| LakeError::Engine(error.to_string()))?;
        sink.rows(&batch)?;
        Ok(rows as u64)
    }
}

impl Cells {
    fn append(&mut self, value: Value<'_>) {
        match (self, value) {
            (Self::Text(cells), Value::Text(text)) => cells.append_value(text),
            (Self::Integer(cells), Value::Integer(number)) => cells.append_value(number),
            (Self::Number(cells), Value::Number(number)) => cells.append_value(number),
            (Self::Date(cells), Value::Date(day)) => cells.append_value(day),
            (Self::Moment(cells), Value::Moment(moment)) => cells.append_value(moment),
            (Self::Text(cells), _) => cells.append_null(),
            (Self::Integer(cells), _) => cells.append_null(),
            (Self::Number(cells), _) => cells.append_null(),
            (Self::Date(cells), _) => cells.append_null(),
            (Self::Moment(cells), _) => cells.append_null(),
        }
    }

    fn finish(&mut self) -> ArrayRef {
        match self {
            Self::Text(cells) => Arc::new(cells.finish()),
            Self::Integer(cells) => Arc::new(cells.finish()),
            Self::Number(cells) => Arc::new(cells.finish()),
            Self::Date(cells) => Arc::new(cells.finish()),
            Self::Moment(cells) => Arc::new(cells.finish()),
        }
    }
}

fn value_of<'a>(register: &Register, column: &Column, text: &'a str) -> Result<Value<'a>, String> {
    let kind = column.kind;
    if value::is_missing(text) {
        return match kind {
            Kind::PersonKey => Err("there is no person's key; fill it in, or leave the row out".to_owned()),
            Kind::ContactKey => Err("there is no contact's key; fill it in, or leave the row out".to_owned()),
            _ if column.required => {
                Err("there is nothing, and the row needs it; fill it in, or leave the row out".to_owned())
            }
            _ => Ok(Value::Missing),
        };
    }
    let wrong = |what: &str| format!("`{}` is no {what}", shortened(text));
    match kind {
        // Ids are whole numbers there, which some programs write with a decimal point.
        Kind::PersonKey | Kind::Key(_) if register.is_omop() => {
            Ok(Value::Text(value::integer(text).map_or(text.into(), |id| id.to_string().into())))
        }
        Kind::PersonKey | Kind::ContactKey | Kind::Key(_) | Kind::Text(_) | Kind::Apart => {
            Ok(Value::Text(value::text(kind, text)))
        }
        Kind::Integer => value::integer(text).map(Value::Integer).ok_or_else(|| wrong("whole number; write 1")),
        Kind::Concept | Kind::Matter => {
            value::integer(text).map(Value::Integer).ok_or_else(|| wrong("concept id; write 0 for what has no concept"))
        }
        Kind::Number => value::number(text)
            .map(Value::Number)
            .ok_or_else(|| wrong("number; write 48.5 or 48,5, and nothing for a value below what can be measured")),
        Kind::Date => value::day(text).map(Value::Date).ok_or_else(|| wrong("day; write 2020-12-31")),
        Kind::Moment => value::moment(text).map(Value::Moment).ok_or_else(|| wrong("time; write 2020-12-31T08:15:00")),
    }
}

/// The beginning of a text, for a message.
fn shortened(text: &str) -> String {
    match text.char_indices().nth(40) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

impl std::fmt::Debug for Rejected {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rejected")
            .field("line", &self.line)
            .field("column", &self.column)
            .field("reason", &self.reason)
            .finish_non_exhaustive()
    }
}
