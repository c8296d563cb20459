//! Two variants of one gene, one on each copy.
//!
//! The proband's heterozygous variants are sorted by origin: from the father (P), the mother (M), new (D), unknown (U).
//! P×M lie on different copies; P×P and M×M on the same and are left out; what has D or U in it is of unknown phase
//! unless the record or a phase set tells. Sorting is linear; pairs are made lazily (see `pairs.rs`).
//!
//! Choices:
//! - Two alternates of one record, each with the other beside it (`1/2`), lie on different copies whatever the parents
//!   say; when the parents cannot have given them so, that is a Mendelian error, flagged.
//! - Phase sets: two genotypes of the proband with `|` belong together when they have the same PS, or neither has one
//!   (VCF: phased genotypes without PS are of one set). What the set puts on one copy is no pair, whatever the parents say.
//! - A call `1/.` counts as one copy, flagged: some programs write so what they split from `1/2`.
//! - No unaffected person may carry both (unless her own phase set says: on one copy), nor be homozygous for either.
//! - Every other affected person carries both, and no phase set of hers says: on one copy; an affected parent may
//!   instead have any two alleles of the gene.
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
    class_at(&Place::with_proband(family, proband, calls, region, profile))
}

pub(super) fn class_at(place: &Place<'_>) -> Option<CompoundClass> {
    let (proband, region) = (place.proband, place.region);
    if !place.calls.get(proband)?.genotype.carries() {
        return None;
    }
    let diploid = match region {
        Region::Autosome | Region::PseudoAutosomal => true,
        Region::X => place.sex(proband) != Sex::Male,
        Region::Y | Region::Mitochondrial => false,
    };
    let one = matches!(place.state(proband), State::Het | State::Partial);
    if !diploid || !one || place.status(proband) != Affected::Affected {
        return None;
    }
    let man = |i: usize| region == Region::X && place.sex(i) == Sex::Male;
    let unaffected = place.with_status(Affected::Unaffected).all(|(_, s)| s != State::Hom);
    let affected = place
        .with_status(Affected::Affected)
        .all(|(i, s)| !s.lacks() || man(i) || place.parents(proband).any(|p| p == i));
    (unaffected && affected).then(|| class(place))
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
pub(super) struct Element {
    pub site: usize,
    pub class: CompoundClass,
    pub flags: Flags,
    /// Unaffected carriers, by bit.
    pub unaffected: u128,
    /// Other affected persons who must have a pair and whose phase the file tells, by bit.
    pub affected_phased: u128,
    /// Affected men without the variant on X, by bit.
    pub men_without: u128,
    /// Of them, those whose phase the file tells.
    pub unaffected_phased: u128,
    /// (phase set, copy) in the proband.
    pub phase: Option<(Option<u32>, bool)>,
    /// The record, where another alternate of it is on the proband's other copy.
    pub record: Option<u64>,
}

/// The pairs of one gene in one family.
#[derive(Debug, Clone)]
pub struct Compounds<'a> {
    pub(super) family: &'a Family,
    pub(super) sites: &'a [&'a [Call]],
    pub(super) elements: Vec<Element>,
    /// [`ModeOfInheritance::AutosomalRecessiveCompoundHeterozygous`] or the X-linked one.
    pub mode: ModeOfInheritance,
}

/// The pairs among one gene's variants; each site holds the family's calls in member order.
/// Alternates of one record are not known as such; see [`compound_heterozygotes_of_records`].
pub fn compound_heterozygotes<'a>(
    family: &'a Family,
    sites: &'a [&'a [Call]],
    region: Region,
    profile: &Profile,
) -> Compounds<'a> {
    compound_heterozygotes_of_records(family, sites, &[], region, profile)
}

/// As [`compound_heterozygotes`]; `records` tells by site which record of the file it was split from: equal numbers are
/// one record ([`crate::site::Site::line`], or the position before normalisation). A site without a number is alone.
pub fn compound_heterozygotes_of_records<'a>(
    family: &'a Family,
    sites: &'a [&'a [Call]],
    records: &[u64],
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
            Some(element(&Place::new(family, calls, region, profile), site, class, records.get(site).copied()))
        })
        .collect();
    if elements.len() < 2 || !affected_parents_fit(family, sites, region, profile, &mut elements) {
        elements.clear();
    }
    Compounds { family, sites, elements, mode }
}

fn element(place: &Place<'_>, site: usize, class: CompoundClass, record: Option<u64>) -> Element {
    let proband = place.proband;
    let bits = |people: &mut dyn Iterator<Item = bool>| {
        people.take(128).enumerate().fold(0u128, |all, (bit, is)| all | (u128::from(is) << bit))
    };
    let unaffected = bits(&mut place.with_status(Affected::Unaffected).map(|(_, s)| s.carries()));
    let unaffected_phased = bits(
        &mut place
            .with_status(Affected::Unaffected)
            .map(|(i, _)| place.calls.get(i).is_some_and(|c| c.genotype.phased)),
    );
    let affected_phased = bits(&mut place.people().map(|i| {
        let sick = place.status(i) == Affected::Affected && i != proband && place.parents(proband).all(|p| p != i);
        sick && place.calls.get(i).is_some_and(|c| c.genotype.phased)
    }));
    let men_without = bits(
        &mut place
            .with_status(Affected::Affected)
            .map(|(i, s)| place.region == Region::X && place.sex(i) == Sex::Male && s.lacks()),
    );
    let genotype = place.calls[proband].genotype;
    let phase = genotype.phased.then(|| (place.calls[proband].phase_set, genotype.alleles[0] == AlleleCode::Alternate));
    let flags = place.flags(proband) | Flags::DE_NOVO.when(class == CompoundClass::DeNovo);
    let record = record.filter(|_| genotype.alleles.contains(&AlleleCode::Other));
    Element { site, class, flags, unaffected, unaffected_phased, affected_phased, men_without, phase, record }
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
