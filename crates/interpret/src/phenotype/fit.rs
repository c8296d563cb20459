//! How well a disease's signs fit the patient's: as a list, as a whole and sign by sign, for all diseases in one pass.
//!
//! All follow from the lists of diseases by term, so that a query touches only diseases that share a term with it.

use std::collections::HashMap;

use indgang_terminology::TermIndex;

use super::profile::Profile;
use super::{PhenotypeRanker, closure, mention};

/// A disease's fit.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Fit {
    /// Mean over the observed signs of the log ratio with which the disease's list holds them.
    pub(super) mention: f32,
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
    let mut fits = vec![Fit::default(); ranker.candidates()];
    if observed.is_empty() {
        return fits;
    }
    for (fit, sum) in fits.iter_mut().zip(mention::scan(ranker, observed, changed)) {
        fit.mention = sum;
    }
    for sign in observed {
        let information = background.information[sign.usize()];
        for (disease, held) in background.diseases.of(sign.usize()) {
            if held.frequency > 0.0 {
                fits[*disease as usize].present += information;
            }
        }
    }
    let closure = closure(ranker.hpo, observed);
    for term in &closure {
        let added = background.added[term.usize()];
        if added > 0.0 {
            for (disease, held) in background.diseases.of(term.usize()) {
                fits[*disease as usize].cosine += added * held.frequency.sqrt();
            }
        }
    }
    let length = length(ranker, &closure);
    for (fit, own) in fits.iter_mut().zip(&background.length) {
        finish(fit, observed.len(), length * own);
    }
    for (disease, profile) in changed {
        let mention = fits[*disease].mention;
        fits[*disease] = Fit { mention, ..of(ranker, observed, profile) };
    }
    fits
}

/// The same for one profile, term by term; what its list and its series say of the signs is not asked here.
pub(super) fn of(ranker: &PhenotypeRanker<'_>, observed: &[TermIndex], profile: &Profile) -> Fit {
    let background = &ranker.background;
    let mut fit = Fit::default();
    for sign in observed {
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
    fit.mention /= signs;
    fit.present /= signs;
    fit.cosine = if lengths > 0.0 { (fit.cosine / lengths).min(1.0) } else { 0.0 };
}

fn length(ranker: &PhenotypeRanker<'_>, closure: &[TermIndex]) -> f32 {
    closure.iter().map(|t| ranker.background.added[t.usize()]).sum::<f32>().sqrt()
}
