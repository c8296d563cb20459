//! Equality, equivalence and order.

use super::evaluate::{Context, EvaluationError};
use super::value::{Element, NONE, Value};
use crate::json::{Kind, Node};
use crate::value::decimal::{self, Decimal};
use crate::value::quantity::Quantity;
use crate::value::temporal::TemporalKind;
use std::cmp::Ordering;

/// The number of a value that is one.
pub(crate) fn number(value: &Value<'_>) -> Option<Decimal> {
    match value {
        Value::Integer(number) | Value::Long(number) => Some((*number).into()),
        Value::Decimal(number) => Some(*number),
        _ => None,
    }
}

/// The value as a quantity: itself, or a number without unit.
pub(crate) fn quantity<'a>(value: &Value<'a>) -> Option<Quantity<'a>> {
    match value {
        Value::Quantity(quantity) => Some((**quantity).clone()),
        other => number(other).map(|n| Quantity::ucum(n, "1")),
    }
}

impl<'a> Context<'a> {
    /// `=` of collections: `None` where it cannot be told.
    pub(crate) fn equal_all(&self, left: &[Value<'a>], right: &[Value<'a>]) -> Option<bool> {
        if left.len() != right.len() {
            return Some(false);
        }
        let mut unknown = false;
        for (a, b) in left.iter().zip(right) {
            match self.equal(a, b) {
                Some(true) => {}
                Some(false) => return Some(false),
                None => unknown = true,
            }
        }
        (!unknown).then_some(true)
    }

    /// `=` of two values.
    pub(crate) fn equal(&self, left: &Value<'a>, right: &Value<'a>) -> Option<bool> {
        if let (Value::Element(a), Value::Element(b)) = (left, right)
            && a == b
        {
            return Some(true);
        }
        match (self.system(left), self.system(right)) {
            (Some(a), Some(b)) => equal_system(&a, &b),
            (None, None) => match (left, right) {
                (Value::Element(a), Value::Element(b)) => Some(self.same_tree(*a, *b, false)),
                _ => Some(false),
            },
            _ => Some(false),
        }
    }

    /// Whether a value is in a collection.
    pub(crate) fn holds(&self, collection: &[Value<'a>], value: &Value<'a>) -> bool {
        collection.iter().any(|other| self.equal(other, value) == Some(true))
    }

    /// Without doubles, in the order of first appearance.
    pub(crate) fn distinct(&self, values: impl IntoIterator<Item = Value<'a>>) -> Vec<Value<'a>> {
        let mut out: Vec<Value<'a>> = Vec::new();
        for value in values {
            if !self.holds(&out, &value) {
                out.push(value);
            }
        }
        out
    }

    /// `~` of collections: the order does not matter.
    pub(crate) fn equivalent_all(&self, left: &[Value<'a>], right: &[Value<'a>]) -> bool {
        if left.len() != right.len() {
            return false;
        }
        let mut free: Vec<&Value<'a>> = right.iter().collect();
        left.iter().all(|a| match free.iter().position(|b| self.equivalent(a, b)) {
            Some(at) => {
                free.swap_remove(at);
                true
            }
            None => false,
        })
    }

    fn equivalent(&self, left: &Value<'a>, right: &Value<'a>) -> bool {
        match (self.system(left), self.system(right)) {
            (Some(a), Some(b)) => equivalent_system(&a, &b),
            (None, None) => {
                matches!((left, right), (Value::Element(a), Value::Element(b)) if self.same_tree(*a, *b, true))
            }
            _ => false,
        }
    }

    /// Order: `None` where it cannot be told.
    pub(crate) fn order(&self, left: &Value<'a>, right: &Value<'a>) -> Result<Option<Ordering>, EvaluationError> {
        let (Some(a), Some(b)) = (self.system(left), self.system(right)) else {
            let whole = |v: &Value<'_>| matches!(v, Value::Element(e) if e.node != NONE && self.json.kind(e.node) == Kind::Object);
            if whole(left) || whole(right) {
                return Err(EvaluationError::new(
                    "an element with elements of its own has no order: compare one of them",
                ));
            }
            return Ok(None);
        };
        match (&a, &b) {
            (Value::String(a), Value::String(b)) => Ok(Some(a.as_ref().cmp(b.as_ref()))),
            (Value::Temporal(a), Value::Temporal(b))
                if (a.kind == TemporalKind::Time) == (b.kind == TemporalKind::Time) =>
            {
                Ok(a.compare(*b))
            }
            _ => {
                if let (Some(a), Some(b)) = (number(&a), number(&b)) {
                    return Ok(Some(decimal::compare(a, b)));
                }
                match (quantity(&a), quantity(&b)) {
                    (Some(a), Some(b)) => Ok(a.compare(&b)),
                    _ => Err(EvaluationError::new("values of different types have no order: convert one of them")),
                }
            }
        }
    }

    fn same_tree(&self, left: Element, right: Element, loosely: bool) -> bool {
        let pair = |a: Node, b: Node| match (a == NONE, b == NONE) {
            (true, true) => true,
            (false, false) => self.same_node(a, b, loosely),
            _ => false,
        };
        pair(left.node, right.node) && pair(left.shadow, right.shadow)
    }

    fn same_node(&self, left: Node, right: Node, loosely: bool) -> bool {
        let json = self.json;
        if json.kind(left) != json.kind(right) {
            return false;
        }
        match json.kind(left) {
            Kind::Null | Kind::True | Kind::False => true,
            Kind::Number => match (Decimal::parse(json.raw(left)), Decimal::parse(json.raw(right))) {
                (Some(a), Some(b)) => decimal::compare(a, b) == Ordering::Equal,
                _ => json.raw(left) == json.raw(right),
            },
            Kind::String => match (json.string(left), json.string(right)) {
                (Some(a), Some(b)) => {
                    if loosely {
                        loose(&a) == loose(&b)
                    } else {
                        a == b
                    }
                }
                _ => false,
            },
            Kind::Array => {
                let (a, b): (Vec<_>, Vec<_>) = (json.children(left).collect(), json.children(right).collect());
                if a.len() != b.len() {
                    return false;
                }
                if !loosely {
                    return a.iter().zip(&b).all(|(a, b)| self.same_node(*a, *b, false));
                }
                a.iter().all(|a| b.iter().any(|b| self.same_node(*a, *b, true)))
            }
            Kind::Object => {
                let matched = |child: Node| {
                    let other = json.member(right, json.key(child));
                    other.is_some_and(|other| self.same_node(child, other, loosely))
                };
                json.children(left).count() == json.children(right).count() && json.children(left).all(matched)
            }
        }
    }
}

fn equal_system(left: &Value<'_>, right: &Value<'_>) -> Option<bool> {
    match (left, right) {
        (Value::String(a), Value::String(b)) => Some(a == b),
        (Value::Boolean(a), Value::Boolean(b)) => Some(a == b),
        (Value::Temporal(a), Value::Temporal(b)) => {
            if (a.kind == TemporalKind::Time) != (b.kind == TemporalKind::Time) {
                return Some(false);
            }
            a.compare(*b).map(|o| o == Ordering::Equal)
        }
        (Value::Type { namespace: a, name: b }, Value::Type { namespace: c, name: d }) => Some(a == c && b == d),
        _ => {
            if let (Some(a), Some(b)) = (number(left), number(right)) {
                return Some(decimal::compare(a, b) == Ordering::Equal);
            }
            match (quantity(left), quantity(right)) {
                (Some(a), Some(b)) => a.compare(&b).map(|o| o == Ordering::Equal),
                _ => Some(false),
            }
        }
    }
}

fn equivalent_system(left: &Value<'_>, right: &Value<'_>) -> bool {
    match (left, right) {
        (Value::String(a), Value::String(b)) => loose(a) == loose(b),
        (Value::Temporal(a), Value::Temporal(b)) => {
            (a.kind == TemporalKind::Time) == (b.kind == TemporalKind::Time) && a.compare(*b) == Some(Ordering::Equal)
        }
        _ => {
            if let (Some(a), Some(b)) = (number(left), number(right)) {
                let scale = a.normalised().scale().min(b.normalised().scale());
                return decimal::compare(a.rounded(scale), b.rounded(scale)) == Ordering::Equal;
            }
            match (quantity(left), quantity(right)) {
                (Some(a), Some(b)) => a.is_equivalent(&b),
                _ => equal_system(left, right) == Some(true),
            }
        }
    }
}

/// Texts are equivalent without regard to case and to the kind and number of spaces.
fn loose(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}
