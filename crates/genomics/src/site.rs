//! One alternate allele at one place, with the calls of a family's samples.

use crate::call::Call;
use indgang_model::Variant;
use serde::{Deserialize, Serialize};

/// What kind of event an alternate allele is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Event {
    /// A small variant with sequence alleles.
    Small,
    /// A symbolic allele: `<DEL>`, `<DUP>`, `<INV>`, `<INS>`, `<CNV>` (VCF 4.4 section 5).
    Structural {
        /// SVTYPE, or the symbol without brackets: `DEL`, `DUP`, `DUP:TANDEM` …
        sv_type: String,
        /// Last base affected, 1-based (INFO END, else POS + |SVLEN|).
        end: u32,
    },
    /// A breakend.
    Breakend {
        /// The mate's place as the file writes it, for example `2:321681`.
        mate: String,
    },
    /// A short tandem repeat expansion (`<STRn>`).
    Repeat {
        /// Repeat unit (INFO RU).
        unit: String,
        /// Copies of the unit in the allele.
        copies: u32,
        /// INFO REPID, else VARID.
        locus: String,
        /// INFO STR_STATUS: normal, pre_mutation, full_mutation.
        status: Option<String>,
        /// Last base of the repeat in the reference.
        end: u32,
    },
}

impl Event {
    /// The last base of a deletion that is written as one; `None` of everything else.
    pub fn deletion_end(&self) -> Option<u32> {
        match self {
            Self::Structural { sv_type, end } if sv_type.starts_with("DEL") => Some(*end),
            _ => None,
        }
    }

    /// The last base of the reference that the event speaks of; `None` of what has sequence alleles or is a breakend.
    pub fn end(&self) -> Option<u32> {
        match self {
            Self::Structural { end, .. } | Self::Repeat { end, .. } => Some(*end),
            Self::Small | Self::Breakend { .. } => None,
        }
    }
}

/// One alternate allele, split and normalised, with one call for each sample of the family in the family's order.
#[derive(Debug, Clone, PartialEq)]
pub struct Site {
    /// Place and alleles after normalisation.
    pub variant: Variant,
    /// Kind of event.
    pub event: Event,
    /// Calls by family member; a member without a column has [`Call::MISSING`].
    pub calls: Box<[Call]>,
    /// QUAL.
    pub quality: Option<f32>,
    /// FILTER entries other than PASS; empty when passed or not filtered (`.`).
    pub filters: Box<[Box<str>]>,
    /// Line of the file, 1-based, for messages.
    pub line: u64,
}
