//! What is shown instead of a page: refused, not found, a form that cannot be trusted, an error.

use crate::page::{Cx, Page, Sample, segment};
use indgang_gate::Reason;
use indgang_model::LegalBasis;
use maud::{Markup, html};

/// The page's context. It says why, and nothing of what was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MessagePage {
    /// The gate refused.
    Refused {
        /// Rule and paragraph.
        basis: LegalBasis,
        /// What was missing.
        reason: Reason,
        /// Index of the refusal in the log.
        leaf: u64,
        /// The case, when the reader may declare that a lawful way past the refusal is hers.
        declare: Option<String>,
    },
    /// Somebody of the family withholds what the case cannot be opened without; for readers whom the law lets know it.
    Withheld {
        /// The case.
        case: String,
    },
    /// The provider vouches for nobody.
    SignInFailed {
        /// Trace id.
        trace: String,
    },
    /// The provider vouches for somebody who has no access here.
    NotAdmitted {
        /// Trace id.
        trace: String,
    },
    /// No such page, or nothing there that the reader may know of.
    NotFound,
    /// The form did not come from the portal's own page, or the page is too old.
    Forged,
    /// What was sent cannot be read.
    BadRequest,
    /// Somebody was faster, or the registers may still confirm the treatment.
    NothingToJudge,
    /// A fault; what happened stands in the log under the trace id.
    Fault {
        /// Trace id.
        trace: String,
    },
}

impl Page for MessagePage {
    fn title(&self, cx: &Cx) -> String {
        cx.t(match self {
            Self::Refused { .. } => "refused-title",
            Self::Withheld { .. } => "withheld-title",
            Self::SignInFailed { .. } => "sign-in-failed-title",
            Self::NotAdmitted { .. } => "not-admitted-title",
            Self::NotFound => "not-found-title",
            Self::Forged => "forged-title",
            Self::BadRequest => "bad-request-title",
            Self::NothingToJudge => "nothing-to-judge-title",
            Self::Fault { .. } => "fault-title",
        })
    }

    fn body(&self, cx: &Cx) -> Markup {
        html! {
            @match self {
                Self::Refused { basis, reason, leaf, declare } => {
                    (refused(cx, basis, *reason, *leaf))
                    @if let Some(case) = declare { (lawful_ways(cx, case)) }
                }
                Self::Withheld { case } => {
                    p.lead { (cx.t("withheld-text")) }
                    (lawful_ways(cx, case))
                }
                Self::SignInFailed { trace } => {
                    p.lead { (cx.t("sign-in-failed-text")) }
                    p { (cx.t("fault-trace")) ": " strong.mono { (trace) } }
                    p { a href="/sign-in" { (cx.t("sign-in-title")) } }
                }
                Self::NotAdmitted { trace } => {
                    p.lead { (cx.t("not-admitted-text")) }
                    p { (cx.t("fault-trace")) ": " strong.mono { (trace) } }
                }
                Self::NotFound => { p.lead { (cx.t("not-found-text")) } }
                Self::Forged => { p.lead { (cx.t("forged-text")) } }
                Self::BadRequest => { p.lead { (cx.t("bad-request-text")) } }
                Self::NothingToJudge => {
                    p.lead { (cx.t("nothing-to-judge-text")) }
                    p { a href="/audit/follow-ups" { (cx.t("follow-up-back")) } }
                }
                Self::Fault { trace } => {
                    p.lead { (cx.t("fault-text")) }
                    p { (cx.t("fault-trace")) ": " strong.mono { (trace) } }
                }
            }
            p { a href="/" { (cx.t("to-the-front")) } }
        }
    }
}

fn refused(cx: &Cx, basis: &LegalBasis, reason: Reason, leaf: u64) -> Markup {
    let (why, needed) = reason_keys(reason);
    html! {
        div.alert.alert-error {
            p { span aria-hidden="true" { "✕ " } (cx.t("refused-text")) }
        }
        dl.facts {
            dt { (cx.t("refused-rule")) } dd.mono { (basis.rule) }
            dt { (cx.t("refused-paragraph")) } dd { (basis.paragraph) }
            dt { (cx.t("refused-why")) } dd { (cx.t(why)) }
            dt { (cx.t("refused-needed")) } dd { (cx.t(needed)) }
        }
        p { (cx.tf("refused-logged", &[("leaf", leaf.into())])) }
    }
}

fn lawful_ways(cx: &Cx, case: &str) -> Markup {
    html! {
        h2 { (cx.t("glass-ways")) }
        p { (cx.t("glass-ways-text")) }
        p { a.button.button-secondary href={ "/cases/" (segment(case)) "/glass" } { (cx.t("glass-title")) } }
    }
}

/// Why, and what would be needed.
pub(crate) const fn reason_keys(reason: Reason) -> (&'static str, &'static str) {
    match reason {
        Reason::NotOpen => ("why-not_open", "needed-not_open"),
        Reason::Outsider => ("why-outsider", "needed-outsider"),
        Reason::NoSubject => ("why-no_subject", "needed-no_subject"),
        Reason::CategoryNotOpen => ("why-category_not_open", "needed-category_not_open"),
        Reason::NoTreatmentRelation => ("why-no_treatment_relation", "needed-no_treatment_relation"),
        Reason::NoResponsibleProfessional => ("why-no_responsible_professional", "needed-no_responsible_professional"),
        Reason::NotAssigned => ("why-not_assigned", "needed-not_assigned"),
        Reason::NotOwnData => ("why-not_own_data", "needed-not_own_data"),
        Reason::DecidesHerself => ("why-decides_herself", "needed-decides_herself"),
        Reason::Under15 => ("why-under15", "needed-under15"),
        Reason::NotWished => ("why-not_wished", "needed-not_wished"),
        Reason::Blocked => ("why-blocked", "needed-blocked"),
        Reason::Refused => ("why-refused", "needed-refused"),
        Reason::NoConsent => ("why-no_consent", "needed-no_consent"),
        Reason::NoPermit => ("why-no_permit", "needed-no_permit"),
        Reason::NoSitePermission => ("why-no_site_permission", "needed-no_site_permission"),
        Reason::TookNoPart => ("why-took_no_part", "needed-took_no_part"),
        Reason::NoMandate => ("why-no_mandate", "needed-no_mandate"),
        Reason::NothingToFollowUp => ("why-nothing_to_follow_up", "needed-nothing_to_follow_up"),
    }
}

impl Sample for MessagePage {
    fn samples() -> Vec<(&'static str, Self)> {
        let refused = |reason| Self::Refused {
            basis: LegalBasis { rule: "DK-42a".to_owned(), paragraph: "Sundhedsloven § 42 a, stk. 1".to_owned() },
            reason,
            leaf: 7,
            declare: matches!(reason, Reason::Blocked).then(|| "family-1".to_owned()),
        };
        vec![
            ("refused", refused(Reason::NoTreatmentRelation)),
            ("refused-not-open", refused(Reason::NotOpen)),
            ("refused-outsider", refused(Reason::Outsider)),
            ("refused-no-subject", refused(Reason::NoSubject)),
            ("refused-category", refused(Reason::CategoryNotOpen)),
            ("refused-no-professional", refused(Reason::NoResponsibleProfessional)),
            ("refused-not-assigned", refused(Reason::NotAssigned)),
            ("refused-not-own", refused(Reason::NotOwnData)),
            ("refused-decides-herself", refused(Reason::DecidesHerself)),
            ("refused-under-15", refused(Reason::Under15)),
            ("refused-not-wished", refused(Reason::NotWished)),
            ("refused-blocked", refused(Reason::Blocked)),
            ("refused-refused", refused(Reason::Refused)),
            ("refused-no-consent", refused(Reason::NoConsent)),
            ("refused-no-permit", refused(Reason::NoPermit)),
            ("refused-no-site-permission", refused(Reason::NoSitePermission)),
            ("refused-took-no-part", refused(Reason::TookNoPart)),
            ("refused-no-mandate", refused(Reason::NoMandate)),
            ("refused-nothing-to-follow-up", refused(Reason::NothingToFollowUp)),
            ("withheld", Self::Withheld { case: "family-1".to_owned() }),
            ("sign-in-failed", Self::SignInFailed { trace: "4f1c2a90".to_owned() }),
            ("not-admitted", Self::NotAdmitted { trace: "4f1c2a90".to_owned() }),
            ("not-found", Self::NotFound),
            ("forged", Self::Forged),
            ("bad-request", Self::BadRequest),
            ("nothing-to-judge", Self::NothingToJudge),
            ("fault", Self::Fault { trace: "4f1c2a90".to_owned() }),
        ]
    }
}
