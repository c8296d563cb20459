//! `indgang inheritance`: every candidate by mode of inheritance, without phenotype.

use super::house::{self, OperatorArguments};
use super::threads::ThreadArguments;
use crate::data_folder::DataFolder;
use crate::{output::Output, progress};
use anyhow::Context as _;
use indgang_genomics::annotation::{AnnotationFields, Compounds};
use indgang_genomics::profile::Profile;
use indgang_genomics::vcf::VcfError;
use indgang_interpret::by_mode::{ByMode, Followed, Gathered, Judgement, MOST_PAIRS};
use indgang_knowledge::Knowledge;
use indgang_model::Assembly;
use indgang_sources::families::{self, FamiliesFile};
use std::collections::BTreeMap;
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
    let read = || {
        let bytes =
            progress::Counted::new(super::interpret::again(&file.input)?, progress::bytes(file.bytes, "inheritance"));
        anyhow::Ok(families::reader(&file, bytes, options.clone())?)
    };
    let in_file = |error: VcfError| anyhow::anyhow!("`{}`: {error}", arguments.vcf.display());
    let header = read()?.header().clone();
    let fields = AnnotationFields::from_header(&header);
    let compounds = if Compounds::may_be_in(&fields) {
        Compounds::gather(&fields, read()?).map_err(in_file)?
    } else {
        Compounds::default()
    };
    if compounds.missing() > 0 {
        eprintln!(
            "indgang: {} lines that BCSQ points at are not in the file; what points at them is judged by its position",
            compounds.missing()
        );
    }
    let mut output = Output::create(&arguments.out)?;
    let full = || format!("cannot write `{}`: is the disk full?", arguments.out.display());
    let mut pass = |families: &[Followed], judge: bool| -> anyhow::Result<Passed> {
        let by_mode = ByMode::new(families, &arguments.profile, file.assembly, &header, knowledge)?;
        let by_mode = by_mode.with_compounds(compounds.clone());
        let (mut singles, mut set_aside, mut gathered, mut failed) = (0, 0, Gathered::new(&by_mode), None);
        read()?
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
            .map_err(in_file)?;
        if let Some(error) = failed {
            return Err(error).with_context(full);
        }
        let (judgements, again) = if judge { gathered.judge(&by_mode) } else { Default::default() };
        if again.is_some() {
            output.restart().with_context(full)?;
            return Ok(Passed { judgements, again, ..Passed::default() });
        }
        let special = gathered.special(&by_mode, |lines| output.write_all(lines)).with_context(full)?;
        let (paired, left_out) = gathered.pairs(&by_mode, |lines| output.write_all(lines)).with_context(full)?;
        Ok(Passed { singles, pairs: paired + special, set_aside, left_out, judgements, again })
    };
    let mut passed = pass(&file.families, true)?;
    if let Some(families) = passed.again {
        passed = Passed { judgements: passed.judgements, ..pass(&families, false)? };
    }
    output.finish()?;
    println!("{} single variants and {} pairs in {}", passed.singles, passed.pairs, arguments.out.display());
    passed.judgements.iter().for_each(tell);
    if passed.set_aside > 0 {
        eprintln!(
            "indgang: {} alternates set aside: unspecified alleles, or contigs outside the primary assembly",
            passed.set_aside
        );
    }
    for (gene, count) in passed.left_out {
        eprintln!("indgang: {gene}: {count} pairs beyond the first {MOST_PAIRS} were not written");
    }
    Ok(())
}

/// What one reading of the file gave.
#[derive(Default)]
struct Passed {
    singles: u64,
    pairs: u64,
    set_aside: u64,
    left_out: BTreeMap<String, u64>,
    judgements: Vec<Judgement>,
    /// The families as they may be read, where this reading took one for what it is not.
    again: Option<Vec<Followed>>,
}

/// Says what does not agree. Of whom stands in the laboratory's report, and nowhere else.
fn tell(judgement: &Judgement) {
    let Judgement { family, disagreements, refused } = judgement;
    eprintln!(
        "indgang: family `{family}`: the samples and the pedigree do not agree ({}); check whether samples were exchanged and correct the PED (`indgang interpret` tells the laboratory which samples, in report.json under quality)",
        disagreements.join(", ")
    );
    if *refused {
        eprintln!(
            "indgang: family `{family}`: who is not their parents' child by the file is read without parents; nothing that rests on the parents (new variants, mosaics, uniparental disomy, phase) is told of them"
        );
    }
}
