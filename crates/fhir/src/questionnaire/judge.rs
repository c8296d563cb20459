//! What is wrong with answers, item by item. No fault holds an answer.

use super::{Answer, Answers, Item, Kind, Questionnaire};
use std::collections::BTreeSet;

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FaultKind {
    /// The Questionnaire has no such item, or has it elsewhere.
    UnknownItem,
    /// An answer of another type than the item's.
    WrongType,
    /// None of the options.
    NotAnOption,
    /// An answer to an item that is not enabled.
    Disabled,
    /// No answer where one must be.
    Missing,
    /// Several answers where one may be.
    TooMany,
    /// More characters than may be.
    TooLong,
    /// Less than the least or more than the most.
    OutOfRange,
}

/// A fault of one item.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// The item; empty where the Questionnaire has none.
    pub link_id: String,
    /// Where it stands in the response, as FHIRPath; empty for answers of a form.
    pub expression: String,
    /// What is wrong.
    pub kind: FaultKind,
}

impl Questionnaire {
    /// Faults of answers; what is missing is one only of answers that are `complete`.
    #[must_use]
    pub fn judge(&self, answers: &Answers, complete: bool) -> Vec<Fault> {
        let enabled = self.enabled(answers);
        let mut faults = Vec::new();
        // Whether a group around an item repeats, and the item with it.
        let mut open: Vec<(&Item, bool)> = self.items.iter().rev().map(|item| (item, false)).collect();
        while let Some((item, several)) = open.pop() {
            let several = several || item.repeats;
            let given = answers.get(&item.link_id).map_or(&[][..], Vec::as_slice);
            faults.extend(of_item(item, given, several, &enabled, complete).map(|kind| Fault {
                link_id: item.link_id.clone(),
                expression: String::new(),
                kind,
            }));
            open.extend(item.items.iter().rev().map(|inner| (inner, several && item.kind == Kind::Group)));
        }
        faults
    }
}

/// The first fault of an item.
fn of_item(
    item: &Item,
    given: &[Answer],
    several: bool,
    enabled: &BTreeSet<&str>,
    complete: bool,
) -> Option<FaultKind> {
    let is_enabled = enabled.contains(item.link_id.as_str());
    if given.is_empty() {
        let missing = complete && is_enabled && item.required && item.is_asked();
        return missing.then_some(FaultKind::Missing);
    }
    if !is_enabled {
        return Some(FaultKind::Disabled);
    }
    if given.len() > 1 && !several {
        return Some(FaultKind::TooMany);
    }
    given.iter().find_map(|answer| of_answer(item, answer))
}

fn of_answer(item: &Item, answer: &Answer) -> Option<FaultKind> {
    if !item.kind.holds(answer) {
        return Some(FaultKind::WrongType);
    }
    let must_be_option = match item.kind {
        Kind::Choice => !item.options_elsewhere,
        Kind::OpenChoice => false,
        _ => !item.options.is_empty(),
    };
    if must_be_option && item.option(answer).is_none() {
        return Some(FaultKind::NotAnOption);
    }
    if let (Answer::Text(text), Some(longest)) = (answer, item.longest)
        && text.chars().count() > longest
    {
        return Some(FaultKind::TooLong);
    }
    let number = answer.number()?;
    let outside = item.range.0.is_some_and(|least| number < least) || item.range.1.is_some_and(|most| number > most);
    outside.then_some(FaultKind::OutOfRange)
}

impl Kind {
    /// Whether an answer is of the type that an item of this kind has.
    fn holds(self, answer: &Answer) -> bool {
        match self {
            Self::Group | Self::Display => false,
            Self::Boolean => matches!(answer, Answer::Boolean(_)),
            Self::Decimal => matches!(answer, Answer::Decimal(_)),
            Self::Integer => matches!(answer, Answer::Integer(_)),
            Self::Date => matches!(answer, Answer::Date(_)),
            Self::DateTime => matches!(answer, Answer::DateTime(_)),
            Self::Time => matches!(answer, Answer::Time(_)),
            Self::String | Self::Text | Self::Url => matches!(answer, Answer::Text(_)),
            Self::Choice => !matches!(answer, Answer::Other(..) | Answer::Boolean(_)),
            Self::OpenChoice => matches!(answer, Answer::Coding(_) | Answer::Text(_)),
            Self::Other => matches!(answer, Answer::Other(..)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::questionnaire::read::tests::questionnaire;

    #[test]
    fn each_fault() {
        use Answer as A;
        let least = r#""extension":[{"url":"http://hl7.org/fhir/StructureDefinition/minValue","valueInteger":0},
            {"url":"http://hl7.org/fhir/StructureDefinition/maxValue","valueInteger":10}]"#;
        let items = format!(
            r#"{{"linkId":"n","type":"integer","required":true,{least}}},
            {{"linkId":"s","type":"string","maxLength":3}},
            {{"linkId":"c","type":"choice","answerOption":[{{"valueString":"x"}}]}},
            {{"linkId":"o","type":"open-choice","repeats":true,"answerOption":[{{"valueString":"x"}}]}},
            {{"linkId":"r","type":"group","repeats":true,"item":[{{"linkId":"in","type":"integer"}}]}},
            {{"linkId":"d","type":"boolean","required":true,"enableWhen":[{{"question":"n","operator":">","answerInteger":5}}]}}"#
        );
        let made = questionnaire(&items).unwrap();
        let text = |text: &str| A::Text(text.to_owned());
        let n = |number| ("n", vec![A::Integer(number)]);
        for (given, complete, faults) in [
            (vec![n(5)], true, vec![]),
            (vec![], false, vec![]),
            (vec![], true, vec![("n", FaultKind::Missing)]),
            (vec![n(6)], true, vec![("d", FaultKind::Missing)]),
            (vec![n(5), ("d", vec![A::Boolean(true)])], true, vec![("d", FaultKind::Disabled)]),
            (vec![n(11), ("d", vec![A::Boolean(true)])], true, vec![("n", FaultKind::OutOfRange)]),
            (vec![("n", vec![A::Decimal("5".into())])], true, vec![("n", FaultKind::WrongType)]),
            (vec![("n", vec![A::Integer(1), A::Integer(2)])], true, vec![("n", FaultKind::TooMany)]),
            (vec![n(1), ("in", vec![A::Integer(1), A::Integer(2)])], true, vec![]),
            (vec![n(1), ("s", vec![text("æøå")])], true, vec![]),
            (vec![n(1), ("s", vec![text("æøåå")])], true, vec![("s", FaultKind::TooLong)]),
            (vec![n(1), ("c", vec![text("y")])], true, vec![("c", FaultKind::NotAnOption)]),
            (vec![n(1), ("o", vec![text("y"), text("x")])], true, vec![]),
        ] {
            let answers: Answers = given.iter().map(|(of, given)| ((*of).to_owned(), given.clone())).collect();
            let found = made.judge(&answers, complete);
            let found: Vec<_> = found.iter().map(|fault| (fault.link_id.as_str(), fault.kind)).collect();
            assert_eq!(found, faults, "{given:?}");
        }
    }
}
