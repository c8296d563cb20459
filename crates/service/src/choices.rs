//! What holds of a citizen's choices: hers, those of the children she decides for, and of whom she reads for.

use crate::{ActsFor, Capacity, Choice, ChoiceState, Error, MyChoices, PersonChoices, Session, ask};
use indgang_gate::ledger::{Entry, Ledger, Statement};
use indgang_gate::{Activity, Grant, UserId};
use indgang_model::{Category, Clock, PersonId, Role, Sensitive, Timestamp};
use indgang_store::{House, choices, persons, places, powers, representations, users};
use std::collections::BTreeSet;

/// What holds and what was said before, with whom and where one can block.
///
/// # Errors
/// [`Error::Refused`], or when the store fails.
pub async fn my_choices(house: &House, clock: &dyn Clock, session: &Session) -> Result<MyChoices, Error> {
    let now = clock.now();
    let mut passage = house.passage().await?;
    let categories = [Category::Identity, Category::Wish];
    let (request, facts) = ask::own_people(&mut passage, session, Activity::ReadChoices, &categories, now).await?;
    let (grant, _) = ask::read(passage, &request).await?;
    let users = users::all(house).await?;
    let mut people = Vec::new();
    for person in grant.subjects() {
        let capacity = ask::capacity(&facts, session, person, now);
        let hers = users.iter().filter(|user| user.person.as_ref() == Some(person)).map(|user| user.id.clone());
        let reader = Reader { session, capacity, hers: hers.collect() };
        people.push(of(house, &grant, &reader, person, now).await?);
    }
    people.sort_by_key(|person| !person.herself);
    let treats = |role| !matches!(role, Role::Citizen | Role::Outsider | Role::Auditor);
    let professionals = users.into_iter().filter(|user| treats(user.role));
    let professionals = professionals.map(|user| (user.id, user.display_name)).collect();
    Ok(MyChoices { people, professionals, places: places::all(house).await? })
}

/// Who reads a person's choices.
struct Reader<'a> {
    session: &'a Session,
    capacity: Option<Capacity>,
    /// The users that the person herself is.
    hers: BTreeSet<UserId>,
}

impl Reader<'_> {
    /// Who has power of attorney reads, and decides nothing; who acts by law for an adult decides on treatment only.
    const fn may_choose(&self) -> bool {
        matches!(self.capacity, None | Some(Capacity::Custody))
    }

    const fn may_choose_treatment(&self) -> bool {
        !matches!(self.capacity, Some(Capacity::PowerOfAttorney))
    }

    /// True when she may take an entry back: who acts by law for an adult, what another than the person entered.
    fn may_undo(&self, ledger: &Ledger, entry: &Entry) -> bool {
        let others = |entry: &Entry| entry.statement.on_treatment() && !self.hers.contains(&entry.recorded_by);
        self.may_choose()
            || self.may_choose_treatment()
                && match entry.statement {
                    Statement::Withdrawal(before) => {
                        !self.hers.contains(&entry.recorded_by) && ledger.entry(before).is_some_and(others)
                    }
                    _ => others(entry),
                }
    }
}

async fn of(
    house: &House,
    grant: &Grant,
    reader: &Reader<'_>,
    person: &PersonId,
    now: Timestamp,
) -> Result<PersonChoices, Error> {
    let identity = persons::identity(house, grant, person).await?;
    let ledger = choices::ledger(house, grant, person).await?;
    let present = ledger.present(now);
    let wishes = present.held().find(|held| matches!(held.entry.statement, Statement::Wishes(_)));
    Ok(PersonChoices {
        id: person.clone(),
        name: identity.map_or_else(|| Sensitive::new(String::new()), |identity| identity.name),
        herself: reader.session.person() == Some(person),
        capacity: reader.capacity,
        may_choose: reader.may_choose(),
        may_choose_treatment: reader.may_choose_treatment(),
        represented_by: representations::of_person(house, grant, person).await?.into_iter().map(acts(now)).collect(),
        wishes: present.wishes().unwrap_or_default(),
        wishes_since: wishes.map(|held| held.entry.from),
        refusals: present.refusals(),
        holders: powers::holders(house, grant, person).await?,
        choices: ledger.entries().iter().map(|entry| choice(&ledger, entry, reader, now)).collect(),
    })
}

fn acts(now: Timestamp) -> impl Fn(representations::Entered) -> ActsFor {
    move |representations::Entered { representation, holder_name, evidence, entered_at }| {
        let state = match (representation.holds(now), now < representation.from) {
            (true, _) => ChoiceState::Holds,
            (false, true) if representation.until.is_none_or(|until| representation.from < until) => {
                ChoiceState::ToCome
            }
            (false, _) => ChoiceState::Ended,
        };
        ActsFor { representation, name: holder_name, evidence, entered_at, state }
    }
}

fn choice(ledger: &Ledger, entry: &Entry, reader: &Reader<'_>, now: Timestamp) -> Choice {
    let present = ledger.present(now);
    let held = present.held().find(|held| held.entry.sequence == entry.sequence);
    let state = match held {
        Some(_) => ChoiceState::Holds,
        None if matches!(entry.statement, Statement::Withdrawal(_)) => ChoiceState::Ended,
        None if entry.from > present.at() && ledger.undoing(entry.sequence, now).is_some() => ChoiceState::ToCome,
        None => ChoiceState::Ended,
    };
    let undo = ledger.undoing(entry.sequence, now).is_some() && reader.may_undo(ledger, entry);
    Choice {
        sequence: entry.sequence,
        statement: entry.statement.clone(),
        from: entry.from,
        until: held.map_or(entry.until, |held| held.until),
        recorded_at: entry.recorded_at,
        by_the_reader: entry.recorded_by == *reader.session.user(),
        state,
        may_undo: undo && (state != ChoiceState::Ended || matches!(entry.statement, Statement::Withdrawal(_))),
    }
}
