//! SQL over register files that the one who asks holds herself: a research extract on her own disk.
//!
//! This is no way into the house: the tables are made of the files of one folder and of nothing else, in a session of
//! their own, and a table of the house cannot be registered here.

use crate::files::{self, RegisterFile, Rejected, Seen, Sink};
use crate::registers::REGISTERS;
use crate::session::{self, Limits};
use crate::write::TableWriter;
use crate::{LakeError, RecordBatch};
use datafusion::arrow::array::{Array, AsArray, BooleanBuilder};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::DataType;
use datafusion::datasource::MemTable;
use datafusion::logical_expr::{ColumnarValue, DdlStatement, LogicalPlan, ScalarUDF, Volatility, create_udf};
use datafusion::prelude::{ParquetReadOptions, SessionContext};
use std::path::Path;
use std::sync::Arc;
use tempfile::TempDir;

/// Rejected rows that are told one by one.
const TOLD: usize = 5;

/// A question about two texts, such as a code and one of its ancestors.
pub type TextPredicate = Arc<dyn Fn(&str, &str) -> bool + Send + Sync>;

/// A folder of register files as tables for SQL, each under its register's name.
pub struct Registers {
    context: SessionContext,
    notices: Vec<Notice>,
    /// The tables as Parquet; gone when the registers are.
    _folder: TempDir,
}

/// What the one who asks should know of the files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// A file that is no register and was not read.
    UnknownFile(String),
    /// A register that is not in the folder; its table is empty.
    Absent(&'static str),
    /// Columns that the register does not have and that were left out.
    UnknownColumns {
        /// The file.
        file: String,
        /// The columns.
        columns: Vec<String>,
    },
    /// Rows that could not be read and were left out.
    Rejected {
        /// The file.
        file: String,
        /// How many.
        rows: u64,
        /// Of how many.
        of: u64,
        /// The first of them: where, and what is wrong.
        first: Vec<String>,
    },
}

impl Registers {
    /// Reads the registers of a folder: `bef.csv`, `lpr_adm.parquet` and so on, in whatever letters. Text may be
    /// delimited by comma, semicolon, tab or bar, in UTF-8 or Latin-1. Registers that are not there become empty tables.
    /// What was left out is told by [`Registers::notices`].
    ///
    /// The tables are kept as Parquet in a private temporary folder while the value lives.
    ///
    /// # Errors
    /// When a file cannot be read, a column is missing, or a file has more rows that cannot be read than rows that can.
    pub async fn open(folder: &Path) -> Result<Self, LakeError> {
        Self::open_with(folder, &Limits::default()).await
    }

    /// The same with limits of memory.
    ///
    /// # Errors
    /// As [`Registers::open`].
    pub async fn open_with(folder: &Path, limits: &Limits) -> Result<Self, LakeError> {
        let (files, others) = files::find(folder, None)?;
        let mut notices: Vec<Notice> = others.into_iter().map(Notice::UnknownFile).collect();
        let tables = tempfile::tempdir().map_err(LakeError::file(std::env::temp_dir()))?;
        let context = session::open(limits, tables.path())?;
        for register in &REGISTERS {
            match files.iter().find(|file| file.register.name == register.name) {
                Some(file) => {
                    let path = tables.path().join(register.name).with_extension("parquet");
                    notices.extend(convert(file.clone(), path.clone()).await?);
                    let path = path.to_string_lossy();
                    context.register_parquet(register.name, path.as_ref(), ParquetReadOptions::default()).await?;
                }
                None => {
                    let empty = MemTable::try_new(register.schema(), vec![vec![]])?;
                    context.register_table(register.name, Arc::new(empty))?;
                    notices.push(Notice::Absent(register.name));
                }
            }
        }
        Ok(Self { context, notices, _folder: tables })
    }

    /// What was left out or not found, to be told to the one who asks.
    pub fn notices(&self) -> &[Notice] {
        &self.notices
    }

    /// Adds a function of two texts to the SQL, such as `is_a(code, 'DE11')`; missing when either is.
    pub fn add_text_predicate(&self, name: &str, predicate: TextPredicate) {
        self.context.register_udf(text_predicate(name, predicate));
    }

    /// Runs a script: questions, views and tables of their own, separated by semicolons. The answer is that of the last
    /// question, at least one batch, which may be without rows; empty when the script has no question.
    ///
    /// # Errors
    /// When the script cannot be read, asks for more than reading and its own views, or fails.
    pub async fn run_sql(&self, script: &str) -> Result<Vec<RecordBatch>, LakeError> {
        session::with_deep_stack(run(self.context.clone(), script.to_owned())).await
    }
}

async fn run(context: SessionContext, script: String) -> Result<Vec<RecordBatch>, LakeError> {
    let mut answer = Vec::new();
    for statement in session::parse(&script)? {
        let plan = context.state().statement_to_plan(statement).await?;
        allowed(&plan)?;
        let is_question = !matches!(plan, LogicalPlan::Ddl(_));
        let frame = context.execute_logical_plan(plan).await?;
        let schema = Arc::new(frame.schema().as_arrow().clone());
        let batches = frame.collect().await?;
        if is_question {
            // An answer without rows has columns all the same.
            answer = if batches.is_empty() { vec![RecordBatch::new_empty(schema)] } else { batches };
        }
    }
    Ok(answer)
}

/// Questions, and views and tables in memory. Nothing that writes, reads other files or changes settings.
fn allowed(plan: &LogicalPlan) -> Result<(), LakeError> {
    let what = match plan {
        LogicalPlan::Ddl(
            DdlStatement::CreateView(_)
            | DdlStatement::CreateMemoryTable(_)
            | DdlStatement::DropView(_)
            | DdlStatement::DropTable(_),
        ) => return Ok(()),
        LogicalPlan::Ddl(_) => "making anything but a view or a table from a question",
        LogicalPlan::Dml(_) | LogicalPlan::Copy(_) => "writing",
        LogicalPlan::Statement(_) => "settings and transactions",
        _ => return Ok(()),
    };
    Err(LakeError::NotAllowed(format!("{what} is not open in a script; use select, create view and create table as")))
}

async fn convert(file: RegisterFile, path: std::path::PathBuf) -> Result<Vec<Notice>, LakeError> {
    let converting = tokio::task::spawn_blocking(move || {
        let mut sink = Converting { writer: TableWriter::create(&path, &file.register.schema())?, first: Vec::new() };
        let seen = files::read(&file, &mut sink)?;
        sink.writer.finish()?;
        told(&file, seen, sink.first)
    });
    converting.await.map_err(|error| LakeError::Engine(error.to_string()))?
}

fn told(file: &RegisterFile, seen: Seen, first: Vec<String>) -> Result<Vec<Notice>, LakeError> {
    let Seen { rows, rejected, unknown } = seen;
    if rejected > rows {
        let what = format!("{rejected} of {} rows cannot be read; {}", rows + rejected, first.join("; "));
        return Err(LakeError::Content { file: file.name.clone(), what });
    }
    let mut notices = Vec::new();
    if !unknown.is_empty() {
        notices.push(Notice::UnknownColumns { file: file.name.clone(), columns: unknown });
    }
    if rejected > 0 {
        notices.push(Notice::Rejected { file: file.name.clone(), rows: rejected, of: rows + rejected, first });
    }
    Ok(notices)
}

struct Converting {
    writer: TableWriter,
    first: Vec<String>,
}

impl Sink for Converting {
    fn rows(&mut self, batch: &RecordBatch) -> Result<(), LakeError> {
        self.writer.write(batch)
    }

    fn rejected(&mut self, rejected: Rejected) -> Result<(), LakeError> {
        if self.first.len() < TOLD {
            self.first.push(rejected.to_string());
        }
        Ok(())
    }
}

/// A function of two texts for SQL; missing when either is.
pub(crate) fn text_predicate(name: &str, predicate: TextPredicate) -> ScalarUDF {
    create_udf(
        name,
        vec![DataType::Utf8, DataType::Utf8],
        DataType::Boolean,
        Volatility::Immutable,
        Arc::new(move |arguments| apply(&predicate, arguments)),
    )
}

fn apply(predicate: &TextPredicate, arguments: &[ColumnarValue]) -> datafusion::error::Result<ColumnarValue> {
    let arrays = ColumnarValue::values_to_arrays(arguments)?;
    let text = |place: usize| cast(&arrays[place], &DataType::Utf8);
    let (left, right) = (text(0)?, text(1)?);
    let (left, right) = (left.as_string::<i32>(), right.as_string::<i32>());
    let mut answers = BooleanBuilder::with_capacity(left.len());
    for row in 0..left.len() {
        let missing = left.is_null(row) || right.is_null(row);
        answers.append_option((!missing).then(|| predicate(left.value(row), right.value(row))));
    }
    Ok(ColumnarValue::Array(Arc::new(answers.finish())))
}

impl std::fmt::Display for Rejected {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.column {
            Some(column) => write!(f, "line {}, column `{column}`: {}", self.line, self.reason),
            None => write!(f, "line {}: {}", self.line, self.reason),
        }
    }
}

impl std::fmt::Display for Notice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::UnknownFile(name) => write!(f, "`{name}` is no register and was not read"),
            Self::Absent(register) => write!(f, "there is no file of register `{register}`; its table is empty"),
            Self::UnknownColumns { file, columns } => {
                write!(f, "`{file}`: columns left out that the register does not have: {}", columns.join(", "))
            }
            Self::Rejected { file, rows, of, first } => {
                write!(f, "`{file}`: {rows} of {of} rows could not be read and were left out; {}", first.join("; "))
            }
        }
    }
}

impl std::fmt::Debug for Registers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Registers").field("notices", &self.notices).finish_non_exhaustive()
    }
}
