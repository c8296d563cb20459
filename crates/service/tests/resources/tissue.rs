//! Vævsanvendelsesregisteret: a refusal closes samples outside her own treatment, and nothing within it.

use super::{MOTHER, house_with_family, observation, take};
use crate::house::{clock, operator, session};
use indgang_fhir::record::LineKind;
use indgang_gate::ledger::TemplateVersion;
use indgang_gate::{Activity, Actor, Decision, Grant, Grounds, Reason, Recipient, Refusals, Request, UserId, decide};
use indgang_model::{Category, Clock, PersonId, Purpose, Role};
use indgang_service::*;
use indgang_store::resources;

const SAMPLES: &str = "Sample ID,Sample type,Sample donor ID,Event date and time\nB-1,Serum,0202829996,2025-05-01";

/// What a purpose other than her treatment opens of her record.
async fn opened(house: &House, role: Role, purpose: Purpose) -> Result<Grant, Reason> {
    let request = Request {
        actor: Actor {
            user: UserId("doctor".into()),
            person: None,
            role,
            profession: None,
            organisation: "Klinisk Genetik".into(),
            place: None,
            on_responsibility_of: None,
        },
        activity: Activity::ReadRecord,
        purpose,
        categories: [Category::Laboratory, Category::Specimen].into(),
        subjects: [mother()].into(),
        case: None,
        grounds: Grounds::default(),
        at: clock().now(),
    };
    let mut passage = house.passage().await.unwrap();
    let facts = passage.facts(&request).await.unwrap();
    match passage.log(decide(&request, &facts)).await.unwrap().commit(request.at).await.unwrap() {
        Decision::Permit { grant, .. } => Ok(grant),
        Decision::Deny { reason, .. } => Err(reason),
    }
}

fn mother() -> PersonId {
    PersonId("mother".into())
}

async fn references(house: &House, grant: &Grant) -> Vec<String> {
    let found = resources::of_person(house, grant, &mother(), &Wanted::default()).await.unwrap();
    found.into_iter().map(|resource| resource.into_open(grant).unwrap().reference).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sample_is_closed_outside_her_treatment_and_open_within_it() {
    let (folder, from) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let house = house_with_family(folder.path()).await;
    take(&house, from.path(), "ehr", &format!("{MOTHER}\n{}", observation("o", "Patient/m", 48.0))).await.unwrap();
    let file = from.path().join("samples.csv");
    std::fs::write(&file, SAMPLES).unwrap();
    let delivery =
        ResourceDelivery { file, format: Format::Biobank, source: "biobank".into(), person: None, again: false };
    let taken = ingest_resources(&house, &clock(), &operator(), &delivery, [7; 32]).await.unwrap();
    assert_eq!((taken.kept.new, taken.rejected), (1, 0));

    let own = session(&house, "mother").await;
    let template = TemplateVersion { id: "quality".into(), version: 1 };
    let recipient = Some(Recipient::Professional(UserId("doctor".into())));
    give_consent(&house, &clock(), &own, &mother(), template, recipient).await.unwrap();
    let quality = || opened(&house, Role::AuthorisedHealthProfessional, Purpose::QualityAndPlanning);
    let before = quality().await.unwrap();
    assert_eq!(references(&house, &before).await, ["Specimen/b-1", "Observation/o"]);

    let refusals = Refusals { tissue: true, ..Refusals::default() };
    set_refusals(&house, &clock(), &own, &mother(), refusals).await.unwrap();

    // Quality assurance has what else she consented to; research has nothing of a named person anyway.
    let after = quality().await.unwrap();
    assert!(!after.covers(&mother(), Category::Specimen) && after.covers(&mother(), Category::Laboratory));
    assert_eq!(references(&house, &after).await, ["Observation/o"]);
    for role in [Role::Researcher, Role::IndustryResearcher] {
        assert!(opened(&house, role, Purpose::ResearchAndStatistics).await.is_err(), "{role:?}");
    }

    // Her treatment and she herself see the sample as before, on the timeline and as FHIR.
    let doctor = session(&house, "doctor").await;
    let kind = TimelineFilter { kind: Some(TimelineKind::Line(LineKind::Specimen)), ..TimelineFilter::default() };
    for (who, told) in [(&doctor, false), (&own, true)] {
        let story = timeline(&house, &clock(), who, Some(&mother()), &kind).await.unwrap();
        let samples: Vec<&str> = story.items.iter().map(|item| item.sources[0].reference.as_str()).collect();
        assert_eq!(samples, ["Specimen/b-1"]);
        // It is hers to know; who treats her needs it for nothing that she treats.
        assert_eq!(story.tissue_refused, told);
        let all =
            everything(&house, &clock(), Reader::Session(who), Some(&mother()), &Wanted::default()).await.unwrap();
        assert!(all.resources.iter().any(|resource| resource.reference == "Specimen/b-1"));
        let versions = versions(&house, &clock(), Reader::Session(who), ("biobank", "Specimen/b-1")).await.unwrap();
        assert_eq!(versions.resources.len(), 1);
    }

    // Withdrawn, it is as before.
    set_refusals(&house, &clock(), &own, &mother(), Refusals::default()).await.unwrap();
    assert_eq!(references(&house, &quality().await.unwrap()).await.len(), 2);
    assert!(!timeline(&house, &clock(), &own, None, &kind).await.unwrap().tissue_refused);
}
