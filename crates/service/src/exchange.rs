//! Choices as FHIR R4 `Consent` resources: taken along to another house, and brought from one.

use crate::{Error, Session, ask, choose};
use indgang_gate::ledger::Statement;
use indgang_gate::{Activity, fhir};
use indgang_model::{Category, Clock, PersonId};
use indgang_store::{House, choices};

/// A FHIR `Bundle` of the consents, blocks and refusals of a person that hold, as JSON text.
///
/// # Errors
/// [`Error::Refused`], or when the store fails.
pub async fn export_choices(
    house: &House,
    clock: &dyn Clock,
    session: &Session,
    person: &PersonId,
) -> Result<String, Error> {
    let now = clock.now();
    let passage = house.passage().await?;
    let request = ask::request(session, Activity::ReadChoices, [Category::Wish], [person.clone()], None, now);
    let (grant, _) = ask::read(passage, &request).await?;
    let ledger = choices::ledger(house, &grant, person).await?;
    Ok(format!("{:#}", fhir::bundle(person, &ledger.present(now))))
}

/// Enters what a FHIR `Bundle` or `Consent` says of a person: all of it or nothing. What holds already is not entered
/// again. The numbers of the entries.
///
/// # Errors
/// [`Error::Input`] when the text is not understood, [`Error::Refused`], [`Error::Choice`] when it does not hang
/// together, or when the store fails.
pub async fn import_choices(
    house: &House,
    clock: &dyn Clock,
    session: &Session,
    person: &PersonId,
    text: &str,
) -> Result<Vec<u64>, Error> {
    let drafts = fhir::read(text, person, clock.now()).map_err(|error| Error::Input(error.to_string()))?;
    choose::enter(house, clock, session, Activity::SetChoices, person, |ledger, now| {
        let present = ledger.present(now);
        let holds = |statement: &Statement| present.held().any(|held| held.entry.statement == *statement);
        Ok(drafts.into_iter().filter(|draft| !holds(&draft.statement)).collect())
    })
    .await
}
