//! The records of the house in SQLite or PostgreSQL: one module an entity, one SQL text for both, migrations in
//! `migrations/`.
//!
//! A new table is a file `migrations/NNNN_what.sql` in words that both databases know (`text`, `bigint`, times as
//! RFC 3339 text in UTC), and a module here: reading on `house.pool`, writing on a [`Writer`]'s `tx` or through
//! `house.begin()`.
//!
//! Every function that reads person data takes a `&Grant` and answers with what it covers, or with `Guarded` content.
//! What is written goes through a [`Passage`]: one transaction that holds the log's leaves and the action together.
//! A process killed at any moment leaves a house that opens again with a log that verifies.
//!
//! This crate does not decide anything (the gate does) and knows no user's wish (the services do).
//!
//! INVARIANT: [`Passage`] is the only caller of `Appended::after_commit`.

pub mod alerts;
mod archive;
mod archived_files;
pub mod attempts;
pub mod cases;
mod catalogue;
pub mod choices;
pub mod cohort;
pub mod conclusions;
pub mod criteria;
mod database;
pub mod drafts;
pub mod erasure;
mod error;
mod facts;
#[cfg(not(feature = "faults"))]
mod faults;
#[cfg(feature = "faults")]
pub mod faults;
pub mod follow_ups;
pub mod grounds;
mod house;
mod key;
pub mod lake;
pub mod log;
pub mod mandates;
mod passage;
pub mod permits;
pub mod persons;
pub mod places;
pub mod population;
pub mod powers;
pub mod questions;
mod queue;
pub mod relations;
pub mod reports;
pub mod representations;
pub mod resources;
pub mod secondary;
pub mod sessions;
pub mod systems;
mod tiles;
pub mod users;
mod verify;

pub use archive::{Archived, backup, restore};
pub use database::{Database, Engine, ParseDatabaseError};
pub use error::StoreError;
pub use house::{House, migrate};
pub use passage::{Logged, Passage, Writer};
pub use verify::LogVerification;

pub(crate) use database::Connection;
