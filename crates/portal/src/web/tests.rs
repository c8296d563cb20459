//! The router over a real house in a temporary folder.

use crate::sample_house::{self, CASE};
use crate::web::{PortalState, router};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, Response, StatusCode, header};
use indgang_model::FixedClock;
use indgang_service::House;
use std::collections::BTreeMap;
use std::sync::Arc;
use tower::ServiceExt;

/// A browser without pictures: it keeps cookies and remembers the last page.
pub(super) struct Browser {
    router: Router,
    pub(super) cookies: BTreeMap<String, String>,
    pub(super) status: StatusCode,
    /// The house behind it, when the test made it here.
    pub(super) house: Option<House>,
    pub(super) headers: axum::http::HeaderMap,
    pub(super) page: String,
    folder: Arc<tempfile::TempDir>,
}

impl Browser {
    pub(super) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let house = House::open(folder.path(), [7; 32]).await.unwrap();
        let clock = Arc::new(FixedClock(crate::sample::now()));
        sample_house::furnish(&house, &*clock).await.unwrap();
        let mut browser = Self::at(router(PortalState::demo(house.clone(), clock)), folder);
        browser.house = Some(house);
        browser
    }

    /// In front of a portal whose house lies in the folder.
    pub(super) fn at(router: Router, folder: tempfile::TempDir) -> Self {
        Self {
            router,
            cookies: BTreeMap::new(),
            status: StatusCode::OK,
            house: None,
            headers: axum::http::HeaderMap::new(),
            page: String::new(),
            folder: Arc::new(folder),
        }
    }

    /// Where its house lies.
    pub(super) fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    pub(super) async fn send(&mut self, request: axum::http::request::Builder, body: String) {
        let cookies: Vec<String> = self.cookies.iter().map(|(k, v)| format!("{k}={v}")).collect();
        let request = request
            .header(header::HOST, "127.0.0.1:8080")
            .header(header::COOKIE, cookies.join("; "))
            .body(Body::from(body));
        let response: Response<Body> = self.router.clone().oneshot(request.unwrap()).await.unwrap();
        self.status = response.status();
        self.headers = response.headers().clone();
        for cookie in response.headers().get_all(header::SET_COOKIE) {
            let (pair, rest) = cookie.to_str().unwrap().split_once(';').unwrap();
            assert!(rest.contains("HttpOnly") && rest.contains("SameSite=Lax"), "{rest}");
            let (name, value) = pair.split_once('=').unwrap();
            if value.is_empty() {
                self.cookies.remove(name)
            } else {
                self.cookies.insert(name.into(), value.into())
            };
        }
        let bytes = to_bytes(response.into_body(), 1 << 24).await.unwrap();
        self.page = String::from_utf8(bytes.to_vec()).unwrap();
    }

    /// What a request that no browser sends is answered with.
    pub(super) async fn status_of(&self, request: Request<String>) -> StatusCode {
        self.router.clone().oneshot(request).await.unwrap().status()
    }

    pub(super) async fn get(&mut self, path: &str) -> StatusCode {
        self.send(Request::get(path), String::new()).await;
        self.status
    }

    pub(super) async fn post(&mut self, path: &str, fields: &str) -> StatusCode {
        let form = Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(form, fields.to_owned()).await;
        self.status
    }

    /// The token of the last page's forms.
    pub(super) fn token(&self) -> String {
        self.page.split(r#"name="csrf" value=""#).nth(1).and_then(|p| p.split('"').next()).unwrap().to_owned()
    }

    pub(super) fn went_to(&self) -> &str {
        self.headers.get(header::LOCATION).map_or("", |l| l.to_str().unwrap())
    }

    pub(super) async fn sign_in(&mut self, person: &str) {
        self.cookies.clear();
        assert_eq!(self.get("/sign-in").await, StatusCode::OK);
        let fields = format!("csrf={}&person={person}", self.token());
        assert_eq!(self.post("/sign-in", &fields).await, StatusCode::SEE_OTHER);
        assert_eq!(self.went_to(), "/");
    }
}

#[tokio::test]
async fn from_sign_in_to_the_citizens_log() {
    let mut browser = Browser::new().await;
    let case = format!("/cases/{CASE}");

    browser.sign_in("laboratory").await;
    assert_eq!(browser.get("/cases").await, StatusCode::OK);
    assert!(browser.page.contains("Asta Prøve") && browser.page.contains(&case));
    assert_eq!(browser.get(&case).await, StatusCode::OK);
    assert!(browser.page.contains("Korte fingre eller tæer") && browser.page.contains("FGFR2"));
    assert_eq!(browser.get(&format!("{case}/findings/1")).await, StatusCode::OK);
    assert!(browser.page.contains("0/1") && browser.page.contains("Pfeiffers syndrom"));
    assert_eq!(browser.get(&format!("{case}/findings/99")).await, StatusCode::NOT_FOUND);

    // Nothing to sign, nothing written, then written and signed.
    assert_eq!(browser.get(&format!("{case}/sign")).await, StatusCode::SEE_OTHER);
    assert_eq!(browser.went_to(), format!("{case}?note=nothing-to-sign"));
    browser.get(&case).await;
    let token = browser.token();
    browser.post(&format!("{case}/conclusion"), &format!("csrf={token}&result=diagnostic&text=+")).await;
    assert_eq!(browser.went_to(), format!("{case}?note=empty"));
    browser
        .post(&format!("{case}/conclusion"), &format!("csrf={token}&result=diagnostic&text=%C3%85rsagen+er+fundet"))
        .await;
    assert_eq!(browser.went_to(), format!("{case}#conclusion"));
    // A diagnosis without its cause is kept, and not signed; a finding that is none, or no number, is refused.
    browser.post(&format!("{case}/sign"), &format!("csrf={token}")).await;
    assert_eq!(browser.went_to(), format!("{case}?note=no-cause"));
    for cause in ["99", "x", "-1"] {
        let form = format!("csrf={token}&result=diagnostic&text=x&cause={cause}");
        assert_eq!(browser.post(&format!("{case}/conclusion"), &form).await, StatusCode::BAD_REQUEST);
    }
    browser
        .post(
            &format!("{case}/conclusion"),
            &format!("csrf={token}&result=diagnostic&text=%C3%85rsagen+er+fundet&cause=2&cause=1"),
        )
        .await;
    assert_eq!(browser.went_to(), format!("{case}#conclusion"));
    assert_eq!(browser.get(&format!("{case}/sign")).await, StatusCode::OK);
    assert!(browser.page.contains("Årsagen er fundet"));
    assert_eq!(browser.post(&format!("{case}/sign"), &format!("csrf={token}")).await, StatusCode::SEE_OTHER);
    browser.get(&case).await;
    assert!(browser.page.contains("Underskrevet af Gry Genetiker den 23. november 2026 kl. 14.05."));
    assert!(!browser.page.contains("<textarea"), "what is signed is read-only");

    // The outsider is refused, and learns nothing of the family.
    browser.sign_in("insurer").await;
    assert_eq!(browser.get(&case).await, StatusCode::FORBIDDEN);
    assert!(browser.page.contains("DK-EMP"));
    for canary in ["Prøve", "FGFR2", "Pfeiffer", "0201919990"] {
        assert!(!browser.page.contains(canary), "the refusal tells `{canary}`");
    }

    browser.sign_in("asta").await;
    assert_eq!(browser.get("/my/result").await, StatusCode::OK);
    assert!(browser.page.contains("Årsagen er fundet") && browser.page.contains("FGFR2"));
    assert!(!browser.page.contains("LDLR"), "she wished no secondary findings, and this one is her mother's");
    assert_eq!(browser.get("/my/log").await, StatusCode::OK);
    for part in ["Gry Genetiker", "åbnede sagen", "underskrev svaret", "Finn Forsikring", "Afvist", "Sundhedsloven"] {
        assert!(browser.page.contains(part), "the log lacks `{part}`");
    }
    let all = browser.page.matches("<tr").count();
    browser.get("/my/log?only=refused").await;
    assert!(browser.page.matches("<tr").count() < all && browser.page.contains("Finn Forsikring"));
    for (query, shown, hidden) in [
        ("who=finn", "Finn Forsikring", "Gry Genetiker,"),
        ("who=GENETIKER", "Gry Genetiker,", "Finn Forsikring"),
        ("who=laboratory", "Gry Genetiker,", "Finn Forsikring"),
        ("purpose=own_access", "dig selv", "Finn Forsikring"),
        ("from=2026-11-23&until=2026-11-23", "Finn Forsikring", "Ingen linjer"),
        ("until=2026-11-22", "Ingen linjer", "Finn Forsikring"),
        ("from=2026-11-24", "Ingen linjer", "Finn Forsikring"),
        ("who=nobody", "Ingen linjer", "Finn Forsikring"),
        ("before=0", "0 linjer", "Finn Forsikring"),
    ] {
        assert_eq!(browser.get(&format!("/my/log?{query}")).await, StatusCode::OK);
        assert!(browser.page.contains(shown) && !browser.page.contains(hidden), "{query}: {}", browser.page);
    }
    for path in ["/my/log?from=soon", "/my/log?until=2026-02-30", "/my/log.json?from=soon", "/my/log.fhir.json?until=x"]
    {
        assert_eq!(browser.get(path).await, StatusCode::BAD_REQUEST, "{path}");
    }
    browser.get("/my/log.json?only=refused&who=finn").await;
    let lines: Vec<serde_json::Value> = serde_json::from_str(&browser.page).unwrap();
    assert!(lines.iter().all(|line| line["who"] == "insurer" && line["permitted"] == false) && !lines.is_empty());
    browser.get("/my/log").await;
    let proof = browser.page.split("href=\"/my/log/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    assert_eq!(browser.get(&format!("/my/log/{proof}")).await, StatusCode::OK);
    assert!(browser.page.contains("Beviset holder:"));
    assert_eq!(browser.get(&format!("/my/proof/{proof}")).await, StatusCode::OK);
    let proof: indgang_service::LogProof = serde_json::from_str(&browser.page).unwrap();
    assert!(proof.verify(&proof.public_key));
    assert_eq!(browser.get("/my/log.json").await, StatusCode::OK);
    let lines: serde_json::Value = serde_json::from_str(&browser.page).unwrap();
    assert!(lines.as_array().is_some_and(|l| l.len() >= all - 1));
    assert_eq!(browser.get("/my/log.fhir.json").await, StatusCode::OK);
    let bundle: serde_json::Value = serde_json::from_str(&browser.page).unwrap();
    assert_eq!(
        (&bundle["type"], &bundle["entry"][0]["resource"]["resourceType"]),
        (&"collection".into(), &"AuditEvent".into())
    );
}

#[tokio::test]
async fn the_pseudonymised_see_no_name() {
    let mut browser = Browser::new().await;
    browser.sign_in("bioinformatician").await;
    for path in ["/cases".to_owned(), format!("/cases/{CASE}"), format!("/cases/{CASE}/findings/1")] {
        let status = browser.get(&path).await;
        assert_eq!(status, StatusCode::OK, "{path}");
        for canary in ["Asta", "Cilje", "Ejnar", "0201919990"] {
            assert!(!browser.page.contains(canary), "{path} shows `{canary}`");
        }
    }
}

#[tokio::test]
async fn a_criterion_set_by_hand_changes_the_class_on_page_conclusion_and_report() {
    let mut browser = Browser::new().await;
    let (case, finding) = (format!("/cases/{CASE}"), format!("/cases/{CASE}/findings/1"));
    browser.sign_in("laboratory").await;
    browser.get(&finding).await;
    assert!(
        browser.page.contains("<strong>Sygdomsgivende</strong>, +11 point") && !browser.page.contains("(sat i hånden)")
    );
    let token = browser.token();
    let name = browser.page.split(r#"name="finding" value=""#).nth(1).and_then(|p| p.split('"').next()).unwrap();
    let name = crate::page::encode(&name.replace("&gt;", ">"));
    let form = |criterion: &str, setting: &str, reason: &str| {
        format!("csrf={token}&finding={name}&criterion={criterion}&setting={setting}&reason={reason}")
    };
    let door = format!("{finding}/criteria");
    for (body, expected) in [
        (form("PP3", "not_met", "kort"), Ok("?note=short#set-criterion")),
        (form("BA1", "strong", "en+lang+nok+begrundelse"), Ok("?note=strength#set-criterion")),
        (form("PP9", "strong", "en+lang+nok+begrundelse"), Err(StatusCode::BAD_REQUEST)),
        (form("PP3", "stronger", "en+lang+nok+begrundelse"), Err(StatusCode::BAD_REQUEST)),
        (form("PP3", "not_met", "en+lang+nok+begrundelse").replace(&name, "X"), Err(StatusCode::BAD_REQUEST)),
        (form("PP3", "not_met", "en+lang+nok+begrundelse").replace(&token, "00"), Err(StatusCode::FORBIDDEN)),
        (form("PP3", "not_met", "en+lang+nok+begrundelse"), Ok("#acmg")),
    ] {
        browser.post(&door, &body).await;
        match expected {
            Ok(place) => assert_eq!(browser.went_to(), format!("{finding}{place}"), "{body}"),
            Err(status) => assert_eq!(browser.status, status, "{body}"),
        }
    }
    browser.get(&format!("{finding}?note=short")).await;
    assert!(browser.page.contains("Begrundelsen er for kort"));
    browser.get(&finding).await;
    assert!(browser.page.contains("<strong>Sandsynligt sygdomsgivende</strong>, +7 point (sat i hånden)"));
    assert!(browser.page.contains("en lang nok begrundelse") && browser.page.contains("Gry Genetiker"));
    browser.get(&case).await;
    assert!(browser.page.contains("Sandsynligt sygdomsgivende (sat i hånden)"));
    let token = browser.token();
    browser.post(&format!("{case}/conclusion"), &format!("csrf={token}&result=diagnostic&text=Fundet&cause=1")).await;
    browser.get(&format!("{case}/sign")).await;
    assert!(browser.page.contains("Sandsynligt sygdomsgivende (sat i hånden)"));
    assert_eq!(browser.get(&format!("{case}/report.html")).await, StatusCode::OK);
    assert!(browser.headers[header::CONTENT_DISPOSITION].to_str().unwrap().starts_with("attachment"));
    assert!(browser.page.contains("Sat ud af betragtning i hånden") && browser.page.contains("(7 "));
    // Signed: no form, and a form sent all the same changes nothing.
    browser.post(&format!("{case}/sign"), &format!("csrf={token}")).await;
    browser.get(&finding).await;
    assert!(!browser.page.contains(&door) && browser.page.contains("+7 point (sat i hånden)"));
    browser.post(&door, &form("PP3", "automatic", "en+lang+nok+begrundelse")).await;
    assert_eq!(browser.went_to(), format!("{finding}?note=signed#set-criterion"));
}

#[tokio::test]
async fn without_session_every_door_leads_to_sign_in() {
    let mut browser = Browser::new().await;
    for path in [
        "/",
        "/cases",
        "/cases/x",
        "/cases/x/findings/1",
        "/cases/x/sign",
        "/access",
        "/my/result",
        "/my/choices",
        "/my/log",
        "/my/log/1",
        "/my/proof/1",
        "/my/log.json",
        "/my/log.fhir.json",
        "/audit/rules",
        "/audit/log",
        "/audit/log/consistency/1/2",
        "/audit/replay",
        "/audit/follow-ups",
        "/audit/follow-ups/1",
    ] {
        assert_eq!(browser.get(path).await, StatusCode::SEE_OTHER, "{path}");
        assert_eq!(browser.went_to(), "/sign-in", "{path}");
    }
    for path in [
        "/cases/x/conclusion",
        "/cases/x/findings/1/criteria",
        "/cases/x/sign",
        "/my/choices/block",
        "/sign-out",
        "/step-up",
        "/cases/x/glass",
    ] {
        let fields = "csrf=1&text=x&person=x&secondary_findings=all";
        assert_eq!(browser.post(path, fields).await, StatusCode::SEE_OTHER, "{path}");
        assert_eq!(browser.went_to(), "/sign-in", "{path}");
    }
    // A made-up session is none.
    browser.cookies.insert("indgang_session".into(), "ab".repeat(32));
    assert_eq!(browser.get("/cases").await, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_form_without_its_token_changes_nothing() {
    let mut browser = Browser::new().await;
    assert_eq!(browser.post("/sign-in", "person=laboratory").await, StatusCode::FORBIDDEN);
    browser.sign_in("laboratory").await;
    for path in [format!("/cases/{CASE}/conclusion"), format!("/cases/{CASE}/sign"), "/sign-out".to_owned()] {
        assert_eq!(browser.post(&path, "text=x").await, StatusCode::FORBIDDEN, "{path}");
        assert_eq!(
            browser.post(&path, &format!("text=x&csrf={}", "0".repeat(64))).await,
            StatusCode::FORBIDDEN,
            "{path}"
        );
    }
    assert_eq!(browser.get("/cases").await, StatusCode::OK, "still signed in");
    let token = browser.token();
    let long = format!("csrf={token}&text={}", "x".repeat(200_000));
    assert_eq!(browser.post(&format!("/cases/{CASE}/conclusion"), &long).await, StatusCode::BAD_REQUEST);
    assert_eq!(browser.post("/sign-out", &format!("csrf={token}")).await, StatusCode::SEE_OTHER);
    assert_eq!(browser.get("/cases").await, StatusCode::SEE_OTHER, "signed out");
}

#[tokio::test]
async fn every_answer_carries_the_headers() {
    let mut browser = Browser::new().await;
    for path in ["/sign-in", "/nowhere", "/cases", crate::assets::stylesheet()] {
        browser.get(path).await;
        let policy = browser.headers["content-security-policy"].to_str().unwrap();
        assert!(
            policy.starts_with("default-src 'none'; style-src 'self'") && policy.contains("frame-ancestors 'none'")
        );
        assert_eq!(browser.headers["x-content-type-options"], "nosniff");
        let kept = path.starts_with("/static/");
        assert_eq!(browser.headers[header::CACHE_CONTROL] == "no-store", !kept, "{path}");
    }
}

#[tokio::test]
async fn the_demo_house_answers_to_loopback_names_only() {
    let browser = Browser::new().await;
    let request = Request::get("/sign-in").header(header::HOST, "evil.example").body(Body::empty()).unwrap();
    let response = browser.router.clone().oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::MISDIRECTED_REQUEST);
}

#[tokio::test]
async fn outside_the_demo_nobody_signs_in_by_choice() {
    let folder = tempfile::tempdir().unwrap();
    let house = House::open(folder.path(), [7; 32]).await.unwrap();
    let clock = Arc::new(FixedClock(crate::sample::now()));
    sample_house::furnish(&house, &*clock).await.unwrap();
    let router = router(PortalState::new(house, clock));
    let get = Request::get("/sign-in").body(Body::empty()).unwrap();
    let page = to_bytes(router.clone().oneshot(get).await.unwrap().into_body(), 1 << 20).await.unwrap();
    assert!(!String::from_utf8_lossy(&page).contains("Asta"));
    let post = Request::post("/sign-in")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from("person=laboratory"))
        .unwrap();
    assert_eq!(router.oneshot(post).await.unwrap().status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_glass_is_broken_with_a_reason_and_a_confirmation() {
    let mut browser = Browser::new().await;
    let (case, glass) = (format!("/cases/{CASE}"), format!("/cases/{CASE}/glass"));
    browser.sign_in("other-clinician").await;
    assert_eq!(browser.get(&case).await, StatusCode::FORBIDDEN);
    assert!(browser.page.contains(&format!("href=\"{glass}\"")), "the lawful ways are offered");
    assert!(!browser.page.contains("Prøve"));
    assert_eq!(browser.get(&glass).await, StatusCode::SEE_OTHER);
    let step_up = browser.went_to().to_owned();
    assert_eq!(step_up, format!("/step-up?to={glass}"));
    browser.get(&step_up).await;
    let old = browser.cookies.clone();
    let fields = format!("to={glass}");
    assert_eq!(browser.post("/step-up", &fields).await, StatusCode::FORBIDDEN, "without its token");
    browser.get(&step_up).await;
    let fields = format!("csrf={}&to={glass}", browser.token());
    assert_eq!(browser.post("/step-up", &fields).await, StatusCode::SEE_OTHER);
    assert_eq!(browser.went_to(), glass);
    assert_ne!(browser.cookies, old, "the session goes on under a new secret");

    assert_eq!(browser.get(&glass).await, StatusCode::OK);
    let csrf = browser.token();
    let reason = "reason=bevidstl%C3%B8s+p%C3%A5+akutmodtagelsen";
    for (fields, status) in [
        (format!("way=essential_interest&{reason}"), StatusCode::FORBIDDEN),
        (format!("csrf={csrf}&way=curiosity&{reason}"), StatusCode::BAD_REQUEST),
        (format!("csrf={csrf}&way=essential_interest&reason=kort"), StatusCode::BAD_REQUEST),
        (format!("csrf={csrf}&way=current_treatment&{reason}"), StatusCode::FORBIDDEN),
    ] {
        assert_eq!(browser.post(&glass, &fields).await, status, "{fields}");
        assert_eq!(browser.get(&case).await, StatusCode::FORBIDDEN, "{fields}");
    }
    let fields = format!("csrf={csrf}&way=essential_interest&{reason}");
    assert_eq!(browser.post(&glass, &fields).await, StatusCode::SEE_OTHER);
    assert_eq!(browser.get(&case).await, StatusCode::OK);
    assert!(browser.page.contains("FGFR2"));

    let stepped_up = std::mem::replace(&mut browser.cookies, old);
    assert_eq!(browser.get(&case).await, StatusCode::SEE_OTHER, "the old secret is worth nothing");
    browser.cookies = stepped_up;
    for person in ["laboratory", "insurer", "asta"] {
        browser.sign_in(person).await;
        assert_eq!(browser.get(&glass).await, StatusCode::NOT_FOUND, "{person}");
    }
    browser.get("/my/log").await;
    assert!(
        browser.page.contains("bevidstløs på akutmodtagelsen") && browser.page.contains("Læsningen vurderes bagefter")
    );
}

#[tokio::test]
async fn signing_out_everywhere_ends_every_session() {
    let mut browser = Browser::new().await;
    browser.sign_in("asta").await;
    let elsewhere = browser.cookies.clone();
    browser.sign_in("asta").await;
    browser.get("/access").await;
    let fields = format!("csrf={}&everywhere=yes", browser.token());
    assert_eq!(browser.post("/sign-out", &fields).await, StatusCode::SEE_OTHER);
    browser.cookies = elsewhere;
    assert_eq!(browser.get("/my/result").await, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn the_choice_of_language_is_kept() {
    let mut browser = Browser::new().await;
    browser.get("/sign-in").await;
    assert!(browser.page.contains(r#"<html lang="da">"#));
    assert_eq!(browser.get("/language/en?to=/sign-in").await, StatusCode::SEE_OTHER);
    assert_eq!(browser.went_to(), "/sign-in");
    browser.get("/sign-in").await;
    assert!(browser.page.contains(r#"<html lang="en">"#));
    assert_eq!(browser.get("/language/xx").await, StatusCode::NOT_FOUND);
}
