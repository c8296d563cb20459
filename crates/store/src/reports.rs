//! Reports and their findings, as versions. What is read comes out guarded.
//!
//! A report is kept as its summary, and each finding by itself: a page that lists two hundred findings need not read
//! all their evidence, and a page about one reads one.

use crate::error::{signed, stored_json, to_json, unsigned};
use crate::{Connection, House, StoreError, Writer};
use indgang_gate::{Guarded, NotCovered};
use indgang_interpret::report::{Finding, FindingLine, Report};
use indgang_model::{CaseId, Category, PersonId, Timestamp};
use std::collections::BTreeSet;

/// A report with a line for each finding.
pub type Summary = Report<FindingLine>;

/// The latest report of a case; opens with a grant for every member's genome.
/// Secondary findings are not in it. `None` when there is none.
///
/// # Errors
/// When the database fails.
pub async fn latest(house: &House, case: &CaseId) -> Result<Option<Guarded<Summary>>, StoreError> {
    guarded(house, case, None, members(house, case).await?, Category::Genome).await
}

/// One finding of a case's latest report with everybody's genotypes; opens with a grant for every member's genome.
/// `None` when there is none of that rank.
///
/// # Errors
/// When the database fails.
pub async fn finding(house: &House, case: &CaseId, rank: u32) -> Result<Option<Guarded<Finding>>, StoreError> {
    let row: Option<(String,)> = sqlx::query_as(
        "select finding from report_findings where case_id = $1 and rank = $2 \
         and version = (select max(version) from reports where case_id = $1)",
    )
    .bind(&case.0)
    .bind(i64::from(rank))
    .fetch_optional(&house.pool)
    .await?;
    let Some((text,)) = row else { return Ok(None) };
    let finding = stored_json("report_findings", &text)?;
    Ok(Some(Guarded::new(members(house, case).await?, Category::Genome, finding)))
}

/// Every finding of a case's latest report with everybody's genotypes, in the order of their ranks; opens with a grant for
/// every member's genome.
///
/// # Errors
/// When the database fails.
pub async fn findings(house: &House, case: &CaseId) -> Result<Guarded<Vec<Finding>>, StoreError> {
    let mut connection = house.pool.acquire().await?;
    let (latest,): (i64,) = sqlx::query_as("select coalesce(max(version), 0) from reports where case_id = $1")
        .bind(&case.0)
        .fetch_one(&mut *connection)
        .await?;
    let findings = findings_of(&mut connection, case, latest).await?;
    drop(connection);
    Ok(Guarded::new(members(house, case).await?, Category::Genome, findings))
}

async fn findings_of(connection: &mut Connection, case: &CaseId, version: i64) -> Result<Vec<Finding>, StoreError> {
    let rows: Vec<(String,)> =
        sqlx::query_as("select finding from report_findings where case_id = $1 and version = $2 order by rank")
            .bind(&case.0)
            .bind(version)
            .fetch_all(connection)
            .await?;
    rows.iter().map(|(text,)| stored_json("report_findings", text)).collect()
}

async fn members(house: &House, case: &CaseId) -> Result<BTreeSet<PersonId>, StoreError> {
    let members: Vec<(String,)> = sqlx::query_as("select person_id from case_members where case_id = $1")
        .bind(&case.0)
        .fetch_all(&house.pool)
        .await?;
    Ok(members.into_iter().map(|(id,)| PersonId(id)).collect())
}

/// The latest report for a line of a list; opens with a grant for the proband's genome.
///
/// # Errors
/// When the database fails.
pub async fn of_proband_genome(house: &House, case: &CaseId) -> Result<Option<Guarded<Summary>>, StoreError> {
    let Some(proband) = proband(house, case).await? else { return Ok(None) };
    guarded(house, case, None, [proband].into(), Category::Genome).await
}

/// A version of the report for the one it is about, all of its findings with it; opens with a grant for the proband's
/// reports.
///
/// # Errors
/// When the database fails.
pub async fn of_proband(house: &House, case: &CaseId, version: u64) -> Result<Option<Guarded<Report>>, StoreError> {
    let Some(proband) = proband(house, case).await? else { return Ok(None) };
    let mut connection = house.pool.acquire().await?;
    let Some((version, summary)) = summary(&mut connection, case, Some(version)).await? else { return Ok(None) };
    let findings = findings_of(&mut connection, case, version).await?;
    Ok(Some(Guarded::new([proband].into(), Category::DiagnosticReport, summary.with_findings(findings))))
}

impl Writer<'_> {
    /// Adds a version of a case's report, and apart from it each member's secondary findings.
    ///
    /// `of_sample` gives the person of a sample; findings of a sample that is no member's are refused.
    ///
    /// # Errors
    /// When the grant is not for the case or does not cover a person's genome, or the database fails.
    pub async fn add_report(
        &mut self,
        case: &CaseId,
        report: &Report,
        of_sample: impl Fn(&str) -> Option<PersonId>,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        self.demand_case(case)?;
        let version = signed("reports", self.report_version(case).await? + 1)?;
        let mut apart = report.clone();
        let secondary = std::mem::take(&mut apart.secondary_findings);
        sqlx::query("insert into reports (case_id, version, created_at, report, apart) values ($1, $2, $3, $4, 1)")
            .bind(&case.0)
            .bind(version)
            .bind(at.to_string())
            .bind(to_json("reports", &apart.summary())?)
            .execute(&mut *self.tx)
            .await?;
        insert_findings(self.tx, &case.0, version, &apart.findings).await?;
        for (sample, findings) in &secondary {
            let person = of_sample(sample).ok_or(NotCovered { category: Category::SecondaryFinding })?;
            self.demand(&person, Category::Genome)?;
            sqlx::query(
                "insert into secondary_findings (case_id, version, person_id, findings) values ($1, $2, $3, $4)",
            )
            .bind(&case.0)
            .bind(version)
            .bind(&person.0)
            .bind(to_json("secondary_findings", findings)?)
            .execute(&mut *self.tx)
            .await?;
        }
        Ok(())
    }

    /// How many findings the latest report of the grant's case ranks, and nothing else of it; 0 when there is none.
    ///
    /// # Errors
    /// When the grant is not for the case, or the database fails.
    pub async fn ranked_findings(&mut self, case: &CaseId) -> Result<usize, StoreError> {
        self.demand_case(case)?;
        let (findings,): (i64,) = sqlx::query_as(
            "select count(*) from report_findings where case_id = $1 \
             and version = (select max(version) from reports where case_id = $1)",
        )
        .bind(&case.0)
        .fetch_one(&mut *self.tx)
        .await?;
        usize::try_from(findings).map_err(|_| StoreError::Corrupt("report_findings"))
    }

    /// Number of the latest version of a case's report; 0 when there is none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn report_version(&mut self, case: &CaseId) -> Result<u64, StoreError> {
        let (version,): (i64,) = sqlx::query_as("select coalesce(max(version), 0) from reports where case_id = $1")
            .bind(&case.0)
            .fetch_one(&mut *self.tx)
            .await?;
        unsigned("reports", version)
    }
}

async fn proband(house: &House, case: &CaseId) -> Result<Option<PersonId>, StoreError> {
    let row: Option<(String,)> =
        sqlx::query_as("select proband from cases where id = $1").bind(&case.0).fetch_optional(&house.pool).await?;
    Ok(row.map(|(id,)| PersonId(id)))
}

async fn guarded(
    house: &House,
    case: &CaseId,
    version: Option<u64>,
    subjects: BTreeSet<PersonId>,
    category: Category,
) -> Result<Option<Guarded<Summary>>, StoreError> {
    let mut connection = house.pool.acquire().await?;
    let summary = summary(&mut connection, case, version).await?;
    Ok(summary.map(|(_, summary)| Guarded::new(subjects, category, summary)))
}

/// The latest summary, or the latest of those up to a version, with its number.
async fn summary(
    connection: &mut Connection,
    case: &CaseId,
    version: Option<u64>,
) -> Result<Option<(i64, Summary)>, StoreError> {
    let version = version.map(|version| signed("reports", version)).transpose()?.unwrap_or(i64::MAX);
    let row: Option<(i64, String)> = sqlx::query_as(
        "select version, report from reports where case_id = $1 and version <= $2 order by version desc limit 1",
    )
    .bind(&case.0)
    .bind(version)
    .fetch_optional(connection)
    .await?;
    row.map(|(version, text)| Ok((version, stored_json("reports", &text)?))).transpose()
}

async fn insert_findings(
    tx: &mut Connection,
    case: &str,
    version: i64,
    findings: &[Finding],
) -> Result<(), StoreError> {
    for finding in findings {
        sqlx::query("insert into report_findings (case_id, version, rank, finding) values ($1, $2, $3, $4)")
            .bind(case)
            .bind(version)
            .bind(i64::from(finding.rank))
            .bind(to_json("report_findings", finding)?)
            .execute(&mut *tx)
            .await?;
    }
    Ok(())
}

/// Takes the findings out of reports that were kept whole: those of an earlier program, or out of its archive.
pub(crate) async fn take_apart(tx: &mut Connection) -> Result<(), StoreError> {
    while let Some((case, version, text)) = whole(tx).await? {
        let report: Report = stored_json("reports", &text)?;
        insert_findings(tx, &case, version, &report.findings).await?;
        sqlx::query("update reports set report = $1, apart = 1 where case_id = $2 and version = $3")
            .bind(to_json("reports", &report.summary())?)
            .bind(&case)
            .bind(version)
            .execute(&mut *tx)
            .await?;
    }
    Ok(())
}

async fn whole(tx: &mut Connection) -> Result<Option<(String, i64, String)>, StoreError> {
    Ok(sqlx::query_as("select case_id, version, report from reports where apart = 0 limit 1")
        .fetch_optional(tx)
        .await?)
}
