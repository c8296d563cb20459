//! ACMG criteria that somebody set by hand: a history to which is added, and of which nothing is taken.

use crate::error::{signed, stored, stored_json, unsigned};
use crate::{House, StoreError, Writer};
use indgang_gate::{Grant, NotCovered, UserId};
use indgang_interpret::acmg::{Code, Setting};
use indgang_interpret::report::FindingName;
use indgang_model::{CaseId, Category, PersonId, Sensitive, Timestamp};

/// One change of one criterion of a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CriterionChange {
    /// Version of the report that was the latest then.
    pub report: u64,
    /// The finding, by [`indgang_interpret::report::Finding::name`].
    pub finding: String,
    /// Which criterion.
    pub criterion: Code,
    /// To what.
    pub setting: Setting,
    /// Why.
    pub reason: Sensitive<String>,
    /// By whom.
    pub author: UserId,
    /// When.
    pub at: Timestamp,
}

const WHAT: &str = "criterion_changes";

type Row = (i64, String, String, String, String, String, String);

/// What was set by hand in a case, oldest first. It is about the proband, whose reports the grant must open.
///
/// # Errors
/// When the grant does not cover the proband's reports, or the database fails.
pub async fn of_case(
    house: &House,
    grant: &Grant,
    case: &CaseId,
    proband: &PersonId,
) -> Result<Vec<CriterionChange>, StoreError> {
    if !grant.covers(proband, Category::DiagnosticReport) {
        return Err(NotCovered { category: Category::DiagnosticReport }.into());
    }
    // The proband stands in the query, so that a grant for somebody else's reports opens nothing here.
    let rows: Vec<Row> = sqlx::query_as(
        "select k.report_version, k.finding, k.criterion, k.setting, k.reason, k.author, k.written_at \
         from criterion_changes k join cases c on c.id = k.case_id \
         where k.case_id = $1 and c.proband = $2 order by k.sequence",
    )
    .bind(&case.0)
    .bind(&proband.0)
    .fetch_all(&house.pool)
    .await?;
    let change = |(report, finding, criterion, setting, reason, author, at): Row| {
        Ok(CriterionChange {
            report: unsigned(WHAT, report)?,
            finding,
            criterion: Code::from_name(&criterion).ok_or(StoreError::Corrupt(WHAT))?,
            setting: Setting::from_name(&setting).ok_or(StoreError::Corrupt(WHAT))?,
            reason: Sensitive::new(reason),
            author: UserId(author),
            at: stored(WHAT, &at)?,
        })
    };
    rows.into_iter().map(change).collect()
}

impl Writer<'_> {
    /// Adds a change to the history of the grant's case.
    ///
    /// # Errors
    /// When the grant is not for the case, or the database fails.
    pub async fn add_criterion_change(&mut self, case: &CaseId, change: &CriterionChange) -> Result<(), StoreError> {
        self.demand_case(case)?;
        sqlx::query(
            "insert into criterion_changes \
             (case_id, sequence, report_version, finding, criterion, setting, reason, author, written_at) \
             select $1, coalesce(max(sequence), 0) + 1, $2, $3, $4, $5, $6, $7, $8 \
             from criterion_changes where case_id = $1",
        )
        .bind(&case.0)
        .bind(signed(WHAT, change.report)?)
        .bind(&change.finding)
        .bind(change.criterion.name())
        .bind(change.setting.name())
        .bind(change.reason.expose())
        .bind(&change.author.0)
        .bind(change.at.to_string())
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// Whether the latest report of the grant's case has a finding of that name.
    ///
    /// # Errors
    /// When the grant is not for the case, or the database fails.
    pub async fn has_finding(&mut self, case: &CaseId, name: &str) -> Result<bool, StoreError> {
        #[derive(serde::Deserialize)]
        struct Named {
            findings: Vec<FindingName>,
        }
        self.demand_case(case)?;
        let row: Option<(String,)> =
            sqlx::query_as("select report from reports where case_id = $1 order by version desc limit 1")
                .bind(&case.0)
                .fetch_optional(&mut *self.tx)
                .await?;
        let Some((text,)) = row else { return Ok(false) };
        Ok(stored_json::<Named>("reports", &text)?.findings.iter().any(|finding| finding.to_string() == name))
    }
}
