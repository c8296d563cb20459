//! One variant: every mode but those that need two.
//!
//! Choices, where practice differs:
//! - A person's status counts where her genotype is known; a missing call refutes nothing and is flagged.
//! - Dominant modes are *inherited*: a variant that is new in the proband is told as new only.
//!   X-linked recessive in a boy includes a new variant (flag `de_novo`), beside `x_linked_de_novo`.
//! - An affected person who is known not to carry refutes every mode of inheritance, but not that a variant is new.
//! - Two copies of which a parent can have given none are uniparental disomy only where the other parent carries;
//!   where nobody is known to, they are `possible_de_novo`, and `implausible_de_novo` when both parents are without.
//! - A person of unknown sex whose every copy on X is the variant is read as a man, else as a woman; both are flagged.
//! - A son's father is ignored on X unless he is affected, or his X came to an affected person by a daughter;
//!   any father is ignored on MT.

use super::family::{Place, Source};
use super::mosaic;
use super::state::State;
use super::{Flags, ModeHit};
use crate::call::Call;
use crate::de_novo::{self, Noise};
use crate::pedigree::Family;
use crate::profile::Profile;
use indgang_model::ModeOfInheritance as Mode;
use indgang_model::{Affected, Region, Sex, Variant};

/// Appends every mode that the variant fits in the family. Allocates nothing but in `out`.
/// Reads are judged as of a substitution; see [`single_variant_for`] for insertions and deletions.
pub fn single_variant(family: &Family, calls: &[Call], region: Region, profile: &Profile, out: &mut Vec<ModeHit>) {
    single_variant_with(family, calls, region, profile, Noise::SNV, out);
}

/// As [`single_variant`], with the noise that reads of this variant have: its alleles' lengths tell ([`Noise::of`]).
pub fn single_variant_for(
    variant: &Variant,
    family: &Family,
    calls: &[Call],
    region: Region,
    profile: &Profile,
    out: &mut Vec<ModeHit>,
) {
    single_variant_with(family, calls, region, profile, Noise::of(variant), out);
}

/// As [`single_variant`], with a noise that the caller knows.
pub fn single_variant_with(
    family: &Family,
    calls: &[Call],
    region: Region,
    profile: &Profile,
    noise: Noise,
    out: &mut Vec<ModeHit>,
) {
    if family.members.is_empty() || !calls.iter().any(|c| c.genotype.carries() || c.alternate_depth > Some(0)) {
        return;
    }
    modes_at(&Place::new(family, calls, region, profile), noise, out);
}

/// The modes at a place where somebody carries, or has reads.
pub(super) fn modes_at(place: &Place<'_>, noise: Noise, out: &mut Vec<ModeHit>) {
    let (child, region) = (place.proband, place.region);
    if place.status(child) != Affected::Affected || (region == Region::Y && place.sex(child) == Sex::Female) {
        return;
    }
    if let Some(mode) = mosaic::mode(place, child) {
        // No score: it weighs a constitutional heterozygote against errors, and would contradict.
        let flags = place.flags(child) | Flags::MOSAIC | Flags::DE_NOVO.when(mode == Mode::MosaicDeNovo);
        out.push(hit(place, mode, flags, None));
        return;
    }
    if !place.state(child).carries() {
        in_others(place, noise, out);
        return;
    }
    new(place, child, Flags::NONE, noise, out);
    uniparental(place, child, out);
    match region {
        Region::Autosome | Region::PseudoAutosomal => {
            dominant(place, out);
            recessive(place, out);
        }
        Region::X => super::sex::x(place, out),
        Region::Y => super::sex::y(place, out),
        Region::Mitochondrial => super::sex::mitochondrial(place, out),
    }
}

pub(super) fn hit(place: &Place<'_>, mode: Mode, flags: Flags, de_novo_score: Option<f64>) -> ModeHit {
    let unaffected_carriers = place.unaffected_carriers();
    let flags = flags | Flags::UNAFFECTED_CARRIER.when(unaffected_carriers > 0);
    ModeHit { mode, flags, de_novo_score, unaffected_carriers }
}

/// A variant that is new in an affected child who is not the proband.
fn in_others(place: &Place<'_>, noise: Noise, out: &mut Vec<ModeHit>) {
    let other = place.with_status(Affected::Affected).find(|(i, state)| {
        *i != place.proband
            && state.carries()
            && place.source(*i) == Source::New
            && !(place.region == Region::Y && place.sex(*i) == Sex::Female)
    });
    if let Some((i, _)) = other {
        new(place, i, Flags::NOT_IN_PROBAND, noise, out);
    }
}

fn score(place: &Place<'_>, of: usize, noise: Noise) -> Option<f64> {
    let member = &place.family.members[of];
    let call = |p: Option<usize>| p.and_then(|p| place.calls.get(p)).unwrap_or(&Call::MISSING);
    let child = place.calls.get(of)?;
    de_novo::score(child, call(member.father), call(member.mother), place.region, place.sex(of), noise)
}

fn new(place: &Place<'_>, child: usize, flags: Flags, noise: Noise, out: &mut Vec<ModeHit>) {
    let source = place.source(child);
    let two_copies = place.state(child) == State::Hom && !place.one_copy(child);
    // Two copies of which no parent is known to have given one are told where a parent can have given none.
    if !matches!(source, Source::New | Source::PossiblyNew) || (two_copies && !place.mendelian_error(child)) {
        return;
    }
    let implausible = two_copies && place.givers(child).all(State::lacks);
    // One mutation does not make two copies, which is all the score asks.
    let score = if two_copies { None } else { score(place, child, noise) };
    let partial = place.state(child) == State::Partial;
    let doubtful = source == Source::New && doubtful(place, child, score);
    let mode = match place.region {
        _ if source == Source::PossiblyNew || doubtful || partial || two_copies => Mode::PossibleDeNovo,
        Region::X => Mode::XLinkedDeNovo,
        _ => Mode::DeNovo,
    };
    let misfits = place.with_status(Affected::Affected).any(|(_, s)| s.lacks());
    let flags = flags
        | place.flags(child)
        | Flags::LOW_QUALITY.when(doubtful)
        | Flags::AFFECTED_NON_CARRIER.when(misfits)
        | Flags::IMPLAUSIBLE_DE_NOVO.when(implausible)
        | Flags::DE_NOVO;
    out.push(hit(place, mode, flags, score));
}

/// The reads do not carry the claim that the variant is new.
fn doubtful(place: &Place<'_>, child: usize, score: Option<f64>) -> bool {
    let profile = place.profile;
    if !profile.quality {
        return false;
    }
    let reads = |i: usize| place.calls.get(i).and_then(|c| c.alternate_depth);
    let parents = || place.giving(child).flatten();
    let parental: u32 = parents().filter_map(reads).sum();
    let clean = parents().all(|p| {
        place.calls.get(p).and_then(Call::allele_balance).is_none_or(|balance| balance < profile.reference_balance)
    });
    reads(child).is_some_and(|n| n < profile.de_novo_alternate_reads)
        || (parental >= profile.parental_alternate_reads && !clean)
        || score.is_some_and(|s| s < profile.de_novo_phred)
}

/// Two copies in the child where one parent carries and the other is called without any: both can be the carrier's.
/// Where no parent is known to carry, one place is no sign of disomy; see [`new`].
fn uniparental(place: &Place<'_>, child: usize, out: &mut Vec<ModeHit>) {
    if !place.mendelian_error(child) || place.state(child) != State::Hom || !place.givers(child).any(State::carries) {
        return;
    }
    let homozygous = place.with_status(Affected::Unaffected).any(|(i, s)| s == State::Hom && !place.one_copy(i));
    let flags = place.flags(child) | Flags::UNAFFECTED_HOMOZYGOUS.when(homozygous);
    out.push(hit(place, Mode::UniparentalDisomy, flags, None));
}

/// True when no affected person is known to lack the variant.
pub(super) fn affected_share(place: &Place<'_>) -> bool {
    place.with_status(Affected::Affected).all(|(_, s)| !s.lacks())
}

fn dominant(place: &Place<'_>, out: &mut Vec<ModeHit>) {
    let child = place.proband;
    if place.givers(child).all(|s| s == State::Reference) || !affected_share(place) {
        return;
    }
    let carriers = place.unaffected_carriers();
    let homozygous = place.with_status(Affected::Unaffected).any(|(_, s)| s == State::Hom);
    let (mode, extra) = if carriers == 0 {
        (Mode::AutosomalDominant, Flags::NONE)
    } else {
        let extra = Flags::INCOMPLETE_PENETRANCE | Flags::UNAFFECTED_HOMOZYGOUS.when(homozygous);
        (Mode::AutosomalDominantIncompletePenetrance, extra)
    };
    out.push(hit(place, mode, place.flags(child) | extra, None));
}

fn recessive(place: &Place<'_>, out: &mut Vec<ModeHit>) {
    let child = place.proband;
    let fits = place.state(child) == State::Hom
        && place.with_status(Affected::Affected).all(|(i, s)| {
            (s.unknown() || matches!(s, State::Hom | State::Partial)) && !place.givers(i).any(State::lacks)
        })
        && place.with_status(Affected::Unaffected).all(|(_, s)| s != State::Hom);
    if fits {
        let affected_parent =
            place.parents(child).any(|p| place.status(p) == Affected::Affected && place.state(p) == State::Hom);
        let flags = place.flags(child) | Flags::PSEUDO_DOMINANT.when(affected_parent);
        out.push(hit(place, Mode::AutosomalRecessiveHomozygous, flags, None));
    }
}
