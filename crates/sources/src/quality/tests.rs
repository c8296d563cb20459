use super::*;
use indgang_fhir::json::{Json, Tape};
use indgang_fhir::questionnaire::Questionnaire;
use indgang_fhir::record::{self, LineKind};
use indgang_fhir::validate;
use indgang_model::Category;
use serde_json::{Value, json};

const TABLE: &[u8] = include_bytes!("../../tests/data/quality/hip.csv");
const MAPPING: &str = include_str!("../../tests/data/quality/hip.toml");

fn mapping(text: &str) -> Mapping {
    Mapping::parse(text, None).unwrap()
}

#[test]
fn rows_become_registrations_of_the_database() {
    let made = map(TABLE, &mapping(MAPPING)).unwrap();
    let whole: Vec<&Value> = made.iter().filter_map(|mapped| mapped.resource.as_ref().ok()).collect();
    assert_eq!(whole.len(), 3);
    for resource in &whole {
        let text = resource.to_string();
        let mut tape = Tape::new();
        let issues = validate::resource(tape.read(&text).unwrap(), Json::ROOT);
        assert!(!validate::has_errors(&issues) && !text.contains("Prøveby"), "{issues:?}\n{text}");
    }
    let questionnaire = Questionnaire::read(&whole[0].to_string()).unwrap();
    assert!(questionnaire.quality && questionnaire.fillable().is_err());
    assert_eq!(questionnaire.item("side").unwrap().options.len(), 2);
    let text = whole[1].to_string();
    let mut tape = Tape::new();
    let json = tape.read(&text).unwrap();
    assert_eq!(record::category(json, Json::ROOT), Category::Encounter);
    let line = record::line(json, Json::ROOT).unwrap();
    assert_eq!((line.kind, line.title.as_str()), (LineKind::Quality, "Hofteregister (opdigtet)"));
    assert_eq!(line.span.unwrap().start, "2024-04-03");
    assert_eq!(line.readings.len(), 6);
    // What the mapping says is what the questionnaire says.
    assert_eq!(questionnaire.check(json, Json::ROOT).1, []);
    assert_eq!(whole[1]["subject"]["identifier"], json!({"system": "urn:oid:1.2.208.176.1.2", "value": "0201609995"}));
    let answers: Vec<&Value> = whole[1]["item"].as_array().unwrap().iter().map(|item| &item["answer"][0]).collect();
    assert_eq!(
        answers[0],
        &json!({"valueCoding": {"system": "urn:indgang:example:side", "code": "right", "display": "Højre"}})
    );
    assert_eq!(answers[2]["valueQuantity"]["value"], json!(27.5));
    assert_eq!(answers[4], &json!({"valueBoolean": false}));
    assert_eq!(answers[5], &json!({"valueString": "Glat forløb; hjem dag 2"}));
    // Codes for no value leave their items out.
    assert_eq!(whole[2]["authored"], "2025-05-03T10:30:00+02:00");
    let links: Vec<&Value> = whole[2]["item"].as_array().unwrap().iter().map(|item| &item["linkId"]).collect();
    assert_eq!(links, ["side", "genoperation"]);
}

#[test]
fn what_cannot_be_read_is_told_with_line_and_column_and_no_value() {
    let made = map(TABLE, &mapping(MAPPING)).unwrap();
    let told: Vec<(u64, &str)> =
        made.iter().filter_map(|mapped| Some((mapped.line, mapped.resource.as_ref().err()?.as_str()))).collect();
    let expected = [
        (4, "column `operationsdato` is no day"),
        (5, "column `side` holds a code that the mapping does not know"),
        (6, "column `cpr` has nine digits"),
        (7, "column `bmi` has a point, and the mapping says decimal comma"),
        (8, "column `bmi` is outside of `min` and `max`"),
        (9, "column `side` has no value"),
        (10, "its id stands in line 2 too"),
        (11, "column `blodtab_ml` is no whole number"),
        (12, "column `genoperation` is neither yes nor no"),
        (13, "has 4 fields and the header 10"),
    ];
    assert_eq!(told.len(), expected.len(), "{told:?}");
    for ((line, told), (expected_line, expected)) in told.into_iter().zip(expected) {
        assert!(line == expected_line && told.contains(expected), "{line}: {told}");
        assert!(!told.contains("9995") && !told.contains("måske"), "{told}");
    }
}

#[test]
fn a_file_that_is_not_the_mappings_is_refused_whole() {
    let latin = mapping(MAPPING);
    let plain = mapping(&MAPPING.replace("encoding = \"latin-1\"", ""));
    let header = "skema_id;cpr;operationsdato;side;asa;bmi;blodtab_ml;genoperation;bemaerkning;sygehus_navn";
    for (bytes, mapping, expected) in [
        (TABLE.to_vec(), &plain, "line 2: not UTF-8"),
        (
            format!("{header}\n\u{0}").into_bytes().into_iter().chain([0x93, 0xe6]).collect(),
            &latin,
            "line 2: neither UTF-8",
        ),
        (
            header.replace("bmi", "bmi2").into_bytes(),
            &latin,
            "column `bmi2` stands in the header and not in the mapping",
        ),
        (header.replace("bmi;", "").into_bytes(), &latin, "no column `bmi`"),
        (header.replace("bmi", "BMI;bmi").into_bytes(), &latin, "column `bmi` stands in the header twice"),
        (format!("{header}\nH;\"x").into_bytes(), &latin, "line 2: a quote is opened"),
        (b" ".to_vec(), &latin, "the file is empty"),
        (b"{\"resourceType\":\"Bundle\"}".to_vec(), &latin, "leave `--mapping` out"),
    ] {
        let error = map(&bytes, mapping).unwrap_err().to_string();
        assert!(error.contains(expected), "{expected}: {error}");
    }
    // The header's letters do not matter, and UTF-8 is read as what it is.
    let text = format!("{}\nH-1;0201609995;2024-01-01;2;1;;;;ærø;x", header.to_uppercase());
    let made = map(text.as_bytes(), &latin).unwrap();
    assert_eq!(made[1].resource.as_ref().unwrap()["item"][2]["answer"][0]["valueString"], "ærø");
}

#[test]
fn codes_of_a_list_are_allowed_beside_the_mappings() {
    let list =
        "kind\tset\tlevel\tcode\tdisplay\nCodeSystem\tASA\t0\tasai\tASA I\nValueSet\tASA\t0\tOther#asaii\tASA II\n";
    let codes = CodeSets::parse(list).unwrap();
    let text = MAPPING.replace("name = \"asa\"", "name = \"asa\"\ncode_set = \"ASA\"");
    let made = Mapping::parse(&text, Some(&codes)).unwrap();
    let table = "skema_id;cpr;operationsdato;side;asa;bmi;blodtab_ml;genoperation;bemaerkning;sygehus_navn\nH-1;0201609995;2024-01-01;2;asaii;;;;;\nH-2;0201609995;2024-01-01;2;asaiii;;;;;";
    let made = map(table.as_bytes(), &made).unwrap();
    assert_eq!(
        made[1].resource.as_ref().unwrap()["item"][1]["answer"][0]["valueCoding"],
        json!({"code": "asaii", "display": "ASA II"})
    );
    assert!(made[2].resource.as_ref().unwrap_err().contains("column `asa` holds a code"));
    assert!(Mapping::parse(&text, None).unwrap_err().contains("give `--codes FILE`"));
    let other = text.replace("\"ASA\"", "\"Canary\"");
    assert!(Mapping::parse(&other, Some(&codes)).unwrap_err().contains("no set `Canary`"));
    assert!(CodeSets::parse("a\tb\n").unwrap_err().contains("no column `set`"));
}

#[test]
fn a_mapping_that_does_not_hang_together_is_told() {
    for (from, to, expected) in [
        ("name = \"bmi\"", "name = \"asa\"", "`asa` is named twice"),
        ("name = \"asa\"", "name = \"asa\"\nlink_id = \"side\"", "`side` is the `link_id` of two columns"),
        ("type = \"boolean\"", "type = \"boolean\"\nunit = \"mL\"", "column `genoperation`: has a unit"),
        ("type = \"boolean\"", "type = \"choice\"", "column `genoperation`: is a choice without values"),
        ("type = \"boolean\"", "type = \"canary\"", "canary"),
        ("min = 8", "min = 800", "`min` is greater than `max`"),
        ("id = \"skema_id\"", "id = \"cpr\"", "`id` and `person` are one column"),
        ("person = \"cpr\"", "persons = \"cpr\"", "line 5"),
        ("version = \"1\"", "version = \"1\"\ndecimal = \"x\"", "`x` cannot be before decimals"),
        ("hip-register\"", "hip-register|1\"", "is no address"),
    ] {
        let error = Mapping::parse(&MAPPING.replacen(from, to, 1), None).unwrap_err();
        assert!(error.contains(expected), "{expected}: {error}");
    }
}
