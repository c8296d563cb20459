//! Measures the phenotype ranking on published cases: `phenotype_evaluation HP.json.gz PHENOTYPE.hpoa.gz CASES.jsonl.xz [all]`.
//!
//! Each case's own publication is left out. The card `docs/methods/phenotype-ranking.md` quotes its output.
//! With `features` as the fourth word it writes, for every case, the truth and its strongest rivals as a table.

use std::collections::{BTreeMap, HashSet};
use std::io::Read;
use std::path::Path;
use std::time::Instant;

use indgang_interpret::phenotype::{Candidates, DiseaseScore, Options, PhenotypeRanker, Query};
use indgang_knowledge::phenotype::{DiseaseAnnotations, DiseaseId};
use indgang_sources::phenopacket::UnknownTerms;
use indgang_sources::{compressed, phenopacket};
use indgang_terminology::Hpo;

type Outcome = Result<(), Box<dyn std::error::Error>>;

fn text(path: &str) -> Result<String, Box<dyn std::error::Error>> {
    let mut text = String::new();
    compressed::open(Path::new(path))?.read_to_string(&mut text)?;
    Ok(text)
}

/// `unknown=0.3` and the like change one option.
fn set(mut options: Options, (name, value): (&str, &str)) -> Result<Options, Box<dyn std::error::Error>> {
    let value: f64 = value.parse()?;
    match name {
        "resnik" => options.weights.resnik = value,
        "cosine" => options.weights.cosine = value,
        "present" => options.weights.present = value,
        "excluded" => options.excluded_weight = value as f32,
        "unknown" => options.unknown_frequency = value as f32,
        "cap" => options.frequency_cap = value as f32,
        "doubt" => options.doubt = value,
        other => return Err(format!("`{other}` is not an option of the ranking").into()),
    }
    Ok(options)
}

/// Average place of the truth by some part of the score.
fn place(scores: &[DiseaseScore], truth: DiseaseId, part: impl Fn(&DiseaseScore) -> f64) -> Option<f64> {
    let own = part(scores.iter().find(|s| s.disease == truth)?);
    let above = scores.iter().filter(|s| part(s) > own).count();
    let tied = scores.iter().filter(|s| part(s) == own).count();
    Some(above as f64 + (tied as f64 + 1.0) / 2.0)
}

fn report(name: &str, places: &[f64], cases: usize) {
    let n = places.len() as f64;
    let top = |k: f64| 100.0 * places.iter().filter(|p| **p <= k).count() as f64 / n;
    let mrr = places.iter().map(|p| 1.0 / p).sum::<f64>() / n;
    println!(
        "{name:<10} n {:>4} top-1 {:>5.1} top-3 {:>5.1} top-5 {:>5.1} top-10 {:>5.1} MRR {mrr:.3} | of all {cases}: top-1 {:>5.1} top-10 {:>5.1}",
        places.len(),
        top(1.0),
        top(3.0),
        top(5.0),
        top(10.0),
        top(1.0) * n / cases as f64,
        top(10.0) * n / cases as f64,
    );
}

/// Points won at place `k`, with the standard error that treats a publication's cases as one draw.
fn lead(ours: &[f64], baseline: &[f64], publications: &[u32], k: f64) -> (f64, f64) {
    let mut by_publication: BTreeMap<u32, f64> = BTreeMap::new();
    for ((a, b), publication) in ours.iter().zip(baseline).zip(publications) {
        *by_publication.entry(*publication).or_default() += f64::from(u8::from(*a <= k)) - f64::from(u8::from(*b <= k));
    }
    let (n, groups) = (ours.len() as f64, by_publication.len() as f64);
    let sum: f64 = by_publication.values().sum();
    let squares: f64 = by_publication.values().map(|v| v * v).sum();
    (100.0 * sum / n, 100.0 * (squares - sum * sum / groups).sqrt() / n)
}

/// Mean distance between belief in the first and how often it is right.
fn calibration_error(believed: &mut [(f64, bool, f64)]) -> f64 {
    believed.sort_by(|a, b| a.0.total_cmp(&b.0));
    let n = believed.len() as f64;
    believed
        .chunks(believed.len().div_ceil(10).max(1))
        .map(|bin| {
            let belief: f64 = bin.iter().map(|b| b.0).sum();
            let right = bin.iter().filter(|b| b.1).count() as f64;
            (belief - right).abs() / n
        })
        .sum()
}

type Part = Box<dyn Fn(&DiseaseScore) -> f64>;

fn main() -> Outcome {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [hp, hpoa, cases, rest @ ..] = arguments.as_slice() else {
        return Err("give HP.json PHENOTYPE.hpoa CASES.jsonl [all|features]".into());
    };
    let hpo = Hpo::from_obographs_json(text(hp)?.as_bytes())?;
    let annotations = DiseaseAnnotations::from_hpoa(&text(hpoa)?)?;
    let candidates = if rest.iter().any(|w| w == "all") { Candidates::All } else { Candidates::Omim };
    let features = rest.iter().any(|w| w == "features");
    let start = Instant::now();
    let options = rest
        .iter()
        .filter_map(|w| w.split_once('='))
        .try_fold(Options { candidates, compare: true, ..Options::default() }, set)?;
    let ranker = PhenotypeRanker::new(&hpo, &annotations, options);
    eprintln!("prepared {} diseases in {:.0} ms", ranker.candidates(), start.elapsed().as_secs_f64() * 1e3);

    // Timed as it is used: without the measures for comparison.
    let start = Instant::now();
    let plain = PhenotypeRanker::new(&hpo, &annotations, Options { compare: false, ..options });
    eprintln!("prepared for use in {:.0} ms", start.elapsed().as_secs_f64() * 1e3);

    let compared = |s: &DiseaseScore| s.comparison.expect("asked for");
    let mut parts: [(&str, Part, Vec<f64>); 6] = [
        ("Phenodigm", Box::new(move |s| f64::from(compared(s).phenodigm)), vec![]),
        ("likelihood", Box::new(move |s| f64::from(compared(s).likelihood)), vec![]),
        ("Resnik", Box::new(|s| f64::from(s.resnik)), vec![]),
        ("cosine", Box::new(|s| f64::from(s.cosine)), vec![]),
        ("present", Box::new(|s| f64::from(s.present)), vec![]),
        ("combined", Box::new(|s| s.combined), vec![]),
    ];
    let (mut milliseconds, mut all, mut believed, mut publications) = (vec![], 0, vec![], vec![]);
    let mut published = HashSet::new();
    for line in text(cases)?.lines() {
        let packet = phenopacket::parse_with(line.as_bytes(), &hpo, UnknownTerms::PassOver)?;
        let Some(truth) = packet.diagnosis.as_ref().and_then(|d| d.disease()) else { continue };
        all += 1;
        published.extend(packet.publications.iter().copied());
        let query =
            Query { exclude_publications: packet.publications.clone(), ..Query::from_features(&packet.features) };
        let start = Instant::now();
        std::hint::black_box(plain.rank(&query));
        milliseconds.push(start.elapsed().as_secs_f64() * 1e3);
        let ranking = ranker.rank(&query);
        let Some(own) = ranking.score_of(truth) else { continue };
        for (_, part, places) in &mut parts {
            places.extend(place(ranking.scores(), truth, part.as_ref()));
        }
        believed.push((ranking.scores()[0].posterior, ranking.scores()[0].disease == truth, own.posterior));
        publications.push(packet.publications.first().map_or(0, |p| p.0));
        if features {
            let pmid = packet.publications.first().map_or(0, |p| p.0);
            for s in ranking.scores().iter().filter(|s| s.disease != truth).chain(std::iter::once(own)) {
                println!(
                    "{}\t{pmid}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}",
                    packet.id,
                    s.disease,
                    u8::from(s.disease == truth),
                    query.observed.len(),
                    s.resnik,
                    s.cosine,
                    s.present,
                    s.excluded,
                    compared(s).phenodigm,
                    compared(s).likelihood
                );
            }
        }
    }
    if features {
        return Ok(());
    }
    for (name, _, places) in &parts {
        report(name, places, all);
    }
    let (baseline, ours) = (&parts[0].2, &parts[5].2);
    for k in [1.0, 10.0] {
        let (lead, error) = lead(ours, baseline, &publications, k);
        println!("lead over Phenodigm at {k}: {lead:+.1} points, standard error {error:.1} (by publication)");
    }
    let loss = believed.iter().map(|(_, _, own)| -own.ln()).sum::<f64>() / believed.len() as f64;
    println!("posterior of the truth: mean −ln {loss:.3}; belief in the first against how often it is right:");
    for (low, high) in [(0.0, 0.1), (0.1, 0.25), (0.25, 0.5), (0.5, 0.75), (0.75, 1.01)] {
        let bin: Vec<_> = believed.iter().filter(|(p, ..)| *p >= low && *p < high).collect();
        let n = bin.len().max(1) as f64;
        println!(
            "  {low:.2}–{high:.2}: n {:>3} believed {:.2} right {:.2}",
            bin.len(),
            bin.iter().map(|b| b.0).sum::<f64>() / n,
            bin.iter().filter(|b| b.1).count() as f64 / n
        );
    }
    println!("expected calibration error, ten bins of equal size: {:.3}", calibration_error(&mut believed));
    milliseconds.sort_by(f64::total_cmp);
    let at = |q: f64| milliseconds[((milliseconds.len() - 1) as f64 * q) as usize];
    println!("{} publications; ms a case: p50 {:.2} p95 {:.2} max {:.2}", published.len(), at(0.5), at(0.95), at(1.0));
    Ok(())
}
