//! How much likelier a sign is in a disease than in diseases at large.

use std::collections::HashMap;

use indgang_terminology::TermIndex;

use super::PhenotypeRanker;
use super::profile::Profile;

/// Broader terms lend their frequency to narrower ones only up to this background.
const BROADEST: f32 = 0.6;
/// This share of every probability comes from the background: no sign alone rules a disease out.
const NOISE: f32 = 0.1;

/// Sum over the observed signs of the log likelihood ratio, by candidate.
pub(super) fn observed(
    ranker: &PhenotypeRanker<'_>,
    signs: &[TermIndex],
    changed: &HashMap<usize, Profile>,
) -> Vec<f32> {
    let mut sum = vec![0f32; ranker.diseases.len()];
    let mut p = vec![0f32; ranker.diseases.len()];
    for sign in signs {
        p.fill(0.0);
        for (ancestor, weight) in lenders(ranker, *sign) {
            for (disease, frequency) in ranker.background.diseases.of(ancestor.usize()) {
                let place = &mut p[*disease as usize];
                *place = place.max(frequency * weight);
            }
        }
        let background = ranker.background.frequency[sign.usize()];
        let nothing = ratio(0.0, background);
        for (sum, p) in sum.iter_mut().zip(&p) {
            *sum += if *p > 0.0 { ratio(*p, background) } else { nothing };
        }
    }
    for (disease, profile) in changed {
        sum[*disease] = signs.iter().map(|s| observed_in(ranker, *s, profile)).sum();
    }
    sum
}

/// The log likelihood ratio of one observed sign in one disease.
pub(super) fn observed_in(ranker: &PhenotypeRanker<'_>, sign: TermIndex, profile: &Profile) -> f32 {
    let p = lenders(ranker, sign).map(|(a, weight)| profile.frequency(a) * weight).fold(0.0, f32::max);
    ratio(p, ranker.background.frequency[sign.usize()])
}

/// Sum over the excluded signs of the log likelihood ratio against a disease without them, by candidate: 0 or less.
pub(super) fn excluded(
    ranker: &PhenotypeRanker<'_>,
    signs: &[TermIndex],
    changed: &HashMap<usize, Profile>,
) -> Vec<f32> {
    let mut sum = vec![0f32; ranker.diseases.len()];
    for sign in signs {
        for (disease, frequency) in ranker.background.diseases.of(sign.usize()) {
            sum[*disease as usize] += absent(*frequency);
        }
    }
    for (disease, profile) in changed {
        sum[*disease] = signs.iter().map(|s| excluded_in(*s, profile)).sum();
    }
    sum
}

/// The log likelihood ratio of one excluded sign in one disease: 0 when the disease is not known to show it.
pub(super) fn excluded_in(sign: TermIndex, profile: &Profile) -> f32 {
    absent(profile.frequency(sign))
}

fn absent(frequency: f32) -> f32 {
    (1.0 - (1.0 - NOISE) * frequency.clamp(0.0, 1.0)).ln()
}

/// The sign itself and broader terms, each with what its frequency is worth for the sign.
fn lenders<'r>(ranker: &'r PhenotypeRanker<'_>, sign: TermIndex) -> impl Iterator<Item = (TermIndex, f32)> + 'r {
    let background = &ranker.background.frequency;
    let own = background[sign.usize()];
    ranker
        .hpo
        .ancestors(sign)
        .iter()
        .filter(move |a| **a == sign || background[a.usize()] <= BROADEST)
        .map(move |a| (*a, if *a == sign { 1.0 } else { (own / background[a.usize()]).min(1.0) }))
}

fn ratio(p: f32, background: f32) -> f32 {
    (((1.0 - NOISE) * p + NOISE * background) / background).ln()
}
