//! Sums of floating-point numbers that do not depend on the order of adding.
//!
//! A sum is kept exactly, as numbers that do not overlap (J. R. Shewchuk, Adaptive precision floating-point arithmetic and
//! fast robust geometric predicates, 1997), and rounded once, when it is told. So a question has the same answer to the
//! last bit however its rows were divided: among threads here, or among the executors of a cluster.

/// An exact sum.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Exact {
    /// Numbers that do not overlap, the least first; their sum is the value.
    parts: Vec<f64>,
    /// The sum of what is infinite or no number; 0 when there is nothing of that.
    beyond: f64,
}

impl Exact {
    /// Adds a number.
    pub(crate) fn add(&mut self, number: f64) {
        let mut sum = number;
        let mut kept = 0;
        for at in 0..self.parts.len() {
            let (total, rest) = two_sum(sum, self.parts[at]);
            if rest != 0.0 {
                self.parts[kept] = rest;
                kept += 1;
            }
            sum = total;
        }
        self.parts.truncate(kept);
        if sum.is_finite() {
            self.parts.push(sum);
        } else {
            self.beyond += sum;
        }
    }

    /// Adds the square of a number.
    pub(crate) fn add_square(&mut self, number: f64) {
        self.add_product(number, number);
    }

    fn add_product(&mut self, a: f64, b: f64) {
        let product = a * b;
        self.add(product);
        if product.is_finite() {
            self.add(a.mul_add(b, -product));
        }
    }

    /// Adds another sum.
    pub(crate) fn merge(&mut self, other: &Self) {
        other.parts.iter().for_each(|part| self.add(*part));
        self.beyond += other.beyond;
    }

    /// Takes a number away that was added.
    pub(crate) fn retract(&mut self, number: f64) {
        self.add(-number);
    }

    /// Takes the square of a number away that was added.
    pub(crate) fn retract_square(&mut self, number: f64) {
        self.add_product(-number, number);
    }

    /// The sum times a whole number, less the square of another sum: exactly, then rounded.
    pub(crate) fn times_less_square(&self, times: f64, other: &Self) -> f64 {
        let mut all = Self { parts: Vec::new(), beyond: self.beyond + other.beyond };
        self.parts.iter().for_each(|part| all.add_product(*part, times));
        for a in &other.parts {
            other.parts.iter().for_each(|b| all.add_product(-a, *b));
        }
        all.rounded()
    }

    /// The nearest floating-point number; of two equally near, the even one.
    pub(crate) fn rounded(&self) -> f64 {
        if self.beyond != 0.0 {
            return self.beyond;
        }
        let mut parts = self.parts.iter().rev();
        let mut sum = parts.next().copied().unwrap_or_default();
        while let Some(part) = parts.next() {
            let (total, rest) = two_sum(sum, *part);
            sum = total;
            if rest != 0.0 {
                // Half-way between two: what comes below decides, and it may not be rounded away before.
                let twice = 2.0 * rest;
                let below = parts.next().copied().unwrap_or_default();
                if below != 0.0 && (below < 0.0) == (rest < 0.0) && (sum + twice) - sum == twice {
                    sum += twice;
                }
                break;
            }
        }
        sum
    }

    /// As bytes, for another thread or process.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        std::iter::once(&self.beyond).chain(&self.parts).flat_map(|part| part.to_le_bytes()).collect()
    }

    /// Of such bytes.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (numbers, []) = bytes.as_chunks::<8>() else { return None };
        let (beyond, parts) = numbers.split_first()?;
        let number = |bytes: &[u8; 8]| f64::from_le_bytes(*bytes);
        Some(Self { parts: parts.iter().map(number).collect(), beyond: number(beyond) })
    }

    /// Bytes of memory.
    pub(crate) const fn size(&self) -> usize {
        size_of::<Self>() + self.parts.capacity() * size_of::<f64>()
    }
}

/// The rounded sum of two numbers, and exactly what rounding left out (O. Møller, D. E. Knuth).
fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    let of_b = sum - a;
    (sum, (a - (sum - of_b)) + (b - of_b))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(numbers: &[f64]) -> f64 {
        let mut exact = Exact::default();
        numbers.iter().for_each(|number| exact.add(*number));
        exact.rounded()
    }

    #[test]
    fn a_sum_is_rounded_once() {
        // Python's math.fsum of the same.
        for (numbers, expected) in [
            (vec![], 0.0),
            (vec![0.1; 10], 1.0),
            (vec![1e100, 1.0, -1e100], 1.0),
            (vec![1e16, 1.0, 1e-16], 10_000_000_000_000_002.0),
            (vec![1e16, 1.0, -1e-16], 1e16),
            (vec![2f64.powi(53), 0.5, 0.5, 1.0], 9_007_199_254_740_994.0),
            (vec![f64::MAX, -f64::MAX, 5e-324], 5e-324),
            (vec![16.5, 0.1, 0.2, -16.5], 0.1 + 0.2),
        ] {
            assert_eq!(sum(&numbers), expected, "{numbers:?}");
        }
        assert!(sum(&[f64::INFINITY, f64::NEG_INFINITY]).is_nan() && sum(&[1.0, f64::NAN]).is_nan());
        assert_eq!(sum(&[f64::INFINITY, -1e300]), f64::INFINITY);
    }

    #[test]
    fn the_order_and_the_division_of_numbers_do_not_matter() {
        let mut state = 7u64;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let size = i32::try_from((state >> 40) % 60).expect("small") - 30;
            f64::from(u32::try_from(state >> 33).expect("31 bits"))
                * 2f64.powi(size)
                * if state & 64 == 0 { 0.1 } else { -0.1 }
        };
        for _ in 0..50 {
            let numbers: Vec<f64> = (0..200).map(|_| next()).collect();
            let mut backwards = numbers.clone();
            backwards.reverse();
            let mut parts = numbers.chunks(37).map(|chunk| {
                let mut exact = Exact::default();
                chunk.iter().for_each(|number| exact.add(*number));
                Exact::from_bytes(&exact.to_bytes()).expect("its own bytes")
            });
            let mut merged = parts.next_back().expect("a part");
            parts.for_each(|part| merged.merge(&part));
            assert_eq!(sum(&numbers).to_bits(), sum(&backwards).to_bits());
            assert_eq!(sum(&numbers).to_bits(), merged.rounded().to_bits());
            numbers[..150].iter().for_each(|number| merged.retract(*number));
            assert_eq!(sum(&numbers[150..]).to_bits(), merged.rounded().to_bits());
        }
        assert_eq!(Exact::from_bytes(b"short"), None);
    }

    #[test]
    fn a_variance_does_not_cancel() {
        let (mut values, mut squares) = (Exact::default(), Exact::default());
        for value in [1e9 + 4.0, 1e9 + 7.0, 1e9 + 13.0, 1e9 + 16.0] {
            values.add(value);
            squares.add_square(value);
        }
        // n Σx² − (Σx)² = 4 · 90.
        assert_eq!(squares.times_less_square(4.0, &values), 360.0);
    }
}
