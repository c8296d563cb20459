//! Bars as server-made SVG in a table's cell: the number beside them says the same.

use maud::{Markup, html};

/// A bar from the left: `share` 0 to 1 of the cell's width.
pub(crate) fn from_left(share: f64) -> Markup {
    let width = clamp(share) * 100.0;
    html! {
        svg.bar viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true" focusable="false" {
            rect.bar-back x="0" y="0" width="100" height="10" {}
            rect.bar-fill x="0" y="0" width=(format!("{width:.2}")) height="10" {}
        }
    }
}

/// A bar from the middle: `share` −1 to 1; to the right speaks for, to the left against.
pub(crate) fn from_middle(share: f64) -> Markup {
    let width = clamp(share.abs()) * 50.0;
    let (x, class) = if share < 0.0 { (50.0 - width, "bar-against") } else { (50.0, "bar-fill") };
    html! {
        svg.bar viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true" focusable="false" {
            rect.bar-back x="0" y="0" width="100" height="10" {}
            rect class=(class) x=(format!("{x:.2}")) y="0" width=(format!("{width:.2}")) height="10" {}
            rect.bar-middle x="49.75" y="0" width="0.5" height="10" {}
        }
    }
}

/// The share of a count on a logarithmic scale, so that 3 of 100,000 is still seen.
pub(crate) fn log_share(count: u64, most: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a bar's length")]
    let log = |n: u64| (n as f64 + 1.0).ln();
    if most == 0 { 0.0 } else { log(count) / log(most) }
}

fn clamp(share: f64) -> f64 {
    if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_stay_within_the_cell() {
        assert!(from_left(7.0).into_string().contains(r#"width="100.00""#));
        assert!(from_left(f64::NAN).into_string().contains(r#"width="0.00""#));
        assert!(from_middle(-2.0).into_string().contains(r#"x="0.00" y="0" width="50.00""#));
        assert!((log_share(100, 100) - 1.0).abs() < 1e-12);
        assert!(log_share(0, 100).abs() < 1e-12);
    }
}
