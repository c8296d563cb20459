//! Who treats whom, who works on which case, who has custody of whom.

use crate::{Passage, StoreError, Writer, error};
use indgang_gate::{CareContact, UserId};
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
        let (running,): (i64,) = sqlx::query_as(
            "select count(*) from treatment_relations where person_id = $1 and professional = $2 and valid_until is null",
        )
        .bind(&person.0)
        .bind(&who.0)
        .fetch_one(&mut *self.tx)
        .await?;
        if running > 0 {
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

    /// Records a contact with the health service; one that is known by its beginning is brought up to date.
    ///
    /// # Errors
    /// When the grant does not open the person's identity, or the database fails.
    pub async fn add_care_contact(&mut self, contact: &CareContact) -> Result<(), StoreError> {
        self.demand(&contact.person, Category::Identity)?;
        sqlx::query(
            "insert into care_contacts (person_id, kind, professional, place, valid_from, valid_until) \
             values ($1, $2, $3, $4, $5, $6) on conflict (person_id, kind, professional, place, valid_from) \
             do update set valid_until = excluded.valid_until",
        )
        .bind(&contact.person.0)
        .bind(error::to_word("care_contacts", &contact.kind)?)
        .bind(contact.professional.as_ref().map_or("", |user| user.0.as_str()))
        .bind(contact.place.as_ref().map_or("", |place| place.0.as_str()))
        .bind(contact.from.to_string())
        .bind(contact.until.map(|until| until.to_string()))
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
