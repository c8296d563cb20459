//! What solved cases teach about their disease's signs.

use std::collections::BTreeMap;

use indgang_knowledge::Mode;
use indgang_knowledge::phenotype::{DiseaseId, Pmid};
use indgang_model::HpoId;
use indgang_terminology::{Hpo, TermIndex};

/// All cases of one source together count as no more than this many: a large series teaches its own habits too.
const MOST_OF_ONE_SOURCE: f32 = 20.0;
/// Less than this part of a case is no case.
const LEAST: f32 = 1e-3;

/// Where a solved case comes from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CaseSource {
    /// A publication.
    Publication(Pmid),
    /// A laboratory or clinic, by its name in the house.
    Laboratory(Box<str>),
}

/// A patient whose disease is known, to learn from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SolvedCase {
    /// The diagnosis.
    pub disease: DiseaseId,
    /// Its name, for a disease that the annotations do not know.
    pub label: Box<str>,
    /// The gene that was found to be the cause, by its approved symbol, when one was.
    pub gene: Option<Box<str>>,
    /// The mode of inheritance that the patient's causative variants show, when they do.
    pub mode: Option<Mode>,
    /// The signs that were seen.
    pub observed: Vec<HpoId>,
    /// Where the case comes from.
    pub source: CaseSource,
}

impl SolvedCase {
    /// True when the case rests on one of these publications.
    pub(super) fn is_of(&self, publications: &[Pmid]) -> bool {
        matches!(self.source, CaseSource::Publication(pmid) if publications.contains(&pmid))
    }
}

/// What solved cases of one disease say together.
#[derive(Debug, Clone, Default)]
pub(super) struct Lessons {
    /// How many cases, after the limit by source.
    pub(super) cases: f32,
    /// Cases by sign that was written down.
    pub(super) named: BTreeMap<TermIndex, f32>,
    /// Cases by sign that was written down or follows from a narrower one.
    pub(super) implied: BTreeMap<TermIndex, f32>,
}

/// Lessons of one disease, so that a publication's can be taken out again.
#[derive(Debug, Default)]
pub(super) struct Taught {
    all: Lessons,
    by_publication: BTreeMap<Pmid, Lessons>,
}

impl Taught {
    pub(super) fn new(hpo: &Hpo, cases: &[&SolvedCase]) -> Self {
        let mut by_source: BTreeMap<&CaseSource, Vec<&SolvedCase>> = BTreeMap::new();
        for case in cases.iter().filter(|case| !case.observed.is_empty()) {
            by_source.entry(&case.source).or_default().push(case);
        }
        let mut taught = Self::default();
        for (source, cases) in by_source {
            let lessons = Lessons::new(hpo, &cases);
            taught.all.add(&lessons, 1.0);
            if let CaseSource::Publication(pmid) = source {
                taught.by_publication.insert(*pmid, lessons);
            }
        }
        taught
    }

    /// All lessons but those of these publications.
    pub(super) fn without(&self, publications: &[Pmid]) -> Lessons {
        let mut rest = self.all.clone();
        publications.iter().filter_map(|p| self.by_publication.get(p)).for_each(|lessons| rest.add(lessons, -1.0));
        // What is left of a sum that was taken out again is rounding.
        let remains = |_: &TermIndex, cases: &mut f32| *cases > LEAST;
        rest.named.retain(remains);
        rest.implied.retain(remains);
        rest.cases = if rest.named.is_empty() { 0.0 } else { rest.cases };
        rest
    }
}

impl Lessons {
    /// Of the cases of one source.
    fn new(hpo: &Hpo, cases: &[&SolvedCase]) -> Self {
        let weight = (MOST_OF_ONE_SOURCE / cases.len() as f32).min(1.0);
        let mut lessons = Self { cases: weight * cases.len() as f32, ..Self::default() };
        for case in cases {
            let signs = signs(hpo, &case.observed);
            super::closure(hpo, &signs).into_iter().for_each(|t| *lessons.implied.entry(t).or_default() += weight);
            signs.into_iter().for_each(|t| *lessons.named.entry(t).or_default() += weight);
        }
        lessons
    }

    fn add(&mut self, other: &Self, sign: f32) {
        self.cases += sign * other.cases;
        for (mine, others) in [(&mut self.named, &other.named), (&mut self.implied, &other.implied)] {
            others.iter().for_each(|(term, cases)| *mine.entry(*term).or_default() += sign * cases);
        }
    }
}

/// Current terms for signs, ascending and each once; others are passed over.
pub(super) fn signs(hpo: &Hpo, ids: &[HpoId]) -> Vec<TermIndex> {
    let mut signs: Vec<TermIndex> =
        ids.iter().filter_map(|id| hpo.current(*id)).filter(|i| hpo.is_phenotypic_abnormality(*i)).collect();
    signs.sort_unstable();
    signs.dedup();
    signs
}
