//! Cases: a family's question, its members, its inputs, how far it is.

use crate::error::{from_word, signed, stored, to_word, unsigned};
use crate::{House, Passage, StoreError, Writer};
use indgang_gate::{Grant, NotCovered, UserId};
use indgang_model::{CaseId, Category, PersonId, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// How far a case is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CaseStatus {
    /// Taken in, not interpreted.
    New,
    /// Being interpreted.
    Interpreting,
    /// Interpreted, not signed.
    Interpreted,
    /// Signed.
    Signed,
}

/// A case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// Identifier.
    pub id: CaseId,
    /// What it is called, in Danish. Must not name a person.
    pub label: String,
    /// The same in English; empty when it is not known.
    pub label_en: String,
    /// The one it is about.
    pub proband: PersonId,
    /// How far it is.
    pub status: CaseStatus,
    /// When it came into the house.
    pub created: Timestamp,
    /// How long the interpretation took, in milliseconds.
    pub milliseconds: u64,
    /// Members in pedigree order.
    pub members: Vec<Member>,
}

/// A member of a case's family.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The person.
    pub person: PersonId,
    /// Her sample's name in the report.
    pub sample: String,
}

/// A file a case was interpreted from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct InputFile {
    /// What it is within the case: `vcf`, `ped`, `phenopacket` or a file's name without folder.
    pub name: String,
    /// SHA-256 of its bytes, 64 hexadecimal digits.
    pub sha256: String,
}

/// A signature under a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// Who signed.
    pub by: UserId,
    /// When.
    pub at: Timestamp,
    /// Which version of the report.
    pub report_version: u64,
    /// Which version of the conclusion.
    pub conclusion_version: u64,
}

/// A case; `None` when there is none.
///
/// # Errors
/// When the grant does not cover the proband or a member in any way, or the database fails.
pub async fn by_id(house: &House, grant: &Grant, id: &CaseId) -> Result<Option<Case>, StoreError> {
    let row: Option<Row> = sqlx::query_as(
        "select id, label, label_en, proband, status, created_at, milliseconds from cases where id = $1",
    )
    .bind(&id.0)
    .fetch_optional(&house.pool)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let members: Vec<(String, String)> =
        sqlx::query_as("select person_id, sample from case_members where case_id = $1 order by position")
            .bind(&id.0)
            .fetch_all(&house.pool)
            .await?;
    // Members outside the grant are left out: a relative's place in a case is hers.
    let members: Vec<Member> = members
        .into_iter()
        .map(|(person, sample)| Member { person: PersonId(person), sample })
        .filter(|member| grant.subjects().any(|subject| *subject == member.person))
        .collect();
    if members.is_empty() {
        return Err(NotCovered { category: Category::Identity }.into());
    }
    case(row, members).map(Some)
}

/// The cases a person of the grant is a member of, by the time they came in.
///
/// # Errors
/// When the grant does not open the person's reports or genome, or the database fails.
pub async fn of_person(house: &House, grant: &Grant, person: &PersonId) -> Result<Vec<CaseId>, StoreError> {
    if !grant.covers(person, Category::DiagnosticReport) && !grant.covers(person, Category::Genome) {
        return Err(NotCovered { category: Category::DiagnosticReport }.into());
    }
    let rows: Vec<(String,)> = sqlx::query_as(
        "select c.id from cases c join case_members m on m.case_id = c.id where m.person_id = $1 order by c.created_at, c.id",
    )
    .bind(&person.0)
    .fetch_all(&house.pool)
    .await?;
    Ok(rows.into_iter().map(|(id,)| CaseId(id)).collect())
}

/// The signature under a case; `None` while it is not signed. Names no member.
///
/// # Errors
/// When the database fails.
pub async fn signature(house: &House, id: &CaseId) -> Result<Option<Signature>, StoreError> {
    let row: Option<(String, String, i64, i64)> = sqlx::query_as(
        "select signed_by, signed_at, report_version, conclusion_version from signatures where case_id = $1",
    )
    .bind(&id.0)
    .fetch_optional(&house.pool)
    .await?;
    let Some((by, at, report, conclusion)) = row else { return Ok(None) };
    Ok(Some(Signature {
        by: UserId(by),
        at: stored("signatures", &at)?,
        report_version: unsigned("signatures", report)?,
        conclusion_version: unsigned("signatures", conclusion)?,
    }))
}

/// The case that was interpreted from exactly these inputs; `None` when there is none.
///
/// # Errors
/// When the database fails.
pub async fn by_inputs(house: &House, inputs: &[InputFile]) -> Result<Option<CaseId>, StoreError> {
    let row: Option<(String,)> = sqlx::query_as("select id from cases where input_hash = $1")
        .bind(input_hash(inputs))
        .fetch_optional(&house.pool)
        .await?;
    Ok(row.map(|(id,)| CaseId(id)))
}

impl Passage {
    /// The persons of a case, for the question that is put to the gate; empty when there is no such case.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn members_of(&mut self, case: &CaseId) -> Result<Vec<PersonId>, StoreError> {
        let rows: Vec<(String,)> =
            sqlx::query_as("select person_id from case_members where case_id = $1 order by position")
                .bind(&case.0)
                .fetch_all(self.connection())
                .await?;
        Ok(rows.into_iter().map(|(id,)| PersonId(id)).collect())
    }

    /// The cases that are assigned to a user or whose proband she treats, each with its proband.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn cases_near(&mut self, user: &UserId) -> Result<Vec<(CaseId, PersonId)>, StoreError> {
        let rows: Vec<(String, String)> = sqlx::query_as(
            "select id, proband from cases where id in (select case_id from assignments where user_id = $1) \
             or proband in (select person_id from treatment_relations where professional = $1) order by created_at, id",
        )
        .bind(&user.0)
        .fetch_all(self.connection())
        .await?;
        Ok(rows.into_iter().map(|(case, proband)| (CaseId(case), PersonId(proband))).collect())
    }
}

impl Writer<'_> {
    /// The case that was interpreted from exactly these inputs.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn case_by_inputs(&mut self, inputs: &[InputFile]) -> Result<Option<CaseId>, StoreError> {
        let row: Option<(String,)> = sqlx::query_as("select id from cases where input_hash = $1")
            .bind(input_hash(inputs))
            .fetch_optional(&mut *self.tx)
            .await?;
        Ok(row.map(|(id,)| CaseId(id)))
    }

    /// Adds a case with its members and inputs.
    ///
    /// # Errors
    /// [`StoreError::Exists`] when the identifier is taken; when the grant is not for the case or does not cover every
    /// member's genome; when the database fails.
    pub async fn add_case(&mut self, case: &Case, inputs: &[InputFile]) -> Result<(), StoreError> {
        self.demand_case(&case.id)?;
        let taken: Option<(String,)> =
            sqlx::query_as("select id from cases where id = $1").bind(&case.id.0).fetch_optional(&mut *self.tx).await?;
        if taken.is_some() {
            return Err(StoreError::Exists("cases"));
        }
        sqlx::query(
            "insert into cases (id, label, label_en, proband, status, input_hash, created_at, milliseconds) \
             values ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(&case.id.0)
        .bind(&case.label)
        .bind(&case.label_en)
        .bind(&case.proband.0)
        .bind(to_word("cases", &case.status)?)
        .bind(input_hash(inputs))
        .bind(case.created.to_string())
        .bind(signed("cases", case.milliseconds)?)
        .execute(&mut *self.tx)
        .await?;
        for input in inputs {
            sqlx::query("insert into case_inputs (case_id, name, sha256) values ($1, $2, $3)")
                .bind(&case.id.0)
                .bind(&input.name)
                .bind(&input.sha256)
                .execute(&mut *self.tx)
                .await?;
        }
        for (position, member) in (0i64..).zip(&case.members) {
            self.demand(&member.person, Category::Genome)?;
            sqlx::query("insert into case_members (case_id, person_id, position, sample) values ($1, $2, $3, $4)")
                .bind(&case.id.0)
                .bind(&member.person.0)
                .bind(position)
                .bind(&member.sample)
                .execute(&mut *self.tx)
                .await?;
        }
        Ok(())
    }

    /// How far the case of the grant is; `None` when there is none.
    ///
    /// # Errors
    /// When the grant is not for the case, or the database fails.
    pub async fn status(&mut self, id: &CaseId) -> Result<Option<CaseStatus>, StoreError> {
        self.demand_case(id)?;
        let row: Option<(String,)> =
            sqlx::query_as("select status from cases where id = $1").bind(&id.0).fetch_optional(&mut *self.tx).await?;
        row.map(|(status,)| from_word("cases", status)).transpose()
    }

    /// Signs the latest report and the latest conclusion of the case of the grant.
    ///
    /// # Errors
    /// When the grant is not for the case, it is signed already, or the database fails.
    pub async fn sign(&mut self, id: &CaseId, signature: &Signature) -> Result<(), StoreError> {
        self.demand_case(id)?;
        sqlx::query(
            "insert into signatures (case_id, report_version, conclusion_version, signed_by, signed_at) \
             values ($1, $2, $3, $4, $5)",
        )
        .bind(&id.0)
        .bind(signed("signatures", signature.report_version)?)
        .bind(signed("signatures", signature.conclusion_version)?)
        .bind(&signature.by.0)
        .bind(signature.at.to_string())
        .execute(&mut *self.tx)
        .await?;
        sqlx::query("update cases set status = $1 where id = $2")
            .bind(to_word("cases", &CaseStatus::Signed)?)
            .bind(&id.0)
            .execute(&mut *self.tx)
            .await?;
        Ok(())
    }

    /// Checks that the grant is for the case.
    pub(crate) fn demand_case(&self, case: &CaseId) -> Result<(), StoreError> {
        let same = self.grant.case() == Some(case);
        if same { Ok(()) } else { Err(NotCovered { category: Category::DiagnosticReport }.into()) }
    }
}

type Row = (String, String, Option<String>, String, String, String, i64);

fn case(
    (id, label, label_en, proband, status, created, milliseconds): Row,
    members: Vec<Member>,
) -> Result<Case, StoreError> {
    Ok(Case {
        id: CaseId(id),
        label,
        label_en: label_en.unwrap_or_default(),
        proband: PersonId(proband),
        status: from_word("cases", status)?,
        created: stored("cases", &created)?,
        milliseconds: unsigned("cases", milliseconds)?,
        members,
    })
}

/// One hash over all inputs, whatever their order.
fn input_hash(inputs: &[InputFile]) -> String {
    let mut inputs: Vec<&InputFile> = inputs.iter().collect();
    inputs.sort();
    let mut hash = Sha256::new();
    for input in inputs {
        hash.update(format!("{}\0{}\n", input.name, input.sha256));
    }
    indgang_gate::log::Hash(hash.finalize().into()).to_string()
}
