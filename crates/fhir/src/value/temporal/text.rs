//! Reading and writing.

use super::{Precision, Temporal, TemporalKind, days_in_month};
use std::fmt;

impl Temporal {
    /// `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.
    #[must_use]
    pub fn parse_date(text: &str) -> Option<Self> {
        let (value, rest) = date_part(text)?;
        if rest.is_empty() { Some(value) } else { None }
    }

    /// A date, or a date with `T` and perhaps a time and an offset.
    #[must_use]
    pub fn parse_date_time(text: &str) -> Option<Self> {
        let (mut value, rest) = date_part(text)?;
        value.kind = TemporalKind::DateTime;
        if rest.is_empty() {
            return Some(value);
        }
        let rest = rest.strip_prefix('T')?;
        if rest.is_empty() {
            return Some(value);
        }
        if value.precision != Precision::Day {
            return None;
        }
        let (mut value, rest) = time_part(value, rest)?;
        if !rest.is_empty() {
            value.offset = Some(offset_part(rest)?);
        }
        Some(value)
    }

    /// `hh`, `hh:mm`, `hh:mm:ss` or `hh:mm:ss.fff`.
    #[must_use]
    pub fn parse_time(text: &str) -> Option<Self> {
        let (value, rest) = time_part(Self { kind: TemporalKind::Time, ..Self::START }, text)?;
        if rest.is_empty() { Some(value) } else { None }
    }
}

fn number(text: &str, digits: usize) -> Option<(u32, &str)> {
    let part = text.get(..digits)?;
    if !part.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    Some((part.parse().ok()?, &text[digits..]))
}

fn date_part(text: &str) -> Option<(Temporal, &str)> {
    let mut value = Temporal::START;
    let (year, mut rest) = number(text, 4)?;
    value.year = i32::try_from(year).ok()?;
    if let Some(after) = rest.strip_prefix('-') {
        let (month, after) = number(after, 2)?;
        (value.month, rest, value.precision) = (u8::try_from(month).ok()?, after, Precision::Month);
        if let Some(after) = rest.strip_prefix('-') {
            let (day, after) = number(after, 2)?;
            (value.day, rest, value.precision) = (u8::try_from(day).ok()?, after, Precision::Day);
        }
    }
    let possible = value.year >= 1 && (1..=12).contains(&value.month) && value.day >= 1;
    let within = possible && value.day <= days_in_month(value.year, value.month);
    within.then_some((value, rest))
}

fn time_part(mut value: Temporal, text: &str) -> Option<(Temporal, &str)> {
    let (hour, mut rest) = number(text, 2)?;
    (value.hour, value.precision) = (u8::try_from(hour).ok()?, Precision::Hour);
    if let Some(after) = rest.strip_prefix(':') {
        let (minute, after) = number(after, 2)?;
        (value.minute, rest, value.precision) = (u8::try_from(minute).ok()?, after, Precision::Minute);
        if let Some(after) = rest.strip_prefix(':') {
            let (second, after) = number(after, 2)?;
            (value.second, rest, value.precision) = (u8::try_from(second).ok()?, after, Precision::Second);
            if let Some(after) = rest.strip_prefix('.') {
                let digits = after.bytes().take_while(u8::is_ascii_digit).count();
                if digits == 0 {
                    return None;
                }
                let padded = format!("{:0<9}", &after[..digits.min(9)]);
                value.nanos = padded.parse().ok()?;
                value.fraction_digits = u8::try_from(digits.min(9)).ok()?;
                value.precision = Precision::Millisecond;
                rest = &after[digits..];
            }
        }
    }
    (value.hour <= 23 && value.minute <= 59 && value.second <= 60).then_some((value, rest))
}

fn offset_part(text: &str) -> Option<i16> {
    if text == "Z" {
        return Some(0);
    }
    let sign = match text.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let (hours, rest) = number(text.get(1..)?, 2)?;
    let (minutes, rest) = number(rest.strip_prefix(':')?, 2)?;
    let total = i16::try_from(hours * 60 + minutes).ok()?;
    (rest.is_empty() && hours <= 14 && minutes <= 59).then_some(sign * total)
}

impl fmt::Display for Temporal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.kind != TemporalKind::Time {
            write!(f, "{:04}", self.year)?;
            if self.precision >= Precision::Month {
                write!(f, "-{:02}", self.month)?;
            }
            if self.precision >= Precision::Day {
                write!(f, "-{:02}", self.day)?;
            }
            if self.precision < Precision::Hour {
                return Ok(());
            }
            write!(f, "T")?;
        }
        write!(f, "{:02}", self.hour)?;
        if self.precision >= Precision::Minute {
            write!(f, ":{:02}", self.minute)?;
        }
        if self.precision >= Precision::Second {
            write!(f, ":{:02}", self.second)?;
        }
        if self.precision == Precision::Millisecond {
            let digits = format!("{:09}", self.nanos);
            write!(f, ".{}", &digits[..usize::from(self.fraction_digits.clamp(1, 9))])?;
        }
        match self.offset {
            None => Ok(()),
            Some(0) => write!(f, "Z"),
            Some(offset) => {
                let sign = if offset < 0 { '-' } else { '+' };
                write!(f, "{sign}{:02}:{:02}", offset.abs() / 60, offset.abs() % 60)
            }
        }
    }
}
