//! What an expression can give, before any resource is seen: types, number, and which members of the JSON it looks at.

use super::SyntaxError;
use super::element::choice_field;
use super::function::Function;
use super::syntax::{Expression, Literal, Operator, SortKey, TypeTest};
use crate::json::Projection;
use crate::model::{System, TypeId, TypeKind, r4};
use crate::value::temporal::TemporalKind;

/// What is known of the values of an expression.
#[derive(Debug, Clone, PartialEq)]
pub struct Shape {
    /// Types of elements; empty where nothing is known of them.
    pub types: Vec<TypeId>,
    /// A type of FHIRPath, where the values are computed.
    pub system: System,
    /// Whether there may be several.
    pub many: bool,
    /// Whether their order is defined.
    pub ordered: bool,
    /// Where in the JSON the elements lie, as names from the root.
    places: Vec<Vec<String>>,
}

impl Shape {
    /// One resource of this type, at the root.
    #[must_use]
    pub fn resource(r#type: TypeId) -> Self {
        Self { types: vec![r#type], places: vec![Vec::new()], ..Self::of(System::None) }
    }

    fn of(system: System) -> Self {
        Self { types: Vec::new(), system, many: false, ordered: true, places: Vec::new() }
    }

    fn unknown() -> Self {
        Self { many: true, ..Self::of(System::None) }
    }

    /// One of several.
    #[must_use]
    pub fn one(&self) -> Self {
        Self { many: false, ..self.clone() }
    }

    fn joined(self, other: Self) -> Self {
        let mut types = self.types;
        types.extend(other.types.iter().filter(|t| !types.contains(t)).copied().collect::<Vec<_>>());
        let system = if self.system == other.system { self.system } else { System::None };
        let places = self.places.into_iter().chain(other.places).collect();
        Self { types, system, many: self.many || other.many, ordered: self.ordered && other.ordered, places }
    }

    /// Wants all of the elements, as when they are given out.
    pub fn keep_whole(&self, projection: &mut Projection) {
        if !self.has_elements() {
            return;
        }
        for place in &self.places {
            let mut at = &mut *projection;
            for step in place {
                at = at.member(step);
            }
            at.want_whole();
        }
    }

    fn has_elements(&self) -> bool {
        self.types.iter().any(|t| r4().get(*t).kind != TypeKind::Primitive)
            || (self.types.is_empty() && !self.places.is_empty())
    }
}

/// The walk through an expression.
pub struct Analysis<'a> {
    text: &'a str,
    /// Whether unknown elements and undefined order are refused.
    pub strict: bool,
    /// The members looked at.
    pub projection: &'a mut Projection,
    /// The type of the resource.
    pub resource: TypeId,
}

type Found = Result<Shape, SyntaxError>;

impl<'a> Analysis<'a> {
    /// An analysis of an expression about a resource of this type.
    pub fn new(text: &'a str, resource: TypeId, projection: &'a mut Projection) -> Self {
        Self { text, strict: false, projection, resource }
    }

    fn error(&self, message: String) -> SyntaxError {
        SyntaxError::new(self.text, 0, message)
    }

    fn member(&mut self, shape: &Shape, name: &str) -> Found {
        let mut places = shape.places.clone();
        for place in &mut places {
            place.push(name.to_owned());
            let mut at = &mut *self.projection;
            for step in place.iter() {
                at = at.member(step);
            }
        }
        let mut found = Shape { places, many: shape.many, ordered: shape.ordered, ..Shape::of(System::None) };
        let mut known = shape.types.is_empty() || shape.types.contains(&TypeId::UNKNOWN);
        for of in &shape.types {
            if let Some(field) = r4().element(*of, name) {
                known = true;
                found.many |= field.many;
                found
                    .types
                    .extend(field.types.iter().filter(|t| !found.types.contains(t)).copied().collect::<Vec<_>>());
            } else if let Some((field, chosen)) = choice_field(*of, name) {
                let (element, chosen) = (field.name, r4().get(chosen).name);
                return Err(self.error(format!("`{name}` is no element: write `{element}.ofType({chosen})`")));
            } else {
                let kind = r4().get(*of).kind;
                // Any resource may stand where the base type is named.
                let open = kind == TypeKind::Resource && ["Resource", "DomainResource"].contains(&r4().get(*of).name);
                known |= open || (kind == TypeKind::Primitive && name == "value");
            }
        }
        if !known && self.strict {
            let types: Vec<_> = shape.types.iter().map(|t| r4().get(*t).name).collect();
            return Err(self.error(format!("no element `{name}` in {}", types.join(", "))));
        }
        if found.types.is_empty() {
            found.many = true;
        }
        Ok(found)
    }

    /// The values are looked at as wholes.
    pub fn whole(&mut self, shape: &Shape) {
        shape.keep_whole(self.projection);
    }

    fn consumed(&mut self, expression: &Expression, focus: &Shape) -> Found {
        let shape = self.walk(expression, focus)?;
        self.whole(&shape);
        Ok(shape)
    }

    pub(crate) fn walk(&mut self, expression: &Expression, focus: &Shape) -> Found {
        let input = |this: &mut Self, input: &Option<Box<Expression>>| match input {
            Some(inner) => this.walk(inner, focus),
            None => Ok(focus.clone()),
        };
        Ok(match expression {
            Expression::Literal(literal) => Shape::of(literal_system(literal)),
            Expression::Empty => Shape::of(System::None),
            Expression::Variable(name) => match name.as_ref() {
                "resource" | "rootResource" | "context" => Shape::resource(self.resource),
                "rowIndex" => Shape::of(System::Integer),
                _ => Shape { many: false, ..Shape::unknown() },
            },
            Expression::This => focus.clone(),
            Expression::Index => Shape::of(System::Integer),
            Expression::Total => Shape::unknown(),
            Expression::Member { input: before, name, r#type, .. } => {
                let shape = input(self, before)?;
                match r#type {
                    Some(of) if before.is_none() && shape.types.iter().any(|t| r4().is_a(*t, *of)) => shape,
                    Some(of) if before.is_none() && self.strict && !shape.types.is_empty() => {
                        return Err(self.error(format!("the expression is not about `{}`", r4().get(*of).name)));
                    }
                    _ => self.member(&shape, name)?,
                }
            }
            Expression::Typed { input: before, test, r#type } => {
                let shape = input(self, before)?;
                match test {
                    TypeTest::Is => Shape::of(System::Boolean),
                    TypeTest::ReferenceKey => self.key(&shape, "reference")?,
                    TypeTest::As | TypeTest::OfType => {
                        let named = r4().find(&r#type.name).filter(|_| r#type.namespace.as_deref() != Some("System"));
                        Shape { types: named.into_iter().collect(), ..shape }
                    }
                }
            }
            Expression::Sort { input: before, keys } => {
                let shape = input(self, before)?;
                for SortKey { key, .. } in keys {
                    self.consumed(key, &shape.one())?;
                }
                shape
            }
            Expression::At { input: before, index } => {
                let shape = self.walk(before, focus)?;
                self.consumed(index, focus)?;
                self.in_order(&shape)?;
                shape.one()
            }
            Expression::Negative(inner) | Expression::Positive(inner) => self.consumed(inner, focus)?,
            Expression::Binary { operator, left, right } => self.operator(*operator, left, right, focus)?,
            Expression::Call { input: before, function, arguments } => {
                let shape = input(self, before)?;
                self.call(*function, &shape, arguments, focus)?
            }
        })
    }

    fn key(&mut self, shape: &Shape, name: &str) -> Found {
        self.member(&Shape { types: Vec::new(), ..shape.clone() }, name)?;
        Ok(Shape { many: shape.many, ..Shape::of(System::String) })
    }

    fn in_order(&self, shape: &Shape) -> Result<(), SyntaxError> {
        if self.strict && !shape.ordered {
            return Err(self.error("children have no defined order: name the element".to_owned()));
        }
        Ok(())
    }

    fn operator(&mut self, operator: Operator, left: &Expression, right: &Expression, focus: &Shape) -> Found {
        use Operator as O;
        let (a, b) = (self.consumed(left, focus)?, self.consumed(right, focus)?);
        Ok(match operator {
            O::Union => Shape { many: true, ..a.joined(b) },
            O::Multiply | O::Div | O::Mod | O::Add | O::Subtract => {
                let (a, b) = (system_of(&a), system_of(&b));
                Shape::of(if a == b || matches!(a, System::Date | System::DateTime | System::Time) {
                    a
                } else {
                    System::None
                })
            }
            O::Divide => Shape::of(System::Decimal),
            O::Concatenate => Shape::of(System::String),
            _ => Shape::of(System::Boolean),
        })
    }

    fn call(&mut self, function: Function, shape: &Shape, arguments: &[Expression], focus: &Shape) -> Found {
        use Function as F;
        let scoped = matches!(
            function,
            F::Where | F::Select | F::All | F::Exists | F::Repeat | F::RepeatAll | F::Iif | F::Aggregate
        );
        let one = if function == F::Iif && shape.places.is_empty() { focus.clone() } else { shape.one() };
        let scope = if scoped { &one } else { focus };
        match function {
            F::Where | F::All | F::Exists | F::Empty => {
                for argument in arguments {
                    self.consumed(argument, scope)?;
                }
                return Ok(if function == F::Where { shape.clone() } else { Shape::of(System::Boolean) });
            }
            F::Select => {
                let inner = self.walk(&arguments[0], scope)?;
                return Ok(Shape { many: inner.many || shape.many, ..inner });
            }
            F::Iif => {
                self.consumed(&arguments[0], scope)?;
                let yes = self.walk(&arguments[1], scope)?;
                return match arguments.get(2) {
                    Some(otherwise) => Ok(yes.joined(self.walk(otherwise, scope)?)),
                    None => Ok(yes),
                };
            }
            F::Extension => {
                self.consumed(&arguments[0], focus)?;
                let extensions = self.member(&Shape { types: Vec::new(), ..shape.clone() }, "extension")?;
                let typed = Shape { types: r4().find("Extension").into_iter().collect(), ..extensions };
                self.member(&typed, "url")?;
                return Ok(typed);
            }
            F::GetResourceKey => return self.key(shape, "id"),
            F::GetReferenceKey => return self.key(shape, "reference"),
            F::HasValue | F::Count => {
                return Ok(Shape::of(if function == F::Count { System::Integer } else { System::Boolean }));
            }
            F::First | F::Last | F::Single | F::Tail | F::Skip | F::Take => {
                self.in_order(shape)?;
                for argument in arguments {
                    self.consumed(argument, focus)?;
                }
                return Ok(if matches!(function, F::First | F::Last | F::Single) {
                    shape.one()
                } else {
                    shape.clone()
                });
            }
            F::Resolve => self.projection.want_whole(),
            _ => {}
        }
        self.whole(shape);
        let mut results = Vec::new();
        for argument in arguments {
            results.push(self.consumed(argument, scope)?);
        }
        Ok(match function {
            F::Distinct | F::Exclude | F::Intersect | F::Trace => shape.clone(),
            F::Union | F::Combine => Shape { many: true, ..results.into_iter().fold(shape.clone(), Shape::joined) },
            F::Children | F::Descendants => Shape { ordered: false, ..Shape::unknown() },
            F::GetValue | F::Abs | F::LowBoundary | F::HighBoundary | F::Min | F::Max | F::Sum => {
                Shape::of(system_of(shape))
            }
            other => match result(other) {
                Some(system) => Shape { many: matches!(other, F::Split | F::ToChars), ..Shape::of(system) },
                None => Shape::unknown(),
            },
        })
    }
}

/// What the values compute as.
#[must_use]
pub fn system_of(shape: &Shape) -> System {
    match shape.types.as_slice() {
        [one] => r4().get(*one).system,
        [] => shape.system,
        _ => System::None,
    }
}

fn literal_system(literal: &Literal) -> System {
    match literal {
        Literal::Boolean(_) => System::Boolean,
        Literal::String(_) => System::String,
        Literal::Integer(_) | Literal::Long(_) => System::Integer,
        Literal::Decimal(_) => System::Decimal,
        Literal::Quantity(_) => System::Quantity,
        Literal::Temporal(temporal) => match temporal.kind {
            TemporalKind::Date => System::Date,
            TemporalKind::DateTime => System::DateTime,
            TemporalKind::Time => System::Time,
        },
    }
}

fn result(function: Function) -> Option<System> {
    use Function as F;
    Some(match function {
        F::AllTrue
        | F::AnyTrue
        | F::AllFalse
        | F::AnyFalse
        | F::SubsetOf
        | F::SupersetOf
        | F::IsDistinct
        | F::Not
        | F::ConvertsToBoolean
        | F::ConvertsToInteger
        | F::ConvertsToLong
        | F::ConvertsToDate
        | F::ConvertsToDateTime
        | F::ConvertsToDecimal
        | F::ConvertsToQuantity
        | F::ConvertsToText
        | F::ConvertsToTime
        | F::StartsWith
        | F::EndsWith
        | F::Contains
        | F::Matches
        | F::MatchesFull
        | F::ToBoolean
        | F::Comparable
        | F::ConformsTo => System::Boolean,
        F::ToInteger
        | F::ToLong
        | F::IndexOf
        | F::LastIndexOf
        | F::Length
        | F::Ceiling
        | F::Floor
        | F::Truncate
        | F::Precision
        | F::YearOf
        | F::MonthOf
        | F::DayOf
        | F::HourOf
        | F::MinuteOf
        | F::SecondOf
        | F::MillisecondOf => System::Integer,
        F::ToDate | F::Today | F::DateOf => System::Date,
        F::ToDateTime | F::Now => System::DateTime,
        F::ToTime | F::TimeOfDay | F::TimeOf => System::Time,
        F::ToDecimal | F::Exp | F::Ln | F::Log | F::Round | F::Sqrt | F::TimezoneOffsetOf => System::Decimal,
        F::ToQuantity => System::Quantity,
        F::ToText
        | F::Substring
        | F::Upper
        | F::Lower
        | F::Replace
        | F::ReplaceMatches
        | F::ToChars
        | F::Encode
        | F::Decode
        | F::Escape
        | F::Unescape
        | F::Trim
        | F::Split
        | F::Join => System::String,
        _ => return None,
    })
}

/// Names of variables in an expression.
pub(crate) fn variables<'e>(expression: &'e Expression, out: &mut Vec<&'e str>) {
    let mut all = |parts: &[&'e Expression]| parts.iter().for_each(|part| variables(part, out));
    match expression {
        Expression::Variable(name) => out.push(name),
        Expression::Member { input, .. } | Expression::Typed { input, .. } => {
            all(&input.iter().map(AsRef::as_ref).collect::<Vec<_>>());
        }
        Expression::Call { input, arguments, .. } => {
            all(&input.iter().map(AsRef::as_ref).chain(arguments).collect::<Vec<_>>());
        }
        Expression::Sort { input, keys } => {
            all(&input.iter().map(AsRef::as_ref).chain(keys.iter().map(|k| &k.key)).collect::<Vec<_>>());
        }
        Expression::At { input, index } => all(&[input, index]),
        Expression::Negative(inner) | Expression::Positive(inner) => all(&[inner]),
        Expression::Binary { left, right, .. } => all(&[left, right]),
        Expression::Literal(_) | Expression::Empty | Expression::This | Expression::Index | Expression::Total => {}
    }
}
