//! Adding durations to dates and times.

use super::quantity::{Calendar, Quantity, UnitOf};
use super::temporal::{Precision, Temporal, TemporalKind, days_in_month};

/// Why a duration cannot be added.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DurationError {
    /// Not a duration.
    #[error("`{0}` is not a unit of time: use a calendar duration such as `days` or `months`")]
    NotTime(String),
    /// UCUM's mean year or month.
    #[error("`'{0}'` is a mean length: write the calendar duration (`year`, `month`) to move a date")]
    Mean(String),
}

/// `temporal + quantity`, or `-` with `sign` −1; `None` beyond year 1 to 9999.
///
/// Parts of a quantity finer than the value's precision are dropped, and so are fractions of all but seconds.
///
/// # Errors
///
/// A unit that is no duration, or UCUM's mean year or month.
pub fn add(temporal: Temporal, quantity: &Quantity<'_>, sign: i64) -> Result<Option<Temporal>, DurationError> {
    let unit = match &quantity.unit {
        UnitOf::Calendar(unit) => *unit,
        UnitOf::Ucum(code) => match Calendar::of_ucum(code) {
            Some(Calendar::Year | Calendar::Month) => return Err(DurationError::Mean(code.to_string())),
            Some(unit) => unit,
            None => Calendar::parse(code).ok_or_else(|| DurationError::NotTime(code.to_string()))?,
        },
    };
    let whole = quantity.value.truncated(0).to_integer().map(|n| n.saturating_mul(sign));
    let Some(whole) = whole else { return Ok(None) };
    Ok(match (temporal.kind, unit) {
        (TemporalKind::Time, Calendar::Hour | Calendar::Minute | Calendar::Second | Calendar::Millisecond) => {
            let nanos = nanos(unit, quantity, whole, sign, temporal.precision);
            let day = 86_400_000_000_000;
            let start = Temporal { year: 1970, ..temporal };
            Some(Temporal {
                year: 1,
                month: 1,
                day: 1,
                ..temporal.from_local_nanos((start.local_nanos() + nanos).rem_euclid(day))
            })
        }
        (TemporalKind::Time, _) => return Err(DurationError::NotTime(quantity.code().to_owned())),
        (_, Calendar::Year) => add_months(temporal, whole.saturating_mul(12)),
        (_, Calendar::Month) if temporal.precision == Precision::Year => add_months(temporal, whole / 12 * 12),
        (_, Calendar::Month) => add_months(temporal, whole),
        _ if temporal.precision < Precision::Day => add_days_to_coarse(temporal, unit, whole),
        _ => {
            let nanos = nanos(unit, quantity, whole, sign, temporal.precision);
            let moved = temporal.from_local_nanos(temporal.local_nanos() + nanos);
            within(moved)
        }
    })
}

fn within(value: Temporal) -> Option<Temporal> {
    (1..=9999).contains(&value.year).then_some(value)
}

fn add_months(temporal: Temporal, months: i64) -> Option<Temporal> {
    let count = (i64::from(temporal.year) * 12 + i64::from(temporal.month) - 1).checked_add(months)?;
    let year = i32::try_from(count.div_euclid(12)).ok()?;
    let month = u8::try_from(count.rem_euclid(12) + 1).ok()?;
    // The 31st of a shorter month is its last day.
    let day = temporal.day.min(days_in_month(year, month));
    within(Temporal { year, month, day, ..temporal })
}

/// A year has 365 days and a month 30 when days are added to a date that has none (FHIRPath, Date/Time arithmetic).
fn add_days_to_coarse(temporal: Temporal, unit: Calendar, whole: i64) -> Option<Temporal> {
    let days = match unit {
        Calendar::Week => whole.saturating_mul(7),
        Calendar::Day => whole,
        Calendar::Hour => whole / 24,
        Calendar::Minute => whole / 1440,
        Calendar::Second => whole / 86_400,
        _ => whole / 86_400_000,
    };
    let months = if temporal.precision == Precision::Year { days / 365 * 12 } else { days / 30 };
    add_months(temporal, months)
}

fn nanos(unit: Calendar, quantity: &Quantity<'_>, whole: i64, sign: i64, precision: Precision) -> i128 {
    let (length, least) = match unit {
        Calendar::Week => (7 * 86_400_000_000_000, Precision::Day),
        Calendar::Day => (86_400_000_000_000, Precision::Day),
        Calendar::Hour => (3_600_000_000_000, Precision::Hour),
        Calendar::Minute => (60_000_000_000, Precision::Minute),
        Calendar::Second => (1_000_000_000, Precision::Second),
        _ => (1_000_000, Precision::Millisecond),
    };
    let exact = if least >= Precision::Second {
        let scaled = quantity.value.times(length.into()).map(|v| v.truncated(0).mantissa());
        scaled.unwrap_or(0) * i128::from(sign)
    } else {
        i128::from(whole) * i128::from(length)
    };
    let grain: i128 = match precision {
        Precision::Year | Precision::Month | Precision::Day => 86_400_000_000_000,
        Precision::Hour => 3_600_000_000_000,
        Precision::Minute => 60_000_000_000,
        Precision::Second => 1_000_000_000,
        Precision::Millisecond => 1_000_000,
    };
    exact / grain * grain
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::decimal::Decimal;

    #[test]
    fn durations_move_dates() {
        for (text, value, unit, expected) in [
            ("1973-12-25", "7.7", "days", "1974-01-01"),
            ("1973-12-25T00:00:00.000+10:00", "10", "ms", "1973-12-25T00:00:00.010+10:00"),
            ("1973-12-25T00:00:00.000+10:00", "0.1", "s", "1973-12-25T00:00:00.100+10:00"),
            ("2012-01-31", "1", "month", "2012-02-29"),
            ("2012-02-29", "1", "year", "2013-02-28"),
            ("2014", "25", "months", "2016"),
            ("2014-01", "60", "days", "2014-03"),
            ("2014-01-01", "25", "hours", "2014-01-02"),
            ("2014-01-01T23:30", "45", "minutes", "2014-01-02T00:15"),
        ] {
            let unit = Calendar::parse(unit).map_or(UnitOf::Ucum(unit.into()), UnitOf::Calendar);
            let quantity = Quantity { value: Decimal::parse(value).unwrap(), unit };
            let moved = add(Temporal::parse_date_time(text).unwrap(), &quantity, 1).unwrap().unwrap();
            assert_eq!(moved.to_string(), expected, "{text}");
        }
        let time = Temporal::parse_time("23:30:00").unwrap();
        let hour = Quantity { value: 1.into(), unit: UnitOf::Calendar(Calendar::Hour) };
        assert_eq!(add(time, &hour, 1).unwrap().unwrap().to_string(), "00:30:00");
        assert_eq!(add(time, &hour, -1).unwrap().unwrap().to_string(), "22:30:00");
        let date = Temporal::parse_date("1973-12-25").unwrap();
        assert!(add(date, &Quantity::ucum(1.into(), "mo"), 1).is_err());
        assert!(add(date, &Quantity::ucum(1.into(), "cm"), 1).is_err());
        assert_eq!(
            add(date, &Quantity { value: 9000.into(), unit: UnitOf::Calendar(Calendar::Year) }, 1)
                .unwrap()
                .map(|d| d.year),
            None
        );
    }
}
