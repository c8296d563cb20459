//! The tree of an expression.

use super::function::Function;
use crate::model::{LastElement, TypeId};
use crate::value::decimal::Decimal;
use crate::value::quantity::Quantity;
use crate::value::temporal::Temporal;

/// A part of an expression. Where `input` is absent, the part applies to what the whole expression applies to.
#[derive(Debug)]
pub(crate) enum Expression {
    Literal(Literal),
    /// `{}`
    Empty,
    Variable(Box<str>),
    This,
    Index,
    Total,
    Member {
        input: Option<Box<Expression>>,
        name: Box<str>,
        r#type: Option<TypeId>,
        last: LastElement,
    },
    Call {
        input: Option<Box<Expression>>,
        function: Function,
        arguments: Vec<Expression>,
    },
    /// A function that takes a type.
    Typed {
        input: Option<Box<Expression>>,
        test: TypeTest,
        r#type: TypeName,
    },
    Sort {
        input: Option<Box<Expression>>,
        keys: Vec<SortKey>,
    },
    At {
        input: Box<Expression>,
        index: Box<Expression>,
    },
    Negative(Box<Expression>),
    Positive(Box<Expression>),
    Binary {
        operator: Operator,
        left: Box<Expression>,
        right: Box<Expression>,
    },
}

/// What `sort()` sorts by.
#[derive(Debug)]
pub(crate) struct SortKey {
    pub key: Expression,
    /// Written `-key`: values are in the opposite order, and what has none stays first.
    pub negated: bool,
    /// Written `key desc`: all is in the opposite order.
    pub descending: bool,
}

/// A value that stands in the expression.
#[derive(Debug, Clone)]
pub(crate) enum Literal {
    Boolean(bool),
    String(String),
    Integer(i64),
    Long(i64),
    Decimal(Decimal),
    Temporal(Temporal),
    Quantity(Quantity<'static>),
}

/// What is asked about a type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TypeTest {
    Is,
    As,
    OfType,
    ReferenceKey,
}

/// A name of a type, with the namespace where it was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TypeName {
    pub namespace: Option<String>,
    pub name: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operator {
    Multiply,
    Divide,
    Div,
    Mod,
    Add,
    Subtract,
    Concatenate,
    Union,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Equal,
    Equivalent,
    NotEqual,
    NotEquivalent,
    In,
    Contains,
    And,
    Or,
    Xor,
    Implies,
}

impl Operator {
    /// As it is written.
    pub fn symbol(self) -> &'static str {
        use Operator as O;
        match self {
            O::Multiply => "*",
            O::Divide => "/",
            O::Div => "div",
            O::Mod => "mod",
            O::Add => "+",
            O::Subtract => "-",
            O::Concatenate => "&",
            O::Union => "|",
            O::Less => "<",
            O::LessOrEqual => "<=",
            O::Greater => ">",
            O::GreaterOrEqual => ">=",
            O::Equal => "=",
            O::Equivalent => "~",
            O::NotEqual => "!=",
            O::NotEquivalent => "!~",
            O::In => "in",
            O::Contains => "contains",
            O::And => "and",
            O::Or => "or",
            O::Xor => "xor",
            O::Implies => "implies",
        }
    }
}
