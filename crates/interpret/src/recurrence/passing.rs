//! From the calls of a finding to what each parent passes on.

use super::{Inherited, Parent};
use crate::intake::Candidate;
use indgang_genomics::call::Genotype;
use indgang_genomics::pedigree::Family;
use indgang_genomics::profile::{Expected, Profile};
use indgang_model::{Affected, ModeOfInheritance, Region, Sex};

/// What the risk of a finding follows from. `parts` are the finding's alleles: one, or two of a pair.
/// Where the pedigree is not what the file says, the parents' calls are not those of the parents and tell nothing.
pub(crate) fn inherited(
    (family, profile): (&Family, &Profile),
    parts: &[&Candidate],
    mode: ModeOfInheritance,
    region: Region,
    calls_are_the_parents: bool,
) -> Inherited {
    let proband = family.proband();
    let couple = mode == ModeOfInheritance::CarrierCouple;
    let of_sex = |sex: Sex| family.members.iter().position(|m| m.sequenced && m.sex == sex);
    let (father, mother) = if couple {
        (of_sex(Sex::Male), of_sex(Sex::Female))
    } else {
        (family.members[proband].father, family.members[proband].mother)
    };
    let parent = |member: Option<usize>| {
        member.map_or(Parent::default(), |member| {
            let doubtful = parts.iter().any(|part| is_doubtful(part, member, region, (family, profile)));
            let tells = calls_are_the_parents && !doubtful;
            Parent {
                passes: passes(family, parts, member, region).filter(|_| tells),
                affected: family.members[member].affected == Affected::Affected,
                doubtful,
            }
        })
    };
    Inherited {
        mode,
        on_x: region == Region::X,
        proband: family.members[proband].sex,
        every_copy: passes(family, parts, proband, region) == Some(1.0)
            || (parts.len() == 2 && parts.iter().all(|part| genotype(part, proband).carries())),
        father: parent(father),
        mother: parent(mother),
    }
}

fn genotype(part: &Candidate, member: usize) -> Genotype {
    part.site.calls.get(member).map_or(Genotype::MISSING, |call| call.genotype)
}

/// True of who was examined at a place and has no call, or one that does not meet the profile.
fn is_doubtful(part: &Candidate, member: usize, region: Region, (family, profile): (&Family, &Profile)) -> bool {
    let Some(call) = part.site.calls.get(member).filter(|call| call.genotype.copies > 0) else { return false };
    let genotype = call.genotype;
    let one_copy = region == Region::X && family.members[member].sex == Sex::Male;
    let expected = if genotype.is_reference() {
        Expected::Reference
    } else if genotype.is_homozygous_alternate() {
        Expected::Homozygous
    } else if genotype.is_heterozygous() && !one_copy {
        Expected::Heterozygous
    } else {
        Expected::Any
    };
    let no_y = region == Region::Y && family.members[member].sex == Sex::Female;
    !no_y && (genotype.is_missing() || !profile.accepts(call, expected))
}

/// The chance that a changed copy is passed on: to any child, of a man's X to a daughter, of his Y to a son.
fn passes(family: &Family, parts: &[&Candidate], member: usize, region: Region) -> Option<f64> {
    let one_copy = region == Region::Y || (region == Region::X && family.members[member].sex == Sex::Male);
    let mut chances = Vec::with_capacity(parts.len());
    for part in parts {
        let genotype = genotype(part, member);
        let carried = genotype.alternate_copies()?;
        chances.push(if carried > 0 && (one_copy || genotype.is_homozygous_alternate()) {
            1.0
        } else {
            f64::from(carried) / 2.0
        });
    }
    match chances.as_slice() {
        // One of each: on one copy together, or one on each. Who has the disease has one on each; of others it is not known.
        [0.5, 0.5] => (family.members[member].affected == Affected::Affected).then_some(1.0),
        chances => chances.iter().copied().reduce(f64::max),
    }
}
