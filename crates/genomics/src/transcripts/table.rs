//! The table of transcripts with its index of places.

use super::{NEAR_GENE, Transcript};
use indgang_model::Chromosome;
use serde::{Deserialize, Serialize};

/// Transcripts in order of place, with an index that answers "which lie here" without walking.
///
/// The index cuts each chromosome at every place where some transcript, widened by [`NEAR_GENE`], begins or ends.
/// Between two cuts the answer is constant and is kept as a list, so a lookup is one binary search.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "super::compact::Compact", into = "super::compact::Compact")]
pub struct TranscriptTable {
    transcripts: Vec<Transcript>,
    /// By chromosome number; the first is unused.
    chromosomes: Vec<Segments>,
}

/// The pieces of one chromosome.
#[derive(Debug, Clone, Default, PartialEq)]
struct Segments {
    /// First base of each piece, ascending.
    starts: Vec<u32>,
    /// Where each piece's list begins in `members`; one longer than `starts`.
    offsets: Vec<u32>,
    /// Indices of transcripts.
    members: Vec<u32>,
    /// The chromosome's transcripts are `range` of the table, in order of start.
    range: std::ops::Range<usize>,
}

impl TranscriptTable {
    /// Makes the table; the order of `transcripts` does not matter.
    pub fn new(mut transcripts: Vec<Transcript>) -> Self {
        transcripts.sort_by(|a, b| (a.chrom, a.start, a.end, &a.id).cmp(&(b.chrom, b.start, b.end, &b.id)));
        let mut chromosomes = vec![Segments::default()];
        for chromosome in Chromosome::all() {
            let first = transcripts.partition_point(|t| t.chrom < chromosome);
            let last = transcripts.partition_point(|t| t.chrom <= chromosome);
            chromosomes.push(Segments::new(&transcripts, first..last));
        }
        Self { transcripts, chromosomes }
    }

    /// All transcripts, ordered by chromosome, start, end and identifier.
    pub fn transcripts(&self) -> &[Transcript] {
        &self.transcripts
    }

    /// Transcripts that hold the 1-based `position`, introns included.
    pub fn at(&self, chrom: Chromosome, position: u32) -> impl Iterator<Item = &Transcript> {
        self.near(chrom, position).filter(move |t| t.start <= position && position <= t.end)
    }

    /// Transcripts that hold `position` or lie at most [`NEAR_GENE`] bases from it.
    pub fn near(&self, chrom: Chromosome, position: u32) -> impl Iterator<Item = &Transcript> {
        self.segments(chrom).at(position).iter().map(|index| &self.transcripts[*index as usize])
    }

    /// Transcripts that share at least one base with `start..=end`, in order of the table.
    pub fn overlapping(&self, chrom: Chromosome, start: u32, end: u32) -> impl Iterator<Item = &Transcript> {
        self.touching(chrom, start, end).filter(move |t| t.start <= end && start <= t.end)
    }

    /// Transcripts within [`NEAR_GENE`] bases of `start..=end`, in order of the table.
    pub(super) fn touching(&self, chrom: Chromosome, start: u32, end: u32) -> impl Iterator<Item = &Transcript> {
        self.places_touching(chrom, start, end).map(|place| &self.transcripts[place])
    }

    /// As `touching`: places in [`TranscriptTable::transcripts`].
    pub(crate) fn places_touching(
        &self,
        chrom: Chromosome,
        start: u32,
        end: u32,
    ) -> impl Iterator<Item = usize> + use<'_> {
        let segments = self.segments(chrom);
        let (first, here) = (segments.range.start, &self.transcripts[segments.range.clone()]);
        // Those whose widened part covers `start`, then those that begin after it: no transcript is in both.
        let begun = |by: u32| first + here.partition_point(|t| t.start.saturating_sub(NEAR_GENE) <= by);
        let later = if end > start { begun(start)..begun(end) } else { 0..0 };
        segments.at(start).iter().map(|index| *index as usize).chain(later)
    }

    /// Calls `gene` once for each gene symbol with a transcript over `position`, in order of the table.
    /// Transcripts without a symbol are passed over.
    pub fn genes_at<'a>(&'a self, chrom: Chromosome, position: u32, mut gene: impl FnMut(&'a str)) {
        // Transcripts of a gene nearly always stand together, but genes may overlap: compare with all before.
        let members = self.segments(chrom).at(position);
        let holds = |index: &u32| {
            let t = &self.transcripts[*index as usize];
            t.start <= position && position <= t.end && !t.gene_symbol.is_empty()
        };
        for (place, index) in members.iter().enumerate().filter(|(_, index)| holds(index)) {
            let symbol = &self.transcripts[*index as usize].gene_symbol;
            let same = |before: &u32| holds(before) && self.transcripts[*before as usize].gene_symbol == *symbol;
            if !members[..place].iter().any(same) {
                gene(symbol);
            }
        }
    }

    fn segments(&self, chrom: Chromosome) -> &Segments {
        &self.chromosomes[usize::from(chrom.number())]
    }
}

impl Segments {
    fn new(transcripts: &[Transcript], range: std::ops::Range<usize>) -> Self {
        let here = &transcripts[range.clone()];
        let bounds = |t: &Transcript| (t.start.saturating_sub(NEAR_GENE), t.end.saturating_add(NEAR_GENE + 1));
        let mut starts: Vec<u32> = here.iter().flat_map(|t| <[u32; 2]>::from(bounds(t))).collect();
        starts.sort_unstable();
        starts.dedup();
        let (mut offsets, mut members, mut active) = (Vec::with_capacity(starts.len() + 1), Vec::new(), Vec::new());
        let mut next = 0;
        for &start in &starts {
            active.retain(|index: &u32| bounds(&transcripts[*index as usize]).1 > start);
            while next < here.len() && bounds(&here[next]).0 <= start {
                // INVARIANT: a table of more than 2^32 transcripts does not fit in memory.
                active.push(u32::try_from(range.start + next).unwrap_or(u32::MAX));
                next += 1;
            }
            offsets.push(members.len() as u32);
            members.extend_from_slice(&active);
        }
        offsets.push(members.len() as u32);
        Self { starts, offsets, members, range }
    }

    fn at(&self, position: u32) -> &[u32] {
        let place = self.starts.partition_point(|start| *start <= position);
        if place == 0 {
            return &[];
        }
        &self.members[self.offsets[place - 1] as usize..self.offsets[place] as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Strand, tests::example};
    use super::*;
    use proptest::prelude::*;

    fn at(symbol: &str, start: u32, end: u32) -> Transcript {
        Transcript { gene_symbol: symbol.into(), start, end, ..example(Strand::Forward) }
    }

    #[test]
    fn genes_at_names_each_gene_once() {
        let table = TranscriptTable::new(vec![at("B", 150, 900), at("A", 100, 500), at("A", 120, 400), at("", 1, 900)]);
        for (position, expected) in [(99, &[][..]), (100, &["A"]), (300, &["A", "B"]), (501, &["B"]), (901, &[])] {
            let mut genes = Vec::new();
            table.genes_at(Chromosome::X, position, |gene| genes.push(gene));
            assert_eq!(genes, expected, "{position}");
            table.genes_at(Chromosome::Y, position, |gene| assert_eq!(gene, "none on Y"));
        }
    }

    proptest! {
        #[test]
        fn the_index_equals_a_linear_scan(
            spans in proptest::collection::vec((1u32..60_000, 0u32..30_000), 0..40),
            queries in proptest::collection::vec((0u32..110_000, 0u32..20_000), 1..40),
        ) {
            let transcripts: Vec<_> = spans.iter().map(|(start, length)| at("G", *start, start + length)).collect();
            let table = TranscriptTable::new(transcripts);
            for (start, length) in queries {
                let end = start + length;
                let linear = |widened: u32, end: u32| -> Vec<&Transcript> {
                    let overlaps = |t: &&Transcript| t.start <= end.saturating_add(widened) && start <= t.end + widened;
                    table.transcripts().iter().filter(overlaps).collect()
                };
                prop_assert_eq!(table.at(Chromosome::X, start).collect::<Vec<_>>(), linear(0, start));
                prop_assert_eq!(table.near(Chromosome::X, start).collect::<Vec<_>>(), linear(NEAR_GENE, start));
                prop_assert_eq!(table.overlapping(Chromosome::X, start, end).collect::<Vec<_>>(), linear(0, end));
                prop_assert_eq!(table.touching(Chromosome::X, start, end).collect::<Vec<_>>(), linear(NEAR_GENE, end));
            }
        }
    }
}
