//! What the ranking reckons for a case, and what follows from weights.

use super::cases::Case;
use indgang_interpret::phenotype::{Calibration, DiseaseScore, PhenotypeRanker, Weights};

/// A case whose disease competes, with the parts of the score of every candidate.
pub struct Answerable {
    pub publication: u32,
    pub is_new: bool,
    /// By candidate.
    pub parts: Vec<Parts>,
    /// The candidate that is right.
    pub truth: usize,
    /// Places by the measures for comparison.
    pub phenodigm: f64,
    pub resnik: f64,
}

/// Mention, cosine, present, nearest, known, excluded, solved.
pub type Parts = [f32; 7];

fn parts(score: &DiseaseScore, signs: usize) -> Parts {
    as_array(&score.parts(signs)).map(|part| part as f32)
}

/// The weights in the order of the parts.
pub fn as_array(weights: &Weights) -> [f64; 7] {
    let Weights { mention, cosine, present, nearest, known, excluded, solved } = *weights;
    [mention, cosine, present, nearest, known, excluded, solved]
}

/// `None` when the disease does not compete without the case's own publication.
pub fn answerable(ranker: &PhenotypeRanker<'_>, case: &Case) -> Option<Answerable> {
    let ranking = ranker.rank(&case.query);
    let own = ranking.score_of(case.truth?)?;
    let signs = ranking.observed();
    let place_by = |of: fn(&DiseaseScore) -> f32| place(ranking.scores().iter().map(of), of(own));
    Some(Answerable {
        publication: case.publication(),
        is_new: case.is_new(),
        parts: ranking.scores().iter().map(|s| parts(s, signs)).collect(),
        truth: ranking.scores().iter().position(|s| s.disease == own.disease)?,
        phenodigm: place_by(|s| s.comparison.map_or(0.0, |c| c.phenodigm)),
        resnik: place_by(|s| s.comparison.map_or(0.0, |c| c.resnik)),
    })
}

impl Answerable {
    /// Scores of all candidates.
    pub fn scores(&self, weights: &[f64; 7]) -> Vec<f64> {
        let score = |parts: &Parts| parts.iter().zip(weights).map(|(part, weight)| f64::from(*part) * weight).sum();
        self.parts.iter().map(score).collect()
    }

    /// The truth's place; ties share the average.
    pub fn place(&self, weights: &[f64; 7]) -> f64 {
        let scores = self.scores(weights);
        place(scores.iter().copied(), scores[self.truth])
    }

    /// Belief in the first candidate, and whether it is right.
    pub fn belief(&self, weights: &[f64; 7], calibration: Calibration) -> (f64, bool) {
        let scores = self.scores(weights);
        let top = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let sum: f64 = scores.iter().map(|s| ((s - top) * calibration.sharpness).exp()).sum();
        let belief = (1.0 - calibration.doubt) / sum + calibration.doubt / scores.len() as f64;
        (belief, scores[self.truth] == top)
    }
}

fn place<T: PartialOrd + Copy>(all: impl Iterator<Item = T>, own: T) -> f64 {
    let (above, tied) = all.fold((0.0, 0.0), |(above, tied), other| {
        if other > own { (above + 1.0, tied) } else { (above, tied + f64::from(u8::from(other == own))) }
    });
    above + (tied + 1.0) / 2.0
}
