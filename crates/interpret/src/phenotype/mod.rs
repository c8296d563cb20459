//! Ranks diseases by a patient's signs: how alike, how well covered and how present they are in a disease's profile.
//! Naive-Bayes likelihood ratios explain a place; Phenodigm is there to compare with.
//!
//! Method, assumptions, references and measured numbers: `docs/methods/phenotype-ranking.md`.
//! The ranker is prepared once from the knowledge and then used from many threads; a query allocates its own working space.

mod background;
mod explain;
mod fit;
mod likelihood;
mod phenodigm;
mod profile;
mod ranking;

use std::collections::HashMap;

use indgang_knowledge::phenotype::{Disease, DiseaseAnnotations, DiseaseDatabase, DiseaseId, Pmid};
use indgang_model::{HpoId, PhenotypicFeature};
use indgang_terminology::{Hpo, TermIndex};
use rayon::prelude::*;

use background::Background;
pub use explain::SignContribution;
use profile::Profile;
pub use ranking::{Comparison, DiseaseScore, Ranking};

/// Which diseases compete.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Candidates {
    /// OMIM's. The default: the other catalogues hold the same diseases a second time, under other names.
    #[default]
    Omim,
    /// OMIM, Orphanet and DECIPHER together.
    All,
}

/// What the method lets one choose. The defaults were fixed on the development cases (see the method card).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Options {
    /// Which diseases compete.
    pub candidates: Candidates,
    /// Share of patients assumed for a sign whose frequency is not stated, 0 to 1.
    pub unknown_frequency: f32,
    /// No sign counts as more frequent than this in a disease, 0 to 1; 1 is no cap.
    pub frequency_cap: f32,
    /// Weight of excluded signs in the combined score, 0 to 0.3. Small: doctors exclude what resembles the disease.
    pub excluded_weight: f32,
    /// Weights of the parts.
    pub weights: Weights,
    /// Share of belief that is spread evenly over all candidates, 0 to 1: the knowledge may fit the patient badly.
    pub doubt: f64,
    /// Also reckon Phenodigm and the likelihood ratio of every candidate, which the places do not rest on.
    pub compare: bool,
}

/// Weights of the parts of the combined score, which is √(number of observed signs) times their weighted sum.
/// Fitted as a conditional logit, so that the softmax of the combined score is the belief in a candidate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weights {
    /// Of Resnik's mean information (natural logarithm).
    pub resnik: f64,
    /// Of the cosine, 0 to 1.
    pub cosine: f64,
    /// Of the mean information of the signs that are present.
    pub present: f64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            candidates: Candidates::Omim,
            unknown_frequency: 0.4,
            frequency_cap: 1.0,
            excluded_weight: 0.02,
            weights: Weights { resnik: 0.55, cosine: 3.5, present: 0.3 },
            doubt: 0.03,
            compare: false,
        }
    }
}

/// A patient's signs. Terms must be current ones of the ranker's ontology: others are passed over (map them before).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    /// Signs that were seen.
    pub observed: Vec<HpoId>,
    /// Signs that were looked for and not found.
    pub excluded: Vec<HpoId>,
    /// Knowledge rows that rest on one of these publications are left out: where the patient was published.
    pub exclude_publications: Vec<Pmid>,
}

impl Query {
    /// From a patient's features.
    pub fn from_features(features: &[PhenotypicFeature]) -> Self {
        let ids = |excluded| features.iter().filter(|f| f.excluded == excluded).map(|f| f.id).collect();
        Self { observed: ids(false), excluded: ids(true), exclude_publications: Vec::new() }
    }
}

/// The knowledge, prepared for ranking.
#[derive(Debug)]
pub struct PhenotypeRanker<'k> {
    hpo: &'k Hpo,
    options: Options,
    diseases: Vec<&'k Disease>,
    by_id: HashMap<DiseaseId, usize>,
    profiles: Vec<Profile>,
    by_publication: HashMap<Pmid, Vec<usize>>,
    background: Background,
    slots: Option<phenodigm::Slots>,
}

impl<'k> PhenotypeRanker<'k> {
    /// Prepares profiles, information content and backgrounds. Diseases without any sign do not compete.
    pub fn new(hpo: &'k Hpo, annotations: &'k DiseaseAnnotations, options: Options) -> Self {
        let competes = |d: &&Disease| options.candidates == Candidates::All || d.id.database == DiseaseDatabase::Omim;
        let (diseases, profiles): (Vec<&Disease>, Vec<Profile>) = annotations
            .diseases()
            .par_iter()
            .filter(competes)
            .map(|d| (d, Profile::new(hpo, d, &options, &[])))
            .filter(|(_, profile)| !profile.is_empty())
            .unzip();
        let by_id = diseases.iter().enumerate().map(|(i, d)| (d.id, i)).collect();
        let mut by_publication: HashMap<Pmid, Vec<usize>> = HashMap::new();
        for (i, disease) in diseases.iter().enumerate() {
            for pmid in disease.annotations.iter().flat_map(|a| &a.publications) {
                let places = by_publication.entry(*pmid).or_default();
                if places.last() != Some(&i) {
                    places.push(i);
                }
            }
        }
        let background = Background::new(hpo, &profiles);
        let slots = options.compare.then(|| phenodigm::Slots::new(hpo, &profiles));
        Self { hpo, options, diseases, by_id, profiles, by_publication, background, slots }
    }

    /// How many diseases compete when no publication is left out.
    pub fn candidates(&self) -> usize {
        self.diseases.len()
    }

    /// Ranks all candidates. The order of the signs does not matter, and neither does a sign given twice.
    pub fn rank(&self, query: &Query) -> Ranking<'_> {
        let signs = Signs::new(self.hpo, query);
        let changed = self.without(&query.exclude_publications);
        let fits = fit::scan(self, &signs.observed, &changed);
        let excluded = likelihood::excluded(self, &signs.excluded, &changed);
        let compared = self.slots.as_ref().map(|slots| Compared {
            phenodigm: phenodigm::scan(self, slots, &signs.observed, &changed),
            likelihood: likelihood::observed(self, &signs.observed, &changed),
        });
        Ranking::new(self, signs, changed, &fits, &excluded, compared.as_ref())
    }

    /// The profiles that change when these publications' rows are left out.
    fn without(&self, publications: &[Pmid]) -> HashMap<usize, Profile> {
        publications
            .iter()
            .filter_map(|p| self.by_publication.get(p))
            .flatten()
            .map(|i| (*i, Profile::new(self.hpo, self.diseases[*i], &self.options, publications)))
            .collect()
    }
}

/// What the places do not rest on, by disease.
struct Compared {
    phenodigm: Vec<f32>,
    likelihood: Vec<f32>,
}

/// A query's signs as indices, ascending and each once.
#[derive(Debug, Clone)]
struct Signs {
    observed: Vec<TermIndex>,
    excluded: Vec<TermIndex>,
}

impl Signs {
    fn new(hpo: &Hpo, query: &Query) -> Self {
        let indices = |ids: &[HpoId]| {
            let mut indices: Vec<TermIndex> =
                ids.iter().filter_map(|id| hpo.current(*id)).filter(|i| hpo.is_phenotypic_abnormality(*i)).collect();
            indices.sort_unstable();
            indices.dedup();
            indices
        };
        Self { observed: indices(&query.observed), excluded: indices(&query.excluded) }
    }
}

#[cfg(test)]
mod tests;
