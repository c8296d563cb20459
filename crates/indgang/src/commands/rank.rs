//! `indgang rank`: diseases by signs alone, for many published cases.
//!
//! The gate is asked once for the people of all lines, by their packets' identifiers, before a sign is read.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};

use super::house::{self, OperatorArguments};
use crate::data_folder::DataFolder;
use crate::knowledge_folder::KnowledgeFolder;
use crate::output::Output;

use anyhow::{Context as _, bail};
use clap::Args;
use indgang_gate::Grant;
use indgang_interpret::phenotype::{Basis, Candidates, Options, PhenotypeRanker, Query};
use indgang_model::{PersonId, Wishes};
use indgang_sources::compressed;
use indgang_sources::phenopacket::{self, UnknownTerms};
use indgang_terminology::Hpo;
use rayon::prelude::*;
use serde::Serialize;

/// Cases ranked between two signs of progress.
const BATCH: usize = 64;
/// Diseases written for each case.
const TOP: usize = 20;
/// Warnings printed one by one; the rest are counted.
const WARNINGS: usize = 10;

/// Ranks diseases by signs alone for many phenopackets.
#[derive(Debug, Args)]
pub struct RankArgs {
    /// Phenopackets version 2, one a line (JSON lines; plain, gzip, xz or zstd)
    #[arg(long, value_name = "CASES.jsonl")]
    pub cases: PathBuf,
    /// Where the ranks go, one line a case in the order of the cases
    #[arg(long, value_name = "RANKS.jsonl")]
    pub out: PathBuf,
    /// Leave out knowledge that rests on the case's own publication
    #[arg(long)]
    pub exclude_own_publication: bool,
    /// Threads; all processors when not given
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
    /// Let Orphanet's and DECIPHER's diseases compete beside OMIM's
    #[arg(long)]
    pub all_diseases: bool,
    #[command(flatten)]
    knowledge: KnowledgeFolder,
    #[command(flatten)]
    data: DataFolder,
    #[command(flatten)]
    operator: OperatorArguments,
}

/// A line that holds something.
struct Case {
    number: usize,
    person: PersonId,
    text: String,
}

/// One line of the answer.
#[derive(Debug, Serialize)]
struct Line<'a> {
    case: String,
    truth: Option<String>,
    truth_rank: Option<f64>,
    candidates: usize,
    top: Vec<Top<'a>>,
}

#[derive(Debug, Serialize)]
struct Top<'a> {
    disease: String,
    label: &'a str,
    score: f64,
}

/// A case's line and what is to be said of it.
struct Ranked {
    json: String,
    warnings: Vec<String>,
}

/// Runs the command.
///
/// # Errors
/// When the cases cannot be read, the gate refuses, a line is no phenopacket, or the ranks cannot be written.
/// Nothing is written then.
pub fn run(args: RankArgs) -> anyhow::Result<()> {
    let cases = read_cases(&args.cases)?;
    let people: BTreeMap<PersonId, Wishes> =
        cases.iter().map(|case| (case.person.clone(), Wishes::default())).collect();
    let grant = house::grant(&args.data.place(false)?, &args.operator, &people)?;
    let knowledge = args.knowledge.open()?;
    let candidates = if args.all_diseases { Candidates::All } else { Candidates::Omim };
    let ranker = PhenotypeRanker::new(&Basis::of(knowledge)?, Options { candidates, ..Options::default() });
    let pool = rayon::ThreadPoolBuilder::new().num_threads(args.threads.map_or(0, usize::from)).build()?;
    let reading =
        Reading { grant: &grant, hpo: knowledge.hpo()?, ranker: &ranker, without_own: args.exclude_own_publication };
    let ranked = pool.install(|| rank_all(&args.cases, &cases, &reading))?;
    print_warnings(&args.cases, &cases, &ranked);
    let mut output = Output::create(&args.out)?;
    for case in &ranked {
        writeln!(output, "{}", case.json)
            .with_context(|| format!("cannot write `{}`: is the disk full?", args.out.display()))?;
    }
    output.finish()?;
    eprintln!("ranked {} cases among {} diseases into `{}`", ranked.len(), ranker.candidates(), args.out.display());
    Ok(())
}

/// The lines that hold something. A packet without an identifier is a person known by the line's number.
fn read_cases(path: &Path) -> anyhow::Result<Vec<Case>> {
    let mut cases = Vec::new();
    for (number, line) in (1..).zip(BufReader::new(compressed::open(path)?).lines()) {
        let text = line.with_context(|| {
            format!("`{}`, line {number}: the file is cut short, damaged or not UTF-8; fetch it again", path.display())
        })?;
        if text.trim().is_empty() {
            continue;
        }
        let id =
            phenopacket::identifier(text.as_bytes()).with_context(|| format!("`{}`, line {number}", path.display()))?;
        cases.push(Case { number, person: PersonId(id.unwrap_or_else(|| format!("line {number}"))), text });
    }
    if cases.is_empty() {
        bail!("`{}` holds no cases; give phenopackets, one a line", path.display());
    }
    Ok(cases)
}

/// What every case is read and ranked with.
struct Reading<'a> {
    grant: &'a Grant,
    hpo: &'a Hpo,
    ranker: &'a PhenotypeRanker<'a>,
    without_own: bool,
}

fn rank_all(path: &Path, cases: &[Case], reading: &Reading<'_>) -> anyhow::Result<Vec<Ranked>> {
    let style = indicatif::ProgressStyle::with_template("ranking {wide_bar} {pos}/{len} cases, {eta} left")?;
    let progress = indicatif::ProgressBar::new(cases.len() as u64).with_style(style);
    let mut ranked = Vec::with_capacity(cases.len());
    for batch in cases.chunks(BATCH) {
        let done: Vec<anyhow::Result<Ranked>> = batch
            .par_iter()
            .map(|case| rank_one(case, reading).with_context(|| format!("`{}`, line {}", path.display(), case.number)))
            .collect();
        // In the order of the lines, so that the first bad line is the one that is named.
        for case in done {
            ranked.push(case?);
        }
        progress.inc(batch.len() as u64);
    }
    progress.finish_and_clear();
    Ok(ranked)
}

fn rank_one(case: &Case, reading: &Reading<'_>) -> anyhow::Result<Ranked> {
    let packet =
        phenopacket::read_with(case.text.as_bytes(), reading.hpo, UnknownTerms::PassOver, &case.person, reading.grant)?;
    let mut query = Query::from_features(&packet.features);
    if reading.without_own {
        query.exclude_publications.clone_from(&packet.publications);
    }
    let ranking = reading.ranker.rank(&query);
    let truth = packet.diagnosis.as_ref();
    let top = ranking.scores().iter().take(TOP).map(|s| Top {
        disease: s.disease.to_string(),
        label: ranking.label(s.disease).unwrap_or_default(),
        score: s.posterior,
    });
    let answer = Line {
        case: packet.id,
        truth: truth.map(|d| d.id.clone()),
        truth_rank: truth.and_then(|d| d.disease()).and_then(|d| ranking.score_of(d)).map(|s| s.rank),
        candidates: ranking.scores().len(),
        top: top.collect(),
    };
    Ok(Ranked { json: serde_json::to_string(&answer)?, warnings: packet.warnings.into_iter().map(|w| w.en).collect() })
}

fn print_warnings(path: &Path, cases: &[Case], ranked: &[Ranked]) {
    let all = || cases.iter().zip(ranked).flat_map(|(case, r)| r.warnings.iter().map(move |w| (case.number, w)));
    for (number, warning) in all().take(WARNINGS) {
        eprintln!("warning: `{}`, line {number}: {warning}", path.display());
    }
    let more = all().count().saturating_sub(WARNINGS);
    if more > 0 {
        eprintln!("warning: and {more} more of the kind");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;
    use std::fs;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        args: RankArgs,
    }

    fn case(id: &str, disease: &str, pmid: u32, signs: &[&str]) -> String {
        let signs: Vec<_> = signs.iter().map(|s| serde_json::json!({"type": {"id": s}})).collect();
        serde_json::json!({
            "id": id, "subject": {"id": "1"}, "phenotypicFeatures": signs,
            "diseases": [{"term": {"id": disease, "label": "x"}}],
            "metaData": {"phenopacketSchemaVersion": "2.0", "externalReferences": [{"id": format!("PMID:{pmid}")}]},
        })
        .to_string()
    }

    fn rank(folder: &Path, text: &str, threads: u16) -> anyhow::Result<String> {
        let [cases, out, house] = ["cases.jsonl", "ranks.jsonl", "house"].map(|name| folder.join(name));
        fs::write(&cases, text)?;
        let path = |path: &Path| path.display().to_string();
        let words = ["rank", "--exclude-own-publication", "--operator", "tester"].map(str::to_owned);
        let named = [("--cases", path(&cases)), ("--out", path(&out)), ("--data", path(&house))];
        let named = named.into_iter().chain([("--threads", threads.to_string())]);
        let words = words.into_iter().chain(named.flat_map(|(name, value)| [name.to_owned(), value]));
        run(Line::try_parse_from(words)?.args)?;
        Ok(fs::read_to_string(out)?)
    }

    #[test]
    fn cases_are_ranked_the_same_on_any_number_of_threads() {
        let folder = tempfile::tempdir().unwrap();
        // Pfeiffer's signs; a disease outside the catalogues; a case without any sign.
        let text = [
            case("a", "OMIM:101600", 1, &["HP:0011304", "HP:0004440", "HP:0010055", "HP:0000244", "HP:0000520"]),
            case("b", "MONDO:1", 1, &["HP:0001250"]),
            case("c", "OMIM:101600", 1, &[]),
        ]
        .join("\n\n");
        let one = rank(folder.path(), &text, 1).unwrap();
        assert_eq!(one, rank(folder.path(), &text, 4).unwrap());
        let lines: Vec<serde_json::Value> = one.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
        assert_eq!(lines.len(), 3);
        assert!(lines[0]["truth_rank"].as_f64().unwrap() <= 10.0, "{}", lines[0]);
        assert_eq!(lines[0]["top"].as_array().unwrap().len(), 20);
        assert_eq!(
            (&lines[1]["truth"], &lines[1]["truth_rank"]),
            (&serde_json::json!("MONDO:1"), &serde_json::Value::Null)
        );
        // Without signs the diseases whose gene is known are tied, share their middle place, and stand before the others.
        let (n, place) = (lines[2]["candidates"].as_f64().unwrap(), lines[2]["truth_rank"].as_f64().unwrap());
        let tied = 2.0 * place - 1.0;
        assert!(tied > n / 2.0 && tied < n && tied.fract() == 0.0, "{tied} of {n}");
        // Nothing but the two files and the house, whose log holds the readings, is left behind.
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3);
    }

    #[test]
    fn a_bad_line_is_named_and_nothing_is_written() {
        for (bad, message) in [
            (r#"{"id": "x", "subject": {}, "variants": []}"#, "this is version 1"),
            ("{", "not a phenopacket in JSON"),
            (r#"{"resourceType": "Patient"}"#, "this is not a phenopacket"),
        ] {
            let folder = tempfile::tempdir().unwrap();
            let error = rank(folder.path(), &format!("{}\n{bad}\n", case("a", "OMIM:1", 1, &[])), 1).unwrap_err();
            let text = format!("{error:#}");
            assert!(text.contains("cases.jsonl`, line 2") && text.contains(message), "{text}");
            assert!(!folder.path().join("ranks.jsonl").exists());
        }
        let folder = tempfile::tempdir().unwrap();
        assert!(format!("{:#}", rank(folder.path(), "\n", 1).unwrap_err()).contains("holds no cases"));
    }
}
