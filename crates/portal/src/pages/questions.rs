//! What a patient is asked to answer, for who treats her: put a question, see whether it is answered.

use crate::format::{day, partial};
use crate::page::{Cx, Page, Sample, segment};
use crate::pages::questionnaire::say;
use crate::sample;
use indgang_fhir::questionnaire::{Questionnaire, Task, Words};
use indgang_model::{LegalBasis, PersonId, Sensitive, Timestamp};
use indgang_service::{PORTAL, QuestionLine, QuestionList, QuestionState, QuestionnaireForm};
use maud::{Markup, html};

/// What the page says first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QuestionNotice {
    /// She is asked.
    Asked,
    /// A question was withdrawn.
    Withdrawn,
    /// Nothing was asked: the day has passed or is too far away, or cannot be read.
    NotThatDay,
    /// Nothing was asked: no questionnaire was chosen, or it was retired.
    NoForm,
}

/// The page's context.
#[derive(Debug, Clone)]
pub struct QuestionsPage {
    /// What there is.
    pub list: QuestionList,
    /// The name of this form, by which what is sent twice is known.
    pub form: String,
    /// What stands in the fields: key of the questionnaire, and day.
    pub typed: (String, String),
    /// Now.
    pub now: Timestamp,
    /// What is said first.
    pub notice: Option<QuestionNotice>,
}

impl Page for QuestionsPage {
    fn title(&self, cx: &Cx) -> String {
        match &self.list.name {
            Some(name) => cx.tf("ask-title-of", &[("name", name.expose().clone().into())]),
            None => cx.t("ask-title"),
        }
    }

    fn body(&self, cx: &Cx) -> Markup {
        html! {
            (self.notice(cx))
            p.lead { (cx.t("ask-lead")) }
            p { a href={ "/patients/" (segment(&self.list.person.0)) "/timeline" } { (cx.t("ask-story")) } }
            (self.form(cx))
            (self.asked(cx))
            p.hint { (self.list.rule.paragraph) " (" span.mono { (self.list.rule.rule) } "). "
                (cx.tf("access-logged", &[("leaf", self.list.log_index.into())])) }
        }
    }
}

impl QuestionsPage {
    fn path(&self) -> String {
        format!("/patients/{}/questions", segment(&self.list.person.0))
    }

    fn notice(&self, cx: &Cx) -> Markup {
        let said = self.notice.map(|notice| match notice {
            QuestionNotice::Asked => ("alert-success", "status", "ask-done"),
            QuestionNotice::Withdrawn => ("alert-success", "status", "ask-withdrawn"),
            QuestionNotice::NotThatDay => ("alert-error", "alert", "ask-fault-day"),
            QuestionNotice::NoForm => ("alert-error", "alert", "ask-fault-form"),
        });
        html! { @if let Some((class, role, key)) = said { div.alert.(class) role=(role) { p { (cx.t(key)) } } } }
    }

    fn form(&self, cx: &Cx) -> Markup {
        let (key, until) = &self.typed;
        html! {
            section aria-labelledby="new" {
                h2 #new { (cx.t("ask-new")) }
                @if self.list.forms.is_empty() { p { (cx.t("pro-none-open")) } }
                @else {
                    form.form method="post" action=(self.path()) {
                        (cx.csrf_field())
                        input type="hidden" name="form" value=(self.form);
                        div.form-row {
                            label for="questionnaire" { (cx.t("pro-what")) }
                            select #questionnaire name="questionnaire" required {
                                option value="" { (cx.t("pro-choose")) }
                                @for form in &self.list.forms {
                                    option value=(form.key) selected[form.key == *key] { (title(cx, &form.questionnaire.title)) }
                                }
                            }
                            label for="until" { (cx.t("ask-until")) }
                            input #until type="date" name="until" value=(until) min=(day(self.now).to_string());
                        }
                        p.hint { (cx.t("ask-hint")) }
                        button.button.button-primary type="submit" name="do" value="ask" { (cx.t("ask-put")) }
                    }
                }
            }
        }
    }

    fn asked(&self, cx: &Cx) -> Markup {
        const COLUMNS: [&str; 5] = ["pro-what", "ask-when", "ask-until", "ask-who", "ask-state"];
        html! {
            section aria-labelledby="asked" {
                h2 #asked { (cx.t("ask-asked")) }
                @if self.list.asked.is_empty() { p { (cx.t("ask-none")) } }
                @else {
                    div.table-scroll tabindex="0" role="group" aria-label=(cx.t("ask-asked")) {
                        table.table.stacked {
                            thead { tr { @for key in COLUMNS { th scope="col" { (cx.t(key)) } } } }
                            tbody { @for line in &self.list.asked { (self.row(cx, line)) } }
                        }
                    }
                }
            }
        }
    }

    fn row(&self, cx: &Cx, line: &QuestionLine) -> Markup {
        let task = &line.task;
        let or_none = |text: &str| if text.is_empty() { "–".to_owned() } else { partial(cx.locale, text) };
        html! {
            tr {
                th scope="row" data-label=(cx.t("pro-what")) { (say(cx, &line.title)) }
                td data-label=(cx.t("ask-when")) { (or_none(&task.at)) }
                td data-label=(cx.t("ask-until")) { (or_none(&task.until)) }
                td data-label=(cx.t("ask-who")) {
                    @if task.requester.is_empty() { (cx.t("pro-asked-somebody")) } @else { (task.requester) }
                }
                td data-label=(cx.t("ask-state")) { div {
                    (self.state(cx, line))
                    @if let Some((source, id)) = &line.answer {
                        " " a href={ "/answers/" (segment(source)) "/" (segment(id)) } { (cx.t("pro-read")) }
                    }
                    @if line.source == PORTAL && task.waits() && line.answer.is_none() { (self.withdraw(cx, line)) }
                } }
            }
        }
    }

    fn state(&self, cx: &Cx, line: &QuestionLine) -> Markup {
        match line.state {
            QuestionState::Waiting => html! { (cx.t("ask-state-waiting")) },
            QuestionState::Late => html! { strong { (cx.t("ask-state-late")) } },
            QuestionState::Answered => html! { (cx.t("ask-state-answered")) },
            QuestionState::Ended => html! { (cx.t("ask-state-ended")) },
        }
    }

    fn withdraw(&self, cx: &Cx, line: &QuestionLine) -> Markup {
        html! {
            form method="post" action=(self.path()) {
                (cx.csrf_field())
                input type="hidden" name="id" value=(line.id);
                button.button.button-secondary type="submit" name="do" value="withdraw" {
                    (cx.t("ask-withdraw")) span.visually-hidden { " " (say(cx, &line.title)) }
                }
            }
        }
    }
}

/// Words for an option, where no element may stand.
fn title<'w>(cx: &Cx, words: &'w Words) -> &'w str {
    let language = cx.locale.code();
    words
        .others
        .iter()
        .find(|(of, _)| of == language && words.language != language)
        .map_or(&words.text, |(_, text)| text)
}

impl Sample for QuestionsPage {
    fn samples() -> Vec<(&'static str, Self)> {
        let form = |key: &str, text: &str| QuestionnaireForm {
            key: key.to_owned(),
            questionnaire: Questionnaire::read(text).expect("a sample that can be read"),
            open: true,
        };
        let line = |id: &str, state, status: &str, until: &str, answer: Option<&str>| QuestionLine {
            source: if until.is_empty() { "ward".to_owned() } else { PORTAL.to_owned() },
            id: id.to_owned(),
            title: form("", include_str!("../../../../questionnaires/pain.json")).questionnaire.title,
            task: Task {
                questionnaire: "urn:indgang:questionnaire:pain".to_owned(),
                requester: if until.is_empty() { String::new() } else { "Klara Kliniker, Afdelingen".to_owned() },
                at: "2026-11-01T10:00:00Z".to_owned(),
                until: until.to_owned(),
                status: status.to_owned(),
            },
            state,
            answer: answer.map(|id| (PORTAL.to_owned(), id.to_owned())),
        };
        let list = QuestionList {
            person: PersonId("p-child".to_owned()),
            name: Some(Sensitive::new("Asta Prøve".to_owned())),
            forms: vec![
                form("0011", include_str!("../../../../questionnaires/phq-9.json")),
                form("2233", include_str!("../../../../questionnaires/pain.json")),
            ],
            asked: vec![
                line("a", QuestionState::Waiting, "requested", "2027-01-01", None),
                line("b", QuestionState::Late, "requested", "2026-11-02", None),
                line("c", QuestionState::Answered, "requested", "2026-11-20", Some("0123")),
                line("d", QuestionState::Ended, "cancelled", "", None),
            ],
            rule: LegalBasis { rule: "DK-42a".to_owned(), paragraph: "Sundhedsloven § 42 a, stk. 1".to_owned() },
            log_index: 7,
        };
        let page = Self {
            list,
            form: "0123456789abcdef".to_owned(),
            typed: Default::default(),
            now: sample::now(),
            notice: Some(QuestionNotice::Asked),
        };
        let wrong = Self {
            typed: ("2233".to_owned(), "2020-01-01".to_owned()),
            notice: Some(QuestionNotice::NotThatDay),
            ..page.clone()
        };
        let mut empty = Self { notice: None, ..page.clone() };
        (empty.list.asked, empty.list.forms, empty.list.name) = Default::default();
        let gone = Self { notice: Some(QuestionNotice::NoForm), ..page.clone() };
        let withdrawn = Self { notice: Some(QuestionNotice::Withdrawn), ..page.clone() };
        vec![("asked", page), ("wrong-day", wrong), ("empty", empty), ("gone", gone), ("withdrawn", withdrawn)]
    }
}
