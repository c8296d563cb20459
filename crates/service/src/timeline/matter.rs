//! When things of two sources are of the same day and the same matter, however each of them writes it.

use indgang_fhir::record::{Coding, Span};
use indgang_model::Timestamp;
use std::sync::LazyLock;

/// Danish civil time since 1980.
static COPENHAGEN: LazyLock<jiff::tz::TimeZone> = LazyLock::new(|| {
    jiff::tz::TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3")
        .expect("the rule of Central European Time is a POSIX time zone")
});

/// The day in Denmark on which something began, as far as it is told: a moment in another zone may be of the day before or
/// after the one that is written.
pub(super) fn day(span: &Span) -> String {
    let moment = span.start.parse::<Timestamp>().ok();
    moment.map_or_else(|| span.day().to_owned(), |at| at.to_zoned(COPENHAGEN.clone()).date().to_string())
}

/// Systems that are one classification under several addresses, by the name that it has here.
const ADDRESSES: [(&str, &[&str]); 3] = [
    ("atc", &["http://www.whocc.no/atc", "urn:oid:2.16.840.1.113883.6.73"]),
    ("npu", &["urn:oid:1.2.208.176.2.1", "http://npu-terminology.org", "http://www.npu-terminology.org"]),
    ("sks", &["urn:oid:1.2.208.176.2.4", "urn:oid:1.2.208.176.2.4.12"]),
];
const ICD_10: [&str; 2] = ["http://hl7.org/fhir/sid/icd-10", "urn:oid:2.16.840.1.113883.6.3"];

/// Whether both codes are the same one. A diagnosis of SKS is `D` and the code of ICD-10 without its point; a longer code of
/// SKS says more, and is another.
pub(super) fn is_same(a: &Coding, b: &Coding) -> bool {
    !a.code.is_empty() && !b.code.is_empty() && plain(a) == plain(b)
}

fn plain(coding: &Coding) -> (&str, String) {
    let system = coding.system.trim_end_matches('/');
    if ICD_10.contains(&system) {
        return ("sks", format!("D{}", coding.code.replace('.', "")));
    }
    let known = ADDRESSES.iter().find(|(_, addresses)| addresses.contains(&system));
    (known.map_or(system, |(name, _)| name), coding.code.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_one_classification_are_the_same_under_any_address() {
        const SKS: &str = "urn:oid:1.2.208.176.2.4";
        const ICD: &str = "http://hl7.org/fhir/sid/icd-10";
        for ((system, code), (other, code_there), same) in [
            ((SKS, "DE119"), (ICD, "E11.9"), true),
            ((SKS, "DE119"), ("urn:oid:1.2.208.176.2.4.12", "DE119"), true),
            ((SKS, "DE119A"), (ICD, "E11.9"), false),
            ((SKS, "BE119"), (ICD, "E11.9"), false),
            ((ICD, "E11.9"), (ICD, "E119"), true),
            (("http://www.whocc.no/atc", "A10BA02"), ("urn:oid:2.16.840.1.113883.6.73", "A10BA02"), true),
            (("urn:oid:1.2.208.176.2.1", "NPU27300"), ("http://npu-terminology.org/", "NPU27300"), true),
            (("http://loinc.org", "4548-4"), ("http://loinc.org", "4548-4"), true),
            (("http://loinc.org", "4548-4"), ("http://snomed.info/sct", "4548-4"), false),
            (("", ""), ("", ""), false),
        ] {
            let coding = |system: &str, code: &str| Coding {
                system: system.to_owned(),
                code: code.to_owned(),
                display: String::new(),
            };
            assert_eq!(is_same(&coding(system, code), &coding(other, code_there)), same, "{code} {code_there}");
        }
    }

    #[test]
    fn a_day_is_that_in_denmark() {
        for (start, expected) in [
            ("2025-03-04T23:30:00Z", "2025-03-05"),
            ("2025-07-04T22:30:00Z", "2025-07-05"),
            ("2025-03-04T00:30:00+01:00", "2025-03-04"),
            ("2025-03-04", "2025-03-04"),
            ("2025-03", "2025-03"),
            ("", ""),
        ] {
            assert_eq!(day(&Span { start: start.to_owned(), end: String::new() }), expected, "{start}");
        }
    }
}
