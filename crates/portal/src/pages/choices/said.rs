//! What was said, in a few words, and what it means in plain words.

use super::ChoicesPage;
use crate::format::moment;
use crate::page::Cx;
use crate::parts::words;
use indgang_gate::ledger::{ConsentKind, Refusal, Statement, TemplateVersion, template};
use indgang_gate::{BlockTarget, Recipient};
use indgang_service::PersonChoices;
use maud::{Markup, html};

impl ChoicesPage {
    /// In a few words.
    pub(super) fn said(&self, cx: &Cx, person: &PersonChoices, statement: &Statement) -> String {
        match statement {
            Statement::Consent { recipient, template, .. } => {
                let title = title(cx, template);
                match recipient.as_ref().map(|recipient| self.recipient(recipient)) {
                    Some(who) => cx.tf("said-consent-to", &[("title", title.into()), ("who", who.into())]),
                    None => title,
                }
            }
            Statement::Block(target) => self.said_block(cx, target),
            Statement::Refusal(refusal) => cx.t(match refusal {
                Refusal::Tissue => "said-refusal-tissue",
                Refusal::Genetic => "said-refusal-genetic",
                Refusal::SecondaryUse => "said-refusal-secondary_use",
            }),
            Statement::Wishes(wishes) => {
                let wish = words::secondary_wish(cx, wishes.secondary_findings);
                cx.tf("said-wishes", &[("wish", wish.into())])
            }
            Statement::PowerOfAttorney(holder) => match person.holders.get(holder) {
                Some(name) => cx.tf("said-power-of", &[("who", name.expose().clone().into())]),
                None => cx.t("said-power"),
            },
            Statement::Withdrawal(sequence) => match person.choices.iter().find(|c| c.sequence == *sequence) {
                // What is withdrawn is never itself a withdrawal, so this goes one step.
                Some(before) if !matches!(before.statement, Statement::Withdrawal(_)) => {
                    cx.tf("said-withdrawal", &[("what", self.said(cx, person, &before.statement).into())])
                }
                _ => cx.t("said-withdrawal-unknown"),
            },
        }
    }

    fn said_block(&self, cx: &Cx, target: &BlockTarget) -> String {
        match target {
            BlockTarget::Professional(user) => {
                let name = self.all.professionals.get(user).unwrap_or(&user.0).clone();
                cx.tf("said-block-professional", &[("who", name.into())])
            }
            BlockTarget::Place(place) => cx.tf("said-block-place", &[("place", self.place(&place.0).into())]),
            BlockTarget::Category(category) => {
                cx.tf("said-block-category", &[("category", words::category(cx, *category).into())])
            }
            BlockTarget::Period { from, until } => {
                let args = [("from", moment(cx.locale, *from).into()), ("until", moment(cx.locale, *until).into())];
                cx.tf("said-block-period", &args)
            }
            BlockTarget::Everybody => cx.t("said-block-everybody"),
        }
    }

    /// What it means from now on.
    pub(super) fn meaning(&self, cx: &Cx, person: &PersonChoices, statement: &Statement) -> String {
        cx.t(match statement {
            Statement::Consent { kind, .. } => match kind {
                ConsentKind::Examination => "means-consent-examination",
                ConsentKind::LookUp => "means-consent-look_up",
                ConsentKind::Quality => "means-consent-quality",
                ConsentKind::Disclosure => "means-consent-disclosure",
            },
            Statement::Block(BlockTarget::Category(_)) => "means-block-category",
            Statement::Block(BlockTarget::Period { .. }) => "means-block-period",
            Statement::Block(_) => "means-block",
            Statement::Refusal(Refusal::Tissue) => "means-refusal-tissue",
            Statement::Refusal(Refusal::Genetic) => "means-refusal-genetic",
            Statement::Refusal(Refusal::SecondaryUse) => "means-refusal-secondary_use",
            Statement::Wishes(_) => "means-wishes",
            Statement::PowerOfAttorney(_) => "means-power",
            Statement::Withdrawal(sequence) => {
                let before = person.choices.iter().find(|choice| choice.sequence == *sequence);
                match before.map(|choice| &choice.statement) {
                    Some(Statement::Consent { .. }) => "means-withdrawn-consent",
                    Some(Statement::Block(_)) => "means-withdrawn-block",
                    Some(Statement::Refusal(_)) => "means-withdrawn-refusal",
                    Some(Statement::PowerOfAttorney(_)) => "means-withdrawn-power",
                    _ => "means-withdrawn-wishes",
                }
            }
        })
    }

    fn recipient(&self, recipient: &Recipient) -> String {
        match recipient {
            Recipient::Professional(user) => self.all.professionals.get(user).unwrap_or(&user.0).clone(),
            Recipient::Place(place) => self.place(&place.0),
        }
    }

    fn place(&self, id: &str) -> String {
        self.all.places.iter().find(|place| place.id.0 == id).map_or(id, |place| &place.name).to_owned()
    }
}

fn title(cx: &Cx, version: &TemplateVersion) -> String {
    template(version).map_or(version.id.as_str(), |text| cx.either(&text.da.title, &text.en.title)).to_owned()
}

/// The text that a consent was given on, to be unfolded.
pub(super) fn text(cx: &Cx, version: &TemplateVersion) -> Markup {
    let Some(text) = template(version) else { return html! {} };
    let wording = match cx.locale {
        crate::Locale::Da => &text.da,
        crate::Locale::En => &text.en,
    };
    html! {
        details {
            summary {
                (cx.tf("consent-text", &[("version", text.version.into()), ("date", text.date.to_string().into())]))
            }
            @for paragraph in &wording.text { p { (paragraph) } }
            p.hint { (text.kind.rule().paragraph) }
        }
    }
}
