//! Sentences in the two languages of the house.

use indgang_model::HpoId;
use serde::Deserialize;
use std::collections::HashMap;
use std::sync::LazyLock;

/// One sentence or name in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// Danish.
    pub da: String,
    /// English.
    pub en: String,
}

impl Words {
    /// From the Danish and the English wording.
    pub fn new(da: impl Into<String>, en: impl Into<String>) -> Self {
        Self { da: da.into(), en: en.into() }
    }

    /// The same sentence with `place` and a colon before it: a file, an option.
    pub fn at(&self, place: &str) -> Self {
        Self::new(format!("{place}: {}", self.da), format!("{place}: {}", self.en))
    }
}

/// A number as Danish writes it.
pub(crate) fn decimal_comma(number: &str) -> String {
    number.replace('.', ",")
}

/// The name of a key's value in both languages, from the same texts as the portal's: `named("class", "benign")`.
/// `None` when the texts have no name for it.
pub(crate) fn named(kind: &str, value: &str) -> Option<(&'static str, &'static str)> {
    // As the portal's keys are written: what Fluent does not take becomes a hyphen.
    let value: String = value.chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' }).collect();
    let key = format!("{kind}-{value}");
    Some((DANISH.get(key.as_str())?, ENGLISH.get(key.as_str())?))
}

/// As [`named`] in Danish; a value without a name stands as it is.
pub(crate) fn in_danish(kind: &str, value: &str) -> String {
    named(kind, value).map_or_else(|| value.replace('_', " "), |(danish, _)| danish.to_owned())
}

/// A sign's Danish name, where the house has given it one: there is no Danish HPO.
pub(crate) fn sign_in_danish(sign: HpoId) -> Option<&'static str> {
    DANISH_SIGNS.get(sign.to_string().replace(':', "_").as_str()).copied()
}

type Names = HashMap<&'static str, &'static str>;

static DANISH: LazyLock<Names> = LazyLock::new(|| names(include_str!("../../../locales/da/words.ftl")));
static DANISH_SIGNS: LazyLock<Names> = LazyLock::new(|| names(include_str!("../../../locales/da/hpo.ftl")));
static ENGLISH: LazyLock<Names> = LazyLock::new(|| names(include_str!("../../../locales/en/words.ftl")));

/// The plain lines `key = text` of a Fluent file, which is what names of keys are.
fn names(source: &'static str) -> Names {
    let plain = source.lines().filter(|line| line.starts_with(|c: char| c.is_ascii_alphabetic()));
    plain.filter_map(|line| line.split_once(" = ")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_both_languages() {
        for (kind, value, name) in [
            ("class", "likely_pathogenic", Some(("Sandsynligt sygdomsgivende", "Likely pathogenic"))),
            ("strength", "very_strong", Some(("meget stærk", "very strong"))),
            (
                "clinvar",
                "benign/likely_benign",
                Some(("godartet eller sandsynligvis godartet", "benign or likely benign")),
            ),
            ("flag", "no_such_flag", None),
        ] {
            assert_eq!(named(kind, value), name, "{kind} {value}");
        }
        assert_eq!(in_danish("flag", "no_such_flag"), "no such flag");
        assert_eq!([sign_in_danish(HpoId(256)), sign_in_danish(HpoId(1))], [Some("Stort hoved"), None]);
    }

    #[test]
    fn no_name_of_a_key_has_a_placeholder() {
        for names in [&*DANISH, &*ENGLISH] {
            assert!(names.len() > 100 && names.values().all(|text| !text.contains('{')));
        }
    }
}
