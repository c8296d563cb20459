//! The two languages and their texts (Project Fluent, `locales/da|en/*.ftl`).

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use std::sync::LazyLock;

/// What stands where a text is missing. No page of the test run may hold it.
pub(crate) const MISSING: &str = "\u{fffd}";

/// A language of the portal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Locale {
    /// Danish, the default.
    #[default]
    Da,
    /// English.
    En,
}

impl Locale {
    /// Both languages.
    pub const ALL: [Self; 2] = [Self::Da, Self::En];

    /// BCP 47 code: `da` or `en`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Da => "da",
            Self::En => "en",
        }
    }

    /// The language of a code, when it is one of the two.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|locale| locale.code() == code)
    }

    /// The text of a key.
    pub fn t(self, key: &str) -> String {
        self.tf(key, &[])
    }

    /// The text of a key with values for its placeholders.
    pub fn tf(self, key: &str, args: &[(&'static str, FluentValue<'_>)]) -> String {
        self.lookup(key, args).unwrap_or_else(|| {
            tracing::error!(key, locale = self.code(), "missing text");
            MISSING.to_owned()
        })
    }

    /// The text of a key that may be absent, for values that come from files and knowledge.
    pub fn known(self, key: &str) -> Option<String> {
        self.lookup(key, &[])
    }

    fn lookup(self, key: &str, args: &[(&'static str, FluentValue<'_>)]) -> Option<String> {
        let bundle = self.bundle();
        let pattern = bundle.get_message(key)?.value()?;
        let args: FluentArgs<'_> = args.iter().map(|(name, value)| (*name, value.clone())).collect();
        let mut errors = Vec::new();
        let text = bundle.format_pattern(pattern, Some(&args), &mut errors).into_owned();
        if errors.is_empty() { Some(text) } else { Some(MISSING.to_owned()) }
    }

    fn bundle(self) -> &'static FluentBundle<FluentResource> {
        match self {
            Self::Da => &DA,
            Self::En => &EN,
        }
    }

    /// The Fluent sources of the language, by file name.
    pub(crate) const fn sources(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Da => &DA_SOURCES,
            Self::En => &EN_SOURCES,
        }
    }
}

macro_rules! sources {
    ($locale:literal) => {
        [
            ("shell.ftl", include_str!(concat!("../../../locales/", $locale, "/shell.ftl"))),
            ("words.ftl", include_str!(concat!("../../../locales/", $locale, "/words.ftl"))),
            ("clinic.ftl", include_str!(concat!("../../../locales/", $locale, "/clinic.ftl"))),
            ("citizen.ftl", include_str!(concat!("../../../locales/", $locale, "/citizen.ftl"))),
            ("auditor.ftl", include_str!(concat!("../../../locales/", $locale, "/auditor.ftl"))),
            ("lake.ftl", include_str!(concat!("../../../locales/", $locale, "/lake.ftl"))),
            ("questionnaires.ftl", include_str!(concat!("../../../locales/", $locale, "/questionnaires.ftl"))),
            ("story.ftl", include_str!(concat!("../../../locales/", $locale, "/story.ftl"))),
            ("hpo.ftl", include_str!(concat!("../../../locales/", $locale, "/hpo.ftl"))),
        ]
    };
}

static DA_SOURCES: [(&str, &str); 9] = sources!("da");
static EN_SOURCES: [(&str, &str); 9] = sources!("en");
static DA: LazyLock<FluentBundle<FluentResource>> = LazyLock::new(|| bundle(Locale::Da));
static EN: LazyLock<FluentBundle<FluentResource>> = LazyLock::new(|| bundle(Locale::En));

fn bundle(locale: Locale) -> FluentBundle<FluentResource> {
    let id = locale.code().parse().expect("`da` and `en` are language identifiers");
    let mut bundle = FluentBundle::new_concurrent(vec![id]);
    // Isolation marks are for mixed directions of writing; both languages run from left to right.
    bundle.set_use_isolating(false);
    for (_, source) in locale.sources() {
        // A fault in a file is found by the test below; at run time its sound messages still serve.
        let resource = FluentResource::try_new((*source).to_owned()).unwrap_or_else(|(sound, _)| sound);
        bundle.add_resource_overriding(resource);
    }
    bundle
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::{BTreeMap, BTreeSet};

    fn keys(locale: Locale) -> BTreeMap<&'static str, BTreeSet<String>> {
        locale
            .sources()
            .iter()
            .map(|(name, source)| {
                let keys: Vec<String> = source
                    .lines()
                    .filter(|line| line.starts_with(|c: char| c.is_ascii_alphabetic()))
                    .filter_map(|line| line.split_once(" =").map(|(key, _)| key.to_owned()))
                    .collect();
                let set: BTreeSet<String> = keys.iter().cloned().collect();
                assert_eq!(set.len(), keys.len(), "{locale:?} {name} repeats a key");
                (*name, set)
            })
            .collect()
    }

    #[test]
    fn both_languages_have_the_same_keys() {
        let (da, en) = (keys(Locale::Da), keys(Locale::En));
        assert!(da.values().map(BTreeSet::len).sum::<usize>() > 200);
        for (file, set) in &da {
            assert_eq!(set.difference(&en[file]).collect::<Vec<_>>(), Vec::<&String>::new(), "missing in en/{file}");
            assert_eq!(en[file].difference(set).collect::<Vec<_>>(), Vec::<&String>::new(), "missing in da/{file}");
        }
    }

    #[test]
    fn every_file_parses() {
        for locale in Locale::ALL {
            for (name, source) in locale.sources() {
                if let Err((_, errors)) = FluentResource::try_new((*source).to_owned()) {
                    panic!("{}/{name}: {errors:?}", locale.code());
                }
            }
        }
    }

    #[test]
    fn a_missing_key_is_never_shown() {
        assert_eq!(Locale::Da.t("no-such-key"), MISSING);
        assert_eq!(Locale::Da.known("no-such-key"), None);
    }
}
