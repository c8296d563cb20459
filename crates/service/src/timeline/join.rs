//! What several sources tell of the same thing becomes one item that names each of them; where they disagree, each is shown.

use super::{TimelineKind, matter};
use indgang_fhir::record::{Coding, LineKind, Measured, Reading, Span};
use indgang_model::{CaseId, Timestamp};
use std::collections::BTreeMap;

/// One thing in a story.
#[derive(Debug, Clone, PartialEq)]
pub struct TimelineItem {
    /// Its kind.
    pub kind: TimelineKind,
    /// Its codes.
    pub codes: Vec<Coding>,
    /// Words for it, as its source wrote them; may be empty.
    pub title: String,
    /// The same in English, where the house has it.
    pub title_en: String,
    /// When.
    pub span: Option<Span>,
    /// FHIR's word for how it stands.
    pub status: String,
    /// What was measured.
    pub readings: Vec<Reading>,
    /// A word more.
    pub note: String,
    /// Who told it, at least one.
    pub sources: Vec<ItemSource>,
    /// What others tell differently.
    pub others: Vec<Other>,
    /// The case, of a genome report.
    pub case: Option<CaseId>,
}

/// Where an item came from, and since when the house knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemSource {
    /// Who delivered it; empty for the house itself.
    pub source: String,
    /// The resource there.
    pub reference: String,
    /// Its version in the house.
    pub version: u64,
    /// Since when the house knows this version.
    pub known_at: Timestamp,
}

/// What another source tells of the same thing, where it differs.
#[derive(Debug, Clone, PartialEq)]
pub struct Other {
    /// Who.
    pub source: String,
    /// What it measured.
    pub readings: Vec<Reading>,
    /// How it stands.
    pub status: String,
    /// When.
    pub span: Option<Span>,
    /// A word more.
    pub note: String,
}

/// Joins items of the same kind, day and code that come from different sources; the latest first.
pub(super) fn join(items: Vec<TimelineItem>) -> Vec<TimelineItem> {
    let mut days: BTreeMap<(String, TimelineKind), Vec<TimelineItem>> = BTreeMap::new();
    for item in items {
        let day = item.span.as_ref().map_or_else(String::new, matter::day);
        days.entry((day, item.kind)).or_default().push(item);
    }
    let mut joined: Vec<TimelineItem> = days.into_values().rev().flat_map(same_day).collect();
    joined.sort_by_key(|item| std::cmp::Reverse(item.span.as_ref().and_then(Span::seconds)));
    joined
}

/// First those that say the same, then those that differ: what is left stands alone.
fn same_day(items: Vec<TimelineItem>) -> Vec<TimelineItem> {
    let mut joined: Vec<TimelineItem> = Vec::with_capacity(items.len());
    let mut left = Vec::new();
    for item in items {
        let same = joined.iter().position(|other| is_joinable(other, &item) && says_the_same(other, &item));
        match same {
            Some(place) => joined[place].sources.extend(item.sources),
            None if joined.iter().any(|other| is_joinable(other, &item)) => left.push(item),
            None => joined.push(item),
        }
    }
    for item in left {
        match joined.iter_mut().find(|other| is_joinable(other, &item)) {
            Some(other) => differ(other, item),
            None => joined.push(item),
        }
    }
    joined
}

fn differ(other: &mut TimelineItem, item: TimelineItem) {
    let source = item.sources.first().map(|source| source.source.clone()).unwrap_or_default();
    other.sources.extend(item.sources);
    let TimelineItem { readings, status, span, note, .. } = item;
    other.others.push(Other { source, readings, status, span, note });
}

/// Of the same matter, from a source that has not told it yet.
fn is_joinable(a: &TimelineItem, b: &TimelineItem) -> bool {
    let told = |item: &ItemSource| a.sources.iter().any(|known| known.source == item.source);
    !b.sources.iter().any(told) && is_same_matter(a, b)
}

fn is_same_matter(a: &TimelineItem, b: &TimelineItem) -> bool {
    if a.codes.iter().all(|code| code.code.is_empty()) || b.codes.iter().all(|code| code.code.is_empty()) {
        return !a.title.is_empty() && a.title.to_lowercase() == b.title.to_lowercase();
    }
    a.codes.iter().any(|code| b.codes.iter().any(|other| matter::is_same(code, other)))
}

fn says_the_same(a: &TimelineItem, b: &TimelineItem) -> bool {
    let end = |item: &TimelineItem| {
        let last = item.span.as_ref().map(|span| Span { start: span.end.clone(), end: String::new() });
        last.map(|last| matter::day(&last))
    };
    let values = |item: &TimelineItem| item.readings.iter().map(|reading| said(&reading.value)).collect::<Vec<_>>();
    // Of a medicine the note is the dose.
    let dose = a.kind != TimelineKind::Line(LineKind::Medication) || a.note == b.note;
    a.status == b.status && end(a) == end(b) && values(a) == values(b) && dose
}

/// A value by what it means: `48` and `48.0` are the same, and so are words in any letters.
fn said(value: &Measured) -> (String, String) {
    match value {
        Measured::Quantity { number, text, unit } => {
            let comparator: String = text.chars().take_while(|c| !c.is_ascii_digit() && *c != '-').collect();
            (format!("{comparator}{number}"), unit.clone())
        }
        Measured::Words(text) => (text.to_lowercase(), String::new()),
        Measured::Absent => Default::default(),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub fn item(source: &str, code: &str, day: &str, value: f64) -> TimelineItem {
        TimelineItem {
            kind: TimelineKind::Line(LineKind::Observation),
            codes: vec![Coding { system: "npu".into(), code: code.into(), display: String::new() }],
            title: code.to_owned(),
            title_en: String::new(),
            span: Some(Span { start: day.to_owned(), end: String::new() }),
            status: "final".to_owned(),
            readings: vec![Reading {
                codes: Vec::new(),
                title: String::new(),
                value: Measured::Quantity { number: value, text: value.to_string(), unit: "u".to_owned() },
                range: (Some(1.0), None),
                interpretation: String::new(),
            }],
            note: String::new(),
            sources: vec![ItemSource {
                source: source.to_owned(),
                reference: "Observation/1".to_owned(),
                version: 1,
                known_at: Timestamp::UNIX_EPOCH,
            }],
            others: Vec::new(),
            case: None,
        }
    }

    #[test]
    fn sources_are_joined_and_disagreement_is_kept() {
        // source, code, day, value; then for each item: sources, differing sources.
        let day = "2020-01-01";
        for (given, expected) in [
            (vec![("a", "x", day, 1.0), ("b", "x", day, 1.0)], vec![(2, 0)]),
            (vec![("a", "x", day, 1.0), ("b", "x", day, 2.0)], vec![(2, 1)]),
            (vec![("a", "x", day, 1.0), ("a", "x", day, 1.0)], vec![(1, 0), (1, 0)]),
            (vec![("a", "x", day, 1.0), ("b", "y", day, 1.0)], vec![(1, 0), (1, 0)]),
            (vec![("a", "x", day, 1.0), ("b", "x", "2020-01-02", 1.0)], vec![(1, 0), (1, 0)]),
            (vec![("a", "x", day, 1.0), ("a", "x", day, 2.0), ("b", "x", day, 2.0)], vec![(1, 0), (2, 0)]),
            (vec![("a", "x", day, 1.0), ("b", "x", day, 1.0), ("c", "x", day, 3.0)], vec![(3, 1)]),
            (vec![("a", "x", "2020-01-01T08:00:00Z", 1.0), ("b", "x", day, 1.0)], vec![(2, 0)]),
            (vec![("a", "x", "2019-12-31T23:30:00Z", 1.0), ("b", "x", day, 1.0)], vec![(2, 0)]),
        ] {
            let items = given.iter().map(|(source, code, day, value)| item(source, code, day, *value)).collect();
            let found: Vec<(usize, usize)> = join(items).iter().map(|i| (i.sources.len(), i.others.len())).collect();
            assert_eq!(found, expected, "{given:?}");
        }
    }

    #[test]
    fn digits_that_mean_the_same_are_no_disagreement() {
        for (text, sources, others) in [("1.0", 2, 0), ("1", 2, 0), ("<1", 2, 1)] {
            let mut other = item("b", "x", "2020-01-01", 1.0);
            if let Measured::Quantity { text: digits, .. } = &mut other.readings[0].value {
                text.clone_into(digits);
            }
            let found = join(vec![item("a", "x", "2020-01-01", 1.0), other]);
            assert_eq!((found.len(), found[0].sources.len(), found[0].others.len()), (1, sources, others), "{text}");
        }
    }

    #[test]
    fn the_latest_comes_first() {
        let items = ["2019", "2021-05-01", "2020-01-01T10:00:00Z"].map(|day| item("a", day, day, 1.0)).to_vec();
        let titles: Vec<String> = join(items).into_iter().map(|item| item.title).collect();
        assert_eq!(titles, ["2021-05-01", "2020-01-01T10:00:00Z", "2019"]);
    }
}
