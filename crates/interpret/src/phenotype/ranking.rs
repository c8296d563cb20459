//! All candidates with their scores and places.

use std::collections::HashMap;

use indgang_knowledge::phenotype::{Disease, DiseaseId};

use super::fit::Fit;
use super::profile::Profile;
use super::{Compared, PhenotypeRanker, SignContribution, Signs, explain};

/// One candidate's scores.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DiseaseScore {
    /// The disease.
    pub disease: DiseaseId,
    /// Place among the candidates, from 1; ties share the average of their places.
    pub rank: f64,
    /// The combined score that decides the place: unbounded, comparable within one ranking only.
    pub combined: f64,
    /// Share of belief among the candidates, 0 to 1; all candidates' together are 1.
    pub posterior: f64,
    /// Mean best information content (natural logarithm) from the patient's signs to the disease's.
    pub resnik: f32,
    /// Cosine of the patient's and the disease's signs with all above them, 0 to 1.
    pub cosine: f32,
    /// Mean information content of the patient's signs, counting only those the disease shows.
    pub present: f32,
    /// Sum of the excluded signs' log likelihood ratios before weighting, 0 or less.
    pub excluded: f32,
    /// Measures that the place does not rest on; with [`super::Options::compare`] only.
    pub comparison: Option<Comparison>,
}

/// Measures for comparison.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Comparison {
    /// Phenodigm, 0 to 1.
    pub phenodigm: f32,
    /// Sum of the observed signs' log likelihood ratios (natural logarithm).
    pub likelihood: f32,
}

/// The answer to one query.
#[derive(Debug)]
pub struct Ranking<'r> {
    ranker: &'r PhenotypeRanker<'r>,
    signs: Signs,
    changed: HashMap<usize, Profile>,
    scores: Vec<DiseaseScore>,
    /// By the ranker's number of the disease; [`ABSENT`] when it does not compete.
    places: Vec<u32>,
}

const ABSENT: u32 = u32::MAX;

impl<'r> Ranking<'r> {
    pub(super) fn new(
        ranker: &'r PhenotypeRanker<'r>,
        signs: Signs,
        changed: HashMap<usize, Profile>,
        fits: &[Fit],
        excluded: &[f32],
        compared: Option<&Compared>,
    ) -> Self {
        let options = &ranker.options;
        let sharpness = (signs.observed.len() as f64).sqrt();
        let combined = |d: usize| {
            let (fit, weights) = (&fits[d], options.weights);
            let sum = weights.resnik * f64::from(fit.resnik)
                + weights.cosine * f64::from(fit.cosine)
                + weights.present * f64::from(fit.present);
            sharpness * sum + f64::from(options.excluded_weight) * f64::from(excluded[d])
        };
        let mut order: Vec<(f64, u32)> = (0..ranker.diseases.len())
            .filter(|d| changed.get(d).is_none_or(|p| !p.is_empty()))
            .map(|d| (combined(d), d as u32))
            .collect();
        // The diseases are numbered in the order of their identifiers.
        order.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let mut places = vec![ABSENT; ranker.diseases.len()];
        for (place, (_, d)) in (0u32..).zip(&order) {
            places[*d as usize] = place;
        }
        let score = |(combined, d): (f64, u32)| {
            let d = d as usize;
            DiseaseScore {
                disease: ranker.diseases[d].id,
                rank: 0.0,
                combined,
                posterior: 0.0,
                resnik: fits[d].resnik,
                cosine: fits[d].cosine,
                present: fits[d].present,
                excluded: excluded[d],
                comparison: compared.map(|c| Comparison { phenodigm: c.phenodigm[d], likelihood: c.likelihood[d] }),
            }
        };
        let mut scores: Vec<DiseaseScore> = order.into_iter().map(score).collect();
        share_places(&mut scores);
        share_belief(&mut scores, options.doubt);
        Self { ranker, signs, changed, scores, places }
    }

    /// All candidates, best first; ties in the order of their identifiers.
    pub fn scores(&self) -> &[DiseaseScore] {
        &self.scores
    }

    /// One candidate's scores; `None` when the disease does not compete.
    pub fn score_of(&self, disease: DiseaseId) -> Option<&DiseaseScore> {
        let place = self.places[*self.ranker.by_id.get(&disease)?];
        self.scores.get(place as usize)
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

fn share_belief(scores: &mut [DiseaseScore], doubt: f64) {
    let Some(top) = scores.first().map(|s| s.combined) else { return };
    let even = doubt / scores.len() as f64;
    let mut sum = 0.0;
    for score in scores.iter_mut() {
        score.posterior = (score.combined - top).exp();
        sum += score.posterior;
    }
    for score in scores {
        score.posterior = (1.0 - doubt) * score.posterior / sum + even;
    }
}
