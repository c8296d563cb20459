//! The auditor's pages and the door for other systems, over a real house in a temporary folder.

use super::tests::Browser;
use crate::sample_house::CASE;
use axum::http::{Request, StatusCode, header};
use serde_json::{Value, json};

#[tokio::test]
async fn the_auditor_verifies_asks_and_reads_no_person_data() {
    let mut browser = Browser::new().await;
    browser.sign_in("auditor").await;
    assert_eq!(browser.get("/audit/log").await, StatusCode::OK);
    browser.get("/audit/log").await;
    assert_eq!(browser.get("/audit/log?old=1&new=999").await, StatusCode::OK);
    assert!(browser.page.contains("Der er ingen underskrift"));
    let sizes: Vec<u64> = (1..40).collect();
    let mut proved = 0;
    for pair in sizes.windows(2) {
        let [old, new] = pair else { continue };
        if browser.get(&format!("/audit/log/consistency/{old}/{new}")).await == StatusCode::OK {
            let proof: indgang_service::ConsistencyProof = serde_json::from_str(&browser.page).unwrap();
            assert!(proof.verify(&proof.public_key));
            proved += 1;
        }
    }
    assert!(proved > 3, "{proved}");
    assert_eq!(browser.get("/audit/log?old=6&new=7").await, StatusCode::OK);
    assert!(browser.page.contains("Beviset holder: loggen med 7 linjer"), "{}", browser.page);

    assert_eq!(browser.get("/audit/rules?role=outsider").await, StatusCode::OK);
    assert!(browser.page.contains("DK-EMP"));
    assert_eq!(browser.get("/audit/replay").await, StatusCode::OK);
    let token = browser.token();
    let ask = |user: &str, activity: &str, at: &str| {
        format!(
            "csrf={token}&user={user}&person=p-child&activity={activity}&purpose=treatment&category=genome&case={CASE}&at={at}"
        )
    };
    for (user, activity, at, says) in [
        ("clinician", "open_case", "", "DK-42a"),
        ("laboratory", "open_case", "", "Tilladt"),
        ("insurer", "open_case", "", "DK-EMP"),
        ("clinician", "open_case", "2020-01-01T00:00", "Afvist"), // before she treated her
        ("nobody", "open_case", "", "Huset kender ingen bruger"),
        ("clinician", "open_case", "2126-01-01T00:00", "ikke kommet endnu"),
    ] {
        assert_eq!(browser.post("/audit/replay", &ask(user, activity, at)).await, StatusCode::OK, "{user} {at}");
        assert!(browser.page.contains(says), "{user} {at}: {}", browser.page);
    }
    assert_eq!(browser.post("/audit/replay", &ask("clinician", "steal", "")).await, StatusCode::BAD_REQUEST);
    for path in ["/cases".to_owned(), format!("/cases/{CASE}"), "/my/log".to_owned(), "/my/result".to_owned()] {
        browser.get(&path).await;
        for canary in ["Asta", "FGFR2", "0201919990"] {
            assert!(!browser.page.contains(canary), "{path} shows the auditor `{canary}`");
        }
    }
    // The one it was about sees that it was asked.
    browser.sign_in("asta").await;
    browser.get("/my/log").await;
    assert!(browser.page.contains("spurgte, hvad svaret ville have været"));
}

#[tokio::test]
async fn only_the_auditor_verifies_and_replays() {
    let mut browser = Browser::new().await;
    for person in ["laboratory", "clinician", "insurer", "asta"] {
        browser.sign_in(person).await;
        assert_eq!(browser.get("/audit/log").await, StatusCode::FORBIDDEN, "{person}");
        assert_eq!(browser.get("/audit/log/consistency/1/2").await, StatusCode::FORBIDDEN, "{person}");
        assert_eq!(browser.get("/audit/rules").await, StatusCode::OK, "the rules are no secret");
        browser.get("/audit/replay").await;
        let fields = format!(
            "csrf={}&user=clinician&person=p-child&activity=open_case&purpose=treatment&category=genome",
            browser.token()
        );
        assert_eq!(browser.post("/audit/replay", &fields).await, StatusCode::FORBIDDEN, "{person}");
    }
}

fn question() -> Value {
    json!({
        "subject": { "type": "user", "id": "clinician" },
        "action": { "name": "read_record" },
        "resource": { "type": "person", "id": "p-child", "properties": { "category": "phenotype" } },
        "context": { "purpose": "treatment" },
    })
}

async fn ask(browser: &mut Browser, path: &str, token: &str, body: String) -> (StatusCode, Value) {
    let request = Request::post(path)
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .header("x-request-id", "7");
    browser.send(request, body).await;
    assert_eq!(browser.headers["x-request-id"], "7");
    (browser.status, serde_json::from_str(&browser.page).unwrap())
}

#[tokio::test]
async fn another_system_asks_for_its_institutions_users_and_each_answer_is_logged() {
    let mut browser = Browser::new().await;
    let clock = indgang_model::FixedClock(crate::sample::now());
    let register = |id: &'static str, organisation: &'static str, random| {
        let house = browser.house.clone().unwrap();
        async move {
            indgang_service::register_system(&house, &clock, id, organisation, [random; 32])
                .await
                .unwrap()
                .expose()
                .clone()
        }
    };
    let (token, foreign) = (register("epj", "Testkøbing Hospital", 1).await, register("other", "Andetsteds", 2).await);
    const ONE: &str = "/access/v1/evaluation";
    let (status, answer) = ask(&mut browser, ONE, &token, question().to_string()).await;
    assert_eq!(
        (status, &answer["decision"], &answer["context"]["rule"]),
        (StatusCode::OK, &true.into(), &"DK-42a".into())
    );
    let index = answer["context"]["log_index"].as_u64().unwrap();

    for (pointer, value, rule) in [
        ("/subject/id", "insurer", "DK-EMP"),
        ("/subject/id", "nobody", "DK-40"),
        ("/resource/id", "p-nobody", "DK-42a"),
        ("/context/purpose", "own_access", "DK-40"),
    ] {
        let mut body = question();
        *body.pointer_mut(pointer).unwrap() = value.into();
        let (status, answer) = ask(&mut browser, ONE, &token, body.to_string()).await;
        assert_eq!((status, &answer["decision"]), (StatusCode::OK, &false.into()), "{pointer} {value}");
        assert_eq!(answer["context"]["rule"], rule, "{pointer} {value}: {answer}");
        assert!(answer["context"]["reason_user"]["da"].as_str().is_some_and(|text| text.len() > 10), "{answer}");
    }
    // Another institution's system is not answered for this user.
    let (_, answer) = ask(&mut browser, ONE, &foreign, question().to_string()).await;
    assert_eq!((&answer["decision"], &answer["context"]["rule"]), (&false.into(), &"DK-40".into()));

    let mut batch = question();
    batch["evaluations"] = json!([{}, { "subject": { "type": "user", "id": "insurer" } }, {}]);
    let many = "/access/v1/evaluations";
    for (semantic, answers) in [("execute_all", 3), ("deny_on_first_deny", 2), ("permit_on_first_permit", 1)] {
        batch["options"] = json!({ "evaluations_semantic": semantic });
        let (_, answer) = ask(&mut browser, many, &token, batch.to_string()).await;
        assert_eq!(answer["evaluations"].as_array().map(Vec::len), Some(answers), "{semantic}");
    }
    let (_, answer) = ask(&mut browser, many, &token, question().to_string()).await;
    assert_eq!(answer["decision"], true);

    browser.sign_in("asta").await;
    browser.get("/my/log.json").await;
    let lines: Value = serde_json::from_str(&browser.page).unwrap();
    let line = lines.as_array().unwrap().iter().find(|line| line["index"] == index).unwrap();
    assert_eq!((&line["who"], &line["asked_by"]), (&"clinician".into(), &"epj".into()));
}

#[tokio::test]
async fn what_another_system_does_wrong_is_told_and_nothing_else() {
    let mut browser = Browser::new().await;
    let clock = indgang_model::FixedClock(crate::sample::now());
    let house = browser.house.clone().unwrap();
    let token = indgang_service::register_system(&house, &clock, "epj", "Testkøbing Hospital", [1; 32]).await.unwrap();
    let token = token.expose().clone();
    let one = "/access/v1/evaluation";
    for wrong in ["", "epj", "epj.", "epj.0000", &token.replace("epj", "other"), &token[..token.len() - 1]] {
        let (status, _) = ask(&mut browser, one, wrong, question().to_string()).await;
        assert_eq!(
            (status, &browser.headers[header::WWW_AUTHENTICATE]),
            (StatusCode::UNAUTHORIZED, &"Bearer".parse().unwrap())
        );
    }
    for (body, status) in [
        ("{".to_owned(), StatusCode::BAD_REQUEST),
        ("[]".to_owned(), StatusCode::BAD_REQUEST),
        (json!({ "subject": "Kanarie" }).to_string(), StatusCode::BAD_REQUEST),
        (format!("\"{}\"", "x".repeat(70_000)), StatusCode::PAYLOAD_TOO_LARGE),
    ] {
        for path in [one, "/access/v1/evaluations"] {
            let (found, answer) = ask(&mut browser, path, &token, body.clone()).await;
            assert_eq!((found, &answer["status"]), (status, &status.as_u16().into()));
            assert!(!answer["message"].as_str().unwrap().contains("Kanarie"), "{answer}");
        }
    }
    assert!(indgang_service::withdraw_system(&house, &clock, "epj").await.unwrap());
    assert_eq!(ask(&mut browser, one, &token, question().to_string()).await.0, StatusCode::FORBIDDEN);

    assert_eq!(browser.get("/.well-known/authzen-configuration").await, StatusCode::OK);
    let told: Value = serde_json::from_str(&browser.page).unwrap();
    assert_eq!(told["access_evaluation_endpoint"], "http://127.0.0.1:8080/access/v1/evaluation");
    assert_eq!(browser.get("/openapi.json").await, StatusCode::OK);
    let told: Value = serde_json::from_str(&browser.page).unwrap();
    assert_eq!(told["openapi"], "3.1.0");
    assert!(browser.page.matches("$ref").count() > 20);
}

#[tokio::test]
async fn the_auditor_follows_up_on_a_broken_glass() {
    let mut browser = Browser::new().await;
    browser.sign_in("other-clinician").await;
    let glass = format!("/cases/{CASE}/glass");
    browser.get(&format!("/step-up?to={glass}")).await;
    let fields = format!("csrf={}&to={glass}", browser.token());
    browser.post("/step-up", &fields).await;
    browser.get(&glass).await;
    let fields =
        format!("csrf={}&way=essential_interest&reason=bevidstl%C3%B8s+p%C3%A5+akutmodtagelsen", browser.token());
    assert_eq!(browser.post(&glass, &fields).await, StatusCode::SEE_OTHER);
    assert_eq!(browser.get("/audit/follow-ups").await, StatusCode::FORBIDDEN);

    browser.sign_in("auditor").await;
    assert_eq!(browser.get("/audit/follow-ups").await, StatusCode::OK);
    assert!(browser.page.contains("4 læsninger venter.") && !browser.page.contains("akutmodtagelsen"));
    let leaves: Vec<String> = browser
        .page
        .split("href=\"/audit/follow-ups/")
        .skip(1)
        .map(|p| p.split('"').next().unwrap().to_owned())
        .collect();
    assert_eq!(leaves.len(), 4, "one for each person of the family");
    let mut judged = 0;
    for leaf in &leaves {
        let case = format!("/audit/follow-ups/{leaf}");
        assert_eq!(browser.get(&case).await, StatusCode::OK);
        assert!(browser.page.contains("bevidstløs på akutmodtagelsen"));
        let hers = browser.page.contains("p-child");
        let token = browser.token();
        for (fields, status) in [
            ("outcome=not_in_order&reason=ingen+forbindelse".to_owned(), StatusCode::FORBIDDEN),
            (format!("csrf={token}&outcome=perhaps&reason=ingen+forbindelse"), StatusCode::BAD_REQUEST),
            (format!("csrf={token}&outcome=in_order&reason=ok"), StatusCode::BAD_REQUEST),
        ] {
            assert_eq!(browser.post(&case, &fields).await, status, "{fields}");
        }
        if hers {
            let fields = format!("csrf={token}&outcome=not_in_order&reason=ingen+forbindelse+%3Cb%3E");
            assert_eq!(browser.post(&case, &fields).await, StatusCode::SEE_OTHER);
            assert_eq!(browser.went_to(), "/audit/follow-ups?done=judged");
            assert_eq!(browser.post(&case, &fields).await, StatusCode::FORBIDDEN, "judged already");
            judged += 1;
        }
    }
    assert_eq!(judged, 1);
    browser.get("/audit/follow-ups?done=judged").await;
    assert!(browser.page.contains("3 læsninger venter.") && browser.page.contains("Vurderingen er gemt"));
    let token = browser.token();
    assert_eq!(browser.post("/audit/follow-ups", "csrf=0").await, StatusCode::FORBIDDEN);
    assert_eq!(browser.post("/audit/follow-ups", &format!("csrf={token}")).await, StatusCode::OK);
    assert!(browser.page.contains("Bekræftet af registrene: 0."));

    browser.sign_in("asta").await;
    browser.get("/my/log").await;
    for part in ["Fulgt op: læsningen burde ikke være sket.", "ingen forbindelse &lt;b&gt;", "fulgte op"] {
        assert!(browser.page.contains(part), "the log lacks `{part}`");
    }
}
