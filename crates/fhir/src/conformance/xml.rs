//! XML as the test suites use it: elements, attributes, text. No document types, no namespaces but prefixes.

use crate::model::{TypeId, TypeKind, r4};
use serde_json::{Map, Value, json};

/// Deepest nesting that is read.
const DEEPEST: usize = 128;

/// An element.
#[derive(Debug, Default, Clone)]
pub(super) struct Xml {
    pub name: String,
    pub attributes: Vec<(String, String)>,
    pub children: Vec<Xml>,
    /// All text directly in it.
    pub text: String,
    /// The element as it stood.
    pub source: String,
}

impl Xml {
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    pub fn child(&self, name: &str) -> Option<&Xml> {
        self.children.iter().find(|c| c.name == name)
    }

    pub fn named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Xml> {
        self.children.iter().filter(move |c| c.name == name)
    }
}

/// Reads a document; the message says what was expected.
pub(super) fn parse(text: &str) -> Result<Xml, String> {
    let mut reader = Reader { text, at: 0 };
    reader.skip_to_element()?;
    reader.element(0)
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn until(&mut self, end: &str) -> Result<&'a str, String> {
        let found = self.rest().find(end).ok_or_else(|| format!("`{end}` is missing"))?;
        let part = &self.rest()[..found];
        self.at += found + end.len();
        Ok(part)
    }

    fn skip_to_element(&mut self) -> Result<(), String> {
        loop {
            self.until("<")?;
            match self.rest().as_bytes().first() {
                Some(b'?') => self.until("?>").map(|_| ())?,
                Some(b'!') => self.until(if self.rest().starts_with("!--") { "-->" } else { ">" }).map(|_| ())?,
                _ => return Ok(()),
            }
        }
    }

    /// Reads an element after its `<`.
    fn element(&mut self, depth: usize) -> Result<Xml, String> {
        if depth > DEEPEST {
            return Err("nested deeper than 128 levels".to_owned());
        }
        let start = self.at - 1;
        let mut element = Xml { name: self.name(), ..Xml::default() };
        loop {
            self.at += self.rest().len() - self.rest().trim_start().len();
            if self.rest().starts_with("/>") {
                self.at += 2;
                self.text[start..self.at].clone_into(&mut element.source);
                return Ok(element);
            }
            if self.rest().starts_with('>') {
                self.at += 1;
                break;
            }
            let name = self.name();
            self.until("=")?;
            self.at += self.rest().len() - self.rest().trim_start().len();
            let quote = if self.rest().starts_with('\'') { "'" } else { "\"" };
            self.until(quote)?;
            let value = decode(self.until(quote)?);
            element.attributes.push((name, value));
        }
        loop {
            let text = decode(self.until("<")?);
            element.text.push_str(&text);
            if self.rest().starts_with("!--") {
                self.until("-->")?;
            } else if let Some(data) = self.rest().strip_prefix("![CDATA[") {
                self.at = self.text.len() - data.len();
                let data = self.until("]]>")?;
                element.text.push_str(data);
            } else if self.rest().starts_with('/') {
                self.until(">")?;
                self.text[start..self.at].clone_into(&mut element.source);
                return Ok(element);
            } else {
                element.children.push(self.element(depth + 1)?);
            }
        }
    }

    fn name(&mut self) -> String {
        let rest = self.rest();
        let end = rest.find(|c: char| c.is_whitespace() || matches!(c, '/' | '>' | '=')).unwrap_or(rest.len());
        self.at += end;
        rest[..end].to_owned()
    }
}

fn decode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        let Some(end) = rest[at..].find(';') else { break };
        let name = &rest[at + 1..at + end];
        let number = name.strip_prefix("#x").map(|h| u32::from_str_radix(h, 16));
        let number = number.or_else(|| name.strip_prefix('#').map(str::parse));
        match (name, number) {
            ("lt", _) => out.push('<'),
            ("gt", _) => out.push('>'),
            ("amp", _) => out.push('&'),
            ("quot", _) => out.push('"'),
            ("apos", _) => out.push('\''),
            (_, Some(Ok(point))) => out.push(char::from_u32(point).unwrap_or('\u{FFFD}')),
            _ => out.push_str(&rest[at..=at + end]),
        }
        rest = &rest[at + end + 1..];
    }
    out.push_str(rest);
    out
}

/// A resource in FHIR's XML as FHIR's JSON, by the types of R4.
///
/// # Errors
///
/// What is not XML, and a resource type that R4 does not have.
pub fn resource_to_json(text: &str) -> Result<String, String> {
    Ok(resource(&parse(text)?)?.to_string())
}

fn resource(xml: &Xml) -> Result<Value, String> {
    let of = r4().find(&xml.name).ok_or_else(|| format!("no resource type `{}`", xml.name))?;
    let mut object = elements(xml, of)?;
    object.insert("resourceType".to_owned(), json!(xml.name));
    Ok(Value::Object(object))
}

fn elements(xml: &Xml, of: TypeId) -> Result<Map<String, Value>, String> {
    let mut object = Map::new();
    for (name, value) in xml.attributes.iter().filter(|(n, _)| n == "id" || n == "url") {
        object.insert(name.clone(), json!(value));
    }
    for child in &xml.children {
        let (many, of) = field(of, &child.name);
        let (value, sibling) = element(child, of)?;
        put(&mut object, &child.name, value, sibling, many);
    }
    Ok(object)
}

fn field(of: TypeId, name: &str) -> (bool, TypeId) {
    if let Some(field) = r4().element(of, name) {
        return (field.many, field.types.first().copied().unwrap_or(TypeId::UNKNOWN));
    }
    let fields = r4().get(of).fields.iter().filter(|f| f.choice);
    let choice = fields.filter_map(|f| r4().of_suffix(name.strip_prefix(f.name)?)).next();
    (false, choice.unwrap_or(TypeId::UNKNOWN))
}

fn put(object: &mut Map<String, Value>, name: &str, value: Value, sibling: Option<Value>, many: bool) {
    let shadow = format!("_{name}");
    if !many {
        if !value.is_null() {
            object.insert(name.to_owned(), value);
        }
        if let Some(sibling) = sibling {
            object.insert(shadow, sibling);
        }
        return;
    }
    let before = object.entry(name).or_insert_with(|| json!([]));
    let count = before.as_array().map_or(0, Vec::len);
    if let Some(list) = before.as_array_mut() {
        list.push(value);
    }
    if (sibling.is_some() || object.contains_key(&shadow))
        && let Some(list) = object.entry(shadow).or_insert_with(|| json!([])).as_array_mut()
    {
        list.resize(count, Value::Null);
        list.push(sibling.unwrap_or(Value::Null));
    }
}

/// The value of an element, and of a primitive the sibling with its extensions.
fn element(xml: &Xml, of: TypeId) -> Result<(Value, Option<Value>), String> {
    let model = r4();
    let known = model.get(of);
    if known.name == "xhtml" {
        return Ok((json!(xml.source), None));
    }
    if known.kind == TypeKind::Resource {
        let inner = xml.children.first().ok_or("a resource is missing")?;
        return Ok((resource(inner)?, None));
    }
    if known.kind != TypeKind::Primitive && xml.attribute("value").is_none() {
        return Ok((Value::Object(elements(xml, of)?), None));
    }
    let text = xml.attribute("value");
    let value = match (known.name, text) {
        (_, None) => Value::Null,
        ("boolean", Some(text)) => json!(text == "true"),
        ("integer" | "positiveInt" | "unsignedInt" | "decimal", Some(text)) => {
            serde_json::from_str(text).map_err(|_| format!("`{text}` is no number"))?
        }
        (_, Some(text)) => json!(text),
    };
    let sibling = elements(xml, model.find("Element").unwrap_or(TypeId::UNKNOWN))?;
    Ok((value, (!sibling.is_empty()).then_some(Value::Object(sibling))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resource_becomes_json() {
        let xml = r#"<?xml version="1.0"?><!-- c --><Patient xmlns="http://hl7.org/fhir"><id value="a"/>
            <active value="true"/><name><given value="A &amp; B"/><given><extension url="u"><valueCode value="x"/></extension></given></name>
            <birthDate id="b" value="1974-12-25"/><contained><Organization><id value="o"/></Organization></contained></Patient>"#;
        let json: Value = serde_json::from_str(&resource_to_json(xml).unwrap()).unwrap();
        let expected = json!({
            "resourceType": "Patient", "id": "a", "active": true,
            "name": [{"given": ["A & B", null], "_given": [null, {"extension": [{"url": "u", "valueCode": "x"}]}]}],
            "birthDate": "1974-12-25", "_birthDate": {"id": "b"},
            "contained": [{"resourceType": "Organization", "id": "o"}]
        });
        assert_eq!(json, expected);
    }
}
