//! FHIR over HTTP, and the pages of a person's story.

use crate::web::tests::Browser;
use axum::http::{Request, StatusCode, header};
use indgang_gate::UserId;
use indgang_model::FixedClock;
use indgang_service::{Format, House, Operator, ResourceDelivery, ingest_resources, register_system};
use serde_json::Value;

const PATIENT: &str =
    r#"{"resourceType":"Patient","id":"m","identifier":[{"system":"urn:oid:1.2.208.176.1.2","value":"0201609996"}]}"#;

fn observation(id: &str, day: &str, value: f64) -> String {
    format!(
        r#"{{"resourceType":"Observation","id":"{id}","status":"final","code":{{"coding":[{{"system":"npu","code":"NPU27300"}}],"text":"HbA1c"}},"subject":{{"reference":"Patient/m"}},"effectiveDateTime":"{day}","valueQuantity":{{"value":{value:.2},"unit":"mmol/mol"}}}}"#
    )
}

async fn take(browser: &Browser, source: &str, lines: &[String]) {
    take_at(browser.house.as_ref().unwrap(), source, lines).await;
}

/// Takes resources into a house, one a line, as a file of a source.
pub(super) async fn take_at(house: &House, source: &str, lines: &[String]) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(source);
    std::fs::write(&file, lines.join("\n")).unwrap();
    let operator = Operator {
        user: UserId("operator".into()),
        organisation: "Testkøbing Hospital".into(),
        on_responsibility_of: UserId("clinician".into()),
    };
    let delivery =
        ResourceDelivery { file, format: Format::Fhir, source: source.to_owned(), person: None, again: false };
    let clock = FixedClock(crate::sample::now());
    let taken = ingest_resources(house, &clock, &operator, &delivery, [7; 32]).await.unwrap();
    assert_eq!(taken.rejected, 0);
}

/// A portal whose house knows something of the mother, and the token of her hospital's system.
async fn furnished() -> (Browser, String) {
    let browser = Browser::new().await;
    let house = browser.house.clone().unwrap();
    let clock = FixedClock(crate::sample::now());
    let take = async |source: &str, lines: &[String]| take(&browser, source, lines).await;
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

/// Addresses of a searchset's entries, each with its mode.
fn entries(bundle: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let short = |url: String| url.rsplit("/sources/").next().unwrap().to_owned();
    let entry = |entry: &Value| (short(text(&entry["fullUrl"])), text(&entry["search"]["mode"]));
    bundle["entry"].as_array().map(|all| all.iter().map(entry).collect()).unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_brings_what_goes_with_its_matches_in_the_order_asked_for() {
    let (mut browser, token) = furnished().await;
    let lines = [
        r#"{"resourceType":"Patient","id":"m","identifier":[{"system":"urn:oid:1.2.208.176.1.2","value":"0201609996"}]}"#,
        r#"{"resourceType":"Organization","id":"x","name":"Testkøbing"}"#,
        r#"{"resourceType":"Medication","id":"met","code":{"text":"Metformin"}}"#,
        r#"{"resourceType":"Encounter","id":"e","status":"finished","class":{"code":"AMB"},"subject":{"reference":"Patient/m"},"serviceProvider":{"reference":"Organization/x"},"period":{"start":"2024-04-01","end":"2024-04-02"}}"#,
        r#"{"resourceType":"MedicationRequest","id":"d","status":"active","intent":"order","medicationReference":{"reference":"Medication/met"},"encounter":{"reference":"Encounter/e"},"subject":{"reference":"Patient/m"},"authoredOn":"2024-04-01"}"#,
        r#"{"resourceType":"Condition","id":"c1","clinicalStatus":{"coding":[{"code":"active"}]},"code":{"coding":[{"system":"icd","code":"DE11"}]},"subject":{"reference":"Patient/m"},"recordedDate":"2024-04-01"}"#,
        r#"{"resourceType":"Condition","id":"c2","clinicalStatus":{"coding":[{"code":"resolved"}]},"code":{"coding":[{"system":"icd","code":"DJ18"}]},"subject":{"reference":"Patient/m"},"recordedDate":"2020-04-01"}"#,
        r#"{"resourceType":"Provenance","id":"pr","target":[{"reference":"Patient/m"},{"reference":"Condition/c1"}],"recorded":"2024-04-01T10:00:00Z","agent":[{"who":{"display":"x"}}]}"#,
    ];
    take(&browser, "ward", &lines.map(str::to_owned)).await;
    for (path, expected) in [
        ("Encounter?patient=p-mother&_include=Encounter:service-provider", "ward/Encounter/e ward/Organization/x+"),
        (
            "MedicationRequest?patient=p-mother&status=active&date=ge2024&_include=MedicationRequest:medication&_include=*:encounter&_include=*:patient",
            "ward/MedicationRequest/d ward/Encounter/e+ ward/Medication/met+ ward/Patient/m+",
        ),
        ("Condition?patient=p-mother&_sort=date", "ward/Condition/c2 ward/Condition/c1"),
        ("Condition?patient=Patient/p-mother&_sort=-recorded-date&_count=1", "ward/Condition/c1"),
        (
            "Condition?patient=p-mother&clinical-status=active&_revinclude=Provenance:target",
            "ward/Condition/c1 ward/Provenance/pr+",
        ),
        ("Condition?patient=p-mother&code=icd%7CDJ18,icd%7CDX&_revinclude=Provenance:target", "ward/Condition/c2"),
        ("Condition?patient.identifier=urn:oid:1.2.208.176.1.2%7C0201609996&_id=c2", "ward/Condition/c2"),
        ("Condition?patient=p-mother&_lastUpdated=lt2000", ""),
        ("Condition?patient=p-mother&_summary=count", ""),
        ("Patient/p-mother/$everything?_type=Condition,Encounter&start=2024", "ward/Condition/c1 ward/Encounter/e"),
    ] {
        let (status, found) = ask(&mut browser, &format!("/fhir/R4/{path}"), &token, "clinician").await;
        assert_eq!(status, StatusCode::OK, "{path}: {found}");
        let shown = |(url, mode): (String, String)| if mode == "match" { url } else { format!("{url}+") };
        assert_eq!(entries(&found).into_iter().map(shown).collect::<Vec<_>>().join(" "), expected, "{path}");
    }
    assert_eq!(
        ask(&mut browser, "/fhir/R4/Condition?patient=p-mother&_summary=count", &token, "clinician").await.1["total"],
        2
    );
    // The same by a form, where no number stands in an address.
    let form = |to: &str| {
        Request::post(format!("/fhir/R4/{to}/_search"))
            .header("x-on-behalf-of", "clinician")
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
    };
    let number = "urn%3Aoid%3A1.2.208.176.1.2%7C0201609996";
    browser.send(form("Condition"), format!("patient.identifier={number}&clinical-status=active")).await;
    assert_eq!(entries(&serde_json::from_str(&browser.page).unwrap()).len(), 1, "{}", browser.page);
    browser.send(form("Patient"), format!("identifier={number}")).await;
    let found: Value = serde_json::from_str(&browser.page).unwrap();
    assert_eq!((&found["total"], &found["entry"][0]["resource"]["id"]), (&1.into(), &"p-mother".into()), "{found}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_that_nobody_has_is_refused_like_one_who_is_not_treated() {
    let (mut browser, token) = furnished().await;
    let look_up = |number: &str| format!("/fhir/R4/Patient?identifier=urn:oid:1.2.208.176.1.2%7C{number}");
    let (status, found) = ask(&mut browser, &look_up("0201609996"), &token, "clinician").await;
    assert_eq!((status, &found["entry"][0]["resource"]["id"]), (StatusCode::OK, &"p-mother".into()), "{found}");
    let mut told = Vec::new();
    for number in ["0201609996", "0202829996"] {
        let (status, outcome) = ask(&mut browser, &look_up(number), &token, "other-clinician").await;
        let told_of = outcome["issue"][0]["diagnostics"].as_str().unwrap().split("; line").next().unwrap().to_owned();
        told.push((status, told_of));
    }
    assert_eq!(told[0], told[1]);
    assert_eq!(told[0].0, StatusCode::FORBIDDEN);
    for path in [
        "Patient?identifier=0201609996",
        "Patient?identifier=urn:oid:1.2.208.176.1.2%7C0201609996&birthdate=1960",
        "Patient?identifier=urn:oid:1.2.208.176.1.2%7C0201609996&_id=p-mother",
        "Condition?patient=p-mother&patient.identifier=urn:oid:1.2.208.176.1.2%7C0201609996",
    ] {
        let (status, outcome) = ask(&mut browser, &format!("/fhir/R4/{path}"), &token, "clinician").await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{path}");
        assert!(!outcome.to_string().contains("0201609996"), "{outcome}");
    }
}

/// What the CapabilityStatement names, there is: no parameter and no include of it is refused.
#[tokio::test(flavor = "multi_thread")]
async fn what_the_statement_names_is_there() {
    let (mut browser, token) = furnished().await;
    let (_, metadata) = ask(&mut browser, "/fhir/R4/metadata", "", "").await;
    let resources = metadata["rest"][0]["resource"].as_array().unwrap();
    assert!(resources.len() > 60, "{}", resources.len());
    for resource in resources {
        let of_type = resource["type"].as_str().unwrap();
        let words = |name: &str| resource[name].as_array().unwrap().iter();
        let mut query: Vec<String> = words("searchParam")
            .map(|parameter| (parameter["name"].as_str().unwrap(), parameter["type"].as_str().unwrap()))
            .filter(|(name, _)| *name != "patient" && (*name, of_type) != ("identifier", "Patient"))
            .map(|(name, kind)| format!("{name}={}", if kind == "date" { "2024" } else { "1" }))
            .collect();
        query.extend(words("searchInclude").map(|include| format!("_include={}", include.as_str().unwrap())));
        query.extend(words("searchRevInclude").map(|include| format!("_revinclude={}", include.as_str().unwrap())));
        let path = format!("/fhir/R4/{of_type}?patient=p-mother&{}", query.join("&"));
        let (status, found) = ask(&mut browser, &path, &token, "clinician").await;
        assert_eq!((status, &found["total"]), (StatusCode::OK, &0.into()), "{path}: {found}");
    }
    assert_eq!(
        ask(&mut browser, "/fhir/R4/ValueSet?patient=p-mother", &token, "clinician").await.0,
        StatusCode::NOT_FOUND
    );
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
