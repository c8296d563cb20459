//! A VCF by itself, without a pedigree.

use crate::family::{FamilyError, covered, in_file, open_file};
use indgang_gate::Grant;
use indgang_genomics::vcf::{Header, ReadOptions, Reader};
use indgang_model::{Category, PersonId, Wishes};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// The header of a VCF; the samples it names are who the file is about.
///
/// # Errors
/// When the file cannot be opened or its header is wrong.
pub fn header(path: &Path) -> Result<Header, FamilyError> {
    let header = crate::family::header(path)?;
    crate::family::one_assembly(path, &header)?;
    Ok(header)
}

/// Who a file is about: its samples. Nobody, when it has none.
// tidy: no grant, because the gate rules by these names and needs them first.
pub fn people(header: &Header) -> BTreeMap<PersonId, Wishes> {
    header.samples.iter().map(|sample| (PersonId(sample.clone()), Wishes::default())).collect()
}

/// Opens a file whose samples the grant covers; a file without samples is about nobody and needs none.
/// `input` makes the reader of the opened file, which may count what is read.
///
/// # Errors
/// When the file is wrong, or there is a sample that no grant covers.
pub fn open<R: Read + Send>(
    grant: Option<&Grant>,
    path: &Path,
    input: impl FnOnce(File) -> R,
    options: ReadOptions,
) -> Result<Reader<R>, FamilyError> {
    let reader = Reader::open(input(open_file(path)?), options).map_err(|error| in_file(path, error))?;
    for sample in &reader.header().samples {
        match grant {
            Some(grant) => covered(grant, sample, Category::Genome)?,
            None => return Err(in_file(path, "it has samples, so it is read with a grant of the gate only")),
        }
    }
    Ok(reader)
}
