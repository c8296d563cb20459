//! knowledge

pub mod phenotype;
