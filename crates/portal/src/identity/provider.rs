//! One provider: its description and keys, the way there, and what it says of the one who comes back.

use super::claims::{self, Mapped, NotMapped};
use super::http::{Http, HttpError};
use super::settings::{Settings, SettingsError, address};
use super::token::{self, Forged, LogoutToken, TRUSTED};
use indgang_model::{Clock, Sensitive, Timestamp};
use openidconnect::core::{
    CoreAuthPrompt, CoreAuthenticationFlow, CoreClient, CoreIdToken, CoreIdTokenVerifier, CoreProviderMetadata,
    CoreTokenResponse,
};
use openidconnect::url::Url;
use openidconnect::{
    AccessToken, AuthenticationContextClass, AuthorizationCode, ClaimsVerificationError, ClientId, ClientSecret,
    CsrfToken, EndpointMaybeSet, EndpointNotSet, EndpointSet, HttpRequest, IssuerUrl, LanguageTag, Nonce,
    OAuth2TokenResponse as _, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope, SignatureVerificationError,
    TokenResponse as _,
};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use tokio::sync::Mutex;

/// Seconds for which the provider's description and keys are kept, and within which they are not asked for again.
const KEPT: i64 = 600;
const ASKED: i64 = 5;
/// Seconds by which the provider's clock may be ahead, and for which an identity token is fresh.
const SKEW: i64 = 60;
const FRESH: i64 = 600;
/// Seconds by which the provider's clock may be behind in the time of a step-up.
const BEHIND: i64 = 10;

/// An OpenID provider, as the configuration names it.
pub struct Provider {
    settings: Settings,
    redirect: RedirectUrl,
    issuer: IssuerUrl,
    secret: ClientSecret,
    http: Http,
    known: Mutex<Asked>,
}

/// The provider's description with its keys.
struct Known {
    metadata: CoreProviderMetadata,
    at: Timestamp,
}

/// What the provider last said of itself, and when it was last asked in vain.
#[derive(Default)]
struct Asked {
    known: Option<Arc<Known>>,
    in_vain: Option<Timestamp>,
}

/// What a browser took to the provider, all made from the one secret it keeps in a cookie.
pub(crate) struct Sent<'a> {
    pub secret: &'a str,
    /// When it was sent, for a step-up.
    pub step_up: Option<Timestamp>,
}

/// What comes back in the address.
pub(crate) struct Returned<'a> {
    pub code: &'a str,
    pub state: &'a str,
    pub iss: Option<&'a str>,
}

/// Somebody the provider vouches for.
#[derive(Debug)]
pub(crate) struct Identified {
    pub subject: String,
    pub sid: Option<String>,
    claims: Map<String, Value>,
}

/// Why nobody is vouched for. For the log; a browser is told no more than that it failed.
#[derive(Debug, thiserror::Error)]
pub enum ProviderError {
    /// The configuration.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The description.
    #[error("the provider's description cannot be used: {0}")]
    Discovery(String),
    /// The request.
    #[error(transparent)]
    Http(#[from] HttpError),
    /// Another browser's sign-in, or a made-up one.
    #[error("the state is not the one this browser was sent with")]
    State,
    /// Another provider answered.
    #[error("the answer is of another issuer")]
    Issuer,
    /// The code was refused.
    #[error("the provider refused the code: {0}")]
    Code(String),
    /// No identity token.
    #[error("the provider gave no identity token")]
    NoToken,
    /// A token that is not to be trusted.
    #[error("the identity token is not to be trusted: {0}")]
    Token(String),
    /// Userinfo of another.
    #[error("the provider's userinfo is of another subject or is no JSON object")]
    UserInfo,
}

type Client =
    CoreClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointMaybeSet, EndpointMaybeSet>;

impl Provider {
    /// A provider by its settings. It is asked for its description when somebody first signs in.
    ///
    /// # Errors
    /// When the settings cannot be used.
    pub fn new(settings: Settings, secret: Sensitive<String>) -> Result<Self, ProviderError> {
        settings.check()?;
        let unusable = |field, value: &str| SettingsError::Address { field, value: value.to_owned() };
        let redirect = RedirectUrl::new(settings.redirect_url.clone())
            .map_err(|_| unusable("redirect_url", &settings.redirect_url))?;
        let issuer = IssuerUrl::new(settings.issuer.clone()).map_err(|_| unusable("issuer", &settings.issuer))?;
        let secret = ClientSecret::new(secret.expose().clone());
        Ok(Self { settings, redirect, issuer, secret, http: Http::new(), known: Mutex::default() })
    }

    /// Its issuer.
    pub fn issuer(&self) -> &str {
        &self.settings.issuer
    }

    pub(crate) const fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The scheme and host the browser is sent to, for the policy of pages with a form that leads there.
    pub(crate) async fn origin(&self, clock: &dyn Clock) -> Result<String, ProviderError> {
        let known = self.known(clock.now(), false).await?;
        Ok(known.metadata.authorization_endpoint().url().origin().ascii_serialization())
    }

    /// Where to send the browser.
    pub(crate) async fn way_there(
        &self,
        clock: &dyn Clock,
        sent: &Sent<'_>,
        language: &str,
    ) -> Result<Url, ProviderError> {
        let known = self.known(clock.now(), false).await?;
        let client = self.client(&known);
        let (state, nonce) = (sent.made("state"), sent.made("nonce"));
        let challenge = PkceCodeChallenge::from_code_verifier_sha256(&sent.verifier());
        let mut request = client
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                move || CsrfToken::new(state),
                move || Nonce::new(nonce),
            )
            .add_scopes(self.settings.scopes.iter().cloned().map(Scope::new))
            .add_ui_locale(LanguageTag::new(language.to_owned()))
            .set_pkce_challenge(challenge);
        if sent.step_up.is_some() {
            request = request.add_prompt(CoreAuthPrompt::Login).set_max_age(Duration::ZERO);
            let values = self.settings.step_up_acr.iter().cloned();
            request =
                values.map(AuthenticationContextClass::new).fold(request, |all, one| all.add_auth_context_value(one));
        }
        Ok(request.url().0)
    }

    /// Whom the provider vouches for, when the browser comes back with a code.
    pub(crate) async fn identify(
        &self,
        clock: &dyn Clock,
        sent: &Sent<'_>,
        returned: &Returned<'_>,
    ) -> Result<Identified, ProviderError> {
        if !crate::web::equal(sent.made("state").as_bytes(), returned.state.as_bytes()) {
            return Err(ProviderError::State);
        }
        if returned.iss.is_some_and(|iss| iss != self.settings.issuer) {
            return Err(ProviderError::Issuer);
        }
        let known = self.known(clock.now(), false).await?;
        let answer = self.exchange(&known, sent, returned.code).await?;
        let token = answer.id_token().ok_or(ProviderError::NoToken)?;
        let claims = match self.verified(&known, token, sent, clock.now()) {
            // The provider has new keys: its description is asked for again, and the token looked at once more.
            Err(Untrusted::UnknownKey) => {
                let known = self.known(clock.now(), true).await?;
                self.verified(&known, token, sent, clock.now())
            }
            outcome => outcome,
        };
        let mut claims = claims.map_err(|untrusted| ProviderError::Token(untrusted.to_string()))?;
        let text = |name| claims.get(name).and_then(Value::as_str).map(str::to_owned);
        let subject = text("sub").ok_or(ProviderError::NoToken)?;
        let sid = text("sid");
        if !claims::complete(&self.settings, &claims) {
            self.add_userinfo(&known, answer.access_token(), &subject, &mut claims).await?;
        }
        Ok(Identified { subject, sid, claims })
    }

    /// The user that somebody is here.
    pub(crate) fn map(&self, identified: &Identified) -> Result<Mapped, NotMapped> {
        claims::map(&self.settings, &identified.subject, &identified.claims)
    }

    /// Verifies a logout token.
    pub(crate) async fn verify_logout(
        &self,
        clock: &dyn Clock,
        text: &str,
    ) -> Result<Result<LogoutToken, Forged>, ProviderError> {
        let verify = |known: &Known| {
            let mine = (self.settings.issuer.as_str(), self.settings.client_id.as_str());
            token::logout(text, known.metadata.jwks(), mine, clock.now())
        };
        let known = self.known(clock.now(), false).await?;
        Ok(match verify(&known) {
            Err(Forged::Signature) => verify(&*self.known(clock.now(), true).await?),
            outcome => outcome,
        })
    }

    /// Verifies an access token for the house's FHIR.
    pub(crate) async fn verify_access(
        &self,
        clock: &dyn Clock,
        text: &str,
    ) -> Result<Result<token::AccessToken, Forged>, ProviderError> {
        let audience = self.settings.fhir_base();
        let verify =
            |known: &Known| token::access(text, known.metadata.jwks(), (&self.settings.issuer, &audience), clock.now());
        let known = self.known(clock.now(), false).await?;
        Ok(match verify(&known) {
            Err(Forged::Signature) => verify(&*self.known(clock.now(), true).await?),
            outcome => outcome,
        })
    }

    /// Where apps are let in and get their tokens: the authorisation and token endpoints.
    pub(crate) async fn endpoints(&self, clock: &dyn Clock) -> Result<(String, Option<String>), ProviderError> {
        let known = self.known(clock.now(), false).await?;
        let token = known.metadata.token_endpoint().map(|endpoint| endpoint.as_str().to_owned());
        Ok((known.metadata.authorization_endpoint().as_str().to_owned(), token))
    }

    async fn exchange(&self, known: &Known, sent: &Sent<'_>, code: &str) -> Result<CoreTokenResponse, ProviderError> {
        let client = self.client(known);
        let request = client.exchange_code(AuthorizationCode::new(code.to_owned()));
        let request = request.map_err(|error| ProviderError::Discovery(error.to_string()))?;
        let answer = request.set_pkce_verifier(sent.verifier()).request_async(&self.http).await;
        answer.map_err(|error| match error {
            openidconnect::RequestTokenError::ServerResponse(refused) => {
                ProviderError::Code(refused.error().to_string())
            }
            openidconnect::RequestTokenError::Request(error) => ProviderError::Http(error),
            // What could not be parsed may hold tokens: it is not repeated.
            _ => ProviderError::Code("its answer is not that of a token endpoint".to_owned()),
        })
    }

    /// The claims of an identity token, after every check of OpenID Connect Core 1.0, section 3.1.3.7.
    fn verified(
        &self,
        known: &Known,
        token: &CoreIdToken,
        sent: &Sent<'_>,
        now: Timestamp,
    ) -> Result<Map<String, Value>, Untrusted> {
        let client = ClientId::new(self.settings.client_id.clone());
        let second = now.as_second();
        let verifier =
            CoreIdTokenVerifier::new_public_client(client, self.issuer.clone(), known.metadata.jwks().clone())
                .set_allowed_algs(TRUSTED)
                .set_time_fn(move || SystemTime::from(now).into())
                .set_issue_time_verifier_fn(move |at| {
                    let age = second - at.timestamp();
                    if (-SKEW..FRESH).contains(&age) { Ok(()) } else { Err("it was not issued just now".to_owned()) }
                })
                .set_auth_time_verifier_fn(move |at| match (sent.step_up, at) {
                    (None, _) => Ok(()),
                    (Some(sent), Some(at)) if at.timestamp() >= sent.as_second() - BEHIND => Ok(()),
                    _ => Err("she did not prove anew who she is".to_owned()),
                })
                .set_auth_context_verifier_fn(move |acr| {
                    let wanted = &self.settings.step_up_acr;
                    let enough = acr.is_some_and(|acr| wanted.iter().any(|one| one == acr.as_str()));
                    if sent.step_up.is_none() || wanted.is_empty() || enough {
                        return Ok(());
                    }
                    Err("the provider's way of proving who she is is not one of `step_up_acr`".to_owned())
                });
        token.claims(&verifier, &Nonce::new(sent.made("nonce"))).map_err(Untrusted::from)?;
        let claims = token::claims(&token.to_string()).ok_or(Untrusted::Shape)?;
        if token::authorised_party(&claims, &self.settings.client_id) { Ok(claims) } else { Err(Untrusted::Party) }
    }

    /// Adds what the provider says at its userinfo endpoint. What the signed token says goes before it.
    async fn add_userinfo(
        &self,
        known: &Known,
        access: &AccessToken,
        subject: &str,
        claims: &mut Map<String, Value>,
    ) -> Result<(), ProviderError> {
        let Some(endpoint) = known.metadata.userinfo_endpoint() else { return Ok(()) };
        let request: HttpRequest = openidconnect::http::Request::get(endpoint.url().as_str())
            .header("authorization", format!("Bearer {}", access.secret()))
            .header("accept", "application/json")
            .body(Vec::new())
            .map_err(|_| ProviderError::UserInfo)?;
        let answer = self.http.ask(request).await?;
        let told: Map<String, Value> = serde_json::from_slice(answer.body()).map_err(|_| ProviderError::UserInfo)?;
        if !answer.status().is_success() || told.get("sub").and_then(Value::as_str) != Some(subject) {
            return Err(ProviderError::UserInfo);
        }
        for (name, value) in told {
            claims.entry(name).or_insert(value);
        }
        Ok(())
    }

    fn client(&self, known: &Known) -> Client {
        let id = ClientId::new(self.settings.client_id.clone());
        CoreClient::from_provider_metadata(known.metadata.clone(), id, Some(self.secret.clone()))
            .set_redirect_uri(self.redirect.clone())
    }

    /// The provider's description: the one at hand while it is new, else asked for again.
    async fn known(&self, now: Timestamp, again: bool) -> Result<Arc<Known>, ProviderError> {
        let mut asked = self.known.lock().await;
        let within = |at: Timestamp, seconds| (0..seconds).contains(&now.duration_since(at).as_secs());
        if let Some(known) = asked.known.as_ref().filter(|known| within(known.at, if again { ASKED } else { KEPT })) {
            return Ok(Arc::clone(known));
        }
        if asked.in_vain.is_some_and(|at| within(at, ASKED)) {
            return Err(ProviderError::Discovery("it did not answer a moment ago".to_owned()));
        }
        asked.in_vain = Some(now);
        let known = Arc::new(Known { metadata: self.discover().await?, at: now });
        *asked = Asked { known: Some(Arc::clone(&known)), in_vain: None };
        Ok(known)
    }

    async fn discover(&self) -> Result<CoreProviderMetadata, ProviderError> {
        let found = CoreProviderMetadata::discover_async(self.issuer.clone(), &self.http).await;
        let metadata = found.map_err(|error| match error {
            openidconnect::DiscoveryError::Request(error) => ProviderError::Http(error),
            other => ProviderError::Discovery(other.to_string()),
        })?;
        address("authorization_endpoint", metadata.authorization_endpoint().as_str())?;
        Ok(metadata)
    }
}

impl Sent<'_> {
    /// What is made of the secret for one use.
    fn made(&self, of: &str) -> String {
        let hash = Sha256::digest(format!("indgang sign-in v1\n{of}\n{}", self.secret));
        hash.iter().fold(String::with_capacity(64), |text, byte| text + &format!("{byte:02x}"))
    }

    fn verifier(&self) -> PkceCodeVerifier {
        PkceCodeVerifier::new(self.made("verifier"))
    }
}

#[derive(Debug, thiserror::Error)]
enum Untrusted {
    #[error("no key of the provider fits")]
    UnknownKey,
    #[error("it was made for another client")]
    Party,
    #[error("it is not a signed token")]
    Shape,
    #[error("{0}")]
    Other(ClaimsVerificationError),
}

impl From<ClaimsVerificationError> for Untrusted {
    fn from(error: ClaimsVerificationError) -> Self {
        use SignatureVerificationError::{CryptoError, NoMatchingKey};
        match error {
            ClaimsVerificationError::SignatureVerification(NoMatchingKey | CryptoError(_)) => Self::UnknownKey,
            other => Self::Other(other),
        }
    }
}

impl std::fmt::Debug for Provider {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Provider").field("issuer", &self.settings.issuer).finish_non_exhaustive()
    }
}
