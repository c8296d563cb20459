//! Whose each contact is, and who OMOP's persons are: keys of rows that others hang on.

use super::ingest::LISTED;
use super::manifest::Manifest;
use crate::registers::{Kind, Person, Register};
use crate::{LakeError, omop};
use datafusion::arrow::array::{Array, AsArray};
use datafusion::arrow::datatypes::{Date32Type, UInt32Type, UInt64Type};
use datafusion::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs::File;
use std::path::Path;

/// The person and day of each contact, by register; of OMOP's persons, their day of birth.
#[derive(Default)]
pub(super) struct Contacts {
    pub(super) of: BTreeMap<&'static str, HashMap<u64, (u32, Option<i32>)>>,
    loaded: BTreeSet<String>,
}

impl Contacts {
    /// Reads those of a register that were taken in before.
    pub(super) fn load(&mut self, parts: &Path, manifest: &Manifest, register: &'static str) -> Result<(), LakeError> {
        let known = self.of.entry(register).or_default();
        for part in manifest.tables.get(register).into_iter().flatten() {
            // Parts of this batch are in memory already, and not yet in their place.
            if !self.loaded.insert(part.file.clone()) || !parts.join(&part.file).is_file() {
                continue;
            }
            let damaged = |_| LakeError::Damaged(part.file.clone());
            let file = File::open(parts.join(&part.file)).map_err(|_| LakeError::Damaged(part.file.clone()))?;
            let reader =
                ParquetRecordBatchReaderBuilder::try_new(file).and_then(ParquetRecordBatchReaderBuilder::build);
            for batch in reader.map_err(|_| LakeError::Damaged(part.file.clone()))? {
                let batch = batch.map_err(damaged)?;
                let key = Register::named(register).and_then(contact_column).unwrap_or_default();
                let key = batch.column_by_name(key).map(|c| c.as_primitive::<UInt64Type>().clone());
                let (person, day) =
                    (batch.column(0).as_primitive::<UInt32Type>(), batch.column(1).as_primitive::<Date32Type>());
                for row in 0..batch.num_rows() {
                    let day = (!day.is_null(row)).then(|| day.value(row));
                    if let Some(key) = &key {
                        known.insert(key.value(row), (person.value(row), day));
                    }
                }
            }
        }
        Ok(())
    }

    /// What is known of a key.
    pub(super) fn find(&self, register: &str, key: u64) -> Option<(u32, Option<i32>)> {
        self.of.get(register).and_then(|known| known.get(&key)).copied()
    }
}

/// The column that others hang on, as it is stored.
fn contact_column(register: &Register) -> Option<&'static str> {
    if register.name == omop::PERSON {
        return Some(LISTED);
    }
    register.columns.iter().find(|column| column.kind == Kind::ContactKey).map(|column| column.name)
}

/// The register whose contacts a contact key of this one belongs to.
pub(super) const fn contacts_of(register: &Register) -> &'static str {
    match register.person {
        Person::OfContact { register, .. } => register,
        Person::Column(_) | Person::Listed { .. } => register.name,
    }
}
