//! What a change does to genes when the reference sequence is at hand: consequence, HGVS, decay, haplotypes, VRS.
//!
//! Places and splicing come from [`crate::transcripts`], which needs no sequence; here codons and proteins are added.

mod coding;
pub mod codon;
mod decay;
pub mod haplotype;
mod hgvs;
mod messenger;
mod protein;
mod shift;
pub mod text;
pub mod vrs;

pub use coding::Coding;
pub use decay::Decay;
pub use hgvs::accession;
pub use messenger::{Edit, Messenger, Spot};

use crate::consequence::{Consequence, ConsequenceSet};
use crate::reference::{ReferenceSequence, Window};
use crate::transcripts::{Change, Strand, Transcript, TranscriptTable};
use indgang_model::{Assembly, Chromosome};
use shift::Moved;
use std::sync::OnceLock;

/// What one change does to one transcript.
#[derive(Debug, Clone, PartialEq)]
pub struct Effect<'t> {
    /// The transcript; `None` when none is near (intergenic).
    pub transcript: Option<&'t Transcript>,
    /// Its place in the table.
    pub place: Option<usize>,
    /// All terms, at least one.
    pub consequences: ConsequenceSet,
    /// Number of the exon and of all exons, when the change begins or ends in one.
    pub exon: Option<(usize, usize)>,
    /// Number of the intron and of all introns, when the change begins or ends in one.
    pub intron: Option<(usize, usize)>,
    /// First and last base of the spliced transcript, 1-based; for an insertion the bases before and after it.
    pub cdna: Option<(u32, u32)>,
    /// What it does to the coding sequence, when all of it lies there and the sequence is at hand.
    pub coding: Option<Coding>,
    /// `c.…` or `n.…`, without the accession.
    pub hgvs_c: Option<String>,
    /// True when the reference was not at hand far enough to place the change by the 3' rule.
    pub open: bool,
    /// `p.(…)`, without the accession.
    pub hgvs_p: Option<String>,
    /// Bases to the transcript, for upstream and downstream.
    pub distance: Option<u32>,
    /// Bases to the nearest border between exon and intron; 0 when the border is within the change.
    pub splice_distance: Option<u32>,
    /// What is expected of the messenger when the protein ends early.
    pub decay: Option<Decay>,
}

impl Effect<'_> {
    /// The most severe of the terms.
    pub fn most_severe(&self) -> Consequence {
        self.consequences.most_severe().unwrap_or(Consequence::Sequence)
    }
}

/// The most severe term of all effects of one change, by Ensembl's order.
pub fn most_severe(effects: &[Effect<'_>]) -> Option<Consequence> {
    effects.iter().map(Effect::most_severe).min()
}

/// Says what changes do to the transcripts of a table.
pub struct Engine<'a> {
    table: &'a TranscriptTable,
    reference: &'a dyn ReferenceSequence,
    assembly: Option<Assembly>,
    /// Spliced when first asked for.
    messengers: Vec<OnceLock<Messenger>>,
}

impl<'a> Engine<'a> {
    /// Nothing is read from the reference before a change asks for it. `assembly` names chromosomes in `g.` descriptions.
    pub fn new(table: &'a TranscriptTable, reference: &'a dyn ReferenceSequence, assembly: Option<Assembly>) -> Self {
        let messengers = std::iter::repeat_with(OnceLock::new).take(table.transcripts().len()).collect();
        Self { table, reference, assembly, messengers }
    }

    /// A window on the reference, one for each thread.
    pub fn window(&self) -> Window<'a> {
        Window::new(self.reference)
    }

    /// The transcripts.
    pub fn table(&self) -> &'a TranscriptTable {
        self.table
    }

    /// The `place`th transcript of the table, spliced.
    pub fn messenger(&self, place: usize) -> &Messenger {
        self.messengers[place].get_or_init(|| Messenger::new(&self.table.transcripts()[place], Some(self.reference)))
    }

    /// Fills `effects` with what the change does to each transcript within 5,000 bases: MANE Select first, then MANE Plus
    /// Clinical, then the most severe; one intergenic effect when there is none.
    pub fn effects(
        &self,
        window: &mut Window<'_>,
        chromosome: Chromosome,
        change: Change<'_>,
        effects: &mut Vec<Effect<'a>>,
    ) {
        effects.clear();
        // Every writing of one change gives one answer: it is read at its leftmost place, as VCF asks for.
        let left = (change.is_insertion() || change.inserted.is_empty()).then(|| {
            let span = (change.start, change.end);
            shift::towards_three_prime(window, chromosome, span, change.inserted, Strand::Reverse)
        });
        let bases = left.as_ref().map(|left| deleted(window, chromosome, change, left));
        let change = match (&left, &bases) {
            (Some(left), Some(deleted)) => {
                Change { start: left.start, end: left.end, deleted, inserted: &left.inserted }
            }
            _ => change,
        };
        let (low, high) = (change.start.min(change.end), change.start.max(change.end));
        // Both ways are shared by all transcripts of a strand.
        let mut moved: [Option<Moved>; 2] = [None, left.clone()];
        for place in self.table.places_touching(chromosome, low, high) {
            effects.extend(self.effect(window, chromosome, change, place, &mut moved));
        }
        if effects.is_empty() {
            let consequences = [Consequence::Intergenic].into_iter().collect();
            effects.push(Effect { transcript: None, consequences, ..blank() });
        }
        if effects.len() > 1 {
            effects.sort_by_key(|effect| {
                let rank = effect.transcript.map_or(3, |t| match (t.mane, t.details.plus_clinical) {
                    (true, false) => 0,
                    (true, true) => 1,
                    _ => 2,
                });
                (rank, effect.most_severe())
            });
        }
    }

    fn effect(
        &self,
        window: &mut Window<'_>,
        chromosome: Chromosome,
        change: Change<'_>,
        place: usize,
        moved: &mut [Option<Moved>; 2],
    ) -> Option<Effect<'a>> {
        let transcript = &self.table.transcripts()[place];
        let by_position = transcript.effect(change)?;
        let mut consequences = by_position.consequences;
        if beside(consequences) {
            let distance = if change.end < transcript.start {
                transcript.start - change.end
            } else {
                change.start - transcript.end
            };
            return Some(Effect {
                transcript: Some(transcript),
                place: Some(place),
                consequences,
                distance: Some(distance),
                ..blank()
            });
        }
        let messenger = self.messenger(place);
        let coding = in_coding_sequence(consequences)
            .then(|| messenger.edit(transcript, change))
            .flatten()
            .and_then(|edit| coding::coding(messenger, &edit, transcript.details.start_unknown));
        if let Some(coding) = &coding {
            PROTEIN.iter().for_each(|term| consequences.remove(*term));
            consequences = consequences.union(coding.consequences);
        } else if in_coding_sequence(consequences) {
            self.border(transcript, messenger, change, &mut consequences);
        }
        if &*transcript.details.biotype == "nonsense_mediated_decay" {
            consequences.insert(Consequence::NmdTranscript);
        }
        let strand = transcript.strand;
        let moved = moved[usize::from(strand == Strand::Reverse)].get_or_insert_with(|| {
            shift::towards_three_prime(window, chromosome, (change.start, change.end), change.inserted, strand)
        });
        let deleted = deleted(window, chromosome, change, moved);
        let hgvs_c = hgvs::on_transcript(transcript, messenger, moved, &deleted, Some(window));
        let open = moved.open || (moved.end < moved.start && beside_unknown(window, chromosome, moved, strand));
        let (hgvs_p, stop) = self.protein(transcript, messenger, coding.as_ref(), moved);
        let decay = stop.zip(coding.as_ref()).and_then(|(stop, c)| Decay::of(transcript, messenger, c, stop));
        let number = |at: fn(&Transcript, u32) -> Option<usize>, all: usize| {
            let (first, last) = match strand {
                Strand::Forward => (change.start, change.end),
                Strand::Reverse => (change.end, change.start),
            };
            at(transcript, first).or_else(|| at(transcript, last)).map(|number| (number, all))
        };
        let cdna = messenger.base_at(transcript, change.start).zip(messenger.base_at(transcript, change.end));
        Some(Effect {
            transcript: Some(transcript),
            place: Some(place),
            consequences,
            exon: number(Transcript::exon_at, transcript.exons.len()),
            intron: number(Transcript::intron_at, transcript.exons.len() - 1),
            cdna: cdna.map(|(a, b)| (a.min(b) + 1, a.max(b) + 1)),
            coding,
            hgvs_c,
            open,
            hgvs_p,
            distance: None,
            splice_distance: splice_distance(transcript, change),
            decay,
        })
    }

    /// The protein's description follows the change after the 3' rule.
    fn protein(
        &self,
        transcript: &Transcript,
        messenger: &Messenger,
        coding: Option<&Coding>,
        moved: &Moved,
    ) -> (Option<String>, Option<u32>) {
        let Some(coding) = coding else { return (None, None) };
        let change = Change { start: moved.start, end: moved.end, deleted: b"", inserted: &moved.inserted };
        let at_end = messenger
            .edit(transcript, change)
            .and_then(|edit| coding::coding(messenger, &edit, transcript.details.start_unknown));
        // Moved out of the exon the protein is still that of the change as it was.
        let (text, stop) = protein::describe(messenger, at_end.as_ref().unwrap_or(coding));
        (Some(text), stop)
    }

    /// A change over the border between the coding part and an untranslated part of one exon: whether start or stop codon
    /// are lost can be said all the same.
    fn border(&self, transcript: &Transcript, messenger: &Messenger, change: Change<'_>, set: &mut ConsequenceSet) {
        let (Some(edit), Some(range)) = (messenger.edit(transcript, change), messenger.coding()) else { return };
        if change.is_insertion() || messenger.bases().is_none() {
            return;
        }
        let unknown = transcript.details.start_unknown;
        if edit.start < range.start && edit.end > range.start && edit.end < range.end && !unknown {
            let kept = coding::start_stays_over_border(messenger, &edit);
            set.remove(Consequence::CodingSequence);
            set.remove(Consequence::StartLost);
            set.insert(if kept { Consequence::StartRetained } else { Consequence::StartLost });
        }
        if edit.start > range.start && edit.start < range.end && edit.end > range.end {
            let kept = coding::stop_stays_over_border(messenger, &edit);
            set.remove(Consequence::CodingSequence);
            set.insert(if kept { Consequence::StopRetained } else { Consequence::StopLost });
        }
    }

    /// The change on the genome after the 3' rule.
    pub fn hgvs_g(&self, window: &mut Window<'_>, chromosome: Chromosome, change: Change<'_>) -> Option<String> {
        let span = (change.start, change.end);
        let moved = shift::towards_three_prime(window, chromosome, span, change.inserted, Strand::Forward);
        let deleted = deleted(window, chromosome, change, &moved);
        hgvs::on_genome(self.assembly, chromosome, &moved, &deleted, Some(window))
    }
}

/// Terms that sequence decides anew.
const PROTEIN: &[Consequence] = &[
    Consequence::CodingSequence,
    Consequence::Frameshift,
    Consequence::InframeInsertion,
    Consequence::InframeDeletion,
    Consequence::ProteinAltering,
    Consequence::StartLost,
    Consequence::StopLost,
    Consequence::StopRetained,
];

fn in_coding_sequence(set: ConsequenceSet) -> bool {
    PROTEIN.iter().any(|term| set.contains(*term))
}

fn beside(set: ConsequenceSet) -> bool {
    set.contains(Consequence::UpstreamGene) || set.contains(Consequence::DownstreamGene)
}

fn blank<'t>() -> Effect<'t> {
    Effect {
        transcript: None,
        place: None,
        consequences: ConsequenceSet::EMPTY,
        exon: None,
        intron: None,
        cdna: None,
        coding: None,
        hgvs_c: None,
        open: false,
        hgvs_p: None,
        distance: None,
        splice_distance: None,
        decay: None,
    }
}

/// The bases that are taken away at the place after the 3' rule: the same, but turned round.
fn deleted(window: &mut Window<'_>, chromosome: Chromosome, change: Change<'_>, moved: &Moved) -> Vec<u8> {
    if moved.start == change.start || moved.end < moved.start {
        return change.deleted.to_vec();
    }
    let length = moved.end + 1 - moved.start;
    window.bases(chromosome, moved.start, length).map_or_else(|| change.deleted.to_vec(), <[u8]>::to_vec)
}

/// True when the bases are unknown that an insertion would have to repeat to be a duplication.
fn beside_unknown(window: &mut Window<'_>, chromosome: Chromosome, moved: &Moved, strand: Strand) -> bool {
    let length = moved.inserted.len() as u32;
    let from = match strand {
        Strand::Forward => moved.start.saturating_sub(length).max(1),
        Strand::Reverse => moved.start,
    };
    window.bases(chromosome, from, length).is_none_or(|bases| bases.contains(&b'N'))
}

/// Bases from the change to the nearest border between exon and intron.
fn splice_distance(transcript: &Transcript, change: Change<'_>) -> Option<u32> {
    let (low, high) = (change.start.min(change.end), change.start.max(change.end));
    let from = transcript.exons.partition_point(|exon| exon.1 < low).saturating_sub(1);
    let mut nearest = None;
    for pair in transcript.exons[from..].windows(2) {
        // A border lies between `before` and `before + 1`.
        for before in [pair[0].1, pair[1].0 - 1] {
            let distance = if high <= before { before - high + 1 } else { low.saturating_sub(before) };
            nearest = Some(nearest.map_or(distance, |n: u32| n.min(distance)));
        }
        if pair[1].0 > high {
            break;
        }
    }
    nearest
}
