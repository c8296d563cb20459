//! What stands in a cell, as an answer of FHIR.

use super::mapping::{Column, ColumnKind, Mapping};
use crate::hl7;
use jiff::civil;
use serde_json::{Value, json};

/// The member and value of the answer, or what is wrong, with a remedy and without the value.
pub fn answer(mapping: &Mapping, column: &Column, text: &str) -> Result<Value, &'static str> {
    Ok(match column.kind {
        ColumnKind::String => json!({ "valueString": text }),
        ColumnKind::Integer | ColumnKind::Decimal => number(mapping, column, text)?,
        ColumnKind::Date => {
            let day = day(text).ok_or("is no day; write it as `31-12-2026` or `2026-12-31`")?;
            json!({ "valueDate": day.to_string() })
        }
        ColumnKind::DateTime => json!({ "valueDateTime": moment(text).ok_or(NO_MOMENT)? }),
        ColumnKind::Boolean => {
            json!({ "valueBoolean": truth(text).ok_or("is neither yes nor no; write `ja` or `nej`")? })
        }
        ColumnKind::Choice => {
            let unknown = "holds a code that the mapping does not know; correct it, or add it to `values` or `missing`";
            json!({ "valueCoding": column.coding(text).ok_or(unknown)? })
        }
    })
}

/// What is told of a moment that cannot be read.
pub const NO_MOMENT: &str = "is no day or moment; write it as `31-12-2026` or `31-12-2026 08:15`";

fn number(mapping: &Mapping, column: &Column, text: &str) -> Result<Value, &'static str> {
    let whole = column.kind == ColumnKind::Integer;
    let other = if mapping.decimal == ',' { '.' } else { ',' };
    if text.contains(other) {
        return Err(match other {
            '.' => "has a point, and the mapping says decimal comma; correct the number or `decimal`",
            _ => "has a comma, and the mapping says decimal point; correct the number or `decimal`",
        });
    }
    let digits = text.replace(mapping.decimal, ".");
    let plain = digits.strip_prefix(['-', '+']).unwrap_or(&digits);
    let is_number = plain.starts_with(|c: char| c.is_ascii_digit())
        && plain.ends_with(|c: char| c.is_ascii_digit())
        && plain.bytes().all(|b| b.is_ascii_digit() || b == b'.')
        && plain.matches('.').count() <= 1;
    let value: f64 =
        digits.parse().ok().filter(|_| is_number).ok_or("is no number; correct it, or add it to `missing`")?;
    if column.min.is_some_and(|min| value < min) || column.max.is_some_and(|max| value > max) {
        return Err("is outside of `min` and `max`; correct it, or add it to `missing`");
    }
    let given = match digits.parse::<i64>() {
        Ok(number) => json!(number),
        Err(_) if whole => return Err("is no whole number; correct it, or write `type = \"decimal\"` in the mapping"),
        Err(_) => json!(value),
    };
    Ok(match &column.unit {
        Some(unit) => json!({ "valueQuantity":
            { "value": given, "unit": unit, "system": "http://unitsofmeasure.org", "code": unit } }),
        None if whole => json!({ "valueInteger": given }),
        None => json!({ "valueDecimal": given }),
    })
}

fn truth(text: &str) -> Option<bool> {
    match text.to_lowercase().as_str() {
        "ja" | "j" | "1" | "true" | "yes" | "y" => Some(true),
        "nej" | "n" | "0" | "false" | "no" => Some(false),
        _ => None,
    }
}

/// A day, with or without a time; a time is Danish civil time.
pub fn moment(text: &str) -> Option<String> {
    // A month's name may have the sign in it that stands before a time.
    if let Some(day) = day(text) {
        return Some(day.to_string());
    }
    let (date, time) = text.split_once([' ', 'T'])?;
    let day = day(date)?;
    let parts: Vec<&str> = time.trim().split(':').collect();
    let two = |part: &&str| part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit());
    if !(2..=3).contains(&parts.len()) || !parts.iter().all(two) {
        return None;
    }
    let part = |at: usize| parts.get(at).map_or(Some(0), |part| part.parse::<i8>().ok());
    civil::Time::new(part(0)?, part(1)?, part(2)?, 0).ok()?;
    Some(hl7::moment(&format!("{}{}", day.strftime("%Y%m%d"), parts.concat())))
}

const MONTHS: [&[&str]; 12] = [
    &["jan"],
    &["feb"],
    &["mar"],
    &["apr"],
    &["may", "maj"],
    &["jun"],
    &["jul"],
    &["aug"],
    &["sep"],
    &["oct", "okt"],
    &["nov"],
    &["dec"],
];

/// A day as it is written in Denmark, by ISO 8601, or by SAS; the year has four digits.
fn day(text: &str) -> Option<civil::Date> {
    let parts: Vec<&str> = text.split(['-', '.', '/']).collect();
    let (year, month, day) = match parts.as_slice() {
        [year, month, day] if year.len() == 4 => (*year, *month, *day),
        [day, month, year] if year.len() == 4 => (*year, *month, *day),
        [plain] if plain.len() == 8 && plain.bytes().all(|b| b.is_ascii_digit()) => {
            (&plain[..4], &plain[4..6], &plain[6..])
        }
        [plain] if plain.len() == 9 && plain.is_ascii() => {
            let name = plain[2..5].to_lowercase();
            let month = MONTHS.iter().position(|names| names.contains(&name.as_str()))?;
            let month = i8::try_from(month + 1).ok()?;
            return civil::Date::new(plain[5..].parse().ok()?, month, plain[..2].parse().ok()?).ok();
        }
        _ => return None,
    };
    let short = |part: &str| (1..=2).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    if !short(month) || !short(day) || !year.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    civil::Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_moments() {
        for (text, expected) in [
            ("31-12-2026", Some("2026-12-31")),
            ("1/2/2026", Some("2026-02-01")),
            ("01.02.2026", Some("2026-02-01")),
            ("2026-02-01", Some("2026-02-01")),
            ("20260201", Some("2026-02-01")),
            ("01MAJ2026", Some("2026-05-01")),
            ("01may2026", Some("2026-05-01")),
            ("31OCT2026", Some("2026-10-31")),
            ("01-02-2026 08:15", Some("2026-02-01T08:15:00+01:00")),
            ("2026-07-01T08:15:30", Some("2026-07-01T08:15:30+02:00")),
            ("30-02-2026", None),
            ("01-02-26", None),
            ("01-02-2026 25:00", None),
            ("canary", None),
            ("0æMAJ202", None),
            ("+1-02-2026", None),
        ] {
            assert_eq!(moment(text).as_deref(), expected, "{text}");
        }
    }
}
