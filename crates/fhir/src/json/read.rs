//! Reading text onto a tape.

use super::{Kind, Node, Projection, Slot};

/// Deepest nesting that is read.
pub const DEEPEST: usize = 128;

/// Why a text is not read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message} at line {line}, column {column}")]
pub struct JsonError {
    /// What is wrong and what was expected.
    pub message: &'static str,
    /// From 1.
    pub line: usize,
    /// Characters from 1.
    pub column: usize,
    /// Bytes before it.
    pub offset: usize,
}

pub(super) fn fill(slots: &mut Vec<Slot>, text: &str, projection: &Projection) -> Result<(), JsonError> {
    slots.clear();
    if u32::try_from(text.len()).is_err() {
        return Err(JsonError { message: "the text is longer than 4 GB: split it", line: 1, column: 1, offset: 0 });
    }
    let mut reader = Reader { source: text, text: text.as_bytes(), at: 0, slots };
    let outcome = reader.document(projection);
    let at = reader.at.min(text.len());
    outcome.map_err(|message| located(text, at, message))
}

fn located(text: &str, at: usize, message: &'static str) -> JsonError {
    let before = &text.as_bytes()[..at];
    let line = before.iter().filter(|b| **b == b'\n').count() + 1;
    let start = before.iter().rposition(|b| *b == b'\n').map_or(0, |n| n + 1);
    let column = before[start..].iter().filter(|b| **b & 0xC0 != 0x80).count() + 1;
    JsonError { message, line, column, offset: at }
}

type Read<T> = Result<T, &'static str>;

const END: &str = "the text ends in the middle of a value: it was cut";
const DEEP: &str = "nested deeper than 128 levels: no resource is";

struct Reader<'a, 'b> {
    source: &'a str,
    text: &'a [u8],
    at: usize,
    slots: &'b mut Vec<Slot>,
}

impl Reader<'_, '_> {
    fn document(&mut self, projection: &Projection) -> Read<()> {
        self.space();
        self.value((0, 0), projection, 0)?;
        self.space();
        if self.at < self.text.len() { Err("something follows the value: one text holds one value") } else { Ok(()) }
    }

    #[inline]
    fn space(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.text.get(self.at) {
            self.at += 1;
        }
    }

    fn value(&mut self, key: (u32, u32), wanted: &Projection, depth: usize) -> Read<()> {
        let here = self.slots.len();
        let start = self.at;
        let Some(first) = self.text.get(start) else { return Err(END) };
        let (mut kind, mut from, mut escaped) = (Kind::Null, start, false);
        let to;
        match first {
            b'"' => {
                kind = Kind::String;
                (from, to, escaped) = self.string()?;
            }
            b'{' | b'[' => {
                self.push(key, start);
                let object = *first == b'{';
                if object {
                    self.members(wanted, depth + 1)?
                } else {
                    self.items(wanted, depth + 1)?
                }
                let next = self.slots.len() as Node;
                let slot = &mut self.slots[here];
                slot.next = next;
                slot.end = self.at as u32;
                slot.kind = if object { Kind::Object } else { Kind::Array };
                return Ok(());
            }
            b't' => {
                kind = Kind::True;
                to = self.word(b"true")?;
            }
            b'f' => {
                kind = Kind::False;
                to = self.word(b"false")?;
            }
            b'n' => to = self.word(b"null")?,
            b'-' | b'0'..=b'9' => {
                kind = Kind::Number;
                to = self.number()?;
            }
            _ => return Err("expected a value"),
        }
        let (key_start, key_end) = key;
        let next = here as Node + 1;
        self.slots.push(Slot { start: from as u32, end: to as u32, key_start, key_end, next, kind, escaped });
        Ok(())
    }

    fn push(&mut self, (key_start, key_end): (u32, u32), start: usize) {
        let start = start as u32;
        let slot = Slot { start, end: start, key_start, key_end, next: 0, kind: Kind::Object, escaped: false };
        self.slots.push(slot);
    }

    fn members(&mut self, wanted: &Projection, depth: usize) -> Read<()> {
        if depth > DEEPEST {
            return Err(DEEP);
        }
        self.at += 1;
        self.space();
        if self.text.get(self.at) == Some(&b'}') {
            self.at += 1;
            return Ok(());
        }
        loop {
            if self.text.get(self.at) != Some(&b'"') {
                return Err(if self.at < self.text.len() {
                    "expected the name of a member in double quotes"
                } else {
                    END
                });
            }
            let (from, to, escaped) = self.string()?;
            self.space();
            self.expect(b':', "expected `:` after the name of a member")?;
            self.space();
            match self.projected(wanted, from, to, escaped) {
                Some(inner) => self.value((from as u32, to as u32), inner, depth)?,
                None => self.skip(depth)?,
            }
            self.space();
            match self.text.get(self.at) {
                Some(b',') => self.at += 1,
                Some(b'}') => {
                    self.at += 1;
                    return Ok(());
                }
                Some(_) => return Err("expected `,` or `}` after a member"),
                None => return Err(END),
            }
            self.space();
        }
    }

    #[inline]
    fn projected<'p>(&self, wanted: &'p Projection, from: usize, to: usize, escaped: bool) -> Option<&'p Projection> {
        if matches!(wanted, Projection::Whole) || escaped {
            return Some(if escaped { &Projection::Whole } else { wanted });
        }
        wanted.of(&self.source[from..to])
    }

    fn items(&mut self, wanted: &Projection, depth: usize) -> Read<()> {
        if depth > DEEPEST {
            return Err(DEEP);
        }
        self.at += 1;
        self.space();
        if self.text.get(self.at) == Some(&b']') {
            self.at += 1;
            return Ok(());
        }
        loop {
            self.value((0, 0), wanted, depth)?;
            self.space();
            match self.text.get(self.at) {
                Some(b',') => self.at += 1,
                Some(b']') => {
                    self.at += 1;
                    return Ok(());
                }
                Some(_) => return Err("expected `,` or `]` after an item"),
                None => return Err(END),
            }
            self.space();
        }
    }

    fn expect(&mut self, byte: u8, message: &'static str) -> Read<()> {
        match self.text.get(self.at) {
            Some(found) if *found == byte => {
                self.at += 1;
                Ok(())
            }
            Some(_) => Err(message),
            None => Err(END),
        }
    }

    fn word(&mut self, word: &[u8]) -> Read<usize> {
        if self.text[self.at..].starts_with(word) {
            self.at += word.len();
            Ok(self.at)
        } else {
            Err("expected `true`, `false` or `null`")
        }
    }

    fn digits(&mut self) -> Read<()> {
        let start = self.at;
        while self.text.get(self.at).is_some_and(u8::is_ascii_digit) {
            self.at += 1;
        }
        if self.at > start { Ok(()) } else { Err("expected a digit") }
    }

    fn number(&mut self) -> Read<usize> {
        if self.text.get(self.at) == Some(&b'-') {
            self.at += 1;
        }
        let first = self.at;
        self.digits()?;
        if self.text[first] == b'0' && self.at > first + 1 {
            self.at = first;
            return Err("a number does not begin with zeros");
        }
        if self.text.get(self.at) == Some(&b'.') {
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.text.get(self.at) {
            self.at += 1;
            if let Some(b'+' | b'-') = self.text.get(self.at) {
                self.at += 1;
            }
            self.digits()?;
        }
        Ok(self.at)
    }

    /// Passes a string at the opening quotation mark; gives where its content lies and whether it has escapes.
    #[inline]
    fn string(&mut self) -> Read<(usize, usize, bool)> {
        let start = self.at + 1;
        let mut at = start;
        let mut escaped = false;
        loop {
            match self.text.get(at) {
                Some(b'"') => {
                    self.at = at + 1;
                    return Ok((start, at, escaped));
                }
                Some(b'\\') => {
                    escaped = true;
                    self.at = at;
                    at = self.escape(at)?;
                }
                Some(0..0x20) => {
                    self.at = at;
                    return Err("a control character in a string: write it as an escape");
                }
                Some(_) => at += 1,
                None => {
                    self.at = at;
                    return Err(END);
                }
            }
        }
    }

    fn escape(&self, at: usize) -> Read<usize> {
        match self.text.get(at + 1) {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Ok(at + 2),
            Some(b'u') if self.text.len() >= at + 6 && self.text[at + 2..at + 6].iter().all(u8::is_ascii_hexdigit) => {
                Ok(at + 6)
            }
            _ => Err("an escape that JSON does not have"),
        }
    }

    /// Passes a value without keeping it: scalars are read, of objects and arrays the brackets and strings.
    fn skip(&mut self, depth: usize) -> Read<()> {
        match self.text.get(self.at) {
            Some(b'"') => self.string().map(|_| ()),
            Some(b'{' | b'[') => self.skip_nested(depth),
            Some(b't') => self.word(b"true").map(|_| ()),
            Some(b'f') => self.word(b"false").map(|_| ()),
            Some(b'n') => self.word(b"null").map(|_| ()),
            Some(b'-' | b'0'..=b'9') => self.number().map(|_| ()),
            Some(_) => Err("expected a value"),
            None => Err(END),
        }
    }

    fn skip_nested(&mut self, depth: usize) -> Read<()> {
        let mut open: u128 = 0;
        let mut level = 0usize;
        loop {
            match self.text.get(self.at) {
                Some(b'"') => {
                    self.skip_string()?;
                    continue;
                }
                Some(bracket @ (b'{' | b'[')) => {
                    level += 1;
                    if depth + level > DEEPEST {
                        return Err(DEEP);
                    }
                    open = open << 1 | u128::from(*bracket == b'{');
                }
                Some(bracket @ (b'}' | b']')) => {
                    if (open & 1 == 1) != (*bracket == b'}') {
                        return Err("a bracket closes another kind of bracket");
                    }
                    open >>= 1;
                    level -= 1;
                    if level == 0 {
                        self.at += 1;
                        return Ok(());
                    }
                }
                Some(_) => {}
                None => return Err(END),
            }
            self.at += 1;
        }
    }

    #[inline]
    fn skip_string(&mut self) -> Read<()> {
        let mut at = self.at + 1;
        loop {
            match memchr::memchr2(b'"', b'\\', &self.text[at.min(self.text.len())..]) {
                Some(found) if self.text[at + found] == b'"' => {
                    self.at = at + found + 1;
                    return Ok(());
                }
                Some(found) => at += found + 2,
                None => {
                    self.at = self.text.len();
                    return Err(END);
                }
            }
        }
    }
}

/// Resolves the escapes of a string that was read; a lone surrogate becomes U+FFFD.
pub(super) fn unescape(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        let code = rest.as_bytes().get(at + 1).copied().unwrap_or(b'\\');
        let mut used = at + 2;
        match code {
            b'b' => out.push('\u{8}'),
            b'f' => out.push('\u{c}'),
            b'n' => out.push('\n'),
            b'r' => out.push('\r'),
            b't' => out.push('\t'),
            b'u' => {
                let unit = |at: usize| u32::from_str_radix(rest.get(at..at + 4)?, 16).ok();
                let first = unit(at + 2).unwrap_or(0xFFFD);
                used = at + 6;
                let mut point = first;
                if (0xD800..0xDC00).contains(&first)
                    && rest.get(used..used + 2) == Some("\\u")
                    && let Some(second) = unit(used + 2).filter(|s| (0xDC00..0xE000).contains(s))
                {
                    point = 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00);
                    used += 6;
                }
                out.push(char::from_u32(point).unwrap_or('\u{FFFD}'));
            }
            other => out.push(char::from(other)),
        }
        rest = &rest[used.min(rest.len())..];
    }
    out.push_str(rest);
    out
}
