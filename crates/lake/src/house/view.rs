//! What one grant opens of the lake: made of nothing but the grant, and the only way to its tables.

use super::gate::{Gate, Persons};
use super::ingest::{self, stored_schema};
use super::keys::Blinded;
use super::manifest::Manifest;
use super::opened::{is_of_registers, open_columns};
use super::parts::Files;
use super::perturb::Perturbing;
use super::scan::Table;
use crate::LakeError;
use crate::registers::{self, Register};
use indgang_gate::{Apart, Grant, Obligation, Population, Scope};
use indgang_model::{Category, PersonId, Timestamp};
use roaring::RoaringBitmap;
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The least number of persons in a cell that is shown, where the permit does not ask for more.
pub const MINIMUM_CELL: u32 = 5;

/// The tables that a grant opens, each with its persons, columns and days.
#[derive(Debug, Clone)]
pub struct View {
    pub(super) tables: Vec<Arc<Table>>,
    pub(super) minimum: u32,
    pub(super) rows: bool,
    pub(super) folder: PathBuf,
    /// How counts are told, when not as they are.
    pub(super) perturbing: Option<Arc<Perturbing>>,
    domain: String,
}

impl View {
    /// What the grant opens of a snapshot in the lake's folder.
    ///
    /// `apart` holds the blinded key of every person whom the grant sets apart; `secret` is that of the grant's domain
    /// of pseudonyms.
    ///
    /// # Errors
    /// [`LakeError::Refused`] when the grant opens nothing of the lake, or carries an obligation that the lake cannot
    /// keep; [`LakeError::Damaged`] when a file is missing.
    pub fn new(
        grant: &Grant,
        apart: &BTreeMap<PersonId, Blinded>,
        secret: &[u8; 32],
        lake: &Path,
        manifest: &Manifest,
    ) -> Result<Self, LakeError> {
        let Some(population) = grant.population() else {
            let what = "the grant is for named persons and opens no table; ask under a permit";
            return Err(LakeError::Refused { rule: "lake-population", what: what.to_owned() });
        };
        if grant.obliges(Obligation::OwnSiteFiveYears) {
            let what = "only what was registered at the own site may be used, and these tables do not tell the site; \
                        ask for a permit that covers them";
            return Err(LakeError::Refused { rule: "lake-own-site", what: what.to_owned() });
        }
        let parts = lake.join("parts");
        let scope = population.scope();
        scope.check(MINIMUM_CELL).map_err(|error| LakeError::Refused {
            rule: "lake-scope",
            what: format!("what the permit says of counts cannot be kept: {error}; the permit has to be entered anew"),
        })?;
        let keys = ingest::keys(&parts, manifest)?;
        let left_out = left_out(population, apart, &keys)?;
        let persons = Arc::new(Persons::new(manifest.persons, *secret));
        let perturbing = Perturbing::new(scope, keys, &persons).map(Arc::new);
        let days = days_of(scope);
        let mut tables = Vec::new();
        for register in registers::all().filter(|register| manifest.offers(register)) {
            let Some(columns) = open_columns(population.categories(), population.scope(), register) else { continue };
            let columns: Vec<&str> = columns.iter().map(|column| column.name).collect();
            let files = manifest.tables.get(register.name).into_iter().flatten();
            let files = Files::open(&parts, files.map(|part| part.file.clone()).collect())?;
            let open: RoaringBitmap =
                (0..manifest.persons).collect::<RoaringBitmap>() - closed(population, register, &left_out);
            let gate = Gate::new(register, Arc::clone(&persons), open, periods(register, &left_out), days);
            tables.push(Arc::new(Table::new(register, &columns, files, gate)));
        }
        Ok(Self {
            tables,
            minimum: if grant.obliges(Obligation::MinimumCell) {
                population.scope().minimum_cell.max(MINIMUM_CELL)
            } else {
                1
            },
            rows: population.scope().rows && !grant.obliges(Obligation::AggregateOnly),
            folder: lake.to_owned(),
            perturbing,
            domain: population.pseudonym_domain().to_owned(),
        })
    }

    /// The domain in which its answers are remembered and its pseudonyms are the same.
    pub fn domain(&self) -> &str {
        &self.domain
    }

    /// Its tables, each with its open columns and what they mean in English.
    pub fn tables(&self) -> impl Iterator<Item = (&'static Register, Vec<(String, String)>)> + '_ {
        self.tables.iter().map(|table| (table.register, table.describe()))
    }
}

/// The persons of whom something is left out, by number.
type LeftOut<'a> = HashMap<u32, &'a Apart>;

fn left_out<'a>(
    population: &'a Population,
    apart: &BTreeMap<PersonId, Blinded>,
    keys: &[Blinded],
) -> Result<LeftOut<'a>, LakeError> {
    let mut wanted: HashMap<Blinded, &Apart> = HashMap::new();
    for (person, what) in population.apart() {
        // Closed: somebody of whom it is not known which rows are hers opens none.
        let key = apart.get(person).ok_or_else(|| LakeError::Refused {
            rule: "lake-apart",
            what: "somebody who set herself apart cannot be found among the persons of the house".to_owned(),
        })?;
        wanted.insert(*key, what);
    }
    if wanted.is_empty() {
        return Ok(LeftOut::new());
    }
    Ok((0..).zip(keys).filter_map(|(number, key)| Some((number, *wanted.get(key)?))).collect())
}

/// Persons of whom no row of a register is seen.
fn closed(population: &Population, register: &Register, left_out: &LeftOut<'_>) -> RoaringBitmap {
    let of_registers = population.categories().iter().filter(|category| is_of_registers(**category));
    let of_registers: Vec<Category> = of_registers.copied().collect();
    let closes = |apart: &Apart| match register.category {
        Some(category) => apart.withheld.contains(&category),
        // Sex and date of birth go with any kind that is open.
        None => of_registers.iter().all(|category| apart.withheld.contains(category)),
    };
    left_out.iter().filter(|(_, apart)| closes(apart)).map(|(number, _)| *number).collect()
}

/// The blocked days of each person: first day, first day after it. A day that a blocked period touches is blocked.
fn periods(register: &Register, left_out: &LeftOut<'_>) -> HashMap<u32, Vec<(i32, i32)>> {
    if register.category.is_none() {
        return HashMap::new();
    }
    let day = |at: Timestamp| i32::try_from(at.as_second().div_euclid(86_400)).unwrap_or(i32::MAX);
    let blocked = left_out.iter().filter(|(_, apart)| !apart.periods.is_empty());
    // Moments are in UTC and days are Danish: one day more at either end closes whatever the zone.
    blocked
        .map(|(number, apart)| {
            let periods =
                apart.periods.iter().map(|(from, until)| (day(*from).saturating_sub(1), day(*until).saturating_add(2)));
            (*number, periods.collect())
        })
        .collect()
}

/// The first and last day of a scope, as days from 1970-01-01.
pub(super) fn days_of(scope: &Scope) -> (Option<i32>, Option<i32>) {
    let days = |date: jiff::civil::Date| (date - jiff::civil::date(1970, 1, 1)).get_days();
    (scope.from.map(days), scope.until.map(days))
}

/// The stored columns of a register, for those who read its files.
pub(super) fn stored_index(register: &Register, column: &str) -> Option<usize> {
    stored_schema(register).index_of(column).ok()
}
