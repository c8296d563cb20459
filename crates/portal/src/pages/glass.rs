//! The lawful ways past a block or a treatment relation that the registers do not show.

use crate::page::{Cx, Page, Sample, segment};
use indgang_gate::{BreakingGlass, BreakingGlassGround};
use indgang_service::Declaration;
use maud::{Markup, html};

/// The ways, with their names in the form.
pub(crate) const WAYS: [(Declaration, &str); 3] = [
    (Declaration::CurrentTreatment, "current_treatment"),
    (Declaration::BreakingGlass(BreakingGlassGround::PatientPermits), "patient_permits"),
    (Declaration::BreakingGlass(BreakingGlassGround::EssentialInterest), "essential_interest"),
];

/// The page's context. It tells nothing of the case but the name the reader came with.
#[derive(Debug, Clone)]
pub struct GlassPage {
    /// The case's identifier in addresses.
    pub case: String,
    /// True when the reason was too short.
    pub short: bool,
}

impl Page for GlassPage {
    fn title(&self, cx: &Cx) -> String {
        cx.t("glass-title")
    }

    fn body(&self, cx: &Cx) -> Markup {
        let shortest = BreakingGlass::SHORTEST_REASON;
        let minutes = indgang_service::GLASS_MINUTES;
        html! {
            p.lead { (cx.t("glass-lead")) }
            div.alert.alert-warning { p { (cx.tf("glass-told", &[("minutes", minutes.into())])) } }
            @if self.short {
                div.alert.alert-error { p { (cx.tf("glass-short", &[("characters", shortest.into())])) } }
            }
            form.form method="post" action={ "/cases/" (segment(&self.case)) "/glass" } {
                (cx.csrf_field())
                fieldset {
                    legend { (cx.t("glass-way")) }
                    (way(cx, "current_treatment", "glass-current_treatment", "glass-current_treatment-hint"))
                    (way(cx, "patient_permits", "glass-patient_permits", "glass-patient_permits-hint"))
                    (way(cx, "essential_interest", "glass-essential_interest", "glass-essential_interest-hint"))
                }
                label for="reason" { (cx.t("glass-reason")) }
                p.hint #reason-hint { (cx.tf("glass-reason-hint", &[("characters", shortest.into())])) }
                textarea #reason name="reason" rows="4" required minlength=(shortest) maxlength="1000"
                    aria-describedby="reason-hint" {}
                button.button.button-primary type="submit" { (cx.t("glass-now")) }
                a.button.button-secondary href="/cases" { (cx.t("glass-not")) }
            }
        }
    }
}

fn way(cx: &Cx, name: &str, key: &str, hint: &str) -> Markup {
    html! {
        div.choice {
            input type="radio" name="way" required id={ "way-" (name) } value=(name);
            label for={ "way-" (name) } { (cx.t(key)) br; small { (cx.t(hint)) } }
        }
    }
}

impl Sample for GlassPage {
    fn samples() -> Vec<(&'static str, Self)> {
        let page = |short| Self { case: "family-1".to_owned(), short };
        vec![("asked", page(false)), ("too-short", page(true))]
    }
}
