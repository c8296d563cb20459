//! `indgang inheritance`: every candidate by mode of inheritance, without phenotype.

use super::house::{self, OperatorArguments};
use super::threads::ThreadArguments;
use crate::data_folder::DataFolder;
use crate::{output::Output, progress};
use anyhow::Context as _;
use indgang_genomics::profile::Profile;
use indgang_interpret::by_mode::{ByMode, Gathered, Judgement, MOST_PAIRS};
use indgang_knowledge::Knowledge;
use indgang_model::Assembly;
use indgang_sources::families::{self, FamiliesFile};
use std::io::Write as _;
use std::path::PathBuf;

/// Arguments of `inheritance`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// VCF with everybody's genotypes
    #[arg(long, value_name = "VCF")]
    vcf: PathBuf,
    /// Pedigree (PED); several families are treated each by itself
    #[arg(long, value_name = "PED")]
    ped: PathBuf,
    /// Thresholds of quality and frequency: none (genotypes as written), standard or sensitive
    #[arg(long, default_value = "standard", value_name = "PROFILE", value_parser = |text: &str| text.parse::<Profile>())]
    profile: Profile,
    /// Genome build, when the VCF's header does not say it: GRCh37 or GRCh38
    #[arg(long, value_name = "BUILD")]
    assembly: Option<Assembly>,
    /// JSON lines, one candidate each
    #[arg(long, value_name = "JSONL")]
    out: PathBuf,
    #[command(flatten)]
    threads: ThreadArguments,
    #[command(flatten)]
    data: DataFolder,
    #[command(flatten)]
    operator: OperatorArguments,
}

/// Writes the file, or nothing.
pub fn run(arguments: Arguments) -> anyhow::Result<()> {
    let options = arguments.threads.read_options()?;
    let files = FamiliesFile { variants: arguments.vcf.clone(), pedigree: arguments.ped, assembly: arguments.assembly };
    let people = families::people(&files)?;
    let grant = house::grant(&arguments.data.place(false)?, &arguments.operator, &people)?;
    let knowledge = Knowledge::shipped();
    let file = families::open(&grant, &files)?;
    if file.assumed {
        eprintln!(
            "indgang: the header does not say the assembly; {} is assumed (say another with --assembly)",
            file.assembly
        );
    }
    let bar = progress::bytes(file.bytes, "inheritance");
    let reader = families::reader(&file, progress::Counted::new(file.input.try_clone()?, bar), options)?;
    let by_mode = ByMode::new(&file.families, &arguments.profile, file.assembly, reader.header(), knowledge)?;
    let mut output = Output::create(&arguments.out)?;
    let (mut singles, mut set_aside, mut gathered, mut failed) = (0, 0, Gathered::new(&by_mode), None);
    reader
        .fold_blocks(
            || by_mode.block(),
            |block, record| by_mode.step(block, record),
            |block| {
                singles += block.count;
                set_aside += block.set_aside;
                if failed.is_none() {
                    failed = output.write_all(&block.lines).err();
                }
                gathered.take(block);
            },
        )
        .map_err(|error| anyhow::anyhow!("`{}`: {error}", arguments.vcf.display()))?;
    let full = || format!("cannot write `{}`: is the disk full?", arguments.out.display());
    if let Some(error) = failed {
        return Err(error).with_context(full);
    }
    let (resting, judgements) = gathered.judge(&by_mode, |lines| output.write_all(lines)).with_context(full)?;
    singles += resting;
    let special = gathered.special(&by_mode, |lines| output.write_all(lines)).with_context(full)?;
    let (paired, left_out) = gathered.pairs(&by_mode, |lines| output.write_all(lines)).with_context(full)?;
    output.finish()?;
    println!("{singles} single variants and {} pairs in {}", paired + special, arguments.out.display());
    judgements.iter().for_each(tell);
    if set_aside > 0 {
        eprintln!(
            "indgang: {set_aside} alternates set aside: unspecified alleles, or contigs outside the primary assembly"
        );
    }
    for (gene, count) in left_out {
        eprintln!("indgang: {gene}: {count} pairs beyond the first {MOST_PAIRS} were not written");
    }
    Ok(())
}

/// Says what does not agree. Of whom stands in the laboratory's report, and nowhere else.
fn tell(judgement: &Judgement) {
    let Judgement { family, disagreements, refused } = judgement;
    eprintln!(
        "indgang: family `{family}`: the samples and the pedigree do not agree ({}); check whether samples were exchanged and correct the PED (`indgang interpret` tells the laboratory which samples, in report.json under quality)",
        disagreements.join(", ")
    );
    if let Some(count) = refused {
        eprintln!(
            "indgang: family `{family}`: {count} lines that rest on the parents (new variants, mosaics, uniparental disomy) were not written"
        );
    }
}
