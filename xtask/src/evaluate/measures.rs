//! What is told of places and beliefs.

use crate::bench::random::Random;
use std::collections::BTreeMap;

/// Draws of the bootstrap.
const DRAWS: usize = 1000;
/// Bins of the calibration error, of equal size.
const BINS: usize = 10;

/// The share of places at or above `k`, 0 to 1.
pub fn top(places: &[f64], k: f64) -> f64 {
    mean(places.iter().map(|p| f64::from(u8::from(*p <= k))))
}

/// Mean reciprocal place.
pub fn mrr(places: &[f64]) -> f64 {
    mean(places.iter().map(|p| 1.0 / p))
}

pub fn mean(values: impl ExactSizeIterator<Item = f64>) -> f64 {
    let n = values.len().max(1) as f64;
    values.sum::<f64>() / n
}

/// The value below which this share of all lies.
pub fn quantile(values: &[f64], share: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let place = (sorted.len().saturating_sub(1) as f64 * share).round() as usize;
    sorted.get(place).copied().unwrap_or(f64::NAN)
}

/// Expected calibration error: mean distance, by bins of equal size, between belief in the first and how often it is right.
pub fn calibration_error(believed: &[(f64, bool)]) -> f64 {
    let mut sorted = believed.to_vec();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let gap = |bin: &[(f64, bool)]| {
        let right = bin.iter().filter(|(_, right)| *right).count() as f64;
        (bin.iter().map(|(belief, _)| belief).sum::<f64>() - right).abs()
    };
    let bins = sorted.chunks(sorted.len().div_ceil(BINS).max(1));
    bins.map(gap).sum::<f64>() / sorted.len().max(1) as f64
}

/// Standard error of the mean of `values` when whole publications are drawn again with replacement.
pub fn bootstrap(values: &[f64], publications: &[u32]) -> f64 {
    let mut groups: BTreeMap<u32, (f64, f64)> = BTreeMap::new();
    for (value, publication) in values.iter().zip(publications) {
        let (sum, n) = groups.entry(*publication).or_default();
        *sum += value;
        *n += 1.0;
    }
    let groups: Vec<(f64, f64)> = groups.into_values().collect();
    let mut chance = Random::new(20_261_123);
    let means: Vec<f64> = (0..DRAWS)
        .map(|_| {
            let draw = (0..groups.len()).map(|_| groups[chance.below(groups.len() as u64) as usize]);
            let (sum, n) = draw.fold((0.0, 0.0), |(sum, n), group| (sum + group.0, n + group.1));
            sum / n
        })
        .collect();
    let middle = mean(means.iter().copied());
    mean(means.iter().map(|m| (m - middle).powi(2))).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_hand() {
        let places = [1.0, 2.0, 1.5, 40.0];
        assert_eq!((top(&places, 1.0), top(&places, 3.0)), (0.25, 0.75));
        assert!((mrr(&places) - (1.0 + 0.5 + 1.0 / 1.5 + 0.025) / 4.0).abs() < 1e-12);
        assert_eq!((quantile(&places, 0.5), quantile(&places, 1.0)), (2.0, 40.0));
        // Two cases a bin: believed 0.5 and right once; believed 0.9 and never right.
        let believed: Vec<(f64, bool)> =
            (0..20).map(|i| if i < 10 { (0.5, i % 2 == 0) } else { (0.9, false) }).collect();
        assert!((calibration_error(&believed) - 0.45).abs() < 1e-12, "{}", calibration_error(&believed));
        // One publication has no spread; single cases have that of a coin.
        let coin: Vec<f64> = (0..400).map(|i| f64::from(i % 2)).collect();
        assert_eq!(bootstrap(&coin, &[7; 400]), 0.0);
        let single: Vec<u32> = (0..400).collect();
        assert!((bootstrap(&coin, &single) - 0.025).abs() < 0.003);
    }
}
