//! The tests of SQL on FHIR v2: a file holds resources and views with the rows they give.

use super::TestResult;
use crate::json::{Json, Tape};
use crate::path::Element;
use crate::value::decimal::{Decimal, compare};
use crate::view::{Cell, View};
use serde_json::Value;

/// Runs all tests of a file. Rows are compared without regard to their order, as the specification leaves it open.
///
/// # Errors
///
/// A file that is not of the form.
pub fn run_sql_on_fhir(file: &str) -> Result<Vec<TestResult>, String> {
    let parsed: Value = serde_json::from_str(file).map_err(|e| format!("not JSON: {e}"))?;
    let tests = parsed["tests"].as_array().ok_or("no `tests`")?;
    // The resources are read from the text itself, so that decimals keep their digits.
    let mut tape = Tape::new();
    let json = tape.read(file).map_err(|e| e.to_string())?;
    let resources = json.member(Json::ROOT, "resources").ok_or("no `resources`")?;
    let resources: Vec<Element> = json.children(resources).map(|node| Element::resource(json, node)).collect();
    let one = |test: &Value| TestResult {
        name: test["title"].as_str().unwrap_or_default().to_owned(),
        failure: run(test, json, &resources).err(),
    };
    Ok(tests.iter().map(one).collect())
}

fn run(test: &Value, json: Json<'_>, resources: &[Element]) -> Result<(), String> {
    let found = table(&test["view"], json, resources);
    if test["expectError"] == Value::Bool(true) {
        return match found {
            Err(_) => Ok(()),
            Ok((_, rows)) => Err(format!("an error was expected, found {} rows", rows.len())),
        };
    }
    let (columns, rows) = found?;
    if let Some(count) = test["expectCount"].as_u64() {
        return if rows.len() as u64 == count {
            Ok(())
        } else {
            Err(format!("expected {count} rows, found {}", rows.len()))
        };
    }
    if let Some(names) = test["expectColumns"].as_array() {
        let names: Vec<&str> = names.iter().filter_map(Value::as_str).collect();
        if names != columns {
            return Err(format!("expected columns {names:?}, found {columns:?}"));
        }
    }
    let expected = test["expect"].as_array().ok_or("no `expect`")?;
    let mut free: Vec<&Vec<Value>> = rows.iter().collect();
    for row in expected {
        let row = row.as_object().ok_or("a row of `expect` is no object")?;
        let same = |found: &&Vec<Value>| {
            row.keys().all(|k| columns.contains(k))
                && columns
                    .iter()
                    .zip(found.iter())
                    .all(|(name, value)| equal(row.get(name).unwrap_or(&Value::Null), value))
        };
        let Some(at) = free.iter().position(same) else {
            return Err(format!("the row {} is missing among {} rows", Value::Object(row.clone()), rows.len()));
        };
        free.swap_remove(at);
    }
    match free.first() {
        None => Ok(()),
        Some(row) => Err(format!("{} rows too many, one is {row:?}", free.len())),
    }
}

type Table = (Vec<String>, Vec<Vec<Value>>);

fn table(view: &Value, json: Json<'_>, resources: &[Element]) -> Result<Table, String> {
    let view = View::compile(view).map_err(|e| e.to_string())?;
    let mut rows = Vec::new();
    for resource in resources {
        // As a runner reads it: by itself, and only what the view looks at.
        let Some(node) = resource.node() else { continue };
        let mut runner = crate::view::Runner::new(&view);
        let mut push = |row: &[Cell<'_>]| {
            let cell = |cell: &Cell<'_>| {
                let mut text = String::new();
                cell.write_json(&mut text);
                serde_json::from_str(&text).unwrap_or(Value::Null)
            };
            rows.push(row.iter().map(cell).collect());
        };
        runner.resource(json.raw(node), &mut push).map_err(|e| e.to_string())?;
    }
    Ok((view.columns.iter().map(|c| c.name.clone()).collect(), rows))
}

fn equal(expected: &Value, found: &Value) -> bool {
    match (expected, found) {
        (Value::Number(a), Value::Number(b)) => {
            let numbers = (Decimal::parse(&a.to_string()), Decimal::parse(&b.to_string()));
            matches!(numbers, (Some(a), Some(b)) if compare(a, b).is_eq())
        }
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| equal(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(k, v)| b.get(k).is_some_and(|o| equal(v, o)))
        }
        (a, b) => a == b,
    }
}
