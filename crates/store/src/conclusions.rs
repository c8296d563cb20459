//! What the laboratory concludes, as versions.

use crate::error::{from_word, signed, stored, stored_json, to_json, to_word, unsigned};
use crate::{House, StoreError, Writer};
use indgang_gate::{Grant, NotCovered, UserId};
use indgang_interpret::report::ResultKind;
use indgang_model::{CaseId, Category, PersonId, Sensitive, Timestamp};
use serde::{Deserialize, Serialize};

/// One version of a case's conclusion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conclusion {
    /// 1 is the first.
    pub version: u64,
    /// Who wrote it.
    pub author: UserId,
    /// When.
    pub at: Timestamp,
    /// The text.
    pub text: Sensitive<String>,
    /// The kind of result she confirmed; `None` in conclusions of houses that did not ask yet.
    pub result: Option<ResultKind>,
    /// The findings she judged to be the cause; `None` in conclusions of houses that did not ask yet.
    pub causes: Option<Causes>,
}

/// The findings that a geneticist judged to be the cause.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Causes {
    /// Version of the report in which they are ranked.
    pub report: u64,
    /// Their ranks there, ascending, each once.
    pub ranks: Vec<u32>,
    /// True when the cause is known and is none of the ranked findings.
    pub elsewhere: bool,
}

type Row = (i64, String, String, String, Option<String>, Option<String>);

/// The conclusions of a case, oldest first. They are about the proband, whose reports the grant must open.
///
/// # Errors
/// When the grant does not cover the proband's reports, or the database fails.
pub async fn of_case(
    house: &House,
    grant: &Grant,
    case: &CaseId,
    proband: &PersonId,
) -> Result<Vec<Conclusion>, StoreError> {
    if !grant.covers(proband, Category::DiagnosticReport) {
        return Err(NotCovered { category: Category::DiagnosticReport }.into());
    }
    // The proband stands in the query, so that a grant for somebody else's reports opens nothing here.
    let rows: Vec<Row> = sqlx::query_as(
        "select k.version, k.author, k.written_at, k.text, k.result, k.causes from conclusions k join cases c on c.id = k.case_id \
         where k.case_id = $1 and c.proband = $2 order by k.version",
    )
    .bind(&case.0)
    .bind(&proband.0)
    .fetch_all(&house.pool)
    .await?;
    let conclusion = |(version, author, at, text, result, causes): Row| {
        Ok(Conclusion {
            version: unsigned("conclusions", version)?,
            author: UserId(author),
            at: stored("conclusions", &at)?,
            text: Sensitive::new(text),
            result: result.map(|word| from_word("conclusions", word)).transpose()?,
            causes: causes.map(|json| stored_json("conclusions", &json)).transpose()?,
        })
    };
    rows.into_iter().map(conclusion).collect()
}

/// Whether anything is concluded in a case: how far it is, not what was found.
///
/// # Errors
/// When the database fails.
pub async fn any(house: &House, case: &CaseId) -> Result<bool, StoreError> {
    let (count,): (i64,) = sqlx::query_as("select count(*) from conclusions where case_id = $1")
        .bind(&case.0)
        .fetch_one(&house.pool)
        .await?;
    Ok(count > 0)
}

impl Writer<'_> {
    /// Adds a version of the conclusion of the grant's case.
    ///
    /// # Errors
    /// When the grant is not for the case, or the database fails.
    pub async fn conclude(
        &mut self,
        case: &CaseId,
        author: &UserId,
        (text, result, causes): (&str, ResultKind, &Causes),
        at: Timestamp,
    ) -> Result<(), StoreError> {
        self.demand_case(case)?;
        let version = self.conclusion_version(case).await? + 1;
        sqlx::query(
            "insert into conclusions (case_id, version, author, written_at, text, result, causes) \
             values ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(&case.0)
        .bind(signed("conclusions", version)?)
        .bind(&author.0)
        .bind(at.to_string())
        .bind(text)
        .bind(to_word("conclusions", &result)?)
        .bind(to_json("conclusions", causes)?)
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// Kind of result and causes of the latest conclusion of the grant's case; `None` when there is none, or it is of
    /// a house that did not ask yet.
    ///
    /// # Errors
    /// When the grant is not for the case, or the database fails.
    pub async fn judged(&mut self, case: &CaseId) -> Result<Option<(ResultKind, Causes)>, StoreError> {
        self.demand_case(case)?;
        let row: Option<(Option<String>, Option<String>)> =
            sqlx::query_as("select result, causes from conclusions where case_id = $1 order by version desc limit 1")
                .bind(&case.0)
                .fetch_optional(&mut *self.tx)
                .await?;
        let Some((Some(result), Some(causes))) = row else { return Ok(None) };
        Ok(Some((from_word("conclusions", result)?, stored_json("conclusions", &causes)?)))
    }

    /// Number of the latest conclusion; 0 when there is none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn conclusion_version(&mut self, case: &CaseId) -> Result<u64, StoreError> {
        let (version,): (i64,) = sqlx::query_as("select coalesce(max(version), 0) from conclusions where case_id = $1")
            .bind(&case.0)
            .fetch_one(&mut *self.tx)
            .await?;
        unsigned("conclusions", version)
    }
}
