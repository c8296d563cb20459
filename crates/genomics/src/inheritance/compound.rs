//! Two variants of one gene, one on each copy.
//!
//! The proband's heterozygous variants are sorted by origin: from the father (P), the mother (M), new (D), unknown (U).
//! P×M lie on different copies; P×P and M×M on the same and are left out; what has D or U in it is of unknown phase
//! unless a phase set tells. Sorting is linear; pairs are made lazily; the best pair is found without making all.
//!
//! Choices:
//! - Phase sets: two genotypes of the proband with `|` belong together when they have the same PS, or neither has one
//!   (VCF: phased genotypes without PS are of one set). What the set puts on one copy is no pair, whatever the parents say.
//! - No unaffected person may carry both (unless her own phase set says: on one copy), nor be homozygous for either.
//! - Every other affected person carries both; an affected parent may instead have any two alleles of the gene.
//! - On X outside the pseudo-autosomal regions only women have pairs. An affected man carries one of the two,
//!   an unaffected man none.
//! - At most 128 unaffected persons are compared.

use super::Flags;
use super::family::{Place, Source};
use super::state::State;
use crate::call::{AlleleCode, Call};
use crate::pedigree::Family;
use crate::profile::Profile;
use indgang_model::{Affected, ModeOfInheritance, Region, Sex};

/// Where the proband's copy comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CompoundClass {
    /// From the father.
    Paternal,
    /// From the mother.
    Maternal,
    /// New.
    DeNovo,
    /// Both parents carry, or one of them has no call.
    Unknown,
}

/// The class of a variant that can be one of a pair; `None` when it cannot. Cheap: made for streaming.
pub fn can_be_compound(family: &Family, calls: &[Call], region: Region, profile: &Profile) -> Option<CompoundClass> {
    let proband = family.proband();
    if !calls.get(proband)?.genotype.carries() {
        return None;
    }
    let place = Place { family, calls, region, profile, proband };
    let diploid = match region {
        Region::Autosome | Region::PseudoAutosomal => true,
        Region::X => place.sex(proband) != Sex::Male,
        Region::Y | Region::Mitochondrial => false,
    };
    if !diploid || place.status(proband) != Affected::Affected || place.state(proband) != State::Het {
        return None;
    }
    let man = |i: usize| region == Region::X && place.sex(i) == Sex::Male;
    let unaffected = place.with_status(Affected::Unaffected).all(|(_, s)| s != State::Hom);
    let affected = place
        .with_status(Affected::Affected)
        .all(|(i, s)| !s.lacks() || man(i) || place.parents(proband).any(|p| p == i));
    (unaffected && affected).then(|| class(&place))
}

fn class(place: &Place<'_>) -> CompoundClass {
    let mut givers = place.givers(place.proband);
    let (father, mother) = (givers.next().unwrap_or(State::Absent), givers.next().unwrap_or(State::Absent));
    match (father, mother) {
        (State::Hom, State::Hom) => CompoundClass::Unknown,
        // Who has nothing else to give gave it. On X a father's only copy is such a one.
        (State::Hom, _) => CompoundClass::Paternal,
        (_, State::Hom) => CompoundClass::Maternal,
        (f, m) if f.carries() && m.lacks() => CompoundClass::Paternal,
        (f, m) if m.carries() && f.lacks() => CompoundClass::Maternal,
        _ if place.source(place.proband) == Source::New => CompoundClass::DeNovo,
        _ => CompoundClass::Unknown,
    }
}

/// One variant that can be of a pair.
#[derive(Debug, Clone, Copy)]
struct Element {
    site: usize,
    class: CompoundClass,
    flags: Flags,
    /// Unaffected carriers, by bit.
    unaffected: u128,
    /// Affected men without the variant on X, by bit.
    men_without: u128,
    /// (phase set, copy) in the proband.
    phase: Option<(Option<u32>, bool)>,
}

/// The pairs of one gene in one family.
#[derive(Debug, Clone)]
pub struct Compounds<'a> {
    family: &'a Family,
    sites: &'a [&'a [Call]],
    elements: Vec<Element>,
    /// [`ModeOfInheritance::AutosomalRecessiveCompoundHeterozygous`] or the X-linked one.
    pub mode: ModeOfInheritance,
}

/// The pairs among one gene's variants; each site holds the family's calls in member order.
pub fn compound_heterozygotes<'a>(
    family: &'a Family,
    sites: &'a [&'a [Call]],
    region: Region,
    profile: &Profile,
) -> Compounds<'a> {
    let mode = if region == Region::X {
        ModeOfInheritance::XLinkedCompoundHeterozygous
    } else {
        ModeOfInheritance::AutosomalRecessiveCompoundHeterozygous
    };
    let mut elements: Vec<_> = sites
        .iter()
        .enumerate()
        .filter_map(|(site, calls)| {
            let class = can_be_compound(family, calls, region, profile)?;
            Some(element(&Place::new(family, calls, region, profile), site, class))
        })
        .collect();
    if elements.len() < 2 || !affected_parents_fit(family, sites, region, profile, &mut elements) {
        elements.clear();
    }
    Compounds { family, sites, elements, mode }
}

fn element(place: &Place<'_>, site: usize, class: CompoundClass) -> Element {
    let proband = place.proband;
    let bits = |people: &mut dyn Iterator<Item = bool>| {
        people.take(128).enumerate().fold(0u128, |all, (bit, is)| all | (u128::from(is) << bit))
    };
    let unaffected = bits(&mut place.with_status(Affected::Unaffected).map(|(_, s)| s.carries()));
    let men_without = bits(
        &mut place
            .with_status(Affected::Affected)
            .map(|(i, s)| place.region == Region::X && place.sex(i) == Sex::Male && s.lacks()),
    );
    let genotype = place.calls[proband].genotype;
    let phase = genotype.phased.then(|| (place.calls[proband].phase_set, genotype.alleles[0] == AlleleCode::Alternate));
    let flags = place.flags(proband) | Flags::DE_NOVO.when(class == CompoundClass::DeNovo);
    Element { site, class, flags, unaffected, men_without, phase }
}

/// Every affected parent of the proband has two alleles of the gene, as far as she is called. Marks the elements.
fn affected_parents_fit(
    family: &Family,
    sites: &[&[Call]],
    region: Region,
    profile: &Profile,
    elements: &mut [Element],
) -> bool {
    let proband = &family.members[family.proband()];
    for parent in [proband.father, proband.mother].into_iter().flatten() {
        if family.members[parent].affected != Affected::Affected {
            continue;
        }
        let needed = if region == Region::X && family.members[parent].sex == Sex::Male { 1 } else { 2 };
        let (mut alleles, mut unknown) = (0, false);
        for calls in sites {
            match Place::new(family, calls, region, profile).state(parent) {
                State::Hom => alleles += 2,
                State::Het => alleles += 1,
                State::Partial => (alleles, unknown) = (alleles + 1, true),
                state => unknown |= state.unknown(),
            }
        }
        if alleles < needed && !unknown {
            return false;
        }
        elements.iter_mut().for_each(|e| e.flags |= Flags::PSEUDO_DOMINANT);
    }
    true
}

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

    /// The pair with the highest sum of scores; of equals, the first found. Does not make all pairs:
    /// classes are sorted, and what cannot beat the best so far is not looked at.
    pub fn best(&self, score: impl Fn(usize) -> f64) -> Option<(usize, usize, Flags)> {
        let mut sorted: Vec<(f64, &Element)> = self.elements.iter().map(|e| (score(e.site), e)).collect();
        sorted.sort_by(|a, b| b.0.total_cmp(&a.0));
        let mut best: Option<(f64, usize, usize, Flags)> = None;
        for (n, (first, a)) in sorted.iter().enumerate() {
            for (second, b) in &sorted[n + 1..] {
                let sum = first + second;
                if best.is_some_and(|(so_far, ..)| sum <= so_far) {
                    break;
                }
                if let Some(flags) = self.pair(a, b) {
                    best = Some((sum, a.site.min(b.site), a.site.max(b.site), flags));
                    break;
                }
            }
        }
        best.map(|(_, a, b, flags)| (a, b, flags))
    }

    fn pair(&self, a: &Element, b: &Element) -> Option<Flags> {
        use CompoundClass::{Maternal, Paternal};
        if a.class == b.class && matches!(a.class, Paternal | Maternal) || a.men_without & b.men_without != 0 {
            return None;
        }
        let mut flags = a.flags | b.flags;
        match (a.phase, b.phase) {
            (Some((set, copy)), Some((other_set, other_copy))) if set == other_set => {
                if copy == other_copy {
                    return None;
                }
                flags |= Flags::PHASED_IN_TRANS;
            }
            _ => {
                let by_parents = matches!((a.class, b.class), (Paternal, Maternal) | (Maternal, Paternal));
                flags |= Flags::PHASE_UNKNOWN.when(!by_parents);
            }
        }
        let both = a.unaffected & b.unaffected;
        if both != 0 && !self.on_one_copy(both, a.site, b.site) {
            return None;
        }
        Some(flags | Flags::UNAFFECTED_CARRIER.when(a.unaffected | b.unaffected != 0))
    }

    /// True when phase sets put both on one copy in each of these unaffected persons.
    fn on_one_copy(&self, people: u128, first: usize, second: usize) -> bool {
        let members = self.family.members.iter().enumerate().filter(|(_, m)| m.affected == Affected::Unaffected);
        members.take(128).enumerate().filter(|(bit, _)| people >> bit & 1 == 1).all(|(_, (i, _))| {
            let (a, b) = (&self.sites[first][i], &self.sites[second][i]);
            a.genotype.phased
                && b.genotype.phased
                && a.phase_set == b.phase_set
                && a.genotype
                    .alleles
                    .iter()
                    .zip(b.genotype.alleles)
                    .any(|(x, y)| *x == AlleleCode::Alternate && y == AlleleCode::Alternate)
        })
    }
}
