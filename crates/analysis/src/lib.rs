//! Statistics on values and sets, pure and independent of the rest of the house.
//!
//! - [`disclosure`]: which cells of a table may be shown.

pub mod disclosure;
