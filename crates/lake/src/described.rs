//! What the catalogue says of each register beside its columns: holder, period, update, quality, legal basis.

use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// A text in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Both<T = String> {
    /// Danish.
    pub da: T,
    /// English.
    pub en: T,
}

/// What is said of all registers, and of each.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Descriptions {
    /// The law that the tables are kept and used by.
    pub legal_basis: Both,
    /// What they are used for.
    pub purpose: Both,
    /// By the register's name.
    pub register: BTreeMap<String, Description>,
}

/// What is said of a register.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Description {
    /// Who holds the register.
    pub holder: String,
    /// The first year that it covers.
    pub from: i16,
    /// The last one; `None` while it goes on.
    pub until: Option<i16>,
    /// How often it is brought up to date: a code of the EU's Frequency list.
    pub frequency: String,
    /// Kinds of electronic health data (Regulation (EU) 2025/327, Article 51), by the codes of HealthDCAT-AP.
    pub categories: Vec<String>,
    /// What of a person it holds, by the names of the Data Privacy Vocabulary.
    pub personal: Vec<String>,
    /// Code systems.
    pub codes: Vec<String>,
    /// Words to find it by.
    pub keywords: Both<Vec<String>>,
    /// Whom it covers.
    pub population: Both,
    /// What to know before one counts.
    pub quality: Both,
}

/// The descriptions that are compiled in.
pub fn descriptions() -> &'static Descriptions {
    static SHIPPED: LazyLock<Descriptions> = LazyLock::new(|| {
        toml::from_str(include_str!("../../../catalogue/registers.toml"))
            .expect("a test reads the descriptions that are compiled in")
    });
    &SHIPPED
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registers::REGISTERS;

    #[test]
    fn every_register_is_described_and_no_other() {
        let described: Vec<&str> = descriptions().register.keys().map(String::as_str).collect();
        let mut known = REGISTERS.map(|register| register.name);
        known.sort_unstable();
        assert_eq!(described, known);
        for (name, description) in &descriptions().register {
            assert!(description.until.is_none_or(|until| until > description.from), "{name}");
            assert!(["NEVER", "DAILY", "MONTHLY", "QUARTERLY"].contains(&description.frequency.as_str()), "{name}");
            assert!(!description.categories.is_empty() && !description.keywords.da.is_empty(), "{name}");
            assert_eq!(description.keywords.da.len(), description.keywords.en.len(), "{name}");
        }
    }
}
