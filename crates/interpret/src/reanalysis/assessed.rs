//! What a report keeps of a variant, so that it can be judged again.

use serde::{Deserialize, Serialize};

/// What ACMG criteria rest on beside the knowledge and what a variant shows anyway.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Assessed {
    /// True when the file tells population frequencies, so that absence means something.
    pub frequencies_known: bool,
    /// Homozygotes (and hemizygotes) in population data.
    pub homozygotes: Option<u64>,
    /// New in the child: with parentage confirmed, or assumed.
    pub de_novo: Option<bool>,
    /// The transcript may escape nonsense-mediated decay.
    pub escapes_decay: bool,
    /// Position and new amino acid of a substitution.
    pub amino_acid: Option<(u32, char)>,
    /// REVEL.
    pub revel: Option<f64>,
    /// Largest SpliceAI delta.
    pub splice_ai: Option<f64>,
}
