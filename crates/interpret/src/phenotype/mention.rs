//! How much likelier a sign is to be written down for a patient with a disease than for any patient.
//!
//! A patient's list of signs is taken as drawn from the disease's own list, sign by sign. A sign that the list
//! does not hold falls back on the broader terms above it: the further above, the less it counts.

use std::collections::HashMap;

use indgang_terminology::TermIndex;

use super::PhenotypeRanker;
use super::profile::Profile;

/// How fast broader terms lose their say with each unit of information (natural logarithm).
const FALL: f32 = 0.9;
/// This share of every list is made up as any patient's: no sign alone rules a disease out.
const NOISE: f32 = 0.1;
/// Ratios multiplied before a logarithm is taken; each is above `NOISE` and below the inverse of the rarest term's share.
const MULTIPLIED: usize = 16;

/// Sum over the observed signs of the log ratio, by candidate. `changed` as [`super::fit::scan`] has it.
pub(super) fn scan(
    ranker: &PhenotypeRanker<'_>,
    observed: &[TermIndex],
    changed: &HashMap<usize, Profile>,
) -> Vec<f32> {
    let mut sums = vec![0f32; ranker.candidates()];
    let mut product = vec![1f64; sums.len()];
    let mut shares = vec![0f32; sums.len()];
    for signs in observed.chunks(MULTIPLIED) {
        product.fill(1.0);
        for sign in signs {
            shares.fill(0.0);
            let above = above(ranker, *sign);
            for (term, weight) in &above {
                for (disease, held) in ranker.background.diseases.of(term.usize()) {
                    shares[*disease as usize] += weight * held.mention;
                }
            }
            changed.iter().for_each(|(disease, profile)| shares[*disease] = share(&above, profile));
            for (disease, product) in product.iter_mut().enumerate() {
                *product *= f64::from(NOISE + ranker.series.blend(disease, |d| shares[d]));
            }
        }
        sums.iter_mut().zip(&product).for_each(|(sum, product)| *sum += product.ln() as f32);
    }
    sums
}

/// The log ratio of one sign in one disease.
pub(super) fn of(
    ranker: &PhenotypeRanker<'_>,
    sign: TermIndex,
    disease: usize,
    changed: &HashMap<usize, Profile>,
) -> f32 {
    let above = above(ranker, sign);
    let profile = |d: usize| changed.get(&d).unwrap_or(&ranker.profiles[d]);
    (NOISE + ranker.series.blend(disease, |d| share(&above, profile(d)))).ln()
}

/// What a profile's own list says of a sign, against the mean of all.
fn share(above: &[(TermIndex, f32)], profile: &Profile) -> f32 {
    above.iter().map(|(term, weight)| weight * profile.held(*term).mention).sum()
}

/// The sign and the broader terms that say anything, each with what a share of the disease's list counts.
/// A disease whose list is made up as the mean of all has a ratio of 1.
fn above(ranker: &PhenotypeRanker<'_>, sign: TermIndex) -> Vec<(TermIndex, f32)> {
    let background = &ranker.background;
    let information = |t: TermIndex| background.information[t.usize()];
    let mut above: Vec<(TermIndex, f32)> = ranker
        .hpo
        .ancestors(sign)
        .iter()
        .filter(|a| information(**a) > 0.0)
        .map(|a| (*a, (-FALL * (information(sign) - information(*a))).exp()))
        .collect();
    let sum: f32 = above.iter().map(|(_, weight)| weight).sum();
    for (term, weight) in &mut above {
        *weight *= (1.0 - NOISE) / sum / background.mention[term.usize()];
    }
    above
}
