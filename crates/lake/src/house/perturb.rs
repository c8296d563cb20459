//! Counts that are told rounded or with noise, where a permit says so.

use super::gate::Persons;
use super::keys::{Blinded, record_key};
use crate::RecordBatch;
use datafusion::arrow::array::{Array, ArrayRef, AsArray, Int64Array};
use datafusion::arrow::datatypes::Int64Type;
use indgang_analysis::disclosure::{Cell, Contribution, NoiseTable, Perturbation, Rounding};
use indgang_gate::Scope;
use std::sync::Arc;

/// How counts are told, and the keys of the persons by which they are.
pub(super) struct Perturbing {
    how: Perturbation,
    keys: Vec<Blinded>,
    persons: Arc<Persons>,
}

impl Perturbing {
    /// What a scope says of counts, which has been checked; `None` when they are told as they are. `keys` are those of the
    /// persons by number.
    pub(super) fn new(scope: &Scope, keys: Vec<Blinded>, persons: &Arc<Persons>) -> Option<Self> {
        let base = u64::from(scope.rounding);
        let rounding = match (base, scope.random_rounding) {
            (0, _) => None,
            (base, true) => Some(Rounding::ByKey(base)),
            (base, false) => Some(Rounding::Nearest(base)),
        };
        let noise = scope.noise.and_then(|noise| NoiseTable::new(noise.most, f64::from(noise.variance)));
        let how = Perturbation { noise, rounding };
        (!how.is_none()).then(|| Self { how, keys, persons: Arc::clone(persons) })
    }

    /// The rows with their counts as they are told. `None` when a column behind the groups is no count.
    pub(super) fn perturbed(&self, rows: &RecordBatch, groups: usize, cells: &[Cell]) -> Option<RecordBatch> {
        let mut columns: Vec<ArrayRef> = rows.columns().to_vec();
        for (function, column) in columns.iter_mut().skip(groups).enumerate() {
            let counts = column.as_primitive_opt::<Int64Type>()?;
            let told = counts.iter().zip(cells).map(|(count, cell)| {
                let told = self.how.told(u64::try_from(count?).ok()?, self.key(&cell.told.get(function)?.of));
                i64::try_from(told).ok()
            });
            let told: Int64Array = told.collect();
            if told.null_count() > counts.null_count() {
                return None;
            }
            *column = Arc::new(told);
        }
        RecordBatch::try_new(rows.schema(), columns).ok()
    }

    /// The key of a number: the sum of the record keys of the persons, as often as each is counted.
    fn key(&self, number: &Contribution) -> u32 {
        let (_, pseudonyms) = self.persons.made();
        let mut key = 0u32;
        for (times, persons) in number.layers() {
            for person in persons {
                let blinded = self.keys.get(pseudonyms.number(person) as usize).copied().unwrap_or_default();
                key = key.wrapping_add(record_key(blinded).wrapping_mul(*times));
            }
        }
        key
    }
}

impl std::fmt::Debug for Perturbing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Perturbing").field("how", &self.how).finish_non_exhaustive()
    }
}
