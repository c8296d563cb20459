//! Decimal numbers with the digits they were written with: `1.50` is not `1.5` when one asks for its precision.

use std::cmp::Ordering;
use std::fmt;

/// Most digits after the point that are kept.
pub const MAX_SCALE: u32 = 28;

/// `mantissa / 10^scale`; the scale is as written, so trailing zeros are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decimal {
    mantissa: i128,
    scale: u32,
}

impl Decimal {
    /// Zero without digits after the point.
    pub const ZERO: Decimal = Decimal { mantissa: 0, scale: 0 };

    /// `mantissa / 10^scale`.
    #[must_use]
    pub const fn new(mantissa: i128, scale: u32) -> Self {
        Self { mantissa, scale }
    }

    /// Reads `-12.50` or `1.25e-3`; `None` where it is not a number or has more than 38 digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (body, exponent) = match text.find(['e', 'E']) {
            Some(at) => (&text[..at], text[at + 1..].parse::<i32>().ok()?),
            None => (text, 0),
        };
        let (negative, digits) = match body.as_bytes().first()? {
            b'-' => (true, &body[1..]),
            b'+' => (false, &body[1..]),
            _ => (false, body),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        if whole.is_empty() || (digits.contains('.') && fraction.is_empty()) {
            return None;
        }
        let mut mantissa: i128 = 0;
        let kept = fraction.len().min(MAX_SCALE as usize);
        for byte in whole.bytes().chain(fraction.bytes()) {
            if !byte.is_ascii_digit() {
                return None;
            }
        }
        for byte in whole.bytes().chain(fraction.bytes().take(kept)) {
            mantissa = mantissa.checked_mul(10)?.checked_add(i128::from(byte - b'0'))?;
        }
        let value = Self { mantissa: if negative { -mantissa } else { mantissa }, scale: u32::try_from(kept).ok()? };
        value.shifted(exponent)
    }

    fn shifted(self, exponent: i32) -> Option<Self> {
        let scale = i64::from(self.scale) - i64::from(exponent);
        if scale > i64::from(MAX_SCALE) {
            return Some(self.with_raw_scale(scale)?.rounded(MAX_SCALE));
        }
        if scale >= 0 {
            return Some(Self { mantissa: self.mantissa, scale: u32::try_from(scale).ok()? });
        }
        let mantissa = self.mantissa.checked_mul(power_of_ten(u32::try_from(-scale).ok()?)?)?;
        Some(Self { mantissa, scale: 0 })
    }

    fn with_raw_scale(self, scale: i64) -> Option<Self> {
        // Beyond this nothing of the number is left at the scale that is kept.
        if scale > 66 {
            Some(Self::ZERO)
        } else {
            Some(Self { mantissa: self.mantissa, scale: scale.try_into().ok()? })
        }
    }

    /// Digits after the point, as written.
    #[must_use]
    pub const fn scale(self) -> u32 {
        self.scale
    }

    /// The number without its point.
    #[must_use]
    pub const fn mantissa(self) -> i128 {
        self.mantissa
    }

    /// Digits as written, before and after the point.
    #[must_use]
    pub fn digits(self) -> usize {
        let digits = self.mantissa.unsigned_abs().to_string().len();
        digits.max(self.scale as usize)
    }

    /// Whether it is below zero.
    #[must_use]
    pub const fn is_negative(self) -> bool {
        self.mantissa < 0
    }

    /// Whether it is zero.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.mantissa == 0
    }

    /// The same number with this many digits after the point; more digits are zeros, fewer are rounded half away from zero.
    #[must_use]
    pub fn rounded(self, scale: u32) -> Self {
        self.to_scale(scale, |quotient, remainder, unit| {
            if remainder.unsigned_abs() * 2 >= unit.unsigned_abs() { quotient + remainder.signum() } else { quotient }
        })
    }

    /// As [`Decimal::rounded`], downwards.
    #[must_use]
    pub fn floored(self, scale: u32) -> Self {
        self.to_scale(scale, |quotient, remainder, _| if remainder < 0 { quotient - 1 } else { quotient })
    }

    /// As [`Decimal::rounded`], upwards.
    #[must_use]
    pub fn ceiled(self, scale: u32) -> Self {
        self.to_scale(scale, |quotient, remainder, _| if remainder > 0 { quotient + 1 } else { quotient })
    }

    /// As [`Decimal::rounded`], towards zero.
    #[must_use]
    pub fn truncated(self, scale: u32) -> Self {
        self.to_scale(scale, |quotient, _, _| quotient)
    }

    fn to_scale(self, scale: u32, rule: impl Fn(i128, i128, i128) -> i128) -> Self {
        if scale >= self.scale {
            let grown = power_of_ten(scale - self.scale).and_then(|p| self.mantissa.checked_mul(p));
            return grown.map_or(self, |mantissa| Self { mantissa, scale });
        }
        match power_of_ten(self.scale - scale) {
            Some(unit) => Self { mantissa: rule(self.mantissa / unit, self.mantissa % unit, unit), scale },
            None => Self { mantissa: 0, scale },
        }
    }

    fn aligned(self, other: Self) -> Option<(i128, i128, u32)> {
        let scale = self.scale.max(other.scale);
        let left = self.mantissa.checked_mul(power_of_ten(scale - self.scale)?)?;
        let right = other.mantissa.checked_mul(power_of_ten(scale - other.scale)?)?;
        Some((left, right, scale))
    }

    /// Sum; `None` beyond 38 digits.
    #[must_use]
    pub fn plus(self, other: Self) -> Option<Self> {
        let (left, right, scale) = self.aligned(other)?;
        Some(Self { mantissa: left.checked_add(right)?, scale })
    }

    /// Difference; `None` beyond 38 digits.
    #[must_use]
    pub fn minus(self, other: Self) -> Option<Self> {
        self.plus(other.negated())
    }

    /// The number with the other sign.
    #[must_use]
    pub const fn negated(self) -> Self {
        Self { mantissa: -self.mantissa, scale: self.scale }
    }

    /// Product; `None` beyond 38 digits.
    #[must_use]
    pub fn times(self, other: Self) -> Option<Self> {
        let product = Self { mantissa: self.mantissa.checked_mul(other.mantissa)?, scale: self.scale + other.scale };
        Some(if product.scale > MAX_SCALE { product.rounded(MAX_SCALE) } else { product })
    }

    /// Quotient with as many digits as needed, at most 18 after the point; `None` for a division by zero.
    #[must_use]
    pub fn over(self, other: Self) -> Option<Self> {
        if other.is_zero() {
            return None;
        }
        let (left, right, _) = self.aligned(other)?;
        let places = (0..=18).rev().find(|p| power_of_ten(*p).and_then(|p| left.checked_mul(p)).is_some())?;
        let unit = left.checked_mul(power_of_ten(places)?)?;
        let (quotient, remainder) = (unit / right, unit % right);
        let up = remainder.unsigned_abs() * 2 >= right.unsigned_abs() && remainder != 0;
        let sign = if (unit < 0) == (right < 0) { 1 } else { -1 };
        Some(Self { mantissa: if up { quotient + sign } else { quotient }, scale: places }.normalised())
    }

    /// Whole quotient, towards zero.
    #[must_use]
    pub fn whole_quotient(self, other: Self) -> Option<i64> {
        let (left, right, _) = self.aligned(other)?;
        left.checked_div(right)?.try_into().ok()
    }

    /// What remains after the whole quotient.
    #[must_use]
    pub fn remainder(self, other: Self) -> Option<Self> {
        let (left, right, scale) = self.aligned(other)?;
        Some(Self { mantissa: left.checked_rem(right)?, scale })
    }

    /// Without trailing zeros after the point.
    #[must_use]
    pub fn normalised(mut self) -> Self {
        while self.scale > 0 && self.mantissa % 10 == 0 {
            self.mantissa /= 10;
            self.scale -= 1;
        }
        self
    }

    /// The nearest binary number.
    #[must_use]
    pub fn to_f64(self) -> f64 {
        self.to_string().parse().unwrap_or(f64::NAN)
    }

    /// The number that a binary one prints as; `None` for infinities, NaN, and what is beyond 38 digits.
    #[must_use]
    pub fn from_f64(value: f64) -> Option<Self> {
        let rounded = format!("{value:.15}");
        let fewer = format!("{value}");
        let text = if rounded.len() < fewer.len() { rounded } else { fewer };
        if value.is_finite() { Self::parse(&text).map(Self::normalised) } else { None }
    }

    /// The whole number, where it is one that fits.
    #[must_use]
    pub fn to_integer(self) -> Option<i64> {
        let normal = self.normalised();
        if normal.scale == 0 { normal.mantissa.try_into().ok() } else { None }
    }
}

/// As numbers: `1.0` is `1`.
pub fn compare(left: Decimal, right: Decimal) -> Ordering {
    match left.aligned(right) {
        Some((left, right, _)) => left.cmp(&right),
        None => left.to_f64().total_cmp(&right.to_f64()),
    }
}

fn power_of_ten(exponent: u32) -> Option<i128> {
    10i128.checked_pow(exponent)
}

impl From<i64> for Decimal {
    fn from(value: i64) -> Self {
        Self { mantissa: i128::from(value), scale: 0 }
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.mantissa.unsigned_abs().to_string();
        let sign = if self.mantissa < 0 { "-" } else { "" };
        let scale = self.scale as usize;
        if scale == 0 {
            return write!(f, "{sign}{digits}");
        }
        let padded = format!("{digits:0>width$}", width = scale + 1);
        let (whole, fraction) = padded.split_at(padded.len() - scale);
        write!(f, "{sign}{whole}.{fraction}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Decimal {
        Decimal::parse(text).unwrap()
    }

    #[test]
    fn digits_are_kept_as_written() {
        for (text, printed) in
            [("1.50", "1.50"), ("-0.003", "-0.003"), ("12e2", "1200"), ("1.5e-3", "0.0015"), ("0", "0"), ("007", "7")]
        {
            assert_eq!(number(text).to_string(), printed, "{text}");
        }
        for text in ["", ".", "1.", ".5", "1.a", "--1", "1e", "1e9999999999"] {
            assert_eq!(Decimal::parse(text), None, "{text}");
        }
    }

    #[test]
    fn arithmetic_is_exact() {
        assert_eq!(number("1.8").minus(number("1.2")).unwrap().to_string(), "0.6");
        assert_eq!(number("1.2").times(number("1.8")).unwrap().to_string(), "2.16");
        assert_eq!(number("3").over(number("2")).unwrap().to_string(), "1.5");
        assert_eq!(number("1.2").over(number("1.8")).unwrap().rounded(2).to_string(), "0.67");
        assert_eq!(number("-1").over(number("3")).unwrap().rounded(3).to_string(), "-0.333");
        assert_eq!(number("1").over(Decimal::ZERO), None);
        assert_eq!(number("2.2").remainder(number("1.8")).unwrap().to_string(), "0.4");
        assert_eq!(number("99999999999999999999999999999999999999").times(number("10")), None);
    }

    #[test]
    fn rounding_has_four_directions() {
        for (text, half, down, up, zero) in
            [("1.587", "1.59", "1.58", "1.59", "1.58"), ("-1.585", "-1.59", "-1.59", "-1.58", "-1.58")]
        {
            let value = number(text);
            let all = [value.rounded(2), value.floored(2), value.ceiled(2), value.truncated(2)];
            assert_eq!(all.map(|v| v.to_string()), [half, down, up, zero], "{text}");
        }
    }

    #[test]
    fn numbers_compare_by_size() {
        assert_eq!(compare(number("1.10"), number("1.1")), Ordering::Equal);
        assert_eq!(compare(number("-2"), number("1")), Ordering::Less);
    }
}
