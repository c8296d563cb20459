//! When a resource's matter was: its clinical time, else when it was recorded.

use super::text;
use crate::json::{Json, Kind, Node};
use crate::value::temporal::Temporal;

/// From when to when, as written; `end` is empty where it is not told or still runs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Span {
    /// The first moment, of any precision.
    pub start: String,
    /// The last moment, of any precision.
    pub end: String,
}

/// Members that hold a moment or a period, the more clinical first.
const MOMENTS: [&str; 27] = [
    "onsetDateTime",
    "onsetPeriod",
    "effectiveDateTime",
    "effectivePeriod",
    "effectiveInstant",
    "performedDateTime",
    "performedPeriod",
    "occurrenceDateTime",
    "occurrencePeriod",
    "period",
    "started",
    "authored",
    "authoredOn",
    "whenHandedOver",
    "whenPrepared",
    "context",
    "date",
    "dateTime",
    "receivedTime",
    "occurredDateTime",
    "occurredPeriod",
    "billablePeriod",
    "start",
    "recordedDate",
    "recorded",
    "issued",
    "created",
];

/// The span of a resource; `None` where it tells no time.
#[must_use]
pub fn span(json: Json<'_>, node: Node) -> Option<Span> {
    // A sample's matter is its collection.
    let collected = json.member(node, "collection").filter(|collection| json.kind(*collection) == Kind::Object);
    let collected = collected.and_then(|collection| {
        ["collectedDateTime", "collectedPeriod"].iter().find_map(|name| moment(json, json.member(collection, name)?))
    });
    let found = collected.or_else(|| MOMENTS.iter().find_map(|name| moment(json, json.member(node, name)?)))?;
    let end = ["abatementDateTime", "end"].iter().map(|name| text(json, node, name)).find(|end| !end.is_empty());
    Some(Span { end: end.map_or(found.end, std::borrow::Cow::into_owned), start: found.start })
}

fn moment(json: Json<'_>, node: Node) -> Option<Span> {
    let readable = |text: String| Temporal::parse_date_time(&text).map(|_| text);
    match json.kind(node) {
        Kind::String => Some(Span { start: readable(json.string(node)?.into_owned())?, end: String::new() }),
        Kind::Object => {
            let (start, end) = (text(json, node, "start").into_owned(), text(json, node, "end").into_owned());
            let start = readable(if start.is_empty() { end.clone() } else { start })?;
            Some(Span { start, end: readable(end).unwrap_or_default() })
        }
        _ => None,
    }
}

impl Span {
    /// First and last second that it may mean, counted from 1970 in UTC. What runs without an end ends where it begins.
    #[must_use]
    pub fn seconds(&self) -> Option<(i64, i64)> {
        let (first, last) = Temporal::parse_date_time(&self.start)?.seconds();
        let end = Temporal::parse_date_time(&self.end).map(|end| end.seconds().1);
        Some((first, end.unwrap_or(last).max(last)))
    }

    /// The day it begins, as far as it is told: `2021-03-04`, `2021-03` or `2021`.
    #[must_use]
    pub fn day(&self) -> &str {
        self.start.get(..10).unwrap_or(&self.start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::Tape;

    #[test]
    fn the_clinical_time_goes_before_the_time_of_recording() {
        for (members, start, end) in [
            (
                r#""onsetDateTime":"2020-03","recordedDate":"2021-01-02","abatementDateTime":"2020-05""#,
                "2020-03",
                "2020-05",
            ),
            (r#""period":{"start":"2020-01-01T10:00:00Z","end":"2020-01-02"}"#, "2020-01-01T10:00:00Z", "2020-01-02"),
            (r#""period":{"end":"2020-01-02"},"issued":"2021-01-01""#, "2020-01-02", "2020-01-02"),
            (r#""effectiveDateTime":"nonsense","issued":"2021-01-01T00:00:00Z""#, "2021-01-01T00:00:00Z", ""),
        ] {
            let text = format!("{{{members}}}");
            let mut tape = Tape::new();
            let found = span(tape.read(&text).unwrap(), Json::ROOT).unwrap();
            assert_eq!((found.start.as_str(), found.end.as_str()), (start, end), "{members}");
        }
        let mut tape = Tape::new();
        assert_eq!(span(tape.read(r#"{"id":"a"}"#).unwrap(), Json::ROOT), None);
    }

    #[test]
    fn a_partial_date_means_all_of_it() {
        for (start, end, seconds) in [
            ("1970", "", (0, 365 * 86_400 - 1)),
            ("1970-01-01T01:00:00+01:00", "", (0, 0)),
            ("1970-01-02", "1970-01-03", (86_400, 3 * 86_400 - 1)),
        ] {
            let span = Span { start: start.to_owned(), end: end.to_owned() };
            assert_eq!(span.seconds(), Some(seconds), "{start}");
        }
    }
}
