//! The 3' rule: of all equal places an insertion or deletion could have, HGVS takes the last in the direction of reading.

use crate::reference::Window;
use crate::transcripts::Strand;
use indgang_model::Chromosome;

/// An insertion or deletion that can be moved: the 1-based span it takes away (`end < start` for an insertion, which stands
/// before `start`), and what it puts in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// First base taken away, or the base after the insertion.
    pub start: u32,
    /// Last base taken away, or the base before the insertion.
    pub end: u32,
    /// Bases that come in, on the forward strand.
    pub inserted: Vec<u8>,
    /// True when the reference was not at hand far enough to tell the last place.
    pub open: bool,
}

/// Moves a pure insertion or deletion as far as the bases stay the same; anything else stays where it is.
pub fn towards_three_prime(
    window: &mut Window<'_>,
    chromosome: Chromosome,
    (start, end): (u32, u32),
    inserted: &[u8],
    strand: Strand,
) -> Moved {
    let mut moved = Moved { start, end, inserted: inserted.to_ascii_uppercase(), open: false };
    let insertion = end < start;
    if insertion == inserted.is_empty() {
        return moved;
    }
    let length = inserted.len();
    let mut steps = 0usize;
    loop {
        let forward = strand == Strand::Forward;
        // The base that would be passed, and the base it must equal.
        let passed = if forward { moved.end.checked_add(1) } else { moved.start.checked_sub(1) };
        // The first base stays before the change: a VCF has no place before it.
        let Some(passed) = passed.filter(|p| *p >= 2) else { break };
        let Some(base) = window.base(chromosome, passed).filter(|b| *b != b'N') else {
            moved.open = true;
            break;
        };
        let same = if insertion {
            let place = if forward { steps % length } else { length - 1 - steps % length };
            Some(moved.inserted[place])
        } else {
            window.base(chromosome, if forward { moved.start } else { moved.end })
        };
        if same != Some(base) {
            break;
        }
        steps += 1;
        (moved.start, moved.end) =
            if forward { (moved.start + 1, moved.end + 1) } else { (moved.start - 1, moved.end - 1) };
    }
    if insertion {
        match strand {
            Strand::Forward => moved.inserted.rotate_left(steps % length),
            Strand::Reverse => moved.inserted.rotate_right(steps % length),
        }
    }
    moved
}
