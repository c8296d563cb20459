//! The ACMG criteria of a finding: what each rests on, what was set by hand, and the form that sets one.

use crate::format::{moment, signed};
use crate::page::Cx;
use indgang_gate::BreakingGlass;
use indgang_interpret::acmg::{Change, Code, Setting, Strength, is_by_hand};
use indgang_interpret::report::{Acmg, AcmgCriterion, ByHand};
use maud::{Markup, html};

/// Who may set criteria, where, and what was set.
#[derive(Debug, Clone, Default)]
pub struct ByHandForm {
    /// Where the form is sent; `None` for who may not set any, and for what is signed.
    pub action: Option<String>,
    /// The finding's name, which the form sends along: ranks may change under it.
    pub finding: String,
    /// What was set by hand, oldest first.
    pub history: Vec<Change>,
    /// A form came back: the key of the message.
    pub error: Option<&'static str>,
}

/// Class, criteria, form and history.
pub(crate) fn section(cx: &Cx, acmg: &Acmg, by_hand: &ByHandForm) -> Markup {
    html! {
        section aria-labelledby="acmg" {
            h2 #acmg { (cx.t("acmg-heading")) }
            @if acmg.classification.is_empty() {
                p { (cx.t("acmg-none")) }
            } @else {
                p {
                    strong { (cx.word("class", &acmg.classification)) }
                    ", " (cx.tf("points", &[("points", signed(cx.locale, f64::from(acmg.points), 0).into())]))
                    @if is_by_hand(acmg) { " (" (cx.t("acmg-by-hand")) ")" }
                }
                p { (cx.t("acmg-so-far")) }
            }
            @if !acmg.criteria.is_empty() || !acmg.set_aside.is_empty() { (table(cx, acmg)) }
            @if let Some(action) = &by_hand.action { (form(cx, acmg, by_hand, action)) }
            @if !by_hand.history.is_empty() { (history(cx, &by_hand.history)) }
        }
    }
}

const COLUMNS: [&str; 8] =
    ["criterion", "strength", "points-word", "acmg-value", "acmg-source", "acmg-version", "acmg-how", "reason"];

fn table(cx: &Cx, acmg: &Acmg) -> Markup {
    html! {
        div.table-scroll tabindex="0" role="group" aria-label=(cx.t("acmg-heading")) {
            table.table.stacked {
                thead { tr { @for key in COLUMNS { th scope="col" { (cx.t(key)) } } } }
                tbody { @for c in acmg.criteria.iter().chain(&acmg.set_aside) { (row(cx, c)) } }
            }
        }
    }
}

fn row(cx: &Cx, c: &AcmgCriterion) -> Markup {
    let set_aside = c.by_hand.is_some() && c.points == 0;
    let or_dash = |text: &str| if text.is_empty() { "–".to_owned() } else { text.to_owned() };
    html! {
        tr {
            th scope="row" data-label=(cx.t("criterion")) { (c.code) }
            td data-label=(cx.t("strength")) {
                @if set_aside { (cx.t("acmg-set-aside")) } @else { (cx.word("strength", &c.strength)) }
            }
            td.number data-label=(cx.t("points-word")) { (signed(cx.locale, f64::from(c.points), 0)) }
            td.break-word data-label=(cx.t("acmg-value")) { (or_dash(&c.value)) }
            td.break-word data-label=(cx.t("acmg-source")) { (source(cx, &c.source)) }
            td data-label=(cx.t("acmg-version")) { (or_dash(&c.version)) }
            td data-label=(cx.t("acmg-how")) { (how(cx, c.by_hand.as_ref())) }
            td data-label=(cx.t("reason")) { span {
                (cx.words(&c.reason_da, &c.reason))
                @if let Some(hand) = &c.by_hand { @if !c.reason.is_empty() { br; } "“" (hand.reason) "”" }
            } }
        }
    }
}

/// The name of a source, or the field of the file as it is written there.
fn source(cx: &Cx, key: &str) -> String {
    if key.is_empty() {
        "–".to_owned()
    } else {
        cx.locale.known(&format!("source-{key}")).unwrap_or_else(|| key.to_owned())
    }
}

fn how(cx: &Cx, by_hand: Option<&ByHand>) -> Markup {
    html! {
        @match by_hand {
            None => { (cx.t("acmg-automatic")) }
            Some(hand) => { span {
                (cx.t("acmg-by-hand")) ": " (hand.by) ", " (moment(cx.locale, hand.at))
                @if let Some(strength) = &hand.instead_of {
                    br; small { (cx.t("acmg-program-found")) " " (cx.word("strength", strength)) }
                }
            } }
        }
    }
}

fn form(cx: &Cx, acmg: &Acmg, by_hand: &ByHandForm, action: &str) -> Markup {
    let shortest = BreakingGlass::SHORTEST_REASON;
    let met = |code: Code| acmg.criteria.iter().find(|c| c.code == code.name());
    html! {
        h3 #set-criterion { (cx.t("acmg-set")) }
        @if let Some(key) = by_hand.error {
            div.alert.alert-error role="alert" { p { (cx.tf(key, &[("characters", shortest.into())])) } }
        }
        form.form method="post" action=(action) {
            (cx.csrf_field())
            input type="hidden" name="finding" value=(by_hand.finding);
            label for="criterion" { (cx.t("criterion")) }
            select #criterion name="criterion" required {
                @for code in Code::ALL {
                    option value=(code.name()) {
                        (code.name()) ": " (cx.t(&format!("criterion-{}", code.name())))
                        @if let Some(c) = met(code) { " (" (cx.word("strength", &c.strength)) ")" }
                    }
                }
            }
            label for="setting" { (cx.t("acmg-set-to")) }
            p.hint #setting-hint { (cx.t("acmg-set-hint")) }
            select #setting name="setting" required aria-describedby="setting-hint" {
                @for strength in Strength::ALL {
                    option value=(strength.name()) { (cx.word("strength", strength.name())) }
                }
                option value=(Setting::NotMet.name()) { (cx.t("setting-not_met")) }
                option value=(Setting::Automatic.name()) { (cx.t("setting-automatic")) }
            }
            label for="criterion-reason" { (cx.t("reason")) }
            p.hint #criterion-reason-hint { (cx.tf("acmg-reason-hint", &[("characters", shortest.into())])) }
            textarea #criterion-reason name="reason" rows="3" required minlength=(shortest) maxlength="2000"
                aria-describedby="criterion-reason-hint" {}
            button.button.button-primary type="submit" { (cx.t("acmg-save")) }
        }
    }
}

fn history(cx: &Cx, history: &[Change]) -> Markup {
    html! {
        h3 { (cx.t("acmg-history")) }
        ol { @for change in history {
            li {
                strong { (change.criterion.name()) } ": " (setting(cx, change.setting)) ". "
                (change.by) ", " (moment(cx.locale, change.at)) ": “" (change.reason) "”"
            }
        } }
    }
}

fn setting(cx: &Cx, setting: Setting) -> Markup {
    match setting {
        Setting::Met(strength) => cx.word("strength", strength.name()),
        Setting::NotMet | Setting::Automatic => html! { (cx.t(&format!("setting-{}", setting.name()))) },
    }
}
