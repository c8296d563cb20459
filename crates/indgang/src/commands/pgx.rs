//! `indgang pgx`: named alleles, phenotypes and CPIC's recommendations of each sample of a VCF.

use super::house::{self, OperatorArguments};
use super::threads::ThreadArguments;
use crate::data_folder::DataFolder;
use crate::output::{self, Output};
use crate::progress;
use anyhow::Context as _;
use indgang_genomics::vcf::{Header, ReadOptions};
use indgang_interpret::html;
use indgang_interpret::pgx::observe::{Observed, Plan};
use indgang_interpret::pgx::outside::{self, OutsideCall, OutsideCalls};
use indgang_interpret::pgx::report::Report;
use indgang_interpret::pgx::{Beside, analyse, medicines};
use indgang_knowledge::pgx::Pgx;
use indgang_knowledge::{Knowledge, Part};
use indgang_model::Assembly;
use indgang_sources::variants;
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Arguments of `pgx`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// VCF or gVCF, plain or compressed, of any number of samples; with the positions where a person is as the reference
    #[arg(long, value_name = "VCF")]
    vcf: PathBuf,
    /// Alleles called by others (CYP2D6, HLA, MT-RNR1): gene, diplotype, phenotype, activity score and, for several
    /// samples, the sample, separated by tabs
    #[arg(long, value_name = "TSV")]
    outside_calls: Option<PathBuf>,
    /// The patient's medicines: an ATC code or a name a line
    #[arg(long, value_name = "FILE")]
    medicines: Option<PathBuf>,
    /// A folder (JSON and HTML for each sample), or a file: .json or .html for one sample, .jsonl with a line a sample
    #[arg(long, value_name = "DIR|FILE")]
    out: PathBuf,
    /// Genome build, when the VCF's header does not say it: GRCh37 or GRCh38
    #[arg(long, value_name = "BUILD")]
    assembly: Option<Assembly>,
    #[command(flatten)]
    threads: ThreadArguments,
    #[command(flatten)]
    data: DataFolder,
    #[command(flatten)]
    operator: OperatorArguments,
}

/// Samples that are worked out together, before they are written.
const BATCH: usize = 256;

/// Writes the answers, or nothing.
pub fn run(arguments: Arguments) -> anyhow::Result<()> {
    let options = arguments.threads.read_options()?;
    let knowledge = Knowledge::shipped();
    let header = variants::header(&arguments.vcf)?;
    let assembly = assembly(&arguments, &header)?;
    let form = Form::of(&arguments.out, &header, &arguments.vcf)?;
    let pgx = knowledge.pgx()?;
    let outside = arguments.outside_calls.as_deref().map(|path| calls(path, pgx, &header)).transpose()?;
    let list = arguments.medicines.as_deref().map(|path| text(path).map(|t| medicines::parse(&t))).transpose()?;
    let chain = match assembly {
        Assembly::GRCh37 => Some(knowledge.liftover_from(Assembly::GRCh38)?),
        Assembly::GRCh38 => None,
    };
    let plan = Plan::new(pgx, assembly, chain);
    let observed = observe(&arguments, options, &header, &plan)?;
    let none = BTreeMap::new();
    let versions = knowledge.versions_of(Part::Pgx);
    let report = |sample: usize| {
        let name = &header.samples[sample];
        let beside = Beside {
            assembly,
            outside: outside_of(outside.as_ref(), name, &none),
            medicines: list.as_deref(),
            versions: versions.clone(),
            program_version: env!("CARGO_PKG_VERSION"),
        };
        analyse(pgx, &observed, sample, name, &beside)
    };
    form.write(&arguments.out, &header, report)?;
    println!("{} samples on {assembly}, in {}", header.samples.len(), arguments.out.display());
    if plan.not_lifted() > 0 {
        eprintln!("indgang: {} positions have no counterpart on {assembly} and count as missing", plan.not_lifted());
    }
    Ok(())
}

/// Reads the file once, with the grant for everybody in it.
fn observe<'a>(
    arguments: &Arguments,
    options: ReadOptions,
    header: &Header,
    plan: &'a Plan<'a>,
) -> anyhow::Result<Observed<'a>> {
    let people = variants::people(header);
    anyhow::ensure!(
        !people.is_empty(),
        "`{}` has no samples: there is nobody whose alleles could be called",
        arguments.vcf.display()
    );
    let grant = house::grant(&arguments.data.place(false)?, &arguments.operator, &people)?;
    let counted = |file: std::fs::File| {
        let size = file.metadata().map_or(0, |m| m.len());
        progress::Counted::new(file, progress::bytes(size, "pgx"))
    };
    let reader = variants::open(Some(&grant), &arguments.vcf, counted, options)?;
    let samples = header.samples.len();
    let mut observed = plan.observe(samples);
    reader
        .fold_blocks(Vec::new, |hits, record| plan.look(record, samples, hits), |hits| observed.add(hits))
        .map_err(|error| anyhow::anyhow!("`{}`: {error}", arguments.vcf.display()))?;
    Ok(observed)
}

fn assembly(arguments: &Arguments, header: &Header) -> anyhow::Result<Assembly> {
    let file = arguments.vcf.display();
    match (arguments.assembly, header.assembly()) {
        (Some(said), Some(found)) if said != found => {
            anyhow::bail!(
                "--assembly {said} contradicts the header of `{file}`, which is of {found}; leave the option out"
            )
        }
        (said, found) => said.or(found).with_context(|| {
            format!("the header of `{file}` does not say its genome build; add --assembly GRCh37 or --assembly GRCh38")
        }),
    }
}

fn text(path: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("cannot read `{}`: is it there, and text?", path.display()))
}

fn calls(path: &Path, pgx: &Pgx, header: &Header) -> anyhow::Result<OutsideCalls> {
    let calls = outside::parse(&text(path)?, pgx).with_context(|| format!("`{}`", path.display()))?;
    for sample in calls.keys() {
        anyhow::ensure!(
            !sample.is_empty() || header.samples.len() == 1,
            "`{}`: the VCF has {} samples; name the sample in the fifth column of every line",
            path.display(),
            header.samples.len()
        );
        anyhow::ensure!(
            sample.is_empty() || header.samples.contains(sample),
            "`{}`: the fifth column names a sample that the VCF does not have; write it as the VCF does",
            path.display()
        );
    }
    Ok(calls)
}

type ByGene = BTreeMap<String, Vec<OutsideCall>>;

fn outside_of<'a>(calls: Option<&'a OutsideCalls>, sample: &str, none: &'a ByGene) -> &'a ByGene {
    calls.and_then(|calls| calls.get(sample).or_else(|| calls.get(""))).unwrap_or(none)
}

/// What is written.
#[derive(Debug, Clone, Copy)]
enum Form {
    Folder,
    Json,
    Html,
    Lines,
}

impl Form {
    fn of(out: &Path, header: &Header, vcf: &Path) -> anyhow::Result<Self> {
        let form = match out.extension().and_then(|e| e.to_str()) {
            _ if out.is_dir() => Self::Folder,
            Some("json") => Self::Json,
            Some("html") => Self::Html,
            Some("jsonl") => Self::Lines,
            Some(_) | None => Self::Folder,
        };
        let one = matches!(form, Self::Json | Self::Html);
        anyhow::ensure!(
            !one || header.samples.len() == 1,
            "`{}` has {} samples, which do not fit into one `{}`; give a folder, or a file that ends in .jsonl",
            vcf.display(),
            header.samples.len(),
            out.display()
        );
        Ok(form)
    }

    fn write(self, out: &Path, header: &Header, report: impl Fn(usize) -> Report + Sync) -> anyhow::Result<()> {
        let full = || format!("cannot write `{}`: is the disk full?", out.display());
        let samples: Vec<usize> = (0..header.samples.len()).collect();
        match self {
            Self::Folder => {
                let names = file_names(&header.samples)?;
                std::fs::create_dir_all(out).with_context(|| {
                    format!(
                        "cannot make the folder `{}`: name another with --out, or ask for the right to write there",
                        out.display()
                    )
                })?;
                let mut files = Vec::new();
                for batch in samples.chunks(BATCH) {
                    let made: Vec<(usize, Vec<u8>, String)> = batch
                        .par_iter()
                        .map(|sample| {
                            let report = report(*sample);
                            Ok((*sample, serde_json::to_vec_pretty(&report)?, html::pgx::render(&report)))
                        })
                        .collect::<anyhow::Result<_>>()?;
                    for (sample, json, page) in made {
                        for (ending, bytes) in [("json", json.as_slice()), ("html", page.as_bytes())] {
                            let mut file = Output::create(&out.join(format!("{}pgx.{ending}", names[sample])))?;
                            file.write_all(bytes).with_context(full)?;
                            files.push(file);
                        }
                    }
                }
                output::finish_all(files)
            }
            Self::Json | Self::Html => {
                let report = report(0);
                let mut file = Output::create(out)?;
                match self {
                    Self::Json => file.write_all(&serde_json::to_vec_pretty(&report)?),
                    _ => file.write_all(html::pgx::render(&report).as_bytes()),
                }
                .with_context(full)?;
                file.finish()
            }
            Self::Lines => {
                let mut file = Output::create(out)?;
                for batch in samples.chunks(BATCH) {
                    let lines: Vec<Vec<u8>> = batch
                        .par_iter()
                        .map(|sample| {
                            let mut line = serde_json::to_vec(&report(*sample))?;
                            line.push(b'\n');
                            Ok(line)
                        })
                        .collect::<anyhow::Result<_>>()?;
                    for line in lines {
                        file.write_all(&line).with_context(full)?;
                    }
                }
                file.finish()
            }
        }
    }
}

/// What stands before `pgx.json`: nothing for one sample, else its name, if it can be part of a file's name.
fn file_names(samples: &[String]) -> anyhow::Result<Vec<String>> {
    if samples.len() == 1 {
        return Ok(vec![String::new()]);
    }
    anyhow::ensure!(
        samples.len() <= MOST_FILES,
        "{} samples are too many for a file each; give a file that ends in .jsonl",
        samples.len()
    );
    for sample in samples {
        anyhow::ensure!(
            !sample.starts_with('.') && !sample.contains(['/', '\\', '\0']),
            "a sample's name has `/` or `\\`, or begins with a dot, so it cannot be a file's; give a file that ends in .jsonl"
        );
    }
    Ok(samples.iter().map(|sample| format!("{sample}.")).collect())
}

/// None of a folder's files appears before all are on the disk, so all are open until then.
const MOST_FILES: usize = 200;
