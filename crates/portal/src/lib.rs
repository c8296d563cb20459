//! The doors for people: server-made pages in Danish and English.
//!
//! Each page is one file of `pages`: a typed context, its samples and its template. A page is a pure function of its
//! context and of [`page::Cx`]; a test renders every page × sample × language. Handlers read the request, call one
//! function of the service and write the page.
//!
//! This crate deliberately knows nothing of policies, storage or methods, and holds no copy of anybody's data.
//! Pages work without JavaScript (there is none), by keyboard alone and 320 pixels wide.

mod assets;
pub mod format;
pub mod identity;
mod locale;
pub mod page;
mod pages;
mod parts;
#[cfg(test)]
mod render_tests;
mod sample;
pub mod sample_house;
mod web;

pub use locale::Locale;
pub use web::{PortalState, ServeError, router, serve};
