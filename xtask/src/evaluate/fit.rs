//! A conditional logit: weights under which the softmax of the score makes the true diagnoses likeliest,
//! by Newton's method; then the calibration of the belief in the first.

use super::features::{Answerable, Parts};
use super::logit;
use indgang_interpret::phenotype::{Calibration, Fitted, Weights};

/// Parts that are fitted, by their place among the parts: mention, cosine, present, nearest, known.
const FITTED: usize = 5;
/// Excluded signs are not fitted: alone they would speak *for* a disease, since doctors exclude what resembles it.
const EXCLUDED: f64 = 0.02;
/// The weight of ln(1 + solved cases) is not fitted either: the development cases hold at most eight of a gene,
/// so that they cannot tell how common a diagnosis is.
const COMMON: f64 = 0.5;
/// Keeps weights small that the cases say little of.
const RIDGE: f64 = 1e-3;

type Vector = [f64; FITTED];

/// Weights and calibration from cases; a part that would count against a disease is left out, one after another.
/// `common`: let the number of solved cases count.
pub fn fit(cases: &[&Answerable], common: bool) -> Fitted {
    let mut open = [true; FITTED];
    // A part that is the same for all candidates says nothing.
    for (k, open) in open.iter_mut().enumerate() {
        *open = cases.iter().any(|case| case.parts.iter().any(|p| p[k] != case.parts[0][k]));
    }
    let solved = if common { COMMON } else { 0.0 };
    let [mention, cosine, present, nearest, known] = loop {
        let weights = newton(cases, &open, solved);
        match (0..FITTED).filter(|k| weights[*k] < 0.0).min_by(|a, b| weights[*a].total_cmp(&weights[*b])) {
            Some(against) => open[against] = false,
            None => break weights,
        }
    };
    let weights = Weights { mention, cosine, present, nearest, known, excluded: EXCLUDED, solved };
    Fitted { weights, calibration: calibrate(cases, &super::features::as_array(&weights)) }
}

fn newton(cases: &[&Answerable], open: &[bool; FITTED], solved: f64) -> Vector {
    let step = |weights: &Vector| {
        let mut slope =
            logit::Slope { gradient: weights.map(|w| -2.0 * RIDGE * w), curvature: [[0.0; FITTED]; FITTED] };
        for case in cases {
            step(case, weights, solved, cases.len() as f64, &mut slope.gradient, &mut slope.curvature);
        }
        (0..FITTED).for_each(|k| slope.curvature[k][k] += 2.0 * RIDGE);
        slope
    };
    logit::newton([0.0; FITTED], open, |weights| loss_of(cases, weights, solved), step)
}

/// Mean −ln likelihood of the truths, with the ridge.
fn loss_of(cases: &[&Answerable], weights: &Vector, solved: f64) -> f64 {
    let [mention, cosine, present, nearest, known] = *weights;
    let weights_of_all = [mention, cosine, present, nearest, known, EXCLUDED, solved];
    let of = |case: &&Answerable| {
        let scores = case.scores(&weights_of_all);
        let top = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        scores.iter().map(|score| (score - top).exp()).sum::<f64>().ln() + top - scores[case.truth]
    };
    cases.iter().map(of).sum::<f64>() / cases.len() as f64 + RIDGE * weights.iter().map(|w| w * w).sum::<f64>()
}

/// One case's share of the gradient and the curvature of the mean log likelihood.
fn step(
    case: &Answerable,
    weights: &Vector,
    solved: f64,
    cases: f64,
    gradient: &mut Vector,
    curvature: &mut [Vector; FITTED],
) {
    let [mention, cosine, present, nearest, known] = *weights;
    let scores = case.scores(&[mention, cosine, present, nearest, known, EXCLUDED, solved]);
    let top = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let (mut sum, mut first, mut second) = (0.0, [0.0; FITTED], [[0.0; FITTED]; FITTED]);
    for (score, parts) in scores.iter().zip(&case.parts) {
        let share = (score - top).exp();
        if share < 1e-12 {
            continue;
        }
        sum += share;
        let parts = vector(parts);
        for k in 0..FITTED {
            first[k] += share * parts[k];
            for j in 0..=k {
                second[k][j] += share * parts[k] * parts[j];
            }
        }
    }
    let truth = vector(&case.parts[case.truth]);
    for k in 0..FITTED {
        gradient[k] += (truth[k] - first[k] / sum) / cases;
        for j in 0..=k {
            let covariance = (second[k][j] / sum - first[k] * first[j] / (sum * sum)) / cases;
            curvature[k][j] += covariance;
            if j != k {
                curvature[j][k] += covariance;
            }
        }
    }
}

fn vector(parts: &Parts) -> Vector {
    [parts[0], parts[1], parts[2], parts[3], parts[4]].map(f64::from)
}

/// The sharpness and doubt under which "the first is right" is foretold best (log loss).
fn calibrate(cases: &[&Answerable], weights: &[f64; 7]) -> Calibration {
    let mut best = (f64::INFINITY, Calibration { sharpness: 1.0, doubt: 0.0 });
    // By case: how far each candidate lies behind the first; the furthest never count.
    let behind: Vec<(Vec<f32>, bool)> = cases.iter().map(|case| behind(&case.scores(weights), case.truth)).collect();
    for sharpness in (8..=26).map(|k| k as f32 / 20.0) {
        let believe = |behind: &[f32]| 1.0 / f64::from(behind.iter().map(|b| (b * sharpness).exp()).sum::<f32>());
        let beliefs: Vec<(f64, bool)> = behind.iter().map(|(behind, right)| (believe(behind), *right)).collect();
        for doubt in (0..=20).map(|k| f64::from(k) / 100.0) {
            let belief = |sure: f64| (sure * (1.0 - doubt)).clamp(1e-9, 1.0 - 1e-9);
            let loss = |(sure, right): &(f64, bool)| {
                if *right { -belief(*sure).ln() } else { -(1.0 - belief(*sure)).ln() }
            };
            let loss: f64 = beliefs.iter().map(loss).sum();
            if loss < best.0 {
                best = (loss, Calibration { sharpness: (f64::from(sharpness) * 100.0).round() / 100.0, doubt });
            }
        }
    }
    best.1
}

fn behind(scores: &[f64], truth: usize) -> (Vec<f32>, bool) {
    let top = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let near = scores.iter().map(|score| (score - top) as f32).filter(|behind| *behind > -40.0);
    (near.collect(), scores[truth] == top)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::random::Random;

    /// Cases drawn by known weights give the weights back, and beliefs that are right as often as they say.
    #[test]
    fn finds_the_weights_that_drew_the_cases() {
        let (drawn_by, mut chance) = ([1.0, 0.0, 2.0, 0.5, 0.8, EXCLUDED, 0.0], Random::new(6));
        let cases: Vec<Answerable> = (0..2000)
            .map(|_| {
                let parts: Vec<Parts> = (0..20)
                    .map(|_| std::array::from_fn(|k| if k < FITTED { (chance.unit() * 3.0) as f32 } else { 0.0 }))
                    .collect();
                let mut case =
                    Answerable { publication: 0, is_new: false, parts, truth: 0, phenodigm: 0.0, resnik: 0.0 };
                let shares: Vec<f64> = case.scores(&drawn_by).iter().map(|s| s.exp()).collect();
                let mut left = chance.unit() * shares.iter().sum::<f64>();
                case.truth = shares
                    .iter()
                    .position(|s| {
                        left -= s;
                        left < 0.0
                    })
                    .unwrap_or(0);
                case
            })
            .collect();
        let fitted = fit(&cases.iter().collect::<Vec<_>>(), false);
        let weights = super::super::features::as_array(&fitted.weights);
        for (got, wanted) in weights.iter().zip(drawn_by) {
            assert!((got - wanted).abs() < 0.15, "{weights:?}");
        }
        assert!((fitted.calibration.sharpness - 1.0).abs() < 0.15, "{fitted:?}");
        assert!(fitted.calibration.doubt < 0.05, "{fitted:?}");
    }
}
