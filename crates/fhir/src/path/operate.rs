//! Operators.

use super::compare::number;
use super::evaluate::{Context, EvaluationError, Outcome, Scope, Sink};
use super::syntax::{Expression, Operator};
use super::value::Value;
use crate::value::decimal::Decimal;
use crate::value::duration;
use std::cmp::Ordering;

type Computed<'a> = Result<Option<Value<'a>>, EvaluationError>;

impl<'a> Context<'a> {
    pub(crate) fn binary(
        &self,
        operator: Operator,
        left: &'a Expression,
        right: &'a Expression,
        scope: &Scope<'_, 'a>,
        sink: Sink<'_, 'a>,
    ) -> Outcome {
        use Operator as O;
        let computed = match operator {
            O::And | O::Or | O::Xor | O::Implies => return self.logic(operator, left, right, scope, sink),
            O::Union => {
                let mut values = self.collect(left, scope)?;
                values.extend(self.collect(right, scope)?);
                return self.all(self.distinct(values), sink);
            }
            _ => {
                let (a, b) = (self.collect(left, scope)?, self.collect(right, scope)?);
                self.compute(operator, &a, &b)?
            }
        };
        self.optional(computed, sink)
    }

    fn compute(&self, operator: Operator, left: &[Value<'a>], right: &[Value<'a>]) -> Computed<'a> {
        use Operator as O;
        match operator {
            O::Equal | O::NotEqual => {
                if left.is_empty() || right.is_empty() {
                    return Ok(None);
                }
                Ok(self.equal_all(left, right).map(|e| Value::Boolean(e == (operator == O::Equal))))
            }
            O::Equivalent | O::NotEquivalent => {
                Ok(Some(Value::Boolean(self.equivalent_all(left, right) == (operator == O::Equivalent))))
            }
            O::In => self.membership(left, right, "in"),
            O::Contains => self.membership(right, left, "contains"),
            O::Concatenate => {
                let (a, b) = (self.text(left, "&")?, self.text(right, "&")?);
                Ok(Some(Value::text(format!("{}{}", a.unwrap_or_default(), b.unwrap_or_default()))))
            }
            _ => {
                let what = operator.symbol();
                let (Some(a), Some(b)) = (self.single(left, what)?, self.single(right, what)?) else {
                    return Ok(None);
                };
                match operator {
                    O::Less | O::LessOrEqual | O::Greater | O::GreaterOrEqual => {
                        Ok(self.order(a, b)?.map(|order| Value::Boolean(holds(operator, order))))
                    }
                    _ => match (self.system(a), self.system(b)) {
                        (Some(a), Some(b)) => arithmetic(operator, &a, &b),
                        _ => Ok(None),
                    },
                }
            }
        }
    }

    fn membership(&self, item: &[Value<'a>], collection: &[Value<'a>], what: &str) -> Computed<'a> {
        let item = self.single(item, what)?;
        Ok(item.map(|item| Value::Boolean(self.holds(collection, item))))
    }

    fn logic(
        &self,
        operator: Operator,
        left: &'a Expression,
        right: &'a Expression,
        scope: &Scope<'_, 'a>,
        sink: Sink<'_, 'a>,
    ) -> Outcome {
        let what = operator.symbol();
        let truth = |expression: &'a Expression| -> Result<Option<bool>, EvaluationError> {
            let values = self.collect(expression, scope)?;
            Ok(self.single(&values, what)?.map(|v| self.as_boolean(v)))
        };
        let a = truth(left)?;
        let decided = match (operator, a) {
            (Operator::And, Some(false)) => Some(false),
            (Operator::Or, Some(true)) | (Operator::Implies, Some(false)) => Some(true),
            _ => None,
        };
        let outcome = match decided {
            Some(decided) => Some(decided),
            None => connect(operator, a, truth(right)?),
        };
        self.optional(outcome.map(Value::Boolean), sink)
    }

    /// The value with the other sign.
    pub(crate) fn negated(&self, values: &[Value<'a>]) -> Computed<'a> {
        match self.single(values, "-")?.and_then(|v| self.system(v)) {
            None => Ok(None),
            Some(Value::Integer(number)) => Ok(number.checked_neg().map(Value::Integer)),
            Some(Value::Long(number)) => Ok(number.checked_neg().map(Value::Long)),
            Some(Value::Decimal(number)) => Ok(Some(Value::Decimal(number.negated()))),
            Some(Value::Quantity(quantity)) => Ok(Some(Value::quantity(quantity.negated()))),
            Some(_) => Err(EvaluationError::new("`-` wants a number or a quantity")),
        }
    }
}

/// Three-valued logic: nothing is unknown.
fn connect(operator: Operator, a: Option<bool>, b: Option<bool>) -> Option<bool> {
    match operator {
        Operator::And => match (a, b) {
            (Some(true), Some(true)) => Some(true),
            (_, Some(false)) => Some(false),
            _ => None,
        },
        Operator::Or => match (a, b) {
            (_, Some(true)) => Some(true),
            (Some(false), Some(false)) => Some(false),
            _ => None,
        },
        Operator::Implies => match (a, b) {
            (_, Some(true)) => Some(true),
            (Some(true), b) => b,
            _ => None,
        },
        _ => a.zip(b).map(|(a, b)| a != b),
    }
}

fn holds(operator: Operator, order: Ordering) -> bool {
    match operator {
        Operator::Less => order.is_lt(),
        Operator::LessOrEqual => order.is_le(),
        Operator::Greater => order.is_gt(),
        _ => order.is_ge(),
    }
}

pub(crate) fn arithmetic<'a>(operator: Operator, left: &Value<'a>, right: &Value<'a>) -> Computed<'a> {
    match (left, right) {
        (Value::Integer(a), Value::Integer(b)) => {
            Ok(whole(operator, *a, *b, i64::from(i32::MIN)..=i64::from(i32::MAX), false))
        }
        (Value::Integer(a) | Value::Long(a), Value::Integer(b) | Value::Long(b)) => {
            Ok(whole(operator, *a, *b, i64::MIN..=i64::MAX, true))
        }
        (Value::String(a), Value::String(b)) if operator == Operator::Add => Ok(Some(Value::text(format!("{a}{b}")))),
        (Value::Temporal(date), Value::Quantity(by)) if matches!(operator, Operator::Add | Operator::Subtract) => {
            let sign = if operator == Operator::Add { 1 } else { -1 };
            let moved = duration::add(*date, by, sign).map_err(|e| EvaluationError::new(e.to_string()))?;
            Ok(moved.map(Value::Temporal))
        }
        (Value::Quantity(a), Value::Quantity(b)) => Ok(match operator {
            Operator::Add => a.plus(b),
            Operator::Subtract => a.plus(&b.negated()),
            Operator::Multiply => a.times(b),
            Operator::Divide => a.over(b),
            _ => return Err(mismatch(operator)),
        }
        .map(Value::quantity)),
        (Value::Quantity(a), b) if number(b).is_some() && matches!(operator, Operator::Multiply | Operator::Divide) => {
            let Some(factor) = number(b) else { return Ok(None) };
            let value = if operator == Operator::Multiply { a.value.times(factor) } else { a.value.over(factor) };
            Ok(value.map(|value| Value::quantity(crate::value::quantity::Quantity { value, unit: a.unit.clone() })))
        }
        (a, Value::Quantity(b)) if number(a).is_some() && operator == Operator::Multiply => {
            arithmetic(operator, &Value::Quantity(b.clone()), a)
        }
        _ => match (number(left), number(right)) {
            (Some(a), Some(b)) => Ok(decimal(operator, a, b)),
            _ => Err(mismatch(operator)),
        },
    }
}

fn mismatch(operator: Operator) -> EvaluationError {
    EvaluationError::new(format!("`{}` cannot join values of these types: convert one of them", operator.symbol()))
}

fn whole<'a>(
    operator: Operator,
    a: i64,
    b: i64,
    range: std::ops::RangeInclusive<i64>,
    long: bool,
) -> Option<Value<'a>> {
    let value = match operator {
        Operator::Add => a.checked_add(b),
        Operator::Subtract => a.checked_sub(b),
        Operator::Multiply => a.checked_mul(b),
        Operator::Div => a.checked_div(b),
        Operator::Mod => a.checked_rem(b),
        _ => return Decimal::from(a).over(b.into()).map(Value::Decimal),
    }?;
    range.contains(&value).then_some(if long { Value::Long(value) } else { Value::Integer(value) })
}

fn decimal<'a>(operator: Operator, a: Decimal, b: Decimal) -> Option<Value<'a>> {
    match operator {
        Operator::Add => a.plus(b),
        Operator::Subtract => a.minus(b),
        Operator::Multiply => a.times(b),
        Operator::Divide => a.over(b),
        Operator::Div => return a.whole_quotient(b).map(Value::Integer),
        _ => a.remainder(b),
    }
    .map(Value::Decimal)
}
