//! Values over time as a small server-made SVG: the table beside it says the same.

use crate::format::{day, decimal};
use crate::page::Cx;
use indgang_model::Timestamp;
use indgang_service::Series;
use maud::{Markup, html};

const WIDTH: f64 = 320.0;
const HEIGHT: f64 = 110.0;
/// Room for the labels.
const LEFT: f64 = 46.0;
const BOTTOM: f64 = 20.0;
const EDGE: f64 = 8.0;
/// Points that are told apart on so little room.
const MOST_POINTS: usize = 200;

/// A figure of one series.
pub(crate) fn figure(cx: &Cx, series: &Series) -> Markup {
    let Some(scale) = Scale::of(series) else { return Markup::default() };
    let points = thinned(&series.points);
    let line: Vec<String> = points.iter().map(|(at, value)| scale.point(*at, *value)).collect();
    let (first, last) = (year(series.points.first()), year(series.points.last()));
    html! {
        figure.plot {
            figcaption { strong { (series.title) } @if !series.unit.is_empty() { " (" (series.unit) ")" } }
            svg viewBox={ "0 0 " (WIDTH) " " (HEIGHT) } role="img" aria-label=(said(cx, series)) {
                @if let Some((top, height)) = scale.band(series.range) {
                    rect.plot-range x=(LEFT) y=(number(top)) width=(WIDTH - LEFT - EDGE) height=(number(height)) {}
                }
                line.plot-axis x1=(LEFT) x2=(WIDTH - EDGE) y1=(HEIGHT - BOTTOM) y2=(HEIGHT - BOTTOM) {}
                polyline.plot-line points=(line.join(" ")) {}
                @for (at, value) in &points {
                    circle.plot-point cx=(number(scale.x(*at))) cy=(number(scale.y(*value))) r="3" {}
                }
                text.plot-label x=(LEFT - 5.0) y=(number(scale.y(scale.most) + 4.0)) text-anchor="end" { (short(cx, scale.most)) }
                text.plot-label x=(LEFT - 5.0) y=(number(scale.y(scale.least) + 4.0)) text-anchor="end" { (short(cx, scale.least)) }
                text.plot-label x=(LEFT) y=(HEIGHT - 4.0) { (first) }
                text.plot-label x=(WIDTH - EDGE) y=(HEIGHT - 4.0) text-anchor="end" { (last) }
            }
            p.hint { (said(cx, series)) }
        }
    }
}

/// What the figure shows, in words.
fn said(cx: &Cx, series: &Series) -> String {
    let last = series.points.last().map_or(0.0, |(_, value)| *value);
    let text = cx.tf(
        "plot-said",
        &[
            ("count", series.points.len().into()),
            ("first", year(series.points.first()).into()),
            ("last", year(series.points.last()).into()),
            ("value", format!("{} {}", short(cx, last), series.unit).trim_end().to_owned().into()),
        ],
    );
    let limits = match series.range {
        (Some(low), Some(high)) => format!("{}–{}", short(cx, low), short(cx, high)),
        (Some(low), None) => format!("≥ {}", short(cx, low)),
        (None, Some(high)) => format!("≤ {}", short(cx, high)),
        (None, None) => return text,
    };
    format!("{text} {}", cx.tf("plot-range", &[("limits", limits.into())]))
}

/// As many decimals as the value needs, three at most.
pub(crate) fn short(cx: &Cx, value: f64) -> String {
    let decimals = (0..3).find(|n| (value * 10f64.powi(*n) - (value * 10f64.powi(*n)).round()).abs() < 1e-9);
    decimal(cx.locale, value, usize::try_from(decimals.unwrap_or(3)).unwrap_or(3))
}

fn year(point: Option<&(i64, f64)>) -> String {
    let at = point.and_then(|(at, _)| Timestamp::from_second(*at).ok());
    at.map_or_else(String::new, |at| day(at).year().to_string())
}

fn number(value: f64) -> String {
    format!("{value:.1}")
}

/// Of many points the least and the most of each stretch.
fn thinned(points: &[(i64, f64)]) -> Vec<(i64, f64)> {
    if points.len() <= MOST_POINTS {
        return points.to_vec();
    }
    let stretch = points.len().div_ceil(MOST_POINTS / 2);
    let ends = |part: &[(i64, f64)]| {
        let least = part.iter().copied().min_by(|a, b| a.1.total_cmp(&b.1));
        let most = part.iter().copied().max_by(|a, b| a.1.total_cmp(&b.1));
        let mut both: Vec<(i64, f64)> = least.into_iter().chain(most).collect();
        both.sort_by_key(|(at, _)| *at);
        both.dedup();
        both
    };
    points.chunks(stretch).flat_map(ends).collect()
}

struct Scale {
    from: f64,
    until: f64,
    least: f64,
    most: f64,
}

impl Scale {
    /// From the values and the reference range; `None` where there is nothing to be shown.
    fn of(series: &Series) -> Option<Self> {
        let values = series.points.iter().map(|(_, value)| *value).chain(series.range.0).chain(series.range.1);
        let (mut least, mut most) = (f64::INFINITY, f64::NEG_INFINITY);
        for value in values.filter(|value| value.is_finite()) {
            (least, most) = (least.min(value), most.max(value));
        }
        if least > most {
            return None;
        }
        #[expect(clippy::cast_precision_loss, reason = "seconds from 1970, far under 2^52")]
        let (from, until) = (series.points.first()?.0 as f64, series.points.last()?.0 as f64);
        Some(Self { from, until, least, most })
    }

    fn x(&self, at: i64) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "seconds from 1970, far under 2^52")]
        let at = at as f64;
        let share = if self.until > self.from { (at - self.from) / (self.until - self.from) } else { 0.5 };
        LEFT + 6.0 + share.clamp(0.0, 1.0) * (WIDTH - LEFT - EDGE - 12.0)
    }

    fn y(&self, value: f64) -> f64 {
        let share = if self.most > self.least { (value - self.least) / (self.most - self.least) } else { 0.5 };
        let share = if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.5 };
        HEIGHT - BOTTOM - EDGE - share * (HEIGHT - BOTTOM - 2.0 * EDGE)
    }

    fn point(&self, at: i64, value: f64) -> String {
        format!("{:.1},{:.1}", self.x(at), self.y(value))
    }

    /// Top and height of the reference range; an open end reaches the edge.
    fn band(&self, range: (Option<f64>, Option<f64>)) -> Option<(f64, f64)> {
        if range == (None, None) {
            return None;
        }
        let top = range.1.map_or(0.0, |high| self.y(high));
        let bottom = range.0.map_or(HEIGHT - BOTTOM, |low| self.y(low));
        (bottom > top).then_some((top, bottom - top))
    }
}

/// A bar for a stretch of a longer time, each as seconds: from where to where, in 0 to 1.
pub(crate) fn stretch(from: f64, until: f64) -> Markup {
    let clamp = |share: f64| if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.0 };
    let (from, until) = (clamp(from) * 100.0, clamp(until) * 100.0);
    // What lasted a day is seen in a bar of many years.
    let width = (until - from).max(1.0);
    html! {
        svg.bar viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true" focusable="false" {
            rect.bar-back x="0" y="0" width="100" height="10" {}
            rect.bar-fill x=(format!("{:.2}", from.min(99.0))) y="0" width=(format!("{width:.2}")) height="10" {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(points: &[(i64, f64)]) -> Series {
        Series { title: "x".into(), unit: "u".into(), points: points.to_vec(), range: (Some(1.0), None) }
    }

    #[test]
    fn points_stay_within_the_figure() {
        for points in [vec![(0, 1.0), (0, 1.0)], vec![(0, -1e300), (10, 1e300)], vec![(5, f64::NAN), (6, 2.0)]] {
            let scale = Scale::of(&series(&points)).unwrap();
            for (at, value) in points {
                assert!((0.0..=WIDTH).contains(&scale.x(at)) && (0.0..=HEIGHT).contains(&scale.y(value)));
            }
        }
        assert!(Scale::of(&Series { range: (None, None), ..series(&[(0, f64::NAN)]) }).is_none());
    }

    #[test]
    fn a_hundred_thousand_points_keep_their_extremes() {
        let mut points: Vec<(i64, f64)> = (0..100_000).map(|n| (n, 1.0)).collect();
        points[54_321].1 = 9.0;
        let few = thinned(&points);
        assert!(few.len() <= 2 * MOST_POINTS && few.contains(&(54_321, 9.0)), "{}", few.len());
    }
}
