//! Development tasks of the house: `cargo xtask ci|tidy|conformance|gen|evaluate|fit|bench`.

use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

mod bench;
mod bgzf;
mod ci;
mod conformance;
mod conformance_omop;
mod evaluate;
mod gen_demo;
mod gen_fhir;
mod gen_knowledge;
mod gen_policy;
mod gen_sources;
mod tidy;

const HELP: &str = "\
cargo xtask <task>

  ci [--without-e2e]           all that must hold before a change is accepted
  tidy                         levels, boundaries, grants, texts in both languages, links, licences
  conformance sql-on-fhir DIR [--json OUT]
                               the official tests of SQL on FHIR v2; OUT gets the public test_report.json
  conformance fhirpath FILE    HL7's FHIRPath tests (tests-fhir-r4.xml, its inputs beside it)
  conformance omop DIR [--json OUT]
                               counts of an OMOP CDM 5.4 by the house, through its gate, against DuckDB's; needs a
                               built `indgang`
  gen demo [--source VCF.gz]   plant the published variant in the demo trio's child
  gen fhir --from DIR [--check]
                               the elements of FHIR R4 from HL7's definitions, or compare with what is committed
  gen knowledge --from DIR [--check]
                               build the shipped knowledge from the publishers' files, or compare with what is committed
  gen policy [--check]         docs/reference/permission-matrix.md and rules.md from the policies, or compare with them
  gen sources                  docs/reference/sources.md from the descriptors of the sources
  evaluate phenotype [--cases FILE --protocol C|D --json OUT]
                               how right the ranking by signs is: on the development cases, cross-validated,
                               or on other cases, with the shipped weights
  evaluate exome [--cases FILE --index TSV --background VCF [--annotations TSV] [--sample NAME] [--json OUT]]
                               the place of causal genes, their variants planted into exomes of others
  evaluate consequence [--json OUT]
                               consequence and HGVS against VEP, bcftools csq and the HGVS tables
  evaluate acmg [--json OUT]   classes by the automatic criteria against ClinVar's expert panels, without and with ClinVar
  fit finding                  weights of what bears on a finding, from the development cases in the demo's exomes
  fit phenotype                weights and calibration of the ranking from the development cases
  bench trio                   time the house and its peers; writes docs/benchmarks.md
  bench gate [PART]...         time decision, records, log and portal, or these parts; writes docs/benchmarks.md
  bench interpret consequence  time `annotate` and bcftools csq on the same files; writes docs/benchmarks.md
  bench interpret pgx          time pharmacogenomics of many samples; writes docs/benchmarks.md
  bench interpret reanalysis   time a new release against many stored trios; writes docs/benchmarks.md
  bench fhir                   time resources into the records and a view of them; writes docs/benchmarks.md
  bench lake                   time registers into tables and questions through the gate; writes docs/benchmarks.md
  bench files                  make the bench's files only
";

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let root = root()?;
    match words.as_slice() {
        ["ci"] => ci::run(&root, false),
        ["ci", "--without-e2e"] => ci::run(&root, true),
        ["tidy"] => tidy::run(&root),
        ["conformance", "sql-on-fhir", folder] => conformance::sql_on_fhir(Path::new(folder), None),
        ["conformance", "sql-on-fhir", folder, "--json", out]
        | ["conformance", "sql-on-fhir", "--json", out, folder] => {
            conformance::sql_on_fhir(Path::new(folder), Some(Path::new(out)))
        }
        ["conformance", "fhirpath", file] => conformance::fhirpath(Path::new(file)),
        ["conformance", "omop", folder] => conformance_omop::run(Path::new(folder), None),
        ["conformance", "omop", folder, "--json", out] | ["conformance", "omop", "--json", out, folder] => {
            conformance_omop::run(Path::new(folder), Some(Path::new(out)))
        }
        ["gen", "demo"] => gen_demo::run(&root, None),
        ["gen", "demo", "--source", source] => gen_demo::run(&root, Some(Path::new(source))),
        ["gen", "fhir", "--from", from] => gen_fhir::run(Path::new(from), &root, false),
        ["gen", "fhir", "--from", from, "--check"] => gen_fhir::run(Path::new(from), &root, true),
        ["gen", "knowledge", "--from", from] => gen_knowledge::run(Path::new(from), &root, false),
        ["gen", "knowledge", "--from", from, "--check"] => gen_knowledge::run(Path::new(from), &root, true),
        ["gen", "policy"] => gen_policy::run(&root, false),
        ["gen", "policy", "--check"] => gen_policy::run(&root, true),
        ["gen", "sources"] => gen_sources::run(&root),
        ["bench", "trio"] => bench::trio(&root),
        ["evaluate", "phenotype", options @ ..] => evaluate::phenotype(&root, options),
        ["evaluate", "exome", options @ ..] => evaluate::exome(&root, options),
        ["evaluate", "consequence", options @ ..] => evaluate::consequence(&root, options),
        ["evaluate", "acmg", options @ ..] => evaluate::acmg(options),
        ["fit", "finding"] => evaluate::fit_finding(&root),
        ["fit", "phenotype"] => evaluate::fit_phenotype(&root),
        ["bench", "gate", parts @ ..] => bench::gate(&root, parts),
        ["bench", "interpret", "consequence"] => bench::consequence(&root),
        ["bench", "interpret", "pgx"] => bench::pgx(&root),
        ["bench", "interpret", "reanalysis"] => bench::reanalysis(&root),
        ["bench", "fhir"] => bench::fhir(&root),
        ["bench", "lake"] => bench::lake(&root),
        ["bench", "files"] => bench::make_files(&root),
        [] | ["help" | "--help" | "-h"] => {
            print!("{HELP}");
            Ok(())
        }
        other => bail!("no task `{}`\n\n{HELP}", other.join(" ")),
    }
}

/// The checkout's root: the folder above this package.
fn root() -> Result<PathBuf> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    Ok(here.parent().context("xtask lies in the root of the workspace")?.to_path_buf())
}
