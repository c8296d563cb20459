//! `conformance omop`: counts of an OMOP CDM by the house, through its gate, held against DuckDB's on the same files.
//!
//! Three ways must agree with DuckDB's own SQL on the delivered files: what a permit for rows tells of each person, added
//! up here; every cell that a permit for counts shows, while no cell under its least number is shown; and DuckDB's SQL on
//! the tables as the house exports them.

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What is counted: rows and persons by these keys, and of a value how many, the least and the most.
struct Analysis {
    table: &'static str,
    keys: &'static [&'static str],
    value: Option<&'static str>,
}

const fn by(table: &'static str, keys: &'static [&'static str]) -> Analysis {
    Analysis { table, keys, value: None }
}

const fn of(table: &'static str, keys: &'static [&'static str], value: &'static str) -> Analysis {
    Analysis { table, keys, value: Some(value) }
}

/// The questions of OHDSI's Achilles that need no vocabulary: tables, concepts, types, years and months, values.
const ANALYSES: [Analysis; 31] = [
    by("person", &[]),
    by("person", &["gender_concept_id"]),
    by("person", &["year_of_birth"]),
    by("person", &["race_concept_id", "ethnicity_concept_id"]),
    by("observation_period", &["extract(year from observation_period_start_date)"]),
    by("observation_period", &["extract(year from observation_period_end_date)"]),
    by("visit_occurrence", &["visit_concept_id"]),
    by("visit_occurrence", &["extract(year from visit_start_date)", "extract(month from visit_start_date)"]),
    by("visit_detail", &["visit_detail_concept_id"]),
    by("condition_occurrence", &[]),
    by("condition_occurrence", &["condition_concept_id"]),
    by("condition_occurrence", &["condition_concept_id", "condition_type_concept_id"]),
    by("condition_occurrence", &["condition_concept_id", "extract(year from condition_start_date)"]),
    by("condition_era", &["condition_concept_id"]),
    of("condition_era", &["condition_concept_id"], "condition_occurrence_count"),
    by("drug_exposure", &["drug_concept_id"]),
    by("drug_exposure", &["drug_concept_id", "extract(year from drug_exposure_start_date)"]),
    of("drug_exposure", &["drug_concept_id"], "days_supply"),
    of("drug_exposure", &["drug_concept_id"], "quantity"),
    by("drug_exposure", &["route_concept_id"]),
    by("procedure_occurrence", &["procedure_concept_id"]),
    by("procedure_occurrence", &["extract(year from procedure_date)"]),
    by("device_exposure", &["device_concept_id"]),
    by("measurement", &["measurement_concept_id"]),
    by("measurement", &["measurement_concept_id", "unit_concept_id"]),
    of("measurement", &["measurement_concept_id", "unit_concept_id"], "value_as_number"),
    by("measurement", &["value_as_concept_id"]),
    by("observation", &["observation_concept_id"]),
    by("observation", &["observation_concept_id", "value_as_concept_id"]),
    of("observation", &["observation_concept_id"], "value_as_number"),
    by("death", &["cause_concept_id"]),
];

/// The least number of persons of a cell that a permit for counts shows.
const LEAST: f64 = 5.0;

/// Numbers of a cell: rows, persons, and of a value how many, the least and the most; `None` where there is none.
type Numbers = Vec<Option<f64>>;
type Cells = BTreeMap<String, Numbers>;

/// Compares; `report` gets what was compared and every difference.
pub fn run(folder: &Path, report: Option<&Path>) -> Result<()> {
    let folder = folder.canonicalize().with_context(|| format!("cannot open `{}`", folder.display()))?;
    let house = House::make(&folder)?;
    let before = house.duckdb(&folder)?;
    let after = house.duckdb(&house.place.join("export"))?;
    let (mut lines, mut different, mut cells) = (Vec::new(), 0, 0);
    let mut shown_of_all = (0, 0);
    for ((analysis, theirs), exported) in ANALYSES.iter().zip(&before).zip(&after) {
        let mut differences = Vec::new();
        compare("rows", &house.by_person(analysis)?, theirs, &mut differences);
        compare("export", exported, theirs, &mut differences);
        let (shown, left_out) = house.counted(analysis)?;
        for (key, numbers) in &shown {
            let same = theirs.get(key).is_some_and(|theirs| theirs[..2] == numbers[..2]);
            if !same {
                differences.push(format!("counts: `{key}` is {numbers:?}, DuckDB has {:?}", theirs.get(key)));
            }
            if numbers[1].is_some_and(|persons| persons < LEAST) {
                differences.push(format!("counts: `{key}` is shown with {:?} persons", numbers[1]));
            }
        }
        if shown.len() < theirs.len() && !left_out {
            differences.push("counts: cells are missing, and it is not told".to_owned());
        }
        let name = name(analysis);
        println!(
            "{}  {name}: {} cells, {} shown under a permit for counts",
            if differences.is_empty() { "equal  " } else { "DIFFERS" },
            theirs.len(),
            shown.len()
        );
        differences.iter().for_each(|difference| println!("         {difference}"));
        cells += theirs.len();
        shown_of_all = (shown_of_all.0 + shown.len(), shown_of_all.1 + theirs.len());
        different += usize::from(!differences.is_empty());
        lines
            .push(json!({ "analysis": name, "cells": theirs.len(), "shown": shown.len(), "differences": differences }));
    }
    if let Some(report) = report {
        let text = serde_json::to_string_pretty(&json!({ "analyses": lines }))?;
        std::fs::write(report, text + "\n").with_context(|| format!("cannot write `{}`", report.display()))?;
    }
    println!(
        "{} of {} analyses equal, {cells} cells; a permit for counts shows {} of {} cells",
        ANALYSES.len() - different,
        ANALYSES.len(),
        shown_of_all.0,
        shown_of_all.1
    );
    if different > 0 { bail!("{different} analyses differ") } else { Ok(()) }
}

fn name(analysis: &Analysis) -> String {
    let value = analysis.value.map_or_else(String::new, |value| format!(", {value}"));
    format!("{} by [{}]{value}", analysis.table, analysis.keys.join(", "))
}

fn compare(what: &str, ours: &Cells, theirs: &Cells, differences: &mut Vec<String>) {
    let keys: std::collections::BTreeSet<&String> = ours.keys().chain(theirs.keys()).collect();
    for key in keys {
        if ours.get(key) != theirs.get(key) {
            differences.push(format!("{what}: `{key}` is {:?}, DuckDB has {:?}", ours.get(key), theirs.get(key)));
        }
    }
}

/// A house of its own, with the tables in it and a permit of each kind.
struct House {
    program: PathBuf,
    place: PathBuf,
    python: PathBuf,
}

impl House {
    fn make(folder: &Path) -> Result<Self> {
        let here = std::env::current_exe()?;
        let built = here.parent().context("the program lies in a folder")?;
        let program = built.join("indgang");
        if !program.exists() {
            bail!("`{}` is not built: cargo build --workspace --bins", program.display());
        }
        let place = built.join("conformance-omop");
        if place.exists() {
            std::fs::remove_dir_all(&place)?;
        }
        std::fs::create_dir_all(&place)?;
        let house = Self { program, python: python(built)?, place };
        let folder = folder.to_string_lossy();
        print!("{}", house.indgang(&["ingest", "omop", &folder, "--source", "conformance", "--data", "house"])?);
        for (id, rows) in [("rows", true), ("counts", false)] {
            std::fs::write(house.place.join("permit.toml"), permit(id, rows))?;
            house.indgang(&["permit", "--data", "house", "permit.toml"])?;
        }
        let words = ["export", "omop", "--out", "export", "--format", "parquet", "--permit", "rows"];
        print!("{}", house.indgang(&[&words[..], &ASKING].concat())?);
        Ok(house)
    }

    fn indgang(&self, words: &[&str]) -> Result<String> {
        let run = Command::new(&self.program).args(words).current_dir(&self.place).output()?;
        let told = String::from_utf8_lossy(&run.stderr).into_owned();
        if !run.status.success() {
            bail!("`indgang {}`: {told}", words.join(" "));
        }
        Ok(String::from_utf8(run.stdout)? + if told.contains("cells are left out") { LEFT_OUT } else { "" })
    }

    /// What the house tells of each person, added up.
    fn by_person(&self, analysis: &Analysis) -> Result<Cells> {
        let keys = analysis.keys.iter().enumerate().map(|(at, key)| format!(", {key} as k{at}")).collect::<String>();
        let groups = (0..analysis.keys.len()).map(|at| format!(", {}", at + 2)).collect::<String>();
        let value =
            analysis.value.map_or_else(String::new, |v| format!(", count({v}) as v, min({v}) as a, max({v}) as z"));
        let sql = format!("select person_id{keys}, count(*) as n{value} from {} group by 1{groups}", analysis.table);
        let answer = self.ask("rows", &sql)?;
        let mut cells = Cells::new();
        for line in answer.lines().skip(1) {
            let fields: Vec<&str> = line.split(',').collect();
            let (keys, numbers) = fields[1..].split_at(analysis.keys.len());
            let number = |at: usize| numbers.get(at).and_then(|text| text.parse::<f64>().ok());
            let cell = cells.entry(key(keys)).or_insert_with(|| {
                let value = if analysis.value.is_some() { vec![Some(0.0), None, None] } else { Vec::new() };
                [vec![Some(0.0), Some(0.0)], value].concat()
            });
            let add = |to: &mut Option<f64>, number: Option<f64>| *to = Some(to.unwrap_or(0.0) + number.unwrap_or(0.0));
            add(&mut cell[0], number(0));
            add(&mut cell[1], Some(1.0));
            if analysis.value.is_some() {
                add(&mut cell[2], number(1));
                let least = |a: Option<f64>, b: Option<f64>| [a, b].into_iter().flatten().reduce(f64::min);
                let most = |a: Option<f64>, b: Option<f64>| [a, b].into_iter().flatten().reduce(f64::max);
                cell[3] = least(cell[3], number(2));
                cell[4] = most(cell[4], number(3));
            }
        }
        Ok(cells)
    }

    /// What a permit for counts shows, and whether it says that cells are left out.
    fn counted(&self, analysis: &Analysis) -> Result<(Cells, bool)> {
        let keys = analysis.keys.iter().enumerate().map(|(at, key)| format!("{key} as k{at}, ")).collect::<String>();
        let groups: Vec<String> = (0..analysis.keys.len()).map(|at| (at + 1).to_string()).collect();
        let groups = if groups.is_empty() { String::new() } else { format!(" group by {}", groups.join(", ")) };
        let sql = format!("select {keys}count(*) as n, count(distinct person_id) as p from {}{groups}", analysis.table);
        let answer = self.ask("counts", &sql)?;
        let left_out = answer.ends_with(LEFT_OUT);
        let mut cells = Cells::new();
        for line in answer.trim_end_matches(LEFT_OUT).lines().skip(1) {
            let fields: Vec<&str> = line.split(',').collect();
            let (keys, numbers) = fields.split_at(analysis.keys.len());
            cells.insert(key(keys), numbers.iter().map(|number| number.parse().ok()).collect());
        }
        Ok((cells, left_out))
    }

    fn ask(&self, permit: &str, sql: &str) -> Result<String> {
        let words = ["sql", "--format", "csv", "--permit", permit];
        self.indgang(&[&words[..], &ASKING, &[sql]].concat())
    }

    /// DuckDB's answers on the files of a folder, in the order of the analyses.
    fn duckdb(&self, folder: &Path) -> Result<Vec<Cells>> {
        let questions: Vec<String> =
            ANALYSES.iter().map(|analysis| question(analysis, folder)).collect::<Result<_>>()?;
        let mut child = Command::new(&self.python)
            .args(["-c", SCRIPT])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("starting DuckDB")?;
        child.stdin.take().context("a pipe")?.write_all(json!(questions).to_string().as_bytes())?;
        let run = child.wait_with_output()?;
        if !run.status.success() {
            bail!("DuckDB ended with {}", run.status);
        }
        let answers: Vec<Vec<Vec<Value>>> = serde_json::from_slice(&run.stdout)?;
        let cells = |(analysis, rows): (&Analysis, Vec<Vec<Value>>)| {
            let cell = |row: Vec<Value>| {
                let (keys, numbers) = row.split_at(analysis.keys.len());
                let keys: Vec<&str> = keys.iter().map(|key| key.as_str().unwrap_or_default()).collect();
                (key(&keys), numbers.iter().map(Value::as_f64).collect())
            };
            rows.into_iter().map(cell).collect()
        };
        Ok(ANALYSES.iter().zip(answers).map(cells).collect())
    }
}

fn key(keys: &[&str]) -> String {
    keys.join(" ")
}

fn question(analysis: &Analysis, folder: &Path) -> Result<String> {
    let path = |ending: &str| folder.join(analysis.table).with_extension(ending);
    let path = ["parquet", "csv"].map(path).into_iter().find(|path| path.exists());
    let path = path.with_context(|| format!("`{}` has no table `{}`", folder.display(), analysis.table))?;
    let keys = analysis.keys.iter().map(|key| format!("({key})::varchar, ")).collect::<String>();
    let value = analysis.value;
    let value = value.map_or_else(String::new, |v| format!(", count({v}), min({v})::double, max({v})::double"));
    let groups = if analysis.keys.is_empty() { "" } else { " group by all" };
    let path = path.to_string_lossy().replace('\'', "''");
    Ok(format!("select {keys}count(*), count(distinct person_id){value} from '{path}'{groups}"))
}

const SCRIPT: &str = "import duckdb, json, sys
connection = duckdb.connect()
print(json.dumps([[list(row) for row in connection.execute(sql).fetchall()] for sql in json.load(sys.stdin)]))";

const ASKING: [&str; 6] = ["--data", "house", "--as", "researcher", "--purpose", "research_and_statistics"];
const LEFT_OUT: &str = "(cells are left out)";

fn permit(id: &str, rows: bool) -> String {
    format!(
        "id = \"{id}\"\npurpose = \"research_and_statistics\"\n\
         categories = [\"encounter\", \"laboratory\", \"medication\", \"phenotype\", \"specimen\"]\n\
         from = \"2020-01-01T00:00:00Z\"\nuntil = \"2200-01-01T00:00:00Z\"\nmembers = [\"researcher\"]\n\
         [scope]\nrows = {rows}\n\
         [[users]]\nid = \"researcher\"\nname = \"Forsker\"\nrole = \"researcher\"\norganisation = \"university\"\n"
    )
}

/// Python with DuckDB: `$INDGANG_DUCKDB_PYTHON`, or an environment of its own beside the program.
fn python(beside: &Path) -> Result<PathBuf> {
    if let Some(python) = std::env::var_os("INDGANG_DUCKDB_PYTHON") {
        return Ok(python.into());
    }
    let python = beside.join("duckdb/bin/python");
    if !python.exists() {
        let script = "python3 -m venv duckdb && duckdb/bin/pip install --quiet duckdb";
        let status = Command::new("bash").args(["-c", script]).current_dir(beside).status()?;
        if !status.success() {
            bail!("`{script}` ended with {status} in {}", beside.display());
        }
    }
    Ok(python)
}
