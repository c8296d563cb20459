//! The citizen's result in plain words, and that of a child in her custody.

use crate::format::moment;
use crate::page::{Cx, Page, Sample};
use crate::parts::words;
use crate::sample;
use indgang_interpret::report::ResultKind;
use indgang_model::Timestamp;
use indgang_service::Examined;
use maud::{Markup, html};

/// A signed answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The kind of result; `None` for a relative, whose question it was not.
    pub result: Option<ResultKind>,
    /// The geneticist's words; `None` for a relative.
    pub text: Option<String>,
    /// Genes with the disease found.
    pub findings: Vec<Found>,
    /// Whether secondary findings were looked for.
    pub examined: Examined,
    /// Secondary findings, as wished.
    pub secondary: Vec<Found>,
    /// Signed by.
    pub by: String,
    /// Signed at.
    pub at: Timestamp,
}

/// A gene and the disease it causes.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Found {
    /// Symbol of the gene.
    pub gene: String,
    /// Name of the disease.
    pub disease: Option<String>,
    /// What it means for children and siblings, Danish; empty when nothing is said.
    pub recurrence_da: String,
    /// The same, English.
    pub recurrence: String,
}

/// One person the citizen may see results of.
#[derive(Debug, Clone, PartialEq)]
pub struct MyPerson {
    /// Name.
    pub name: String,
    /// Her cases.
    pub cases: Vec<MyCase>,
}

/// One case.
#[derive(Debug, Clone, PartialEq)]
pub struct MyCase {
    /// True when the case is about this person; false when she takes part as a relative.
    pub about: bool,
    /// The answer, when signed.
    pub answer: Option<Answer>,
}

/// The page's context.
#[derive(Debug, Clone)]
pub struct ResultPage {
    /// Herself first, then the children.
    pub people: Vec<MyPerson>,
}

impl Page for ResultPage {
    fn title(&self, cx: &Cx) -> String {
        cx.t("result-title")
    }

    fn body(&self, cx: &Cx) -> Markup {
        html! {
            @for person in &self.people {
                section {
                    h2 { (person.name) }
                    @if person.cases.is_empty() { p { (cx.t("result-no-case")) } }
                    @for case in &person.cases {
                        @match &case.answer {
                            Some(found) => { (answer(cx, found)) }
                            None => {
                                div.alert.alert-info {
                                    h3 { (cx.t("result-not-signed")) }
                                    p { (cx.t("result-not-signed-text")) }
                                    @if !case.about { p { (cx.t("result-as-relative")) } }
                                }
                            }
                        }
                    }
                }
            }
            p { (cx.t("result-questions")) }
            p { a href="/my/log" { (cx.t("result-see-log")) } }
        }
    }
}

fn answer(cx: &Cx, answer: &Answer) -> Markup {
    html! {
        div.card {
            @match answer.result { Some(kind) => { (kind_of_answer(cx, kind)) } None => { p.lead { (cx.t("result-as-relative")) } } }
            @for found in &answer.findings { (finding(cx, found)) }
            @if let Some(text) = &answer.text {
                h3 { (cx.t("plain-conclusion")) }
                blockquote.prose { (text) }
            }
            h3 { (cx.t("plain-secondary")) }
            @if answer.secondary.is_empty() {
                p { (cx.t(match answer.examined {
                    Examined::NotWished => "plain-secondary-not-wished",
                    Examined::No => "plain-secondary-not-examined",
                    Examined::Yes => "plain-secondary-none",
                })) }
            }
            @else {
                ul { @for found in &answer.secondary { li {
                    strong { (found.gene) }
                    @if let Some(disease) = &found.disease { ", " (cx.word("disease", disease)) }
                } } }
                p { (cx.t("plain-secondary-talk")) }
            }
            p { a href="/my/choices" { (cx.t("change-wishes")) } }
            p.hint { (cx.tf("signed-by-at", &[("by", answer.by.clone().into()), ("at", moment(cx.locale, answer.at).into())])) }
        }
    }
}

fn kind_of_answer(cx: &Cx, kind: ResultKind) -> Markup {
    let (heading, text) = match kind {
        ResultKind::Diagnostic => ("plain-diagnostic", "plain-diagnostic-text"),
        ResultKind::Uncertain => ("plain-uncertain", "plain-uncertain-text"),
        ResultKind::Negative => ("plain-negative", "plain-negative-text"),
    };
    html! {
        p { (words::result_kind(cx, kind)) }
        h3 { (cx.t(heading)) }
        p.lead { (cx.t(text)) }
    }
}

fn finding(cx: &Cx, found: &Found) -> Markup {
    let recurrence = cx.either(&found.recurrence_da, &found.recurrence);
    html! {
        dl.facts {
            dt { (cx.t("gene")) } dd { (found.gene) }
            @if let Some(disease) = &found.disease { dt { (cx.t("disease")) } dd { (cx.word("disease", disease)) } }
        }
        @if !recurrence.is_empty() {
            h3 { (cx.t("plain-family")) }
            p { (recurrence) }
            p { (cx.t("plain-family-talk")) }
        }
    }
}

impl Sample for ResultPage {
    fn samples() -> Vec<(&'static str, Self)> {
        let risk = sample::de_novo().recurrence_risk;
        let found = || Found {
            gene: "FGFR2".to_owned(),
            disease: Some("Pfeiffer syndrome".to_owned()),
            recurrence_da: risk.text_da.clone(),
            recurrence: risk.text.clone(),
        };
        let page = |result: Option<ResultKind>, findings, secondary, examined| Self {
            people: vec![MyPerson {
                name: "Asta Prøve".to_owned(),
                cases: vec![MyCase {
                    about: result.is_some(),
                    answer: Some(Answer {
                        result,
                        text: result.map(|_| "Vi har set på alle gener.\nDu får en tid til samtale.".to_owned()),
                        findings,
                        examined,
                        secondary,
                        by: "Gry Genetiker".to_owned(),
                        at: sample::now(),
                    }),
                }],
            }],
        };
        let other = Found { gene: "LDLR".to_owned(), ..Found::default() };
        let waiting = |about| MyPerson { name: "Asta Prøve".to_owned(), cases: vec![MyCase { about, answer: None }] };
        vec![
            ("found", page(Some(ResultKind::Diagnostic), vec![found()], Vec::new(), Examined::Yes)),
            ("uncertain", page(Some(ResultKind::Uncertain), Vec::new(), vec![other.clone()], Examined::Yes)),
            ("nothing-evident", page(Some(ResultKind::Negative), Vec::new(), Vec::new(), Examined::No)),
            ("relative", page(None, Vec::new(), vec![other], Examined::Yes)),
            ("relative-not-wished", page(None, Vec::new(), Vec::new(), Examined::NotWished)),
            ("not-signed", Self { people: vec![waiting(true), waiting(false)] }),
            ("no-case", Self { people: vec![MyPerson { name: "Asta Prøve".to_owned(), cases: Vec::new() }] }),
        ]
    }
}
