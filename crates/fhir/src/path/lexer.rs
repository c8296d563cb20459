//! Words of an expression.

use super::SyntaxError;
use std::borrow::Cow;

/// A word of an expression.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token<'a> {
    /// A name; `quoted` where it stood in backquotes and so is never a keyword.
    Name {
        text: Cow<'a, str>,
        quoted: bool,
    },
    String(String),
    Integer(&'a str),
    Long(&'a str),
    Decimal(&'a str),
    /// After `@`, with its own text.
    Date(&'a str),
    DateTime(&'a str),
    Time(&'a str),
    /// `$this`, `$index`, `$total`.
    Special(&'a str),
    /// `%name`.
    Variable(String),
    Symbol(&'static str),
    End,
}

const SYMBOLS: [&str; 24] = [
    "<=", ">=", "!=", "!~", "(", ")", "[", "]", "{", "}", ".", ",", "+", "-", "*", "/", "&", "|", "<", ">", "=", "~",
    ":", "%",
];

/// All tokens with the byte at which each begins; the last is the end.
pub(super) fn tokens(text: &str) -> Result<Vec<(Token<'_>, usize)>, SyntaxError> {
    let mut lexer = Lexer { text, at: 0 };
    let mut out = Vec::new();
    loop {
        lexer.space()?;
        let start = lexer.at;
        let token = lexer.next()?;
        let end = token == Token::End;
        out.push((token, start));
        if end {
            return Ok(out);
        }
    }
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Lexer<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn error(&self, message: impl Into<String>) -> SyntaxError {
        SyntaxError::new(self.text, self.at, message)
    }

    fn take(&mut self, length: usize) -> &'a str {
        let part = &self.rest()[..length];
        self.at += length;
        part
    }

    fn space(&mut self) -> Result<(), SyntaxError> {
        loop {
            let rest = self.rest();
            let trimmed = rest.trim_start_matches([' ', '\t', '\r', '\n']);
            self.at += rest.len() - trimmed.len();
            if let Some(comment) = trimmed.strip_prefix("/*") {
                let Some(end) = comment.find("*/") else { return Err(self.error("a comment is not closed: add `*/`")) };
                self.at += end + 4;
            } else if trimmed.starts_with("//") {
                self.at += trimmed.find('\n').unwrap_or(trimmed.len());
            } else {
                return Ok(());
            }
        }
    }

    fn next(&mut self) -> Result<Token<'a>, SyntaxError> {
        let rest = self.rest();
        let Some(first) = rest.chars().next() else { return Ok(Token::End) };
        match first {
            '\'' => self.quoted('\'').map(Token::String),
            '`' => Ok(Token::Name { text: Cow::Owned(self.quoted('`')?), quoted: true }),
            '@' => self.temporal(),
            '$' => {
                let word = ["$this", "$index", "$total"].into_iter().find(|w| rest.starts_with(w));
                let word = word.ok_or_else(|| self.error("expected `$this`, `$index` or `$total`"))?;
                Ok(Token::Special(&self.take(word.len())[1..]))
            }
            '%' => {
                self.at += 1;
                match self.rest().chars().next() {
                    Some('`') => self.quoted('`').map(Token::Variable),
                    Some('\'') => self.quoted('\'').map(Token::Variable),
                    Some(c) if is_name_start(c) => Ok(Token::Variable(self.name().to_owned())),
                    _ => Err(self.error("expected the name of a variable after `%`")),
                }
            }
            '0'..='9' => Ok(self.number()),
            c if is_name_start(c) => Ok(Token::Name { text: Cow::Borrowed(self.name()), quoted: false }),
            _ => {
                let symbol = SYMBOLS.iter().find(|s| rest.starts_with(**s));
                let symbol = symbol.ok_or_else(|| self.error(format!("`{first}` has no meaning here")))?;
                self.at += symbol.len();
                Ok(Token::Symbol(symbol))
            }
        }
    }

    fn name(&mut self) -> &'a str {
        let rest = self.rest();
        let length = rest.find(|c: char| !is_name_start(c) && !c.is_ascii_digit()).unwrap_or(rest.len());
        self.take(length)
    }

    fn digits(&self, from: usize) -> usize {
        self.rest()[from..].bytes().take_while(u8::is_ascii_digit).count()
    }

    fn number(&mut self) -> Token<'a> {
        let whole = self.digits(0);
        let rest = &self.rest()[whole..];
        if rest.starts_with('.') && self.digits(whole + 1) > 0 {
            return Token::Decimal(self.take(whole + 1 + self.digits(whole + 1)));
        }
        if rest.starts_with('L') {
            let digits = self.take(whole);
            self.at += 1;
            return Token::Long(digits);
        }
        Token::Integer(self.take(whole))
    }

    fn temporal(&mut self) -> Result<Token<'a>, SyntaxError> {
        self.at += 1;
        let rest = self.rest();
        if let Some(time) = rest.strip_prefix('T') {
            let length = clock_length(time);
            if length == 0 {
                return Err(self.error("expected a time of day such as `@T14:30`"));
            }
            if time[length..].starts_with('Z') || is_offset(&time[length..]) {
                return Err(self.error("a time of day has no offset: leave it out, or write a date and time"));
            }
            self.at += 1;
            return Ok(Token::Time(self.take(length)));
        }
        let date = date_length(rest);
        if date == 0 {
            return Err(self.error("expected a date such as `@2014-03-01` or a time such as `@T14:30`"));
        }
        if !rest[date..].starts_with('T') {
            return Ok(Token::Date(self.take(date)));
        }
        let clock = clock_length(&rest[date + 1..]);
        let end = date + 1 + clock;
        let offset = match &rest[end..] {
            _ if clock == 0 => 0,
            tail if tail.starts_with('Z') => 1,
            tail if is_offset(tail) => 6,
            _ => 0,
        };
        Ok(Token::DateTime(self.take(end + offset)))
    }

    fn quoted(&mut self, quote: char) -> Result<String, SyntaxError> {
        let start = self.at;
        let mut out = String::new();
        let mut chars = self.rest()[1..].char_indices();
        while let Some((at, c)) = chars.next() {
            if c == quote {
                self.at = start + 1 + at + c.len_utf8();
                return Ok(out);
            }
            if c != '\\' {
                out.push(c);
                continue;
            }
            match chars.next().map(|(_, c)| c) {
                Some('n') => out.push('\n'),
                Some('r') => out.push('\r'),
                Some('t') => out.push('\t'),
                Some('f') => out.push('\u{c}'),
                Some('u') => {
                    let hex: String = chars.by_ref().take(4).map(|(_, c)| c).collect();
                    let point = u32::from_str_radix(&hex, 16).ok().filter(|_| hex.len() == 4).and_then(char::from_u32);
                    out.push(point.ok_or_else(|| self.error("`\\u` wants four hexadecimal digits of a character"))?);
                }
                Some(c @ ('\'' | '"' | '`' | '\\' | '/')) => out.push(c),
                Some(c) => return Err(self.error(format!("`\\{c}` is no escape: write `\\\\{c}`"))),
                None => break,
            }
        }
        Err(self.error(format!("the text is not closed: add `{quote}`")))
    }
}

fn is_name_start(c: char) -> bool {
    c.is_ascii_alphabetic() || c == '_'
}

fn matches_pattern(text: &str, pattern: &str) -> bool {
    text.len() >= pattern.len()
        && pattern.bytes().zip(text.bytes()).all(|(p, t)| if p == b'0' { t.is_ascii_digit() } else { p == t })
}

fn date_length(text: &str) -> usize {
    ["0000-00-00", "0000-00", "0000"].into_iter().find(|p| matches_pattern(text, p)).map_or(0, str::len)
}

fn clock_length(text: &str) -> usize {
    let length = ["00:00:00", "00:00", "00"].into_iter().find(|p| matches_pattern(text, p)).map_or(0, str::len);
    if length < 8 || !text[8..].starts_with('.') {
        return length;
    }
    match text[9..].bytes().take_while(u8::is_ascii_digit).count() {
        0 => length,
        digits => 9 + digits,
    }
}

fn is_offset(text: &str) -> bool {
    matches_pattern(text, "+00:00") || matches_pattern(text, "-00:00")
}
