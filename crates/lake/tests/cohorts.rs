//! Every rule of every shipped cohort, on rows made for it (`cohorts/*/cases.toml`), on the real engine.

#[allow(dead_code, unreachable_pub, reason = "the tests of the house use the rest of it")]
#[path = "house/lake.rs"]
mod lake;

use indgang_lake::cohort::{self, Definition};
use indgang_lake::{Limits, Registers, house, write_csv};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

/// The persons of one cohort.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cases {
    #[serde(default)]
    set: BTreeMap<String, String>,
    /// The whole answer, where its rows are not persons.
    answer: Option<Vec<String>>,
    case: Vec<Case>,
}

/// A person: rows of registers with bars between the columns, and her rows of the answer.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    #[serde(rename = "why", default)]
    _why: String,
    #[serde(default = "man_of_1950")]
    bef: Vec<String>,
    #[serde(default)]
    lpr2: Vec<String>,
    #[serde(default)]
    lpr3f: Vec<String>,
    #[serde(default)]
    lpr3a: Vec<String>,
    #[serde(default)]
    lmdb: Vec<String>,
    #[serde(default)]
    lab: Vec<String>,
    #[serde(default)]
    sysi: Vec<String>,
    #[serde(default)]
    sssy: Vec<String>,
    /// Procedures: contact's number, day and code.
    #[serde(default)]
    lpr2_procedures: Vec<String>,
    #[serde(default)]
    lpr3f_procedures: Vec<String>,
    expect: Vec<String>,
}

fn man_of_1950() -> Vec<String> {
    vec!["1 | 1950-01-01".to_owned()]
}

/// Register files as they grow.
struct Files(BTreeMap<&'static str, String>);

impl Files {
    fn new() -> Self {
        Self(BTreeMap::from(
            [
                ("bef", "pnr;koen;foed_dato"),
                ("lpr_adm", "pnr;recnum;d_inddto;c_spec"),
                ("lpr_diag", "recnum;c_diagtype;c_diag"),
                ("lpr3f_kontakter", "pnr;dw_ek_kontakt;dato_start;hovedspeciale_ans"),
                ("lpr3f_diagnoser", "dw_ek_kontakt;diagnosetype;diagnosekode;senere_afkraeftet"),
                ("lpr3a_kontakt", "pnr;dw_ek_kontakt;kont_starttidspunkt;kont_ans_hovedspec"),
                ("lpr3a_diagnose", "dw_ek_kontakt;diag_type;diag_kode;senere_afkraeftet"),
                ("lpr_sksopr", "recnum;d_odto;c_opr"),
                ("lpr3f_procedurer_kirurgi", "dw_ek_kontakt;dato_start;procedurekode"),
                ("lmdb", "pnr;eksd;atc;volume;apk;indo"),
                ("lab_forsker", "pnr;samplingdate;analysiscode;value"),
                ("sysi", "pnr;honuge;speciale;barnmak"),
                ("sssy", "pnr;honuge;speciale;barnmak"),
            ]
            .map(|(name, columns)| (name, format!("{columns}\n"))),
        ))
    }

    fn add(&mut self, file: &'static str, key: &str, row: &str) {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        writeln!(self.0.get_mut(file).unwrap(), "{key};{}", cells.join(";")).unwrap();
    }

    /// A contact and its diagnoses, `type code [Ja|-]` with commas between.
    fn contact(&mut self, [contacts, diagnoses]: [&'static str; 2], pnr: &str, key: &str, row: &str) {
        let (contact, listed) = row.rsplit_once('|').unwrap();
        self.add(contacts, pnr, &format!("{key}|{contact}"));
        for diagnosis in listed.split(',').map(str::trim).filter(|text| !text.is_empty()) {
            let mut words = diagnosis.split(' ');
            let mut cells = vec![words.next().unwrap(), words.next().unwrap()];
            if diagnoses != "lpr_diag" {
                cells.push(words.next().map_or("Nej", |word| word.trim_matches('-')));
            }
            assert_eq!(words.next(), None, "{row}");
            self.add(diagnoses, key, &cells.join("|"));
        }
    }

    fn person(&mut self, case: &Case) {
        let generations = [
            (["lpr_adm", "lpr_diag"], &case.lpr2),
            (["lpr3f_kontakter", "lpr3f_diagnoser"], &case.lpr3f),
            (["lpr3a_kontakt", "lpr3a_diagnose"], &case.lpr3a),
        ];
        for (files, contacts) in generations {
            for (number, row) in contacts.iter().enumerate() {
                // The same number in LPR3_F and LPR3_A is the same contact.
                self.contact(files, &case.name, &format!("{}-{number}", case.name), row);
            }
        }
        let procedures = [("lpr_sksopr", &case.lpr2_procedures), ("lpr3f_procedurer_kirurgi", &case.lpr3f_procedures)];
        for (file, rows) in procedures {
            for row in rows {
                let (contact, rest) = row.split_once('|').unwrap();
                self.add(file, &format!("{}-{}", case.name, contact.trim()), rest);
            }
        }
        let plain = [
            ("bef", &case.bef),
            ("lmdb", &case.lmdb),
            ("lab_forsker", &case.lab),
            ("sysi", &case.sysi),
            ("sssy", &case.sssy),
        ];
        for (file, rows) in plain {
            rows.iter().for_each(|row| self.add(file, &case.name, row));
        }
    }

    fn write(&self, folder: &Path) {
        for (name, text) in &self.0 {
            std::fs::write(folder.join(format!("{name}.csv")), text).unwrap();
        }
    }
}

async fn answer(definition: &Definition, folder: &Path, set: &BTreeMap<String, String>) -> String {
    let registers = Registers::open(folder).await.unwrap();
    assert_eq!(registers.notices(), [], "{}", definition.id());
    let batches = cohort::run(definition, &registers, set).await.unwrap();
    let mut csv = Vec::new();
    write_csv(&batches, &mut csv).unwrap();
    String::from_utf8(csv).unwrap()
}

/// The same definition on the same files, once they are the house's own tables.
async fn in_the_house(definition: &Definition, folder: &Path, set: &BTreeMap<String, String>) -> String {
    let own = tempfile::tempdir().unwrap();
    let manifest = lake::take(own.path(), folder, None).await.unwrap().manifest.unwrap();
    let grant = lake::Asking::rows().grant();
    let view = house::View::new(&grant, &BTreeMap::new(), &lake::SECRET, own.path(), &manifest).unwrap();
    let question = cohort::question(definition, set, &[]).unwrap();
    let answer = house::ask(&view, &question, &Limits::default(), &[]).await;
    let mut csv = Vec::new();
    write_csv(&answer.map_err(|error| format!("{}: {error}", definition.id())).unwrap().rows, &mut csv).unwrap();
    String::from_utf8(csv).unwrap()
}

/// What the persons of a cohort are, without who they are.
fn by_row(people: &BTreeMap<String, Vec<String>>) -> Vec<Vec<String>> {
    let mut rows: Vec<Vec<String>> = people.values().cloned().collect();
    rows.sort();
    rows
}

/// The rows of each person, without her key.
fn by_person(csv: &str) -> BTreeMap<String, Vec<String>> {
    let mut people: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in csv.lines().skip(1) {
        let (person, row) = line.split_once(',').unwrap();
        people.entry(person.to_owned()).or_default().push(row.to_owned());
    }
    people
}

/// Runs every file of cases of a cohort; gives how many persons they have.
async fn check(id: &str) -> usize {
    let definition = cohort::named(id).unwrap().unwrap();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cohorts").join(id);
    let mut persons = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.file_name().unwrap().to_string_lossy().starts_with("cases") {
            let cases: Cases = toml::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
            check_file(&definition, &cases).await;
            persons += cases.case.len();
        }
    }
    persons
}

async fn check_file(definition: &Definition, cases: &Cases) {
    let mut files = Files::new();
    cases.case.iter().for_each(|case| files.person(case));
    let folder = tempfile::tempdir().unwrap();
    files.write(folder.path());
    let csv = answer(definition, folder.path(), &cases.set).await;
    if let Some(rows) = &cases.answer {
        let rows: Vec<String> = rows.iter().map(|row| joined(row)).collect();
        assert_eq!(csv.lines().skip(1).collect::<Vec<_>>(), rows, "{}", definition.id());
        return;
    }
    assert_eq!(
        by_row(&by_person(&in_the_house(definition, folder.path(), &cases.set).await)),
        by_row(&by_person(&csv))
    );
    let mut people = by_person(&csv);
    let mut wrong = Vec::new();
    for case in &cases.case {
        let expected: Vec<String> = case.expect.iter().map(|row| joined(row)).collect();
        let found = people.remove(&case.name).unwrap_or_default();
        if found != expected {
            wrong.push(format!("{}: expected {expected:?}, found {found:?}", case.name));
        }
    }
    assert!(wrong.is_empty(), "{}:\n{}", definition.id(), wrong.join("\n"));
    assert!(people.is_empty(), "{}: nobody expected {people:?}", definition.id());
}

/// A row as the answer writes it.
fn joined(row: &str) -> String {
    row.split('|').map(str::trim).collect::<Vec<_>>().join(",")
}

#[tokio::test]
async fn open_source_diabetes_classifier() {
    assert!(check("osdc").await > 200);
}

#[tokio::test]
async fn diffuse_large_b_cell_lymphoma() {
    assert!(check("dlbcl").await > 10);
}

#[tokio::test]
async fn new_users() {
    assert!(check("new-users").await > 10);
}

#[tokio::test]
async fn occurrence_by_year() {
    assert!(check("occurrence").await > 5);
}

#[tokio::test]
async fn arthroplasty() {
    assert!(check("arthroplasty").await > 10);
}

#[tokio::test]
async fn an_empty_cohort_has_its_columns() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("bef.csv"), "pnr,koen,foed_dato\n1,2,1950-01-01\n").unwrap();
    let registers = Registers::open(folder.path()).await.unwrap();
    let definition = cohort::named("osdc").unwrap().unwrap();
    let batches = cohort::run(&definition, &registers, &BTreeMap::new()).await.unwrap();
    let mut csv = Vec::new();
    write_csv(&batches, &mut csv).unwrap();
    assert_eq!(String::from_utf8(csv).unwrap(), "pnr,stable_inclusion_date,raw_inclusion_date,has_t1d,has_t2d\n");
}
