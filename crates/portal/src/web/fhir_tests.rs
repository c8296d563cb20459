//! FHIR over HTTP, and the pages of a person's story.

use crate::web::tests::Browser;
use axum::http::{Request, StatusCode, header};
use indgang_gate::UserId;
use indgang_model::FixedClock;
use indgang_service::{Format, Operator, ResourceDelivery, ingest_resources, register_system};
use serde_json::Value;

const PATIENT: &str =
    r#"{"resourceType":"Patient","id":"m","identifier":[{"system":"urn:oid:1.2.208.176.1.2","value":"0201609996"}]}"#;

fn observation(id: &str, day: &str, value: f64) -> String {
    format!(
        r#"{{"resourceType":"Observation","id":"{id}","status":"final","code":{{"coding":[{{"system":"npu","code":"NPU27300"}}],"text":"HbA1c"}},"subject":{{"reference":"Patient/m"}},"effectiveDateTime":"{day}","valueQuantity":{{"value":{value:.2},"unit":"mmol/mol"}}}}"#
    )
}

/// A portal whose house knows something of the mother, and the token of her hospital's system.
async fn furnished() -> (Browser, String) {
    let browser = Browser::new().await;
    let house = browser.house.clone().unwrap();
    let clock = FixedClock(crate::sample::now());
    let folder = tempfile::tempdir().unwrap();
    let take = async |source: &str, lines: &[String]| {
        let file = folder.path().join(source);
        std::fs::write(&file, lines.join("\n")).unwrap();
        let operator = Operator {
            user: UserId("operator".into()),
            organisation: "Testkøbing Hospital".into(),
            on_responsibility_of: UserId("clinician".into()),
        };
        let delivery =
            ResourceDelivery { file, format: Format::Fhir, source: source.to_owned(), person: None, again: false };
        ingest_resources(&house, &clock, &operator, &delivery, [7; 32]).await.unwrap();
    };
    let medicine = r#"{"resourceType":"MedicationRequest","id":"d","status":"active","intent":"order","medicationCodeableConcept":{"text":"Metformin"},"subject":{"reference":"Patient/m"},"authoredOn":"2023-02-01"}"#;
    let days = ["2024-01-01", "2024-02-01", "2024-03-01"];
    let mut lines = vec![PATIENT.to_owned(), medicine.to_owned()];
    lines.extend((40..).zip(days).map(|(n, day)| observation(&format!("o{n}"), day, f64::from(n))));
    take("ehr", &lines).await;
    take("ehr", &[observation("o42", "2024-03-01", 43.5)]).await;
    take("gp", &[PATIENT.to_owned(), observation("9", "2024-01-01", 99.0)]).await;
    let token = register_system(&house, &clock, "epj", "Testkøbing Hospital", [1; 32]).await.unwrap();
    (browser, token.expose().clone())
}

async fn ask(browser: &mut Browser, path: &str, token: &str, user: &str) -> (StatusCode, Value) {
    let mut request = Request::get(path).header("x-on-behalf-of", user);
    if !token.is_empty() {
        request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
    }
    browser.send(request, String::new()).await;
    assert_eq!(browser.headers[header::CONTENT_TYPE], "application/fhir+json; charset=utf-8", "{path}");
    (browser.status, serde_json::from_str(&browser.page).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_system_reads_for_who_treats_the_person_and_for_nobody_else() {
    let (mut browser, token) = furnished().await;
    let (status, metadata) = ask(&mut browser, "/fhir/R4/metadata", "", "").await;
    assert_eq!((status, &metadata["resourceType"]), (StatusCode::OK, &"CapabilityStatement".into()));
    let (_, patient) = ask(&mut browser, "/fhir/R4/Patient/p-mother", &token, "clinician").await;
    assert_eq!(patient["identifier"][0]["value"], "0201609996", "{patient}");
    let (_, all) = ask(&mut browser, "/fhir/R4/Patient/p-mother/$everything", &token, "clinician").await;
    assert_eq!((&all["total"], all["entry"].as_array().map(Vec::len)), (&7.into(), Some(7)), "{all}");
    for (query, total) in [
        ("", 4),
        ("&code=npu%7CNPU27300", 4),
        ("&code=other%7CNPU27300", 0),
        ("&date=2024-01", 2),
        ("&date=gt2024-01-01&date=lt2024-03-01", 1),
    ] {
        let path = format!("/fhir/R4/Observation?patient=p-mother{query}");
        assert_eq!(ask(&mut browser, &path, &token, "clinician").await.1["total"], total, "{query}");
    }
    // Page by page, each once; and a number keeps its digits.
    let (mut path, mut seen) = ("/fhir/R4/Observation?patient=p-mother&_count=3".to_owned(), Vec::new());
    loop {
        let (_, page) = ask(&mut browser, &path, &token, "clinician").await;
        seen.extend(
            page["entry"].as_array().unwrap().iter().map(|entry| entry["fullUrl"].as_str().unwrap().to_owned()),
        );
        let next = page["link"].as_array().unwrap().iter().find(|link| link["relation"] == "next");
        let Some(next) = next else { break };
        path = next["url"].as_str().unwrap().strip_prefix("http://127.0.0.1:8080").unwrap().to_owned();
    }
    assert_eq!(seen.len(), 4);
    assert!(seen[0].ends_with("/fhir/R4/sources/ehr/Observation/o42"), "{seen:?}");
    let one = "/fhir/R4/sources/ehr/Observation/o42";
    ask(&mut browser, one, &token, "clinician").await;
    assert!(browser.page.contains("43.50") && browser.headers[header::ETAG] == "W/\"2\"", "{}", browser.page);
    ask(&mut browser, &format!("{one}/_history/1"), &token, "clinician").await;
    assert!(browser.page.contains("42.00"), "{}", browser.page);
    for (path, key, user, status, code) in [
        (one, token.as_str(), "insurer", StatusCode::FORBIDDEN, "forbidden"),
        (one, &token, "nobody", StatusCode::FORBIDDEN, "forbidden"),
        (one, "", "clinician", StatusCode::UNAUTHORIZED, "login"),
        (one, &token, "", StatusCode::BAD_REQUEST, "invalid"),
        ("/fhir/R4/Patient/p-mother/$everything", &token, "insurer", StatusCode::FORBIDDEN, "forbidden"),
        ("/fhir/R4/sources/ehr/Observation/none", &token, "clinician", StatusCode::FORBIDDEN, "forbidden"),
        ("/fhir/R4/sources/ehr/Observation/o42/_history/9", &token, "clinician", StatusCode::NOT_FOUND, "not-found"),
        ("/fhir/R4/Observation", &token, "clinician", StatusCode::BAD_REQUEST, "invalid"),
        ("/fhir/R4/Observation?patient=p-mother&canary=1", &token, "clinician", StatusCode::BAD_REQUEST, "invalid"),
        ("/fhir/R4/Canary?patient=p-mother", &token, "clinician", StatusCode::NOT_FOUND, "not-found"),
    ] {
        let (found, outcome) = ask(&mut browser, path, key, user).await;
        assert_eq!((found, &outcome["issue"][0]["code"]), (status, &code.into()), "{path} {user}: {outcome}");
        assert_eq!(outcome["resourceType"], "OperationOutcome");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_story_is_read_by_who_treats_and_by_herself() {
    let (mut browser, _) = furnished().await;
    browser.sign_in("clinician").await;
    assert_eq!(browser.get("/patients/p-mother/timeline").await, StatusCode::OK);
    for part in ["HbA1c", "Metformin", "<svg", "Kilderne er ikke enige", "DK-42a"] {
        assert!(browser.page.contains(part), "{part}: {}", browser.page);
    }
    assert_eq!(browser.get("/patients/p-mother/timeline?kind=medication&as=table").await, StatusCode::OK);
    assert!(browser.page.contains("Metformin") && !browser.page.contains("HbA1c"));
    assert_eq!(browser.get("/patients/p-mother/timeline?from=yesterday").await, StatusCode::BAD_REQUEST);
    assert_eq!(browser.get("/patients/p-nobody/timeline").await, StatusCode::FORBIDDEN);
    browser.sign_in("laboratory").await;
    assert_eq!(browser.get("/patients/p-mother/timeline").await, StatusCode::FORBIDDEN);
    browser.sign_in("insurer").await;
    assert_eq!(browser.get("/my/story").await, StatusCode::FORBIDDEN);
}
