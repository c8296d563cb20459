//! A patient's medicine list held against the guidelines, by ATC code or name.

use super::report::{DrugReport, MedicineReport, MedicineStatus};
use indgang_knowledge::pgx::{Guideline, Pgx};

/// The lines of a list: an ATC code or a name each, or both in fields (tab, `;` or `,`); `#` begins a comment.
pub fn parse(text: &str) -> Vec<String> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(ToOwned::to_owned).collect()
}

/// What is said of each.
pub fn check(pgx: &Pgx, list: &[String], drugs: &[DrugReport]) -> Vec<MedicineReport> {
    let one = |given: &String| {
        let found: Vec<&Guideline> = pgx.guidelines.iter().filter(|g| is(given, g)).collect();
        let reports: Vec<&DrugReport> = drugs.iter().filter(|d| found.iter().any(|g| *g.drug == *d.drug)).collect();
        let says = |d: &&DrugReport| {
            d.note.is_some()
                || d.recommendations.iter().any(|r| !matches!(&*r.classification, "No Recommendation" | "n/a"))
        };
        let status = if found.is_empty() {
            MedicineStatus::NoGuideline
        } else if reports.iter().any(says) {
            MedicineStatus::Recommendation
        } else if reports.is_empty() {
            MedicineStatus::NoResult
        } else {
            MedicineStatus::NoRecommendation
        };
        MedicineReport { given: given.clone(), drugs: found.iter().map(|g| g.drug.to_string()).collect(), status }
    };
    list.iter().map(one).collect()
}

fn is(given: &str, guideline: &Guideline) -> bool {
    let fields = given.split(['\t', ';', ',']).map(|field| field.trim().trim_matches('"')).filter(|f| !f.is_empty());
    let mut fields = fields.peekable();
    // Where a code stands it decides: a name beside it may be a brand.
    let codes: Vec<String> = fields.clone().map(str::to_ascii_uppercase).filter(|f| is_atc(f)).collect();
    if !codes.is_empty() {
        return codes.iter().any(|code| guideline.atc.iter().any(|atc| **atc == **code));
    }
    fields.any(|field| {
        let field = field.to_lowercase();
        std::iter::once(&guideline.drug).chain(&guideline.synonyms).any(|name| names(&field, &name.to_lowercase()))
    })
}

/// The name itself, or the name with a strength or form after it (`simvastatin 40 mg`).
fn names(field: &str, name: &str) -> bool {
    field.strip_prefix(name).is_some_and(|rest| {
        let after = rest.trim_start();
        rest.is_empty() || rest.len() > after.len() && after.starts_with(|c: char| c.is_ascii_digit() || c == '(')
    })
}

/// A letter, two digits, two letters, two digits.
fn is_atc(text: &str) -> bool {
    let letter = |b: &u8| b.is_ascii_uppercase();
    let digit = |b: &u8| b.is_ascii_digit();
    matches!(text.as_bytes(), [a, b, c, d, e, f, g]
        if letter(a) && digit(b) && digit(c) && letter(d) && letter(e) && digit(f) && digit(g))
}

#[cfg(test)]
mod tests {
    use super::*;
    use indgang_knowledge::Knowledge;

    #[test]
    fn medicines_are_known_by_code_and_by_danish_and_english_names() {
        let pgx = Knowledge::shipped().pgx().expect("whole");
        let found = |given: &str| {
            let found = pgx.guidelines.iter().filter(|g| is(given, g));
            found.map(|g| &*g.drug).collect::<Vec<_>>().join("+")
        };
        let cases = [
            ("N06AB04", "citalopram"),
            ("n06ab04", "citalopram"),
            ("N06AB04;Akarin", "citalopram"),
            ("Citalopram", "citalopram"),
            ("omeprazol 20 mg", "omeprazole"),
            ("acetylsalicylsyre", "aspirin"),
            ("A10BB01\tglibenclamid", "glyburide"),
            ("paracetamol", ""),
            ("N02BE01;citalopram", ""),
            ("citalopramx", ""),
            ("codein og paracetamol", ""),
            ("N02AJ06", "codeine"),
        ];
        for (given, expected) in cases {
            assert_eq!(found(given), expected, "{given}");
        }
    }

    #[test]
    fn every_guideline_but_one_has_a_code() {
        let pgx = Knowledge::shipped().pgx().expect("whole");
        let without: Vec<&str> = pgx.guidelines.iter().filter(|g| g.atc.is_empty()).map(|g| &*g.drug).collect();
        assert_eq!(without, ["toluidine blue"]);
        assert!(pgx.guidelines.iter().flat_map(|g| &g.atc).all(|code| is_atc(code)));
    }
}
