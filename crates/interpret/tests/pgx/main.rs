//! Pharmacogenomics against PharmCAT's cases, and properties that must hold of any file.

mod builder;
mod files;
mod hapb3;
mod pharmcat;
mod properties;
