//! A small variant over a deletion, and couples who are carriers.

use super::family::{Place, Source};
use super::single::hit;
use super::state::State;
use super::{Flags, ModeHit};
use crate::call::{AlleleCode, Call};
use crate::pedigree::Family;
use crate::profile::Profile;
use indgang_model::{Affected, ModeOfInheritance, Region, Sex};

/// A small variant that looks homozygous in the proband because a deletion takes the other copy: one inherited from the
/// parent who does not carry the variant, a new one, or one of which no parent's call tells. Both calls are of the family,
/// in member order.
/// Every other affected person who is called has both in the same way, and no unaffected person has.
pub fn over_deletion(
    family: &Family,
    small: &[Call],
    deletion: &[Call],
    region: Region,
    profile: &Profile,
) -> Option<ModeHit> {
    let place = Place::new(family, small, region, profile);
    let gone = Place::new(family, deletion, region, profile);
    let child = place.proband;
    let two_copies = matches!(region, Region::Autosome | Region::PseudoAutosomal)
        || (region == Region::X && place.sex(child) == Sex::Female);
    if !two_copies {
        return None;
    }
    let has_both = |i: usize| looks_alone(&place, i) && gone.state(i) == State::Het;
    if place.status(child) != Affected::Affected || !has_both(child) {
        return None;
    }
    let shares =
        place.with_status(Affected::Affected).all(|(i, s)| has_both(i) || s.unknown() || gone.state(i).unknown());
    let spares = !place.with_status(Affected::Unaffected).any(|(i, _)| has_both(i));
    let member = &family.members[child];
    let gave = |deleted: Option<usize>, other: Option<usize>| {
        // Without any copy left there is nothing to call in the parent.
        let nothing = |p: usize| gone.state(p) == State::Hom && !place.state(p).carries();
        let lacks = deleted.is_some_and(|p| nothing(p) || (place.state(p).lacks() && gone.state(p).carries()));
        lacks && other.is_none_or(|p| !place.state(p).lacks() && !gone.state(p).carries())
    };
    let inherited = gave(member.father, member.mother) || gave(member.mother, member.father);
    // A deletion that no parent shows: the one copy of the small variant then came from a parent who may have it.
    let unseen = !gone.givers(child).any(State::carries) && !place.givers(child).all(State::lacks);
    let new = unseen && gone.source(child) == Source::New;
    (shares && spares && (inherited || unseen)).then(|| {
        let flags = place.parent_flags(child) | gone.parent_flags(child) | Flags::OVER_DELETION;
        let flags = flags | Flags::DE_NOVO.when(new);
        hit(&place, ModeOfInheritance::AutosomalRecessiveOverDeletion, flags, None)
    })
}

/// True when the small variant can be the proband's only copy, and a parent whom the deletion could be from does not
/// carry it: what [`over_deletion`] asks before any deletion is known.
pub(super) fn may_lie_over_deletion(place: &Place<'_>) -> bool {
    let without = |p: usize| place.state(p) != State::Absent && !place.state(p).carries();
    looks_alone(place, place.proband) && place.parents(place.proband).any(without)
}

/// A caller may write the one copy that is left as `1/1`, `1` or, with the deleted one, `1/*`.
fn looks_alone(place: &Place<'_>, i: usize) -> bool {
    let beside_other = || place.calls.get(i).is_some_and(|c| c.genotype.alleles.contains(&AlleleCode::Other));
    place.state(i) == State::Hom || (place.state(i) == State::Het && beside_other())
}

/// True when a small variant at `position` lies in a deletion that is written at `start` and ends at `end`.
pub fn lies_in_deletion(position: u32, (start, end): (u32, u32)) -> bool {
    start < position && position <= end
}

/// What a couple carries in one gene.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CarrierCouple {
    /// Sites that the woman carries.
    pub woman: Vec<usize>,
    /// Sites that the man carries; empty on X, where his part does not matter to sons.
    pub man: Vec<usize>,
}

/// Couple screening: `sites` holds (woman's call, man's call) of one gene's pathogenic variants.
/// On autosomes both must carry one, equal or not; on X the woman. The risk of a child is then one in four.
pub fn carrier_couple(sites: &[(Call, Call)], region: Region, profile: &Profile) -> Option<CarrierCouple> {
    let person = |sex| crate::pedigree::Member {
        id: String::new(),
        father: None,
        mother: None,
        sex,
        affected: Affected::Unaffected,
        line: None,
        sequenced: true,
    };
    let (woman, man) = (person(Sex::Female), person(Sex::Male));
    let carried = |member, call: fn(&(Call, Call)) -> &Call| -> Vec<usize> {
        let carries = |s: &(Call, Call)| State::of(member, call(s), region, profile).carries();
        sites.iter().enumerate().filter(|(_, s)| carries(s)).map(|(i, _)| i).collect()
    };
    let her = carried(&woman, |s| &s.0);
    match region {
        Region::Autosome | Region::PseudoAutosomal => {
            let his = carried(&man, |s| &s.1);
            (!her.is_empty() && !his.is_empty()).then_some(CarrierCouple { woman: her, man: his })
        }
        Region::X => (!her.is_empty()).then_some(CarrierCouple { woman: her, man: Vec::new() }),
        Region::Y | Region::Mitochondrial => None,
    }
}
