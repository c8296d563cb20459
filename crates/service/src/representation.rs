//! Who acts for a person by law, as the one who runs the house enters it on evidence.
//!
//! Guardianships are known to the CPR register and the courts, future powers of attorney to their own register, next of
//! kin to who treats the patient: the house takes their word for it, and says in the log of both who entered it.

use crate::{Error, ask};
use indgang_gate::{Activity, Grounds, Representation, RepresentationError, Request, UserId};
use indgang_model::{Clock, PersonId, Purpose, Timestamp};
use indgang_store::{House, Passage};

/// Enters who acts for a person. The passage stands in the log of both.
///
/// # Errors
/// [`Error::UnknownPerson`] when the house does not know one of them, [`Error::Representation`] when it does not hang together,
/// [`Error::Refused`], or when the store fails, among others since the same was entered from the same moment.
pub async fn enter_representation(
    house: &House,
    clock: &dyn Clock,
    operator: &UserId,
    new: &Representation,
    evidence: &str,
) -> Result<(), Error> {
    let evidence = evidence.trim();
    if evidence.is_empty() {
        return Err(RepresentationError::NoEvidence.into());
    }
    let (mut passage, request) = begin(house, clock, operator, &new.person, &new.holder).await?;
    let facts = passage.facts(&request).await?;
    // The age counts when it begins; what is entered late must be right now.
    let at = new.from.max(request.at);
    new.check(|years| facts.has_turned(years, &new.person, at), facts.has_custody(&new.holder, &new.person))?;
    let mut logged = ask::log(passage, &request, &facts).await?;
    if let Some(mut writer) = logged.writer().await? {
        writer.enter_representation(new, evidence, (operator, request.at)).await?;
    }
    ask::answer(logged.commit(request.at).await?)?;
    Ok(())
}

/// Gives everything by which the holder acts for the person an end, now or at another time. The passage stands in the log
/// of both.
///
/// # Errors
/// [`Error::UnknownPerson`], [`Error::NotRepresented`] when nothing is to be ended, [`Error::Refused`], or when the store
/// fails.
pub async fn end_representation(
    house: &House,
    clock: &dyn Clock,
    operator: &UserId,
    (person, holder): (&PersonId, &PersonId),
    from: Option<Timestamp>,
) -> Result<u64, Error> {
    let (mut passage, request) = begin(house, clock, operator, person, holder).await?;
    let facts = passage.facts(&request).await?;
    let from = from.unwrap_or(request.at);
    let open = |own: &Representation| own.holder == *holder && own.until.is_none_or(|until| from < until);
    if !facts.representations.iter().any(open) {
        return Err(Error::NotRepresented { holder: holder.0.clone(), person: person.0.clone() });
    }
    let mut logged = ask::log(passage, &request, &facts).await?;
    let ended = match logged.writer().await? {
        Some(mut writer) => writer.end_representations(person, holder, from, (operator, request.at)).await?,
        None => 0,
    };
    ask::answer(logged.commit(request.at).await?)?;
    Ok(ended)
}

async fn begin(
    house: &House,
    clock: &dyn Clock,
    operator: &UserId,
    person: &PersonId,
    holder: &PersonId,
) -> Result<(Passage, Request), Error> {
    let mut passage = house.passage().await?;
    for named in [person, holder] {
        if !passage.knows(named).await? {
            return Err(Error::UnknownPerson(named.0.clone()));
        }
    }
    let request = Request {
        actor: ask::engineer(operator.clone()),
        activity: Activity::EnterRepresentation,
        purpose: Purpose::OversightAndAdministration,
        categories: [].into(),
        subjects: [person.clone(), holder.clone()].into(),
        case: None,
        grounds: Grounds::default(),
        at: clock.now(),
    };
    Ok((passage, request))
}
