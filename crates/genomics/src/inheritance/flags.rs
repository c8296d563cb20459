//! Reservations to a hit, as a set of bits.

use serde::{Serialize, Serializer};

/// A set of reservations. The names are those of `report.json`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, PartialOrd, Ord)]
pub struct Flags(u32);

macro_rules! flags {
    ($($(#[$doc:meta])* $bit:literal $name:ident = $text:literal;)*) => {
        impl Flags {
            $($(#[$doc])* pub const $name: Self = Self(1 << $bit);)*
            const NAMES: &[(Self, &'static str)] = &[$((Self::$name, $text)),*];
        }
    };
}

flags! {
    /// One of the parents who matter has no column in the file.
    0 PARENT_MISSING = "parent_missing";
    /// None of the parents who matter has a column.
    1 PARENTS_MISSING = "parents_missing";
    /// A parent who matters has a column but no call here.
    2 PARENT_NO_CALL = "parent_no_call";
    /// Another relative of known status has no call here.
    3 RELATIVE_NO_CALL = "relative_no_call";
    /// It is not known whether the two variants lie on different copies.
    4 PHASE_UNKNOWN = "phase_unknown";
    /// A phase set of the file, or one record with both, says that the two lie on different copies.
    5 PHASED_IN_TRANS = "phased_in_trans";
    /// Somebody carries and is not affected.
    6 INCOMPLETE_PENETRANCE = "incomplete_penetrance";
    /// A call that mattered does not meet the profile, and was taken for no call; or the score is low.
    7 LOW_QUALITY = "low_quality";
    /// In a part of the cells only.
    8 MOSAIC = "mosaic";
    /// An unaffected person carries the variant.
    9 UNAFFECTED_CARRIER = "unaffected_carrier";
    /// An unaffected person has no other copy than the variant.
    10 UNAFFECTED_HOMOZYGOUS = "unaffected_homozygous";
    /// Cannot be inherited from these parents without a further event.
    11 MENDELIAN_ERROR = "mendelian_error";
    /// A male is written heterozygous on X or Y outside the pseudo-autosomal regions.
    12 HETEROZYGOUS_MALE = "heterozygous_male";
    /// An affected parent has the recessive disease, the other parent is a carrier.
    13 PSEUDO_DOMINANT = "pseudo_dominant";
    /// Another affected person does not carry the variant.
    14 AFFECTED_NON_CARRIER = "affected_non_carrier";
    /// The hit is about another affected child than the proband.
    15 NOT_IN_PROBAND = "not_in_proband";
    /// One copy of the child's is not called (`1/.`).
    16 PARTIAL_CALL = "partial_call";
    /// A parent has another alternate allele of the same place.
    17 OTHER_ALLELE = "other_allele";
    /// The variant is new in the child.
    18 DE_NOVO = "de_novo";
    /// The child's sex is not recorded, though it matters here.
    19 SEX_UNKNOWN = "sex_unknown";
    /// In a pseudo-autosomal region.
    20 PSEUDO_AUTOSOMAL = "pseudo_autosomal";
    /// Fits only when the family's deletion takes the other copy.
    21 OVER_DELETION = "over_deletion";
    /// New on both copies, since no parent carries: two events, so a wrong genotype is likelier.
    22 IMPLAUSIBLE_DE_NOVO = "implausible_de_novo";
}

impl Flags {
    /// No reservation.
    pub const NONE: Self = Self(0);

    /// Both sets together.
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The first set, or nothing.
    pub const fn when(self, condition: bool) -> Self {
        if condition { self } else { Self::NONE }
    }

    /// True when every flag of `other` is in the set.
    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// True when there is no reservation.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Every name there is, in the order of their bits.
    pub fn all_names() -> impl Iterator<Item = &'static str> {
        Self::NAMES.iter().map(|(_, name)| *name)
    }

    /// The machine-readable names.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        Self::NAMES.iter().filter(move |(flag, _)| self.has(*flag)).map(|(_, name)| *name)
    }
}

impl std::ops::BitOr for Flags {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        self.with(other)
    }
}

impl std::ops::BitOrAssign for Flags {
    fn bitor_assign(&mut self, other: Self) {
        self.0 |= other.0;
    }
}

/// As a list of names.
impl Serialize for Flags {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.names())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_of_names() {
        let flags = Flags::MOSAIC | Flags::PARENT_MISSING | Flags::LOW_QUALITY.when(false);
        assert_eq!(flags.names().collect::<Vec<_>>(), ["parent_missing", "mosaic"]);
        assert!(flags.has(Flags::MOSAIC) && !flags.has(Flags::MOSAIC | Flags::DE_NOVO) && !flags.is_empty());
        // Every flag has its own bit.
        assert_eq!(Flags::NAMES.iter().fold(0, |sum, (f, _)| sum + f.0.count_ones()) as usize, Flags::NAMES.len());
        assert_eq!(Flags::NAMES.iter().fold(0u32, |all, (f, _)| all | f.0).count_ones() as usize, Flags::NAMES.len());
    }
}
