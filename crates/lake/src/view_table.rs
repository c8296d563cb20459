//! The rows of a FHIR view as a Parquet table.
//!
//! `boolean` is BOOLEAN and every whole number INT64; everything else is text in UTF-8: decimals with their digits, dates and
//! times with the precision they were written in, elements and collections as JSON. A partial date or a trailing zero would
//! be lost in a narrower type.

use crate::{LakeError, RecordBatch};
use datafusion::arrow::array::{ArrayRef, BooleanArray, Int64Array, LargeStringArray};
use datafusion::arrow::buffer::{Buffer, NullBuffer, OffsetBuffer, ScalarBuffer};
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::basic::{Compression, ZstdLevel};
use datafusion::parquet::errors::ParquetError;
use datafusion::parquet::file::properties::WriterProperties;
use indgang_fhir::view::{Column, ColumnType, Columns, View};
use std::collections::HashMap;
use std::io::Write;
use std::sync::Arc;

/// A Parquet table that is being written.
pub struct ViewTable<W: Write + Send> {
    schema: SchemaRef,
    writer: ArrowWriter<W>,
}

impl<W: Write + Send> ViewTable<W> {
    /// Begins a table with the columns of a view.
    ///
    /// # Errors
    /// When the writer fails.
    pub fn begin(view: &View, out: W) -> Result<Self, LakeError> {
        let schema = schema(view);
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::try_new(1).map_err(failed)?))
            .set_max_row_group_row_count(Some(128 * 1024))
            .build();
        let writer = ArrowWriter::try_new(out, Arc::clone(&schema), Some(properties)).map_err(failed)?;
        Ok(Self { schema, writer })
    }

    /// Adds rows of the same view.
    ///
    /// # Errors
    /// When the writer fails.
    pub fn write(&mut self, rows: Columns) -> Result<(), LakeError> {
        let columns = rows.columns.into_iter().map(array).collect::<Result<_, _>>()?;
        let batch = RecordBatch::try_new(Arc::clone(&self.schema), columns).map_err(engine)?;
        self.writer.write(&batch).map_err(failed)
    }

    /// Ends the table and gives back what it was written to.
    ///
    /// # Errors
    /// When the writer fails.
    pub fn finish(self) -> Result<W, LakeError> {
        self.writer.into_inner().map_err(failed)
    }
}

/// The columns with their types; the name of each one's FHIR type is its metadata `fhir.type`.
fn schema(view: &View) -> SchemaRef {
    let field = |column: &indgang_fhir::view::ColumnInfo| {
        let held = match column.r#type {
            ColumnType::Boolean => DataType::Boolean,
            ColumnType::Integer => DataType::Int64,
            ColumnType::Text | ColumnType::Json => DataType::LargeUtf8,
        };
        let of = column.fhir_type.iter().map(|name| ("fhir.type".to_owned(), name.clone()));
        Field::new(&column.name, held, true).with_metadata(of.collect::<HashMap<_, _>>())
    };
    Arc::new(Schema::new(view.columns.iter().map(field).collect::<Vec<_>>()))
}

/// A column as an array; texts are taken over as they lie.
fn array(column: Column) -> Result<ArrayRef, LakeError> {
    Ok(match column {
        Column::Boolean(values) => Arc::new(BooleanArray::from(values)),
        Column::Integer(values) => Arc::new(Int64Array::from(values)),
        Column::Text { bytes, ends, valid } => {
            let ends = std::iter::once(0).chain(ends);
            let offsets = ends.map(i64::try_from).collect::<Result<Vec<_>, _>>().map_err(engine)?;
            let offsets = OffsetBuffer::new(ScalarBuffer::from(offsets));
            let values = Buffer::from_vec(bytes.into_bytes());
            let nulls = NullBuffer::from(valid);
            Arc::new(LargeStringArray::try_new(offsets, values, Some(nulls)).map_err(engine)?)
        }
    })
}

fn engine(error: impl std::fmt::Display) -> LakeError {
    LakeError::Engine(error.to_string())
}

fn failed(error: ParquetError) -> LakeError {
    LakeError::Engine(format!("the table cannot be written: {error}; is the disk full?"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use datafusion::arrow::array::{Array, AsArray};
    use datafusion::arrow::datatypes::Int64Type;
    use datafusion::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
    use indgang_fhir::view::{Cell, Runner};
    use serde_json::Value;

    /// What CSV says of each value, row by row.
    type Rows = Vec<Vec<String>>;

    fn csv(cell: &Cell<'_>) -> String {
        let mut text = String::new();
        cell.write_csv(&mut text);
        text
    }

    fn written(view: &View, resources: &[String]) -> Option<(Rows, Rows)> {
        let mut runner = Runner::new(view);
        let (mut columns, mut rows) = (Columns::new(view), Rows::new());
        for resource in resources {
            let mut each = |row: &[Cell<'_>]| {
                columns.push(row);
                rows.push(row.iter().map(csv).collect());
            };
            runner.resource(resource, &mut each).ok()?;
        }
        let file = tempfile::NamedTempFile::new().unwrap();
        let mut table = ViewTable::begin(view, file.reopen().unwrap()).unwrap();
        // In two parts, as blocks come.
        let mut first = columns.clone();
        first.truncate(1);
        table.write(first).unwrap();
        for row in &mut columns.columns {
            drop_first(row);
        }
        table.write(columns).unwrap();
        table.finish().unwrap();
        Some((rows, read(file.reopen().unwrap())))
    }

    fn drop_first(column: &mut Column) {
        match column {
            Column::Boolean(values) => drop(values.drain(..values.len().min(1))),
            Column::Integer(values) => drop(values.drain(..values.len().min(1))),
            Column::Text { bytes, ends, valid } if !ends.is_empty() => {
                let cut = ends.remove(0);
                bytes.drain(..cut);
                ends.iter_mut().for_each(|end| *end -= cut);
                valid.remove(0);
            }
            Column::Text { .. } => {}
        }
    }

    fn read(file: std::fs::File) -> Rows {
        let reader = ParquetRecordBatchReaderBuilder::try_new(file).unwrap().build().unwrap();
        let mut rows = Rows::new();
        for batch in reader.map(Result::unwrap) {
            for at in 0..batch.num_rows() {
                rows.push(batch.columns().iter().map(|column| value(column, at)).collect());
            }
        }
        rows
    }

    fn value(column: &ArrayRef, at: usize) -> String {
        if column.is_null(at) {
            return String::new();
        }
        match column.data_type() {
            DataType::Boolean => column.as_boolean().value(at).to_string(),
            DataType::Int64 => column.as_primitive::<Int64Type>().value(at).to_string(),
            _ => csv(&Cell::Text(column.as_string::<i64>().value(at).into())),
        }
    }

    #[test]
    fn what_is_read_back_is_what_csv_says_in_the_official_cases() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../fhir/tests/data/sql-on-fhir");
        let (mut views, mut cells) = (0, 0);
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_none_or(|ending| ending != "json") {
                continue;
            }
            let suite: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
            let resources: Vec<String> = suite["resources"].as_array().unwrap().iter().map(Value::to_string).collect();
            for test in suite["tests"].as_array().unwrap().iter().filter(|test| test["expectError"] != true) {
                let Ok(view) = View::compile(&test["view"]) else { panic!("{}: {}", path.display(), test["title"]) };
                let (said, found) = written(&view, &resources).unwrap();
                assert_eq!(found, said, "{}: {}", path.display(), test["title"]);
                views += 1;
                cells += said.iter().map(Vec::len).sum::<usize>();
            }
        }
        assert!(views > 100 && cells > 500, "{views} {cells}");
    }

    #[test]
    fn columns_have_their_types() {
        let view = View::parse(
            r#"{"resource":"Observation","select":[{"column":[
                {"name":"id","path":"id"},{"name":"value","path":"value.ofType(Quantity).value"},
                {"name":"count","path":"value.ofType(integer)"},{"name":"truth","path":"value.ofType(boolean)"},
                {"name":"when","path":"effective.ofType(dateTime)"},{"name":"code","path":"code"}]}]}"#,
        )
        .unwrap();
        let types: Vec<(String, DataType)> =
            schema(&view).fields().iter().map(|f| (f.name().clone(), f.data_type().clone())).collect();
        let text = DataType::LargeUtf8;
        let expected = [
            ("id", text.clone()),
            ("value", text.clone()),
            ("count", DataType::Int64),
            ("truth", DataType::Boolean),
            ("when", text.clone()),
            ("code", text),
        ];
        assert_eq!(types, expected.map(|(name, held)| (name.to_owned(), held)));
    }
}
