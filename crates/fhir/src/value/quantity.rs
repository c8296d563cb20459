//! Quantities: a number with a unit, which is a UCUM code or a calendar duration such as `3 months`.

use super::decimal::{self, Decimal};
use super::ucum::Unit;
use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;

/// A number with a unit.
#[derive(Debug, Clone)]
pub struct Quantity<'a> {
    /// The number.
    pub value: Decimal,
    /// Its unit.
    pub unit: UnitOf<'a>,
}

/// What stands after the number.
#[derive(Debug, Clone, PartialEq)]
pub enum UnitOf<'a> {
    /// A calendar duration: years and months differ in length.
    Calendar(Calendar),
    /// A UCUM code.
    Ucum(Cow<'a, str>),
}

/// The calendar durations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Calendar {
    Year,
    Month,
    Week,
    Day,
    Hour,
    Minute,
    Second,
    Millisecond,
}

impl Calendar {
    const ALL: [(Calendar, &'static str, &'static str, &'static str); 8] = [
        (Calendar::Year, "year", "years", "a"),
        (Calendar::Month, "month", "months", "mo"),
        (Calendar::Week, "week", "weeks", "wk"),
        (Calendar::Day, "day", "days", "d"),
        (Calendar::Hour, "hour", "hours", "h"),
        (Calendar::Minute, "minute", "minutes", "min"),
        (Calendar::Second, "second", "seconds", "s"),
        (Calendar::Millisecond, "millisecond", "milliseconds", "ms"),
    ];

    /// Reads `year`, `years` and the like.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, one, many, _)| word == *one || word == *many).map(|(unit, ..)| *unit)
    }

    /// The UCUM code of the definite duration with the name.
    #[must_use]
    pub fn ucum(self) -> &'static str {
        Self::ALL[self as usize].3
    }

    /// The definite duration with this UCUM code.
    #[must_use]
    pub fn of_ucum(code: &str) -> Option<Self> {
        Self::ALL.iter().find(|(.., ucum)| code == *ucum).map(|(unit, ..)| *unit)
    }

    fn is_definite(self) -> bool {
        self > Self::Month
    }
}

impl<'a> Quantity<'a> {
    /// A quantity with a UCUM code.
    pub fn ucum(value: Decimal, code: impl Into<Cow<'a, str>>) -> Self {
        Self { value, unit: UnitOf::Ucum(code.into()) }
    }

    /// The UCUM code, that of the definite duration for a calendar one.
    #[must_use]
    pub fn code(&self) -> &str {
        match &self.unit {
            UnitOf::Calendar(unit) => unit.ucum(),
            UnitOf::Ucum(code) => code,
        }
    }

    /// Whether the two can be compared at all.
    #[must_use]
    pub fn is_comparable(&self, other: &Self) -> bool {
        self.code() == other.code()
            || matches!((Unit::parse(self.code()), Unit::parse(other.code())), (Some(a), Some(b)) if a.dimensions == b.dimensions)
    }

    /// Order; `None` where the units do not match, or one is a calendar year or month and the other a definite duration.
    #[must_use]
    pub fn compare(&self, other: &Self) -> Option<Ordering> {
        let indefinite = |unit: &UnitOf<'_>| matches!(unit, UnitOf::Calendar(c) if !c.is_definite());
        match (&self.unit, &other.unit) {
            (UnitOf::Calendar(a), UnitOf::Calendar(b)) if !a.is_definite() && !b.is_definite() => {
                let months = |value: Decimal, unit: &Calendar| {
                    value.times(if *unit == Calendar::Year { 12.into() } else { 1.into() })
                };
                Some(decimal::compare(months(self.value, a)?, months(other.value, b)?))
            }
            (a, b) if indefinite(a) || indefinite(b) => None,
            _ => {
                let (a, b) = self.canonical(other)?;
                Some(decimal::compare(a, b))
            }
        }
    }

    /// `~`: the values in one unit agree to the digits of the less precise of them; years and months match definite ones.
    #[must_use]
    pub fn is_equivalent(&self, other: &Self) -> bool {
        if self.code() == other.code() {
            let scale = self.value.scale().min(other.value.scale());
            return self.value.rounded(scale) == other.value.rounded(scale);
        }
        let (Some(a), Some(b)) = (Unit::parse(self.code()), Unit::parse(other.code())) else { return false };
        if a.dimensions != b.dimensions {
            return false;
        }
        // In the unit with the coarser digits.
        let convert = |value: Decimal, from: &Unit, to: &Unit| {
            value.times(from.factor.0)?.times(to.factor.1)?.over(from.factor.1.times(to.factor.0)?)
        };
        let ulp = |unit: &Unit, q: &Quantity<'_>| unit.canonical(Decimal::new(1, q.value.scale()));
        let coarse_is_left = match (ulp(&a, self), ulp(&b, other)) {
            (Some(x), Some(y)) => decimal::compare(x, y) != Ordering::Less,
            _ => true,
        };
        let pair = if coarse_is_left {
            (Some(self.value), convert(other.value, &b, &a), self.value.scale())
        } else {
            (convert(self.value, &a, &b), Some(other.value), other.value.scale())
        };
        matches!(pair, (Some(x), Some(y), scale) if x.rounded(scale) == y.rounded(scale))
    }

    fn canonical(&self, other: &Self) -> Option<(Decimal, Decimal)> {
        if self.code() == other.code() {
            return Some((self.value, other.value));
        }
        let (a, b) = (Unit::parse(self.code())?, Unit::parse(other.code())?);
        if a.dimensions != b.dimensions {
            return None;
        }
        // Cross-multiplied, so that nothing is rounded while the digits suffice.
        let left = self.value.times(a.factor.0).and_then(|v| v.times(b.factor.1));
        let right = other.value.times(b.factor.0).and_then(|v| v.times(a.factor.1));
        match (left, right) {
            (Some(left), Some(right)) => Some((left, right)),
            _ => Some((Decimal::from_f64(to_base(self.value, &a))?, Decimal::from_f64(to_base(other.value, &b))?)),
        }
    }

    /// The sum in the unit of `self`, where the units match.
    #[must_use]
    pub fn plus(&self, other: &Self) -> Option<Self> {
        let value = if self.code() == other.code() {
            other.value
        } else {
            let (a, b) = (Unit::parse(self.code())?, Unit::parse(other.code())?);
            if a.dimensions != b.dimensions {
                return None;
            }
            let numerator = other.value.times(b.factor.0)?.times(a.factor.1)?;
            numerator.over(b.factor.1.times(a.factor.0)?)?
        };
        Some(Self { value: self.value.plus(value)?, unit: self.unit.clone() })
    }

    /// The quantity with the other sign.
    #[must_use]
    pub fn negated(&self) -> Self {
        Self { value: self.value.negated(), unit: self.unit.clone() }
    }

    /// Product, its unit the product of the units.
    #[must_use]
    pub fn times(&self, other: &Self) -> Option<Quantity<'static>> {
        Some(Quantity::ucum(self.value.times(other.value)?, joined(self.code(), '.', other.code())))
    }

    /// Quotient, its unit the quotient of the units.
    #[must_use]
    pub fn over(&self, other: &Self) -> Option<Quantity<'static>> {
        Some(Quantity::ucum(self.value.over(other.value)?, joined(self.code(), '/', other.code())))
    }
}

fn to_base(value: Decimal, unit: &Unit) -> f64 {
    value.to_f64() * unit.factor.0.to_f64() / unit.factor.1.to_f64()
}

fn joined(left: &str, operator: char, right: &str) -> String {
    match (left, operator, right) {
        (left, _, "1") => left.to_owned(),
        ("1", '.', right) => right.to_owned(),
        (left, '/', right) if left == right => "1".to_owned(),
        (left, operator, right) if right.contains(['.', '/']) => format!("{left}{operator}({right})"),
        (left, operator, right) => format!("{left}{operator}{right}"),
    }
}

impl fmt::Display for Quantity<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.unit {
            UnitOf::Calendar(unit) => {
                let (_, one, many, _) = Calendar::ALL[*unit as usize];
                let word = if self.value.to_integer() == Some(1) { one } else { many };
                write!(f, "{} {word}", self.value)
            }
            UnitOf::Ucum(code) => write!(f, "{} '{code}'", self.value),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quantity(value: &str, unit: &'static str) -> Quantity<'static> {
        let unit = Calendar::parse(unit).map_or(UnitOf::Ucum(unit.into()), UnitOf::Calendar);
        Quantity { value: Decimal::parse(value).unwrap(), unit }
    }

    #[test]
    fn quantities_compare_across_units() {
        use Ordering::{Equal, Greater, Less};
        for (a, b, order) in [
            (("4.0000", "g"), ("4000.0", "mg"), Some(Equal)),
            (("4", "g"), ("4040", "mg"), Some(Less)),
            (("7", "days"), ("1", "wk"), Some(Equal)),
            (("8", "days"), ("1", "week"), Some(Greater)),
            (("1", "month"), ("1", "mo"), None),
            (("1", "year"), ("12", "months"), Some(Equal)),
            (("1", "cm"), ("1", "s"), None),
            (("1", "[iU]"), ("2", "[iU]"), Some(Less)),
        ] {
            assert_eq!(quantity(a.0, a.1).compare(&quantity(b.0, b.1)), order, "{a:?} {b:?}");
        }
    }

    #[test]
    fn equivalence_looks_at_the_coarser_digits() {
        assert!(quantity("4", "g").is_equivalent(&quantity("4040", "mg")));
        assert!(!quantity("4.00", "g").is_equivalent(&quantity("4040", "mg")));
        assert!(quantity("1", "year").is_equivalent(&quantity("1", "a")));
    }

    #[test]
    fn units_multiply_and_divide() {
        let area = quantity("2.0", "cm").times(&quantity("2.0", "m")).unwrap();
        assert_eq!(area.compare(&quantity("0.040", "m2")), Some(Ordering::Equal));
        assert_eq!(quantity("4.0", "g").over(&quantity("2.0", "m")).unwrap().to_string(), "2 'g/m'");
        assert_eq!(quantity("1.0", "m").over(&quantity("1.0", "m")).unwrap().to_string(), "1 '1'");
    }
}
