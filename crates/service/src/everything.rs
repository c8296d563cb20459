//! A person's resources as they came in, for another system or for herself.

use crate::{App, Caller, Error, Session, ask, session};
use indgang_fhir::record::Number;
use indgang_fhir::smart::Access;
use indgang_gate::{Activity, Actor, Grant, Grounds, Guarded, Request, UserId};
use indgang_model::{Category, Clock, LegalBasis, PersonId, PersonalNumber, Sensitive, Timestamp};
use indgang_store::resources::{self, Resource, Wanted};
use indgang_store::{House, Passage, persons, users};
use std::collections::BTreeSet;

/// Who reads: somebody who is signed in, or a user of an institution whose system asks for her.
#[derive(Debug, Clone, Copy)]
pub enum Reader<'r> {
    /// Signed in.
    Session(&'r Session),
    /// A system, for one of its institution's users.
    System(&'r Caller, &'r UserId),
    /// A user, by an app that she has let in.
    App(&'r App),
}

/// The one who is asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whom {
    /// As the house names her.
    Person(PersonId),
    /// By her CPR number, or one in its place.
    Number(Number),
}

/// Nobody's name: the gate is asked about it where a number is nobody's, so that it answers as it does about a person
/// who is not treated.
const NOBODY: &str = "?";

impl Whom {
    pub(crate) async fn person(&self, passage: &mut Passage) -> Result<PersonId, Error> {
        match self {
            Self::Person(person) => Ok(person.clone()),
            Self::Number(number) => {
                let known = passage.persons_with([(number.system.as_str(), &number.value)]).await?;
                Ok(known.into_values().next().unwrap_or_else(|| PersonId(NOBODY.to_owned())))
            }
        }
    }
}

/// Resources that were opened.
#[derive(Debug, Clone, PartialEq)]
pub struct Everything {
    /// Whose.
    pub person: PersonId,
    /// The resources.
    pub resources: Vec<Resource>,
    /// The rule that opened them.
    pub rule: LegalBasis,
    /// Its line in the log.
    pub log_index: u64,
}

/// Who a person is, to another system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatientView {
    /// The person.
    pub person: PersonId,
    /// Her name.
    pub name: Sensitive<String>,
    /// Her CPR number, or what was given in its place.
    pub number: PersonalNumber,
}

/// A person's resources of the present version, as the one who asks may see them, the latest first. A citizen who names
/// nobody reads her own.
///
/// # Errors
/// [`Error::Refused`], or when the store fails.
pub async fn everything(
    house: &House,
    clock: &dyn Clock,
    reader: Reader<'_>,
    person: Option<&PersonId>,
    wanted: &Wanted,
) -> Result<Everything, Error> {
    let actor = reader.actor(house).await?;
    let person = person.or(actor.person.as_ref()).cloned();
    reader.reach(Access::Search, &wanted.types, person.as_ref())?;
    let categories = ask::record_categories(actor.role).into_iter().collect();
    let (grant, rule) = opened(house, reader.request(actor, person.clone(), categories, clock.now())).await?;
    // The gate has refused a request without a person.
    let person = person.ok_or(Error::SignedOut)?;
    let found = resources::of_person(house, &grant, &person, wanted).await?;
    let resources = reached(found, &grant, reader, Access::Search, &person)?;
    Ok(Everything { resources, rule, log_index: grant.log_index(), person })
}

/// Every version of a source's resource, the first first; none when what it holds is not open. A resource that nobody
/// has is refused like one that is not hers to read.
///
/// # Errors
/// [`Error::Refused`], or when the store fails.
pub async fn versions(
    house: &House,
    clock: &dyn Clock,
    reader: Reader<'_>,
    (source, reference): (&str, &str),
) -> Result<Everything, Error> {
    let actor = reader.actor(house).await?;
    let person = house.passage().await?.person_of(source, reference).await?;
    let resource_type = reference.split('/').next().unwrap_or_default();
    reader.reach(Access::Read, &[resource_type], person.as_ref())?;
    let categories = ask::record_categories(actor.role).into_iter().collect();
    let (grant, rule) = opened(house, reader.request(actor, person.clone(), categories, clock.now())).await?;
    let person = person.ok_or(Error::SignedOut)?;
    let found = resources::versions(house, &grant, &person, (source, reference)).await?;
    let resources = reached(found, &grant, reader, Access::Read, &person)?;
    Ok(Everything { resources, rule, log_index: grant.log_index(), person })
}

/// Who a person is. Who is not known is refused like one who is not hers to read.
///
/// # Errors
/// [`Error::Refused`], or when the store fails.
pub async fn patient(
    house: &House,
    clock: &dyn Clock,
    reader: Reader<'_>,
    whom: &Whom,
) -> Result<Option<PatientView>, Error> {
    let actor = reader.actor(house).await?;
    let mut passage = house.passage().await?;
    let person = whom.person(&mut passage).await?;
    reader.reach_all("Patient", &person)?;
    let request = reader.request(actor, Some(person.clone()), [Category::Identity].into(), clock.now());
    let (grant, _) = ask::read(passage, &request).await?;
    let known = persons::identity(house, &grant, &person).await?;
    Ok(known.map(|known| PatientView { person, name: known.name, number: known.cpr }))
}

/// What the grant opens and the reader may reach.
pub(crate) fn reached(
    found: Vec<Guarded<Resource>>,
    grant: &Grant,
    reader: Reader<'_>,
    access: Access,
    person: &PersonId,
) -> Result<Vec<Resource>, Error> {
    let mut all: Vec<Resource> =
        found.into_iter().map(|resource| resource.into_open(grant)).collect::<Result<_, _>>()?;
    all.retain(|one| reader.covers(access, person, (&one.reference, &one.body), one.known_at));
    Ok(all)
}

async fn opened(house: &House, request: Request) -> Result<(Grant, LegalBasis), Error> {
    ask::read(house.passage().await?, &request).await
}

impl Reader<'_> {
    /// A user who is not of the system's institution is not asked for: the question is the system's own, and refused.
    pub(crate) async fn actor(&self, house: &House) -> Result<Actor, Error> {
        match self {
            Self::Session(session) => Ok(session.actor()),
            Self::System(caller, user) => {
                let known = users::enabled(house, user).await?;
                let own = known.filter(|known| known.organisation == caller.organisation());
                Ok(own.map_or_else(|| caller.actor(), |known| session::actor_of(&known)))
            }
            Self::App(app) => Ok(app.actor()),
        }
    }

    pub(crate) fn request(
        &self,
        actor: Actor,
        person: Option<PersonId>,
        categories: BTreeSet<Category>,
        at: Timestamp,
    ) -> Request {
        let asked_by = match self {
            Self::Session(_) => None,
            Self::System(caller, _) => Some(caller.id().to_owned()),
            Self::App(app) => Some(app.name()),
        };
        Request {
            purpose: ask::purpose(actor.role),
            actor,
            activity: Activity::ReadRecord,
            categories,
            subjects: person.into_iter().collect(),
            case: None,
            grounds: Grounds { asked_by, ..Grounds::default() },
            at,
        }
    }
}
