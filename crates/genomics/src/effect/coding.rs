//! What an edit of the coding sequence does to the protein, in the Sequence Ontology's terms.
//!
//! The terms are used as Ensembl's VEP uses them: codons touched by the change are compared before and after; the start
//! codon and the stop codon are judged on the whole sequence, so that a change that only shifts their place is "retained".

use super::codon::{STOP, UNKNOWN};
use super::messenger::{Edit, Messenger};
use crate::consequence::{Consequence, ConsequenceSet};

/// Codons and amino acids before and after, with the terms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coding {
    /// What it does to the protein.
    pub consequences: ConsequenceSet,
    /// First and last coding base, 1-based; for an insertion the bases before and after it (the first is the larger).
    pub cds: (u32, u32),
    /// First and last amino acid, 1-based.
    pub protein: (u32, u32),
    /// Whole codons before and after, changed bases in upper case, as VEP writes them; empty when nothing is touched.
    pub codons: (Vec<u8>, Vec<u8>),
    /// Amino acids before and after in one letter.
    pub peptides: (Vec<u8>, Vec<u8>),
    /// The edit in padded coding bases.
    pub(super) edit: Edit,
    /// What happens at the start and the stop codon.
    pub(super) ends: Ends,
}

/// The start and stop codon under an edit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Ends {
    pub start_lost: bool,
    pub start_retained: bool,
    pub stop_lost: bool,
    pub stop_retained: bool,
}

/// The effect of an edit whose bases all lie in the coding sequence; `None` when one lies outside, or without bases.
pub fn coding(messenger: &Messenger, edit: &Edit, start_unknown: bool) -> Option<Coding> {
    let range = messenger.coding()?;
    messenger.bases()?;
    let insertion = edit.start == edit.end;
    let inside = if insertion {
        edit.start > range.start && edit.start < range.end
    } else {
        edit.start >= range.start && edit.end <= range.end
    };
    if !inside {
        return None;
    }
    let shift = |place: u32| place - range.start + messenger.padding();
    let edit = Edit { start: shift(edit.start), end: shift(edit.end), inserted: edit.inserted.clone() };
    let length = messenger.padded_length();
    let first = edit.start / 3 * 3;
    let last = if insertion && edit.start == first { first } else { edit.end.max(edit.start + 1).div_ceil(3) * 3 };
    let last = last.min(length);
    let mut peptides = (Vec::new(), Vec::new());
    messenger.peptide(first, last, &mut peptides.0);
    let mut after: Vec<u8> = (first..edit.start).map(|at| messenger.padded(at)).collect();
    after.extend_from_slice(&edit.inserted);
    after.extend((edit.end..last).map(|at| messenger.padded(at)));
    messenger.code.translate(&after, &mut peptides.1);
    keep_selenocysteine(messenger, (first, last), &edit, &mut peptides);
    let ends = ends(messenger, &edit, start_unknown);
    let consequences = terms(messenger, &edit, (first, last), &peptides, &after, ends);
    let codon_case = |(from, to): (u32, u32)| (from..to).map(|at| messenger.padded(at).to_ascii_lowercase());
    let before: Vec<u8> = codon_case((first, edit.start))
        .chain((edit.start..edit.end).map(|at| messenger.padded(at)))
        .chain(codon_case((edit.end, last)))
        .collect();
    let after_codons = codon_case((first, edit.start))
        .chain(edit.inserted.iter().copied())
        .chain(codon_case((edit.end, last)))
        .collect();
    let cds = if insertion { (edit.start, edit.start + 1) } else { (edit.start + 1, edit.end) };
    let protein = if insertion && edit.start == first {
        (first / 3, first / 3 + 1)
    } else {
        (first / 3 + 1, (last.max(first + 1) - 1) / 3 + 1)
    };
    Some(Coding { consequences, cds, protein, codons: (before, after_codons), peptides, edit, ends })
}

/// A codon TGA that stands for selenocysteine still does when the change leaves it as it is.
fn keep_selenocysteine(
    messenger: &Messenger,
    (first, last): (u32, u32),
    edit: &Edit,
    peptides: &mut (Vec<u8>, Vec<u8>),
) {
    if edit.inserted.len() as u32 != edit.end - edit.start || peptides.0.len() != peptides.1.len() {
        return;
    }
    for (place, from) in (first..last).step_by(3).enumerate() {
        let untouched = from + 3 <= edit.start || from >= edit.end || {
            (from.max(edit.start)..(from + 3).min(edit.end))
                .all(|at| messenger.padded(at) == edit.inserted[(at - edit.start) as usize])
        };
        if let (Some(before), Some(after)) = (peptides.0.get(place), peptides.1.get_mut(place))
            && untouched
        {
            *after = *before;
        }
    }
}

fn ends(messenger: &Messenger, edit: &Edit, start_unknown: bool) -> Ends {
    let mut ends = Ends::default();
    let length = messenger.padded_length();
    let same_length = edit.inserted.len() as u32 == edit.end - edit.start;
    let has_start = !start_unknown && messenger.padding() == 0 && codon(messenger, 0) == b'M';
    if has_start && edit.start < 3 {
        let kept = if same_length {
            let base = |at: u32| edited(messenger, edit, at);
            messenger.code.amino_acid([base(0), base(1), base(2)]) == b'M'
        } else {
            // The first bases stay what they were when what is taken away or put in only moves them.
            start_stays(messenger, edit)
        };
        (ends.start_lost, ends.start_retained) = (!kept, kept);
    }
    let has_stop = length.is_multiple_of(3) && length >= 3 && codon(messenger, length - 3) == STOP;
    if has_stop && edit.end.max(edit.start + 1) > length - 3 {
        let kept = if same_length {
            let base = |at: u32| edited(messenger, edit, at);
            messenger.code.amino_acid([base(length - 3), base(length - 2), base(length - 1)]) == STOP
        } else {
            same_protein(messenger, edit)
        };
        (ends.stop_lost, ends.stop_retained) = (!kept, kept);
    }
    ends
}

fn codon(messenger: &Messenger, at: u32) -> u8 {
    messenger.code.amino_acid([messenger.padded(at), messenger.padded(at + 1), messenger.padded(at + 2)])
}

/// A base of the sequence after the edit.
pub(super) fn edited(messenger: &Messenger, edit: &Edit, at: u32) -> u8 {
    let after = edit.start + edit.inserted.len() as u32;
    if at < edit.start {
        messenger.padded(at)
    } else if at < after {
        edit.inserted[(at - edit.start) as usize]
    } else {
        messenger.padded(at - after + edit.end)
    }
}

/// True when the sequence after the edit, the untranslated beginning included, still ends with the coding sequence.
fn start_stays(messenger: &Messenger, edit: &Edit) -> bool {
    let (Some(range), Some(bases)) = (messenger.coding(), messenger.bases()) else { return false };
    // Bases before the end of the edit, which must again be those the coding sequence begins with.
    let kept = &bases[..(range.start + edit.start) as usize];
    let begins = &bases[range.start as usize..(range.start + edit.end) as usize];
    let moved = kept.iter().chain(&edit.inserted).rev();
    begins.len() <= kept.len() + edit.inserted.len() && begins.iter().rev().zip(moved).all(|(a, b)| a == b)
}

/// True when translation gives the same protein after an edit near its end.
fn same_protein(messenger: &Messenger, edit: &Edit) -> bool {
    let length = messenger.padded_length();
    let mut at = edit.start / 3 * 3;
    loop {
        if at + 3 > length {
            return false;
        }
        let after = messenger.code.amino_acid([
            edited(messenger, edit, at),
            edited(messenger, edit, at + 1),
            edited(messenger, edit, at + 2),
        ]);
        if after != codon(messenger, at) {
            return false;
        }
        if after == STOP {
            return true;
        }
        at += 3;
    }
}

fn terms(
    messenger: &Messenger,
    edit: &Edit,
    (first, last): (u32, u32),
    (before, after): &(Vec<u8>, Vec<u8>),
    codons_after: &[u8],
    ends: Ends,
) -> ConsequenceSet {
    use Consequence as C;
    let mut set = ConsequenceSet::EMPTY;
    let length = messenger.padded_length();
    if !length.is_multiple_of(3) && edit.end.max(edit.start + 1) > length / 3 * 3 {
        return [C::IncompleteTerminalCodon, C::CodingSequence].into_iter().collect();
    }
    if ends.start_lost {
        set.insert(C::StartLost);
    }
    if ends.start_retained {
        set.insert(C::StartRetained);
    }
    if ends.stop_lost {
        set.insert(C::StopLost);
    }
    if ends.stop_retained {
        set.insert(C::StopRetained);
        return set;
    }
    let (taken, put) = (edit.end - edit.start, edit.inserted.len() as u32);
    let whole = codons_after.len() / 3;
    let new_stop = after.iter().take(whole).any(|a| *a == STOP) && !before.contains(&STOP);
    if new_stop {
        set.insert(C::StopGained);
    }
    if !put.abs_diff(taken).is_multiple_of(3) {
        if !ends.start_retained {
            set.insert(C::Frameshift);
        }
        return set;
    }
    if put == taken {
        if set.is_empty() {
            set.insert(if before.contains(&UNKNOWN) || after.contains(&UNKNOWN) {
                C::CodingSequence
            } else if before == after {
                C::Synonymous
            } else {
                C::Missense
            });
        }
        return set;
    }
    if ends.start_retained {
        return set;
    }
    let reference: Vec<u8> = (first..last).map(|at| messenger.padded(at)).collect();
    set.insert(if put > taken {
        let stop = after.iter().position(|a| *a == STOP).map_or(after.len(), |at| at + 1);
        let after = &after[..stop];
        if after.starts_with(before) || after.ends_with(before) { C::InframeInsertion } else { C::ProteinAltering }
    } else if removes_only(&reference, codons_after) {
        C::InframeDeletion
    } else {
        C::ProteinAltering
    });
    if ends.stop_lost {
        set.remove(C::ProteinAltering);
    }
    set
}

/// True when `after` is `before` without one stretch.
fn removes_only(before: &[u8], after: &[u8]) -> bool {
    let start = before.iter().zip(after).take_while(|(a, b)| a == b).count();
    let rest = after.len() - start;
    before.len() > after.len() && before.ends_with(&after[after.len() - rest..])
}

/// As the start codon is judged within the coding sequence, for a change that begins before it.
/// `edit` is in bases of the spliced transcript.
pub(super) fn start_stays_over_border(messenger: &Messenger, edit: &Edit) -> bool {
    let (Some(range), Some(bases)) = (messenger.coding(), messenger.bases()) else { return false };
    let kept = bases[..edit.start as usize].iter().chain(&edit.inserted).rev();
    let begins = &bases[range.start as usize..edit.end as usize];
    begins.len() <= edit.start as usize + edit.inserted.len() && begins.iter().rev().zip(kept).all(|(a, b)| a == b)
}

/// As the stop codon is judged within the coding sequence, for a change that ends after it.
pub(super) fn stop_stays_over_border(messenger: &Messenger, edit: &Edit) -> bool {
    let Some(range) = messenger.coding() else { return false };
    let shift = |place: u32| place - range.start + messenger.padding();
    same_protein(messenger, &Edit { start: shift(edit.start), end: shift(edit.end), inserted: edit.inserted.clone() })
}
