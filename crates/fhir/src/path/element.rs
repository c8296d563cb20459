//! Moving through elements, and what FHIRPath computes with where an element has a value.

use super::value::{Element, NONE, Value};
use crate::json::{Json, Kind, Node};
use crate::model::{Field, LastElement, System, TypeId, TypeKind, r4};
use crate::value::decimal::Decimal;
use crate::value::quantity::Quantity;
use crate::value::temporal::Temporal;
use std::borrow::Cow;

/// The code system of units.
pub(crate) const UCUM: &str = "http://unitsofmeasure.org";

/// The element's children with this name, one after the other; `false` from `sink` ends it.
pub(crate) fn children_named<E>(
    json: Json<'_>,
    element: Element,
    name: &str,
    sink: &mut dyn FnMut(Element) -> Result<bool, E>,
) -> Result<bool, E> {
    children_of_step(json, element, name, &LastElement::default(), sink)
}

/// As [`children_named`], for a step that is taken again and again.
pub(crate) fn children_of_step<E>(
    json: Json<'_>,
    element: Element,
    name: &str,
    last: &LastElement,
    sink: &mut dyn FnMut(Element) -> Result<bool, E>,
) -> Result<bool, E> {
    let holder =
        if element.node != NONE && json.kind(element.node) == Kind::Object { element.node } else { element.shadow };
    if holder == NONE || json.kind(holder) != Kind::Object || name == "resourceType" {
        return Ok(true);
    }
    let model = r4();
    let Some(field) = model.remembered(element.r#type, name, last) else {
        return match json.member(holder, name) {
            Some(node) if !is_choice_key(element.r#type, name) => spread(json, node, NONE, TypeId::UNKNOWN, sink),
            Some(_) => Ok(true),
            None => choice(json, holder, name, None, sink),
        };
    };
    if field.choice {
        return choice(json, holder, name, Some(field), sink);
    }
    let r#type = field.types.first().copied().unwrap_or(TypeId::UNKNOWN);
    let primitive = model.get(r#type).kind == TypeKind::Primitive;
    let found = if primitive { json.member_and_sibling(holder, name) } else { (json.member(holder, name), None) };
    match found {
        (None, None) => Ok(true),
        (node, shadow) => spread(json, node.unwrap_or(NONE), shadow.unwrap_or(NONE), r#type, sink),
    }
}

/// Whether a name is a choice with its type, which is no name of an element.
pub(crate) fn is_choice_key(r#type: TypeId, key: &str) -> bool {
    choice_field(r#type, key).is_some()
}

/// The choice that a key of JSON belongs to, and its type.
pub(crate) fn choice_field(r#type: TypeId, key: &str) -> Option<(&'static Field, TypeId)> {
    let model = r4();
    let fields = &model.get(r#type).fields;
    fields.iter().filter(|f| f.choice).find_map(|field| Some((field, field.of_ending(key.strip_prefix(field.name)?)?)))
}

fn shadow_of(json: Json<'_>, holder: Node, name: &str) -> Option<Node> {
    json.children(holder).find(|child| {
        let key = json.key(*child).as_bytes();
        key.len() == name.len() + 1 && key[0] == b'_' && &key[1..] == name.as_bytes()
    })
}

fn choice<E>(
    json: Json<'_>,
    holder: Node,
    name: &str,
    field: Option<&Field>,
    sink: &mut dyn FnMut(Element) -> Result<bool, E>,
) -> Result<bool, E> {
    for child in json.children(holder) {
        let key = json.key(child);
        let bare = key.strip_prefix('_').unwrap_or(key);
        let of = |ending: &str| match field {
            Some(field) => field.of_ending(ending),
            None => r4().of_suffix(ending),
        };
        let Some(r#type) = bare.strip_prefix(name).and_then(of) else { continue };
        if key.len() > bare.len() {
            // The sibling alone: a value that is absent for a reason.
            if json.member(holder, bare).is_none() {
                return spread(json, NONE, child, r#type, sink);
            }
            continue;
        }
        let shadow = shadow_of(json, holder, key).unwrap_or(NONE);
        return spread(json, child, shadow, r#type, sink);
    }
    Ok(true)
}

/// The items of a list, or the value itself.
fn spread<E>(
    json: Json<'_>,
    node: Node,
    shadow: Node,
    r#type: TypeId,
    sink: &mut dyn FnMut(Element) -> Result<bool, E>,
) -> Result<bool, E> {
    let lists = [node, shadow].map(|n| n != NONE && json.kind(n) == Kind::Array);
    if lists == [false, false] {
        return one(json, node, shadow, r#type, sink);
    }
    let mut values = lists[0].then(|| json.children(node));
    let mut shadows = lists[1].then(|| json.children(shadow));
    loop {
        let value = values.as_mut().and_then(Iterator::next);
        let sibling = shadows.as_mut().and_then(Iterator::next);
        if value.is_none() && sibling.is_none() {
            return Ok(true);
        }
        if !one(json, value.unwrap_or(NONE), sibling.unwrap_or(NONE), r#type, sink)? {
            return Ok(false);
        }
    }
}

fn one<E>(
    json: Json<'_>,
    node: Node,
    shadow: Node,
    r#type: TypeId,
    sink: &mut dyn FnMut(Element) -> Result<bool, E>,
) -> Result<bool, E> {
    let present = |n: Node| if n != NONE && json.kind(n) == Kind::Null { NONE } else { n };
    let (node, shadow) = (present(node), present(shadow));
    if node == NONE && shadow == NONE {
        return Ok(true);
    }
    let abstract_resource = node != NONE && r4().get(r#type).kind == TypeKind::Resource;
    let unknown_resource = r#type == TypeId::UNKNOWN && node != NONE && json.member(node, "resourceType").is_some();
    sink(if abstract_resource || unknown_resource {
        Element::resource(json, node)
    } else {
        Element { node, shadow, r#type }
    })
}

/// All children in the order of the JSON.
pub(crate) fn children(json: Json<'_>, element: Element) -> Vec<Element> {
    let mut out = Vec::new();
    for holder in [element.node, element.shadow] {
        if holder == NONE || json.kind(holder) != Kind::Object {
            continue;
        }
        let mut seen: Vec<&str> = Vec::new();
        for child in json.children(holder) {
            let key = json.key(child).trim_start_matches('_');
            let name = choice_field(element.r#type, key).map_or(key, |(field, _)| field.name);
            if name == "resourceType" || seen.contains(&name) {
                continue;
            }
            seen.push(name);
            let from = Element { node: holder, shadow: NONE, ..element };
            let _: Result<bool, std::convert::Infallible> = children_named(json, from, name, &mut |child| {
                out.push(child);
                Ok(true)
            });
        }
    }
    out
}

/// What FHIRPath computes with: `None` for an element with no value, and for one with elements of its own.
pub(crate) fn system<'a>(json: Json<'a>, element: Element) -> Option<Value<'a>> {
    if element.node == NONE {
        return None;
    }
    let known = r4().get(element.r#type).system;
    match json.kind(element.node) {
        Kind::True => Some(Value::Boolean(true)),
        Kind::False => Some(Value::Boolean(false)),
        Kind::Number => {
            let raw = json.raw(element.node);
            let whole = || raw.parse().ok().map(Value::Integer);
            match known {
                System::Decimal => Decimal::parse(raw).map(Value::Decimal),
                _ => whole().or_else(|| Decimal::parse(raw).map(Value::Decimal)),
            }
        }
        Kind::String => {
            let text = json.string(element.node)?;
            let temporal = match known {
                System::Date => Temporal::parse_date(&text),
                System::DateTime => Temporal::parse_date_time(&text),
                System::Time => Temporal::parse_time(&text),
                _ => None,
            };
            Some(temporal.map_or(Value::String(text), Value::Temporal))
        }
        Kind::Object if known == System::Quantity => quantity(json, element.node).map(Value::quantity),
        _ => None,
    }
}

fn quantity<'a>(json: Json<'a>, node: Node) -> Option<Quantity<'a>> {
    let value = Decimal::parse(json.raw(json.member(node, "value")?))?;
    let code =
        json.member_string(node, "code").filter(|_| json.member_string(node, "system").is_none_or(|s| s == UCUM));
    let unit = code.or_else(|| json.member_string(node, "unit")).unwrap_or(Cow::Borrowed("1"));
    Some(Quantity::ucum(value, unit))
}
