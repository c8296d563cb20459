//! Patient-reported outcomes of another system: held against their questionnaire, with the scores that it calculates.

use super::{MOTHER, house_with_family, kept, read, take};
use crate::house::{clock, operator, session};
use indgang_lake::house::{quarantine, quarantine_folder, rejected_resources};
use indgang_model::PersonId;
use indgang_service::*;
use std::path::Path;

/// A made-up instrument with an index of decrements, as one that an institution has the licence to.
const INDEX: &str = r#"{"resourceType":"Questionnaire","id":"q","url":"urn:made-up","version":"2","status":"retired","title":"Made up","item":[
    {"linkId":"walking","type":"choice","required":true,"answerOption":[
      {"valueCoding":{"system":"s","code":"1","extension":[{"url":"http://hl7.org/fhir/StructureDefinition/ordinalValue","valueDecimal":0}]}},
      {"valueCoding":{"system":"s","code":"2","extension":[{"url":"http://hl7.org/fhir/StructureDefinition/ordinalValue","valueDecimal":0.125}]}}]},
    {"linkId":"why","type":"string","enableWhen":[{"question":"walking","operator":"=","answerCoding":{"system":"s","code":"2"}}]},
    {"linkId":"index","type":"decimal","text":"Index","code":[{"system":"s","code":"index"}],"extension":[
      {"url":"http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-observationExtract","valueBoolean":true},
      {"url":"http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-calculatedExpression","valueExpression":{
        "language":"text/fhirpath","expression":"1 - %resource.item.where(linkId = 'walking').answer.value.ordinal()"}}]}]}"#;

fn response(id: &str, version: &str, status: &str, day: &str, items: &str) -> String {
    let items = if items.is_empty() { String::new() } else { format!(r#","item":[{items}]"#) };
    format!(
        r#"{{"resourceType":"QuestionnaireResponse","id":"{id}","questionnaire":"urn:made-up|{version}","status":"{status}","subject":{{"reference":"Patient/m"}},"authored":"{day}"{items}}}"#
    )
}

fn walking(code: &str) -> String {
    format!(r#"{{"linkId":"walking","answer":[{{"valueCoding":{{"system":"s","code":"{code}"}}}}]}}"#)
}

async fn pro(house: &House, from: &Path, lines: &[&str]) -> TakenResources {
    let file = from.join("pro.ndjson");
    let lines: Vec<String> = lines.iter().map(|line| line.replace('\n', "")).collect();
    std::fs::write(&file, lines.join("\n")).unwrap();
    let delivery = ResourceDelivery { file, format: Format::Pro, source: "pro".into(), person: None, again: false };
    ingest_resources(house, &clock(), &operator(), &delivery, [7; 32]).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn responses_come_with_their_score_or_wait_with_their_faults() {
    let (folder, from) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let house = house_with_family(folder.path()).await;
    let why = r#"{"linkId":"why","answer":[{"valueString":"canary"}]}"#;
    let lines = [
        MOTHER.to_owned(),
        INDEX.to_owned(),
        response("first", "2", "completed", "2026-01-01", &walking("1")),
        response("second", "2", "completed", "2026-02-01", &format!("{},{why}", walking("2"))),
        response("begun", "2", "in-progress", "2026-03-01", ""),
        // Another version is not known: it is kept as it is, and not scored.
        response("older", "1", "completed", "2025-01-01", r#"{"linkId":"gone"}"#),
        response("bad", "2", "completed", "2026-04-01", &format!(r#"{},{why},{{"linkId":"canary"}}"#, walking("1"))),
        response(
            "worse",
            "2",
            "completed",
            "2026-05-01",
            r#"{"linkId":"walking","answer":[{"valueString":"canary"}]}"#,
        ),
        response("none", "2", "completed", "2026-06-01", ""),
        INDEX.replace(r#""id":"q""#, r#""id":"broken""#).replace("%resource", "%canary"),
    ];
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let taken = pro(&house, from.path(), &lines).await;
    assert_eq!((taken.kept, taken.rejected), (kept(8, 0, 0), 4), "{:?}", quarantine(&lake_folder(&house)).unwrap());
    let waiting = &quarantine(&lake_folder(&house)).unwrap()[0];
    for part in [
        "line 7: QuestionnaireResponse.item[1] (`why`): an answer to an item that `enableWhen` disables",
        "QuestionnaireResponse.item[2]: the questionnaire has no such item here",
        "line 8: QuestionnaireResponse.item[0] (`walking`): an answer that is none of the options",
        "line 9: QuestionnaireResponse (`walking`): no answer to an item that must have one",
        "line 10: `index` is calculated by the variable `%canary`",
    ] {
        assert!(waiting.reasons.iter().any(|reason| reason.contains(part)), "{part}: {:?}", waiting.reasons);
    }
    assert!(waiting.reasons.iter().filter(|reason| reason.contains("canary")).count() == 1, "an answer is told");

    // Two scores are a course in her story, with the source that they came from.
    let doctor = session(&house, "doctor").await;
    let mother = PersonId("mother".into());
    let story = timeline(&house, &clock(), &doctor, Some(&mother), &TimelineFilter::default()).await.unwrap();
    let series: Vec<_> = story
        .series
        .iter()
        .map(|series| (series.title.as_str(), series.points.iter().map(|p| p.1).collect::<Vec<_>>()))
        .collect();
    assert_eq!(series, [("Index", vec![1.0, 0.875])]);
    let view = answered(&house, &clock(), &doctor, ("pro", "second")).await.unwrap().unwrap();
    assert_eq!((view.line.title.text.as_str(), view.line.scores.len(), view.items.len()), ("Made up", 1, 2));
    assert_eq!(view.line.scores[0].answer.number(), Some(0.875));
    // A retired questionnaire is read and not filled in.
    let own = session(&house, "mother").await;
    let list = questionnaires(&house, &clock(), &own, None).await.unwrap();
    assert!(!list.forms.iter().any(|form| form.questionnaire.url == "urn:made-up"));
    assert_eq!((list.answered.len(), list.series.len()), (4, 1));

    // What a ward has asked for stands first until it is answered.
    let task = r#"{"resourceType":"Task","id":"t","status":"requested","intent":"order","for":{"reference":"Patient/m"},"authoredOn":"2026-02-15","requester":{"display":"Ward"},
        "code":{"coding":[{"system":"http://hl7.org/fhir/uv/sdc/CodeSystem/temp","code":"complete-questionnaire"}]},
        "input":[{"type":{"text":"questionnaire"},"valueCanonical":"urn:indgang:questionnaire:pain|1"}]}"#;
    pro(&house, from.path(), &[MOTHER, task]).await;
    let list = questionnaires(&house, &clock(), &own, None).await.unwrap();
    assert_eq!((list.asked.len(), list.forms[0].questionnaire.url.as_str()), (1, "urn:indgang:questionnaire:pain"));
    let no = indgang_fhir::questionnaire::Answer::Boolean(false);
    let new = NewAnswers {
        key: list.forms[0].key.clone(),
        version: "1".into(),
        form: "fedcba9876543210".into(),
        person: None,
        answers: [("has-pain".to_owned(), vec![no])].into(),
        language: "en",
    };
    assert!(matches!(send_answers(&house, &clock(), &own, &new).await.unwrap(), Sent::Kept(_)));
    assert_eq!(questionnaires(&house, &clock(), &own, None).await.unwrap().asked, []);

    // Taken in again nothing changes; corrected and withdrawn, the score follows.
    assert!(pro(&house, from.path(), &lines).await.known);
    let corrected = response("first", "2", "amended", "2026-01-01", &walking("2"));
    assert_eq!(pro(&house, from.path(), &[MOTHER, &corrected]).await.kept, kept(0, 2, 1));
    let withdrawn = response("second", "2", "entered-in-error", "2026-02-01", &walking("2"));
    pro(&house, from.path(), &[MOTHER, &withdrawn]).await;
    let all = read(&house, "doctor", "mother").await.unwrap().resources;
    let of =
        |id: &str| all.iter().find(|r| r.reference == format!("Observation/{id}-index")).unwrap().body.expose().clone();
    assert!(of("first").contains("0.875") && of("second").contains("entered-in-error"));

    // What was mended is checked and scored too.
    let (file, source, _) =
        rejected_resources(&quarantine_folder(&lake_folder(&house), &waiting.batch).unwrap()).unwrap();
    let mended = response("none", "2", "completed", "2026-06-01", &walking("1"));
    std::fs::write(&file, mended).unwrap();
    let delivery = ResourceDelivery { file, format: Format::Pro, source, person: None, again: true };
    let taken = ingest_resources(&house, &clock(), &operator(), &delivery, [8; 32]).await.unwrap();
    assert_eq!((taken.kept, taken.rejected), (kept(2, 0, 0), 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn scores_that_the_file_tells_are_not_made_again_and_nobody_delivers_as_the_portal() {
    let (folder, from) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let house = house_with_family(folder.path()).await;
    let own = r#"{"resourceType":"Observation","id":"own","status":"final","code":{"coding":[{"system":"s","code":"index"}]},"subject":{"reference":"Patient/m"},
        "derivedFrom":[{"reference":"QuestionnaireResponse/first"}],"valueQuantity":{"value":1}}"#;
    let first = response("first", "2", "completed", "2026-01-01", &walking("1"));
    assert_eq!(pro(&house, from.path(), &[MOTHER, INDEX, own, &first]).await.kept, kept(4, 0, 0));
    let error = take(&house, from.path(), "portal", MOTHER).await.unwrap_err().to_string();
    assert!(error.contains("`portal` is the source"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_holder_of_custody_answers_for_her_child_and_nobody_else_does() {
    let folder = tempfile::tempdir().unwrap();
    let house = house_with_family(folder.path()).await;
    let boy = PersonId("boy".into());
    let mother = session(&house, "mother").await;
    let list = questionnaires(&house, &clock(), &mother, Some(&boy)).await.unwrap();
    assert!(list.may_answer && !list.own && list.answered.is_empty());
    let pain = list.forms.iter().find(|form| form.questionnaire.url.ends_with("pain")).unwrap();
    let no = indgang_fhir::questionnaire::Answer::Boolean(false);
    let new = NewAnswers {
        key: pain.key.clone(),
        version: pain.questionnaire.version.clone(),
        form: "0123456789abcdef".into(),
        person: Some(boy.clone()),
        answers: [("has-pain".to_owned(), vec![no])].into(),
        language: "da",
    };
    let Sent::Kept(id) = send_answers(&house, &clock(), &mother, &new).await.unwrap() else { panic!("not kept") };
    let own = Reader::Session(&mother);
    let kept = everything(&house, &clock(), own, Some(&boy), &Wanted::default()).await.unwrap().resources;
    let response = kept.iter().find(|resource| resource.reference == format!("QuestionnaireResponse/{id}")).unwrap();
    assert!(response.body.expose().contains("RelatedPerson") && response.source == PORTAL, "{response:?}");
    assert_eq!(kept.len(), 2);
    // The same form of another person is another response: hers does not stand in the way of his.
    let hers = NewAnswers { person: None, ..new.clone() };
    assert!(matches!(send_answers(&house, &clock(), &mother, &hers).await.unwrap(), Sent::Kept(other) if other != id));
    for other in ["father", "doctor"] {
        let session = session(&house, other).await;
        let refused = send_answers(&house, &clock(), &session, &new).await.unwrap_err();
        assert!(matches!(refused, Error::Refused(_)), "{other}: {refused}");
    }
    let nothing = NewAnswers { answers: [].into(), ..new.clone() };
    assert!(
        matches!(send_answers(&house, &clock(), &mother, &nothing).await.unwrap(), Sent::Faults(faults) if faults.len() == 1)
    );
    let other_version = NewAnswers { version: "0".into(), ..new };
    assert_eq!(send_answers(&house, &clock(), &mother, &other_version).await.unwrap(), Sent::Changed);
    let outcome = verify_log(folder.path(), &Database::in_folder(folder.path()), |_, _| {}).await.unwrap();
    assert!(outcome.holds(), "{:?}", outcome.problems);
}
