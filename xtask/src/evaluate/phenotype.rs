//! Protocols C and D: diseases ranked by signs alone, the case's own publication left out.
//!
//! C: the annotations of January 2023. D: also learnt from the solved cases of other publications in the same file.

use super::cases::{self, Case};
use super::features::{Answerable, answerable, as_array};
use super::fit;
use super::measures::{bootstrap, calibration_error, mean, mrr, quantile, top};
use anyhow::{Context, Result, bail};
use indgang_interpret::phenotype::{Basis, Fitted, Model, Options, PhenotypeRanker, SolvedCase};
use indgang_knowledge::Knowledge;
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

/// Parts of the cross-validation, by publication.
const FOLDS: u32 = 5;

/// What may be learnt from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// Annotations alone.
    C,
    /// Annotations and solved cases.
    D,
}

impl std::str::FromStr for Protocol {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> Result<Self> {
        match text {
            "C" => Ok(Self::C),
            "D" => Ok(Self::D),
            other => bail!("no protocol `{other}`; give C (annotations alone) or D (and solved cases)"),
        }
    }
}

/// What `--json` writes.
#[derive(Serialize)]
struct Answer {
    protocol: String,
    n: usize,
    unanswerable: usize,
    ensemble: Places,
    ensemble_with_prior: Places,
    phenodigm: Places,
    resnik: Places,
    calibration_error: f64,
    ms_per_case: Milliseconds,
}

#[derive(Serialize)]
struct Places {
    top1: f64,
    top3: f64,
    top5: f64,
    top10: f64,
    mrr: f64,
}

#[derive(Serialize)]
struct Milliseconds {
    p50: f64,
    p95: f64,
}

impl Places {
    fn of(places: &[f64]) -> Self {
        let [top1, top3, top5, top10] = [1.0, 3.0, 5.0, 10.0].map(|k| top(places, k));
        Self { top1, top3, top5, top10, mrr: mrr(places) }
    }
}

/// Measures the shipped weights on any cases.
pub fn others(path: &Path, protocol: Protocol, json: &Path) -> Result<()> {
    let basis = Basis::of(Knowledge::shipped())?;
    let all = cases::read(path, basis.hpo)?;
    let solved = solved(&all, protocol)?;
    let basis = Basis { solved: &solved, ..basis };
    let milliseconds = time(&basis, &all);
    let answers = answer(&basis, &all);
    let (signs, common) = shipped(protocol);
    let places =
        |fitted: &Fitted| -> Vec<f64> { answers.iter().map(|case| case.place(&as_array(&fitted.weights))).collect() };
    let believed: Vec<(f64, bool)> =
        answers.iter().map(|case| case.belief(&as_array(&signs.weights), signs.calibration)).collect();
    let answer = Answer {
        protocol: format!("{protocol:?}"),
        n: answers.len(),
        unanswerable: all.len() - answers.len(),
        ensemble: Places::of(&places(&signs)),
        ensemble_with_prior: Places::of(&places(&common)),
        phenodigm: Places::of(&answers.iter().map(|case| case.phenodigm).collect::<Vec<_>>()),
        resnik: Places::of(&answers.iter().map(|case| case.resnik).collect::<Vec<_>>()),
        calibration_error: calibration_error(&believed),
        ms_per_case: Milliseconds { p50: quantile(&milliseconds, 0.5), p95: quantile(&milliseconds, 0.95) },
    };
    let text = serde_json::to_string_pretty(&answer)?;
    std::fs::write(json, format!("{text}\n")).with_context(|| format!("writing `{}`", json.display()))?;
    println!("{text}");
    Ok(())
}

/// Without and with the number of solved cases; with annotations alone there is no such number.
fn shipped(protocol: Protocol) -> (Fitted, Fitted) {
    let model = Model::shipped();
    match protocol {
        Protocol::C => (model.annotations, model.annotations),
        Protocol::D => (model.solved, model.solved_are_common),
    }
}

fn solved(all: &[Case], protocol: Protocol) -> Result<Vec<SolvedCase>> {
    match protocol {
        Protocol::C => Ok(Vec::new()),
        Protocol::D => Ok(cases::solved(all, Knowledge::shipped().genes()?)),
    }
}

/// A case is timed so often and the best counts: other programs on the machine are not to be timed.
const TIMINGS: usize = 3;

/// Milliseconds a case, ranked as it is in use: on one thread, without the measures for comparison.
fn time(basis: &Basis<'_>, all: &[Case]) -> Vec<f64> {
    let ranker = PhenotypeRanker::new(basis, Options::default());
    let one = |case: &Case| {
        let once = |_| {
            let start = Instant::now();
            std::hint::black_box(ranker.rank(&case.query));
            start.elapsed().as_secs_f64() * 1e3
        };
        (0..TIMINGS).map(once).fold(f64::INFINITY, f64::min)
    };
    all.iter().map(one).collect()
}

fn answer(basis: &Basis<'_>, all: &[Case]) -> Vec<Answerable> {
    let ranker = PhenotypeRanker::new(basis, Options { compare: true, ..Options::default() });
    all.iter().filter_map(|case| answerable(&ranker, case)).collect()
}

/// Measures and prints the development cases, each fold by weights that were fitted on the others.
pub fn development(path: &Path) -> Result<()> {
    let basis = Basis::of(Knowledge::shipped())?;
    let all = cases::read(path, basis.hpo)?;
    for protocol in [Protocol::C, Protocol::D] {
        let solved = solved(&all, protocol)?;
        let basis = Basis { solved: &solved, ..basis };
        let milliseconds = time(&basis, &all);
        let answers = answer(&basis, &all);
        println!(
            "\nProtocol {protocol:?}: {} cases, {} answerable, {} not; ms a case p50 {:.2}, p95 {:.2}",
            all.len(),
            answers.len(),
            all.len() - answers.len(),
            quantile(&milliseconds, 0.5),
            quantile(&milliseconds, 0.95)
        );
        table(&answers, all.len(), protocol);
    }
    Ok(())
}

fn table(answers: &[Answerable], all: usize, protocol: Protocol) {
    println!(
        "| | top-1 | top-3 | top-5 | top-10 | MRR | top-1 of all {all} | top-10 |\n|---|---|---|---|---|---|---|---|"
    );
    let phenodigm: Vec<f64> = answers.iter().map(|case| case.phenodigm).collect();
    let resnik: Vec<f64> = answers.iter().map(|case| case.resnik).collect();
    line("Phenodigm", &phenodigm, all);
    line("Resnik", &resnik, all);
    for (k, name) in ["list alone", "cosine alone", "presence alone", "nearest case alone"].iter().enumerate() {
        let mut weights = [0.0; 7];
        weights[k] = 1.0;
        line(name, &answers.iter().map(|case| case.place(&weights)).collect::<Vec<_>>(), all);
    }
    let (places, believed) = cross_validated(answers, false);
    line("together, cross-validated", &places, all);
    if protocol == Protocol::D {
        line("and the number of cases", &cross_validated(answers, true).0, all);
    }
    let (shipped, _) = shipped(protocol);
    line(
        "shipped weights",
        &answers.iter().map(|case| case.place(&as_array(&shipped.weights))).collect::<Vec<_>>(),
        all,
    );
    let new = |places: &[f64]| -> Vec<f64> {
        answers.iter().zip(places).filter(|(case, _)| case.is_new).map(|(_, place)| *place).collect()
    };
    line("new since the freeze: Phenodigm", &new(&phenodigm), all);
    line("new since the freeze: together", &new(&places), all);
    let publications: Vec<u32> = answers.iter().map(|case| case.publication).collect();
    for k in [1.0, 10.0] {
        let hit = |p: &f64| f64::from(u8::from(*p <= k));
        let lead: Vec<f64> = places.iter().zip(&phenodigm).map(|(a, b)| 100.0 * (hit(a) - hit(b))).collect();
        println!(
            "lead over Phenodigm at {k}: {:+.1} points, standard error {:.1} (publications drawn again)",
            mean(lead.iter().copied()),
            bootstrap(&lead, &publications)
        );
    }
    println!(
        "calibration error, cross-validated: {:.3}; belief in the first against how often it is right:",
        calibration_error(&believed)
    );
    for (low, high) in [(0.0, 0.1), (0.1, 0.25), (0.25, 0.5), (0.5, 0.75), (0.75, 1.01)] {
        let bin: Vec<&(f64, bool)> = believed.iter().filter(|(p, _)| (low..high).contains(p)).collect();
        let right = mean(bin.iter().map(|(_, right)| f64::from(u8::from(*right))));
        println!(
            "  {low:.2} to {high:.2}: n {}, believed {:.2}, right {right:.2}",
            bin.len(),
            mean(bin.iter().map(|(p, _)| *p))
        );
    }
}

fn line(name: &str, places: &[f64], all: usize) {
    let Places { top1, top3, top5, top10, mrr } = Places::of(places);
    let answered = places.len() as f64 / all as f64;
    let percent = |share: f64| format!("{:.1}", 100.0 * share);
    println!(
        "| {name} ({}) | {} | {} | {} | {} | {mrr:.3} | {} | {} |",
        places.len(),
        percent(top1),
        percent(top3),
        percent(top5),
        percent(top10),
        percent(top1 * answered),
        percent(top10 * answered)
    );
}

/// Places and beliefs under weights and calibrations that never saw the case's publication.
fn cross_validated(answers: &[Answerable], common: bool) -> (Vec<f64>, Vec<(f64, bool)>) {
    let mut publications: Vec<u32> = answers.iter().map(|case| case.publication).collect();
    publications.sort_unstable();
    publications.dedup();
    let fold_of: BTreeMap<u32, u32> = publications.iter().copied().zip((0..FOLDS).cycle()).collect();
    let fitted: Vec<Fitted> = (0..FOLDS)
        .map(|fold| {
            let others: Vec<&Answerable> = answers.iter().filter(|case| fold_of[&case.publication] != fold).collect();
            fit::fit(&others, common)
        })
        .collect();
    let of = |case: &Answerable| {
        let Fitted { weights, calibration } = fitted[fold_of[&case.publication] as usize];
        let weights = as_array(&weights);
        (case.place(&weights), case.belief(&weights, calibration))
    };
    answers.iter().map(of).unzip()
}

/// Fits all weights on all development cases and writes them.
pub fn fit(path: &Path, to: &Path) -> Result<()> {
    let basis = Basis::of(Knowledge::shipped())?;
    let all = cases::read(path, basis.hpo)?;
    let fitted = |protocol: Protocol, common: bool| {
        let solved = solved(&all, protocol)?;
        let answers = answer(&Basis { solved: &solved, ..basis }, &all);
        Ok::<_, anyhow::Error>(rounded(fit::fit(&answers.iter().collect::<Vec<_>>(), common)))
    };
    let model = Model {
        version: format!("{} cases, knowledge {}", all.len(), basis.annotations.version()),
        fitted_on: cases::DEVELOPMENT.to_owned(),
        annotations: fitted(Protocol::C, false)?,
        solved: fitted(Protocol::D, false)?,
        solved_are_common: fitted(Protocol::D, true)?,
    };
    let text = serde_json::to_string_pretty(&model)?;
    std::fs::write(to, format!("{text}\n")).with_context(|| format!("writing `{}`", to.display()))?;
    println!("{text}");
    Ok(())
}

/// More digits than the cases can tell are left out.
fn rounded(mut fitted: Fitted) -> Fitted {
    let weights = &mut fitted.weights;
    for weight in
        [&mut weights.mention, &mut weights.cosine, &mut weights.present, &mut weights.nearest, &mut weights.known]
    {
        *weight = (*weight * 1000.0).round() / 1000.0;
    }
    fitted
}
