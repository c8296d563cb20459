//! One reading that the auditor judges: its line in the log, what the professional wrote, and the form.

use super::follow_ups::{kind, sample_line};
use crate::format::moment;
use crate::page::{Cx, Page, Sample, role};
use crate::parts::words;
use crate::sample;
use indgang_gate::{Activity, BreakingGlass, BreakingGlassGround, UserId};
use indgang_model::{CaseId, Category, LegalBasis, PersonId, Role};
use indgang_service::{FollowUpCase, FollowUpKind};
use maud::{Markup, html};

/// The page's context.
#[derive(Debug, Clone)]
pub struct FollowUpPage {
    /// The reading.
    pub case: FollowUpCase,
    /// True when the reason was too short.
    pub short: bool,
}

impl Page for FollowUpPage {
    fn title(&self, cx: &Cx) -> String {
        cx.tf("follow-up-title", &[("leaf", self.case.line.leaf.into())])
    }

    fn body(&self, cx: &Cx) -> Markup {
        html! {
            p { a href="/audit/follow-ups" { (cx.t("follow-up-back")) } }
            (self.facts(cx))
            @if self.case.line.is_case { (self.form(cx)) } @else { p { (cx.t("follow-up-awaits-text")) } }
        }
    }
}

impl FollowUpPage {
    fn facts(&self, cx: &Cx) -> Markup {
        let case = &self.case;
        html! {
            dl.facts {
                dt { (cx.t("log-who")) } dd { (case.who_name) ", " (role(cx, case.role)) br; small { (case.organisation) } }
                dt { (cx.t("follow-up-person")) } dd.mono { (case.person.0) }
                dt { (cx.t("log-when")) } dd { (moment(cx.locale, case.at)) }
                dt { (cx.t("log-what")) } dd {
                    (words::activity(cx, case.activity))
                    @if let Some(id) = &case.case { br; small.mono { (id.0) } }
                }
                dt { (cx.t("rules-data")) }
                dd { (case.categories.iter().map(|c| words::category(cx, *c)).collect::<Vec<_>>().join(", ")) }
                dt { (cx.t("log-basis")) } dd { (case.rule.paragraph) br; small.mono { (case.rule.rule) } }
                dt { (cx.t("follow-ups-kind")) } dd {
                    (kind(cx, case.line.kind))
                    @if let Some(ground) = case.ground { ": " (words::glass(cx, ground)) }
                }
                dt { (cx.t("follow-up-wrote")) } dd.break-word { "“" (case.reason) "”" }
                dt { (cx.t("follow-ups-deadline")) } dd { (moment(cx.locale, case.line.deadline)) }
            }
        }
    }

    fn form(&self, cx: &Cx) -> Markup {
        let shortest = BreakingGlass::SHORTEST_REASON;
        html! {
            h2 { (cx.t("follow-up-judge")) }
            p { (cx.t("follow-up-told")) }
            @if self.short {
                div.alert.alert-error { p { (cx.tf("glass-short", &[("characters", shortest.into())])) } }
            }
            form.form method="post" action={ "/audit/follow-ups/" (self.case.line.leaf) } {
                (cx.csrf_field())
                fieldset {
                    legend { (cx.t("follow-up-outcome")) }
                    @for (value, key) in [("in_order", "follow-up-in_order"), ("not_in_order", "follow-up-not_in_order")] {
                        div.choice {
                            input type="radio" name="outcome" required id={ "outcome-" (value) } value=(value);
                            label for={ "outcome-" (value) } { (cx.t(key)) }
                        }
                    }
                }
                label for="reason" { (cx.t("follow-up-reason")) }
                p.hint #reason-hint { (cx.tf("glass-reason-hint", &[("characters", shortest.into())])) }
                textarea #reason name="reason" rows="4" required minlength=(shortest) maxlength="1000"
                    aria-describedby="reason-hint" {}
                button.button.button-primary type="submit" { (cx.t("follow-up-save")) }
            }
        }
    }
}

impl Sample for FollowUpPage {
    fn samples() -> Vec<(&'static str, Self)> {
        let page = |kind, is_case, short| {
            let glass = kind == FollowUpKind::BreakingGlass;
            let case = FollowUpCase {
                line: sample_line(kind, is_case),
                reason: "Bevidstløs ved ankomsten; medicinen måtte kendes.".to_owned(),
                person: PersonId("p-child".to_owned()),
                who: UserId("clinician".to_owned()),
                who_name: "Lis Læge".to_owned(),
                role: Role::AuthorisedHealthProfessional,
                organisation: "Testkøbing Hospital".to_owned(),
                activity: Activity::OpenCase,
                categories: vec![Category::Genome, Category::Phenotype],
                case: glass.then(|| CaseId("family-1".to_owned())),
                at: sample::now(),
                rule: LegalBasis { rule: "DK-42a-2".to_owned(), paragraph: "Sundhedsloven § 42 a, stk. 2".to_owned() },
                ground: glass.then_some(BreakingGlassGround::EssentialInterest),
            };
            Self { case, short }
        };
        vec![
            ("glass", page(FollowUpKind::BreakingGlass, true, false)),
            ("too-short", page(FollowUpKind::BreakingGlass, true, true)),
            ("awaits", page(FollowUpKind::DeclaresTreatment, false, false)),
        ]
    }
}
