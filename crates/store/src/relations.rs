//! Who treats whom, who works on which case, who has custody of whom.

use crate::{Connection, Passage, StoreError, Writer, error};
use indgang_gate::{CareContact, CareContactKind, Custody, UserId};
use indgang_model::{CaseId, Category, PersonId, Timestamp};

impl Passage {
    /// The children in a person's custody, of any age.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn children_of(&mut self, holder: &PersonId) -> Result<Vec<PersonId>, StoreError> {
        let rows: Vec<(String,)> = sqlx::query_as("select child from custody where holder = $1 order by child")
            .bind(&holder.0)
            .fetch_all(self.connection())
            .await?;
        Ok(rows.into_iter().map(|(id,)| PersonId(id)).collect())
    }

    /// The persons with whom a professional has or had a treatment relation.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn patients_of(&mut self, professional: &UserId) -> Result<Vec<PersonId>, StoreError> {
        let rows: Vec<(String,)> = sqlx::query_as(
            "select distinct person_id from treatment_relations where professional = $1 order by person_id",
        )
        .bind(&professional.0)
        .fetch_all(self.connection())
        .await?;
        Ok(rows.into_iter().map(|(id,)| PersonId(id)).collect())
    }
}

impl Writer<'_> {
    /// Records that a professional has a person in treatment from a moment on; a running relation is left as it is.
    ///
    /// # Errors
    /// When the grant does not open the person's identity, or the database fails.
    pub async fn begin_treatment(
        &mut self,
        who: &UserId,
        person: &PersonId,
        from: Timestamp,
    ) -> Result<(), StoreError> {
        self.demand(person, Category::Identity)?;
        let running = treatment_of(self.tx, person).await?;
        if running.iter().any(|relation| relation.professional.as_ref() == Some(who) && relation.until.is_none()) {
            return Ok(());
        }
        sqlx::query("insert into treatment_relations (professional, person_id, valid_from) values ($1, $2, $3)")
            .bind(&who.0)
            .bind(&person.0)
            .bind(from.to_string())
            .execute(&mut *self.tx)
            .await?;
        Ok(())
    }

    /// Records custody of a child.
    ///
    /// # Errors
    /// When the grant does not open the child's identity, or the database fails.
    pub async fn add_custody(&mut self, holder: &PersonId, child: &PersonId) -> Result<(), StoreError> {
        self.demand(child, Category::Identity)?;
        sqlx::query("insert into custody (holder, child) values ($1, $2) on conflict (child, holder) do nothing")
            .bind(&holder.0)
            .bind(&child.0)
            .execute(&mut *self.tx)
            .await?;
        Ok(())
    }

    /// Assigns the case of the grant to a user.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn assign(&mut self, user: &UserId, case: &CaseId) -> Result<(), StoreError> {
        self.demand_case(case)?;
        sqlx::query(
            "insert into assignments (user_id, case_id) values ($1, $2) on conflict (user_id, case_id) do nothing",
        )
        .bind(&user.0)
        .bind(&case.0)
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }
}

pub(crate) async fn treatment_of(tx: &mut Connection, person: &PersonId) -> Result<Vec<CareContact>, StoreError> {
    let rows: Vec<(String, String, Option<String>)> =
        sqlx::query_as("select professional, valid_from, valid_until from treatment_relations where person_id = $1")
            .bind(&person.0)
            .fetch_all(tx)
            .await?;
    let relation = |(professional, from, until): (String, String, Option<String>)| {
        Ok(CareContact {
            kind: CareContactKind::Course,
            person: person.clone(),
            professional: Some(UserId(professional)),
            place: None,
            from: error::stored("treatment_relations", &from)?,
            until: until.map(|text| error::stored("treatment_relations", &text)).transpose()?,
        })
    };
    rows.into_iter().map(relation).collect()
}

pub(crate) async fn custody_of(tx: &mut Connection, child: &PersonId) -> Result<Vec<Custody>, StoreError> {
    let rows: Vec<(String,)> =
        sqlx::query_as("select holder from custody where child = $1").bind(&child.0).fetch_all(tx).await?;
    Ok(rows.into_iter().map(|(holder,)| Custody { holder: PersonId(holder), child: child.clone() }).collect())
}

pub(crate) async fn assigned_to(tx: &mut Connection, user: &UserId) -> Result<Vec<CaseId>, StoreError> {
    let rows: Vec<(String,)> = sqlx::query_as("select case_id from assignments where user_id = $1 order by case_id")
        .bind(&user.0)
        .fetch_all(tx)
        .await?;
    Ok(rows.into_iter().map(|(id,)| CaseId(id)).collect())
}
