//! The citizen's wishes: hers, and those of the children she decides for.

use crate::{Error, PersonWishes, Session, ask};
use indgang_gate::Activity;
use indgang_model::{Category, Clock, PersonId, Sensitive, Wishes};
use indgang_store::{House, persons, wishes};

/// What holds for her and for the children under 15 in her custody.
///
/// # Errors
/// [`Error::Refused`], or when the store fails.
pub async fn citizen_wishes(house: &House, clock: &dyn Clock, session: &Session) -> Result<Vec<PersonWishes>, Error> {
    let mut passage = house.passage().await?;
    let categories = [Category::Identity, Category::Wish];
    let request = ask::own_people(&mut passage, session, Activity::ReadWishes, &categories, clock.now()).await?;
    let (grant, _) = ask::read(passage, &request).await?;
    let mut all = Vec::new();
    for person in grant.subjects() {
        let identity = persons::identity(house, &grant, person).await?;
        let latest = wishes::history(house, &grant, person).await?.pop();
        all.push(PersonWishes {
            id: person.clone(),
            name: identity.map_or_else(|| Sensitive::new(String::new()), |identity| identity.name),
            herself: session.person() == Some(person),
            wishes: latest.as_ref().map(|version| version.wishes).unwrap_or_default(),
            since: latest.map(|version| version.recorded_at),
        });
    }
    all.sort_by_key(|person| !person.herself);
    Ok(all)
}

/// Changes the wishes of herself or of a child under 15 in her custody.
///
/// # Errors
/// [`Error::Refused`], or when the store fails.
pub async fn set_wishes(
    house: &House,
    clock: &dyn Clock,
    session: &Session,
    person: &PersonId,
    wishes: Wishes,
) -> Result<(), Error> {
    let now = clock.now();
    let mut passage = house.passage().await?;
    let request = ask::request(session, Activity::SetWishes, [Category::Wish], [person.clone()], None, now);
    let facts = passage.facts(&request).await?;
    let mut logged = ask::log(passage, &request, &facts).await?;
    if let Some(mut writer) = logged.writer().await? {
        writer.set_wishes(person, wishes, session.user(), now).await?;
    }
    ask::answer(logged.commit(now).await?)?;
    Ok(())
}
