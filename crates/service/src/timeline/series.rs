//! Values of the same thing over time, for plots.

use super::{TimelineItem, TimelineKind};
use indgang_fhir::record::{Coding, LineKind, Measured, Reading, Span};
use std::collections::BTreeMap;

/// Values of one thing over time.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// Words for it.
    pub title: String,
    /// The unit.
    pub unit: String,
    /// When, in seconds from 1970, and the value; in the order of time.
    pub points: Vec<(i64, f64)>,
    /// Least and most of the reference range that was told last.
    pub range: (Option<f64>, Option<f64>),
}

/// Statuses of what was not so, or is not known to be.
const NOT_SO: [&str; 3] = ["entered-in-error", "cancelled", "unknown"];

/// What was measured at least twice in the same unit, by title.
pub(super) fn series(items: &[TimelineItem]) -> Vec<Series> {
    let mut all: BTreeMap<(String, String, String), Series> = BTreeMap::new();
    let measured = items.iter().rev().filter(|item| {
        item.kind == TimelineKind::Line(LineKind::Observation) && !NOT_SO.contains(&item.status.as_str())
    });
    for item in measured {
        let Some((at, _)) = item.span.as_ref().and_then(Span::seconds) else { continue };
        for reading in &item.readings {
            let Measured::Quantity { number, unit, .. } = &reading.value else { continue };
            let (codes, title) = of(item, reading);
            let key = codes
                .first()
                .map_or_else(|| (String::new(), title.to_lowercase()), |c| (c.system.clone(), c.code.clone()));
            let series = all.entry((key.0, key.1, unit.clone())).or_insert_with(|| Series {
                title: title.to_owned(),
                unit: unit.clone(),
                points: Vec::new(),
                range: (None, None),
            });
            series.points.push((at, *number));
            if reading.range != (None, None) {
                series.range = reading.range;
            }
        }
    }
    let mut all: Vec<Series> = all.into_values().filter(|series| series.points.len() > 1).collect();
    for series in &mut all {
        series.points.sort_by_key(|(at, _)| *at);
    }
    all.sort_by(|a, b| a.title.cmp(&b.title).then_with(|| a.unit.cmp(&b.unit)));
    all
}

/// Codes and words of a reading: its own where it is a part, else the observation's.
fn of<'a>(item: &'a TimelineItem, reading: &'a Reading) -> (&'a [Coding], &'a str) {
    match reading.codes.is_empty() && reading.title.is_empty() {
        true => (&item.codes, &item.title),
        false => (&reading.codes, &reading.title),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timeline::join::{join, tests::item};

    #[test]
    fn values_lie_in_the_order_of_time() {
        let mut wrong = item("a", "x", "2020-03-01", 9.0);
        wrong.status = "entered-in-error".to_owned();
        let items = vec![
            item("a", "x", "2021-01-01", 2.0),
            item("a", "x", "2020-01-01", 1.0),
            item("a", "y", "2020", 1.0),
            wrong,
        ];
        let found = series(&join(items));
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].points.iter().map(|(_, value)| *value).collect::<Vec<_>>(), [1.0, 2.0]);
        assert_eq!(found[0].range, (Some(1.0), None));
    }
}
