//! The fitted part of the method: weights and calibration, as versioned data.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

/// Weights and calibration with their version, as `cargo xtask fit phenotype` writes them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Model {
    /// The day of the fit, or a name of one's own.
    pub version: String,
    /// The cases it was fitted on.
    pub fitted_on: String,
    /// When there are no solved cases to learn from.
    pub annotations: Fitted,
    /// When there are.
    pub solved: Fitted,
    /// When their number also tells which diagnoses are common where the patient comes from.
    pub solved_are_common: Fitted,
}

/// One way to score, calibrated.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fitted {
    /// Weights of the parts.
    pub weights: Weights,
    /// From scores to beliefs.
    pub calibration: Calibration,
}

/// Weights of the parts of the combined score, fitted as a conditional logit.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Weights {
    /// Of the mean log ratio with which the disease's list holds the patient's signs, times √(number of signs).
    pub mention: f64,
    /// Of the cosine, times √(number of signs).
    pub cosine: f64,
    /// Of the mean information of the signs that are present, times √(number of signs).
    pub present: f64,
    /// Of the cosine with the most similar solved case.
    pub nearest: f64,
    /// Of the excluded signs' log ratio; 0 or more, so that an excluded sign never speaks for a disease.
    pub excluded: f64,
    /// Of ln(1 + solved cases of the disease).
    pub solved: f64,
    /// Of a gene's being known as the disease's cause.
    pub known: f64,
}

impl Weights {
    /// The sum of the parts, each times its weight.
    pub fn dot(&self, parts: &Self) -> f64 {
        self.mention * parts.mention
            + self.cosine * parts.cosine
            + self.present * parts.present
            + self.nearest * parts.nearest
            + self.excluded * parts.excluded
            + self.solved * parts.solved
            + self.known * parts.known
    }
}

/// Belief in a candidate: (1 − doubt) · softmax(score · sharpness) + doubt / candidates.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calibration {
    /// What the score is multiplied by.
    pub sharpness: f64,
    /// Share of belief that is spread evenly over all candidates, 0 to 1: the knowledge may fit the patient badly.
    pub doubt: f64,
}

impl Model {
    /// The model that is compiled into the program.
    pub fn shipped() -> &'static Self {
        static SHIPPED: LazyLock<Model> = LazyLock::new(|| {
            serde_json::from_str(include_str!("../../data/phenotype-model.json"))
                .expect("the shipped model is checked by a test of this module")
        });
        &SHIPPED
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_model_can_be_read_and_keeps_its_promises() {
        let model = Model::shipped();
        for fitted in [model.annotations, model.solved, model.solved_are_common] {
            let Weights { mention, cosine, present, nearest, excluded, known, .. } = fitted.weights;
            assert!([mention, cosine, present, nearest, excluded, known].iter().all(|w| *w >= 0.0), "{fitted:?}");
            assert!((0.0..1.0).contains(&fitted.calibration.doubt) && fitted.calibration.sharpness > 0.0);
        }
        assert_eq!((model.annotations.weights.solved, model.solved.weights.solved), (0.0, 0.0));
    }
}
