//! The concepts of a delivered OMOP vocabulary: their ids, against which those of rows are held.

use super::records::header;
use crate::{LakeError, omop};
use datafusion::arrow::array::AsArray;
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, UInt32Type};
use datafusion::parquet::arrow::ProjectionMask;
use datafusion::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use roaring::RoaringBitmap;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

const ID: &str = "concept_id";

/// The ids of the folder's table `concept`; `None` when it is not there, or has no row.
///
/// # Errors
/// When it cannot be read or has no column `concept_id`.
pub fn concepts(folder: &Path) -> Result<Option<RoaringBitmap>, LakeError> {
    let Some(path) = find(folder)? else { return Ok(None) };
    let damaged = || {
        LakeError::Content {
        file: path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        what: "is no table of concepts: column `concept_id` cannot be read; deliver the vocabulary's own file, or leave it out"
            .to_owned(),
    }
    };
    let parquet = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("parquet"));
    let known = if parquet { of_parquet(&path).ok_or_else(damaged)? } else { of_text(&path)?.ok_or_else(damaged)? };
    Ok(Some(known).filter(|known| !known.is_empty()))
}

fn find(folder: &Path) -> Result<Option<PathBuf>, LakeError> {
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(LakeError::file(folder))? {
        paths.push(entry.map_err(LakeError::file(folder))?.path());
    }
    paths.sort();
    Ok(paths.into_iter().find(|path| {
        let readable = path.extension().is_some_and(|ending| {
            ["csv", "tsv", "txt", "parquet"].iter().any(|known| ending.eq_ignore_ascii_case(known))
        });
        readable && path.is_file() && path.file_stem().is_some_and(|stem| stem.eq_ignore_ascii_case(omop::CONCEPT))
    }))
}

fn of_parquet(path: &Path) -> Option<RoaringBitmap> {
    let builder = ParquetRecordBatchReaderBuilder::try_new(File::open(path).ok()?).ok()?;
    let place = builder.schema().fields().iter().position(|field| field.name().eq_ignore_ascii_case(ID))?;
    let mask = ProjectionMask::roots(builder.parquet_schema(), [place]);
    let mut known = RoaringBitmap::new();
    for batch in builder.with_projection(mask).build().ok()? {
        let ids = cast(batch.ok()?.column(0), &DataType::UInt32).ok()?;
        known.extend(ids.as_primitive::<UInt32Type>().iter().flatten());
    }
    Some(known)
}

/// By lines and not by records: names of concepts hold quotes that are never closed.
fn of_text(path: &Path) -> Result<Option<RoaringBitmap>, LakeError> {
    let mut lines = BufReader::with_capacity(1 << 20, File::open(path).map_err(LakeError::file(path))?).split(b'\n');
    let Some(first) = lines.next().transpose().map_err(LakeError::file(path))? else { return Ok(None) };
    let (delimiter, names) = header(first.trim_ascii_end(), |name| name == ID || name == "concept_name");
    let Some(place) = names.iter().position(|name| name == ID) else { return Ok(None) };
    let mut known = RoaringBitmap::new();
    for line in lines {
        let line = line.map_err(LakeError::file(path))?;
        let field = line.split(|byte| *byte == delimiter).nth(place).and_then(|field| std::str::from_utf8(field).ok());
        known.extend(field.and_then(|field| field.trim().trim_matches('"').parse::<u32>().ok()));
    }
    Ok(Some(known))
}
