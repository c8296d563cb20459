//! One cell's text as a value.

use crate::registers::Kind;
use std::borrow::Cow;

/// Days from 1970-01-01.
pub type Days = i32;

/// A text that says that there is no value: nothing, R's `NA`, and the full stop of SAS.
pub fn is_missing(text: &str) -> bool {
    matches!(text, "" | "NA" | "." | "NULL")
}

/// A whole number, also when it is written with decimals that are zero.
pub fn integer(text: &str) -> Option<i64> {
    if let Ok(number) = text.parse() {
        return Some(number);
    }
    let number = number(text)?;
    #[expect(clippy::cast_possible_truncation, reason = "whole and below 2^53, looked at just before")]
    (number.fract() == 0.0 && number.abs() < 9e15).then_some(number as i64)
}

/// A number, with a decimal point or comma; where both stand, the last is the decimal sign.
pub fn number(text: &str) -> Option<f64> {
    let plain = text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b',' | b'-' | b'+' | b'e' | b'E'));
    if !plain {
        return None;
    }
    let comma = text.rfind(',');
    let point = text.rfind('.');
    let text: Cow<'_, str> = match (comma, point) {
        (None, _) => text.into(),
        (Some(comma), Some(point)) if comma < point => text.replace(',', "").into(),
        (Some(_), Some(_)) => text.replace('.', "").replace(',', ".").into(),
        (Some(_), None) => text.replace(',', ".").into(),
    };
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

/// A day: `2020-12-31`, `20201231`, `31-12-2020`, `31/12/2020`, `31.12.2020`, `31DEC2020`, each also with a time behind.
pub fn day(text: &str) -> Option<Days> {
    let bytes = text.as_bytes();
    let digits = bytes.iter().take_while(|b| b.is_ascii_digit()).count();
    let date = match digits {
        4 if bytes.get(4) == Some(&b'-') => (&text[..4], text.get(5..7)?, text.get(8..10)?, bytes.get(7)? == &b'-', 10),
        8 => (&text[..4], &text[4..6], &text[6..8], true, 8),
        1 | 2 if matches!(bytes.get(digits), Some(b'-' | b'/' | b'.')) => return day_first(text, digits),
        1 | 2 => return month_in_letters(text, digits),
        _ => return None,
    };
    let (year, month, day, separated, end) = date;
    (separated && time_or_nothing(&text[end..])).then_some(())?;
    days(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
}

/// A day with its time, in microseconds from 1970-01-01; without a time it is the beginning of the day.
pub fn moment(text: &str) -> Option<i64> {
    let midnight = || Some(i64::from(day(text)?) * 86_400_000_000);
    match text.len() {
        ..=10 => midnight(),
        _ => {
            let at: jiff::civil::DateTime = text.parse().ok()?;
            let since = at.duration_since(jiff::civil::date(1970, 1, 1).at(0, 0, 0, 0));
            i64::try_from(since.as_micros()).ok()
        }
    }
}

fn day_first(text: &str, digits: usize) -> Option<Days> {
    let separator = char::from(*text.as_bytes().get(digits)?);
    let mut parts = text.splitn(3, separator);
    let (day, month, rest) = (parts.next()?, parts.next()?, parts.next()?);
    let year = rest.get(..4)?;
    (month.len() <= 2 && time_or_nothing(&rest[4..])).then_some(())?;
    days(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
}

/// SAS writes `31DEC2020` and `31DEC2020:12:00:00`.
fn month_in_letters(text: &str, digits: usize) -> Option<Days> {
    const MONTHS: [&str; 12] = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
    let (day, rest) = text.split_at(digits);
    let name = rest.get(..3)?.to_ascii_uppercase();
    let name = match name.as_str() {
        "MAJ" => "MAY",
        "OKT" => "OCT",
        other => other,
    };
    let month = i8::try_from(MONTHS.iter().position(|m| *m == name)? + 1).ok()?;
    let year = rest.get(3..7)?;
    let rest = &rest[7..];
    time_or_nothing(rest.strip_prefix(':').map_or(rest, |time| if time.is_empty() { rest } else { time }))
        .then_some(())?;
    days(year.parse().ok()?, month, day.parse().ok()?)
}

fn time_or_nothing(rest: &str) -> bool {
    rest.bytes().all(|b| b.is_ascii_digit() || matches!(b, b':' | b'.' | b' ' | b'T' | b'Z' | b'+' | b'-'))
}

/// A day by its year, month and day of the month.
pub fn days(year: i16, month: i8, day: i8) -> Option<Days> {
    let date = jiff::civil::Date::new(year, month, day).ok()?;
    let epoch = jiff::civil::date(1970, 1, 1);
    (date - epoch).get_days().into()
}

/// The Monday of the week `yyww`; years from 70 are of the twentieth century.
pub fn week(text: &str) -> Option<Days> {
    if text.len() != 4 || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let (year, week): (i16, i8) = (text[..2].parse().ok()?, text[2..].parse().ok()?);
    let year = if year >= 70 { 1900 + year } else { 2000 + year };
    let date = jiff::civil::ISOWeekDate::new(year, week, jiff::civil::Weekday::Monday).ok()?.date();
    (date - jiff::civil::date(1970, 1, 1)).get_days().into()
}

/// A text as its column holds it.
pub fn text(kind: Kind, text: &str) -> Cow<'_, str> {
    match kind {
        Kind::Text(length) if text.len() < length && text.bytes().all(|b| b.is_ascii_digit()) => {
            format!("{text:0>length$}").into()
        }
        // A CPR number with its hyphen is the same number.
        Kind::PersonKey if is_hyphened_cpr(text) => text.replace('-', "").into(),
        _ => text.into(),
    }
}

fn is_hyphened_cpr(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() == 11 && bytes[6] == b'-' && bytes.iter().enumerate().all(|(i, b)| i == 6 || b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_in_every_spelling() {
        let new_years_eve = Some(18627);
        for (text, expected) in [
            ("2020-12-31", new_years_eve),
            ("2020-12-31 23:59:59", new_years_eve),
            ("2020-12-31T23:59:59.123Z", new_years_eve),
            ("20201231", new_years_eve),
            ("31-12-2020", new_years_eve),
            ("31/12/2020", new_years_eve),
            ("31.12.2020", new_years_eve),
            ("31.12.2020 08:00", new_years_eve),
            ("31DEC2020", new_years_eve),
            ("31dec2020:12:00:00", new_years_eve),
            ("1-1-1970", Some(0)),
            ("1969-12-31", Some(-1)),
            ("1okt1970", Some(273)),
            ("2021-02-29", None),
            ("31-12-20", None),
            ("12/31/2020", None),
            ("2020-12-31x", None),
            ("2020", None),
            ("", None),
            ("æ", None),
            ("31æø2020", None),
            ("2020-1æ-31", None),
        ] {
            assert_eq!(day(text), expected, "{text}");
        }
    }

    #[test]
    fn moments_in_every_spelling() {
        for (text, expected) in [
            ("1970-01-01", Some(0)),
            ("19700102", Some(86_400_000_000)),
            ("1970-01-01 00:00:01", Some(1_000_000)),
            ("1970-01-01T00:00:00.000002", Some(2)),
            ("1969-12-31 23:59:59", Some(-1_000_000)),
            ("1970-01-01 25:00:00", None),
            ("yesterday", None),
        ] {
            assert_eq!(moment(text), expected, "{text}");
        }
    }

    #[test]
    fn numbers_with_point_and_comma() {
        for (text, expected) in [
            ("48", Some(48.0)),
            ("6,5", Some(6.5)),
            ("6.5", Some(6.5)),
            ("1.234,5", Some(1234.5)),
            ("1,234.5", Some(1234.5)),
            ("-1e3", Some(-1000.0)),
            ("<5", None),
            ("inf", None),
            ("1,2,3", None),
            ("4 8", None),
        ] {
            assert_eq!(number(text), expected, "{text}");
        }
        for (text, expected) in [("2", Some(2)), ("2.0", Some(2)), ("2,00", Some(2)), ("2.5", None), ("1e300", None)] {
            assert_eq!(integer(text), expected, "{text}");
        }
    }

    #[test]
    fn weeks_and_texts() {
        assert_eq!(week("0501"), day("2005-01-03"));
        assert_eq!(week("9953"), None); // 1999 had 52 weeks
        assert_eq!(week("9852"), day("1998-12-21"));
        assert_eq!(week("050"), None);
        assert_eq!(text(Kind::Text(2), "8"), "08");
        assert_eq!(text(Kind::Text(5), "54a"), "54a");
        assert_eq!(text(Kind::PersonKey, "020160-9995"), "0201609995");
        assert_eq!(text(Kind::PersonKey, "a-b"), "a-b");
    }
}
