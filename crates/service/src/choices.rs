//! What holds of a citizen's choices: hers, those of the children she decides for, and of whom she reads for.

use crate::{Choice, ChoiceState, Error, MyChoices, PersonChoices, Session, ask};
use indgang_gate::ledger::{Entry, Ledger, Statement};
use indgang_gate::{Activity, Grant};
use indgang_model::{Category, Clock, PersonId, Role, Sensitive, Timestamp};
use indgang_store::{House, choices, persons, places, powers, users};

/// What holds and what was said before, with whom and where one can block.
///
/// # Errors
/// [`Error::Refused`], or when the store fails.
pub async fn my_choices(house: &House, clock: &dyn Clock, session: &Session) -> Result<MyChoices, Error> {
    let now = clock.now();
    let mut passage = house.passage().await?;
    let categories = [Category::Identity, Category::Wish];
    let request = ask::own_people(&mut passage, session, Activity::ReadChoices, &categories, now).await?;
    let facts = passage.facts(&request).await?;
    let own = session.person();
    // Who only has power of attorney reads, and decides nothing.
    let proxy = |person: &PersonId| own.is_some_and(|own| own != person && facts.is_proxy(own, person, now));
    let (grant, _) = ask::read(passage, &request).await?;
    let mut people = Vec::new();
    for person in grant.subjects() {
        people.push(of(house, &grant, session, person, !proxy(person), now).await?);
    }
    people.sort_by_key(|person| !person.herself);
    let treats = |role| !matches!(role, Role::Citizen | Role::Outsider | Role::Auditor);
    let professionals = users::all(house).await?.into_iter().filter(|user| treats(user.role));
    let professionals = professionals.map(|user| (user.id, user.display_name)).collect();
    Ok(MyChoices { people, professionals, places: places::all(house).await? })
}

async fn of(
    house: &House,
    grant: &Grant,
    session: &Session,
    person: &PersonId,
    may_choose: bool,
    now: Timestamp,
) -> Result<PersonChoices, Error> {
    let identity = persons::identity(house, grant, person).await?;
    let ledger = choices::ledger(house, grant, person).await?;
    let present = ledger.present(now);
    let wishes = present.held().find(|held| matches!(held.entry.statement, Statement::Wishes(_)));
    Ok(PersonChoices {
        id: person.clone(),
        name: identity.map_or_else(|| Sensitive::new(String::new()), |identity| identity.name),
        herself: session.person() == Some(person),
        may_choose,
        wishes: present.wishes().unwrap_or_default(),
        wishes_since: wishes.map(|held| held.entry.from),
        refusals: present.refusals(),
        holders: powers::holders(house, grant, person).await?,
        choices: ledger.entries().iter().map(|entry| choice(&ledger, entry, session, now)).collect(),
    })
}

fn choice(ledger: &Ledger, entry: &Entry, session: &Session, now: Timestamp) -> Choice {
    let present = ledger.present(now);
    let held = present.held().find(|held| held.entry.sequence == entry.sequence);
    let state = match held {
        Some(_) => ChoiceState::Holds,
        None if matches!(entry.statement, Statement::Withdrawal(_)) => ChoiceState::Ended,
        None if entry.from > present.at() && ledger.undoing(entry.sequence, now).is_some() => ChoiceState::ToCome,
        None => ChoiceState::Ended,
    };
    let undo = ledger.undoing(entry.sequence, now).is_some();
    Choice {
        sequence: entry.sequence,
        statement: entry.statement.clone(),
        from: entry.from,
        until: held.map_or(entry.until, |held| held.until),
        recorded_at: entry.recorded_at,
        by_the_reader: entry.recorded_by == *session.user(),
        state,
        may_undo: undo && (state != ChoiceState::Ended || matches!(entry.statement, Statement::Withdrawal(_))),
    }
}
