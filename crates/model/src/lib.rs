//! The words of the house: identifiers, people, purposes, wishes, variants and signs.
//!
//! Everything else speaks in these types.
//! This crate knows nothing of files, databases, policies or methods, and it reads no clock: time is a parameter.
//!
//! ```
//! use indgang_model::{Chromosome, Cpr};
//!
//! assert_eq!("chrX".parse::<Chromosome>(), Ok(Chromosome::X));
//! let cpr: Cpr = "0201609995".parse().expect("an official test number");
//! assert_eq!(format!("{cpr:?}"), "Cpr(redacted)");
//! ```

mod access;
mod clock;
mod cpr;
mod hex;
mod person;
mod personal_number;
mod phenotype;
mod profession;
mod sensitive;
mod variant;
mod wish;

pub use access::{Category, LegalBasis, Purpose, Role};
pub use clock::{Clock, FixedClock, SystemClock, Timestamp};
pub use cpr::{Cpr, ParseCprError};
pub use hex::hex;
pub use person::{Affected, CaseId, PermitId, PersonId, PlaceId, Sex};
pub use personal_number::{PersonalNumber, Replacement};
pub use phenotype::{HpoId, ParseHpoIdError, PhenotypicFeature};
pub use profession::{Profession, UnknownProfession};
pub use sensitive::Sensitive;
pub use variant::{Assembly, Chromosome, ModeOfInheritance, ParseAssemblyError, ParseChromosomeError, Region, Variant};
pub use wish::{SecondaryFindingWish, Wishes};
