//! Ranks diseases by a patient's signs: how likely a disease's patients are to have them written down,
//! how alike the two profiles are, and which signs are present. Phenodigm and Resnik's measure are there to compare with.
//!
//! Method, assumptions, references and measured numbers: `docs/methods/phenotype-ranking.md`.
//! The ranker is prepared once from the knowledge and then used from many threads; a query allocates its own working space.

mod background;
mod excluded;
mod explain;
mod fit;
mod kin;
mod mention;
mod model;
mod nearest;
mod phenodigm;
mod profile;
mod ranking;
mod resnik;
mod series;
mod solved;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use indgang_knowledge::phenotype::{Disease, DiseaseAnnotations, DiseaseDatabase, DiseaseId, Pmid};
use indgang_knowledge::{Genes, Knowledge, PartError};
use indgang_model::{HpoId, PhenotypicFeature};
use indgang_terminology::{Hpo, TermIndex};
use rayon::prelude::*;

use background::Background;
pub use explain::SignContribution;
use kin::Names;
pub use model::{Calibration, Fitted, Model, Weights};
use profile::{Material, Profile, Scratch};
pub use ranking::{Comparison, DiseaseScore, LearntDisease, Ranking};
use solved::Taught;
pub use solved::{CaseSource, SolvedCase};

/// Which diseases compete.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Candidates {
    /// OMIM's. The default: the other catalogues hold the same diseases a second time, under other names.
    #[default]
    Omim,
    /// OMIM, Orphanet and DECIPHER together.
    All,
}

/// What the method lets one choose.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Which diseases compete.
    pub candidates: Candidates,
    /// Let the number of solved cases tell how common a diagnosis is where the patient comes from.
    pub solved_are_common: bool,
    /// Also reckon Phenodigm and Resnik's measure of every candidate, which the places do not rest on.
    pub compare: bool,
    /// Weights and calibration; those that ship with the program when not given.
    pub model: Option<Model>,
}

impl Options {
    /// `learnt`: whether there are solved cases to learn from.
    fn fitted(&self, learnt: bool) -> &Fitted {
        let model = self.model.as_ref().unwrap_or_else(|| Model::shipped());
        match (learnt, self.solved_are_common) {
            (false, _) => &model.annotations,
            (true, false) => &model.solved,
            (true, true) => &model.solved_are_common,
        }
    }
}

/// What is known of diseases, to rank by.
#[derive(Debug, Clone, Copy)]
pub struct Basis<'k> {
    /// The ontology.
    pub hpo: &'k Hpo,
    /// Signs of diseases.
    pub annotations: &'k DiseaseAnnotations,
    /// Which catalogues' diseases share a gene; without, each disease stands alone.
    pub genes: Option<&'k Genes>,
    /// Solved cases to learn from.
    pub solved: &'k [SolvedCase],
}

impl<'k> Basis<'k> {
    /// The knowledge of the house, with no solved cases.
    ///
    /// # Errors
    /// When a part of the knowledge cannot be decoded.
    pub fn of(knowledge: &'k Knowledge) -> Result<Self, PartError> {
        Ok(Self {
            hpo: knowledge.hpo()?,
            annotations: knowledge.diseases()?,
            genes: Some(knowledge.genes()?),
            solved: &[],
        })
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

/// A disease that competes.
#[derive(Debug)]
struct Candidate<'k> {
    id: DiseaseId,
    name: &'k str,
    own: Option<&'k Disease>,
    kin: Vec<(&'k Disease, f32)>,
    solved: Vec<&'k SolvedCase>,
    taught: Taught,
    /// Whether the tables of genes hold one that causes it.
    has_gene: bool,
}

/// The knowledge, prepared for ranking.
#[derive(Debug)]
pub struct PhenotypeRanker<'k> {
    hpo: &'k Hpo,
    options: Options,
    candidates: Vec<Candidate<'k>>,
    by_id: HashMap<DiseaseId, usize>,
    profiles: Vec<Profile>,
    by_publication: HashMap<Pmid, Vec<usize>>,
    /// Diseases that solved cases had, by the gene that was their cause.
    by_gene: HashMap<&'k str, BTreeSet<usize>>,
    background: Background,
    patients: nearest::Patients,
    series: series::Series,
    slots: Option<phenodigm::Slots>,
}

/// Share of patients assumed for a sign whose frequency is not stated, 0 to 1.
const UNKNOWN_FREQUENCY: f32 = 0.2;

impl<'k> PhenotypeRanker<'k> {
    /// Prepares profiles, information content and backgrounds. Diseases without any sign do not compete.
    pub fn new(basis: &Basis<'k>, options: Options) -> Self {
        let (hpo, known) = (basis.hpo, Names::new(basis.annotations));
        let (candidates, profiles): (Vec<Candidate<'_>>, Vec<Profile>) = candidates(basis, options.candidates, &known)
            .into_par_iter()
            .map_init(
                || Scratch::new(hpo),
                |scratch, mut candidate| {
                    candidate.taught = Taught::new(hpo, &candidate.solved);
                    let profile = candidate.profile(hpo, &[], scratch);
                    (candidate, profile)
                },
            )
            .filter(|(_, profile)| !profile.is_empty())
            .unzip();
        let by_id = candidates.iter().enumerate().map(|(i, c)| (c.id, i)).collect();
        let mut by_publication: HashMap<Pmid, Vec<usize>> = HashMap::new();
        for (i, candidate) in candidates.iter().enumerate() {
            for pmid in candidate.publications() {
                let places = by_publication.entry(pmid).or_default();
                if places.last() != Some(&i) {
                    places.push(i);
                }
            }
        }
        let mut by_gene: HashMap<&str, BTreeSet<usize>> = HashMap::new();
        for (i, candidate) in candidates.iter().enumerate() {
            for gene in candidate.solved.iter().filter_map(|case| case.gene.as_deref()) {
                by_gene.entry(gene).or_default().insert(i);
            }
        }
        let background = Background::new(hpo, &profiles);
        let slots = options.compare.then(|| phenodigm::Slots::new(hpo, &profiles));
        let cases: Vec<(usize, &SolvedCase)> =
            candidates.iter().enumerate().flat_map(|(i, c)| c.solved.iter().map(move |case| (i, *case))).collect();
        let patients = nearest::Patients::new(hpo, &cases, &background.added);
        let names: Vec<&str> = candidates.iter().map(|candidate| candidate.name).collect();
        let series = series::Series::new(&names, &known);
        Self { hpo, options, candidates, by_id, profiles, by_publication, by_gene, background, patients, series, slots }
    }

    fn fitted(&self) -> &Fitted {
        self.options.fitted(!self.patients.is_empty())
    }

    /// How many diseases compete when no publication is left out.
    pub fn candidates(&self) -> usize {
        self.candidates.len()
    }

    /// Ranks all candidates. The order of the signs does not matter, and neither does a sign given twice.
    pub fn rank(&self, query: &Query) -> Ranking<'_> {
        let signs = Signs::new(self.hpo, query);
        let changed = self.without(&query.exclude_publications);
        let fits = fit::scan(self, &signs.observed, &changed);
        let excluded = excluded::scan(self, &signs.excluded, &changed);
        let nearest = self.patients.scan(
            &closure(self.hpo, &signs.observed),
            &self.background.added,
            self.candidates(),
            &query.exclude_publications,
        );
        let compared = self.slots.as_ref().map(|slots| Compared {
            phenodigm: phenodigm::scan(self, slots, &signs.observed, &changed),
            resnik: resnik::scan(self, &signs.observed, &changed),
        });
        let parts = Parts { fits, excluded, nearest, compared };
        Ranking::new(self, signs, changed, &parts, &query.exclude_publications)
    }

    /// The profiles that change when what rests on these publications is left out.
    fn without(&self, publications: &[Pmid]) -> HashMap<usize, Profile> {
        let changed: Vec<usize> =
            publications.iter().filter_map(|p| self.by_publication.get(p)).flatten().copied().collect();
        if changed.is_empty() {
            return HashMap::new();
        }
        let mut scratch = Scratch::new(self.hpo);
        changed.into_iter().map(|i| (i, self.candidates[i].profile(self.hpo, publications, &mut scratch))).collect()
    }
}

impl<'k> Candidate<'k> {
    fn new(id: DiseaseId, name: &'k str, own: Option<&'k Disease>) -> Self {
        Self { id, name, own, kin: Vec::new(), solved: Vec::new(), taught: Taught::default(), has_gene: false }
    }

    fn profile(&self, hpo: &Hpo, without: &[Pmid], scratch: &mut Scratch) -> Profile {
        let lessons = self.taught.without(without);
        Profile::new(hpo, &Material { own: self.own, kin: &self.kin, lessons }, UNKNOWN_FREQUENCY, without, scratch)
    }

    /// Whether a gene is known to cause it, by the tables or by a solved case of another publication.
    fn is_known(&self, without: &[Pmid]) -> bool {
        self.has_gene || self.solved.iter().any(|case| case.gene.is_some() && !case.is_of(without))
    }

    fn publications(&self) -> impl Iterator<Item = Pmid> {
        let rows = self.own.into_iter().flat_map(|d| &d.annotations).flat_map(|row| row.publications.iter().copied());
        rows.chain(self.solved.iter().filter_map(|case| match case.source {
            CaseSource::Publication(pmid) => Some(pmid),
            CaseSource::Laboratory(_) => None,
        }))
    }
}

/// Diseases that are annotated or that a solved case has, in the order of their identifiers.
fn candidates<'k>(basis: &Basis<'k>, which: Candidates, names: &Names) -> Vec<Candidate<'k>> {
    let competes = |id: DiseaseId| which == Candidates::All || id.database == DiseaseDatabase::Omim;
    let mut by_id: BTreeMap<DiseaseId, Candidate<'k>> = BTreeMap::new();
    for disease in basis.annotations.diseases().iter().filter(|d| competes(d.id)) {
        by_id.insert(disease.id, Candidate::new(disease.id, &disease.name, Some(disease)));
    }
    for case in basis.solved.iter().filter(|case| competes(case.disease)) {
        let new = || Candidate::new(case.disease, &case.label, None);
        by_id.entry(case.disease).or_insert_with(new).solved.push(case);
    }
    let mut candidates: Vec<Candidate<'k>> = by_id.into_values().collect();
    let owns: Vec<Option<&Disease>> = candidates.iter().map(|c| c.own).collect();
    let kin = kin::of(&owns, basis.annotations, basis.genes, names);
    candidates.iter_mut().zip(kin).for_each(|(candidate, kin)| candidate.kin = kin);
    if let Some(genes) = basis.genes {
        for candidate in &mut candidates {
            candidate.has_gene = genes.genes_of(&candidate.id.to_string()).next().is_some();
        }
    }
    candidates
}

/// The signs and everything above them, each once, ascending.
fn closure(hpo: &Hpo, signs: &[TermIndex]) -> Vec<TermIndex> {
    let mut closure: Vec<TermIndex> = signs.iter().flat_map(|s| hpo.ancestors(*s)).copied().collect();
    closure.sort_unstable();
    closure.dedup();
    closure
}

/// What is reckoned for a query, by disease.
struct Parts {
    fits: Vec<fit::Fit>,
    excluded: Vec<f32>,
    nearest: Vec<f32>,
    compared: Option<Compared>,
}

/// What the places do not rest on, by disease.
struct Compared {
    phenodigm: Vec<f32>,
    resnik: Vec<f32>,
}

/// A query's signs as indices, ascending and each once.
#[derive(Debug, Clone)]
struct Signs {
    observed: Vec<TermIndex>,
    excluded: Vec<TermIndex>,
}

impl Signs {
    fn new(hpo: &Hpo, query: &Query) -> Self {
        Self { observed: solved::signs(hpo, &query.observed), excluded: solved::signs(hpo, &query.excluded) }
    }
}

#[cfg(test)]
mod tests;
