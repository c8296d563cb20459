//! The step every service shares: put the question to the gate, and get an answer that stands in the log.

use crate::{Capacity, Error, Refusal, Session};
use indgang_gate::{Activity, Actor, Decision, Facts, Grant, Grounds, Policy, Request, UserId, decide, situations};
use indgang_model::{CaseId, Category, LegalBasis, PersonId, Purpose, Role, Timestamp};
use indgang_store::{Logged, Passage};

/// The question a signed-in user puts to the gate.
pub(crate) fn request(
    session: &Session,
    activity: Activity,
    categories: impl IntoIterator<Item = Category>,
    subjects: impl IntoIterator<Item = PersonId>,
    case: Option<&CaseId>,
    at: Timestamp,
) -> Request {
    Request {
        actor: session.actor(),
        activity,
        purpose: purpose(session.role()),
        categories: categories.into_iter().collect(),
        subjects: subjects.into_iter().collect(),
        case: case.cloned(),
        grounds: Grounds::default(),
        at,
    }
}

/// What somebody in this capacity comes for; the gate decides whether that is enough.
pub(crate) const fn purpose(role: Role) -> Purpose {
    match role {
        Role::Citizen => Purpose::OwnAccess,
        Role::Auditor | Role::AuthorityOfficer => Purpose::OversightAndAdministration,
        Role::Researcher | Role::IndustryResearcher => Purpose::ResearchAndStatistics,
        _ => Purpose::Treatment,
    }
}

/// What somebody in this capacity needs of a case; a bioinformatician works pseudonymised.
pub(crate) fn case_categories(role: Role) -> Vec<Category> {
    let mut categories = vec![Category::Phenotype, Category::Genome];
    if role != Role::Bioinformatician {
        categories.extend([Category::Identity, Category::SecondaryFinding, Category::DiagnosticReport, Category::Wish]);
    }
    categories
}

/// What a person's record is made of. A citizen has her genome report in plain words, and not the genotypes.
pub(crate) fn record_categories(role: Role) -> Vec<Category> {
    let mut categories = vec![
        Category::Identity,
        Category::Phenotype,
        Category::DiagnosticReport,
        Category::Encounter,
        Category::Laboratory,
        Category::Medication,
        Category::PatientReportedOutcome,
        Category::Wearable,
        Category::Imaging,
        Category::Specimen,
        Category::Wish,
    ];
    if role != Role::Citizen {
        categories.push(Category::Genome);
    }
    categories
}

/// Who sits at the command line reads the records anyway, and answers for what she asks as the auditor.
pub(crate) fn auditor(operator: &UserId) -> Actor {
    at_command_line(operator.clone(), Role::Auditor)
}

/// Who runs the house, for what she enters and takes in as its engineer.
pub(crate) fn engineer(operator: UserId) -> Actor {
    at_command_line(operator, Role::Engineer)
}

fn at_command_line(user: UserId, role: Role) -> Actor {
    Actor {
        user,
        person: None,
        role,
        profession: None,
        organisation: "command line".to_owned(),
        place: None,
        on_responsibility_of: None,
    }
}

/// Puts the question and commits the answer: for readings.
pub(crate) async fn read(mut passage: Passage, request: &Request) -> Result<(Grant, LegalBasis), Error> {
    let facts = passage.facts(request).await?;
    answer(log(passage, request, &facts).await?.commit(request.at).await?)
}

/// Puts the question and leaves the transaction open: for what is written together with the answer.
pub(crate) async fn log(passage: Passage, request: &Request, facts: &Facts) -> Result<Logged, Error> {
    Ok(passage.log(decide(request, facts)).await?)
}

/// A refusal becomes an error that carries rule, paragraph and place in the log.
pub(crate) fn answer(decision: Decision) -> Result<(Grant, LegalBasis), Error> {
    match decision {
        Decision::Permit { grant, rule, .. } => {
            tracing::info!(log.index = grant.log_index(), rule = %rule.rule, "passage permitted");
            Ok((grant, rule))
        }
        Decision::Deny { rule, reason, log_index } => {
            tracing::info!(log.index = log_index, rule = %rule.rule, "passage refused");
            Err(Error::Refused(Refusal { rule, reason, log_index }))
        }
    }
}

/// Herself, and those for whom the rules let her do this: children under 15 in her custody, who has given her power of
/// attorney, for whom she is guardian or next of kin; for a question about what is a citizen's own. With what is known of
/// them all.
pub(crate) async fn own_people(
    passage: &mut Passage,
    session: &Session,
    activity: Activity,
    categories: &[Category],
    at: Timestamp,
) -> Result<(Request, Facts), Error> {
    let own = session.person().cloned();
    let others = match &own {
        Some(own) if session.role() == Role::Citizen => {
            let mut others = passage.children_of(own).await?;
            others.extend(passage.principals_of(own).await?);
            others.extend(passage.represented_by(own).await?);
            others
        }
        _ => Vec::new(),
    };
    let all = own.iter().cloned().chain(others);
    let mut request = request(session, activity, categories.iter().copied(), all, None, at);
    let facts = passage.facts(&request).await?;
    let asked = if request.categories.is_empty() { [Category::Identity].into() } else { request.categories.clone() };
    let opens = |person: &PersonId| {
        let alone = Request { subjects: [person.clone()].into(), categories: asked.clone(), ..request.clone() };
        situations(&alone, &facts).iter().any(|situation| Policy::shipped().verdict(situation).is_open())
    };
    let kept =
        request.subjects.iter().filter(|person| own.as_ref() == Some(*person) || opens(person)).cloned().collect();
    request.subjects = kept;
    Ok((request, facts))
}

/// As what a citizen reads what is another's; `None` for herself, and for who is nothing of hers.
pub(crate) fn capacity(facts: &Facts, session: &Session, person: &PersonId, at: Timestamp) -> Option<Capacity> {
    let own = session.person().filter(|own| *own != person)?;
    let under_15 = facts.has_turned(15, person, at) == Some(false);
    let each = [
        (under_15 && facts.has_custody(own, person), Capacity::Custody),
        (facts.is_guardian(own, person, at), Capacity::Guardian),
        (facts.is_next_of_kin(own, person, at), Capacity::NextOfKin),
        (facts.is_proxy(own, person, at), Capacity::PowerOfAttorney),
    ];
    each.into_iter().find_map(|(is, capacity)| is.then_some(capacity))
}
