//! What one person's call means at a place, given sex and region.

use crate::call::{AlleleCode, Call};
use crate::pedigree::Member;
use crate::profile::{Expected, Profile};
use indgang_model::{Region, Sex};

/// A call, read with the region's number of copies in mind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// No column (or a column without GT).
    Absent,
    /// A column, but no usable genotype (`./.`, `0/.`).
    NoCall,
    /// A genotype that does not meet the profile: taken for no call.
    LowQuality,
    /// Confidently reference.
    Reference,
    /// Without the alternate, but with another one (`0/2`): neither carrier nor reference.
    Other,
    /// Carries; the second copy is not called.
    Partial,
    /// One of two copies.
    Het,
    /// Every copy: homozygous, or hemizygous.
    Hom,
}

impl State {
    /// Carries at least one copy.
    pub fn carries(self) -> bool {
        matches!(self, Self::Partial | Self::Het | Self::Hom)
    }

    /// Called, and without a copy.
    pub fn lacks(self) -> bool {
        matches!(self, Self::Reference | Self::Other)
    }

    /// Nothing is known.
    pub fn unknown(self) -> bool {
        matches!(self, Self::Absent | Self::NoCall | Self::LowQuality)
    }

    pub fn of(member: &Member, call: &Call, region: Region, profile: &Profile) -> Self {
        let genotype = call.genotype;
        if genotype.copies == 0 {
            return Self::Absent;
        }
        if region == Region::Mitochondrial {
            return mitochondrial(call, profile);
        }
        let one_copy = has_one_copy(member.sex, region);
        let (state, expected) = if genotype.carries() {
            if genotype.is_homozygous_alternate() {
                (Self::Hom, Expected::Homozygous)
            } else if one_copy {
                // Written with two copies where there is one: it carries; see `heterozygous_male`.
                (Self::Hom, Expected::Any)
            } else if genotype.alleles.contains(&AlleleCode::Missing) {
                (Self::Partial, Expected::Any)
            } else {
                (Self::Het, Expected::Heterozygous)
            }
        } else if genotype.is_missing() {
            return Self::NoCall;
        } else if genotype.is_reference() {
            (Self::Reference, Expected::Reference)
        } else {
            (Self::Other, Expected::Any)
        };
        if profile.accepts(call, expected) { state } else { Self::LowQuality }
    }
}

/// True where a man has one copy.
pub(super) fn has_one_copy(sex: Sex, region: Region) -> bool {
    region == Region::Y || (region == Region::X && sex == Sex::Male)
}

/// A share of the molecules decides, where the profile asks for one and the file tells it.
fn mitochondrial(call: &Call, profile: &Profile) -> State {
    if !profile.accepts(call, Expected::Any) {
        return State::LowQuality;
    }
    let genotype = call.genotype;
    let share = call.allele_fraction.or_else(|| call.allele_balance());
    let enough = share.map(|s| s >= profile.heteroplasmy);
    // Two reads of ten are a fifth of the reads, and no evidence of a fifth of the molecules.
    let thin = call.alternate_depth.is_some_and(|reads| reads < profile.heteroplasmy_reads);
    if thin && enough.unwrap_or_else(|| genotype.carries()) {
        return State::LowQuality;
    }
    match (profile.heteroplasmy > 0.0, enough) {
        (true, Some(true)) if !genotype.is_missing() || genotype.carries() => State::Het,
        (true, Some(false)) if genotype.carries() || genotype.is_reference() => State::Reference,
        _ if genotype.carries() => State::Het,
        _ if genotype.is_missing() => State::NoCall,
        _ if genotype.is_reference() => State::Reference,
        _ => State::Other,
    }
}
