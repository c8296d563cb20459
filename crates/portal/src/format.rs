//! Numbers, shares and times as the reader's language writes them.

use crate::Locale;
use indgang_model::Timestamp;
use jiff::tz::TimeZone;
use std::sync::LazyLock;

/// Danish civil time since 1980, by its rule: the portal needs no time-zone database on the machine.
static COPENHAGEN: LazyLock<TimeZone> = LazyLock::new(|| {
    TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").expect("the rule of Central European Time is a POSIX time zone")
});

/// The day in Denmark.
pub fn day(at: Timestamp) -> jiff::civil::Date {
    at.to_zoned(COPENHAGEN.clone()).date()
}

/// A whole number with the language's thousands separator: `1.234` or `1,234`.
pub fn integer(locale: Locale, value: u64) -> String {
    let digits = value.to_string();
    let separator = match locale {
        Locale::Da => '.',
        Locale::En => ',',
    };
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(separator);
        }
        out.push(digit);
    }
    out
}

/// A number with a fixed count of decimals: `1.234,5` or `1,234.5`. The minus is U+2212.
pub fn decimal(locale: Locale, value: f64, decimals: usize) -> String {
    if !value.is_finite() {
        return "–".to_owned();
    }
    let text = format!("{:.decimals$}", value.abs());
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let zero = text.bytes().all(|b| b == b'0' || b == b'.');
    let sign = if value < 0.0 && !zero { "\u{2212}" } else { "" };
    let whole = whole.parse().map_or_else(|_| whole.to_owned(), |n| integer(locale, n));
    let point = match locale {
        Locale::Da => ',',
        Locale::En => '.',
    };
    if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}{point}{fraction}") }
}

/// A number with its sign, plus included: `+2,3`, `−0,4`.
pub fn signed(locale: Locale, value: f64, decimals: usize) -> String {
    let text = decimal(locale, value, decimals);
    if value > 0.0 && text.bytes().any(|b| (b'1'..=b'9').contains(&b)) { format!("+{text}") } else { text }
}

/// A share 0 to 1 as per cent: `25 %` in Danish, `25%` in English.
pub fn percent(locale: Locale, share: f64, decimals: usize) -> String {
    let number = decimal(locale, share * 100.0, decimals);
    match locale {
        Locale::Da => format!("{number}\u{a0}%"),
        Locale::En => format!("{number}%"),
    }
}

/// A population frequency 0 to 1 in per cent with two significant digits, however rare.
pub fn frequency(locale: Locale, share: f64) -> String {
    if share <= 0.0 {
        return percent(locale, 0.0, 0);
    }
    let magnitude = (share * 100.0).log10().floor();
    // Between 0 and 8 decimals: from 10 % and up none, down to one in ten billion.
    let decimals = (1.0 - magnitude).clamp(0.0, 8.0);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0–8 above")]
    percent(locale, share, decimals as usize)
}

/// The first moment of a day in Denmark; `None` outside the calendar.
pub fn midnight(day: jiff::civil::Date) -> Option<Timestamp> {
    day.to_zoned(COPENHAGEN.clone()).ok().map(|zoned| zoned.timestamp())
}

/// The moment of a field for date and time, which is in Danish civil time: `2026-11-23T14:05`, with seconds or without.
pub fn local(text: &str) -> Option<Timestamp> {
    let civil: jiff::civil::DateTime = text.parse().ok()?;
    civil.to_zoned(COPENHAGEN.clone()).ok().map(|zoned| zoned.timestamp())
}

/// A moment in Danish civil time: `23. november 2026 kl. 14.05` or `23 November 2026 at 14:05`.
pub fn moment(locale: Locale, at: Timestamp) -> String {
    let local = at.to_zoned(COPENHAGEN.clone());
    let month = locale.t(&format!("month-{}", local.month()));
    match locale {
        Locale::Da => {
            format!("{}. {month} {} kl. {:02}.{:02}", local.day(), local.year(), local.hour(), local.minute())
        }
        Locale::En => format!("{} {month} {} at {:02}:{:02}", local.day(), local.year(), local.hour(), local.minute()),
    }
}

/// A date or moment of FHIR as precise as it was written: `4. marts 2021 kl. 08.15`, `March 2021`, `2021`. A moment in UTC
/// is told in Danish time, others in the clock they were written in. What is none is shown as it is.
pub fn partial(locale: Locale, text: &str) -> String {
    let part = |range: std::ops::Range<usize>| text.get(range).and_then(|digits| digits.parse::<u8>().ok());
    let (Some(year), Some(month)) = (text.get(..4), part(5..7).filter(|month| (1..=12).contains(month))) else {
        return text.to_owned();
    };
    let name = locale.t(&format!("month-{month}"));
    let Some(day) = part(8..10) else { return format!("{name} {year}") };
    let date = match locale {
        Locale::Da => format!("{day}. {name} {year}"),
        Locale::En => format!("{day} {name} {year}"),
    };
    // Midnight to the second is what systems write that know the day only.
    match (part(11..13), part(14..16)) {
        (Some(0), Some(0)) if text.get(17..19).is_none_or(|seconds| seconds == "00") => date,
        (Some(_), Some(_)) if text.ends_with('Z') => {
            text.parse().map_or_else(|_| text.to_owned(), |at| moment(locale, at))
        }
        (Some(hour), Some(minute)) => match locale {
            Locale::Da => format!("{date} kl. {hour:02}.{minute:02}"),
            Locale::En => format!("{date} at {hour:02}:{minute:02}"),
        },
        _ => date,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_as_precise_as_written() {
        for (text, da, en) in [
            ("2021", "2021", "2021"),
            ("2021-03", "marts 2021", "March 2021"),
            ("2021-03-04", "4. marts 2021", "4 March 2021"),
            ("2021-03-04T08:15:00+01:00", "4. marts 2021 kl. 08.15", "4 March 2021 at 08:15"),
            ("2021-03-04T08:15:00Z", "4. marts 2021 kl. 09.15", "4 March 2021 at 09:15"),
            ("2021-03-04T00:00:00Z", "4. marts 2021", "4 March 2021"),
            ("2021-13", "2021-13", "2021-13"),
            ("æøå", "æøå", "æøå"),
        ] {
            assert_eq!((partial(Locale::Da, text).as_str(), partial(Locale::En, text).as_str()), (da, en));
        }
    }

    #[test]
    fn numbers() {
        for (value, decimals, da, en) in [
            (1234.5, 1, "1.234,5", "1,234.5"),
            (0.0, 0, "0", "0"),
            (-0.04, 1, "0,0", "0.0"),
            (-2.25, 2, "\u{2212}2,25", "\u{2212}2.25"),
            (1_000_000.0, 0, "1.000.000", "1,000,000"),
            (f64::NAN, 2, "–", "–"),
        ] {
            assert_eq!(decimal(Locale::Da, value, decimals), da);
            assert_eq!(decimal(Locale::En, value, decimals), en);
        }
        assert_eq!(signed(Locale::Da, 2.3, 1), "+2,3");
        assert_eq!(signed(Locale::Da, 0.04, 1), "0,0");
    }

    #[test]
    fn shares() {
        for (share, da) in
            [(0.0, "0\u{a0}%"), (0.25, "25\u{a0}%"), (0.0123, "1,2\u{a0}%"), (0.000_003_98, "0,00040\u{a0}%")]
        {
            assert_eq!(frequency(Locale::Da, share), da);
        }
    }

    #[test]
    fn moments_are_in_danish_time() {
        for (at, da, en) in [
            ("2026-11-23T13:05:00Z", "23. november 2026 kl. 14.05", "23 November 2026 at 14:05"),
            ("2026-07-01T22:30:00Z", "2. juli 2026 kl. 00.30", "2 July 2026 at 00:30"),
        ] {
            let at: Timestamp = at.parse().unwrap();
            assert_eq!(moment(Locale::Da, at), da);
            assert_eq!(moment(Locale::En, at), en);
        }
    }
}
