//! Rows gathered by column.

use super::{Cell, ColumnType, View};

/// Values of one column with their validity, in the layout that columnar formats share.
#[derive(Debug, Clone, PartialEq)]
pub enum Column {
    /// Truth values.
    Boolean(Vec<Option<bool>>),
    /// Whole numbers.
    Integer(Vec<Option<i64>>),
    /// Texts one after the other; `ends[i]` is where the i-th ends.
    Text {
        /// All texts.
        bytes: String,
        /// Where each ends.
        ends: Vec<usize>,
        /// Whether each is there.
        valid: Vec<bool>,
    },
}

/// The columns of a view.
#[derive(Debug, Clone)]
pub struct Columns {
    /// In the order of the view.
    pub columns: Vec<Column>,
    /// Rows so far.
    pub rows: usize,
}

impl Columns {
    /// Empty columns.
    #[must_use]
    pub fn new(view: &View) -> Self {
        let columns = view.columns.iter().map(|c| match c.r#type {
            ColumnType::Boolean => Column::Boolean(Vec::new()),
            ColumnType::Integer => Column::Integer(Vec::new()),
            ColumnType::Text | ColumnType::Json => {
                Column::Text { bytes: String::new(), ends: Vec::new(), valid: Vec::new() }
            }
        });
        Self { columns: columns.collect(), rows: 0 }
    }

    /// Adds a row. A value that is not of its column's type is nothing there.
    pub fn push(&mut self, row: &[Cell<'_>]) {
        for (column, cell) in self.columns.iter_mut().zip(row) {
            column.push(cell);
        }
        self.rows += 1;
    }

    /// Forgets the rows and keeps the room.
    pub fn clear(&mut self) {
        self.truncate(0);
    }

    /// Keeps the first rows only.
    pub fn truncate(&mut self, rows: usize) {
        for column in &mut self.columns {
            match column {
                Column::Boolean(values) => values.truncate(rows),
                Column::Integer(values) => values.truncate(rows),
                Column::Text { bytes, ends, valid } => {
                    ends.truncate(rows);
                    valid.truncate(rows);
                    bytes.truncate(ends.last().copied().unwrap_or(0));
                }
            }
        }
        self.rows = self.rows.min(rows);
    }
}

impl Column {
    fn push(&mut self, cell: &Cell<'_>) {
        match self {
            Self::Boolean(values) => values.push(match cell {
                Cell::Boolean(truth) => Some(*truth),
                _ => None,
            }),
            Self::Integer(values) => values.push(match cell {
                Cell::Integer(number) => Some(*number),
                _ => None,
            }),
            Self::Text { bytes, ends, valid } => {
                match cell {
                    Cell::Text(text) | Cell::Decimal(text) | Cell::Json(text) => bytes.push_str(text),
                    Cell::Null => {}
                    other => other.write_json(bytes),
                }
                ends.push(bytes.len());
                valid.push(*cell != Cell::Null);
            }
        }
    }
}
