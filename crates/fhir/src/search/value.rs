//! Values that a search asks for, and whether an element has one.

use super::SearchError;
use super::parameters::ParameterKind;
use crate::json::{Json, Kind, Node};
use crate::record::{each, text};
use crate::value::decimal::{self, Decimal};
use crate::value::temporal::Temporal;
use std::cmp::Ordering;

/// One of the values that a term asks for.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Wanted {
    /// A system that may be any, one, or must be none; and a code, empty for any code of the system.
    Token {
        system: Option<String>,
        code: String,
    },
    /// First and last second of what was written.
    Date {
        prefix: Prefix,
        first: i64,
        last: i64,
    },
    Reference(String),
    Quantity {
        prefix: Prefix,
        number: Decimal,
        system: String,
        code: String,
    },
    Uri(String),
}

/// How an ordered value is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Prefix {
    Eq,
    Ne,
    Gt,
    Ge,
    Lt,
    Le,
    /// Starts after.
    Sa,
    /// Ends before.
    Eb,
}

impl Wanted {
    pub(super) fn read(kind: ParameterKind, written: &str) -> Result<Self, SearchError> {
        match kind {
            ParameterKind::Token => {
                let parts = parts(written, '|');
                let [first, rest @ ..] = parts.as_slice() else { return Err(SearchError::new("a token is empty")) };
                Ok(match rest {
                    [] => Self::Token { system: None, code: first.clone() },
                    rest => Self::Token { system: Some(first.clone()), code: rest.join("|") },
                })
            }
            ParameterKind::Date => {
                let (prefix, date) = prefix(written);
                let wrong = || {
                    SearchError::new(
                        "a date is a FHIR date, perhaps after eq, ne, ge, gt, le, lt, sa or eb: `ge2024-01`",
                    )
                };
                let (first, last) = Temporal::parse_date_time(date).ok_or_else(wrong)?.seconds();
                Ok(Self::Date { prefix: prefix.ok_or_else(wrong)?, first, last })
            }
            ParameterKind::Quantity => {
                let parts = parts(written, '|');
                let wrong =
                    || SearchError::new("a quantity is a number, or `5.4|system|code`, perhaps after ge, gt, …");
                let (prefix, number) = prefix(parts.first().map_or("", String::as_str));
                let number = Decimal::parse(number).ok_or_else(wrong)?;
                let part = |at: usize| parts.get(at).cloned().unwrap_or_default();
                Ok(Self::Quantity { prefix: prefix.ok_or_else(wrong)?, number, system: part(1), code: part(2) })
            }
            ParameterKind::Reference => Ok(Self::Reference(unescaped(written))),
            ParameterKind::Uri => Ok(Self::Uri(unescaped(written))),
        }
    }

    /// Whether an element has the value.
    pub(super) fn is(&self, json: Json<'_>, node: Node) -> bool {
        match self {
            Self::Token { system, code } => has_token(json, node, system.as_deref(), code),
            Self::Date { prefix, first, last } => {
                seconds(json, node).is_some_and(|found| prefix.holds_between(found, (*first, *last)))
            }
            Self::Reference(wanted) => {
                let reference = text(json, node, "reference");
                let found = reference.split_once("/_history/").map_or(reference.as_ref(), |(before, _)| before);
                let ends = |tail: &str| found.strip_suffix(tail).is_some_and(|head| head.ends_with('/'));
                !found.is_empty() && (found == wanted || ends(wanted))
            }
            Self::Quantity { prefix, number, system, code } => {
                let value = json.member(node, "value").and_then(|value| Decimal::parse(json.raw(value)));
                let is_unit = code.is_empty()
                    || (text(json, node, "code") == *code
                        && (system.is_empty() || text(json, node, "system") == *system))
                    || (system.is_empty() && text(json, node, "unit") == *code);
                is_unit && value.is_some_and(|value| prefix.holds(value, *number))
            }
            Self::Uri(wanted) => json.string(node).is_some_and(|found| {
                found == *wanted || found.split_once('|').is_some_and(|(address, _)| address == wanted)
            }),
        }
    }
}

impl Prefix {
    /// A period that was found against one that was asked for: FHIR R4, 3.1.1.5.7.
    const fn holds_between(self, (starts, ends): (i64, i64), (first, last): (i64, i64)) -> bool {
        match self {
            Self::Eq => first <= starts && ends <= last,
            Self::Ne => !(first <= starts && ends <= last),
            Self::Gt => ends > last,
            Self::Ge => ends >= first,
            Self::Lt => starts < first,
            Self::Le => starts <= last,
            Self::Sa => starts > last,
            Self::Eb => ends < first,
        }
    }

    /// A number that was found against one that was asked for, which means half a unit of its last digit either way.
    fn holds(self, found: Decimal, asked: Decimal) -> bool {
        let half = Decimal::new(5, asked.scale() + 1);
        let within = || {
            let (least, most) = (asked.minus(half), asked.plus(half));
            least.is_some_and(|least| decimal::compare(found, least) != Ordering::Less)
                && most.is_some_and(|most| decimal::compare(found, most) == Ordering::Less)
        };
        match (self, decimal::compare(found, asked)) {
            (Self::Eq, _) => within(),
            (Self::Ne, _) => !within(),
            (Self::Gt | Self::Sa, order) => order == Ordering::Greater,
            (Self::Ge, order) => order != Ordering::Less,
            (Self::Lt | Self::Eb, order) => order == Ordering::Less,
            (Self::Le, order) => order != Ordering::Greater,
        }
    }
}

fn prefix(written: &str) -> (Option<Prefix>, &str) {
    let split = written.find(|c: char| !c.is_ascii_lowercase()).unwrap_or(written.len());
    let (word, rest) = written.split_at(split);
    let prefix = match word {
        "" | "eq" => Prefix::Eq,
        "ne" => Prefix::Ne,
        "gt" => Prefix::Gt,
        "ge" => Prefix::Ge,
        "lt" => Prefix::Lt,
        "le" => Prefix::Le,
        "sa" => Prefix::Sa,
        "eb" => Prefix::Eb,
        _ => return (None, rest),
    };
    (Some(prefix), rest)
}

/// Systems of the codes that FHIR itself defines, which stand in a resource without one.
const OF_FHIR: &str = "http://hl7.org/fhir/";

fn has_token(json: Json<'_>, node: Node, system: Option<&str>, code: &str) -> bool {
    let fits = |found_system: &str, found: &str| {
        (code.is_empty() || found == code) && system.is_none_or(|system| found_system == system)
    };
    match json.kind(node) {
        Kind::Object if json.member(node, "coding").is_some() => {
            each(json, node, "coding").any(|coding| fits(&text(json, coding, "system"), &text(json, coding, "code")))
        }
        // An Identifier has a value, a Coding a code.
        Kind::Object => {
            let found = json.member_string(node, "value").unwrap_or_else(|| text(json, node, "code"));
            !found.is_empty() && fits(&text(json, node, "system"), &found)
        }
        Kind::String => {
            let of_fhir = system.is_none_or(|system| system.is_empty() || system.starts_with(OF_FHIR));
            of_fhir && json.string(node).is_some_and(|found| code.is_empty() || found == code)
        }
        Kind::True | Kind::False => json.raw(node) == code,
        _ => false,
    }
}

/// First and last second that a date, a moment or a period may mean; what has no end runs on, what has no beginning was
/// always.
pub(super) fn seconds(json: Json<'_>, node: Node) -> Option<(i64, i64)> {
    let moment = |written: &str| Temporal::parse_date_time(written).map(Temporal::seconds);
    match json.kind(node) {
        Kind::String => moment(&json.string(node)?),
        Kind::Object => {
            let end = |name: &str| {
                let written = text(json, node, name);
                if written.is_empty() { Ok(None) } else { moment(&written).map(Some).ok_or(()) }
            };
            match (end("start").ok()?, end("end").ok()?) {
                (None, None) => None,
                (start, end) => Some((start.map_or(i64::MIN, |s| s.0), end.map_or(i64::MAX, |e| e.1))),
            }
        }
        _ => None,
    }
}

/// The parts between separators that are not escaped, their escapes kept in all but the separator.
pub(super) fn split(written: &str, separator: char) -> Vec<String> {
    let (mut parts, mut part, mut escaped) = (Vec::new(), String::new(), false);
    for c in written.chars() {
        match (escaped, c) {
            (false, '\\') => escaped = true,
            (false, c) if c == separator => parts.push(std::mem::take(&mut part)),
            (true, c) => {
                part.push('\\');
                part.push(c);
                escaped = false;
            }
            (false, c) => part.push(c),
        }
    }
    if escaped {
        part.push('\\');
    }
    parts.push(part);
    parts
}

fn parts(written: &str, separator: char) -> Vec<String> {
    split(written, separator).iter().map(|part| unescaped(part)).collect()
}

/// FHIR escapes `,`, `|`, `$` and the backslash with a backslash.
fn unescaped(written: &str) -> String {
    let (mut out, mut escaped) = (String::with_capacity(written.len()), false);
    for c in written.chars() {
        if c == '\\' && !escaped {
            escaped = true;
            continue;
        }
        out.push(c);
        escaped = false;
    }
    out
}

impl Wanted {
    /// Whether a time that was found is the one that was asked for.
    pub(super) fn is_between(&self, found: (i64, i64)) -> bool {
        match self {
            Self::Date { prefix, first, last } => prefix.holds_between(found, (*first, *last)),
            _ => false,
        }
    }
}
