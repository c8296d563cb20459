//! Who acts for the person by law: entered by the house, and not hers to give or take back.

use crate::format::moment;
use crate::page::Cx;
use crate::sample;
use indgang_gate::{Matter, Representation, RepresentationKind};
use indgang_model::{PersonId, Sensitive, Timestamp};
use indgang_service::{ActsFor, ChoiceState, PersonChoices};
use maud::{Markup, html};

/// Who acts for her, as what, since when and on what evidence; nothing where nobody does or did.
pub(super) fn acting(cx: &Cx, person: &PersonChoices) -> Markup {
    if person.represented_by.is_empty() {
        return html! {};
    }
    html! {
        section.card aria-labelledby="acting" {
            h2 #acting { (cx.t("acting-heading")) }
            p.hint { (cx.t("acting-hint")) }
            ul { @for acts in &person.represented_by { li { (one(cx, acts)) } } }
        }
    }
}

fn one(cx: &Cx, acts: &ActsFor) -> Markup {
    let Representation { kind, matters, from, until, .. } = &acts.representation;
    let matters: Vec<String> = matters.iter().map(|matter| cx.t(self::matter(*matter))).collect();
    let from = ("from", moment(cx.locale, *from).into());
    let times = match (acts.state, until) {
        (ChoiceState::ToCome, _) => cx.tf("choices-to-come", &[from]),
        (_, Some(until)) => cx.tf("choices-since-until", &[from, ("until", moment(cx.locale, *until).into())]),
        (_, None) => cx.tf("choices-since", &[from]),
    };
    html! {
        strong { (acts.name.expose()) } ": " (cx.t(self::kind(*kind))) " (" (matters.join(", ")) ")"
        @if acts.state == ChoiceState::Ended { ", " (cx.t("acting-ended")) }
        br;
        small {
            (times) " " (kind.paragraph()) ". "
            (cx.tf("acting-entered", &[
                ("at", moment(cx.locale, acts.entered_at).into()),
                ("evidence", acts.evidence.clone().into()),
            ]))
            @if !acts.representation.in_health() { " " (cx.t("acting-opens-nothing")) }
        }
    }
}

const fn kind(kind: RepresentationKind) -> &'static str {
    match kind {
        RepresentationKind::Guardian => "acting-guardian",
        RepresentationKind::GuardianLegallyIncapacitated => "acting-guardian_legally_incapacitated",
        RepresentationKind::CoGuardian => "acting-co_guardian",
        RepresentationKind::FutureAttorney => "acting-future_attorney",
        RepresentationKind::NextOfKin => "acting-next_of_kin",
        RepresentationKind::HolderOfCustody => "acting-holder_of_custody",
    }
}

const fn matter(matter: Matter) -> &'static str {
    match matter {
        Matter::Financial => "matter-financial",
        Matter::Personal => "matter-personal",
        Matter::Health => "matter-health",
    }
}

/// One of each kind.
pub(super) fn samples(person: &str) -> Vec<ActsFor> {
    let from = Timestamp::from_second(1_780_000_000).expect("a moment");
    let states = [ChoiceState::Holds, ChoiceState::ToCome, ChoiceState::Ended].into_iter().cycle();
    let acts = |(kind, state): (RepresentationKind, ChoiceState)| ActsFor {
        representation: Representation {
            holder: PersonId("vera".to_owned()),
            person: PersonId(person.to_owned()),
            kind,
            matters: match kind {
                RepresentationKind::CoGuardian => [Matter::Financial].into(),
                RepresentationKind::Guardian => [Matter::Financial, Matter::Personal, Matter::Health].into(),
                _ => [Matter::Health].into(),
            },
            from,
            until: (state == ChoiceState::Ended).then(sample::now),
        },
        name: Sensitive::new("Vera Ven".to_owned()),
        evidence: "Familieretshuset, 2026-05-20".to_owned(),
        entered_at: from,
        state,
    };
    RepresentationKind::ALL.into_iter().zip(states).map(acts).collect()
}
