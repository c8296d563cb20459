//! Functions over a whole collection.

mod collection;
mod conversion;
mod fhir;
mod math;
mod temporal;
mod text;

pub(super) use conversion::text;

use super::evaluate::{Context, EvaluationError, Outcome, Scope, Sink, Values};
use super::function::Function;
use super::syntax::Expression;
use super::value::Value;

/// What a function of one value gives.
type Computed<'a> = Result<Option<Value<'a>>, EvaluationError>;

impl<'a> Context<'a> {
    pub(super) fn function(
        &self,
        function: Function,
        input: Values<'a>,
        arguments: &'a [Expression],
        scope: &Scope<'_, 'a>,
        sink: Sink<'_, 'a>,
    ) -> Outcome {
        use Function as F;
        match function {
            F::AllTrue
            | F::AnyTrue
            | F::AllFalse
            | F::AnyFalse
            | F::SubsetOf
            | F::SupersetOf
            | F::Count
            | F::Distinct
            | F::IsDistinct
            | F::Repeat
            | F::RepeatAll
            | F::Coalesce
            | F::Single
            | F::Last
            | F::Tail
            | F::Skip
            | F::Take
            | F::Intersect
            | F::Exclude
            | F::Union
            | F::Combine
            | F::Iif
            | F::Children
            | F::Descendants
            | F::Trace
            | F::Aggregate
            | F::Not
            | F::Sum
            | F::Min
            | F::Max
            | F::Avg => self.collection_function(function, input, arguments, scope, sink),
            F::Split | F::ToChars => self.all(self.text_parts(function, &input, arguments, scope)?, sink),
            F::Join => self.optional(self.join(&input, arguments, scope)?, sink),
            F::ConformsTo | F::Resolve | F::HasValue | F::GetValue | F::Type => {
                self.fhir_function(function, &input, arguments, scope, sink)
            }
            F::Now | F::Today | F::TimeOfDay => self.optional(self.clock(function)?, sink),
            _ => self.optional(self.of_one(function, &input, arguments, scope)?, sink),
        }
    }

    /// Functions of a single value.
    fn of_one(
        &self,
        function: Function,
        input: &[Value<'a>],
        arguments: &'a [Expression],
        scope: &Scope<'_, 'a>,
    ) -> Computed<'a> {
        use Function as F;
        let Some(value) = self.single(input, function.name())? else { return Ok(None) };
        match function {
            F::ToBoolean
            | F::ConvertsToBoolean
            | F::ToInteger
            | F::ConvertsToInteger
            | F::ToLong
            | F::ConvertsToLong
            | F::ToDate
            | F::ConvertsToDate
            | F::ToDateTime
            | F::ConvertsToDateTime
            | F::ToDecimal
            | F::ConvertsToDecimal
            | F::ToQuantity
            | F::ConvertsToQuantity
            | F::ToText
            | F::ConvertsToText
            | F::ToTime
            | F::ConvertsToTime => self.conversion(function, value, arguments, scope),
            F::Abs | F::Ceiling | F::Exp | F::Floor | F::Ln | F::Log | F::Power | F::Round | F::Sqrt | F::Truncate => {
                self.math(function, value, arguments, scope)
            }
            F::LowBoundary
            | F::HighBoundary
            | F::Precision
            | F::Comparable
            | F::YearOf
            | F::MonthOf
            | F::DayOf
            | F::HourOf
            | F::MinuteOf
            | F::SecondOf
            | F::MillisecondOf
            | F::TimezoneOffsetOf
            | F::DateOf
            | F::TimeOf => self.parts(function, value, arguments, scope),
            _ => self.of_text(function, input, arguments, scope),
        }
    }
}
