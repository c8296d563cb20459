//! Ranks diseases by a patient's signs: Resnik similarity, Phenodigm, a naive-Bayes likelihood ratio, and their ensemble.
//!
//! Method, assumptions, references and measured numbers: `docs/methods/phenotype-ranking.md`.
//! The ranker is prepared once from the knowledge and then used from many threads; a query allocates its own working space.

mod background;
mod explain;
mod likelihood;
mod profile;
mod ranking;
mod similarity;

use std::collections::HashMap;

use indgang_knowledge::phenotype::{Disease, DiseaseAnnotations, DiseaseDatabase, DiseaseId, Pmid};
use indgang_model::{HpoId, PhenotypicFeature};
use indgang_terminology::{Hpo, TermIndex};

use background::Background;
pub use explain::SignContribution;
use profile::Profile;
pub use ranking::{DiseaseScore, Ranking};

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
    /// The posterior is a softmax of this times the combined score.
    pub sharpness: f64,
}

/// Weights of the ensemble's parts. Each part is standardised over the candidates of the case first.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weights {
    /// Resnik, from the patient's signs to the disease's.
    pub resnik: f64,
    /// Phenodigm, both directions.
    pub phenodigm: f64,
    /// Naive-Bayes log likelihood ratio.
    pub likelihood: f64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            candidates: Candidates::Omim,
            unknown_frequency: 0.4,
            frequency_cap: 1.0,
            excluded_weight: 0.02,
            weights: Weights { resnik: 1.0, phenodigm: 1.0, likelihood: 0.5 },
            sharpness: 1.0,
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
}

impl<'k> PhenotypeRanker<'k> {
    /// Prepares profiles, information content and backgrounds. Diseases without any sign do not compete.
    pub fn new(hpo: &'k Hpo, annotations: &'k DiseaseAnnotations, options: Options) -> Self {
        let competes = |d: &&Disease| options.candidates == Candidates::All || d.id.database == DiseaseDatabase::Omim;
        let (diseases, profiles): (Vec<&Disease>, Vec<Profile>) = annotations
            .diseases()
            .iter()
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
        Self { hpo, options, diseases, by_id, profiles, by_publication, background }
    }

    /// How many diseases compete when no publication is left out.
    pub fn candidates(&self) -> usize {
        self.diseases.len()
    }

    /// Ranks all candidates. The order of the signs does not matter, and neither does a sign given twice.
    pub fn rank(&self, query: &Query) -> Ranking<'_> {
        let signs = Signs::new(self.hpo, query);
        let changed = self.without(&query.exclude_publications);
        let similarity = similarity::scan(self, &signs.observed, &changed);
        let likelihood = likelihood::observed(self, &signs.observed, &changed);
        let excluded = likelihood::excluded(self, &signs.excluded, &changed);
        Ranking::new(self, signs, changed, &similarity, &likelihood, &excluded)
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
