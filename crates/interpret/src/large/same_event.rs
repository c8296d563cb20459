//! One structural variant that is written several times: by two callers a few bases apart, by the caller of each
//! person's own file, or as the two ends of one junction.

use super::{LargeVariant, OtherCall};
use crate::intake::Candidate;
use crate::words::Words;
use indgang_genomics::call::{AlleleCode, Call};
use indgang_genomics::site::Event;
use indgang_genomics::structural::{Ends, Kind, same_event, stretch};
use indgang_genomics::vcf::Record;
use indgang_model::{Chromosome, Variant};
use std::collections::HashMap;

/// How the line of a structural variant names itself, and how sure its ends are.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StructuralLine {
    /// ID.
    pub(crate) id: Option<Box<str>>,
    /// ID of the other end's line (MATEID).
    pub(crate) mate: Option<Box<str>>,
    /// How sure its ends are.
    pub(crate) ends: Ends,
}

impl StructuralLine {
    /// Of an allele (1-based).
    pub(crate) fn of(record: &Record<'_>, allele: usize) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into();
        // Two numbers, the first of them negative or 0.
        let interval = |key: &str| {
            let (low, high) = std::str::from_utf8(record.info(key)?).ok()?.split_once(',')?;
            let (low, high): (i64, i64) = (low.parse().ok()?, high.parse().ok()?);
            let bases = |n: i64| u32::try_from(n.max(0)).unwrap_or(u32::MAX);
            Some((bases(-low), bases(high)))
        };
        let by_depth = record.alternate(allele).is_ok_and(
            |a| matches!(a, indgang_genomics::vcf::Alternate::Symbolic(symbol) if symbol.starts_with(b"<CNV")),
        );
        Self {
            id: record.id().map(text),
            mate: record.info_at("MATEID", allele - 1).map(text),
            ends: Ends {
                first: interval("CIPOS").unwrap_or_default(),
                last: interval("CIEND").unwrap_or_default(),
                imprecise: by_depth || record.info("IMPRECISE").is_some(),
            },
        }
    }

    /// True when each names the other as its mate.
    pub(crate) fn names(&self, other: &Self) -> bool {
        self.mate.is_some() && self.mate == other.id
    }
}

/// Kind, stretch and ends of a structural candidate.
fn place(candidate: &Candidate) -> Option<(Kind, (u32, u32), Ends)> {
    let kind = candidate.large.as_ref()?.kind;
    let ends = candidate.line.as_ref().map(|line| line.ends).unwrap_or_default();
    Some((kind, stretch(&candidate.site.variant, &candidate.site.event, kind), ends))
}

/// True of two calls that are likely of one event: of one kind and at one place (see [`same_event`]).
pub(crate) fn are_one_event(a: &Candidate, b: &Candidate) -> bool {
    let length = |c: &Candidate| c.large.as_ref().and_then(|large| large.length);
    let one_length = match (length(a), length(b)) {
        (Some(a), Some(b)) => u64::from(a.min(b)) * 10 >= u64::from(a.max(b)) * 7,
        _ => true,
    };
    let Some((kind, _, ends)) = place(b) else { return false };
    is_of_event(a, (&b.site.variant, &b.site.event, kind), ends)
        && (kind != Kind::Insertion || one_length)
        && !are_two_of_one_line(a, b)
}

/// True where somebody is called with both, one on each copy (`1/2`).
fn are_two_of_one_line(a: &Candidate, b: &Candidate) -> bool {
    let beside_other = |call: &Call| call.genotype.carries() && call.genotype.alleles.contains(&AlleleCode::Other);
    let calls = a.site.calls.iter().zip(&b.site.calls);
    a.site.line == b.site.line && calls.into_iter().any(|(a, b)| beside_other(a) && beside_other(b))
}

/// True of an allele that is likely of the candidate's event.
pub(crate) fn is_of_event(candidate: &Candidate, (variant, event, kind): (&Variant, &Event, Kind), ends: Ends) -> bool {
    let Some((known, known_stretch, known_ends)) = place(candidate) else { return false };
    let site = &candidate.site;
    let same_line = site.variant == *variant && site.event.end() == event.end();
    let near = kind == known
        && kind != Kind::Breakend
        && site.variant.chrom == variant.chrom
        && variant.chrom != Chromosome::MT
        && same_event(kind, (known_stretch, known_ends), (stretch(variant, event, kind), ends));
    same_line || near
}

/// Takes what are likely calls of one event as one candidate, unless they contradict each other on both sides: when of
/// those whom both call, one carries only the first and another only the second, they are two alleles.
pub(crate) fn merge(candidates: Vec<Candidate>) -> Vec<Candidate> {
    let mut merged: Vec<Candidate> = Vec::with_capacity(candidates.len());
    let mut structural: HashMap<Chromosome, Vec<usize>> = HashMap::new();
    for candidate in candidates {
        if candidate.large.is_none() {
            merged.push(candidate);
            continue;
        }
        let near = structural.entry(candidate.site.variant.chrom).or_default();
        let known = near.iter().copied().find(|place| {
            let (known, other) = (&merged[*place].site, &candidate.site);
            let same_line = known.variant == other.variant && known.event.end() == other.event.end();
            same_line || (are_one_event(&merged[*place], &candidate) && !contradict(&known.calls, &other.calls))
        });
        match known {
            Some(known) => take(&mut merged[known], candidate),
            None => {
                near.push(merged.len());
                merged.push(candidate);
            }
        }
    }
    merged
}

fn called(call: &Call) -> bool {
    !call.genotype.is_missing() || call.genotype.carries()
}

/// Whether some member carries the first alone and another the second alone.
fn contradict(first: &[Call], second: &[Call]) -> bool {
    let alone = |a: &[Call], b: &[Call]| {
        a.iter().zip(b).any(|(a, b)| a.genotype.carries() && called(b) && !b.genotype.carries())
    };
    alone(first, second) && alone(second, first)
}

/// The more precise of two calls stands; what the other says of people whom the first does not call, or does not call as
/// carriers, is taken over: a caller misses more often than it invents, and an allele that a parent may have is not new.
fn take(known: &mut Candidate, mut other: Candidate) {
    let imprecise = |c: &Candidate| c.line.as_ref().is_some_and(|line| line.ends.imprecise);
    if imprecise(known) && !imprecise(&other) {
        std::mem::swap(known, &mut other);
    }
    let twice =
        known.site.calls.iter().zip(&other.site.calls).any(|(a, b)| a.genotype.carries() && b.genotype.carries());
    let junction = |c: &Candidate| matches!(c.site.event, Event::Breakend { .. });
    let one_junction = junction(known) && junction(&other);
    let disagree = known
        .site
        .calls
        .iter()
        .zip(&other.site.calls)
        .any(|(a, b)| called(a) && called(b) && a.genotype.alternate_copies() != b.genotype.alternate_copies());
    if let (Some((_, (first, last), _)), Some(large)) = (place(&other), known.large.as_mut()) {
        // The ends of one junction are one call.
        if twice && !one_junction {
            large.other_calls.push(OtherCall { first, last, alternate: other.site.variant.alternate.to_string() });
            large.callers_disagree |= disagree;
        }
    }
    if let (Some(large), Some(more)) = (known.large.as_mut(), other.large) {
        large.other_calls.extend(more.other_calls);
        large.callers_disagree |= more.callers_disagree;
        for (member, copies) in more.copies {
            large.copies.entry(member).or_insert(copies);
        }
    }
    known.primary |= other.primary;
    known.low_quality &= other.low_quality;
    if other.max_frequency > known.max_frequency {
        (known.max_frequency, known.max_frequency_source) = (other.max_frequency, other.max_frequency_source);
    }
    for (call, more) in known.site.calls.iter_mut().zip(other.site.calls) {
        let nothing = call.genotype.copies == 0 || (!called(call) && called(&more));
        if nothing || (more.genotype.carries() && !call.genotype.carries()) {
            *call = more;
        }
    }
}

/// What is said of an event that more than one call shows.
pub(crate) fn words(large: &LargeVariant) -> Option<Words> {
    if large.other_calls.is_empty() {
        return None;
    }
    let places: Vec<String> =
        large.other_calls.iter().map(|call| format!("{}–{} {}", call.first, call.last, call.alternate)).collect();
    let (count, places) = (large.other_calls.len() + 1, places.join(", "));
    let (da, en) = if large.callers_disagree {
        (" Kaldene er ikke enige om alle genotyper.", " The calls do not agree on every genotype.")
    } else {
        ("", "")
    };
    Some(Words::new(
        format!("{count} kald af den samme hændelse er læst som ét; de andre: {places}.{da}"),
        format!("{count} calls of the same event are read as one; the others: {places}.{en}"),
    ))
}
