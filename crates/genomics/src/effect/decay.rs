//! Whether a messenger with an early stop is expected to be broken down (nonsense-mediated decay).
//!
//! The rule of 50 to 55 nucleotides: a stop more than that before the last junction of exons triggers decay
//! (Nagy and Maquat, Trends Biochem Sci 1998; 50 is used here). It escapes in the last exon, in a transcript of one exon, and
//! within 150 nucleotides after the start codon (Lindeboom, Supek and Lehner, Nature Genetics 2016).

use super::coding::Coding;
use super::messenger::Messenger;
use crate::transcripts::Transcript;
use serde::Serialize;

/// What is expected of a messenger with an early stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Decay {
    /// It is broken down.
    Triggers,
    /// It has one exon, so no junction.
    EscapesSingleExon,
    /// The stop lies in the last exon.
    EscapesLastExon,
    /// The stop lies at most 50 nucleotides before the last junction.
    EscapesNearLastJunction,
    /// The stop lies less than 150 nucleotides after the start.
    EscapesNearStart,
}

impl Decay {
    /// The word in files.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Triggers => "triggers",
            Self::EscapesSingleExon => "escapes_single_exon",
            Self::EscapesLastExon => "escapes_last_exon",
            Self::EscapesNearLastJunction => "escapes_near_last_junction",
            Self::EscapesNearStart => "escapes_near_start",
        }
    }

    /// For a new stop whose first base is `stop`, a padded coding base after the edit.
    pub(super) fn of(transcript: &Transcript, messenger: &Messenger, coding: &Coding, stop: u32) -> Option<Self> {
        let range = messenger.coding()?;
        if transcript.exons.len() < 2 {
            return Some(Self::EscapesSingleExon);
        }
        // The last exon in the direction of reading.
        let (start, end) = match transcript.strand {
            crate::transcripts::Strand::Forward => *transcript.exons.last()?,
            crate::transcripts::Strand::Reverse => *transcript.exons.first()?,
        };
        let junction = i64::from(messenger.length()) - i64::from(end - start + 1);
        let place = |padded: u32| i64::from(padded) + i64::from(range.start) - i64::from(messenger.padding());
        let edit = &coding.edit;
        let moved = if place(edit.start) < junction {
            edit.inserted.len() as i64 - i64::from(edit.end - edit.start)
        } else {
            0
        };
        let after_stop = place(stop) + 3;
        Some(if place(stop) >= junction + moved {
            Self::EscapesLastExon
        } else if junction + moved - after_stop <= 50 {
            Self::EscapesNearLastJunction
        } else if stop < 150 {
            Self::EscapesNearStart
        } else {
            Self::Triggers
        })
    }
}
