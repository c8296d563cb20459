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

#[test]
fn registrations_of_a_quality_database_come_by_their_mapping() {
    const TABLE: &[u8] = include_bytes!("../../../sources/tests/data/quality/hip.csv");
    const MAPPING: &str = include_str!("../../../sources/tests/data/quality/hip.toml");
    let workshop = Workshop::new();
    workshop
        .write("hip.csv", TABLE)
        .write("hip.toml", MAPPING)
        .write("codes.tsv", "set\tcode\tdisplay\nASA\tasai\tASA I\n");
    workshop.write("listed.toml", MAPPING.replace("name = \"asa\"", "name = \"asa\"\ncode_set = \"ASA\""));
    workshop.write("short.csv", &TABLE[9..]).write("people.ndjson", patient("p", "0201609995"));
    workshop.run("ingest fhir --data house --source cpr people.ndjson").succeeded();
    let run = "ingest quality --data house --source sundk";
    let mapped = format!("{run} --mapping hip.toml");
    workshop.run(&format!("{mapped} short.csv")).refused_with(&[
        "short.csv",
        "no column `skema_id`",
        "nothing of it was taken in",
    ]);
    workshop.run(&format!("{run} --mapping no.toml hip.csv")).refused_with(&["`no.toml`", "check the path"]);
    workshop
        .run(&format!("{run} --mapping listed.toml hip.csv"))
        .refused_with(&["`listed.toml`", "give `--codes FILE`"]);
    let alone = workshop.run(&format!("{run} --codes codes.tsv hip.csv"));
    assert!(!alone.ok && alone.err.contains("--mapping"), "{}", alone.err);
    let taken = workshop.run(&format!("{run} --mapping listed.toml --codes codes.tsv hip.csv")).succeeded();
    assert!(taken.out.contains("3 new") && taken.out.contains("10 rejected"), "{}", taken.out);
    let listed = workshop.run("ingest quarantine --data house").succeeded().out;
    assert!(listed.contains("line 7: column `bmi` has a point, and the mapping says decimal comma"), "{listed}");
    assert!(!listed.contains("0201609995") && !listed.contains("020160-9995"), "{listed}");
    assert!(workshop.run(&format!("{mapped} hip.csv")).succeeded().out.contains("was taken in before"));
    workshop.run("verify-log --data house").succeeded();
}

#[test]
fn an_instrument_of_ones_own_is_checked_and_added() {
    const PAIN: &str = include_str!("../../../../questionnaires/pain.json");
    let own = r#"{"resourceType":"Questionnaire","id":"own","url":"urn:own","version":"1","status":"active","title":"Own","copyright":"By licence","item":[
        {"linkId":"a","type":"choice","answerOption":[
          {"valueCoding":{"code":"1","extension":[{"url":"http://hl7.org/fhir/StructureDefinition/ordinalValue","valueDecimal":0}]}},
          {"valueCoding":{"code":"2","extension":[{"url":"http://hl7.org/fhir/StructureDefinition/ordinalValue","valueDecimal":4}]}}]},
        {"linkId":"b","type":"string","enableWhen":[{"question":"a","operator":"=","answerCoding":{"code":"2"}}]},
        {"linkId":"total","type":"decimal","extension":[{"url":"http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-calculatedExpression","valueExpression":{
          "language":"text/fhirpath","expression":"%resource.item.where(linkId = 'a').answer.value.ordinal().sum()"}}]}]}"#;
    let workshop = Workshop::new();
    workshop.write("own.json", own).write("pain.json", PAIN);
    let told = workshop.run("questionnaire check own.json pain.json").succeeded().out;
    for part in ["urn:own|1  Own", "asks 2", "calculates `total`: 0 by the first options, 4 by the last", "By licence"]
    {
        assert!(told.contains(part), "{part}: {told}");
    }
    for (from, to, expected) in [
        ("\"linkId\":\"b\"", "\"linkId\":\"a\"", "`a` is the `linkId` of two items"),
        ("\"question\":\"a\"", "\"question\":\"gone\"", "`b` hangs on an item that is not there"),
        ("\"question\":\"a\"", "\"question\":\"b\"", "hangs on itself"),
        ("ordinal()", "ordinal(", "`total`"),
        ("ordinal()", "canary()", "`total`"),
        ("\"status\":\"active\"", "\"status\":\"draft\"", "its status is `draft`"),
        ("\"type\":\"string\"", "\"type\":\"attachment\"", "cannot be a form here"),
        ("\"Questionnaire\"", "\"Basic\"", "`wrong.json`"),
        ("{\"resourceType\"", "{\"resource", "`wrong.json`"),
    ] {
        workshop.write("wrong.json", own.replacen(from, to, 1));
        workshop.run("questionnaire check wrong.json").refused_with(&["`wrong.json`", expected]);
        workshop.run("questionnaire add --data house own.json wrong.json").refused_with(&[expected]);
    }
    // Nothing was added with a wrong one beside it.
    let listed = workshop.run("questionnaire list --data house").succeeded().out;
    assert!(listed.contains("urn:indgang:questionnaire:phq-9|1") && !listed.contains("urn:own"), "{listed}");
    workshop.run("questionnaire add --data house own.json").succeeded();
    workshop.run("questionnaire add --data house own.json").succeeded();
    workshop.write(
        "next.json",
        own.replace("\"version\":\"1\"", "\"version\":\"2\"").replace("\"id\":\"own\"", "\"id\":\"own-2\""),
    );
    workshop.run("questionnaire add --data house next.json").succeeded();
    let listed = workshop.run("questionnaire list --data house").succeeded().out;
    assert!(listed.contains("urn:own|1  Own  another version is offered"), "{listed}");
    assert!(listed.contains("urn:own|2  Own  offered"), "{listed}");
}
