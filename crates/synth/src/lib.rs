//! A made-up Danish population in the tables of its registers.
//!
//! [`Households`] gives the citizens one household after another; [`add`] gives the rows of one citizen, as a pure function
//! of the seed and the citizen. So rows can be made on any number of threads and in any order, and the files have the same
//! bits. A smaller population is the beginning of a larger one of the same seed.
//!
//! Nobody dies: these are the citizens of the last day ([`LAST`]), and the registers look back on them.
//! How often things happen stands in `docs/methods/synthetic-population.md`.

mod chance;
mod conditions;
mod day;
mod diabetes;
mod places;
mod plan;
mod records;
mod tables;

pub use places::{MUNICIPALITIES, Municipality};
pub use plan::{Citizen, Households, LAST, Number};
pub use records::add;
pub use tables::{REGISTERS, Rows};
