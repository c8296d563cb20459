//! The step every service shares: put the question to the gate, and get an answer that stands in the log.

use crate::{Error, Refusal, Session};
use indgang_gate::{Activity, Actor, Decision, Facts, Grant, Grounds, Request, UserId, decide};
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
    Actor {
        user: operator.clone(),
        person: None,
        role: Role::Auditor,
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

/// Herself, the children in her custody who are not yet 15, and who has given her power of attorney, for a question
/// about what is a citizen's own.
pub(crate) async fn own_people(
    passage: &mut Passage,
    session: &Session,
    activity: Activity,
    categories: &[Category],
    at: Timestamp,
) -> Result<Request, Error> {
    let own = session.person().cloned();
    let others = match &own {
        Some(own) if session.role() == Role::Citizen => {
            let mut others = passage.children_of(own).await?;
            others.extend(passage.principals_of(own).await?);
            others
        }
        _ => Vec::new(),
    };
    let all = own.iter().cloned().chain(others);
    let mut request = request(session, activity, categories.iter().copied(), all, None, at);
    let facts = passage.facts(&request).await?;
    request.subjects.retain(|person| match (&own, facts.has_turned(15, person, at)) {
        (Some(own), _) if own == person => true,
        (Some(own), Some(true)) => facts.is_proxy(own, person, at),
        (Some(own), Some(false)) => facts.has_custody(own, person),
        _ => false,
    });
    Ok(request)
}
