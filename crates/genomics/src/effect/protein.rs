//! The change of the protein as HGVS describes it: `p.(Lys23Glu)`, in parentheses because it is predicted.
//!
//! Source: HGVS nomenclature 21.0, recommendations for proteins.

use super::coding::{Coding, edited};
use super::codon::{STOP, UNKNOWN, three_letters};
use super::messenger::{Edit, Messenger};

/// A protein after the edit, read from a codon on to its first stop.
struct Proteins {
    /// Number of amino acids before both.
    before: u32,
    /// Amino acids of the reference to its end, the stop included when it has one.
    reference: Vec<u8>,
    /// Amino acids after the edit to the first stop, which is included.
    altered: Vec<u8>,
    /// True when a stop was found.
    ends: bool,
}

/// Longest protein that is read after an edit.
const MOST: u32 = 200_000;

/// The description with the parentheses, and where the new stop lies (0-based padded coding base after the edit) when the
/// protein ends before its natural end.
pub fn describe(messenger: &Messenger, coding: &Coding) -> (String, Option<u32>) {
    let ends = coding.ends;
    let text = |inner: String| (format!("p.({inner})"), None);
    if ends.start_lost {
        return text("Met1?".into());
    }
    let edit = &coding.edit;
    let same_length = edit.inserted.len() as u32 == edit.end - edit.start;
    let (before, after) = &coding.peptides;
    if before.contains(&UNKNOWN) {
        return ("p.?".into(), None);
    }
    if same_length && !ends.stop_lost {
        let first = coding.protein.0;
        let stop = after.iter().position(|a| *a == STOP).filter(|at| before.get(*at) != Some(&STOP));
        let place = stop.map(|at| (first - 1 + at as u32) * 3);
        return (format!("p.({})", substitution(first, before, after)), place);
    }
    if ends.stop_retained || ends.start_retained {
        return text("=".into());
    }
    let proteins = proteins(messenger, edit);
    let skipped = proteins.reference.iter().zip(&proteins.altered).take_while(|(a, b)| a == b).count();
    let stop = proteins.ends.then(|| (proteins.before + proteins.altered.len() as u32 - 1) * 3);
    let early = stop.filter(|_| proteins.altered.len() < proteins.reference.len());
    let frame_kept = edit.inserted.len() as u32 % 3 == (edit.end - edit.start) % 3;
    if proteins.reference.iter().take(skipped + 1).any(|a| *a == UNKNOWN) {
        return ("p.?".into(), None);
    }
    let inner = match (proteins.reference.get(skipped), proteins.altered.get(skipped)) {
        (None, None) => "=".into(),
        (Some(&STOP), altered) => extension(&proteins, skipped, altered.copied()),
        _ if frame_kept && !ends.stop_lost => {
            return (format!("p.({})", in_frame(&proteins, coding, skipped)), early_of_frame(coding, early));
        }
        (Some(_), Some(&STOP)) => {
            let (number, name) = named(&proteins, skipped);
            format!("{name}{number}Ter")
        }
        (Some(_), Some(new)) if !frame_kept => {
            let (number, name) = named(&proteins, skipped);
            let new = three_letters(*new);
            if proteins.ends {
                format!("{name}{number}{new}fsTer{}", proteins.altered.len() - skipped)
            } else {
                format!("{name}{number}{new}fsTer?")
            }
        }
        (Some(_), _) if ends.stop_lost => lost(&proteins, skipped),
        _ => "?".into(),
    };
    (format!("p.({inner})"), early)
}

/// In frame, only a new stop within what comes in ends the protein early: a deletion makes it shorter, too.
fn early_of_frame(coding: &Coding, early: Option<u32>) -> Option<u32> {
    early.filter(|_| coding.peptides.1.contains(&STOP) && !coding.peptides.0.contains(&STOP))
}

fn proteins(messenger: &Messenger, edit: &Edit) -> Proteins {
    // A codon before, so that an insertion knows its neighbour, and what repeats before it: a duplication is told by it.
    let from = edit.start / 3 * 3;
    let from = from.saturating_sub(3 * (edit.inserted.len() as u32 / 3 + 1));
    let length = messenger.padded_length();
    let mut reference = Vec::with_capacity(((length - from) / 3 + 1) as usize);
    messenger.peptide(from, length / 3 * 3, &mut reference);
    let (mut altered, mut ends) = (Vec::new(), false);
    let limit = messenger.coding().map_or(0, |c| messenger.length() - c.start + messenger.padding());
    let limit = limit + edit.inserted.len() as u32 - (edit.end - edit.start);
    let mut at = from;
    while at + 3 <= limit && at - from < MOST {
        let codon = [edited(messenger, edit, at), edited(messenger, edit, at + 1), edited(messenger, edit, at + 2)];
        let mut amino_acid = messenger.code.amino_acid(codon);
        // Selenocysteine stays what it is where the frame is the old one.
        let place = ((at - from) / 3) as usize;
        if at + 3 <= edit.start {
            amino_acid = reference.get(place).copied().unwrap_or(amino_acid);
        } else if at >= edit.start + edit.inserted.len() as u32 {
            let old = at + edit.end - edit.start - edit.inserted.len() as u32;
            if old.is_multiple_of(3) && old >= from {
                amino_acid = reference.get(((old - from) / 3) as usize).copied().unwrap_or(amino_acid);
            }
        }
        altered.push(amino_acid);
        at += 3;
        if amino_acid == STOP {
            // Behind unknown bases nobody knows where the first stop is.
            ends = !altered.contains(&UNKNOWN);
            break;
        }
    }
    Proteins { before: from / 3, reference, altered, ends }
}

/// Number and name of an amino acid of the reference.
fn named(proteins: &Proteins, at: usize) -> (u32, &'static str) {
    (proteins.before + at as u32 + 1, proteins.reference.get(at).map_or("Xaa", |a| three_letters(*a)))
}

fn letters(amino_acids: &[u8]) -> String {
    amino_acids.iter().map(|a| three_letters(*a)).collect()
}

/// As many amino acids as before: `Lys23Glu`, `Lys23=`, `Lys23_Met24delinsGluVal`, `Lys23Ter`.
fn substitution(first: u32, before: &[u8], after: &[u8]) -> String {
    let start = before.iter().zip(after).take_while(|(a, b)| a == b).count();
    let name = |at: usize| format!("{}{}", three_letters(before[at]), first + at as u32);
    if start == before.len() {
        return match before.len() {
            0 => "=".into(),
            1 => format!("{}=", name(0)),
            n => format!("{}_{}=", name(0), name(n - 1)),
        };
    }
    if after[start] == STOP {
        return format!("{}Ter", name(start));
    }
    let end = before.iter().zip(after).rposition(|(a, b)| a != b).unwrap_or(start);
    // Nothing comes after a new stop.
    let stop = after[start..=end].iter().position(|a| *a == STOP).map_or(end, |at| start + at);
    if start == end {
        format!("{}{}", name(start), three_letters(after[start]))
    } else {
        format!("{}_{}delins{}", name(start), name(end), letters(&after[start..=stop]))
    }
}

/// The stop codon becomes an amino acid: `Ter110GlnextTer17`.
fn extension(proteins: &Proteins, at: usize, altered: Option<u8>) -> String {
    let number = proteins.before + at as u32 + 1;
    let new = altered.map_or("Xaa", three_letters);
    if proteins.ends {
        format!("Ter{number}{new}extTer{}", proteins.altered.len() - 1 - at)
    } else {
        format!("Ter{number}{new}extTer?")
    }
}

/// The end is replaced together with amino acids before it.
fn lost(proteins: &Proteins, at: usize) -> String {
    let (number, name) = named(proteins, at);
    let last = proteins.before + proteins.reference.len() as u32;
    let new = letters(&proteins.altered[at..]);
    let open = if proteins.ends { "" } else { "?" };
    format!("{name}{number}_Ter{last}delins{new}{open}")
}

/// Whole codons more or fewer: del, dup, ins, delins, as far towards the end as the sequence allows.
fn in_frame(proteins: &Proteins, coding: &Coding, skipped: usize) -> String {
    let (reference, altered) = (&proteins.reference, &proteins.altered);
    let name = |at: usize| {
        let (number, name) = named(proteins, at);
        format!("{name}{number}")
    };
    let span = |from: usize, to: usize| if from == to { name(from) } else { format!("{}_{}", name(from), name(to)) };
    let gained = coding.peptides.1.contains(&STOP) && !coding.peptides.0.contains(&STOP);
    if gained {
        // The protein ends with what came in.
        if altered.get(skipped) == Some(&STOP) {
            return format!("{}Ter", name(skipped));
        }
        let touched = (coding.protein.1.max(coding.protein.0) - proteins.before) as usize;
        return if coding.peptides.0.is_empty() || touched <= skipped {
            format!("{}ins{}", span(skipped.saturating_sub(1), skipped), letters(&altered[skipped..]))
        } else {
            format!("{}delins{}", span(skipped, touched - 1), letters(&altered[skipped..]))
        };
    }
    let most = reference.len().min(altered.len()) - skipped;
    let tail = reference.iter().rev().zip(altered.iter().rev()).take(most).take_while(|(a, b)| a == b).count();
    let (old, new) = (&reference[skipped..reference.len() - tail], &altered[skipped..altered.len() - tail]);
    let last = skipped + old.len();
    match (old.len(), new.len()) {
        (0, 0) => "=".into(),
        (_, 0) => format!("{}del", span(skipped, last - 1)),
        (0, n) if skipped >= n && reference[skipped - n..skipped] == *new => {
            format!("{}dup", span(skipped - n, skipped - 1))
        }
        (0, _) => format!("{}_{}ins{}", name(skipped.saturating_sub(1)), name(skipped), letters(new)),
        (1, 1) => format!("{}{}", name(skipped), letters(new)),
        _ => format!("{}delins{}", span(skipped, last - 1), letters(new)),
    }
}
