//! Resnik's measure from the patient's signs to all diseases at once, for comparison.

use std::collections::HashMap;

use indgang_terminology::TermIndex;

use super::PhenotypeRanker;
use super::profile::Profile;

/// By candidate: mean over the observed signs of the most informative common ancestor's information.
pub(super) fn scan(
    ranker: &PhenotypeRanker<'_>,
    observed: &[TermIndex],
    changed: &HashMap<usize, Profile>,
) -> Vec<f32> {
    let information = &ranker.background.information;
    let mut sums = vec![0f32; ranker.candidates()];
    let mut best = vec![0f32; sums.len()];
    for sign in observed {
        best.fill(0.0);
        for ancestor in ranker.hpo.ancestors(*sign) {
            let own = information[ancestor.usize()];
            for (disease, held) in ranker.background.diseases.of(ancestor.usize()) {
                let place = &mut best[*disease as usize];
                *place = if held.frequency > 0.0 { place.max(own) } else { *place };
            }
        }
        sums.iter_mut().zip(&best).for_each(|(sum, best)| *sum += best);
    }
    for (disease, profile) in changed {
        let of = |sign: &TermIndex| {
            let shared = ranker.hpo.ancestors(*sign).iter().filter(|a| profile.shows(**a));
            shared.map(|a| information[a.usize()]).fold(0.0, f32::max)
        };
        sums[*disease] = observed.iter().map(of).sum();
    }
    let signs = observed.len().max(1) as f32;
    sums.iter_mut().for_each(|sum| *sum /= signs);
    sums
}
