//! The parts `transcripts-GRCh37` and `transcripts-GRCh38`.

use super::diseases::approved;
use super::lift::interval;
use super::{BuildError, Rows, count, fields, rows_of};
use crate::Genes;
use indgang_genomics::liftover::Liftover;
use indgang_genomics::transcripts::{
    ParseTranscriptError, Strand, Transcript, TranscriptTable, parse_mane_tsv, parse_refseq_bed12, propagate_genes,
};
use std::collections::{BTreeMap, BTreeSet};

/// Why transcripts cannot be made into a part.
#[derive(Debug, thiserror::Error)]
pub enum TranscriptsError {
    /// A transcript file does not have its shape.
    #[error("{file}: {source}")]
    Transcripts {
        /// Which source.
        file: &'static str,
        /// What is wrong.
        source: ParseTranscriptError,
    },
    /// Another file does not have its shape.
    #[error(transparent)]
    Other(#[from] BuildError),
}

/// MANE transcripts on GRCh38, their genes by today's symbols.
pub fn mane(text: &str, genes: &Genes) -> Result<(TranscriptTable, Rows), TranscriptsError> {
    let mut rows = Rows::new();
    let mut transcripts = parse_mane_tsv(text.as_bytes())
        .map_err(|source| TranscriptsError::Transcripts { file: "MANE transcripts", source })?;
    for transcript in &mut transcripts {
        let by_number = genes.by_ensembl(&transcript.gene_id).map(|gene| &*gene.symbol);
        let today: Box<str> = by_number.unwrap_or_else(|| approved(genes, &transcript.gene_symbol)).into();
        count(&mut rows, "symbols_as_in_hgnc", usize::from(today != transcript.gene_symbol));
        transcript.gene_symbol = today;
    }
    count(&mut rows, "transcripts", transcripts.len());
    Ok((TranscriptTable::new(transcripts), rows))
}

/// RefSeq transcripts on hg19. The file names no genes: a transcript has the gene of the MANE transcript with its accession,
/// else of the ClinVar alleles described on it, else of a transcript that shares an exon or an intron with it (MANE transcripts
/// moved to GRCh37 among them), else, when it is coding, of the only gene whose moved MANE transcript it overlaps on its strand.
/// Transcripts that stay without a gene are kept, with an empty symbol.
pub fn refseq(
    bed: &str,
    mane: &TranscriptTable,
    clinvar_table: &str,
    genes: &Genes,
    to_37: &Liftover,
) -> Result<(TranscriptTable, Rows), TranscriptsError> {
    let mut rows = Rows::new();
    let mut transcripts = parse_refseq_bed12(bed.as_bytes())
        .map_err(|source| TranscriptsError::Transcripts { file: "RefSeq transcripts", source })?;
    let of_mane: BTreeMap<&str, &Transcript> = mane.transcripts().iter().map(|t| (accession(&t.id), t)).collect();
    let of_clinvar = clinvar_symbols(clinvar_table)?;
    for transcript in &mut transcripts {
        let name = accession(&transcript.id);
        if let Some(same) = of_mane.get(name) {
            (transcript.gene_symbol, transcript.gene_id) = (same.gene_symbol.clone(), same.gene_id.clone());
            transcript.mane = same.mane;
            count(&mut rows, "named_by_mane", 1);
        } else if let Some(symbol) = of_clinvar.get(name).copied().flatten() {
            let ensembl = genes.by_symbol(symbol).and_then(|g| g.ensembl_id()).unwrap_or_default();
            (transcript.gene_symbol, transcript.gene_id) = (approved(genes, symbol).into(), ensembl.into());
            count(&mut rows, "named_by_clinvar", 1);
        }
    }
    let moved: Vec<Transcript> = mane.transcripts().iter().filter_map(|t| moved(t, to_37)).collect();
    count(&mut rows, "mane_moved_to_GRCh37", moved.len());
    let of_refseq = transcripts.len();
    transcripts.extend(moved);
    count(&mut rows, "named_by_shared_exon_or_intron", propagate_genes(&mut transcripts));
    let moved = TranscriptTable::new(transcripts.split_off(of_refseq));
    count(&mut rows, "named_by_overlap", name_by_overlap(&mut transcripts, &moved));
    let unnamed = transcripts.iter().filter(|t| t.gene_symbol.is_empty());
    let coding = unnamed.clone().filter(|t| t.coding()).count();
    count(&mut rows, "without_gene", unnamed.count());
    count(&mut rows, "without_gene_but_coding", coding);
    count(&mut rows, "transcripts", transcripts.len());
    let symbols: BTreeSet<&str> =
        transcripts.iter().map(|t| &*t.gene_symbol).filter(|symbol| !symbol.is_empty()).collect();
    count(&mut rows, "genes", symbols.len());
    Ok((TranscriptTable::new(transcripts), rows))
}

/// The transcripts of an earlier release under the symbols of another gene table.
pub(super) fn with_symbols(table: &TranscriptTable, genes: &Genes) -> TranscriptTable {
    let renamed = |transcript: &Transcript| {
        let by_number = genes.by_ensembl(&transcript.gene_id).map(|gene| &*gene.symbol);
        let symbol = by_number.unwrap_or_else(|| approved(genes, &transcript.gene_symbol)).into();
        Transcript { gene_symbol: symbol, ..transcript.clone() }
    };
    TranscriptTable::new(table.transcripts().iter().map(renamed).collect())
}

/// A transcript of GRCh38 on GRCh37, when each exon moves by itself and all go the same way.
fn moved(transcript: &Transcript, to_37: &Liftover) -> Option<Transcript> {
    let exons: Option<Vec<_>> =
        transcript.exons.iter().map(|(first, last)| interval(to_37, transcript.chrom, *first, *last)).collect();
    let mut exons = exons?;
    let (chrom, .., reversed) = *exons.first()?;
    if exons.iter().any(|(c, .., r)| (*c, *r) != (chrom, reversed)) {
        return None;
    }
    exons.sort_unstable_by_key(|(_, first, ..)| *first);
    let strand = match (transcript.strand, reversed) {
        (Strand::Forward, false) | (Strand::Reverse, true) => Strand::Forward,
        _ => Strand::Reverse,
    };
    let exons: Vec<(u32, u32)> = exons.iter().map(|(_, first, last, _)| (*first, *last)).collect();
    let (start, end) = (exons.first()?.0, exons.last()?.1);
    Some(Transcript { chrom, strand, start, end, cds: None, exons, ..transcript.clone() })
}

fn name_by_overlap(transcripts: &mut [Transcript], moved: &TranscriptTable) -> usize {
    let mut named = 0;
    for transcript in transcripts.iter_mut().filter(|t| t.gene_symbol.is_empty() && t.coding()) {
        let over = moved.overlapping(transcript.chrom, transcript.start, transcript.end);
        let genes: BTreeSet<(&str, &str)> =
            over.filter(|t| t.strand == transcript.strand).map(|t| (&*t.gene_symbol, &*t.gene_id)).collect();
        if let [(symbol, id)] = genes.iter().collect::<Vec<_>>()[..] {
            (transcript.gene_symbol, transcript.gene_id) = ((*symbol).into(), (*id).into());
            named += 1;
        }
    }
    named
}

/// `NM_000141.4` → `NM_000141`.
fn accession(id: &str) -> &str {
    id.split('.').next().unwrap_or(id)
}

/// Symbol of each transcript accession in the HGVS texts; `None` when the file gives it to two genes.
fn clinvar_symbols(table: &str) -> Result<BTreeMap<&str, Option<&str>>, BuildError> {
    let mut symbols: BTreeMap<&str, Option<&str>> = BTreeMap::new();
    for (line, text) in rows_of(table).skip(1) {
        let [_, _, _, _, _, _, symbol, _, _, hgvs] = fields("ClinVar table", line, text)?;
        let Some((transcript, _)) = hgvs.split_once(':') else { continue };
        if symbol.is_empty() || symbol == "-" {
            continue;
        }
        let entry = symbols.entry(accession(transcript)).or_insert(Some(symbol));
        if *entry != Some(symbol) {
            *entry = None;
        }
    }
    Ok(symbols)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn symbols_of_accessions() {
        let row = |symbol: &str, hgvs: &str| format!("1\t1\tA\tC\tALT\t1\t{symbol}\tx\ty\t{hgvs}\tp\n");
        let header = row("symbol", "hgvs_c");
        let table = [
            header,
            row("A", "NM_1.2:c.1A>C"),
            row("A", "NM_1.3:c.2A>C"),
            row("A", "NM_2.1:c.1A>C"),
            row("B", "NM_2.1:c.1A>G"),
        ]
        .concat();
        let symbols = clinvar_symbols(&table).expect("reads");
        assert_eq!((symbols["NM_1"], symbols["NM_2"]), (Some("A"), None));
    }
}
