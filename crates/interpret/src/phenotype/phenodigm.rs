//! Phenodigm of all diseases at once: the measure that other programs rank by, for comparison.

use std::collections::HashMap;

use indgang_terminology::{Hpo, TermIndex};

use super::PhenotypeRanker;
use super::background::Lists;
use super::profile::Profile;

/// Common ancestors that are less informative than this are passed over.
const LEAST_INFORMATION: f32 = 2.5;
/// Marks a term that no disease is annotated with directly.
const NO_SLOT: u32 = u32::MAX;

/// Terms that some disease is annotated with directly each have a slot in a query's tables.
#[derive(Debug)]
pub(super) struct Slots {
    annotated: Vec<TermIndex>,
    /// For each term, the slots at or below it.
    below: Lists<u32>,
    /// For each disease, the slots of its signs.
    of_disease: Lists<u32>,
    /// By term.
    slot: Vec<u32>,
}

impl Slots {
    pub(super) fn new(hpo: &Hpo, profiles: &[Profile]) -> Self {
        let n = hpo.terms().len();
        let mut slot = vec![NO_SLOT; n];
        for term in profiles.iter().flat_map(|p| &p.terms) {
            slot[term.usize()] = 0;
        }
        let annotated: Vec<TermIndex> = (0..n).filter(|t| slot[*t] == 0).map(|t| TermIndex(t as u32)).collect();
        for (i, term) in (0u32..).zip(&annotated) {
            slot[term.usize()] = i;
        }
        let below = Lists::grouped(
            n,
            (0u32..).zip(&annotated).flat_map(|(i, t)| hpo.ancestors(*t).iter().map(move |a| (a.usize(), i))),
        );
        let of_disease = Lists::grouped(
            profiles.len(),
            profiles
                .iter()
                .enumerate()
                .flat_map(|(d, p)| p.terms.iter().map(move |t| (d, t.usize())))
                .map(|(d, t)| (d, slot[t])),
        );
        Self { annotated, below, of_disease, slot }
    }

    fn of_profile(&self, profile: &Profile) -> Vec<u32> {
        profile.terms.iter().map(|t| self.slot[t.usize()]).filter(|s| *s != NO_SLOT).collect()
    }
}

/// Scores by candidate, 0 to 1.
pub(super) fn scan(
    ranker: &PhenotypeRanker<'_>,
    slots: &Slots,
    observed: &[TermIndex],
    changed: &HashMap<usize, Profile>,
) -> Vec<f32> {
    let information = |t: &TermIndex| ranker.background.information[t.usize()].max(0.0);
    let columns: Vec<Vec<f32>> = observed.iter().map(|sign| column(ranker, slots, *sign)).collect();
    let best: Vec<f32> = (0..slots.annotated.len()).map(|s| columns.iter().map(|c| c[s]).fold(0.0, f32::max)).collect();
    // What the observed signs would score against themselves.
    let own: Vec<f32> = observed.iter().map(|t| information(t).sqrt()).collect();
    let (own_max, own_mean) = (own.iter().copied().fold(0.0, f32::max), own.iter().sum::<f32>() / own.len() as f32);
    let score = |of_disease: &[u32]| {
        let strongest = |column: &Vec<f32>| of_disease.iter().map(|s| column[*s as usize]).fold(0.0, f32::max);
        let forth: Vec<f32> = columns.iter().map(strongest).collect();
        let back = of_disease.iter().map(|s| best[*s as usize]);
        let matched = back.clone().filter(|b| *b > 0.0).count();
        let mean = (forth.iter().sum::<f32>() + back.sum::<f32>()) / (forth.len() + matched) as f32;
        let max = forth.iter().copied().fold(0.0, f32::max);
        if own_max > 0.0 { ((max / own_max + mean / own_mean) / 2.0).min(1.0) } else { 0.0 }
    };
    (0..ranker.candidates())
        .map(|d| match changed.get(&d) {
            Some(profile) => score(&slots.of_profile(profile)),
            None => score(slots.of_disease.of(d)),
        })
        .collect()
}

/// √(information of the most informative common ancestor · Jaccard of the ancestors), by slot.
fn column(ranker: &PhenotypeRanker<'_>, slots: &Slots, sign: TermIndex) -> Vec<f32> {
    let above = ranker.hpo.ancestors(sign);
    let mut best = vec![(0f32, 0u16); slots.annotated.len()];
    for ancestor in above {
        let own = ranker.background.information[ancestor.usize()];
        for slot in slots.below.of(ancestor.usize()) {
            let (information, shared) = &mut best[*slot as usize];
            *information = information.max(own);
            *shared += 1;
        }
    }
    let score = |((information, shared), term): (&(f32, u16), &TermIndex)| {
        let shared = f32::from(*shared);
        let all = (above.len() + ranker.hpo.ancestors(*term).len()) as f32 - shared;
        if *information > LEAST_INFORMATION { (information * shared / all).sqrt() } else { 0.0 }
    };
    best.iter().zip(&slots.annotated).map(score).collect()
}
