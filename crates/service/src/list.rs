//! The cases that are somebody's to work on.

use crate::views::FirstFinding;
use crate::{CaseLine, Error, Session, ask};
use indgang_gate::{Activity, Grant, Guarded, NotCovered, Obligation, RelationGrade};
use indgang_interpret::report::ResultKind;
use indgang_model::{CaseId, Category, Clock, PersonId, PhenotypicFeature, Role};
use indgang_store::{House, Passage, cases, conclusions, persons, reports};

/// The cases assigned to her or whose proband she treats, oldest first.
///
/// A case whose treatment relation has ended, or whose proband has blocked her, is left out rather than closing the
/// whole list; so is one that was recorded in a period which the proband has blocked.
///
/// # Errors
/// [`Error::Refused`] when no rule opens the list to her capacity, or when the store fails.
pub async fn list_cases(house: &House, clock: &dyn Clock, session: &Session) -> Result<Vec<CaseLine>, Error> {
    let now = clock.now();
    let mut passage = house.passage().await?;
    let near = current(&mut passage, session, now).await?;
    let categories: &[Category] = match session.role() {
        Role::Bioinformatician => &[Category::Phenotype, Category::Genome],
        _ => &[Category::Identity, Category::Phenotype, Category::Genome],
    };
    let probands = near.iter().map(|(_, proband)| proband.clone());
    let request = ask::request(session, Activity::ListCases, categories.iter().copied(), probands, None, now);
    let (grant, _) = ask::read(passage, &request).await?;
    let mut lines = Vec::with_capacity(near.len());
    for (case, proband) in near {
        lines.extend(line(house, &grant, &case, &proband).await?);
    }
    Ok(lines)
}

/// The cases near her for which there is a current treatment relation.
pub(crate) async fn current(
    passage: &mut Passage,
    session: &Session,
    now: indgang_model::Timestamp,
) -> Result<Vec<(CaseId, PersonId)>, Error> {
    let mut near = passage.cases_near(session.user()).await?;
    let probands = near.iter().map(|(_, proband)| proband.clone());
    let request = ask::request(session, Activity::ListCases, [], probands, None, now);
    let facts = passage.facts(&request).await?;
    let professional = session.on_responsibility_of().unwrap_or(session.user());
    let places = facts.responsible.get(professional).unwrap_or(&facts.places);
    near.retain(|(_, proband)| {
        facts.relation(professional, places, proband, now) >= RelationGrade::B
            && !facts.is_blocked(&request.actor, proband, now)
    });
    Ok(near)
}

async fn line(house: &House, grant: &Grant, id: &CaseId, proband: &PersonId) -> Result<Option<CaseLine>, Error> {
    let Some(case) = cases::by_id(house, grant, id).await? else { return Ok(None) };
    if grant.withholds_time(proband, case.created) {
        return Ok(None);
    }
    let named = grant.covers(proband, Category::Identity) && !grant.obliges(Obligation::Pseudonymise);
    let name = match named {
        false => None,
        true => persons::identity(house, grant, proband).await?.map(|identity| identity.name),
    };
    let summary = match grant.covers(proband, Category::Genome) {
        true => reports::of_proband_genome(house, id).await?.map(|summary| open(&summary, grant)).transpose()?,
        false => None,
    };
    let Summary { result, first_finding, signs } = summary.unwrap_or_default();
    let signs = if grant.covers(proband, Category::Phenotype) { signs } else { Vec::new() };
    Ok(Some(CaseLine {
        id: case.id,
        label: case.label,
        label_en: case.label_en,
        proband: name,
        status: case.status,
        concluded: conclusions::any(house, id).await?,
        signs,
        result,
        first_finding,
        milliseconds: case.milliseconds,
        created: case.created,
    }))
}

#[derive(Default)]
struct Summary {
    result: Option<ResultKind>,
    first_finding: Option<FirstFinding>,
    signs: Vec<PhenotypicFeature>,
}

fn open(report: &Guarded<reports::Summary>, grant: &Grant) -> Result<Summary, NotCovered> {
    let report = report.open(grant)?;
    let first = report.findings.first().map(|finding| {
        let why = finding.why.as_ref();
        FirstFinding {
            gene: finding.gene.symbol.clone(),
            disease: finding.disease.as_ref().map(|disease| disease.label.clone()),
            why: why.map(|part| part.text.clone()).unwrap_or_default(),
            why_da: why.map(|part| part.text_da.clone()).unwrap_or_default(),
        }
    });
    let signs = report.phenotypic_features.iter().filter(|sign| !sign.excluded).cloned().collect();
    Ok(Summary { result: Some(report.result), first_finding: first, signs })
}
