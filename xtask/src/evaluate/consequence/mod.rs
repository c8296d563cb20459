//! `cargo xtask evaluate consequence`: consequence and HGVS against others' published answers.

mod archive;
mod clinvar;
mod csq;
mod gcp;
mod opa1;
mod patchwork;
mod tally;

use anyhow::{Context, Result};
use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use tally::Tally;

/// Measures everything staged, prints it, and writes the figures to `json`.
pub fn measure(root: &Path, json: Option<&Path>) -> Result<()> {
    let folder = folder(root);
    let mut all: BTreeMap<&str, Tally> = BTreeMap::new();
    all.insert("OPA1, VEP 109, most severe", opa1::measure(&folder, "opa1")?);
    let [terms, c, p] = clinvar::measure(&folder)?;
    all.insert("ClinVar GRCh37, VEP REST, most severe", terms);
    all.insert("ClinVar GRCh37, VEP REST, HGVS c.", c);
    all.insert("ClinVar GRCh37, VEP REST, HGVS p.", p);
    let tests = archive::files(&bytes(&folder.join("bcftools_csq_dev.tar.xz"))?)?;
    all.insert("bcftools csq tests, most severe by transcript", csq::measure(&tests)?);
    let tables = archive::files(&bytes(&folder.join("hgvs_dev.tar.xz"))?)?;
    all.insert("HGVS tables, dbSNP, c.", gcp::measure(&folder, &tables)?);
    for (name, tally) in &all {
        tally.print(name);
    }
    if let Some(json) = json {
        let text = serde_json::to_string_pretty(&all)?;
        std::fs::write(json, text + "\n").with_context(|| format!("cannot write `{}`", json.display()))?;
    }
    Ok(())
}

/// `INDGANG_CONSEQUENCE`, else where the published answers lie beside the checkout.
fn folder(root: &Path) -> PathBuf {
    let beside = || root.join("../shared/data/consequence");
    std::env::var_os("INDGANG_CONSEQUENCE").map_or_else(beside, PathBuf::from)
}

/// The bytes of a file, whatever it is compressed with.
fn bytes(path: &Path) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut input = indgang_sources::compressed::open(path)?;
    input.read_to_end(&mut bytes).with_context(|| format!("reading `{}`", path.display()))?;
    Ok(bytes)
}

/// The text of a file, whatever it is compressed with.
fn text(path: &Path) -> Result<String> {
    String::from_utf8(bytes(path)?).with_context(|| format!("`{}` is not text", path.display()))
}
