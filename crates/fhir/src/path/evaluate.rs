//! Evaluating the tree.

use super::element;
use super::function::Function;
use super::syntax::{Expression, Literal, TypeTest};
use super::value::{Element, NONE, Value};
use crate::json::{Json, Kind};
use crate::model::{LastElement, r4};
use crate::value::temporal::Temporal;
use std::borrow::Cow;
use std::cell::Cell;

/// Most steps of one evaluation.
const MOST_STEPS: u32 = 50_000_000;

/// What went wrong while evaluating. No message holds a value of the resource.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct EvaluationError(pub String);

impl EvaluationError {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }
}

/// What an expression is evaluated against.
#[derive(Debug, Clone)]
pub struct Context<'a> {
    /// The text that elements point into.
    pub json: Json<'a>,
    /// Where the expression begins: `$this` and `%context`.
    pub focus: Value<'a>,
    /// The resource that holds the focus: `%resource`.
    pub resource: Element,
    /// The outermost resource: `%rootResource`.
    pub root: Element,
    /// Constants by name, without `%`.
    pub variables: &'a [(String, Value<'static>)],
    /// The time of evaluation for `now()`, `today()` and `timeOfDay()`.
    pub now: Option<Temporal>,
    /// `%rowIndex` of SQL on FHIR.
    pub row_index: i64,
    pub(crate) steps: Cell<u32>,
}

/// What `$this`, `$index` and `$total` mean at a place.
#[derive(Clone, Copy)]
pub(crate) struct Scope<'s, 'a> {
    pub this: &'s [Value<'a>],
    pub index: Option<i64>,
    pub total: Option<&'s [Value<'a>]>,
}

impl<'s, 'a> Scope<'s, 'a> {
    pub fn of(self, this: &'s Value<'a>, index: usize) -> Scope<'s, 'a> {
        Scope { this: std::slice::from_ref(this), index: i64::try_from(index).ok(), total: self.total }
    }
}

pub(crate) type Outcome = Result<bool, EvaluationError>;
pub(crate) type Sink<'s, 'a> = &'s mut dyn FnMut(Value<'a>) -> Outcome;
pub(crate) type Values<'a> = Vec<Value<'a>>;

impl<'a> Context<'a> {
    /// A resource by itself.
    #[must_use]
    pub fn of(json: Json<'a>) -> Self {
        Self::at(json, Element::root(json))
    }

    /// An element that is a resource.
    #[must_use]
    pub fn at(json: Json<'a>, resource: Element) -> Self {
        let focus = Value::Element(resource);
        Self { json, focus, resource, root: resource, variables: &[], now: None, row_index: 0, steps: Cell::new(0) }
    }

    /// The same with another focus.
    #[must_use]
    pub fn with_focus(&self, focus: Value<'a>, row_index: i64) -> Self {
        Self { focus, row_index, ..self.clone() }
    }

    pub(crate) fn collect(
        &self,
        expression: &'a Expression,
        scope: &Scope<'_, 'a>,
    ) -> Result<Values<'a>, EvaluationError> {
        let mut out = Vec::new();
        self.each(expression, scope, &mut |value| {
            out.push(value);
            Ok(true)
        })?;
        Ok(out)
    }

    fn input(&self, input: Option<&'a Expression>, scope: &Scope<'_, 'a>, sink: Sink<'_, 'a>) -> Outcome {
        match input {
            Some(input) => self.each(input, scope, sink),
            None => {
                for value in scope.this {
                    if !sink(value.clone())? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
        }
    }

    pub(crate) fn each(&self, expression: &'a Expression, scope: &Scope<'_, 'a>, sink: Sink<'_, 'a>) -> Outcome {
        self.step()?;
        match expression {
            Expression::Literal(literal) => sink(literal_value(literal)),
            Expression::Empty => Ok(true),
            Expression::Variable(name) => self.variable(name, sink),
            Expression::This => self.input(None, scope, sink),
            Expression::Index => match scope.index {
                Some(index) => sink(Value::Integer(index)),
                None => Ok(true),
            },
            Expression::Total => self.all(scope.total.unwrap_or_default().to_vec(), sink),
            Expression::Member { input, name, r#type, last } => self.input(input.as_deref(), scope, &mut |value| {
                if let (Some(wanted), Value::Element(element)) = (r#type, &value)
                    && input.is_none()
                    && r4().is_a(element.r#type, *wanted)
                {
                    return sink(value);
                }
                self.member(value, name, last, sink)
            }),
            Expression::Call { input, function, arguments } => {
                self.call(input.as_deref(), *function, arguments, scope, sink)
            }
            Expression::Typed { input, test, r#type } => self.typed(input.as_deref(), *test, r#type, scope, sink),
            Expression::Sort { input, keys } => {
                let mut values = Vec::new();
                self.input(input.as_deref(), scope, &mut |v| {
                    values.push(v);
                    Ok(true)
                })?;
                self.all(self.sorted(values, keys, scope)?, sink)
            }
            Expression::At { input, index } => {
                let Some(at) = self.integer(&self.collect(index, scope)?, "an index")? else { return Ok(true) };
                let mut place = 0;
                let mut more = true;
                self.each(input, scope, &mut |value| {
                    place += 1;
                    if place - 1 == at {
                        more = sink(value)?;
                    }
                    Ok(place <= at)
                })?;
                Ok(more)
            }
            Expression::Negative(inner) => {
                let values = self.collect(inner, scope)?;
                self.optional(self.negated(&values)?, sink)
            }
            Expression::Positive(inner) => self.each(inner, scope, sink),
            Expression::Binary { operator, left, right } => self.binary(*operator, left, right, scope, sink),
        }
    }

    fn step(&self) -> Result<(), EvaluationError> {
        let steps = self.steps.get() + 1;
        self.steps.set(steps);
        if steps > MOST_STEPS {
            Err(EvaluationError::new("the expression does not come to an end: more than 50 million steps"))
        } else {
            Ok(())
        }
    }

    pub(crate) fn all(&self, values: Values<'a>, sink: Sink<'_, 'a>) -> Outcome {
        for value in values {
            if !sink(value)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    pub(crate) fn optional(&self, value: Option<Value<'a>>, sink: Sink<'_, 'a>) -> Outcome {
        value.map_or(Ok(true), sink)
    }

    fn member(&self, value: Value<'a>, name: &str, last: &LastElement, sink: Sink<'_, 'a>) -> Outcome {
        match value {
            Value::Element(element) => {
                // A primitive's `value` is what it computes with.
                if name == "value" && (element.node == NONE || self.json.kind(element.node) != Kind::Object) {
                    return self.optional(element::system(self.json, element), sink);
                }
                element::children_of_step(self.json, element, name, last, &mut |child| sink(Value::Element(child)))
            }
            Value::Quantity(quantity) => match name {
                "value" => sink(Value::Decimal(quantity.value)),
                "unit" | "code" => sink(Value::text(quantity.code().to_owned())),
                _ => Ok(true),
            },
            Value::Type { namespace, name: of } => match name {
                "namespace" => sink(Value::text(namespace)),
                "name" => sink(Value::text(of)),
                _ => Ok(true),
            },
            _ => Ok(true),
        }
    }

    fn variable(&self, name: &'a str, sink: Sink<'_, 'a>) -> Outcome {
        if let Some((_, value)) = self.variables.iter().find(|(n, _)| n == name) {
            return sink(value.clone());
        }
        match name {
            "context" => sink(self.focus.clone()),
            "resource" => sink(Value::Element(self.resource)),
            "rootResource" => sink(Value::Element(self.root)),
            "rowIndex" => sink(Value::Integer(self.row_index)),
            "ucum" => sink(Value::text(element::UCUM)),
            "sct" => sink(Value::text("http://snomed.info/sct")),
            "loinc" => sink(Value::text("http://loinc.org")),
            _ => {
                if let Some(set) = name.strip_prefix("vs-") {
                    return sink(Value::text(format!("http://hl7.org/fhir/ValueSet/{set}")));
                }
                if let Some(extension) = name.strip_prefix("ext-") {
                    return sink(Value::text(format!("http://hl7.org/fhir/StructureDefinition/{extension}")));
                }
                Err(EvaluationError::new(format!("`%{name}` is not defined: define it as a constant")))
            }
        }
    }

    fn typed(
        &self,
        input: Option<&'a Expression>,
        test: TypeTest,
        r#type: &super::syntax::TypeName,
        scope: &Scope<'_, 'a>,
        sink: Sink<'_, 'a>,
    ) -> Outcome {
        if test == TypeTest::OfType {
            return self.input(input, scope, &mut |v| {
                if self.is_of(&v, r#type, true)? { sink(v) } else { Ok(true) }
            });
        }
        let mut values = Vec::new();
        self.input(input, scope, &mut |v| {
            values.push(v);
            Ok(true)
        })?;
        let what = if test == TypeTest::Is { "is" } else { "as" };
        match test {
            TypeTest::ReferenceKey => {
                let keys = values.iter().filter_map(|v| self.reference_key(v, Some(&r#type.name))).collect();
                self.all(keys, sink)
            }
            TypeTest::Is => match self.single(&values, what)? {
                Some(value) => sink(Value::Boolean(self.is_of(value, r#type, false)?)),
                None => Ok(true),
            },
            _ => match self.single(&values, what)? {
                Some(value) if self.is_of(value, r#type, true)? => sink(value.clone()),
                _ => Ok(true),
            },
        }
    }

    fn call(
        &self,
        input: Option<&'a Expression>,
        function: Function,
        arguments: &'a [Expression],
        scope: &Scope<'_, 'a>,
        sink: Sink<'_, 'a>,
    ) -> Outcome {
        let mut index = 0;
        // Those that need not see the whole collection.
        match function {
            Function::Where => self.input(input, scope, &mut |value| {
                let keep = self.criterion(&arguments[0], &scope.of(&value, index))?;
                index += 1;
                if keep { sink(value) } else { Ok(true) }
            }),
            Function::Select => self.input(input, scope, &mut |value| {
                let more = self.each(&arguments[0], &scope.of(&value, index), sink);
                index += 1;
                more
            }),
            Function::First => {
                let mut more = true;
                self.input(input, scope, &mut |value| {
                    more = sink(value)?;
                    Ok(false)
                })?;
                Ok(more)
            }
            Function::Exists | Function::Empty | Function::All => {
                let mut found = false;
                self.input(input, scope, &mut |value| {
                    found = match (function, arguments.first()) {
                        (Function::All, Some(criterion)) => !self.criterion(criterion, &scope.of(&value, index))?,
                        (_, Some(criterion)) => self.criterion(criterion, &scope.of(&value, index))?,
                        _ => true,
                    };
                    index += 1;
                    Ok(!found)
                })?;
                sink(Value::Boolean(found == (function == Function::Exists)))
            }
            Function::Extension => {
                let url = self.text(&self.collect(&arguments[0], scope)?, "extension")?;
                let Some(url) = url else { return Ok(true) };
                self.input(input, scope, &mut |value| self.extension(&value, &url, sink))
            }
            Function::Weight | Function::Ordinal => self.input(input, scope, &mut |value| self.weight(&value, sink)),
            Function::GetResourceKey => self.input(input, scope, &mut |v| self.optional(self.resource_key(&v), sink)),
            Function::GetReferenceKey => {
                self.input(input, scope, &mut |v| self.optional(self.reference_key(&v, None), sink))
            }
            _ => {
                let mut values = Vec::new();
                self.input(input, scope, &mut |value| {
                    values.push(value);
                    Ok(true)
                })?;
                self.function(function, values, arguments, scope, sink)
            }
        }
    }

    /// Whether a criterion holds; nothing is false.
    pub(crate) fn criterion(&self, expression: &'a Expression, scope: &Scope<'_, 'a>) -> Result<bool, EvaluationError> {
        let mut found = None;
        let mut several = false;
        self.each(expression, scope, &mut |value| {
            several = found.is_some();
            found = Some(self.as_boolean(&value));
            Ok(!several)
        })?;
        if several {
            return Err(EvaluationError::new("a criterion has several values: use `exists()` or `first()`"));
        }
        Ok(found.unwrap_or(false))
    }

    /// As a boolean where it is one; anything else that is there is true.
    pub(crate) fn as_boolean(&self, value: &Value<'a>) -> bool {
        match self.system(value) {
            Some(Value::Boolean(value)) => value,
            _ => true,
        }
    }

    /// The truth value, where it is one.
    #[must_use]
    pub fn truth(&self, value: &Value<'a>) -> Option<bool> {
        match self.system(value) {
            Some(Value::Boolean(truth)) => Some(truth),
            _ => None,
        }
    }

    /// What FHIRPath computes with.
    pub(crate) fn system(&self, value: &Value<'a>) -> Option<Value<'a>> {
        match value {
            Value::Element(element) => element::system(self.json, *element),
            other => Some(other.clone()),
        }
    }

    /// The one value, nothing for none.
    pub(crate) fn single<'v>(
        &self,
        values: &'v [Value<'a>],
        what: &str,
    ) -> Result<Option<&'v Value<'a>>, EvaluationError> {
        match values {
            [] => Ok(None),
            [value] => Ok(Some(value)),
            several => Err(EvaluationError::new(format!(
                "`{what}` wants one value, and there are {}: choose with `first()`, `where()` or `select()`",
                several.len()
            ))),
        }
    }

    /// The one text.
    pub(crate) fn text(&self, values: &[Value<'a>], what: &str) -> Result<Option<Cow<'a, str>>, EvaluationError> {
        let Some(value) = self.single(values, what)? else { return Ok(None) };
        match self.system(value) {
            Some(Value::String(text)) => Ok(Some(text)),
            // A date of FHIR is a text to the functions of texts.
            Some(Value::Temporal(_)) if matches!(value, Value::Element(_)) => {
                let Value::Element(element) = value else { return Ok(None) };
                Ok(self.json.string(element.node))
            }
            None if matches!(value, Value::Element(e) if e.node == NONE) => Ok(None),
            _ => Err(EvaluationError::new(format!("`{what}` wants a text: use `toString()`"))),
        }
    }

    /// The text of a value as FHIR writes it; `None` for an element with elements of its own.
    #[must_use]
    pub fn text_of(&self, value: &Value<'a>) -> Option<Cow<'a, str>> {
        if let Value::Element(element) = value {
            // As written: numbers keep their digits, dates their precision.
            let node = element.node()?;
            return match self.json.kind(node) {
                Kind::String => self.json.string(node),
                Kind::Number | Kind::True | Kind::False => Some(Cow::Borrowed(self.json.raw(node))),
                _ => None,
            };
        }
        match super::functions::text(value) {
            Some(Value::String(text)) => Some(text),
            _ => None,
        }
    }

    /// The one whole number.
    pub(crate) fn integer(&self, values: &[Value<'a>], what: &str) -> Result<Option<i64>, EvaluationError> {
        match self.single(values, what)?.and_then(|v| self.system(v)) {
            None => Ok(None),
            Some(Value::Integer(number) | Value::Long(number)) => Ok(Some(number)),
            Some(_) => Err(EvaluationError::new(format!("`{what}` wants a whole number"))),
        }
    }
}

fn literal_value(literal: &Literal) -> Value<'_> {
    match literal {
        Literal::Boolean(value) => Value::Boolean(*value),
        Literal::String(text) => Value::String(Cow::Borrowed(text)),
        Literal::Integer(value) => Value::Integer(*value),
        Literal::Long(value) => Value::Long(*value),
        Literal::Decimal(value) => Value::Decimal(*value),
        Literal::Temporal(value) => Value::Temporal(*value),
        Literal::Quantity(quantity) => Value::quantity(quantity.clone()),
    }
}
