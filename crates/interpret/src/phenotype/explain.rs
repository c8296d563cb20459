//! What each sign says for or against a disease.

use indgang_model::HpoId;
use indgang_terminology::TermIndex;
use serde::Serialize;

use super::profile::Profile;
use super::{PhenotypeRanker, Signs, excluded, mention};
use std::collections::HashMap;

/// One sign's say.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SignContribution {
    /// The patient's sign.
    pub sign: HpoId,
    /// Its name.
    pub name: Box<str>,
    /// True when it was looked for and not found.
    pub excluded: bool,
    /// Natural logarithm of how much likelier the sign is written down for a patient with the disease than for any;
    /// of an excluded sign, the weighted log ratio of its absence. Above 0 speaks for the disease, below 0 against.
    pub log_ratio: f32,
    /// The disease's annotated sign that is nearest to it; `None` when nothing is near.
    pub matched: Option<HpoId>,
    /// That sign's name, or empty.
    pub matched_name: Box<str>,
    /// Information content (natural logarithm) of the most informative common ancestor of the two.
    pub information: f32,
    /// The share of the disease's patients with the sign or a narrower one as the ranker takes it, 0 to 1.
    pub frequency: f32,
}

/// `disease` by its place among the candidates; `changed` as [`super::fit::scan`] has it.
pub(super) fn contributions(
    ranker: &PhenotypeRanker<'_>,
    signs: &Signs,
    disease: usize,
    changed: &HashMap<usize, Profile>,
) -> Vec<SignContribution> {
    let profile = changed.get(&disease).unwrap_or(&ranker.profiles[disease]);
    let weight = ranker.fitted().weights.excluded as f32;
    let mut observed: Vec<SignContribution> = signs
        .observed
        .iter()
        .map(|s| contribution(ranker, profile, *s, false, mention::of(ranker, *s, disease, changed)))
        .collect();
    let mut absent: Vec<SignContribution> = signs
        .excluded
        .iter()
        .map(|s| contribution(ranker, profile, *s, true, weight * excluded::of(*s, profile)))
        .collect();
    observed.sort_by(|a, b| b.log_ratio.total_cmp(&a.log_ratio).then(a.sign.cmp(&b.sign)));
    absent.sort_by(|a, b| a.log_ratio.total_cmp(&b.log_ratio).then(a.sign.cmp(&b.sign)));
    observed.append(&mut absent);
    observed
}

fn contribution(
    ranker: &PhenotypeRanker<'_>,
    profile: &Profile,
    sign: TermIndex,
    excluded: bool,
    log_ratio: f32,
) -> SignContribution {
    let nearest = profile
        .terms
        .iter()
        .map(|t| (*t, ranker.background.most_informative(ranker.hpo, sign, *t).1, ranker.hpo.ancestors(*t).len()))
        .filter(|(_, information, _)| *information > 0.0)
        // The most informative ancestor; among equals the least specific sign, then the first.
        .max_by(|a, b| a.1.total_cmp(&b.1).then(b.2.cmp(&a.2)).then(b.0.cmp(&a.0)));
    let term = ranker.hpo.term(sign);
    SignContribution {
        sign: term.id,
        name: term.name.clone(),
        excluded,
        log_ratio,
        matched: nearest.map(|(t, ..)| ranker.hpo.term(t).id),
        matched_name: nearest.map_or_else(|| "".into(), |(t, ..)| ranker.hpo.term(t).name.clone()),
        information: nearest.map_or(0.0, |(_, information, _)| information),
        frequency: profile.frequency(sign),
    }
}
