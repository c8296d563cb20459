//! `cargo xtask evaluate`: how right the answers are, on published cases with a known diagnosis.
//! `cargo xtask fit phenotype`: the weights and the calibration of the ranking, from the development cases alone.

mod acmg;
mod cases;
mod consequence;
mod exome;
mod features;
mod finding;
mod fit;
mod logit;
mod measures;
mod phenotype;
mod plant;

use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};

/// Runs `evaluate phenotype` with its options.
pub fn phenotype(root: &Path, options: &[&str]) -> Result<()> {
    let [cases, protocol, json] = read(options, ["--cases", "--protocol", "--json"])?;
    match (cases, protocol, json) {
        (None, None, None) => phenotype::development(&development_cases(root)),
        (Some(cases), Some(protocol), Some(json)) => {
            phenotype::others(Path::new(cases), protocol.parse()?, Path::new(json))
        }
        _ => bail!("give `--cases FILE --protocol C|D --json OUT` together, or nothing for the development cases"),
    }
}

/// Runs `evaluate exome` with its options.
pub fn exome(root: &Path, options: &[&str]) -> Result<()> {
    let [cases, index, vcf, table, sample, json] =
        read(options, ["--cases", "--index", "--background", "--annotations", "--sample", "--json"])?;
    let (Some(cases), Some(index), Some(vcf)) = (cases, index, vcf) else {
        if options.is_empty() {
            return backgrounds(root);
        }
        bail!(
            "give `--cases FILE --index TSV --background VCF [--annotations TSV] [--sample NAME] [--json OUT]`, or nothing"
        )
    };
    let place = exome::Place { vcf: PathBuf::from(vcf), table: table.map(PathBuf::from), sample };
    exome::measure(Path::new(cases), Path::new(index), &place, json.map(Path::new))
}

/// The development cases in the exomes of the demo, by weights that never saw the case's publication.
fn backgrounds(root: &Path) -> Result<()> {
    let cases = development_cases(root);
    finding::development(&cases, &cases.with_file_name(INDEX), &demo(root))
}

const INDEX: &str = "dev_phenopackets.index.tsv";

/// One whole exome with frequencies, and parts of two others.
fn demo(root: &Path) -> [exome::Place<'static>; 3] {
    let demo = root.join("demo");
    let place = |vcf: &str, table: Option<&str>, sample| exome::Place {
        vcf: demo.join(vcf),
        table: table.map(|table| demo.join(table)),
        sample,
    };
    [
        place("pfeiffer/family.vcf.gz", Some("pfeiffer/annotations.tsv.gz"), None),
        place("ashkenazi-trio/family.vcf.gz", None, None),
        place("scout-trio/family.vcf.gz", None, Some("ADM1059A2")),
    ]
}

/// Runs `fit finding`.
pub fn fit_finding(root: &Path) -> Result<()> {
    let cases = development_cases(root);
    finding::fit(
        &cases,
        &cases.with_file_name(INDEX),
        &demo(root),
        &root.join("crates/interpret/data/finding-model.json"),
    )
}

/// Runs `evaluate consequence` with its option.
pub fn consequence(root: &Path, options: &[&str]) -> Result<()> {
    let [json] = read(options, ["--json"])?;
    consequence::measure(root, json.map(Path::new))
}

/// Runs `evaluate acmg` with its option.
pub fn acmg(options: &[&str]) -> Result<()> {
    let [json] = read(options, ["--json"])?;
    acmg::measure(json.map(Path::new))
}

/// Runs `fit phenotype`.
pub fn fit_phenotype(root: &Path) -> Result<()> {
    phenotype::fit(&development_cases(root), &root.join("crates/interpret/data/phenotype-model.json"))
}

/// `INDGANG_CASES`, else where the development cases lie beside the checkout.
fn development_cases(root: &Path) -> PathBuf {
    let beside = || root.join("../shared/data/cases/dev_phenopackets.jsonl.xz");
    std::env::var_os("INDGANG_CASES").map_or_else(beside, PathBuf::from)
}

/// The values of named options, each at most once.
fn read<'w, const N: usize>(words: &[&'w str], names: [&str; N]) -> Result<[Option<&'w str>; N]> {
    let mut values = [None; N];
    for pair in words.chunks(2) {
        let place = names.iter().position(|name| *name == pair[0]);
        let place = place.with_context(|| format!("no option `{}`; there are {}", pair[0], names.join(", ")))?;
        let [_, value] = pair else { bail!("`{}` wants a value", pair[0]) };
        if values[place].replace(*value).is_some() {
            bail!("`{}` stands twice", pair[0]);
        }
    }
    Ok(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_read_or_refused() {
        let names = ["--cases", "--json"];
        for (words, expected) in [
            (&[][..], Ok([None, None])),
            (&["--json", "x"], Ok([None, Some("x")])),
            (&["--json"], Err("wants a value")),
            (&["--jsn", "x"], Err("no option `--jsn`")),
            (&["--json", "x", "--json", "y"], Err("stands twice")),
        ] {
            match (read(words, names), expected) {
                (Ok(values), Ok(expected)) => assert_eq!(values, expected),
                (Err(error), Err(part)) => assert!(error.to_string().contains(part), "{error}"),
                (got, _) => unreachable!("{words:?} gave {got:?}"),
            }
        }
    }
}
