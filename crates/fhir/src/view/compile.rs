//! From a ViewDefinition to what runs.

use super::definition::{Part, is_sql_name};
use super::{ColumnInfo, ColumnType, Each, Select, SelectColumn, View, ViewError, constant, held, type_name};
use crate::json::Projection;
use crate::model::{System, TypeId, TypeKind, r4};
use crate::path::{Path, Shape, Value, system_of};

/// Deepest nesting of selections.
const DEEPEST: usize = 32;
const SELECT: [&str; 9] =
    ["column", "select", "forEach", "forEachOrNull", "repeat", "unionAll", "id", "extension", "modifierExtension"];

pub(super) fn view(definition: &serde_json::Value) -> Result<View, ViewError> {
    let part = Part::root(definition)?;
    if part.has("resourceType") && part.text("resourceType")? != Some("ViewDefinition") {
        return Err(part.error("resourceType", "a `ViewDefinition` is wanted"));
    }
    part.refuse_slips(&["resource", "select", "where", "constant", "name"])?;
    let name = part.text("name")?;
    if name.is_some_and(|n| !is_sql_name(n)) {
        return Err(part.error("name", "no name of a table: begin with a letter, then letters, digits and `_`"));
    }
    let resource = part.required("resource")?;
    let r#type = resource_type(&part, resource)?;
    let mut compiler = Compiler {
        constants: constant::constants(&part)?,
        resource: r#type,
        projection: Projection::none(),
        columns: Vec::new(),
    };
    compiler.projection.member("id");
    let focus = Shape::resource(r#type);
    let filters = compiler.filters(&part, &focus)?;
    let parts = part.parts("select")?;
    if parts.is_empty() {
        return Err(part.error("select", "is missing: a view has at least one selection"));
    }
    let mut selects = Vec::new();
    for select in &parts {
        selects.push(compiler.select(select, &focus, 0)?);
    }
    if compiler.columns.is_empty() {
        return Err(part.error("select", "has no column: add `\"column\": [{\"name\": …, \"path\": …}]`"));
    }
    let width = compiler.columns.len();
    let select = Select { each: Each::This, columns: Vec::new(), selects, union: Vec::new(), width };
    let Compiler { constants, columns, projection, .. } = compiler;
    Ok(View {
        name: name.map(str::to_owned),
        resource: resource.to_owned(),
        columns,
        constants,
        filters,
        select,
        projection,
    })
}

/// Types that R4 does not have are read as they stand, but a slip is not.
fn resource_type(part: &Part<'_>, name: &str) -> Result<TypeId, ViewError> {
    match r4().find(name) {
        Some(found) if r4().get(found).kind == TypeKind::Resource => Ok(found),
        Some(_) => Err(part.error("resource", format!("`{name}` is a type of elements, not of resources"))),
        None => {
            let same = |known: &&str| known.eq_ignore_ascii_case(name) || distance_is_one(known, name);
            match r4().resources().find(same) {
                Some(near) => Err(part.error("resource", format!("no resource type `{name}`: did you mean `{near}`?"))),
                None if name.starts_with(|c: char| c.is_ascii_uppercase()) && is_sql_name(name) => Ok(TypeId::UNKNOWN),
                None => Err(part.error("resource", format!("`{name}` is no resource type"))),
            }
        }
    }
}

/// Whether one letter was left out, added or changed.
fn distance_is_one(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let same = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[same..], &b[same..]);
    a.len().abs_diff(b.len()) <= 1 && (a.get(1..) == b.get(1..) || a.get(1..) == Some(b) || b.get(1..) == Some(a))
}

struct Compiler {
    constants: Vec<(String, Value<'static>)>,
    resource: TypeId,
    projection: Projection,
    columns: Vec<ColumnInfo>,
}

impl Compiler {
    fn path(&mut self, at: &str, text: &str, focus: &Shape) -> Result<(Path, Shape), ViewError> {
        let path = Path::parse(text).map_err(|e| ViewError::new(at, e.to_string()))?;
        if let Some(name) = path.undefined(&self.constants) {
            let message = format!("`%{name}` is not defined: add a constant of that name");
            return Err(ViewError::new(at, message));
        }
        let shape = path.shape(focus, self.resource, false, &mut self.projection);
        Ok((path, shape.map_err(|e| ViewError::new(at, e.to_string()))?))
    }

    fn filters(&mut self, part: &Part<'_>, focus: &Shape) -> Result<Vec<Path>, ViewError> {
        let mut out = Vec::new();
        for filter in part.parts("where")? {
            let at = filter.place("path");
            let (path, shape) = self.path(&at, filter.required("path")?, focus)?;
            let known = match shape.types.as_slice() {
                [] => shape.system != System::None,
                types => !types.contains(&TypeId::UNKNOWN),
            };
            if known && system_of(&shape) != System::Boolean && shape.types.len() < 2 {
                return Err(ViewError::new(at, "gives no truth value: compare it, or use `exists()`"));
            }
            out.push(path);
        }
        Ok(out)
    }

    fn each(&mut self, part: &Part<'_>, focus: &Shape) -> Result<(Each, Shape), ViewError> {
        let given: Vec<&str> = ["forEach", "forEachOrNull", "repeat"].into_iter().filter(|n| part.has(n)).collect();
        if given.len() > 1 {
            return Err(ViewError::new(
                &part.at,
                format!("has `{}` and `{}`: only one of them may stand in a selection", given[0], given[1]),
            ));
        }
        match given.first() {
            None => Ok((Each::This, focus.clone())),
            Some(&"repeat") => {
                let mut paths = Vec::new();
                let mut found = focus.clone();
                for (at, text) in part.texts("repeat")? {
                    let (path, shape) = self.path(&at, text, focus)?;
                    // The same paths apply to what is found, to any depth.
                    found = shape.one();
                    let _ = self.path(&at, text, &found)?;
                    self.keep(&shape);
                    paths.push(path);
                }
                if paths.is_empty() {
                    return Err(part.error("repeat", "has no expression"));
                }
                if paths.len() > 1 {
                    found = Shape::resource(TypeId::UNKNOWN);
                    self.projection.want_whole();
                }
                Ok((Each::Repeat(paths), found))
            }
            Some(name) => {
                let (path, shape) = self.path(&part.place(name), part.required(name)?, focus)?;
                let each = if *name == "forEach" { Each::Every(path) } else { Each::EveryOrNull(path) };
                Ok((each, shape.one()))
            }
        }
    }

    fn keep(&mut self, shape: &Shape) {
        shape.keep_whole(&mut self.projection);
    }

    fn select(&mut self, part: &Part<'_>, focus: &Shape, depth: usize) -> Result<Select, ViewError> {
        if depth > DEEPEST {
            return Err(ViewError::new(&part.at, "nested deeper than 32 selections"));
        }
        part.refuse_slips(&SELECT)?;
        let first = self.columns.len();
        let (each, focus) = self.each(part, focus)?;
        let mut columns = Vec::new();
        for column in part.parts("column")? {
            columns.push(self.column(&column, &focus)?);
        }
        let mut selects = Vec::new();
        for select in part.parts("select")? {
            selects.push(self.select(&select, &focus, depth + 1)?);
        }
        let union = self.union(part, &focus, depth)?;
        if columns.is_empty() && selects.is_empty() && union.is_empty() {
            return Err(ViewError::new(&part.at, "selects nothing: add `column`, `select` or `unionAll`"));
        }
        Ok(Select { each, columns, selects, union, width: self.columns.len() - first })
    }

    fn union(&mut self, part: &Part<'_>, focus: &Shape, depth: usize) -> Result<Vec<Select>, ViewError> {
        let before = self.columns.len();
        let mut first: Option<Vec<ColumnInfo>> = None;
        let mut union = Vec::new();
        for branch in part.parts("unionAll")? {
            // Each branch fills the same columns.
            self.columns.truncate(before);
            union.push(self.select(&branch, focus, depth + 1)?);
            let columns = self.columns[before..].to_vec();
            let Some(expected) = &first else {
                first = Some(columns);
                continue;
            };
            let names = |columns: &[ColumnInfo]| columns.iter().map(|c| c.name.clone()).collect::<Vec<_>>();
            let (wanted, found) = (names(expected), names(&columns));
            if wanted != found {
                let message = format!(
                    "has columns {}, the first branch of `unionAll` has {}: they must be the same in the same order",
                    found.join(", "),
                    wanted.join(", ")
                );
                return Err(ViewError::new(&branch.at, message));
            }
            for (index, (a, b)) in expected.iter().zip(&columns).enumerate() {
                if a.r#type != b.r#type {
                    // What both branches can be told as.
                    let r#type = if a.collection == b.collection { ColumnType::Text } else { ColumnType::Json };
                    self.columns[before + index].r#type = r#type;
                }
            }
            first = Some(self.columns[before..].to_vec());
        }
        Ok(union)
    }

    fn column(&mut self, part: &Part<'_>, focus: &Shape) -> Result<SelectColumn, ViewError> {
        let name = part.required("name")?;
        if !is_sql_name(name) {
            return Err(part.error(
                "name",
                format!("`{name}` is no name of a column: begin with a letter, then letters, digits and `_`"),
            ));
        }
        if self.columns.iter().any(|c| c.name == name) {
            return Err(part.error("name", format!("the column `{name}` is already there: choose another name")));
        }
        let text = part.required("path")?;
        let (path, shape) = self.path(&part.place("path"), text, focus)?;
        self.keep(&shape);
        let collection = part.truth("collection")?;
        let declared = part.text("type")?.map(|t| t.rsplit('/').next().unwrap_or(t));
        let fhir_type = declared.map(str::to_owned).or_else(|| inferred(&shape));
        let known = fhir_type.as_deref().and_then(|t| r4().find(t));
        let system = match known {
            Some(known) => r4().get(known).system,
            None => system_of(&shape),
        };
        let r#type = if collection { ColumnType::Json } else { held(system, known.is_some()) };
        let description = part.text("description")?.map(str::to_owned);
        self.columns.push(ColumnInfo { name: name.to_owned(), fhir_type, r#type, collection, description });
        Ok(SelectColumn { name: name.to_owned(), path, collection, is_row_index: text.trim() == "%rowIndex" })
    }
}

fn inferred(shape: &Shape) -> Option<String> {
    match shape.types.as_slice() {
        [one] if *one != TypeId::UNKNOWN => Some(type_name(*one).to_owned()),
        [] => Some(
            match shape.system {
                System::Boolean => "boolean",
                System::Integer => "integer",
                System::Decimal => "decimal",
                System::String => "string",
                System::Date => "date",
                System::DateTime => "dateTime",
                System::Time => "time",
                System::Quantity => "Quantity",
                System::None => return None,
            }
            .to_owned(),
        ),
        _ => None,
    }
}
