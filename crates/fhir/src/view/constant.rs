//! Constants of a view.

use super::ViewError;
use super::definition::{Part, is_sql_name};
use crate::model::{System, TypeKind, r4};
use crate::path::Value;
use crate::value::decimal::Decimal;
use crate::value::temporal::Temporal;
use serde_json::Value as Json;

/// Names that the specification defines.
const RESERVED: [&str; 7] = ["context", "resource", "rootResource", "rowIndex", "ucum", "sct", "loinc"];

pub(super) fn constants(view: &Part<'_>) -> Result<Vec<(String, Value<'static>)>, ViewError> {
    let mut out: Vec<(String, Value<'static>)> = Vec::new();
    for part in view.parts("constant")? {
        let name = part.required("name")?;
        if !is_sql_name(name) {
            return Err(
                part.error("name", format!("`{name}` is no name: begin with a letter, then letters, digits and `_`"))
            );
        }
        if RESERVED.contains(&name) || out.iter().any(|(n, _)| n == name) {
            return Err(part.error("name", format!("`%{name}` is already defined: choose another name")));
        }
        let values: Vec<_> = part.beginning("value").collect();
        let [(r#type, value)] = values.as_slice() else {
            let message =
                if values.is_empty() { "has no value: add one such as `valueString`" } else { "has several values" };
            return Err(ViewError::new(&part.at, message));
        };
        out.push((name.to_owned(), constant(&part, r#type, value)?));
    }
    Ok(out)
}

fn constant(part: &Part<'_>, r#type: &str, value: &Json) -> Result<Value<'static>, ViewError> {
    let member = format!("value{type}");
    let known = r4().of_suffix(r#type).map(|t| r4().get(t)).filter(|t| t.kind == TypeKind::Primitive);
    let system = match (known, r#type) {
        (Some(known), _) => known.system,
        (None, "Integer64") => System::Integer,
        (None, _) => return Err(part.error(&member, "no primitive type of that name")),
    };
    let parsed = match (system, value) {
        (System::Boolean, Json::Bool(truth)) => Some(Value::Boolean(*truth)),
        (System::Integer, Json::Number(number)) => number.as_i64().map(Value::Integer),
        (System::Integer, Json::String(text)) => text.parse().ok().map(Value::Integer),
        (System::Decimal, Json::Number(number)) => Decimal::parse(&number.to_string()).map(Value::Decimal),
        (System::Date, Json::String(text)) => Temporal::parse_date(text).map(Value::Temporal),
        (System::DateTime, Json::String(text)) => Temporal::parse_date_time(text).map(Value::Temporal),
        (System::Time, Json::String(text)) => Temporal::parse_time(text).map(Value::Temporal),
        (System::String, Json::String(text)) => Some(Value::String(text.clone().into())),
        _ => None,
    };
    parsed.ok_or_else(|| part.error(&member, "the value is not of that type"))
}
