//! One value of a row.

use std::borrow::Cow;
use std::fmt::Write;

/// A value of a row, lent from the resource where that is possible.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell<'a> {
    /// Nothing.
    Null,
    /// A truth value.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// A decimal with its digits as written.
    Decimal(Cow<'a, str>),
    /// A text, a date or a time.
    Text(Cow<'a, str>),
    /// An element with elements of its own, as its JSON.
    Json(Cow<'a, str>),
    /// The values of a column that may have several.
    List(Vec<Cell<'a>>),
}

impl Cell<'_> {
    /// Writes the value as JSON.
    pub fn write_json(&self, out: &mut String) {
        match self {
            Self::Null => out.push_str("null"),
            Self::Boolean(truth) => out.push_str(if *truth { "true" } else { "false" }),
            Self::Integer(number) => {
                let _ = write!(out, "{number}");
            }
            Self::Decimal(text) | Self::Json(text) => out.push_str(text),
            Self::Text(text) => write_json_text(text, out),
            Self::List(cells) => {
                out.push('[');
                for (at, cell) in cells.iter().enumerate() {
                    if at > 0 {
                        out.push(',');
                    }
                    cell.write_json(out);
                }
                out.push(']');
            }
        }
    }

    /// Writes the value as a field of CSV (RFC 4180): nothing is empty, an empty text is `""`.
    pub fn write_csv(&self, out: &mut String) {
        match self {
            Self::Null => {}
            Self::Text(text) => write_csv_text(text, out),
            Self::Json(_) | Self::List(_) => {
                let mut json = String::new();
                self.write_json(&mut json);
                write_csv_text(&json, out);
            }
            other => other.write_json(out),
        }
    }
}

fn write_csv_text(text: &str, out: &mut String) {
    if !text.is_empty() && !text.contains(['"', ',', '\n', '\r']) {
        out.push_str(text);
        return;
    }
    out.push('"');
    for (at, part) in text.split('"').enumerate() {
        if at > 0 {
            out.push_str("\"\"");
        }
        out.push_str(part);
    }
    out.push('"');
}

/// Writes a text as a string of JSON.
pub fn write_json_text(text: &str, out: &mut String) {
    out.push('"');
    let mut from = 0;
    for (at, byte) in text.bytes().enumerate() {
        if byte >= 0x20 && byte != b'"' && byte != b'\\' {
            continue;
        }
        out.push_str(&text[from..at]);
        from = at + 1;
        match byte {
            b'"' => out.push_str("\\\""),
            b'\\' => out.push_str("\\\\"),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            other => {
                let _ = write!(out, "\\u{other:04x}");
            }
        }
    }
    out.push_str(&text[from..]);
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_written_as_json_and_csv() {
        for (cell, json, csv) in [
            (Cell::Null, "null", ""),
            (Cell::Text("".into()), "\"\"", "\"\""),
            (Cell::Text("a\"b,\u{1}".into()), "\"a\\\"b,\\u0001\"", "\"a\"\"b,\u{1}\""),
            (Cell::Decimal("1.50".into()), "1.50", "1.50"),
            (Cell::List(vec![Cell::Text("x".into()), Cell::Integer(2)]), "[\"x\",2]", "\"[\"\"x\"\",2]\""),
        ] {
            let (mut a, mut b) = (String::new(), String::new());
            cell.write_json(&mut a);
            cell.write_csv(&mut b);
            assert_eq!((a.as_str(), b.as_str()), (json, csv));
        }
    }
}
