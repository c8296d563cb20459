//! `indgang interpret`: one family, from its files to its report.

use super::house::{self, OperatorArguments};
use super::knowledge::scores;
use super::threads::ThreadArguments;
use crate::data_folder::DataFolder;
use crate::knowledge_folder::KnowledgeFolder;
use crate::{output, progress};
use anyhow::Context as _;
use indgang_gate::Grant;
use indgang_genomics::cohort::CallSet;
use indgang_genomics::profile::Profile;
use indgang_genomics::reference::Fasta;
use indgang_genomics::vcf::ReadOptions;
use indgang_interpret::acmg::Rules;
use indgang_interpret::analysis::{AnalysisError, Input, analyse, analyse_for_house};
use indgang_interpret::case::Case;
use indgang_interpret::intake::Beside;
use indgang_interpret::large::Dosage;
use indgang_interpret::own_cohort::OwnCohort;
use indgang_interpret::phenotype::{Basis, Options, PhenotypeRanker};
use indgang_interpret::predictors::Predictors;
use indgang_interpret::report::{Report, ResultKind};
use indgang_interpret::{html, phenopacket};
use indgang_knowledge::Knowledge;
use indgang_model::{Assembly, Clock as _, SystemClock};
use indgang_sources::family::{self, FamilyFiles};
use std::collections::BTreeMap;
use std::io::Seek as _;
use std::path::{Path, PathBuf};

/// Arguments of `interpret`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// VCF of the family; repeat for structural variants, or for one file a person
    #[arg(long, required = true, value_name = "VCF")]
    vcf: Vec<PathBuf>,
    /// Pedigree (PED); may be left out for a single person
    #[arg(long, value_name = "PED")]
    ped: Option<PathBuf>,
    /// The proband's signs as a GA4GH Phenopacket, version 2
    #[arg(long, value_name = "JSON")]
    phenopacket: Option<PathBuf>,
    /// Observed signs, for example HP:0001156,HP:0001363
    #[arg(long, value_delimiter = ',', value_name = "TERMS")]
    hpo: Vec<String>,
    /// Signs that were looked for and not found
    #[arg(long, value_delimiter = ',', value_name = "TERMS")]
    not_hpo: Vec<String>,
    /// What each person wishes to know
    #[arg(long, value_name = "TOML")]
    wishes: Option<PathBuf>,
    /// Genome build, when the VCF's header does not say it: GRCh37 or GRCh38
    #[arg(long, value_name = "BUILD")]
    assembly: Option<Assembly>,
    /// Only these genes: a symbol or HGNC number a line, or a panel of PanelApp (JSON or table), its green genes
    #[arg(long, value_name = "GENES")]
    panel: Option<PathBuf>,
    /// Thresholds of quality: none, standard or sensitive
    #[arg(long, default_value = "standard", value_name = "PROFILE", value_parser = |text: &str| text.parse::<Profile>())]
    profile: Profile,
    /// Consequences and frequencies in a table beside the VCF
    #[arg(long, value_name = "TSV")]
    annotations: Option<PathBuf>,
    /// Reference sequence (FASTA), to left-align alleles
    #[arg(long, value_name = "FASTA")]
    reference: Option<PathBuf>,
    /// ACMG rules of single genes, before those that come with the program
    #[arg(long, value_name = "TSV")]
    acmg_rules: Option<PathBuf>,
    /// ClinGen's dosage sensitivity, genes or regions (TSV); may be given once for each
    #[arg(long, value_name = "TSV")]
    dosage: Vec<PathBuf>,
    /// Also use the own cohort of the house in --data. Who is in the house under another name than in the VCF is counted
    /// as somebody else
    #[arg(long)]
    own_cohort: bool,
    /// Folder for report.json, report.html and interpretation.phenopacket.json
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Folder of imported scores (REVEL, SpliceAI), as `indgang knowledge import` writes them
    #[arg(long, value_name = "DIR")]
    scores: Option<PathBuf>,
    #[command(flatten)]
    knowledge: KnowledgeFolder,
    #[command(flatten)]
    threads: ThreadArguments,
    #[command(flatten)]
    data: DataFolder,
    #[command(flatten)]
    operator: OperatorArguments,
}

/// Interprets, and writes the three files or none.
pub fn run(arguments: Arguments) -> anyhow::Result<()> {
    let options = arguments.threads.read_options()?;
    let files = FamilyFiles {
        variants: arguments.vcf,
        pedigree: arguments.ped,
        phenopacket: arguments.phenopacket,
        observed: arguments.hpo,
        excluded: arguments.not_hpo,
        wishes: arguments.wishes,
        panel: arguments.panel,
        annotations: arguments.annotations,
        assembly: arguments.assembly,
    };
    let knowledge = arguments.knowledge.open()?;
    knowledge.begin();
    let people = family::people(&files)?;
    let place = arguments.data.place(false)?;
    let grant = house::grant(&place, &arguments.operator, &people)?;
    let ranker = ranker(knowledge)?;
    let case = family::case(&grant, &files, arguments.profile, knowledge.hpo()?, knowledge.genes()?)?;
    let cohort = arguments.own_cohort.then(|| house::own_cohort(&place, &grant, case.assembly)).transpose()?;
    let rules = arguments.acmg_rules.as_deref().map(own_rules).transpose()?;
    let dosage = dosage(&arguments.dosage)?;
    let reference = arguments.reference.as_deref();
    let predictors = arguments.scores.as_deref().map(scores).transpose()?.map(Predictors::new);
    let (rules, dosage, predictors) = (rules.as_ref(), dosage.as_ref(), predictors.as_ref());
    let setting = Setting { knowledge, ranker: &ranker, reference, options, cohort, rules, dosage, predictors };
    let report = interpret(&grant, &files, case, &setting)?;
    write(&report, &arguments.out)?;
    report.warnings.iter().for_each(|warning| eprintln!("warning: {warning}"));
    println!("{}", summary(&report));
    for name in OUTPUTS {
        println!("  {}", arguments.out.join(name).display());
    }
    Ok(())
}

const OUTPUTS: [&str; 3] = ["report.json", "report.html", "interpretation.phenopacket.json"];

/// Prepares the ranking by signs.
pub fn ranker(knowledge: &Knowledge) -> anyhow::Result<PhenotypeRanker<'_>> {
    Ok(PhenotypeRanker::new(&Basis::of(knowledge)?, Options::default()))
}

/// What a case is interpreted with.
pub struct Setting<'a> {
    /// The knowledge.
    pub knowledge: &'a Knowledge,
    /// The ranking by signs, prepared.
    pub ranker: &'a PhenotypeRanker<'a>,
    /// Reference sequence.
    pub reference: Option<&'a Path>,
    /// How to read the VCF.
    pub options: ReadOptions,
    /// The house's own cohort, without this family.
    pub cohort: Option<OwnCohort>,
    /// ACMG rules of single genes; those that come with the program when not given.
    pub rules: Option<&'a Rules>,
    /// ClinGen's dosage sensitivity map.
    pub dosage: Option<&'a Dosage>,
    /// Imported scores of predictors.
    pub predictors: Option<&'a Predictors>,
}

/// Interprets the files of one family that the grant covers.
pub fn interpret(grant: &Grant, files: &FamilyFiles, case: Case, setting: &Setting<'_>) -> anyhow::Result<Report> {
    with_files(grant, files, case, setting, analyse)
}

/// The same, for a case that goes into the house: also gives what each member carries.
pub fn interpret_for_house(
    grant: &Grant,
    files: &FamilyFiles,
    case: Case,
    setting: &Setting<'_>,
) -> anyhow::Result<(Report, BTreeMap<String, CallSet>)> {
    with_files(grant, files, case, setting, analyse_for_house)
}

type Analyse<T> =
    fn(Case, Vec<Input<'_>>, &Knowledge, &PhenotypeRanker<'_>, Beside<'_>, &str) -> Result<T, AnalysisError>;

fn with_files<T>(
    grant: &Grant,
    files: &FamilyFiles,
    case: Case,
    setting: &Setting<'_>,
    analyse: Analyse<T>,
) -> anyhow::Result<T> {
    setting.knowledge.prepare(case.assembly);
    let table = files.annotations.as_deref().map(|path| family::annotations(grant, &case, path)).transpose()?;
    let fasta = setting.reference.map(fasta).transpose()?;
    let mut inputs = Vec::new();
    for path in &files.variants {
        let file = family::open_variants(grant, &case, path)?;
        let (length, name) = (file.metadata().map_or(0, |m| m.len()), file_name(path));
        let open = move || {
            let bytes = progress::Counted::new(again(&file)?, progress::bytes(length, &name));
            Ok(Box::new(bytes) as Box<dyn std::io::Read + Send>)
        };
        inputs.push(Input { name: path.display().to_string(), open: Box::new(open), options: setting.options.clone() });
    }
    let beside = Beside {
        table: table.as_ref(),
        reference: fasta.as_ref().map(|f| f as _),
        cohort: setting.cohort.as_ref(),
        left_out: None,
        rules: setting.rules,
        dosage: setting.dosage,
        predictors: setting.predictors,
    };
    Ok(analyse(case, inputs, setting.knowledge, setting.ranker, beside, env!("CARGO_PKG_VERSION"))?)
}

/// The same file at its beginning. Of what is opened so, one is read at a time.
pub fn again(file: &std::fs::File) -> std::io::Result<std::fs::File> {
    let mut file = file.try_clone()?;
    file.rewind()?;
    Ok(file)
}

fn file_name(path: &Path) -> String {
    path.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned())
}

fn fasta(path: &Path) -> anyhow::Result<Fasta> {
    let reader = indgang_sources::compressed::open(path)?;
    Fasta::read(reader).with_context(|| format!("`{}`", path.display()))
}

/// The shipped ACMG rules with a laboratory's own before them.
fn own_rules(path: &Path) -> anyhow::Result<Rules> {
    let text = std::fs::read_to_string(path).with_context(|| format!("`{}`", path.display()))?;
    let own = Rules::parse(&text).with_context(|| format!("`{}`", path.display()))?;
    Ok(Rules::shipped().after(own))
}

/// ClinGen's dosage map of the tables given; `None` when none is.
fn dosage(paths: &[PathBuf]) -> anyhow::Result<Option<Dosage>> {
    let mut all: Option<Dosage> = None;
    for path in paths {
        let text = std::fs::read_to_string(path).with_context(|| format!("`{}`", path.display()))?;
        let one = Dosage::parse(&text).with_context(|| format!("`{}`", path.display()))?;
        all = Some(all.unwrap_or_default().with(one));
    }
    Ok(all)
}

/// Writes the three files, or none of them.
pub fn write(report: &Report, folder: &Path) -> anyhow::Result<()> {
    let json = serde_json::to_vec_pretty(report)?;
    let page = html::render(report);
    let packet = serde_json::to_vec_pretty(&phenopacket::interpretation(report, SystemClock.now()))?;
    output::write_all(folder, &[(OUTPUTS[0], &json), (OUTPUTS[1], page.as_bytes()), (OUTPUTS[2], &packet)])
}

/// One line: kind of answer, first finding, why.
pub fn summary(report: &Report) -> String {
    let kind = match report.result {
        ResultKind::Diagnostic => "diagnostic",
        ResultKind::Uncertain => "uncertain",
        ResultKind::Negative => "negative",
    };
    match report.findings.first() {
        Some(first) => format!(
            "{}: {kind}; first {} ({})",
            report.case,
            finding(report),
            first.explanation.first().map_or("", |e| &e.text)
        ),
        None => format!("{}: {kind}; no variant was left after the filters", report.case),
    }
}

/// The first finding in short.
pub fn finding(report: &Report) -> String {
    report.findings.first().map_or_else(
        || "–".to_owned(),
        |f| {
            let variants: Vec<String> = f.variants.iter().map(|v| v.variant.to_string()).collect();
            let (_, mode) = html::mode_words(f.mode_of_inheritance);
            format!("{} {} {mode}", f.gene.symbol, variants.join(" + "))
        },
    )
}
