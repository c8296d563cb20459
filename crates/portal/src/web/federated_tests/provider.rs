//! A provider on loopback that gives the token it is told to give.

use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signer, SigningKey};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

pub type Claims = Map<String, Value>;

/// What is wrong with a token beside its claims.
pub enum Forged {
    Not,
    Absent,
    None,
    NoneSigned,
    PublicKeyAsSecret,
    ClientSecret,
    OtherKey,
    UnknownKey,
    Changed,
    Retired(Box<SigningKey>),
}

pub struct Made {
    issuer: String,
    inside: Arc<Mutex<Inside>>,
}

struct Inside {
    key: SigningKey,
    generation: u8,
    away: bool,
    token: Option<String>,
    verifier: String,
}

type Shared = State<(String, Arc<Mutex<Inside>>)>;

impl Made {
    pub async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let key = SigningKey::from_bytes(&[1; 32]);
        let inside = Inside { key, generation: 1, away: false, token: None, verifier: String::new() };
        let inside = Arc::new(Mutex::new(inside));
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(description))
            .route("/keys", get(keys))
            .route("/token", post(token))
            .with_state((issuer.clone(), Arc::clone(&inside)));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { issuer, inside }
    }

    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// What the token endpoint will answer.
    pub fn says(&self, claims: Claims, forged: Forged) {
        let token = match forged {
            Forged::Absent => None,
            forged => Some(self.token(&claims, &forged)),
        };
        self.inside.lock().unwrap().token = token;
    }

    /// Another key from now on; gives the one before.
    pub fn rotate(&self) -> Box<SigningKey> {
        let mut inside = self.inside.lock().unwrap();
        inside.generation += 1;
        let new = SigningKey::from_bytes(&[inside.generation; 32]);
        Box::new(std::mem::replace(&mut inside.key, new))
    }

    pub fn away(&self) {
        self.inside.lock().unwrap().away = true;
    }

    /// True when the last verifier fits a challenge (RFC 7636, section 4.6).
    pub fn was_asked_with(&self, challenge: &str) -> bool {
        let inside = self.inside.lock().unwrap();
        !inside.verifier.is_empty() && URL_SAFE_NO_PAD.encode(Sha256::digest(&inside.verifier)) == challenge
    }

    pub fn token(&self, claims: &Claims, forged: &Forged) -> String {
        let inside = self.inside.lock().unwrap();
        let kid = |generation: u8| format!("k{generation}");
        let current = kid(inside.generation);
        let claims: Claims =
            claims.iter().filter(|(_, value)| !value.is_null()).map(|(k, v)| (k.clone(), v.clone())).collect();
        let parts = |alg: &str, kid: &str| {
            let header = json!({"alg": alg, "kid": kid, "typ": "JWT"});
            format!("{}.{}", encoded(&header), encoded(&Value::Object(claims.clone())))
        };
        let signed = |key: &SigningKey, kid: &str| {
            let text = parts("EdDSA", kid);
            let signature = URL_SAFE_NO_PAD.encode(key.sign(text.as_bytes()).to_bytes());
            format!("{text}.{signature}")
        };
        let with_secret = |secret: &[u8]| {
            let text = parts("HS256", &current);
            format!("{text}.{}", URL_SAFE_NO_PAD.encode(hmac(secret, text.as_bytes())))
        };
        let other = SigningKey::from_bytes(&[200; 32]);
        match forged {
            Forged::Not | Forged::Absent => signed(&inside.key, &current),
            Forged::None => format!("{}.", parts("none", &current)),
            Forged::NoneSigned => {
                let text = parts("none", &current);
                let signature = URL_SAFE_NO_PAD.encode(inside.key.sign(text.as_bytes()).to_bytes());
                format!("{text}.{signature}")
            }
            Forged::PublicKeyAsSecret => with_secret(inside.key.verifying_key().as_bytes()),
            Forged::ClientSecret => with_secret(b"canary-secret"),
            Forged::OtherKey => signed(&other, &current),
            Forged::UnknownKey => signed(&other, "k200"),
            Forged::Retired(key) => signed(key, &kid(inside.generation - 1)),
            Forged::Changed => {
                let token = signed(&inside.key, &current);
                let mut changed = claims.clone();
                changed.insert("changed".to_owned(), true.into());
                let parts: Vec<&str> = token.split('.').collect();
                format!("{}.{}.{}", parts[0], encoded(&Value::Object(changed)), parts[2])
            }
        }
    }
}

/// The decoded parameters of a query.
pub fn parameters(query: &str) -> Vec<(String, String)> {
    openidconnect::url::form_urlencoded::parse(query.as_bytes()).into_owned().collect()
}

async fn description(State((issuer, inside)): Shared) -> Response {
    if inside.lock().unwrap().away {
        return StatusCode::BAD_GATEWAY.into_response();
    }
    Json(json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "jwks_uri": format!("{issuer}/keys"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["EdDSA", "HS256", "none"],
    }))
    .into_response()
}

async fn keys(State((_, inside)): Shared) -> Json<Value> {
    let inside = inside.lock().unwrap();
    let x = URL_SAFE_NO_PAD.encode(inside.key.verifying_key().as_bytes());
    let kid = format!("k{}", inside.generation);
    Json(json!({"keys": [{"kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": kid, "x": x}]}))
}

async fn token(State((_, inside)): Shared, Form(form): Form<BTreeMap<String, String>>) -> Response {
    let mut inside = inside.lock().unwrap();
    if form.get("code").map(String::as_str) != Some("c") {
        return (StatusCode::BAD_REQUEST, Json(json!({"error": "invalid_grant"}))).into_response();
    }
    inside.verifier = form.get("code_verifier").cloned().unwrap_or_default();
    let mut answer = json!({"access_token": "canary", "token_type": "Bearer"});
    if let Some(token) = &inside.token {
        answer["id_token"] = token.clone().into();
    }
    Json(answer).into_response()
}

fn encoded(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

/// HMAC-SHA-256 (RFC 2104) with a key of at most 64 bytes.
fn hmac(key: &[u8], text: &[u8]) -> [u8; 32] {
    let padded = |pad: u8| {
        let mut block = [pad; 64];
        block.iter_mut().zip(key).for_each(|(byte, key)| *byte ^= key);
        block
    };
    let inner = Sha256::new().chain_update(padded(0x36)).chain_update(text).finalize();
    Sha256::new().chain_update(padded(0x5c)).chain_update(inner).finalize().into()
}
