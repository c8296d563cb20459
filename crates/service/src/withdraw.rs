//! Out of the house's own cohort, and back: what the operator of the command line does when a person asks for it.

use crate::{Error, Operator, ask, ingest};
use indgang_gate::Activity;
use indgang_model::{Category, Clock, PersonId};
use indgang_store::House;

/// Takes a person out of the own cohort: what she added is subtracted, and she is not counted again when she is taken in
/// again. Her cases stay as they are. True when she was counted.
///
/// # Errors
/// [`Error::Input`] when the house does not know her, [`Error::Refused`], or when the store fails.
pub async fn withdraw_from_cohort(
    house: &House,
    clock: &dyn Clock,
    operator: &Operator,
    person: &PersonId,
) -> Result<bool, Error> {
    change(house, clock, operator, person, true).await
}

/// Lets a person who was withdrawn be counted again when she is next taken in. True when she was withdrawn.
///
/// # Errors
/// As [`withdraw_from_cohort`].
pub async fn readmit_to_cohort(
    house: &House,
    clock: &dyn Clock,
    operator: &Operator,
    person: &PersonId,
) -> Result<bool, Error> {
    change(house, clock, operator, person, false).await
}

async fn change(
    house: &House,
    clock: &dyn Clock,
    operator: &Operator,
    person: &PersonId,
    withdraw: bool,
) -> Result<bool, Error> {
    let mut passage = house.passage().await?;
    let people = [person.clone()].into();
    let request = ingest::question(operator, Activity::Ingest, &[Category::Genome], people, None, clock.now());
    let facts = ingest::held(&mut passage, &request).await?;
    if !facts.born.contains_key(person) {
        return Err(Error::Input(format!("the house has no person `{person}`; give her identifier as the log has it")));
    }
    let mut logged = ask::log(passage, &request, &facts).await?;
    let changed = match logged.writer().await? {
        Some(mut writer) if withdraw => writer.withdraw_call_sets(person, request.at).await?,
        Some(mut writer) => writer.readmit_call_sets(person).await?,
        None => false,
    };
    ask::answer(logged.commit(request.at).await?)?;
    Ok(changed)
}
