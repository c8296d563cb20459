//! Effects at the borders of introns.

use super::change::Change;
use super::{Strand, Transcript};
use crate::consequence::{Consequence, ConsequenceSet};

/// Introns up to this length are gaps of an alignment, not introns: no splicing happens there.
const ALIGNMENT_GAP: u32 = 13;

/// Adds what a change does to splicing, and [`Consequence::Intron`].
pub(super) fn splice_effects(transcript: &Transcript, change: Change<'_>, set: &mut ConsequenceSet) {
    // Only introns whose borders, widened by the 3 outer bases of the exon, can be touched.
    let first = transcript.exons.partition_point(|exon| exon.1.saturating_add(4) < change.start.min(change.end));
    for pair in transcript.exons[first.saturating_sub(1)..].windows(2) {
        let (start, end) = (pair[0].1 + 1, pair[1].0 - 1);
        if start > change.end.saturating_add(4) {
            break;
        }
        if end + 1 - start <= ALIGNMENT_GAP {
            gap(transcript, change, (start, end), set);
        } else {
            intron(transcript.strand, change, (start, end), set);
        }
    }
}

/// Within an alignment gap the reference has bases that the transcript lacks.
fn gap(transcript: &Transcript, change: Change<'_>, (start, end): (u32, u32), set: &mut ConsequenceSet) {
    if transcript.cds.is_some_and(|cds| cds.0 <= start && end <= cds.1) && change.touches(start, end) {
        set.insert(Consequence::CodingSequence);
    }
}

fn intron(strand: Strand, change: Change<'_>, (start, end): (u32, u32), set: &mut ConsequenceSet) {
    let insertion = change.is_insertion();
    let (low, high) = match strand {
        Strand::Forward => (Consequence::SpliceDonor, Consequence::SpliceAcceptor),
        Strand::Reverse => (Consequence::SpliceAcceptor, Consequence::SpliceDonor),
    };
    let (at_low, at_high) = (change.touches(start, start + 1), change.touches(end - 1, end));
    if at_low {
        set.insert(low);
    }
    if at_high {
        set.insert(high);
    }
    // An insertion behind the second or before the last but one base of the intron leaves both pairs whole.
    let inner_edge = insertion && (change.start == start + 2 || change.end == end - 2);
    if change.touches(start + 2, end - 2) || inner_edge {
        set.insert(Consequence::Intron);
    }
    let (fifth, donor, tract) = match strand {
        Strand::Forward => (start + 4, (start + 2, start + 5), (end - 16, end - 2)),
        Strand::Reverse => (end - 4, (end - 5, end - 2), (start + 2, start + 16)),
    };
    let in_donor = change.touches(donor.0, donor.1);
    if change.touches(fifth, fifth) {
        set.insert(Consequence::SpliceDonorFifthBase);
    } else if in_donor {
        set.insert(Consequence::SpliceDonorRegion);
    }
    // The general term is left out where a narrower one of the same border says it.
    let region = [(start + 2, start + 7), (end - 7, end - 2), (start.saturating_sub(3), start - 1), (end + 1, end + 3)];
    let outer_edge = insertion && (change.start == start || change.end == end);
    let near = inner_edge || outer_edge || region.iter().any(|(a, b)| change.touches(*a, *b));
    if near && !at_low && !at_high && !in_donor {
        set.insert(Consequence::SpliceRegion);
    }
    if change.touches(tract.0, tract.1) {
        set.insert(Consequence::SplicePolypyrimidineTract);
    }
}
