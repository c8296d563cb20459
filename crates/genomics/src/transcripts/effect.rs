//! What a change does to a transcript, as far as position tells.

use super::Transcript;
use crate::consequence::ConsequenceSet;

/// What one change does to one transcript.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PositionConsequence<'a> {
    /// The transcript; `None` when no transcript is near (intergenic).
    pub transcript: Option<&'a Transcript>,
    /// All consequences, at least one.
    pub consequences: ConsequenceSet,
    /// Number of the exon and of all exons, when the change lies in one.
    pub exon: Option<(usize, usize)>,
    /// Number of the intron and of all introns, when the change lies in one.
    pub intron: Option<(usize, usize)>,
    /// First and last changed base in the coding sequence, 1-based; an insertion stands between its two.
    pub coding: Option<(u32, u32)>,
    /// A reservation: the protein effect is not known without sequence.
    pub note: Option<&'static str>,
}
