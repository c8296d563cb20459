//! A questionnaire as a form. It works without scripts: what is enabled is shown anew by *update*, and by sending.

mod field;
mod samples;

pub(crate) use field::TYPED;

use crate::page::{Cx, Page};
use indgang_fhir::questionnaire::{Answers, FaultKind, Item, Kind, Questionnaire, Words};
use indgang_service::QuestionnaireForm;
use maud::{Markup, html};
use std::collections::{BTreeMap, BTreeSet};

/// What stands in the fields, by `linkId`: places of options, and what was typed.
pub type Typed = BTreeMap<String, Vec<String>>;

/// What the page says before the questions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notice {
    /// Answers have led to more questions.
    More,
    /// She asked for the questions to be updated.
    Updated,
    /// Another version holds now.
    Changed,
    /// It can no longer be sent.
    Retired,
    /// A draft is taken up again.
    Draft,
}

/// The page's context.
#[derive(Debug, Clone)]
pub struct QuestionnairePage {
    /// What is asked.
    pub form: QuestionnaireForm,
    /// The name of this form, by which what is sent twice is known.
    pub name: String,
    /// The child she answers for.
    pub person: Option<String>,
    /// What stands in the fields.
    pub typed: Typed,
    /// What it says, as far as it can be read.
    pub answers: Answers,
    /// What is to be mended.
    pub faults: BTreeMap<String, FaultKind>,
    /// What is said first.
    pub notice: Option<Notice>,
}

/// Words of a questionnaire in the reader's language, else marked with theirs.
pub(crate) fn say(cx: &Cx, words: &Words) -> Markup {
    let (text, language) = words.in_language(cx.locale.code());
    match language {
        "" => html! { (text) },
        language if language == cx.locale.code() => html! { (text) },
        language => html! { span lang=(language) { (text) } },
    }
}

/// The text of a fault.
fn fault(cx: &Cx, kind: FaultKind) -> String {
    cx.t(match kind {
        FaultKind::Missing => "pro-fault-missing",
        FaultKind::WrongType | FaultKind::UnknownItem => "pro-fault-wrong-type",
        FaultKind::NotAnOption => "pro-fault-not-an-option",
        FaultKind::TooMany => "pro-fault-too-many",
        FaultKind::TooLong => "pro-fault-too-long",
        FaultKind::OutOfRange => "pro-fault-out-of-range",
        FaultKind::Disabled => "pro-fault-disabled",
    })
}

impl Page for QuestionnairePage {
    fn title(&self, cx: &Cx) -> String {
        self.form.questionnaire.title.in_language(cx.locale.code()).0.to_owned()
    }

    fn body(&self, cx: &Cx) -> Markup {
        let questionnaire = &self.form.questionnaire;
        let shown = Shown::of(self);
        html! {
            (self.notices(cx, &shown))
            @if !questionnaire.description.text.is_empty() { p.lead { (say(cx, &questionnaire.description)) } }
            @if self.person.is_some() { p { strong { (cx.t("pro-for-child")) } } }
            @if self.form.open { p.hint { (cx.t("pro-form-lead")) } }
            form.form.questions method="post" action={ "/my/questionnaires/" (self.form.key) } {
                (cx.csrf_field())
                input type="hidden" name="version" value=(questionnaire.version);
                input type="hidden" name="form" value=(self.name);
                @if let Some(person) = &self.person { input type="hidden" name="person" value=(person); }
                @for item in &questionnaire.items { (self.item(cx, &shown, item, 2)) }
                @if self.form.open { (buttons(cx, questionnaire)) }
            }
            (about(cx, questionnaire))
        }
    }
}

/// Which items are shown, and the number of each on the page.
struct Shown<'p> {
    enabled: BTreeSet<&'p str>,
    numbers: BTreeMap<&'p str, usize>,
}

impl<'p> Shown<'p> {
    fn of(page: &'p QuestionnairePage) -> Self {
        let questionnaire = &page.form.questionnaire;
        let numbers = questionnaire.each().enumerate().map(|(number, item)| (item.link_id.as_str(), number + 1));
        Self { enabled: questionnaire.enabled(&page.answers), numbers: numbers.collect() }
    }

    fn id(&self, item: &Item) -> String {
        format!("q{}", self.numbers.get(item.link_id.as_str()).copied().unwrap_or_default())
    }
}

impl QuestionnairePage {
    fn notices(&self, cx: &Cx, shown: &Shown<'_>) -> Markup {
        let key = self.notice.map(|notice| match notice {
            Notice::More => ("alert-warning", "pro-notice-more"),
            Notice::Updated => ("alert-info", "pro-notice-updated"),
            Notice::Changed => ("alert-warning", "pro-notice-changed"),
            Notice::Draft => ("alert-info", "pro-notice-draft"),
            Notice::Retired => ("alert-warning", "pro-notice-retired"),
        });
        let faulty = self.form.questionnaire.each().filter_map(|item| Some((item, *self.faults.get(&item.link_id)?)));
        html! {
            @if let Some((class, key)) = key { div.alert.(class) role="status" { p { (cx.t(key)) } } }
            @if !self.faults.is_empty() {
                div.alert.alert-error role="alert" {
                    h2 { (cx.t("pro-faults")) }
                    ul { @for (item, kind) in faulty {
                        li { a href={ "#" (shown.id(item)) } { (say(cx, &item.text)) } ": " (fault(cx, kind)) }
                    } }
                }
            }
        }
    }

    /// An item with those within it; what is disabled keeps what was typed, unseen.
    fn item(&self, cx: &Cx, shown: &Shown<'_>, item: &Item, level: usize) -> Markup {
        let within = |level| html! { @for inner in &item.items { (self.item(cx, shown, inner, level)) } };
        if !shown.enabled.contains(item.link_id.as_str()) || item.hidden {
            let kept = self.typed.get(&item.link_id).map_or(&[][..], Vec::as_slice);
            return html! {
                @for value in kept { input type="hidden" name={ "a." (item.link_id) } value=(value); }
                (within(level))
            };
        }
        match item.kind {
            Kind::Group => html! {
                section.question-group aria-labelledby=[(!item.text.text.is_empty()).then(|| shown.id(item))] {
                    @if !item.text.text.is_empty() {
                        @if level == 2 { h2 id=(shown.id(item)) { (say(cx, &item.text)) } }
                        @else { h3 id=(shown.id(item)) { (say(cx, &item.text)) } }
                    }
                    (within(level + 1))
                }
            },
            Kind::Display => html! {
                @if item.is_advice() { div.alert.alert-warning { p { (say(cx, &item.text)) } } }
                @else { p { (say(cx, &item.text)) } }
            },
            _ if item.is_asked() => html! {
                (field::field(cx, self, item, &shown.id(item)))
                (within(level))
            },
            _ => within(level),
        }
    }
}

fn buttons(cx: &Cx, questionnaire: &Questionnaire) -> Markup {
    let updates = questionnaire.each().any(|item| !item.conditions.is_empty());
    html! {
        @if updates {
            p.hint { (cx.t("pro-update-hint")) }
            button.button.button-secondary type="submit" name="do" value="update" { (cx.t("pro-update")) }
        }
        button.button.button-primary type="submit" name="do" value="send" { (cx.t("pro-send")) }
        " "
        button.button.button-secondary type="submit" name="do" value="save" { (cx.t("pro-draft-save")) }
    }
}

fn about(cx: &Cx, questionnaire: &Questionnaire) -> Markup {
    html! {
        @if !questionnaire.copyright.is_empty() {
            details {
                summary { (cx.t("pro-copyright")) }
                p.hint {
                    (say(cx, &questionnaire.title))
                    @if !questionnaire.version.is_empty() { ", " (cx.tf("pro-version", &[("version", questionnaire.version.clone().into())])) }
                    ". " (cx.english(&questionnaire.copyright))
                }
            }
        }
    }
}
