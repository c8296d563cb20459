//! One case to its findings: analysis, filters, prioritisers, ACMG evidence, secondary findings, report.
//!
//! Pure: it takes a family's sites, signs and wishes and gives a [`report::Report`].
//! It deliberately does not know where data come from, who asks, or how an answer is stored.

pub mod acmg;
pub mod analysis;
pub mod annotation_table;
pub mod by_mode;
pub mod case;
pub mod combined;
mod explain;
pub mod findings;
pub mod html;
pub mod intake;
pub mod large;
pub mod own_cohort;
pub mod pgx;
pub mod phenopacket;
pub mod phenotype;
pub mod picture;
pub mod predictors;
mod quality_for_report;
pub mod reanalysis;
pub mod recurrence;
pub mod report;
pub mod score;
mod secondary;
pub mod words;
