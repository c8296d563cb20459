//! Apps with an access token of the institution's provider: never more than its user may reach, and never more than its scopes.

use super::Place;
use super::provider::Forged;
use crate::web::fhir_tests::take_at;
use axum::http::{Request, StatusCode, header};
use indgang_model::Clock;
use serde_json::{Value, json};

const BASE: &str = "http://127.0.0.1:8080/fhir/R4";

impl Place {
    /// The claims of an honest access token.
    fn access(&self, more: Value) -> super::Claims {
        let now = self.clock.now().as_second();
        let mut claims = json!({
            "iss": self.made.issuer(), "aud": BASE, "sub": "s-1", "client_id": "growth-chart", "iat": now, "exp": now + 60,
            "scope": "openid user/*.rs",
        });
        for (name, value) in more.as_object().unwrap() {
            claims[name] = value.clone();
        }
        claims.as_object().unwrap().clone()
    }

    async fn ask(&mut self, path: &str, more: Value, forged: Forged) -> (StatusCode, Value) {
        let token = self.made.token(&self.access(more), &forged);
        let request = Request::get(format!("/fhir/R4/{path}")).header(header::AUTHORIZATION, format!("Bearer {token}"));
        self.browser.cookies.clear();
        self.browser.send(request, String::new()).await;
        (self.browser.status, serde_json::from_str(&self.browser.page).unwrap())
    }
}

async fn place() -> Place {
    let mut place = Place::new().await;
    let observation = |id: &str, category: &str| {
        json!({
            "resourceType": "Observation", "id": id, "status": "final", "code": { "text": "x" },
            "category": [{ "coding": [{ "code": category }] }], "subject": { "reference": "Patient/m" },
        })
        .to_string()
    };
    let patient = json!({
        "resourceType": "Patient", "id": "m",
        "identifier": [{ "system": "urn:oid:1.2.208.176.1.2", "value": "0201609996" }],
    });
    let condition = json!({ "resourceType": "Condition", "id": "c", "code": { "text": "x" }, "subject": { "reference": "Patient/m" } });
    let lines = [
        patient.to_string(),
        observation("lab", "laboratory"),
        observation("vital", "vital-signs"),
        condition.to_string(),
    ];
    take_at(&place.house, "ehr", &lines).await;
    let doctor = json!({ "uid": "clinician", "roles": ["doctor"], "chief": null, "name": "Lis" });
    assert_eq!(place.sign_in(doctor).await, StatusCode::SEE_OTHER);
    place
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_reaches_what_its_user_may_and_its_scopes_say() {
    let mut place = place().await;
    let launched = |scope: &str| json!({ "scope": scope, "patient": "p-mother" });
    for (path, token, status, total) in [
        ("Observation?patient=p-mother", launched("user/*.rs"), 200, 2),
        ("Observation?patient=p-mother", launched("patient/*.rs"), 200, 2),
        ("Observation?patient=p-mother", launched("patient/Observation.rs?category=laboratory"), 200, 1),
        ("Observation?patient=p-mother", launched("patient/Observation.r"), 403, 0),
        ("Observation?patient=p-mother", launched("patient/Condition.rs openid"), 403, 0),
        ("Observation?patient=p-mother", json!({ "scope": "patient/*.rs" }), 403, 0),
        ("Observation?patient=p-mother", json!({ "scope": "patient/*.rs", "patient": "p-child" }), 403, 0),
        (
            "Patient/p-mother/$everything",
            launched("patient/Condition.rs patient/Observation.s?category=laboratory"),
            200,
            2,
        ),
        ("Observation?patient=p-mother&_include=Observation:patient", launched("patient/Observation.rs"), 200, 2),
        // The gate refuses whatever the scopes say.
        ("Observation?patient=p-stranger", json!({ "scope": "user/*.rs" }), 403, 0),
        ("Observation?patient=p-stranger", json!({ "scope": "patient/*.rs", "patient": "p-stranger" }), 403, 0),
    ] {
        let (found, told) = place.ask(path, token.clone(), Forged::Not).await;
        assert_eq!(found.as_u16(), status, "{path} {token}: {told}");
        assert_eq!(told["total"].as_u64().unwrap_or_default(), total, "{path} {token}: {told}");
        assert!(status == 200 || told["issue"][0]["code"] == "forbidden", "{told}");
        // What goes with a match is reached by a scope of its own only.
        assert_eq!(told["entry"].as_array().map_or(0, Vec::len) as u64, total, "{path} {token}: {told}");
    }
    for (path, scope, status) in [
        ("sources/ehr/Observation/vital", "user/Observation.r", 200),
        ("sources/ehr/Observation/vital", "user/Observation.r?category=laboratory", 404),
        ("sources/ehr/Observation/vital", "user/Observation.s", 403),
        ("Patient/p-mother", "patient/Patient.r", 200),
        ("Patient/p-mother", "patient/Patient.r?_id=m", 403),
        ("Patient/p-mother", "patient/Observation.rs", 403),
    ] {
        let (found, told) = place.ask(path, launched(scope), Forged::Not).await;
        assert_eq!(found.as_u16(), status, "{path} {scope}: {told}");
    }
    // It does not write, and has no source of its own.
    let token = place.made.token(&place.access(launched("user/*.cruds")), &Forged::Not);
    let bearer = format!("Bearer {token}");
    let request = Request::put("/fhir/R4/Observation/a")
        .header(header::AUTHORIZATION, bearer)
        .header(header::CONTENT_TYPE, "application/fhir+json");
    place.browser.send(request, r#"{"resourceType":"Observation","id":"a"}"#.to_owned()).await;
    assert_eq!(place.browser.status, StatusCode::FORBIDDEN, "{}", place.browser.page);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_not_for_this_house_opens_nothing() {
    let mut place = place().await;
    let now = place.clock.now().as_second();
    for (more, forged) in [
        (json!({ "aud": "indgang" }), Forged::Not),
        (json!({ "iss": "http://127.0.0.1:1" }), Forged::Not),
        (json!({ "exp": now }), Forged::Not),
        (json!({ "iat": now + 600 }), Forged::Not),
        (json!({ "sub": "s-unknown" }), Forged::Not),
        (json!({ "client_id": null }), Forged::Not),
        (json!({ "scope": null }), Forged::Not),
        (json!({}), Forged::None),
        (json!({}), Forged::NoneSigned),
        (json!({}), Forged::PublicKeyAsSecret),
        (json!({}), Forged::ClientSecret),
        (json!({}), Forged::OtherKey),
        (json!({}), Forged::Changed),
    ] {
        let (found, told) = place.ask("Observation?patient=p-mother", more.clone(), forged).await;
        assert_eq!((found, &told["issue"][0]["code"]), (StatusCode::UNAUTHORIZED, &"login".into()), "{more}: {told}");
    }
    indgang_service::disable_user(&place.house, &*place.clock, &indgang_gate::UserId("clinician".into()), true)
        .await
        .unwrap();
    let (found, _) = place.ask("Observation?patient=p-mother", json!({}), Forged::Not).await;
    assert_eq!(found, StatusCode::UNAUTHORIZED);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_learns_where_it_is_let_in() {
    let mut place = Place::new().await;
    assert_eq!(place.browser.get("/fhir/R4/.well-known/smart-configuration").await, StatusCode::OK);
    let told: Value = serde_json::from_str(&place.browser.page).unwrap();
    assert_eq!(told["authorization_endpoint"], format!("{}/authorize", place.made.issuer()));
    assert_eq!(told["token_endpoint"], format!("{}/token", place.made.issuer()));
    assert_eq!(place.browser.get("/fhir/R4/metadata").await, StatusCode::OK);
    assert!(place.browser.page.contains("SMART-on-FHIR"));
}
