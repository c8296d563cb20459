//! Rows of a file on their way to its part: keys blinded, persons numbered, and what hangs together looked at.

use super::contacts::{Contacts, contacts_of};
use super::ingest::{People, stored_schema};
use super::keys::Blinding;
use super::quarantine::Quarantine;
use crate::files::{RegisterFile, Rejected, Row, Sink, value};
use crate::registers::{Column, Day, Kind, Person, Register};
use crate::write::TableWriter;
use crate::{LakeError, RecordBatch, omop};
use datafusion::arrow::array::{ArrayRef, AsArray, Date32Array, UInt32Array, UInt64Array};
use datafusion::arrow::datatypes::Date32Type;
use roaring::RoaringBitmap;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Rows of a file on their way to its part.
pub(super) struct Staging<'a> {
    pub(super) file: &'a RegisterFile,
    pub(super) blinding: &'a Blinding,
    /// The source of OMOP's tables.
    pub(super) source: Option<&'a str>,
    /// Its concepts.
    pub(super) vocabulary: Option<&'a RoaringBitmap>,
    /// How many rows have an unknown concept in a column that the row is not about.
    pub(super) concepts: BTreeMap<&'static str, u64>,
    pub(super) people: &'a mut People,
    pub(super) contacts: &'a mut Contacts,
    pub(super) quarantine: &'a mut Quarantine,
    pub(super) writer: TableWriter,
    pub(super) progress: &'a dyn Fn(u64),
}

impl Sink for Staging<'_> {
    fn begin(&mut self, header: &str) -> Result<(), LakeError> {
        self.quarantine.begin(self.file, header)
    }

    fn accepts(&mut self, column: &Column, text: &str) -> Result<(), String> {
        let Person::OfContact { register, .. } = self.file.register.person else { return Ok(()) };
        if column.kind != Kind::ContactKey {
            return Ok(());
        }
        let key = self.blinding.contact(register, text);
        match self.contacts.of.get(register).is_some_and(|known| known.contains_key(&key)) {
            true => Ok(()),
            false => Err(format!("register `{register}` has no contact with this key; take it in together with that")),
        }
    }

    fn complete(&mut self, row: &Row<'_>) -> Result<(), (&'static str, String)> {
        match self.file.register.is_omop() {
            true => self.omop_row(row),
            false => Ok(()),
        }
    }

    fn rows(&mut self, batch: &RecordBatch) -> Result<(), LakeError> {
        let register = self.file.register;
        let of = contacts_of(register);
        let mut columns: Vec<ArrayRef> = Vec::new();
        let mut contacts = None;
        for (column, values) in register.columns.iter().zip(batch.columns()) {
            match column.kind {
                Kind::PersonKey | Kind::Apart => {}
                Kind::Key(of) => {
                    let domain = omop::domain(self.source.unwrap_or_default(), of);
                    let keys = values.as_string::<i32>().iter();
                    let keys: UInt64Array = keys.map(|key| Some(self.blinding.contact(&domain, key?))).collect();
                    columns.push(Arc::new(keys));
                }
                Kind::ContactKey => {
                    let keys = values.as_string::<i32>().iter().flatten();
                    let keys: Vec<u64> = keys.map(|key| self.blinding.contact(of, key)).collect();
                    contacts = Some(keys.clone());
                    columns.push(Arc::new(UInt64Array::from(keys)));
                }
                _ => columns.push(Arc::clone(values)),
            }
        }
        let (persons, days) = match register.person {
            Person::Column(name) => (self.persons(batch, name)?, days(register, batch)),
            Person::Listed { .. } => {
                let keys = self.listed(batch)?;
                let found: Vec<(u32, Option<i32>)> =
                    keys.iter().map(|key| self.person(*key)).collect::<Result<_, _>>()?;
                let persons = found.iter().map(|(person, _)| *person).collect();
                if register.name == omop::PERSON {
                    columns.insert(0, Arc::new(UInt64Array::from(keys)));
                    (persons, found.into_iter().map(|(_, born)| born).collect())
                } else {
                    (persons, days(register, batch))
                }
            }
            Person::OfContact { register, .. } => {
                let known = self.contacts.of.get(register);
                let found = contacts.iter().flatten().map(|key| known.and_then(|known| known.get(key)).copied());
                found
                    .map(|found| found.ok_or_else(|| LakeError::Engine("a contact is gone".to_owned())))
                    .collect::<Result<Vec<_>, _>>()?
                    .into_iter()
                    .unzip()
            }
        };
        if let (Person::Column(_), Some(keys)) = (register.person, &contacts) {
            self.remember(keys, &persons, &days)?;
        }
        columns.insert(0, Arc::new(UInt32Array::from(persons)));
        columns.insert(1, Arc::new(Date32Array::from(days)));
        let batch =
            RecordBatch::try_new(stored_schema(register), columns).map_err(|e| LakeError::Engine(e.to_string()))?;
        self.writer.write(&batch)
    }

    fn rejected(&mut self, rejected: Rejected) -> Result<(), LakeError> {
        self.quarantine.add(self.file, &rejected)
    }

    fn progress(&mut self, bytes: u64) {
        (self.progress)(bytes);
    }
}

impl Staging<'_> {
    /// Whether a row of OMOP hangs together with the source's persons and vocabulary.
    fn omop_row(&mut self, row: &Row<'_>) -> Result<(), (&'static str, String)> {
        let Person::Listed { column: id, .. } = self.file.register.person else { return Ok(()) };
        self.known_concepts(row)?;
        let source = self.source.unwrap_or_default();
        let text = row.text(id).unwrap_or_default();
        let key = self.blinding.contact(&omop::domain(source, omop::PERSON), text);
        let known = self.contacts.find(omop::PERSON, key);
        if self.file.register.name == omop::PERSON {
            if known.is_some() {
                let what = "a person with this id is known already; leave one of the rows, or give --replace";
                return Err((id, what.to_owned()));
            }
            let born = born(row)?;
            let cpr = row.text("person_source_value").map(|text| text.replace('-', ""));
            let key_of_person = cpr.filter(|text| text.parse::<indgang_model::Cpr>().is_ok());
            let key_of_person = key_of_person.unwrap_or_else(|| omop::key_of(source, text));
            let number = self.people.number(self.blinding, &key_of_person).map_err(|error| (id, error.to_string()))?;
            self.contacts.of.entry(omop::PERSON).or_default().insert(key, (number, Some(born)));
            return Ok(());
        }
        let Some((_, born)) = known else {
            let what = "table `person` of the source has nobody with this id; take her in with it, or mend the id";
            return Err((id, what.to_owned()));
        };
        if let Day::Column(name) = self.file.register.day
            && let (Some(day), Some(born)) = (row.date(name), born)
            && day < born
        {
            return Err((name, "it is before the person was born; mend it, or her year of birth".to_owned()));
        }
        Ok(())
    }

    /// What a row is about must be in the vocabulary; of its other concepts it is told how many are not.
    fn known_concepts(&mut self, row: &Row<'_>) -> Result<(), (&'static str, String)> {
        let Some(vocabulary) = self.vocabulary else { return Ok(()) };
        for column in self.file.register.columns {
            // 0 stands for what has no concept.
            let concept = match column.kind {
                Kind::Matter | Kind::Concept => row.integer(column.name).filter(|concept| *concept != 0),
                _ => None,
            };
            let Some(concept) = concept else { continue };
            if u32::try_from(concept).is_ok_and(|concept| vocabulary.contains(concept)) {
                continue;
            }
            if column.kind == Kind::Matter {
                let what =
                    format!("concept `{concept}` is not in the delivered `concept` table; add it there, or write 0");
                return Err((column.name, what));
            }
            *self.concepts.entry(column.name).or_default() += 1;
        }
        Ok(())
    }

    /// The blinded ids of the persons of some rows of OMOP.
    fn listed(&self, batch: &RecordBatch) -> Result<Vec<u64>, LakeError> {
        let domain = omop::domain(self.source.unwrap_or_default(), omop::PERSON);
        let ids = batch.column_by_name(self.file.register.person_column());
        let ids = ids.ok_or_else(|| LakeError::Engine("a table without its person".to_owned()))?.as_string::<i32>();
        Ok(ids.iter().map(|id| self.blinding.contact(&domain, id.unwrap_or_default())).collect())
    }

    fn person(&self, key: u64) -> Result<(u32, Option<i32>), LakeError> {
        self.contacts.find(omop::PERSON, key).ok_or_else(|| LakeError::Engine("a person is gone".to_owned()))
    }

    fn persons(&mut self, batch: &RecordBatch, column: &str) -> Result<Vec<u32>, LakeError> {
        let keys = batch.column_by_name(column).map(|column| column.as_string::<i32>().clone());
        let keys = keys.ok_or_else(|| LakeError::Engine("a register without its key".to_owned()))?;
        keys.iter().map(|key| self.people.number(self.blinding, key.unwrap_or_default())).collect()
    }

    /// A contact belongs to one person: what hangs on it is hers.
    fn remember(&mut self, keys: &[u64], persons: &[u32], days: &[Option<i32>]) -> Result<(), LakeError> {
        let known = self.contacts.of.entry(self.file.register.name).or_default();
        for ((key, person), day) in keys.iter().zip(persons).zip(days) {
            let (other, _) = *known.entry(*key).or_insert((*person, *day));
            if other != *person {
                let what = "a contact's key stands with two persons; mend the file, since what hangs on a contact is one person's";
                return Err(LakeError::Content { file: self.file.name.clone(), what: what.to_owned() });
            }
        }
        Ok(())
    }
}

/// The day of each row.
fn days(register: &Register, batch: &RecordBatch) -> Vec<Option<i32>> {
    match register.day {
        Day::Column(name) => {
            let days = batch.column_by_name(name).map(|column| column.as_primitive::<Date32Type>().iter().collect());
            days.unwrap_or_else(|| vec![None; batch.num_rows()])
        }
        Day::Week(name) => {
            let weeks = batch.column_by_name(name).map(|column| column.as_string::<i32>().clone());
            weeks.map_or_else(
                || vec![None; batch.num_rows()],
                |weeks| weeks.iter().map(|week| value::week(week?)).collect(),
            )
        }
        Day::None | Day::OfContact => vec![None; batch.num_rows()],
    }
}

/// The first day that somebody may have been born on, by what is told of it.
fn born(row: &Row<'_>) -> Result<i32, (&'static str, String)> {
    let part = |name: &str| row.integer(name).map_or(Some(1), |part| i8::try_from(part).ok());
    let year = row.integer("year_of_birth").and_then(|year| i16::try_from(year).ok());
    let day = year.zip(part("month_of_birth")).zip(part("day_of_birth"));
    let day = day.and_then(|((year, month), day)| value::days(year, month, day));
    day.ok_or_else(|| ("year_of_birth", "year, month and day of birth are no day; write 1980, 2 and 29".to_owned()))
}
