//! What each person carries, and how many carry each allele: the house's own cohort.
//!
//! A [`CallSet`] is one person's on one genome build and is never edited, only replaced; [`Counts`] are sums over call
//! sets, kept in [`Bin`]s so that one more person touches only what she carries. Taking a person out subtracts exactly
//! what she added: the counts after any history are, byte for byte, the counts of the call sets that are left.
//!
//! Missing is never reference: a call set says what a person is seen to carry and nothing of any other place. Who is
//! not among the carriers is not known to lack the allele.

mod bytes;
mod call_set;
mod counts;

pub use call_set::{CallSet, Carried};
pub use counts::{Counts, Tally};

use indgang_model::{Chromosome, Variant};

/// Positions of one bin: 4 Mb, some hundred bins a genome.
const BIN_BITS: u32 = 22;

/// A stretch of a chromosome whose counts are kept together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bin(u32);

/// Stored call sets or counts do not hang together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CohortError {
    /// The bytes are not what this program writes.
    #[error("the stored alleles cannot be read; they were changed, or are of a newer program")]
    Unreadable,
    /// Somebody is to be subtracted who was never added.
    #[error("the counts do not hold what is to be subtracted; count again from the call sets")]
    NotCounted,
}

impl Bin {
    /// The bin of a place.
    pub const fn of(chromosome: Chromosome, position: u32) -> Self {
        Self((chromosome.number() as u32) << (u32::BITS - BIN_BITS) | position >> BIN_BITS)
    }

    /// A number of its own for each bin, in the order of the genome.
    pub const fn number(self) -> u32 {
        self.0
    }

    /// The bin of a number.
    pub const fn from_number(number: u32) -> Self {
        Self(number)
    }
}

/// Place and alleles, small: a genome has millions. Ordered by place.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    /// Chromosome's number in the upper half, position in the lower.
    place: u64,
    alleles: Alleles,
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Alleles {
    /// One base for another: 4 × the reference base's index + the alternate's.
    Substitution(u8),
    /// Reference and alternate with `>` between them.
    Other(Box<[u8]>),
}

impl Key {
    fn of(variant: &Variant) -> Self {
        let place = u64::from(variant.chrom.number()) << 32 | u64::from(variant.pos);
        let (reference, alternate) = (variant.reference.as_bytes(), variant.alternate.as_bytes());
        let alleles = match (reference, alternate) {
            ([r], [a]) if base(*r).is_some() && base(*a).is_some() => {
                Alleles::Substitution(4 * base(*r).unwrap_or_default() + base(*a).unwrap_or_default())
            }
            _ => Alleles::Other([reference, b">", alternate].concat().into()),
        };
        Self { place, alleles }
    }

    fn bin(&self) -> Bin {
        let (number, position) = ((self.place >> 32) as u32, self.place as u32);
        Bin(number << (u32::BITS - BIN_BITS) | position >> BIN_BITS)
    }
}

fn base(base: u8) -> Option<u8> {
    b"ACGT".iter().position(|b| *b == base).map(|index| index as u8)
}

#[cfg(test)]
mod tests;
