//! From one type to another.

use super::Computed;
use crate::path::evaluate::{Context, Scope};
use crate::path::function::Function;
use crate::path::syntax::Expression;
use crate::path::value::Value;
use crate::value::decimal::Decimal;
use crate::value::quantity::{Calendar, Quantity, UnitOf};
use crate::value::temporal::{Temporal, TemporalKind};

impl<'a> Context<'a> {
    pub(super) fn conversion(
        &self,
        function: Function,
        value: &Value<'a>,
        arguments: &'a [Expression],
        scope: &Scope<'_, 'a>,
    ) -> Computed<'a> {
        use Function as F;
        let unit = match arguments.first() {
            Some(argument) => self.text(&self.collect(argument, scope)?, "toQuantity")?,
            None => None,
        };
        let Some(value) = self.system(value) else { return Ok(None) };
        let (converted, asked) = match function {
            F::ToBoolean => (boolean(&value), false),
            F::ConvertsToBoolean => (boolean(&value), true),
            F::ToInteger => (integer(&value), false),
            F::ConvertsToInteger => (integer(&value), true),
            F::ToLong => (long(&value), false),
            F::ConvertsToLong => (long(&value), true),
            F::ToDecimal => (decimal(&value), false),
            F::ConvertsToDecimal => (decimal(&value), true),
            F::ToText => (text(&value), false),
            F::ConvertsToText => (text(&value), true),
            F::ToDate => (date(&value), false),
            F::ConvertsToDate => (date(&value), true),
            F::ToDateTime => (date_time(&value), false),
            F::ConvertsToDateTime => (date_time(&value), true),
            F::ToTime => (time(&value), false),
            F::ConvertsToTime => (time(&value), true),
            _ => (quantity(value, unit.as_deref()), function == F::ConvertsToQuantity),
        };
        Ok(if asked { Some(Value::Boolean(converted.is_some())) } else { converted })
    }
}

fn boolean<'a>(value: &Value<'a>) -> Option<Value<'a>> {
    let of = |number: Decimal| match number.to_integer() {
        Some(0) => Some(false),
        Some(1) => Some(true),
        _ => None,
    };
    match value {
        Value::Boolean(truth) => Some(*truth),
        Value::Integer(number) | Value::Long(number) => of((*number).into()),
        Value::Decimal(number) => of(*number),
        Value::String(text) => match text.to_lowercase().as_str() {
            "true" | "t" | "yes" | "y" | "1" | "1.0" => Some(true),
            "false" | "f" | "no" | "n" | "0" | "0.0" => Some(false),
            _ => None,
        },
        _ => None,
    }
    .map(Value::Boolean)
}

fn integer<'a>(value: &Value<'a>) -> Option<Value<'a>> {
    match value {
        Value::Integer(number) => Some(*number),
        Value::Long(number) => Some(*number).filter(|n| i32::try_from(*n).is_ok()),
        Value::Boolean(truth) => Some(i64::from(*truth)),
        Value::String(text) => text.parse::<i32>().ok().map(i64::from),
        _ => None,
    }
    .map(Value::Integer)
}

fn long<'a>(value: &Value<'a>) -> Option<Value<'a>> {
    match value {
        Value::Integer(number) | Value::Long(number) => Some(*number),
        Value::Boolean(truth) => Some(i64::from(*truth)),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
    .map(Value::Long)
}

fn decimal<'a>(value: &Value<'a>) -> Option<Value<'a>> {
    match value {
        Value::Integer(number) | Value::Long(number) => Some((*number).into()),
        Value::Decimal(number) => Some(*number),
        Value::Boolean(truth) => Some(if *truth { Decimal::new(10, 1) } else { Decimal::new(0, 1) }),
        Value::String(text) if !text.contains(['e', 'E']) => Decimal::parse(text),
        _ => None,
    }
    .map(Value::Decimal)
}

/// The text of a value, as FHIR writes it.
pub(crate) fn text<'a>(value: &Value<'a>) -> Option<Value<'a>> {
    Some(Value::text(match value {
        Value::String(text) => return Some(Value::String(text.clone())),
        Value::Boolean(truth) => truth.to_string(),
        Value::Integer(number) | Value::Long(number) => number.to_string(),
        Value::Decimal(number) => number.to_string(),
        Value::Temporal(temporal) => temporal.to_string(),
        Value::Quantity(quantity) => quantity.to_string(),
        Value::Element(_) | Value::Type { .. } => return None,
    }))
}

fn date<'a>(value: &Value<'a>) -> Option<Value<'a>> {
    match value {
        Value::Temporal(temporal) if temporal.kind != TemporalKind::Time => Some(temporal.to_date()),
        Value::String(text) => Temporal::parse_date_time(text).map(Temporal::to_date),
        _ => None,
    }
    .map(Value::Temporal)
}

fn date_time<'a>(value: &Value<'a>) -> Option<Value<'a>> {
    match value {
        Value::Temporal(temporal) if temporal.kind != TemporalKind::Time => Some(temporal.to_date_time()),
        Value::String(text) => Temporal::parse_date_time(text),
        _ => None,
    }
    .map(Value::Temporal)
}

fn time<'a>(value: &Value<'a>) -> Option<Value<'a>> {
    match value {
        Value::Temporal(temporal) if temporal.kind == TemporalKind::Time => Some(*temporal),
        Value::String(text) => Temporal::parse_time(text),
        _ => None,
    }
    .map(Value::Temporal)
}

fn quantity<'a>(value: Value<'a>, unit: Option<&str>) -> Option<Value<'a>> {
    let found = match value {
        Value::Quantity(quantity) => *quantity,
        Value::Integer(number) | Value::Long(number) => Quantity::ucum(number.into(), "1"),
        Value::Decimal(number) => Quantity::ucum(number, "1"),
        Value::Boolean(truth) => Quantity::ucum(if truth { Decimal::new(10, 1) } else { Decimal::new(0, 1) }, "1"),
        Value::String(text) => quantity_text(&text)?,
        _ => return None,
    };
    let Some(unit) = unit else { return Some(Value::quantity(found)) };
    let wanted = Calendar::parse(unit).map_or_else(|| UnitOf::Ucum(unit.to_owned().into()), UnitOf::Calendar);
    let zero: Quantity<'a> = Quantity { value: Decimal::ZERO, unit: wanted };
    zero.plus(&found).map(Value::quantity)
}

/// `1`, `1 day` or `1 'mg'`.
fn quantity_text(text: &str) -> Option<Quantity<'static>> {
    let (number, unit) = text.split_once(' ').map_or((text, ""), |(n, u)| (n, u.trim()));
    if number.contains(['e', 'E']) {
        return None;
    }
    let value = Decimal::parse(number)?;
    let unit = if unit.is_empty() {
        UnitOf::Ucum("1".into())
    } else if let Some(calendar) = Calendar::parse(unit) {
        UnitOf::Calendar(calendar)
    } else {
        let code = unit.strip_prefix('\'')?.strip_suffix('\'').filter(|c| !c.is_empty() && !c.contains('\''))?;
        UnitOf::Ucum(code.to_owned().into())
    };
    Some(Quantity { value, unit })
}
