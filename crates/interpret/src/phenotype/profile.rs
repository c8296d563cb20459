//! A disease's signs with one frequency each, and what follows from them for the terms above.

use std::collections::BTreeMap;

use indgang_knowledge::phenotype::{Disease, Frequency, Pmid};
use indgang_terminology::{Hpo, TermIndex};

use super::Options;

/// One disease as the ranker sees it.
#[derive(Debug, Clone, Default)]
pub(super) struct Profile {
    /// Annotated signs, ascending.
    pub(super) terms: Vec<TermIndex>,
    /// Annotated signs and everything above them, ascending, each with the largest frequency below it.
    pub(super) closure: Vec<(TermIndex, f32)>,
}

impl Profile {
    /// `without`: rows that rest on one of these publications are left out.
    pub(super) fn new(hpo: &Hpo, disease: &Disease, options: &Options, without: &[Pmid]) -> Self {
        let mut pooled: BTreeMap<TermIndex, Pool> = BTreeMap::new();
        for row in &disease.annotations {
            let left_out = row.publications.iter().any(|p| without.contains(p));
            if row.excluded || left_out || row.frequency.share() == Some(0.0) {
                continue;
            }
            if let Some(term) = hpo.current(row.term).filter(|t| hpo.is_phenotypic_abnormality(*t)) {
                pooled.entry(term).or_default().add(row.frequency);
            }
        }
        let mut closure: BTreeMap<TermIndex, f32> = BTreeMap::new();
        for (term, pool) in &pooled {
            let share = pool.share().unwrap_or(options.unknown_frequency).min(options.frequency_cap);
            for above in hpo.ancestors(*term) {
                let most = closure.entry(*above).or_insert(0.0);
                *most = most.max(share);
            }
        }
        Self { terms: pooled.into_keys().collect(), closure: closure.into_iter().collect() }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// The share of patients with the sign or a narrower one; 0 when nothing is known of it.
    pub(super) fn frequency(&self, term: TermIndex) -> f32 {
        self.closure.binary_search_by_key(&term, |(t, _)| *t).map_or(0.0, |i| self.closure[i].1)
    }
}

/// Several rows on one sign: patients are counted together; without counts, the stated shares are averaged.
#[derive(Default)]
struct Pool {
    with: u32,
    of: u32,
    shares: f32,
    stated: f32,
}

impl Pool {
    fn add(&mut self, frequency: Frequency) {
        match (frequency, frequency.share()) {
            (Frequency::Counts { with, of }, _) => {
                self.with += with;
                self.of += of;
            }
            (_, Some(share)) => {
                self.shares += share;
                self.stated += 1.0;
            }
            (_, None) => {}
        }
    }

    fn share(&self) -> Option<f32> {
        if self.of > 0 {
            return Some(self.with as f32 / self.of as f32);
        }
        (self.stated > 0.0).then(|| self.shares / self.stated)
    }
}
