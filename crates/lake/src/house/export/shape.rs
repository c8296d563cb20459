//! Rows of an answer as a table of the specification has them.

use crate::registers::{Kind, Register};
use crate::{LakeError, RecordBatch};
use datafusion::arrow::array::{Array, ArrayRef, AsArray, Date32Array, Int64Array, StringArray, new_null_array};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit, UInt64Type};
use std::sync::Arc;

/// The columns of a table.
pub(super) struct Shape {
    register: &'static Register,
    pub(super) schema: SchemaRef,
}

impl Shape {
    pub(super) fn of(register: &'static Register) -> Self {
        let fields = register.columns.iter().map(|column| {
            let kind = match column.kind {
                Kind::Text(_) => DataType::Utf8,
                // Of what is not kept, these are numbers of rows and the others texts.
                Kind::Apart if !column.name.ends_with("_event_id") => DataType::Utf8,
                Kind::Number => DataType::Float64,
                Kind::Date => DataType::Date32,
                Kind::Moment => DataType::Timestamp(TimeUnit::Microsecond, None),
                _ => DataType::Int64,
            };
            Field::new(column.name, kind, true)
        });
        Self { register, schema: Arc::new(Schema::new(fields.collect::<Vec<_>>())) }
    }

    /// The columns that an answer does not have.
    pub(super) fn empty(register: &'static Register, answer: &Schema) -> Vec<&'static str> {
        let columns = register.columns.iter().map(|column| column.name);
        columns.filter(|name| answer.index_of(name).is_err()).collect()
    }

    /// Rows of an answer in this shape; `before` is how many rows the table has already.
    pub(super) fn batch(&self, answer: &RecordBatch, before: u64) -> Result<RecordBatch, LakeError> {
        let rows = answer.num_rows();
        let columns = self.register.columns.iter().zip(self.schema.fields()).map(|(column, field)| {
            match (answer.column_by_name(column.name), column.kind) {
                (Some(values), _) if values.data_type() == &DataType::UInt64 => Ok(keys(values)),
                (Some(values), _) => {
                    cast(values, field.data_type()).map_err(|error| LakeError::Engine(error.to_string()))
                }
                // A row of a register has no key of its own; it gets its number.
                (None, Kind::Key(of)) if of == self.register.name => {
                    let first = i64::try_from(before).unwrap_or(i64::MAX);
                    Ok(Arc::new(Int64Array::from_iter_values((1..=rows as i64).map(|row| first.saturating_add(row))))
                        as _)
                }
                (None, Kind::Concept | Kind::Matter) if column.required => {
                    Ok(Arc::new(Int64Array::from(vec![0; rows])) as _)
                }
                (None, _) => Ok(new_null_array(field.data_type(), rows)),
            }
        });
        let columns: Vec<ArrayRef> = columns.collect::<Result<_, _>>()?;
        RecordBatch::try_new(Arc::clone(&self.schema), columns).map_err(|error| LakeError::Engine(error.to_string()))
    }
}

/// Keys are numbers of 64 bits without a sign here, and with one there.
fn keys(values: &ArrayRef) -> ArrayRef {
    #[expect(clippy::cast_possible_wrap, reason = "shifted, so that the highest bit is not set")]
    let signed = |key: u64| (key >> 1) as i64;
    Arc::new(values.as_primitive::<UInt64Type>().iter().map(|key| key.map(signed)).collect::<Int64Array>())
}

/// What the table `cdm_source` says of an export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    /// The day of the export.
    pub day: jiff::civil::Date,
    /// The day that the snapshot was made.
    pub made: jiff::civil::Date,
    /// The snapshot.
    pub snapshot: u64,
    /// Who holds the data.
    pub holder: String,
}

impl Stamp {
    pub(super) fn batch(&self) -> Result<RecordBatch, LakeError> {
        let text = |value: &str| Arc::new(StringArray::from(vec![value])) as ArrayRef;
        let day = |day: jiff::civil::Date| {
            Arc::new(Date32Array::from(vec![(day - jiff::civil::date(1970, 1, 1)).get_days()])) as ArrayRef
        };
        let about = format!("snapshot {} of the house, under pseudonyms of one permit", self.snapshot);
        let columns = [
            ("cdm_source_name", text("Indgang")),
            ("cdm_source_abbreviation", text("indgang")),
            ("cdm_holder", text(&self.holder)),
            ("source_description", text(&about)),
            ("source_documentation_reference", new_null_array(&DataType::Utf8, 1)),
            ("cdm_etl_reference", text("docs/reference/omop.md")),
            ("source_release_date", day(self.made)),
            ("cdm_release_date", day(self.day)),
            ("cdm_version", text("5.4")),
            // The concept of OMOP CDM 5.4.0.
            ("cdm_version_concept_id", Arc::new(Int64Array::from(vec![756_265])) as ArrayRef),
            ("vocabulary_version", text("that of the sources")),
        ];
        RecordBatch::try_from_iter(columns).map_err(|error| LakeError::Engine(error.to_string()))
    }
}
