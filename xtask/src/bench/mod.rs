//! `cargo xtask bench`: `trio` times the house and its peers on the same files in one run, `gate` times the gate.
//!
//! What a number means and where a peer does less than the house is said in docs/benchmarks.md,
//! into which the tables are written.

use anyhow::{Context, Result, bail};
use measure::{Measure, measure};
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

mod consequence;
mod family;
mod fhir;
mod files;
mod gate;
mod lake;
mod load;
mod measure;
mod pgx;
pub mod random;
mod reanalysis;

const DOCUMENT: &str = "docs/benchmarks.md";
const RUNS: usize = 5;

/// One line of the table: a task, who did it, and how it went.
struct Line {
    task: &'static str,
    who: &'static str,
    outcome: Result<Measure, String>,
}

/// Runs everything and writes the table.
pub fn trio(root: &Path) -> Result<()> {
    let cache = cache()?;
    if cfg!(debug_assertions) && !files::Files::are_made(&cache) {
        // Making a million variants takes minutes unoptimised.
        return again_in_release(root, "trio");
    }
    let files = files::make(root, &cache)?;
    let bench = Bench { cache: &cache, program: build(root)? };
    let load = load_average();
    let lines = bench.run(&files);
    let versions = versions(&cache, &bench.program);
    let table = table(&lines, &format!("{} {versions}", machine(load)));
    end(root, "trio", &table, &lines)
}

/// Times consequences against bcftools csq on the same files, one thread each, and writes the table.
pub fn consequence(root: &Path) -> Result<()> {
    let cache = cache()?;
    let bench = Bench { cache: &cache, program: build(root)? };
    let load = load_average();
    let consequence::Files { fasta, gff, vcf } = consequence::make(&cache)?;
    let [fasta, gff, vcf] = [fasta, gff, vcf].map(|path| path.display().to_string());
    let annotate = format!(
        "{} annotate --threads 1 --vcf {vcf} --reference {fasta} --transcripts {gff} --out annotated.vcf",
        bench.program.display()
    );
    let lines = [
        bench.line(CONSEQUENCE, "indgang", RUNS, &annotate),
        bench.bcftools(CONSEQUENCE, &format!("bcftools csq -f {fasta} -g {gff} {vcf} -o csq.vcf")),
    ];
    let mut table = table(&lines, &format!("{} {}", machine(load), versions(&cache, &bench.program)));
    for line in &lines {
        if let Ok(measure) = &line.outcome {
            let rate = consequence::VARIANTS as f64 / measure.processor / 1_000.0;
            let _ = writeln!(table, "\n`{}`: {rate:.0} thousand variants a second of processor time.", line.who);
        }
    }
    println!("{table}");
    write_into(&root.join(DOCUMENT), "consequence", &table)?;
    match &lines[0].outcome {
        Ok(_) => Ok(()),
        Err(error) => bail!("indgang did not finish: {error}"),
    }
}

/// Times pharmacogenomics of many samples in one file, and writes the table.
pub fn pgx(root: &Path) -> Result<()> {
    let cache = cache()?;
    let bench = Bench { cache: &cache, program: build(root)? };
    let load = load_average();
    let vcf = pgx::make(&cache)?;
    let program = bench.program.display();
    let script = format!("INDGANG_DATA=house {program} pgx --vcf {} --out pgx.jsonl", vcf.display());
    let lines = [bench.line(PGX, "indgang", RUNS, &script)];
    let mut table = table(&lines, &format!("{} {}", machine(load), versions(&cache, &bench.program)));
    if let Ok(measure) = &lines[0].outcome {
        let rate = pgx::SAMPLES as f64 / measure.wall;
        let _ = writeln!(table, "\n`indgang`: {rate:.0} samples a second, from the file to JSON lines.");
    }
    println!("{table}");
    write_into(&root.join(DOCUMENT), "pgx", &table)?;
    match &lines[0].outcome {
        Ok(_) => Ok(()),
        Err(error) => bail!("indgang did not finish: {error}"),
    }
}

/// Times a new release against many stored trios, and writes the table.
pub fn reanalysis(root: &Path) -> Result<()> {
    let load = load_average();
    let m = reanalysis::measure()?;
    let (trios, findings) = (reanalysis::TRIOS, reanalysis::FINDINGS);
    let table = format!(
        "{trios} trios with {findings} findings each, {rows} rows of ClinVar otherwise ({differ} alleles, codons and genes \
         differ):\n\n| step | seconds |\n|---|---:|\n| difference of the releases | {difference:.1} |\n\
         | index of the findings | {index:.1} |\n| judging the {touched} findings touched, under both | {judged:.1} |\n\
         | judging all, for comparison | {all:.1} |\n\nThe {alerts} alerts are the same either way. {machine}",
        rows = reanalysis::ROWS,
        differ = m.rows,
        difference = m.difference,
        index = m.index,
        touched = m.findings,
        judged = m.touched,
        all = m.all,
        alerts = m.alerts,
        machine = machine(load),
    );
    println!("{table}");
    write_into(&root.join(DOCUMENT), "reanalysis", &table)
}

/// Times resources into the records and a view of them, beside a peer, and writes the table.
pub fn fhir(root: &Path) -> Result<()> {
    let cache = cache()?;
    let bench = Bench { cache: &cache, program: build(root)? };
    let load = load_average();
    let lines = fhir::run(&bench)?;
    let table = table(&lines, &machine(load));
    let table = format!("{}\n\n{}", table.trim(), fhir::rates(&lines));
    end(root, "fhir", &table, &lines)
}

/// Times registers into tables and questions about everybody, beside peers on the same files, and writes the table.
pub fn lake(root: &Path) -> Result<()> {
    let cache = cache()?;
    let bench = Bench { cache: &cache, program: build(root)? };
    let load = load_average();
    let measured = lake::run(&bench)?;
    let table = table(&measured.lines, &machine(load));
    let table = format!("{}\n\n{}", table.trim(), lake::rates(&measured));
    end(root, "lake", &table, &measured.lines)
}

/// Times what a passage through the gate costs, and writes the table. What lays the load does little but wait, so it
/// need not be built in release itself.
pub fn gate(root: &Path, parts: &[&str]) -> Result<()> {
    let machine = machine(load_average());
    let table = format!("{machine}\n\n{}", gate::run(root, parts)?);
    println!("{table}");
    write_into(&root.join(DOCUMENT), "gate", &table)
}

/// Shows the table and writes it; fails when the house did not finish what it was timed at.
fn end(root: &Path, bench: &str, table: &str, lines: &[Line]) -> Result<()> {
    println!("{table}");
    write_into(&root.join(DOCUMENT), bench, table)?;
    match lines.iter().find(|line| line.who == "indgang" && line.outcome.is_err()) {
        Some(line) => bail!("indgang did not finish `{}`", line.task),
        None => Ok(()),
    }
}

fn again_in_release(root: &Path, what: &str) -> Result<()> {
    cargo(root, &["run", "--quiet", "--release", "--package", "xtask", "--", "bench", what])
}

fn cargo(root: &Path, arguments: &[&str]) -> Result<()> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let status = Command::new(cargo).args(arguments).current_dir(root).status().context("starting cargo")?;
    if !status.success() {
        bail!("`cargo {}` ended with {status}", arguments.join(" "));
    }
    Ok(())
}

/// Makes the files, for other tools to be tried on.
pub fn make_files(root: &Path) -> Result<()> {
    if cfg!(debug_assertions) {
        return again_in_release(root, "files");
    }
    files::make(root, &cache()?).map(|_| ())
}

/// `INDGANG_BENCH_CACHE`, else a folder of the user's cache.
fn cache() -> Result<PathBuf> {
    if let Some(folder) = std::env::var_os("INDGANG_BENCH_CACHE") {
        return Ok(folder.into());
    }
    let home = std::env::var_os("HOME").context("set INDGANG_BENCH_CACHE: there is no HOME to keep files in")?;
    Ok(Path::new(&home).join(".cache/indgang/bench"))
}

fn build(root: &Path) -> Result<PathBuf> {
    cargo(root, &["build", "--release", "--package", "indgang"])?;
    Ok(target(root).join("release/indgang"))
}

fn target(root: &Path) -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), |t| root.join(t))
}

struct Bench<'a> {
    cache: &'a Path,
    program: PathBuf,
}

impl Bench<'_> {
    fn run(&self, files: &files::Files) -> Vec<Line> {
        let program = self.program.display();
        let files::Files { exome, genome, gene, ped, cases, case } = files;
        let [exome, genome, gene, ped, cases, case] = [exome, genome, gene, ped, cases, case].map(|p| p.display());
        let sign = "HP:0001156,HP:0001363,HP:0011304,HP:0010055";
        // The standard profile's conditions on a new variant: quality, reads, balance, parents without the allele.
        let new = "FILTER=\"PASS\" && GT[0]=\"het\" && GT[1]=\"RR\" && GT[2]=\"RR\" && MIN(FMT/GQ)>=20 && MIN(FMT/DP)>=10 \
                   && AD[0:1]>=5 && AD[0:1]/FMT/DP[0]>=0.2 && AD[0:1]/FMT/DP[0]<=0.8 && AD[1:1]+AD[2:1]<2";
        vec![
            self.line(
                EXOME,
                "indgang",
                RUNS,
                &format!("INDGANG_DATA=house {program} interpret --vcf {exome} --ped {ped} --hpo {sign} --out exome-report"),
            ),
            self.bcftools(
                EXOME,
                &format!("bcftools view -Ou {exome} | bcftools +mendelian - -t MOTHER,FATHER,CHILD -m c"),
            ),
            self.genmod(EXOME, &format!("genmod/bin/genmod models {exome} --family_file {ped}")),
            self.line(
                GENOME,
                "indgang",
                RUNS,
                &format!("INDGANG_DATA=house {program} inheritance --vcf {genome} --ped {ped} --profile standard --out genome.jsonl"),
            ),
            self.bcftools(GENOME, &format!("bcftools view -H -i '{new}' {genome}")),
            self.line(
                GENE,
                "indgang",
                RUNS,
                &format!("INDGANG_DATA=house {program} inheritance --vcf {gene} --ped {ped} --profile none --out gene.jsonl"),
            ),
            self.genmod(GENE, &format!("genmod/bin/genmod models {gene} --family_file {ped}")),
            self.line(
                START,
                "indgang",
                RUNS,
                &format!("INDGANG_DATA=house {program} rank --threads 1 --cases {case} --out ranks.jsonl"),
            ),
            self.line(
                RANK,
                "indgang",
                RUNS,
                &format!("INDGANG_DATA=house {program} rank --threads 1 --cases {cases} --out ranks.jsonl"),
            ),
        ]
    }

    fn line(&self, task: &'static str, who: &'static str, runs: usize, script: &str) -> Line {
        println!("{task}: {who}");
        let output = self.cache.join("output");
        let outcome = measure(script, self.cache, &output, runs).map_err(|error| format!("{error:#}"));
        if let Err(error) = &outcome {
            eprintln!("{error}");
        }
        Line { task, who, outcome }
    }

    fn bcftools(&self, task: &'static str, script: &str) -> Line {
        match Command::new("bcftools").arg("--version").output() {
            Ok(_) => self.line(task, "bcftools", RUNS, script),
            Err(_) => {
                skipped(task, "bcftools", "skipped: bcftools is not installed (Debian: `apt-get install bcftools`)")
            }
        }
    }

    fn genmod(&self, task: &'static str, script: &str) -> Line {
        match virtual_environment(self.cache, "genmod", "genmod==3.12.0 'setuptools<81'") {
            // A run takes a minute: one is enough to see the order of size.
            Ok(()) => self.line(task, "genmod", 1, script),
            Err(error) => skipped(task, "genmod", &format!("skipped: genmod cannot be installed: {error:#}")),
        }
    }
}

/// Installs packages from PyPI into a virtual environment of that name in the bench cache, unless it is there.
fn virtual_environment(cache: &Path, name: &str, packages: &str) -> Result<()> {
    // Written last, so that what was begun and not ended is not taken for done.
    if cache.join(name).join("installed").exists() {
        return Ok(());
    }
    let script =
        format!("python3 -m venv {name} && {name}/bin/pip install --quiet {packages} && touch {name}/installed");
    let status = Command::new("bash").args(["-c", &script]).current_dir(cache).status()?;
    if !status.success() {
        bail!("`{script}` ended with {status} in {}", cache.display());
    }
    Ok(())
}

const EXOME: &str = "trio exome, 100,000 annotated variants";
const GENOME: &str = "trio, 1,000,000 variants";
const GENE: &str = "2,321 variants in one gene";
const START: &str = "rank 1 case, one thread";
const CONSEQUENCE: &str = "consequence and HGVS of 1,000,000 variants, one thread";
const PGX: &str = "pharmacogenomics of 2,000 samples";
const RANK: &str = "rank 600 cases, one thread";

fn skipped(task: &'static str, who: &'static str, why: &str) -> Line {
    eprintln!("{why}");
    Line { task, who, outcome: Err(why.to_owned()) }
}

fn table(lines: &[Line], machine: &str) -> String {
    let mut out = format!(
        "{machine}\n\n| task | program | wall, s | processor, s | peak, MB | runs | wall relative to indgang |\n|---|---|---:|---:|---:|---:|---:|\n"
    );
    for line in lines {
        let ours = lines.iter().find(|l| l.task == line.task && l.who == "indgang");
        let _ = match &line.outcome {
            Ok(m) => {
                let ratio = match ours.map(|l| &l.outcome) {
                    Some(Ok(o)) if line.who != "indgang" && o.wall > 0.0 => format!("{:.1} ×", m.wall / o.wall),
                    _ => "–".to_owned(),
                };
                let (wall, processor, peak) = (m.wall, m.processor, m.peak as f64 / 1e6);
                writeln!(
                    out,
                    "| {} | {} | {wall:.3} | {processor:.3} | {peak:.0} | {} | {ratio} |",
                    line.task, line.who, m.runs
                )
            }
            Err(why) => writeln!(out, "| {} | {} | {why} | | | | |", line.task, line.who),
        };
    }
    if let Some(milliseconds) = per_case(lines) {
        let _ = writeln!(
            out,
            "\n`rank` takes {milliseconds:.2} ms a case a thread (the difference of the last two lines, by case)."
        );
    }
    out
}

/// Milliseconds a case, start-up taken away.
fn per_case(lines: &[Line]) -> Option<f64> {
    let wall = |task| lines.iter().find(|l| l.task == task).and_then(|l| l.outcome.as_ref().ok()).map(|m| m.wall);
    Some((wall(RANK)? - wall(START)?) * 1000.0 / (files::CASES - 1) as f64)
}

/// How busy the machine was before the first run: processes that ran or wanted to, over a minute. Linux only.
fn load_average() -> Option<f64> {
    std::fs::read_to_string("/proc/loadavg").ok()?.split(' ').next()?.parse().ok()
}

/// The first line of each program's own word on its version; nothing for what is not installed.
fn versions(cache: &Path, program: &Path) -> String {
    let said = |program: &Path| {
        let output = Command::new(program).arg("--version").output().ok()?;
        let text = String::from_utf8_lossy(&output.stdout).lines().next()?.trim().replace("version: ", "");
        (!text.is_empty()).then_some(text)
    };
    let all = [program.to_owned(), "bcftools".into(), cache.join("genmod/bin/genmod")];
    let known: Vec<String> = all.iter().filter_map(|p| said(p)).collect();
    format!("Versions: {}.", known.join(", "))
}

/// What the numbers were measured on, without the machine's name.
fn machine(load: Option<f64>) -> String {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu.lines().find_map(|l| l.strip_prefix("model name")?.split_once(": ")).map_or("", |(_, model)| model);
    let load = load
        .map_or_else(String::new, |load| format!(", on which {load:.1} processes ran or waited before the first run"));
    format!("Measured on {cores} cores ({model}){load}.").replace(" ()", "")
}

/// Puts the table between the marks; the prose around it is written by hand.
fn write_into(path: &Path, bench: &str, table: &str) -> Result<()> {
    let text = std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
    std::fs::write(path, between_marks(&text, bench, table)?).with_context(|| format!("writing {}", path.display()))
}

fn between_marks(text: &str, bench: &str, table: &str) -> Result<String> {
    let [begin, end] = ["begin", "end"].map(|side| format!("<!-- bench {bench}: {side} -->"));
    let (before, rest) = text.split_once(&begin).with_context(|| format!("{DOCUMENT} has no `{begin}`"))?;
    let (_, after) = rest.split_once(&end).with_context(|| format!("{DOCUMENT} has no `{end}`"))?;
    Ok(format!("{before}{begin}\n\n{}\n\n{end}{after}", table.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(task: &'static str, who: &'static str, wall: f64) -> Line {
        Line { task, who, outcome: Ok(Measure { wall, processor: wall, peak: 5_000_000, runs: 5 }) }
    }

    #[test]
    fn the_table_has_ratios_and_reasons() {
        let lines = [
            line(EXOME, "indgang", 0.5),
            line(EXOME, "bcftools", 2.0),
            skipped(EXOME, "genmod", "skipped: no"),
            line(START, "indgang", 0.2),
            line(RANK, "indgang", 0.2 + 0.599),
        ];
        let table = table(&lines, "Here.");
        assert!(table.contains("| bcftools | 2.000 | 2.000 | 5 | 5 | 4.0 × |"), "{table}");
        assert!(table.contains("| genmod | skipped: no |"));
        assert!(table.contains("1.00 ms a case"));
    }

    #[test]
    fn the_prose_around_the_table_stays() {
        let [begin, end] = ["<!-- bench trio: begin -->", "<!-- bench trio: end -->"];
        let text = format!("before\n{begin}\nold\n{end}\nafter\n");
        let expected = format!("before\n{begin}\n\nnew\n\n{end}\nafter\n");
        assert_eq!(between_marks(&text, "trio", "new\n").unwrap(), expected);
        assert!(between_marks(&text, "gate", "new").is_err());
    }
}
