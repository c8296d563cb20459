//! HL7's FHIRPath test suite (`tests-fhir-r4.xml`).

use super::TestResult;
use super::xml::{self, Xml};
use crate::json::Tape;
use crate::path::{Context, EvaluationError, Path, Value};
use crate::value::temporal::Temporal;
use std::collections::BTreeMap;

/// Tests of the suite that are not met, and why. `docs/reference/fhirpath.md` says the same.
pub const DEVIATIONS: [(&str, &str); 6] = [
    ("testPlus/testPlusDate19", "0.1 's' is 100 ms, as the suite for R5 expects; this one expects that it is dropped"),
    (
        "LowBoundary/LowBoundaryDecimal15",
        "-0.0034 may be -0.00345, which at one digit is no less than -0.1; expected is -0.0",
    ),
    (
        "HighBoundary/HighBoundaryDecimal15",
        "0.0034 may be 0.00345, which at one digit is no more than 0.1; expected is 0.0",
    ),
    ("HighBoundary/HighBoundaryDecimal16", "`-0.0034.highBoundary(1)` negates the boundary of the test before"),
    (
        "HighBoundary/HighBoundaryDateTimeMillisecond1",
        "`@2014-01-01T08` lasts until 08:59:59.999, as in the specification's example",
    ),
    ("HighBoundary/HighBoundaryDateTimeMillisecond3", "the same expression as in Millisecond1"),
];

/// The texts of input files as JSON, by the name that the suite gives them.
pub type Inputs = BTreeMap<String, String>;

/// Runs all tests of the suite. A test passes when the values are those expected in their order, with their types; one marked
/// invalid when the expression is refused.
///
/// # Errors
///
/// A suite that is not XML.
pub fn run_fhirpath(suite: &str, inputs: &Inputs, now: Temporal) -> Result<Vec<TestResult>, String> {
    let root = xml::parse(suite)?;
    let mut results = Vec::new();
    for group in root.named("group") {
        for test in group.named("test") {
            let words = [group.attribute("name"), test.attribute("name")].map(Option::unwrap_or_default);
            results.push(TestResult { name: words.join("/"), failure: run(test, inputs, now).err() });
        }
    }
    Ok(results)
}

fn run(test: &Xml, inputs: &Inputs, now: Temporal) -> Result<(), String> {
    let expression = test.child("expression").ok_or("no expression")?;
    let input = match test.attribute("inputfile") {
        Some(name) => inputs.get(name).ok_or_else(|| format!("the input `{name}` is missing"))?,
        None => "{}",
    };
    let invalid = expression.attribute("invalid").is_some_and(|i| i != "false");
    let strict = test.attribute("mode") == Some("strict");
    let mut tape = Tape::new();
    let json = tape.read(input).map_err(|e| e.to_string())?;
    let path = Path::parse(&expression.text);
    let found = path.as_ref().map_err(ToString::to_string).and_then(|path| {
        let context = Context { now: Some(now), ..Context::of(json) };
        path.check(context.resource.type_id(), strict).map_err(|e| e.to_string())?;
        let values = path.evaluate(&context).map_err(|EvaluationError(message)| message)?;
        Ok(values.iter().map(|v| described(&context, v)).collect::<Vec<_>>())
    });
    match (found, invalid) {
        (Err(_), true) => Ok(()),
        (Ok(values), true) => Err(format!("refused was expected, found {values:?}")),
        (Err(error), false) => Err(error),
        (Ok(values), false) => compare(test, &values),
    }
}

fn compare(test: &Xml, values: &[(String, String)]) -> Result<(), String> {
    let mut expected: Vec<(Option<&str>, &str)> =
        test.named("output").map(|o| (o.attribute("type"), o.text.trim_matches(['\n', '\r', '\t']))).collect();
    let mut values: Vec<&(String, String)> = values.iter().collect();
    if test.attribute("predicate") == Some("true") {
        let truth = (!values.is_empty()).to_string();
        return if expected == [(Some("boolean"), truth.as_str())] { Ok(()) } else { Err(format!("found {truth}")) };
    }
    if test.attribute("ordered") == Some("false") {
        expected.sort_by_key(|(_, text)| *text);
        values.sort_by_key(|(_, text)| text.clone());
    }
    let same = expected.len() == values.len()
        && expected.iter().zip(&values).all(|((r#type, text), (found, value))| {
            let typed = r#type.is_none_or(|t| t.eq_ignore_ascii_case(found));
            let text = text.strip_prefix('@').unwrap_or(text).trim_start_matches('T');
            typed && (text == value.trim_start_matches('T') || (found == "decimal" && same_number(text, value)))
        });
    if same { Ok(()) } else { Err(format!("expected {expected:?}, found {values:?}")) }
}

fn same_number(left: &str, right: &str) -> bool {
    use crate::value::decimal::{Decimal, compare};
    matches!((Decimal::parse(left), Decimal::parse(right)), (Some(a), Some(b)) if compare(a, b).is_eq() && a.scale() <= b.scale())
}

/// Type and text of a value as the suite writes them.
fn described<'a>(context: &Context<'a>, value: &Value<'a>) -> (String, String) {
    let r#type = match value {
        Value::Element(element) => crate::model::r4().get(element.type_id()).name.to_owned(),
        Value::Boolean(_) => "boolean".to_owned(),
        Value::String(_) | Value::Type { .. } => "string".to_owned(),
        Value::Integer(_) | Value::Long(_) => "integer".to_owned(),
        Value::Decimal(_) => "decimal".to_owned(),
        Value::Quantity(_) => "Quantity".to_owned(),
        Value::Temporal(temporal) => format!("{:?}", temporal.kind),
    };
    (r#type, context.text_of(value).map_or_else(|| "{}".to_owned(), |t| t.into_owned()))
}
