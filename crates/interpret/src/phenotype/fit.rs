//! How well a disease's signs fit the patient's: likeness, coverage and presence, for all diseases in one pass.
//!
//! All three follow from the lists of diseases by term, so that a query touches only diseases that share a term with it.

use std::collections::HashMap;

use indgang_terminology::{Hpo, TermIndex};

use super::PhenotypeRanker;
use super::profile::Profile;

/// A disease's fit, each part 0 when nothing is shared.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Fit {
    /// Mean over the observed signs of the most informative common ancestor's information.
    pub(super) resnik: f32,
    /// Cosine of the two closures, 0 to 1: each term weighs what it adds to its parents, the disease's also by frequency.
    pub(super) cosine: f32,
    /// Mean over the observed signs of the sign's information where the disease has it or a narrower one.
    pub(super) present: f32,
}

/// By disease. Profiles that changed for this query are reckoned one by one.
pub(super) fn scan(
    ranker: &PhenotypeRanker<'_>,
    observed: &[TermIndex],
    changed: &HashMap<usize, Profile>,
) -> Vec<Fit> {
    let background = &ranker.background;
    let mut fits = vec![Fit::default(); ranker.diseases.len()];
    if observed.is_empty() {
        return fits;
    }
    let mut best = vec![0f32; fits.len()];
    for sign in observed {
        best.fill(0.0);
        // The most informative last, so that it stays.
        for ancestor in by_information(ranker, *sign) {
            let own = background.information[ancestor.usize()];
            for (disease, _) in background.diseases.of(ancestor.usize()) {
                best[*disease as usize] = own;
            }
        }
        for (fit, best) in fits.iter_mut().zip(&best) {
            fit.resnik += best;
        }
        for (disease, _) in background.diseases.of(sign.usize()) {
            fits[*disease as usize].present += background.information[sign.usize()];
        }
    }
    let closure = closure(ranker.hpo, observed);
    for term in &closure {
        let added = background.added[term.usize()];
        if added > 0.0 {
            for (disease, frequency) in background.diseases.of(term.usize()) {
                fits[*disease as usize].cosine += added * frequency.sqrt();
            }
        }
    }
    let length = length(ranker, &closure);
    for (fit, own) in fits.iter_mut().zip(&background.length) {
        finish(fit, observed.len(), length * own);
    }
    for (disease, profile) in changed {
        fits[*disease] = of(ranker, observed, profile);
    }
    fits
}

/// The same for one profile, term by term.
pub(super) fn of(ranker: &PhenotypeRanker<'_>, observed: &[TermIndex], profile: &Profile) -> Fit {
    let background = &ranker.background;
    let mut fit = Fit::default();
    for sign in observed {
        let shared = ranker.hpo.ancestors(*sign).iter().filter(|a| profile.shows(**a));
        fit.resnik += shared.map(|a| background.information[a.usize()]).fold(0.0, f32::max);
        if profile.shows(*sign) {
            fit.present += background.information[sign.usize()];
        }
    }
    let closure = closure(ranker.hpo, observed);
    for term in &closure {
        let added = background.added[term.usize()];
        if added > 0.0 {
            fit.cosine += added * profile.frequency(*term).sqrt();
        }
    }
    finish(&mut fit, observed.len(), length(ranker, &closure) * background.length_of(profile));
    fit
}

/// From sums to means.
fn finish(fit: &mut Fit, signs: usize, lengths: f32) {
    let signs = signs.max(1) as f32;
    fit.resnik /= signs;
    fit.present /= signs;
    fit.cosine = if lengths > 0.0 { (fit.cosine / lengths).min(1.0) } else { 0.0 };
}

/// A sign and its ancestors that say anything at all, the least informative first.
fn by_information(ranker: &PhenotypeRanker<'_>, sign: TermIndex) -> Vec<TermIndex> {
    let information = &ranker.background.information;
    let mut above: Vec<TermIndex> =
        ranker.hpo.ancestors(sign).iter().copied().filter(|a| information[a.usize()] > 0.0).collect();
    above.sort_by(|a, b| information[a.usize()].total_cmp(&information[b.usize()]));
    above
}

/// The signs and everything above them, each once, ascending.
fn closure(hpo: &Hpo, observed: &[TermIndex]) -> Vec<TermIndex> {
    let mut closure: Vec<TermIndex> = observed.iter().flat_map(|s| hpo.ancestors(*s)).copied().collect();
    closure.sort_unstable();
    closure.dedup();
    closure
}

fn length(ranker: &PhenotypeRanker<'_>, closure: &[TermIndex]) -> f32 {
    closure.iter().map(|t| ranker.background.added[t.usize()]).sum::<f32>().sqrt()
}
