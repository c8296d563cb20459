//! Record after record of one family: what is the same for all of them is looked up once, and both questions (which modes
//! fit, may it be one of a pair) are asked of one reading of the calls.

use super::compound::class_at;
use super::family::Place;
use super::single::modes_at;
use super::special::may_lie_over_deletion;
use super::{CompoundClass, ModeHit};
use crate::call::{AlleleCode, Call, Genotype};
use crate::de_novo::Noise;
use crate::pedigree::Family;
use crate::profile::Profile;
use indgang_model::{Affected, Region};

/// A family whose records are read one after the other.
#[derive(Debug, Clone, Copy)]
pub struct Stream<'a> {
    family: &'a Family,
    profile: &'a Profile,
    proband: usize,
}

impl<'a> Stream<'a> {
    /// Prepares for one family.
    pub fn new(family: &'a Family, profile: &'a Profile) -> Self {
        Self { family, profile, proband: family.proband() }
    }

    /// False when no mode and no pair can come of these genotypes (in member order), whatever the reads say: then the
    /// calls need not be parsed. True says nothing.
    pub fn may_fit(&self, genotypes: &[Genotype], region: Region) -> bool {
        if region == Region::Mitochondrial {
            return true; // there the share of molecules decides, and not the genotype
        }
        let carries = |i: usize| genotypes.get(i).is_some_and(|g| g.carries());
        let affected = self.family.members.iter().enumerate().filter(|(_, m)| m.affected == Affected::Affected);
        carries(self.proband)
            || affected.into_iter().any(|(i, _)| carries(i))
            || (self.profile.quality && self.may_be_mosaic(genotypes, region))
    }

    /// A mosaic child may be called reference; its parents must be.
    fn may_be_mosaic(&self, genotypes: &[Genotype], region: Region) -> bool {
        let nobody = Place::with_proband(self.family, self.proband, &[], region, self.profile);
        nobody.giving(self.proband).all(|p| p.and_then(|p| genotypes.get(p)).is_some_and(|g| g.is_reference()))
    }

    /// Appends to `out` what [`super::single_variant_with`] does, and gives what [`super::can_be_compound`] does.
    pub fn look(&self, calls: &[Call], region: Region, noise: Noise, out: &mut Vec<ModeHit>) -> Option<CompoundClass> {
        let seen = |c: &Call| c.genotype.carries() || c.alternate_depth > Some(0);
        if self.family.members.is_empty() || !calls.iter().any(seen) {
            return None;
        }
        let place = Place::with_proband(self.family, self.proband, calls, region, self.profile);
        modes_at(&place, noise, out);
        class_at(&place)
    }

    /// True when the proband's only copy may be the variant, beside a deletion that is inherited ([`super::over_deletion`]).
    pub fn may_lie_over_deletion(&self, calls: &[Call], region: Region) -> bool {
        let genotype = calls.get(self.proband).map_or(Genotype::MISSING, |c| c.genotype);
        let alone = genotype.is_homozygous_alternate() || genotype.alleles.contains(&AlleleCode::Other);
        let parents = &self.family.members[self.proband];
        // What nearly every place fails is asked before the calls are read against the profile.
        let without = |p: Option<usize>| p.and_then(|p| calls.get(p)).is_some_and(|c| c.genotype.copies > 0);
        genotype.carries()
            && alone
            && (without(parents.father) || without(parents.mother))
            && may_lie_over_deletion(&Place::with_proband(self.family, self.proband, calls, region, self.profile))
    }
}

#[cfg(test)]
mod tests {
    use super::super::{can_be_compound, single_variant_with};
    use super::*;
    use crate::call::AlleleCode::{Alternate, Missing, Other, Reference};
    use crate::pedigree::Pedigree;
    use proptest::prelude::*;

    fn call() -> impl Strategy<Value = Call> {
        let code = || prop::sample::select(vec![Reference, Reference, Alternate, Other, Missing]);
        (code(), code(), 0u8..3, 0u32..40, 0u32..40, any::<bool>()).prop_map(
            |(a, b, copies, reference, alternate, reads): (AlleleCode, AlleleCode, u8, u32, u32, bool)| {
                let genotype = match copies {
                    0 => Genotype::MISSING,
                    1 => Genotype { alleles: [a, a], copies, phased: false },
                    _ => Genotype { alleles: [a, b], copies, phased: false },
                };
                let depths = reads.then_some((reference, alternate));
                Call {
                    reference_depth: depths.map(|d| d.0),
                    alternate_depth: depths.map(|d| d.1),
                    ..Call::of(genotype)
                }
            },
        )
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4096))]
        #[test]
        fn equals_the_two_questions_one_by_one(
            calls in prop::collection::vec(call(), 5),
            sexes in prop::collection::vec(0u8..3, 3),
            status in prop::collection::vec(0u8..3, 5),
            region in 0usize..5,
            profile in 0usize..3,
        ) {
            let [c, s, u] = [sexes[0], sexes[1], sexes[2]];
            let [a, b, d, e, g] = [status[0], status[1], status[2], status[3], status[4]];
            let ped = format!("F c f m {c} {a}\nF f 0 0 1 {b}\nF m 0 0 2 {d}\nF s f m {s} {e}\nF u 0 0 {u} {g}");
            let pedigree = Pedigree::parse(&ped).unwrap();
            let family = &pedigree.families[0];
            let region =
                [Region::Autosome, Region::PseudoAutosomal, Region::X, Region::Y, Region::Mitochondrial][region];
            let profile = &[Profile::none(), Profile::standard(), Profile::sensitive()][profile];
            let stream = Stream::new(family, profile);
            let (mut apart, mut together) = (Vec::new(), Vec::new());
            single_variant_with(family, &calls, region, profile, Noise::SNV, &mut apart);
            let class = can_be_compound(family, &calls, region, profile);
            prop_assert_eq!(stream.look(&calls, region, Noise::SNV, &mut together), class);
            prop_assert_eq!(&together, &apart);
            let genotypes: Vec<Genotype> = calls.iter().map(|c| c.genotype).collect();
            prop_assert!(stream.may_fit(&genotypes, region) || (apart.is_empty() && class.is_none()));
        }
    }
}
