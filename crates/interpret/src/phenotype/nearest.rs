//! The solved case that is most like the patient, for each disease.

use indgang_knowledge::phenotype::Pmid;
use indgang_terminology::{Hpo, TermIndex};

use super::background::Lists;
use super::{CaseSource, SolvedCase, closure, solved};

/// Solved cases, prepared for comparing.
#[derive(Debug)]
pub(super) struct Patients {
    /// By term, the cases with it or a narrower one.
    with: Lists<u32>,
    /// By case.
    patients: Vec<Patient>,
}

#[derive(Debug)]
struct Patient {
    disease: u32,
    publication: Option<Pmid>,
    length: f32,
}

impl Patients {
    /// `cases` with the number of each case's disease; `added` as [`super::Background`] has it.
    pub(super) fn new(hpo: &Hpo, cases: &[(usize, &SolvedCase)], added: &[f32]) -> Self {
        let closures: Vec<Vec<TermIndex>> =
            cases.iter().map(|(_, case)| closure(hpo, &solved::signs(hpo, &case.observed))).collect();
        let with = Lists::grouped(
            hpo.terms().len(),
            (0u32..).zip(&closures).flat_map(|(i, terms)| terms.iter().map(move |t| (t.usize(), i))),
        );
        let patient = |((disease, case), closure): (&(usize, &SolvedCase), &Vec<TermIndex>)| Patient {
            disease: *disease as u32,
            publication: match case.source {
                CaseSource::Publication(pmid) => Some(pmid),
                CaseSource::Laboratory(_) => None,
            },
            length: length(closure, added),
        };
        Self { with, patients: cases.iter().zip(&closures).map(patient).collect() }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.patients.is_empty()
    }

    /// By disease: the largest cosine, 0 to 1, of the patient's signs and a solved case's, each with all terms above,
    /// a term weighing what it adds to its parents; 0 without a solved case. `closure` is the patient's.
    pub(super) fn scan(&self, closure: &[TermIndex], added: &[f32], diseases: usize, without: &[Pmid]) -> Vec<f32> {
        let mut nearest = vec![0f32; diseases];
        if self.patients.is_empty() {
            return nearest;
        }
        let mut shared = vec![0f32; self.patients.len()];
        for term in closure {
            let added = added[term.usize()];
            if added > 0.0 {
                self.with.of(term.usize()).iter().for_each(|patient| shared[*patient as usize] += added);
            }
        }
        let own = length(closure, added);
        for (patient, shared) in self.patients.iter().zip(&shared) {
            let left_out = patient.publication.is_some_and(|p| without.contains(&p));
            if *shared > 0.0 && !left_out {
                let place = &mut nearest[patient.disease as usize];
                *place = place.max((shared / (own * patient.length)).min(1.0));
            }
        }
        nearest
    }
}

fn length(closure: &[TermIndex], added: &[f32]) -> f32 {
    closure.iter().map(|t| added[t.usize()]).sum::<f32>().sqrt()
}
