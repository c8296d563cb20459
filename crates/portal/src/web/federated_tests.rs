//! Sign-in by a provider that says whatever a test wants: what an honest one cannot be made to say is said here.

mod apps;
mod provider;

use crate::identity::{Provider, Settings};
use crate::sample_house::{self, CASE};
use crate::web::tests::Browser;
use crate::web::{PortalState, router};
use axum::http::{StatusCode, header};
use indgang_gate::UserId;
use indgang_model::{Clock, Role, Sensitive, Timestamp};
use indgang_service::{House, disable_user};
use provider::{Claims, Forged, Made};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// A clock that the test sets.
struct Hand(AtomicI64);

impl Clock for Hand {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(self.0.load(Ordering::Relaxed)).unwrap()
    }
}

/// A portal, its clock, a browser in front of it, and the provider.
struct Place {
    browser: Browser,
    house: House,
    clock: Arc<Hand>,
    made: Made,
    scheme: &'static str,
}

const REDIRECT: &str = "127.0.0.1:8080/sign-in/callback";

impl Place {
    async fn new() -> Self {
        Self::over("http").await
    }

    async fn over(scheme: &'static str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let house = House::open(folder.path(), [7; 32]).await.unwrap();
        let clock = Arc::new(Hand(crate::sample::now().as_second().into()));
        sample_house::furnish(&house, &*clock).await.unwrap();
        let made = Made::start().await;
        let settings = format!(
            r#"
            issuer = "{}"
            client_id = "indgang"
            client_secret_env = "SECRET"
            redirect_url = "{scheme}://{REDIRECT}"
            step_up_acr = ["two-factors"]
            [claims]
            user = "uid"
            role = "roles"
            on_responsibility_of = "chief"
            cpr = "cpr"
            [[role]]
            value = "geneticist"
            role = "laboratory_geneticist"
            [[role]]
            value = "doctor"
            role = "authorised_health_professional"
            [[role]]
            value = "citizen"
            role = "citizen"
            "#,
            made.issuer()
        );
        let settings: Settings = toml::from_str(&settings).unwrap();
        let provider = Provider::new(settings, Sensitive::new("canary-secret".to_owned())).unwrap();
        let state = PortalState::with_provider(house.clone(), clock.clone(), provider);
        Self { browser: Browser::at(router(state), folder), house, clock, made, scheme }
    }

    fn later(&self, seconds: i64) {
        self.clock.0.fetch_add(seconds, Ordering::Relaxed);
    }

    /// Presses the button of a page; gives the parameters the browser is sent to the provider with.
    async fn leave(&mut self, path: &str, to: &str) -> Vec<(String, String)> {
        assert_eq!(self.browser.get(path).await, StatusCode::OK, "{path}");
        let policy = self.browser.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.contains(&format!("form-action 'self' {};", self.made.issuer())), "{policy}");
        let action = path.split('?').next().unwrap();
        let fields = format!("csrf={}&to={to}", self.browser.token());
        assert_eq!(self.browser.post(action, &fields).await, StatusCode::SEE_OTHER);
        let (place, query) = self.browser.went_to().split_once('?').unwrap();
        assert_eq!(place, format!("{}/authorize", self.made.issuer()));
        provider::parameters(query)
    }

    /// The claims of an honest token for what the browser was sent with.
    fn honest(&self, sent: &[(String, String)], more: Value) -> Claims {
        let now = self.clock.now().as_second();
        let mut claims = json!({
            "iss": self.made.issuer(), "aud": "indgang", "sub": "s-1", "sid": "sid-1", "iat": now, "exp": now + 60,
            "nonce": value(sent, "nonce"), "name": "Gry Genetiker", "uid": "laboratory", "roles": ["geneticist"],
            "chief": "clinician", "cpr": "",
        });
        for (name, value) in more.as_object().unwrap() {
            claims[name] = value.clone();
        }
        claims.as_object().unwrap().clone()
    }

    async fn come_back(&mut self, sent: &[(String, String)]) -> StatusCode {
        let path = format!("/sign-in/callback?code=c&state={}", value(sent, "state"));
        self.browser.get(&path).await
    }

    /// The whole way with claims beside the honest ones.
    async fn sign_in(&mut self, more: Value) -> StatusCode {
        self.browser.cookies.clear();
        let sent = self.leave("/sign-in", "").await;
        self.made.says(self.honest(&sent, more), Forged::Not);
        self.come_back(&sent).await
    }

    fn session(&self) -> Option<&String> {
        let prefix = if self.scheme == "https" { "__Host-" } else { "" };
        self.browser.cookies.get(&format!("{prefix}indgang_session"))
    }

    /// Nobody is signed in, and the page tells a number and nothing of why.
    fn nobody(&self, what: &str) {
        assert_eq!(self.session(), None, "{what}");
        for canary in ["canary", "s-1", "nonce", "issuer", "token", "laboratory", "cpr"] {
            assert!(!self.browser.page.contains(canary), "{what}: the page tells `{canary}`");
        }
    }
}

fn value<'a>(parameters: &'a [(String, String)], name: &str) -> &'a str {
    &parameters.iter().find(|(key, _)| key == name).unwrap_or_else(|| panic!("no `{name}`")).1
}

#[tokio::test]
async fn from_the_provider_to_a_case_and_out_again() {
    let mut place = Place::new().await;
    let sent = place.leave("/sign-in", "").await;
    for (name, expected) in [
        ("response_type", "code"),
        ("client_id", "indgang"),
        ("code_challenge_method", "S256"),
        ("scope", "openid profile"),
        ("ui_locales", "da"),
    ] {
        assert_eq!(value(&sent, name), expected);
    }
    assert_eq!(value(&sent, "redirect_uri"), format!("http://{REDIRECT}"));
    place.made.says(place.honest(&sent, json!({})), Forged::Not);
    let before = place.browser.cookies.clone();
    assert_eq!(place.come_back(&sent).await, StatusCode::SEE_OTHER);
    assert_eq!(place.browser.went_to(), "/");
    assert!(place.made.was_asked_with(value(&sent, "code_challenge")), "the verifier fits its challenge");
    assert!(place.session().is_some() && !place.browser.cookies.contains_key("indgang_attempt"));
    assert_eq!(place.browser.get(&format!("/cases/{CASE}")).await, StatusCode::OK);
    assert!(place.browser.page.contains("FGFR2"));

    // The same answer again, by another browser that has the first one's cookie: it is used up.
    let signed_in = std::mem::replace(&mut place.browser.cookies, before);
    assert_eq!(place.come_back(&sent).await, StatusCode::FORBIDDEN);
    assert_eq!(place.session(), None);
    place.browser.cookies = signed_in;
    place.browser.get("/cases").await;
    let fields = format!("csrf={}", place.browser.token());
    assert_eq!(place.browser.post("/sign-out", &fields).await, StatusCode::SEE_OTHER);
    assert_eq!(place.browser.get("/cases").await, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn no_forged_token_signs_anybody_in() {
    let mut place = Place::new().await;
    let now = place.clock.now().as_second();
    for (what, claims, forged) in [
        ("alg none", json!({}), Forged::None),
        ("alg none with a signature", json!({}), Forged::NoneSigned),
        ("HS256 with the public key", json!({}), Forged::PublicKeyAsSecret),
        ("HS256 with the client's secret", json!({}), Forged::ClientSecret),
        ("another's key under a known name", json!({}), Forged::OtherKey),
        ("a key that is not published", json!({}), Forged::UnknownKey),
        ("changed after signing", json!({}), Forged::Changed),
        ("no token", json!({}), Forged::Absent),
        ("another issuer", json!({"iss": "https://evil.example"}), Forged::Not),
        ("another client", json!({"aud": "other"}), Forged::Not),
        ("another client too", json!({"aud": ["indgang", "other"], "azp": "indgang"}), Forged::Not),
        ("made for another", json!({"azp": "other"}), Forged::Not),
        ("expired", json!({"exp": now}), Forged::Not),
        ("long ago", json!({"iat": now - 3600}), Forged::Not),
        ("from the future", json!({"iat": now + 3600, "exp": now + 7200}), Forged::Not),
        ("another nonce", json!({"nonce": "0".repeat(64)}), Forged::Not),
        ("no nonce", json!({"nonce": null}), Forged::Not),
        ("no subject", json!({"sub": null}), Forged::Not),
    ] {
        place.browser.cookies.clear();
        let sent = place.leave("/sign-in", "").await;
        place.made.says(place.honest(&sent, claims), forged);
        assert_eq!(place.come_back(&sent).await, StatusCode::FORBIDDEN, "{what}");
        place.nobody(what);
    }
    assert_eq!(place.sign_in(json!({"azp": "indgang", "aud": ["indgang"]})).await, StatusCode::SEE_OTHER, "honest");
    assert!(place.session().is_some());
}

#[tokio::test]
async fn no_answer_but_the_one_to_this_browser_is_taken() {
    let mut place = Place::new().await;
    for (what, answer) in [
        ("another state", "?code=c&state=0000"),
        ("no state", "?code=c"),
        ("nothing", ""),
        ("another issuer", "?code=c&state=STATE&iss=https://evil.example"),
        ("an error of the provider", "?error=access_denied&state=STATE"),
        ("a code that the provider refuses", "?code=used&state=STATE"),
    ] {
        place.browser.cookies.clear();
        let sent = place.leave("/sign-in", "").await;
        place.made.says(place.honest(&sent, json!({})), Forged::Not);
        let answer = answer.replace("STATE", value(&sent, "state"));
        assert_eq!(place.browser.get(&format!("/sign-in/callback{answer}")).await, StatusCode::FORBIDDEN, "{what}");
        place.nobody(what);
        assert_eq!(place.come_back(&sent).await, StatusCode::FORBIDDEN, "{what}: one attempt, one answer");
    }
    for (what, cookie) in [("no cookie", None), ("a changed cookie", Some("ab".repeat(32)))] {
        let sent = place.leave("/sign-in", "").await;
        place.made.says(place.honest(&sent, json!({})), Forged::Not);
        place.browser.cookies.remove("indgang_attempt");
        place.browser.cookies.extend(cookie.map(|cookie| ("indgang_attempt".to_owned(), cookie)));
        assert_eq!(place.come_back(&sent).await, StatusCode::FORBIDDEN, "{what}");
        place.nobody(what);
    }
    let sent = place.leave("/sign-in", "").await;
    place.later(600);
    place.made.says(place.honest(&sent, json!({})), Forged::Not);
    assert_eq!(place.come_back(&sent).await, StatusCode::FORBIDDEN, "ten minutes later");
    for path in ["/sign-in", "/step-up"] {
        assert!(matches!(place.browser.post(path, "csrf=0&to=/").await, StatusCode::FORBIDDEN | StatusCode::SEE_OTHER));
        assert!(!place.browser.went_to().starts_with("http"), "{path}: not without the form's token");
    }
}

#[tokio::test]
async fn keys_come_and_go() {
    let mut place = Place::new().await;
    assert_eq!(place.sign_in(json!({})).await, StatusCode::SEE_OTHER);
    let old = place.made.rotate();
    place.later(10);
    assert_eq!(place.sign_in(json!({})).await, StatusCode::SEE_OTHER, "the new key is fetched when it is met");
    place.browser.cookies.clear();
    let sent = place.leave("/sign-in", "").await;
    place.made.says(place.honest(&sent, json!({})), Forged::Retired(old));
    assert_eq!(place.come_back(&sent).await, StatusCode::FORBIDDEN, "the retired key is worth nothing");
    place.nobody("a retired key");
}

#[tokio::test]
async fn who_is_nobody_here_gets_no_session() {
    let mut place = Place::new().await;
    for (what, claims) in [
        ("no role", json!({"roles": ["gardener"]})),
        ("no roles at all", json!({"roles": null})),
        ("a citizen without number", json!({"roles": "citizen", "uid": "c"})),
        ("a citizen the house does not know", json!({"roles": "citizen", "uid": "c", "cpr": "0101809995"})),
        ("an identifier that is none", json!({"uid": "../laboratory"})),
    ] {
        assert_eq!(place.sign_in(claims).await, StatusCode::FORBIDDEN, "{what}");
        place.nobody(what);
    }
    let asta = json!({"roles": "citizen", "sub": "s-asta", "uid": "asta", "cpr": "0201919990"});
    assert_eq!(place.sign_in(asta).await, StatusCode::SEE_OTHER);
    assert_eq!(place.browser.get("/my/log").await, StatusCode::OK);
    assert!(place.browser.page.contains("Gry Genetiker") || place.browser.page.contains("log"));
    assert_eq!(place.sign_in(json!({})).await, StatusCode::SEE_OTHER);
    assert_eq!(place.sign_in(json!({"sub": "s-2"})).await, StatusCode::FORBIDDEN, "another's identifier");
    disable_user(&place.house, &*place.clock, &UserId("laboratory".into()), true).await.unwrap();
    assert_eq!(place.sign_in(json!({})).await, StatusCode::FORBIDDEN, "disabled");
    place.nobody("disabled");
}

#[tokio::test]
async fn a_session_ends_when_its_ground_is_gone() {
    let mut place = Place::new().await;
    place.sign_in(json!({})).await;
    place.later(29 * 60);
    assert_eq!(place.browser.get("/cases").await, StatusCode::OK);
    place.later(30 * 60);
    assert_eq!(place.browser.get("/cases").await, StatusCode::SEE_OTHER, "idle");
    place.sign_in(json!({})).await;
    disable_user(&place.house, &*place.clock, &UserId("laboratory".into()), true).await.unwrap();
    assert_eq!(place.browser.get("/cases").await, StatusCode::SEE_OTHER, "disabled");
    disable_user(&place.house, &*place.clock, &UserId("laboratory".into()), false).await.unwrap();
    place.sign_in(json!({})).await;
    let first = place.browser.cookies.clone();
    place.sign_in(json!({"roles": "doctor"})).await;
    assert_eq!(place.browser.get("/access").await, StatusCode::OK);
    place.browser.cookies = first;
    assert_eq!(place.browser.get("/cases").await, StatusCode::SEE_OTHER, "her role is another now");
    place.browser.cookies.insert("indgang_session".to_owned(), "0".repeat(64));
    assert_eq!(place.browser.get("/cases").await, StatusCode::SEE_OTHER, "a changed cookie");
}

#[tokio::test]
async fn a_step_up_is_asked_of_the_provider() {
    let mut place = Place::new().await;
    let glass = format!("/cases/{CASE}/glass");
    let doctor = json!({"roles": "doctor", "uid": "other-clinician", "sub": "s-ole"});
    assert_eq!(place.sign_in(doctor.clone()).await, StatusCode::SEE_OTHER);
    let now = place.clock.now().as_second();
    let with = |more: Value| {
        let mut claims = doctor.clone();
        claims.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        claims
    };
    for (what, claims, status) in [
        ("signed in long ago", with(json!({"auth_time": now - 3600, "acr": "two-factors"})), StatusCode::FORBIDDEN),
        ("nobody knows when", with(json!({"acr": "two-factors"})), StatusCode::FORBIDDEN),
        ("too weak", with(json!({"auth_time": now, "acr": "password"})), StatusCode::FORBIDDEN),
        ("in no known way", with(json!({"auth_time": now})), StatusCode::FORBIDDEN),
        ("somebody else", json!({"auth_time": now, "acr": "two-factors", "roles": "doctor"}), StatusCode::FORBIDDEN),
        ("herself", with(json!({"auth_time": now, "acr": "two-factors"})), StatusCode::SEE_OTHER),
    ] {
        let sent = place.leave(&format!("/step-up?to={glass}"), &glass).await;
        for (name, expected) in [("prompt", "login"), ("max_age", "0"), ("acr_values", "two-factors")] {
            assert_eq!(value(&sent, name), expected);
        }
        let old = place.browser.cookies.clone();
        place.made.says(place.honest(&sent, claims), Forged::Not);
        assert_eq!(place.come_back(&sent).await, status, "{what}");
        let stepped_up = status == StatusCode::SEE_OTHER;
        assert_eq!(place.session() != old.get("indgang_session"), stepped_up, "{what}");
        let open = if stepped_up { StatusCode::OK } else { StatusCode::SEE_OTHER };
        assert_eq!(place.browser.get(&glass).await, open, "{what}");
    }
    place.later(5 * 60);
    assert_eq!(place.browser.get(&glass).await, StatusCode::SEE_OTHER, "it lasts for five minutes");
}

#[tokio::test]
async fn the_provider_logs_out_and_nobody_else_does() {
    let mut place = Place::new().await;
    place.sign_in(json!({})).await;
    let now = place.clock.now().as_second();
    let issuer = place.made.issuer().to_owned();
    let honest = |more: Value| {
        let mut claims = json!({
            "iss": issuer, "aud": "indgang", "iat": now, "exp": now + 120, "jti": "j", "sid": "sid-1",
            "events": {"http://schemas.openid.net/event/backchannel-logout": {}},
        });
        for (name, value) in more.as_object().unwrap() {
            claims[name] = value.clone();
        }
        claims.as_object().unwrap().clone()
    };
    let mut cases = vec![("not a token".to_owned(), "a.b.c".to_owned()), ("nothing".to_owned(), String::new())];
    for (what, claims, forged) in [
        ("alg none", json!({}), Forged::None),
        ("HS256", json!({}), Forged::PublicKeyAsSecret),
        ("another's key", json!({}), Forged::OtherKey),
        ("unknown key", json!({}), Forged::UnknownKey),
        ("changed", json!({}), Forged::Changed),
        ("issuer", json!({"iss": "https://evil.example"}), Forged::Not),
        ("audience", json!({"aud": ["other"]}), Forged::Not),
        ("old", json!({"iat": now - 3600}), Forged::Not),
        ("expired", json!({"exp": now}), Forged::Not),
        ("future", json!({"iat": now + 3600}), Forged::Not),
        ("an identity token", json!({"events": null}), Forged::Not),
        ("another event", json!({"events": {"x": {}}}), Forged::Not),
        ("a nonce", json!({"nonce": "n"}), Forged::Not),
        ("nobody", json!({"sid": null}), Forged::Not),
        ("no jti", json!({"jti": null}), Forged::Not),
    ] {
        cases.push((what.to_owned(), place.made.token(&honest(claims), &forged)));
    }
    for (what, token) in cases {
        let fields = format!("logout_token={token}");
        assert_eq!(place.browser.post("/back-channel-logout", &fields).await, StatusCode::BAD_REQUEST, "{what}");
        assert_eq!(place.browser.get("/cases").await, StatusCode::OK, "{what}: still signed in");
    }
    let token = place.made.token(&honest(json!({})), &Forged::Not);
    let fields = format!("logout_token={token}");
    assert_eq!(place.browser.post("/back-channel-logout", &fields).await, StatusCode::OK);
    assert_eq!(place.browser.get("/cases").await, StatusCode::SEE_OTHER, "logged out");
    place.sign_in(json!({})).await;
    assert_eq!(place.browser.post("/back-channel-logout", &fields).await, StatusCode::BAD_REQUEST, "replayed");
    assert_eq!(place.browser.get("/cases").await, StatusCode::OK);
    let token = place.made.token(&honest(json!({"jti": "k", "sid": null, "sub": "s-1"})), &Forged::Not);
    assert_eq!(place.browser.post("/back-channel-logout", &format!("logout_token={token}")).await, StatusCode::OK);
    assert_eq!(place.browser.get("/cases").await, StatusCode::SEE_OTHER, "every session of hers");
}

#[tokio::test]
async fn over_https_cookies_are_tied_to_the_host() {
    let mut place = Place::over("https").await;
    assert_eq!(place.sign_in(json!({})).await, StatusCode::SEE_OTHER);
    assert!(place.session().is_some());
    assert!(place.browser.cookies.keys().all(|name| name.starts_with("__Host-")), "{:?}", place.browser.cookies);
    assert!(place.browser.headers.contains_key(header::STRICT_TRANSPORT_SECURITY));
    for cookie in place.browser.headers.get_all(header::SET_COOKIE) {
        let cookie = cookie.to_str().unwrap();
        assert!(cookie.contains("; Secure") && cookie.contains("; Path=/;") && !cookie.contains("Domain"), "{cookie}");
    }
    let secret = place.session().unwrap().clone();
    place.browser.cookies.clear();
    place.browser.cookies.insert("indgang_session".to_owned(), secret);
    assert_eq!(place.browser.get("/cases").await, StatusCode::SEE_OTHER, "the plain name is nothing here");
    let foreign =
        axum::http::Request::get("/sign-in").header(header::HOST, "evil.example").body(String::new()).unwrap();
    assert_eq!(place.browser.status_of(foreign).await, StatusCode::MISDIRECTED_REQUEST);
}

#[tokio::test]
async fn a_provider_that_is_away_signs_nobody_in() {
    let mut place = Place::new().await;
    place.made.away();
    assert_eq!(place.browser.get("/sign-in").await, StatusCode::OK, "the page is shown");
    let fields = format!("csrf={}", place.browser.token());
    assert_eq!(place.browser.post("/sign-in", &fields).await, StatusCode::INTERNAL_SERVER_ERROR);
    place.nobody("away");
    assert!(!place.browser.page.contains(place.made.issuer()), "nor where the provider is");
}

#[test]
fn every_role_can_be_a_rule() {
    for role in serde_json::to_value([Role::Auditor, Role::Citizen, Role::Researcher]).unwrap().as_array().unwrap() {
        let rule = format!("value = \"v\"\nrole = {role}");
        assert!(toml::from_str::<crate::identity::RoleRule>(&rule).is_ok(), "{rule}");
    }
}
