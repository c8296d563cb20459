//! Who is signed in. The demo's own provider: a user is chosen from a list; a real one comes with OpenID Connect.

use crate::{DemoUser, Error, NewUser, SignedIn};
use indgang_gate::{Actor, UserId};
use indgang_model::{Clock, PersonId, Role, Sensitive};
use indgang_store::{House, sessions, users};

/// A signed-in user. Made only by [`resume`].
#[derive(Clone, PartialEq, Eq)]
pub struct Session {
    user: users::User,
}

/// How long a session lasts.
const HOURS: i64 = 8;

/// The users of the house, for the demo's sign-in page.
///
/// # Errors
/// When the store fails.
pub async fn demo_users(house: &House) -> Result<Vec<DemoUser>, Error> {
    let users = users::all(house).await?;
    Ok(users
        .into_iter()
        .map(|user| DemoUser {
            id: user.id,
            display_name: Sensitive::new(user.display_name),
            role: user.role,
            organisation: user.organisation,
            on_responsibility_of: user.on_responsibility_of,
        })
        .collect())
}

/// Adds users, or brings them up to date.
///
/// # Errors
/// When the store fails; none is then added.
pub async fn register_users(house: &House, users: &[NewUser]) -> Result<(), Error> {
    Ok(users::register(house, users).await?)
}

/// Begins a session as a user; `random` is 32 secret random bytes.
///
/// # Errors
/// [`Error::UnknownUser`], or when the store fails.
pub async fn sign_in(house: &House, clock: &dyn Clock, user: &UserId, random: [u8; 32]) -> Result<SignedIn, Error> {
    let now = clock.now();
    let Some(user) = users::by_id(house, user).await? else { return Err(Error::UnknownUser(user.0.clone())) };
    let token = indgang_gate::log::Hash(random).to_string();
    let expires = now.saturating_add(jiff::SignedDuration::from_hours(HOURS)).unwrap_or(now);
    sessions::begin(house, &token, &user.id, now, expires).await?;
    tracing::info!(user.id = %user.id, "signed in");
    Ok(SignedIn { token: Sensitive::new(token), expires })
}

/// The session of a token.
///
/// # Errors
/// [`Error::SignedOut`] when there is none or it has ended.
pub async fn resume(house: &House, clock: &dyn Clock, token: &str) -> Result<Session, Error> {
    let user = sessions::user_of(house, token, clock.now()).await?.ok_or(Error::SignedOut)?;
    let user = users::by_id(house, &user).await?.ok_or(Error::SignedOut)?;
    Ok(Session { user })
}

/// Ends a session.
///
/// # Errors
/// When the store fails.
pub async fn sign_out(house: &House, token: &str) -> Result<(), Error> {
    Ok(sessions::end(house, token).await?)
}

impl Session {
    /// The user.
    pub const fn user(&self) -> &UserId {
        &self.user.id
    }

    /// Her name.
    pub fn display_name(&self) -> &str {
        &self.user.display_name
    }

    /// Her capacity.
    pub const fn role(&self) -> Role {
        self.user.role
    }

    /// Her organisation.
    pub fn organisation(&self) -> &str {
        &self.user.organisation
    }

    /// On whose responsibility she acts.
    pub const fn on_responsibility_of(&self) -> Option<&UserId> {
        self.user.on_responsibility_of.as_ref()
    }

    /// The person she is, when she comes as a citizen.
    pub const fn person(&self) -> Option<&PersonId> {
        self.user.person.as_ref()
    }

    pub(crate) fn actor(&self) -> Actor {
        Actor {
            user: self.user.id.clone(),
            person: self.user.person.clone(),
            role: self.user.role,
            profession: None,
            place: None,
            organisation: self.user.organisation.clone(),
            on_responsibility_of: self.user.on_responsibility_of.clone(),
        }
    }
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").field("user", &self.user.id).field("role", &self.user.role).finish_non_exhaustive()
    }
}
