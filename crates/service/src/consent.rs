//! Consents given, each on a version of a text.

use crate::{Error, Session, choose};
use indgang_gate::ledger::{self, Draft, LedgerError, Statement, TemplateVersion};
use indgang_gate::{Activity, Recipient};
use indgang_model::{Clock, PersonId};
use indgang_store::House;

/// Gives a consent on a version of a text, for herself or a child under 15 in her custody; one to examination or look-up
/// for treatment also for whom she acts for by law. The numbers of the entries.
///
/// # Errors
/// [`Error::Refused`], [`Error::Choice`] when it does not hang together, or when the store fails.
pub async fn give_consent(
    house: &House,
    clock: &dyn Clock,
    session: &Session,
    person: &PersonId,
    template: TemplateVersion,
    recipient: Option<Recipient>,
) -> Result<Vec<u64>, Error> {
    let on_treatment = ledger::template(&template).is_some_and(|text| {
        let (kind, recipient) = (text.kind, None);
        Statement::Consent { kind, recipient, template: template.clone() }.on_treatment()
    });
    let activity = if on_treatment { Activity::SetTreatmentChoices } else { Activity::SetChoices };
    choose::enter(house, clock, session, activity, person, |_, now| {
        let text = ledger::template(&template);
        let unknown = || LedgerError::UnknownTemplate(template.id.clone(), template.version);
        let kind = text.ok_or_else(unknown)?.kind;
        // What is consented to is on the text; to whom only where the text leaves it open.
        let recipient = recipient.filter(|_| kind.rule().to_somebody);
        Ok(vec![Draft::from(Statement::Consent { kind, recipient, template }, now)])
    })
    .await
}
