//! What the control of an answer needs to know of each of its cells: whom it is about, and what they contribute.

use datafusion::arrow::array::{Array, ArrayRef, AsArray};
use datafusion::arrow::datatypes::{DataType, Float64Type, UInt32Type};
use datafusion::common::ScalarValue;
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::{Accumulator, AggregateUDF, Volatility, create_udaf};
use indgang_analysis::disclosure::Shares;
use roaring::RoaringBitmap;
use std::collections::HashMap;
use std::sync::Arc;

/// The persons of a cell.
pub(super) fn persons() -> AggregateUDF {
    create_udaf(
        "__persons",
        vec![DataType::UInt32],
        Arc::new(DataType::Binary),
        Volatility::Immutable,
        Arc::new(|_| Ok(Box::new(PersonsOf::default()))),
        Arc::new(vec![DataType::Binary]),
    )
}

/// What the persons of a cell contribute to a sum.
pub(super) fn shares() -> AggregateUDF {
    create_udaf(
        "__shares",
        vec![DataType::UInt32, DataType::Float64],
        Arc::new(DataType::Binary),
        Volatility::Immutable,
        Arc::new(|_| Ok(Box::new(SharesOf::default()))),
        Arc::new(vec![DataType::Binary]),
    )
}

/// Persons as bytes, and back.
pub(super) fn to_bytes(persons: &RoaringBitmap) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(persons.serialized_size());
    // Writing to memory does not fail.
    let _ = persons.serialize_into(&mut bytes);
    bytes
}

pub(super) fn from_bytes(bytes: &[u8]) -> Option<RoaringBitmap> {
    RoaringBitmap::deserialize_from(bytes).ok()
}

/// The shares of a cell, from its bytes.
pub(super) fn shares_from(bytes: &[u8]) -> Option<Shares> {
    let number = |at: usize| Some(f64::from_le_bytes(bytes.get(at..at + 8)?.try_into().ok()?));
    Some(Shares { largest: number(0)?, second: number(8)?, total: number(16)? })
}

#[derive(Debug, Default)]
struct PersonsOf {
    persons: RoaringBitmap,
}

impl Accumulator for PersonsOf {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        self.persons.extend(values[0].as_primitive::<UInt32Type>().iter().flatten());
        Ok(())
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        for state in states[0].as_binary::<i32>().iter().flatten() {
            self.persons |=
                from_bytes(state).ok_or_else(|| DataFusionError::Execution("persons are lost".to_owned()))?;
        }
        Ok(())
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        Ok(vec![self.evaluate()?])
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        Ok(ScalarValue::Binary(Some(to_bytes(&self.persons))))
    }

    fn size(&self) -> usize {
        size_of::<Self>() + self.persons.serialized_size()
    }
}

#[derive(Debug, Default)]
struct SharesOf {
    of: HashMap<u32, f64>,
}

impl Accumulator for SharesOf {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let (persons, numbers) = (values[0].as_primitive::<UInt32Type>(), values[1].as_primitive::<Float64Type>());
        for row in 0..persons.len() {
            if !persons.is_null(row) && !numbers.is_null(row) {
                *self.of.entry(persons.value(row)).or_default() += numbers.value(row);
            }
        }
        Ok(())
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        for state in states[0].as_binary::<i32>().iter().flatten() {
            for entry in state.chunks_exact(12) {
                let person = entry[..4].try_into().map(u32::from_le_bytes);
                let number = entry[4..].try_into().map(f64::from_le_bytes);
                if let (Ok(person), Ok(number)) = (person, number) {
                    *self.of.entry(person).or_default() += number;
                }
            }
        }
        Ok(())
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        let mut persons: Vec<_> = self.of.iter().collect();
        persons.sort_by_key(|(person, _)| **person);
        let bytes =
            persons.iter().flat_map(|(person, number)| [&person.to_le_bytes()[..], &number.to_le_bytes()].concat());
        Ok(vec![ScalarValue::Binary(Some(bytes.collect()))])
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        let mut shares: Vec<f64> = self.of.values().map(|share| share.abs()).collect();
        shares.sort_by(|a, b| b.total_cmp(a));
        let at = |place: usize| shares.get(place).copied().unwrap_or_default();
        let bytes = [at(0), at(1), shares.iter().sum::<f64>()].iter().flat_map(|number| number.to_le_bytes()).collect();
        Ok(ScalarValue::Binary(Some(bytes)))
    }

    fn size(&self) -> usize {
        size_of::<Self>() + self.of.capacity() * 16
    }
}
