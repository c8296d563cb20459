//! What somebody sees before she asks the lake: her permits with the tables they open, and what she asked before.
//! It reads no person's data, so it needs no passage.

use crate::{Error, Session};
use indgang_gate::Permit;
use indgang_lake::house::{Manifest, opened};
use indgang_model::{Clock, PermitId, Purpose, Timestamp};
use indgang_store::lake::snapshot;
use indgang_store::{House, permits, questions};
use jiff::civil::Date;

pub use indgang_store::questions::{Asked, Outcome as AskedOutcome};

/// A desk to ask from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Desk {
    /// Her permits in force, by their identifiers.
    pub permits: Vec<HeldPermit>,
    /// What she asked before, the newest first.
    pub questions: Vec<Asked>,
    /// The present snapshot of the tables and when it was made; `None` while the lake is empty.
    pub snapshot: Option<(u64, Timestamp)>,
}

/// A permit that somebody works under.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldPermit {
    /// The permit.
    pub id: PermitId,
    /// What for.
    pub purpose: Purpose,
    /// First moment after it.
    pub until: Timestamp,
    /// First day of the data.
    pub first_day: Option<Date>,
    /// First day after them.
    pub end_day: Option<Date>,
    /// True when its scope names rows of persons, under pseudonyms; else counts only.
    pub rows: bool,
    /// The least number of persons in a cell.
    pub minimum_cell: u32,
    /// The tables that it opens.
    pub tables: Vec<OpenTable>,
}

/// A table that a permit opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenTable {
    /// Its name.
    pub name: &'static str,
    /// What it is, in Danish.
    pub means_da: &'static str,
    /// The same in English.
    pub means_en: &'static str,
    /// True while nothing has been taken in to it.
    pub is_empty: bool,
    /// Its open columns: name, and what each means in Danish and English.
    pub columns: Vec<(&'static str, &'static str, &'static str)>,
}

/// The desk of who is signed in.
///
/// # Errors
/// When the store fails.
pub async fn desk(house: &House, clock: &dyn Clock, session: &Session) -> Result<Desk, Error> {
    let present = snapshot(house, None).await?;
    let manifest = present.as_ref().and_then(|present| Manifest::from_text(&present.manifest)).unwrap_or_default();
    let held = permits::held_by(house, session.user(), clock.now()).await?;
    Ok(Desk {
        permits: held.into_iter().map(|permit| of(permit, &manifest)).collect(),
        questions: questions::of_user(house, session.user()).await?,
        snapshot: present.map(|present| (present.id, present.made_at)),
    })
}

fn of(permit: Permit, manifest: &Manifest) -> HeldPermit {
    let tables = opened(&permit.categories, &permit.scope).filter(|(register, _)| manifest.offers(register));
    let tables = tables.map(|(register, columns)| OpenTable {
        name: register.name,
        means_da: register.means_da,
        means_en: register.means_en,
        is_empty: manifest.tables.get(register.name).is_none_or(Vec::is_empty),
        columns: columns.into_iter().map(|column| (column.name, column.means_da, column.means_en)).collect(),
    });
    HeldPermit {
        tables: tables.collect(),
        purpose: permit.purpose,
        until: permit.until,
        first_day: permit.scope.from,
        end_day: permit.scope.until,
        rows: permit.scope.rows,
        minimum_cell: permit.scope.minimum_cell.max(indgang_lake::house::MINIMUM_CELL),
        id: permit.id,
    }
}
