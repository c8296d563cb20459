//! What a system writes over FHIR: under its own name, all of it or nothing, on a professional's responsibility.

use crate::web::tests::Browser;
use axum::http::{Request, StatusCode, header};
use indgang_model::FixedClock;
use indgang_service::{Database, let_system_write, register_system, verify_log};
use serde_json::{Value, json};

const CPR: &str = "urn:oid:1.2.208.176.1.2";

struct System {
    browser: Browser,
    token: String,
    user: &'static str,
}

impl System {
    async fn new() -> Self {
        let browser = Browser::new().await;
        let house = browser.house.clone().unwrap();
        let clock = FixedClock(crate::sample::now());
        let token = register_system(&house, &clock, "epj", "Testkøbing Hospital", [1; 32]).await.unwrap();
        assert!(let_system_write(&house, &clock, "epj").await.unwrap());
        Self { browser, token: token.expose().clone(), user: "clinician" }
    }

    async fn send(&mut self, method: &str, path: &str, headers: &[(&str, &str)], body: &Value) -> (StatusCode, Value) {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("/fhir/R4{path}"))
            .header("x-on-behalf-of", self.user)
            .header(header::AUTHORIZATION, format!("Bearer {}", self.token))
            .header(header::CONTENT_TYPE, "application/fhir+json");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = if body.is_null() { String::new() } else { body.to_string() };
        self.browser.send(request, body).await;
        let page = &self.browser.page;
        let value = if page.is_empty() { Value::Null } else { serde_json::from_str(page).unwrap() };
        (self.browser.status, value)
    }

    async fn total(&mut self, query: &str) -> Value {
        let path = format!("/{query}");
        self.send("GET", &path, &[], &Value::Null).await.1["total"].clone()
    }
}

fn mother() -> Value {
    json!({ "resourceType": "Patient", "identifier": [{ "system": CPR, "value": "0201609996" }] })
}

fn observation(subject: &str, value: f64) -> Value {
    json!({
        "resourceType": "Observation", "status": "final", "identifier": [{ "system": "urn:lab", "value": "s-1" }],
        "code": { "coding": [{ "system": "npu", "code": "NPU27300" }] }, "subject": { "reference": subject },
        "effectiveDateTime": "2024-01-01", "valueQuantity": { "value": value, "unit": "mmol/mol" },
    })
}

fn entry(method: &str, url: &str, full_url: &str, resource: &Value) -> Value {
    json!({ "fullUrl": full_url, "resource": resource, "request": { "method": method, "url": url } })
}

fn bundle(kind: &str, entries: &[Value]) -> Value {
    json!({ "resourceType": "Bundle", "type": kind, "entry": entries })
}

const P: &str = "urn:uuid:7d4ab4c0-0f3f-4c0e-8f53-2f4ee0a7c001";
const O: &str = "urn:uuid:7d4ab4c0-0f3f-4c0e-8f53-2f4ee0a7c002";
const R: &str = "urn:uuid:7d4ab4c0-0f3f-4c0e-8f53-2f4ee0a7c003";

#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_is_written_whole_with_its_references_and_again_changes_nothing() {
    let mut system = System::new().await;
    let report = json!({
        "resourceType": "DiagnosticReport", "status": "final", "code": { "text": "x" }, "subject": { "reference": P },
        "result": [{ "reference": O }], "category": [{ "coding": [{ "code": "LAB" }] }],
    });
    let organisation = json!({ "resourceType": "Organization", "id": "x", "name": "Testkøbing" });
    let asked = bundle(
        "transaction",
        &[
            entry("POST", "DiagnosticReport", R, &report),
            entry("POST", "Observation", O, &observation(P, 48.5)),
            entry("POST", "Patient", P, &mother()),
            entry("PUT", "Organization/x", "", &organisation),
        ],
    );
    let (status, told) = system.send("POST", "", &[], &asked).await;
    assert_eq!((status, &told["type"]), (StatusCode::OK, &"transaction-response".into()), "{told}");
    let response = &told["entry"][1]["response"];
    let id = &O["urn:uuid:".len()..];
    assert_eq!(response["status"], "201 Created");
    let location = format!("http://127.0.0.1:8080/fhir/R4/sources/epj/Observation/{id}/_history/1");
    assert_eq!((&response["location"], &response["etag"]), (&location.into(), &"W/\"1\"".into()));
    let query = "DiagnosticReport?patient=p-mother&_include=DiagnosticReport:result";
    let (_, found) = system.send("GET", &format!("/{query}"), &[], &Value::Null).await;
    assert_eq!(found["entry"][0]["resource"]["result"][0]["reference"], format!("Observation/{id}"), "{found}");
    assert_eq!(found["entry"][1]["resource"]["valueQuantity"]["value"], 48.5);
    // The same again, as after an answer that was lost.
    let (_, again) = system.send("POST", "", &[], &asked).await;
    for at in 0..4 {
        assert_eq!(again["entry"][at]["response"]["status"], "200 OK", "{again}");
        assert_eq!(again["entry"][at]["response"]["location"], told["entry"][at]["response"]["location"]);
    }
    assert_eq!(system.total("Observation?patient=p-mother").await, 1);
    // Her log says who answers for it, and the log holds.
    let house = system.browser.house.clone().unwrap();
    let folder = system.browser.folder();
    let outcome = verify_log(folder, &Database::in_folder(folder), |_, _| {}).await.unwrap();
    assert!(outcome.holds(), "{:?}", outcome.problems);
    drop(house);
    system.browser.sign_in("cilje").await;
    system.browser.get("/my/log.json").await;
    assert!(system.browser.page.contains("ingest") && system.browser.page.contains("epj"), "{}", system.browser.page);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_fault_and_nothing_of_a_transaction_is_written() {
    let mut system = System::new().await;
    let good = || [entry("POST", "Patient", P, &mother()), entry("POST", "Observation", O, &observation(P, 1.0))];
    let with = |more: Value| bundle("transaction", &[&good()[..], &[more]].concat());
    let mut stale = entry("PUT", "Observation/a", "", &observation(P, 1.0));
    stale["request"]["ifMatch"] = "W/\"3\"".into();
    let mut faulty = observation(P, 1.0);
    faulty["status"] = 17.into();
    for (body, status, code) in [
        (with(stale), StatusCode::PRECONDITION_FAILED, "conflict"),
        (with(entry("POST", "Observation", "", &faulty)), StatusCode::UNPROCESSABLE_ENTITY, "processing"),
        (
            with(entry("POST", "Observation", "", &observation("Patient/canary", 1.0))),
            StatusCode::UNPROCESSABLE_ENTITY,
            "processing",
        ),
        (with(entry("POST", "Condition", "", &observation(P, 1.0))), StatusCode::BAD_REQUEST, "invalid"),
        (with(entry("DELETE", "Observation/a", "", &observation(P, 1.0))), StatusCode::BAD_REQUEST, "invalid"),
        (with(json!({ "request": { "method": "GET", "url": "metadata" } })), StatusCode::BAD_REQUEST, "invalid"),
        (with(entry("POST", "Observation", O, &observation(P, 2.0))), StatusCode::UNPROCESSABLE_ENTITY, "processing"),
        (json!({ "resourceType": "Bundle", "type": "collection" }), StatusCode::BAD_REQUEST, "invalid"),
    ] {
        let (found, outcome) = system.send("POST", "", &[], &body).await;
        assert_eq!((found, &outcome["issue"][0]["code"]), (status, &code.into()), "{outcome}");
        assert!(!outcome.to_string().contains("canary"), "{outcome}");
        assert_eq!(system.total("Observation?patient=p-mother").await, 0, "{outcome}");
        assert_eq!(system.total("Patient?patient=p-mother").await, 0);
    }
    // A system that was let in to ask alone writes nothing, not even what is nobody's.
    let (house, clock) = (system.browser.house.clone().unwrap(), FixedClock(crate::sample::now()));
    let asks = register_system(&house, &clock, "asks", "Testkøbing Hospital", [2; 32]).await.unwrap().expose().clone();
    let writes = std::mem::replace(&mut system.token, asks);
    let organisation = json!({ "resourceType": "Organization", "name": "x" });
    assert_eq!(system.send("POST", "", &[], &bundle("transaction", &good())).await.0, StatusCode::FORBIDDEN);
    assert_eq!(system.send("POST", "/Organization", &[], &organisation).await.0, StatusCode::FORBIDDEN);
    system.token = writes;
    // Nobody but an authorised professional of the system's own institution answers for what it sends.
    for user in ["laboratory", "insurer", "nobody", "asta"] {
        system.user = user;
        let (found, outcome) = system.send("POST", "", &[], &bundle("transaction", &good())).await;
        assert_eq!((found, &outcome["issue"][0]["code"]), (StatusCode::FORBIDDEN, &"forbidden".into()), "{user}");
    }
    system.user = "clinician";
    assert_eq!(system.total("Observation?patient=p-mother").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_single_resource_is_created_once_and_updated_in_its_version() {
    let mut system = System::new().await;
    let patient = mother();
    let (status, _) = system.send("PUT", "/Patient/m", &[], &patient).await;
    assert_eq!(status, StatusCode::CREATED);
    let first = observation("Patient/m", 1.5);
    let (status, _) = system.send("POST", "/Observation", &[], &first).await;
    assert_eq!((status, system.browser.headers[header::ETAG].to_str().unwrap()), (StatusCode::CREATED, "W/\"1\""));
    let location = system.browser.headers[header::LOCATION].to_str().unwrap().to_owned();
    let address = location.strip_prefix("http://127.0.0.1:8080/fhir/R4").unwrap();
    let (address, _) = address.split_once("/_history").unwrap();
    let id = address.rsplit('/').next().unwrap();
    // The id is no one's choice but the house's, and the same for the same.
    let mut named = first.clone();
    named["id"] = "chosen".into();
    let (status, _) = system.send("POST", "/Observation", &[], &named).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(system.browser.headers[header::LOCATION], *location);
    // Not created, because there is one with the identifier.
    let other = observation("Patient/m", 2.5);
    for (condition, status, total) in [
        ("identifier=urn:lab|s-1", StatusCode::OK, 1),
        ("identifier=urn%3Alab%7Cs-1", StatusCode::OK, 1),
        ("code=x", StatusCode::BAD_REQUEST, 1),
        ("identifier=urn:other|s-1", StatusCode::CREATED, 2),
    ] {
        let (found, outcome) = system.send("POST", "/Observation", &[("if-none-exist", condition)], &other).await;
        assert_eq!(found, status, "{condition}: {outcome}");
        assert_eq!(system.total("Observation?patient=p-mother").await, total, "{condition}");
    }
    let changed = observation("Patient/m", 3.5);
    for (path, tag, status) in [
        (address, "W/\"2\"", StatusCode::PRECONDITION_FAILED),
        (address, "W/\"1\"", StatusCode::OK),
        (address, "W/\"1\"", StatusCode::PRECONDITION_FAILED),
        (&format!("/Observation/{id}"), "2", StatusCode::OK),
        ("/sources/other/Observation/a", "2", StatusCode::FORBIDDEN),
        ("/Condition/a", "2", StatusCode::BAD_REQUEST),
    ] {
        let (found, outcome) = system.send("PUT", path, &[("if-match", tag)], &changed).await;
        assert_eq!(found, status, "{path} {tag}: {outcome}");
    }
    let (_, read) = system.send("GET", &format!("/Observation/{id}"), &[], &Value::Null).await;
    assert_eq!((&read["valueQuantity"]["value"], &read["id"]), (&3.5.into(), &id.into()), "{read}");
    assert_eq!(system.browser.headers[header::ETAG], "W/\"2\"");
    // What is nobody's in particular asks nothing of the gate.
    let organisation =
        json!({ "resourceType": "Organization", "name": "x", "identifier": [{ "system": "urn:sor", "value": "1" }] });
    for status in [StatusCode::CREATED, StatusCode::OK] {
        let condition = [("if-none-exist", "identifier=urn:sor|1")];
        assert_eq!(system.send("POST", "/Organization", &condition, &organisation).await.0, status);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_entry_of_a_batch_is_a_passage_of_its_own() {
    let mut system = System::new().await;
    let get = |url: &str| json!({ "request": { "method": "GET", "url": url } });
    let asked = bundle(
        "batch",
        &[
            entry("PUT", "Patient/m", "", &mother()),
            entry("PUT", "Observation/a", "", &observation("Patient/m", 1.0)),
            entry("POST", "Observation", "", &observation("Patient/nobody", 1.0)),
            get("Observation?patient=p-mother"),
            get("Observation/a"),
            get("sources/epj/Observation/a/_history/1"),
            get("Patient/p-mother"),
            get("Patient/p-mother/$everything?_type=Observation"),
            get("Patient/p-stranger"),
            get("Observation?canary=1"),
            get("a/b/c/d"),
        ],
    );
    let (status, told) = system.send("POST", "", &[], &asked).await;
    assert_eq!((status, &told["type"]), (StatusCode::OK, &"batch-response".into()), "{told}");
    let statuses = ["201", "201", "422", "200", "200", "200", "200", "200", "403", "400", "404"];
    for (at, expected) in statuses.iter().enumerate() {
        let response = &told["entry"][at]["response"];
        assert!(response["status"].as_str().unwrap().starts_with(expected), "{at}: {response}");
        let fails = *expected >= "400";
        assert_eq!(response["outcome"]["resourceType"] == "OperationOutcome", fails, "{at}: {response}");
    }
    assert_eq!(told["entry"][3]["resource"]["total"], 1);
    assert_eq!(told["entry"][4]["response"]["etag"], "W/\"1\"");
    assert_eq!(told["entry"][7]["resource"]["entry"][0]["resource"]["id"], "a");
}
