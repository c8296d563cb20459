//! Secondary findings on the pages: whose genotypes they show, and what is left out of the report.

use crate::page::encode;
use crate::sample_house::CASE;
use crate::web::tests::Browser;
use axum::http::StatusCode;

/// The section of secondary findings of the page.
fn section(page: &str) -> &str {
    let start = page.find(r#"aria-labelledby="secondary""#).unwrap();
    page[start..].split("</section>").next().unwrap()
}

#[tokio::test]
async fn who_wished_nothing_is_not_shown_in_a_relatives_finding() {
    let mut browser = Browser::new().await;
    browser.sign_in("laboratory").await;
    browser.get(&format!("/cases/{CASE}")).await;
    let secondary = section(&browser.page);
    assert!(secondary.contains("LDLR"), "{secondary}");
    // The mother alone wished; the stored finding has everybody's genotypes.
    assert_eq!(secondary.matches(r#"<span class="mono">"#).count(), 1, "{secondary}");
    assert_eq!(secondary.matches("vises ikke: personen har ikke ønsket sekundære fund").count(), 2, "{secondary}");
    browser.get(&format!("/cases/{CASE}/report.html")).await;
    let page = browser.page.split("Secondary findings, as each person wished").nth(1).unwrap();
    let page = page.split("</section>").next().unwrap();
    assert!(page.contains("LDLR") && !page.contains(">child<") && !page.contains(">father<"), "{page}");
}

#[tokio::test]
async fn one_finding_is_left_out_before_signing_and_the_citizen_is_not_told() {
    let mut browser = Browser::new().await;
    browser.sign_in("laboratory").await;
    browser.get(&format!("/cases/{CASE}")).await;
    let token = browser.token();
    let conclusion = format!("csrf={token}&result=diagnostic&text=Fundet&cause=1");
    browser.post(&format!("/cases/{CASE}/conclusion"), &conclusion).await;
    let sign = format!("/cases/{CASE}/sign");
    browser.get(&sign).await;
    assert!(browser.page.contains("Udelad LDLR hos Cilje Prøve af svaret"), "{}", browser.page);
    let name = browser.page.split(r#"name="finding" value=""#).nth(1).and_then(|p| p.split('"').next()).unwrap();
    let name = encode(name);
    let form = |leave_out: &str, reason: &str| {
        format!("csrf={token}&person=p-mother&finding={name}&leave_out={leave_out}&reason={reason}")
    };
    let door = format!("/cases/{CASE}/secondary");
    let why = "familien+er+i+kontrol";
    for (body, expected) in [
        (form("yes", "kort"), Ok("/sign?note=short#secondary")),
        (form("perhaps", why), Err(StatusCode::BAD_REQUEST)),
        (form("yes", why).replace(&token, "00"), Err(StatusCode::FORBIDDEN)),
        (form("yes", why).replace("p-mother", "p-father"), Err(StatusCode::BAD_REQUEST)),
        (form("yes", why).replace(&name, "X"), Err(StatusCode::BAD_REQUEST)),
        (form("yes", why), Ok("/sign#secondary")),
    ] {
        browser.post(&door, &body).await;
        match expected {
            Ok(place) => assert_eq!(browser.went_to(), format!("/cases/{CASE}{place}"), "{body}"),
            Err(status) => assert_eq!(browser.status, status, "{body}"),
        }
    }
    browser.get(&format!("{sign}?note=short")).await;
    assert!(browser.page.contains("Begrundelsen er for kort"));
    // The next professional sees it with the reason; the report that is given out has it not.
    browser.sign_in("clinician").await;
    for page in [sign.clone(), format!("/cases/{CASE}")] {
        browser.get(&page).await;
        assert!(browser.page.contains("familien er i kontrol") && browser.page.contains("Gry Genetiker"), "{page}");
        assert!(browser.page.contains("Udeladt af svaret"), "{page}");
    }
    browser.get(&format!("/cases/{CASE}/report.html")).await;
    assert!(!browser.page.contains("LDLR"));
    browser.get(&sign).await;
    let signing = format!("csrf={}", browser.token());
    browser.post(&sign, &signing).await;
    assert_eq!(browser.went_to(), format!("/cases/{CASE}"));
    browser.sign_in("cilje").await;
    browser.get("/my/result").await;
    assert!(browser.page.contains("Her står kun det, du har ønsket at få at vide"), "{}", browser.page);
    for hidden in ["LDLR", "hypercholesterol", "familien er i kontrol"] {
        assert!(!browser.page.contains(hidden), "{hidden}");
    }
    // What is signed is not changed.
    browser.sign_in("laboratory").await;
    browser.get(&format!("/cases/{CASE}")).await;
    assert!(browser.page.contains("Udeladt af svaret"));
    let late = form("no", why).replace(&token, &browser.token());
    browser.post(&door, &late).await;
    assert_eq!(browser.went_to(), format!("/cases/{CASE}?note=signed"));
}
