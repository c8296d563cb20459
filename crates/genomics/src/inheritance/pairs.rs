//! The pairs of [`Compounds`]: one by one in order, or the best few without making all.

use super::Flags;
use super::compound::{CompoundClass, Compounds, Element};
use crate::call::{AlleleCode, Call};
use indgang_model::Affected;
use std::collections::BTreeMap;

/// Kinds of variants that are compared with each other before the variants are.
const MOST_KINDS: usize = 200;

impl Compounds<'_> {
    /// The variants of one class, by index of their site, in order.
    pub fn of_class(&self, class: CompoundClass) -> impl Iterator<Item = usize> + '_ {
        self.elements.iter().filter(move |e| e.class == class).map(|e| e.site)
    }

    /// Every pair (first site, second site, reservations), made one by one, in order.
    pub fn pairs(&self) -> impl Iterator<Item = (usize, usize, Flags)> + '_ {
        self.elements.iter().enumerate().flat_map(move |(n, a)| {
            self.elements[n + 1..].iter().filter_map(move |b| Some((a.site, b.site, self.pair(a, b)?)))
        })
    }

    /// The pair with the highest sum of scores; of equals, the one with the best member, then the first.
    pub fn best(&self, score: impl Fn(usize) -> f64) -> Option<(usize, usize, Flags)> {
        self.best_few(1, score).pop()
    }

    /// The `limit` pairs with the highest sums of scores, best first; equals as in [`Compounds::best`].
    /// Does not make all pairs: variants are sorted, and what cannot beat the worst one kept is not looked at.
    pub fn best_few(&self, limit: usize, score: impl Fn(usize) -> f64) -> Vec<(usize, usize, Flags)> {
        let partners = self.with_partners();
        let mut sorted: Vec<(f64, &Element)> = partners.into_iter().map(|e| (score(e.site), e)).collect();
        sorted.sort_by(|a, b| b.0.total_cmp(&a.0));
        // Best first; at most `limit` long.
        let mut kept: Vec<(f64, (usize, usize, Flags))> = Vec::new();
        let full = |kept: &[(f64, _)], sum: f64| kept.len() >= limit && kept.last().is_none_or(|(s, _)| sum <= *s);
        for (n, (first, a)) in sorted.iter().enumerate() {
            for (second, b) in &sorted[n + 1..] {
                let sum = first + second;
                if full(&kept, sum) {
                    break;
                }
                if let Some(flags) = self.pair(a, b) {
                    let at = kept.partition_point(|(s, _)| *s >= sum);
                    kept.insert(at, (sum, (a.site.min(b.site), a.site.max(b.site), flags)));
                    kept.truncate(limit);
                }
            }
        }
        kept.into_iter().map(|(_, pair)| pair).collect()
    }

    /// The variants that some other variant may go with. Variants of one class with the same carriers are of one
    /// kind, so a gene whose variants are all from one parent, or all shared with a brother, is done at once.
    fn with_partners(&self) -> Vec<&Element> {
        let mut kinds: BTreeMap<_, Vec<&Element>> = BTreeMap::new();
        for e in &self.elements {
            let kind = (e.class as u8, e.unaffected, e.unaffected_phased, e.men_without, e.record.is_some());
            kinds.entry(kind).or_default().push(e);
        }
        let kinds: Vec<Vec<&Element>> = kinds.into_values().collect();
        let goes = |n: usize| {
            kinds.iter().enumerate().any(|(m, other)| (n != m || other.len() > 1) && may_pair(kinds[n][0], other[0]))
        };
        // With very many kinds asking them all is no shorter than asking the variants.
        let chosen = (0..kinds.len()).filter(|n| kinds.len() > MOST_KINDS || goes(*n));
        chosen.flat_map(|n| kinds[n].iter().copied()).collect()
    }

    fn pair(&self, a: &Element, b: &Element) -> Option<Flags> {
        if !may_pair(a, b) {
            return None;
        }
        let mut flags = a.flags | b.flags;
        if a.record.is_some() && a.record == b.record {
            flags |= Flags::PHASED_IN_TRANS | Flags::MENDELIAN_ERROR.when(of_one_parent(a, b));
        } else if of_one_parent(a, b) {
            return None;
        } else {
            flags |= phase(a, b)?;
        }
        let both = a.unaffected & b.unaffected;
        if both != 0 && !self.on_one_copy(both, a.site, b.site) {
            return None;
        }
        let sick = a.affected_phased & b.affected_phased;
        let same_copy = |i: usize| not_in_trans(&self.sites[a.site][i], &self.sites[b.site][i]);
        if sick != 0 && (0..128).any(|i| sick >> i & 1 == 1 && same_copy(i)) {
            return None;
        }
        Some(flags | Flags::UNAFFECTED_CARRIER.when(a.unaffected | b.unaffected != 0))
    }

    /// True when phase sets put both on one copy in each of these unaffected persons.
    fn on_one_copy(&self, people: u128, first: usize, second: usize) -> bool {
        let members = self.family.members.iter().enumerate().filter(|(_, m)| m.affected == Affected::Unaffected);
        let mut asked = members.take(128).enumerate().filter(|(bit, _)| people >> bit & 1 == 1);
        asked.all(|(_, (i, _))| not_in_trans(&self.sites[first][i], &self.sites[second][i]))
    }
}

/// True when a phase set tells that no two copies have one of the alternates each.
fn not_in_trans(a: &Call, b: &Call) -> bool {
    let (first, second) = (a.genotype, b.genotype);
    let on =
        |x: usize, y: usize| (first.alleles[x], second.alleles[y]) == (AlleleCode::Alternate, AlleleCode::Alternate);
    let told = first.phased && second.phased && a.phase_set == b.phase_set;
    told && !first.is_missing() && !second.is_missing() && !on(0, 1) && !on(1, 0)
}

/// Both from the father, or both from the mother.
fn of_one_parent(a: &Element, b: &Element) -> bool {
    a.class == b.class && matches!(a.class, CompoundClass::Paternal | CompoundClass::Maternal)
}

/// What can be told of two variants without looking at their calls: false when they are no pair for certain.
fn may_pair(a: &Element, b: &Element) -> bool {
    let refuted = a.unaffected & b.unaffected & !(a.unaffected_phased & b.unaffected_phased);
    let perhaps_one_record = a.record.is_some() && b.record.is_some();
    refuted == 0 && a.men_without & b.men_without == 0 && (perhaps_one_record || !of_one_parent(a, b))
}

/// What phase sets and parents say of the copies; `None` when both variants lie on one.
fn phase(a: &Element, b: &Element) -> Option<Flags> {
    use CompoundClass::{Maternal, Paternal};
    match (a.phase, b.phase) {
        (Some((set, copy)), Some((other_set, other_copy))) if set == other_set => {
            (copy != other_copy).then_some(Flags::PHASED_IN_TRANS)
        }
        _ => {
            let by_parents = matches!((a.class, b.class), (Paternal, Maternal) | (Maternal, Paternal));
            Some(Flags::PHASE_UNKNOWN.when(!by_parents))
        }
    }
}
