//! Which of a gene's diseases the signs and the mode of inheritance fit best.

use crate::phenotype::{DiseaseScore, LearntDisease, Query, Ranking};
use crate::report::{self, SignContribution};
use indgang_knowledge::phenotype::DiseaseId;
use indgang_knowledge::{GeneDisease, GeneRecord, Genes, Mode, Validity};
use indgang_model::{ModeOfInheritance, PhenotypicFeature};
use std::borrow::Cow;

/// A gene's disease, by an assertion or by solved cases.
struct Link<'l> {
    disease: Cow<'l, str>,
    label: &'l str,
    modes: Cow<'l, [Mode]>,
    validity: Option<Validity>,
}

impl<'l> From<&'l GeneDisease> for Link<'l> {
    fn from(known: &'l GeneDisease) -> Self {
        Self {
            disease: Cow::Borrowed(&known.disease),
            label: &known.label,
            modes: Cow::Borrowed(&known.modes),
            validity: known.validity,
        }
    }
}

impl<'l> From<LearntDisease<'l>> for Link<'l> {
    fn from(learnt: LearntDisease<'l>) -> Self {
        Self {
            disease: Cow::Owned(learnt.id.to_string()),
            label: learnt.label,
            modes: Cow::Owned(learnt.modes),
            validity: None,
        }
    }
}

/// How the signs fit every disease; `None` when no sign was given.
pub struct Diseases<'a> {
    ranking: Option<Ranking<'a>>,
    best: f64,
    /// The score of a disease in the middle of the list: what likeness there is to anything.
    middle: f64,
}

/// A gene's disease, as this case sees it.
#[derive(Debug, Clone)]
pub struct Fit {
    /// The disease.
    pub disease: report::Disease,
    /// How well the signs fit, 0 to 1.
    pub phenotype: f64,
    /// ln(belief in the disease × diseases that compete); 0 when its signs were not compared.
    pub belief: f64,
    /// The disease's place among those that compete and their number, when signs were compared with it.
    pub place: Option<(f64, usize)>,
    /// False when signs were given, but those of the disease are not known.
    pub compared: bool,
    /// True when the disease is known by the mode found here; `None` when its modes are not known.
    pub mode_known: Option<bool>,
    /// True when only the father's copy of the gene is read, as the disease's mode of inheritance says.
    pub maternal_imprinting: bool,
    /// ClinGen's word on gene and disease.
    pub validity: Option<Validity>,
    id: Option<DiseaseId>,
}

impl<'a> Diseases<'a> {
    /// From a ranking of the case's signs.
    pub fn new(ranking: Option<Ranking<'a>>) -> Self {
        let at = |place: fn(usize) -> usize| {
            let scores = ranking.as_ref().map(|r| r.scores()).unwrap_or_default();
            scores.get(place(scores.len())).map_or(0.0, |s| s.combined)
        };
        let (best, middle) = (at(|_| 0), at(|n| n / 2));
        Self { ranking, best, middle }
    }

    /// The query of a case: `None` when there is no observed sign.
    pub fn query(features: &[PhenotypicFeature]) -> Option<Query> {
        features.iter().any(|f| !f.excluded).then(|| Query::from_features(features))
    }

    /// The gene's disease that fits signs and mode best; `None` when the gene has no disease.
    pub fn best_fit(&self, genes: &Genes, gene: &GeneRecord, mode: ModeOfInheritance) -> Option<Fit> {
        let known = genes.diseases_of(gene);
        let validity = known.iter().filter_map(|d| d.validity).max();
        let learnt = self.ranking.iter().flat_map(|ranking| ranking.learnt_of(&gene.symbol));
        let new = learnt.map(Link::from).filter(|link| known.iter().all(|d| *d.disease != *link.disease));
        let links = known.iter().map(Link::from).chain(new);
        let fits = links.map(|link| self.fit(&link, mode, validity));
        fits.max_by(|a, b| {
            let worth = |f: &Fit| f.phenotype - if f.mode_known == Some(false) { 0.2 } else { 0.0 };
            // Among equals the one that the signs were compared with, then the smaller identifier.
            worth(a)
                .total_cmp(&worth(b))
                .then(is_supported(a).cmp(&is_supported(b)))
                .then(a.id.is_some().cmp(&b.id.is_some()))
                .then_with(|| b.disease.id.cmp(&a.disease.id))
        })
    }

    fn fit(&self, link: &Link<'_>, mode: ModeOfInheritance, gene_validity: Option<Validity>) -> Fit {
        let id: Option<DiseaseId> = link.disease.parse().ok();
        let mode_known =
            if link.modes.iter().any(|m| is_mode(*m)) { Some(link.modes.iter().any(|m| fits(*m, mode))) } else { None };
        Fit {
            // Some sources name the disease by its number only.
            disease: report::Disease {
                id: link.disease.to_string(),
                label: if link.label.is_empty() { link.disease.to_string() } else { link.label.to_string() },
            },
            phenotype: self.phenotype(id),
            belief: self.belief(id),
            place: self.score_of(id).map(|score| (score.rank, self.ranking.as_ref().map_or(0, |r| r.scores().len()))),
            compared: self.ranking.is_none() || self.score_of(id).is_some(),
            mode_known,
            maternal_imprinting: link.modes.contains(&Mode::AutosomalDominantMaternalImprinting),
            validity: link.validity.or(gene_validity),
            id: id.filter(|id| self.score_of(Some(*id)).is_some()),
        }
    }

    fn score_of(&self, id: Option<DiseaseId>) -> Option<&DiseaseScore> {
        self.ranking.as_ref()?.score_of(id?)
    }

    fn belief(&self, id: Option<DiseaseId>) -> f64 {
        let diseases = self.ranking.as_ref().map_or(0, |ranking| ranking.scores().len());
        self.score_of(id).map_or(0.0, |score| (score.posterior * diseases as f64).ln())
    }

    /// How well the signs fit a disease, 0 to 1: half its place (logarithmic), half its score between a
    /// middling disease's and the best one's.
    /// Without signs one half for every disease: the signs then say nothing.
    fn phenotype(&self, id: Option<DiseaseId>) -> f64 {
        let Some(ranking) = &self.ranking else { return 0.5 };
        let Some(score) = self.score_of(id) else { return 0.0 };
        let candidates = ranking.scores().len().max(2) as f64;
        let place = 1.0 - score.rank.ln() / candidates.ln();
        let range = self.best - self.middle;
        let share = if range > 0.0 { ((score.combined - self.middle) / range).clamp(0.0, 1.0) } else { 0.0 };
        (0.5 * place + 0.5 * share).clamp(0.0, 1.0)
    }

    /// What each sign says for or against the fitted disease.
    pub fn signs(&self, fit: &Fit) -> Vec<SignContribution> {
        let (Some(ranking), Some(id)) = (&self.ranking, fit.id) else { return Vec::new() };
        ranking
            .explain(id)
            .into_iter()
            .map(|c| SignContribution {
                feature: PhenotypicFeature { id: c.sign, label: c.name.to_string(), excluded: c.excluded },
                matched: c.matched.map(|id| PhenotypicFeature {
                    id,
                    label: c.matched_name.to_string(),
                    excluded: false,
                }),
                log_likelihood_ratio: f64::from(c.log_ratio),
            })
            .collect()
    }
}

/// False where ClinGen doubts or denies that gene and disease belong together.
fn is_supported(fit: &Fit) -> bool {
    !matches!(fit.validity, Some(Validity::Disputed | Validity::Refuted | Validity::NoKnownRelationship))
}

/// True for a word that is a mode of inheritance rather than a circumstance of it.
fn is_mode(mode: Mode) -> bool {
    use Mode as M;
    matches!(
        mode,
        M::AutosomalDominant
            | M::AutosomalRecessive
            | M::SemiDominant
            | M::XLinked
            | M::XLinkedDominant
            | M::XLinkedRecessive
            | M::YLinked
            | M::Mitochondrial
            | M::AutosomalDominantMaternalImprinting
    )
}

/// True when a disease known by `known` can show itself as `found`.
pub fn fits(known: Mode, found: ModeOfInheritance) -> bool {
    use Mode as K;
    use ModeOfInheritance as M;
    let one_copy = matches!(
        found,
        M::DeNovo
            | M::PossibleDeNovo
            | M::MosaicDeNovo
            | M::ParentalMosaic
            | M::AutosomalDominant
            | M::AutosomalDominantIncompletePenetrance
    );
    let two_copies = matches!(
        found,
        M::AutosomalRecessiveHomozygous
            | M::AutosomalRecessiveCompoundHeterozygous
            | M::AutosomalRecessiveOverDeletion
            | M::UniparentalDisomy
            | M::CarrierCouple
    );
    let x_one = matches!(
        found,
        M::XLinkedDominant | M::XLinkedDeNovo | M::DeNovo | M::PossibleDeNovo | M::MosaicDeNovo | M::ParentalMosaic
    );
    let x_two =
        matches!(found, M::XLinkedRecessive | M::XLinkedCompoundHeterozygous | M::XLinkedDeNovo | M::CarrierCouple);
    match known {
        K::AutosomalDominant | K::AutosomalDominantMaternalImprinting => one_copy,
        K::AutosomalRecessive => two_copies,
        K::SemiDominant => one_copy || two_copies,
        K::XLinked => x_one || x_two,
        K::XLinkedDominant => x_one || found == M::XLinkedRecessive,
        K::XLinkedRecessive => x_two || matches!(found, M::DeNovo | M::PossibleDeNovo),
        K::YLinked => found == M::YLinked,
        K::Mitochondrial => found == M::Mitochondrial,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn which_modes_fit() {
        use Mode as K;
        use ModeOfInheritance as M;
        for (known, found, expected) in [
            (K::AutosomalDominant, M::DeNovo, true),
            (K::AutosomalDominant, M::AutosomalRecessiveHomozygous, false),
            (K::AutosomalRecessive, M::AutosomalRecessiveCompoundHeterozygous, true),
            (K::AutosomalRecessive, M::DeNovo, false),
            (K::SemiDominant, M::AutosomalRecessiveHomozygous, true),
            (K::XLinkedRecessive, M::XLinkedRecessive, true),
            (K::XLinkedRecessive, M::XLinkedDeNovo, true), // a new variant in a boy
            (K::XLinkedDominant, M::XLinkedRecessive, true), // the only copy of a boy
            (K::Mitochondrial, M::Mitochondrial, true),
            (K::IncompletePenetrance, M::AutosomalDominant, false), // a circumstance, not a mode
        ] {
            assert_eq!(fits(known, found), expected, "{known:?} {found:?}");
        }
    }
}
