//! Registrations of clinical quality databases: on the timeline under the database's name, and not among her own answers.

use super::{MOTHER, house_with_family, kept, take};
use crate::house::{clock, operator, session};
use indgang_fhir::record::LineKind;
use indgang_lake::house::{quarantine, quarantine_folder, rejected_resources};
use indgang_model::PersonId;
use indgang_service::*;
use indgang_sources::quality::Mapping;
use std::path::Path;
use std::sync::Arc;

const TABLE: &[u8] = include_bytes!("../../../sources/tests/data/quality/hip.csv");
const MAPPING: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../sources/tests/data/quality/hip.toml");

async fn deliver(house: &House, from: &Path, format: Format, content: &[u8]) -> TakenResources {
    let file = from.join("registrations");
    std::fs::write(&file, content).unwrap();
    let delivery = ResourceDelivery { file, format, source: "sundk".into(), person: None, again: false };
    ingest_resources(house, &clock(), &operator(), &delivery, [7; 32]).await.unwrap()
}

fn hers(table: &[u8]) -> Vec<u8> {
    let text: String = table.iter().map(|byte| char::from(*byte)).collect();
    text.replace("020160-9995", "020282-9996").replace("0201609995", "0202829996").into_bytes()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_registration_stands_on_the_timeline_and_not_among_her_answers() {
    let (folder, from) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let house = house_with_family(folder.path()).await;
    take(&house, from.path(), "cpr", MOTHER).await.unwrap();
    let table = Format::Quality(Some(Arc::new(Mapping::read(Path::new(MAPPING), None).unwrap())));
    let taken = deliver(&house, from.path(), table.clone(), &hers(TABLE)).await;
    assert_eq!((taken.kept, taken.rejected), (kept(3, 0, 0), 10));
    // A row that is corrected by its id is a new version of its registration.
    let text: String = hers(TABLE).iter().map(|byte| char::from(*byte)).collect();
    let corrected = deliver(&house, from.path(), table, text.replacen("27,5", "28,5", 1).as_bytes()).await;
    assert_eq!(corrected.kept, kept(0, 1, 2));
    // The same as FHIR, of another database.
    let response = r#"{"resourceType":"QuestionnaireResponse","id":"r","questionnaire":"urn:kip|1","status":"completed","subject":{"reference":"Patient/m"},"authored":"2024-01-02","item":[{"linkId":"stage","text":"Stadium","answer":[{"valueCoding":{"code":"ii","display":"Stadium II"}}]}]}"#;
    let questionnaire = r#"{"resourceType":"Questionnaire","id":"q","url":"urn:kip","version":"1","status":"active","title":"Kræft","item":[{"linkId":"stage","type":"choice","answerOption":[{"valueCoding":{"code":"ii"}}]}]}"#;
    let wrong = response.replace(r#""id":"r""#, r#""id":"w""#).replace(r#""code":"ii""#, r#""code":"canary""#);
    let lines = [MOTHER, questionnaire, response, &wrong, "{\"resourceType\":\"Questionn"].join("\n");
    let taken = deliver(&house, from.path(), Format::Quality(None), lines.as_bytes()).await;
    assert_eq!((taken.kept, taken.rejected), (kept(3, 0, 0), 2));

    for who in ["doctor", "mother"] {
        let session = session(&house, who).await;
        let filter = TimelineFilter { kind: Some(TimelineKind::Line(LineKind::Quality)), ..TimelineFilter::default() };
        let mother = PersonId("mother".into());
        let story = timeline(&house, &clock(), &session, Some(&mother), &filter).await.unwrap();
        let titles: Vec<&str> = story.items.iter().map(|item| item.title.as_str()).collect();
        assert_eq!(titles, ["Hofteregister (opdigtet)", "Hofteregister (opdigtet)", "Kræft"], "{who}");
        assert_eq!(story.items[1].readings.len(), 6);
        assert!(story.items[1].readings.iter().any(|reading| format!("{:?}", reading.value).contains("28.5")));
        assert_eq!(story.items[2].readings[0].title, "Stadium");
        let asked =
            TimelineFilter { kind: Some(TimelineKind::Line(LineKind::Questionnaire)), ..TimelineFilter::default() };
        assert!(timeline(&house, &clock(), &session, Some(&mother), &asked).await.unwrap().items.is_empty(), "{who}");
    }
    let own = session(&house, "mother").await;
    let list = questionnaires(&house, &clock(), &own, None).await.unwrap();
    assert!(list.answered.is_empty() && !list.forms.iter().any(|form| form.questionnaire.url == "urn:kip"));

    // What is mended is a registration too.
    let lake = lake_folder(&house);
    let waiting = quarantine(&lake).unwrap().into_iter().find(|batch| batch.reasons.len() == 2).unwrap();
    assert!(waiting.reasons[0].contains("line 4: QuestionnaireResponse.item[0] (`stage`)"), "{:?}", waiting.reasons);
    assert!(!format!("{:?}", waiting.reasons).contains("canary"));
    let (file, source, quality) = rejected_resources(&quarantine_folder(&lake, &waiting.batch).unwrap()).unwrap();
    assert!(quality && source == "sundk");
    std::fs::write(&file, response.replace(r#""id":"r""#, r#""id":"w""#)).unwrap();
    let delivery = ResourceDelivery { file, format: Format::Quality(None), source, person: None, again: true };
    let taken = ingest_resources(&house, &clock(), &operator(), &delivery, [8; 32]).await.unwrap();
    assert_eq!((taken.kept, taken.rejected), (kept(1, 0, 0), 0));
    assert!(questionnaires(&house, &clock(), &own, None).await.unwrap().answered.is_empty());
}
