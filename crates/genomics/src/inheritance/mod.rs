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
