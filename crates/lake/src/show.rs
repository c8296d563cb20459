//! An answer as texts, for those who show it without knowing the engine.

use crate::{LakeError, RecordBatch};
use datafusion::arrow::array::Array;
use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};

/// The first rows of an answer as texts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Cells {
    /// Names of the columns.
    pub columns: Vec<String>,
    /// Whether each column holds numbers.
    pub numeric: Vec<bool>,
    /// The first rows, each with a text a column; `None` for a missing value.
    pub rows: Vec<Vec<Option<String>>>,
    /// Rows of the whole answer.
    pub of: usize,
}

/// The first `most` rows of an answer as texts.
///
/// # Errors
/// When a value cannot be shown.
pub fn to_cells(batches: &[RecordBatch], most: usize) -> Result<Cells, LakeError> {
    let Some(first) = batches.first() else { return Ok(Cells::default()) };
    let failed = |error: datafusion::arrow::error::ArrowError| LakeError::Engine(error.to_string());
    let fields = first.schema_ref().fields();
    let columns = fields.iter().map(|field| field.name().clone()).collect();
    let numeric = fields.iter().map(|field| field.data_type().is_numeric()).collect();
    let mut rows = Vec::new();
    let options = FormatOptions::default();
    for batch in batches {
        let formatters = batch.columns().iter().map(|column| ArrayFormatter::try_new(column.as_ref(), &options));
        let formatters = formatters.collect::<Result<Vec<_>, _>>().map_err(failed)?;
        for row in 0..batch.num_rows().min(most - rows.len()) {
            let text = |(column, formatter): (&dyn Array, &ArrayFormatter<'_>)| match column.is_null(row) {
                true => Ok(None),
                false => formatter.value(row).try_to_string().map(Some),
            };
            let cells = batch.columns().iter().map(AsRef::as_ref).zip(&formatters).map(text);
            rows.push(cells.collect::<Result<Vec<_>, _>>().map_err(failed)?);
        }
    }
    Ok(Cells { columns, numeric, rows, of: batches.iter().map(RecordBatch::num_rows).sum() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use datafusion::arrow::array::{Float64Array, StringArray};
    use std::sync::Arc;

    #[test]
    fn the_first_rows_as_texts() {
        let names = StringArray::from(vec![Some("æble"), None, Some("c")]);
        let numbers = Float64Array::from(vec![Some(1.5), Some(2.0), None]);
        let batch =
            RecordBatch::try_from_iter([("name", Arc::new(names) as _), ("number", Arc::new(numbers) as _)]).unwrap();
        let text = |text: &str| Some(text.to_owned());
        let cells = to_cells(&[batch.clone(), batch], 4).unwrap();
        assert_eq!((cells.columns.join(" "), cells.numeric, cells.of), ("name number".into(), vec![false, true], 6));
        let rows = [[text("æble"), text("1.5")], [None, text("2.0")], [text("c"), None], [text("æble"), text("1.5")]];
        assert_eq!(cells.rows, rows);
        assert_eq!(to_cells(&[], 4).unwrap(), Cells::default());
    }
}
