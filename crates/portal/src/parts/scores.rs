//! A score in words: what it stands for, or its number and how far it can go.

use crate::format::decimal;
use crate::page::Cx;
use crate::pages::questionnaire::say;
use crate::parts::plot::short;
use indgang_fhir::questionnaire::{Answer, Score};
use maud::{Markup, html};

/// The value of a score.
pub(crate) fn value(cx: &Cx, score: &Score) -> Markup {
    if let Some(words) = &score.words {
        return say(cx, words);
    }
    let number = match &score.answer {
        Answer::Integer(number) => number.to_string(),
        Answer::Decimal(digits) => {
            let decimals = digits.split_once('.').map_or(0, |(_, after)| after.len().min(4));
            score.answer.number().map_or_else(|| digits.clone(), |number| decimal(cx.locale, number, decimals))
        }
        Answer::Boolean(truth) => cx.t(if *truth { "pro-yes" } else { "pro-no" }),
        other => other.shown(),
    };
    html! {
        @match score.range.1 {
            Some(most) => { (cx.tf("pro-of-most", &[("value", number.into()), ("most", short(cx, most).into())])) }
            None => { (number) @if !score.unit.is_empty() { " " (score.unit) } }
        }
    }
}
