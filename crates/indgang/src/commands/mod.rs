//! The commands, one file each: arguments, then `run`.

pub mod backup;
pub mod catalogue;
pub mod cohort;
pub mod decide;
pub mod demo;
mod demo_choices;
mod demo_registers;
pub mod doctor;
pub mod follow_up;
pub mod house;
pub mod ingest;
pub mod inheritance;
pub mod interpret;
pub mod migrate;
pub mod own_cohort;
pub mod permit;
pub mod rank;
pub mod restore;
pub mod retention;
pub mod serve;
pub mod sql;
pub mod synth;
pub mod system;
pub mod threads;
pub mod user;
pub mod verify_log;
pub mod view;
