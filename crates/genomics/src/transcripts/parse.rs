//! Readers of the two published tables of transcripts.

use super::{Details, Strand, Transcript};
use indgang_model::Chromosome;
use std::io::BufRead;

/// Why a table of transcripts cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ParseTranscriptError {
    /// The reader failed.
    #[error("cannot read the table of transcripts after line {line}: {source}")]
    Read {
        /// Lines read before.
        line: u64,
        /// The reader's own message.
        source: std::io::Error,
    },
    /// A line has too few columns.
    #[error("line {line} has {found} columns, {expected} are needed; is the file complete and separated by tabs?")]
    Columns {
        /// Line, 1-based.
        line: u64,
        /// Columns in the line.
        found: usize,
        /// Columns needed.
        expected: usize,
    },
    /// A value is not what its column holds.
    #[error("line {line}, column {column}: `{value}` is not {expected}")]
    Value {
        /// Line, 1-based.
        line: u64,
        /// Column, 1-based.
        column: usize,
        /// What stands there.
        value: String,
        /// What should.
        expected: &'static str,
    },
}

/// Reads the MANE table (GRCh38): tab-separated with the columns `chrom tx_start0 tx_end strand cds_start0 cds_end
/// exon_count exon_sizes exon_rel_starts exon_frames enst gene_symbol ensg ensp refseq_tx ncbi_gene refseq_prot gene_type
/// mane_status`; lines that start with `#` are skipped. The identifier kept is the RefSeq
/// accession. Transcripts outside the primary assembly are left out.
///
/// # Errors
/// A line that breaks this shape.
pub fn parse_mane_tsv(reader: impl BufRead) -> Result<Vec<Transcript>, ParseTranscriptError> {
    parse(reader, 19, |row| {
        let mut transcript = row.transcript(0, 1, 2, 3, (4, 5), (7, 8))?;
        if let Some(transcript) = &mut transcript {
            transcript.id = row.text(14).into();
            transcript.gene_symbol = row.text(11).into();
            transcript.gene_id = row.text(12).split('.').next().unwrap_or_default().into();
            transcript.mane = row.text(18).starts_with("MANE");
        }
        Ok(transcript)
    })
}

/// Reads RefSeq transcripts as BED12: `chrom start end name score strand thickStart thickEnd rgb blockCount blockSizes
/// blockStarts`. The format has no gene: symbol and identifier stay empty until the caller fills them in
/// ([`propagate_genes`](super::propagate_genes)). A transcript is coding when `thickStart < thickEnd`.
/// Transcripts outside the primary assembly are left out.
///
/// # Errors
/// A line that breaks this shape.
pub fn parse_refseq_bed12(reader: impl BufRead) -> Result<Vec<Transcript>, ParseTranscriptError> {
    parse(reader, 12, |row| {
        let mut transcript = row.transcript(0, 1, 2, 5, (6, 7), (10, 11))?;
        if let Some(transcript) = &mut transcript {
            transcript.id = row.text(3).into();
        }
        Ok(transcript)
    })
}

fn parse(
    mut reader: impl BufRead,
    columns: usize,
    row: impl Fn(&Row<'_>) -> Result<Option<Transcript>, ParseTranscriptError>,
) -> Result<Vec<Transcript>, ParseTranscriptError> {
    let (mut transcripts, mut text, mut line) = (Vec::new(), String::new(), 0);
    loop {
        text.clear();
        let read = reader.read_line(&mut text).map_err(|source| ParseTranscriptError::Read { line, source })?;
        if read == 0 {
            return Ok(transcripts);
        }
        line += 1;
        let text = text.trim_end_matches(['\n', '\r']);
        let skipped = ["#", "track", "browser"].iter().any(|start| text.starts_with(start));
        if text.is_empty() || skipped {
            continue;
        }
        let cells: Vec<&str> = text.split('\t').collect();
        if cells.len() < columns {
            return Err(ParseTranscriptError::Columns { line, found: cells.len(), expected: columns });
        }
        transcripts.extend(row(&Row { line, cells })?);
    }
}

struct Row<'a> {
    line: u64,
    cells: Vec<&'a str>,
}

impl<'a> Row<'a> {
    fn text(&self, column: usize) -> &'a str {
        self.cells[column]
    }

    fn fault(&self, column: usize, expected: &'static str) -> ParseTranscriptError {
        ParseTranscriptError::Value { line: self.line, column: column + 1, value: self.text(column).into(), expected }
    }

    fn number(&self, column: usize) -> Result<u32, ParseTranscriptError> {
        // Room above the largest chromosome keeps sums of a place and a length within u32.
        let number = self.text(column).parse().ok().filter(|n| *n < 1 << 30);
        number.ok_or_else(|| self.fault(column, "a place in a chromosome, a whole number"))
    }

    fn numbers(&self, column: usize) -> Result<Vec<u32>, ParseTranscriptError> {
        let text = self.text(column).trim_end_matches(',');
        let numbers = text.split(',').map(|n| n.parse().ok().filter(|n| *n < 1 << 30)).collect::<Option<Vec<u32>>>();
        numbers.ok_or_else(|| self.fault(column, "a list of whole numbers with commas between"))
    }

    /// A transcript without names; `None` outside the primary assembly. `cds` and `blocks` are pairs of columns.
    fn transcript(
        &self,
        chrom: usize,
        start: usize,
        end: usize,
        strand: usize,
        cds: (usize, usize),
        blocks: (usize, usize),
    ) -> Result<Option<Transcript>, ParseTranscriptError> {
        let Some(chromosome) = Chromosome::from_name(self.text(chrom).as_bytes()) else { return Ok(None) };
        let strand = match self.text(strand) {
            "+" => Strand::Forward,
            "-" => Strand::Reverse,
            _ => return Err(self.fault(strand, "`+` or `-`")),
        };
        let (first, last) = (self.number(start)?, self.number(end)?);
        if first >= last {
            return Err(self.fault(end, "after the start of the same line"));
        }
        let coding = (self.number(cds.0)?, self.number(cds.1)?);
        if coding.0 < coding.1 && (coding.0 < first || coding.1 > last) {
            return Err(self.fault(cds.0, "the start of a coding part within the transcript"));
        }
        Ok(Some(Transcript {
            id: Box::default(),
            gene_symbol: Box::default(),
            gene_id: Box::default(),
            chrom: chromosome,
            strand,
            start: first + 1,
            end: last,
            cds: (coding.0 < coding.1).then_some((coding.0 + 1, coding.1)),
            exons: self.exons(first, last, blocks)?,
            mane: false,
            details: Details::default(),
        }))
    }

    fn exons(&self, first: u32, last: u32, blocks: (usize, usize)) -> Result<Vec<(u32, u32)>, ParseTranscriptError> {
        let (sizes, starts) = (self.numbers(blocks.0)?, self.numbers(blocks.1)?);
        if sizes.len() != starts.len() {
            return Err(self.fault(blocks.1, "a list as long as the list of sizes"));
        }
        let mut exons: Vec<(u32, u32)> = Vec::with_capacity(sizes.len());
        for (size, start) in sizes.into_iter().zip(starts) {
            let exon = (first + start + 1, first + start + size);
            if size == 0 || exon.1 > last || exons.last().is_some_and(|before| before.1 >= exon.0) {
                return Err(self.fault(blocks.1, "a list of exons in order, within the transcript"));
            }
            // Blocks that touch are one exon: the aligner's gaps of zero length are no introns.
            match exons.last_mut() {
                Some(before) if before.1 + 1 == exon.0 => before.1 = exon.1,
                _ => exons.push(exon),
            }
        }
        Ok(exons)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bed12_becomes_one_based() {
        let bed = "chr1\t69090\t70008\tNM_001005484\t0\t+\t69090\t70008\t0\t1\t918,\t0,\n\
                   chr1\t34610\t36081\tNR_026820\t0\t-\t36081\t36081\t0\t3\t564,205,361,\t0,666,1110,\n\
                   chrUn_gl000220\t1\t5\tNR_1\t0\t-\t1\t1\t0\t1\t4,\t0,\n";
        let transcripts = parse_refseq_bed12(bed.as_bytes()).expect("a valid table");
        assert_eq!(transcripts.len(), 2);
        assert_eq!(
            (transcripts[0].start, transcripts[0].end, transcripts[0].cds),
            (69_091, 70_008, Some((69_091, 70_008)))
        );
        assert_eq!(transcripts[0].coding_length() % 3, 0);
        assert_eq!(transcripts[1].exons, [(34_611, 35_174), (35_277, 35_481), (35_721, 36_081)]);
        assert_eq!((transcripts[1].cds, transcripts[1].strand), (None, Strand::Reverse));
    }

    #[test]
    fn mane_names_gene_and_status() {
        let tsv = "#chrom\ttx\nchr1\t65418\t71585\t+\t65564\t70008\t3\t15,54,2549,\t0,101,3618,\t-1,0,0,\t\
                   ENST00000641515.2\tOR4F5\tENSG00000186092.7\tENSP00000493376.2\tNM_001005484.2\t79501\tNP_001005484.2\t\
                   protein_coding\tMANE Select\n";
        let transcripts = parse_mane_tsv(tsv.as_bytes()).expect("a valid table");
        let transcript = &transcripts[0];
        assert_eq!((&*transcript.id, &*transcript.gene_symbol), ("NM_001005484.2", "OR4F5"));
        assert_eq!((&*transcript.gene_id, transcript.mane), ("ENSG00000186092", true));
        assert_eq!(transcript.coding_length() % 3, 0);
    }

    #[test]
    fn faults_name_line_column_and_value() {
        let good = "chr1\t69090\t70008\tNM_1\t0\t+\t69090\t70008\t0\t1\t918,\t0,\n";
        for (line, message) in [
            ("chr1\t69090\n", "line 2 has 2 columns, 12 are needed; is the file complete and separated by tabs?"),
            ("chr1\t5\t70\tN\t0\t?\t5\t5\t0\t1\t65,\t0,\n", "line 2, column 6: `?` is not `+` or `-`"),
            (
                "chr1\t5\t70\tN\t0\t+\t5\t5\t0\t1\t66,\t0,\n",
                "line 2, column 12: `0,` is not a list of exons in order, within the transcript",
            ),
            (
                "chr1\t-5\t70\tN\t0\t+\t5\t5\t0\t1\t66,\t0,\n",
                "line 2, column 2: `-5` is not a place in a chromosome, a whole number",
            ),
        ] {
            let error = parse_refseq_bed12(format!("{good}{line}").as_bytes()).expect_err("a broken table");
            assert_eq!(error.to_string(), message);
        }
    }
}
