//! The house's own tables: how they come in, how they are kept, and the one way in which they are read.

mod answered;
mod asked;
mod compact;
mod contacts;
mod control;
mod export;
mod folder;
mod gate;
mod ingest;
mod keys;
mod manifest;
mod measures;
mod opened;
mod parts;
mod perturb;
mod quarantine;
mod question;
mod scan;
mod staging;
mod view;

pub(crate) use folder::create_private;
pub(crate) use gate::Recent;
pub(crate) use question::{with_functions, with_measures};
pub(crate) use scan::GrantedScan;

pub use compact::{Compacted, compact};
pub use export::{ExportStamp, Exported, export};
pub use folder::clean;
pub use ingest::{FileReport, Ingest, Ingested, OmopSource, Progress, ingest};
pub use keys::{Blinded, Blinding};
pub use manifest::{Manifest, Part, Source};
pub use opened::opened;
pub use quarantine::{
    Quarantined, RejectedResources, forget, omop_source, quarantine, quarantine_folder, rejected_resources,
};
pub use question::{Answer, ask};
pub use view::{MINIMUM_CELL, View};
