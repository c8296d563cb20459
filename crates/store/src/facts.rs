//! Gathers what bears on a request. What is gathered goes to the gate and nowhere else.

use crate::{Connection, StoreError, error, follow_ups, relations, users, wishes};
use indgang_gate::{Assignment, Facts, Request};
use indgang_model::{CaseId, Cpr, PersonId, Role};
use std::collections::BTreeSet;

/// The facts about a request's subjects, its case, and the cases assigned to the one who asks.
pub(crate) async fn gather(tx: &mut Connection, request: &Request) -> Result<Facts, StoreError> {
    let mut facts = Facts::default();
    for person in &request.subjects {
        facts.care_contacts.extend(relations::treatment_of(tx, person).await?);
        facts.custody.extend(relations::custody_of(tx, person).await?);
        if let Some(date) = birth_date(tx, person).await? {
            facts.born.insert(person.clone(), date);
        }
        if follow_ups::any_open(tx, person).await? {
            facts.to_be_followed_up.insert(person.clone());
        }
        if let Some(version) = wishes::current(tx, person).await? {
            facts.wishes.insert(person.clone(), version.wishes);
        }
    }
    if let Some(professional) = &request.actor.on_responsibility_of
        && users::role_of(tx, professional).await? == Some(Role::AuthorisedHealthProfessional)
    {
        facts.responsible.insert(professional.clone(), BTreeSet::new());
    }
    if let Some(case) = &request.case {
        facts.members.insert(case.clone(), members(tx, case).await?);
    }
    for case in relations::assigned_to(tx, &request.actor.user).await? {
        if request.case.as_ref().is_some_and(|asked| *asked != case) {
            continue;
        }
        facts.members.insert(case.clone(), members(tx, &case).await?);
        facts.assignments.insert(Assignment { user: request.actor.user.clone(), case });
    }
    Ok(facts)
}

async fn members(tx: &mut Connection, case: &CaseId) -> Result<BTreeSet<PersonId>, StoreError> {
    let rows: Vec<(String,)> =
        sqlx::query_as("select person_id from case_members where case_id = $1").bind(&case.0).fetch_all(tx).await?;
    Ok(rows.into_iter().map(|(id,)| PersonId(id)).collect())
}

/// The birth date in the CPR number; the number itself stays here.
async fn birth_date(tx: &mut Connection, person: &PersonId) -> Result<Option<(u16, u8, u8)>, StoreError> {
    let row: Option<(String,)> =
        sqlx::query_as("select cpr from persons where id = $1").bind(&person.0).fetch_optional(tx).await?;
    row.map(|(cpr,)| Ok(error::stored::<Cpr>("persons", &cpr)?.birth_date())).transpose()
}
