//! From text to the tree: the grammar of FHIRPath 2.0.0, by precedence.

use super::SyntaxError;
use super::function::Function;
use super::lexer::{Token, tokens};
use super::syntax::{Expression, Literal, Operator, SortKey, TypeName, TypeTest};
use crate::model::{self, LastElement};
use crate::value::decimal::Decimal;
use crate::value::quantity::{Calendar, Quantity, UnitOf};
use crate::value::temporal::Temporal;

/// Longest expression that is read, in bytes.
pub const LONGEST: usize = 64 * 1024;
/// Deepest tree of an expression.
pub const DEEPEST: usize = 160;

pub(crate) fn parse(text: &str) -> Result<Expression, SyntaxError> {
    if text.len() > LONGEST {
        return Err(SyntaxError::new(text, 0, "longer than 64 kB: split the expression"));
    }
    let mut parser = Parser { text, tokens: tokens(text)?, at: 0, depth: 0 };
    let (expression, _) = parser.expression(0)?;
    match parser.peek() {
        Token::End => Ok(expression),
        _ => Err(parser.error("expected an operator or the end")),
    }
}

/// A tree and how deep it is.
type Part = (Expression, usize);

struct Parser<'a> {
    text: &'a str,
    tokens: Vec<(Token<'a>, usize)>,
    at: usize,
    depth: usize,
}

/// Operators that join two expressions: how strongly, `None` for those that take a type.
fn infix(token: &Token<'_>) -> Option<(u8, Option<Operator>)> {
    use Operator as O;
    let word = match token {
        Token::Symbol(symbol) => symbol,
        Token::Name { text, quoted: false } => text.as_ref(),
        _ => return None,
    };
    Some(match word {
        "implies" => (1, Some(O::Implies)),
        "or" => (2, Some(O::Or)),
        "xor" => (2, Some(O::Xor)),
        "and" => (3, Some(O::And)),
        "in" => (4, Some(O::In)),
        "contains" => (4, Some(O::Contains)),
        "=" => (5, Some(O::Equal)),
        "~" => (5, Some(O::Equivalent)),
        "!=" => (5, Some(O::NotEqual)),
        "!~" => (5, Some(O::NotEquivalent)),
        "<=" => (6, Some(O::LessOrEqual)),
        "<" => (6, Some(O::Less)),
        ">" => (6, Some(O::Greater)),
        ">=" => (6, Some(O::GreaterOrEqual)),
        "|" => (7, Some(O::Union)),
        "is" | "as" => (8, None),
        "+" => (9, Some(O::Add)),
        "-" => (9, Some(O::Subtract)),
        "&" => (9, Some(O::Concatenate)),
        "*" => (10, Some(O::Multiply)),
        "/" => (10, Some(O::Divide)),
        "div" => (10, Some(O::Div)),
        "mod" => (10, Some(O::Mod)),
        _ => return None,
    })
}

impl<'a> Parser<'a> {
    fn peek(&self) -> &Token<'a> {
        &self.tokens[self.at].0
    }

    fn advance(&mut self) -> Token<'a> {
        let token = self.tokens[self.at].0.clone();
        self.at = (self.at + 1).min(self.tokens.len() - 1);
        token
    }

    fn eat(&mut self, symbol: &str) -> bool {
        let found = matches!(self.peek(), Token::Symbol(s) if *s == symbol);
        if found {
            self.advance();
        }
        found
    }

    fn expect(&mut self, symbol: &str) -> Result<(), SyntaxError> {
        if self.eat(symbol) { Ok(()) } else { Err(self.error(format!("expected `{symbol}`"))) }
    }

    fn error(&self, message: impl Into<String>) -> SyntaxError {
        SyntaxError::new(self.text, self.tokens[self.at].1, message)
    }

    fn deeper(&self, depth: usize) -> Result<usize, SyntaxError> {
        if depth >= DEEPEST { Err(self.error("the expression is nested too deep: split it")) } else { Ok(depth + 1) }
    }

    fn expression(&mut self, least: u8) -> Result<Part, SyntaxError> {
        self.depth = self.deeper(self.depth)?;
        let (mut left, mut depth) = self.unary()?;
        while let Some((strength, operator)) = infix(self.peek()).filter(|(s, _)| *s > least) {
            self.advance();
            let Some(operator) = operator else {
                let is = matches!(&self.tokens[self.at - 1].0, Token::Name { text, .. } if text == "is");
                let test = if is { TypeTest::Is } else { TypeTest::As };
                left = Expression::Typed { input: Some(Box::new(left)), test, r#type: self.type_name()? };
                depth = self.deeper(depth)?;
                continue;
            };
            let (right, right_depth) = self.expression(strength)?;
            depth = self.deeper(depth.max(right_depth))?;
            left = Expression::Binary { operator, left: Box::new(left), right: Box::new(right) };
        }
        self.depth -= 1;
        Ok((left, depth))
    }

    fn unary(&mut self) -> Result<Part, SyntaxError> {
        let negative = match self.peek() {
            Token::Symbol("-") => true,
            Token::Symbol("+") => false,
            _ => return self.chain(),
        };
        self.advance();
        self.depth = self.deeper(self.depth)?;
        let (inner, depth) = self.unary()?;
        self.depth -= 1;
        let inner = Box::new(inner);
        let expression = if negative { Expression::Negative(inner) } else { Expression::Positive(inner) };
        Ok((expression, self.deeper(depth)?))
    }

    /// A term with what follows it: `.name`, `.function()`, `[index]`.
    fn chain(&mut self) -> Result<Part, SyntaxError> {
        let (mut term, mut depth) = self.term()?;
        loop {
            if self.eat(".") {
                let (next, inner) = self.invocation(Some(Box::new(term)))?;
                (term, depth) = (next, self.deeper(depth.max(inner))?);
            } else if self.eat("[") {
                let (index, inner) = self.expression(0)?;
                self.expect("]")?;
                depth = self.deeper(depth.max(inner))?;
                term = Expression::At { input: Box::new(term), index: Box::new(index) };
            } else {
                return Ok((term, depth));
            }
        }
    }

    fn term(&mut self) -> Result<Part, SyntaxError> {
        let literal = match self.peek().clone() {
            Token::Symbol("(") => {
                self.advance();
                let inner = self.expression(0)?;
                self.expect(")")?;
                return Ok(inner);
            }
            Token::Symbol("{") => {
                self.advance();
                self.expect("}")?;
                return Ok((Expression::Empty, 1));
            }
            Token::Variable(name) => {
                self.advance();
                return Ok((Expression::Variable(name.into()), 1));
            }
            Token::Name { text, quoted: false } if text == "true" || text == "false" => {
                Literal::Boolean(text == "true")
            }
            Token::Name { .. } | Token::Special(_) => return self.invocation(None),
            Token::String(text) => Literal::String(text),
            Token::Integer(digits) => match digits.parse::<i32>() {
                Ok(number) => return self.quantity(Literal::Integer(number.into()), digits),
                Err(_) => {
                    return Err(
                        self.error(format!("`{digits}` is beyond 2147483647: write `{digits}L` or `{digits}.0`"))
                    );
                }
            },
            Token::Long(digits) => {
                let number = digits.parse().map_err(|_| self.error(format!("`{digits}` is beyond 64 bits")))?;
                Literal::Long(number)
            }
            Token::Decimal(digits) => {
                let number = Decimal::parse(digits).ok_or_else(|| self.error("more than 38 digits"))?;
                return self.quantity(Literal::Decimal(number), digits);
            }
            Token::Date(text) => self.temporal(Temporal::parse_date(text), text)?,
            Token::DateTime(text) => self.temporal(Temporal::parse_date_time(text), text)?,
            Token::Time(text) => self.temporal(Temporal::parse_time(text), text)?,
            Token::End => return Err(self.error("the expression ends where a value is expected")),
            Token::Symbol(symbol) => return Err(self.error(format!("expected a value, not `{symbol}`"))),
        };
        self.advance();
        Ok((Expression::Literal(literal), 1))
    }

    fn temporal(&self, value: Option<Temporal>, text: &str) -> Result<Literal, SyntaxError> {
        value.map(Literal::Temporal).ok_or_else(|| self.error(format!("`@{text}` is no date or time that exists")))
    }

    /// A number, and the unit after it where there is one.
    fn quantity(&mut self, number: Literal, digits: &str) -> Result<Part, SyntaxError> {
        self.advance();
        let unit = match self.peek() {
            Token::String(code) => Some(UnitOf::Ucum(code.clone().into())),
            Token::Name { text, quoted: false } => Calendar::parse(text).map(UnitOf::Calendar),
            _ => None,
        };
        let Some(unit) = unit else { return Ok((Expression::Literal(number), 1)) };
        self.advance();
        let value = Decimal::parse(digits).ok_or_else(|| self.error("more than 38 digits"))?;
        Ok((Expression::Literal(Literal::Quantity(Quantity { value, unit })), 1))
    }

    fn invocation(&mut self, input: Option<Box<Expression>>) -> Result<Part, SyntaxError> {
        let start = self.at;
        match self.advance() {
            Token::Special(word) => Ok((
                match word {
                    "this" => Expression::This,
                    "index" => Expression::Index,
                    _ => Expression::Total,
                },
                1,
            )),
            Token::Name { text, quoted } => {
                if !quoted && self.eat("(") {
                    return self.call(input, &text, start);
                }
                if !quoted
                    && matches!(text.as_ref(), "div" | "mod" | "and" | "or" | "xor" | "implies" | "true" | "false")
                {
                    self.at = start;
                    return Err(self.error(format!("`{text}` is a keyword: quote it as `` `{text}` ``")));
                }
                let r#type = if input.is_none() { model::r4().find(&text) } else { None };
                Ok((Expression::Member { input, name: text.into(), r#type, last: LastElement::default() }, 1))
            }
            _ => {
                self.at = start;
                Err(self.error("expected the name of an element or function"))
            }
        }
    }

    fn call(&mut self, input: Option<Box<Expression>>, name: &str, start: usize) -> Result<Part, SyntaxError> {
        if let Some(test) = type_test(name) {
            let bare = test == TypeTest::ReferenceKey && matches!(self.peek(), Token::Symbol(")"));
            if !bare {
                let r#type = self.type_name()?;
                self.expect(")")?;
                return Ok((Expression::Typed { input, test, r#type }, 1));
            }
        }
        if name == "sort" {
            return self.sort(input);
        }
        let Some(function) = Function::find(name) else {
            self.at = start;
            let near = Function::nearest(name).map_or(String::new(), |n| format!(": did you mean `{n}()`?"));
            return Err(self.error(format!("no function `{name}()`{near}")));
        };
        let mut arguments = Vec::new();
        let mut depth = 1;
        if !self.eat(")") {
            loop {
                let (argument, inner) = self.expression(0)?;
                depth = depth.max(self.deeper(inner)?);
                arguments.push(argument);
                if self.eat(")") {
                    break;
                }
                if !self.eat(",") {
                    return Err(self.error("expected `,` or `)` after an argument"));
                }
            }
        }
        let (least, most) = function.arguments();
        if arguments.len() < least || arguments.len() > most {
            self.at = start;
            let number = if least == most { least.to_string() } else { format!("{least} to {most}") };
            return Err(self.error(format!("`{name}()` takes {number} arguments, not {}", arguments.len())));
        }
        Ok((Expression::Call { input, function, arguments }, depth))
    }

    fn sort(&mut self, input: Option<Box<Expression>>) -> Result<Part, SyntaxError> {
        let mut keys = Vec::new();
        let mut depth = 1;
        while !self.eat(")") {
            if !keys.is_empty() {
                self.expect(",")?;
            }
            let (key, inner) = self.expression(0)?;
            depth = depth.max(self.deeper(inner)?);
            let word = match self.peek() {
                Token::Name { text, quoted: false } if text == "asc" || text == "desc" => Some(text == "desc"),
                _ => None,
            };
            if word.is_some() {
                self.advance();
            }
            // `-key` sorts downwards, for texts and dates too.
            let (key, negated) = match key {
                Expression::Negative(key) => (*key, true),
                key => (key, false),
            };
            keys.push(SortKey { key, negated, descending: word.unwrap_or(false) });
        }
        Ok((Expression::Sort { input, keys }, depth))
    }

    fn type_name(&mut self) -> Result<TypeName, SyntaxError> {
        let mut words = Vec::new();
        let parenthesised = self.eat("(");
        loop {
            let here = self.at;
            match self.advance() {
                Token::Name { text, .. } => words.push(text.into_owned()),
                _ => {
                    self.at = here;
                    return Err(self.error("expected the name of a type such as `Quantity` or `System.String`"));
                }
            }
            if !self.eat(".") {
                break;
            }
        }
        if parenthesised {
            self.expect(")")?;
        }
        let namespace = (words.len() > 1 && (words[0] == "System" || words[0] == "FHIR")).then(|| words.remove(0));
        Ok(TypeName { namespace, name: words.join(".") })
    }
}

fn type_test(name: &str) -> Option<TypeTest> {
    Some(match name {
        "is" => TypeTest::Is,
        "as" => TypeTest::As,
        "ofType" => TypeTest::OfType,
        "getReferenceKey" => TypeTest::ReferenceKey,
        _ => return None,
    })
}
