//! Elements, cardinalities, lists.

use super::Check;
use crate::json::{Kind, Node};
use crate::model::{Field, TypeId, TypeKind, r4};
use crate::path::choice_field;

impl Check<'_> {
    pub(super) fn resource(&mut self, node: Node, contained: bool) {
        if self.json.kind(node) != Kind::Object {
            return self.error("structure", "a resource is an object: `{…}`");
        }
        let Some(name) = self.json.member_string(node, "resourceType") else {
            return self.error("structure", "`resourceType` is missing");
        };
        let known = r4().find(&name).filter(|t| r4().get(*t).kind == TypeKind::Resource);
        let Some(of) = known else { return self.error("structure", "`resourceType` is no resource of R4") };
        let name = r4().get(of).name;
        if contained {
            if self.json.member(node, "contained").is_some() {
                self.error("invariant", "a contained resource contains no others (dom-2): lift them up");
            }
            return self.object(node, of);
        }
        // An entry of a Bundle is named by its place.
        if !self.path.is_empty() {
            self.object(node, of);
            return self.contained(node);
        }
        self.below(name, None, |check| {
            check.object(node, of);
            check.contained(node);
        });
    }

    /// The members of an object of a type.
    pub(super) fn object(&mut self, node: Node, of: TypeId) {
        if self.json.kind(node) != Kind::Object {
            return self.error("structure", format!("an object of {} is wanted: `{{…}}`", r4().get(of).name));
        }
        let json = self.json;
        if json.children(node).next().is_none() {
            return self.error("structure", "an element is not empty: leave it out");
        }
        let mut chosen: Vec<&str> = Vec::new();
        let mut seen: Vec<&str> = Vec::new();
        for child in json.children(node) {
            let key = json.key(child);
            if seen.contains(&key) {
                self.below(shown(key), None, |check| check.error("structure", "stands there twice"));
                continue;
            }
            seen.push(key);
            if key == "resourceType" && r4().get(of).kind == TypeKind::Resource {
                continue;
            }
            let bare = key.strip_prefix('_').unwrap_or(key);
            let found = match r4().element(of, bare) {
                Some(field) if !field.choice => Some((field, field.types.first().copied().unwrap_or(TypeId::UNKNOWN))),
                _ => choice_field(of, bare),
            };
            let Some((field, r#type)) = found else {
                self.below(shown(key), None, |check| check.error("structure", "no such element in R4: check its name"));
                continue;
            };
            if field.choice && key == bare {
                if chosen.contains(&field.name) {
                    self.below(field.name, None, |check| check.error("structure", "has several types: keep one"));
                }
                chosen.push(field.name);
            }
            let primitive = r4().get(r#type).kind == TypeKind::Primitive;
            match (key.len() > bare.len(), primitive) {
                (true, true) => self.sibling(child, field),
                (true, false) => {
                    self.below(shown(key), None, |c| c.error("structure", "only a primitive has a `_` element"))
                }
                (false, _) => self.values(node, child, field, r#type),
            }
        }
        self.required(node, of);
        self.meaning(node, of);
    }

    fn required(&mut self, node: Node, of: TypeId) {
        let json = self.json;
        for field in r4().get(of).fields.iter().filter(|f| f.min > 0) {
            let there = json.children(node).any(|child| {
                let key = json.key(child);
                let key = key.strip_prefix('_').unwrap_or(key);
                if field.choice {
                    key.strip_prefix(field.name).is_some_and(|e| field.of_ending(e).is_some())
                } else {
                    key == field.name
                }
            });
            if !there {
                self.below(field.name, None, |check| check.error("required", "is missing, and R4 demands it"));
            }
        }
    }

    fn values(&mut self, holder: Node, node: Node, field: &Field, of: TypeId) {
        let json = self.json;
        let list = json.kind(node) == Kind::Array;
        if list != field.many {
            let message = if field.many { "a list is wanted: `[…]`" } else { "one value is wanted, not a list" };
            return self.below(field.name, None, |check| check.error("structure", message));
        }
        if !list {
            return self.below(field.name, None, |check| check.value(node, of, field));
        }
        if json.children(node).next().is_none() {
            return self.below(field.name, None, |check| check.error("structure", "a list is not empty: leave it out"));
        }
        let key = format!("_{}", json.key(node));
        let sibling = json.member(holder, &key);
        for (index, item) in json.children(node).enumerate() {
            self.below(field.name, Some(index), |check| {
                let explained =
                    || sibling.and_then(|s| json.children(s).nth(index)).is_some_and(|s| json.kind(s) != Kind::Null);
                if json.kind(item) == Kind::Null {
                    if !explained() {
                        check.error("structure", "`null` stands for nothing: leave it out");
                    }
                } else {
                    check.value(item, of, field);
                }
            });
        }
    }

    fn value(&mut self, node: Node, of: TypeId, field: &Field) {
        match r4().get(of).kind {
            TypeKind::Primitive => self.primitive(node, of),
            TypeKind::Resource => self.resource(node, field.name == "contained"),
            _ => self.object(node, of),
        }
    }

    /// Id and extensions of a primitive.
    fn sibling(&mut self, node: Node, field: &Field) {
        let json = self.json;
        let Some(element) = r4().find("Element") else { return };
        let nodes: Vec<Node> =
            if field.many && json.kind(node) == Kind::Array { json.children(node).collect() } else { vec![node] };
        for (index, node) in nodes.into_iter().enumerate() {
            if json.kind(node) != Kind::Null {
                self.below(field.name, field.many.then_some(index), |check| check.object(node, element));
            }
        }
    }
}

/// A name that may be repeated: what is no name of an element is not.
fn shown(key: &str) -> &str {
    let name = key.len() <= 64 && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    if name && !key.is_empty() && !key.bytes().all(|b| b.is_ascii_digit()) { key } else { "(another name)" }
}
