//! The desk for questions about everybody, over a real house with registers.

use super::tests::Browser;
use crate::page::encode;
use axum::http::{StatusCode, header};
use indgang_gate::{Scope, UserId};
use indgang_model::{Category, FixedClock, PermitId, Purpose};
use indgang_service::{self as service, Delivery, House, Limits, NewPermit};
use std::fmt::Write as _;
use std::sync::Arc;

/// 30 men and 30 women of whom three are born on one day by themselves, with a prescription each.
async fn take_registers(house: &House) {
    let clock = FixedClock(crate::sample::now());
    let folder = tempfile::tempdir().unwrap();
    let (mut bef, mut lmdb) = ("pnr,koen,foed_dato\n".to_owned(), "pnr,eksd,atc,volume,apk,indo\n".to_owned());
    for person in 0..60 {
        let born = if person < 3 { "1950-01-01" } else { "1970-01-01" };
        writeln!(bef, "canary{person},{},{born}", 1 + person % 2).unwrap();
        writeln!(lmdb, "canary{person},2023-05-01,A10BA02,10,1,").unwrap();
    }
    std::fs::write(folder.path().join("bef.csv"), bef).unwrap();
    std::fs::write(folder.path().join("lmdb.csv"), lmdb).unwrap();
    let by = UserId("operator".to_owned());
    let delivery =
        Delivery { by, folder: folder.path().to_owned(), replace: false, omop: None, limits: Limits::default() };
    service::ingest_registers(house, &clock, delivery, [5; 32], Arc::new(|_, _| {})).await.unwrap();
    for (id, rows) in [("counts", false), ("rows", true)] {
        let permit = NewPermit {
            id: PermitId(id.to_owned()),
            purpose: Purpose::ResearchAndStatistics,
            categories: [Category::Medication].into(),
            site_permission: false,
            scope: Scope { rows, until: Some(jiff::civil::date(2024, 1, 1)), ..Scope::default() },
            from: "2026-01-01T00:00:00Z".parse().unwrap(),
            until: "2027-01-01T00:00:00Z".parse().unwrap(),
            members: [UserId("researcher".to_owned())].into(),
        };
        service::register_permit(house, &permit).await.unwrap();
    }
}

async fn researcher() -> Browser {
    let mut browser = Browser::new().await;
    take_registers(browser.house.as_ref().unwrap()).await;
    browser.sign_in("researcher").await;
    assert_eq!(browser.get("/sql").await, StatusCode::OK);
    browser
}

async fn ask(browser: &mut Browser, permit: &str, wanted: &str, sql: &str) -> StatusCode {
    browser.get("/sql").await;
    let form = format!("csrf={}&permit={permit}&do={wanted}&sql={}", browser.token(), encode(sql));
    browser.post("/sql", &form).await
}

#[tokio::test]
async fn a_researcher_asks_explains_and_takes_the_answer_with_her() {
    let mut browser = researcher().await;
    for part in ["lmdb", "ekspeditionsdato", "befolkningen", "før 2024-01-01", "kun", "Du har ikke spurgt"] {
        assert!(browser.page.contains(part), "the desk lacks {part}");
    }
    // Laboratory results are not of this permit.
    assert!(!browser.page.contains("lab_forsker"));
    let question = "select koen, count(*) as n from bef group by koen order by koen";
    assert_eq!(ask(&mut browser, "counts", "ask", question).await, StatusCode::OK);
    for part in ["<td class=\"number\">30</td>", "2 rækker", "class=\"bar\"", "DK-46"] {
        assert!(browser.page.contains(part), "{part}: {}", browser.page);
    }
    assert!(!browser.page.contains("Nogle tal er udeladt"));
    assert_eq!(ask(&mut browser, "counts", "csv", question).await, StatusCode::OK);
    assert_eq!(browser.page, "koen,n\n1,30\n2,30\n");
    assert!(browser.headers[header::CONTENT_DISPOSITION].to_str().unwrap().contains("answer.csv"));
    assert_eq!(ask(&mut browser, "counts", "explain", "select count(*) from lmdb").await, StatusCode::OK);
    for part in ["Læsning af lmdb", "alle i registrene", "før 2024-01-01", "GrantedScan: table=lmdb"] {
        assert!(browser.page.contains(part), "the plan lacks {part}");
    }
    // Her questions are hers to ask again; nobody else's are.
    browser.get("/sql?question=1").await;
    assert!(browser.page.contains(&format!(">{question}</textarea>")));
    browser.sign_in("laboratory").await;
    browser.get("/sql?question=1").await;
    assert!(browser.page.contains("Du har ingen tilladelse i kraft") && !browser.page.contains(question));
    // Each citizen whom it may have counted reads of it, and can verify the line.
    browser.sign_in("asta").await;
    browser.get("/my/log").await;
    for part in ["Frida Forsker", "Dine oplysninger kan være talt med", "DK-46"] {
        assert!(browser.page.contains(part), "the log lacks {part}");
    }
    let leaf = browser.page.split("Dine oplysninger kan være talt med").nth(1).unwrap();
    let leaf = leaf.split("href=\"/my/log/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    assert_eq!(browser.get(&format!("/my/log/{leaf}")).await, StatusCode::OK);
    assert!(browser.page.contains("Beviset holder") && browser.page.contains("Frida Forsker"));
}

#[tokio::test]
async fn the_catalogue_is_open_and_tells_of_nobody() {
    let mut browser = researcher().await;
    browser.cookies.clear();
    assert_eq!(browser.get("/catalogue").await, StatusCode::OK);
    for part in ["lpr_diag", "Sundhedsdatastyrelsen", "omkring 60", "intet taget ind", "13 tabeller"] {
        assert!(browser.page.contains(part), "{part} is missing");
    }
    browser.get("/catalogue?q=MEDICIN+recept").await;
    assert!(browser.page.contains("En tabel.") && browser.page.contains("/catalogue/lmdb"));
    browser.get("/catalogue?q=%3Cb%3E").await;
    assert!(browser.page.contains("Ingen tabel passer.") && browser.page.contains("&lt;b&gt;"));
    assert_eq!(browser.get("/catalogue/lmdb").await, StatusCode::OK);
    for part in ["ekspeditionsdato", "månedligt", "Sundhedsloven § 46", "ATC"] {
        assert!(browser.page.contains(part), "{part} is missing");
    }
    assert_eq!(browser.get("/catalogue/none").await, StatusCode::NOT_FOUND);
    assert_eq!(browser.get("/catalogue.jsonld").await, StatusCode::OK);
    assert_eq!(browser.headers[header::CONTENT_TYPE], "application/ld+json");
    let graph: serde_json::Value = serde_json::from_str(&browser.page).unwrap();
    let ids: Vec<&str> = graph["@graph"].as_array().unwrap().iter().filter_map(|node| node["@id"].as_str()).collect();
    assert!(ids.contains(&"https://indgang.example.org/catalogue/lmdb") && !browser.page.contains("canary"));
    // A house that was not told who publishes its catalogue gives none to gather.
    let house = browser.house.clone().unwrap();
    let clock = Arc::new(FixedClock(crate::sample::now()));
    let mut other =
        Browser::at(crate::web::router(crate::web::PortalState::new(house, clock)), tempfile::tempdir().unwrap());
    assert_eq!(other.get("/catalogue.jsonld").await, StatusCode::NOT_FOUND);
    assert_eq!(other.get("/catalogue").await, StatusCode::OK);
}

#[tokio::test]
async fn what_is_left_out_is_said_with_its_rule() {
    let mut browser = researcher().await;
    let question = "select foed_dato, count(*) as n from bef group by foed_dato";
    assert_eq!(ask(&mut browser, "counts", "ask", question).await, StatusCode::OK);
    for part in ["… udeladt", "færre end 5 personer", "lake-minimum-cell (DK-46, Sundhedsloven § 46"] {
        assert!(browser.page.contains(part), "{part} is missing");
    }
    assert!(!browser.page.contains("1950-01-01"));
}

#[tokio::test]
async fn a_question_without_an_answer_is_kept_and_says_why() {
    let mut browser = researcher().await;
    for (permit, sql, status, parts) in [
        ("counts", "select pnr from bef", StatusCode::FORBIDDEN, &["lake-rows", "kun for antal", "group by"][..]),
        ("counts", "drop table bef", StatusCode::FORBIDDEN, &["lake-only-reading", "kun åbent for spørgsmål"]),
        (
            "counts",
            "select count(*) from lab_forsker",
            StatusCode::BAD_REQUEST,
            &["kunne ikke regnes ud", "lab_forsker"],
        ),
        ("counts", "selec <b>", StatusCode::BAD_REQUEST, &["Det er ikke SQL", "selec &lt;b&gt;</textarea>"]),
        ("another", "select count(*) from bef", StatusCode::FORBIDDEN, &["DK-46", "tilladelse i kraft"]),
    ] {
        assert_eq!(ask(&mut browser, permit, "ask", sql).await, status, "{sql}");
        for part in parts.iter().copied().chain(["som du skrev det"]) {
            assert!(browser.page.contains(part), "{sql}: {part} is missing");
        }
        let kept = sql.replace('<', "&lt;").replace('>', "&gt;");
        assert!(browser.page.contains(&format!("{kept}</textarea>")), "{sql} is lost");
    }
    // Without the page's token nothing is asked.
    assert_eq!(browser.post("/sql", "csrf=x&permit=counts&do=ask&sql=select+1").await, StatusCode::FORBIDDEN);
    assert_eq!(ask(&mut browser, "rows", "ask", "select pnr, atc from lmdb").await, StatusCode::OK);
    assert!(
        browser.page.contains("60 rækker") && browser.page.contains("pseudonymer") && !browser.page.contains("canary")
    );
}
