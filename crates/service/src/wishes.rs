//! What she wishes to know, and what her result may serve.

use crate::{Error, Session, choose};
use indgang_gate::Activity;
use indgang_gate::ledger::{Draft, Statement};
use indgang_model::{Clock, PersonId, Wishes};
use indgang_store::House;

/// Changes the wishes of herself or of a child under 15 in her custody. The number of the entry; `None` when the same
/// was said before.
///
/// # Errors
/// [`Error::Refused`], or when the store fails.
pub async fn set_wishes(
    house: &House,
    clock: &dyn Clock,
    session: &Session,
    person: &PersonId,
    wishes: Wishes,
) -> Result<Option<u64>, Error> {
    let said = choose::enter(house, clock, session, Activity::SetWishes, person, |_, now| {
        Ok(vec![Draft::from(Statement::Wishes(wishes), now)])
    });
    Ok(said.await?.first().copied())
}
