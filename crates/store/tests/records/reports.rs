//! Reports in a real database.

use crate::cohort::{intake, with_case};
use crate::ground::{Ground, on_both};
use crate::log::at;
use indgang_gate::{Decision, Grant};
use indgang_interpret::report::{Finding, FindingLine, Report};
use indgang_model::CaseId;
use indgang_store::{House, reports};
use serde_json::{Value, json};

fn case() -> CaseId {
    CaseId("case".into())
}

fn finding(rank: u32, gene: &str) -> Value {
    json!({
        "rank": rank, "gene": {"symbol": gene, "hgnc_id": null}, "disease": null,
        "mode_of_inheritance": "de_novo", "variants": [],
        "scores": {"combined": 0.9, "phenotype": 0.8, "variant": 0.7},
        "explanation": [{"key": "phenotype", "text": "it fits", "text_da": "det passer", "contribution": 1.5}],
        "signs": [], "acmg": {"classification": "pathogenic", "points": 12, "criteria": []},
        "recurrence_risk": {"next_child": null, "text": "", "text_da": ""}, "flags": ["low_quality"],
    })
}

fn report(genes: &[&str]) -> Report {
    let findings: Vec<Value> = (1..).zip(genes).map(|(rank, gene)| finding(rank, gene)).collect();
    serde_json::from_value(json!({
        "result": "diagnostic", "case": "case", "proband": "anna", "assembly": "GRCh38", "family": [],
        "phenotypic_features": [], "findings": findings, "secondary_findings": {}, "filters": [],
        "quality": {"samples": [], "relations": [], "mendelian": [], "pedigree_agrees": true, "runs_of_homozygosity": [], "uniparental_disomy": []}, "warnings": ["no FASTA"], "versions": {},
    }))
    .unwrap()
}

/// A passage about people of the case, and what is written in it.
async fn passage(house: &House, people: &[&str], add: Option<&Report>) -> Grant {
    let mut logged = house.passage().await.unwrap().log(intake(people)).await.unwrap();
    if let Some(report) = add {
        let mut writer = logged.writer().await.unwrap().unwrap();
        writer.add_report(&case(), report, |_| None, at()).await.unwrap();
        assert_eq!(writer.ranked_findings(&case()).await.unwrap(), report.findings.len());
    }
    match logged.commit(at()).await.unwrap() {
        Decision::Permit { grant, .. } => grant,
        Decision::Deny { .. } => panic!("the operator takes in what the doctor answers for"),
    }
}

/// What is read of the latest report: its lines, and each finding by itself.
async fn read(house: &House, grant: &Grant) -> (Report<FindingLine>, Vec<Option<Finding>>) {
    let summary = reports::latest(house, &case()).await.unwrap().unwrap().into_open(grant).unwrap();
    let mut findings = Vec::new();
    for rank in [0, 1, 2, 3, u32::MAX] {
        let finding = reports::finding(house, &case(), rank).await.unwrap();
        findings.push(finding.map(|finding| finding.into_open(grant).unwrap()));
    }
    (summary, findings)
}

async fn a_finding_is_read_by_itself(ground: Ground) {
    let house = with_case(&ground).await;
    assert!(reports::latest(&house, &case()).await.unwrap().is_none());
    passage(&house, &["anna", "bo"], Some(&report(&["FGFR2", "TTN", "NRAS"]))).await;
    let second = report(&["FGFR3", "TTN"]);
    let grant = passage(&house, &["anna", "bo"], Some(&second)).await;
    let (summary, findings) = read(&house, &grant).await;
    assert_eq!(summary, second.summary());
    assert_eq!(summary.findings[0].why.as_ref().map(|why| why.text.as_str()), Some("it fits"));
    let [first, other] = [0, 1].map(|n| Some(second.findings[n].clone()));
    assert_eq!(findings, [None, first, other, None, None]);
    // Everybody's genotypes are in it, so it opens for who may read of them all.
    let of_one = passage(&house, &["anna"], None).await;
    assert!(reports::finding(&house, &case(), 1).await.unwrap().unwrap().into_open(&of_one).is_err());
    assert!(reports::latest(&house, &case()).await.unwrap().unwrap().into_open(&of_one).is_err());
}

async fn a_report_of_an_earlier_program_is_taken_apart(ground: Ground) {
    let house = with_case(&ground).await;
    let whole = report(&["FGFR2", "TTN"]);
    passage(&house, &["anna", "bo"], Some(&whole)).await;
    house.close().await;
    let text = serde_json::to_string(&whole).unwrap().replace('\'', "''");
    let sql = format!("delete from report_findings; update reports set apart = 0, report = '{text}'");
    ground.by_hand(sql.leak()).await;
    for _ in 0..2 {
        let house = ground.open().await;
        let grant = passage(&house, &["anna", "bo"], None).await;
        let (summary, findings) = read(&house, &grant).await;
        assert_eq!(summary, whole.summary());
        assert_eq!(findings.into_iter().flatten().collect::<Vec<_>>(), whole.findings);
        house.close().await;
    }
}

on_both!(a_finding_is_read_by_itself, a_report_of_an_earlier_program_is_taken_apart);
