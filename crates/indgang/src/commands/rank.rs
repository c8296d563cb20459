//! `indgang rank`: diseases by signs alone, for many published cases.
//!
//! The cases are published ones and no persons of the house; a person of the house is ranked within `interpret`, with a grant.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::Args;
use indgang_interpret::phenotype::{Candidates, Options, PhenotypeRanker, Query};
use indgang_knowledge::Knowledge;
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
/// When the cases cannot be read, a line is no phenopacket, or the ranks cannot be written. Nothing is written then.
pub fn run(args: RankArgs) -> anyhow::Result<()> {
    let lines = read_lines(&args.cases)?;
    let knowledge = Knowledge::shipped();
    let (hpo, diseases) = (knowledge.hpo()?, knowledge.diseases()?);
    let candidates = if args.all_diseases { Candidates::All } else { Candidates::Omim };
    let ranker = PhenotypeRanker::new(hpo, diseases, Options { candidates, ..Options::default() });
    let pool = rayon::ThreadPoolBuilder::new().num_threads(args.threads.map_or(0, usize::from)).build()?;
    let ranked = pool.install(|| rank_all(&args, &lines, hpo, &ranker))?;
    print_warnings(&args.cases, &lines, &ranked);
    write_whole(&args.out, &ranked)?;
    eprintln!("ranked {} cases among {} diseases into `{}`", ranked.len(), ranker.candidates(), args.out.display());
    Ok(())
}

/// The lines that hold something, each with its number.
fn read_lines(path: &Path) -> anyhow::Result<Vec<(usize, String)>> {
    let mut lines = Vec::new();
    for (number, line) in (1..).zip(BufReader::new(compressed::open(path)?).lines()) {
        let line = line.with_context(|| {
            format!("`{}`, line {number}: the file is cut short, damaged or not UTF-8; fetch it again", path.display())
        })?;
        if !line.trim().is_empty() {
            lines.push((number, line));
        }
    }
    if lines.is_empty() {
        bail!("`{}` holds no cases; give phenopackets, one a line", path.display());
    }
    Ok(lines)
}

fn rank_all(
    args: &RankArgs,
    lines: &[(usize, String)],
    hpo: &Hpo,
    ranker: &PhenotypeRanker<'_>,
) -> anyhow::Result<Vec<Ranked>> {
    let style = indicatif::ProgressStyle::with_template("ranking {wide_bar} {pos}/{len} cases, {eta} left")?;
    let progress = indicatif::ProgressBar::new(lines.len() as u64).with_style(style);
    let mut ranked = Vec::with_capacity(lines.len());
    for batch in lines.chunks(BATCH) {
        let done: Vec<anyhow::Result<Ranked>> = batch
            .par_iter()
            .map(|(number, line)| {
                rank_one(line, hpo, ranker, args.exclude_own_publication)
                    .with_context(|| format!("`{}`, line {number}", args.cases.display()))
            })
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

fn rank_one(line: &str, hpo: &Hpo, ranker: &PhenotypeRanker<'_>, without_own: bool) -> anyhow::Result<Ranked> {
    let packet = phenopacket::parse_with(line.as_bytes(), hpo, UnknownTerms::PassOver)?;
    let mut query = Query::from_features(&packet.features);
    if without_own {
        query.exclude_publications.clone_from(&packet.publications);
    }
    let ranking = ranker.rank(&query);
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
    Ok(Ranked { json: serde_json::to_string(&answer)?, warnings: packet.warnings })
}

fn print_warnings(path: &Path, lines: &[(usize, String)], ranked: &[Ranked]) {
    let all = || lines.iter().zip(ranked).flat_map(|((number, _), r)| r.warnings.iter().map(move |w| (number, w)));
    for (number, warning) in all().take(WARNINGS) {
        eprintln!("warning: `{}`, line {number}: {warning}", path.display());
    }
    let more = all().count().saturating_sub(WARNINGS);
    if more > 0 {
        eprintln!("warning: and {more} more of the kind");
    }
}

/// Written beside its place under another name, and renamed when complete.
fn write_whole(path: &Path, ranked: &[Ranked]) -> anyhow::Result<()> {
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let context = || format!("cannot write `{}`; check that its folder exists, is yours and has room", path.display());
    let mut file = tempfile::Builder::new().prefix(".ranks-").tempfile_in(folder).with_context(context)?;
    {
        let mut out = std::io::BufWriter::new(file.as_file_mut());
        for case in ranked {
            writeln!(out, "{}", case.json).with_context(context)?;
        }
        out.flush().with_context(context)?;
    }
    file.as_file().sync_all().with_context(context)?;
    #[cfg(unix)]
    {
        // A temporary file is made for its owner alone; the answer gets the usual rights.
        use std::os::unix::fs::PermissionsExt as _;
        file.as_file().set_permissions(fs::Permissions::from_mode(0o644)).with_context(context)?;
    }
    file.persist(path).with_context(context)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn case(id: &str, disease: &str, pmid: u32, signs: &[&str]) -> String {
        let signs: Vec<_> = signs.iter().map(|s| serde_json::json!({"type": {"id": s}})).collect();
        serde_json::json!({
            "id": id, "subject": {"id": "1"}, "phenotypicFeatures": signs,
            "diseases": [{"term": {"id": disease, "label": "x"}}],
            "metaData": {"externalReferences": [{"id": format!("PMID:{pmid}")}]},
        })
        .to_string()
    }

    fn rank(folder: &Path, text: &str, threads: u16) -> anyhow::Result<String> {
        let (cases, out) = (folder.join("cases.jsonl"), folder.join("ranks.jsonl"));
        fs::write(&cases, text)?;
        run(RankArgs {
            cases,
            out: out.clone(),
            exclude_own_publication: true,
            threads: Some(threads),
            all_diseases: false,
        })?;
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
        // Without signs all candidates are tied and share the middle place.
        let n = lines[2]["candidates"].as_f64().unwrap();
        assert_eq!(lines[2]["truth_rank"].as_f64().unwrap(), (n + 1.0) / 2.0);
        // Nothing but the two files is left behind.
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
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
