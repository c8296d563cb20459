//! What all diseases together say of a term: information content, how often it is written down, and who has it.

use indgang_terminology::{Hpo, TermIndex};

use super::profile::{Held, Profile};

/// No term is taken to be written down more rarely than this share of all signs.
const RAREST: f32 = 1e-6;

#[derive(Debug)]
pub(super) struct Background {
    /// Information content by term: −ln(share of diseases with the term or a narrower one).
    pub(super) information: Vec<f32>,
    /// Mean share of the written signs that are the term or a narrower one, by term.
    pub(super) mention: Vec<f32>,
    /// For each term, the diseases with it or a narrower one, and how they have it.
    pub(super) diseases: Lists<(u32, Held)>,
    /// What a term adds to the information of its most informative parent, by term; 0 or more.
    pub(super) added: Vec<f32>,
    /// By disease, the length of its closure as the cosine measures it.
    pub(super) length: Vec<f32>,
}

impl Background {
    pub(super) fn new(hpo: &Hpo, profiles: &[Profile]) -> Self {
        let n = hpo.terms().len();
        let total = profiles.len().max(1) as f32;
        let diseases = Lists::grouped(
            n,
            (0u32..).zip(profiles).flat_map(|(d, p)| p.closure.iter().map(move |(t, held)| (t.usize(), (d, *held)))),
        );
        let shown = |t: usize| diseases.of(t).iter().filter(|(_, held)| held.frequency > 0.0).count();
        // A term that no disease has is as informative as one that a single disease has.
        let information: Vec<f32> = (0..n).map(|t| -(shown(t).max(1) as f32 / total).ln()).collect();
        let mention = (0..n)
            .map(|t| (diseases.of(t).iter().map(|(_, held)| held.mention).sum::<f32>() / total).max(RAREST))
            .collect();
        let added = information
            .iter()
            .zip(hpo.terms())
            .map(|(own, term)| (own - term.parents.iter().map(|p| information[p.usize()]).fold(0.0, f32::max)).max(0.0))
            .collect();
        let mut background = Self { information, mention, diseases, added, length: Vec::new() };
        background.length = profiles.iter().map(|p| background.length_of(p)).collect();
        background
    }

    /// The length of a profile's closure as the cosine measures it.
    pub(super) fn length_of(&self, profile: &Profile) -> f32 {
        profile.closure.iter().map(|(t, held)| self.added[t.usize()] * held.frequency).sum::<f32>().sqrt()
    }

    /// The most informative common ancestor, with its information content.
    pub(super) fn most_informative(&self, hpo: &Hpo, a: TermIndex, b: TermIndex) -> (TermIndex, f32) {
        let below = hpo.ancestors(b);
        hpo.ancestors(a)
            .iter()
            .filter(|t| below.binary_search(t).is_ok())
            .map(|t| (*t, self.information[t.usize()]))
            .fold((TermIndex(0), 0.0), |best, next| if next.1 > best.1 { next } else { best })
    }
}

/// Many short lists in one allocation.
#[derive(Debug)]
pub(super) struct Lists<T> {
    starts: Vec<u32>,
    items: Vec<T>,
}

impl<T: Copy + Default> Lists<T> {
    /// From pairs of (list, item); within a list the items keep their order.
    pub(super) fn grouped(lists: usize, pairs: impl Iterator<Item = (usize, T)> + Clone) -> Self {
        let mut starts = vec![0u32; lists + 1];
        for (list, _) in pairs.clone() {
            starts[list + 1] += 1;
        }
        for i in 0..lists {
            starts[i + 1] += starts[i];
        }
        let mut next = starts.clone();
        let mut items = vec![T::default(); starts[lists] as usize];
        for (list, item) in pairs {
            items[next[list] as usize] = item;
            next[list] += 1;
        }
        Self { starts, items }
    }

    pub(super) fn of(&self, list: usize) -> &[T] {
        &self.items[self.starts[list] as usize..self.starts[list + 1] as usize]
    }
}
