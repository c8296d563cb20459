//! Powers of attorney: who may read for whom.

use crate::{Error, Session, choose};
use indgang_gate::Activity;
use indgang_gate::ledger::{Draft, Statement};
use indgang_model::{Clock, PersonId};
use indgang_store::House;

/// Gives a person power of attorney to read for her; it is taken back like every choice. The numbers of the entries.
///
/// # Errors
/// [`Error::Refused`], [`Error::Choice`] when it does not hang together, or when the store fails.
pub async fn give_power_of_attorney(
    house: &House,
    clock: &dyn Clock,
    session: &Session,
    person: &PersonId,
    holder: &PersonId,
) -> Result<Vec<u64>, Error> {
    choose::enter(house, clock, session, Activity::SetChoices, person, |_, now| {
        Ok(vec![Draft::from(Statement::PowerOfAttorney(holder.clone()), now)])
    })
    .await
}
