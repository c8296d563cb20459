//! Which items are enabled: `enableWhen` with `enableBehavior`, as R4 defines them.
//!
//! An item is enabled where the item around it is, and its conditions hold. The answer of a disabled item counts as not
//! given. `!=` holds where no answer is the one named, so also where there is none.

use super::{Answer, Answers, Condition, Item, Operator, Questionnaire, Unusable};
use crate::record::Span;
use crate::value::decimal::{self, Decimal};
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

/// An item and the item around it.
type Around<'q> = BTreeMap<&'q str, (&'q Item, Option<&'q str>)>;

impl Questionnaire {
    /// The `linkId`s of the items that are enabled by these answers.
    #[must_use]
    pub fn enabled(&self, answers: &Answers) -> BTreeSet<&str> {
        let around = self.around();
        let mut known = BTreeMap::new();
        for link_id in around.keys() {
            is_enabled(&around, answers, link_id, &mut known);
        }
        known.into_iter().filter(|(_, enabled)| *enabled).map(|(link_id, _)| link_id).collect()
    }

    fn around(&self) -> Around<'_> {
        let mut around: Around<'_> = self.items.iter().map(|item| (item.link_id.as_str(), (item, None))).collect();
        for item in self.each() {
            let within = item.items.iter().map(|inner| (inner.link_id.as_str(), (inner, Some(item.link_id.as_str()))));
            around.extend(within);
        }
        around
    }

    /// Every condition names an item, and no item hangs on itself.
    pub(super) fn hangs_together(&self) -> Result<(), Unusable> {
        let around = self.around();
        for item in self.each() {
            for condition in &item.conditions {
                if !around.contains_key(condition.question.as_str()) {
                    let what = format!("`{}` hangs on an item that is not there: correct `enableWhen`", item.link_id);
                    return Err(Unusable(what));
                }
            }
        }
        let mut done = BTreeSet::new();
        for link_id in around.keys() {
            follow(&around, link_id, &mut Vec::new(), &mut done)?;
        }
        Ok(())
    }
}

fn follow<'q>(
    around: &Around<'q>,
    link_id: &'q str,
    path: &mut Vec<&'q str>,
    done: &mut BTreeSet<&'q str>,
) -> Result<(), Unusable> {
    if path.contains(&link_id) {
        return Err(Unusable(format!("whether `{link_id}` is enabled hangs on itself: correct `enableWhen`")));
    }
    let Some((item, outer)) = around.get(link_id).filter(|_| !done.contains(link_id)) else { return Ok(()) };
    path.push(link_id);
    for next in item.conditions.iter().map(|condition| condition.question.as_str()).chain(*outer) {
        follow(around, next, path, done)?;
    }
    path.pop();
    done.insert(link_id);
    Ok(())
}

fn is_enabled<'q>(
    around: &Around<'q>,
    answers: &Answers,
    link_id: &'q str,
    known: &mut BTreeMap<&'q str, bool>,
) -> bool {
    if let Some(enabled) = known.get(link_id) {
        return *enabled;
    }
    // INVARIANT: `hangs_together` has seen that nothing hangs on itself, so this ends.
    let Some((item, outer)) = around.get(link_id) else { return false };
    let mut holds = |condition: &'q Condition| {
        let counts = is_enabled(around, answers, &condition.question, known);
        let given = answers.get(&condition.question).filter(|_| counts).map_or(&[][..], Vec::as_slice);
        condition.holds(given)
    };
    let conditions = match (item.conditions.is_empty(), item.any) {
        (true, _) => true,
        (false, true) => item.conditions.iter().any(&mut holds),
        (false, false) => item.conditions.iter().all(&mut holds),
    };
    let enabled = conditions && outer.is_none_or(|outer| is_enabled(around, answers, outer, known));
    known.insert(link_id, enabled);
    enabled
}

impl Condition {
    fn holds(&self, given: &[Answer]) -> bool {
        let some = |orders: &[Ordering]| {
            given.iter().any(|answer| answer.compared(&self.answer).is_some_and(|order| orders.contains(&order)))
        };
        match self.operator {
            Operator::Exists => given.is_empty() != (self.answer == Answer::Boolean(true)),
            Operator::Equal => given.iter().any(|answer| answer.is(&self.answer)),
            Operator::NotEqual => !given.iter().any(|answer| answer.is(&self.answer)),
            Operator::Greater => some(&[Ordering::Greater]),
            Operator::Less => some(&[Ordering::Less]),
            Operator::AtLeast => some(&[Ordering::Greater, Ordering::Equal]),
            Operator::AtMost => some(&[Ordering::Less, Ordering::Equal]),
        }
    }
}

impl Answer {
    /// How two answers of a kind lie to each other; `None` where they cannot be compared.
    pub(super) fn compared(&self, other: &Self) -> Option<Ordering> {
        let decimal = |answer: &Self| match answer {
            Self::Integer(number) => Some(Decimal::new(i128::from(*number), 0)),
            Self::Decimal(digits) => Decimal::parse(digits),
            _ => None,
        };
        match (self, other) {
            (Self::Integer(_) | Self::Decimal(_), _) => Some(decimal::compare(decimal(self)?, decimal(other)?)),
            (Self::Boolean(a), Self::Boolean(b)) => (a == b).then_some(Ordering::Equal),
            (Self::Time(a), Self::Time(b)) => Some(padded(a).cmp(&padded(b))),
            (Self::Date(a) | Self::DateTime(a), Self::Date(b) | Self::DateTime(b)) => {
                let first = |text: &str| Span { start: text.to_owned(), end: String::new() }.seconds().map(|s| s.0);
                Some(first(a)?.cmp(&first(b)?))
            }
            (Self::Text(a), Self::Text(b)) => Some(a.cmp(b)),
            (Self::Other(of, a), Self::Other(other, b)) => (of == other && a == b).then_some(Ordering::Equal),
            _ => None,
        }
    }
}

/// `08:30` and `08:30:00` are the same time.
fn padded(time: &str) -> String {
    if time.len() == 5 { format!("{time}:00") } else { time.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::questionnaire::read::tests::questionnaire;
    use crate::record::Coding;
    use proptest::prelude::*;

    fn coding(code: &str) -> Answer {
        Answer::Coding(Coding { system: "s".to_owned(), code: code.to_owned(), display: String::new() })
    }

    fn condition(operator: &str, member: &str, value: &str) -> String {
        format!(
            r#"{{"linkId":"a","type":"string"}},{{"linkId":"b","type":"string","enableWhen":[
                {{"question":"a","operator":"{operator}","{member}":{value}}}]}}"#
        )
    }

    #[test]
    fn each_operator() {
        use Answer as A;
        let date = |text: &str| vec![A::Date(text.to_owned())];
        let code = r#"{"system":"s","code":"x","display":"other words"}"#;
        for (operator, member, value, given, enabled) in [
            ("exists", "answerBoolean", "true", vec![], false),
            ("exists", "answerBoolean", "true", vec![A::Boolean(false)], true),
            ("exists", "answerBoolean", "false", vec![], true),
            ("exists", "answerBoolean", "false", vec![A::Integer(1)], false),
            ("=", "answerCoding", code, vec![coding("x")], true),
            ("=", "answerCoding", code, vec![coding("y"), coding("x")], true),
            ("=", "answerCoding", code, vec![coding("y")], false),
            ("=", "answerCoding", r#"{"code":"x"}"#, vec![coding("x")], false),
            ("=", "answerCoding", code, vec![], false),
            ("!=", "answerCoding", code, vec![], true),
            ("!=", "answerCoding", code, vec![coding("y")], true),
            ("!=", "answerCoding", code, vec![coding("y"), coding("x")], false),
            ("=", "answerBoolean", "true", vec![A::Boolean(true)], true),
            ("=", "answerString", "\"x\"", vec![A::Text("x".to_owned())], true),
            (">", "answerInteger", "3", vec![A::Integer(3)], false),
            (">", "answerInteger", "3", vec![A::Integer(4)], true),
            (">", "answerInteger", "3", vec![A::Decimal("3.01".to_owned())], true),
            (">=", "answerInteger", "3", vec![A::Integer(3)], true),
            ("<", "answerDecimal", "0.30", vec![A::Decimal("0.3".to_owned())], false),
            ("<=", "answerDecimal", "0.30", vec![A::Decimal("0.3".to_owned())], true),
            ("<", "answerDecimal", "0.30", vec![A::Integer(0)], true),
            (">", "answerInteger", "3", vec![A::Text("4".to_owned())], false),
            (">", "answerInteger", "3", vec![], false),
            (">=", "answerDate", "\"2026-01-01\"", date("2026-01-01"), true),
            (">", "answerDate", "\"2026-01-01\"", date("2026-01-02"), true),
            ("<", "answerTime", "\"08:30:00\"", vec![A::Time("08:30".to_owned())], false),
            ("<", "answerTime", "\"08:30:00\"", vec![A::Time("08:29:59".to_owned())], true),
        ] {
            let made = questionnaire(&condition(operator, member, value)).unwrap();
            let answers: Answers = [("a".to_owned(), given.clone())].into();
            assert_eq!(made.enabled(&answers).contains("b"), enabled, "{given:?} {operator} {value}");
        }
    }

    #[test]
    fn all_and_any_and_what_hangs_on_disabled_items() {
        let two = |behaviour: &str| {
            format!(
                r#"{{"linkId":"a","type":"boolean"}},{{"linkId":"b","type":"boolean"}},
                {{"linkId":"c","type":"group","enableBehavior":"{behaviour}","enableWhen":[
                    {{"question":"a","operator":"=","answerBoolean":true}},
                    {{"question":"b","operator":"=","answerBoolean":true}}],
                  "item":[{{"linkId":"d","type":"boolean"}}]}},
                {{"linkId":"e","type":"string","enableWhen":[{{"question":"d","operator":"=","answerBoolean":true}}]}}"#
            )
        };
        for (behaviour, a, b, enabled) in [
            ("all", true, true, true),
            ("all", true, false, false),
            ("any", true, false, true),
            ("any", false, false, false),
        ] {
            let made = questionnaire(&two(behaviour)).unwrap();
            let given = |value| vec![Answer::Boolean(value)];
            let answers: Answers =
                [("a".to_owned(), given(a)), ("b".to_owned(), given(b)), ("d".to_owned(), given(true))].into();
            let found = made.enabled(&answers);
            // What is within the group, and what hangs on its answer, goes with it.
            for link_id in ["c", "d", "e"] {
                assert_eq!(found.contains(link_id), enabled, "{behaviour} {a} {b} {link_id}");
            }
        }
    }

    #[test]
    fn what_hangs_on_itself_or_on_nothing_is_refused() {
        let on = |link_id: &str, on: &str| {
            format!(
                r#"{{"linkId":"{link_id}","type":"boolean","enableWhen":[{{"question":"{on}","operator":"exists","answerBoolean":true}}]}}"#
            )
        };
        for (items, part) in [
            (on("a", "a"), "hangs on itself"),
            (format!("{},{},{}", on("a", "b"), on("b", "c"), on("c", "a")), "hangs on itself"),
            (on("a", "z"), "not there"),
            (
                r#"{"linkId":"a","type":"group","enableWhen":[{"question":"b","operator":"exists","answerBoolean":true}],
                    "item":[{"linkId":"b","type":"boolean"}]}"#
                    .to_owned(),
                "hangs on itself",
            ),
        ] {
            let error = questionnaire(&items).unwrap_err();
            assert!(error.0.contains(part), "{error}");
        }
    }

    /// Items 0 to 7, each of which may hang on earlier ones: whether all of its conditions must hold, and the conditions.
    type Items = Vec<(bool, Vec<(usize, usize, i64)>)>;

    fn some_items() -> impl Strategy<Value = Items> {
        let condition = (0usize..8, 0usize..6, 0i64..3);
        prop::collection::vec((any::<bool>(), prop::collection::vec(condition, 0..3)), 8)
    }

    const OPERATORS: [&str; 6] = ["=", "!=", ">", "<", ">=", "<="];

    proptest! {
        /// Against the definition, worked out from the first item to the last.
        #[test]
        fn the_same_as_by_the_definition(items in some_items(), given in prop::collection::vec(prop::option::of(0i64..3), 8)) {
            let mut texts = Vec::new();
            let mut expected = [false; 8];
            for (at, (any, conditions)) in items.iter().enumerate() {
                let conditions: Vec<_> = conditions.iter().filter(|(on, ..)| *on < at).collect();
                let told: Vec<String> = conditions.iter().map(|(on, operator, value)| {
                    format!(r#"{{"question":"{on}","operator":"{}","answerInteger":{value}}}"#, OPERATORS[*operator])
                }).collect();
                texts.push(format!(
                    r#"{{"linkId":"{at}","type":"integer","enableBehavior":"{}","enableWhen":[{}]}}"#,
                    if *any { "any" } else { "all" }, told.join(",")
                ));
                let holds = |(on, operator, value): &&(usize, usize, i64)| {
                    let answer = given[*on].filter(|_| expected[*on]);
                    match OPERATORS[*operator] {
                        "=" => answer == Some(*value),
                        "!=" => answer != Some(*value),
                        ">" => answer.is_some_and(|answer| answer > *value),
                        "<" => answer.is_some_and(|answer| answer < *value),
                        ">=" => answer.is_some_and(|answer| answer >= *value),
                        _ => answer.is_some_and(|answer| answer <= *value),
                    }
                };
                expected[at] = conditions.is_empty()
                    || if *any { conditions.iter().any(holds) } else { conditions.iter().all(holds) };
            }
            let made = questionnaire(&texts.join(",")).unwrap();
            let answers: Answers = given.iter().enumerate()
                .filter_map(|(at, answer)| Some((at.to_string(), vec![Answer::Integer((*answer)?)]))).collect();
            let found = made.enabled(&answers);
            for (at, enabled) in expected.iter().enumerate() {
                prop_assert_eq!(found.contains(at.to_string().as_str()), *enabled, "item {}", at);
            }
        }
    }
}
