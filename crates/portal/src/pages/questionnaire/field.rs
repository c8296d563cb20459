//! One question with its field.

use super::{QuestionnairePage, fault, say};
use crate::page::Cx;
use crate::parts::plot::short;
use indgang_fhir::questionnaire::{FaultKind, Item, Kind};
use maud::{Markup, html};

/// Options that are shown one by one; more of them are a list to choose from.
const MOST_BUTTONS: usize = 12;
/// What is typed beside the options of an open choice begins so in its field's value.
pub(crate) const TYPED: &str = "t:";

/// The question and its field, under this id.
pub(super) fn field(cx: &Cx, page: &QuestionnairePage, item: &Item, id: &str) -> Markup {
    let field = Field {
        cx,
        item,
        id,
        typed: page.typed.get(&item.link_id).map_or(&[][..], Vec::as_slice),
        fault: page.faults.get(&item.link_id).copied(),
        disabled: !page.form.open,
    };
    html! {
        // Which questions she has seen: what is enabled later is asked before it is sent.
        input type="hidden" name="shown" value=(item.link_id);
        @if item.kind == Kind::Boolean || !item.options.is_empty() { (field.choices()) } @else { (field.entry()) }
    }
}

struct Field<'f> {
    cx: &'f Cx,
    item: &'f Item,
    id: &'f str,
    typed: &'f [String],
    fault: Option<FaultKind>,
    disabled: bool,
}

impl Field<'_> {
    fn name(&self) -> String {
        format!("a.{}", self.item.link_id)
    }

    fn question(&self) -> Markup {
        html! {
            @if !self.item.prefix.is_empty() { (self.item.prefix) " " }
            (say(self.cx, &self.item.text))
            @if !self.item.required { " " span.hint { (self.cx.t("pro-optional")) } }
        }
    }

    fn error(&self) -> Markup {
        html! { @if let Some(kind) = self.fault {
            p.field-error id={ (self.id) "-fault" } { strong { (fault(self.cx, kind)) } }
        } }
    }

    /// By what the field is described.
    fn described(&self, hint: bool) -> Option<String> {
        let parts = [(self.fault.is_some(), "fault"), (hint, "hint")];
        let ids: Vec<String> =
            parts.iter().filter(|(is, _)| *is).map(|(_, part)| format!("{}-{part}", self.id)).collect();
        // One description, so that it can be held against what stands on the page.
        ids.into_iter().next()
    }

    /// Value and words of each option.
    fn options(&self) -> Vec<(String, Markup)> {
        if self.item.kind == Kind::Boolean && self.item.options.is_empty() {
            let of = |value: &str, key| (value.to_owned(), html! { (self.cx.t(key)) });
            return vec![of("yes", "pro-yes"), of("no", "pro-no")];
        }
        let options = self.item.options.iter().enumerate();
        options.map(|(place, option)| (place.to_string(), say(self.cx, &option.words))).collect()
    }

    fn choices(&self) -> Markup {
        let options = self.options();
        if options.len() > MOST_BUTTONS && !self.item.repeats && self.item.kind != Kind::OpenChoice {
            return self.list(&options);
        }
        let kind = if self.item.repeats { "checkbox" } else { "radio" };
        html! {
            fieldset.question id=(self.id) disabled[self.disabled] aria-describedby=[self.described(false)] {
                legend { (self.question()) }
                (self.error())
                @for (place, (value, words)) in options.iter().enumerate() {
                    div.choice {
                        input type=(kind) name=(self.name()) id={ (self.id) "-" (place) } value=(value) checked[self.typed.contains(value)];
                        label for={ (self.id) "-" (place) } { (words) }
                    }
                }
                @if self.item.kind == Kind::OpenChoice {
                    label for={ (self.id) "-other" } { (self.cx.t("pro-other-answer")) }
                    input id={ (self.id) "-other" } name={ "t." (self.item.link_id) }
                        value=[self.typed.iter().find_map(|value| value.strip_prefix(TYPED))];
                }
            }
        }
    }

    fn list(&self, options: &[(String, Markup)]) -> Markup {
        html! {
            div.question {
                label for=(self.id) { (self.question()) }
                (self.error())
                select id=(self.id) name=(self.name()) disabled[self.disabled] aria-describedby=[self.described(false)] {
                    option value="" { (self.cx.t("pro-choose")) }
                    @for (value, words) in options { option value=(value) selected[self.typed.contains(value)] { (words) } }
                }
            }
        }
    }

    fn entry(&self) -> Markup {
        let hint = self.hint();
        let value = self.typed.first();
        let described = self.described(hint.is_some());
        let invalid = self.fault.map(|_| "true");
        let (kind, mode) = match self.item.kind {
            Kind::Date => (Some("date"), None),
            Kind::DateTime => (Some("datetime-local"), None),
            Kind::Time => (Some("time"), None),
            // Not `number`: what cannot be read is to come back as it was typed.
            Kind::Integer => (None, Some("numeric")),
            Kind::Decimal => (None, Some("decimal")),
            _ => (None, None),
        };
        html! {
            div.question {
                label for=(self.id) { (self.question()) }
                @if let Some(hint) = &hint { p.hint id={ (self.id) "-hint" } { (hint) } }
                (self.error())
                @if self.item.kind == Kind::Text {
                    textarea id=(self.id) name=(self.name()) rows="4" disabled[self.disabled] aria-invalid=[invalid] aria-describedby=[described] {
                        // A line break after the tag is the parser's.
                        "\n" (value.map_or("", String::as_str))
                    }
                } @else {
                    input id=(self.id) name=(self.name()) type=[kind] inputmode=[mode] value=[value] disabled[self.disabled]
                        aria-invalid=[invalid] aria-describedby=[described] autocomplete="off";
                    @if !self.item.unit.is_empty() { " " (self.item.unit) }
                }
            }
        }
    }

    fn hint(&self) -> Option<String> {
        let number = |value: f64| short(self.cx, value);
        match (self.item.range, self.item.longest) {
            ((Some(least), Some(most)), _) => {
                Some(self.cx.tf("pro-limits", &[("least", number(least).into()), ("most", number(most).into())]))
            }
            ((Some(least), None), _) => Some(self.cx.tf("pro-least", &[("least", number(least).into())])),
            ((None, Some(most)), _) => Some(self.cx.tf("pro-most", &[("most", number(most).into())])),
            (_, Some(longest)) => Some(self.cx.tf("pro-longest", &[("count", longest.into())])),
            _ => None,
        }
    }
}
