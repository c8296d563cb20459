//! Who is signed in: sessions of people whom an OpenID provider vouches for, or who are chosen in the demo.

use crate::{DemoUser, Error, NewUser, SignedIn};
use indgang_gate::log::Hash;
use indgang_gate::{Actor, UserId};
use indgang_model::{Clock, Cpr, PersonId, Role, Sensitive, Timestamp};
use indgang_store::sessions::{Beginning, SessionKey};
use indgang_store::{House, attempts, persons, sessions, users};
use jiff::SignedDuration;

pub use indgang_store::attempts::Attempt;
pub use indgang_store::sessions::ProviderLogout;

/// A signed-in user. Made only by [`resume`].
#[derive(Clone, PartialEq, Eq)]
pub struct Session {
    user: users::User,
    key: SessionKey,
    stepped_up_until: Option<Timestamp>,
}

/// How long sessions last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionLimits {
    /// Seconds without a request.
    pub idle_seconds: u64,
    /// Seconds from sign-in.
    pub absolute_seconds: u64,
    /// Seconds for which somebody counts as having just proved again who she is.
    pub step_up_seconds: u64,
}

impl Default for SessionLimits {
    fn default() -> Self {
        Self { idle_seconds: 30 * 60, absolute_seconds: 8 * 3600, step_up_seconds: 5 * 60 }
    }
}

/// Whom a provider vouches for.
#[derive(Debug, Clone)]
pub struct Vouched {
    /// The provider's issuer.
    pub issuer: String,
    /// Its name of the user (`sub`).
    pub subject: String,
    /// Its name of the session (`sid`).
    pub sid: Option<String>,
    /// What the configuration makes of its claims.
    pub user: NewUser,
}

/// How long a sign-in may take at the provider, in seconds.
pub const ATTEMPT_SECONDS: u32 = 600;

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

/// Lets a user sign in no more, or again. Her sessions end.
///
/// # Errors
/// [`Error::UnknownUser`], or when the store fails.
pub async fn disable_user(house: &House, clock: &dyn Clock, user: &UserId, disabled: bool) -> Result<(), Error> {
    match users::set_disabled(house, user, disabled.then(|| clock.now())).await? {
        true => Ok(()),
        false => Err(Error::UnknownUser(user.0.clone())),
    }
}

/// Begins a session as a user, without a provider: the demo's sign-in. `random` is 32 secret random bytes.
///
/// # Errors
/// [`Error::UnknownUser`], or when the store fails.
pub async fn sign_in(house: &House, clock: &dyn Clock, user: &UserId, random: [u8; 32]) -> Result<SignedIn, Error> {
    let Some(user) = users::enabled(house, user).await? else { return Err(Error::UnknownUser(user.0.clone())) };
    begin(house, clock, &user, None, &SessionLimits::default(), random).await
}

/// Begins a session of somebody a provider vouches for, who is registered with it or brought up to date.
/// `random` is 32 secret random bytes.
///
/// # Errors
/// [`Error::NotAdmitted`] when she was disabled or her identifier is another's, or when the store fails.
pub async fn sign_in_vouched(
    house: &House,
    clock: &dyn Clock,
    vouched: &Vouched,
    limits: &SessionLimits,
    random: [u8; 32],
) -> Result<SignedIn, Error> {
    let user = match users::admit(house, &vouched.issuer, &vouched.subject, &vouched.user).await? {
        users::Admission::Admitted(user) => user,
        users::Admission::Disabled | users::Admission::Taken => return Err(Error::NotAdmitted),
    };
    begin(house, clock, &user, Some((&vouched.issuer, vouched.sid.as_deref())), limits, random).await
}

async fn begin(
    house: &House,
    clock: &dyn Clock,
    user: &users::User,
    provider: Option<(&str, Option<&str>)>,
    limits: &SessionLimits,
    random: [u8; 32],
) -> Result<SignedIn, Error> {
    let at = clock.now();
    let token = Hash(random).to_string();
    let expires = after(at, limits.absolute_seconds);
    let idle_seconds = limits.idle_seconds;
    let beginning = Beginning { user: &user.id, role: user.role, provider, at, idle_seconds, expires };
    sessions::begin(house, &token, &beginning).await?;
    tracing::info!(user.id = %user.id, "signed in");
    Ok(SignedIn { token: Sensitive::new(token), expires })
}

/// The session of a token.
///
/// # Errors
/// [`Error::SignedOut`] when there is none or it has ended.
pub async fn resume(house: &House, clock: &dyn Clock, token: &str) -> Result<Session, Error> {
    let running = sessions::resume(house, token, clock.now()).await?.ok_or(Error::SignedOut)?;
    Ok(Session { user: running.user, key: running.key, stepped_up_until: running.stepped_up_until })
}

/// Remembers that a browser was sent to the provider; with a session's token, to step that session up.
/// `secret` is what the browser keeps.
///
/// # Errors
/// When the store fails.
pub async fn begin_attempt(
    house: &House,
    clock: &dyn Clock,
    secret: &str,
    session: Option<&str>,
    return_to: &str,
) -> Result<(), Error> {
    let now = clock.now();
    let times = (now, after(now, u64::from(ATTEMPT_SECONDS)));
    Ok(attempts::begin(house, secret, session, return_to, times).await?)
}

/// Takes the attempt of a browser that comes back. `None` when there is none, it is too old, or it came back before.
///
/// # Errors
/// When the store fails.
pub async fn take_attempt(house: &House, clock: &dyn Clock, secret: &str) -> Result<Option<Attempt>, Error> {
    Ok(attempts::take(house, secret, clock.now()).await?)
}

/// Records that somebody has proved again who she is. Her session goes on under the new token that is returned.
///
/// # Errors
/// [`Error::SignedOut`] when the session has ended, or when the store fails.
pub async fn step_up(
    house: &House,
    clock: &dyn Clock,
    token: &str,
    limits: &SessionLimits,
    random: [u8; 32],
) -> Result<Sensitive<String>, Error> {
    let fresh = Hash(random).to_string();
    match sessions::step_up(house, token, &fresh, after(clock.now(), limits.step_up_seconds)).await? {
        true => Ok(Sensitive::new(fresh)),
        false => Err(Error::SignedOut),
    }
}

/// Whom the provider knows a session's user as: issuer and subject.
///
/// # Errors
/// When the store fails.
pub async fn vouched_as(house: &House, session: &Session) -> Result<Option<(String, String)>, Error> {
    Ok(users::vouched_as(house, session.user()).await?)
}

/// The person whom a provider has proved a CPR number to be hers; `None` when the house does not know her.
///
/// # Errors
/// When the store fails.
pub async fn person_with(house: &House, cpr: &Cpr) -> Result<Option<PersonId>, Error> {
    Ok(persons::by_cpr(house, cpr).await?)
}

/// Ends the sessions that a provider says are logged out. `None` when the same token was obeyed before.
///
/// # Errors
/// When the store fails.
pub async fn provider_logout(house: &House, logout: &ProviderLogout<'_>) -> Result<Option<u64>, Error> {
    let ended = sessions::end_at_provider(house, logout).await?;
    tracing::info!(ended, "the provider logged out");
    Ok(ended)
}

/// Ends a session.
///
/// # Errors
/// When the store fails.
pub async fn sign_out(house: &House, token: &str) -> Result<(), Error> {
    Ok(sessions::end(house, token).await?)
}

/// Ends every session of the one who is signed in.
///
/// # Errors
/// When the store fails.
pub async fn sign_out_everywhere(house: &House, session: &Session) -> Result<(), Error> {
    sessions::end_all(house, session.user()).await?;
    Ok(())
}

fn after(now: Timestamp, seconds: u64) -> Timestamp {
    let duration = SignedDuration::from_secs(i64::try_from(seconds).unwrap_or(i64::MAX));
    now.saturating_add(duration).unwrap_or(now)
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

    /// True when she has proved again, a few minutes ago at most, who she is.
    pub fn stepped_up(&self, now: Timestamp) -> bool {
        self.stepped_up_until.is_some_and(|until| now < until)
    }

    pub(crate) const fn key(&self) -> &SessionKey {
        &self.key
    }

    pub(crate) fn actor(&self) -> Actor {
        actor_of(&self.user)
    }
}

/// A user as the gate sees her.
pub(crate) fn actor_of(user: &users::User) -> Actor {
    Actor {
        user: user.id.clone(),
        person: user.person.clone(),
        role: user.role,
        profession: user.profession,
        place: user.place.clone(),
        organisation: user.organisation.clone(),
        on_responsibility_of: user.on_responsibility_of.clone(),
    }
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").field("user", &self.user.id).field("role", &self.user.role).finish_non_exhaustive()
    }
}
