//! Sums, means and variances in SQL that do not depend on how rows were divided: those of the engine, with [`Exact`] sums
//! where they are of floating-point numbers.

use crate::sum::Exact;
use datafusion::arrow::array::{Array, ArrayRef, AsArray, BinaryArray, BooleanArray, Float64Array};
use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Float64Type};
use datafusion::common::ScalarValue;
use datafusion::error::{DataFusionError, Result};
use datafusion::functions_aggregate::{average, stddev, sum, variance};
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::{Accumulator, AggregateUDF, AggregateUDFImpl, EmitTo, GroupsAccumulator, Signature};
use std::sync::Arc;

/// The functions, under the engine's own names.
pub(crate) fn functions() -> [AggregateUDF; 6] {
    let exact = |kind, inner| AggregateUDF::from(ExactFunction { kind, inner });
    [
        exact(Kind::Sum, sum::sum_udaf()),
        exact(Kind::Mean, average::avg_udaf()),
        exact(Kind::Variance { sample: true, root: false }, variance::var_samp_udaf()),
        exact(Kind::Variance { sample: false, root: false }, variance::var_pop_udaf()),
        exact(Kind::Variance { sample: true, root: true }, stddev::stddev_udaf()),
        exact(Kind::Variance { sample: false, root: true }, stddev::stddev_pop_udaf()),
    ]
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Kind {
    Sum,
    Mean,
    Variance { sample: bool, root: bool },
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct ExactFunction {
    kind: Kind,
    inner: Arc<AggregateUDF>,
}

/// True for floating-point numbers in and out; what else there is has no rounding, or keeps the engine's way.
fn is_ours(input: Option<&FieldRef>, output: &FieldRef, distinct: bool) -> bool {
    let float = |field: &FieldRef| *field.data_type() == DataType::Float64;
    !distinct && float(output) && input.is_some_and(float)
}

impl AggregateUDFImpl for ExactFunction {
    fn name(&self) -> &str {
        self.inner.name()
    }

    fn aliases(&self) -> &[String] {
        self.inner.aliases()
    }

    fn signature(&self) -> &Signature {
        self.inner.signature()
    }

    fn return_type(&self, types: &[DataType]) -> Result<DataType> {
        self.inner.return_type(types)
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        self.inner.coerce_types(types)
    }

    fn state_fields(&self, args: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        if !is_ours(args.input_fields.first(), &args.return_field, args.is_distinct) {
            return self.inner.state_fields(args);
        }
        Ok(vec![Arc::new(Field::new(format!("{}[exact]", args.name), DataType::Binary, false))])
    }

    fn accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        if !is_ours(args.expr_fields.first(), &args.return_field, args.is_distinct) {
            return self.inner.accumulator(args);
        }
        Ok(Box::new(One { kind: self.kind, state: State::default() }))
    }

    fn groups_accumulator_supported(&self, args: AccumulatorArgs) -> bool {
        is_ours(args.expr_fields.first(), &args.return_field, args.is_distinct)
            || self.inner.groups_accumulator_supported(args)
    }

    fn create_groups_accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn GroupsAccumulator>> {
        if !is_ours(args.expr_fields.first(), &args.return_field, args.is_distinct) {
            return self.inner.create_groups_accumulator(args);
        }
        Ok(Box::new(Groups { kind: self.kind, states: Vec::new() }))
    }

    fn create_sliding_accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        if !is_ours(args.expr_fields.first(), &args.return_field, args.is_distinct) {
            return self.inner.create_sliding_accumulator(args);
        }
        self.accumulator(args)
    }
}

/// What is known of the numbers of a group.
#[derive(Debug, Clone, Default)]
struct State {
    count: u64,
    sum: Exact,
    squares: Exact,
}

impl State {
    fn add(&mut self, kind: Kind, number: f64) {
        self.count += 1;
        self.sum.add(number);
        if matches!(kind, Kind::Variance { .. }) {
            self.squares.add_square(number);
        }
    }

    fn retract(&mut self, kind: Kind, number: f64) {
        self.count = self.count.saturating_sub(1);
        self.sum.retract(number);
        if matches!(kind, Kind::Variance { .. }) {
            self.squares.retract_square(number);
        }
    }

    fn merge(&mut self, bytes: &[u8]) -> Result<()> {
        let lost = || DataFusionError::Execution("a sum is lost on its way".to_owned());
        let number = |at: usize| bytes.get(at..at + 8).and_then(|bytes| bytes.try_into().ok()).map(u64::from_le_bytes);
        let (count, length) = (number(0).ok_or_else(lost)?, number(8).ok_or_else(lost)?);
        let rest = bytes.get(16..).ok_or_else(lost)?;
        let (sum, squares) =
            usize::try_from(length).ok().and_then(|length| rest.split_at_checked(length)).ok_or_else(lost)?;
        self.count += count;
        self.sum.merge(&Exact::from_bytes(sum).ok_or_else(lost)?);
        self.squares.merge(&Exact::from_bytes(squares).ok_or_else(lost)?);
        Ok(())
    }

    fn to_bytes(&self) -> Vec<u8> {
        let (sum, squares) = (self.sum.to_bytes(), self.squares.to_bytes());
        [&self.count.to_le_bytes()[..], &(sum.len() as u64).to_le_bytes(), &sum, &squares].concat()
    }

    #[expect(clippy::cast_precision_loss, reason = "no group has 2^53 rows")]
    fn value(&self, kind: Kind) -> Option<f64> {
        let count = self.count as f64;
        match kind {
            _ if self.count == 0 => None,
            Kind::Sum => Some(self.sum.rounded()),
            Kind::Mean => Some(self.sum.rounded() / count),
            Kind::Variance { sample: true, .. } if self.count == 1 => None,
            Kind::Variance { sample, root } => {
                let squares = self.squares.times_less_square(count, &self.sum);
                let variance = squares / (count * if sample { count - 1.0 } else { count });
                Some(if root { variance.sqrt() } else { variance })
            }
        }
    }

    const fn size(&self) -> usize {
        size_of::<Self>() + self.sum.size() + self.squares.size()
    }
}

#[derive(Debug)]
struct One {
    kind: Kind,
    state: State,
}

impl Accumulator for One {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        values[0].as_primitive::<Float64Type>().iter().flatten().for_each(|number| self.state.add(self.kind, number));
        Ok(())
    }

    fn retract_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let numbers = values[0].as_primitive::<Float64Type>().iter().flatten();
        numbers.for_each(|number| self.state.retract(self.kind, number));
        Ok(())
    }

    fn supports_retract_batch(&self) -> bool {
        true
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        states[0].as_binary::<i32>().iter().flatten().try_for_each(|bytes| self.state.merge(bytes))
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        Ok(vec![ScalarValue::Binary(Some(self.state.to_bytes()))])
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        Ok(ScalarValue::Float64(self.state.value(self.kind)))
    }

    fn size(&self) -> usize {
        size_of::<Kind>() + self.state.size()
    }
}

struct Groups {
    kind: Kind,
    states: Vec<State>,
}

impl GroupsAccumulator for Groups {
    fn update_batch(
        &mut self,
        values: &[ArrayRef],
        groups: &[usize],
        filter: Option<&BooleanArray>,
        total: usize,
    ) -> Result<()> {
        self.states.resize_with(total, State::default);
        let numbers = values[0].as_primitive::<Float64Type>();
        for (row, group) in groups.iter().enumerate() {
            let counts = filter.is_none_or(|filter| filter.is_valid(row) && filter.value(row));
            if counts && numbers.is_valid(row) {
                self.states[*group].add(self.kind, numbers.value(row));
            }
        }
        Ok(())
    }

    fn merge_batch(&mut self, values: &[ArrayRef], groups: &[usize], total: usize) -> Result<()> {
        self.states.resize_with(total, State::default);
        let states = values[0].as_binary::<i32>();
        for (row, group) in groups.iter().enumerate() {
            if states.is_valid(row) {
                self.states[*group].merge(states.value(row))?;
            }
        }
        Ok(())
    }

    fn convert_to_state(&self, values: &[ArrayRef], filter: Option<&BooleanArray>) -> Result<Vec<ArrayRef>> {
        let rows: Vec<usize> = (0..values[0].len()).collect();
        let mut each = Self { kind: self.kind, states: Vec::new() };
        each.update_batch(values, &rows, filter, rows.len())?;
        each.state(EmitTo::All)
    }

    fn evaluate(&mut self, emit_to: EmitTo) -> Result<ArrayRef> {
        let values = emit_to.take_needed(&mut self.states);
        Ok(Arc::new(values.iter().map(|state| state.value(self.kind)).collect::<Float64Array>()))
    }

    fn state(&mut self, emit_to: EmitTo) -> Result<Vec<ArrayRef>> {
        let states = emit_to.take_needed(&mut self.states);
        Ok(vec![Arc::new(BinaryArray::from_iter_values(states.iter().map(State::to_bytes)))])
    }

    fn size(&self) -> usize {
        // Asked for with every batch, so not counted: a sum has two or three numbers that do not overlap.
        self.states.capacity() * (size_of::<State>() + 2 * 4 * size_of::<f64>())
    }
}
