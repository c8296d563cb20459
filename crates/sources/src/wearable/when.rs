//! The time frame of a data point.

use crate::hl7::object;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

/// The member of Observation and its value; none where no time is told.
pub fn effective(frame: &Value) -> Option<(&'static str, Value)> {
    if let Some(moment) = frame["date_time"].as_str() {
        return Some(("effectiveDateTime", json!(moment)));
    }
    let interval = &frame["time_interval"];
    if let Some(day) = interval["date"].as_str() {
        return Some(("effectiveDateTime", json!(day)));
    }
    let (start, end) = (interval["start_date_time"].as_str(), interval["end_date_time"].as_str());
    let long = seconds(&interval["duration"]);
    let shifted = |from: Option<&str>, sign: i64| {
        // A length that would lie outside of all time tells no other end.
        let from: Timestamp = from?.parse().ok()?;
        let moved = from.checked_add(SignedDuration::from_secs(long?.checked_mul(sign)?)).ok()?;
        Some(moved.to_string())
    };
    let start = start.map(str::to_owned).or_else(|| shifted(end, -1));
    let end = end.map(str::to_owned).or_else(|| shifted(start.as_deref(), 1));
    let period = object([("start", json!(start)), ("end", json!(end))]);
    (start.is_some() || end.is_some()).then_some(("effectivePeriod", period))
}

/// Whole seconds of a duration in units of fixed length; a month and a year have none.
fn seconds(duration: &Value) -> Option<i64> {
    let unit = match duration["unit"].as_str()? {
        "ms" => 0.001,
        "sec" | "s" => 1.0,
        "min" => 60.0,
        "h" => 3600.0,
        "d" => 86_400.0,
        "wk" => 604_800.0,
        _ => return None,
    };
    let seconds = duration["value"].as_f64()? * unit;
    // Saturates far outside of what a Timestamp holds, which then refuses it.
    Some(seconds.round() as i64)
}
