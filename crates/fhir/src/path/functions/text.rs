//! Texts.

use super::Computed;
use crate::path::evaluate::{Context, EvaluationError, Scope, Values};
use crate::path::function::Function;
use crate::path::syntax::Expression;
use crate::path::value::Value;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use regex::{Regex, RegexBuilder};
use std::borrow::Cow;

/// Largest compiled regular expression, in bytes.
const LARGEST_REGEX: usize = 1 << 20;

impl<'a> Context<'a> {
    fn text_argument(
        &self,
        function: Function,
        arguments: &'a [Expression],
        at: usize,
        scope: &Scope<'_, 'a>,
    ) -> Result<Option<Cow<'a, str>>, EvaluationError> {
        let Some(argument) = arguments.get(at) else { return Ok(None) };
        self.text(&self.collect(argument, scope)?, function.name())
    }

    pub(super) fn of_text(
        &self,
        function: Function,
        input: &[Value<'a>],
        arguments: &'a [Expression],
        scope: &Scope<'_, 'a>,
    ) -> Computed<'a> {
        use Function as F;
        let Some(text) = self.text(input, function.name())? else { return Ok(None) };
        let length = |part: &str| Value::Integer(i64::try_from(part.chars().count()).unwrap_or(i64::MAX));
        match function {
            F::Upper => return Ok(Some(Value::text(text.to_uppercase()))),
            F::Lower => return Ok(Some(Value::text(text.to_lowercase()))),
            F::Length => return Ok(Some(length(&text))),
            F::Trim => return Ok(Some(Value::text(text.trim().to_owned()))),
            F::Substring => return self.substring(&text, arguments, scope),
            _ => {}
        }
        let Some(first) = self.text_argument(function, arguments, 0, scope)? else { return Ok(None) };
        let place = |at: Option<usize>| at.map_or(Value::Integer(-1), |at| length(&text[..at]));
        Ok(Some(match function {
            F::IndexOf => place(text.find(first.as_ref())),
            F::LastIndexOf => place(text.rfind(first.as_ref())),
            F::StartsWith => Value::Boolean(text.starts_with(first.as_ref())),
            F::EndsWith => Value::Boolean(text.ends_with(first.as_ref())),
            F::Contains => Value::Boolean(text.contains(first.as_ref())),
            F::Matches | F::MatchesFull => {
                let flags = self.text_argument(function, arguments, 1, scope)?.unwrap_or_default();
                let pattern = if function == F::MatchesFull { Cow::Owned(format!("^(?:{first})$")) } else { first };
                Value::Boolean(regex(&pattern, &flags)?.is_match(&text))
            }
            F::Replace => {
                let Some(by) = self.text_argument(function, arguments, 1, scope)? else { return Ok(None) };
                Value::text(text.replace(first.as_ref(), &by))
            }
            F::ReplaceMatches => {
                let Some(by) = self.text_argument(function, arguments, 1, scope)? else { return Ok(None) };
                let flags = self.text_argument(function, arguments, 2, scope)?.unwrap_or_default();
                if first.is_empty() {
                    return Ok(Some(Value::String(text)));
                }
                Value::text(regex(&first, &flags)?.replace_all(&text, by.as_ref()).into_owned())
            }
            F::Encode => Value::text(encode(&text, &first)?),
            F::Decode => return Ok(decode(&text, &first)?.map(Value::text)),
            F::Escape => Value::text(escape(&text, &first)?),
            _ => Value::text(unescape(&text, &first)?),
        }))
    }

    fn substring(&self, text: &str, arguments: &'a [Expression], scope: &Scope<'_, 'a>) -> Computed<'a> {
        let number = |at: usize| -> Result<Option<i64>, EvaluationError> {
            let Some(argument) = arguments.get(at) else { return Ok(None) };
            self.integer(&self.collect(argument, scope)?, "substring")
        };
        let Some(start) = number(0)? else { return Ok(None) };
        let Some(start) = usize::try_from(start).ok().filter(|s| *s < text.chars().count()) else { return Ok(None) };
        let most = number(1)?.map_or(usize::MAX, |n| usize::try_from(n).unwrap_or(0));
        Ok(Some(Value::text(text.chars().skip(start).take(most).collect::<String>())))
    }

    pub(super) fn text_parts(
        &self,
        function: Function,
        input: &[Value<'a>],
        arguments: &'a [Expression],
        scope: &Scope<'_, 'a>,
    ) -> Result<Values<'a>, EvaluationError> {
        let Some(text) = self.text(input, function.name())? else { return Ok(Vec::new()) };
        if function == Function::ToChars {
            return Ok(text.chars().map(|c| Value::text(c.to_string())).collect());
        }
        let Some(separator) = self.text_argument(function, arguments, 0, scope)? else { return Ok(Vec::new()) };
        if separator.is_empty() {
            return Ok(vec![Value::String(text)]);
        }
        Ok(text.split(separator.as_ref()).map(|part| Value::text(part.to_owned())).collect())
    }

    pub(super) fn join(&self, input: &[Value<'a>], arguments: &'a [Expression], scope: &Scope<'_, 'a>) -> Computed<'a> {
        let separator = self.text_argument(Function::Join, arguments, 0, scope)?.unwrap_or_default();
        let mut parts = Vec::with_capacity(input.len());
        for value in input {
            parts.extend(self.text(std::slice::from_ref(value), "join")?);
        }
        // Nothing joins to an empty text, as the tests of SQL on FHIR have it.
        Ok(Some(Value::text(parts.join(separator.as_ref()))))
    }
}

/// A dot matches a line end too; matching takes time linear in the text.
fn regex(pattern: &str, flags: &str) -> Result<Regex, EvaluationError> {
    let mut builder = RegexBuilder::new(pattern);
    builder.dot_matches_new_line(true).size_limit(LARGEST_REGEX);
    for flag in flags.chars() {
        match flag {
            'i' => builder.case_insensitive(true),
            'm' => builder.multi_line(true),
            other => return Err(EvaluationError::new(format!("no flag `{other}`: there are `i` and `m`"))),
        };
    }
    builder.build().map_err(|_| EvaluationError::new("a pattern is no regular expression, or one too large"))
}

fn encode(text: &str, format: &str) -> Result<String, EvaluationError> {
    match format {
        "base64" => Ok(STANDARD.encode(text)),
        "urlbase64" => Ok(URL_SAFE.encode(text)),
        "hex" => Ok(text.bytes().map(|b| format!("{b:02x}")).collect()),
        _ => Err(EvaluationError::new("no such format: there are `base64`, `urlbase64` and `hex`")),
    }
}

fn decode(text: &str, format: &str) -> Result<Option<String>, EvaluationError> {
    let bytes = match format {
        "base64" => STANDARD.decode(text).ok(),
        "urlbase64" => URL_SAFE.decode(text).ok(),
        "hex" => {
            let digits = text.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).ok().filter(|p| p.len() == 2));
            digits.map(|pair| u8::from_str_radix(pair?, 16).ok()).collect()
        }
        _ => return Err(EvaluationError::new("no such format: there are `base64`, `urlbase64` and `hex`")),
    };
    Ok(bytes.and_then(|b| String::from_utf8(b).ok()))
}

const HTML: [(&str, &str); 5] = [("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\"", "&quot;"), ("'", "&#39;")];

fn escape(text: &str, target: &str) -> Result<String, EvaluationError> {
    match target {
        "html" => Ok(HTML.iter().fold(text.to_owned(), |text, (plain, escaped)| text.replace(plain, escaped))),
        "json" => {
            let quoted = serde_json::to_string(text).unwrap_or_default();
            Ok(quoted[1..quoted.len() - 1].to_owned())
        }
        _ => Err(EvaluationError::new("no such target: there are `html` and `json`")),
    }
}

fn unescape(text: &str, target: &str) -> Result<String, EvaluationError> {
    match target {
        "html" => Ok(HTML.iter().rev().fold(text.to_owned(), |text, (plain, escaped)| text.replace(escaped, plain))),
        "json" => serde_json::from_str(&format!("\"{text}\"")).or_else(|_| Ok(text.to_owned())),
        _ => Err(EvaluationError::new("no such target: there are `html` and `json`")),
    }
}
