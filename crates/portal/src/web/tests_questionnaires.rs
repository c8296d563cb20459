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
    assert!(browser.page.contains("skrev svar på et spørgeskema"));

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
    assert!(browser.page.contains("skrev svar på et spørgeskema"), "the refusal stands in her log");

    // A professional has no answers of her own to send.
    browser.sign_in("clinician").await;
    browser.get(&form.address).await;
    let own = format!("csrf={}&form={}&version=1&do=send&{answers}", browser.token(), form_name(&browser.page));
    assert_eq!(browser.post(&form.address, &own).await, StatusCode::FORBIDDEN);
    let for_patient = format!("{own}&person=p-child");
    assert_eq!(browser.post(&form.address, &for_patient).await, StatusCode::FORBIDDEN);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_is_hers_who_wrote_it_until_it_is_sent() {
    let mut browser = Browser::new().await;
    let form = open(&mut browser, "asta", "Smerte").await;
    let name = form_name(&browser.page);
    let seen = "shown=has-pain&shown=worst&shown=where&shown=where-else&shown=since&shown=words";
    // What cannot be read yet is kept too: nothing is judged before it is sent.
    let saved = format!("{}&do=save&{seen}&a.has-pain=yes&a.worst=elleve&a.words=canary", form.head);
    assert_eq!(browser.post(&form.address, &saved.replace("csrf=", "csrf=0")).await, StatusCode::FORBIDDEN);
    assert_eq!(browser.post(&form.address, &saved).await, StatusCode::SEE_OTHER);
    let list = browser.went_to().to_owned();
    browser.get(&list).await;
    for part in ["Dit udkast er gemt", "Du har et udkast fra", "Slet udkastet"] {
        assert!(browser.page.contains(part), "{part}");
    }
    assert!(!browser.page.contains("canary") && !browser.page.contains("/answers/portal/"));
    let goes_on = format!("{}?draft=yes", form.address);
    browser.get(&goes_on).await;
    assert_eq!(form_name(&browser.page), name);
    assert!(browser.page.contains(r#"value="elleve""#) && browser.page.contains("Her er dit udkast"));
    browser.get("/my/log").await;
    assert!(browser.page.contains("skrev svar på et spørgeskema"));

    // Nobody else sees it, whoever may read her record.
    for who in ["clinician", "cilje", "laboratory"] {
        browser.sign_in(who).await;
        for address in [&goes_on, "/my/questionnaires?person=p-child", "/patients/p-child/timeline"] {
            browser.get(address).await;
            assert!(!browser.page.contains("elleve") && !browser.page.contains("canary"), "{who} {address}");
            assert!(!browser.page.contains("Du har et udkast fra"), "{who} {address}");
        }
        browser.get(&format!("{goes_on}&person=p-child")).await;
        assert!(!browser.page.contains("elleve") && !browser.page.contains("canary"), "{who}");
    }

    // Sent, it is gone; a second one is thrown away.
    browser.sign_in("asta").await;
    browser.get(&goes_on).await;
    let head = |browser: &Browser, act: &str| {
        format!("csrf={}&form={}&version=1&do={act}&{seen}", browser.token(), form_name(&browser.page))
    };
    let sent = format!("{}&a.has-pain=yes&a.worst=7", head(&browser, "send"));
    assert_eq!(browser.post(&form.address, &sent).await, StatusCode::SEE_OTHER);
    browser.get("/my/questionnaires").await;
    assert!(browser.page.contains("/answers/portal/") && !browser.page.contains("Du har et udkast fra"));
    browser.get(&form.address).await;
    let again = format!("{}&a.has-pain=no", head(&browser, "save"));
    assert_eq!(browser.post(&form.address, &again).await, StatusCode::SEE_OTHER);
    browser.get("/my/questionnaires").await;
    assert!(browser.page.contains("Du har et udkast fra"));
    let gone = format!("csrf={}&do=discard", browser.token());
    assert_eq!(browser.post(&form.address, &gone).await, StatusCode::SEE_OTHER);
    let list = browser.went_to().to_owned();
    browser.get(&list).await;
    assert!(browser.page.contains("Udkastet er slettet") && !browser.page.contains("Du har et udkast fra"));
    // What is not hers is not kept.
    browser.get(&form.address).await;
    let anothers = format!("{}&person=p-mother&a.has-pain=no", head(&browser, "save"));
    assert_eq!(browser.post(&form.address, &anothers).await, StatusCode::FORBIDDEN);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_treats_her_asks_and_sees_whether_it_is_answered() {
    const PAGE: &str = "/patients/p-child/questions";
    let mut browser = Browser::new().await;
    browser.sign_in("clinician").await;
    browser.get("/patients/p-child/timeline").await;
    assert!(browser.page.contains(PAGE));
    assert_eq!(browser.get(PAGE).await, StatusCode::OK);
    assert!(browser.page.contains("Patienten er ikke bedt om at svare på noget"));
    let key = |browser: &Browser, title: &str| {
        let option = browser.page.split("<option value=\"").find(|option| option.contains(title)).unwrap();
        option.split('"').next().unwrap().to_owned()
    };
    let ask = |browser: &Browser, key: &str, until: &str| {
        format!("csrf={}&form={}&do=ask&questionnaire={key}&until={until}", browser.token(), form_name(&browser.page))
    };
    let (pain, mood) = (key(&browser, "Smerte"), key(&browser, "PHQ-9"));
    for (key, until, said) in [
        (pain.as_str(), "2001-01-01", "Intet er spurgt. Vælg en dag"),
        (pain.as_str(), "2226-01-01", "Intet er spurgt. Vælg en dag"),
        (pain.as_str(), "canary", "Intet er spurgt. Vælg en dag"),
        ("0000000000000000", "", "Intet er spurgt. Vælg et spørgeskema"),
    ] {
        let body = ask(&browser, key, until);
        assert_eq!(browser.post(PAGE, &body).await, StatusCode::UNPROCESSABLE_ENTITY, "{until}");
        assert!(browser.page.contains(said), "{until}: {}", browser.page);
    }
    let until = crate::format::day(crate::sample::now()).to_string();
    let body = ask(&browser, &pain, &until);
    assert_eq!(browser.post(PAGE, &body.replace("csrf=", "csrf=0")).await, StatusCode::FORBIDDEN);
    for _ in 0..2 {
        assert_eq!(browser.post(PAGE, &body).await, StatusCode::SEE_OTHER);
    }
    let there = browser.went_to().to_owned();
    browser.get(&there).await;
    assert_eq!(browser.page.matches("Ikke besvaret endnu").count(), 1, "sent twice it stands there once");
    let second = ask(&browser, &mood, "");
    assert_eq!(browser.post(PAGE, &second).await, StatusCode::SEE_OTHER);

    // It stands first on her list, and in her log; who does not treat her neither asks nor sees.
    for who in ["cilje", "laboratory"] {
        browser.sign_in(who).await;
        assert_eq!(browser.get(PAGE).await, StatusCode::FORBIDDEN, "{who}");
        let forged = format!("csrf={}&form=0123456789abcdef&do=ask&questionnaire={pain}&until=", browser.token());
        assert_eq!(browser.post(PAGE, &forged).await, StatusCode::FORBIDDEN, "{who}");
    }
    browser.sign_in("asta").await;
    browser.get("/my/questionnaires").await;
    assert_eq!(browser.page.matches("har bedt om dit svar").count(), 2);
    assert_eq!(browser.page.matches("Svar gerne senest").count(), 1);
    let first = browser.page.split("<li class=\"card\">").nth(1).unwrap();
    assert!(first.contains("har bedt om dit svar"), "{first}");
    let pain_form = address(&browser, "Smerte");
    let own = format!("csrf={}&form=0123456789abcdef&do=ask&questionnaire={pain}&until=", browser.token());
    assert_eq!(browser.post(PAGE, &own).await, StatusCode::FORBIDDEN, "she asks nobody, herself neither");
    browser.get(&pain_form).await;
    let sent = format!(
        "csrf={}&form={}&version=1&do=send&shown=has-pain&shown=worst&shown=where&shown=where-else&shown=since&shown=words&a.has-pain=no",
        browser.token(),
        form_name(&browser.page)
    );
    assert_eq!(browser.post(&pain_form, &sent).await, StatusCode::SEE_OTHER);
    browser.get("/my/log").await;
    assert!(browser.page.contains("bad personen svare på et spørgeskema"));

    // Answered, with the way to the answers; the other is withdrawn.
    browser.sign_in("clinician").await;
    browser.get(PAGE).await;
    assert!(browser.page.contains("Besvaret") && browser.page.contains("/answers/portal/"));
    assert_eq!(browser.page.matches("Ikke besvaret endnu").count(), 1);
    let id = browser.page.split(r#"name="id" value=""#).nth(1).unwrap().split('"').next().unwrap().to_owned();
    let withdraw = format!("csrf={}&do=withdraw&id={id}", browser.token());
    assert_eq!(browser.post(PAGE, &withdraw).await, StatusCode::SEE_OTHER);
    assert_eq!(browser.post(PAGE, &withdraw).await, StatusCode::NOT_FOUND, "once");
    browser.get(PAGE).await;
    assert!(browser.page.contains("Trukket tilbage") && !browser.page.contains("Ikke besvaret endnu"));
    browser.sign_in("asta").await;
    browser.get("/my/questionnaires").await;
    assert!(!browser.page.contains("har bedt om dit svar"));
}
