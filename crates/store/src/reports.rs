//! Reports and secondary findings, as versions. What is read comes out guarded.

use crate::error::{signed, stored_json, to_json, unsigned};
use crate::{House, StoreError, Writer};
use indgang_gate::{Grant, Guarded, NotCovered};
use indgang_interpret::report::{Report, SecondaryFinding};
use indgang_model::{CaseId, Category, PersonId, SecondaryFindingWish, Timestamp};
use std::collections::BTreeSet;

/// The latest report of a case with everybody's genotypes; opens with a grant for every member's genome.
/// Secondary findings are not in it. `None` when there is none.
///
/// # Errors
/// When the database fails.
pub async fn latest(house: &House, case: &CaseId) -> Result<Option<Guarded<Report>>, StoreError> {
    let members: Vec<(String,)> = sqlx::query_as("select person_id from case_members where case_id = $1")
        .bind(&case.0)
        .fetch_all(&house.pool)
        .await?;
    let members = members.into_iter().map(|(id,)| PersonId(id)).collect();
    guarded(house, case, None, members, Category::Genome).await
}

/// The latest report for a line of a list; opens with a grant for the proband's genome.
///
/// # Errors
/// When the database fails.
pub async fn of_proband_genome(house: &House, case: &CaseId) -> Result<Option<Guarded<Report>>, StoreError> {
    let Some(proband) = proband(house, case).await? else { return Ok(None) };
    guarded(house, case, None, [proband].into(), Category::Genome).await
}

/// A version of the report for the one it is about; opens with a grant for the proband's reports.
///
/// # Errors
/// When the database fails.
pub async fn of_proband(house: &House, case: &CaseId, version: u64) -> Result<Option<Guarded<Report>>, StoreError> {
    let Some(proband) = proband(house, case).await? else { return Ok(None) };
    guarded(house, case, Some(version), [proband].into(), Category::DiagnosticReport).await
}

/// A person's secondary findings in a case's latest report, as she wished them; empty when the grant does not open them.
///
/// # Errors
/// When the database fails.
pub async fn secondary_findings(
    house: &House,
    grant: &Grant,
    case: &CaseId,
    person: &PersonId,
) -> Result<Vec<SecondaryFinding>, StoreError> {
    let wish = grant.secondary_findings(person);
    if wish == SecondaryFindingWish::None {
        return Ok(Vec::new());
    }
    let row: Option<(String,)> = sqlx::query_as(
        "select findings from secondary_findings where case_id = $1 and person_id = $2 order by version desc limit 1",
    )
    .bind(&case.0)
    .bind(&person.0)
    .fetch_optional(&house.pool)
    .await?;
    let mut findings: Vec<SecondaryFinding> =
        row.map_or(Ok(Vec::new()), |(text,)| stored_json("secondary_findings", &text))?;
    findings.retain(|finding| wish == SecondaryFindingWish::All || treatable_or_preventable(finding));
    Ok(findings)
}

/// Whether a finding is of a disease that can be treated or prevented.
///
/// The ACMG list holds only such genes (that is its criterion for inclusion), and it is the only list the house has;
/// a finding that names no list version is not known to be, and is not told to those who wished the narrower choice.
fn treatable_or_preventable(finding: &SecondaryFinding) -> bool {
    !finding.list_version.trim().is_empty()
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
        let version = self.report_version(case).await? + 1;
        let mut apart = report.clone();
        let secondary = std::mem::take(&mut apart.secondary_findings);
        sqlx::query("insert into reports (case_id, version, created_at, report) values ($1, $2, $3, $4)")
            .bind(&case.0)
            .bind(signed("reports", version)?)
            .bind(at.to_string())
            .bind(to_json("reports", &apart)?)
            .execute(&mut *self.tx)
            .await?;
        for (sample, findings) in &secondary {
            let person = of_sample(sample).ok_or(NotCovered { category: Category::SecondaryFinding })?;
            self.demand(&person, Category::Genome)?;
            sqlx::query(
                "insert into secondary_findings (case_id, version, person_id, findings) values ($1, $2, $3, $4)",
            )
            .bind(&case.0)
            .bind(signed("secondary_findings", version)?)
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
        #[derive(serde::Deserialize)]
        struct Ranked {
            findings: Vec<serde::de::IgnoredAny>,
        }
        self.demand_case(case)?;
        let row: Option<(String,)> =
            sqlx::query_as("select report from reports where case_id = $1 order by version desc limit 1")
                .bind(&case.0)
                .fetch_optional(&mut *self.tx)
                .await?;
        row.map_or(Ok(0), |(text,)| Ok(stored_json::<Ranked>("reports", &text)?.findings.len()))
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
) -> Result<Option<Guarded<Report>>, StoreError> {
    let version = version.map(|version| signed("reports", version)).transpose()?.unwrap_or(i64::MAX);
    let row: Option<(String,)> =
        sqlx::query_as("select report from reports where case_id = $1 and version <= $2 order by version desc limit 1")
            .bind(&case.0)
            .bind(version)
            .fetch_optional(&house.pool)
            .await?;
    row.map(|(text,)| Ok(Guarded::new(subjects, category, stored_json("reports", &text)?))).transpose()
}
