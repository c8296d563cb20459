//! Collections: subsets, unions, repetition, aggregates.

use super::Computed;
use crate::path::element;
use crate::path::evaluate::{Context, EvaluationError, Outcome, Scope, Sink, Values};
use crate::path::function::Function;
use crate::path::operate::arithmetic;
use crate::path::syntax::{Expression, Operator, SortKey};
use crate::path::value::Value;
use std::cmp::Ordering;

/// Most values that `repeat()` collects.
const MOST_REPEATED: usize = 100_000;

impl<'a> Context<'a> {
    pub(super) fn collection_function(
        &self,
        function: Function,
        input: Values<'a>,
        arguments: &'a [Expression],
        scope: &Scope<'_, 'a>,
        sink: Sink<'_, 'a>,
    ) -> Outcome {
        use Function as F;
        let argument = |at: usize| arguments.get(at).map(|a| self.collect(a, scope)).transpose();
        let other = || argument(0).map(Option::unwrap_or_default);
        match function {
            F::AllTrue | F::AnyTrue | F::AllFalse | F::AnyFalse => sink(Value::Boolean(self.truths(function, &input)?)),
            F::SubsetOf => {
                let other = other()?;
                sink(Value::Boolean(input.iter().all(|v| self.holds(&other, v))))
            }
            F::SupersetOf => sink(Value::Boolean(other()?.iter().all(|v| self.holds(&input, v)))),
            F::Count => sink(Value::Integer(i64::try_from(input.len()).unwrap_or(i64::MAX))),
            F::Distinct => self.all(self.distinct(input), sink),
            F::IsDistinct => {
                let count = input.len();
                sink(Value::Boolean(self.distinct(input).len() == count))
            }
            F::Repeat | F::RepeatAll => {
                let found = self.repeat(input, &arguments[0], scope, function == F::Repeat)?;
                self.all(found, sink)
            }
            F::Coalesce => {
                for argument in arguments {
                    let values = self.collect(argument, scope)?;
                    if !values.is_empty() {
                        return self.all(values, sink);
                    }
                }
                Ok(true)
            }
            F::Single => {
                self.single(&input, "single")?;
                self.all(input, sink)
            }
            F::Last => self.optional(input.into_iter().next_back(), sink),
            F::Tail => self.all(input.into_iter().skip(1).collect(), sink),
            F::Skip | F::Take => {
                let Some(number) = self.integer(&other()?, "skip or take")? else { return Ok(true) };
                let number = usize::try_from(number.max(0)).unwrap_or(usize::MAX);
                let values = input.into_iter();
                self.all(
                    if function == F::Skip { values.skip(number).collect() } else { values.take(number).collect() },
                    sink,
                )
            }
            F::Intersect => {
                let other = other()?;
                self.all(self.distinct(input.into_iter().filter(|v| self.holds(&other, v))), sink)
            }
            F::Exclude => {
                let other = other()?;
                self.all(input.into_iter().filter(|v| !self.holds(&other, v)).collect(), sink)
            }
            F::Union => self.all(self.distinct(input.into_iter().chain(other()?)), sink),
            F::Combine => self.all(input.into_iter().chain(other()?).collect(), sink),
            F::Iif => self.iif(&input, arguments, scope, sink),
            F::Children => self.all(input.iter().flat_map(|v| self.children(v)).collect(), sink),
            F::Descendants => self.all(self.descendants(&input), sink),
            F::Trace => {
                self.collect(&arguments[0], scope)?;
                self.all(input, sink)
            }
            F::Aggregate => self.aggregate(&input, arguments, scope, sink),
            F::Not => {
                let value = self.single(&input, "not")?.map(|v| Value::Boolean(!self.as_boolean(v)));
                self.optional(value, sink)
            }
            _ => self.optional(self.summary(function, &input)?, sink),
        }
    }

    fn truths(&self, function: Function, input: &[Value<'a>]) -> Result<bool, EvaluationError> {
        let mut truths = Vec::with_capacity(input.len());
        for value in input {
            match self.system(value) {
                Some(Value::Boolean(truth)) => truths.push(truth),
                _ => return Err(EvaluationError::new(format!("`{}()` wants truth values only", function.name()))),
            }
        }
        Ok(match function {
            Function::AllTrue => truths.iter().all(|t| *t),
            Function::AnyTrue => truths.iter().any(|t| *t),
            Function::AllFalse => truths.iter().all(|t| !t),
            _ => truths.iter().any(|t| !t),
        })
    }

    fn children(&self, value: &Value<'a>) -> Values<'a> {
        match value {
            Value::Element(e) => element::children(self.json, *e).into_iter().map(Value::Element).collect(),
            _ => Vec::new(),
        }
    }

    fn descendants(&self, input: &[Value<'a>]) -> Values<'a> {
        let mut out = Vec::new();
        let mut level: Values<'a> = input.iter().flat_map(|v| self.children(v)).collect();
        while !level.is_empty() {
            let next = level.iter().flat_map(|v| self.children(v)).collect();
            out.append(&mut level);
            level = next;
        }
        out
    }

    fn repeat(
        &self,
        input: Values<'a>,
        projection: &'a Expression,
        scope: &Scope<'_, 'a>,
        distinct: bool,
    ) -> Result<Values<'a>, EvaluationError> {
        let mut out: Values<'a> = Vec::new();
        let mut queue = input;
        while !queue.is_empty() {
            let mut next: Values<'a> = Vec::new();
            for (index, item) in queue.iter().enumerate() {
                for found in self.collect(projection, &scope.of(item, index))? {
                    if !distinct || !(self.holds(&out, &found) || self.holds(&next, &found)) {
                        next.push(found);
                    }
                }
            }
            out.extend(next.iter().cloned());
            if out.len() > MOST_REPEATED {
                return Err(EvaluationError::new("`repeat()` found more than 100,000 values: it may never end"));
            }
            queue = next;
        }
        Ok(out)
    }

    fn iif(
        &self,
        input: &[Value<'a>],
        arguments: &'a [Expression],
        scope: &Scope<'_, 'a>,
        sink: Sink<'_, 'a>,
    ) -> Outcome {
        self.single(input, "iif")?;
        let inner = if input.is_empty() { *scope } else { Scope { this: input, ..*scope } };
        let values = self.collect(&arguments[0], &inner)?;
        let criterion = match self.single(&values, "the criterion of iif")? {
            None => false,
            Some(value) => match self.system(value) {
                Some(Value::Boolean(truth)) => truth,
                _ => {
                    return Err(EvaluationError::new(
                        "the criterion of `iif()` is no truth value: compare it, or use `exists()`",
                    ));
                }
            },
        };
        match (criterion, arguments.get(2)) {
            (true, _) => self.each(&arguments[1], &inner, sink),
            (false, Some(otherwise)) => self.each(otherwise, &inner, sink),
            (false, None) => Ok(true),
        }
    }

    fn aggregate(
        &self,
        input: &[Value<'a>],
        arguments: &'a [Expression],
        scope: &Scope<'_, 'a>,
        sink: Sink<'_, 'a>,
    ) -> Outcome {
        let mut total = arguments.get(1).map(|a| self.collect(a, scope)).transpose()?.unwrap_or_default();
        for (index, value) in input.iter().enumerate() {
            let inner =
                Scope { this: std::slice::from_ref(value), index: i64::try_from(index).ok(), total: Some(&total) };
            total = self.collect(&arguments[0], &inner)?;
        }
        self.all(total, sink)
    }

    /// `sum`, `min`, `max`, `avg`.
    fn summary(&self, function: Function, input: &[Value<'a>]) -> Computed<'a> {
        let mut best: Option<Value<'a>> = None;
        for value in input {
            let Some(value) = self.system(value) else { continue };
            best = Some(match (best, function) {
                (None, _) => value,
                (Some(best), Function::Sum | Function::Avg) => match arithmetic(Operator::Add, &best, &value)? {
                    Some(sum) => sum,
                    None => return Ok(None),
                },
                (Some(best), _) => match self.order(&value, &best)? {
                    None => return Ok(None),
                    Some(order)
                        if order == (if function == Function::Min { Ordering::Less } else { Ordering::Greater }) =>
                    {
                        value
                    }
                    Some(_) => best,
                },
            });
        }
        match (best, function) {
            (Some(sum), Function::Avg) => {
                let count = Value::Integer(i64::try_from(input.len()).unwrap_or(i64::MAX));
                arithmetic(Operator::Divide, &sum, &count)
            }
            (best, _) => Ok(best),
        }
    }

    pub(crate) fn sorted(
        &self,
        values: Values<'a>,
        keys: &'a [SortKey],
        scope: &Scope<'_, 'a>,
    ) -> Result<Values<'a>, EvaluationError> {
        let mut rows = Vec::with_capacity(values.len());
        for (index, value) in values.into_iter().enumerate() {
            let mut row = Vec::with_capacity(keys.len().max(1));
            for SortKey { key, .. } in keys {
                let found = self.collect(key, &scope.of(&value, index))?;
                row.push(self.single(&found, "a key of sort")?.cloned());
            }
            if keys.is_empty() {
                row.push(Some(value.clone()));
            }
            rows.push((row, value));
        }
        let mut fault = None;
        rows.sort_by(|(a, _), (b, _)| {
            for (at, (a, b)) in a.iter().zip(b).enumerate() {
                let (negated, descending) = keys.get(at).map_or((false, false), |k| (k.negated, k.descending));
                let order = match (a, b) {
                    (None, None) => Ordering::Equal,
                    // Nothing sorts first.
                    (None, _) => Ordering::Less,
                    (_, None) => Ordering::Greater,
                    (Some(a), Some(b)) => {
                        let order = self.order(a, b).unwrap_or_else(|error| {
                            fault = Some(error);
                            None
                        });
                        let order = order.unwrap_or(Ordering::Equal);
                        if negated { order.reverse() } else { order }
                    }
                };
                let order = if descending { order.reverse() } else { order };
                if order != Ordering::Equal {
                    return order;
                }
            }
            Ordering::Equal
        });
        fault.map_or_else(|| Ok(rows.into_iter().map(|(_, value)| value).collect()), Err)
    }
}
