//! What is asked: a family, its signs and its wishes.

use crate::words::Words;
use indgang_genomics::pedigree::Family;
use indgang_genomics::profile::Profile;
use indgang_model::{Assembly, PhenotypicFeature, Wishes};
use std::collections::{BTreeMap, BTreeSet};

/// One family's question.
#[derive(Debug, Clone)]
pub struct Case {
    /// Identifier: the phenopacket's, else the family's.
    pub id: String,
    /// The pedigree.
    pub family: Family,
    /// Signs of the proband, observed and excluded, in current terms.
    pub features: Vec<PhenotypicFeature>,
    /// The proband's age in whole years, where it is known.
    pub age: Option<u32>,
    /// Wishes by person; who is not named wishes nothing.
    pub wishes: BTreeMap<String, Wishes>,
    /// The genome build.
    pub assembly: Assembly,
    /// Thresholds of quality.
    pub profile: Profile,
    /// Only these genes, by the symbols the reader wrote; `None` is all genes.
    pub panel: Option<BTreeSet<String>>,
    /// What was noticed before: obsolete terms that were mapped, unknown panel genes …
    pub warnings: Vec<Words>,
}

impl Case {
    /// A person's wishes.
    pub fn wishes_of(&self, person: &str) -> Wishes {
        self.wishes.get(person).copied().unwrap_or_default()
    }
}
