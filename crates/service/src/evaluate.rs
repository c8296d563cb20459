//! What other systems of an institution ask: may this user of ours do that to this person's data?

use crate::{Error, ask, session};
use indgang_gate::{Activity, Actor, Decision, Grounds, Obligation, Request, UserId};
use indgang_model::{CaseId, Category, Clock, LegalBasis, PermitId, PersonId, Purpose, Role};
use indgang_store::{House, systems, users};
use std::collections::BTreeSet;

/// A system that has proved who it is. Made only by [`authenticate`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    system: systems::System,
}

/// One question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evaluation {
    /// In whose name.
    pub user: UserId,
    /// What she wants to do.
    pub activity: Activity,
    /// Why.
    pub purpose: Purpose,
    /// About whom.
    pub person: PersonId,
    /// Which kinds of her data.
    pub categories: BTreeSet<Category>,
    /// In which case.
    pub case: Option<CaseId>,
    /// Under which permit.
    pub permit: Option<PermitId>,
}

/// The answer, which stands in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evaluated {
    /// Permitted or refused.
    pub permitted: bool,
    /// The rule and paragraph.
    pub rule: LegalBasis,
    /// Why it was refused.
    pub reason: Option<indgang_gate::Reason>,
    /// What must be observed.
    pub obligations: Vec<Obligation>,
    /// The kinds of data that are open.
    pub categories: BTreeSet<Category>,
    /// Index of its line in the log.
    pub log_index: u64,
}

/// The system whose token this is; `None` when it is nobody's. The token is the system's name, a full stop and its
/// secret.
///
/// # Errors
/// [`Error::Withdrawn`] when the system may ask no more, or when the store fails.
pub async fn authenticate(house: &House, token: &str) -> Result<Option<Caller>, Error> {
    let Some((id, secret)) = token.rsplit_once('.') else { return Ok(None) };
    match systems::authenticated(house, id, secret).await? {
        Some(system) if system.withdrawn => Err(Error::Withdrawn),
        system => Ok(system.map(|system| Caller { system })),
    }
}

/// Registers a system of an institution and returns its token; `random` is 32 secret random bytes. A known system gets
/// a new token, and the old one is worth nothing.
///
/// # Errors
/// [`Error::Input`] when the name is no name, or when the store fails.
pub async fn register_system(
    house: &House,
    clock: &dyn Clock,
    id: &str,
    organisation: &str,
    random: [u8; 32],
) -> Result<indgang_model::Sensitive<String>, Error> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    if id.is_empty() || id.len() > 64 || !id.chars().all(plain) {
        return Err(Error::Input(format!("`{id}` cannot name a system; use 1 to 64 letters, digits, `-` and `_`")));
    }
    if organisation.trim().is_empty() {
        return Err(Error::Input("a system belongs to an institution; name it as its users' organisation".to_owned()));
    }
    let secret = indgang_gate::log::Hash(random).to_string();
    systems::register(house, id, organisation, &secret, clock.now()).await?;
    Ok(indgang_model::Sensitive::new(format!("{id}.{secret}")))
}

/// Lets a registered system write resources over FHIR, in a source of its own name. False when there is none of that name.
///
/// # Errors
/// [`Error::Input`] when the name is that of a source of the house itself, or when the store fails.
pub async fn let_system_write(house: &House, clock: &dyn Clock, id: &str) -> Result<bool, Error> {
    crate::questionnaires::not_the_portal(id)?;
    Ok(systems::let_write(house, id, clock.now()).await?)
}

/// Lets a system ask no more. False when there is none of that name.
///
/// # Errors
/// When the store fails.
pub async fn withdraw_system(house: &House, clock: &dyn Clock, id: &str) -> Result<bool, Error> {
    Ok(systems::withdraw(house, id, clock.now()).await?)
}

/// Decides for the named user. The line in the log names her, and the system that asked.
///
/// A user who is not of the system's institution, or whom the house does not know, is not decided for: the question is
/// the system's own then, no rule opens for it, and it is refused and logged as such.
///
/// # Errors
/// When the store fails; nothing is then answered.
pub async fn evaluate(
    house: &House,
    clock: &dyn Clock,
    caller: &Caller,
    question: &Evaluation,
) -> Result<Evaluated, Error> {
    let user = users::enabled(house, &question.user).await?;
    let actor = match user.filter(|user| user.organisation == caller.system.organisation) {
        Some(user) => session::actor_of(&user),
        None => caller.actor(),
    };
    let request = Request {
        actor,
        activity: question.activity,
        purpose: question.purpose,
        categories: question.categories.clone(),
        subjects: [question.person.clone()].into(),
        case: question.case.clone(),
        grounds: Grounds {
            permit: question.permit.clone(),
            asked_by: Some(caller.system.id.clone()),
            ..Grounds::default()
        },
        at: clock.now(),
    };
    let mut passage = house.passage().await?;
    let facts = passage.facts(&request).await?;
    let decision = ask::log(passage, &request, &facts).await?.commit(request.at).await?;
    Ok(evaluated(decision, question))
}

fn evaluated(decision: Decision, question: &Evaluation) -> Evaluated {
    match decision {
        Decision::Permit { grant, rule, obligations } => {
            let open = question.categories.iter().copied();
            Evaluated {
                permitted: true,
                rule,
                reason: None,
                obligations,
                categories: open.filter(|category| grant.covers(&question.person, *category)).collect(),
                log_index: grant.log_index(),
            }
        }
        Decision::Deny { rule, reason, log_index } => Evaluated {
            permitted: false,
            rule,
            reason: Some(reason),
            obligations: Vec::new(),
            categories: BTreeSet::new(),
            log_index,
        },
    }
}

impl Caller {
    /// The system, as it stands in the log.
    pub fn id(&self) -> &str {
        &self.system.id
    }

    /// Whether it may write.
    ///
    /// # Errors
    /// What stands in the way, and the remedy.
    pub const fn may_write(&self) -> Result<(), &'static str> {
        if self.system.writes {
            Ok(())
        } else {
            Err("the system may ask and not write; who runs the house lets it by `indgang system add --writes`")
        }
    }

    /// The institution whose system it is.
    pub(crate) fn organisation(&self) -> &str {
        &self.system.organisation
    }

    /// The system in its own name, for which no rule opens anything.
    pub(crate) fn actor(&self) -> Actor {
        Actor {
            user: UserId(self.system.id.clone()),
            person: None,
            role: Role::Engineer,
            profession: None,
            organisation: self.system.organisation.clone(),
            place: None,
            on_responsibility_of: None,
        }
    }
}
