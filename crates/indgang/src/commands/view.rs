//! `indgang view run`: a ViewDefinition over the operator's own FHIR files, as tables.
//!
//! These are files that the operator holds outside the house: nothing of the house's records is read, so the gate is not asked
//! and no log is written.

use crate::output::Output;
use anyhow::{Context as _, bail};
use indgang_fhir::value::temporal::Temporal;
use indgang_fhir::view::{Cell, Columns, Runner, View};
use indgang_lake::ViewTable;
use indgang_model::{Clock as _, SystemClock};
use indgang_sources::fhir::{Block, FhirFile, Place};
use rayon::prelude::*;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Arguments of `view`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Write the table of a SQL-on-FHIR ViewDefinition over FHIR files that you hold yourself
    Run(RunArguments),
}

/// How the table is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// Comma-separated values with a line of names
    Csv,
    /// One JSON object a line
    Ndjson,
    /// Apache Parquet, compressed
    Parquet,
}

/// Arguments of `view run`.
#[derive(Debug, clap::Args)]
pub struct RunArguments {
    /// ViewDefinition of SQL on FHIR v2 (JSON)
    #[arg(value_name = "VIEWDEFINITION")]
    view: PathBuf,
    /// FHIR R4 files: NDJSON, a Bundle or one resource; plain, gzip, xz or zstd
    #[arg(long = "in", value_name = "FILE", required = true, num_args = 1..)]
    files: Vec<PathBuf>,
    /// Folder of the table, which has the view's name
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Form of the table
    #[arg(long, value_enum, default_value = "csv")]
    format: Format,
    /// Leave out what cannot be read, and list it in NAME.problems.ndjson
    #[arg(long)]
    keep_going: bool,
}

/// Writes the table, or nothing.
pub fn run(arguments: Arguments) -> anyhow::Result<()> {
    let Command::Run(arguments) = arguments.command;
    let text = std::fs::read_to_string(&arguments.view)
        .with_context(|| format!("cannot read `{}`: check the path", arguments.view.display()))?;
    let view = View::parse(&text).with_context(|| format!("`{}`", arguments.view.display()))?;
    let stem = arguments.view.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let name = view.name.clone().unwrap_or(stem);
    std::fs::create_dir_all(&arguments.out)
        .with_context(|| format!("cannot make the folder `{}`: name another with --out", arguments.out.display()))?;
    let path = arguments.out.join(format!("{name}.{}", arguments.format.ending()));
    let sink = Sink::begin(&view, arguments.format, Output::create(&path)?, &path)?;
    let mut table = Table { sink, path, rows: 0, resources: 0, problems: String::new(), failed: 0 };
    let job = Job { view: &view, format: arguments.format, now: now(), keep_going: arguments.keep_going };
    for file in &arguments.files {
        job.file(file, &mut table)?;
    }
    let Table { sink, path, rows, resources, problems, failed } = table;
    let listed = arguments.out.join(format!("{name}.problems.ndjson"));
    if failed > 0 {
        let mut list = Output::create(&listed)?;
        list.write_all(problems.as_bytes()).with_context(|| format!("cannot write `{}`", listed.display()))?;
        list.finish()?;
    }
    sink.finish(&path)?;
    println!("{rows} rows of {resources} resources in `{}`", path.display());
    if failed > 0 {
        println!("{failed} resources left out; see `{}`", listed.display());
    }
    Ok(())
}

impl Format {
    const fn ending(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Ndjson => "ndjson",
            Self::Parquet => "parquet",
        }
    }
}

fn now() -> Option<Temporal> {
    let text = SystemClock.now().to_string();
    // Milliseconds are enough, and all that FHIR's times commonly have.
    let (seconds, _) = text.split_once('.').unwrap_or((text.trim_end_matches('Z'), ""));
    Temporal::parse_date_time(&format!("{seconds}.000Z"))
}

struct Table {
    sink: Sink,
    path: PathBuf,
    rows: u64,
    resources: u64,
    problems: String,
    failed: u64,
}

/// The file, of which nothing is seen before it is complete.
enum Sink {
    Text(Output),
    Parquet(Box<ViewTable<Output>>),
}

/// Rows of one block.
enum Rows {
    Text(String),
    Columns(Columns),
}

impl Sink {
    fn begin(view: &View, format: Format, mut output: Output, path: &Path) -> anyhow::Result<Self> {
        if format == Format::Parquet {
            let table = ViewTable::begin(view, output).with_context(|| format!("`{}`", path.display()))?;
            return Ok(Self::Parquet(Box::new(table)));
        }
        if format == Format::Csv {
            let names: Vec<&str> = view.columns.iter().map(|c| c.name.as_str()).collect();
            output.write_all((names.join(",") + "\n").as_bytes()).with_context(|| full(path))?;
        }
        Ok(Self::Text(output))
    }

    fn write(&mut self, rows: Rows, path: &Path) -> anyhow::Result<()> {
        match (self, rows) {
            (Self::Text(output), Rows::Text(text)) => output.write_all(text.as_bytes()).with_context(|| full(path)),
            (Self::Parquet(table), Rows::Columns(columns)) => {
                table.write(columns).with_context(|| format!("`{}`", path.display()))
            }
            _ => bail!("rows and table are of different forms"),
        }
    }

    fn finish(self, path: &Path) -> anyhow::Result<()> {
        match self {
            Self::Text(output) => output.finish(),
            Self::Parquet(table) => table.finish().with_context(|| format!("`{}`", path.display()))?.finish(),
        }
    }
}

fn full(path: &Path) -> String {
    format!("cannot write `{}`: is the disk full?", path.display())
}

struct Job<'a> {
    view: &'a View,
    format: Format,
    now: Option<Temporal>,
    keep_going: bool,
}

/// What became of one block.
struct Done {
    kept: Rows,
    rows: u64,
    resources: u64,
    problems: Vec<(Place, String)>,
}

impl Job<'_> {
    fn file(&self, path: &Path, table: &mut Table) -> anyhow::Result<()> {
        let mut file = FhirFile::open(path)?;
        loop {
            // What the blocks give stays in the order of the file.
            let blocks = file.blocks()?;
            if blocks.is_empty() {
                return Ok(());
            }
            let done: Vec<Done> = blocks.par_iter().map(|block| self.block(block)).collect();
            for done in done {
                self.add(path, done, table)?;
            }
        }
    }

    fn add(&self, path: &Path, done: Done, table: &mut Table) -> anyhow::Result<()> {
        for (Place { line, entry }, reason) in done.problems {
            let entry = entry.map_or(String::new(), |e| format!(", entry {e}"));
            if !self.keep_going {
                bail!("`{}`, line {line}{entry}: {reason}; leave such resources out with --keep-going", path.display());
            }
            let place = format!("line {line}{entry}");
            let problem = serde_json::json!({ "file": path.display().to_string(), "place": place, "reason": reason });
            let _ = writeln!(table.problems, "{problem}");
            table.failed += 1;
        }
        table.rows += done.rows;
        table.resources += done.resources;
        table.sink.write(done.kept, &table.path)
    }

    fn block(&self, block: &Block) -> Done {
        let kept = match self.format {
            Format::Parquet => Rows::Columns(Columns::new(self.view)),
            _ => Rows::Text(String::new()),
        };
        let mut done = Done { kept, rows: 0, resources: 0, problems: Vec::new() };
        let mut runner = Runner::new(self.view);
        runner.now = self.now;
        block.each(&mut |place, found| {
            done.resources += 1;
            let rows_before = done.rows;
            let text_before = match &done.kept {
                Rows::Text(text) => text.len(),
                Rows::Columns(columns) => columns.rows,
            };
            let outcome = match found {
                Err(error) => Err(error.to_string()),
                Ok(resource) => runner
                    .resource(resource.text, &mut |row| {
                        done.rows += 1;
                        match &mut done.kept {
                            Rows::Text(text) => self.row(row, text),
                            Rows::Columns(columns) => columns.push(row),
                        }
                    })
                    .map_err(|error| error.to_string()),
            };
            if let Err(reason) = outcome {
                match &mut done.kept {
                    Rows::Text(text) => text.truncate(text_before),
                    Rows::Columns(columns) => columns.truncate(text_before),
                }
                done.rows = rows_before;
                done.problems.push((place, reason));
            }
        });
        done
    }

    fn row(&self, row: &[Cell<'_>], out: &mut String) {
        let csv = self.format == Format::Csv;
        for (index, (cell, column)) in row.iter().zip(&self.view.columns).enumerate() {
            match (csv, index) {
                (true, 0) => {}
                (true, _) => out.push(','),
                (false, 0) => out.push('{'),
                (false, _) => out.push(','),
            }
            if csv {
                cell.write_csv(out);
            } else {
                let _ = write!(out, "\"{}\":", column.name);
                cell.write_json(out);
            }
        }
        out.push_str(if csv { "\n" } else { "}\n" });
    }
}
