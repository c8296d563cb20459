//! The forms: one for each thing that can be chosen. They work without scripts.

use super::{ChoicesPage, said};
use crate::format::moment;
use crate::page::{Cx, encode};
use crate::parts::words;
use indgang_gate::ledger::{ConsentKind, Statement, TemplateVersion, latest_templates};
use indgang_model::{Category, SecondaryFindingWish};
use indgang_service::{Choice, PersonChoices};
use maud::{Markup, html};

/// The choices on secondary findings with their values in forms.
pub(crate) const WISHES: [(SecondaryFindingWish, &str); 3] = [
    (SecondaryFindingWish::All, "all"),
    (SecondaryFindingWish::TreatableOrPreventable, "treatable_or_preventable"),
    (SecondaryFindingWish::None, "none"),
];

/// What every form of the page carries.
fn whose(cx: &Cx, person: &PersonChoices) -> Markup {
    html! {
        (cx.csrf_field())
        input type="hidden" name="person" value=(person.id.0);
    }
}

/// Takes an entry back.
pub(super) fn undo(cx: &Cx, person: &PersonChoices, choice: &Choice, label: &str) -> Markup {
    html! {
        form method="post" action="/my/choices/undo" {
            (whose(cx, person))
            input type="hidden" name="number" value=(choice.sequence);
            p { button.button.button-secondary type="submit" { (cx.t(label)) } }
        }
    }
}

impl ChoicesPage {
    pub(super) fn wishes(&self, cx: &Cx, person: &PersonChoices) -> Markup {
        let w = &person.wishes;
        html! {
            section.card aria-labelledby="wishes" {
                h2 #wishes { (cx.t("wishes-heading")) }
                p.hint { @match person.wishes_since {
                    Some(at) => { (cx.tf("wishes-since", &[("at", moment(cx.locale, at).into())])) }
                    None => { (cx.t("wishes-never")) }
                } }
                form.form method="post" action="/my/choices/wishes" {
                    (whose(cx, person))
                    fieldset disabled[!person.may_choose] {
                        legend { (cx.t("wish-secondary-legend")) }
                        p.hint { (cx.t("wish-secondary-hint")) }
                        @for (choice, value) in WISHES {
                            div.choice {
                                input type="radio" name="secondary_findings" id=(format!("secondary-{value}")) value=(value)
                                    checked[choice == w.secondary_findings];
                                label for=(format!("secondary-{value}")) { (words::secondary_wish(cx, choice)) }
                            }
                        }
                    }
                    fieldset disabled[!person.may_choose] {
                        legend { (cx.t("wish-more-legend")) }
                        @for (name, key, chosen) in [
                            ("recontact", "wish-recontact", w.recontact),
                            ("research", "wish-research", w.research),
                            ("shared_database", "wish-shared_database", w.shared_database),
                        ] { (tick(cx, name, key, chosen)) }
                    }
                    @if person.may_choose { button.button.button-primary type="submit" { (cx.t("wishes-save")) } }
                }
            }
        }
    }

    pub(super) fn refusals(&self, cx: &Cx, person: &PersonChoices) -> Markup {
        let r = &person.refusals;
        html! {
            section.card aria-labelledby="refusals" {
                h2 #refusals { (cx.t("refusals-heading")) }
                p.hint { (cx.t("refusals-hint")) }
                form.form method="post" action="/my/choices/refusals" {
                    (whose(cx, person))
                    fieldset disabled[!person.may_choose] {
                        legend { (cx.t("refusals-legend")) }
                        @for (name, key, chosen) in [
                            ("tissue", "refusal-tissue", r.tissue),
                            ("genetic", "refusal-genetic", r.genetic),
                            ("secondary_use", "refusal-secondary_use", r.secondary_use),
                        ] { (tick(cx, name, key, chosen)) }
                    }
                    @if person.may_choose { button.button.button-primary type="submit" { (cx.t("refusals-save")) } }
                }
            }
        }
    }

    pub(super) fn consent_form(&self, cx: &Cx, person: &PersonChoices) -> Markup {
        html! {
            details {
                summary { (cx.t("consent-give")) }
                form.form method="post" action="/my/choices/consent" {
                    (whose(cx, person))
                    fieldset {
                        legend { (cx.t("consent-which")) }
                        @for (n, text) in latest_templates().filter(|text| person.may_choose || on_treatment(text.kind)).enumerate() {
                            div.choice {
                                input type="radio" name="text" id=(format!("text-{n}")) required
                                    value=(format!("{}.{}", text.id, text.version));
                                label for=(format!("text-{n}")) { (cx.either(&text.da.title, &text.en.title)) }
                            }
                            (said::text(cx, &text.version()))
                        }
                    }
                    label for="recipient" { (cx.t("consent-recipient")) }
                    p.hint #recipient-hint { (cx.t("consent-recipient-hint")) }
                    p { select #recipient name="recipient" aria-describedby="recipient-hint" {
                        option value="" { (cx.t("consent-nobody")) }
                        (self.people_and_places(cx))
                    } }
                    button.button.button-primary type="submit" { (cx.t("consent-save")) }
                }
            }
        }
    }

    pub(super) fn block_form(&self, cx: &Cx, person: &PersonChoices) -> Markup {
        html! {
            details {
                summary { (cx.t("block-set")) }
                form.form method="post" action="/my/choices/block" {
                    (whose(cx, person))
                    label for="target" { (cx.t("block-target")) }
                    p { select #target name="target" required {
                        option value="" { (cx.t("block-choose")) }
                        (self.people_and_places(cx))
                        optgroup label=(cx.t("block-categories")) {
                            @for category in Category::ALL.into_iter().filter(|category| category.is_health()) {
                                option value=(format!("category:{}", value(category))) { (words::category(cx, category)) }
                            }
                        }
                        option value="everybody" { (cx.t("block-everybody")) }
                    } }
                    label for="last-day" { (cx.t("block-last-day")) }
                    p { input #last-day type="date" name="last_day"; }
                    button.button.button-primary type="submit" { (cx.t("block-save")) }
                }
            }
        }
    }

    fn people_and_places(&self, cx: &Cx) -> Markup {
        html! {
            optgroup label=(cx.t("block-professionals")) {
                @for (id, name) in &self.all.professionals {
                    option value=(format!("professional:{id}")) { (name) }
                }
            }
            @if !self.all.places.is_empty() {
                optgroup label=(cx.t("block-places")) {
                    @for place in &self.all.places { option value=(format!("place:{}", place.id)) { (place.name) } }
                }
            }
        }
    }
}

/// Blocks data from a period.
pub(super) fn period(cx: &Cx, person: &PersonChoices) -> Markup {
    html! {
        details {
            summary { (cx.t("block-period-set")) }
            form.form method="post" action="/my/choices/period" {
                (whose(cx, person))
                label for="period-first" { (cx.t("block-period-first")) }
                p { input #period-first type="date" name="first" required; }
                label for="period-last" { (cx.t("block-period-last")) }
                p { input #period-last type="date" name="last" required; }
                button.button.button-primary type="submit" { (cx.t("block-save")) }
            }
        }
    }
}

/// Gives power of attorney, and lets oneself be given one.
pub(super) fn power(cx: &Cx, person: &PersonChoices) -> Markup {
    html! {
        details {
            summary { (cx.t("power-give")) }
            form.form method="post" action="/my/choices/power" {
                (whose(cx, person))
                label for="code" { (cx.t("power-code")) }
                p.hint #code-hint { (cx.t("power-code-hint")) }
                p { input #code name="code" required maxlength="32" autocomplete="off" spellcheck="false"
                    aria-describedby="code-hint"; }
                button.button.button-primary type="submit" { (cx.t("power-save")) }
            }
        }
        details {
            summary { (cx.t("power-receive")) }
            p { (cx.tf("power-receive-text", &[("days", indgang_service::CODE_DAYS.into())])) }
            form method="post" action="/my/power-code" {
                (cx.csrf_field())
                p { button.button.button-secondary type="submit" { (cx.t("power-code-make")) } }
            }
        }
    }
}

/// The code that was just made; it is shown once.
pub(super) fn code(cx: &Cx, code: &str) -> Markup {
    html! {
        div.alert.alert-success role="status" {
            h2 { (cx.t("power-code-made")) }
            p { strong.mono { (code) } }
            p { (cx.tf("power-code-once", &[("days", indgang_service::CODE_DAYS.into())])) }
        }
    }
}

/// Takes the choices along, and brings them from elsewhere.
pub(super) fn exchange(cx: &Cx, person: &PersonChoices) -> Markup {
    html! {
        section aria-labelledby="exchange" {
            h2 #exchange { (cx.t("exchange-heading")) }
            p { a href={ "/my/choices.json?for=" (encode(&person.id.0)) } { (cx.t("exchange-download")) } }
            @if person.may_choose {
                details {
                    summary { (cx.t("exchange-bring")) }
                    form.form method="post" action="/my/choices/import" {
                        (whose(cx, person))
                        label for="fhir" { (cx.t("exchange-text")) }
                        textarea #fhir name="fhir" rows="6" required spellcheck="false" {}
                        button.button.button-primary type="submit" { (cx.t("exchange-save")) }
                    }
                }
            }
        }
    }
}

fn tick(cx: &Cx, name: &str, key: &str, chosen: bool) -> Markup {
    html! {
        div.choice {
            input type="checkbox" name=(name) id=(name) value="yes" checked[chosen];
            label for=(name) { (cx.t(key)) }
        }
    }
}

/// What another may consent to for an adult who cannot.
fn on_treatment(kind: ConsentKind) -> bool {
    let template = TemplateVersion { id: String::new(), version: 0 };
    Statement::Consent { kind, recipient: None, template }.on_treatment()
}

/// A category's word in forms: the model's own.
fn value(category: Category) -> String {
    let word = serde_json::to_value(category).ok();
    word.and_then(|word| word.as_str().map(str::to_owned)).unwrap_or_default()
}
