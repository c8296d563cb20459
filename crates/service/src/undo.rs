//! Taking back what was entered.

use crate::{Error, Session, choose};
use indgang_gate::Activity;
use indgang_gate::ledger::LedgerError;
use indgang_model::{Clock, PersonId};
use indgang_store::House;

/// Takes back an entry: withdraws what was said, or says again what was withdrawn. The numbers of the entries.
///
/// # Errors
/// [`Error::Refused`], [`Error::Choice`] when it does not hang together, or when the store fails.
pub async fn undo_choice(
    house: &House,
    clock: &dyn Clock,
    session: &Session,
    person: &PersonId,
    sequence: u64,
) -> Result<Vec<u64>, Error> {
    let activity = match house.passage().await?.is_anothers_treatment_choice(person, sequence).await? {
        true => Activity::SetTreatmentChoices,
        false => Activity::SetChoices,
    };
    choose::enter(house, clock, session, activity, person, |ledger, now| {
        Ok(vec![ledger.undoing(sequence, now).ok_or(LedgerError::NothingToWithdraw(sequence))?])
    })
    .await
}
