//! Words that FHIR resources are written with, and the times of HL7 version 3.

use jiff::civil;
use serde_json::{Map, Value, json};

/// SKS (Sundhedsvæsenets Klassifikations System).
pub const SKS: &str = "urn:oid:1.2.208.176.2.4";
/// SOR (Sundhedsvæsenets Organisationsregister).
pub const SOR: &str = "urn:oid:1.2.208.176.1.1";
/// CPR.
pub const CPR: &str = "urn:oid:1.2.208.176.1.2";
/// What a source did to what it sent before: `RPLC` replaces all of a document set.
pub const RELATIONSHIP: &str = "http://terminology.hl7.org/CodeSystem/v3-ActRelationshipType";
/// How something stands: `nullified` was sent by mistake.
pub const ACT_STATUS: &str = "http://terminology.hl7.org/CodeSystem/v3-ActStatus";

/// An object without the members that say nothing: null, empty texts, lists and objects.
pub fn object<const N: usize>(members: [(&str, Value); N]) -> Value {
    let told = members.into_iter().filter(|(_, value)| !is_empty(value));
    Value::Object(told.map(|(name, value)| (name.to_owned(), value)).collect::<Map<_, _>>())
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

/// A CodeableConcept of one code.
pub fn concept(system: &str, code: &str, display: Option<&str>) -> Value {
    json!({ "coding": [coding(system, code, display)] })
}

/// A Coding; without a system where none is known.
pub fn coding(system: &str, code: &str, display: Option<&str>) -> Value {
    object([("system", json!(system)), ("code", json!(code)), ("display", json!(display))])
}

/// An Identifier.
pub fn identifier(system: &str, value: &str) -> Value {
    json!({ "system": system, "value": value })
}

/// A root of HL7 version 3 (an OID or a UUID) as a system of FHIR.
#[must_use]
pub fn system(root: &str) -> String {
    match root.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        true => format!("urn:oid:{root}"),
        false => format!("urn:uuid:{}", root.to_ascii_lowercase()),
    }
}

/// An id of FHIR made of a source's: as it is where FHIR allows it (UUIDs in lower case), else a digest of it.
#[must_use]
pub fn id(text: &str) -> String {
    use sha2::{Digest, Sha256};
    let plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.');
    match plain && (1..=64).contains(&text.len()) {
        true => text.to_ascii_lowercase(),
        false => Sha256::digest(text)[..16].iter().map(|byte| format!("{byte:02x}")).collect(),
    }
}

/// A time stamp (TS) as a dateTime of FHIR: `20170222110000+0200` is `2017-02-22T11:00:00+02:00`, `201702` is `2017-02`.
///
/// A time without minutes says its day only; one without a zone is Danish civil time. What is none is given back as it is, for
/// validation to find.
#[must_use]
pub fn moment(stamp: &str) -> String {
    parse(stamp).unwrap_or_else(|| stamp.to_owned())
}

fn parse(stamp: &str) -> Option<String> {
    let end = stamp.find(['+', '-', 'Z']).unwrap_or(stamp.len());
    let (local, zone) = stamp.split_at(end);
    let (local, fraction) = local.split_once('.').map_or((local, ""), |(local, fraction)| (local, fraction));
    if !local.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let day = match local.len() {
        4 => return Some(local.to_owned()),
        6 => return Some(format!("{}-{}", &local[..4], &local[4..])),
        8 | 10 | 12 | 14 => format!("{}-{}-{}", &local[..4], &local[4..6], &local[6..8]),
        _ => return None,
    };
    if local.len() < 12 {
        return Some(day);
    }
    let time =
        format!("{}:{}:{}", &local[8..10], &local[10..12], local.get(12..).filter(|s| !s.is_empty()).unwrap_or("00"));
    let fraction = if fraction.is_empty() { String::new() } else { format!(".{fraction}") };
    let zone = match (zone, zone.len()) {
        ("", _) => danish(&format!("{day}T{time}"))?.to_owned(),
        ("Z" | "-0000" | "+0000", _) => "Z".to_owned(),
        (_, 5) => format!("{}:{}", zone.get(..3)?, zone.get(3..)?),
        (_, 6) => zone.to_owned(),
        _ => return None,
    };
    Some(format!("{day}T{time}{fraction}{zone}"))
}

/// The offset of Danish civil time since 1980: summer time from the last Sunday of March 2 o'clock to the last of October 3.
fn danish(local: &str) -> Option<&'static str> {
    let at: civil::DateTime = local.parse().ok()?;
    let change = |month, hour| {
        civil::date(at.year(), month, 1).nth_weekday_of_month(-1, civil::Weekday::Sunday).map(|d| d.at(hour, 0, 0, 0))
    };
    let summer = at >= change(3, 2).ok()? && at < change(10, 3).ok()?;
    Some(if summer { "+02:00" } else { "+01:00" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stamps() {
        for (stamp, expected) in [
            ("20170222110000+0200", "2017-02-22T11:00:00+02:00"),
            ("201702221100+0200", "2017-02-22T11:00:00+02:00"),
            ("20170222110000.250+0200", "2017-02-22T11:00:00.250+02:00"),
            ("20120912000000-0000", "2012-09-12T00:00:00Z"),
            ("2017022211+0200", "2017-02-22"),
            ("20170222", "2017-02-22"),
            ("201702", "2017-02"),
            ("2017", "2017"),
            ("20170222110000", "2017-02-22T11:00:00+01:00"),
            ("20170722110000", "2017-07-22T11:00:00+02:00"),
            ("20171029023000", "2017-10-29T02:30:00+02:00"),
            ("canary", "canary"),
            ("2017022", "2017022"),
            ("2017æ222", "2017æ222"),
        ] {
            assert_eq!(moment(stamp), expected, "{stamp}");
        }
    }

    #[test]
    fn ids_and_systems() {
        for (text, expected) in [("7DFA91A1-e19e", "7dfa91a1-e19e"), ("a_b", 32.to_string().as_str())] {
            let made = id(text);
            assert!(made == expected || made.len().to_string() == expected, "{made}");
        }
        assert_eq!(system("1.2.208.176.1.1"), SOR);
        assert_eq!(system("988F-AB"), "urn:uuid:988f-ab");
        assert_eq!(object([("a", json!(null)), ("b", json!([])), ("c", json!(false))]), json!({"c": false}));
    }
}
