//! Who acts for whom by law: guardians, future powers of attorney, who consents in a treatment situation.

use crate::error::{self, stored, stored_json};
use crate::{House, Passage, StoreError, Writer};
use indgang_gate::{Grant, NotCovered, Representation, RepresentationKind, UserId};
use indgang_model::{Category, PersonId, Purpose, Sensitive, Timestamp};
use std::collections::BTreeMap;

const WHAT: &str = "representations";

/// A representation as it was entered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entered {
    /// Who acts for whom, as what, in which matters, from when; until its end as it is known now.
    pub representation: Representation,
    /// Name of who acts.
    pub holder_name: Sensitive<String>,
    /// What it was entered on: authority, document, date.
    pub evidence: String,
    /// When it was entered.
    pub entered_at: Timestamp,
}

/// Everybody who acts or acted for the person by law, in the order of beginning.
///
/// # Errors
/// When the grant does not open her choices, or the database fails.
pub async fn of_person(house: &House, grant: &Grant, person: &PersonId) -> Result<Vec<Entered>, StoreError> {
    if !grant.covers(person, Category::Wish) {
        return Err(NotCovered { category: Category::Wish }.into());
    }
    let rows: Vec<(String, String, String, String, String, String, String)> = sqlx::query_as(
        "select holder, kind, valid_from, matters || '|' || entered_at || '|' || coalesce(valid_until, '') || '|' || \
         coalesce(ended_from, '') || '|' || coalesce(ended_at, ''), name, evidence, entered_at \
         from representations join persons on persons.id = holder where person_id = $1 order by valid_from, holder, kind",
    )
    .bind(&person.0)
    .fetch_all(&house.pool)
    .await?;
    let mut all = Vec::with_capacity(rows.len());
    for (holder, kind, from, rest, name, evidence, entered_at) in rows {
        let Some(representation) = read(person, (holder, kind, &from, &rest), None)? else { continue };
        let entered_at = stored(WHAT, &entered_at)?;
        all.push(Entered { representation, holder_name: Sensitive::new(name), evidence, entered_at });
    }
    Ok(all)
}

/// The users who act or acted for the person by law, with their names; for her log.
///
/// # Errors
/// When the grant does not open her log, or the database fails.
pub async fn users_acting_for(
    house: &House,
    grant: &Grant,
    person: &PersonId,
) -> Result<BTreeMap<UserId, String>, StoreError> {
    if !grant.covers(person, Category::AuditEvent) {
        return Err(NotCovered { category: Category::AuditEvent }.into());
    }
    let rows: Vec<(String, String)> = sqlx::query_as(
        "select distinct users.id, users.display_name from representations join users on users.person_id = holder \
         where representations.person_id = $1",
    )
    .bind(&person.0)
    .fetch_all(&house.pool)
    .await?;
    Ok(rows.into_iter().map(|(id, name)| (UserId(id), name)).collect())
}

/// A row as it bears on a decision; `None` when it was not known yet at the moment that is asked for. An end that was
/// given later than that moment was not known either.
pub(crate) fn read(
    person: &PersonId,
    (holder, kind, from, rest): (String, String, &str, &str),
    known: Option<Timestamp>,
) -> Result<Option<Representation>, StoreError> {
    let parts: Vec<&str> = rest.split('|').collect();
    let [matters, entered_at, until, ended_from, ended_at] = parts[..] else { return Err(StoreError::Corrupt(WHAT)) };
    let moment = |text: &str| match text {
        "" => Ok(None),
        text => stored::<Timestamp>(WHAT, text).map(Some),
    };
    let was_known = |at: Option<Timestamp>| known.is_none_or(|known| at.is_some_and(|at| at <= known));
    if !was_known(moment(entered_at)?) {
        return Ok(None);
    }
    let ended = if was_known(moment(ended_at)?) { moment(ended_from)? } else { None };
    Ok(Some(Representation {
        holder: PersonId(holder),
        person: person.clone(),
        kind: error::from_word::<RepresentationKind>(WHAT, kind)?,
        matters: stored_json(WHAT, matters)?,
        from: stored(WHAT, from)?,
        until: [moment(until)?, ended].into_iter().flatten().min(),
    }))
}

impl Passage {
    /// Those for whom a person acts or acted by law.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn represented_by(&mut self, holder: &PersonId) -> Result<Vec<PersonId>, StoreError> {
        let rows: Vec<(String,)> =
            sqlx::query_as("select distinct person_id from representations where holder = $1 order by person_id")
                .bind(&holder.0)
                .fetch_all(self.connection())
                .await?;
        Ok(rows.into_iter().map(|(id,)| PersonId(id)).collect())
    }

    /// True when the house knows a person of this identifier.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn knows(&mut self, person: &PersonId) -> Result<bool, StoreError> {
        let row: Option<(String,)> = sqlx::query_as("select id from persons where id = $1")
            .bind(&person.0)
            .fetch_optional(self.connection())
            .await?;
        Ok(row.is_some())
    }
}

impl Writer<'_> {
    /// Enters who acts for a person.
    ///
    /// # Errors
    /// [`StoreError::Exists`] when the same was entered from the same moment, [`StoreError::NotCovered`] when the passage
    /// is not about both and of the house's administration, or when the database fails.
    pub async fn enter_representation(
        &mut self,
        new: &Representation,
        evidence: &str,
        (by, at): (&UserId, Timestamp),
    ) -> Result<(), StoreError> {
        self.demand_administration(&new.person, &new.holder)?;
        let added = sqlx::query(
            "insert into representations (person_id, holder, kind, matters, evidence, valid_from, valid_until, \
             entered_by, entered_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
             on conflict (person_id, holder, kind, valid_from) do nothing",
        )
        .bind(&new.person.0)
        .bind(&new.holder.0)
        .bind(new.kind.word())
        .bind(error::to_json(WHAT, &new.matters)?)
        .bind(evidence)
        .bind(new.from.to_string())
        .bind(new.until.map(|until| until.to_string()))
        .bind(&by.0)
        .bind(at.to_string())
        .execute(&mut *self.tx)
        .await?;
        if added.rows_affected() == 1 { Ok(()) } else { Err(StoreError::Exists(WHAT)) }
    }

    /// Gives everything by which the holder acts for the person an end; one that has an end before is left. How many.
    ///
    /// # Errors
    /// [`StoreError::NotCovered`] as [`Writer::enter_representation`], or when the database fails.
    pub async fn end_representations(
        &mut self,
        person: &PersonId,
        holder: &PersonId,
        from: Timestamp,
        (by, at): (&UserId, Timestamp),
    ) -> Result<u64, StoreError> {
        self.demand_administration(person, holder)?;
        let rows: Vec<(String, String, Option<String>, Option<String>)> = sqlx::query_as(
            "select kind, valid_from, valid_until, ended_from from representations where person_id = $1 and holder = $2",
        )
        .bind(&person.0)
        .bind(&holder.0)
        .fetch_all(&mut *self.tx)
        .await?;
        let mut ended = 0;
        for (kind, valid_from, until, ended_from) in rows {
            // The text of a time does not order as the time: fractions of a second may or may not stand.
            let ends = [until, ended_from].into_iter().flatten().map(|text| stored::<Timestamp>(WHAT, &text));
            let ends: Vec<Timestamp> = ends.collect::<Result<_, _>>()?;
            if ends.into_iter().any(|end| end <= from) {
                continue;
            }
            sqlx::query(
                "update representations set ended_from = $1, ended_by = $2, ended_at = $3 \
                 where person_id = $4 and holder = $5 and kind = $6 and valid_from = $7",
            )
            .bind(from.to_string())
            .bind(&by.0)
            .bind(at.to_string())
            .bind(&person.0)
            .bind(&holder.0)
            .bind(kind)
            .bind(valid_from)
            .execute(&mut *self.tx)
            .await?;
            ended += 1;
        }
        Ok(ended)
    }

    fn demand_administration(&self, person: &PersonId, holder: &PersonId) -> Result<(), StoreError> {
        let both = self.grant.names(person) && self.grant.names(holder);
        if both && self.grant.purpose() == Purpose::OversightAndAdministration {
            Ok(())
        } else {
            Err(NotCovered { category: Category::Identity }.into())
        }
    }
}
