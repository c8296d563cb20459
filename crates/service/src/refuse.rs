//! The refusals: tissue, genetic data, secondary use, each by itself.

use crate::{Error, Session, choose};
use indgang_gate::ledger::{Draft, Ledger, Refusal, Statement};
use indgang_gate::{Activity, Refusals};
use indgang_model::{Clock, PersonId, Timestamp};
use indgang_store::House;

/// Sets what is refused outside treatment, for herself or a child under 15 in her custody; what holds and is not among
/// `refusals` is withdrawn. The numbers of the entries; empty when nothing changed.
///
/// # Errors
/// [`Error::Refused`], [`Error::Choice`] when it does not hang together, or when the store fails.
pub async fn set_refusals(
    house: &House,
    clock: &dyn Clock,
    session: &Session,
    person: &PersonId,
    refusals: Refusals,
) -> Result<Vec<u64>, Error> {
    choose::enter(house, clock, session, Activity::SetChoices, person, |ledger, now| {
        let wanted = [
            (Refusal::Tissue, refusals.tissue),
            (Refusal::Genetic, refusals.genetic),
            (Refusal::SecondaryUse, refusals.secondary_use),
        ];
        Ok(wanted.into_iter().flat_map(|(refusal, refused)| changed(ledger, refusal, refused, now)).collect())
    })
    .await
}

/// A refusal that is wanted, or a withdrawal of each that holds or will hold.
fn changed(ledger: &Ledger, refusal: Refusal, refused: bool, now: Timestamp) -> Vec<Draft> {
    let statement = Statement::Refusal(refusal);
    if refused {
        return vec![Draft::from(statement, now)];
    }
    let said = ledger.entries().iter().filter(|entry| entry.statement == statement);
    said.filter_map(|entry| ledger.undoing(entry.sequence, now)).collect()
}
