//! The records of the house in SQLite: one module an entity, run-time SQL that PostgreSQL accepts too, migrations in
//! `migrations/`.
//!
//! Every function that reads person data takes a `&Grant` and answers with what it covers, or with `Guarded` content.
//! What is written goes through a [`Passage`]: one transaction that holds the log's leaves and the action together.
//! A process killed at any moment leaves a house that opens again with a log that verifies.
//!
//! This crate does not decide anything (the gate does) and knows no user's wish (the services do).
//!
//! INVARIANT: [`Passage`] is the only caller of `Appended::after_commit`.

pub mod cases;
pub mod conclusions;
mod error;
mod facts;
mod house;
pub mod log;
mod passage;
pub mod persons;
pub mod relations;
pub mod reports;
pub mod sessions;
pub mod users;
pub mod wishes;

pub use error::StoreError;
pub use house::House;
pub use log::LogVerification;
pub use passage::{Logged, Passage, Writer};

pub(crate) use sqlx::SqliteConnection as Connection;
