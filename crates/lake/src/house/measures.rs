//! What the control of an answer needs to know of each of its cells: whom it is about, and what they contribute.

use datafusion::arrow::array::{Array, ArrayRef, AsArray};
use datafusion::arrow::datatypes::{DataType, Float64Type, UInt32Type};
use datafusion::common::ScalarValue;
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::{Accumulator, AggregateUDF, Volatility, create_udaf};
use indgang_analysis::disclosure::{Contribution, Shares};
use roaring::RoaringBitmap;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// The persons of a cell, each with how many of its rows are hers.
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

/// A contribution as bytes, and back: of each layer how often, how many bytes, and the persons.
pub(super) fn contribution_bytes(contribution: &Contribution) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (times, persons) in contribution.layers() {
        let persons = to_bytes(persons);
        bytes.extend(times.to_le_bytes());
        bytes.extend((persons.len() as u64).to_le_bytes());
        bytes.extend(persons);
    }
    bytes
}

pub(super) fn contribution_from(bytes: &[u8]) -> Option<Contribution> {
    let (mut rest, mut layers) = (bytes, Vec::new());
    while !rest.is_empty() {
        let (times, behind) = rest.split_at_checked(4)?;
        let (length, behind) = behind.split_at_checked(8)?;
        let length = usize::try_from(u64::from_le_bytes(length.try_into().ok()?)).ok()?;
        let (persons, behind) = behind.split_at_checked(length)?;
        layers.push((u32::from_le_bytes(times.try_into().ok()?), from_bytes(persons)?));
        rest = behind;
    }
    Some(Contribution::of(layers))
}

/// The shares of a cell, from its bytes.
pub(super) fn shares_from(bytes: &[u8]) -> Option<Shares> {
    let number = |at: usize| Some(f64::from_le_bytes(bytes.get(at..at + 8)?.try_into().ok()?));
    Some(Shares { largest: number(0)?, second: number(8)?, total: number(16)? })
}

#[derive(Debug, Default)]
struct PersonsOf {
    rows: HashMap<u32, u32>,
}

impl PersonsOf {
    fn add(&mut self, person: u32, rows: u32) {
        let known = self.rows.entry(person).or_default();
        *known = known.saturating_add(rows);
    }
}

impl Accumulator for PersonsOf {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        values[0].as_primitive::<UInt32Type>().iter().flatten().for_each(|person| self.add(person, 1));
        Ok(())
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        let lost = || DataFusionError::Execution("persons are lost".to_owned());
        for state in states[0].as_binary::<i32>().iter().flatten() {
            for (rows, persons) in contribution_from(state).ok_or_else(lost)?.layers() {
                persons.iter().for_each(|person| self.add(person, *rows));
            }
        }
        Ok(())
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        Ok(vec![self.evaluate()?])
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        let mut layers: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for (person, rows) in &self.rows {
            layers.entry(*rows).or_default().push(*person);
        }
        let sorted = layers.into_iter().map(|(rows, mut persons)| {
            persons.sort_unstable();
            (rows, persons.into_iter().collect())
        });
        Ok(ScalarValue::Binary(Some(contribution_bytes(&Contribution::of(sorted)))))
    }

    fn size(&self) -> usize {
        size_of::<Self>() + self.rows.capacity() * 9
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
