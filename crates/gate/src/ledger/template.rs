//! The texts that consents are given on. A text that was in use is never changed: a new wording is a new version.

use super::ConsentKind;
use serde::{Deserialize, Serialize};
use std::sync::LazyLock;

/// A version of a consent text.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    /// Which text.
    pub id: String,
    /// 1 is the first.
    pub version: u32,
    /// The day from which it is in use.
    pub date: jiff::civil::Date,
    /// What is consented to.
    pub kind: ConsentKind,
    /// The Danish wording.
    pub da: Wording,
    /// The English wording.
    pub en: Wording,
}

/// A text in one language.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wording {
    /// The heading.
    pub title: String,
    /// The paragraphs.
    pub text: Vec<String>,
}

/// The name of a version of a consent text; each consent carries the one it was given on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TemplateVersion {
    /// Which text.
    pub id: String,
    /// Its version.
    pub version: u32,
}

macro_rules! texts {
    ($($name:literal),* $(,)?) => {
        [$(include_str!(concat!("../../../../policies/templates/", $name, ".json"))),*]
    };
}

const TEXTS: [&str; 6] = texts![
    "genetic-examination.1",
    "genetic-examination.2",
    "prenatal-examination.1",
    "look-up.1",
    "quality.1",
    "disclosure.1",
];

/// Every version of every text, in the order of their names.
pub fn templates() -> &'static [Template] {
    static ALL: LazyLock<Vec<Template>> = LazyLock::new(|| {
        let read = |text| serde_json::from_str(text).expect("a test reads each text that is compiled in");
        TEXTS.into_iter().map(read).collect()
    });
    &ALL
}

/// One version of a text.
pub fn template(version: &TemplateVersion) -> Option<&'static Template> {
    templates().iter().find(|template| template.version() == *version)
}

/// The version of each text that is in use.
pub fn latest_templates() -> impl Iterator<Item = &'static Template> {
    let newer = |a: &Template, b: &Template| a.id == b.id && a.version > b.version;
    templates().iter().filter(move |template| !templates().iter().any(|other| newer(other, template)))
}

impl Template {
    /// Its name.
    pub fn version(&self) -> TemplateVersion {
        TemplateVersion { id: self.id.clone(), version: self.version }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_text_is_whole_in_both_languages_and_stands_once() {
        let names: BTreeSet<_> = templates().iter().map(Template::version).collect();
        assert_eq!(names.len(), TEXTS.len());
        for template in templates() {
            assert_eq!(template.da.text.len(), template.en.text.len(), "{}", template.id);
            for wording in [&template.da, &template.en] {
                assert!(!wording.title.is_empty() && !wording.text.is_empty(), "{}", template.id);
                assert!(wording.text.iter().all(|paragraph| paragraph.len() > 20), "{}", template.id);
            }
            let before = TemplateVersion { version: template.version - 1, ..template.version() };
            let earlier = super::template(&before);
            assert_eq!(earlier.is_some(), template.version > 1, "{}", template.id);
            assert!(earlier.is_none_or(|earlier| earlier.date < template.date && earlier.kind == template.kind));
        }
        let latest: Vec<_> = latest_templates().map(|template| (template.id.as_str(), template.version)).collect();
        assert_eq!(latest.len(), 5);
        assert!(latest.contains(&("genetic-examination", 2)));
    }

    #[test]
    fn the_text_for_genetic_examination_says_what_the_national_form_says() {
        for id in ["genetic-examination", "prenatal-examination"] {
            let template = latest_templates().find(|template| template.id == id).unwrap();
            let text = template.da.text.join(" ");
            for part in ["sekundære fund", "ny viden", "Nationalt Genom Center", "Vævsanvendelsesregisteret", "trække"]
            {
                assert!(text.contains(part), "{id} lacks {part}");
            }
        }
    }
}
