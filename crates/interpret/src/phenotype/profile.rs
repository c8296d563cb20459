//! A disease's signs with one frequency each, and what follows from them for the terms above.

use indgang_knowledge::phenotype::{Annotation, Disease, Frequency, Pmid};
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
        let counts = |row: &&Annotation| {
            let left_out = row.publications.iter().any(|p| without.contains(p));
            !(row.excluded || left_out || row.frequency.share() == Some(0.0))
        };
        let mut rows: Vec<(TermIndex, Frequency)> = disease
            .annotations
            .iter()
            .filter(counts)
            .filter_map(|row| Some((hpo.current(row.term)?, row.frequency)))
            .filter(|(term, _)| hpo.is_phenotypic_abnormality(*term))
            .collect();
        rows.sort_by_key(|(term, _)| *term);
        let (mut terms, mut closure) = (Vec::new(), Vec::new());
        for same in rows.chunk_by(|a, b| a.0 == b.0) {
            let mut pool = Pool::default();
            same.iter().for_each(|(_, frequency)| pool.add(*frequency));
            let share = pool.share().unwrap_or(options.unknown_frequency).min(options.frequency_cap);
            terms.push(same[0].0);
            closure.extend(hpo.ancestors(same[0].0).iter().map(|above| (*above, share)));
        }
        // Of several shares for one term the largest stands.
        closure.sort_unstable_by(|a: &(TermIndex, f32), b| a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)));
        closure.dedup_by_key(|(term, _)| *term);
        Self { terms, closure }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// Whether the sign or a narrower one belongs to the disease.
    pub(super) fn shows(&self, term: TermIndex) -> bool {
        self.closure.binary_search_by_key(&term, |(t, _)| *t).is_ok()
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
