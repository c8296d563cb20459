//! The records on both databases: each test here runs on SQLite and, where it is installed, on PostgreSQL.

mod alerts;
mod archive;
mod choices;
mod cohort;
mod criteria;
mod entities;
mod faults;
mod ground;
mod lake;
mod log;
mod reports;
mod resources;
mod secondary;
mod server;
mod sessions;
