//! `indgang knowledge build`: publishers' files into a release.

use crate::knowledge_folder::{absent, whole, write};
use crate::output::Output;
use crate::progress;
use anyhow::{Context as _, bail, ensure};
use indgang_knowledge::build::checks::{Doubt, Fall, LARGEST_FALL, Remark};
use indgang_knowledge::build::release::{Given, release, sha256};
use indgang_knowledge::manifest::Source;
use indgang_knowledge::{Knowledge, Told};
use indgang_sources::compressed;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};

/// Doubtful rows printed of each kind; `checks.tsv` has all.
const SHOWN: usize = 5;

/// Arguments of `knowledge build`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Human Phenotype Ontology: hp.obo or hp.json
    #[arg(long, value_name = "FILE")]
    hpo: Option<PathBuf>,
    /// Signs of diseases: phenotype.hpoa of the HPO project
    #[arg(long, value_name = "FILE")]
    hpoa: Option<PathBuf>,
    /// Genes of diseases: genes_to_disease.txt or genes_to_phenotype.txt of the HPO project
    #[arg(long, value_name = "FILE")]
    gene_diseases: Option<PathBuf>,
    /// Genes: hgnc_complete_set.txt of HGNC
    #[arg(long, value_name = "FILE")]
    genes: Option<PathBuf>,
    /// Constraint of genes: gnomAD's table of version 2.1.1 (by gene) or 4
    #[arg(long, value_name = "FILE")]
    gnomad: Option<PathBuf>,
    /// Gene-disease validity of ClinGen (CSV)
    #[arg(long, value_name = "FILE")]
    clingen: Option<PathBuf>,
    /// List of secondary findings of the ACMG, as the table that docs/reference/knowledge.md shows
    #[arg(long, value_name = "FILE")]
    acmg_sf: Option<PathBuf>,
    /// ClinVar: clinvar.vcf.gz on GRCh37 or GRCh38
    #[arg(long, value_name = "FILE")]
    clinvar: Option<PathBuf>,
    /// HGVS texts for --clinvar: variant_summary.txt.gz of ClinVar [default: those of the earlier release]
    #[arg(long, value_name = "FILE")]
    clinvar_hgvs: Option<PathBuf>,
    /// Earlier release, for what is not given and to tell the differences [default: the one in this program]
    #[arg(long, value_name = "DIR")]
    base: Option<PathBuf>,
    /// Folder for the release; it must not be there yet
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// What the release is called in reports [default: the first digits of the SHA-256 of its parts]
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Version of a source whose file does not say it, for example hpo_genes=2024-08-13; may be repeated
    #[arg(long, value_name = "SOURCE=VERSION", value_parser = named_version)]
    source_version: Vec<(String, String)>,
    /// Write the release although counts fall by more than a twentieth
    #[arg(long)]
    allow_fall: bool,
    /// Also write the differences and the doubtful rows as JSON
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

fn named_version(text: &str) -> Result<(String, String), String> {
    let parts = text.split_once('=').filter(|(name, version)| !name.is_empty() && !version.is_empty());
    let (name, version) = parts.ok_or("write SOURCE=VERSION, for example hpo_genes=2024-08-13")?;
    Ok((name.to_owned(), version.to_owned()))
}

const HPO_LICENCE: &str = "HPO licence: free use, content unaltered, cited with version";

/// Short name, title and licence of each file, with the file where it is given.
fn files(arguments: &Arguments) -> [(&'static str, &'static str, &'static str, Option<&Path>); 9] {
    [
        ("hpo", "Human Phenotype Ontology", HPO_LICENCE, arguments.hpo.as_deref()),
        (
            "hpo_annotations",
            "HPO annotations of rare diseases (phenotype.hpoa)",
            HPO_LICENCE,
            arguments.hpoa.as_deref(),
        ),
        (
            "hpo_genes",
            "HPO genes of diseases (with mim2gene and Orphadata links)",
            HPO_LICENCE,
            arguments.gene_diseases.as_deref(),
        ),
        ("hgnc", "HGNC complete set", "CC0-1.0", arguments.genes.as_deref()),
        ("gnomad_constraint", "gnomAD gene constraint", "CC0-1.0", arguments.gnomad.as_deref()),
        ("clingen_validity", "ClinGen gene-disease validity", "CC0-1.0", arguments.clingen.as_deref()),
        ("acmg_sf", "ACMG list of secondary findings", "facts of a publication", arguments.acmg_sf.as_deref()),
        ("clinvar", "ClinVar", "public domain", arguments.clinvar.as_deref()),
        ("clinvar_hgvs", "ClinVar, HGVS texts", "public domain", arguments.clinvar_hgvs.as_deref()),
    ]
}

/// What is told as JSON.
#[derive(Serialize)]
struct Json<'a> {
    release: &'a str,
    difference: &'a Told,
    counts: BTreeMap<&'a str, &'a BTreeMap<String, u64>>,
    falls: &'a [Fall],
    doubtful: &'a [Remark],
}

/// Builds, tells what is doubtful and what differs, and writes the folder or nothing.
pub fn run(arguments: Arguments) -> anyhow::Result<()> {
    absent(&arguments.out)?;
    let given = given(&arguments)?;
    ensure!(!given.is_empty(), "no file was given: give at least one, for example --clinvar clinvar.vcf.gz");
    let base = arguments.base.as_deref().map(whole).transpose()?;
    let base = base.as_ref().unwrap_or_else(|| Knowledge::shipped());
    let mut built = release(given, Some(base), &progress::doing)?;
    built.manifest.release = name(arguments.name.as_deref(), &built.manifest.parts)?;
    let told = Told::between(base, &built.knowledge()?)?;
    doubtful(&built.remarks);
    let release = built.manifest.release.clone();
    let counts = built.manifest.parts.iter().map(|part| (part.name.as_str(), &part.rows)).collect();
    let (falls, remarks) = (&built.falls, &built.remarks);
    let json = Json { release: &release, difference: &told, counts, falls, doubtful: remarks };
    let json = serde_json::to_vec_pretty(&json)?;
    if !falls.is_empty() && !arguments.allow_fall {
        let lines: Vec<String> = falls.iter().map(|fall| format!("  {fall}")).collect();
        bail!(
            "counts fall by more than {:.0} % of the last release's:\n{}\nIs each file whole, and the one that was meant? \
             Nothing was written; --allow-fall writes it all the same",
            LARGEST_FALL * 100.0,
            lines.join("\n")
        );
    }
    let mut files = built.files()?;
    files.push(("checks.tsv".to_owned(), checks(remarks).into_bytes()));
    write(&arguments.out, &files)?;
    if let Some(path) = &arguments.json {
        let mut output = Output::create(path)?;
        output.write_all(&json).with_context(|| format!("cannot write `{}`: is the disk full?", path.display()))?;
        output.finish()?;
    }
    for part in &built.manifest.parts {
        let rows: Vec<String> = part.rows.iter().map(|(what, n)| format!("{n} {what}")).collect();
        println!("{:<26} {:>11} bytes  {}", part.name, part.bytes, rows.join(", "));
    }
    println!("\nDifferences from the last release:\n{told}");
    println!("release {release} in `{}`", arguments.out.display());
    Ok(())
}

/// The files given, with what the manifest says of them.
fn given(arguments: &Arguments) -> anyhow::Result<Vec<Given<'static>>> {
    let files = files(arguments);
    let versions: BTreeMap<&str, &str> =
        arguments.source_version.iter().map(|(name, version)| (name.as_str(), version.as_str())).collect();
    for name in versions.keys() {
        ensure!(
            files.iter().any(|(known, .., path)| known == name && path.is_some()),
            "--source-version names `{name}`, and no such file is given; the names are {}",
            files.map(|(name, ..)| name).join(", ")
        );
    }
    let mut given = Vec::new();
    for (name, title, licence, path) in files {
        let Some(path) = path else { continue };
        let file = File::open(path).with_context(|| format!("cannot read `{}`: check the path", path.display()))?;
        let source = Source {
            name: name.to_owned(),
            title: title.to_owned(),
            version: versions.get(name).copied().unwrap_or_default().to_owned(),
            licence: licence.to_owned(),
            file: path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            sha256: checksum(&file).with_context(|| format!("cannot read `{}`", path.display()))?,
        };
        let shown = source.file.clone();
        let open = move || {
            let mut again = file.try_clone()?;
            again.rewind()?;
            let length = again.metadata().map_or(0, |m| m.len());
            compressed::decompress(progress::Counted::new(again, progress::bytes(length, &shown)))
        };
        given.push(Given { source, open: Box::new(open) });
    }
    Ok(given)
}

/// SHA-256 of a file, a piece at a time.
pub(super) fn checksum(mut file: &File) -> io::Result<String> {
    use sha2::{Digest as _, Sha256};
    let mut sum = Sha256::new();
    let mut piece = vec![0; 1 << 16];
    loop {
        let n = file.read(&mut piece)?;
        if n == 0 {
            return Ok(sum.finalize().iter().map(|b| format!("{b:02x}")).collect());
        }
        sum.update(&piece[..n]);
    }
}

/// The name given; else one that only this content has.
fn name(given: Option<&str>, parts: &[indgang_knowledge::manifest::PartEntry]) -> anyhow::Result<String> {
    if let Some(name) = given {
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        ensure!(
            !name.is_empty() && name.chars().all(plain),
            "--name `{name}`: use letters, digits, hyphens, underscores and full stops"
        );
        return Ok(name.to_owned());
    }
    let sums: Vec<&str> = parts.iter().map(|part| part.sha256.as_str()).collect();
    Ok(sha256(sums.join("\n").as_bytes()).chars().take(12).collect())
}

/// Tells the doubtful rows: of each kind how many, and the first.
fn doubtful(remarks: &[Remark]) {
    for doubt in Doubt::ALL {
        let of_kind: Vec<&Remark> = remarks.iter().filter(|remark| remark.doubt == doubt).collect();
        for remark in of_kind.iter().take(SHOWN) {
            eprintln!("warning: {remark}");
        }
        let more = of_kind.len().saturating_sub(SHOWN);
        if more > 0 {
            eprintln!("warning: and {more} more of the kind; `checks.tsv` of the release has all");
        }
    }
}

/// All doubtful rows as a table.
fn checks(remarks: &[Remark]) -> String {
    let mut table = String::from("file\tline\tvalue\twhat\n");
    for Remark { file, line, doubt, value } in remarks {
        table.push_str(&format!("{file}\t{line}\t{value}\t{}\n", doubt.words()));
    }
    table
}
