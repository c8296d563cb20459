//! Blocks: on a professional, a place with its sub-units, a kind of data, a period, everybody.

use crate::{Error, Session, choose};
use indgang_gate::ledger::{Draft, Statement};
use indgang_gate::{Activity, BlockTarget};
use indgang_model::{Clock, PersonId, Timestamp};
use indgang_store::House;

/// Sets a block, for herself, a child under 15 in her custody, or whom she acts for by law. The numbers of the entries; empty when it holds already.
///
/// # Errors
/// [`Error::Refused`], [`Error::Choice`] when it does not hang together, or when the store fails.
pub async fn set_block(
    house: &House,
    clock: &dyn Clock,
    session: &Session,
    person: &PersonId,
    target: BlockTarget,
    until: Option<Timestamp>,
) -> Result<Vec<u64>, Error> {
    choose::enter(house, clock, session, Activity::SetTreatmentChoices, person, |_, now| {
        Ok(vec![Draft { statement: Statement::Block(target), from: now, until }])
    })
    .await
}
