//! `indgang ingest lpr3|fmk`: what is mapped to FHIR goes the way of every resource.

use crate::workshop::Workshop;

const LPR3: &str = include_str!("../../../sources/tests/data/lpr3/two-conditions.xml");
const LPR3_UPDATE: &str = include_str!("../../../sources/tests/data/lpr3/two-conditions-update.xml");
const FMK: &str = include_str!("../../../sources/tests/data/fmk/medicine-card.xml");

fn patient(id: &str, number: &str) -> String {
    format!(
        r#"{{"resourceType":"Patient","id":"{id}","identifier":[{{"system":"urn:oid:1.2.208.176.1.2","value":"{number}"}}]}}"#
    )
}

#[test]
fn a_document_waits_for_its_person_and_is_corrected_and_removed() {
    let workshop = Workshop::new();
    let mapped = |document: &str| document.replace("1304621201", "0201609995");
    workshop.write("contact.xml", mapped(LPR3));
    workshop.write("update.xml", mapped(LPR3_UPDATE));
    workshop.write("cut.xml", &mapped(LPR3)[..3000]);
    workshop.write("person.json", patient("p", "0201609995"));
    let run = "ingest lpr3 --data house --source lpr3";
    let unknown = workshop.run(&format!("{run} contact.xml")).succeeded();
    assert!(unknown.out.contains("0 new") && unknown.out.contains("5 rejected"), "{}", unknown.out);
    workshop.run("ingest fhir --data house --source cpr person.json").succeeded();
    let listed = workshop.run("ingest quarantine --data house").succeeded().out;
    assert!(listed.contains("line 49: its patient is not known") && !listed.contains("0201609995"), "{listed}");
    let batch = listed.split_whitespace().next().unwrap();
    let retried = workshop.run(&format!("ingest retry {batch} --data house")).succeeded();
    assert!(retried.out.contains("5 new, 0 new versions, 0 known"), "{}", retried.out);
    let update = workshop.run(&format!("{run} update.xml")).succeeded();
    assert!(update.out.contains("0 new, 1 new versions, 0 known, 1 removed"), "{}", update.out);
    let again = workshop.run(&format!("{run} update.xml")).succeeded();
    assert!(again.out.contains("was taken in before"), "{}", again.out);
    workshop.run(&format!("{run} cut.xml")).refused_with(&[
        "cut.xml",
        "the file was cut",
        "nothing of it was taken in",
    ]);
    workshop.run(&format!("{run} person.json")).refused_with(&["person.json", "no XML element in it"]);
    workshop.run("verify-log --data house").succeeded();
}

#[test]
fn a_wearable_is_hers_who_donates_it() {
    const POINTS: &str = include_str!("../../../sources/tests/data/wearable/points.ndjson");
    let workshop = Workshop::new();
    workshop.write("points.ndjson", POINTS);
    workshop.write("two.ndjson", POINTS.replacen("wearer-1", "wearer-2", 1));
    workshop.write("one.ndjson", POINTS.lines().next().unwrap());
    workshop.write("people.ndjson", format!("{}\n{}", patient("p", "0201609995"), patient("q", "0410009234")));
    workshop.run("ingest fhir --data house --source cpr people.ndjson").succeeded();
    let run = "ingest wearable --data house --source watch";
    let count = POINTS.lines().count();
    // Nobody has said whose they are.
    let unknown = workshop.run(&format!("{run} points.ndjson")).succeeded();
    assert!(unknown.out.contains(&format!("{count} rejected")), "{}", unknown.out);
    workshop.run(&format!("{run} one.ndjson --person nobody")).refused_with(&["`nobody` is no person of this house"]);
    workshop.run(&format!("{run} two.ndjson --person nobody")).refused_with(&["`nobody`"]);
    workshop.run("verify-log --data house").succeeded();
}

#[test]
fn a_medicine_card_is_taken_in_compressed() {
    let workshop = Workshop::new();
    workshop.write("card.xml.zst", zstd::encode_all(FMK.as_bytes(), 1).unwrap());
    workshop.write("contact.xml", LPR3);
    workshop.write("person.json", patient("p", "0410009234"));
    workshop.run("ingest fhir --data house --source cpr person.json").succeeded();
    let run = "ingest fmk --data house --source fmk";
    let taken = workshop.run(&format!("{run} card.xml.zst")).succeeded();
    assert!(taken.out.contains("5 new, 0 new versions, 0 known; 1 persons, 0 of them new"), "{}", taken.out);
    workshop.run(&format!("{run} contact.xml")).refused_with(&["contact.xml", "not an answer of FMK"]);
}

#[test]
fn answers_are_held_against_their_questionnaire() {
    const PHQ_9: &str = include_str!("../../../../questionnaires/phq-9.json");
    let one = |n: usize, code: &str| {
        format!(
            r#"{{"linkId":"phq-9-{n}","answer":[{{"valueCoding":{{"system":"http://loinc.org","code":"{code}"}}}}]}}"#
        )
    };
    let response = |id: &str, code: &str| {
        let items: Vec<String> = (1..=9).map(|n| one(n, if n == 9 { code } else { "LA6570-1" })).collect();
        format!(
            r#"{{"resourceType":"QuestionnaireResponse","id":"{id}","questionnaire":"urn:indgang:questionnaire:phq-9|1","status":"completed","subject":{{"reference":"Patient/p"}},"authored":"2026-01-01","item":[{{"linkId":"phq-9","item":[{}]}}]}}"#,
            items.join(",")
        )
    };
    let workshop = Workshop::new();
    let lines = [patient("p", "0201609995"), response("r", "LA6568-5"), response("s", "canary")];
    workshop.write("answers.ndjson", lines.join("\n"));
    workshop.write("questionnaire.json", PHQ_9);
    let run = "ingest pro --data house --source hospital";
    let taken = workshop.run(&format!("{run} answers.ndjson")).succeeded();
    // The Patient, the response and its score.
    assert!(taken.out.contains("3 new, 0 new versions, 0 known") && taken.out.contains("1 rejected"), "{}", taken.out);
    let listed = workshop.run("ingest quarantine --data house").succeeded().out;
    assert!(listed.contains("line 3: QuestionnaireResponse.item[0].item[8] (`phq-9-9`)"), "{listed}");
    assert!(!listed.contains("canary"), "{listed}");
    let again = workshop.run(&format!("{run} answers.ndjson")).succeeded();
    assert!(again.out.contains("was taken in before"), "{}", again.out);
    let questionnaire = workshop.run(&format!("{run} questionnaire.json")).succeeded();
    assert!(questionnaire.out.contains("1 new"), "{}", questionnaire.out);
    workshop.run("ingest pro --data house --source portal answers.ndjson").refused_with(&["`portal` is the source"]);
    workshop.run("verify-log --data house").succeeded();
}

#[test]
fn samples_of_a_biobank_wait_for_their_donors() {
    const SAMPLES: &str = include_str!("../../../sources/tests/data/biobank/samples.csv");
    let workshop = Workshop::new();
    workshop.write("samples.csv", SAMPLES).write("cut.json", "{\"samples\":[{");
    workshop.write("people.ndjson", patient("p", "0201609995"));
    workshop.run("ingest fhir --data house --source cpr people.ndjson").succeeded();
    let run = "ingest biobank --data house --source dnb";
    let taken = workshop.run(&format!("{run} samples.csv")).succeeded();
    assert!(taken.out.contains("3 new") && taken.out.contains("2 rejected"), "{}", taken.out);
    let listed = workshop.run("ingest quarantine --data house").succeeded().out;
    for part in ["line 5", "line 6", "not of a human"] {
        assert!(listed.contains(part) && !listed.contains("donor-7"), "{part}: {listed}");
    }
    assert!(workshop.run(&format!("{run} samples.csv")).succeeded().out.contains("was taken in before"));
    workshop.run(&format!("{run} cut.json")).refused_with(&["cut.json", "get the whole file again"]);
    workshop.run("verify-log --data house").succeeded();
}
