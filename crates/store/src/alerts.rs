//! What new knowledge changes for stored cases, each change once; and how far a re-analysis is.

use crate::error::{signed, stored, stored_json, to_json, unsigned};
use crate::{House, StoreError, Writer};
use indgang_gate::{Grant, NotCovered};
use indgang_interpret::reanalysis::{Alert, untold};
use indgang_model::{CaseId, Category, PersonId, Timestamp};

/// An alert that was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// What changed.
    pub alert: Alert,
    /// The release that changed it.
    pub release: String,
    /// Version of the report whose findings it names.
    pub report: u64,
    /// When it was found.
    pub at: Timestamp,
}

const WHAT: &str = "alerts";

/// The alerts of a case, oldest first. They are about the proband, whose reports the grant must open.
///
/// # Errors
/// When the grant does not cover the proband's reports, or the database fails.
pub async fn of_case(house: &House, grant: &Grant, case: &CaseId, proband: &PersonId) -> Result<Vec<Told>, StoreError> {
    if !grant.covers(proband, Category::DiagnosticReport) {
        return Err(NotCovered { category: Category::DiagnosticReport }.into());
    }
    let rows: Vec<(String, String, i64, String)> = sqlx::query_as(
        "select a.alert, a.release, a.report_version, a.created_at from alerts a join cases c on c.id = a.case_id \
         where a.case_id = $1 and c.proband = $2 order by a.sequence",
    )
    .bind(&case.0)
    .bind(&proband.0)
    .fetch_all(&house.pool)
    .await?;
    let told = |(alert, release, report, at): (String, String, i64, String)| {
        Ok(Told { alert: stored_json(WHAT, &alert)?, release, report: unsigned(WHAT, report)?, at: stored(WHAT, &at)? })
    };
    rows.into_iter().map(told).collect()
}

/// Whether a case's latest report was held against a release. Says nothing of what was found.
///
/// # Errors
/// When the database fails.
pub async fn is_done(house: &House, case: &CaseId, release: &str) -> Result<bool, StoreError> {
    let (done,): (i64,) = sqlx::query_as(
        "select count(*) from reanalyses where case_id = $1 and release = $2 and report_version = \
         (select coalesce(max(version), 0) from reports where case_id = $1)",
    )
    .bind(&case.0)
    .bind(release)
    .fetch_one(&house.pool)
    .await?;
    Ok(done > 0)
}

/// Marks a case's report as held against a release.
///
/// # Errors
/// When the database fails.
pub async fn mark_done(house: &House, case: &CaseId, release: &str, at: Timestamp) -> Result<(), StoreError> {
    let mut tx = house.begin().await?;
    sqlx::query(
        "insert into reanalyses (case_id, release, report_version, done_at) \
         select $1, $2, coalesce(max(version), 0), $3 from reports where case_id = $1 \
         on conflict (case_id, release, report_version) do nothing",
    )
    .bind(&case.0)
    .bind(release)
    .bind(at.to_string())
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(())
}

impl Writer<'_> {
    /// Adds the alerts of the grant's case that were not told yet; how many those are.
    ///
    /// # Errors
    /// When the grant is not for the case, or the database fails.
    pub async fn add_alerts(
        &mut self,
        case: &CaseId,
        release: &str,
        alerts: Vec<Alert>,
        at: Timestamp,
    ) -> Result<u64, StoreError> {
        self.demand_case(case)?;
        let rows: Vec<(String,)> = sqlx::query_as("select alert from alerts where case_id = $1 order by sequence")
            .bind(&case.0)
            .fetch_all(&mut *self.tx)
            .await?;
        let told: Vec<Alert> = rows.iter().map(|(text,)| stored_json(WHAT, text)).collect::<Result<_, StoreError>>()?;
        let report = signed(WHAT, self.report_version(case).await?)?;
        let mut sequence = told.len() as u64;
        let new = untold(alerts, &told);
        for alert in &new {
            sequence += 1;
            sqlx::query(
                "insert into alerts (case_id, sequence, release, report_version, alert, created_at) \
                 values ($1, $2, $3, $4, $5, $6)",
            )
            .bind(&case.0)
            .bind(signed(WHAT, sequence)?)
            .bind(release)
            .bind(report)
            .bind(to_json(WHAT, alert)?)
            .bind(at.to_string())
            .execute(&mut *self.tx)
            .await?;
        }
        Ok(new.len() as u64)
    }
}
