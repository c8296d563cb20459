//! Values and elements.

use crate::json::Node;
use crate::model::TypeId;
use crate::value::decimal::Decimal;
use crate::value::quantity::Quantity;
use crate::value::temporal::Temporal;
use std::borrow::Cow;

/// No node: a primitive without a value, or without extensions.
pub(crate) const NONE: Node = Node::MAX;

/// An element of a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Element {
    /// Its value in JSON.
    pub(crate) node: Node,
    /// The sibling with a primitive's id and extensions.
    pub(crate) shadow: Node,
    /// Its type.
    pub(crate) r#type: TypeId,
}

impl Element {
    /// The resource at the root of a text, whose type is told by `resourceType`.
    #[must_use]
    pub fn root(json: crate::json::Json<'_>) -> Self {
        Self::resource(json, crate::json::Json::ROOT)
    }

    /// The resource at a node.
    #[must_use]
    pub fn resource(json: crate::json::Json<'_>, node: Node) -> Self {
        let name = json.member(node, "resourceType").map(|n| json.raw(n));
        let r#type = name.and_then(|n| crate::model::r4().find(n)).unwrap_or(TypeId::UNKNOWN);
        Self { node, shadow: NONE, r#type }
    }

    /// The value's node, where it has a value.
    #[must_use]
    pub fn node(self) -> Option<Node> {
        (self.node != NONE).then_some(self.node)
    }

    /// The element's type.
    #[must_use]
    pub const fn type_id(self) -> TypeId {
        self.r#type
    }
}

/// One value of a collection.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the names of FHIRPath's types")]
pub enum Value<'a> {
    /// An element of the resource.
    Element(Element),
    Boolean(bool),
    String(Cow<'a, str>),
    Integer(i64),
    Long(i64),
    Decimal(Decimal),
    /// A date, a date with time or a time of day.
    Temporal(Temporal),
    Quantity(Box<Quantity<'a>>),
    /// What `type()` gives.
    Type {
        namespace: &'static str,
        name: &'a str,
    },
}

impl<'a> Value<'a> {
    pub(crate) fn text(text: impl Into<Cow<'a, str>>) -> Self {
        Self::String(text.into())
    }

    pub(crate) fn quantity(quantity: Quantity<'a>) -> Self {
        Self::Quantity(Box::new(quantity))
    }
}
