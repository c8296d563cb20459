//! What professionals said of a secondary finding: left out of the report, or put back.

use crate::format::moment;
use crate::page::Cx;
use indgang_service::JudgedSecondaryFinding;
use maud::{Markup, html};

/// Whether it goes with the report, and everything that was said of that; nothing of one of which nobody said anything.
pub(crate) fn said(cx: &Cx, finding: &JudgedSecondaryFinding) -> Markup {
    html! {
        @if finding.is_left_out() { p { strong { (cx.t("left-out")) } } }
        @if !finding.said.is_empty() {
            ol { @for one in &finding.said { li {
                (cx.t(if one.left_out { "left-out-said" } else { "put-back-said" })) " "
                (one.by) ", " (moment(cx.locale, one.at)) ": “" (one.reason.expose()) "”"
            } } }
        }
    }
}
