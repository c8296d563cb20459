//! Answers that somebody has begun and not sent. They come out for who wrote them only, whoever may read the person's record.

use crate::error::stored;
use crate::{House, StoreError, Writer};
use indgang_gate::{Grant, Guarded, NotCovered};
use indgang_model::{Category, PersonId, Sensitive, Timestamp};

const WHAT: &str = "drafts";
const KIND: Category = Category::PatientReportedOutcome;

/// A draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// Key of the questionnaire.
    pub questionnaire: String,
    /// The version that was filled in.
    pub version: String,
    /// The name of the form, under which it is sent.
    pub form: String,
    /// What stands in the fields, as JSON.
    pub typed: Sensitive<String>,
    /// When it was saved.
    pub saved_at: Timestamp,
}

/// What somebody has begun to answer for a person, the latest first.
///
/// # Errors
/// When the grant does not open what the person tells, or the database fails.
pub async fn of_writer(
    house: &House,
    grant: &Grant,
    writer: &PersonId,
    person: &PersonId,
) -> Result<Vec<Guarded<Draft>>, StoreError> {
    if !grant.covers(person, KIND) {
        return Err(NotCovered { category: KIND }.into());
    }
    let rows: Vec<(String, String, String, String, String)> = sqlx::query_as(
        "select questionnaire, version, form, typed, saved_at from drafts where writer = $1 and person_id = $2 \
         order by saved_at desc, questionnaire",
    )
    .bind(&writer.0)
    .bind(&person.0)
    .fetch_all(&house.pool)
    .await?;
    let draft = |(questionnaire, version, form, typed, at): (String, String, String, String, String)| {
        let saved_at = stored(WHAT, &at)?;
        let draft = Draft { questionnaire, version, form, typed: Sensitive::new(typed), saved_at };
        Ok(Guarded::new([person.clone()].into(), KIND, draft))
    };
    rows.into_iter().map(draft).collect()
}

impl Writer<'_> {
    /// Keeps a draft in place of the writer's earlier one of the same questionnaire.
    ///
    /// # Errors
    /// When the grant does not open what the person tells, or the database fails.
    pub async fn save_draft(&mut self, writer: &PersonId, person: &PersonId, draft: &Draft) -> Result<(), StoreError> {
        self.demand(person, KIND)?;
        sqlx::query(
            "insert into drafts (writer, person_id, questionnaire, version, form, typed, saved_at) \
             values ($1, $2, $3, $4, $5, $6, $7) on conflict (writer, person_id, questionnaire) do update set \
             version = excluded.version, form = excluded.form, typed = excluded.typed, saved_at = excluded.saved_at",
        )
        .bind(&writer.0)
        .bind(&person.0)
        .bind(&draft.questionnaire)
        .bind(&draft.version)
        .bind(&draft.form)
        .bind(draft.typed.expose())
        .bind(draft.saved_at.to_string())
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// Forgets the writer's draft of a questionnaire, if there is one.
    ///
    /// # Errors
    /// When the grant does not open what the person tells, or the database fails.
    pub async fn forget_draft(
        &mut self,
        writer: &PersonId,
        person: &PersonId,
        questionnaire: &str,
    ) -> Result<(), StoreError> {
        self.demand(person, KIND)?;
        sqlx::query("delete from drafts where writer = $1 and person_id = $2 and questionnaire = $3")
            .bind(&writer.0)
            .bind(&person.0)
            .bind(questionnaire)
            .execute(&mut *self.tx)
            .await?;
        Ok(())
    }
}
