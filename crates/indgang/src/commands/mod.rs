//! The commands, one file each: arguments, then `run`.

pub mod demo;
pub mod doctor;
pub mod house;
pub mod inheritance;
pub mod interpret;
pub mod rank;
pub mod serve;
pub mod threads;
pub mod verify_log;
