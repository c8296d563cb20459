//! A citizen's questionnaires: what she can fill in, what she has answered, and what it came to over time.

use crate::format::{moment, partial};
use crate::page::{Cx, Page, Sample, encode, segment};
use crate::pages::questionnaire::say;
use crate::parts::plot;
use crate::parts::scores;
use indgang_fhir::questionnaire::{Answer, Questionnaire, Score, Task, Words};
use indgang_model::{LegalBasis, PersonId};
use indgang_service::{AnsweredLine, DraftLine, PORTAL, QuestionnaireForm, QuestionnaireList, Series};
use maud::{Markup, html};

/// What was done with a draft.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DraftNotice {
    /// It was saved.
    Saved,
    /// It was thrown away.
    Discarded,
}

/// The page's context.
#[derive(Debug, Clone)]
pub struct QuestionnairesPage {
    /// What there is.
    pub list: QuestionnaireList,
    /// What was done with a draft before the page was opened.
    pub notice: Option<DraftNotice>,
}

impl Page for QuestionnairesPage {
    fn title(&self, cx: &Cx) -> String {
        cx.t(if self.list.own { "pro-title" } else { "pro-title-of" })
    }

    fn body(&self, cx: &Cx) -> Markup {
        html! {
            @if let Some(notice) = self.notice { div.alert.alert-success role="status" { p {
                (cx.t(match notice { DraftNotice::Saved => "pro-draft-saved", DraftNotice::Discarded => "pro-draft-discarded" }))
            } } }
            p.lead { (cx.t("pro-lead")) }
            (self.others(cx))
            (self.forms(cx))
            @if !self.list.series.is_empty() {
                section aria-labelledby="course" {
                    h2 #course { (cx.t("pro-course")) }
                    p.hint { (cx.t("pro-course-hint")) }
                    div.plots { @for series in &self.list.series { (plot::figure(cx, series)) } }
                }
            }
            (self.answered(cx))
            p.hint { (self.list.rule.paragraph) " (" span.mono { (self.list.rule.rule) } "). "
                (cx.tf("access-logged", &[("leaf", self.list.log_index.into())])) }
        }
    }
}

impl QuestionnairesPage {
    fn others(&self, cx: &Cx) -> Markup {
        html! {
            @if !self.list.others.is_empty() {
                nav aria-label=(cx.t("pro-others")) {
                    p { (cx.t("pro-others")) }
                    ul.steps { @for (place, person) in self.list.others.iter().enumerate() {
                        li { a href={ "/my/questionnaires?person=" (encode(&person.0)) } {
                            (cx.tf("pro-other", &[("number", (place + 1).into())]))
                        } }
                    } }
                }
            }
        }
    }

    fn forms(&self, cx: &Cx) -> Markup {
        let person = if self.list.own { String::new() } else { format!("?person={}", encode(&self.list.person.0)) };
        html! {
            section aria-labelledby="open" {
                h2 #open { (cx.t("pro-open")) }
                @if !self.list.may_answer { p { (cx.t("pro-only-read")) } }
                @else if self.list.forms.is_empty() { p { (cx.t("pro-none-open")) } }
                @else {
                    @if !self.list.own { p { strong { (cx.t("pro-for-child")) } } }
                    ul.story { @for form in &self.list.forms { li.card {
                        h3 { (say(cx, &form.questionnaire.title)) }
                        @for task in self.list.asked.iter().filter(|task| task.questionnaire == form.questionnaire.url) { (asked(cx, task)) }
                        @if !form.questionnaire.description.text.is_empty() { p { (say(cx, &form.questionnaire.description)) } }
                        @match self.list.drafts.iter().find(|draft| draft.key == form.key) {
                            Some(draft) => (self.draft(cx, form, draft)),
                            None => p { a.button.button-primary href={ "/my/questionnaires/" (form.key) (person) } {
                                (cx.t("pro-fill")) span.visually-hidden { " " (say(cx, &form.questionnaire.title)) }
                            } },
                        }
                    } } }
                }
            }
        }
    }

    /// Goes on with a draft, or throws it away.
    fn draft(&self, cx: &Cx, form: &QuestionnaireForm, draft: &DraftLine) -> Markup {
        let path = format!("/my/questionnaires/{}", form.key);
        let person = if self.list.own { "" } else { self.list.person.0.as_str() };
        let more = if person.is_empty() { String::new() } else { format!("&person={}", encode(person)) };
        html! {
            p { (cx.tf("pro-draft", &[("at", moment(cx.locale, draft.saved_at).into())])) }
            p { a.button.button-primary href={ (path) "?draft=yes" (more) } {
                (cx.t("pro-draft-go-on")) span.visually-hidden { " " (say(cx, &form.questionnaire.title)) }
            } }
            form method="post" action=(path) {
                (cx.csrf_field())
                @if !person.is_empty() { input type="hidden" name="person" value=(person); }
                button.button.button-secondary type="submit" name="do" value="discard" {
                    (cx.t("pro-draft-discard")) span.visually-hidden { " " (say(cx, &form.questionnaire.title)) }
                }
            }
        }
    }

    fn answered(&self, cx: &Cx) -> Markup {
        html! {
            section aria-labelledby="answered" {
                h2 #answered { (cx.t("pro-answered")) }
                @if self.list.answered.is_empty() { p { (cx.t("pro-answered-none")) } }
                @else {
                    div.table-scroll tabindex="0" role="group" aria-label=(cx.t("pro-answered")) {
                        table.table.stacked {
                            thead { tr { @for key in ["pro-when", "pro-what", "pro-score", "pro-source", "pro-answers"] {
                                th scope="col" { (cx.t(key)) }
                            } } }
                            tbody { @for line in &self.list.answered { (row(cx, line)) } }
                        }
                    }
                }
            }
        }
    }
}

/// Who waits for an answer, and until when.
fn asked(cx: &Cx, task: &Task) -> Markup {
    let who = if task.requester.is_empty() { cx.t("pro-asked-somebody") } else { task.requester.clone() };
    html! {
        p { strong { (cx.tf("pro-asked", &[("who", who.into())])) }
            @if !task.at.is_empty() { " " (cx.tf("pro-asked-at", &[("at", partial(cx.locale, &task.at).into())])) }
            @if !task.until.is_empty() { " " (cx.tf("pro-asked-until", &[("until", partial(cx.locale, &task.until).into())])) }
        }
    }
}

fn row(cx: &Cx, line: &AnsweredLine) -> Markup {
    html! {
        tr {
            th scope="row" data-label=(cx.t("pro-when")) {
                @if line.at.is_empty() { (cx.t("story-no-date")) } @else { (partial(cx.locale, &line.at)) }
            }
            td data-label=(cx.t("pro-what")) {
                (say(cx, &line.title))
                @if line.status != "completed" { " (" (cx.word("fhir-status", &line.status)) ")" }
            }
            td data-label=(cx.t("pro-score")) {
                @if line.scores.is_empty() { (cx.t("pro-no-score")) }
                @for score in &line.scores { div { (scores::value(cx, score)) } }
            }
            td data-label=(cx.t("pro-source")) { (source(cx, &line.source)) }
            td data-label=(cx.t("pro-answers")) {
                a href=(address(line)) { (cx.t("pro-read")) span.visually-hidden {
                    " " (say(cx, &line.title)) " " (partial(cx.locale, &line.at))
                } }
            }
        }
    }
}

/// Who told it.
pub(super) fn source(cx: &Cx, source: &str) -> String {
    if source == PORTAL { cx.t("pro-source-portal") } else { source.to_owned() }
}

/// Where the answers can be read.
fn address(line: &AnsweredLine) -> String {
    format!("/answers/{}/{}", segment(&line.source), segment(&line.id))
}

/// A sample's response.
pub(super) fn sample_line(at: &str, number: i64, stands: &str) -> AnsweredLine {
    let words = |da: &str, en: &str| Words {
        text: en.to_owned(),
        language: "en".to_owned(),
        others: vec![("da".to_owned(), da.to_owned())],
    };
    let score = |title: Words, answer, words, range| Score {
        link_id: "total".to_owned(),
        title,
        answer,
        words,
        range,
        unit: "point".to_owned(),
    };
    let what = words(stands, "Moderate depressive symptoms");
    AnsweredLine {
        source: PORTAL.to_owned(),
        id: "0123".to_owned(),
        questionnaire: "urn:indgang:questionnaire:phq-9".to_owned(),
        title: words("Humør: PHQ-9", "Mood: PHQ-9"),
        at: at.to_owned(),
        status: "completed".to_owned(),
        scores: vec![
            score(
                words("PHQ-9, samlet score", "PHQ-9, total score"),
                Answer::Integer(number),
                None,
                (Some(0.0), Some(27.0)),
            ),
            score(
                words("Hvad den står for", "What it stands for"),
                Answer::Text("moderate".to_owned()),
                Some(what),
                (None, None),
            ),
        ],
    }
}

impl Sample for QuestionnairesPage {
    fn samples() -> Vec<(&'static str, Self)> {
        let form = |text: &str| QuestionnaireForm {
            key: "0011223344556677".to_owned(),
            questionnaire: Questionnaire::read(text).expect("a sample that can be read"),
            open: true,
        };
        let foreign = AnsweredLine {
            source: "hospital".to_owned(),
            status: "in-progress".to_owned(),
            title: Words { text: "urn:q".to_owned(), ..Words::default() },
            at: String::new(),
            scores: Vec::new(),
            ..sample_line("", 0, "")
        };
        let series = Series {
            title: "PHQ-9, samlet score".to_owned(),
            unit: "point".to_owned(),
            points: vec![(1_770_000_000, 17.0), (1_780_000_000, 12.0), (1_790_000_000, 6.0)],
            range: (None, None),
        };
        let list = QuestionnaireList {
            person: PersonId("p-own".to_owned()),
            own: true,
            may_answer: true,
            others: vec![PersonId("p-child".to_owned())],
            forms: vec![
                form(include_str!("../../../../questionnaires/phq-9.json")),
                form(include_str!("../../../../questionnaires/pain.json")),
            ],
            asked: [("Afdelingen", "2026-11-01", "2026-12-01"), ("", "", "")]
                .map(|(requester, at, until)| Task {
                    questionnaire: "urn:indgang:questionnaire:pain".to_owned(),
                    requester: requester.to_owned(),
                    at: at.to_owned(),
                    until: until.to_owned(),
                    status: "requested".to_owned(),
                })
                .into(),
            drafts: Vec::new(),
            answered: vec![sample_line("2026-11-23T10:00:00Z", 12, "Moderate symptomer på depression"), foreign],
            series: vec![series],
            rule: LegalBasis { rule: "DK-37".to_owned(), paragraph: "Sundhedsloven § 37".to_owned() },
            log_index: 7,
        };
        let empty = QuestionnaireList { answered: Vec::new(), series: Vec::new(), forms: Vec::new(), ..list.clone() };
        let child = QuestionnaireList { own: false, others: Vec::new(), ..list.clone() };
        let proxy = QuestionnaireList { may_answer: false, ..child.clone() };
        let drafts = vec![DraftLine { key: "0011223344556677".to_owned(), saved_at: crate::sample::now() }];
        let begun = QuestionnaireList { drafts: drafts.clone(), ..list.clone() };
        let begun_for_child = QuestionnaireList { drafts, ..child.clone() };
        [
            ("own", list, None),
            ("empty", empty, Some(DraftNotice::Discarded)),
            ("child", child, None),
            ("proxy", proxy, None),
            ("draft", begun, Some(DraftNotice::Saved)),
            ("draft-child", begun_for_child, None),
        ]
        .map(|(name, list, notice)| (name, Self { list, notice }))
        .into()
    }
}
