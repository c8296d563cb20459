//! OMOP CDM 5.4: in, asked, and out again.

use crate::lake::{Asking, ask, at, blinding, lines, told};
use indgang_lake::house::{
    self, ExportStamp, Ingest, Ingested, Manifest, OmopSource, View, quarantine, quarantine_folder,
};
use indgang_lake::registers::{Kind, Register};
use indgang_lake::{LakeError, Limits};
use indgang_model::Category;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;
use tempfile::TempDir;

/// A table's file: all columns of the specification, these with values.
fn table(name: &str, columns: &[&str], rows: &[Vec<String>]) -> String {
    let all = Register::named(name).unwrap().columns;
    let mut text = all.iter().map(|column| column.name).collect::<Vec<_>>().join(",") + "\n";
    for row in rows {
        assert_eq!(row.len(), columns.len());
        let cell = |column: &indgang_lake::registers::Column| match columns.iter().position(|name| *name == column.name)
        {
            Some(place) => row[place].clone(),
            // What is required and not said has no concept.
            None if column.required && matches!(column.kind, Kind::Concept | Kind::Matter) => "0".to_owned(),
            None => String::new(),
        };
        writeln!(text, "{}", all.iter().map(cell).collect::<Vec<_>>().join(",")).unwrap();
    }
    text
}

fn row(cells: &[&dyn std::fmt::Display]) -> Vec<String> {
    cells.iter().map(ToString::to_string).collect()
}

const PERSON: [&str; 6] =
    ["person_id", "gender_concept_id", "year_of_birth", "month_of_birth", "day_of_birth", "person_source_value"];
const CONDITION: [&str; 5] =
    ["condition_occurrence_id", "person_id", "condition_concept_id", "condition_start_date", "visit_occurrence_id"];

/// Forty persons, of whom the first has a CPR number, each with a condition and every second with another.
fn write_tables(folder: &Path) {
    let persons = (1..=40).map(|n| {
        let key = if n == 1 { "010180-9995".to_owned() } else { format!("canary-{n}") };
        row(&[&n, &if n % 2 == 0 { 8532 } else { 8507 }, &(1950 + n), &2, &3, &key])
    });
    let persons: Vec<_> = persons.collect();
    let mut conditions = Vec::new();
    for n in 1..=40 {
        conditions.push(row(&[&n, &n, &201_826, &"2015-02-03", &(100 + n)]));
        if n % 2 == 0 {
            conditions.push(row(&[&(1000 + n), &format!("{n}.0"), &316_866, &"2016-02-03", &""]));
        }
    }
    std::fs::write(folder.join("PERSON.csv"), table("person", &PERSON, &persons)).unwrap();
    std::fs::write(folder.join("condition_occurrence.csv"), table("condition_occurrence", &CONDITION, &conditions))
        .unwrap();
    let specimens: Vec<_> = (1..=40).map(|n| row(&[&n, &n, &"2017-01-01"])).collect();
    let specimens = table("specimen", &["specimen_id", "person_id", "specimen_date"], &specimens);
    std::fs::write(folder.join("specimen.csv"), specimens).unwrap();
}

async fn take(
    lake: &Path,
    from: &Path,
    before: Option<&Manifest>,
    source: &str,
    replace: bool,
) -> Result<Ingested, LakeError> {
    let (name, again) = (source.to_owned(), source.is_empty());
    taken(lake, from, before, OmopSource { name, again }, replace).await
}

async fn taken(
    lake: &Path,
    from: &Path,
    before: Option<&Manifest>,
    omop: OmopSource,
    replace: bool,
) -> Result<Ingested, LakeError> {
    let ingest = Ingest {
        folder: from.to_owned(),
        lake: lake.to_owned(),
        before: before.cloned(),
        blinding: blinding(),
        replace,
        omop: Some(omop),
        limits: Limits::default(),
    };
    house::ingest(ingest, Arc::new(|_, _| {})).await
}

fn asking(rows: bool) -> Asking {
    let asking = if rows { Asking::rows() } else { Asking::counts() };
    let categories = vec![Category::Encounter, Category::Medication, Category::Specimen];
    Asking { categories, ..asking }
}

fn view(asking: &Asking, lake: &Path, manifest: &Manifest) -> View {
    let apart = asking.refused.iter().chain(&asking.tissue_refused).chain(asking.blocked.iter().map(|(n, _)| n));
    // The first person's CPR number is hers in the house too.
    let apart =
        apart.map(|n| (indgang_model::PersonId(format!("person{n}")), blinding().person("0101809995"))).collect();
    View::new(&asking.grant(), &apart, &[7; 32], lake, manifest).unwrap()
}

#[tokio::test]
async fn tables_come_in_once_and_are_asked_like_registers() {
    let (lake, from) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    write_tables(from.path());
    let first = take(lake.path(), from.path(), None, "a", false).await.unwrap();
    assert!(first.quarantine.is_none() && first.others.is_empty() && first.vocabulary.is_none());
    let manifest = first.manifest.clone().unwrap();
    assert_eq!((manifest.persons, manifest.unlinked), (40, 39));
    drop(first);
    let both = "select condition_concept_id, count(*), count(distinct person_id) from condition_occurrence group by 1";
    // Rows beside persons would tell that nobody has two.
    assert!(told(&view(&asking(false), lake.path(), &manifest), both).await.is_empty());
    let counts = "select condition_concept_id, count(distinct person_id) from condition_occurrence group by 1";
    assert_eq!(told(&view(&asking(false), lake.path(), &manifest), counts).await, ["201826,40", "316866,20"]);
    let joined = "select p.gender_concept_id, count(distinct p.person_id) from person p \
                  join condition_occurrence c on p.person_id = c.person_id where c.condition_concept_id = 316866 group by 1";
    assert_eq!(told(&view(&asking(false), lake.path(), &manifest), joined).await, ["8532,20"]);
    // The same files change nothing; of another source they are other persons'; another file needs a word.
    let again = take(lake.path(), from.path(), Some(&manifest), "a", false).await.unwrap();
    assert!(again.manifest.is_none() && again.files.iter().all(|file| file.known));
    drop(again);
    let other = take(lake.path(), from.path(), Some(&manifest), "b", false).await.unwrap();
    // Whoever is known by her CPR number is the same in both.
    assert_eq!(other.manifest.as_ref().unwrap().persons, 79);
    drop(other);
    let fewer = table("condition_occurrence", &CONDITION, &[row(&[&1, &1, &201_826, &"2015-02-03", &""])]);
    std::fs::write(from.path().join("condition_occurrence.csv"), fewer).unwrap();
    let refused = take(lake.path(), from.path(), Some(&manifest), "a", false).await.unwrap_err().to_string();
    assert!(refused.contains("a/condition_occurrence.csv") && refused.contains("give --replace"), "{refused}");
    let anew = take(lake.path(), from.path(), Some(&manifest), "a", true).await.unwrap().manifest.unwrap();
    assert_eq!((anew.tables["condition_occurrence"][0].rows, anew.tables["condition_occurrence"].len()), (1, 1));
    assert_eq!(anew.persons, 40);
}

#[tokio::test]
async fn what_cannot_be_a_row_waits_with_file_line_and_remedy() {
    let (lake, from) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    write_tables(from.path());
    std::fs::write(from.path().join("concept.csv"), "concept_id\tconcept_name\n201826\tan \"open quote\n0\tnone\n")
        .unwrap();
    let conditions = [
        row(&[&1, &1, &201_826, &"2015-02-03", &""]),
        row(&[&2, &99, &201_826, &"2015-02-03", &""]),
        row(&[&3, &3, &201_826, &"1950-01-01", &""]),
        row(&[&4, &4, &4_242, &"2015-02-03", &""]),
        row(&[&5, &5, &201_826, &"03/31/2015", &""]),
        row(&[&6, &6, &"", &"2015-02-03", &""]),
        row(&[&7, &"", &0, &"2015-02-03", &""]),
    ];
    std::fs::write(
        from.path().join("condition_occurrence.csv"),
        table("condition_occurrence", &CONDITION, &conditions),
    )
    .unwrap();
    let ingested = take(lake.path(), from.path(), None, "a", false).await.unwrap();
    let (manifest, batch) = (ingested.manifest.clone().unwrap(), ingested.quarantine.clone().unwrap());
    let person = ingested.files.iter().find(|file| file.register == "person").unwrap();
    // The vocabulary does not have the concepts of sex: that is told, and costs no person.
    assert_eq!((person.rows, person.concepts.as_slice()), (40, &[("gender_concept_id", 40)][..]));
    drop(ingested);
    let at = "a/condition_occurrence.csv, line";
    let reasons = quarantine(lake.path()).unwrap().remove(0).reasons;
    let expected = [
        format!(
            "{at} 3, column `person_id`: table `person` of the source has nobody with this id; take her in with it, or mend the id"
        ),
        format!(
            "{at} 4, column `condition_start_date`: it is before the person was born; mend it, or her year of birth"
        ),
        format!(
            "{at} 5, column `condition_concept_id`: concept `4242` is not in the delivered `concept` table; add it there, or write 0"
        ),
        format!("{at} 6, column `condition_start_date`: `03/31/2015` is no day; write 2020-12-31"),
        format!(
            "{at} 7, column `condition_concept_id`: there is nothing, and the row needs it; fill it in, or leave the row out"
        ),
        format!("{at} 8, column `person_id`: there is no person's key; fill it in, or leave the row out"),
    ];
    assert_eq!(reasons, expected);
    // Mended where they lie, they are added.
    let folder = quarantine_folder(lake.path(), &batch).unwrap();
    assert_eq!(house::omop_source(&folder).as_deref(), Some("a"));
    let mended = table("condition_occurrence", &CONDITION, &[row(&[&2, &2, &201_826, &"2015-02-03", &""])]);
    std::fs::write(folder.join("condition_occurrence.csv"), mended).unwrap();
    let omop = OmopSource { name: "a".to_owned(), again: true };
    let retried = taken(lake.path(), &folder, Some(&manifest), omop, false).await.unwrap();
    let parts = &retried.manifest.as_ref().unwrap().tables["condition_occurrence"];
    assert_eq!(parts.iter().map(|part| part.rows).collect::<Vec<_>>(), [1, 1]);
}

#[tokio::test]
async fn a_file_of_another_shape_leaves_nothing() {
    let cases = [
        ("condition_occurrence.csv", "person_id\n1\n", "line 1: column `condition_occurrence_id`"),
        ("concept.csv", "id,name\n1,x\n", "column `concept_id` cannot be read"),
    ];
    for (file, text, expected) in cases {
        let (lake, from) = (TempDir::new().unwrap(), TempDir::new().unwrap());
        write_tables(from.path());
        std::fs::write(from.path().join(file), text).unwrap();
        let error = take(lake.path(), from.path(), None, "a", false).await.unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
    let (lake, from) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    std::fs::write(from.path().join("bef.csv"), "pnr\n").unwrap();
    assert!(
        take(lake.path(), from.path(), None, "a", false).await.unwrap_err().to_string().contains("no table of OMOP")
    );
    // A column that the specification does not have is left out and told.
    write_tables(from.path());
    let text = std::fs::read_to_string(from.path().join("specimen.csv")).unwrap();
    let mut lines = text.lines();
    let text = format!("{},freezer\n{},7\n", lines.next().unwrap(), lines.next().unwrap());
    std::fs::write(from.path().join("specimen.csv"), text).unwrap();
    let ingested = take(lake.path(), from.path(), None, "a", false).await.unwrap();
    let specimen = ingested.files.iter().find(|file| file.register == "specimen").unwrap();
    assert_eq!((specimen.rows, specimen.unknown.as_slice()), (1, &["freezer".to_owned()][..]));
    // The same person twice: one of the rows waits.
    let (lake, from) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let twice = [
        row(&[&1, &0, &1980, &"", &"", &""]),
        row(&[&1, &0, &1981, &13, &1, &""]),
        row(&[&2, &0, &1981, &13, &1, &""]),
    ];
    std::fs::write(from.path().join("person.csv"), table("person", &PERSON, &twice)).unwrap();
    let ingested = take(lake.path(), from.path(), None, "a", false).await.unwrap();
    assert_eq!((ingested.files[0].rows, ingested.files[0].rejected), (1, 2));
}

fn stamp() -> ExportStamp {
    let day = at("2026-03-01T12:00:00Z").to_zoned(jiff::tz::TimeZone::UTC).date();
    ExportStamp { day, made: day, snapshot: 1, holder: "test".into() }
}

#[tokio::test]
async fn what_goes_out_holds_no_key_and_nobody_whom_the_grant_leaves_out() {
    let (lake, from) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    write_tables(from.path());
    let manifest = take(lake.path(), from.path(), None, "a", false).await.unwrap().manifest.unwrap();
    let out = TempDir::new().unwrap();
    let export = async |asking: &Asking, name: &str| {
        let view = view(asking, lake.path(), &manifest);
        house::export(&view, &Limits::default(), &out.path().join(name), false, &stamp()).await
    };
    let refused = export(&asking(false), "counts").await.unwrap_err().to_string();
    assert!(refused.contains("lake-rows"), "{refused}");
    let mut opted_out = asking(true);
    opted_out.refused = vec![1];
    for (name, asking, persons) in [("all", asking(true), 40), ("without", opted_out, 39)] {
        let folder = out.path().join(name);
        let tables = export(&asking, name).await.unwrap();
        let person = tables.iter().find(|table| table.table == "person").unwrap();
        assert_eq!((person.rows, person.empty.as_slice()), (persons, &["person_source_value"][..]));
        let mut seen = std::collections::BTreeSet::new();
        for entry in std::fs::read_dir(&folder).unwrap() {
            let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
            assert!(!text.contains("canary") && !text.contains("010180"), "{text}");
        }
        let text = std::fs::read_to_string(folder.join("person.csv")).unwrap();
        assert!(text.starts_with("person_id,gender_concept_id,year_of_birth,"), "{text}");
        seen.extend(text.lines().skip(1).map(|line| line.split(',').next().unwrap().to_owned()));
        assert_eq!(seen.len() as u64, persons);
        // Her rows elsewhere are under the same pseudonym, and what came in comes in again.
        let conditions = std::fs::read_to_string(folder.join("condition_occurrence.csv")).unwrap();
        assert!(conditions.lines().skip(1).all(|line| seen.contains(line.split(',').nth(1).unwrap())), "{conditions}");
        let back = TempDir::new().unwrap();
        let back = take(back.path(), &folder, None, "back", false).await.unwrap();
        let rows = |table: &str| back.manifest.as_ref().unwrap().tables[table][0].rows;
        assert_eq!((rows("person"), rows("specimen"), back.quarantine.clone()), (persons, persons, None));
    }
    assert!(matches!(export(&asking(true), "all").await, Err(LakeError::File { .. })));
    let answer =
        ask(&view(&asking(true), lake.path(), &manifest), "select sum(visit_occurrence_id) from condition_occurrence")
            .await;
    assert!(answer.unwrap_err().to_string().contains("what is summed must be columns"));
    assert_eq!(
        lines(&ask(&view(&asking(true), lake.path(), &manifest), "select person_id from specimen").await.unwrap().rows)
            .len(),
        40
    );
}

#[tokio::test]
async fn tissue_that_is_refused_is_in_no_answer_and_the_rest_is() {
    let (lake, from) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    write_tables(from.path());
    let manifest = take(lake.path(), from.path(), None, "a", false).await.unwrap().manifest.unwrap();
    let mut asking = asking(true);
    asking.tissue_refused = vec![1];
    let view = view(&asking, lake.path(), &manifest);
    for (table, rows) in [("specimen", 39), ("person", 40), ("condition_occurrence", 60)] {
        assert_eq!(told(&view, &format!("select person_id from {table}")).await.len(), rows, "{table}");
    }
}

#[tokio::test]
async fn registers_go_out_in_the_columns_of_omop() {
    let registers = crate::lake::lake(60, 3).await;
    let out = TempDir::new().unwrap();
    let folder = out.path().join("cdm");
    let view = Asking::rows().view(&registers);
    let tables = house::export(&view, &Limits::default(), &folder, true, &stamp()).await.unwrap();
    let rows = |name: &str| tables.iter().find(|table| table.table == name).unwrap().rows;
    for (table, sql) in [
        ("person", "select pnr from bef"),
        ("drug_exposure", "select pnr from lmdb"),
        ("measurement", "select pnr from lab_forsker"),
        ("visit_occurrence", "select pnr from lpr_adm"),
        ("condition_occurrence", "select pnr from lpr_diag"),
    ] {
        assert_eq!(rows(table), told(&view, sql).await.len() as u64, "{table}");
    }
    // What goes out is OMOP: it comes in without a row that waits.
    let back = TempDir::new().unwrap();
    let back = take(back.path(), &folder, None, "back", false).await.unwrap();
    assert_eq!((back.quarantine.clone(), back.manifest.as_ref().unwrap().persons), (None, 60));
}
