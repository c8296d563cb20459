//! All candidates with their scores and places.

use std::collections::HashMap;

use indgang_knowledge::phenotype::{Disease, DiseaseId};

use super::profile::Profile;
use super::similarity::Similarity;
use super::{PhenotypeRanker, SignContribution, Signs, explain};

/// One candidate's scores.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DiseaseScore {
    /// The disease.
    pub disease: DiseaseId,
    /// Place among the candidates, from 1; ties share the average of their places.
    pub rank: f64,
    /// The combined score that decides the place: unbounded, comparable within one ranking only.
    pub combined: f64,
    /// Calibrated share of belief among the candidates, 0 to 1; all candidates' together are 1.
    pub posterior: f64,
    /// Mean best information content (natural logarithm) from the patient's signs to the disease's.
    pub resnik: f32,
    /// Phenodigm, 0 to 1.
    pub phenodigm: f32,
    /// Sum of the observed signs' log likelihood ratios (natural logarithm).
    pub likelihood: f32,
    /// Sum of the excluded signs' log likelihood ratios before weighting, 0 or less.
    pub excluded: f32,
}

/// The answer to one query.
#[derive(Debug)]
pub struct Ranking<'r> {
    ranker: &'r PhenotypeRanker<'r>,
    signs: Signs,
    changed: HashMap<usize, Profile>,
    scores: Vec<DiseaseScore>,
    places: HashMap<DiseaseId, usize>,
}

impl<'r> Ranking<'r> {
    pub(super) fn new(
        ranker: &'r PhenotypeRanker<'r>,
        signs: Signs,
        changed: HashMap<usize, Profile>,
        similarity: &Similarity,
        likelihood: &[f32],
        excluded: &[f32],
    ) -> Self {
        let competing: Vec<usize> =
            (0..ranker.diseases.len()).filter(|d| changed.get(d).is_none_or(|p| !p.is_empty())).collect();
        let weights = ranker.options.weights;
        let parts = [
            (Standard::new(&similarity.resnik, &competing), weights.resnik),
            (Standard::new(&similarity.phenodigm, &competing), weights.phenodigm),
            (Standard::new(likelihood, &competing), weights.likelihood),
        ];
        let score = |d: &usize| {
            let values = [similarity.resnik[*d], similarity.phenodigm[*d], likelihood[*d]];
            let sum: f64 = parts.iter().zip(values).map(|((s, weight), value)| weight * s.of(value)).sum();
            DiseaseScore {
                disease: ranker.diseases[*d].id,
                rank: 0.0,
                combined: sum + f64::from(ranker.options.excluded_weight) * f64::from(excluded[*d]),
                posterior: 0.0,
                resnik: similarity.resnik[*d],
                phenodigm: similarity.phenodigm[*d],
                likelihood: likelihood[*d],
                excluded: excluded[*d],
            }
        };
        let mut scores: Vec<DiseaseScore> = competing.iter().map(score).collect();
        scores.sort_by(|a, b| b.combined.total_cmp(&a.combined).then(a.disease.cmp(&b.disease)));
        share_places(&mut scores);
        share_belief(&mut scores, ranker.options.sharpness);
        let places = scores.iter().enumerate().map(|(i, s)| (s.disease, i)).collect();
        Self { ranker, signs, changed, scores, places }
    }

    /// All candidates, best first; ties in the order of their identifiers.
    pub fn scores(&self) -> &[DiseaseScore] {
        &self.scores
    }

    /// One candidate's scores; `None` when the disease does not compete.
    pub fn score_of(&self, disease: DiseaseId) -> Option<&DiseaseScore> {
        self.places.get(&disease).map(|i| &self.scores[*i])
    }

    /// The candidate's name.
    pub fn label(&self, disease: DiseaseId) -> Option<&'r str> {
        let diseases: &'r [&'r Disease] = &self.ranker.diseases;
        self.ranker.by_id.get(&disease).map(|i| &*diseases[*i].name)
    }

    /// What each sign says for or against a candidate, observed signs first, strongest first.
    pub fn explain(&self, disease: DiseaseId) -> Vec<SignContribution> {
        let Some(place) = self.ranker.by_id.get(&disease) else { return Vec::new() };
        let profile = self.changed.get(place).unwrap_or(&self.ranker.profiles[*place]);
        explain::contributions(self.ranker, &self.signs, profile)
    }
}

/// A part's mean and spread over the candidates.
struct Standard {
    mean: f64,
    deviation: f64,
}

impl Standard {
    fn new(values: &[f32], competing: &[usize]) -> Self {
        let n = competing.len().max(1) as f64;
        let mean = competing.iter().map(|d| f64::from(values[*d])).sum::<f64>() / n;
        let variance = competing.iter().map(|d| (f64::from(values[*d]) - mean).powi(2)).sum::<f64>() / n;
        Self { mean, deviation: variance.sqrt() }
    }

    fn of(&self, value: f32) -> f64 {
        // A part that says the same of all candidates says nothing.
        if self.deviation > 1e-12 { (f64::from(value) - self.mean) / self.deviation } else { 0.0 }
    }
}

/// Equal scores share the average of the places they take together. `scores` are sorted.
fn share_places(scores: &mut [DiseaseScore]) {
    let mut first = 0;
    while first < scores.len() {
        let tied = scores[first..].iter().take_while(|s| s.combined == scores[first].combined).count();
        let rank = first as f64 + (tied as f64 + 1.0) / 2.0;
        scores[first..first + tied].iter_mut().for_each(|s| s.rank = rank);
        first += tied;
    }
}

fn share_belief(scores: &mut [DiseaseScore], sharpness: f64) {
    let Some(top) = scores.first().map(|s| s.combined) else { return };
    let weight = |s: &DiseaseScore| (sharpness * (s.combined - top)).exp();
    let sum: f64 = scores.iter().map(weight).sum();
    for score in scores {
        score.posterior = weight(score) / sum;
    }
}
