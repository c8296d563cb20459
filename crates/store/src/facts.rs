//! Gathers what bears on a request. What is gathered goes to the gate and nowhere else.
//!
//! One question for the places of those who act, one for the case, one for the permit, and one for each person.

use crate::{Connection, StoreError, choices, error, permits, representations};
use indgang_gate::ledger::Ledger;
use indgang_gate::{Assignment, CareContact, CareContactKind, Custody, Facts, Mandate, Request, UserId};
use indgang_model::{CaseId, PersonId, PersonalNumber, PlaceId, Timestamp};

/// Everything about one person that a decision can rest on, a row each. The first word says what kind of row it is.
const ABOUT_PERSON: &str = "\
    select 'born' as kind, 0 as n, '' as a, '' as b, '' as since, '' as until, cpr as text from persons where id = $1 \
    union all select 'custody', 0, holder, '', '', '', '' from custody where child = $1 \
    union all select 'course', 0, professional, '', valid_from, coalesce(valid_until, ''), '' \
        from treatment_relations where person_id = $1 \
    union all select kind, 0, professional, place, valid_from, coalesce(valid_until, ''), '' \
        from care_contacts where person_id = $1 \
    union all select 'choice', sequence, recorded_at, recorded_by, valid_from, coalesce(valid_until, ''), statement \
        from choices where person_id = $1 \
    union all select 'represents', 0, holder, kind, valid_from, '', matters || '|' || entered_at || '|' || \
        coalesce(valid_until, '') || '|' || coalesce(ended_from, '') || '|' || coalesce(ended_at, '') \
        from representations where person_id = $1 \
    union all select 'mandate', 0, '', '', valid_from, valid_until, categories \
        from mandates where person_id = $1 and officer = $2 \
    union all select 'follow_up', 0, '', '', '', '', '' \
        from follow_ups where person_id = $1 and judged_at is null";

/// The unit of the one who asks, the units of the authorised professional on whose responsibility she acts, and all
/// units above; an empty unit says that the professional is known.
const PLACES: &str = "\
    with recursive up(who, id) as (\
        select 'own', cast($1 as text) \
        union select 'responsible', coalesce(place, '') from users \
            where id = $2 and role = 'authorised_health_professional' \
        union select up.who, places.parent from places join up on places.id = up.id where places.parent is not null\
    ) select who, id from up";

const OF_CASE: &str = "\
    select m.case_id, m.person_id, a.user_id from case_members m \
    left join assignments a on a.case_id = m.case_id and a.user_id = $1 where m.case_id = $2";

const OF_ASSIGNED: &str = "\
    select m.case_id, m.person_id, a.user_id from assignments a \
    join case_members m on m.case_id = a.case_id where a.user_id = $1";

/// The facts about a request's subjects, its case, its permit, and the cases assigned to the one who asks.
pub(crate) async fn gather(tx: &mut Connection, request: &Request) -> Result<Facts, StoreError> {
    everything(tx, request, None).await
}

/// The same with the choices as they were known at a moment.
pub(crate) async fn gather_known_at(
    tx: &mut Connection,
    request: &Request,
    known: Timestamp,
) -> Result<Facts, StoreError> {
    everything(tx, request, Some(known)).await
}

async fn everything(tx: &mut Connection, request: &Request, known: Option<Timestamp>) -> Result<Facts, StoreError> {
    let mut facts = Facts::default();
    for person in &request.subjects {
        about(tx, request, person, known, &mut facts).await?;
    }
    let actor = &request.actor;
    units(tx, actor.place.as_ref(), actor.on_responsibility_of.as_ref(), &mut facts).await?;
    cases(tx, request, &mut facts).await?;
    if let Some(permit) = &request.grounds.permit {
        facts.permits.extend(permits::of_member(tx, permit, &request.actor.user).await?);
    }
    Ok(facts)
}

/// The unit of a user as it is now, and the facts about her that do not depend on whom she asks about.
pub(crate) async fn asker(tx: &mut Connection, user: &UserId) -> Result<(Option<PlaceId>, Facts), StoreError> {
    let row: Option<(Option<String>, Option<String>)> =
        sqlx::query_as("select place, on_responsibility_of from users where id = $1")
            .bind(&user.0)
            .fetch_optional(&mut *tx)
            .await?;
    let (place, responsible) = row.unwrap_or_default();
    let (place, responsible) = (place.map(PlaceId), responsible.map(UserId));
    let mut facts = Facts::default();
    units(tx, place.as_ref(), responsible.as_ref(), &mut facts).await?;
    Ok((place, facts))
}

type About = (String, i64, String, String, String, String, String);

async fn about(
    tx: &mut Connection,
    request: &Request,
    person: &PersonId,
    known: Option<Timestamp>,
    facts: &mut Facts,
) -> Result<(), StoreError> {
    let rows: Vec<About> =
        sqlx::query_as(ABOUT_PERSON).bind(&person.0).bind(&request.actor.user.0).fetch_all(tx).await?;
    let mut entries = Vec::new();
    for (kind, number, a, b, from, until, text) in rows {
        match kind.as_str() {
            // The number itself stays here.
            "born" => {
                facts.born.insert(person.clone(), error::stored::<PersonalNumber>("persons", &text)?.birth_date());
            }
            "custody" => {
                facts.custody.insert(Custody { holder: PersonId(a), child: person.clone() });
            }
            "choice" => {
                let until = Some(until).filter(|until| !until.is_empty());
                entries.push(choices::entry(person, (number, a, b, from, until, text))?);
            }
            "represents" => {
                facts.representations.extend(representations::read(person, (a, b, &from, &text), known)?);
            }
            "mandate" => {
                facts.mandates.insert(Mandate {
                    officer: request.actor.user.clone(),
                    person: person.clone(),
                    categories: error::stored_json("mandates", &text)?,
                    from: error::stored("mandates", &from)?,
                    until: error::stored("mandates", &until)?,
                });
            }
            "follow_up" => {
                facts.to_be_followed_up.insert(person.clone());
            }
            _ => {
                facts.care_contacts.insert(contact(person, kind, (a, b), (&from, &until))?);
            }
        }
    }
    if !entries.is_empty() {
        let ledger = Ledger::new(person.clone(), entries).map_err(|_| StoreError::Corrupt("choices"))?;
        match known {
            Some(known) => ledger.standing(request.at, known).tell(request.at, facts),
            None => ledger.present(request.at).tell(request.at, facts),
        }
    }
    Ok(())
}

fn contact(
    person: &PersonId,
    kind: String,
    (professional, place): (String, String),
    (from, until): (&str, &str),
) -> Result<CareContact, StoreError> {
    let some = |text: String| Some(text).filter(|text| !text.is_empty());
    let until = Some(until).filter(|until| !until.is_empty());
    Ok(CareContact {
        kind: error::from_word::<CareContactKind>("care_contacts", kind)?,
        person: person.clone(),
        professional: some(professional).map(UserId),
        place: some(place).map(PlaceId),
        from: error::stored("care_contacts", from)?,
        until: until.map(|until| error::stored::<Timestamp>("care_contacts", until)).transpose()?,
    })
}

async fn units(
    tx: &mut Connection,
    own: Option<&PlaceId>,
    responsible: Option<&UserId>,
    facts: &mut Facts,
) -> Result<(), StoreError> {
    if own.is_none() && responsible.is_none() {
        return Ok(());
    }
    let rows: Vec<(String, String)> = sqlx::query_as(PLACES)
        .bind(own.map_or("", |place| place.0.as_str()))
        .bind(responsible.map_or("", |user| user.0.as_str()))
        .fetch_all(tx)
        .await?;
    for (who, id) in rows {
        let places = match (who.as_str(), responsible) {
            ("responsible", Some(user)) => facts.responsible.entry(user.clone()).or_default(),
            _ => &mut facts.places,
        };
        if !id.is_empty() {
            places.insert(PlaceId(id));
        }
    }
    Ok(())
}

async fn cases(tx: &mut Connection, request: &Request, facts: &mut Facts) -> Result<(), StoreError> {
    let user = &request.actor.user;
    let query = match &request.case {
        Some(case) => sqlx::query_as(OF_CASE).bind(&user.0).bind(&case.0),
        None => sqlx::query_as(OF_ASSIGNED).bind(&user.0),
    };
    let rows: Vec<(String, String, Option<String>)> = query.fetch_all(tx).await?;
    for (case, member, assigned) in rows {
        let case = CaseId(case);
        if assigned.is_some() {
            facts.assignments.insert(Assignment { user: user.clone(), case: case.clone() });
        }
        facts.members.entry(case).or_default().insert(PersonId(member));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::House;

    #[tokio::test]
    async fn every_look_up_goes_by_an_index() {
        let folder = tempfile::tempdir().unwrap();
        let house = House::open(folder.path(), [3; 32]).await.unwrap();
        for sql in [ABOUT_PERSON, PLACES, OF_CASE, OF_ASSIGNED] {
            let explain = format!("explain query plan {sql}");
            let plan: Vec<(i64, i64, i64, String)> =
                sqlx::query_as(sqlx::AssertSqlSafe(explain)).bind("x").bind("y").fetch_all(&house.pool).await.unwrap();
            for (.., step) in &plan {
                // The recursion's own queue is read from its beginning; it is no table.
                assert!(
                    !step.starts_with("SCAN") || ["SCAN up", "SCAN CONSTANT ROW"].contains(&step.as_str()),
                    "{step}"
                );
            }
            assert!(plan.iter().any(|(.., step)| step.contains("INDEX")), "{sql}: {plan:?}");
        }
    }
}
