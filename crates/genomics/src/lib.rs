//! Genomes of a family: reading VCF, normalising, quality, pedigrees, inheritance, consequence.
//!
//! Pure: it reads from anything that implements `Read` and knows no files, no database, no person.
//! It deliberately does not know phenotypes, diseases or what is told to whom.

pub mod annotation;
pub mod call;
pub mod cohort;
pub mod consequence;
pub mod de_novo;
pub mod effect;
pub mod frequency;
pub mod inheritance;
pub mod liftover;
pub mod normalise;
pub mod pedigree;
pub mod profile;
pub mod quality;
pub mod reference;
pub mod site;
pub mod structural;
pub mod transcripts;
pub mod vcf;
