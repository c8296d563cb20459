//! Running a view over resources.

use super::{Cell, Each, RunError, Select, SelectColumn, View};
use crate::json::{Json, Kind, Node, Tape};
use crate::path::{Context, Element, EvaluationError, Path, Value};
use crate::value::temporal::Temporal;
use std::borrow::Cow;

/// Most elements and deepest nesting of `repeat`.
const MOST_REPEATED: usize = 100_000;
const DEEPEST_REPEAT: usize = 128;

/// Runs a view over one resource after the other, keeping its tape.
#[derive(Debug)]
pub struct Runner<'v> {
    view: &'v View,
    tape: Tape,
    /// For `now()` and `today()`; without it they are errors.
    pub now: Option<Temporal>,
}

impl<'v> Runner<'v> {
    /// A runner of the view.
    #[must_use]
    pub fn new(view: &'v View) -> Self {
        Self { view, tape: Tape::new(), now: None }
    }

    /// Gives the rows of a resource in JSON; none where it is of another type or a condition does not hold.
    ///
    /// # Errors
    ///
    /// What is not JSON, and expressions that cannot be evaluated: then no row of the resource is given.
    pub fn resource(&mut self, text: &str, sink: &mut dyn FnMut(&[Cell<'_>])) -> Result<(), RunError> {
        let view = self.view;
        let json = self.tape.read_only(text, &view.projection)?;
        rows(view, json, Element::root(json), self.now, sink)
    }
}

/// The rows of a resource on a tape that holds at least what the view's projection names.
///
/// # Errors
///
/// As [`Runner::resource`].
pub(crate) fn rows(
    view: &View,
    json: Json<'_>,
    resource: Element,
    now: Option<Temporal>,
    sink: &mut dyn FnMut(&[Cell<'_>]),
) -> Result<(), RunError> {
    let Some(node) = resource.node() else { return Ok(()) };
    if json.member(node, "resourceType").is_none_or(|n| json.raw(n) != view.resource) {
        return Ok(());
    }
    let context = Context { variables: &view.constants, now, ..Context::at(json, resource) };
    for filter in &view.filters {
        if !holds(&context, filter).map_err(|e| failed("where", filter, e))? {
            return Ok(());
        }
    }
    let mut out = Vec::with_capacity(view.select.width);
    process(&view.select, &context, &mut out)?;
    out.chunks_exact(view.select.width).for_each(sink);
    Ok(())
}

fn failed(name: &str, path: &Path, error: EvaluationError) -> RunError {
    RunError::Evaluate { name: name.to_owned(), path: path.text().to_owned(), message: error.0 }
}

fn holds<'a>(context: &Context<'a>, filter: &'a Path) -> Result<bool, EvaluationError> {
    let mut found = None;
    filter.each(context, &mut |value| match context.truth(&value) {
        Some(truth) if found.is_none() => {
            found = Some(truth);
            Ok(true)
        }
        Some(_) => Err(EvaluationError("gives several values: use `exists()` or `first()`".to_owned())),
        None => Err(EvaluationError("gives no truth value: compare it, or use `exists()`".to_owned())),
    })?;
    Ok(found.unwrap_or(false))
}

/// Appends the rows of a selection, each of its width.
fn process<'a>(select: &'a Select, context: &Context<'a>, out: &mut Vec<Cell<'a>>) -> Result<(), RunError> {
    match &select.each {
        Each::This => one(select, context, out),
        Each::Every(path) => every(select, path, "forEach", context, out).map(|_| ()),
        Each::EveryOrNull(path) => {
            if every(select, path, "forEachOrNull", context, out)? == 0 {
                nulls(select, out);
            }
            Ok(())
        }
        Each::Repeat(paths) => {
            let mut found = Vec::new();
            repeat(paths, &context.focus, context, 0, &mut found)?;
            for (index, value) in (0..).zip(found) {
                one(select, &context.with_focus(value, index), out)?;
            }
            Ok(())
        }
    }
}

fn every<'a>(
    select: &'a Select,
    path: &'a Path,
    name: &str,
    context: &Context<'a>,
    out: &mut Vec<Cell<'a>>,
) -> Result<i64, RunError> {
    let mut index = 0;
    let mut inner = Ok(());
    let outcome = path.each(context, &mut |value| {
        inner = one(select, &context.with_focus(value, index), out);
        index += 1;
        Ok(inner.is_ok())
    });
    inner?;
    outcome.map_err(|e| failed(name, path, e))?;
    Ok(index)
}

fn repeat<'a>(
    paths: &'a [Path],
    focus: &Value<'a>,
    context: &Context<'a>,
    depth: usize,
    found: &mut Vec<Value<'a>>,
) -> Result<(), RunError> {
    for path in paths {
        let values = path.evaluate(&context.with_focus(focus.clone(), 0)).map_err(|e| failed("repeat", path, e))?;
        for value in values {
            if depth > DEEPEST_REPEAT || found.len() > MOST_REPEATED {
                let error =
                    EvaluationError("finds elements without end: name an element below, such as `item`".to_owned());
                return Err(failed("repeat", path, error));
            }
            found.push(value.clone());
            repeat(paths, &value, context, depth + 1, found)?;
        }
    }
    Ok(())
}

/// The rows of a selection for one element: the product of its columns, its selections and its union.
fn one<'a>(select: &'a Select, context: &Context<'a>, out: &mut Vec<Cell<'a>>) -> Result<(), RunError> {
    let start = out.len();
    for column in &select.columns {
        out.push(cell(column, context)?);
    }
    let mut width = select.columns.len();
    for inner in &select.selects {
        let first = out.len();
        process(inner, context, out)?;
        multiply(out, start, width, first, inner.width);
        width += inner.width;
    }
    if let Some(branch) = select.union.first() {
        let first = out.len();
        for branch in &select.union {
            process(branch, context, out)?;
        }
        multiply(out, start, width, first, branch.width);
    }
    Ok(())
}

/// From `start` lie rows of `width`, from `first` rows of `inner`: each row is joined with each.
fn multiply<'a>(out: &mut Vec<Cell<'a>>, start: usize, width: usize, first: usize, inner: usize) {
    // A product of nothing yet is one row without cells.
    let Some(count) = (first - start).checked_div(width) else { return };
    let added = (out.len() - first).checked_div(inner).unwrap_or(0);
    if count == 1 && added == 1 {
        return;
    }
    let right = out.split_off(first);
    let left = out.split_off(start);
    for a in left.chunks_exact(width) {
        for b in right.chunks_exact(inner.max(1)) {
            out.extend_from_slice(a);
            out.extend_from_slice(b);
        }
    }
}

/// The row of a selection over nothing.
fn nulls(select: &Select, out: &mut Vec<Cell<'_>>) {
    for column in &select.columns {
        out.push(if column.is_row_index { Cell::Integer(0) } else { Cell::Null });
    }
    for inner in &select.selects {
        nulls(inner, out);
    }
    if let Some(branch) = select.union.first() {
        nulls(branch, out);
    }
}

fn cell<'a>(column: &'a SelectColumn, context: &Context<'a>) -> Result<Cell<'a>, RunError> {
    let mut found = Cell::Null;
    let mut list = Vec::new();
    let mut count = 0;
    let outcome = column.path.each(context, &mut |value| {
        count += 1;
        if column.collection {
            list.push(value_cell(context, &value));
            return Ok(true);
        }
        if count > 1 {
            return Err(EvaluationError(
                "gives several values: use `first()` or `join()`, a `forEach`, or set `collection` to `true`"
                    .to_owned(),
            ));
        }
        found = value_cell(context, &value);
        Ok(true)
    });
    outcome.map_err(|e| failed(&column.name, &column.path, e))?;
    Ok(if column.collection { Cell::List(list) } else { found })
}

fn value_cell<'a>(context: &Context<'a>, value: &Value<'a>) -> Cell<'a> {
    match value {
        Value::Element(element) => element.node().map_or(Cell::Null, |node| node_cell(context.json, node)),
        Value::Boolean(truth) => Cell::Boolean(*truth),
        Value::Integer(number) | Value::Long(number) => Cell::Integer(*number),
        Value::Decimal(number) => Cell::Decimal(Cow::Owned(number.to_string())),
        Value::String(text) => Cell::Text(text.clone()),
        Value::Temporal(temporal) => Cell::Text(Cow::Owned(temporal.to_string())),
        Value::Quantity(quantity) => {
            let mut json = format!("{{\"value\":{},\"unit\":", quantity.value);
            super::cell::write_json_text(quantity.code(), &mut json);
            json.push('}');
            Cell::Json(Cow::Owned(json))
        }
        Value::Type { name, .. } => Cell::Text(Cow::Borrowed(name)),
    }
}

fn node_cell<'a>(json: Json<'a>, node: Node) -> Cell<'a> {
    match json.kind(node) {
        Kind::Null => Cell::Null,
        Kind::False => Cell::Boolean(false),
        Kind::True => Cell::Boolean(true),
        Kind::Number => {
            let raw = json.raw(node);
            raw.parse().map_or(Cell::Decimal(Cow::Borrowed(raw)), Cell::Integer)
        }
        Kind::String => json.string(node).map_or(Cell::Null, Cell::Text),
        Kind::Array | Kind::Object => Cell::Json(on_one_line(json.raw(node))),
    }
}

/// JSON without the spaces between its parts, where it lies on several lines.
fn on_one_line(text: &str) -> Cow<'_, str> {
    if !text.contains('\n') {
        return Cow::Borrowed(text);
    }
    let (mut in_string, mut escaped) = (false, false);
    let kept = text.chars().filter(|c| {
        let keep = in_string || !c.is_ascii_whitespace();
        match c {
            '"' if !escaped => in_string = !in_string,
            '\\' if in_string && !escaped => {
                escaped = true;
                return keep;
            }
            _ => {}
        }
        escaped = false;
        keep
    });
    Cow::Owned(kept.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(view: &str, resource: &str) -> Result<Vec<String>, String> {
        let view = View::parse(view).map_err(|e| e.to_string())?;
        let mut rows = Vec::new();
        let outcome = Runner::new(&view).resource(resource, &mut |row| {
            let mut text = String::new();
            for cell in row {
                cell.write_json(&mut text);
                text.push(' ');
            }
            rows.push(text.trim_end().to_owned());
        });
        outcome.map(|()| rows).map_err(|e| e.to_string())
    }

    #[test]
    fn an_element_is_given_whole_and_on_one_line() {
        let view = r#"{"resource": "Patient", "select": [{"column": [{"name": "n", "path": "name"}]}]}"#;
        let resource =
            "{\"resourceType\": \"Patient\", \"name\": [{\n \"family\": \"a \\\" b\",\n \"given\": [\"c\"]}]}";
        assert_eq!(run(view, resource).unwrap(), ["{\"family\":\"a \\\" b\",\"given\":[\"c\"]}"]);
    }

    #[test]
    fn several_values_are_refused_without_saying_them() {
        let view = r#"{"resource": "Patient", "select": [{"column": [{"name": "n", "path": "name.family"}]}]}"#;
        let resource = r#"{"resourceType": "Patient", "name": [{"family": "Canary"}, {"family": "Kanarie"}]}"#;
        let error = run(view, resource).unwrap_err();
        assert!(error.contains("`name.family`") && error.contains("first()") && !error.contains("Canary"), "{error}");
    }

    #[test]
    fn a_repeat_without_end_ends() {
        let view =
            r#"{"resource": "Patient", "select": [{"repeat": ["$this"], "column": [{"name": "n", "path": "id"}]}]}"#;
        let error = run(view, r#"{"resourceType": "Patient", "id": "a"}"#).unwrap_err();
        assert!(error.contains("without end"), "{error}");
    }

    #[test]
    fn definitions_are_refused_with_place_and_remedy() {
        for (view, parts) in [
            (r#"{"resource": "Patint", "select": []}"#, ["resource", "did you mean `Patient`?"]),
            (r#"{"resource": "Patient", "select": []}"#, ["select", "is missing"]),
            (
                r#"{"resource": "Patient", "select": [{"foreach": "name"}]}"#,
                ["select[0].foreach", "did you mean `forEach`?"],
            ),
            (
                r#"{"resource": "Patient", "select": [{"forEach": "name", "repeat": ["a"], "column": []}]}"#,
                ["select[0]", "only one"],
            ),
            (
                r#"{"resource": "Patient", "select": [{"column": [{"name": "1a", "path": "id"}]}]}"#,
                ["select[0].column[0].name", "letter"],
            ),
            (
                r#"{"resource": "Patient", "select": [{"column": [{"name": "a", "path": "id.frist()"}]}]}"#,
                ["select[0].column[0].path", "no function"],
            ),
            (
                r#"{"resource": "Observation", "select": [{"column": [{"name": "a", "path": "valueQuantity.value"}]}]}"#,
                ["column[0].path", "value.ofType(Quantity)"],
            ),
            (
                r#"{"resource": "Patient", "select": [{"column": [{"name": "a", "path": "id"}, {"name": "a", "path": "id"}]}]}"#,
                ["column[1].name", "already there"],
            ),
            (
                r#"{"resource": "Patient", "where": [{"path": "gender"}], "select": [{"column": [{"name": "a", "path": "id"}]}]}"#,
                ["where[0].path", "truth value"],
            ),
            (
                r#"{"resource": "Patient", "select": [{"column": [{"name": "a", "path": "%x"}]}]}"#,
                ["select[0].column[0].path", "add a constant"],
            ),
        ] {
            let error = View::parse(view).unwrap_err().to_string();
            assert!(parts.iter().all(|p| error.contains(p)), "{error}");
        }
    }
}
