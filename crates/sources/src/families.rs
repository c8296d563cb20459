//! A VCF and a pedigree that may hold several families.

use crate::family::{FamilyError, covered, in_file, open_file, text};
use indgang_gate::Grant;
use indgang_genomics::pedigree::Pedigree;
use indgang_genomics::vcf::{ReadOptions, Reader};
use indgang_interpret::by_mode::Followed;
use indgang_model::{Assembly, Category, PersonId, Wishes};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::PathBuf;

/// The files, as the reader named them.
#[derive(Debug, Clone)]
pub struct FamiliesFile {
    /// VCF with everybody's genotypes.
    pub variants: PathBuf,
    /// PED.
    pub pedigree: PathBuf,
    /// Genome build, when the header does not say it.
    pub assembly: Option<Assembly>,
}

/// The families, with the file they are read from.
pub struct OpenFamilies {
    /// Each family with its columns.
    pub families: Vec<Followed>,
    /// The genome build.
    pub assembly: Assembly,
    /// True when neither the header nor the reader said it.
    pub assumed: bool,
    /// The file, at its beginning.
    pub input: File,
    /// Its size.
    pub bytes: u64,
    path: PathBuf,
}

/// Who the files are about: nothing else is read for the gate's ruling.
///
/// # Errors
/// When the pedigree cannot be read.
// tidy: no grant, because the gate rules by these wishes and needs them first.
pub fn people(files: &FamiliesFile) -> Result<BTreeMap<PersonId, Wishes>, FamilyError> {
    let pedigree = Pedigree::parse(&text(&files.pedigree)?).map_err(|error| in_file(&files.pedigree, error))?;
    let members = pedigree.families.iter().flat_map(|f| &f.members);
    Ok(members.map(|m| (PersonId(m.id.clone()), Wishes::default())).collect())
}

/// Opens the files of people whom the grant covers.
///
/// # Errors
/// When a file is wrong, the two do not belong together, or the grant does not cover everybody.
pub fn open(grant: &Grant, files: &FamiliesFile) -> Result<OpenFamilies, FamilyError> {
    let pedigree = Pedigree::parse(&text(&files.pedigree)?).map_err(|error| in_file(&files.pedigree, error))?;
    for member in pedigree.families.iter().flat_map(|f| &f.members) {
        covered(grant, &member.id, Category::Genome)?;
    }
    let header = crate::family::header(&files.variants)?;
    crate::family::one_assembly(&files.variants, &header)?;
    let columns = pedigree.columns(&header.samples).map_err(|error| in_file(&files.pedigree, error))?;
    let assembly = match (header.assembly(), files.assembly) {
        (Some(found), Some(said)) if found != said => {
            return Err(in_file(
                &files.variants,
                format!(
                    "its header says {found}, but --assembly says {said}; leave --assembly out, or give the right file"
                ),
            ));
        }
        // Without a word the older build: its pseudo-autosomal bounds differ little, and nothing else here depends on it
        // but the genes by position.
        (found, said) => found.or(said).unwrap_or(Assembly::GRCh37),
    };
    let assumed = header.assembly().is_none() && files.assembly.is_none();
    let families = pedigree.families.into_iter().zip(columns).map(|(mut family, columns)| {
        family.mark_sequenced(&columns);
        Followed { family, columns }
    });
    let input = open_file(&files.variants)?;
    let bytes = input.metadata().map_or(0, |m| m.len());
    Ok(OpenFamilies { families: families.collect(), assembly, assumed, input, bytes, path: files.variants.clone() })
}

/// Reads the header again, over an input that may count what is read.
///
/// # Errors
/// When the header is wrong.
pub fn reader<R: Read + Send>(file: &OpenFamilies, input: R, options: ReadOptions) -> Result<Reader<R>, FamilyError> {
    Reader::open(input, options).map_err(|error| in_file(&file.path, error))
}
