//! `gen knowledge`: the shipped snapshot from the publishers' files.

use anyhow::{Context, Result, bail};
use indgang_genomics::liftover::Liftover;
use indgang_knowledge::build::{
    Rows, clinvar as build_clinvar, genes as build_genes, lift, pgx as build_pgx, transcripts as build_transcripts,
};
use indgang_knowledge::manifest::{PartEntry, Source};
use indgang_knowledge::phenotype::DiseaseAnnotations;
use indgang_knowledge::{FORMAT, Genes, Manifest, Mode, Part, pack};
use indgang_terminology::Hpo;
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::fs;
use std::io::Read;
use std::path::Path;

mod sources;

use sources::SOURCES;

/// Compression: the highest that keeps unpacking as fast as the lower ones.
const LEVEL: i32 = 19;

/// Builds all parts from the files under `from` and writes them to `knowledge/`; with `check` compares instead.
pub fn run(from: &Path, root: &Path, check: bool) -> Result<()> {
    let mut out = Output { manifest: Manifest { format: FORMAT, ..Manifest::default() }, files: Vec::new() };
    for source in SOURCES {
        let bytes = fs::read(from.join(source.file)).with_context(|| format!("source `{}`", source.file))?;
        out.manifest.sources.push(Source {
            name: source.name.to_owned(),
            title: source.title.to_owned(),
            version: source.version.to_owned(),
            licence: source.licence.to_owned(),
            file: source.file.rsplit('/').next().unwrap_or(source.file).to_owned(),
            sha256: hex(&bytes),
        });
    }
    phenotype(from, &mut out)?;
    let genes = genes(from, &mut out)?;
    clinvar(from, &genes, &mut out)?;
    transcripts(from, &genes, &mut out)?;
    let (to_38, to_37) = (chain(from, "chain_37_to_38")?, chain(from, "chain_38_to_37")?);
    out.add(Part::LiftoverTo38, &to_38, &["chain_37_to_38"], Rows::new())?;
    out.add(Part::LiftoverTo37, &to_37, &["chain_38_to_37"], Rows::new())?;
    pgx(from, &mut out)?;
    out.table();
    let folder = root.join("knowledge");
    let mut files = out.files;
    files.push(("MANIFEST.toml".to_owned(), out.manifest.write()?.into_bytes()));
    if check { compare(&folder, &files) } else { write(&folder, &files) }
}

struct Output {
    manifest: Manifest,
    files: Vec<(String, Vec<u8>)>,
}

impl Output {
    fn add<T: Serialize>(&mut self, part: Part, value: &T, sources: &[&str], rows: Rows) -> Result<()> {
        let bytes = pack(part, value, LEVEL)?;
        self.manifest.parts.push(PartEntry {
            name: part.name().to_owned(),
            sources: sources.iter().map(|s| (*s).to_owned()).collect(),
            bytes: bytes.len() as u64,
            sha256: hex(&bytes),
            rows,
        });
        self.files.push((format!("{}.bin", part.name()), bytes));
        Ok(())
    }

    fn table(&self) {
        println!("{:<20} {:>11}  rows", "part", "bytes");
        for part in &self.manifest.parts {
            let rows: Vec<String> = part.rows.iter().map(|(what, n)| format!("{n} {what}")).collect();
            println!("{:<20} {:>11}  {}", part.name, part.bytes, rows.join(", "));
        }
        let total: u64 = self.manifest.parts.iter().map(|p| p.bytes).sum();
        println!("{:<20} {total:>11}", "total");
    }
}

fn phenotype(from: &Path, out: &mut Output) -> Result<()> {
    let hpo = Hpo::from_obographs_json(&unpacked(from, "hpo")?)?;
    let rows = [("terms", hpo.terms().len()), ("obsolete", hpo.obsolete().len())];
    out.add(Part::Hpo, &hpo, &["hpo"], counts(&rows))?;
    let diseases = DiseaseAnnotations::from_hpoa(&text(from, "hpo_annotations")?)?;
    let annotations = diseases.diseases().iter().map(|d| d.annotations.len()).sum();
    let rows = [("diseases", diseases.diseases().len()), ("annotations", annotations)];
    out.add(Part::Diseases, &diseases, &["hpo_annotations"], counts(&rows))
}

fn genes(from: &Path, out: &mut Output) -> Result<Genes> {
    let lists = tar(&unpacked(from, "gene_lists")?)?;
    let list = |name: &str| {
        let found = lists.iter().find(|(path, _)| path == &format!("lists/{name}.tsv"));
        found.map(|(_, text)| text.as_str()).with_context(|| format!("gene list `{name}`"))
    };
    let (hgnc, constraint, mane) = (text(from, "hgnc")?, text(from, "gnomad_constraint")?, text(from, "mane")?);
    let (clingen, acmg) = (text(from, "clingen_validity")?, text(from, "acmg_sf")?);
    let (links, hpoa) = (text(from, "hpo_genes")?, text(from, "hpo_annotations")?);
    let (genes, rows) = build_genes::genes(&build_genes::GeneSources {
        hgnc: &hgnc,
        constraint: &constraint,
        mane: &mane,
        clingen: &clingen,
        acmg: &acmg,
        acmg_version: sources::named("acmg_sf")?.version,
        genes_to_phenotype: &links,
        hpoa: &hpoa,
        mode_lists: &[
            (Mode::AutosomalDominant, list("all_ad")?),
            (Mode::AutosomalRecessive, list("all_ar")?),
            (Mode::XLinkedDominant, list("berg_xd")?),
            (Mode::XLinkedRecessive, list("berg_xr")?),
            (Mode::XLinked, list("blekhman_x")?),
            (Mode::XLinked, list("x-linked_clinvar")?),
        ],
        haploinsufficient: list("clingen_level3_genes_2018_09_13")?,
    })?;
    let sources = [
        "hgnc",
        "gnomad_constraint",
        "mane",
        "clingen_validity",
        "acmg_sf",
        "hpo_genes",
        "hpo_annotations",
        "gene_lists",
    ];
    out.add(Part::Genes, &genes, &sources, rows)?;
    Ok(genes)
}

fn clinvar(from: &Path, genes: &Genes, out: &mut Output) -> Result<()> {
    let (vcf, table) = (text(from, "clinvar")?, text(from, "clinvar_hgvs")?);
    let version = sources::named("clinvar")?.version;
    let sources = build_clinvar::ClinVarSources { vcf: &vcf, version, table: &table };
    let (there, back) = (chain(from, "chain_37_to_38")?, chain(from, "chain_38_to_37")?);
    let parts = build_clinvar::clinvar(&sources, genes, |v| lift::variant(&there, &back, v))?;
    let places = |n: usize| counts(&[("places", n)]);
    out.add(Part::ClinVarRecords, &parts.records, &["clinvar", "clinvar_hgvs", "hgnc"], parts.rows)?;
    out.add(Part::ClinVarGRCh37, &parts.places, &["clinvar"], places(parts.places.len()))?;
    out.add(
        Part::ClinVarGRCh38,
        &parts.lifted,
        &["clinvar", "chain_37_to_38", "chain_38_to_37"],
        places(parts.lifted.len()),
    )
}

fn transcripts(from: &Path, genes: &Genes, out: &mut Output) -> Result<()> {
    let (mane, mane_rows) = build_transcripts::mane(&text(from, "mane")?, genes)?;
    let (bed, table) = (text(from, "refseq")?, text(from, "clinvar_hgvs")?);
    let (refseq, refseq_rows) = build_transcripts::refseq(&bed, &mane, &table, genes, &chain(from, "chain_38_to_37")?)?;
    out.add(
        Part::TranscriptsGRCh37,
        &refseq,
        &["refseq", "mane", "clinvar_hgvs", "hgnc", "chain_38_to_37"],
        refseq_rows,
    )?;
    out.add(Part::TranscriptsGRCh38, &mane, &["mane", "hgnc"], mane_rows)
}

fn pgx(from: &Path, out: &mut Output) -> Result<()> {
    let (definitions, phenotypes, guidelines) = (
        tar(&unpacked(from, "pgx_definitions")?)?,
        tar(&unpacked(from, "pgx_phenotypes")?)?,
        tar(&unpacked(from, "pgx_guidelines")?)?,
    );
    let of = |files: &[(String, String)], folder: &str, ending: &str| {
        let mut found: Vec<&(String, String)> =
            files.iter().filter(|(path, _)| path.contains(folder) && path.ends_with(ending)).collect();
        found.sort();
        found.into_iter().map(|(_, text)| text.clone()).collect::<Vec<_>>()
    };
    let (alleles, exemptions) =
        (of(&definitions, "alleles/", "_translation.json"), of(&definitions, "", "exemptions.json"));
    let (results, drugs) = (of(&phenotypes, "/cpic/", ".json"), of(&guidelines, "/cpic/", ".json"));
    let (part, rows) = build_pgx::pgx(&build_pgx::PgxSources {
        definitions: alleles.iter().map(String::as_str).collect(),
        exemptions: exemptions.first().context("exemptions.json")?,
        phenotypes: results.iter().map(String::as_str).collect(),
        guidelines: drugs.iter().map(String::as_str).collect(),
    })?;
    out.add(Part::Pgx, &part, &["pgx_definitions", "pgx_phenotypes", "pgx_guidelines"], rows)
}

fn chain(from: &Path, name: &str) -> Result<Liftover> {
    Liftover::parse(unpacked(from, name)?.as_slice()).with_context(|| format!("source `{name}`"))
}

fn counts(rows: &[(&str, usize)]) -> Rows {
    rows.iter().map(|(what, n)| ((*what).to_owned(), *n as u64)).collect()
}

/// The bytes of a source, unpacked by the ending of its name.
fn unpacked(from: &Path, name: &str) -> Result<Vec<u8>> {
    let path = from.join(sources::named(name)?.file);
    let packed = fs::read(&path).with_context(|| format!("source `{}`", path.display()))?;
    let mut plain = Vec::new();
    match path.extension().and_then(|e| e.to_str()) {
        Some("gz") => _ = flate2::read::MultiGzDecoder::new(packed.as_slice()).read_to_end(&mut plain)?,
        Some("xz") => _ = liblzma::read::XzDecoder::new(packed.as_slice()).read_to_end(&mut plain)?,
        _ => plain = packed,
    }
    Ok(plain)
}

fn text(from: &Path, name: &str) -> Result<String> {
    String::from_utf8(unpacked(from, name)?).with_context(|| format!("source `{name}` is not UTF-8"))
}

/// Plain files of a tar archive (POSIX ustar: 512-byte headers, name at 0, octal size at 124, type at 156).
fn tar(bytes: &[u8]) -> Result<Vec<(String, String)>> {
    let mut files = Vec::new();
    let mut rest = bytes;
    while let Some((header, body)) = rest.split_at_checked(512) {
        let field = |range: std::ops::Range<usize>| {
            String::from_utf8_lossy(&header[range]).trim_matches(['\0', ' ']).to_owned()
        };
        let name = field(0..100);
        if name.is_empty() {
            break;
        }
        let size = usize::from_str_radix(&field(124..136), 8).with_context(|| format!("size of `{name}`"))?;
        let content = body.get(..size).with_context(|| format!("`{name}` is cut short"))?;
        if matches!(header[156], b'0' | 0) {
            files.push((name, String::from_utf8_lossy(content).into_owned()));
        }
        rest = body.get(size.next_multiple_of(512)..).unwrap_or(&[]);
    }
    Ok(files)
}

fn write(folder: &Path, files: &[(String, Vec<u8>)]) -> Result<()> {
    fs::create_dir_all(folder)?;
    for (name, bytes) in files {
        fs::write(folder.join(name), bytes).with_context(|| format!("writing `{name}`"))?;
    }
    Ok(())
}

fn compare(folder: &Path, files: &[(String, Vec<u8>)]) -> Result<()> {
    let differs = |(name, bytes): &&(String, Vec<u8>)| fs::read(folder.join(name)).ok().as_ref() != Some(bytes);
    let different: Vec<&str> = files.iter().filter(differs).map(|(name, _)| name.as_str()).collect();
    if different.is_empty() {
        println!("knowledge/ is what these sources give");
        return Ok(());
    }
    bail!("knowledge/ differs from what these sources give: {}; run `cargo xtask gen knowledge`", different.join(", "))
}

fn hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect()
}
