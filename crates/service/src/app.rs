//! Apps that a user lets in: she reads, and her provider's token tells how much of it the app may reach (SMART App Launch 2).

use crate::Error;
use crate::everything::Reader;
use indgang_fhir::json::Tape;
use indgang_fhir::search::Candidate;
use indgang_fhir::smart::{Access, Scopes};
use indgang_gate::Actor;
use indgang_model::{PersonId, Sensitive, Timestamp};
use indgang_store::{House, users};

/// An app with a token that was verified. Made only by [`app`].
#[derive(Debug)]
pub struct App {
    user: users::User,
    client: String,
    scopes: Scopes,
    patient: Option<PersonId>,
}

/// What a verified token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// The provider.
    pub issuer: String,
    /// Its name of the user.
    pub subject: String,
    /// Its name of the app.
    pub client: String,
    /// The scopes, with spaces between.
    pub scope: String,
    /// The person that the app was launched for, as the house names her.
    pub patient: Option<String>,
}

/// The app of a token; `None` where its user has never signed in here, or was disabled.
///
/// # Errors
/// When the store fails.
pub async fn app(house: &House, token: &Token) -> Result<Option<App>, Error> {
    let user = users::enabled_as(house, &token.issuer, &token.subject).await?;
    Ok(user.map(|user| App {
        user,
        client: token.client.clone(),
        scopes: Scopes::parse(&token.scope),
        patient: token.patient.clone().map(PersonId),
    }))
}

impl App {
    pub(crate) fn actor(&self) -> Actor {
        crate::session::actor_of(&self.user)
    }

    /// As the log names it.
    pub(crate) fn name(&self) -> String {
        format!("app:{}", self.client)
    }

    fn of_patient(&self, person: Option<&PersonId>) -> bool {
        self.patient.is_some() && self.patient.as_ref() == person
    }
}

impl Reader<'_> {
    /// Goes on only where any resource of the types may be reached; nothing is asked of the gate otherwise.
    pub(crate) fn reach(&self, access: Access, types: &[&str], person: Option<&PersonId>) -> Result<(), Error> {
        let Self::App(app) = self else { return Ok(()) };
        let of_patient = app.of_patient(person);
        let any = match types {
            [] => app.scopes.reach(access, None, of_patient),
            types => types.iter().any(|name| app.scopes.reach(access, Some(*name), of_patient)),
        };
        if any { Ok(()) } else { Err(Error::OutOfScope) }
    }

    /// Goes on only where every resource of the type may be reached.
    pub(crate) fn reach_all(&self, resource_type: &str, person: &PersonId) -> Result<(), Error> {
        match self {
            Self::App(app) if !app.scopes.reach_all(Access::Read, resource_type, app.of_patient(Some(person))) => {
                Err(Error::OutOfScope)
            }
            _ => Ok(()),
        }
    }

    /// Whether a resource that the gate has opened may be reached.
    pub(crate) fn covers(
        &self,
        access: Access,
        person: &PersonId,
        (reference, body): (&str, &Sensitive<String>),
        known_at: Timestamp,
    ) -> bool {
        let Self::App(app) = self else { return true };
        let mut tape = Tape::new();
        let (Ok(json), Some((resource_type, id))) = (tape.read(body.expose()), reference.split_once('/')) else {
            return false;
        };
        let candidate = Candidate { json, id, known_at: known_at.as_second() };
        app.scopes.cover(access, resource_type, &candidate, app.of_patient(Some(person)))
    }
}
