//! Resnik and Phenodigm of all diseases at once.
//!
//! For each annotated term a row of the table holds its similarity to every observed sign, so that one pass over a
//! disease's signs, eight observed signs at a time, gives the best match in both directions.

use std::collections::HashMap;

use indgang_terminology::TermIndex;

use super::PhenotypeRanker;
use super::profile::Profile;

/// Phenodigm passes over common ancestors that are less informative than this.
const LEAST_INFORMATION: f32 = 2.5;
/// Observed signs treated at a time.
const LANES: usize = 8;

/// Component scores by candidate.
#[derive(Debug)]
pub(super) struct Similarity {
    /// Mean over the observed signs of the best information content of a common ancestor.
    pub(super) resnik: Vec<f32>,
    /// Phenodigm, 0 to 1.
    pub(super) phenodigm: Vec<f32>,
}

type Block = [f32; LANES];

/// Similarities of the annotated terms to the observed signs, in blocks of [`LANES`].
struct Tables {
    blocks: usize,
    resnik: Vec<Block>,
    phenodigm: Vec<Block>,
    /// By slot: the best Phenodigm match among the observed signs.
    best: Vec<f32>,
}

pub(super) fn scan(
    ranker: &PhenotypeRanker<'_>,
    observed: &[TermIndex],
    changed: &HashMap<usize, Profile>,
) -> Similarity {
    let n = ranker.diseases.len();
    if observed.is_empty() {
        return Similarity { resnik: vec![0.0; n], phenodigm: vec![0.0; n] };
    }
    let tables = Tables::new(ranker, observed);
    let theory = Theory::new(ranker, observed);
    let mut similarity = Similarity { resnik: Vec::with_capacity(n), phenodigm: Vec::with_capacity(n) };
    for d in 0..n {
        let patched: Vec<u32>;
        let slots = match changed.get(&d) {
            Some(profile) => {
                patched = profile.terms.iter().filter_map(|t| ranker.background.slot(*t)).collect();
                &patched
            }
            None => ranker.background.slots_of.of(d),
        };
        let (resnik, phenodigm) = tables.of(slots, observed.len(), &theory);
        similarity.resnik.push(resnik);
        similarity.phenodigm.push(phenodigm);
    }
    similarity
}

/// What the observed signs would score against themselves.
struct Theory {
    max: f32,
    mean: f32,
}

impl Theory {
    fn new(ranker: &PhenotypeRanker<'_>, observed: &[TermIndex]) -> Self {
        let own = |t: &TermIndex| ranker.background.information[t.usize()].max(0.0).sqrt();
        let max = observed.iter().map(own).fold(0.0, f32::max);
        Self { max, mean: observed.iter().map(own).sum::<f32>() / observed.len() as f32 }
    }
}

impl Tables {
    fn new(ranker: &PhenotypeRanker<'_>, observed: &[TermIndex]) -> Self {
        let slots = ranker.background.annotated.len();
        let blocks = observed.len().div_ceil(LANES);
        let mut tables = Self {
            blocks,
            resnik: vec![[0.0; LANES]; slots * blocks],
            phenodigm: vec![[0.0; LANES]; slots * blocks],
            best: vec![0.0; slots],
        };
        let mut shared = vec![0u16; slots];
        let mut information = vec![0f32; slots];
        for (q, sign) in observed.iter().enumerate() {
            shared.fill(0);
            information.fill(0.0);
            tables.add(ranker, q, *sign, &mut shared, &mut information);
        }
        tables
    }

    /// Fills one sign's column. `shared` counts common ancestors by slot, `information` is that of the best one.
    fn add(
        &mut self,
        ranker: &PhenotypeRanker<'_>,
        q: usize,
        sign: TermIndex,
        shared: &mut [u16],
        information: &mut [f32],
    ) {
        let background = &ranker.background;
        let above = ranker.hpo.ancestors(sign);
        for ancestor in above {
            let own = background.information[ancestor.usize()];
            for slot in background.slots_below.of(ancestor.usize()) {
                shared[*slot as usize] += 1;
                information[*slot as usize] = information[*slot as usize].max(own);
            }
        }
        let (block, lane) = (q / LANES, q % LANES);
        for (slot, term) in background.annotated.iter().enumerate() {
            let best = information[slot];
            if best <= 0.0 {
                continue;
            }
            self.resnik[slot * self.blocks + block][lane] = best;
            if best > LEAST_INFORMATION {
                let common = f32::from(shared[slot]);
                let all = (above.len() + ranker.hpo.ancestors(*term).len()) as f32 - common;
                let score = (best * common / all).sqrt();
                self.phenodigm[slot * self.blocks + block][lane] = score;
                self.best[slot] = self.best[slot].max(score);
            }
        }
    }

    /// Resnik and Phenodigm of a disease with these slots.
    fn of(&self, slots: &[u32], observed: usize, theory: &Theory) -> (f32, f32) {
        let (mut resnik, mut forth, mut max) = (0.0, 0.0, 0f32);
        for block in 0..self.blocks {
            let (mut r, mut p) = ([0f32; LANES], [0f32; LANES]);
            for slot in slots {
                let at = *slot as usize * self.blocks + block;
                for lane in 0..LANES {
                    r[lane] = r[lane].max(self.resnik[at][lane]);
                    p[lane] = p[lane].max(self.phenodigm[at][lane]);
                }
            }
            resnik += r.iter().sum::<f32>();
            forth += p.iter().sum::<f32>();
            max = p.iter().fold(max, |a, b| a.max(*b));
        }
        let (mut back, mut matched) = (0.0, 0usize);
        for slot in slots {
            let best = self.best[*slot as usize];
            back += best;
            matched += usize::from(best > 0.0);
        }
        let mean = (forth + back) / (observed + matched) as f32;
        let phenodigm = if theory.max > 0.0 { (max / theory.max + mean / theory.mean) / 2.0 } else { 0.0 };
        (resnik / observed as f32, phenodigm.min(1.0))
    }
}
