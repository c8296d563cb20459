//! Secondary findings as each person wished them, with what was left out of them one by one: a history to which is added, and
//! of which nothing is taken.

use crate::error::{signed, stored, stored_json, unsigned};
use crate::{House, StoreError, Writer};
use indgang_gate::{Grant, UserId};
use indgang_interpret::report::SecondaryFinding;
use indgang_model::{CaseId, Category, PersonId, SecondaryFindingWish, Sensitive, Timestamp};

/// A secondary finding of a person was left out of a case's report, or put back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecondaryChange {
    /// Version of the report that was the latest then.
    pub report: u64,
    /// Whose.
    pub person: PersonId,
    /// The finding, by [`SecondaryFinding::name`].
    pub finding: String,
    /// True when it was left out, false when it was put back.
    pub left_out: bool,
    /// Why.
    pub reason: Sensitive<String>,
    /// By whom.
    pub author: UserId,
    /// When.
    pub at: Timestamp,
}

/// A secondary finding with what was said of it.
#[derive(Debug, Clone, PartialEq)]
pub struct KeptSecondaryFinding {
    /// The finding.
    pub finding: SecondaryFinding,
    /// What was said, oldest first.
    pub changes: Vec<SecondaryChange>,
}

impl KeptSecondaryFinding {
    /// True when it does not go with the report.
    pub fn is_left_out(&self) -> bool {
        self.changes.last().is_some_and(|change| change.left_out)
    }
}

const FINDINGS: &str = "secondary_findings";
const CHANGES: &str = "secondary_finding_changes";

/// A person's secondary findings in a case's latest report, as she wished them, those that were left out with them; `None`
/// when she wishes none as the grant knows it, or nobody looked, since she had wished none when the case was interpreted.
///
/// # Errors
/// When the database fails.
pub async fn of_person(
    house: &House,
    grant: &Grant,
    case: &CaseId,
    person: &PersonId,
) -> Result<Option<Vec<KeptSecondaryFinding>>, StoreError> {
    let wish = grant.secondary_findings(person);
    if wish == SecondaryFindingWish::None {
        return Ok(None);
    }
    let Some(findings) = latest(&house.pool, case, person).await? else { return Ok(None) };
    let changes = changes_of(house, case, person).await?;
    let kept = |finding: SecondaryFinding| {
        let name = finding.name();
        let changes = changes.iter().filter(|change| change.finding == name).cloned().collect();
        KeptSecondaryFinding { finding, changes }
    };
    Ok(Some(findings.into_iter().filter(|finding| finding.is_told(wish)).map(kept).collect()))
}

/// A person's secondary findings in a case's latest report, whatever she wishes; `None` when nobody looked.
async fn latest(
    from: impl sqlx::AnyExecutor<'_>,
    case: &CaseId,
    person: &PersonId,
) -> Result<Option<Vec<SecondaryFinding>>, StoreError> {
    let row: Option<(String,)> = sqlx::query_as(
        "select findings from secondary_findings where case_id = $1 and person_id = $2 order by version desc limit 1",
    )
    .bind(&case.0)
    .bind(&person.0)
    .fetch_optional(from)
    .await?;
    row.map(|(text,)| stored_json(FINDINGS, &text)).transpose()
}

type Row = (i64, String, i64, String, String, String);

async fn changes_of(house: &House, case: &CaseId, person: &PersonId) -> Result<Vec<SecondaryChange>, StoreError> {
    let rows: Vec<Row> = sqlx::query_as(
        "select report_version, finding, left_out, reason, author, written_at from secondary_finding_changes \
         where case_id = $1 and person_id = $2 order by sequence",
    )
    .bind(&case.0)
    .bind(&person.0)
    .fetch_all(&house.pool)
    .await?;
    let change = |(report, finding, left_out, reason, author, at): Row| {
        Ok(SecondaryChange {
            report: unsigned(CHANGES, report)?,
            person: person.clone(),
            finding,
            left_out: left_out != 0,
            reason: Sensitive::new(reason),
            author: UserId(author),
            at: stored(CHANGES, &at)?,
        })
    };
    rows.into_iter().map(change).collect()
}

impl Writer<'_> {
    /// Whether the latest report of the grant's case has a secondary finding of that name of the person; false of one that
    /// the grant does not show.
    ///
    /// # Errors
    /// When the grant is not for the case, or the database fails.
    pub async fn has_secondary_finding(
        &mut self,
        case: &CaseId,
        person: &PersonId,
        name: &str,
    ) -> Result<bool, StoreError> {
        self.demand_case(case)?;
        let wish = self.grant.secondary_findings(person);
        let findings = latest(&mut *self.tx, case, person).await?.unwrap_or_default();
        Ok(findings.iter().any(|finding| finding.is_told(wish) && finding.name() == name))
    }

    /// Adds a change to the history of the grant's case.
    ///
    /// # Errors
    /// When the grant is not for the case or does not cover the person's secondary findings, or the database fails.
    pub async fn add_secondary_change(&mut self, case: &CaseId, change: &SecondaryChange) -> Result<(), StoreError> {
        self.demand_case(case)?;
        self.demand(&change.person, Category::SecondaryFinding)?;
        sqlx::query(
            "insert into secondary_finding_changes \
             (case_id, sequence, report_version, person_id, finding, left_out, reason, author, written_at) \
             select $1, coalesce(max(sequence), 0) + 1, $2, $3, $4, $5, $6, $7, $8 \
             from secondary_finding_changes where case_id = $1",
        )
        .bind(&case.0)
        .bind(signed(CHANGES, change.report)?)
        .bind(&change.person.0)
        .bind(&change.finding)
        .bind(i64::from(change.left_out))
        .bind(change.reason.expose())
        .bind(&change.author.0)
        .bind(change.at.to_string())
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }
}
