//! A citizen fills in questionnaires, over a real house in a temporary folder.

use super::tests::Browser;
use axum::http::StatusCode;
use indgang_model::FixedClock;
use indgang_service::{Reader, Wanted, everything};

/// The address of a form on the list, by its title.
fn address(browser: &Browser, title: &str) -> String {
    let card = browser.page.split("<li class=\"card\">").find(|card| card.contains(title)).unwrap();
    card.split("href=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

fn form_name(page: &str) -> String {
    page.split(r#"name="form" value=""#).nth(1).unwrap().split('"').next().unwrap().to_owned()
}

/// Answers to the nine questions, and which questions were seen.
fn mood(given: [usize; 9], shown: &[&str]) -> String {
    let answers =
        given.iter().enumerate().map(|(at, place)| format!("a.phq-9-{}={place}&shown=phq-9-{}", at + 1, at + 1));
    answers.chain(shown.iter().map(|link_id| format!("shown={link_id}"))).collect::<Vec<_>>().join("&")
}

struct Form {
    address: String,
    head: String,
}

async fn open(browser: &mut Browser, who: &str, title: &str) -> Form {
    browser.sign_in(who).await;
    assert_eq!(browser.get("/my/questionnaires").await, StatusCode::OK);
    let address = address(browser, title);
    assert_eq!(browser.get(&address).await, StatusCode::OK);
    let head = format!("csrf={}&form={}&version=1", browser.token(), form_name(&browser.page));
    Form { address, head }
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_come_into_the_record_with_their_score() {
    let mut browser = Browser::new().await;
    let form = open(&mut browser, "asta", "PHQ-9").await;
    assert!(!browser.page.contains("Livslinien") && !browser.page.contains("a.difficulty"));
    let send = |rest: &str| format!("{}&do=send&{rest}", form.head);

    // Without its token it is not hers; without answers it is not sent, and says where.
    let forged = send("").replace("csrf=", "csrf=0");
    assert_eq!(browser.post(&form.address, &forged).await, StatusCode::FORBIDDEN);
    let some = mood([0; 9], &[]).replace("a.phq-9-3=0&", "");
    assert_eq!(browser.post(&form.address, &send(&some)).await, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(browser.page.matches("Svar på spørgsmålet").count(), 2, "in the summary and at the question");
    assert!(
        browser.page.contains(r##"<a href="#q4">"##)
            && browser.page.contains(r#"name="a.phq-9-1" id="q2-0" value="0" checked"#)
    );

    // The questions are updated: help and the tenth question appear, and nothing is sent.
    let update = format!("{}&do=update&{}", form.head, mood([0, 0, 0, 0, 0, 0, 0, 0, 1], &[]));
    assert_eq!(browser.post(&form.address, &update).await, StatusCode::OK);
    assert!(
        browser.page.contains("Livslinien")
            && browser.page.contains("a.difficulty")
            && browser.page.contains("Intet er sendt")
    );
    assert_eq!(
        form_name(&browser.page),
        form_name(&format!(r#"name="form" value="{}""#, &form.head.split("form=").nth(1).unwrap()[..32]))
    );

    // Who sends at once is asked the question that she has not seen, and loses nothing.
    let thoughts = [1, 0, 0, 0, 0, 0, 0, 0, 1];
    assert_eq!(browser.post(&form.address, &send(&mood(thoughts, &[]))).await, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(browser.page.contains("ført til flere spørgsmål") && !browser.page.contains("Ret dette først"));
    assert!(browser.page.contains(r#"name="a.phq-9-9" id="q10-1" value="1" checked"#));
    let whole = send(&format!("{}&a.difficulty=2", mood(thoughts, &["difficulty"])));
    assert_eq!(browser.post(&form.address, &whole).await, StatusCode::SEE_OTHER);
    let answers = browser.went_to().to_owned();
    browser.get(&answers).await;
    for part in ["Dine svar er sendt", "70 201 201", "2 af 27", "Ingen eller minimale symptomer", "Meget svært"] {
        assert!(browser.page.contains(part), "{part}: {}", browser.page);
    }

    // The same form sent twice, also with other answers, stands there once and as it was.
    for body in [whole.clone(), send(&format!("{}&a.difficulty=0", mood([3; 9], &["difficulty"])))] {
        assert_eq!(browser.post(&form.address, &body).await, StatusCode::SEE_OTHER);
        assert_eq!(browser.went_to(), answers);
    }
    browser.get(&answers).await;
    assert!(browser.page.contains("2 af 27"));
    browser.get("/my/questionnaires").await;
    assert_eq!(browser.page.matches("/answers/portal/").count(), 1);

    // A second form is a second response, and now there is a course.
    browser.get(&form.address).await;
    let second =
        format!("csrf={}&form={}&version=1&do=send&{}", browser.token(), form_name(&browser.page), mood([0; 9], &[]));
    assert_eq!(browser.post(&form.address, &second).await, StatusCode::SEE_OTHER);
    browser.get("/my/questionnaires").await;
    assert_eq!(browser.page.matches("/answers/portal/").count(), 2);
    assert!(browser.page.contains("<svg") && browser.page.contains("PHQ-9, samlet score"));
    browser.get("/my/log").await;
    assert!(browser.page.contains("sendte svar på et spørgeskema"));

    // Who treats her sees it in her story and can read the answers; who does not is refused.
    browser.sign_in("clinician").await;
    assert_eq!(browser.get("/patients/p-child/timeline").await, StatusCode::OK);
    for part in ["PHQ-9, samlet score", "Humør: PHQ-9", "Læs svarene", "Kilde: portal"] {
        assert!(browser.page.contains(part), "{part}");
    }
    let read = answers.split('?').next().unwrap().to_owned();
    assert_eq!(browser.get(&read).await, StatusCode::OK);
    assert!(browser.page.contains("2 af 27") && !browser.page.contains("Dine svar er sendt"));
    for other in ["cilje", "laboratory"] {
        browser.sign_in(other).await;
        assert_eq!(browser.get(&read).await, StatusCode::FORBIDDEN, "{other}");
        assert!(!browser.page.contains("PHQ-9"), "{other}");
    }
    assert_eq!(browser.get("/answers/portal/nobody").await, StatusCode::FORBIDDEN);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_kept_is_fhir_and_only_what_is_enabled() {
    let mut browser = Browser::new().await;
    let form = open(&mut browser, "asta", "Smerte").await;
    let seen = "shown=has-pain&shown=worst&shown=where&shown=where-else&shown=since&shown=words";
    // Answers to what is disabled are left out; they were kept in the form unseen.
    let disabled = format!("{}&do=send&{seen}&a.has-pain=no&a.worst=11&a.words=canary", form.head);
    assert_eq!(browser.post(&form.address, &disabled).await, StatusCode::SEE_OTHER);
    browser.get(&form.address).await;
    let head = format!("csrf={}&form={}&version=1&do=send&{seen}", browser.token(), form_name(&browser.page));
    for (rest, fault) in [
        ("a.has-pain=maybe", "Svaret kan ikke læses"),
        ("a.has-pain=yes&a.worst=eleven", "Svaret kan ikke læses"),
        ("a.has-pain=yes&a.worst=11", "Tallet er uden for skalaen"),
        ("a.has-pain=yes&a.worst=1&a.where=99", "Svaret kan ikke læses"),
        ("a.has-pain=yes&a.worst=1&a.where=6", "Svar på spørgsmålet"),
        ("a.has-pain=yes&a.worst=1&a.since=2026-02-30", "Svaret kan ikke læses"),
    ] {
        assert_eq!(
            browser.post(&form.address, &format!("{head}&{rest}")).await,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{rest}"
        );
        assert!(browser.page.contains(fault), "{rest}");
        if let Some(typed) = rest.split("worst=").nth(1).map(|rest| rest.split('&').next().unwrap()) {
            assert!(browser.page.contains(&format!(r#"value="{typed}""#)), "{rest} is lost");
        }
    }
    let whole = format!(
        "{head}&a.has-pain=yes&a.worst=7&a.where=2&a.where=6&a.where-else=t%C3%A6er&a.since=2026-02-03&a.words=a%0D%0Ab&a.nothing=1"
    );
    assert_eq!(browser.post(&form.address, &whole).await, StatusCode::SEE_OTHER);

    let (house, clock) = (browser.house.clone().unwrap(), FixedClock(crate::sample::now()));
    let session = indgang_service::resume(&house, &clock, &browser.cookies["indgang_session"]).await.unwrap();
    let found = everything(&house, &clock, Reader::Session(&session), None, &Wanted::default()).await.unwrap();
    let mut bodies: Vec<String> =
        found.resources.iter().filter(|r| r.source == "portal").map(|r| r.body.expose().clone()).collect();
    bodies.sort_unstable();
    assert_eq!(bodies.len(), 4, "a response and an observation each");
    assert!(!bodies.iter().any(|body| body.contains("canary")), "{bodies:?}");
    for part in [
        r#""valueInteger":7"#,
        r#""valueString":"tæer""#,
        r#""valueDate":"2026-02-03""#,
        r#""valueString":"a\nb""#,
        r#""reference":"Patient/p-child""#,
    ] {
        assert!(bodies.iter().any(|body| body.contains(part)), "{part}: {bodies:?}");
    }
    assert!(bodies.iter().any(|body| body.contains("72514-3") && body.contains(r#""value":7"#)), "{bodies:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_version_a_strange_form_and_another_person() {
    let mut browser = Browser::new().await;
    let form = open(&mut browser, "asta", "GAD-7").await;
    let answers = (1..=7).map(|n| format!("a.gad-7-{n}=0&shown=gad-7-{n}")).collect::<Vec<_>>().join("&");
    let old = format!("{}&do=send&{answers}", form.head.replace("version=1", "version=0"));
    assert_eq!(browser.post(&form.address, &old).await, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        browser.page.contains("blevet ændret")
            && browser.page.contains(r#"name="a.gad-7-7" id="q8-0" value="0" checked"#)
    );
    let nameless = format!("csrf={}&form=x&version=1&do=send&{answers}", browser.token());
    assert_eq!(browser.post(&form.address, &nameless).await, StatusCode::BAD_REQUEST);
    assert_eq!(browser.get("/my/questionnaires/0000000000000000").await, StatusCode::NOT_FOUND);
    let anothers = format!("{}&person=p-mother&do=send&{answers}", form.head);
    assert_eq!(browser.post(&form.address, &anothers).await, StatusCode::FORBIDDEN);
    browser.sign_in("cilje").await;
    browser.get("/my/questionnaires").await;
    assert!(!browser.page.contains("/answers/portal/"));
    browser.get("/my/log").await;
    assert!(browser.page.contains("sendte svar på et spørgeskema"), "the refusal stands in her log");

    // A professional has no answers of her own to send.
    browser.sign_in("clinician").await;
    browser.get(&form.address).await;
    let own = format!("csrf={}&form={}&version=1&do=send&{answers}", browser.token(), form_name(&browser.page));
    assert_eq!(browser.post(&form.address, &own).await, StatusCode::FORBIDDEN);
    let for_patient = format!("{own}&person=p-child");
    assert_eq!(browser.post(&form.address, &for_patient).await, StatusCode::FORBIDDEN);
}
