//! The command line from outside: the built binary, a folder of its own for each test, no network, no clock, no order.

mod workshop;

mod annotate;
mod bad_input;
mod bcsq;
mod canary;
mod cluster;
mod contract;
mod demo;
mod equal;
mod families;
mod fhir;
mod gate;
mod guardian;
mod knowledge;
mod lake;
mod lake_bad_days;
mod omop;
mod pedigree;
mod pgx;
mod reanalyse;
mod reference;
mod secondary;
mod snapshots;
mod sources;
mod special;
mod view;
