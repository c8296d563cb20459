//! Randomness by counter: each citizen and each concern has a stream of its own, so that no order of work changes a bit.

/// A stream of random numbers, determined by its keys.
///
/// SplitMix64 (Steele, Lea & Flood, OOPSLA 2014): the n-th number is a mixing of key + n·γ, so a stream needs no state of
/// another.
#[derive(Debug, Clone)]
pub struct Chance(u64);

const GAMMA: u64 = 0x9E37_79B9_7F4A_7C15;

impl Chance {
    /// The stream of a concern of a citizen or household.
    pub const fn of(seed: u64, concern: u64, number: u64) -> Self {
        Self(mix(mix(mix(seed ^ GAMMA) ^ concern).wrapping_add(number.wrapping_mul(GAMMA))))
    }

    /// A number from 0 up to and without 1.
    #[expect(clippy::cast_precision_loss, reason = "53 bits fit")]
    pub fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// True this often.
    pub fn happens(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// A whole number from `low` to `high`, both possible; `low` when they cross.
    pub fn whole(&mut self, low: i32, high: i32) -> i32 {
        let span = u64::from(high.saturating_sub(low).max(0).unsigned_abs()) + 1;
        // The bias of a product of 64 bits is below 2^-32 here.
        let step = (u128::from(self.next()) * u128::from(span)) >> 64;
        low.saturating_add(i32::try_from(step).unwrap_or(0))
    }

    /// A whole number with this mean: the whole part, and one more as often as the rest says, spread by a fair coin
    /// for each unit so that people differ.
    pub fn count(&mut self, mean: f64) -> u32 {
        let mut left = mean;
        let mut count = 0;
        while left > 0.0 {
            // Each step has mean `left.min(1)` and gives 0, 1 or 2.
            let step = left.min(1.0);
            count += u32::from(self.happens(step / 2.0)) + u32::from(self.happens(step / 2.0));
            left -= 1.0;
        }
        count
    }

    /// A place in a table, by its weights.
    pub fn choose<'a, T>(&mut self, table: &'a [T], weight: impl Fn(&T) -> f64) -> &'a T {
        let total: f64 = table.iter().map(&weight).sum();
        let mut left = self.unit() * total;
        for item in table {
            left -= weight(item);
            if left < 0.0 {
                return item;
            }
        }
        // Rounding may leave nothing: then it is the last.
        &table[table.len() - 1]
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(GAMMA);
        mix(self.0)
    }
}

const fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splitmix_as_published() {
        // The first numbers of the reference implementation for the seed 1234567.
        let mut chance = Chance(1_234_567);
        let first: Vec<u64> = (0..3).map(|_| chance.next()).collect();
        assert_eq!(first, [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]);
    }

    #[test]
    fn means_are_what_they_should_be() {
        let mut chance = Chance::of(1, 2, 3);
        let n = 100_000;
        let mean = |mut draw: Box<dyn FnMut() -> f64>| (0..n).map(|_| draw()).sum::<f64>() / f64::from(n);
        let mut other = Chance::of(1, 2, 4);
        assert!((mean(Box::new(move || chance.unit())) - 0.5).abs() < 0.005);
        let mut third = other.clone();
        assert!((mean(Box::new(move || f64::from(other.count(2.3)))) - 2.3).abs() < 0.02);
        assert!((mean(Box::new(move || f64::from(third.whole(-3, 4)))) - 0.5).abs() < 0.03);
    }

    #[test]
    fn tables_are_drawn_by_weight() {
        let mut chance = Chance::of(9, 9, 9);
        let drawn = (0..10_000).filter(|_| chance.choose(&[(1, 3.0), (2, 1.0)], |t| t.1).0 == 1).count();
        assert!((7_300..7_700).contains(&drawn), "{drawn}");
        assert_eq!(chance.whole(5, 4), 5);
    }
}
