//! What signs that were looked for and not found say against diseases that show them.

use std::collections::HashMap;

use indgang_terminology::TermIndex;

use super::PhenotypeRanker;
use super::profile::Profile;

/// This share of every probability comes from elsewhere: no sign alone rules a disease out.
const NOISE: f32 = 0.1;

/// Sum over the excluded signs of the log likelihood ratio against a disease without them, by candidate: 0 or less.
pub(super) fn scan(ranker: &PhenotypeRanker<'_>, signs: &[TermIndex], changed: &HashMap<usize, Profile>) -> Vec<f32> {
    let mut sum = vec![0f32; ranker.candidates()];
    for sign in signs {
        for (disease, held) in ranker.background.diseases.of(sign.usize()) {
            sum[*disease as usize] += absent(held.frequency);
        }
    }
    for (disease, profile) in changed {
        sum[*disease] = signs.iter().map(|s| of(*s, profile)).sum();
    }
    sum
}

/// The log likelihood ratio of one excluded sign in one disease: 0 when the disease is not known to show it.
pub(super) fn of(sign: TermIndex, profile: &Profile) -> f32 {
    absent(profile.frequency(sign))
}

fn absent(frequency: f32) -> f32 {
    (1.0 - (1.0 - NOISE) * frequency.clamp(0.0, 1.0)).ln()
}
