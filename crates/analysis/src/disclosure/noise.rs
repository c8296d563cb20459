//! Numbers that are told otherwise than they are: rounded, or with noise that goes by whom a cell is about.
//!
//! Cell keys: each person has a fixed random number, a cell's key is the sum of those of the persons it counts, and the
//! noise is read from a table by the key. So the same persons get the same noise whatever the question was, and asking
//! again averages nothing away (Fraser and Wooton, UNECE 2005; Thompson, Broadfoot and Elazar, *Methodology for the
//! Automatic Confidentialisation of Statistical Outputs from Remote Servers at the Australian Bureau of Statistics*,
//! UNECE 2013). The table is that of greatest entropy with the mean zero and a stated variance and greatest deviation
//! (Giessing, *Computational Issues in the Design of Transition Probabilities and Disclosure Risk Estimation for Additive
//! Noise*, PSD 2016).

/// A table of noise: whole numbers from minus to plus the greatest deviation, each with its probability.
#[derive(Debug, Clone, PartialEq)]
pub struct NoiseTable {
    most: u32,
    /// The probability of each deviation, from the least on.
    probabilities: Vec<f64>,
}

impl NoiseTable {
    /// The table of greatest entropy with the mean zero. `None` when there is none: the variance must be above 0 and at
    /// most that of all deviations being equally likely, `most · (most + 1) / 3`.
    pub fn new(most: u32, variance: f64) -> Option<Self> {
        let (reach, highest) = (f64::from(most), f64::from(most) * (f64::from(most) + 1.0) / 3.0);
        if most == 0 || !(variance > 0.0 && variance <= highest) {
            return None;
        }
        // p(v) is proportional to exp(-s v²); the variance falls as s grows.
        let weights = |steepness: f64| {
            let deviation = |at: u32| f64::from(at) - reach;
            (0..=2 * most)
                .map(|at| (deviation(at).powi(2), (-steepness * deviation(at).powi(2)).exp()))
                .collect::<Vec<_>>()
        };
        let (mut flat, mut steep) = (0.0, 64.0);
        for _ in 0..200 {
            let middle = f64::midpoint(flat, steep);
            let all = weights(middle);
            let total: f64 = all.iter().map(|(_, weight)| weight).sum();
            let spread = all.iter().map(|(square, weight)| square * weight).sum::<f64>() / total;
            if spread > variance { flat = middle } else { steep = middle }
        }
        let all = weights(flat);
        let total: f64 = all.iter().map(|(_, weight)| weight).sum();
        Some(Self { most, probabilities: all.iter().map(|(_, weight)| weight / total).collect() })
    }

    /// The greatest deviation.
    pub const fn most(&self) -> u32 {
        self.most
    }

    /// The mean and the variance.
    pub fn moments(&self) -> (f64, f64) {
        let deviations =
            || self.probabilities.iter().zip(0u32..).map(|(p, at)| (f64::from(at) - f64::from(self.most), p));
        let mean: f64 = deviations().map(|(deviation, p)| deviation * p).sum();
        (mean, deviations().map(|(deviation, p)| (deviation - mean).powi(2) * p).sum())
    }

    /// The deviation at a place between 0 and 1.
    fn at(&self, place: f64) -> i64 {
        let mut sum = 0.0;
        let within = self.probabilities.iter().position(|probability| {
            sum += probability;
            place < sum
        });
        let at = within.unwrap_or(self.probabilities.len() - 1);
        i64::try_from(at).unwrap_or(i64::MAX) - i64::from(self.most)
    }
}

/// How counts are rounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rounding {
    /// To the nearest multiple; half goes up.
    Nearest(u64),
    /// To the multiple below or above, by the cell's key, so that it is right on average.
    ByKey(u64),
}

/// What is done to a count before it is told.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Perturbation {
    /// Noise, first.
    pub noise: Option<NoiseTable>,
    /// Rounding, of what that left.
    pub rounding: Option<Rounding>,
}

impl Perturbation {
    /// True when counts are told as they are.
    pub const fn is_none(&self) -> bool {
        self.noise.is_none() && self.rounding.is_none()
    }

    /// The count that is told of a cell with this key: the same for the same key. Nobody stays nobody, and nothing becomes
    /// less than nobody: the noise keeps its mean where no count that is told is under its greatest deviation.
    pub fn told(&self, count: u64, key: u32) -> u64 {
        if count == 0 {
            return 0;
        }
        // The key is a sum, and sums have sums: noise and rounding go by numbers that hang together with nothing.
        let place = |purpose: u64| {
            let mixed = mixed(u64::from(key) | purpose << 32) >> 11;
            #[expect(clippy::cast_precision_loss, reason = "53 bits are left")]
            let place = mixed as f64 / (1u64 << 53) as f64;
            place
        };
        let noisy = match &self.noise {
            Some(table) => count.saturating_add_signed(table.at(place(1))),
            None => count,
        };
        match self.rounding {
            None => noisy,
            Some(Rounding::Nearest(base)) => rounded(noisy, base),
            Some(Rounding::ByKey(base)) if base < 2 => noisy,
            Some(Rounding::ByKey(base)) => {
                let below = noisy / base * base;
                #[expect(clippy::cast_precision_loss, reason = "less than the base, which is small")]
                let above = place(2) * (base as f64) < (noisy - below) as f64;
                if above { below + base } else { below }
            }
        }
    }
}

/// A number that hangs together with nothing that the question could choose (SplitMix64's finaliser).
const fn mixed(number: u64) -> u64 {
    let mut z = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A count rounded to a multiple of a base; half goes up.
pub const fn rounded(count: u64, base: u64) -> u64 {
    if base < 2 { count } else { (count + base / 2) / base * base }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounding_goes_to_the_nearest() {
        for (count, base, expected) in [(0, 5, 0), (2, 5, 0), (3, 5, 5), (7, 5, 5), (8, 5, 10), (7, 1, 7), (7, 0, 7)] {
            assert_eq!(rounded(count, base), expected);
        }
    }

    #[test]
    fn a_table_has_the_variance_that_is_stated() {
        for (most, variance) in [(1, 0.5), (2, 1.0), (2, 2.0), (3, 2.0), (5, 4.0), (5, 10.0), (10, 1.0)] {
            let (mean, spread) = NoiseTable::new(most, variance).unwrap().moments();
            assert!(mean.abs() < 1e-12 && (spread - variance).abs() < 1e-6, "{most} {variance}: {mean} {spread}");
        }
        for (most, variance) in [(0, 1.0), (2, 0.0), (2, 2.1), (2, -1.0), (2, f64::NAN)] {
            assert_eq!(NoiseTable::new(most, variance), None, "{most} {variance}");
        }
    }

    fn with(noise: Option<(u32, f64)>, rounding: Option<Rounding>) -> Perturbation {
        Perturbation { noise: noise.map(|(most, variance)| NoiseTable::new(most, variance).unwrap()), rounding }
    }

    #[test]
    fn what_is_told_is_right_on_average_and_the_same_for_the_same_persons() {
        for (perturbation, most, variance) in [
            (with(Some((5, 4.0)), None), 5, 4.0),
            (with(Some((2, 1.0)), None), 2, 1.0),
            // Up with a part in five: the variance of a step of five.
            (with(None, Some(Rounding::ByKey(5))), 4, 25.0 * 0.4 * 0.6),
            // That of the noise, and the mean over it of that of a step.
            (with(Some((5, 4.0)), Some(Rounding::ByKey(5))), 9, 8.08),
        ] {
            let (mut sum, mut squares, cells) = (0.0, 0.0, 200_000u32);
            for key in 0..cells {
                let told = perturbation.told(17, key.wrapping_mul(2_654_435_761));
                assert_eq!(told, perturbation.told(17, key.wrapping_mul(2_654_435_761)));
                let off = i32::try_from(told).unwrap() - 17;
                assert!(off.abs() <= most, "{off}");
                sum += f64::from(off);
                squares += f64::from(off).powi(2);
            }
            let (mean, spread) = (sum / f64::from(cells), squares / f64::from(cells));
            assert!(
                mean.abs() < 0.04 && (spread - variance).abs() < 0.06 * variance,
                "{perturbation:?}: {mean} {spread}"
            );
        }
        let both = with(Some((5, 4.0)), Some(Rounding::Nearest(10)));
        assert!((0..100).all(|key| both.told(0, key) == 0 && both.told(23, key).is_multiple_of(10)));
        assert!(Perturbation::default().is_none() && !both.is_none());
    }
}
