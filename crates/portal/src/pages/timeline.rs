//! A person's story across every source: for a professional who treats her, and for herself.

mod samples;

use crate::format::{moment, partial};
use crate::page::{Cx, Page, encode, segment};
use crate::parts::{plot, words};
use indgang_fhir::record::{LineKind, Measured, Reading, Span};
use indgang_model::{Category, LegalBasis};
use indgang_service::{ItemSource, Other, Series, TimelineItem, TimelineKind};
use maud::{Markup, html};

/// What the form asks for, as its fields have it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Asked {
    /// The kind of lines.
    pub kind: Option<TimelineKind>,
    /// First day, `2026-11-23`; empty for none.
    pub from: String,
    /// Last day.
    pub until: String,
    /// True for the table.
    pub table: bool,
}

/// The page's context.
#[derive(Debug, Clone)]
pub struct TimelinePage {
    /// The person, as addresses name her.
    pub person: String,
    /// Her name, when the reader may see it.
    pub name: Option<String>,
    /// True when she reads her own or that of one she acts for.
    pub own: bool,
    /// What was asked for.
    pub asked: Asked,
    /// The lines, the latest first.
    pub items: Vec<TimelineItem>,
    /// Values over time.
    pub series: Vec<Series>,
    /// Kinds that she withholds.
    pub withheld: Vec<Category>,
    /// True when her samples may serve her own treatment only, and the reader is told.
    pub tissue_refused: bool,
    /// True when there is more than is shown.
    pub more: bool,
    /// Others whose story the citizen may read.
    pub others: Vec<String>,
    /// The rule that opened it, and its line in the log.
    pub access: (LegalBasis, u64),
}

/// The kinds in the order of the form.
pub(crate) fn kinds() -> impl Iterator<Item = TimelineKind> {
    LineKind::ALL.into_iter().map(TimelineKind::Line).chain([TimelineKind::GenomeReport])
}

/// The value of a kind in the form, which is also the end of its text's key.
pub(crate) const fn value_of(kind: TimelineKind) -> &'static str {
    match kind {
        TimelineKind::GenomeReport => "genome-report",
        TimelineKind::Line(line) => match line {
            LineKind::Condition => "condition",
            LineKind::Encounter => "encounter",
            LineKind::Procedure => "procedure",
            LineKind::Observation => "observation",
            LineKind::Medication => "medication",
            LineKind::Immunization => "immunization",
            LineKind::Allergy => "allergy",
            LineKind::Report => "report",
            LineKind::Document => "document",
            LineKind::Imaging => "imaging",
            LineKind::Specimen => "specimen",
            LineKind::Questionnaire => "questionnaire",
            LineKind::Quality => "quality",
            LineKind::CarePlan => "care-plan",
        },
    }
}

fn kind(cx: &Cx, kind: TimelineKind) -> String {
    cx.t(&format!("story-kind-{}", value_of(kind)))
}

impl Page for TimelinePage {
    fn title(&self, cx: &Cx) -> String {
        match &self.name {
            _ if self.own => cx.t("story-title-own"),
            Some(name) => cx.tf("story-title-of", &[("name", name.clone().into())]),
            None => cx.t("story-title"),
        }
    }

    fn body(&self, cx: &Cx) -> Markup {
        html! {
            p.lead { (cx.t(if self.own { "story-lead-own" } else { "story-lead" })) }
            @if self.own { @if let Some(name) = &self.name { p { strong { (name) } } } }
            (self.others(cx))
            @if !self.own { p { a href={ "/patients/" (segment(&self.person)) "/questions" } { (cx.t("ask-link")) } } }
            @if !self.withheld.is_empty() {
                div.alert.alert-warning { p { strong { (cx.t("access-withheld")) ": "
                    (self.withheld.iter().map(|c| words::category(cx, *c)).collect::<Vec<_>>().join(", ")) } } }
            }
            @if self.tissue_refused && self.items.iter().any(|item| item.kind == TimelineKind::Line(LineKind::Specimen)) {
                div.alert.alert-info { p { (cx.t("story-tissue-refused")) " " a href="/my/choices" { (cx.t("story-tissue-choices")) } } }
            }
            (self.filter(cx))
            p role="status" { (cx.tf("story-count", &[("count", self.items.len().into())])) }
            @if self.more { div.alert.alert-warning { p { (cx.t("story-more")) } } }
            @if !self.items.is_empty() {
                p { a href=(self.address(!self.asked.table)) {
                    (cx.t(if self.asked.table { "story-as-lines" } else { "story-as-table" }))
                } }
            }
            @if self.asked.table { (table(cx, self)) } @else { (self.story(cx)) }
            p.hint { (self.access.0.paragraph) " (" span.mono { (self.access.0.rule) } "). "
                (cx.tf("access-logged", &[("leaf", self.access.1.into())])) }
        }
    }
}

impl TimelinePage {
    fn path(&self) -> String {
        match self.own {
            true => "/my/story".to_owned(),
            false => format!("/patients/{}/timeline", segment(&self.person)),
        }
    }

    /// Whether the lines are of more than one year.
    fn spans_years(&self) -> bool {
        years(&self.items).iter().filter(|(year, _)| !year.is_empty()).nth(1).is_some()
    }

    /// The page with one year of it.
    fn year(&self, year: &str) -> String {
        self.link(&Asked { from: format!("{year}-01-01"), until: format!("{year}-12-31"), ..self.asked.clone() })
    }

    /// The page with the same filter, as a table or not.
    fn address(&self, table: bool) -> String {
        self.link(&Asked { table, ..self.asked.clone() })
    }

    fn link(&self, Asked { kind, from, until, table }: &Asked) -> String {
        let person = if self.own { self.person.as_str() } else { "" };
        let fields = [
            ("person", person),
            ("kind", kind.map_or("", value_of)),
            ("from", from),
            ("until", until),
            ("as", if *table { "table" } else { "" }),
        ];
        let pairs: Vec<String> = fields
            .iter()
            .filter(|(_, text)| !text.is_empty())
            .map(|(name, text)| format!("{name}={}", encode(text)))
            .collect();
        if pairs.is_empty() { self.path() } else { format!("{}?{}", self.path(), pairs.join("&")) }
    }

    fn others(&self, cx: &Cx) -> Markup {
        html! {
            @if self.own && !self.others.is_empty() {
                nav aria-label=(cx.t("story-others")) {
                    p { (cx.t("story-others")) }
                    ul.steps { @for (place, person) in self.others.iter().enumerate() {
                        li { a href={ "/my/story?person=" (encode(person)) } {
                            (cx.tf("story-other", &[("number", (place + 1).into())]))
                        } }
                    } }
                }
            }
        }
    }

    fn filter(&self, cx: &Cx) -> Markup {
        let asked = &self.asked;
        html! {
            form.form method="get" action=(self.path()) aria-label=(cx.t("story-filter")) {
                @if self.own { input type="hidden" name="person" value=(self.person); }
                @if asked.table { input type="hidden" name="as" value="table"; }
                div.form-row {
                    label for="kind" { (cx.t("story-kind")) }
                    select #kind name="kind" {
                        option value="" selected[asked.kind.is_none()] { (cx.t("story-every-kind")) }
                        @for each in kinds() {
                            option value=(value_of(each)) selected[asked.kind == Some(each)] { (kind(cx, each)) }
                        }
                    }
                    label for="from" { (cx.t("log-from")) }
                    input #from type="date" name="from" value=(asked.from);
                    label for="until" { (cx.t("log-until")) }
                    input #until type="date" name="until" value=(asked.until);
                }
                div.form-row {
                    button.button.button-secondary type="submit" { (cx.t("story-filter-apply")) }
                    @if *asked != Asked::default() { a href={ (self.path()) "?person=" (encode(&self.person)) } { (cx.t("log-filter-clear")) } }
                }
            }
        }
    }

    fn story(&self, cx: &Cx) -> Markup {
        html! {
            @if !self.series.is_empty() {
                section aria-labelledby="measured" {
                    h2 #measured { (cx.t("story-measured")) }
                    div.plots { @for series in &self.series { (plot::figure(cx, series)) } }
                }
            }
            (self.medicine(cx))
            @if !self.items.is_empty() {
                section aria-labelledby="lines" {
                    h2 #lines { (cx.t("story-lines")) }
                    @for (year, items) in years(&self.items) {
                        h3 { @if year.is_empty() { (cx.t("story-no-date")) } @else { (year) } }
                        @if !year.is_empty() && self.spans_years() {
                            p { a href=(self.year(&year)) { (cx.tf("story-only-year", &[("year", year.clone().into())])) } }
                        }
                        ul.story { @for item in items { (line(cx, self, item)) } }
                    }
                }
            }
        }
    }

    /// Each medicine as a bar over the time of all of them.
    fn medicine(&self, cx: &Cx) -> Markup {
        let rows: Vec<(&TimelineItem, (i64, i64))> = self
            .items
            .iter()
            .filter(|item| item.kind == TimelineKind::Line(LineKind::Medication) && item.status != "entered-in-error")
            .filter_map(|item| Some((item, item.span.as_ref()?.seconds()?)))
            .collect();
        let last_known = self.items.iter().filter_map(|item| item.span.as_ref()?.seconds()).map(|(_, last)| last).max();
        let (Some(from), Some(until)) = (rows.iter().map(|(_, (first, _))| *first).min(), last_known) else {
            return Markup::default();
        };
        html! {
            section aria-labelledby="medicine" {
                h2 #medicine { (cx.t("story-medicine")) }
                div.table-scroll tabindex="0" role="group" aria-label=(cx.t("story-medicine")) {
                    table.table.stacked {
                        thead { tr { @for key in ["story-medicine-name", "story-when", "story-medicine-bar"] {
                            th scope="col" { (cx.t(key)) }
                        } } }
                        tbody { @for (item, span) in &rows { tr {
                            th scope="row" data-label=(cx.t("story-medicine-name")) { (title(cx, item)) }
                            td data-label=(cx.t("story-when")) { (when(cx, item)) }
                            td.bar-cell data-label=(cx.t("story-medicine-bar")) { (bar(item, *span, (from, until))) }
                        } } }
                    }
                }
            }
        }
    }
}

/// What is active and has no end runs until the last that is known.
fn bar(item: &TimelineItem, (first, last): (i64, i64), (from, until): (i64, i64)) -> Markup {
    let runs = item.status == "active" && item.span.as_ref().is_some_and(|span| span.end.is_empty());
    let last = if runs { until } else { last };
    #[expect(clippy::cast_precision_loss, reason = "seconds of a life, far under 2^52")]
    let share = |at: i64| (at - from) as f64 / (until - from).max(1) as f64;
    plot::stretch(share(first), share(last))
}

fn years(items: &[TimelineItem]) -> Vec<(String, Vec<&TimelineItem>)> {
    let mut years: Vec<(String, Vec<&TimelineItem>)> = Vec::new();
    for item in items {
        let year = item.span.as_ref().and_then(|span| span.start.get(..4)).unwrap_or_default();
        match years.last_mut().filter(|(last, _)| last == year) {
            Some((_, of_year)) => of_year.push(item),
            None => years.push((year.to_owned(), vec![item])),
        }
    }
    years
}

fn line(cx: &Cx, page: &TimelinePage, item: &TimelineItem) -> Markup {
    html! {
        li.card {
            p.story-head { span.story-kind { (kind(cx, item.kind)) } " " (when(cx, item)) }
            p { strong { (title(cx, item)) } (codes(item)) (address(cx, page, item)) }
            (said(cx, &item.readings, &item.note))
            (standing(cx, &item.status))
            (others(cx, item))
            (sources(cx, &item.sources))
        }
    }
}

fn title(cx: &Cx, item: &TimelineItem) -> Markup {
    if item.kind == TimelineKind::GenomeReport {
        return cx.words(&item.title, &item.title_en);
    }
    let display = item.codes.iter().map(|code| code.display.as_str()).find(|text| !text.is_empty());
    match (item.title.as_str(), display) {
        ("", None) => html! { (kind(cx, item.kind)) },
        ("", Some(display)) => html! { (display) },
        (title, _) => html! { (title) },
    }
}

fn codes(item: &TimelineItem) -> Markup {
    let codes: Vec<&str> = item.codes.iter().map(|code| code.code.as_str()).filter(|code| !code.is_empty()).collect();
    html! { @if !codes.is_empty() { " " small.mono { (codes.join(", ")) } } }
}

fn address(cx: &Cx, page: &TimelinePage, item: &TimelineItem) -> Markup {
    html! {
        @if let Some(case) = &item.case {
            " "
            @if page.own { a href="/my/result" { (cx.t("story-read-report")) } }
            @else { a href={ "/cases/" (segment(&case.0)) } { (cx.t("story-read-report")) } }
        }
        @if item.kind == TimelineKind::Line(LineKind::Questionnaire) { @for source in &item.sources {
            @if let Some((_, id)) = source.reference.split_once('/') {
                " " a href={ "/answers/" (segment(&source.source)) "/" (segment(id)) } { (cx.t("pro-read")) }
            }
        } }
    }
}

fn when(cx: &Cx, item: &TimelineItem) -> String {
    item.span.as_ref().map_or_else(|| cx.t("story-no-date"), |span| span_words(cx, span))
}

fn span_words(cx: &Cx, span: &Span) -> String {
    let start = partial(cx.locale, &span.start);
    if span.end.is_empty() || span.end.get(..10) == span.start.get(..10) {
        return start;
    }
    format!("{start} – {}", partial(cx.locale, &span.end))
}

/// Most that is told of one line before it is folded together.
const MOST_OPEN: usize = 8;

fn list(cx: &Cx, readings: &[Reading]) -> Markup {
    html! { ul.readings { @for reading in readings { li { (measured(cx, reading)) } } } }
}

/// What was measured, and a word more.
fn said(cx: &Cx, readings: &[Reading], note: &str) -> Markup {
    html! {
        @if readings.len() > MOST_OPEN {
            details { summary { (cx.tf("story-readings", &[("count", readings.len().into())])) } (list(cx, readings)) }
        } @else if !readings.is_empty() { (list(cx, readings)) }
        @if !note.is_empty() { p.break-word { (note) } }
    }
}

fn measured(cx: &Cx, reading: &Reading) -> Markup {
    html! {
        @if !reading.title.is_empty() { (reading.title) ": " }
        @match &reading.value {
            Measured::Quantity { text, unit, .. } => { span.number { (text) } @if !unit.is_empty() { " " (unit) } }
            Measured::Words(text) => { (text) }
            Measured::Absent => { (cx.t("story-absent")) }
        }
        @match reading.range {
            (Some(low), Some(high)) => { " (" (cx.t("story-range")) " " (plot::short(cx, low)) "–" (plot::short(cx, high)) ")" }
            (Some(low), None) => { " (" (cx.t("story-range")) " ≥ " (plot::short(cx, low)) ")" }
            (None, Some(high)) => { " (" (cx.t("story-range")) " ≤ " (plot::short(cx, high)) ")" }
            (None, None) => {}
        }
        @if !reading.interpretation.is_empty() && reading.interpretation != "N" {
            " " strong { (cx.word("interpretation", &reading.interpretation)) }
        }
    }
}

fn standing(cx: &Cx, status: &str) -> Markup {
    html! { @if !status.is_empty() { p { (cx.t("story-status")) ": "
        @if status == "entered-in-error" { strong { (cx.word("fhir-status", status)) } } @else { (cx.word("fhir-status", status)) }
    } } }
}

/// What other sources tell differently of the same.
fn others(cx: &Cx, item: &TimelineItem) -> Markup {
    html! {
        @if !item.others.is_empty() {
            div.alert.alert-warning {
                p { strong { (cx.t("story-disagree")) } }
                ul { @for other in &item.others { li { (other.source) ": " (differing(cx, other)) } } }
            }
        }
    }
}

fn differing(cx: &Cx, other: &Other) -> Markup {
    html! {
        @for (place, reading) in other.readings.iter().enumerate() { @if place > 0 { "; " } (measured(cx, reading)) }
        @if !other.status.is_empty() { " " (cx.word("fhir-status", &other.status)) }
        @if let Some(span) = &other.span { ", " (span_words(cx, span)) }
        @if !other.note.is_empty() { ", " (other.note) }
    }
}

fn sources(cx: &Cx, sources: &[ItemSource]) -> Markup {
    html! {
        @if sources.len() > 1 { p { small { strong { (cx.tf("story-joined", &[("count", sources.len().into())])) } } } }
        @for source in sources { p.story-source { small { (source_words(cx, source)) } } }
    }
}

fn source_words(cx: &Cx, source: &ItemSource) -> String {
    let at = moment(cx.locale, source.known_at);
    if source.source.is_empty() {
        return cx.tf("story-source-house", &[("at", at.into())]);
    }
    let args = [("source", source.source.clone().into()), ("at", at.into()), ("version", source.version.into())];
    cx.tf(if source.version > 1 { "story-source-version" } else { "story-source" }, &args)
}

fn table(cx: &Cx, page: &TimelinePage) -> Markup {
    const COLUMNS: [&str; 6] = ["story-when", "story-kind", "story-what", "story-value", "story-status", "story-from"];
    html! {
        div.table-scroll tabindex="0" role="group" aria-label=(cx.t("story-lines")) {
            table.table.stacked {
                thead { tr { @for key in COLUMNS { th scope="col" { (cx.t(key)) } } } }
                tbody { @for item in &page.items { tr {
                    td data-label=(cx.t("story-when")) { (when(cx, item)) }
                    td data-label=(cx.t("story-kind")) { (kind(cx, item.kind)) }
                    th scope="row" data-label=(cx.t("story-what")) { span { (title(cx, item)) (codes(item)) (address(cx, page, item)) } }
                    td data-label=(cx.t("story-value")) { div { (said(cx, &item.readings, &item.note)) (others(cx, item)) } }
                    td data-label=(cx.t("story-status")) { @if !item.status.is_empty() { (cx.word("fhir-status", &item.status)) } }
                    td data-label=(cx.t("story-from")) { div { (sources(cx, &item.sources)) } }
                } } }
            }
        }
    }
}
