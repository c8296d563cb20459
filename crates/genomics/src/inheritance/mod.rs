//! Which modes of inheritance a family's genotypes allow. Method and choices: see `single.rs` and `compound.rs`.

mod compound;
mod family;
mod flags;
mod mosaic;
mod pairs;
mod sex;
mod single;
mod special;
mod state;
mod stream;

pub use compound::{
    CompoundClass, Compounds, can_be_compound, compound_heterozygotes, compound_heterozygotes_of_records,
};
pub use flags::Flags;
pub use single::{single_variant, single_variant_for, single_variant_with};
pub use special::{CarrierCouple, carrier_couple, lies_in_deletion, over_deletion};
pub use stream::Stream;

use indgang_model::ModeOfInheritance;
use serde::Serialize;

/// One mode that a variant (or pair) fits in a family.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ModeHit {
    /// The mode.
    pub mode: ModeOfInheritance,
    /// Reservations.
    pub flags: Flags,
    /// Phred-scaled likelihood that the variant is new, where PL or AD of all three allow.
    pub de_novo_score: Option<f64>,
    /// Unaffected persons who carry.
    pub unaffected_carriers: u8,
}

impl ModeHit {
    /// True when the hit says nothing unless the parents are the parents: it is not used where the trio is refused
    /// ([`crate::quality::Verdict::refuses_trio_of`]).
    pub fn rests_on_parents(&self) -> bool {
        use ModeOfInheritance as M;
        match self.mode {
            M::DeNovo | M::XLinkedDeNovo | M::MosaicDeNovo | M::ParentalMosaic | M::UniparentalDisomy => true,
            M::PossibleDeNovo => self.flags.has(Flags::MENDELIAN_ERROR),
            _ => false,
        }
    }
}
