//! What the operator of the command line does with files she holds: interpret them, and take a case into the house.

use crate::{Error, ask};
use indgang_gate::ledger::{Draft, Statement};
use indgang_gate::{Activity, Actor, Facts, Grant, Grounds, Request, UserId};
use indgang_genomics::cohort::CallSet;
use indgang_interpret::own_cohort::OwnCohort;
use indgang_interpret::report::Report;
use indgang_model::{
    Assembly, CaseId, Category, Clock, Cpr, PersonId, PersonalNumber, Purpose, Role, Sensitive, Timestamp, Wishes,
};
use indgang_store::cases::{Case, CaseStatus, InputFile, Member};
use indgang_store::persons::Identity;
use indgang_store::{House, Passage, Writer, cases, cohort};
use std::collections::{BTreeMap, BTreeSet};

/// Who sits at the command line: a clinical academic on a named authorised professional's responsibility.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operator {
    /// How she is named in the log.
    pub user: UserId,
    /// Within which organisation.
    pub organisation: String,
    /// On whose responsibility (Sundhedsloven § 6).
    pub on_responsibility_of: UserId,
}

/// An interpreted case on its way into the house.
#[derive(Debug, Clone, PartialEq)]
pub struct NewCase {
    /// Identifier, unique in the house.
    pub id: CaseId,
    /// What it is called. Must not name a person.
    pub label: String,
    /// The same in English.
    pub label_en: String,
    /// The one it is about; one of `people`.
    pub proband: PersonId,
    /// The family, in pedigree order.
    pub people: Vec<NewPerson>,
    /// Holder of custody, child; both of `people`.
    pub custody: Vec<(PersonId, PersonId)>,
    /// Who works on it.
    pub assigned_to: Vec<UserId>,
    /// The authorised professionals in whose treatment the family is.
    pub treated_by: Vec<UserId>,
    /// What it was interpreted from.
    pub inputs: Vec<InputFile>,
    /// The interpretation.
    pub report: Report,
    /// How long it took, in milliseconds.
    pub milliseconds: u64,
}

/// A person of a new case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPerson {
    /// The person.
    pub id: PersonId,
    /// Her name in the pedigree and the VCF.
    pub sample: String,
    /// Name.
    pub name: Sensitive<String>,
    /// CPR number.
    pub cpr: Cpr,
    /// What she wished; recorded unless she has said something to the house before.
    pub wishes: Wishes,
    /// What she carries on the report's genome build, to be counted in the house's own cohort; `None` when no file holds
    /// her.
    pub call_set: Option<CallSet>,
}

/// What became of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ingested {
    /// It is in the house now.
    New(CaseId),
    /// It was in the house, interpreted from the same inputs; nothing was changed.
    Already(CaseId),
}

/// The case that was interpreted from exactly these inputs, so that nothing is interpreted twice.
///
/// # Errors
/// When the store fails.
pub async fn known_inputs(house: &House, inputs: &[InputFile]) -> Result<Option<CaseId>, Error> {
    Ok(cases::by_inputs(house, inputs).await?)
}

/// The right to read files the operator holds, recorded in the house's log. `subjects` are the samples, each with what
/// she wished; a wish that the house knows for a person of that name goes before.
///
/// # Errors
/// [`Error::Refused`] when no authorised professional is named or nobody is read, or when the store fails.
pub async fn begin_reading(
    house: &House,
    clock: &dyn Clock,
    operator: &Operator,
    subjects: &BTreeMap<PersonId, Wishes>,
) -> Result<Grant, Error> {
    let mut passage = house.passage().await?;
    let categories = [Category::Phenotype, Category::Genome, Category::SecondaryFinding];
    let people = subjects.keys().cloned().collect();
    let request = question(operator, Activity::Interpret, &categories, people, None, clock.now());
    let mut facts = held(&mut passage, &request).await?;
    for (person, wishes) in subjects {
        facts.wishes.entry(person.clone()).or_insert(*wishes);
    }
    let logged = ask::log(passage, &request, &facts).await?;
    Ok(ask::answer(logged.commit(request.at).await?)?.0)
}

/// The house's own cohort on a genome build, without the family whose reading was granted.
///
/// # Errors
/// When the grant does not open the genome of each of its persons, or the store fails.
pub async fn own_cohort(house: &House, grant: &Grant, assembly: Assembly) -> Result<OwnCohort, Error> {
    Ok(cohort::without_subjects(house, grant, assembly).await?)
}

/// Takes an interpreted case into the house: all of it or nothing, and once only for the same inputs.
///
/// # Errors
/// [`Error::Input`] when the case does not hang together, [`Error::Refused`], or when the store fails.
pub async fn ingest_case(
    house: &House,
    clock: &dyn Clock,
    operator: &Operator,
    case: &NewCase,
) -> Result<Ingested, Error> {
    check(case)?;
    if let Some(known) = cases::by_inputs(house, &case.inputs).await? {
        return Ok(Ingested::Already(known));
    }
    let mut passage = house.passage().await?;
    let people = case.people.iter().map(|person| person.id.clone()).collect();
    let categories = ask::case_categories(Role::LaboratoryGeneticist);
    let request = question(operator, Activity::Ingest, &categories, people, Some(&case.id), clock.now());
    let facts = held(&mut passage, &request).await?;
    let mut logged = ask::log(passage, &request, &facts).await?;
    let mut known = None;
    if let Some(mut writer) = logged.writer().await? {
        // Another process may have been first.
        known = writer.case_by_inputs(&case.inputs).await?;
        if known.is_none() {
            write(&mut writer, operator, case, request.at).await?;
        }
    }
    ask::answer(logged.commit(request.at).await?)?;
    Ok(known.map_or_else(|| Ingested::New(case.id.clone()), Ingested::Already))
}

pub(crate) fn question(
    operator: &Operator,
    activity: Activity,
    categories: &[Category],
    subjects: BTreeSet<PersonId>,
    case: Option<&CaseId>,
    at: Timestamp,
) -> Request {
    let actor = Actor {
        user: operator.user.clone(),
        person: None,
        role: Role::LaboratoryGeneticist,
        profession: None,
        place: None,
        organisation: operator.organisation.clone(),
        on_responsibility_of: Some(operator.on_responsibility_of.clone()),
    };
    let categories = categories.iter().copied().collect();
    let grounds = Grounds::default();
    Request { actor, activity, purpose: Purpose::Treatment, categories, subjects, case: case.cloned(), grounds, at }
}

/// Resources that the operator holds are put before the house, on a named professional's responsibility.
pub(crate) fn delivering(operator: &Operator, subjects: BTreeSet<PersonId>, at: Timestamp) -> Request {
    let categories: Vec<Category> =
        Category::ALL.iter().copied().filter(|category| *category != Category::AuditEvent).collect();
    question(operator, Activity::Ingest, &categories, subjects, None, at)
}

/// The facts, with what the operator of the command line answers for: that she holds the files herself, and on whose
/// responsibility she acts.
pub(crate) async fn held(passage: &mut Passage, request: &Request) -> Result<Facts, Error> {
    let mut facts = passage.facts(request).await?;
    facts.held_by_operator = request.subjects.clone();
    let named = request.actor.on_responsibility_of.iter().filter(|user| !user.0.trim().is_empty());
    facts.responsible.extend(named.map(|user| (user.clone(), BTreeSet::new())));
    Ok(facts)
}

fn check(case: &NewCase) -> Result<(), Error> {
    let wrong = |what: String| Err(Error::Input(what));
    let ids: BTreeSet<&PersonId> = case.people.iter().map(|person| &person.id).collect();
    let samples: BTreeSet<&str> = case.people.iter().map(|person| person.sample.as_str()).collect();
    if ids.len() != case.people.len() || samples.len() != case.people.len() {
        return wrong("a person or a sample stands twice in the family; name each once".to_owned());
    }
    if !ids.contains(&case.proband) {
        return wrong(format!("the proband `{}` is not one of the family; add her to the people", case.proband));
    }
    if case.inputs.is_empty() {
        return wrong("it names no input file; give each with its SHA-256".to_owned());
    }
    if let Some((holder, child)) = case.custody.iter().find(|(a, b)| !ids.contains(a) || !ids.contains(b)) {
        return wrong(format!("custody of `{child}` by `{holder}` is about somebody outside the family"));
    }
    let reported = case.report.secondary_findings.keys();
    if let Some(sample) = reported.into_iter().find(|sample| !samples.contains(sample.as_str())) {
        return wrong(format!("the report has secondary findings of `{sample}`, who is not one of the family"));
    }
    Ok(())
}

async fn write(writer: &mut Writer<'_>, operator: &Operator, case: &NewCase, at: Timestamp) -> Result<(), Error> {
    for person in &case.people {
        writer
            .add_person(
                &person.id,
                &Identity { name: person.name.clone(), cpr: PersonalNumber::Cpr(person.cpr.clone()) },
            )
            .await?;
        let ledger = writer.ledger(&person.id).await?;
        if !ledger.entries().iter().any(|entry| matches!(entry.statement, Statement::Wishes(_))) {
            let wishes = Draft::from(Statement::Wishes(person.wishes), at);
            writer.add_choice(&ledger.next(wishes, &operator.user, at)?).await?;
        }
        for professional in &case.treated_by {
            writer.begin_treatment(professional, &person.id, at).await?;
        }
    }
    for (holder, child) in &case.custody {
        writer.add_custody(holder, child).await?;
    }
    let members = case.people.iter().map(|p| Member { person: p.id.clone(), sample: p.sample.clone() }).collect();
    let record = Case {
        id: case.id.clone(),
        label: case.label.clone(),
        label_en: case.label_en.clone(),
        proband: case.proband.clone(),
        status: CaseStatus::Interpreted,
        created: at,
        milliseconds: case.milliseconds,
        members,
    };
    writer.add_case(&record, &case.inputs).await?;
    let person_of = |sample: &str| case.people.iter().find(|p| p.sample == sample).map(|p| p.id.clone());
    writer.add_report(&case.id, &case.report, person_of, at).await?;
    let sets: Vec<(&PersonId, &CallSet)> =
        case.people.iter().filter_map(|p| Some((&p.id, p.call_set.as_ref()?))).collect();
    writer.add_call_sets(&case.id, case.report.assembly, &sets).await?;
    for user in &case.assigned_to {
        writer.assign(user, &case.id).await?;
    }
    Ok(())
}
