//! OMOP CDM 5.4 out of the house: what a grant opens of rows, as files in the tables of the specification.
//!
//! Every row comes through the same scans as a question's, under the pseudonyms of the grant's domain. Rows of the Danish
//! registers become rows of OMOP by the questions in `export/registers.rs`, which are asked like any other.

mod registers;
mod shape;

use super::control;
use super::folder::create_private;
use super::question::{Engine, open};
use super::view::View;
use crate::registers::Register;
use crate::session::{self, Limits};
use crate::write::TableWriter;
use crate::{LakeError, RecordBatch, omop};
use datafusion::arrow::csv::{Writer, WriterBuilder};
use shape::{Shape, Stamp};
use std::fs::File;
use std::path::{Path, PathBuf};
use tokio::time::Instant;

pub use shape::Stamp as ExportStamp;

/// A table that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exported {
    /// Its name.
    pub table: &'static str,
    /// Its rows.
    pub rows: u64,
    /// Registers whose rows are among them.
    pub of: Vec<&'static str>,
    /// Columns that the grant does not open, or that are not kept; they are empty.
    pub empty: Vec<&'static str>,
}

/// Writes what a view opens into a folder that does not exist yet, a file a table: all of it or nothing.
///
/// # Errors
/// [`LakeError::Refused`] when the grant opens counts only, [`LakeError::File`] when the folder exists or cannot be
/// written, or what a question's answer may end with.
pub async fn export(
    view: &View,
    limits: &Limits,
    folder: &Path,
    parquet: bool,
    stamp: &Stamp,
) -> Result<Vec<Exported>, LakeError> {
    if !view.rows {
        let what =
            "an export has rows of persons, and the grant opens counts only; ask for a permit with `rows = true`";
        return Err(LakeError::Refused { rule: "lake-rows", what: what.to_owned() });
    }
    if folder.exists() {
        return Err(LakeError::file(folder)(std::io::ErrorKind::AlreadyExists.into()));
    }
    let beside = folder.with_added_extension("part");
    create_private(&beside)?;
    let (view, limits, stamp, place) = (view.clone(), limits.clone(), stamp.clone(), beside.clone());
    let written = session::with_deep_stack(async move { tables(&view, &limits, &place, parquet, &stamp).await }).await;
    let placed = written.and_then(|tables| {
        std::fs::rename(&beside, folder).map_err(LakeError::file(folder))?;
        Ok(tables)
    });
    if placed.is_err() {
        let _ = std::fs::remove_dir_all(&beside);
    }
    placed
}

async fn tables(
    view: &View,
    limits: &Limits,
    folder: &Path,
    parquet: bool,
    stamp: &Stamp,
) -> Result<Vec<Exported>, LakeError> {
    let spill =
        tempfile::Builder::new().prefix("spill").tempdir_in(&view.folder).map_err(LakeError::file(&view.folder))?;
    let context = open(view, limits, spill.path())?;
    let engine = Engine { context, limits: limits.clone(), until: Instant::now() + limits.time };
    let mut done = Vec::new();
    for register in omop::tables() {
        let questions = questions(view, register);
        if questions.is_empty() {
            continue;
        }
        let path = folder.join(register.name).with_extension(if parquet { "parquet" } else { "csv" });
        let mut out = Out::create(&path, &Shape::of(register))?;
        let mut exported = Exported { table: register.name, rows: 0, of: Vec::new(), empty: Vec::new() };
        for (of, sql) in questions {
            let plan = engine.context.state().create_logical_plan(&sql).await?;
            let plan = control::without_failures(plan)?;
            let (nature, counts) = control::whole(&plan, view)?;
            debug_assert!(matches!(nature, control::Nature::Persons { .. }) && !counts, "rows of persons: {sql}");
            if of == register.name {
                exported.empty = Shape::empty(register, plan.schema().as_arrow());
            } else {
                exported.of.push(of);
            }
            let plan = engine.context.state().create_physical_plan(&plan).await?;
            let mut take = |batch: RecordBatch| {
                let shaped = Shape::of(register).batch(&batch, exported.rows)?;
                exported.rows += shaped.num_rows() as u64;
                out.write(&shaped)
            };
            engine.run(plan, &mut take).await?;
        }
        out.finish()?;
        done.push(exported);
    }
    let source = folder.join("cdm_source").with_extension(if parquet { "parquet" } else { "csv" });
    let batch = stamp.batch()?;
    let mut out = Out::with_schema(&source, &batch.schema())?;
    out.write(&batch)?;
    out.finish()?;
    Ok(done)
}

/// What is asked for a table: of the table itself, and of the registers, each where the grant opens all that it needs.
fn questions(view: &View, register: &Register) -> Vec<(&'static str, String)> {
    let opened = |name: &str, columns: &[&str]| {
        let table = view.tables.iter().find(|table| table.register.name == name);
        table.is_some_and(|table| columns.iter().all(|column| table.has(column)))
    };
    let own = view.tables.iter().find(|table| table.register.name == register.name);
    let own = own.map(|table| (table.register.name, format!("select * from {}", register.name)));
    let of_registers = registers::ALL.iter().filter(|question| {
        question.table == register.name && question.needs.iter().all(|(name, columns)| opened(name, columns))
    });
    let of_registers = of_registers.map(|question| {
        // Somebody of a source of OMOP is there already.
        let known = match register.name == omop::PERSON && own.is_some() {
            true => " and pnr not in (select person_id from person)",
            false => "",
        };
        (question.of, question.sql.replace("{known}", known))
    });
    own.clone().into_iter().chain(of_registers).collect()
}

/// A file that is being written.
enum Out {
    Parquet(Box<TableWriter>),
    Text { path: PathBuf, writer: Box<Writer<File>> },
}

impl Out {
    fn create(path: &Path, shape: &Shape) -> Result<Self, LakeError> {
        let mut out = Self::with_schema(path, &shape.schema)?;
        // A table without rows has columns all the same.
        out.write(&RecordBatch::new_empty(shape.schema.clone()))?;
        Ok(out)
    }

    fn with_schema(path: &Path, schema: &datafusion::arrow::datatypes::SchemaRef) -> Result<Self, LakeError> {
        if path.extension().is_some_and(|ending| ending == "parquet") {
            return Ok(Self::Parquet(Box::new(TableWriter::create(path, schema)?)));
        }
        let file = crate::write::private(path).map_err(LakeError::file(path))?;
        let writer = Box::new(WriterBuilder::new().with_header(true).build(file));
        Ok(Self::Text { path: path.to_owned(), writer })
    }

    fn write(&mut self, batch: &RecordBatch) -> Result<(), LakeError> {
        match self {
            Self::Parquet(writer) => writer.write(batch),
            Self::Text { writer, .. } => writer.write(batch).map_err(|error| LakeError::Engine(error.to_string())),
        }
    }

    fn finish(self) -> Result<(), LakeError> {
        match self {
            Self::Parquet(writer) => writer.finish(),
            Self::Text { path, writer } => writer.into_inner().sync_all().map_err(LakeError::file(path)),
        }
    }
}
