//! Answers and tables as files.

use crate::{LakeError, RecordBatch};
use datafusion::arrow::csv::WriterBuilder;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::basic::{Compression, ZstdLevel};
use datafusion::parquet::errors::ParquetError;
use datafusion::parquet::file::properties::WriterProperties;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

/// Writes a Parquet table.
pub(crate) struct TableWriter {
    path: PathBuf,
    writer: ArrowWriter<File>,
}

impl TableWriter {
    /// Begins a file that only its owner reads and writes.
    pub(crate) fn create(path: &Path, schema: &SchemaRef) -> Result<Self, LakeError> {
        let file = private(path).map_err(LakeError::file(path))?;
        let level = ZstdLevel::try_new(1).map_err(|error| failed(path, error))?;
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(level))
            .set_max_row_group_row_count(Some(128 * 1024))
            .build();
        let writer =
            ArrowWriter::try_new(file, schema.clone(), Some(properties)).map_err(|error| failed(path, error))?;
        Ok(Self { path: path.to_owned(), writer })
    }

    pub(crate) fn write(&mut self, batch: &RecordBatch) -> Result<(), LakeError> {
        self.writer.write(batch).map_err(|error| failed(&self.path, error))
    }

    /// Ends the file; it is on the disk when this returns.
    pub(crate) fn finish(self) -> Result<(), LakeError> {
        let file = self.writer.into_inner().map_err(|error| failed(&self.path, error))?;
        file.sync_all().map_err(LakeError::file(&self.path))
    }
}

/// Writes an answer as CSV with a header, in UTF-8 with commas; a missing value is nothing.
///
/// # Errors
/// When the writer fails.
pub fn write_csv(batches: &[RecordBatch], out: &mut dyn Write) -> Result<(), LakeError> {
    let mut writer = WriterBuilder::new().with_header(true).build(out);
    for batch in batches {
        writer.write(batch).map_err(|error| LakeError::Engine(error.to_string()))?;
    }
    Ok(())
}

/// An answer as a table of text, for the eye.
///
/// # Errors
/// When a value cannot be shown.
pub fn to_table(batches: &[RecordBatch]) -> Result<String, LakeError> {
    let table = datafusion::arrow::util::pretty::pretty_format_batches(batches);
    Ok(table.map_err(|error| LakeError::Engine(error.to_string()))?.to_string())
}

/// An answer as the bytes of a Parquet file.
///
/// # Errors
/// When the answer has no columns or cannot be written.
pub fn to_parquet(batches: &[RecordBatch]) -> Result<Vec<u8>, LakeError> {
    let failed = |error: ParquetError| LakeError::Engine(error.to_string());
    let first = batches.first().ok_or_else(no_columns)?;
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, first.schema(), None).map_err(failed)?;
    for batch in batches {
        writer.write(batch).map_err(failed)?;
    }
    writer.close().map_err(failed)?;
    Ok(bytes)
}

fn no_columns() -> LakeError {
    LakeError::NotAllowed("the answer has no columns; write it as CSV".to_owned())
}

/// Writes an answer to a file that does not exist yet, as CSV, or as Parquet when its name ends so: all of it or nothing.
///
/// # Errors
/// When the file exists or cannot be written.
pub fn write_file(batches: &[RecordBatch], path: &Path) -> Result<(), LakeError> {
    if path.exists() {
        return Err(LakeError::file(path)(std::io::ErrorKind::AlreadyExists.into()));
    }
    let beside = path.with_added_extension("part");
    let written = write_beside(batches, path, &beside)
        .and_then(|()| std::fs::hard_link(&beside, path).map_err(LakeError::file(path)));
    let _ = std::fs::remove_file(&beside);
    written
}

fn write_beside(batches: &[RecordBatch], path: &Path, beside: &Path) -> Result<(), LakeError> {
    if path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("parquet")) {
        let first = batches.first().ok_or_else(no_columns)?;
        let mut writer = TableWriter::create(beside, &first.schema())?;
        batches.iter().try_for_each(|batch| writer.write(batch))?;
        return writer.finish();
    }
    let mut out = BufWriter::new(private(beside).map_err(LakeError::file(beside))?);
    write_csv(batches, &mut out)?;
    let file = out.into_inner().map_err(|error| LakeError::file(beside)(error.into_error()))?;
    file.sync_all().map_err(LakeError::file(beside))
}

/// A file that only its owner reads and writes.
pub(crate) fn private(path: &Path) -> std::io::Result<File> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn failed(path: &Path, error: ParquetError) -> LakeError {
    match error {
        ParquetError::External(cause) if cause.is::<std::io::Error>() => match cause.downcast::<std::io::Error>() {
            Ok(source) => LakeError::File { path: path.to_owned(), source: *source },
            Err(cause) => LakeError::Engine(cause.to_string()),
        },
        other => LakeError::Engine(other.to_string()),
    }
}
