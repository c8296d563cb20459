//! Numbers.

use super::Computed;
use crate::path::compare::number;
use crate::path::evaluate::{Context, EvaluationError, Scope};
use crate::path::function::Function;
use crate::path::syntax::Expression;
use crate::path::value::Value;
use crate::value::decimal::Decimal;
use crate::value::quantity::Quantity;

impl<'a> Context<'a> {
    pub(super) fn math(
        &self,
        function: Function,
        value: &Value<'a>,
        arguments: &'a [Expression],
        scope: &Scope<'_, 'a>,
    ) -> Computed<'a> {
        use Function as F;
        let what = format!("`{}()` wants a number", function.name());
        let Some(value) = self.system(value) else { return Ok(None) };
        if let Value::Quantity(quantity) = &value {
            let inner = self.math(function, &Value::Decimal(quantity.value), arguments, scope)?;
            let of = inner.as_ref().and_then(number).map(|value| Quantity { value, unit: quantity.unit.clone() });
            return Ok(of.map(Value::quantity));
        }
        let Some(decimal) = number(&value) else { return Err(EvaluationError::new(what)) };
        let whole = |number: Decimal| number.to_integer().map(Value::Integer);
        let real = |number: f64| Decimal::from_f64(number).map(Value::Decimal);
        let argument = || -> Result<Option<Value<'a>>, EvaluationError> {
            let Some(argument) = arguments.first() else { return Ok(None) };
            let values = self.collect(argument, scope)?;
            Ok(self.single(&values, function.name())?.and_then(|v| self.system(v)))
        };
        Ok(match function {
            F::Abs => match value {
                Value::Integer(n) => n.checked_abs().map(Value::Integer),
                Value::Long(n) => n.checked_abs().map(Value::Long),
                _ => Some(Value::Decimal(if decimal.is_negative() { decimal.negated() } else { decimal })),
            },
            F::Ceiling => whole(decimal.ceiled(0)),
            F::Floor => whole(decimal.floored(0)),
            F::Truncate => whole(decimal.truncated(0)),
            F::Round => {
                let digits = argument()?;
                let digits = digits.as_ref().and_then(number).map_or(Some(0), Decimal::to_integer);
                let digits = digits.and_then(|d| u32::try_from(d).ok()).filter(|d| *d <= 28);
                let Some(digits) = digits else {
                    return Err(EvaluationError::new("`round()` wants a number of digits from 0 to 28"));
                };
                Some(Value::Decimal(decimal.rounded(digits)))
            }
            F::Exp => real(decimal.to_f64().exp()),
            F::Ln => real(decimal.to_f64().ln()),
            F::Sqrt => real(decimal.to_f64().sqrt()),
            F::Log => {
                let Some(base) = argument()?.as_ref().and_then(number) else { return Ok(None) };
                // Divided logarithms of 8 and 2 are not quite 3; the library's own bases are.
                let (value, base) = (decimal.to_f64(), base.to_f64());
                real(if base == 2.0 {
                    value.log2()
                } else if base == 10.0 {
                    value.log10()
                } else {
                    value.ln() / base.ln()
                })
            }
            _ => {
                let Some(exponent) = argument()? else { return Ok(None) };
                power(&value, decimal, &exponent)
            }
        })
    }
}

fn power<'a>(value: &Value<'a>, base: Decimal, exponent: &Value<'a>) -> Option<Value<'a>> {
    let small = match exponent {
        Value::Integer(n) => u32::try_from(*n).ok().filter(|n| *n <= 1000),
        _ => None,
    };
    if let Some(n) = small {
        let product = (0..n).try_fold(Decimal::from(1), |product, _| product.times(base))?;
        return match value {
            Value::Decimal(_) => Some(Value::Decimal(product)),
            _ => product.to_integer().map(Value::Integer),
        };
    }
    Decimal::from_f64(base.to_f64().powf(number(exponent)?.to_f64())).map(Value::Decimal)
}
