//! One case, as the one who opens it may see it.

use crate::{
    CasePerson, CaseView, Conclusion, Error, JudgedSecondaryFinding, SecondaryJudgement, Session, SetCriterion,
    Signature, ask,
};
use indgang_gate::{Activity, Facts, Grant, Obligation};
use indgang_interpret::acmg::{Change, with_changes};
use indgang_interpret::report::{ClassLine, Finding, Report};
use indgang_model::{CaseId, Category, Clock, LegalBasis, PersonId, Role, SecondaryFindingWish, Timestamp};
use indgang_store::cases::{Case, CaseStatus, Member};
use indgang_store::conclusions::Causes;
use indgang_store::reports::Summary;
use indgang_store::secondary::KeptSecondaryFinding;
use indgang_store::{House, cases, choices, conclusions, criteria, persons, reports, secondary, users};

/// Opens a case with its interpretation.
///
/// A case that does not exist is refused like one that is not hers, so that nobody learns which cases there are.
///
/// # Errors
/// [`Error::Refused`], [`Error::Withheld`], [`Error::NotInterpreted`], or when the store fails.
pub async fn open_case(house: &House, clock: &dyn Clock, session: &Session, case: &CaseId) -> Result<CaseView, Error> {
    Ok(open(house, clock, session, case).await?.0)
}

/// Opens a case with one of its findings and its evidence; `None` when its latest report has none of that rank.
///
/// # Errors
/// Those of [`open_case`].
pub async fn open_finding(
    house: &House,
    clock: &dyn Clock,
    session: &Session,
    case: &CaseId,
    rank: u32,
) -> Result<(CaseView, Option<Finding>), Error> {
    let (view, grant) = open(house, clock, session, case).await?;
    let finding = reports::finding(house, case, rank).await?;
    let mut finding = finding.map(|finding| finding.into_open(&grant)).transpose()?;
    if let Some(finding) = &mut finding {
        as_seen(finding, &view);
    }
    Ok((view, finding))
}

/// Opens a case's report with all of its findings, as the reader may see it, and without the secondary findings that were left
/// out of it.
///
/// # Errors
/// Those of [`open_case`].
pub async fn open_report(house: &House, clock: &dyn Clock, session: &Session, case: &CaseId) -> Result<Report, Error> {
    let (view, grant) = open(house, clock, session, case).await?;
    let mut findings = reports::findings(house, case).await?.into_open(&grant)?;
    findings.iter_mut().for_each(|finding| as_seen(finding, &view));
    let mut report = view.report.with_findings(findings);
    for person in view.people.into_iter().filter(|person| person.secondary_examined) {
        let told = person.secondary_findings.into_iter().filter(|one| !one.is_left_out()).map(|one| one.finding);
        report.secondary_findings.insert(person.sample, told.collect());
    }
    Ok(report)
}

/// Without what is the laboratory's only, and with what was set by hand.
fn as_seen(finding: &mut Finding, view: &CaseView) {
    if !view.relations_visible {
        finding.variants.iter_mut().for_each(|variant| variant.own_cohort = None);
    }
    finding.acmg = with_changes(&finding.acmg, &changes_of(&finding.name(), &view.criteria));
}

fn changes_of(finding: &str, set: &[SetCriterion]) -> Vec<Change> {
    set.iter().filter(|one| one.finding == finding).map(|one| one.change.clone()).collect()
}

async fn open(house: &House, clock: &dyn Clock, session: &Session, case: &CaseId) -> Result<(CaseView, Grant), Error> {
    let now = clock.now();
    let mut passage = house.passage().await?;
    let members = passage.members_of(case).await?;
    let categories = ask::case_categories(session.role());
    let mut request = ask::request(session, Activity::OpenCase, categories, members, Some(case), now);
    request.grounds = passage.grounds(session.key(), case, now).await?;
    let facts = passage.facts(&request).await?;
    let (grant, rule) = ask::answer(ask::log(passage, &request, &facts).await?.commit(now).await?)?;
    let mut view = view(house, &grant, rule, session, case, now).await?;
    if session.role() == Role::AuthorisedHealthProfessional {
        for person in &mut view.people {
            tell_a_professional(&grant, &facts, session, person, now);
        }
    }
    Ok((view, grant))
}

/// What the law lets an authorised health professional in treatment know beside the case: how surely she treats each of
/// the family, and that something is blocked. That somebody wished no secondary findings is told as her wish.
fn tell_a_professional(grant: &Grant, facts: &Facts, session: &Session, person: &mut CasePerson, now: Timestamp) {
    let wished = person.secondary_finding_wish != Some(SecondaryFindingWish::None);
    let blocked = grant.withheld(&person.id).filter(|category| wished || *category != Category::SecondaryFinding);
    person.withheld = blocked.collect();
    person.relation = Some(facts.relation(session.user(), &facts.places, &person.id, now));
}

async fn view(
    house: &House,
    grant: &Grant,
    rule: LegalBasis,
    session: &Session,
    id: &CaseId,
    now: Timestamp,
) -> Result<CaseView, Error> {
    let case = cases::by_id(house, grant, id).await?.ok_or(Error::NotInterpreted)?;
    withheld(grant, &case)?;
    let mut report = reports::latest(house, id).await?.ok_or(Error::NotInterpreted)?.into_open(grant)?;
    let relations_visible = !grant.obliges(Obligation::WithholdRelations);
    if !relations_visible {
        report.quality.relations.clear();
        report.quality.mendelian.clear();
    }
    let criteria = set_by_hand(house, grant, id, &case.proband).await?;
    lay_over(house, grant, id, &mut report, &criteria).await?;
    let mut people = Vec::with_capacity(case.members.len());
    for member in &case.members {
        people.push(person(house, grant, &case, member, now).await?);
    }
    let role_may = matches!(session.role(), Role::LaboratoryGeneticist | Role::AuthorisedHealthProfessional);
    Ok(CaseView {
        id: case.id,
        label: case.label,
        label_en: case.label_en,
        status: case.status,
        people,
        report,
        relations_visible,
        criteria,
        conclusions: written(house, grant, id, &case.proband).await?,
        signature: signature(house, id).await?,
        may_conclude: role_may && case.status == CaseStatus::Interpreted,
        rule,
        log_index: grant.log_index(),
    })
}

/// A report is about the whole family: what one of them withholds of it cannot be taken out, so the case stays closed.
pub(crate) fn withheld(grant: &Grant, case: &Case) -> Result<(), Error> {
    let needed = [Category::Phenotype, Category::Genome, Category::DiagnosticReport];
    let mut people = case.members.iter().map(|member| &member.person);
    let closed = |person: &PersonId| {
        grant.withholds_time(person, case.created) || grant.withheld(person).any(|category| needed.contains(&category))
    };
    if people.any(closed) { Err(Error::Withheld) } else { Ok(()) }
}

async fn person(
    house: &House,
    grant: &Grant,
    case: &Case,
    member: &Member,
    now: Timestamp,
) -> Result<CasePerson, Error> {
    let id = &member.person;
    let found = secondary::of_person(house, grant, &case.id, id).await?;
    let secondary_examined = found.is_some();
    let mut secondary_findings = Vec::new();
    for kept in found.unwrap_or_default() {
        secondary_findings.push(judged(house, grant, case, kept).await?);
    }
    let identity = match grant.covers(id, Category::Identity) {
        true => persons::identity(house, grant, id).await?,
        false => None,
    };
    let wish = match grant.covers(id, Category::Wish) {
        true => Some(choices::ledger(house, grant, id).await?.present(now).wishes().unwrap_or_default()),
        false => None,
    };
    Ok(CasePerson {
        id: id.clone(),
        sample: member.sample.clone(),
        name: identity.as_ref().map(|identity| identity.name.clone()),
        cpr: identity.map(|identity| indgang_model::Sensitive::new(identity.cpr.expose().to_owned())),
        secondary_finding_wish: wish.map(|wishes| wishes.secondary_findings),
        secondary_examined,
        secondary_findings,
        relation: None,
        withheld: Vec::new(),
    })
}

/// A secondary finding as the reader may see it, of those alone who wish to be told of theirs now.
async fn judged(
    house: &House,
    grant: &Grant,
    case: &Case,
    kept: KeptSecondaryFinding,
) -> Result<JudgedSecondaryFinding, Error> {
    let KeptSecondaryFinding { mut finding, changes } = kept;
    if grant.obliges(Obligation::WithholdRelations) {
        finding.variants.iter_mut().for_each(|variant| variant.own_cohort = None);
    }
    finding.show_as_wished(|sample| {
        let member = case.members.iter().find(|member| member.sample == sample);
        member.map_or(SecondaryFindingWish::None, |member| grant.secondary_findings(&member.person))
    });
    let mut said = Vec::with_capacity(changes.len());
    for change in changes {
        let by = users::display_name(house, &change.author).await?;
        said.push(SecondaryJudgement { left_out: change.left_out, by, at: change.at, reason: change.reason });
    }
    Ok(JudgedSecondaryFinding { finding, said })
}

async fn written(house: &House, grant: &Grant, case: &CaseId, proband: &PersonId) -> Result<Vec<Conclusion>, Error> {
    if !grant.covers(proband, Category::DiagnosticReport) {
        return Ok(Vec::new());
    }
    let mut conclusions = Vec::new();
    for conclusion in conclusions::of_case(house, grant, case, proband).await? {
        let author_name = users::display_name(house, &conclusion.author).await?;
        let conclusions::Conclusion { author, at, text, result, causes, .. } = conclusion;
        let Causes { ranks, elsewhere, .. } = causes.unwrap_or_default();
        conclusions.push(Conclusion {
            author,
            author_name,
            text,
            result,
            causes: ranks,
            cause_elsewhere: elsewhere,
            at,
        });
    }
    Ok(conclusions)
}

async fn set_by_hand(
    house: &House,
    grant: &Grant,
    case: &CaseId,
    proband: &PersonId,
) -> Result<Vec<SetCriterion>, Error> {
    if !grant.covers(proband, Category::DiagnosticReport) {
        return Ok(Vec::new());
    }
    let mut set = Vec::new();
    for one in criteria::of_case(house, grant, case, proband).await? {
        let by = users::display_name(house, &one.author).await?;
        let criteria::CriterionChange { finding, criterion, setting, reason, at, .. } = one;
        let change = Change { criterion, setting, reason: reason.expose().clone(), by, at };
        set.push(SetCriterion { finding, change });
    }
    Ok(set)
}

/// The classes of the findings as they follow from what was set by hand.
async fn lay_over(
    house: &House,
    grant: &Grant,
    case: &CaseId,
    report: &mut Summary,
    set: &[SetCriterion],
) -> Result<(), Error> {
    for line in &mut report.findings {
        let changes = changes_of(&line.name(), set);
        if changes.is_empty() {
            continue;
        }
        if let Some(finding) = reports::finding(house, case, line.rank).await? {
            line.acmg = ClassLine::from(&with_changes(&finding.into_open(grant)?.acmg, &changes));
        }
    }
    Ok(())
}

pub(crate) async fn signature(house: &House, case: &CaseId) -> Result<Option<Signature>, Error> {
    let Some(signature) = cases::signature(house, case).await? else { return Ok(None) };
    let by_name = users::display_name(house, &signature.by).await?;
    Ok(Some(Signature { by: signature.by, by_name, at: signature.at }))
}
