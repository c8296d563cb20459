//! Dates and times of partial precision: `2014`, `2014-03`, `2014-03-01T10:30`, `10:30:00.123`.

mod calendar;
mod text;

pub use calendar::{civil_from_days, days_from_civil, days_in_month};

use std::cmp::Ordering;

/// Which of the three types a value has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TemporalKind {
    /// Year, month, day.
    Date,
    /// Date with time of day and perhaps an offset.
    DateTime,
    /// Time of day.
    Time,
}

/// The finest part that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Precision {
    Year,
    Month,
    Day,
    Hour,
    Minute,
    Second,
    Millisecond,
}

/// A date, a date with time or a time of day, as precise as written. Parts finer than the precision hold their least value.
#[derive(Debug, Clone, Copy)]
pub struct Temporal {
    /// Its type.
    pub kind: TemporalKind,
    /// Its finest known part.
    pub precision: Precision,
    /// 1 to 9999.
    pub year: i32,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
    /// 0 to 23.
    pub hour: u8,
    /// 0 to 59.
    pub minute: u8,
    /// 0 to 59, or 60 for a leap second.
    pub second: u8,
    /// Nanoseconds of the second.
    pub nanos: u32,
    /// Digits of the fraction as written.
    pub fraction_digits: u8,
    /// Minutes east of UTC.
    pub offset: Option<i16>,
}

impl Temporal {
    const START: Self = Self {
        kind: TemporalKind::Date,
        precision: Precision::Year,
        year: 1,
        month: 1,
        day: 1,
        hour: 0,
        minute: 0,
        second: 0,
        nanos: 0,
        fraction_digits: 0,
        offset: None,
    };

    /// The date of it.
    #[must_use]
    pub fn to_date(self) -> Self {
        let precision = self.precision.min(Precision::Day);
        let Self { year, month, day, .. } = self;
        Self { kind: TemporalKind::Date, precision, year, month, day, ..Self::START }
    }

    /// The time of day of it.
    #[must_use]
    pub fn to_time(self) -> Option<Self> {
        let fine = self.kind != TemporalKind::Date && self.precision >= Precision::Hour;
        fine.then_some(Self { kind: TemporalKind::Time, year: 1, month: 1, day: 1, offset: None, ..self })
    }

    /// As a date with time, of the precision it has.
    #[must_use]
    pub const fn to_date_time(self) -> Self {
        Self { kind: TemporalKind::DateTime, ..self }
    }

    /// Digits as written: 4 for a year, 17 for milliseconds; times have 8 fewer.
    #[must_use]
    pub fn digits(self) -> i64 {
        let date = match self.precision {
            Precision::Year => 4,
            Precision::Month => 6,
            Precision::Day => 8,
            Precision::Hour => 10,
            Precision::Minute => 12,
            Precision::Second => 14,
            Precision::Millisecond => 14 + i64::from(self.fraction_digits),
        };
        if self.kind == TemporalKind::Time { date - 8 } else { date }
    }

    /// Nanoseconds from the first day of year 1 in its own clock, its finer parts at their least value.
    #[must_use]
    pub fn local_nanos(self) -> i128 {
        let days = i128::from(days_from_civil(self.year, self.month, self.day));
        let seconds = days * 86_400 + i128::from(self.hour) * 3600 + i128::from(self.minute) * 60;
        (seconds + i128::from(self.second)) * 1_000_000_000 + i128::from(self.nanos)
    }

    fn utc_nanos(self) -> i128 {
        self.local_nanos() - i128::from(self.offset.unwrap_or(0)) * 60_000_000_000
    }

    /// The same moment in UTC, where it has an offset and at least an hour.
    #[must_use]
    pub fn to_utc(self) -> Self {
        match self.offset {
            Some(offset) if offset != 0 && self.precision >= Precision::Hour => {
                let moved = self.from_local_nanos(self.utc_nanos());
                // Half hours of offset reach the minutes, which an hour's precision does not tell.
                Self { offset: Some(0), ..moved }
            }
            _ => self,
        }
    }

    /// The value of these nanoseconds with everything else as here.
    #[must_use]
    pub fn from_local_nanos(self, nanos: i128) -> Self {
        let day_length = 86_400_000_000_000;
        let (days, rest) = (nanos.div_euclid(day_length), nanos.rem_euclid(day_length));
        let (year, month, day) = civil_from_days(i64::try_from(days).unwrap_or(0));
        let part = |unit: i128, limit: i128| u8::try_from(rest / unit % limit).unwrap_or(0);
        Self {
            year,
            month,
            day,
            hour: part(3_600_000_000_000, 24),
            minute: part(60_000_000_000, 60),
            second: part(1_000_000_000, 60),
            nanos: u32::try_from(rest % 1_000_000_000).unwrap_or(0),
            ..self
        }
    }

    fn parts(self) -> [i64; 7] {
        let second = i64::from(self.second);
        [
            i64::from(self.year),
            i64::from(self.month),
            i64::from(self.day),
            i64::from(self.hour),
            i64::from(self.minute),
            second,
            i64::from(self.nanos),
        ]
    }

    /// Order where it can be told: `None` where one is more precise than the other and they agree so far, or where only one
    /// has an offset and the order depends on the other's.
    #[must_use]
    pub fn compare(self, other: Self) -> Option<Ordering> {
        let timed = |t: Self| t.precision >= Precision::Hour;
        if self.kind != TemporalKind::Time
            && self.offset.is_some() != other.offset.is_some()
            && (timed(self) || timed(other))
        {
            return self.compare_without_offset(other);
        }
        let (left, right) = (self.to_utc(), other.to_utc());
        let seconds = |p: Precision| p.min(Precision::Second);
        let (fine_left, fine_right) = (seconds(left.precision), seconds(right.precision));
        let shared = fine_left.min(fine_right) as usize;
        let last = if shared == Precision::Second as usize { 6 } else { shared };
        let first = if self.kind == TemporalKind::Time { 3 } else { 0 };
        let (a, b) = (left.parts(), right.parts());
        for part in first..=last {
            match a[part].cmp(&b[part]) {
                Ordering::Equal => {}
                unequal => return Some(unequal),
            }
        }
        (fine_left == fine_right).then_some(Ordering::Equal)
    }

    /// One offset is unknown: the order holds only if it holds for every offset from -12:00 to +14:00.
    fn compare_without_offset(self, other: Self) -> Option<Ordering> {
        let range = |t: Self| {
            let (least, most) = (t.utc_nanos(), t.last_moment().utc_nanos());
            let hour = 3_600_000_000_000;
            if t.offset.is_some() { (least, most) } else { (least - 14 * hour, most + 12 * hour) }
        };
        let ((a_least, a_most), (b_least, b_most)) = (range(self), range(other));
        if a_most < b_least {
            Some(Ordering::Less)
        } else if a_least > b_most {
            Some(Ordering::Greater)
        } else {
            None
        }
    }

    /// Its first and last second that it may mean, counted from 1970 in UTC; without an offset it is taken for UTC.
    #[must_use]
    pub fn seconds(self) -> (i64, i64) {
        let of = |t: Self| {
            let since_1970 = t.utc_nanos() - i128::from(days_from_civil(1970, 1, 1)) * 86_400_000_000_000;
            i64::try_from(since_1970.div_euclid(1_000_000_000)).unwrap_or(0)
        };
        (of(self), of(self.last_moment()))
    }

    /// The last nanosecond that it may mean.
    fn last_moment(self) -> Self {
        let mut last = self;
        if self.precision < Precision::Month {
            last.month = 12;
        }
        if self.precision < Precision::Day {
            last.day = days_in_month(last.year, last.month);
        }
        if self.precision < Precision::Hour {
            last.hour = 23;
        }
        if self.precision < Precision::Minute {
            last.minute = 59;
        }
        if self.precision < Precision::Second {
            last.second = 59;
        }
        if self.precision <= Precision::Second {
            last.nanos = 999_999_999;
        }
        last
    }

    /// Its earliest or latest reading with `digits` digits (see [`Temporal::digits`]); `None` where there is no such precision.
    #[must_use]
    pub fn boundary(self, high: bool, digits: Option<i64>) -> Option<Self> {
        let target = match (self.kind, digits) {
            (TemporalKind::Date, None) => 8,
            (TemporalKind::DateTime, None) => 17,
            (TemporalKind::Time, None) => 9,
            (_, Some(digits)) => digits,
        };
        let wanted = if self.kind == TemporalKind::Time { target + 8 } else { target };
        let precision = match wanted {
            4 => Precision::Year,
            6 => Precision::Month,
            8 => Precision::Day,
            10 => Precision::Hour,
            12 => Precision::Minute,
            14 => Precision::Second,
            17 => Precision::Millisecond,
            _ => return None,
        };
        let limits = match self.kind {
            TemporalKind::Date => Precision::Year..=Precision::Day,
            TemporalKind::DateTime => Precision::Year..=Precision::Millisecond,
            TemporalKind::Time => Precision::Hour..=Precision::Millisecond,
        };
        if !limits.contains(&precision) {
            return None;
        }
        let mut value = if high { self.last_moment() } else { self };
        if precision == Precision::Millisecond {
            value.fraction_digits = 3;
            value.nanos = value.nanos / 1_000_000 * 1_000_000;
        }
        value.precision = precision;
        if self.kind == TemporalKind::DateTime {
            let outermost = if high { -12 * 60 } else { 14 * 60 };
            value.offset = (precision >= Precision::Hour).then(|| self.offset.unwrap_or(outermost));
        }
        Some(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_is_printed_alike() {
        for text in
            ["2014", "2014-03", "2014-03-01", "2014-03-01T10", "2014-03-01T10:30:00.120+02:00", "2014-01-01T00:00Z"]
        {
            assert_eq!(Temporal::parse_date_time(text).map(|t| t.to_string()).as_deref(), Some(text));
        }
        for text in [
            "14",
            "2014-13",
            "2014-02-29",
            "2014-2",
            "2014-01-01T25",
            "2014-01-01T10:60",
            "2014T10",
            "2014-01-01T10:00+15:00",
            "åååå",
        ] {
            assert!(Temporal::parse_date_time(text).is_none(), "{text}");
        }
        assert_eq!(Temporal::parse_time("10:30:00.5").map(|t| t.to_string()).as_deref(), Some("10:30:00.5"));
    }

    #[test]
    fn order_is_told_only_where_it_is_known() {
        use Ordering::{Equal, Greater, Less};
        for (left, right, order) in [
            ("2012-04-15", "2012-04-15", Some(Equal)),
            ("2018-03", "2018-03-01", None),
            ("2018-03", "2018-04-01", Some(Less)),
            ("2012-04-15T15:30:31", "2012-04-15T15:30:31.0", Some(Equal)),
            ("2012-04-15T15:30:31", "2012-04-15T15:30:31.1", Some(Less)),
            ("2012-04-15T15:00:00+02:00", "2012-04-15T16:00:00+03:00", Some(Equal)),
            ("2012-04-15T15:00:00Z", "2012-04-15T10:00:00", None),
            ("2012-04-18T15:00:00Z", "2012-04-15T10:00:00", Some(Greater)),
        ] {
            let [left, right] = [left, right].map(|t| Temporal::parse_date_time(t).unwrap());
            assert_eq!(left.compare(right), order, "{left} {right}");
        }
    }

    #[test]
    fn boundaries_fill_what_is_unknown() {
        for (text, high, digits, expected) in [
            ("2010-10-10", false, None, "2010-10-10T00:00:00.000+14:00"),
            ("2010-10-10", true, None, "2010-10-10T23:59:59.999-12:00"),
            ("2014-01-01T08:05+08:00", true, Some(17), "2014-01-01T08:05:59.999+08:00"),
            ("2014-01-01T08", false, Some(8), "2014-01-01"),
            ("2012-02", true, Some(8), "2012-02-29"),
        ] {
            let value = Temporal::parse_date_time(text).unwrap().boundary(high, digits).unwrap();
            assert_eq!(value.to_string(), expected, "{text}");
        }
        assert!(Temporal::parse_date("2014").unwrap().boundary(true, Some(17)).is_none());
    }

    #[test]
    fn days_count_both_ways() {
        for days in [-719_162, -1, 0, 59, 60, 11_016, 2_932_896] {
            let (y, m, d) = civil_from_days(days);
            assert_eq!(days_from_civil(y, m, d), days);
        }
        assert_eq!(civil_from_days(0), (1970, 1, 1));
    }
}
