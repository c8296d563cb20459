//! `indgang annotate`: consequence, HGVS, haplotypes and VRS identifiers of a VCF, by a reference and transcripts.

mod lines;
mod sources;

use super::house::{self, OperatorArguments};
use super::threads::ThreadArguments;
use crate::data_folder::DataFolder;
use crate::{output::Output, progress};
use anyhow::Context as _;
use indgang_gate::Grant;
use indgang_genomics::effect::haplotype::{self, Compounds, Member};
use indgang_genomics::effect::{Engine, vrs};
use indgang_genomics::reference::ReferenceSequence;
use indgang_genomics::vcf::{Header, Packer, ReadOptions, Reader, VcfError};
use indgang_model::{Assembly, Chromosome};
use indgang_sources::genome::Genome;
use indgang_sources::variants;
use lines::{Block, Form, Lines};
use std::collections::HashMap;
use std::io::{Read, Write as _};
use std::path::{Path, PathBuf};

/// Arguments of `annotate`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// VCF, plain or compressed; sorted
    #[arg(long, value_name = "VCF")]
    vcf: PathBuf,
    /// Reference genome the VCF was called on: FASTA, not compressed; its index (.fai) is used when it lies beside
    #[arg(long, value_name = "FASTA")]
    reference: PathBuf,
    /// Gene annotation (GFF3 of Ensembl or RefSeq, or GTF); or a shipped table: MANE (GRCh38) or RefSeq (GRCh37)
    #[arg(long, value_name = "GFF|MANE|RefSeq")]
    transcripts: String,
    /// Annotated VCF (BGZF when the name ends in .gz), or JSON lines
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// What is written: vcf (INFO field CSQ) or jsonl (one line an alternate)
    #[arg(long, default_value = "vcf", value_name = "FORMAT")]
    format: Form,
    /// Genome build, when the VCF's header does not say it: GRCh37 or GRCh38
    #[arg(long, value_name = "BUILD")]
    assembly: Option<Assembly>,
    /// Adds GA4GH VRS identifiers; each chromosome of the reference is read once for its digest
    #[arg(long)]
    vrs: bool,
    /// Takes a VCF without samples as one haplotype, as bcftools csq does
    #[arg(long)]
    one_haplotype: bool,
    #[command(flatten)]
    threads: ThreadArguments,
    #[command(flatten)]
    data: DataFolder,
    #[command(flatten)]
    operator: OperatorArguments,
}

/// The VCF, and the right to read it.
struct Input<'a> {
    path: &'a Path,
    /// Needed when it has samples: then it is about persons.
    grant: Option<Grant>,
    options: ReadOptions,
}

impl Input<'_> {
    /// The file at its beginning; reading it moves a bar.
    fn read(&self, what: &str) -> anyhow::Result<Reader<impl Read + Send>> {
        let counted = |file: std::fs::File| {
            let size = file.metadata().map_or(0, |m| m.len());
            progress::Counted::new(file, progress::bytes(size, what))
        };
        Ok(variants::open(self.grant.as_ref(), self.path, counted, self.options.clone())?)
    }
}

/// Writes the file, or nothing.
pub fn run(arguments: Arguments) -> anyhow::Result<()> {
    let options = arguments.threads.read_options()?;
    let header = variants::header(&arguments.vcf)?;
    let assembly = assembly(&arguments, &header)?;
    let genome = Genome::open(&arguments.reference)?;
    let table = sources::transcripts(&arguments.transcripts, assembly)?;
    let engine = Engine::new(&table, &genome, assembly);
    let people = variants::people(&header);
    let grant = (!people.is_empty())
        .then(|| house::grant(&arguments.data.place(false)?, &arguments.operator, &people))
        .transpose()?;
    let input = Input { path: &arguments.vcf, grant, options };
    let compounds = together(&arguments, &header, &engine, &input)?;
    let digests = if arguments.vrs { digests(&input, &genome)? } else { HashMap::new() };
    let compressed = arguments.out.extension().is_some_and(|e| e == "gz" || e == "bgz");
    let lines = Lines { engine: &engine, compounds: &compounds, digests: &digests, form: arguments.format, compressed };
    let mut output = Output::create(&arguments.out)?;
    let full = || format!("cannot write `{}`: is the disk full?", arguments.out.display());
    let head = lines.header(&header, &command_line(&arguments));
    output.write_all(&head).with_context(full)?;
    let (mut counts, mut failed, mut fault) = (lines::Counts::default(), None, None);
    let read = input.read("annotate")?.fold_blocks(
        || Block::new(&lines),
        |block, record| lines.add(block, record),
        |block| {
            let (bytes, block_counts, block_fault) = block.finish();
            counts.add(block_counts);
            if fault.is_none() && failed.is_none() {
                failed = output.write_all(&bytes).err();
            }
            fault = fault.take().or(block_fault);
        },
    );
    if let Some(fault) = fault {
        anyhow::bail!("`{}`, {fault}", arguments.vcf.display());
    }
    let summary = read.map_err(in_file(&arguments.vcf))?;
    if let Some(error) = failed {
        return Err(error).with_context(full);
    }
    if compressed {
        output.write_all(&Packer::END).with_context(full)?;
    }
    output.finish()?;
    println!(
        "{} lines, {} alternates annotated, {} changes read together on a haplotype, in {}",
        summary.records,
        counts.annotated,
        compounds.len(),
        arguments.out.display()
    );
    if counts.set_aside > 0 {
        eprintln!(
            "indgang: {} alternates left as they are: symbolic alleles, breakends, and contigs outside the primary assembly",
            counts.set_aside
        );
    }
    Ok(())
}

fn in_file(path: &Path) -> impl Fn(VcfError) -> anyhow::Error {
    let path = path.display().to_string();
    move |error| anyhow::anyhow!("`{path}`: {error}")
}

/// The build of the file, when it or the caller says it.
fn assembly(arguments: &Arguments, header: &Header) -> anyhow::Result<Option<Assembly>> {
    match (arguments.assembly, header.assembly()) {
        (Some(said), Some(found)) if said != found => anyhow::bail!(
            "--assembly {said} contradicts the header of `{}`, which is of {found}; leave the option out",
            arguments.vcf.display()
        ),
        (said, found) => Ok(said.or(found)),
    }
}

/// What belongs together on a haplotype: a first reading, of coding changes only.
fn together(
    arguments: &Arguments,
    header: &Header,
    engine: &Engine<'_>,
    input: &Input<'_>,
) -> anyhow::Result<Compounds> {
    let columns: Vec<Option<usize>> = (0..header.samples.len()).map(Some).collect();
    if columns.is_empty() && !arguments.one_haplotype {
        return Ok(Compounds::default());
    }
    let mut all: Vec<Member> = Vec::new();
    input
        .read("haplotypes")?
        .fold_blocks(
            || (Vec::new(), engine.window()),
            |(members, window), record| lines::members(engine, window, record, &columns, members),
            |(members, _)| all.extend(members),
        )
        .map_err(in_file(input.path))?;
    Ok(haplotype::combine(engine, all))
}

/// The refget accession of each chromosome in the file.
fn digests(input: &Input<'_>, genome: &Genome) -> anyhow::Result<HashMap<Chromosome, String>> {
    let mut chromosomes = Vec::new();
    input
        .read("chromosomes")?
        .fold_blocks(
            Vec::new,
            |block: &mut Vec<Chromosome>, record| {
                if let Some(chromosome) = record.chromosome().filter(|c| block.last() != Some(c)) {
                    block.push(chromosome);
                }
                Ok(())
            },
            |block| chromosomes.extend(block),
        )
        .map_err(in_file(input.path))?;
    chromosomes.sort_unstable();
    chromosomes.dedup();
    let reference: &dyn ReferenceSequence = genome;
    Ok(chromosomes.into_iter().filter_map(|c| Some((c, vrs::refget(reference, c)?))).collect())
}

/// What the header says of how the file was made; names of files only, no folders.
fn command_line(arguments: &Arguments) -> String {
    let name = |path: &Path| path.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
    format!(
        "indgang {} annotate reference={} transcripts={}",
        env!("CARGO_PKG_VERSION"),
        name(&arguments.reference),
        name(Path::new(&arguments.transcripts))
    )
}
