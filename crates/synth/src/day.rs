//! Days as numbers from 1970-01-01, and as texts.

use jiff::civil::Date;

/// Days from 1970-01-01.
pub type Day = i32;

/// Mean length of a year, in days.
pub const YEAR: f64 = 365.25;

/// The day of a date that is known to exist.
pub fn day(year: i16, month: i8, day: i8) -> Day {
    Date::new(year, month, day).map_or(0, number)
}

/// The date of a day.
pub fn date(day: Day) -> Date {
    let epoch = Date::constant(1970, 1, 1);
    epoch.checked_add(jiff::Span::new().days(i64::from(day))).unwrap_or(epoch)
}

/// Appends the day as `2020-12-31`.
pub fn push(out: &mut Vec<u8>, day: Day) {
    let date = date(day);
    push_digits(out, i32::from(date.year()), 4);
    out.push(b'-');
    push_digits(out, i32::from(date.month()), 2);
    out.push(b'-');
    push_digits(out, i32::from(date.day()), 2);
}

/// Appends the week as `yyww` (ISO 8601).
pub fn push_week(out: &mut Vec<u8>, day: Day) {
    let week = date(day).iso_week_date();
    push_digits(out, i32::from(week.year()) % 100, 2);
    push_digits(out, i32::from(week.week()), 2);
}

/// Appends a number with leading zeros.
pub fn push_digits(out: &mut Vec<u8>, number: i32, width: usize) {
    let text = number.to_string();
    out.extend(std::iter::repeat_n(b'0', width.saturating_sub(text.len())));
    out.extend(text.bytes());
}

fn number(date: Date) -> Day {
    date.since(Date::constant(1970, 1, 1)).map_or(0, |span| span.get_days())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_weeks_as_text() {
        for (year, month, of_month, text, week) in [
            (1970, 1, 1, "1970-01-01", "7001"),
            (1915, 2, 28, "1915-02-28", "1508"),
            (2024, 2, 29, "2024-02-29", "2409"),
            (2010, 1, 3, "2010-01-03", "0953"),
        ] {
            let day = day(year, month, of_month);
            let (mut out, mut weeks) = (Vec::new(), Vec::new());
            push(&mut out, day);
            push_week(&mut weeks, day);
            assert_eq!((out, weeks), (text.as_bytes().to_vec(), week.as_bytes().to_vec()));
        }
    }
}
