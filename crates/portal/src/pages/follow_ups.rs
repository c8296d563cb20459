//! The readings that wait: what the registers may still confirm, and what the auditor is to judge.

use crate::format::moment;
use crate::page::{Cx, Page, Sample};
use crate::sample;
use indgang_service::{FollowUpKind, FollowUpLine, Rechecked, WANTED_GRADE};
use maud::{Markup, html};

/// The page's context. It names nobody.
#[derive(Debug, Clone)]
pub struct FollowUpsPage {
    /// In the order of the log.
    pub lines: Vec<FollowUpLine>,
    /// How many wait in all.
    pub waiting: u64,
    /// True when there are more after these.
    pub more: bool,
    /// What came of holding them against the registers, when that was just done.
    pub rechecked: Option<Rechecked>,
    /// True when a reading was just judged.
    pub judged: bool,
}

impl Page for FollowUpsPage {
    fn title(&self, cx: &Cx) -> String {
        cx.t("follow-ups-title")
    }

    fn body(&self, cx: &Cx) -> Markup {
        html! {
            p.lead { (cx.t("follow-ups-lead")) }
            @if self.judged { div.alert.alert-success role="status" { p { (cx.t("follow-ups-judged")) } } }
            @if let Some(Rechecked { confirmed, waiting, overdue }) = self.rechecked {
                div.alert.alert-success role="status" { p { (cx.tf("follow-ups-rechecked", &[
                    ("confirmed", confirmed.into()), ("waiting", waiting.into()), ("overdue", overdue.into()),
                ])) } }
            }
            p { (cx.tf("follow-ups-count", &[("count", self.waiting.into())])) }
            @if !self.lines.is_empty() { (self.table(cx)) }
            h2 { (cx.t("follow-ups-recheck")) }
            p { (cx.tf("follow-ups-recheck-text", &[("grade", WANTED_GRADE.name().into())])) }
            form.form method="post" action="/audit/follow-ups" {
                (cx.csrf_field())
                button.button.button-secondary type="submit" { (cx.t("follow-ups-recheck-now")) }
            }
        }
    }
}

impl FollowUpsPage {
    fn table(&self, cx: &Cx) -> Markup {
        html! {
            div.table-scroll tabindex="0" role="group" aria-label=(cx.t("follow-ups-title")) {
                table.table.stacked {
                    thead { tr {
                        @for key in COLUMNS { th scope="col" { (cx.t(key)) } }
                    } }
                    tbody { @for line in &self.lines { tr {
                        th scope="row" data-label=(cx.t(COLUMNS[0])) {
                            @let name = cx.tf("follow-up-number", &[("leaf", line.leaf.into())]);
                            @if line.is_case { a href={ "/audit/follow-ups/" (line.leaf) } { (name) } } @else { (name) }
                        }
                        td data-label=(cx.t(COLUMNS[1])) { (kind(cx, line.kind)) }
                        td data-label=(cx.t(COLUMNS[2])) { (moment(cx.locale, line.opened)) }
                        td data-label=(cx.t(COLUMNS[3])) { (moment(cx.locale, line.deadline)) }
                        td data-label=(cx.t(COLUMNS[4])) {
                            (cx.t(if line.is_case { "follow-up-to-judge" } else { "follow-up-awaits" }))
                        }
                    } } }
                }
            }
            @if let (true, Some(last)) = (self.more, self.lines.last()) {
                nav aria-label=(cx.t("follow-ups-title")) {
                    ul.steps { li { a href={ "/audit/follow-ups?after=" (last.leaf) } { (cx.t("follow-ups-more")) } } }
                }
            }
        }
    }
}

const COLUMNS: [&str; 5] =
    ["follow-ups-reading", "follow-ups-kind", "follow-ups-opened", "follow-ups-deadline", "follow-ups-state"];

/// On what the professional relied.
pub(crate) fn kind(cx: &Cx, kind: FollowUpKind) -> String {
    cx.t(match kind {
        FollowUpKind::BreakingGlass => "follow-up-breaking_glass",
        FollowUpKind::DeclaresTreatment => "follow-up-declares_treatment",
    })
}

/// Two lines for the samples of this page.
pub(crate) fn sample_line(kind: FollowUpKind, is_case: bool) -> FollowUpLine {
    let opened = sample::now();
    let days = jiff::SignedDuration::from_hours(30 * 24);
    FollowUpLine { leaf: 31, kind, opened, deadline: opened.saturating_add(days).unwrap_or(opened), is_case }
}

impl Sample for FollowUpsPage {
    fn samples() -> Vec<(&'static str, Self)> {
        let nothing = Self { lines: Vec::new(), waiting: 0, more: false, rechecked: None, judged: true };
        let rechecked = Some(Rechecked { confirmed: 2, waiting: 1, overdue: 1 });
        let lines = vec![
            sample_line(FollowUpKind::BreakingGlass, true),
            sample_line(FollowUpKind::DeclaresTreatment, false),
            sample_line(FollowUpKind::DeclaresTreatment, true),
        ];
        vec![("some", Self { lines, waiting: 120, more: true, rechecked, judged: false }), ("nothing", nothing)]
    }
}
