//! A family's files: variants, pedigree, signs, wishes, panel, annotations and reference sequence.
//!
//! Reading goes in two steps. [`people`] learns who the files are about: names of samples and wishes, which the gate needs
//! to rule. With its [`Grant`] the second step reads what the files say of them.

mod panelapp;
mod signs;

use crate::{compressed, wishes};
use indgang_gate::Grant;
use indgang_genomics::pedigree::{Family, Pedigree};
use indgang_genomics::profile::Profile;
use indgang_genomics::vcf::{Header, ReadOptions, Reader};
use indgang_interpret::annotation_table::AnnotationTable;
use indgang_interpret::case::Case;
use indgang_interpret::words::Words;
use indgang_knowledge::genes::{Genes, Resolution};
use indgang_model::{Assembly, Category, PersonId, Sex, Wishes};
use indgang_terminology::Hpo;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// The files of one family, as the reader named them.
#[derive(Debug, Clone, Default)]
pub struct FamilyFiles {
    /// VCF files: one for the family or one a person; small and structural variants together or apart.
    pub variants: Vec<PathBuf>,
    /// PED file; without one the VCF must have a single sample.
    pub pedigree: Option<PathBuf>,
    /// Phenopacket v2.
    pub phenopacket: Option<PathBuf>,
    /// Signs given by hand: observed.
    pub observed: Vec<String>,
    /// Signs given by hand: looked for and excluded.
    pub excluded: Vec<String>,
    /// Wishes in TOML.
    pub wishes: Option<PathBuf>,
    /// Gene panel: a symbol or HGNC number a line, or a panel of PanelApp (JSON or table), of which the green genes count.
    pub panel: Option<PathBuf>,
    /// Table of annotations.
    pub annotations: Option<PathBuf>,
    /// Genome build, when the headers do not say it.
    pub assembly: Option<Assembly>,
}

/// What is wrong, and in which file.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct FamilyError(String);

pub(crate) fn in_file(path: &Path, error: impl std::fmt::Display) -> FamilyError {
    FamilyError(format!("`{}`: {error}", path.display()))
}

/// Who the files are about, and what each wishes: nothing else is read for the gate's ruling.
///
/// # Errors
/// When a file cannot be opened or is not what its name says.
// tidy: no grant, because the gate rules by these wishes and needs them first.
pub fn people(files: &FamilyFiles) -> Result<BTreeMap<PersonId, Wishes>, FamilyError> {
    let family = family(files)?;
    let wishes = family_wishes(files, &family)?;
    Ok(family
        .members
        .iter()
        .map(|m| (PersonId(m.id.clone()), wishes.get(&m.id).copied().unwrap_or_default()))
        .collect())
}

/// The case, without its variants.
///
/// # Errors
/// When a file is wrong, names somebody who is not of the family, or the grant does not cover the family.
pub fn case(
    grant: &Grant,
    files: &FamilyFiles,
    profile: Profile,
    hpo: &Hpo,
    genes: &Genes,
) -> Result<Case, FamilyError> {
    let mut family = family(files)?;
    for member in &family.members {
        covered(grant, &member.id, Category::Phenotype)?;
    }
    let wishes = family_wishes(files, &family)?;
    let mut warnings = Vec::new();
    let proband = family.members[family.proband()].id.clone();
    let (id, age, features) = signs::signs(grant, files, &proband, &mut family, hpo, &mut warnings)?;
    let panel = files.panel.as_deref().map(|path| panel(path, genes, &mut warnings)).transpose()?;
    let assembly = assembly(files, &mut warnings)?;
    let id = id.filter(|id| !id.is_empty()).unwrap_or_else(|| family.id.clone());
    Ok(Case { id, family, features, age, wishes, assembly, profile, panel, warnings })
}

/// Opens a VCF of people whom the grant covers.
///
/// # Errors
/// When the file cannot be opened or the grant does not cover the family's genomes.
pub fn open_variants(grant: &Grant, case: &Case, path: &Path) -> Result<File, FamilyError> {
    for member in &case.family.members {
        covered(grant, &member.id, Category::Genome)?;
    }
    open_file(path)
}

/// Reads a table of annotations. It is about alleles, not about people, but it names those that one person has.
///
/// # Errors
/// When the file is wrong or the grant does not cover the family's genomes.
pub fn annotations(grant: &Grant, case: &Case, path: &Path) -> Result<AnnotationTable, FamilyError> {
    for member in &case.family.members {
        covered(grant, &member.id, Category::Genome)?;
    }
    AnnotationTable::parse(&text(path)?).map_err(|error| in_file(path, error))
}

pub(crate) fn covered(grant: &Grant, person: &str, category: Category) -> Result<(), FamilyError> {
    if grant.covers(&PersonId(person.to_owned()), category) {
        Ok(())
    } else {
        Err(FamilyError(
            "the gate's grant does not cover everybody in these files; ask for the whole family".to_owned(),
        ))
    }
}

pub(crate) fn text(path: &Path) -> Result<String, FamilyError> {
    let mut text = String::new();
    let mut reader = compressed::open(path).map_err(|error| FamilyError(error.to_string()))?;
    reader.read_to_string(&mut text).map_err(|error| in_file(path, format!("cannot be read as text ({error})")))?;
    Ok(text)
}

pub(crate) fn open_file(path: &Path) -> Result<File, FamilyError> {
    let file = File::open(path).map_err(|error| {
        in_file(path, format!("cannot be opened ({error}); check the name and that you may read it"))
    })?;
    if file.metadata().is_ok_and(|m| m.is_dir()) {
        return Err(in_file(path, "it is a folder; give a file"));
    }
    Ok(file)
}

/// The header alone; a VCF's first lines name the samples and the assembly.
pub(crate) fn header(path: &Path) -> Result<Header, FamilyError> {
    let file = open_file(path)?;
    let options =
        ReadOptions { block_bytes: std::num::NonZeroUsize::MIN.saturating_add(65_535), ..ReadOptions::default() };
    let reader = Reader::open(file, options).map_err(|error| in_file(path, error))?;
    Ok(reader.header().clone())
}

/// A file's own name, for the report: where it lay is nobody's business who reads that.
fn file_name(path: &Path) -> String {
    format!("`{}`", path.file_name().unwrap_or(path.as_os_str()).to_string_lossy())
}

/// Files, for a message about all of them.
fn names(paths: &[PathBuf]) -> String {
    let names: Vec<String> = paths.iter().map(|p| format!("`{}`", p.display())).collect();
    names.join(", ")
}

/// A file given twice would count everything in it twice.
fn once_each(paths: &[PathBuf]) -> Result<(), FamilyError> {
    let mut seen = BTreeSet::new();
    for path in paths {
        let place = path.canonicalize().unwrap_or_else(|_| path.clone());
        if !seen.insert(place) {
            return Err(in_file(
                path,
                "it is given twice; give each file once, and one for each person or kind of variant",
            ));
        }
    }
    Ok(())
}

fn family(files: &FamilyFiles) -> Result<Family, FamilyError> {
    once_each(&files.variants)?;
    let mut samples: Vec<String> = Vec::new();
    for path in &files.variants {
        for sample in &header(path)?.samples {
            if !samples.contains(sample) {
                samples.push(sample.clone());
            }
        }
    }
    let Some(path) = &files.pedigree else {
        return match samples.as_slice() {
            [one] => Ok(Family::single(one, Sex::Unknown)),
            [] => Err(FamilyError(format!(
                "{}: no sample, so there is nobody to interpret; give a VCF with genotypes",
                names(&files.variants)
            ))),
            many => Err(FamilyError(format!(
                "{}: {} samples ({}); say how they are related with --ped FAMILY.ped",
                names(&files.variants),
                many.len(),
                many.join(", ")
            ))),
        };
    };
    let mut pedigree = Pedigree::parse(&text(path)?).map_err(|error| in_file(path, error))?;
    let known: Vec<usize> = (0..pedigree.families.len())
        .filter(|f| pedigree.families[*f].members.iter().any(|m| samples.contains(&m.id)))
        .collect();
    if pedigree.families.len() == 1 && !known.is_empty() {
        // Sees the whole file: a name that the VCF lacks beside a sample that nobody claims is a misspelling.
        pedigree.columns(&samples).map_err(|error| in_file(path, error))?;
    }
    let mut family = match known.as_slice() {
        [one] => pedigree.families.swap_remove(*one),
        [] => {
            let people: Vec<&str> = pedigree.families.iter().flat_map(|f| &f.members).map(|m| m.id.as_str()).collect();
            return Err(in_file(
                path,
                format!(
                    "none of its people ({}) is a sample of the VCF ({}); make the names agree",
                    people.join(", "),
                    samples.join(", ")
                ),
            ));
        }
        many => {
            let names: Vec<&str> = many.iter().map(|f| pedigree.families[*f].id.as_str()).collect();
            return Err(in_file(
                path,
                format!(
                    "it holds {} families of the VCF ({}); interpret one at a time, with a pedigree of its own",
                    many.len(),
                    names.join(", ")
                ),
            ));
        }
    };
    let columns = family.columns(&samples).map_err(|error| in_file(path, error))?;
    family.mark_sequenced(&columns);
    Ok(family)
}

fn family_wishes(files: &FamilyFiles, family: &Family) -> Result<BTreeMap<String, Wishes>, FamilyError> {
    let Some(path) = &files.wishes else { return Ok(BTreeMap::new()) };
    let people: Vec<&str> = family.members.iter().map(|m| m.id.as_str()).collect();
    wishes::parse(&text(path)?, &people).map_err(|error| in_file(path, error))
}

fn panel(path: &Path, genes: &Genes, warnings: &mut Vec<Words>) -> Result<BTreeSet<String>, FamilyError> {
    let mut panel = BTreeSet::new();
    let text = text(path)?;
    let of_panelapp = panelapp::read(&text).map_err(|what| in_file(path, what))?;
    let first_word = |line: &str| line.split(['\t', ',', ';', ' ']).next().unwrap_or_default().trim().to_owned();
    // Of JSON the number of the gene stands in place of the line.
    let json = of_panelapp.is_some() && text.trim_start().starts_with('{');
    let (place_da, place) = if json { ("gen", "gene") } else { ("linje", "line") };
    let at_line = |number: usize, da: String, en: String| {
        Words::new(format!("{place_da} {number}: {da}"), format!("{place} {number}: {en}")).at(&file_name(path))
    };
    let names = match of_panelapp {
        Some(read) => {
            warnings.push(
                Words::new(
                    format!("PanelApp-panelet {}: {} grønne gener", read.title, read.genes.len()),
                    format!("the PanelApp panel {}: {} green genes", read.title, read.genes.len()),
                )
                .at(&file_name(path)),
            );
            read.genes
        }
        None => (1..).zip(text.lines().map(first_word)).collect(),
    };
    for (number, name) in &names {
        let (number, name) = (*number, name.as_str());
        if name.is_empty() || name.starts_with('#') {
            continue;
        }
        // Panels of other systems give the HGNC number first, with or without the prefix.
        let number_of = name.strip_prefix("HGNC:").unwrap_or(name).parse().ok();
        let known = number_of.and_then(|n| genes.by_hgnc(indgang_knowledge::genes::HgncId(n)));
        match (known, genes.resolve(name)) {
            (Some(gene), _) | (None, Resolution::Approved(gene)) => {
                panel.insert(gene.symbol.to_string());
            }
            (None, Resolution::Alias(gene)) => {
                let symbol = &gene.symbol;
                warnings.push(at_line(
                    number,
                    format!("`{name}` er læst som {symbol}"),
                    format!("`{name}` is read as {symbol}"),
                ));
                panel.insert(gene.symbol.to_string());
            }
            (None, Resolution::Ambiguous(several)) => {
                let names: Vec<&str> = several.iter().map(|g| &*g.symbol).collect();
                return Err(in_file(
                    path,
                    format!("{place} {number}: `{name}` may be {}; write the one you mean", names.join(" or ")),
                ));
            }
            (None, Resolution::Unknown) => {
                warnings.push(at_line(
                    number,
                    format!("`{name}` er ikke et gen i HGNC; brugt, som det står"),
                    format!("`{name}` is not a gene of HGNC; kept as written"),
                ));
                panel.insert(name.to_owned());
            }
        }
    }
    if panel.is_empty() {
        return Err(in_file(path, "it names no gene; write one symbol a line"));
    }
    Ok(panel)
}

/// A file joined from two assemblies is refused.
pub(crate) fn one_assembly(path: &Path, header: &Header) -> Result<(), FamilyError> {
    if header.mixes_assemblies() {
        return Err(in_file(
            path,
            "some of its contigs have the lengths of GRCh37 and some of GRCh38; it was joined from two assemblies. Give a file of one, made from the original",
        ));
    }
    Ok(())
}

/// The one assembly of the headers and the option.
fn assembly(files: &FamilyFiles, warnings: &mut Vec<Words>) -> Result<Assembly, FamilyError> {
    let mut found: Option<(Assembly, &Path)> = None;
    for path in &files.variants {
        let header = header(path)?;
        one_assembly(path, &header)?;
        let Some(assembly) = header.assembly() else { continue };
        warnings.extend(header.assembly_contradicted().map(|said| {
            Words::new(
                format!("headerens ord siger {said}, men contigs har længder fra {assembly}; læst som {assembly}. Kontrollér, hvad filen er."),
                format!("the header's words say {said}, but its contigs have the lengths of {assembly}; read as {assembly}. Make sure what the file is."),
            )
            .at(&file_name(path))
        }));
        match found {
            Some((other, first)) if other != assembly => {
                return Err(in_file(
                    path,
                    format!(
                        "it is on {assembly}, but `{}` is on {other}; give all files on one assembly",
                        first.display()
                    ),
                ));
            }
            Some(_) => {}
            None => found = Some((assembly, path)),
        }
    }
    match (found, files.assembly) {
        (Some((found, path)), Some(said)) if found != said => Err(in_file(
            path,
            format!(
                "its header says {found}, but --assembly says {said}; leave --assembly out, or give the right file"
            ),
        )),
        (Some((found, _)), _) => Ok(found),
        (None, Some(said)) => Ok(said),
        (None, None) => Err(FamilyError(format!(
            "{}: the header does not say the assembly; add --assembly GRCh37 or --assembly GRCh38",
            names(&files.variants)
        ))),
    }
}
