//! The house's own tables: how they come in, what a grant opens of them, and what hostile questions get.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says where")]

mod answers;
mod attacks;
mod cluster;
mod cohorts;
mod hostile;
mod lake;
mod many;
mod omop;
mod same;
mod tables;
