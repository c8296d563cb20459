//! All candidates with their scores and places.

use std::collections::{BTreeSet, HashMap};

use indgang_knowledge::Mode;
use indgang_knowledge::phenotype::{DiseaseId, Pmid};

use super::model::{Calibration, Weights};
use super::profile::Profile;
use super::{Parts, PhenotypeRanker, SignContribution, Signs, SolvedCase, explain};

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
    /// Calibrated: of cases whose first candidate is believed at 0.7, about 7 of 10 have that disease,
    /// when they have a disease that competes.
    pub posterior: f64,
    /// Mean over the observed signs of the log ratio (natural logarithm) with which the disease's list holds them.
    pub mention: f32,
    /// Cosine of the patient's and the disease's signs with all above them, 0 to 1.
    pub cosine: f32,
    /// Mean information content of the patient's signs, counting only those the disease shows.
    pub present: f32,
    /// Sum of the excluded signs' log likelihood ratios before weighting, 0 or less.
    pub excluded: f32,
    /// Cosine of the patient's signs and those of the disease's most similar solved case, 0 to 1.
    pub nearest: f32,
    /// Solved cases the disease's profile was learnt from, at most 20 of one source.
    pub solved: f32,
    /// Whether a gene is known to cause it: one that nobody knows the cause of is seldom what a patient is found to have.
    pub known: bool,
    /// Measures that the place does not rest on; with [`super::Options::compare`] only.
    pub comparison: Option<Comparison>,
}

impl DiseaseScore {
    /// The parts as the weights meet them, for a patient with so many observed signs.
    pub fn parts(&self, signs: usize) -> Weights {
        let sharpness = (signs as f64).sqrt();
        Weights {
            mention: sharpness * f64::from(self.mention),
            cosine: sharpness * f64::from(self.cosine),
            present: sharpness * f64::from(self.present),
            nearest: f64::from(self.nearest),
            excluded: f64::from(self.excluded),
            solved: f64::from(self.solved).ln_1p(),
            known: f64::from(u8::from(self.known)),
        }
    }
}

/// Measures for comparison.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Comparison {
    /// Phenodigm, 0 to 1.
    pub phenodigm: f32,
    /// Resnik: mean best information content (natural logarithm) from the patient's signs to the disease's.
    pub resnik: f32,
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
    without: Vec<Pmid>,
}

/// A disease that solved cases had of one gene.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LearntDisease<'r> {
    /// The disease.
    pub id: DiseaseId,
    /// Its name.
    pub label: &'r str,
    /// The modes of inheritance that the cases showed, each once; empty when none did.
    pub modes: Vec<Mode>,
}

const ABSENT: u32 = u32::MAX;

impl<'r> Ranking<'r> {
    pub(super) fn new(
        ranker: &'r PhenotypeRanker<'r>,
        signs: Signs,
        changed: HashMap<usize, Profile>,
        parts: &Parts,
        without: &[Pmid],
    ) -> Self {
        let Parts { fits, excluded, nearest, compared } = parts;
        let fitted = ranker.fitted();
        // Of each candidate, without the publications that are left out: whether it competes, and its solved cases.
        let standing = |profile: &Profile| (!profile.is_empty(), profile.solved);
        let mut standings: Vec<(bool, f32)> = ranker.profiles.iter().map(standing).collect();
        changed.iter().for_each(|(d, profile)| standings[*d] = standing(profile));
        let score = |d: usize| DiseaseScore {
            disease: ranker.candidates[d].id,
            rank: 0.0,
            combined: 0.0,
            posterior: 0.0,
            mention: fits[d].mention,
            cosine: fits[d].cosine,
            present: fits[d].present,
            excluded: excluded[d],
            nearest: nearest[d],
            solved: standings[d].1,
            known: ranker.candidates[d].is_known(without),
            comparison: compared.as_ref().map(|c| Comparison { phenodigm: c.phenodigm[d], resnik: c.resnik[d] }),
        };
        let combined = |d: usize| fitted.weights.dot(&score(d).parts(signs.observed.len()));
        let mut order: Vec<(f64, u32)> =
            (0..ranker.profiles.len()).filter(|d| standings[*d].0).map(|d| (combined(d), d as u32)).collect();
        // The candidates are numbered in the order of their identifiers.
        order.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let mut places = vec![ABSENT; ranker.profiles.len()];
        for (place, (_, d)) in (0u32..).zip(&order) {
            places[*d as usize] = place;
        }
        let mut scores: Vec<DiseaseScore> =
            order.into_iter().map(|(combined, d)| DiseaseScore { combined, ..score(d as usize) }).collect();
        share_places(&mut scores);
        share_belief(&mut scores, fitted.calibration);
        Self { ranker, signs, changed, scores, places, without: without.to_vec() }
    }

    /// All candidates, best first; ties in the order of their identifiers.
    pub fn scores(&self) -> &[DiseaseScore] {
        &self.scores
    }

    /// How many observed signs the places rest on: current ones, each once.
    pub fn observed(&self) -> usize {
        self.signs.observed.len()
    }

    /// One candidate's scores; `None` when the disease does not compete.
    pub fn score_of(&self, disease: DiseaseId) -> Option<&DiseaseScore> {
        let place = self.places[*self.ranker.by_id.get(&disease)?];
        self.scores.get(place as usize)
    }

    /// The candidate's name.
    pub fn label(&self, disease: DiseaseId) -> Option<&'r str> {
        self.ranker.by_id.get(&disease).map(|i| self.ranker.candidates[*i].name)
    }

    /// The diseases of which solved cases, those of the publications left out excepted, had a change of this gene as the
    /// cause; in the order of their identifiers.
    pub fn learnt_of(&self, gene: &str) -> Vec<LearntDisease<'r>> {
        let diseases = self.ranker.by_gene.get(gene).into_iter().flatten();
        diseases
            .filter_map(|d| {
                let candidate = &self.ranker.candidates[*d];
                let of_gene = |case: &&&SolvedCase| case.gene.as_deref() == Some(gene) && !case.is_of(&self.without);
                let cases: Vec<&SolvedCase> = candidate.solved.iter().filter(of_gene).copied().collect();
                let modes: BTreeSet<Mode> = cases.iter().filter_map(|case| case.mode).collect();
                let learnt =
                    LearntDisease { id: candidate.id, label: candidate.name, modes: modes.into_iter().collect() };
                (!cases.is_empty()).then_some(learnt)
            })
            .collect()
    }

    /// What each sign says for or against a candidate, observed signs first, strongest first.
    pub fn explain(&self, disease: DiseaseId) -> Vec<SignContribution> {
        let Some(place) = self.ranker.by_id.get(&disease) else { return Vec::new() };
        explain::contributions(self.ranker, &self.signs, *place, &self.changed)
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

fn share_belief(scores: &mut [DiseaseScore], calibration: Calibration) {
    let Some(top) = scores.first().map(|s| s.combined) else { return };
    let even = calibration.doubt / scores.len() as f64;
    let mut sum = 0.0;
    for score in scores.iter_mut() {
        score.posterior = ((score.combined - top) * calibration.sharpness).exp();
        sum += score.posterior;
    }
    for score in scores {
        score.posterior = (1.0 - calibration.doubt) * score.posterior / sum + even;
    }
}
