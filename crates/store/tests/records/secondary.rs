//! What was left out of a report is a history, told with the findings and to nobody who may not see them.

use crate::entities::{decide_ingest, take_in};
use crate::ground::{Ground, on_both};
use crate::log::{at, ingest};
use indgang_gate::{Decision, Grant, UserId, decide};
use indgang_interpret::report::{Report, SecondaryFinding};
use indgang_model::{CaseId, Category, PersonId, SecondaryFindingWish, Sensitive, Wishes};
use indgang_store::secondary::{self, SecondaryChange};
use indgang_store::{House, StoreError};
use serde_json::json;

on_both!(what_was_left_out_stays_in_order, a_grant_shows_and_writes_only_what_is_wished);

fn one() -> CaseId {
    CaseId("one".into())
}

fn person(id: &str) -> PersonId {
    PersonId(id.into())
}

fn finding(gene: &str, list: &str) -> SecondaryFinding {
    serde_json::from_value(json!({
        "gene": {"symbol": gene, "hgnc_id": null}, "disease": {"id": "OMIM:1", "label": "disease"}, "category": "cancer",
        "variants": [], "acmg": {"classification": "", "points": 0, "criteria": []}, "list_version": list,
        "needs_confirmation": true,
    }))
    .unwrap()
}

/// A grant of who takes the family in, of p0 and p1 as they wish.
async fn grant(house: &House, wishes: [SecondaryFindingWish; 2]) -> Grant {
    let mut logged = house.passage().await.unwrap().log(pending(wishes)).await.unwrap();
    logged.writer().await.unwrap().unwrap();
    let Decision::Permit { grant, .. } = logged.commit(at()).await.unwrap() else { panic!("refused") };
    grant
}

fn pending(wishes: [SecondaryFindingWish; 2]) -> indgang_gate::Pending {
    let (mut request, mut facts) = ingest("one", &["p0", "p1"]);
    request.categories.insert(Category::SecondaryFinding);
    for (id, secondary_findings) in ["p0", "p1"].into_iter().zip(wishes) {
        facts.wishes.insert(person(id), Wishes { secondary_findings, ..Wishes::default() });
    }
    decide(&request, &facts)
}

const ALL: [SecondaryFindingWish; 2] = [SecondaryFindingWish::All; 2];

async fn with_findings(ground: &Ground) -> House {
    let house = ground.open().await;
    take_in(&house, "one", &[("p0", "0101204995"), ("p1", "0101809995")]).await;
    let mut report: Report = serde_json::from_value(json!({
        "result": "negative", "case": "one", "proband": "P0", "assembly": "GRCh38", "family": [],
        "phenotypic_features": [], "findings": [], "secondary_findings": {}, "filters": [],
        "quality": {"samples": [], "relations": [], "mendelian": [], "pedigree_agrees": true, "runs_of_homozygosity": [], "uniparental_disomy": []},
        "warnings": [], "versions": {},
    }))
    .unwrap();
    for sample in ["P0", "P1"] {
        let findings = vec![finding("LDLR", "3.1"), finding("MSH6", "3.1"), finding("HTT", "")];
        report.secondary_findings.insert(sample.to_owned(), findings);
    }
    let mut logged = house.passage().await.unwrap().log(decide_ingest("one", &["p0", "p1"])).await.unwrap();
    let mut writer = logged.writer().await.unwrap().unwrap();
    writer.add_report(&one(), &report, |sample| Some(person(&sample.to_lowercase())), at()).await.unwrap();
    logged.commit(at()).await.unwrap();
    house
}

fn change(id: &str, gene: &str, left_out: bool, reason: &str) -> SecondaryChange {
    SecondaryChange {
        report: 1,
        person: person(id),
        finding: finding(gene, "3.1").name(),
        left_out,
        reason: Sensitive::new(reason.into()),
        author: UserId("geneticist".into()),
        at: at(),
    }
}

async fn write(house: &House, change: &SecondaryChange) {
    let mut logged = house.passage().await.unwrap().log(pending(ALL)).await.unwrap();
    logged.writer().await.unwrap().unwrap().add_secondary_change(&one(), change).await.unwrap();
    logged.commit(at()).await.unwrap();
}

/// Genes with `-` before what was left out, and how much was said of each.
async fn read(house: &House, grant: &Grant, id: &str) -> Option<Vec<String>> {
    let found = secondary::of_person(house, grant, &one(), &person(id)).await.unwrap()?;
    let line = |kept: secondary::KeptSecondaryFinding| {
        let mark = if kept.is_left_out() { "-" } else { "" };
        format!("{mark}{} {}", kept.finding.gene.symbol, kept.changes.len())
    };
    Some(found.into_iter().map(line).collect())
}

async fn what_was_left_out_stays_in_order(ground: Ground) {
    let house = with_findings(&ground).await;
    let said = [
        change("p0", "LDLR", true, "planted: seen by the cardiologist"),
        change("p0", "MSH6", true, "planted: a false call"),
        change("p0", "MSH6", false, "planted: it was none"),
    ];
    for change in &said {
        write(&house, change).await;
    }
    house.close().await;
    let house = ground.open().await;
    let grant = grant(&house, ALL).await;
    assert_eq!(read(&house, &grant, "p0").await.unwrap(), ["-LDLR 1", "MSH6 2", "HTT 0"]);
    // What was said of her finding is nothing of a relative's.
    assert_eq!(read(&house, &grant, "p1").await.unwrap(), ["LDLR 0", "MSH6 0", "HTT 0"]);
    let kept = secondary::of_person(&house, &grant, &one(), &person("p0")).await.unwrap().unwrap();
    assert_eq!((&kept[0].changes[..], &kept[1].changes[..]), (&said[..1], &said[1..]));
    assert!(!format!("{kept:?}").contains("planted"), "a reason is not for logs");
    assert!(ground.verify().await.holds());
}

async fn a_grant_shows_and_writes_only_what_is_wished(ground: Ground) {
    use SecondaryFindingWish::{All, None, TreatableOrPreventable};
    let house = with_findings(&ground).await;
    let some = grant(&house, [TreatableOrPreventable, None]).await;
    // A repeat stands on no list of what can be treated.
    assert_eq!(read(&house, &some, "p0").await.unwrap(), ["LDLR 0", "MSH6 0"]);
    assert_eq!(read(&house, &some, "p1").await, Option::None);
    let mut logged = house.passage().await.unwrap().log(pending([All, None])).await.unwrap();
    let mut writer = logged.writer().await.unwrap().unwrap();
    for (id, gene, expected) in [("p0", "LDLR", true), ("p0", "TP53", false), ("p1", "LDLR", false)] {
        let name = finding(gene, "3.1").name();
        assert_eq!(writer.has_secondary_finding(&one(), &person(id), &name).await.unwrap(), expected, "{id} {gene}");
    }
    let unwished = writer.add_secondary_change(&one(), &change("p1", "LDLR", true, "x")).await;
    assert!(matches!(unwished, Err(StoreError::NotCovered(_))), "{unwished:?}");
    let other = writer.add_secondary_change(&CaseId("two".into()), &change("p0", "LDLR", true, "x")).await;
    assert!(matches!(other, Err(StoreError::NotCovered(_))), "{other:?}");
    drop(logged);
    write(&house, &change("p0", "LDLR", true, "kept")).await;
    assert_eq!(read(&house, &grant(&house, ALL).await, "p0").await.unwrap()[0], "-LDLR 1");
}
