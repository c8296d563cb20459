//! Newton's method for a concave likelihood, and the conditional logit: which of several is chosen.

const STEPS: usize = 12;
/// A step that gains less ends the search.
const LEAST_GAIN: f64 = 1e-5;

/// How a log likelihood changes with the weights; the curvature is that of its negative.
pub struct Slope<const N: usize> {
    pub gradient: [f64; N],
    pub curvature: [[f64; N]; N],
}

/// The weights with the least loss; a step that would not gain is halved until it does. Weights that are not `open`
/// stay as they were.
pub fn newton<const N: usize>(
    mut weights: [f64; N],
    open: &[bool; N],
    loss_of: impl Fn(&[f64; N]) -> f64,
    slope: impl Fn(&[f64; N]) -> Slope<N>,
) -> [f64; N] {
    let mut loss = f64::INFINITY;
    for _ in 0..STEPS {
        let Slope { mut gradient, mut curvature } = slope(&weights);
        for k in (0..N).filter(|k| !open[*k]) {
            gradient[k] = 0.0;
            (0..N).for_each(|j| (curvature[k][j], curvature[j][k]) = (0.0, 0.0));
            curvature[k][k] = 1.0;
        }
        let change = solve(curvature, gradient);
        let halved =
            |halvings: i32| -> [f64; N] { std::array::from_fn(|k| weights[k] + change[k] * 0.5f64.powi(halvings)) };
        let tried = (0..10).map(|halvings| (loss_of(&halved(halvings)), halved(halvings)));
        match tried.into_iter().find(|(tried, _)| *tried < loss) {
            Some((better, at)) if loss - better > LEAST_GAIN => (loss, weights) = (better, at),
            _ => break,
        }
    }
    weights
}

/// One of several was right.
pub struct Choice<const N: usize> {
    /// What bears on each, and what is added to its log odds whatever the weights.
    pub options: Vec<([f64; N], f64)>,
    /// Which of them are right, one at least: a gene may stand there by more than one mode.
    pub right: Vec<bool>,
}

impl<const N: usize> Choice<N> {
    pub fn scores(&self, weights: &[f64; N]) -> Vec<f64> {
        let score =
            |(parts, given): &([f64; N], f64)| given + parts.iter().zip(weights).map(|(p, w)| p * w).sum::<f64>();
        self.options.iter().map(score).collect()
    }

    /// Shares of belief, and their share in those that are right.
    fn shares(&self, weights: &[f64; N]) -> (Vec<f64>, f64) {
        let mut shares = self.scores(weights);
        let top = shares.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        shares.iter_mut().for_each(|s| *s = (*s - top).exp());
        let sum: f64 = shares.iter().sum();
        shares.iter_mut().for_each(|s| *s /= sum);
        let right = shares.iter().zip(&self.right).filter(|(_, right)| **right).map(|(s, _)| s).sum::<f64>();
        (shares, right.max(1e-300))
    }
}

/// Weights under which the right ones of all choices are likeliest, drawn towards `prior` by `ridge` times the squared
/// distance, as a mean over the choices.
pub fn conditional<const N: usize>(choices: &[&Choice<N>], prior: &[f64; N], ridge: f64, open: &[bool; N]) -> [f64; N] {
    let n = choices.len().max(1) as f64;
    let distance = |weights: &[f64; N]| -> f64 { weights.iter().zip(prior).map(|(w, p)| (w - p).powi(2)).sum() };
    let loss = |weights: &[f64; N]| {
        -choices.iter().map(|choice| choice.shares(weights).1.ln()).sum::<f64>() / n + ridge * distance(weights)
    };
    let slope = |weights: &[f64; N]| {
        let mut slope = Slope {
            gradient: std::array::from_fn(|k| 2.0 * ridge * (prior[k] - weights[k])),
            curvature: [[0.0; N]; N],
        };
        for choice in choices {
            add(choice, weights, n, &mut slope);
        }
        (0..N).for_each(|k| slope.curvature[k][k] += 2.0 * ridge);
        slope
    };
    newton(*prior, open, loss, slope)
}

/// One choice's share of the slope. The curvature is that of the sum over all options alone, so it never turns.
fn add<const N: usize>(choice: &Choice<N>, weights: &[f64; N], n: f64, slope: &mut Slope<N>) {
    let (shares, of_right) = choice.shares(weights);
    let (mut all, mut right, mut square) = ([0.0; N], [0.0; N], [[0.0; N]; N]);
    for (((parts, _), share), is_right) in choice.options.iter().zip(&shares).zip(&choice.right) {
        for k in 0..N {
            all[k] += share * parts[k];
            right[k] += if *is_right { share / of_right * parts[k] } else { 0.0 };
            (0..N).for_each(|j| square[k][j] += share * parts[k] * parts[j]);
        }
    }
    for k in 0..N {
        slope.gradient[k] += (right[k] - all[k]) / n;
        (0..N).for_each(|j| slope.curvature[k][j] += (square[k][j] - all[k] * all[j]) / n);
    }
}

/// Gauss with pivots; a direction without curvature stays where it is.
fn solve<const N: usize>(mut a: [[f64; N]; N], mut b: [f64; N]) -> [f64; N] {
    for k in 0..N {
        let pivot = (k..N).max_by(|i, j| a[*i][k].abs().total_cmp(&a[*j][k].abs())).unwrap_or(k);
        a.swap(k, pivot);
        b.swap(k, pivot);
        if a[k][k].abs() < 1e-12 {
            (a[k], b[k]) = ([0.0; N], 0.0);
            a[k][k] = 1.0;
        }
        for i in k + 1..N {
            let factor = a[i][k] / a[k][k];
            let above = a[k];
            for (cell, over) in a[i].iter_mut().zip(above).skip(k) {
                *cell -= factor * over;
            }
            b[i] -= factor * b[k];
        }
    }
    for k in (0..N).rev() {
        let rest: f64 = (k + 1..N).map(|j| a[k][j] * b[j]).sum();
        b[k] = (b[k] - rest) / a[k][k];
    }
    b
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::random::Random;

    /// Choices drawn by known weights give the weights back; a weight that is not open stays.
    #[test]
    fn finds_the_weights_that_drew_the_choices() {
        let (drawn_by, mut chance) = ([1.5, -1.0, 0.3], Random::new(11));
        let choices: Vec<Choice<3>> = (0..4000)
            .map(|_| {
                let options: Vec<([f64; 3], f64)> =
                    (0..12).map(|_| (std::array::from_fn(|_| chance.unit() * 2.0), chance.unit())).collect();
                let mut choice = Choice { right: vec![false; options.len()], options };
                let (shares, _) = choice.shares(&drawn_by);
                let mut left = chance.unit();
                let drawn = shares.iter().position(|share| {
                    left -= share;
                    left <= 0.0
                });
                choice.right[drawn.unwrap_or(0)] = true;
                choice
            })
            .collect();
        let choices: Vec<&Choice<3>> = choices.iter().collect();
        let found = conditional(&choices, &[0.0, 0.0, 0.3], 1e-6, &[true, true, false]);
        assert!((found[0] - 1.5).abs() < 0.12 && (found[1] + 1.0).abs() < 0.12, "{found:?}");
        assert_eq!(found[2], 0.3);
    }
}
