//! Formats of primitives (FHIR R4, Data Types).

use super::Check;
use crate::json::{Kind, Node};
use crate::model::{TypeId, r4};
use crate::value::decimal::Decimal;
use crate::value::temporal::{Precision, Temporal};

/// Longest string, in bytes (FHIR: 1 MB).
const LONGEST: usize = 1 << 20;

impl Check<'_> {
    pub(super) fn primitive(&mut self, node: Node, of: TypeId) {
        let name = r4().get(of).name;
        let json = self.json;
        let wanted = match name {
            "boolean" => "`true` or `false`",
            "integer" | "positiveInt" | "unsignedInt" | "decimal" => "a number, without quotation marks",
            _ => "a text in quotation marks",
        };
        let fits = match (name, json.kind(node)) {
            ("boolean", Kind::True | Kind::False) => return,
            ("integer" | "positiveInt" | "unsignedInt" | "decimal", Kind::Number) => number(name, json.raw(node)),
            ("boolean" | "integer" | "positiveInt" | "unsignedInt" | "decimal", _) => Err(wanted),
            (_, Kind::String) => json.string(node).map_or(Err(wanted), |text| string(name, &text)),
            _ => Err(wanted),
        };
        if let Err(wanted) = fits {
            self.error("value", format!("no {name}: {wanted} is wanted"));
        }
    }
}

fn number(name: &str, text: &str) -> Result<(), &'static str> {
    if name == "decimal" {
        return Decimal::parse(text).map(|_| ()).ok_or("a decimal of at most 38 digits");
    }
    let number: i32 = text.parse().map_err(|_| "a whole number of 32 bits")?;
    match name {
        "positiveInt" if number < 1 => Err("a number above 0"),
        "unsignedInt" if number < 0 => Err("a number that is not below 0"),
        _ => Ok(()),
    }
}

fn string(name: &str, text: &str) -> Result<(), &'static str> {
    if text.trim().is_empty() {
        return Err("a text that is not empty");
    }
    let fits = |fits: bool, wanted| if fits { Ok(()) } else { Err(wanted) };
    let no_space = !text.contains(char::is_whitespace);
    match name {
        "id" => fits(is_id(text), "1 to 64 letters, digits, `-` and `.`"),
        "code" => {
            let tidy =
                text.split(' ').all(|w| !w.is_empty()) && !text.contains(|c: char| c.is_whitespace() && c != ' ');
            fits(tidy, "a text without spaces at its ends and with single spaces inside")
        }
        "uri" | "url" | "canonical" => fits(no_space, "a URI without spaces"),
        "oid" => fits(is_oid(text), "`urn:oid:` and an OID"),
        "uuid" => fits(is_uuid(text), "`urn:uuid:` and a UUID in small letters"),
        "date" => fits(Temporal::parse_date(text).is_some(), "a date that exists: YYYY, YYYY-MM or YYYY-MM-DD"),
        "dateTime" => {
            let whole =
                |t: Temporal| t.precision <= Precision::Day || (t.precision >= Precision::Second && t.offset.is_some());
            let parsed = Temporal::parse_date_time(text).filter(|_| !text.ends_with('T'));
            fits(parsed.is_some_and(whole), "a date, or a date with time to the second and an offset")
        }
        "instant" => {
            let whole = |t: Temporal| t.precision >= Precision::Second && t.offset.is_some();
            fits(Temporal::parse_date_time(text).is_some_and(whole), "a date with time to the second and an offset")
        }
        "time" => fits(Temporal::parse_time(text).is_some_and(|t| t.precision >= Precision::Second), "a time hh:mm:ss"),
        "base64Binary" => {
            let letters = text.bytes().filter(|b| !b.is_ascii_whitespace());
            let base64 = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=');
            fits(letters.clone().all(base64) && letters.count() % 4 == 0, "base64")
        }
        _ => fits(text.len() <= LONGEST, "a text of at most 1 MB"),
    }
}

fn is_id(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.'))
}

fn is_oid(text: &str) -> bool {
    let arcs = |oid: &str| {
        oid.starts_with(['0', '1', '2'])
            && oid.contains('.')
            && oid
                .split('.')
                .all(|a| !a.is_empty() && a.bytes().all(|b| b.is_ascii_digit()) && (a == "0" || !a.starts_with('0')))
    };
    text.strip_prefix("urn:oid:").is_some_and(arcs)
}

fn is_uuid(text: &str) -> bool {
    let groups = |uuid: &str| {
        let parts: Vec<&str> = uuid.split('-').collect();
        parts.iter().map(|p| p.len()).eq([8, 4, 4, 4, 12])
            && parts.iter().all(|p| p.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)))
    };
    text.strip_prefix("urn:uuid:").is_some_and(groups)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_those_of_r4() {
        for (name, good, bad) in [
            ("id", "a-1.B", "a_1"),
            ("code", "a b", " a"),
            ("uri", "urn:x", "urn: x"),
            ("oid", "urn:oid:1.2.208", "urn:oid:01.2"),
            ("uuid", "urn:uuid:c757873d-ec9a-4326-a141-556f43239520", "urn:uuid:C757873D-ec9a-4326-a141-556f43239520"),
            ("date", "2014-02", "2014-02-30"),
            ("dateTime", "2014-02-01T10:00:00+01:00", "2014-02-01T10:00+01:00"),
            ("dateTime", "2014", "2014-02-01T10:00:00"),
            ("instant", "2014-02-01T10:00:00.5Z", "2014-02-01"),
            ("time", "10:00:00", "10:00"),
            ("base64Binary", "YQ==", "YQ="),
            ("string", "a", " "),
        ] {
            assert_eq!((string(name, good).is_ok(), string(name, bad).is_ok()), (true, false), "{name}");
        }
        for (name, good, bad) in
            [("integer", "-2147483648", "2147483648"), ("positiveInt", "1", "0"), ("unsignedInt", "0", "-1")]
        {
            assert_eq!((number(name, good).is_ok(), number(name, bad).is_ok()), (true, false), "{name}");
        }
    }
}
