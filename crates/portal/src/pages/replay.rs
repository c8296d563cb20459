//! What the answer would have been: a question about somebody at some time, and the ruling.

use crate::format::moment;
use crate::page::{Cx, Page, Sample, role};
use crate::pages::rules::value;
use crate::parts::words;
use crate::sample;
use indgang_gate::{Activity, Replayed};
use indgang_model::{Category, LegalBasis, Purpose, Role, Timestamp};
use maud::{Markup, html};

/// What was filled in. Empty where nothing was.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// Who would have asked.
    pub user: String,
    /// About whom.
    pub person: String,
    /// In which case.
    pub case: String,
    /// When, as the field has it.
    pub at: String,
    /// What.
    pub activity: Option<Activity>,
    /// Why.
    pub purpose: Option<Purpose>,
    /// Which kind of data.
    pub category: Option<Category>,
}

/// The page's context.
#[derive(Debug, Clone)]
pub struct ReplayPage {
    /// What was filled in.
    pub asked: Asked,
    /// The ruling; `None` before anybody asked.
    pub ruling: Option<Ruling>,
    /// What keeps the question from being put, by its key.
    pub error: Option<&'static str>,
}

/// The ruling.
#[derive(Debug, Clone)]
pub struct Ruling {
    /// What the rules would have answered.
    pub answer: Replayed,
    /// Who would have asked.
    pub user_name: String,
    /// In which capacity.
    pub role: Role,
    /// When.
    pub at: Timestamp,
    /// Index of this passage in the log.
    pub log_index: u64,
}

impl Page for ReplayPage {
    fn title(&self, cx: &Cx) -> String {
        cx.t("replay-title")
    }

    fn body(&self, cx: &Cx) -> Markup {
        html! {
            p.lead { (cx.t("replay-lead")) }
            p { (cx.t("replay-logged")) }
            @if let Some(error) = self.error { div.alert.alert-error role="alert" { p { (cx.t(error)) } } }
            @if let Some(ruling) = &self.ruling { (told(cx, ruling)) }
            (self.form(cx))
            p.hint { (cx.t("replay-known")) }
        }
    }
}

impl ReplayPage {
    fn form(&self, cx: &Cx) -> Markup {
        let asked = &self.asked;
        html! {
            form.form method="post" action="/audit/replay" {
                (cx.csrf_field())
                (field(cx, "user", "replay-user", &asked.user, true))
                (field(cx, "person", "replay-person", &asked.person, true))
                p { label for="activity" { (cx.t("replay-activity")) } br;
                    select #activity name="activity" { @for activity in Activity::ALL {
                        option value=(value(&activity)) selected[asked.activity == Some(activity)] {
                            (cx.t(&format!("may-{}", value(&activity))))
                        }
                    } } }
                p { label for="purpose" { (cx.t("log-purpose")) } br;
                    select #purpose name="purpose" { @for purpose in Purpose::ALL {
                        option value=(value(&purpose)) selected[asked.purpose == Some(purpose)] { (words::purpose(cx, purpose)) }
                    } } }
                p { label for="category" { (cx.t("replay-category")) } br;
                    select #category name="category" { @for category in Category::ALL {
                        option value=(value(&category)) selected[asked.category == Some(category)] { (words::category(cx, category)) }
                    } } }
                (field(cx, "case", "replay-case", &asked.case, false))
                p { label for="at" { (cx.t("replay-at")) } br;
                    input #at name="at" type="datetime-local" value=(asked.at) aria-describedby="at-hint";
                    br; small #at-hint { (cx.t("replay-at-hint")) } }
                button.button.button-primary type="submit" { (cx.t("replay-ask")) }
            }
        }
    }
}

fn field(cx: &Cx, name: &str, key: &str, value: &str, required: bool) -> Markup {
    html! {
        p { label for=(name) { (cx.t(key)) } br;
            input id=(name) name=(name) value=(value) maxlength="64" autocomplete="off" required[required]; }
    }
}

fn told(cx: &Cx, ruling: &Ruling) -> Markup {
    let Replayed { permitted, rule, reason, obligations, withheld } = &ruling.answer;
    let join = |all: Vec<String>| all.join(", ");
    html! {
        section.card role="status" aria-labelledby="ruling" {
            h2 #ruling { (words::permitted(cx, *permitted)) }
            dl.facts {
                dt { (cx.t("log-who")) } dd { (ruling.user_name) ", " (role(cx, ruling.role)) }
                dt { (cx.t("log-when")) } dd { (moment(cx.locale, ruling.at)) }
                dt { (cx.t("refused-rule")) } dd.mono { a href={ "/audit/rules#" (rule.rule) } { (rule.rule) } }
                dt { (cx.t("refused-paragraph")) } dd { (rule.paragraph) }
                @if let Some(reason) = reason { dt { (cx.t("refused-why")) } dd { (cx.t(&format!("why-{}", value(reason)))) } }
                @if !obligations.is_empty() {
                    dt { (cx.t("rules-then")) }
                    dd { (join(obligations.iter().map(|o| words::obligation(cx, *o)).collect())) }
                }
                @if !withheld.is_empty() {
                    dt { (cx.t("log-withheld")) }
                    dd { (join(withheld.iter().map(|c| words::category(cx, *c)).collect())) }
                }
            }
            p { (cx.tf("replay-stands", &[("leaf", ruling.log_index.into())])) }
        }
    }
}

impl Sample for ReplayPage {
    fn samples() -> Vec<(&'static str, Self)> {
        let asked = || Asked {
            user: "doctor".to_owned(),
            person: "p-child".to_owned(),
            at: "2026-03-01T12:00".to_owned(),
            activity: Some(Activity::OpenCase),
            ..Asked::default()
        };
        let ruling = |permitted| Ruling {
            answer: Replayed {
                permitted,
                rule: LegalBasis { rule: "DK-42a".to_owned(), paragraph: "Sundhedsloven § 42 a, stk. 1".to_owned() },
                reason: (!permitted).then_some(indgang_gate::Reason::NoTreatmentRelation),
                obligations: [indgang_gate::Obligation::WithholdRelations].into(),
                withheld: [Category::Genome].into(),
            },
            user_name: "Lis Læge".to_owned(),
            role: Role::AuthorisedHealthProfessional,
            at: sample::now(),
            log_index: 12,
        };
        let page = |ruling, error| Self { asked: asked(), ruling, error };
        vec![
            ("form", Self { asked: Asked::default(), ruling: None, error: None }),
            ("permitted", page(Some(ruling(true)), None)),
            ("refused", page(Some(ruling(false)), None)),
            ("unknown-user", page(None, Some("replay-unknown-user"))),
            ("bad-time", page(None, Some("replay-bad-time"))),
        ]
    }
}
