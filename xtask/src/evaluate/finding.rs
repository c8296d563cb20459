//! `cargo xtask fit finding`: the weights of what bears on a finding, from development cases planted into the demo's exomes.
//! `cargo xtask evaluate exome` without options: the same cases by weights that never saw the case's publication.

use super::cases::{self, Case};
use super::exome::{Bench, Looked, Place, Places, Row, by_stratum, planted, read_index, text};
use super::logit::{self, Choice};
use super::measures::mean;
use anyhow::{Context, Result};
use indgang_interpret::combined::{FITTED, FindingModel, Weights};
use indgang_interpret::phenotype::{Basis, Options, PhenotypeRanker};
use indgang_knowledge::Knowledge;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Parts of the cross-validation, by publication.
const FOLDS: u32 = 5;
/// Draws weights towards nothing, by the squared distance; enough that a rare part does not run away.
const RIDGE: f64 = 2e-4;
/// Log odds for each power of ten in how often a dominant allele is seen. Set by judgement: no planted variant was ever
/// seen in a population, so that the cases would make of it all that they can.
const SEEN: f64 = -2.5;

/// The stratum that is fitted on: of the others the knowledge of January 2023 does not hold the disease, and a house is
/// asked of such diseases far more seldom than they stand among the cases.
const FITTED_ON: &str = "known";

/// One case in one background.
struct Planting<'c> {
    case: &'c Case,
    fits: bool,
    choice: Choice<FITTED>,
    genes: Vec<String>,
}

impl<'c> Planting<'c> {
    fn new(case: &'c Case, row: &Row, looked: Looked) -> Self {
        let options = looked.findings.iter().map(|(_, bearing, _)| (bearing.fitted(), bearing.judged())).collect();
        let right = looked.findings.iter().map(|(.., causal)| *causal).collect();
        let genes = looked.findings.into_iter().map(|(gene, ..)| gene).collect();
        let fits = row.stratum.is_empty() || row.stratum == FITTED_ON;
        Self { case, fits, choice: Choice { options, right }, genes }
    }

    fn answerable(&self) -> bool {
        self.choice.right.contains(&true)
    }

    /// The causal gene's place by some weights; genes count once.
    fn place(&self, weights: &[f64; FITTED]) -> f64 {
        let mut best: BTreeMap<&str, f64> = BTreeMap::new();
        for (gene, score) in self.genes.iter().zip(self.choice.scores(weights)) {
            let best = best.entry(gene).or_insert(f64::NEG_INFINITY);
            *best = best.max(score);
        }
        let causal: BTreeSet<&str> =
            self.genes.iter().zip(&self.choice.right).filter(|(_, right)| **right).map(|(g, _)| g.as_str()).collect();
        let Some(own) = causal.iter().map(|gene| best[gene]).reduce(f64::max) else { return f64::INFINITY };
        let others = best.iter().filter(|(gene, _)| !causal.contains(*gene));
        1.0 + others
            .map(|(_, score)| if *score > own { 1.0 } else { f64::from(u8::from(*score == own)) / 2.0 })
            .sum::<f64>()
    }
}

/// Prints, for each background, where the causal gene comes.
pub fn development(cases: &Path, index: &Path, backgrounds: &[Place<'_>]) -> Result<()> {
    with_cases(cases, index, |all, planted| {
        for taught in [false, true] {
            let ranked = looked(all, planted, backgrounds, taught, true)?;
            println!("\n{}:", if taught { "annotations and others' solved cases" } else { "annotations alone" });
            tell(&ranked, planted, backgrounds);
        }
        Ok(())
    })
}

/// Places by weights that never saw the case's publication.
fn tell(ranked: &[Vec<Planting<'_>>], planted: &[(&Case, &Row)], backgrounds: &[Place<'_>]) {
    let weights = cross_validated(ranked);
    for (background, masked) in backgrounds.iter().zip(ranked) {
        let own: Vec<f64> = masked.iter().map(|p| p.place(&weights[&p.case.publication()])).collect();
        let name = background.vcf.parent().and_then(Path::file_name).unwrap_or_default().to_string_lossy();
        println!("  {name}: {:?}", Places::of(&own));
        for (stratum, places) in by_stratum(planted, &own) {
            println!("    {stratum:15} {places:?}");
        }
    }
}

/// Fits the weights on the development cases and writes them.
pub fn fit(cases: &Path, index: &Path, backgrounds: &[Place<'_>], to: &Path) -> Result<()> {
    with_cases(cases, index, |all, planted| {
        let ranked = looked(all, planted, backgrounds, false, true)?;
        tell(&ranked, planted, backgrounds);
        let plantings: Vec<&Planting<'_>> = ranked.iter().flatten().filter(|p| p.fits).collect();
        let weights = rounded(weights(&plantings));
        let intercept = intercept(&plantings, &weights);
        let model = FindingModel {
            version: format!("{} cases in {} backgrounds", plantings.len() / backgrounds.len(), backgrounds.len()),
            fitted_on: cases::DEVELOPMENT.to_owned(),
            intercept: (intercept * 1000.0).round() / 1000.0,
            weights: Weights::from_array(weights),
        };
        let text = serde_json::to_string_pretty(&model)?;
        std::fs::write(to, format!("{text}\n")).with_context(|| format!("writing `{}`", to.display()))?;
        println!("{text}");
        Ok(())
    })
}

fn with_cases(cases: &Path, index: &Path, then: impl FnOnce(&[Case], &[(&Case, &Row)]) -> Result<()>) -> Result<()> {
    let all = cases::read(cases, Knowledge::shipped().hpo()?)?;
    let rows = read_index(&text(index)?)?;
    let planted = planted(&all, &rows)?;
    then(&all, &planted)
}

/// By background, the cases in order.
fn looked<'c>(
    all: &[Case],
    planted: &[(&'c Case, &Row)],
    backgrounds: &[Place<'_>],
    taught: bool,
    masked: bool,
) -> Result<Vec<Vec<Planting<'c>>>> {
    let knowledge = Knowledge::shipped();
    let solved = if taught { cases::solved(all, knowledge.genes()?) } else { Vec::new() };
    let basis = Basis { solved: &solved, ..Basis::of(knowledge)? };
    let ranker = PhenotypeRanker::new(&basis, Options::default());
    let mut ranked = Vec::new();
    for background in backgrounds {
        let looked = Bench::new(knowledge, background)?.all(planted, &ranker, masked)?;
        ranked.push(planted.iter().zip(looked).map(|((case, row), looked)| Planting::new(case, row, looked)).collect());
    }
    Ok(ranked)
}

fn weights(plantings: &[&Planting<'_>]) -> [f64; FITTED] {
    let choices: Vec<&Choice<FITTED>> = plantings.iter().filter(|p| p.answerable()).map(|p| &p.choice).collect();
    let judged = Weights { seen: SEEN, ..Weights::from_array([0.0; FITTED]) }.to_array();
    let open = judged.map(|weight| weight == 0.0);
    logit::conditional(&choices, &judged, RIDGE, &open)
}

/// By publication, weights that were fitted without it.
fn cross_validated(ranked: &[Vec<Planting<'_>>]) -> BTreeMap<u32, [f64; FITTED]> {
    let publications: BTreeSet<u32> = ranked.iter().flatten().map(|p| p.case.publication()).collect();
    let fold_of: BTreeMap<u32, u32> = publications.into_iter().zip((0..FOLDS).cycle()).collect();
    let of_fold: Vec<[f64; FITTED]> = (0..FOLDS)
        .map(|fold| {
            let others = ranked.iter().flatten().filter(|p| p.fits && fold_of[&p.case.publication()] != fold);
            weights(&others.collect::<Vec<_>>())
        })
        .collect();
    fold_of.into_iter().map(|(publication, fold)| (publication, of_fold[fold as usize])).collect()
}

/// The intercept under which the combined scores of all findings sum to the number that are right.
fn intercept(plantings: &[&Planting<'_>], weights: &[f64; FITTED]) -> f64 {
    let scores: Vec<Vec<f64>> = plantings.iter().map(|p| p.choice.scores(weights)).collect();
    let right = mean(plantings.iter().map(|p| f64::from(u8::from(p.answerable()))));
    let expected = |intercept: f64| {
        mean(scores.iter().map(|scores| scores.iter().map(|s| 1.0 / (1.0 + (-s - intercept).exp())).sum::<f64>()))
    };
    let (mut low, mut high) = (-60.0, 60.0);
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if expected(middle) < right { low = middle } else { high = middle }
    }
    f64::midpoint(low, high)
}

/// More digits than the cases can tell are left out.
fn rounded(weights: [f64; FITTED]) -> [f64; FITTED] {
    weights.map(|weight| (weight * 1000.0).round() / 1000.0)
}
