//! The demo house's registers: a small made-up population in which the families' citizens stand too, and permits to ask.

use super::{house, synth};
use anyhow::Context as _;
use indgang_gate::{Scope, UserId};
use indgang_model::{PermitId, Sex, SystemClock};
use indgang_service::{Delivery, House, Limits, NewPermit};
use indgang_sources::demo::{DemoCitizen, DemoPermit};
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;

/// Enough for a table by sex and age band, few enough not to be waited for.
const CITIZENS: u64 = 400;
const SEED: u64 = 2026;

/// Takes registers in where the house has none, and enters the permits. The files stay in `registers`, so that every
/// command can be tried on them.
pub async fn take_in(
    opened: &House,
    permits: &[DemoPermit],
    citizens: &[DemoCitizen],
    folder: &Path,
) -> anyhow::Result<()> {
    println!("Registers of {CITIZENS} made-up citizens");
    let place = folder.join("registers");
    super::demo::remove_leftovers(&place);
    synth::write(SEED, CITIZENS, &place)?;
    add(citizens, &place.join("bef.csv"))?;
    for permit in permits {
        indgang_service::register_permit(opened, &new(permit)).await?;
    }
    let by = UserId("indgang-demo".to_owned());
    let delivery = Delivery { by, folder: place, replace: false, omop: None, limits: Limits::default() };
    let quiet = Arc::new(|_, _| {});
    indgang_service::ingest_registers(opened, &SystemClock, delivery, house::random()?, quiet).await?;
    Ok(())
}

/// The families' citizens are among the population: what they chose holds for the questions about everybody.
fn add(citizens: &[DemoCitizen], bef: &Path) -> anyhow::Result<()> {
    let mut rows = String::new();
    for citizen in citizens {
        let (year, month, day) = citizen.cpr.birth_date();
        let sex = if citizen.cpr.sex() == Sex::Male { 1 } else { 2 };
        writeln!(rows, "{},{sex},{year}-{month:02}-{day:02},,,,,", citizen.cpr.expose())?;
    }
    let mut file = std::fs::OpenOptions::new().append(true).open(bef).context("cannot write the demo's population")?;
    file.write_all(rows.as_bytes()).context("cannot write the demo's population; is the disk full?")
}

fn new(permit: &DemoPermit) -> NewPermit {
    NewPermit {
        id: PermitId(permit.id.clone()),
        purpose: permit.purpose,
        categories: permit.categories.clone(),
        site_permission: false,
        scope: Scope { rows: permit.rows, ..Scope::default() },
        from: permit.from,
        until: permit.until,
        members: permit.members.iter().cloned().map(UserId).collect(),
    }
}
