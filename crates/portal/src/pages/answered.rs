//! One response: what it came to, what it calls for, and each answer. It is also what confirms that answers were sent.

use crate::format::partial;
use crate::page::{Cx, Page, Sample};
use crate::pages::questionnaire::say;
use crate::pages::questionnaires::{sample_line, source};
use crate::parts::{plot, scores};
use indgang_fhir::questionnaire::Words;
use indgang_model::{LegalBasis, PersonId};
use indgang_service::{AnsweredItem, AnsweredView, Given, Series};
use maud::{Markup, html};

/// The page's context.
#[derive(Debug, Clone)]
pub struct AnsweredPage {
    /// The response.
    pub view: AnsweredView,
    /// True when it has just been sent.
    pub sent: bool,
    /// True when a citizen reads.
    pub citizen: bool,
}

impl Page for AnsweredPage {
    fn title(&self, cx: &Cx) -> String {
        self.view.line.title.in_language(cx.locale.code()).0.to_owned()
    }

    fn body(&self, cx: &Cx) -> Markup {
        let AnsweredView { line, advice, series, rule, log_index, .. } = &self.view;
        html! {
            @if self.sent {
                div.alert.alert-success role="status" { h2 { (cx.t("pro-sent")) } p { (cx.t("pro-sent-text")) } }
            }
            @if self.citizen { @for words in advice {
                div.alert.alert-error { h2 { (cx.t("pro-advice")) } p { (say(cx, words)) } }
            } }
            p {
                @if !line.at.is_empty() { (cx.tf("pro-answered-at", &[("at", partial(cx.locale, &line.at).into())])) " " }
                (cx.tf("pro-told-by", &[("source", source(cx, &line.source).into())]))
            }
            section aria-labelledby="result" {
                h2 #result { (cx.t(if self.view.own { "pro-result" } else { "pro-result-of" })) }
                @if line.scores.is_empty() { p { (cx.t("pro-result-none")) } }
                @else {
                    dl.facts { @for score in &line.scores {
                        dt { (say(cx, &score.title)) } dd { strong { (scores::value(cx, score)) } }
                    } }
                    p.hint { (cx.t("pro-result-hint")) }
                }
            }
            @if !series.is_empty() {
                section aria-labelledby="course" {
                    h2 #course { (cx.t("pro-course")) }
                    div.plots { @for series in series { (plot::figure(cx, series)) } }
                }
            }
            (self.items(cx))
            @if self.citizen { p { a href="/my/questionnaires" { (cx.t("pro-back")) } } }
            p.hint { (rule.paragraph) " (" span.mono { (rule.rule) } "). "
                (cx.tf("access-logged", &[("leaf", (*log_index).into())])) }
        }
    }
}

impl AnsweredPage {
    fn items(&self, cx: &Cx) -> Markup {
        html! {
            section aria-labelledby="answers" {
                h2 #answers { (cx.t("pro-answers")) }
                div.table-scroll tabindex="0" role="group" aria-label=(cx.t("pro-answers")) {
                    table.table.stacked {
                        thead { tr { @for key in ["pro-question", "pro-answer"] { th scope="col" { (cx.t(key)) } } } }
                        tbody { @for item in &self.view.items { tr {
                            th scope="row" data-label=(cx.t("pro-question")) { (say(cx, &item.text)) }
                            td data-label=(cx.t("pro-answer")) { @for given in &item.answers { div.break-word { (given_words(cx, given)) } } }
                        } } }
                    }
                }
            }
        }
    }
}

fn given_words(cx: &Cx, given: &Given) -> Markup {
    match given {
        Given::Words(words) => say(cx, words),
        Given::Truth(truth) => html! { (cx.t(if *truth { "pro-yes" } else { "pro-no" })) },
        Given::Moment(text) => html! { (partial(cx.locale, text)) },
    }
}

impl Sample for AnsweredPage {
    fn samples() -> Vec<(&'static str, Self)> {
        let words = |text: &str| Words { text: text.to_owned(), language: "da".to_owned(), others: Vec::new() };
        let item = |text: &str, answers| AnsweredItem { text: words(text), answers };
        let series = Series {
            title: "PHQ-9".to_owned(),
            unit: "point".to_owned(),
            points: vec![(1_780_000_000, 14.0), (1_790_000_000, 12.0)],
            range: (None, None),
        };
        let view = AnsweredView {
            person: PersonId("p-own".to_owned()),
            own: true,
            line: sample_line("2026-11-23T10:00:00Z", 12, "Moderate symptomer på depression"),
            advice: vec![words("Ring til Livslinien på 70 201 201.")],
            items: vec![
                item("Overskrift", Vec::new()),
                item("Ord", vec![Given::Words(words("<ord> & flere")), Given::Truth(true), Given::Truth(false)]),
                item("Siden", vec![Given::Moment("2026-01".to_owned())]),
            ],
            series: vec![series],
            rule: LegalBasis { rule: "DK-37".to_owned(), paragraph: "Sundhedsloven § 37".to_owned() },
            log_index: 7,
        };
        let mut bare = view.clone();
        (bare.line.scores, bare.series, bare.items, bare.own) = (Vec::new(), Vec::new(), Vec::new(), false);
        vec![
            ("sent", Self { view: view.clone(), sent: true, citizen: true }),
            ("read", Self { view, sent: false, citizen: true }),
            ("treated", Self { view: bare, sent: false, citizen: false }),
        ]
    }
}
