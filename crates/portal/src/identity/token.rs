//! What a compact JWS (RFC 7515) says, and the verification of logout tokens and access tokens.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use indgang_model::Timestamp;
use openidconnect::JsonWebKey as _;
use openidconnect::core::{CoreJsonWebKeySet, CoreJsonWebKeyUse, CoreJwsSigningAlgorithm as Algorithm};
use serde::Deserialize;
use serde_json::{Map, Value};

/// The signatures that are trusted: made with a private key only the provider has.
pub(super) const TRUSTED: [Algorithm; 9] = [
    Algorithm::RsaSsaPssSha256,
    Algorithm::RsaSsaPssSha384,
    Algorithm::RsaSsaPssSha512,
    Algorithm::RsaSsaPkcs1V15Sha256,
    Algorithm::RsaSsaPkcs1V15Sha384,
    Algorithm::RsaSsaPkcs1V15Sha512,
    Algorithm::EcdsaP256Sha256,
    Algorithm::EcdsaP384Sha384,
    Algorithm::EdDsa,
];

const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";
/// Seconds by which the provider's clock may be ahead of ours or a logout token may be old.
const SKEW: i64 = 60;
const OLDEST: i64 = 300;

/// A logout token that has been verified.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct LogoutToken {
    iss: String,
    aud: Value,
    iat: i64,
    exp: Option<i64>,
    /// Unique name of the token.
    pub jti: String,
    /// The provider's session.
    pub sid: Option<String>,
    /// The provider's user.
    pub sub: Option<String>,
    events: Map<String, Value>,
    nonce: Option<Value>,
}

#[derive(Deserialize)]
struct Header {
    alg: Algorithm,
    kid: Option<String>,
    typ: Option<String>,
    crit: Option<Value>,
}

/// Why a token is not obeyed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Forged {
    #[error("it is not a signed token")]
    Shape,
    #[error("it is signed with an algorithm that is not trusted")]
    Algorithm,
    #[error("it is not signed with a key of the provider")]
    Signature,
    #[error("it is of another issuer")]
    Issuer,
    #[error("it is for another client")]
    Audience,
    #[error("it is too old or from the future")]
    Time,
    #[error("it is a token for something else")]
    Kind,
}

/// Verifies a logout token (OpenID Connect Back-Channel Logout 1.0, section 2.6).
pub(super) fn logout(
    token: &str,
    keys: &CoreJsonWebKeySet,
    (issuer, client): (&str, &str),
    now: Timestamp,
) -> Result<LogoutToken, Forged> {
    let (header, payload) = verified(token, keys)?;
    let token: LogoutToken = part(payload)?;
    let is_logout = header.typ.as_deref().is_none_or(|typ| {
        let typ = typ.to_ascii_lowercase();
        typ.strip_prefix("application/").unwrap_or(&typ) == "logout+jwt" || typ == "jwt"
    });
    let named = token.sid.is_some() || token.sub.is_some();
    if !is_logout || !named || token.nonce.is_some() || !token.events.get(EVENT).is_some_and(Value::is_object) {
        return Err(Forged::Kind);
    }
    if token.iss != issuer {
        return Err(Forged::Issuer);
    }
    if !audience_is(&token.aud, client) {
        return Err(Forged::Audience);
    }
    let now = now.as_second();
    if token.iat > now + SKEW || token.iat < now - OLDEST || token.exp.is_some_and(|exp| exp <= now) {
        return Err(Forged::Time);
    }
    Ok(token)
}

/// The header and the payload of a token that a key of the provider has signed.
fn verified<'t>(token: &'t str, keys: &CoreJsonWebKeySet) -> Result<(Header, &'t str), Forged> {
    let (signed, signature) = token.rsplit_once('.').ok_or(Forged::Shape)?;
    let (header, payload) = signed.split_once('.').ok_or(Forged::Shape)?;
    let header: Header = part(header)?;
    if !TRUSTED.contains(&header.alg) || header.crit.is_some() {
        return Err(Forged::Algorithm);
    }
    let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| Forged::Shape)?;
    let fits = keys.keys().iter().filter(|key| {
        key.key_use() != Some(&CoreJsonWebKeyUse::Encryption)
            && header.kid.as_ref().is_none_or(|kid| key.key_id().is_some_and(|id| id.as_str() == kid))
    });
    if !fits.into_iter().any(|key| key.verify_signature(&header.alg, signed.as_bytes(), &signature).is_ok()) {
        return Err(Forged::Signature);
    }
    Ok((header, payload))
}

/// What an access token says (RFC 9068).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct AccessToken {
    iss: String,
    aud: Value,
    exp: i64,
    iat: i64,
    /// The provider's user.
    pub sub: String,
    /// The provider's name of the app.
    pub client_id: String,
    /// The scopes, with spaces between.
    pub scope: String,
    /// The person that the app was launched for (SMART App Launch).
    pub patient: Option<String>,
}

/// Verifies an access token for `audience` (RFC 9068, section 4).
pub(super) fn access(
    token: &str,
    keys: &CoreJsonWebKeySet,
    (issuer, audience): (&str, &str),
    now: Timestamp,
) -> Result<AccessToken, Forged> {
    let (header, payload) = verified(token, keys)?;
    // Many providers write `JWT`; what tells an access token from an identity token is then its audience.
    let is_access = header.typ.as_deref().is_none_or(|typ| {
        let typ = typ.to_ascii_lowercase();
        ["at+jwt", "jwt"].contains(&typ.strip_prefix("application/").unwrap_or(&typ))
    });
    let token: AccessToken = part(payload)?;
    let plain = |c: char| c.is_ascii_graphic();
    if !is_access || token.client_id.is_empty() || token.client_id.len() > 128 || !token.client_id.chars().all(plain) {
        return Err(Forged::Kind);
    }
    if token.iss != issuer {
        return Err(Forged::Issuer);
    }
    if !audience_is(&token.aud, audience) {
        return Err(Forged::Audience);
    }
    let now = now.as_second();
    if token.iat > now + SKEW || token.exp <= now {
        return Err(Forged::Time);
    }
    Ok(token)
}

impl LogoutToken {
    /// From when on it would not be obeyed any more.
    pub fn expires(&self) -> Timestamp {
        Timestamp::from_second(self.iat.saturating_add(OLDEST + SKEW)).unwrap_or(Timestamp::MAX)
    }
}

fn audience_is(aud: &Value, client: &str) -> bool {
    match aud {
        Value::String(one) => one == client,
        Value::Array(all) => all.iter().any(|one| one == client),
        _ => false,
    }
}

fn part<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, Forged> {
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| Forged::Shape)?;
    serde_json::from_slice(&bytes).map_err(|_| Forged::Shape)
}

/// The claims of a token whose signature has been verified already.
pub(super) fn claims(verified: &str) -> Option<Map<String, Value>> {
    part(verified.split('.').nth(1)?).ok()
}

/// True when the token was made for this client: `azp` is absent or names it, and is there when others are in `aud`.
pub(super) fn authorised_party(claims: &Map<String, Value>, client: &str) -> bool {
    let several = claims.get("aud").and_then(Value::as_array).is_some_and(|all| all.len() > 1);
    claims.get("azp").map_or(!several, |azp| azp == client)
}
