//! Linear equations modulo a prime, kept sparse: which unknowns are bound to be zero, and the solutions where not.
//!
//! Modulo 2⁶¹ − 1 no number grows. A rank found here is at most that over the rational numbers, so that what is proved
//! independent is so; that something is *dependent* has to be verified in whole numbers by the caller.

/// The prime.
const PRIME: u64 = (1 << 61) - 1;

/// More was to be worked out than is allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Beyond;

/// How many steps may still be taken.
#[derive(Debug)]
pub(super) struct Work(pub(super) u64);

impl Work {
    pub(super) fn spend(&mut self, steps: usize) -> Result<(), Beyond> {
        self.0 = self.0.checked_sub(steps as u64).ok_or(Beyond)?;
        Ok(())
    }
}

/// A number modulo the prime.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) struct Residue(u64);

impl Residue {
    pub(super) const ONE: Self = Self(1);

    pub(super) const fn of(number: u32) -> Self {
        Self(number as u64)
    }

    pub(super) const fn is_zero(self) -> bool {
        self.0 == 0
    }

    pub(super) const fn plus(self, other: Self) -> Self {
        let sum = self.0 + other.0;
        Self(if sum >= PRIME { sum - PRIME } else { sum })
    }

    pub(super) const fn minus(self, other: Self) -> Self {
        self.plus(Self(if other.0 == 0 { 0 } else { PRIME - other.0 }))
    }

    pub(super) const fn times(self, other: Self) -> Self {
        let product = self.0 as u128 * other.0 as u128;
        #[expect(clippy::cast_possible_truncation, reason = "both halves are masked or shifted below 2^64")]
        let (low, high) = ((product & PRIME as u128) as u64, (product >> 61) as u64);
        Self(low).plus(Self(if high >= PRIME { high - PRIME } else { high }))
    }

    /// The inverse, by Fermat; that of zero is zero.
    pub(super) fn inverse(self) -> Self {
        let (mut power, mut base, mut exponent) = (Self::ONE, self, PRIME - 2);
        while exponent > 0 {
            if exponent & 1 == 1 {
                power = power.times(base);
            }
            base = base.times(base);
            exponent >>= 1;
        }
        power
    }

    /// The whole number of least size that it stands for.
    pub(super) fn small(self) -> i64 {
        let half = PRIME / 2;
        if self.0 > half {
            -i64::try_from(PRIME - self.0).unwrap_or(i64::MAX)
        } else {
            i64::try_from(self.0).unwrap_or(i64::MAX)
        }
    }
}

/// Whole numbers in proportion to some residues, where there are small ones. `None` where there are none under 2³¹.
pub(super) fn whole(residues: &[Residue]) -> Option<Vec<i64>> {
    let mut scale = Residue::ONE;
    for residue in residues {
        let scaled = residue.times(scale);
        if scaled.small().unsigned_abs() >= 1 << 31 {
            scale = scale.times(denominator(scaled)?);
        }
    }
    let all = residues.iter().map(|residue| residue.times(scale).small());
    all.map(|number| (number.unsigned_abs() < 1 << 31).then_some(number)).collect()
}

/// What a residue is multiplied by to become small: the denominator of the fraction that it stands for (Wang 1981).
fn denominator(residue: Residue) -> Option<Residue> {
    let (mut before, mut now) = ((PRIME, 0u64), (residue.0, 1u64));
    while now.0 >= 1 << 30 {
        let times = before.0 / now.0;
        (before, now) = (now, (before.0 - times * now.0, before.1.checked_add(times.checked_mul(now.1)?)?));
    }
    (now.1 < 1 << 31).then_some(Residue(now.1))
}

/// A row: unknowns ascending, each with its factor, none zero.
pub(super) type Row = Vec<(u32, Residue)>;

/// Equations "this row is zero", each with a leading unknown of its own whose factor is one.
#[derive(Debug, Clone)]
pub(super) struct Echelon {
    led_by: Vec<Option<Row>>,
    rank: usize,
}

impl Echelon {
    pub(super) fn new(unknowns: usize) -> Self {
        Self { led_by: vec![None; unknowns], rank: 0 }
    }

    pub(super) const fn rank(&self) -> usize {
        self.rank
    }

    /// True when an equation leads with this row's first unknown: until then, adding it is quick.
    pub(super) fn leads(&self, row: &[(u32, Residue)]) -> bool {
        row.first().is_none_or(|(lead, _)| self.led_by[*lead as usize].is_some())
    }

    /// Adds an equation. False when those before it say the same.
    pub(super) fn add(&mut self, row: Row, work: &mut Work) -> Result<bool, Beyond> {
        let mut row = row;
        while let Some((lead, factor)) = row.first().copied() {
            let Some(known) = &self.led_by[lead as usize] else {
                let inverse = factor.inverse();
                row.iter_mut().for_each(|(_, factor)| *factor = factor.times(inverse));
                work.spend(row.len())?;
                self.led_by[lead as usize] = Some(row);
                self.rank += 1;
                return Ok(true);
            };
            work.spend(row.len() + known.len())?;
            row = less(&row, known, factor);
        }
        Ok(false)
    }

    /// The unknowns that no equation leads.
    pub(super) fn free(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.led_by.len()).filter(|unknown| self.led_by[*unknown].is_none())
    }

    /// The solution in which one free unknown is one and the other free ones are zero.
    pub(super) fn solution(&self, free: usize, work: &mut Work) -> Result<Vec<Residue>, Beyond> {
        let mut values = vec![Residue::default(); self.led_by.len()];
        values[free] = Residue::ONE;
        for unknown in (0..free).rev() {
            let Some(row) = &self.led_by[unknown] else { continue };
            work.spend(row.len())?;
            let behind = row[1..].iter().map(|(other, factor)| factor.times(values[*other as usize]));
            let sum = behind.fold(Residue::default(), Residue::plus);
            values[unknown] = Residue::default().minus(sum);
        }
        Ok(values)
    }
}

/// `row - factor · known`.
fn less(row: &[(u32, Residue)], known: &[(u32, Residue)], factor: Residue) -> Row {
    let mut out = Row::with_capacity(row.len() + known.len());
    let (mut a, mut b) = (row.iter().peekable(), known.iter().peekable());
    loop {
        let (unknown, value) = match (a.peek(), b.peek()) {
            (Some((left, x)), Some((right, y))) if left == right => {
                let both = (*left, x.minus(factor.times(*y)));
                a.next();
                b.next();
                both
            }
            (Some((left, x)), other) if other.is_none_or(|(right, _)| left < right) => {
                let own = (*left, *x);
                a.next();
                own
            }
            (_, Some((right, y))) => {
                let theirs = (*right, Residue::default().minus(factor.times(*y)));
                b.next();
                theirs
            }
            _ => return out,
        };
        if !value.is_zero() {
            out.push((unknown, value));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn residues_are_a_field() {
        for number in [1, 2, 3, 1000, u32::MAX] {
            let residue = Residue::of(number);
            assert_eq!(residue.times(residue.inverse()), Residue::ONE, "{number}");
            assert_eq!(Residue::default().minus(residue).small(), -i64::from(number));
        }
        let largest = Residue::default().minus(Residue::ONE);
        assert_eq!(largest.times(largest), Residue::ONE);
    }

    #[test]
    fn fractions_become_whole_numbers() {
        let over = |number: u32, by: u32| Residue::of(number).times(Residue::of(by).inverse());
        for (residues, expected) in [
            (vec![over(1, 1), over(1, 2), over(2, 3)], Some(vec![6, 3, 4])),
            (vec![Residue::default().minus(over(5, 7)), over(1, 9973)], Some(vec![-5 * 9973, 7])),
            (vec![Residue::default()], Some(vec![0])),
            (vec![over(1, 1_000_003), over(1, 999_983)], Some(vec![999_983, 1_000_003])),
            (vec![over(1, 1_000_003), over(1, 999_983), over(1, 999_979)], None), // too large in common
        ] {
            assert_eq!(whole(&residues), expected);
        }
    }

    #[test]
    fn solutions_fulfil_the_equations() {
        let mut work = Work(1000);
        let mut echelon = Echelon::new(4);
        let row = |factors: [u32; 4]| -> Row {
            let all = factors.into_iter().zip(0..).map(|(factor, unknown)| (unknown, Residue::of(factor)));
            all.filter(|(_, factor)| !factor.is_zero()).collect()
        };
        let rows = [row([1, 2, 0, 3]), row([0, 1, 1, 1]), row([1, 3, 1, 4])];
        let fresh: Vec<bool> = rows.iter().map(|row| echelon.add(row.clone(), &mut work).unwrap()).collect();
        assert_eq!((fresh, echelon.rank()), (vec![true, true, false], 2));
        for free in [2, 3] {
            let values = echelon.solution(free, &mut work).unwrap();
            for row in &rows {
                let sum = row.iter().map(|(at, factor)| factor.times(values[*at as usize]));
                assert!(sum.fold(Residue::default(), Residue::plus).is_zero(), "{free}: {row:?}");
            }
        }
        assert_eq!(echelon.free().collect::<Vec<_>>(), [2, 3]);
        assert_eq!(Echelon::new(4).add(rows[0].clone(), &mut Work(1)), Err(Beyond));
    }
}
