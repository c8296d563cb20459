//! What FHIR and SQL on FHIR add: extensions, references, types.

use crate::json::{Kind, Node};
use crate::model::{System, TypeId, TypeKind, r4};
use crate::path::element;
use crate::path::evaluate::{Context, EvaluationError, Outcome, Scope, Sink};
use crate::path::function::Function;
use crate::path::syntax::{Expression, TypeName};
use crate::path::value::{Element, NONE, Value};
use crate::value::decimal::Decimal;
use crate::value::temporal::TemporalKind;

const PREFIX: &str = "http://hl7.org/fhir/StructureDefinition/";

impl<'a> Context<'a> {
    pub(super) fn fhir_function(
        &self,
        function: Function,
        input: &[Value<'a>],
        arguments: &'a [Expression],
        scope: &Scope<'_, 'a>,
        sink: Sink<'_, 'a>,
    ) -> Outcome {
        match function {
            Function::ConformsTo => {
                let url = self.text(&self.collect(&arguments[0], scope)?, "conformsTo")?;
                let (Some(url), Some(value)) = (url, self.single(input, "conformsTo")?) else { return Ok(true) };
                let Some(of) = url.strip_prefix(PREFIX).and_then(|n| r4().find(n)) else {
                    return Err(EvaluationError::new(format!(
                        "the profile `{url}` is not known: only base types of R4 are"
                    )));
                };
                let conforms = matches!(value, Value::Element(e) if r4().is_a(e.r#type, of));
                sink(Value::Boolean(conforms))
            }
            Function::Resolve => {
                let found = input.iter().filter_map(|v| self.resolve(v)).collect();
                self.all(found, sink)
            }
            Function::HasValue => match self.single(input, "hasValue")? {
                Some(value) => sink(Value::Boolean(self.has_value(value))),
                None => sink(Value::Boolean(false)),
            },
            Function::GetValue => {
                let value = self.single(input, "getValue")?.filter(|v| self.has_value(v));
                self.optional(value.and_then(|v| self.system(v)), sink)
            }
            _ => {
                let types = input.iter().map(|v| type_of(v)).collect();
                self.all(types, sink)
            }
        }
    }

    fn has_value(&self, value: &Value<'a>) -> bool {
        match value {
            Value::Element(e) => e.node != NONE && !matches!(self.json.kind(e.node), Kind::Object | Kind::Array),
            _ => true,
        }
    }

    /// Extensions with this url, those of primitives too.
    pub(crate) fn extension(&self, value: &Value<'a>, url: &str, sink: Sink<'_, 'a>) -> Outcome {
        let Value::Element(of) = value else { return Ok(true) };
        element::children_named(self.json, *of, "extension", &mut |extension| {
            let same = extension.node != NONE
                && self.json.member(extension.node, "url").and_then(|n| self.json.string(n)).is_some_and(|u| u == url);
            if same { sink(Value::Element(extension)) } else { Ok(true) }
        })
    }

    /// What an answer is worth (Structured Data Capture): its `itemWeight` or `ordinalValue`.
    pub(crate) fn weight(&self, value: &Value<'a>, sink: Sink<'_, 'a>) -> Outcome {
        let mut worth = None;
        for name in ["itemWeight", "ordinalValue"] {
            self.extension(value, &format!("{PREFIX}{name}"), &mut |found| {
                let Value::Element(extension) = found else { return Ok(true) };
                let digits = self.json.member(extension.node, "valueDecimal").map(|node| self.json.raw(node));
                worth = worth.or_else(|| digits.and_then(Decimal::parse));
                Ok(true)
            })?;
        }
        self.optional(worth.map(Value::Decimal), sink)
    }

    /// The key of a resource: its id.
    pub(crate) fn resource_key(&self, value: &Value<'a>) -> Option<Value<'a>> {
        let Value::Element(resource) = value else { return None };
        if resource.node == NONE {
            return None;
        }
        self.json.member_string(resource.node, "id").map(Value::String)
    }

    /// The key of the resource that a reference points at, where it is of the type: the id in `Type/id`, also at the end of a
    /// URL or before a version.
    pub(crate) fn reference_key(&self, value: &Value<'a>, r#type: Option<&str>) -> Option<Value<'a>> {
        let Value::Element(reference) = value else { return None };
        if reference.node == NONE {
            return None;
        }
        let text = self.json.member_string(reference.node, "reference")?;
        let (of, id) = literal_reference(&text)?;
        let same = r#type.is_none_or(|t| t == of);
        same.then(|| Value::text(id.to_owned()))
    }

    /// A contained resource, or an entry of the Bundle that is the root.
    fn resolve(&self, value: &Value<'a>) -> Option<Value<'a>> {
        let text = match value {
            Value::Element(e) if e.node != NONE && self.json.kind(e.node) == Kind::Object => {
                self.json.member_string(e.node, "reference")?
            }
            other => match self.system(other)? {
                Value::String(text) => text,
                _ => return None,
            },
        };
        if let Some(id) = text.strip_prefix('#') {
            if id.is_empty() {
                return Some(Value::Element(self.resource));
            }
            let contained = self.json.member(self.resource.node, "contained")?;
            let found =
                self.json.children(contained).find(|n| self.json.member_string(*n, "id").is_some_and(|i| i == id))?;
            return Some(Value::Element(Element::resource(self.json, found)));
        }
        let entries = self.json.member(self.root.node, "entry")?;
        let found = self.json.children(entries).find_map(|entry| self.entry(entry, &text))?;
        Some(Value::Element(Element::resource(self.json, found)))
    }

    fn entry(&self, entry: Node, reference: &str) -> Option<Node> {
        let resource = self.json.member(entry, "resource")?;
        if self.json.member_string(entry, "fullUrl").is_some_and(|url| url == reference) {
            return Some(resource);
        }
        let (of, id) = literal_reference(reference)?;
        let same = self.json.member_string(resource, "resourceType").is_some_and(|t| t == of)
            && self.json.member_string(resource, "id").is_some_and(|i| i == id);
        same.then_some(resource)
    }

    /// Whether a value is of a type. Where `exactly`, a primitive of FHIR counts only as the very type it has.
    pub(crate) fn is_of(&self, value: &Value<'a>, wanted: &TypeName, exactly: bool) -> Result<bool, EvaluationError> {
        let name = wanted.name.as_str();
        let fhir = if wanted.namespace.as_deref() == Some("System") { None } else { r4().find(name) };
        let system = wanted.namespace.as_deref() != Some("FHIR") && SYSTEM.contains(&name);
        // `System.Patient` is a name of nothing, and nothing is one.
        if fhir.is_none() && !system && wanted.namespace.is_none() {
            return Err(EvaluationError::new(format!("no type `{name}`")));
        }
        Ok(match value {
            Value::Element(e) if e.r#type == TypeId::UNKNOWN => self.guessed(*e, fhir),
            Value::Element(e) => fhir.is_some_and(|of| {
                let primitive = r4().get(of).kind == TypeKind::Primitive;
                if exactly && primitive { e.r#type == of } else { r4().is_a(e.r#type, of) }
            }),
            other => system && (system_name(other) == name || name == "Any"),
        })
    }

    /// An element that the model does not know is of a type if its JSON could be.
    fn guessed(&self, element: Element, of: Option<TypeId>) -> bool {
        let Some(of) = of else { return false };
        let kind = if element.node == NONE { Kind::Null } else { self.json.kind(element.node) };
        match (r4().get(of).system, kind) {
            (System::Boolean, Kind::True | Kind::False) | (System::Decimal, Kind::Number) => true,
            (System::Integer, Kind::Number) => !self.json.raw(element.node).contains(['.', 'e', 'E']),
            (System::String | System::Date | System::DateTime | System::Time, Kind::String) => true,
            _ => false,
        }
    }
}

const SYSTEM: [&str; 10] =
    ["Any", "Boolean", "String", "Integer", "Long", "Decimal", "Date", "DateTime", "Time", "Quantity"];

fn system_name(value: &Value<'_>) -> &'static str {
    match value {
        Value::Boolean(_) => "Boolean",
        Value::String(_) => "String",
        Value::Integer(_) => "Integer",
        Value::Long(_) => "Long",
        Value::Decimal(_) => "Decimal",
        Value::Quantity(_) => "Quantity",
        Value::Temporal(temporal) => match temporal.kind {
            TemporalKind::Date => "Date",
            TemporalKind::DateTime => "DateTime",
            TemporalKind::Time => "Time",
        },
        Value::Element(_) | Value::Type { .. } => "",
    }
}

fn type_of<'a>(value: &Value<'a>) -> Value<'a> {
    match value {
        Value::Element(element) => Value::Type { namespace: "FHIR", name: r4().get(element.r#type).name },
        Value::Type { .. } => Value::Type { namespace: "System", name: "TypeInfo" },
        other => Value::Type { namespace: "System", name: system_name(other) },
    }
}

/// Type and id of `Type/id`, of a URL that ends so, with or without `/_history/version`.
fn literal_reference(text: &str) -> Option<(&str, &str)> {
    let mut parts = text.rsplit('/');
    let (mut id, mut of) = (parts.next()?, parts.next()?);
    if of == "_history" {
        (id, of) = (parts.next()?, parts.next()?);
    }
    let known = of.starts_with(|c: char| c.is_ascii_uppercase()) && of.bytes().all(|c| c.is_ascii_alphanumeric());
    (known && !id.is_empty()).then_some((of, id))
}
