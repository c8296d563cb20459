//! Which rows of a table a grant opens, and how that is told to another process of the house's cluster.

use super::keys::Pseudonyms;
use super::measures;
use super::parts::{Files, PartFile, PartName};
use crate::LakeError;
use crate::registers::{Day, Kind, Register};
use datafusion::arrow::array::{Array, ArrayRef, AsArray, BooleanArray, UInt32Array};
use datafusion::arrow::datatypes::{DataType, Date32Type, Field, Schema, SchemaRef};
use datafusion::parquet::file::statistics::Statistics;
use roaring::RoaringBitmap;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::path::Path;
use std::sync::{Arc, OnceLock};

/// The pseudonyms of a domain, worked out when the first row is read.
pub(super) struct Persons {
    pub(super) count: u32,
    pub(super) secret: [u8; 32],
    made: OnceLock<(Vec<u32>, Pseudonyms)>,
}

impl Persons {
    pub(super) const fn new(count: u32, secret: [u8; 32]) -> Self {
        Self { count, secret, made: OnceLock::new() }
    }

    /// The pseudonym of each person by her number, and what makes those of contacts.
    pub(super) fn made(&self) -> &(Vec<u32>, Pseudonyms) {
        self.made.get_or_init(|| {
            let pseudonyms = Pseudonyms::new(&self.secret);
            ((0..self.count).map(|number| pseudonyms.person(number)).collect(), pseudonyms)
        })
    }
}

/// Which rows are open.
pub(super) struct Gate {
    pub(super) persons: Arc<Persons>,
    pub(super) open: RoaringBitmap,
    /// The same, one bit a person.
    bits: Vec<u64>,
    pub(super) blocked: HashMap<u32, Vec<(i32, i32)>>,
    pub(super) from: Option<i32>,
    pub(super) until: Option<i32>,
    /// True when the register's rows have days.
    pub(super) dated: bool,
}

impl Gate {
    /// Opens these persons' rows of a register, but for blocked days and what is outside the days of the grant.
    pub(super) fn new(
        register: &Register,
        persons: Arc<Persons>,
        open: RoaringBitmap,
        blocked: HashMap<u32, Vec<(i32, i32)>>,
        (from, until): (Option<i32>, Option<i32>),
    ) -> Self {
        let mut bits = vec![0u64; (persons.count as usize).div_ceil(64)];
        for person in &open {
            // A number that nobody has opens nothing.
            if let Some(word) = bits.get_mut(person as usize / 64) {
                *word |= 1 << (person % 64);
            }
        }
        Self { persons, open, bits, blocked, from, until, dated: register.day != Day::None }
    }

    fn opens(&self, person: u32, day: Option<i32>) -> bool {
        let bit = self.bits.get(person as usize / 64).is_some_and(|word| word >> (person % 64) & 1 == 1);
        bit && self.opens_day(person, day)
    }

    fn opens_day(&self, person: u32, day: Option<i32>) -> bool {
        if !self.dated {
            return true;
        }
        let blocked = if self.blocked.is_empty() { None } else { self.blocked.get(&person) };
        match day {
            Some(day) => {
                self.from.is_none_or(|from| from <= day)
                    && self.until.is_none_or(|until| day < until)
                    && blocked.is_none_or(|periods| !periods.iter().any(|(from, until)| *from <= day && day < *until))
            }
            // A row without a day is in no period that could be shown to be open.
            None => self.from.is_none() && self.until.is_none() && blocked.is_none(),
        }
    }

    pub(super) fn mask(&self, persons: &UInt32Array, days: Option<&ArrayRef>) -> BooleanArray {
        let days = days.map(|days| days.as_primitive::<Date32Type>());
        let day = |row: usize| days.filter(|days| !days.is_null(row)).map(|days| days.value(row));
        persons.values().iter().enumerate().map(|(row, person)| Some(self.opens(*person, day(row)))).collect()
    }

    /// True when the days of rows decide.
    pub(super) fn needs_days(&self) -> bool {
        self.dated && (self.from.is_some() || self.until.is_some() || !self.blocked.is_empty())
    }

    /// Whether a row group may hold an open row, by its statistics.
    pub(super) fn may_open(&self, file: &PartFile, group: usize) -> bool {
        let columns = file.metadata.metadata().row_group(group).columns();
        let persons = match columns.first().and_then(|column| column.statistics()) {
            // Numbers without sign are kept as numbers with one.
            #[expect(clippy::cast_sign_loss, reason = "the file's type is an unsigned number")]
            Some(Statistics::Int32(bounds)) => {
                bounds.min_opt().zip(bounds.max_opt()).map(|(a, b)| (*a as u32, *b as u32))
            }
            _ => None,
        };
        persons.is_none_or(|(least, most)| least > most || self.open.range_cardinality(least..=most) > 0)
    }
}

/// What a scan reads, and through which gate.
pub(crate) struct Granted {
    pub(super) register: &'static Register,
    pub(super) schema: SchemaRef,
    pub(super) files: Arc<Files>,
    pub(super) gate: Arc<Gate>,
    /// Row groups of the files.
    pub(super) groups: usize,
    /// Its description, sealed.
    sealed: OnceLock<Vec<u8>>,
}

/// The same as it travels. It holds the secret of the pseudonyms, and is never written where others can read it.
#[derive(Serialize, Deserialize)]
struct Description {
    register: String,
    columns: Vec<String>,
    files: Vec<PartName>,
    groups: u64,
    persons: u32,
    secret: [u8; 32],
    open: Vec<u8>,
    blocked: BTreeMap<u32, Vec<(i32, i32)>>,
    from: Option<i32>,
    until: Option<i32>,
}

impl Granted {
    pub(super) const fn new(
        register: &'static Register,
        schema: SchemaRef,
        files: Arc<Files>,
        gate: Arc<Gate>,
        groups: usize,
    ) -> Self {
        Self { register, schema, files, gate, groups, sealed: OnceLock::new() }
    }

    /// Its description for another process that reads the same files, as `seal` seals it.
    pub(crate) fn sealed(&self, seal: impl FnOnce(&[u8]) -> Vec<u8>) -> Result<&[u8], LakeError> {
        if let Some(sealed) = self.sealed.get() {
            return Ok(sealed);
        }
        let description = Description {
            register: self.register.name.to_owned(),
            columns: self.schema.fields().iter().map(|field| field.name().clone()).collect(),
            files: self.files.describe()?,
            groups: self.groups as u64,
            persons: self.gate.persons.count,
            secret: self.gate.persons.secret,
            open: measures::to_bytes(&self.gate.open),
            blocked: self.gate.blocked.iter().map(|(person, periods)| (*person, periods.clone())).collect(),
            from: self.gate.from,
            until: self.gate.until,
        };
        let bytes = postcard::to_allocvec(&description).map_err(|error| LakeError::Engine(error.to_string()))?;
        Ok(self.sealed.get_or_init(|| seal(&bytes)))
    }

    /// Of a description whose seal has been opened; `None` when no house wrote it.
    fn of_description(bytes: &[u8], folder: Option<&Path>, recent: &mut VecDeque<Arc<Persons>>) -> Option<Self> {
        let told: Description = postcard::from_bytes(bytes).ok()?;
        let register = Register::named(&told.register)?;
        let all = schema_of(register, |_| true);
        let columns: Option<Vec<usize>> = told.columns.iter().map(|column| all.index_of(column).ok()).collect();
        let schema = Arc::new(all.project(&columns?).ok()?);
        let open = measures::from_bytes(&told.open)?;
        let persons = persons(told.persons, told.secret, recent);
        let gate = Gate::new(register, persons, open, told.blocked.into_iter().collect(), (told.from, told.until));
        let files = Arc::new(Files::named(folder, told.files));
        Some(Self::new(register, schema, files, Arc::new(gate), usize::try_from(told.groups).ok()?))
    }
}

/// The tasks of one question come one after another, with the same descriptions.
#[derive(Default)]
pub(crate) struct Recent {
    granted: VecDeque<([u8; 32], Arc<Granted>)>,
    persons: VecDeque<Arc<Persons>>,
}

/// Scans that are remembered.
const RECENT: usize = 64;
/// Domains of pseudonyms that are remembered: with six million persons, one takes 24 MB.
const RECENT_PERSONS: usize = 4;

impl Recent {
    /// What a sealed description opens, once its seal has been proved. `folder` holds the parts; without it they are not
    /// read here. `None` when no house wrote the description.
    pub(crate) fn granted(&mut self, sealed: &[u8], opened: &[u8], folder: Option<&Path>) -> Option<Arc<Granted>> {
        let seal: [u8; 32] = sealed.get(..32)?.try_into().ok()?;
        if let Some((_, granted)) = self.granted.iter().find(|(known, _)| *known == seal) {
            return Some(Arc::clone(granted));
        }
        let granted = Granted::of_description(opened, folder, &mut self.persons)?;
        // What was sealed is passed on as it came.
        let granted = Arc::new(Granted { sealed: OnceLock::from(sealed.to_vec()), ..granted });
        self.granted.truncate(RECENT - 1);
        self.granted.push_front((seal, Arc::clone(&granted)));
        Some(granted)
    }
}

fn persons(count: u32, secret: [u8; 32], recent: &mut VecDeque<Arc<Persons>>) -> Arc<Persons> {
    if let Some(known) = recent.iter().find(|known| known.count == count && known.secret == secret) {
        return Arc::clone(known);
    }
    let persons = Arc::new(Persons::new(count, secret));
    recent.truncate(RECENT_PERSONS - 1);
    recent.push_front(Arc::clone(&persons));
    persons
}

/// The columns of a register that a question can see, of those that are open; the person is always.
pub(super) fn schema_of(register: &Register, open: impl Fn(&str) -> bool) -> Schema {
    let mut fields = vec![Field::new(register.person_column(), DataType::UInt32, false)];
    for column in register.columns.iter().filter(|column| open(column.name)) {
        match column.kind {
            Kind::PersonKey | Kind::Apart => {}
            Kind::ContactKey => fields.push(Field::new(column.name, DataType::UInt64, false)),
            Kind::Key(_) => fields.push(Field::new(column.name, DataType::UInt64, true)),
            _ => fields.extend(register.schema().field_with_name(column.name).ok().cloned()),
        }
    }
    Schema::new(fields)
}
