//! Descriptions of a change of sequence: `g.`, `c.` and `n.`
//!
//! Source: HGVS nomenclature 21.0, recommendations for DNA.

use super::messenger::{Messenger, Spot};
use super::shift::Moved;
use crate::reference::{Window, complement};
use crate::transcripts::{Strand, Transcript};
use indgang_model::{Assembly, Chromosome};
use std::fmt::Write as _;

/// The change on a transcript after the 3' rule: `c.123A>G`, `n.45+2del`. `None` when it begins or ends outside the
/// transcript, or the bases taken away are not at hand.
pub fn on_transcript(
    transcript: &Transcript,
    messenger: &Messenger,
    moved: &Moved,
    deleted: &[u8],
    window: Option<&mut Window<'_>>,
) -> Option<String> {
    let reverse = transcript.strand == Strand::Reverse;
    let coding = messenger.coding();
    let mut text = String::with_capacity(24);
    text.push_str(if coding.is_some() { "c." } else { "n." });
    let coding = coding.map(|c| (c.start, c.end));
    let spot = |position: u32| messenger.spot(transcript, position);
    let along = |bases: &[u8]| messenger.read_along(bases);
    if moved.end < moved.start {
        let (low, high) = (moved.end, moved.start);
        let length = moved.inserted.len() as u32;
        // A duplication repeats what stands before it in the direction of reading.
        let copied =
            if reverse { Some((high, high + length - 1)) } else { (low + 1).checked_sub(length).map(|s| (s, low)) };
        let duplicated = copied.filter(|(start, end)| {
            let (start, end) = (*start, *end);
            start >= 1
                && spot(start).is_some()
                && spot(end).is_some()
                && window.is_some_and(|w| w.bases(transcript.chrom, start, end - start + 1) == Some(&moved.inserted))
        });
        if let Some((start, end)) = duplicated {
            span(&mut text, coding, spot(start)?, spot(end)?);
            text.push_str("dup");
            return Some(text);
        }
        span(&mut text, coding, spot(low)?, spot(high)?);
        text.push_str("ins");
        push(&mut text, &along(&moved.inserted));
        return Some(text);
    }
    let (first, last) = (spot(moved.start)?, spot(moved.end)?);
    span(&mut text, coding, first, last);
    replaced(&mut text, &along(deleted), &along(&moved.inserted));
    Some(text)
}

/// What stands behind the place of a change that takes bases away.
fn replaced(text: &mut String, deleted: &[u8], inserted: &[u8]) {
    match (deleted, inserted) {
        (_, []) => text.push_str("del"),
        ([old], [new]) => {
            text.push(char::from(*old));
            text.push('>');
            text.push(char::from(*new));
        }
        _ if deleted.len() == inserted.len()
            && deleted.iter().rev().zip(inserted).all(|(old, new)| complement(*old) == *new) =>
        {
            text.push_str("inv");
        }
        _ => {
            text.push_str("delins");
            push(text, inserted);
        }
    }
}

fn push(text: &mut String, bases: &[u8]) {
    text.extend(bases.iter().map(|b| char::from(*b)));
}

/// `first_last` in the direction of reading, or one place.
fn span(text: &mut String, coding: Option<(u32, u32)>, a: Spot, b: Spot) {
    let (first, last) = if a <= b { (a, b) } else { (b, a) };
    place(text, coding, first);
    if first != last {
        text.push('_');
        place(text, coding, last);
    }
}

fn place(text: &mut String, coding: Option<(u32, u32)>, spot: Spot) {
    let _ = match coding {
        None => write!(text, "{}", spot.base + 1),
        Some((start, _)) if spot.base < start => write!(text, "-{}", start - spot.base),
        Some((_, end)) if spot.base >= end => write!(text, "*{}", spot.base - end + 1),
        Some((start, _)) => write!(text, "{}", spot.base - start + 1),
    };
    if spot.offset != 0 {
        let _ = write!(text, "{:+}", spot.offset);
    }
}

/// The change on the genome: `NC_000001.11:g.123A>G`. `None` for a chromosome of an unknown build.
pub fn on_genome(
    assembly: Option<Assembly>,
    chromosome: Chromosome,
    moved: &Moved,
    deleted: &[u8],
    window: Option<&mut Window<'_>>,
) -> Option<String> {
    let mut text = String::with_capacity(32);
    text.push_str(accession(assembly?, chromosome));
    text.push_str(if chromosome == Chromosome::MT { ":m." } else { ":g." });
    let span = |text: &mut String, start: u32, end: u32| {
        let _ = if start == end { write!(text, "{start}") } else { write!(text, "{start}_{end}") };
    };
    if moved.end < moved.start {
        let length = moved.inserted.len() as u32;
        let start = moved.start.checked_sub(length).filter(|s| *s >= 1);
        if let (Some(start), Some(window)) = (start, window)
            && window.bases(chromosome, start, length) == Some(&moved.inserted)
        {
            span(&mut text, start, moved.end);
            text.push_str("dup");
        } else {
            span(&mut text, moved.end, moved.start);
            text.push_str("ins");
            push(&mut text, &moved.inserted);
        }
    } else {
        span(&mut text, moved.start, moved.end);
        replaced(&mut text, &deleted.to_ascii_uppercase(), &moved.inserted);
    }
    Some(text)
}

/// RefSeq's accession of a chromosome of the primary assembly (Genome Reference Consortium; NCBI's assembly reports).
pub fn accession(assembly: Assembly, chromosome: Chromosome) -> &'static str {
    #[rustfmt::skip]
    const OLD: [&str; 25] = [
        "NC_000001.10", "NC_000002.11", "NC_000003.11", "NC_000004.11", "NC_000005.9", "NC_000006.11", "NC_000007.13",
        "NC_000008.10", "NC_000009.11", "NC_000010.10", "NC_000011.9", "NC_000012.11", "NC_000013.10", "NC_000014.8",
        "NC_000015.9", "NC_000016.9", "NC_000017.10", "NC_000018.9", "NC_000019.9", "NC_000020.10", "NC_000021.8",
        "NC_000022.10", "NC_000023.10", "NC_000024.9", "NC_012920.1",
    ];
    #[rustfmt::skip]
    const NEW: [&str; 25] = [
        "NC_000001.11", "NC_000002.12", "NC_000003.12", "NC_000004.12", "NC_000005.10", "NC_000006.12", "NC_000007.14",
        "NC_000008.11", "NC_000009.12", "NC_000010.11", "NC_000011.10", "NC_000012.12", "NC_000013.11", "NC_000014.9",
        "NC_000015.10", "NC_000016.10", "NC_000017.11", "NC_000018.10", "NC_000019.10", "NC_000020.11", "NC_000021.9",
        "NC_000022.11", "NC_000023.11", "NC_000024.10", "NC_012920.1",
    ];
    let names = match assembly {
        Assembly::GRCh37 => &OLD,
        Assembly::GRCh38 => &NEW,
    };
    // INVARIANT: chromosomes are numbered 1 to 25.
    names[usize::from(chromosome.number()) - 1]
}
