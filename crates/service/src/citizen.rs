//! The citizen's results in plain words: only what is signed, only what she wished.

use crate::{
    CitizenCase, CitizenFinding, CitizenPerson, CitizenResult, CitizenView, Error, Examined, Session, Signature, ask,
    open,
};
use indgang_gate::{Activity, Grant};
use indgang_interpret::report::{Finding, Report, ResultKind, SecondaryFinding};
use indgang_model::{CaseId, Category, Clock, PersonId, SecondaryFindingWish, Sensitive};
use indgang_store::conclusions::Causes;
use indgang_store::{House, cases, conclusions, persons, reports, secondary};

/// Her results and those of the children under 15 in her custody.
///
/// # Errors
/// [`Error::Refused`], or when the store fails.
pub async fn citizen_result(house: &House, clock: &dyn Clock, session: &Session) -> Result<CitizenView, Error> {
    let mut passage = house.passage().await?;
    let categories = [Category::Identity, Category::DiagnosticReport, Category::SecondaryFinding];
    let (request, _) = ask::own_people(&mut passage, session, Activity::ReadResult, &categories, clock.now()).await?;
    let (grant, _) = ask::read(passage, &request).await?;
    let mut people = Vec::new();
    for person in grant.subjects() {
        let identity = persons::identity(house, &grant, person).await?;
        let mut seen = Vec::new();
        for case in cases::of_person(house, &grant, person).await? {
            seen.extend(case_of(house, &grant, &case, person).await?);
        }
        people.push(CitizenPerson {
            id: person.clone(),
            name: identity.map_or_else(|| Sensitive::new(String::new()), |identity| identity.name),
            herself: session.person() == Some(person),
            cases: seen,
        });
    }
    people.sort_by_key(|person| !person.herself);
    Ok(CitizenView { people, log_index: grant.log_index() })
}

async fn case_of(house: &House, grant: &Grant, id: &CaseId, person: &PersonId) -> Result<Option<CitizenCase>, Error> {
    let Some(case) = cases::by_id(house, grant, id).await? else { return Ok(None) };
    let about_her = case.proband == *person;
    let signed = match cases::signature(house, id).await? {
        Some(signature) => Some(result(house, grant, id, person, about_her, &signature).await?),
        None => None,
    };
    Ok(Some(CitizenCase { id: case.id, about_her, signed }))
}

async fn result(
    house: &House,
    grant: &Grant,
    case: &CaseId,
    person: &PersonId,
    about_her: bool,
    signed: &cases::Signature,
) -> Result<CitizenResult, Error> {
    let secondary = secondary::of_person(house, grant, case, person).await?;
    let examined = match (grant.secondary_findings(person), &secondary) {
        (SecondaryFindingWish::None, _) => Examined::NotWished,
        (_, None) => Examined::No,
        (_, Some(_)) => Examined::Yes,
    };
    let going_along = secondary.into_iter().flatten().filter(|kept| !kept.is_left_out());
    let signature: Signature = open::signature(house, case).await?.ok_or(Error::NotInterpreted)?;
    let mut result = CitizenResult {
        result: None,
        findings: Vec::new(),
        conclusion: None,
        examined,
        secondary_findings: going_along.map(|kept| secondary_finding(kept.finding)).collect(),
        signature,
    };
    if about_her {
        let conclusions = conclusions::of_case(house, grant, case, person).await?;
        let conclusion = conclusions.into_iter().find(|version| version.version == signed.conclusion_version);
        let causes = conclusion.as_ref().and_then(|version| version.causes.clone());
        // A rank is one of the report in which it was judged.
        let version = causes.as_ref().map_or(signed.report_version, |causes| causes.report);
        let report = reports::of_proband(house, case, version).await?.ok_or(Error::NotInterpreted)?;
        let report = report.open(grant)?;
        let kind = conclusion.as_ref().and_then(|version| version.result).unwrap_or(report.result);
        result.result = Some(kind);
        result.findings = told(report, kind, causes.as_ref());
        result.conclusion = conclusion.map(|version| version.text);
    }
    Ok(result)
}

/// The findings that the geneticist judged to be the cause. An uncertain answer names none, since it is not an answer.
/// A conclusion of a house that did not ask yet names the report's first finding where both say diagnostic.
fn told(report: &Report, confirmed: ResultKind, causes: Option<&Causes>) -> Vec<CitizenFinding> {
    let findings = report.findings.iter();
    match (confirmed, causes) {
        (ResultKind::Diagnostic, Some(causes)) => {
            findings.filter(|f| causes.ranks.contains(&f.rank)).map(finding).collect()
        }
        (ResultKind::Diagnostic, None) if report.result == ResultKind::Diagnostic => {
            findings.take(1).map(finding).collect()
        }
        _ => Vec::new(),
    }
}

fn finding(finding: &Finding) -> CitizenFinding {
    let mode = serde_json::to_value(finding.mode_of_inheritance).ok();
    CitizenFinding {
        gene: finding.gene.symbol.clone(),
        disease: finding.disease.as_ref().map(|disease| disease.label.clone()),
        mode_of_inheritance: mode.and_then(|mode| mode.as_str().map(str::to_owned)).unwrap_or_default(),
        recurrence: finding.recurrence_risk.text.clone(),
        recurrence_da: finding.recurrence_risk.text_da.clone(),
    }
}

fn secondary_finding(finding: SecondaryFinding) -> CitizenFinding {
    CitizenFinding {
        gene: finding.gene.symbol,
        disease: Some(finding.disease.label),
        mode_of_inheritance: String::new(),
        recurrence: String::new(),
        recurrence_da: String::new(),
    }
}
