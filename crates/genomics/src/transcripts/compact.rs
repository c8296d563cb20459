//! The table as it is stored: names once, places as differences.

use super::{Details, Strand, Transcript, TranscriptTable};
use indgang_model::Chromosome;
use serde::{Deserialize, Serialize};

/// What is written and read. Places are differences, which a variable-length coding stores in one to three bytes.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Compact {
    /// Symbol and identifier of each gene.
    genes: Vec<(Box<str>, Box<str>)>,
    transcripts: Vec<Stored>,
}

#[derive(Clone, Serialize, Deserialize)]
struct Stored {
    id: Box<str>,
    gene: u32,
    chrom: u8,
    /// Bit 0: reverse strand; bit 1: MANE; bit 2: has a coding part.
    flags: u8,
    /// From the start of the transcript before on the same chromosome, else from 0.
    start: u32,
    length: u32,
    /// First coding base from the start; bases from there to the last coding base. Both 0 without coding part.
    coding: (u32, u32),
    /// By turns: bases from the end before (the start at first), bases from first to last.
    exons: Vec<u32>,
}

/// Why a stored table is not one.
#[derive(Debug, thiserror::Error)]
#[error("stored transcript `{0}` does not hold together; build the knowledge again")]
pub struct BrokenTableError(Box<str>);

impl From<TranscriptTable> for Compact {
    fn from(table: TranscriptTable) -> Self {
        let mut places = std::collections::HashMap::new();
        let mut genes = Vec::new();
        let mut before = (0, 0);
        let transcripts = table.transcripts().iter().map(|t| {
            let name = (t.gene_symbol.clone(), t.gene_id.clone());
            let gene = *places.entry(name).or_insert_with_key(|name| {
                genes.push(name.clone());
                genes.len() as u32 - 1
            });
            let chrom = t.chrom.number();
            let previous = if before.0 == chrom { before.1 } else { 0 };
            before = (chrom, t.start);
            let mut last = t.start;
            let exons = t.exons.iter().flat_map(|exon| {
                let pair = [exon.0 - last, exon.1 - exon.0];
                last = exon.1;
                pair
            });
            let flags = u8::from(t.strand == Strand::Reverse) | u8::from(t.mane) << 1 | u8::from(t.coding()) << 2;
            Stored {
                id: t.id.clone(),
                gene,
                chrom,
                flags,
                start: t.start - previous,
                length: t.end - t.start,
                coding: t.cds.map_or((0, 0), |(first, last)| (first - t.start, last - first)),
                exons: exons.collect(),
            }
        });
        let transcripts = transcripts.collect();
        Self { genes, transcripts }
    }
}

impl TryFrom<Compact> for TranscriptTable {
    type Error = BrokenTableError;

    fn try_from(compact: Compact) -> Result<Self, BrokenTableError> {
        let mut before = (0, 0);
        let transcripts = compact.transcripts.iter().map(|stored| {
            let previous = if before.0 == stored.chrom { before.1 } else { 0 };
            let transcript = restore(stored, &compact.genes, previous);
            let transcript = transcript.ok_or_else(|| BrokenTableError(stored.id.clone()))?;
            before = (stored.chrom, transcript.start);
            Ok(transcript)
        });
        Ok(Self::new(transcripts.collect::<Result<_, _>>()?))
    }
}

fn restore(stored: &Stored, genes: &[(Box<str>, Box<str>)], previous: u32) -> Option<Transcript> {
    let (gene_symbol, gene_id) = genes.get(stored.gene as usize)?.clone();
    let start = previous.checked_add(stored.start)?;
    let end = start.checked_add(stored.length)?;
    let mut last = start;
    let (pairs, rest) = stored.exons.as_chunks::<2>();
    let exons = pairs.iter().map(|[gap, length]| {
        let first = last.checked_add(*gap)?;
        last = first.checked_add(*length)?;
        Some((first, last))
    });
    let exons = exons.collect::<Option<Vec<_>>>()?;
    let first = start.checked_add(stored.coding.0)?;
    let cds = (first, first.checked_add(stored.coding.1)?);
    if !rest.is_empty() || last > end || cds.1 > end {
        return None;
    }
    Some(Transcript {
        id: stored.id.clone(),
        gene_symbol,
        gene_id,
        chrom: Chromosome::from_number(stored.chrom)?,
        strand: if stored.flags & 1 == 0 { Strand::Forward } else { Strand::Reverse },
        start,
        end,
        cds: (stored.flags & 4 != 0).then_some(cds),
        exons,
        mane: stored.flags & 2 != 0,
        details: Details::default(),
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::example;
    use super::*;

    #[test]
    fn a_table_survives_storage() {
        let other = Transcript { id: "NR_1".into(), cds: None, mane: false, ..example(Strand::Reverse) };
        let second = Transcript { chrom: Chromosome::MT, ..example(Strand::Forward) };
        let table = TranscriptTable::new(vec![example(Strand::Forward), other, second]);
        let bytes = postcard::to_allocvec(&table).expect("a table can be stored");
        assert_eq!(postcard::from_bytes::<TranscriptTable>(&bytes).expect("a stored table"), table);
        for cut in 0..bytes.len() {
            assert!(postcard::from_bytes::<TranscriptTable>(&bytes[..cut]).is_err(), "cut at {cut}");
        }
    }
}
