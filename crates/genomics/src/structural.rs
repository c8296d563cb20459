//! What a large change does to the genes it touches, as far as position tells.
//!
//! A deletion does what the same deletion written as a sequence would do. Of a duplication it is taken that the copies
//! stand in tandem, as most do: a gene that is only begun in the copy has one whole copy left, a gene within which both
//! ends lie has none. An inversion or breakend breaks the gene within which an end lies, but not when both ends lie in one
//! intron. Terms are those of the Sequence Ontology.

use crate::consequence::Consequence;
use crate::site::Event;
use crate::transcripts::{Change, Strand, Transcript, TranscriptTable};
use indgang_model::{Chromosome, Variant};
use serde::{Deserialize, Serialize};

/// From this length on, in bases, an allele that is written as sequence is a structural variant.
pub const LARGE: usize = 50;

/// What a large change is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Fewer copies.
    Loss,
    /// More copies.
    Gain,
    /// Turned around.
    Inversion,
    /// Something put in.
    Insertion,
    /// Joined to another place.
    Breakend,
}

impl Kind {
    /// Of an allele. `copies` are those that the carrier has and those that everybody has there, which alone tell what a
    /// `<CNV>` is. `None` for a small variant, a repeat, and where the copies are as usual or not said.
    pub fn of(variant: &Variant, event: &Event, copies: Option<(u32, u32)>) -> Option<Self> {
        match event {
            Event::Repeat { .. } => None,
            Event::Breakend { .. } => Some(Junction::of(variant).map_or(Self::Breakend, |(kind, _)| kind)),
            Event::Small => {
                let (reference, alternate) = (variant.reference.len(), variant.alternate.len());
                (reference.abs_diff(alternate) >= LARGE).then_some(if reference > alternate {
                    Self::Loss
                } else {
                    Self::Insertion
                })
            }
            Event::Structural { sv_type, .. } => match &variant.alternate.strip_prefix("<CN").and_then(number) {
                // 1000 Genomes writes an allele by its own copies, of which the reference has one.
                Some(0) => Some(Self::Loss),
                Some(1) => None,
                Some(_) => Some(Self::Gain),
                None => Self::of_type(sv_type, copies),
            },
        }
    }

    fn of_type(sv_type: &str, copies: Option<(u32, u32)>) -> Option<Self> {
        let kinds = [
            ("DEL", Self::Loss),
            ("DUP", Self::Gain),
            ("INV", Self::Inversion),
            ("INS", Self::Insertion),
            ("BND", Self::Breakend),
            ("TRA", Self::Breakend),
        ];
        let named = kinds.into_iter().find(|(name, _)| sv_type.starts_with(name)).map(|(_, kind)| kind);
        named.or_else(|| match copies? {
            (has, usual) if has < usual => Some(Self::Loss),
            (has, usual) if has > usual => Some(Self::Gain),
            _ => None,
        })
    }
}

fn number(text: &str) -> Option<u32> {
    text.strip_suffix('>')?.parse().ok()
}

/// First and last base of the reference that an allele changes, 1-based; of an insertion or breakend the bases beside it.
pub fn stretch(variant: &Variant, event: &Event, kind: Kind) -> (u32, u32) {
    let start = variant.pos.saturating_add(1);
    match (kind, event) {
        (Kind::Insertion | Kind::Breakend, _) => (variant.pos, start),
        (_, Event::Breakend { .. }) => Junction::of(variant).map_or((variant.pos, start), |(_, stretch)| stretch),
        (_, Event::Structural { end, .. }) => (start, (*end).max(start)),
        _ => (start, variant.pos.saturating_add((variant.reference.len() as u32).saturating_sub(1)).max(start)),
    }
}

/// What a breakend's ALT says (VCF 4.4 section 5.4): the mate's base, and how the two pieces are joined.
///
/// `t[p[`: what lies to the right of `p` follows `t`; `t]p]`: what lies to the left of `p`, turned, follows `t`;
/// `]p]t`: what lies to the left of `p` precedes `t`; `[p[t`: what lies to the right of `p`, turned, precedes `t`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Junction {
    /// The mate's chromosome and base.
    pub mate: (Chromosome, u32),
    /// The joined piece follows the line's own base; else it precedes it.
    pub follows: bool,
    /// The joined piece lies to the right of the mate's base; else to its left.
    pub right: bool,
}

impl Junction {
    /// Reads ALT. `None` of a single breakend, and of a mate outside the primary assembly.
    pub fn parse(alternate: &str) -> Option<Self> {
        let bracket = alternate.chars().find(|c| matches!(c, '[' | ']'))?;
        let mut parts = alternate.split(bracket);
        let (before, place, after) = (parts.next()?, parts.next()?, parts.next()?);
        let one_sided = before.is_empty() != after.is_empty() && parts.next().is_none();
        one_sided.then_some(())?;
        Some(Self { mate: mate(place)?, follows: !before.is_empty(), right: bracket == '[' })
    }

    /// Kind and stretch of a breakend whose two ends lie on one chromosome, as a line of its own would write them: two
    /// pieces joined in their order lose what lies between, in the opposite order they repeat it, and turned they turn it.
    /// Presumed of one junction: it does not count copies. The mitochondrial genome is a circle, on which order says nothing.
    fn of(variant: &Variant) -> Option<(Kind, (u32, u32))> {
        let Self { mate: (chrom, mate), follows, right } = Self::parse(&variant.alternate)?;
        if chrom != variant.chrom || chrom == Chromosome::MT {
            return None;
        }
        let (low, high) = (variant.pos.min(mate), variant.pos.max(mate));
        let in_order = (variant.pos < mate) == follows;
        match (follows == right, in_order) {
            (true, true) => (high > low + 1).then(|| (Kind::Loss, (low + 1, high - 1))),
            (true, false) => Some((Kind::Gain, (low, high))),
            (false, _) if right => (high > low).then(|| (Kind::Inversion, (low, high - 1))),
            (false, _) => (high > low).then(|| (Kind::Inversion, (low + 1, high))),
        }
    }
}

/// How sure the ends of a structural variant are: the bases by which each may lie lower or higher (CIPOS, CIEND).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Ends {
    /// Of the first base.
    pub first: (u32, u32),
    /// Of the last base.
    pub last: (u32, u32),
    /// The file says that the ends are not known to the base, or the call is one of read depth.
    pub imprecise: bool,
}

/// Ends of one event that two callers write lie within so many bases of each other, or within their intervals.
const NEAR: u32 = 500;
/// Places of one insertion.
const NEAR_INSERTION: u32 = 50;
/// Share of each of two stretches that the other must hold, in hundredths.
const RECIPROCAL: u64 = 80;

/// True when two stretches of one kind on one chromosome are likely two calls of one event: each holds four fifths of the
/// other, and first and last bases lie within 500 of each other or within their intervals. Where one of them is imprecise
/// without intervals the overlap alone decides. Insertions lie within 50 bases.
pub fn same_event(kind: Kind, (a, a_ends): ((u32, u32), Ends), (b, b_ends): ((u32, u32), Ends)) -> bool {
    let length = |(first, last): (u32, u32)| u64::from(last.saturating_sub(first)) + 1;
    let shared = (u64::from(a.1.min(b.1)) + 1).saturating_sub(u64::from(a.0.max(b.0)));
    let apart = |x: u32, y: u32, near: u32, (low, high): (u32, u32), (other_low, other_high): (u32, u32)| {
        let within = x.saturating_sub(low) <= y.saturating_add(other_high)
            && y.saturating_sub(other_low) <= x.saturating_add(high);
        x.abs_diff(y) > near && !within
    };
    match kind {
        Kind::Breakend => a == b,
        Kind::Insertion => !apart(a.0, b.0, NEAR_INSERTION, a_ends.first, b_ends.first),
        Kind::Loss | Kind::Gain | Kind::Inversion => {
            let overlap = shared * 100 >= length(a).max(length(b)) * RECIPROCAL;
            let told = |ends: Ends| ends.first != (0, 0) || ends.last != (0, 0);
            let by_overlap = (a_ends.imprecise && !told(a_ends)) || (b_ends.imprecise && !told(b_ends));
            let far =
                apart(a.0, b.0, NEAR, a_ends.first, b_ends.first) || apart(a.1, b.1, NEAR, a_ends.last, b_ends.last);
            overlap && (by_overlap || !far)
        }
    }
}

/// The place between the brackets of a breakend, `17:198982`.
pub fn mate(text: &str) -> Option<(Chromosome, u32)> {
    let (chromosome, position) = text.rsplit_once(':')?;
    Some((chromosome.parse().ok()?, position.parse().ok()?))
}

/// How much of a transcript a change touches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Extent {
    /// All of it.
    Whole,
    /// Coding bases, not all of the transcript.
    Coding,
    /// Exons, but no coding base.
    Exonic,
    /// Introns only.
    Intronic,
}

/// What a large change does to one gene.
#[derive(Debug, Clone, PartialEq)]
pub struct Overlap<'t> {
    /// One of MANE, else the longest coding one, among those touched.
    pub transcript: &'t Transcript,
    /// Most severe consequence there.
    pub consequence: Consequence,
    /// How much of it is touched.
    pub extent: Extent,
    /// Numbers of the first and last exon touched, in the direction of reading.
    pub exons: Option<(usize, usize)>,
    /// An end of the change lies within the transcript.
    pub breakpoint: bool,
    /// The transcript's first base (in the direction of reading) is within the change.
    pub with_start: bool,
    /// The transcript's last base (in the direction of reading) is within the change.
    pub with_end: bool,
    /// Of a loss: what is left keeps the reading frame, or only the last exon is touched, so that it may not be broken down.
    pub escapes_decay: bool,
}

/// The genes that a change of `first..=last` touches, one for each symbol, in order of the table.
pub fn overlaps(
    table: &TranscriptTable,
    chrom: Chromosome,
    (first, last): (u32, u32),
    kind: Kind,
    mate: Option<(Chromosome, u32)>,
) -> Vec<Overlap<'_>> {
    let mut found: Vec<Overlap<'_>> = Vec::new();
    for transcript in table.overlapping(chrom, first, last).filter(|t| !t.gene_symbol.is_empty()) {
        let overlap = overlap(transcript, (first, last), kind, mate.filter(|(c, _)| *c == chrom).map(|(_, at)| at));
        match found.iter_mut().find(|known| known.transcript.gene_symbol == transcript.gene_symbol) {
            Some(known) if order(known) <= order(&overlap) => {}
            Some(known) => *known = overlap,
            None => found.push(overlap),
        }
    }
    found
}

/// What tells the gene's main transcript: the smallest. A short one may lie whole in a change that only touches the gene.
fn order(overlap: &Overlap<'_>) -> (bool, std::cmp::Reverse<u32>, u8) {
    let length = std::cmp::Reverse(overlap.transcript.coding_length());
    (!overlap.transcript.mane, length, overlap.consequence.severity())
}

fn overlap(transcript: &Transcript, (first, last): (u32, u32), kind: Kind, mate: Option<u32>) -> Overlap<'_> {
    let touched = |(a, b): (u32, u32)| a <= last && first <= b;
    let places: Vec<usize> = (0..transcript.exons.len()).filter(|i| touched(transcript.exons[*i])).collect();
    let number = |place: usize| transcript.exon_at(transcript.exons[place].0).unwrap_or(place + 1);
    let exons = places.first().zip(places.last()).map(|(a, b)| {
        let (a, b) = (number(*a), number(*b));
        (a.min(b), a.max(b))
    });
    let coding_bases = coding_bases(transcript, (first, last));
    let (low, high) = (first <= transcript.start, last >= transcript.end);
    let extent = match (low && high, coding_bases > 0, exons.is_some()) {
        (true, ..) => Extent::Whole,
        (_, true, _) => Extent::Coding,
        (_, _, true) => Extent::Exonic,
        _ => Extent::Intronic,
    };
    let last_exon_only = exons.is_some_and(|(a, _)| a == transcript.exons.len() && a > 1);
    let (with_start, with_end) = if transcript.strand == Strand::Forward { (low, high) } else { (high, low) };
    Overlap {
        transcript,
        consequence: consequence(transcript, (first, last), kind, extent, mate),
        extent,
        exons,
        breakpoint: !low || !high,
        with_start,
        with_end,
        escapes_decay: extent != Extent::Whole
            && (last_exon_only || (coding_bases > 0 && coding_bases.is_multiple_of(3))),
    }
}

fn consequence(
    transcript: &Transcript,
    (first, last): (u32, u32),
    kind: Kind,
    extent: Extent,
    mate: Option<u32>,
) -> Consequence {
    let intron = |at: u32| transcript.intron_at(at);
    let inside = |at: u32| transcript.start <= at && at <= transcript.end;
    let broken = if transcript.coding() { Consequence::FeatureTruncation } else { Consequence::NonCodingTranscript };
    let exon = if transcript.coding() { Consequence::CodingTranscript } else { Consequence::NonCodingTranscriptExon };
    match kind {
        Kind::Loss => transcript.effect(Change::deletion(first, last)).map_or(Consequence::Sequence, |e| e.consequence),
        Kind::Gain => match extent {
            Extent::Whole => Consequence::TranscriptAmplification,
            Extent::Intronic => Consequence::Intron,
            Extent::Coding if inside(first) && inside(last) => Consequence::FeatureElongation,
            _ => exon,
        },
        Kind::Inversion => match (inside(first), inside(last)) {
            (true, true) if intron(first).is_some() && intron(first) == intron(last) => Consequence::Intron,
            (false, false) => exon,
            _ => broken,
        },
        Kind::Insertion => match extent {
            Extent::Coding => Consequence::FeatureElongation,
            Extent::Intronic => Consequence::Intron,
            _ => exon,
        },
        Kind::Breakend => match mate {
            Some(mate) if intron(first).is_some() && intron(first) == intron(mate) => Consequence::Intron,
            _ => broken,
        },
    }
}

/// Coding bases within `first..=last`.
fn coding_bases(transcript: &Transcript, (first, last): (u32, u32)) -> u32 {
    let Some((begin, stop)) = transcript.cds else { return 0 };
    let within = |(a, b): &(u32, u32)| ((*b).min(stop).min(last) + 1).saturating_sub((*a).max(begin).max(first));
    transcript.exons.iter().map(within).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transcripts::tests::example;

    fn structural(sv_type: &str, end: u32) -> Event {
        Event::Structural { sv_type: sv_type.to_owned(), end }
    }

    fn variant(reference: &str, alternate: &str) -> Variant {
        Variant { chrom: Chromosome::X, pos: 100, reference: reference.into(), alternate: alternate.into() }
    }

    #[test]
    fn kinds() {
        let long = "A".repeat(51);
        for (reference, alternate, event, copies, expected) in [
            ("A", "<DEL>", structural("DEL", 200), None, Some(Kind::Loss)),
            ("A", "<DEL:ME:ALU>", structural("DEL:ME:ALU", 200), None, Some(Kind::Loss)),
            ("A", "<DUP:TANDEM>", structural("DUP:TANDEM", 200), None, Some(Kind::Gain)),
            ("A", "<INV>", structural("INV", 200), None, Some(Kind::Inversion)),
            ("A", "<INS>", structural("INS", 200), None, Some(Kind::Insertion)),
            ("A", "<CN0>", structural("CNV", 200), None, Some(Kind::Loss)),
            ("A", "<CN2>", structural("CNV", 200), None, Some(Kind::Gain)),
            ("A", "<CN1>", structural("CNV", 200), None, None),
            ("A", "<CNV>", structural("CNV", 200), Some((1, 2)), Some(Kind::Loss)),
            ("A", "<CNV>", structural("CNV", 200), Some((2, 1)), Some(Kind::Gain)), // two copies of a man's X
            ("A", "<CNV>", structural("CNV", 200), Some((2, 2)), None),
            ("A", "<CNV>", structural("CNV", 200), None, None), // nobody says what it is
            ("A", "A]2:5]", Event::Breakend { mate: "2:5".into() }, None, Some(Kind::Breakend)),
            ("A", "A[X:500[", Event::Breakend { mate: "X:500".into() }, None, Some(Kind::Loss)),
            ("A", "A.", Event::Breakend { mate: "".into() }, None, Some(Kind::Breakend)),
            (&long, "A", Event::Small, None, Some(Kind::Loss)),
            ("A", &long, Event::Small, None, Some(Kind::Insertion)),
            (&long, "AA", Event::Small, None, None), // 49 bases
        ] {
            assert_eq!(Kind::of(&variant(reference, alternate), &event, copies), expected, "{alternate} {copies:?}");
        }
    }

    /// The four ways to join two pieces of one chromosome, each written from either end.
    #[test]
    fn junctions_of_one_chromosome() {
        use Kind::{Breakend, Gain, Inversion, Loss};
        for (pos, alternate, kind, expected) in [
            (100, "A[X:500[", Loss, (101, 499)),
            (500, "]X:100]A", Loss, (101, 499)),
            (100, "]X:500]A", Gain, (100, 500)),
            (500, "A[X:100[", Gain, (100, 500)),
            (100, "A]X:500]", Inversion, (101, 500)),
            (500, "A]X:100]", Inversion, (101, 500)),
            (100, "[X:500[A", Inversion, (100, 499)),
            (500, "[X:100[A", Inversion, (100, 499)),
            (100, "ACG[X:500[", Loss, (101, 499)), // with bases put in
            (100, "A[X:101[", Breakend, (100, 101)),
            (100, "A[2:500[", Breakend, (100, 101)),
            (100, "A[<ctg>:500[", Breakend, (100, 101)),
            (100, "A[X:500]", Breakend, (100, 101)), // no bracket closes it
            (100, "A[X:500[A", Breakend, (100, 101)),
            (100, "A.", Breakend, (100, 101)),
        ] {
            let variant = Variant { chrom: Chromosome::X, pos, reference: "A".into(), alternate: alternate.into() };
            let event = Event::Breakend { mate: String::new() };
            assert_eq!(Kind::of(&variant, &event, None), Some(kind), "{pos} {alternate}");
            assert_eq!(stretch(&variant, &event, kind), expected, "{pos} {alternate}");
        }
    }

    #[test]
    fn two_calls_of_one_event() {
        let precise = Ends::default();
        let wide = Ends { first: (2000, 2000), last: (2000, 2000), imprecise: true };
        let unsaid = Ends { imprecise: true, ..precise };
        for (kind, a, b, ends, expected) in [
            (Kind::Loss, (1000, 21_000), (1003, 20_990), precise, true),
            (Kind::Loss, (1000, 21_000), (1600, 21_000), precise, false), // 600 bases apart
            (Kind::Loss, (1000, 21_000), (1600, 21_000), wide, true),
            (Kind::Loss, (1000, 21_000), (3100, 21_000), wide, false), // beyond the interval
            (Kind::Loss, (1000, 21_000), (3100, 21_000), unsaid, true),
            (Kind::Loss, (1000, 21_000), (1000, 61_000), unsaid, false), // a third
            (Kind::Loss, (1000, 1100), (1040, 1140), precise, false),    // near, but three fifths
            (Kind::Gain, (1000, 2000), (1010, 1990), precise, true),
            (Kind::Insertion, (1000, 1001), (1030, 1031), precise, true),
            (Kind::Insertion, (1000, 1001), (1060, 1061), precise, false),
            (Kind::Breakend, (1000, 1001), (1001, 1002), precise, false),
        ] {
            assert_eq!(same_event(kind, (a, precise), (b, ends)), expected, "{kind:?} {a:?} {b:?}");
            assert_eq!(same_event(kind, (b, ends), (a, precise)), expected, "{kind:?} {b:?} {a:?}");
        }
    }

    /// Exons 101–200, 301–400, 501–600; coding 151–550.
    #[test]
    fn what_it_does_to_a_transcript_of_three_exons() {
        use Consequence as C;
        use Extent::{Coding, Exonic, Intronic, Whole};
        for (kind, stretch, mate, consequence, extent, exons, escapes) in [
            (Kind::Loss, (50, 700), None, C::TranscriptAblation, Whole, Some((1, 3)), false),
            (Kind::Loss, (250, 450), None, C::SpliceAcceptor, Coding, Some((2, 2)), false), // 100 bases: the frame is lost
            (Kind::Loss, (230, 270), None, C::Intron, Intronic, None, false),
            (Kind::Loss, (450, 700), None, C::SpliceAcceptor, Coding, Some((3, 3)), true), // the last exon alone
            (Kind::Loss, (310, 339), None, C::InframeDeletion, Coding, Some((2, 2)), true),
            (Kind::Loss, (560, 700), None, C::ThreePrimeUtr, Exonic, Some((3, 3)), true),
            (Kind::Gain, (50, 700), None, C::TranscriptAmplification, Whole, Some((1, 3)), false),
            (Kind::Gain, (250, 450), None, C::FeatureElongation, Coding, Some((2, 2)), false),
            (Kind::Gain, (50, 350), None, C::CodingTranscript, Coding, Some((1, 2)), false), // a whole copy is left
            (Kind::Gain, (210, 290), None, C::Intron, Intronic, None, false),
            (Kind::Inversion, (50, 700), None, C::CodingTranscript, Whole, Some((1, 3)), false),
            (Kind::Inversion, (50, 250), None, C::FeatureTruncation, Coding, Some((1, 1)), false),
            (Kind::Inversion, (250, 450), None, C::FeatureTruncation, Coding, Some((2, 2)), false),
            (Kind::Inversion, (210, 290), None, C::Intron, Intronic, None, false),
            (Kind::Insertion, (310, 311), None, C::FeatureElongation, Coding, Some((2, 2)), false),
            (Kind::Insertion, (250, 251), None, C::Intron, Intronic, None, false),
            (Kind::Breakend, (250, 251), Some((Chromosome::X, 9_000)), C::FeatureTruncation, Intronic, None, false),
            (Kind::Breakend, (250, 251), Some((Chromosome::X, 260)), C::Intron, Intronic, None, false),
            (Kind::Breakend, (250, 251), Some((Chromosome::Y, 260)), C::FeatureTruncation, Intronic, None, false),
        ] {
            let table = TranscriptTable::new(vec![example(Strand::Forward)]);
            let found = overlaps(&table, Chromosome::X, stretch, kind, mate);
            let [one] = &found[..] else { panic!("{kind:?} {stretch:?}: {found:?}") };
            let seen = (one.consequence, one.extent, one.exons, one.escapes_decay);
            // A gain's frame is not asked.
            let escapes = if kind == Kind::Loss { escapes } else { one.escapes_decay };
            assert_eq!(seen, (consequence, extent, exons, escapes), "{kind:?} {stretch:?}");
        }
    }

    #[test]
    fn ends_follow_the_strand_and_a_gene_is_told_once() {
        let mane = Transcript { id: "NM_2.1".into(), ..example(Strand::Reverse) };
        let other = Transcript { mane: false, ..example(Strand::Reverse) };
        let table = TranscriptTable::new(vec![other, mane]);
        let found = overlaps(&table, Chromosome::X, (450, 700), Kind::Loss, None);
        let [one] = &found[..] else { panic!("{found:?}") };
        assert_eq!(
            (&*one.transcript.id, one.exons, one.with_start, one.with_end),
            ("NM_2.1", Some((1, 1)), true, false)
        );
        assert!(one.breakpoint && !one.escapes_decay);
        assert!(overlaps(&table, Chromosome::X, (700, 800), Kind::Loss, None).is_empty());
    }

    #[test]
    fn stretches_and_mates() {
        let long = "A".repeat(60);
        assert_eq!(stretch(&variant("A", "<DEL>"), &structural("DEL", 200), Kind::Loss), (101, 200));
        assert_eq!(stretch(&variant(&long, "A"), &Event::Small, Kind::Loss), (101, 159));
        assert_eq!(stretch(&variant("A", "<INS>"), &structural("INS", 100), Kind::Insertion), (100, 101));
        assert_eq!(mate("chr17:198982"), Chromosome::autosome(17).map(|c| (c, 198_982)));
        assert_eq!(mate("<ctg1>:7"), None);
        assert_eq!(mate(""), None);
    }
}
