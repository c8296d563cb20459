//! The section `[identity]` of `indgang.toml`: which provider, and what its claims mean here.

use indgang_model::{Profession, Role};
use indgang_service::SessionLimits;
use openidconnect::url::{Host, Url};
use serde::Deserialize;
use std::path::PathBuf;

/// Where the provider sends the browser back to.
pub(crate) const CALLBACK: &str = "/sign-in/callback";

/// The section as it is written. `docs/reference/identity.md` describes it for who writes it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The provider's issuer; its description lies under it at `.well-known/openid-configuration`.
    pub issuer: String,
    /// What the provider calls this house.
    pub client_id: String,
    /// Environment variable with the client's secret.
    pub client_secret_env: Option<String>,
    /// File with the client's secret; relative to the configuration.
    pub client_secret_file: Option<PathBuf>,
    /// The address of [`CALLBACK`] as browsers see it. It tells the scheme and host of the whole portal.
    pub redirect_url: String,
    /// Scopes that are asked for; `openid` always is.
    #[serde(default = "profile")]
    pub scopes: Vec<String>,
    /// Values of `acr` that count as a step-up. Empty: a fresh sign-in is enough.
    #[serde(default)]
    pub step_up_acr: Vec<String>,
    /// How long sessions last.
    #[serde(default)]
    pub session: SessionSettings,
    /// Which claim says what.
    #[serde(default)]
    pub claims: ClaimNames,
    /// Which value of the role claim is which role; the first that fits holds.
    #[serde(rename = "role")]
    pub roles: Vec<RoleRule>,
}

/// How long sessions last.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SessionSettings {
    /// Minutes without a request.
    pub idle_minutes: u32,
    /// Hours from sign-in.
    pub hours: u32,
    /// Minutes that a step-up lasts.
    pub step_up_minutes: u32,
}

impl Default for SessionSettings {
    fn default() -> Self {
        Self { idle_minutes: 30, hours: 8, step_up_minutes: 5 }
    }
}

/// Names of claims; one that begins with `/` is a JSON pointer (RFC 6901) into the claims.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ClaimNames {
    /// The user's identifier in the house. Without it, a hash of issuer and subject.
    pub user: Option<String>,
    /// Her name as colleagues and the log show it.
    pub name: String,
    /// Her roles: one word or a list.
    pub role: String,
    /// Her organisation.
    pub organisation: Option<String>,
    /// The code of her profession in the authorisation register.
    pub profession: Option<String>,
    /// Her unit (SOR).
    pub place: Option<String>,
    /// The identifier of the authorised professional on whose responsibility she acts.
    pub on_responsibility_of: Option<String>,
    /// A citizen's CPR number.
    pub cpr: Option<String>,
}

impl Default for ClaimNames {
    fn default() -> Self {
        let (user, organisation, profession, place, on_responsibility_of, cpr) = Default::default();
        let (name, role) = ("name".to_owned(), "roles".to_owned());
        Self { user, name, role, organisation, profession, place, on_responsibility_of, cpr }
    }
}

/// What one value of the role claim means.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoleRule {
    /// The provider's word.
    pub value: String,
    /// The role.
    pub role: Role,
    /// The organisation, when no claim says it.
    #[serde(default)]
    pub organisation: Option<String>,
    /// The profession, when no claim says it.
    #[serde(default)]
    pub profession: Option<Profession>,
    /// The unit, when no claim says it.
    #[serde(default)]
    pub place: Option<String>,
    /// On whose responsibility, when no claim says it.
    #[serde(default)]
    pub on_responsibility_of: Option<String>,
}

/// Why the section cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// Not an address.
    #[error("`{field} = \"{value}\"` is not an address; write `https://…`")]
    Address {
        /// The field.
        field: &'static str,
        /// What stands there.
        value: String,
    },
    /// Tokens would travel in clear.
    #[error("`{field} = \"{value}\"` would send tokens in clear; use https (http is for 127.0.0.1 and localhost only)")]
    Clear {
        /// The field.
        field: &'static str,
        /// What stands there.
        value: String,
    },
    /// Another path.
    #[error("`redirect_url = \"{0}\"` must end with `{CALLBACK}`, with nothing after it and no name or password in it")]
    Callback(String),
    /// No secret, or two.
    #[error("name the client's secret once: `client_secret_env` or `client_secret_file`")]
    Secret,
    /// Nobody can sign in.
    #[error("there is no `[[identity.role]]`; say which value of the claim `{0}` is which role")]
    NoRole(String),
    /// A citizen is known by her CPR number.
    #[error("the role citizen needs `[identity.claims] cpr = …`: a citizen is known by her CPR number")]
    NoCpr,
    /// A session that ends at once.
    #[error("`[identity.session]` must give at least one minute idle, one hour and one minute of step-up")]
    Session,
}

fn profile() -> Vec<String> {
    vec!["profile".to_owned()]
}

impl Settings {
    /// Checks what can be checked without the provider.
    ///
    /// # Errors
    /// The first thing that cannot be used.
    pub fn check(&self) -> Result<(), SettingsError> {
        address("issuer", &self.issuer)?;
        let redirect = address("redirect_url", &self.redirect_url)?;
        let bare = redirect.query().is_none() && redirect.fragment().is_none();
        if redirect.path() != CALLBACK || !bare || !redirect.username().is_empty() || redirect.password().is_some() {
            return Err(SettingsError::Callback(self.redirect_url.clone()));
        }
        if self.client_secret_env.is_some() == self.client_secret_file.is_some() {
            return Err(SettingsError::Secret);
        }
        if self.roles.is_empty() {
            return Err(SettingsError::NoRole(self.claims.role.clone()));
        }
        if self.roles.iter().any(|rule| rule.role == Role::Citizen) && self.claims.cpr.is_none() {
            return Err(SettingsError::NoCpr);
        }
        let SessionSettings { idle_minutes, hours, step_up_minutes } = self.session;
        if [idle_minutes, hours, step_up_minutes].contains(&0) {
            return Err(SettingsError::Session);
        }
        Ok(())
    }

    /// How long sessions last.
    pub fn limits(&self) -> SessionLimits {
        SessionLimits {
            idle_seconds: 60 * u64::from(self.session.idle_minutes),
            absolute_seconds: 3600 * u64::from(self.session.hours),
            step_up_seconds: 60 * u64::from(self.session.step_up_minutes),
        }
    }

    /// True when browsers see the portal over https.
    pub(crate) fn is_secure(&self) -> bool {
        self.redirect_url.starts_with("https:")
    }

    /// The address of the house's FHIR, for which access tokens of apps are made.
    pub(crate) fn fhir_base(&self) -> String {
        let scheme = if self.is_secure() { "https" } else { "http" };
        format!("{scheme}://{}{}", self.host(), crate::web::FHIR_BASE)
    }

    /// The portal's host and port as browsers send them.
    pub(crate) fn host(&self) -> String {
        let after = self.redirect_url.split_once("://").map_or("", |(_, rest)| rest);
        after.split('/').next().unwrap_or_default().to_ascii_lowercase()
    }
}

/// An address that tokens may travel to.
pub(crate) fn address(field: &'static str, value: &str) -> Result<Url, SettingsError> {
    let url = Url::parse(value).map_err(|_| SettingsError::Address { field, value: value.to_owned() })?;
    match url.scheme() {
        "https" if url.has_host() => Ok(url),
        "http" if is_loopback(&url) => Ok(url),
        "http" => Err(SettingsError::Clear { field, value: value.to_owned() }),
        _ => Err(SettingsError::Address { field, value: value.to_owned() }),
    }
}

/// True for this machine itself.
fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"
        issuer = "https://login.example"
        client_id = "indgang"
        client_secret_env = "SECRET"
        redirect_url = "https://indgang.example/sign-in/callback"
        [[role]]
        value = "doctor"
        role = "authorised_health_professional"
        profession = "7170"
    "#;

    #[test]
    fn each_mistake_has_its_message() {
        for (from, to, message) in [
            ("", "", None),
            ("https://login.example", "http://127.0.0.1:9", None),
            ("https://indgang.example", "http://localhost:8080", None),
            ("https://login.example", "http://login.example", Some("in clear")),
            ("https://login.example", "http://127.0.0.1.example", Some("in clear")),
            ("https://login.example", "demo", Some("not an address")),
            ("https://login.example", "file:///etc", Some("not an address")),
            ("/sign-in/callback", "/callback", Some("must end with")),
            ("/sign-in/callback", "/sign-in/callback?a=b", Some("must end with")),
            ("https://indgang", "https://me:secret@indgang", Some("must end with")),
            ("client_secret_env = \"SECRET\"", "", Some("secret once")),
            ("client_secret_env", "client_secret_file = \"s\"\nclient_secret_env", Some("secret once")),
            ("authorised_health_professional", "citizen", Some("CPR number")),
            ("[[role]]", "[session]\nidle_minutes = 0\n[[role]]", Some("at least one minute")),
        ] {
            let settings: Settings = toml::from_str(&GOOD.replacen(from, to, 1)).unwrap();
            let found = settings.check().err().map(|error| error.to_string());
            assert_eq!(found.is_some(), message.is_some(), "{to}: {found:?}");
            assert!(found.unwrap_or_default().contains(message.unwrap_or_default()), "{to}");
        }
    }

    #[test]
    fn what_is_not_known_is_refused() {
        for text in [
            GOOD.replace("issuer", "isuer"),
            GOOD.replace("7170", "0000"),
            GOOD.replace("authorised_health_professional", "king"),
            GOOD.replace("client_secret_env", "client_secret"),
        ] {
            assert!(toml::from_str::<Settings>(&text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_redirect_url_tells_scheme_and_host() {
        let mut settings: Settings = toml::from_str(GOOD).unwrap();
        assert_eq!((settings.is_secure(), settings.host().as_str()), (true, "indgang.example"));
        settings.redirect_url = "http://LOCALHOST:8080/sign-in/callback".into();
        assert_eq!((settings.is_secure(), settings.host().as_str()), (false, "localhost:8080"));
    }
}
