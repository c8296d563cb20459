//! The files of the bench: made once, the same everywhere, kept in the bench cache.

use super::family::{self, CHROMOSOMES, Trio, header, inherited, write_calls};
use super::random::Random;
use crate::bgzf;
use anyhow::{Context, Result};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// Where each file lies.
pub struct Files {
    /// 100,000 annotated variants of a trio's exome.
    pub exome: PathBuf,
    /// 1,000,000 variants of a trio without annotation.
    pub genome: PathBuf,
    /// 2,321 variants in one gene.
    pub gene: PathBuf,
    /// The pedigree of all three.
    pub ped: PathBuf,
    /// The demo cases as JSON lines, many times over.
    pub cases: PathBuf,
    /// One of them.
    pub case: PathBuf,
}

pub const EXOME_VARIANTS: usize = 100_000;
pub const GENOME_VARIANTS: usize = 1_000_000;
pub const GENE_VARIANTS: u32 = 2_321;
pub const CASES: usize = 600;

const CSQ: &str = "##INFO=<ID=CSQ,Number=.,Type=String,Description=\"Consequence annotations from Ensembl VEP. Format: \
Allele|Consequence|IMPACT|SYMBOL|Gene|Feature_type|Feature|BIOTYPE|EXON|INTRON|HGVSc|HGVSp|CANONICAL|gnomADe_AF|MAX_AF\">\n\
##INFO=<ID=Annotation,Number=.,Type=String,Description=\"Gene, where genmod looks for it\">\n";

impl Files {
    fn of(folder: &Path) -> Self {
        let at = |name: &str| folder.join(name);
        Self {
            exome: at("exome.2.vcf.gz"),
            genome: at("genome.2.vcf.gz"),
            gene: at("gene.2.vcf.gz"),
            ped: at("trio.1.ped"),
            cases: at("cases.1.jsonl"),
            case: at("case.1.jsonl"),
        }
    }

    /// True when they are made already; those that take long, at least.
    pub fn are_made(folder: &Path) -> bool {
        let Self { exome, genome, gene, .. } = Self::of(folder);
        [exome, genome, gene].iter().all(|file| file.exists())
    }
}

/// Makes what is not there. The name carries a version: change it when a generator changes.
pub fn make(root: &Path, folder: &Path) -> Result<Files> {
    std::fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
    let files = Files::of(folder);
    keep(&files.ped, || Ok(family::PED.into()))?;
    keep(&files.gene, || bgzf::compress(gene().as_bytes(), 6))?;
    keep(&files.exome, || bgzf::compress(exome(root)?.as_bytes(), 6))?;
    keep(&files.genome, genome)?;
    keep(&files.cases, || cases(root, CASES))?;
    keep(&files.case, || cases(root, 1))?;
    Ok(files)
}

/// Writes beside and renames, so that a stopped bench leaves no half file.
fn keep(path: &Path, content: impl Fn() -> Result<Vec<u8>>) -> Result<()> {
    if path.exists() {
        return Ok(());
    }
    println!("making {}", path.display());
    let half = path.with_extension("half");
    std::fs::write(&half, content()?).with_context(|| format!("writing {}", half.display()))?;
    std::fs::rename(&half, path).with_context(|| format!("renaming {}", half.display()))
}

/// A row of the annotated demo exome: real places, genes, consequences and frequencies.
struct Row {
    reference: String,
    alternate: String,
    gene: String,
    consequence: &'static str,
    impact: &'static str,
    transcript: String,
    hgvs_c: String,
    hgvs_p: String,
    frequency: f64,
}

/// The annotated demo exome in every second base until there are enough variants, drawn as a trio's.
/// FGFR2 10:123256215 T>G is new in the child; one in 20,000 others too, and one in 1,000 looks so on few reads.
fn exome(root: &Path) -> Result<String> {
    let table = String::from_utf8(bgzf::read(&root.join("demo/pfeiffer/annotations.tsv.gz"))?)?;
    let mut rows: BTreeMap<(usize, u64), Row> = BTreeMap::new();
    let parsed: Vec<_> = table.lines().skip(1).filter_map(row).collect();
    let mut copy = 0;
    while rows.len() < EXOME_VARIANTS {
        for (chromosome, position, row) in &parsed {
            if rows.len() == EXOME_VARIANTS {
                break;
            }
            let base = |at: u64| ["A", "C", "G", "T"][(at % 4) as usize].to_owned();
            let place = position + 2 * copy;
            let (reference, alternate) = match copy {
                0 => (row.reference.clone(), row.alternate.clone()),
                _ => (base(place), base(place + 1)),
            };
            rows.entry((*chromosome, place)).or_insert(Row { reference, alternate, ..row.copy() });
        }
        copy += 1;
    }
    let mut random = Random::new(100);
    let mut out = header(CSQ);
    for ((chromosome, position), row) in rows {
        let planted = CHROMOSOMES[chromosome].0 == "10" && position == 123_256_215;
        let (trio, poor) = draw(&mut random, CHROMOSOMES[chromosome].0 == "X", row.frequency, planted);
        write_row(&mut out, CHROMOSOMES[chromosome].0, position, &row);
        write_calls(&mut out, &mut random, trio, poor);
    }
    Ok(out)
}

fn draw(random: &mut Random, x: bool, frequency: f64, planted: bool) -> (Trio, bool) {
    let poor = random.chance(0.001);
    let new = random.chance(0.00005);
    if planted || new || poor {
        return ([1, 0, 0], poor && !planted && !new);
    }
    (inherited(random, x, frequency), false)
}

impl Row {
    fn copy(&self) -> Self {
        Self {
            reference: String::new(),
            alternate: String::new(),
            gene: self.gene.clone(),
            transcript: self.transcript.clone(),
            hgvs_c: self.hgvs_c.clone(),
            hgvs_p: self.hgvs_p.clone(),
            ..*self
        }
    }
}

/// Columns of Exomiser 7's table: place and alleles first, then class (9th), HGVS, gene, highest frequency in percent (18th).
fn row(line: &str) -> Option<(usize, u64, Row)> {
    let columns: Vec<&str> = line.split('\t').collect();
    let chromosome = CHROMOSOMES.iter().position(|(name, _)| *name == columns[0])?;
    let mut hgvs = columns.get(9)?.split(':').skip(1);
    let transcript = hgvs.next().unwrap_or_default().to_owned();
    let parts: Vec<&str> = hgvs.collect();
    let part = |start: &str| parts.iter().find(|p| p.starts_with(start)).map_or(String::new(), |p| (*p).to_owned());
    let (consequence, impact) = term(columns[8]);
    let row = Row {
        reference: columns[2].to_owned(),
        alternate: columns[3].to_owned(),
        gene: columns[10].to_owned(),
        consequence,
        impact,
        hgvs_c: part("c."),
        hgvs_p: part("p."),
        transcript,
        frequency: columns.get(17)?.parse::<f64>().unwrap_or(0.0) / 100.0,
    };
    Some((chromosome, columns[1].parse().ok()?, row))
}

/// The Sequence Ontology term VEP would write for Exomiser 7's class.
fn term(class: &str) -> (&'static str, &'static str) {
    match class {
        "missense_variant" => ("missense_variant", "MODERATE"),
        "synonymous_variant" | "stop_retained_variant" => ("synonymous_variant", "LOW"),
        "splice_region_variant" => ("splice_region_variant&intron_variant", "LOW"),
        "splice_donor_variant" => ("splice_donor_variant", "HIGH"),
        "splice_acceptor_variant" => ("splice_acceptor_variant", "HIGH"),
        "stop_gained" => ("stop_gained", "HIGH"),
        "stop_lost" => ("stop_lost", "HIGH"),
        "start_lost" => ("start_lost", "HIGH"),
        c if c.starts_with("frameshift") => ("frameshift_variant", "HIGH"),
        c if c.ends_with("inframe_deletion") => ("inframe_deletion", "MODERATE"),
        c if c.ends_with("inframe_insertion") => ("inframe_insertion", "MODERATE"),
        "3_prime_utr_variant" => ("3_prime_UTR_variant", "MODIFIER"),
        "5_prime_utr_variant" => ("5_prime_UTR_variant", "MODIFIER"),
        "non_coding_transcript_exon_variant" => ("non_coding_transcript_exon_variant", "MODIFIER"),
        "non_coding_transcript_intron_variant" => ("intron_variant&non_coding_transcript_variant", "MODIFIER"),
        "upstream_gene_variant" => ("upstream_gene_variant", "MODIFIER"),
        "downstream_gene_variant" => ("downstream_gene_variant", "MODIFIER"),
        "coding_transcript_intron_variant" => ("intron_variant", "MODIFIER"),
        _ => ("intergenic_variant", "MODIFIER"),
    }
}

/// The fixed columns with the consequence on three transcripts, as VEP writes them without `--pick`.
fn write_row(out: &mut String, chromosome: &str, position: u64, row: &Row) {
    let (reference, alternate) = (&row.reference, &row.alternate);
    let _ = write!(
        out,
        "{chromosome}\t{position}\t.\t{reference}\t{alternate}\t812.5\tPASS\tDP=141;MQ=59.8;Annotation={};CSQ=",
        row.gene
    );
    for i in 0..3 {
        let comma = if i == 0 { "" } else { "," };
        let canonical = if i == 0 { "YES" } else { "" };
        let frequency = if row.frequency > 0.0 { format!("{:.6}", row.frequency) } else { String::new() };
        let Row { consequence, impact, gene, transcript, hgvs_c, hgvs_p, .. } = row;
        let _ = write!(
            out,
            "{comma}{alternate}|{consequence}|{impact}|{gene}|{gene}|Transcript|{transcript}-{i}|protein_coding|||\
             {transcript}-{i}:{hgvs_c}|{transcript}-{i}:{hgvs_p}|{canonical}|{frequency}|{frequency}"
        );
    }
}

/// Evenly spread variants, most inherited; one in 10,000 new in the child, one in 500 looks so on few reads.
fn genome() -> Result<Vec<u8>> {
    let mut random = Random::new(1_000_000);
    let whole: u64 = CHROMOSOMES.iter().map(|(_, length)| u64::from(*length)).sum();
    let step = whole / GENOME_VARIANTS as u64;
    let mut packed = Vec::new();
    let mut text = header("");
    let mut made = 0;
    for (name, length) in CHROMOSOMES {
        let mut position = 10_000;
        while position < u64::from(length) && made < GENOME_VARIANTS {
            let reference = random.below(4) as usize;
            let alternate = (reference + 1 + random.below(3) as usize) % 4;
            let bases = ["A", "C", "G", "T"];
            let _ = write!(
                text,
                "{name}\t{position}\t.\t{}\t{}\t541.3\tPASS\tDP=118;MQ=60",
                bases[reference], bases[alternate]
            );
            let poor = random.chance(0.002);
            let new = random.chance(0.0001);
            let frequency = random.unit() * 0.5;
            let trio = if poor || new { [1, 0, 0] } else { inherited(&mut random, name == "X", frequency) };
            write_calls(&mut text, &mut random, trio, poor && !new);
            position += 1 + random.below(2 * step);
            made += 1;
            if text.len() > bgzf::BLOCK {
                let rest = text.split_off(bgzf::BLOCK);
                bgzf::write_block(&mut packed, text.as_bytes(), 6)?;
                text = rest;
            }
        }
    }
    packed.extend(bgzf::compress(text.as_bytes(), 6)?);
    Ok(packed)
}

/// Rare missense variants along TTN, each from the father or the mother by turns: every pair is a candidate.
fn gene() -> String {
    let mut random = Random::new(2_321);
    let mut out = header(CSQ);
    for i in 0..GENE_VARIANTS {
        let row = Row {
            reference: "A".to_owned(),
            alternate: "G".to_owned(),
            gene: "TTN".to_owned(),
            consequence: "missense_variant",
            impact: "MODERATE",
            transcript: "ENST00000589042".to_owned(),
            hgvs_c: format!("c.{}A>G", i + 1),
            hgvs_p: String::new(),
            frequency: 0.0,
        };
        write_row(&mut out, "2", u64::from(179_391_000 + i * 100), &row);
        write_calls(&mut out, &mut random, if i % 2 == 0 { [1, 1, 0] } else { [1, 0, 1] }, false);
    }
    out
}

/// The demo families' phenopackets by turns, one a line.
fn cases(root: &Path, number: usize) -> Result<Vec<u8>> {
    let mut lines = Vec::new();
    for family in ["ashkenazi-trio", "pfeiffer", "scout-trio"] {
        let path = root.join("demo").join(family).join("case.json");
        let text = std::fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
        lines.push(text.lines().map(str::trim).collect::<String>());
    }
    let chosen: Vec<&str> = lines.iter().cycle().take(number).map(String::as_str).collect();
    Ok((chosen.join("\n") + "\n").into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn records(text: &str) -> Vec<(usize, u64)> {
        let place = |line: &str| {
            let mut columns = line.split('\t');
            let name = columns.next()?;
            let chromosome = CHROMOSOMES.iter().position(|(n, _)| *n == name)?;
            Some((chromosome, columns.next()?.parse().ok()?))
        };
        text.lines().filter(|line| !line.starts_with('#')).filter_map(place).collect()
    }

    #[test]
    fn the_gene_has_its_variants_in_order() {
        let places = records(&gene());
        assert_eq!(places.len(), GENE_VARIANTS as usize);
        assert!(places.is_sorted());
    }

    #[test]
    fn the_exome_is_sorted_and_holds_the_planted_variant() {
        let text = exome(&crate::root().unwrap()).unwrap();
        let places = records(&text);
        assert_eq!(places.len(), EXOME_VARIANTS);
        assert!(places.windows(2).all(|w| w[0] < w[1]));
        let planted: Vec<_> = text.lines().filter(|l| l.starts_with("10\t123256215\t.\tT\tG\t")).collect();
        assert_eq!(planted.len(), 1);
        assert!(planted[0].contains("|FGFR2|") && planted[0].contains("\t0/1:"));
    }
}
