//! What a citizen chooses, over a real house in a temporary folder.

use super::tests::Browser;
use crate::sample_house::CASE;
use axum::http::StatusCode;

#[tokio::test]
async fn choices_are_kept_shown_and_undone() {
    let mut browser = Browser::new().await;
    browser.sign_in("asta").await;
    browser.get("/my/choices").await;
    let token = browser.token();
    let fields = |csrf: &str| format!("csrf={csrf}&person=p-child&secondary_findings=all&recontact=yes");
    assert_eq!(browser.post("/my/choices/wishes", &fields("0000")).await, StatusCode::FORBIDDEN);
    assert_eq!(browser.post("/my/choices/wishes", &fields(&token)).await, StatusCode::SEE_OTHER);
    assert_eq!(browser.went_to(), "/my/choices?for=p-child&done=2");
    let page = browser.went_to().to_owned();
    browser.get(&page).await;
    assert!(browser.page.contains(r#"value="all" checked"#) && browser.page.contains("Fra nu får du det at vide"));
    let another = format!("csrf={token}&person=p-mother");
    for (what, rest) in [
        ("wishes", "secondary_findings=none"),
        ("block", "target=everybody"),
        ("refusals", "tissue=yes"),
        ("consent", "text=look-up.1&recipient=professional:clinician"),
        ("undo", "number=1"),
    ] {
        let status = browser.post(&format!("/my/choices/{what}"), &format!("{another}&{rest}")).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "another's {what} are not hers to change");
    }
    let own = format!("csrf={token}&person=p-child");
    for (what, rest) in [
        ("wishes", "secondary_findings=everything"),
        ("consent", "text=look-up.99"),
        ("consent", "text=quality.1&recipient="),
        ("period", "first=2026-02-01&last=2026-01-01"),
        ("undo", "number=77"),
        ("nothing", ""),
    ] {
        let status = browser.post(&format!("/my/choices/{what}"), &format!("{own}&{rest}")).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{what} {rest}");
    }

    // A block closes the case to the clinician until it is undone.
    let case = format!("/cases/{CASE}");
    browser.post("/my/choices/block", &format!("{own}&target=professional:clinician")).await;
    let page = browser.went_to().to_owned();
    browser.get(&page).await;
    assert!(browser.page.contains("Spærret for Lis Læge") && browser.page.contains("afvisningen står i din log"));
    let number = page.rsplit('=').next().unwrap().to_owned();
    browser.sign_in("clinician").await;
    assert_eq!(browser.get(&case).await, StatusCode::FORBIDDEN);
    assert!(browser.page.contains("Personen har spærret for det."));
    browser.sign_in("asta").await;
    browser.get("/my/choices").await;
    let token = browser.token();
    browser.post("/my/choices/undo", &format!("csrf={token}&person=p-child&number={number}")).await;
    browser.sign_in("clinician").await;
    assert_eq!(browser.get(&case).await, StatusCode::OK);
    assert!(browser.page.contains("A++: Et forløb i gang, hvor du selv er nævnt"));
    assert!(!browser.page.contains("Har spærret for"));

    // A kind of data that the case does without is left out, and the clinician alone is told.
    browser.sign_in("cilje").await;
    browser.get("/my/choices").await;
    let block = format!("csrf={}&person=p-mother&target=category:secondary_finding", browser.token());
    assert_eq!(browser.post("/my/choices/block", &block).await, StatusCode::SEE_OTHER);
    browser.sign_in("clinician").await;
    assert_eq!(browser.get(&case).await, StatusCode::OK);
    assert!(browser.page.contains("Har spærret for: sekundære fund"), "{}", browser.page);
    browser.sign_in("laboratory").await;
    browser.get(&case).await;
    assert!(!browser.page.contains("Har spærret for") && !browser.page.contains("A++:"));

    // What was recorded in a blocked period is as if it were not there.
    browser.sign_in("asta").await;
    browser.get("/my/choices").await;
    let period = format!("csrf={}&person=p-child&first=2026-11-23&last=2026-11-23", browser.token());
    assert_eq!(browser.post("/my/choices/period", &period).await, StatusCode::SEE_OTHER);
    browser.sign_in("laboratory").await;
    assert_eq!(browser.get(&case).await, StatusCode::NOT_FOUND);
    // Who treats her is told that something is withheld, and of the lawful ways; nothing of what it is.
    browser.sign_in("clinician").await;
    assert_eq!(browser.get(&case).await, StatusCode::FORBIDDEN);
    assert!(browser.page.contains("Noget holdes tilbage") && browser.page.contains(&format!("{case}/glass")));
    assert!(!browser.page.contains("Prøve") && !browser.page.contains("FGFR2"));
    browser.get("/cases").await;
    assert!(!browser.page.contains(&case));
}

#[tokio::test]
async fn a_power_of_attorney_is_given_by_a_code_and_taken_back() {
    let mut browser = Browser::new().await;
    browser.sign_in("asta").await;
    assert_eq!(browser.post("/my/power-code", "csrf=0").await, StatusCode::FORBIDDEN);
    browser.get("/my/choices").await;
    let token = browser.token();
    assert_eq!(browser.post("/my/power-code", &format!("csrf={token}")).await, StatusCode::OK);
    let code = browser.page.split("<strong class=\"mono\">").nth(1).unwrap().split('<').next().unwrap().to_owned();
    assert_eq!(code.len(), 17, "{code}");

    browser.sign_in("cilje").await;
    browser.get("/my/choices").await;
    let give = |token: &str, code: &str| format!("csrf={token}&person=p-mother&code={code}");
    for (code, status) in [("ABCDE-ABCDE-ABCDE", StatusCode::BAD_REQUEST), ("", StatusCode::BAD_REQUEST)] {
        assert_eq!(browser.post("/my/choices/power", &give(&browser.token(), code)).await, status, "{code}");
        browser.get("/my/choices").await;
    }
    let token = browser.token();
    assert_eq!(browser.post("/my/choices/power", &give(&token, &code.to_lowercase())).await, StatusCode::SEE_OTHER);
    let page = browser.went_to().to_owned();
    browser.get(&page).await;
    assert!(browser.page.contains("Fuldmagt til at læse: Asta Prøve"), "{}", browser.page);
    assert_eq!(browser.post("/my/choices/power", &give(&token, &code)).await, StatusCode::BAD_REQUEST, "once only");
    assert!(browser.page.contains("Koden er ikke rigtig"));

    browser.sign_in("asta").await;
    browser.get("/my/choices?for=p-mother").await;
    assert!(browser.page.contains("Cilje Prøve") && browser.page.contains("har givet dig fuldmagt"));
    assert!(!browser.page.contains("action=\"/my/choices/wishes\"") || browser.page.contains("fieldset disabled"));

    browser.sign_in("cilje").await;
    browser.get("/my/choices").await;
    let number = page.rsplit('=').next().unwrap();
    browser.post("/my/choices/undo", &format!("csrf={}&person=p-mother&number={number}", browser.token())).await;
    browser.sign_in("asta").await;
    browser.get("/my/choices").await;
    assert!(!browser.page.contains("Cilje Prøve"));
}

#[tokio::test]
async fn secondary_findings_are_told_as_wished() {
    let mut browser = Browser::new().await;
    browser.sign_in("laboratory").await;
    browser.get(&format!("/cases/{CASE}")).await;
    let token = browser.token();
    browser
        .post(&format!("/cases/{CASE}/conclusion"), &format!("csrf={token}&result=diagnostic&text=ok&cause=1"))
        .await;
    browser.post(&format!("/cases/{CASE}/sign"), &format!("csrf={token}")).await;
    browser.sign_in("cilje").await;
    browser.get("/my/result").await;
    assert!(browser.page.contains("LDLR"), "the mother wished all");
    assert!(!browser.page.contains("FGFR2"), "the daughter's answer is the daughter's");
}

#[tokio::test]
async fn a_guardian_acts_and_the_citizen_sees_who_did() {
    use indgang_gate::{Matter, Representation, RepresentationKind, UserId};
    use indgang_model::{FixedClock, PersonId};
    let mut browser = Browser::new().await;
    let office = Representation {
        holder: PersonId("p-child".into()),
        person: PersonId("p-mother".into()),
        kind: RepresentationKind::Guardian,
        matters: [Matter::Personal, Matter::Health].into(),
        from: "2026-01-01T00:00:00Z".parse().unwrap(),
        until: None,
    };
    let house = browser.house.clone().unwrap();
    let (clock, admin) = (FixedClock(crate::sample::now()), UserId("admin".into()));
    indgang_service::enter_representation(&house, &clock, &admin, &office, "Familieretshuset 2025").await.unwrap();

    browser.sign_in("asta").await;
    browser.get("/my/choices?for=p-mother").await;
    let token = browser.token();
    assert!(browser.page.contains("Cilje Prøve") && browser.page.contains("du er værge"), "{}", browser.page);
    assert!(browser.page.contains("Du handler for personen efter loven"));
    // The forms of what is not hers to change are closed, and their addresses refuse.
    assert!(browser.page.contains("action=\"/my/choices/block\"") && browser.page.contains("fieldset disabled"));
    assert!(!browser.page.contains("value=\"disclosure.1\"") && browser.page.contains("value=\"look-up.1\""));
    let ward = format!("csrf={token}&person=p-mother");
    for (what, rest, status) in [
        ("wishes", "secondary_findings=none&research=yes", StatusCode::FORBIDDEN),
        ("refusals", "tissue=yes&genetic=yes", StatusCode::FORBIDDEN),
        ("consent", "text=quality.1&recipient=professional:clinician", StatusCode::FORBIDDEN),
        ("consent", "text=look-up.1&recipient=professional:clinician", StatusCode::SEE_OTHER),
        ("block", "target=professional:clinician", StatusCode::SEE_OTHER),
    ] {
        assert_eq!(
            browser.post(&format!("/my/choices/{what}"), &format!("{ward}&{rest}")).await,
            status,
            "{what} {rest}"
        );
    }
    for page in ["/my/result", "/my/log", "/my/story?person=p-mother"] {
        assert_eq!(browser.get(page).await, StatusCode::OK, "{page}");
    }
    browser.get("/my/log").await;
    assert!(browser.page.contains("den, du er værge for"), "{}", browser.page);

    browser.sign_in("cilje").await;
    browser.get("/my/choices").await;
    for text in ["Hvem der handler for dig efter loven", "Asta Prøve", "Familieretshuset 2025", "Værgemålsloven § 5"]
    {
        assert!(browser.page.contains(text), "{text}");
    }
    browser.get("/my/log").await;
    for text in [
        "Asta Prøve (værgen)",
        "indførte, hvem der handler for personen",
        "samtykkede, spærrede eller trak det tilbage",
    ] {
        assert!(browser.page.contains(text), "{text}: {}", browser.page);
    }
}
