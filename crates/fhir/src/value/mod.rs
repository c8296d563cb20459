//! Values that FHIRPath computes with.

pub mod decimal;
pub mod duration;
pub mod quantity;
pub mod temporal;
pub mod ucum;
