//! Boundaries, precision and parts of dates and times; the clock.

use super::Computed;
use crate::json::Kind;
use crate::path::compare::quantity;
use crate::path::element;
use crate::path::evaluate::{Context, EvaluationError, Scope};
use crate::path::function::Function;
use crate::path::syntax::Expression;
use crate::path::value::{Element, Value};
use crate::value::decimal::{Decimal, MAX_SCALE};
use crate::value::quantity::Quantity;
use crate::value::temporal::{Precision, Temporal, TemporalKind};

impl<'a> Context<'a> {
    pub(super) fn clock(&self, function: Function) -> Computed<'a> {
        let Some(now) = self.now else {
            return Err(EvaluationError::new(format!("`{}()` is not known here: there is no clock", function.name())));
        };
        Ok(match function {
            Function::Now => Some(now),
            Function::Today => Some(now.to_date()),
            _ => now.to_time(),
        }
        .map(Value::Temporal))
    }

    pub(super) fn parts(
        &self,
        function: Function,
        value: &Value<'a>,
        arguments: &'a [Expression],
        scope: &Scope<'_, 'a>,
    ) -> Computed<'a> {
        let argument = arguments.first().map(|a| self.collect(a, scope)).transpose()?;
        if let Some(of_period) = self.period(function, value) {
            return of_period.map_or(Ok(None), |end| self.parts(function, &end, arguments, scope));
        }
        let Some(value) = self.system(value) else { return Ok(None) };
        match function {
            Function::LowBoundary | Function::HighBoundary => {
                let digits = match argument {
                    Some(digits) => match self.integer(&digits, "a boundary's precision")? {
                        Some(digits) => Some(digits),
                        None => return Ok(None),
                    },
                    None => None,
                };
                boundary(function == Function::HighBoundary, &value, digits)
            }
            Function::Precision => match value {
                Value::Decimal(number) => Ok(Some(Value::Integer(i64::from(number.scale())))),
                Value::Integer(_) | Value::Long(_) => Ok(Some(Value::Integer(0))),
                Value::Temporal(temporal) => Ok(Some(Value::Integer(temporal.digits()))),
                _ => Err(EvaluationError::new("`precision()` wants a decimal, a date or a time")),
            },
            Function::Comparable => {
                let other = argument.unwrap_or_default();
                let other = self.single(&other, "comparable")?.and_then(|v| self.system(v));
                let Some(other) = other else { return Ok(None) };
                match (quantity(&value), quantity(&other)) {
                    (Some(a), Some(b)) => Ok(Some(Value::Boolean(a.is_comparable(&b)))),
                    _ => Err(EvaluationError::new("`comparable()` wants quantities")),
                }
            }
            _ => match value {
                Value::Temporal(temporal) => Ok(part(function, temporal)),
                _ => Err(EvaluationError::new(format!("`{}()` wants a date or a time", function.name()))),
            },
        }
    }

    /// Of a Period its start has the low boundary and its end the high one.
    fn period(&self, function: Function, value: &Value<'a>) -> Option<Option<Value<'a>>> {
        let Value::Element(element) = value else { return None };
        let name = match function {
            Function::LowBoundary => "start",
            Function::HighBoundary => "end",
            _ => return None,
        };
        if crate::model::r4().get(element.type_id()).name != "Period" || self.json.kind(element.node()?) != Kind::Object
        {
            return None;
        }
        let mut found: Option<Element> = None;
        let _: Result<bool, std::convert::Infallible> =
            element::children_named(self.json, *element, name, &mut |child| {
                found = Some(child);
                Ok(false)
            });
        Some(found.map(Value::Element))
    }
}

fn boundary<'a>(high: bool, value: &Value<'a>, digits: Option<i64>) -> Computed<'a> {
    let of_decimal = |number: Decimal| {
        let digits = digits.map_or(Some(8.max(number.scale())), |d| u32::try_from(d).ok());
        digits.filter(|d| *d <= MAX_SCALE).and_then(|digits| decimal_boundary(high, number, digits))
    };
    Ok(match value {
        Value::Decimal(number) => of_decimal(*number).map(Value::Decimal),
        Value::Integer(number) | Value::Long(number) => of_decimal((*number).into()).map(Value::Decimal),
        Value::Quantity(quantity) => {
            of_decimal(quantity.value).map(|value| Value::quantity(Quantity { value, unit: quantity.unit.clone() }))
        }
        Value::Temporal(temporal) => temporal.boundary(high, digits).map(Value::Temporal),
        _ => return Err(EvaluationError::new("a boundary wants a decimal, a quantity, a date or a time")),
    })
}

/// Half a unit of the last digit away, outwards at the digits asked for.
fn decimal_boundary(high: bool, number: Decimal, digits: u32) -> Option<Decimal> {
    let half = Decimal::new(5, number.scale() + 1);
    let edge = if high { number.plus(half)? } else { number.minus(half)? };
    Some(if high { edge.ceiled(digits) } else { edge.floored(digits) })
}

fn part<'a>(function: Function, value: Temporal) -> Option<Value<'a>> {
    use Function as F;
    let dated = value.kind != TemporalKind::Time;
    let number = |known: bool, number: i64| known.then_some(Value::Integer(number));
    let at_least = |precision: Precision| value.precision >= precision;
    match function {
        F::YearOf => number(dated, i64::from(value.year)),
        F::MonthOf => number(dated && at_least(Precision::Month), i64::from(value.month)),
        F::DayOf => number(dated && at_least(Precision::Day), i64::from(value.day)),
        F::HourOf => number(at_least(Precision::Hour), i64::from(value.hour)),
        F::MinuteOf => number(at_least(Precision::Minute), i64::from(value.minute)),
        F::SecondOf => number(at_least(Precision::Second), i64::from(value.second)),
        F::MillisecondOf => number(at_least(Precision::Millisecond), i64::from(value.nanos / 1_000_000)),
        F::TimezoneOffsetOf => {
            let hours = Decimal::from(i64::from(value.offset?)).over(60.into())?;
            Some(Value::Decimal(if hours.scale() == 0 { hours.rounded(1) } else { hours }))
        }
        F::DateOf => dated.then(|| Value::Temporal(value.to_date())),
        _ => value.to_time().map(Value::Temporal),
    }
}
