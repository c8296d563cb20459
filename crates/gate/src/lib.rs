//! The gate: who may read what about whom, for which purpose, on which paragraph; and the log of every passage.
//!
//! A reading of person data takes a [`Grant`].
//! The only way to one goes through four steps that cannot be taken in another order:
//!
//! 1. [`decide`] rules on a [`Request`] by the [`Facts`] and returns a [`Pending`], which does not tell the outcome;
//! 2. its [leaves](Pending::leaves) are appended to the log's [`log::Tree`], one for each person concerned;
//! 3. when the store has committed them, [`log::Appended::after_commit`] gives a [`log::Receipt`];
//! 4. [`Pending::recorded`] takes the receipt and tells the [`Decision`].
//!
//! So an answer without a leaf cannot be written down, whether it is a permit or a refusal.
//!
//! This crate is pure: no files, no database, no clock, no randomness.
//! It does not know how facts are stored, and it trusts the store in one point only: that `after_commit` is called with
//! the result of the transaction that holds the leaves (`crates/store/src/passage.rs`, guarded by `cargo xtask tidy`).
//!
//! A grant cannot be made:
//! ```compile_fail,E0451
//! let grant = indgang_gate::Grant { coverage: panic!(), log_index: 0 };
//! ```
//! nor conjured:
//! ```compile_fail,E0277
//! let grant: indgang_gate::Grant = Default::default();
//! ```
//! nor copied:
//! ```compile_fail,E0599
//! fn two(grant: indgang_gate::Grant) -> (indgang_gate::Grant, indgang_gate::Grant) { (grant.clone(), grant) }
//! ```
//! nor read from outside:
//! ```compile_fail,E0277
//! fn from_text(text: &str) -> Option<indgang_gate::Grant> { serde_json::from_str(text).ok() }
//! ```
//! nor widened:
//! ```compile_fail,E0616
//! fn widen(mut grant: indgang_gate::Grant) { grant.coverage = panic!(); }
//! ```
//! What it opens of the lake is neither made:
//! ```compile_fail,E0451
//! let all = indgang_gate::Population { categories: Default::default(), apart: Default::default(), scope: Default::default(), domain: String::new() };
//! ```
//! nor widened:
//! ```compile_fail,E0616
//! fn widen(mut population: indgang_gate::Population) { population.apart.clear(); }
//! ```
//! A receipt cannot be made either:
//! ```compile_fail,E0451
//! let receipt = indgang_gate::log::Receipt { first: 0, hashes: vec![] };
//! ```
//! and guarded content does not open without a grant:
//! ```compile_fail,E0616
//! fn peek(guarded: &indgang_gate::Guarded<String>) -> &String { &guarded.content }
//! ```
//! ```compile_fail,E0061
//! fn peek(guarded: &indgang_gate::Guarded<String>) -> &String { guarded.open().unwrap() }
//! ```

mod audit;
pub mod choices;
mod decide;
mod facts;
pub mod fhir;
mod grant;
mod guarded;
pub mod ledger;
pub mod log;
mod pending;
pub mod policy;
mod population;
mod relation;
mod replay;
mod representation;
mod request;

pub use audit::{AuditEvent, BrokenGlass, Delivered, Leaf, ParseAuditEventError};
pub use choices::{Block, BlockTarget, Consent, Recipient, Refusals};
pub use decide::{decide, decide_by, decide_population, opened_by_population, situations};
pub use facts::{Assignment, Custody, Facts, Mandate, Permit, Proxy};
pub use grant::{Grant, WriteGrant};
pub use guarded::{Guarded, NotCovered};
pub use pending::{Decision, Pending, Reason, WrongReceipt};
pub use policy::{Obligation, Policy, Rule};
pub use population::{Apart, CellNoise, Population, Scope, ScopeError};
pub use relation::{CareContact, CareContactKind, RelationGrade};
pub use replay::{Replayed, replay};
pub use representation::{Matter, Representation, RepresentationError, RepresentationKind, SITUATION_DAYS};
pub use request::{Activity, Actor, BreakingGlass, BreakingGlassGround, Grounds, Request, UserId};
