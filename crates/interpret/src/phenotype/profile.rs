//! A disease's signs with one frequency each, what follows from them for the terms above,
//! and how its patients' lists of signs are made up.

use std::collections::BTreeMap;

use indgang_knowledge::phenotype::{Annotation, Disease, Frequency, Pmid};
use indgang_terminology::{Hpo, TermIndex};

use super::solved::Lessons;

/// The annotated frequency weighs as much as so many solved cases.
const ANNOTATED: f32 = 1.0;
/// In the list of signs: the weight of the annotated signs, of the kin's, and of each solved case.
const LIST_OWN: f32 = 1.0;
const LIST_KIN: f32 = 0.43;
const LIST_CASE: f32 = 0.5;

/// What a profile is made of.
pub(super) struct Material<'m> {
    /// The disease's own rows.
    pub(super) own: Option<&'m Disease>,
    /// Diseases of the same gene in another catalogue, with shares that sum to 1.
    pub(super) kin: &'m [(&'m Disease, f32)],
    /// What solved cases say.
    pub(super) lessons: Lessons,
}

/// A term as one disease has it.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Held {
    /// Share of patients with the sign or a narrower one, 0 to 1; 0 when the disease is not known to show it.
    pub(super) frequency: f32,
    /// Share of the signs that are written down for a patient that are this one or a narrower one.
    pub(super) mention: f32,
}

/// One disease as the ranker sees it.
#[derive(Debug, Clone, Default)]
pub(super) struct Profile {
    /// Signs of the disease itself, ascending.
    pub(super) terms: Vec<TermIndex>,
    /// All signs and everything above them, ascending.
    pub(super) closure: Vec<(TermIndex, Held)>,
    /// How many solved cases it was learnt from, after the limit by source.
    pub(super) solved: f32,
}

/// What terms have while a profile is made: a place for each term of the ontology, used again for the next profile.
#[derive(Debug)]
pub(super) struct Scratch {
    held: Vec<Option<Held>>,
    touched: Vec<TermIndex>,
}

impl Scratch {
    pub(super) fn new(hpo: &Hpo) -> Self {
        Self { held: vec![None; hpo.terms().len()], touched: Vec::new() }
    }

    fn of(&mut self, term: TermIndex) -> &mut Held {
        self.held[term.usize()].get_or_insert_with(|| {
            self.touched.push(term);
            Held::default()
        })
    }

    /// What was gathered, ascending; leaves nothing behind.
    fn closure(&mut self) -> Vec<(TermIndex, Held)> {
        self.touched.sort_unstable();
        self.touched.drain(..).filter_map(|term| Some((term, self.held[term.usize()].take()?))).collect()
    }
}

impl Profile {
    /// `without`: rows that rest on one of these publications are left out.
    pub(super) fn new(
        hpo: &Hpo,
        material: &Material<'_>,
        unknown: f32,
        without: &[Pmid],
        scratch: &mut Scratch,
    ) -> Self {
        let own = material.own.map(|d| annotated(hpo, d, unknown, without)).unwrap_or_default();
        let lessons = &material.lessons;
        let shares = with_cases(&own, lessons);
        for (term, share) in &shares {
            for above in hpo.ancestors(*term) {
                let held = scratch.of(*above);
                held.frequency = held.frequency.max(*share);
            }
        }
        for (term, cases) in &lessons.implied {
            let held = scratch.of(*term);
            held.frequency = held.frequency.max(cases / (lessons.cases + ANNOTATED));
        }
        for (term, share) in list(hpo, &own, material, unknown) {
            for above in hpo.ancestors(term) {
                scratch.of(*above).mention += share;
            }
        }
        Self { terms: shares.into_keys().collect(), closure: scratch.closure(), solved: lessons.cases }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// A term as the disease has it.
    pub(super) fn held(&self, term: TermIndex) -> Held {
        self.closure.binary_search_by_key(&term, |(t, _)| *t).map_or(Held::default(), |i| self.closure[i].1)
    }

    /// Whether the sign or a narrower one belongs to the disease.
    pub(super) fn shows(&self, term: TermIndex) -> bool {
        self.held(term).frequency > 0.0
    }

    /// The share of patients with the sign or a narrower one; 0 when nothing is known of it.
    pub(super) fn frequency(&self, term: TermIndex) -> f32 {
        self.held(term).frequency
    }
}

/// Annotated signs with one share of patients each.
fn annotated(hpo: &Hpo, disease: &Disease, unknown: f32, without: &[Pmid]) -> BTreeMap<TermIndex, f32> {
    let counts = |row: &&Annotation| {
        let left_out = row.publications.iter().any(|p| without.contains(p));
        !(row.excluded || left_out || row.frequency.share() == Some(0.0))
    };
    let mut pools: BTreeMap<TermIndex, Pool> = BTreeMap::new();
    for row in disease.annotations.iter().filter(counts) {
        if let Some(term) = hpo.current(row.term).filter(|t| hpo.is_phenotypic_abnormality(*t)) {
            pools.entry(term).or_default().add(row.frequency);
        }
    }
    pools.into_iter().map(|(term, pool)| (term, pool.share().unwrap_or(unknown))).collect()
}

/// Shares of patients from annotations and solved cases together. A sign that no case names counts as absent in it.
fn with_cases(own: &BTreeMap<TermIndex, f32>, lessons: &Lessons) -> BTreeMap<TermIndex, f32> {
    let prior = if own.is_empty() { 0.0 } else { ANNOTATED };
    let mut shares = own.clone();
    if lessons.cases > 0.0 {
        shares.values_mut().for_each(|share| *share *= prior / (lessons.cases + prior));
        for (term, cases) in &lessons.named {
            *shares.entry(*term).or_default() += cases / (lessons.cases + prior);
        }
    }
    shares
}

/// How the signs that are written down for a patient are made up: a mixture of what the disease's own rows,
/// its kin's and solved cases say. Sums to 1.
fn list(hpo: &Hpo, own: &BTreeMap<TermIndex, f32>, material: &Material<'_>, unknown: f32) -> BTreeMap<TermIndex, f32> {
    let lessons = &material.lessons;
    let own_weight = if own.is_empty() { 0.0 } else { LIST_OWN };
    let kin_weight = if material.kin.is_empty() { 0.0 } else { LIST_KIN };
    let case_weight = LIST_CASE * lessons.cases;
    let total = own_weight + kin_weight + case_weight;
    let mut list = BTreeMap::new();
    let mut add = |signs: &BTreeMap<TermIndex, f32>, weight: f32| {
        let sum: f32 = signs.values().sum();
        if sum > 0.0 {
            signs.iter().for_each(|(term, share)| *list.entry(*term).or_default() += weight / total * share / sum);
        }
    };
    add(own, own_weight);
    for (disease, share) in material.kin {
        add(&annotated(hpo, disease, unknown, &[]), kin_weight * share);
    }
    if lessons.cases > 0.0 {
        add(&lessons.named, case_weight);
    }
    list
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
