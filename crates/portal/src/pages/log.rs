//! The citizen's log: who read what, when, for which purpose, on which paragraph, permitted or refused.

mod samples;

pub(crate) use samples::sample_lines;

use crate::format::{day, moment};
use crate::page::{Cx, Page, encode, role};
use crate::pages::rules::value;
use crate::parts::words;
use indgang_gate::{Activity, BrokenGlass};
use indgang_model::{Category, LegalBasis, Purpose, Role, Timestamp};
use indgang_service::FollowUpOutcome;
use jiff::civil::Date;
use maud::{Markup, html};
use std::collections::BTreeMap;

/// One passage through the gate, permitted or refused.
#[derive(Debug, Clone, PartialEq)]
pub struct LogLine {
    /// Index of the leaf in the log's tree.
    pub leaf: u64,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub who: String,
    /// In which capacity.
    pub role: Role,
    /// On whose responsibility, for those who act on another's.
    pub on_behalf_of: Option<String>,
    /// Within which organisation.
    pub organisation: String,
    /// Whose data: a name when it is a child's, `None` when the reader's own.
    pub about: Option<String>,
    /// True for a question about everybody, in which hers may have been counted.
    pub everybody: bool,
    /// What was done, or tried.
    pub activity: Activity,
    /// For which purpose.
    pub purpose: Purpose,
    /// Which kinds of data.
    pub categories: Vec<Category>,
    /// True when the gate let it pass.
    pub permitted: bool,
    /// Rule and paragraph.
    pub basis: LegalBasis,
    /// Kinds of data that were asked for and left out.
    pub withheld: Vec<Category>,
    /// On which ground the glass was broken, and why, in the professional's words.
    pub breaking_glass: Option<BrokenGlass>,
    /// True when somebody must judge the reading afterwards.
    pub follow_up: bool,
    /// The system that put the question in her name.
    pub asked_by: Option<String>,
    /// How it was judged.
    pub judged: Option<Judged>,
}

/// How a reading was judged that was followed up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// What came of it.
    pub outcome: FollowUpOutcome,
    /// By whom.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// Why; the grade of the relation when the registers confirmed it.
    pub reason: String,
}

/// Which lines to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Only {
    /// All.
    #[default]
    All,
    /// Permitted ones.
    Permitted,
    /// Refused ones.
    Refused,
}

impl Only {
    const ALL: [(Self, &'static str, &'static str); 3] = [
        (Self::All, "all", "log-all"),
        (Self::Permitted, "permitted", "log-only-permitted"),
        (Self::Refused, "refused", "log-only-refused"),
    ];

    /// The choice of a query value; all when it is none of the three.
    pub fn from_value(value: &str) -> Self {
        Self::ALL.into_iter().find(|(_, v, _)| *v == value).map_or(Self::All, |(only, ..)| only)
    }

    const fn value(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Permitted => "permitted",
            Self::Refused => "refused",
        }
    }

    /// The outcome it shows; `None` for both.
    pub const fn permitted(self) -> Option<bool> {
        match self {
            Self::All => None,
            Self::Permitted => Some(true),
            Self::Refused => Some(false),
        }
    }
}

/// What the form asks for, as its fields have it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Asked {
    /// First day, `2026-11-23`; empty for none.
    pub from: String,
    /// Last day.
    pub until: String,
    /// A name or a part of it.
    pub who: String,
    /// For which purpose.
    pub purpose: Option<Purpose>,
    /// Permitted or refused.
    pub only: Only,
}

impl Asked {
    /// The query of an address that asks for the same, with what else it asks for; empty for all.
    fn query(&self, more: &[(&str, String)]) -> String {
        let purpose = self.purpose.as_ref().map(value).unwrap_or_default();
        let only = if self.only == Only::All { "" } else { self.only.value() };
        let fields = [
            ("from", self.from.as_str()),
            ("until", &self.until),
            ("who", &self.who),
            ("purpose", &purpose),
            ("only", only),
        ];
        let fields = fields.into_iter().chain(more.iter().map(|(name, text)| (*name, text.as_str())));
        let pairs: Vec<String> = fields
            .filter(|(_, text)| !text.is_empty())
            .map(|(name, text)| format!("{name}={}", encode(text)))
            .collect();
        if pairs.is_empty() { String::new() } else { format!("?{}", pairs.join("&")) }
    }
}

/// The page's context.
#[derive(Debug, Clone)]
pub struct LogPage {
    /// Lines of the page, newest first.
    pub lines: Vec<LogLine>,
    /// What was asked for.
    pub asked: Asked,
    /// The place before which the next page begins, when there are older lines.
    pub older: Option<u64>,
    /// True when there may be newer ones.
    pub newer: bool,
    /// What keeps the question from being answered, by its key.
    pub error: Option<&'static str>,
}

impl Page for LogPage {
    fn title(&self, cx: &Cx) -> String {
        cx.t("log-title")
    }

    fn body(&self, cx: &Cx) -> Markup {
        let lines: Vec<&LogLine> = self.lines.iter().collect();
        let query = self.asked.query(&[]);
        html! {
            p.lead { (cx.t("log-lead")) }
            (self.filter(cx))
            @if let Some(error) = self.error { div.alert.alert-error { p { (cx.t(error)) } } }
            p role="status" { (cx.tf(
                if self.newer || self.older.is_some() { "log-count-here" } else { "log-count" },
                &[("count", lines.len().into())],
            )) }
            @if !lines.is_empty() {
                div.table-scroll tabindex="0" role="group" aria-label=(cx.t("log-title")) {
                    table.table.stacked {
                        thead { tr {
                            @for key in ["log-when", "log-who", "log-what", "log-purpose", "log-basis", "log-outcome", "log-proof"] {
                                th scope="col" { (cx.t(key)) }
                            }
                        } }
                        tbody { @for group in groups(&lines) { (row(cx, &group)) } }
                    }
                }
            }
            (self.steps(cx))
            p { a.button.button-secondary href={ "/my/log.json" (query) } download="log.json" { (cx.t("log-download")) } " "
                a.button.button-secondary href={ "/my/log.fhir.json" (query) } download="log.fhir.json" { (cx.t("log-download-fhir")) } }
            p.hint { (cx.t("log-download-hint")) }
        }
    }
}

impl LogPage {
    fn filter(&self, cx: &Cx) -> Markup {
        let asked = &self.asked;
        html! {
            form.form method="get" action="/my/log" aria-label=(cx.t("log-filter")) {
                div.form-row {
                    label for="from" { (cx.t("log-from")) }
                    input #from type="date" name="from" value=(asked.from);
                    label for="until" { (cx.t("log-until")) }
                    input #until type="date" name="until" value=(asked.until);
                }
                div.form-row {
                    label for="who" { (cx.t("log-filter-who")) }
                    input #who name="who" value=(asked.who) maxlength="64" autocomplete="off";
                    label for="purpose" { (cx.t("log-purpose")) }
                    select #purpose name="purpose" {
                        option value="" selected[asked.purpose.is_none()] { (cx.t("rules-any-purpose")) }
                        @for purpose in Purpose::ALL {
                            option value=(value(&purpose)) selected[asked.purpose == Some(purpose)] { (words::purpose(cx, purpose)) }
                        }
                    }
                    label for="only" { (cx.t("log-outcome")) }
                    select #only name="only" {
                        @for (only, value, key) in Only::ALL {
                            option value=(value) selected[only == asked.only] { (cx.t(key)) }
                        }
                    }
                }
                div.form-row {
                    button.button.button-secondary type="submit" { (cx.t("log-filter-apply")) }
                    @if *asked != Asked::default() { a href="/my/log" { (cx.t("log-filter-clear")) } }
                }
            }
        }
    }

    fn steps(&self, cx: &Cx) -> Markup {
        html! {
            @if self.newer || self.older.is_some() {
                nav aria-label=(cx.t("log-pages")) {
                    ul.steps {
                        @if self.newer { li { a href={ "/my/log" (self.asked.query(&[])) } { (cx.t("log-newest")) } } }
                        @if let Some(before) = self.older {
                            li { a href={ "/my/log" (self.asked.query(&[("before", before.to_string())])) } { (cx.t("log-older")) } }
                        }
                    }
                }
            }
        }
    }
}

fn row(cx: &Cx, group: &[&LogLine]) -> Markup {
    let Some(line) = group.first() else { return Markup::default() };
    html! {
        tr class=(if line.permitted { "" } else { "refused" }) {
            td data-label=(cx.t("log-when")) { span {
                (moment(cx.locale, line.at))
                @if group.len() > 1 { br; small { (cx.tf("log-times", &[("count", group.len().into())])) } }
            } }
            th scope="row" data-label=(cx.t("log-who")) {
                span {
                    (line.who) ", " (role(cx, line.role))
                    @if !line.organisation.is_empty() { br; small { (line.organisation) } }
                    @if let Some(system) = &line.asked_by {
                        br; small { (cx.tf("log-asked-by", &[("system", system.clone().into())])) }
                    }
                    @if let Some(other) = &line.on_behalf_of {
                        br; small { (cx.tf("log-on-behalf", &[("name", other.clone().into())])) }
                    }
                }
            }
            td data-label=(cx.t("log-what")) {
                span {
                    (words::activity(cx, line.activity))
                    @if let Some(name) = &line.about { " (" (name) ")" }
                    @if !line.categories.is_empty() {
                        br;
                        small { @for (i, c) in line.categories.iter().enumerate() {
                            @if i > 0 { ", " }
                            (words::category(cx, *c))
                        } }
                    }
                    (circumstances(cx, line))
                }
            }
            td data-label=(cx.t("log-purpose")) { (words::purpose(cx, line.purpose)) }
            td data-label=(cx.t("log-basis")) { span { (line.basis.paragraph) br; small.mono { (line.basis.rule) } } }
            td data-label=(cx.t("log-outcome")) { (words::permitted(cx, line.permitted)) }
            td data-label=(cx.t("log-proof")) {
                (proof(cx, line))
                @if group.len() > 1 {
                    details {
                        summary { (cx.t("log-each")) }
                        ul { @for line in group { li { (moment(cx.locale, line.at)) ": " (proof(cx, line)) } } }
                    }
                }
            }
        }
    }
}

/// Whether it was about everybody, what was withheld, how the glass was broken, and that somebody judges it.
pub(crate) fn circumstances(cx: &Cx, line: &LogLine) -> Markup {
    html! {
        @if line.everybody { br; small { (cx.t("log-everybody")) } }
        @if !line.withheld.is_empty() {
            br;
            small { (cx.t("log-withheld")) ": "
                (line.withheld.iter().map(|c| words::category(cx, *c)).collect::<Vec<_>>().join(", ")) }
        }
        @if let Some(broken) = &line.breaking_glass {
            br;
            strong { (cx.t("log-broken-glass")) ": " (words::glass(cx, broken.ground)) }
            br;
            span.break-word { "“" (broken.reason) "”" }
        }
        @match &line.judged {
            Some(judged) => { (judgement(cx, judged)) }
            None if line.follow_up => { br; small { (cx.t("log-follow-up")) } }
            None => {}
        }
    }
}

fn judgement(cx: &Cx, judged: &Judged) -> Markup {
    let key = match judged.outcome {
        FollowUpOutcome::Confirmed => "log-judged-confirmed",
        FollowUpOutcome::InOrder => "log-judged-in_order",
        FollowUpOutcome::NotInOrder => "log-judged-not_in_order",
    };
    html! {
        br;
        strong { (cx.t(key)) }
        br;
        @if judged.outcome == FollowUpOutcome::Confirmed {
            small { (cx.tf("log-judged-grade", &[("grade", judged.reason.clone().into()),
                ("at", moment(cx.locale, judged.at).into())])) }
        } @else {
            span.break-word { "“" (judged.reason) "”" }
            br;
            small { (judged.by) ", " (moment(cx.locale, judged.at)) }
        }
    }
}

fn proof(cx: &Cx, line: &LogLine) -> Markup {
    html! { a href={ "/my/log/" (line.leaf) } { (cx.tf("log-proof-of", &[("leaf", line.leaf.into())])) } }
}

/// Lines that say the same of the same day, newest first: somebody who turns ten pages of a case read it once.
///
/// What changes something stands for itself.
fn groups<'l>(lines: &[&'l LogLine]) -> Vec<Vec<&'l LogLine>> {
    let mut groups: Vec<Vec<&LogLine>> = Vec::new();
    let mut places = BTreeMap::new();
    for line in lines {
        let place = is_reading(line.activity).then(|| *places.entry(likeness(line)).or_insert(groups.len()));
        match place.and_then(|place| groups.get_mut(place)) {
            Some(group) => group.push(line),
            None => groups.push(vec![line]),
        }
    }
    groups
}

const fn is_reading(activity: Activity) -> bool {
    use Activity as A;
    matches!(
        activity,
        A::ListCases | A::OpenCase | A::ReadResult | A::ReadLog | A::ReadWishes | A::VerifyLog | A::Query
    )
}

/// What two readings of one group have in common. Words stand for types that have no order.
fn likeness(line: &LogLine) -> (Date, bool, String) {
    let said = (&line.who, line.role, &line.organisation, &line.on_behalf_of, &line.about, line.everybody);
    let done = (line.activity, line.purpose, &line.categories, &line.basis);
    let how = (&line.withheld, &line.breaking_glass, line.follow_up, &line.asked_by, &line.judged);
    (day(line.at), line.permitted, format!("{said:?} {done:?} {how:?}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeated_readings_of_a_day_stand_together() {
        let [reading, refused] = <[LogLine; 2]>::try_from(sample_lines()).unwrap();
        let hours = |line: &LogLine, back: i64| LogLine {
            at: line.at - jiff::SignedDuration::from_hours(back),
            ..line.clone()
        };
        let signing = LogLine { activity: Activity::SignReport, ..reading.clone() };
        let other = LogLine { who: "Lis Læge".to_owned(), ..reading.clone() };
        for (name, lines, sizes) in [
            ("the same", vec![reading.clone(), hours(&reading, 1), hours(&reading, 2)], vec![3]),
            ("with another between", vec![reading.clone(), other.clone(), hours(&reading, 1)], vec![2, 1]),
            ("another day", vec![reading.clone(), hours(&reading, 24)], vec![1, 1]),
            ("refused", vec![reading.clone(), LogLine { permitted: false, ..reading.clone() }, refused], vec![1, 1, 1]),
            ("no reading", vec![signing.clone(), signing], vec![1, 1]),
        ] {
            let found: Vec<usize> = groups(&lines.iter().collect::<Vec<_>>()).iter().map(Vec::len).collect();
            assert_eq!(found, sizes, "{name}");
        }
    }

    #[test]
    fn an_address_asks_for_the_same() {
        let asked = Asked {
            who: "a&b å".to_owned(),
            only: Only::Refused,
            purpose: Some(Purpose::OwnAccess),
            ..Asked::default()
        };
        for (asked, more, query) in [
            (Asked::default(), None, ""),
            (Asked::default(), Some(7), "?before=7"),
            (asked.clone(), None, "?who=a%26b%20%C3%A5&purpose=own_access&only=refused"),
            (
                Asked { from: "2026-01-01".to_owned(), ..asked },
                Some(7),
                "?from=2026-01-01&who=a%26b%20%C3%A5&purpose=own_access&only=refused&before=7",
            ),
        ] {
            let more: Vec<(&str, String)> = more.map(|place: u64| ("before", place.to_string())).into_iter().collect();
            assert_eq!(asked.query(&more), query);
        }
    }

    #[test]
    fn outcomes() {
        for (value, permitted) in
            [("all", None), ("refused", Some(false)), ("permitted", Some(true)), ("?", None), ("", None)]
        {
            assert_eq!(Only::from_value(value).permitted(), permitted, "{value}");
        }
    }
}
