//! The tables of the OMOP Common Data Model 5.4 (OHDSI), beside the Danish registers: `cdm54.txt`, read once.
//!
//! An id means something within a source only. Who a row is about stands in the source's table `person`; a row of
//! somebody who is not there, or from before she was born, waits in quarantine.

use crate::registers::{Column, Day, Kind, Person, Register};
use indgang_model::Category;
use std::collections::HashMap;
use std::sync::LazyLock;

/// The table that lists the persons of a source.
pub const PERSON: &str = "person";
/// The vocabulary's table of concepts, which concept ids are held against.
pub(crate) const CONCEPT: &str = "concept";

/// The tables, in the order of the specification.
pub fn tables() -> &'static [Register] {
    static READ: LazyLock<Vec<Register>> =
        LazyLock::new(|| read(include_str!("cdm54.txt")).expect("a test reads the tables that are compiled in"));
    &READ
}

/// How a person is known who has no CPR number: by the source, and her id within it.
pub(crate) fn key_of(source: &str, id: &str) -> String {
    format!("omop\u{1f}{source}\u{1f}{id}")
}

/// What keys of a table are blinded with, so that those of two sources are not the same.
pub(crate) fn domain(source: &str, table: &str) -> String {
    format!("{source}\u{1f}{table}")
}

fn read(text: &'static str) -> Option<Vec<Register>> {
    let mut common: HashMap<&str, Column> = HashMap::new();
    let mut tables: Vec<(&str, &str, Vec<Column>)> = Vec::new();
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if let Some((name, said)) = line.strip_prefix('[').and_then(|line| line.split_once(']')) {
            tables.push((name, said.trim(), Vec::new()));
            continue;
        }
        let (table, _, columns) = tables.last_mut()?;
        let column = match line.split_once(' ') {
            Some((name, said)) => column(name, said)?,
            None => *common.get(line)?,
        };
        match *table {
            "common" => drop(common.insert(column.name, column)),
            _ => columns.push(column),
        }
    }
    tables.into_iter().skip(1).map(|(name, said, columns)| table(name, said, columns)).collect()
}

fn table(name: &'static str, said: &'static str, columns: Vec<Column>) -> Option<Register> {
    let mut parts = said.split('|').map(str::trim);
    let (what, means_en, means_da) = (parts.next()?, parts.next()?, parts.next()?);
    let (category, day) = what.split_once(' ')?;
    let category = match category {
        "any" => None,
        "encounter" => Some(Category::Encounter),
        "medication" => Some(Category::Medication),
        "laboratory" => Some(Category::Laboratory),
        "phenotype" => Some(Category::Phenotype),
        "specimen" => Some(Category::Specimen),
        _ => return None,
    };
    let day = if day == "-" { Day::None } else { Day::Column(day) };
    // Read once and for the life of the program, as if they stood in the source.
    let columns: &'static [Column] = Box::leak(columns.into_boxed_slice());
    let person = Person::Listed { register: PERSON, column: "person_id" };
    Some(Register { name, also: &[], category, columns, day, person, means_en, means_da })
}

fn column(name: &'static str, said: &'static str) -> Option<Column> {
    let mut parts = said.split('|').map(str::trim);
    let (kind, means_en, means_da) = (parts.next()?, parts.next()?, parts.next()?);
    let (kind, required) = kind.strip_suffix('!').map_or((kind, false), |kind| (kind, true));
    let kind = match kind.split_once(':') {
        Some(("key", of)) => Kind::Key(of),
        Some(_) => return None,
        None => match kind {
            "person" => Kind::PersonKey,
            "matter" => Kind::Matter,
            "concept" => Kind::Concept,
            "text" => Kind::Text(0),
            "integer" => Kind::Integer,
            "number" => Kind::Number,
            "date" => Kind::Date,
            "moment" => Kind::Moment,
            "apart" => Kind::Apart,
            _ => return None,
        },
    };
    Some(Column { name, kind, required, means_en, means_da })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_those_of_the_specification() {
        let columns: Vec<(&str, usize)> = tables().iter().map(|table| (table.name, table.columns.len())).collect();
        // Fields of OMOP_CDMv5.4_Field_Level, table by table.
        let specified = [
            ("person", 18),
            ("observation_period", 5),
            ("visit_occurrence", 17),
            ("visit_detail", 19),
            ("condition_occurrence", 16),
            ("drug_exposure", 23),
            ("procedure_occurrence", 16),
            ("device_exposure", 19),
            ("measurement", 23),
            ("observation", 21),
            ("death", 7),
            ("specimen", 15),
            ("condition_era", 6),
            ("drug_era", 7),
            ("dose_era", 7),
        ];
        assert_eq!(columns, specified);
        for table in tables() {
            assert_eq!(
                table.columns.iter().filter(|column| column.kind == Kind::PersonKey).count(),
                1,
                "{}",
                table.name
            );
            if let Day::Column(day) = table.day {
                let day = &table.columns[table.column(day).unwrap()];
                assert!(day.kind == Kind::Date && day.required, "{}", table.name);
            }
        }
    }
}
