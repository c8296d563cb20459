//! OMOP CDM 5.4 in, asked and out, by commands alone.

use crate::workshop::Workshop;
use indgang_lake::registers::{Kind, Register};
use std::fmt::Write as _;

/// A table of the specification with these values of its columns.
fn table(name: &str, columns: &[&str], rows: &[String]) -> String {
    let all = Register::named(name).unwrap().columns;
    let mut text = all.iter().map(|column| column.name).collect::<Vec<_>>().join(",") + "\n";
    for row in rows {
        let cells: Vec<&str> = row.split(',').collect();
        let cell = |column: &indgang_lake::registers::Column| match columns.iter().position(|name| *name == column.name)
        {
            Some(place) => cells[place],
            None if column.required && matches!(column.kind, Kind::Concept | Kind::Matter) => "0",
            None => "",
        };
        writeln!(text, "{}", all.iter().map(cell).collect::<Vec<_>>().join(",")).unwrap();
    }
    text
}

#[test]
fn from_a_folder_of_omop_to_an_answer_and_out_again() {
    let workshop = Workshop::new();
    std::fs::create_dir(workshop.path().join("cdm")).unwrap();
    let persons: Vec<String> = (1..=30).map(|n| format!("{n},8507,{},canary{n}", 1940 + n)).collect();
    let columns = ["person_id", "gender_concept_id", "year_of_birth", "person_source_value"];
    workshop.write("cdm/person.csv", table("person", &columns, &persons));
    let columns = ["condition_occurrence_id", "person_id", "condition_concept_id", "condition_start_date"];
    let mut conditions: Vec<String> = (1..=30).map(|n| format!("{n},{n},201826,2015-02-03")).collect();
    conditions.push("31,31,201826,2015-02-03".to_owned());
    workshop.write("cdm/condition_occurrence.csv", table("condition_occurrence", &columns, &conditions));
    workshop.write("cdm/note.csv", "note_id\n1\n");
    let permit = |rows: bool| crate::lake::PERMIT.replace("[scope]", &format!("[scope]\nrows = {rows}"));
    workshop.write("rows.toml", permit(true).replace("\"p1\"", "\"rows\"")).write("permit.toml", permit(false));
    let run = "ingest omop --data house --source clinic cdm";
    let taken = workshop.run(run).succeeded().out;
    for part in ["30 rows, 1 rejected", "note.csv", "of 30 the key is no CPR number", "no table `concept`"] {
        assert!(taken.contains(part) && !taken.contains("canary"), "{part}: {taken}");
    }
    let listed = workshop.run("ingest quarantine --data house").succeeded().out;
    assert!(listed.contains("clinic/condition_occurrence.csv, line 32, column `person_id`"), "{listed}");
    assert!(workshop.run(run).succeeded().out.contains("nothing has changed"));
    // The person is delivered, and the row that waited is taken in.
    let batch = listed.split_whitespace().next().unwrap().to_owned();
    let columns = ["condition_occurrence_id", "person_id", "condition_concept_id", "condition_start_date"];
    let mended = table("condition_occurrence", &columns, &["31,30,201826,2015-02-03".to_owned()]);
    workshop.write(&format!("house/lake/quarantine/{batch}/condition_occurrence.csv"), mended);
    assert!(workshop.run(&format!("ingest retry {batch} --data house")).succeeded().out.contains("1 rows, 0 rejected"));
    for file in ["rows.toml", "permit.toml"] {
        workshop.run(&format!("permit --data house {file}")).succeeded();
    }
    let counts = crate::lake::ask(
        &workshop,
        "--permit p1 --format csv",
        "select condition_concept_id, count(*) as n from condition_occurrence group by 1",
    );
    assert_eq!(counts.succeeded().out, "condition_concept_id,n\n201826,31\n");
    let out = "export omop --data house --as researcher --purpose research_and_statistics --out out --permit";
    workshop.run(&format!("{out} p1")).refused_with(&["lake-rows", "rows = true"]);
    workshop.run(&format!("{out} unknown")).refused_with(&["nothing was exported"]);
    let told = workshop.run(&format!("{out} rows")).succeeded().out;
    assert!(told.contains("condition_occurrence") && told.contains("person_source_value"), "{told}");
    let person = workshop.read("out/person.csv");
    assert!(person.starts_with("person_id,gender_concept_id,") && !person.contains("canary"), "{person}");
    assert_eq!((person.lines().count(), workshop.read("out/condition_occurrence.csv").lines().count()), (31, 32));
    assert!(workshop.read("out/cdm_source.csv").contains(",5.4,756265,"));
    workshop.run(&format!("{out} rows")).refused_with(&["`out`"]);
    workshop.run("verify-log --data house").succeeded();
}
