//! `indgang view run`: tables of the operator's own FHIR files.

use crate::workshop::Workshop;
use std::fs;

const VIEW: &str = r#"{"resourceType": "ViewDefinition", "name": "names", "resource": "Patient", "select": [
    {"column": [{"name": "id", "path": "getResourceKey()"}, {"name": "active", "path": "active"}]},
    {"forEachOrNull": "name", "column": [{"name": "family", "path": "family"}, {"name": "given", "path": "given", "collection": true}]}]}"#;
const LINES: &str = r#"{"resourceType":"Patient","id":"a","active":true,"name":[{"family":"Å, b","given":["C","D"]},{"family":"E"}]}
{"resourceType":"Observation","id":"o"}
{"resourceType":"Patient","id":"b"}
"#;

fn workshop() -> Workshop {
    let workshop = Workshop::new();
    workshop.write("view.json", VIEW).write("lines.ndjson", LINES);
    workshop
}

#[test]
fn a_table_is_written_as_csv_and_ndjson() {
    let workshop = workshop();
    let run = workshop.run("view run view.json --in lines.ndjson --out tables").succeeded();
    assert!(run.out.starts_with("3 rows of 3 resources"), "{}", run.out);
    let csv = fs::read_to_string(workshop.path().join("tables/names.csv")).unwrap();
    assert_eq!(csv, "id,active,family,given\na,true,\"Å, b\",\"[\"\"C\"\",\"\"D\"\"]\"\na,true,E,[]\nb,,,\n");
    workshop.run("view run view.json --in lines.ndjson --out tables --format ndjson").succeeded();
    let ndjson = fs::read_to_string(workshop.path().join("tables/names.ndjson")).unwrap();
    let first = r#"{"id":"a","active":true,"family":"Å, b","given":["C","D"]}"#;
    assert_eq!(ndjson.lines().next(), Some(first));
    assert_eq!(ndjson.lines().count(), 3);
}

#[test]
fn a_parquet_table_is_whole_or_absent() {
    let workshop = workshop();
    let run = "view run view.json --out tables --format parquet --in";
    assert!(workshop.run(&format!("{run} lines.ndjson")).succeeded().out.starts_with("3 rows of 3 resources"));
    let table = fs::read(workshop.path().join("tables/names.parquet")).unwrap();
    assert_eq!((&table[..4], &table[table.len() - 4..]), (&b"PAR1"[..], &b"PAR1"[..]));
    workshop.write("bad.ndjson", "{\n");
    fs::remove_file(workshop.path().join("tables/names.parquet")).unwrap();
    workshop.run(&format!("{run} lines.ndjson bad.ndjson")).refused_with(&["bad.ndjson`, line 1", "--keep-going"]);
    assert_eq!(fs::read_dir(workshop.path().join("tables")).unwrap().count(), 0);
}

#[test]
fn one_bad_line_stops_it_or_is_listed() {
    let workshop = workshop();
    workshop
        .write("bad.ndjson", LINES.replace(r#"{"resourceType":"Observation","id":"o"}"#, r#"{"resourceType":"Canary"#));
    let run = "view run view.json --in bad.ndjson --out tables";
    workshop.run(run).refused_with(&["bad.ndjson`, line 2", "was cut", "--keep-going"]);
    assert!(!workshop.path().join("tables/names.csv").exists());
    let run = workshop.run(&format!("{run} --keep-going")).succeeded();
    assert!(run.out.contains("1 resources left out"), "{}", run.out);
    let problems = fs::read_to_string(workshop.path().join("tables/names.problems.ndjson")).unwrap();
    assert!(problems.contains("line 2") && !problems.contains("Canary"), "{problems}");
    assert_eq!(fs::read_to_string(workshop.path().join("tables/names.csv")).unwrap().lines().count(), 4);
}

#[test]
fn a_faulty_view_is_refused_with_its_place() {
    let workshop = workshop();
    workshop.write("view.json", VIEW.replace("\"family\", \"path\": \"family\"", "\"family\", \"path\": \"family(\""));
    let run = workshop.run("view run view.json --in lines.ndjson --out tables");
    run.refused_with(&["view.json", "select[1].column[0].path", "no function `family()`"]);
}
