//! Transcripts of a gene annotation: GFF3 as Ensembl and RefSeq write it, and GTF.
//!
//! Format: the Sequence Ontology's GFF3 specification 1.26; GTF 2.2, in which the stop codon is not part of `CDS`.
//! A transcript is whatever exons or coding parts name as their parent.

use super::{Details, Strand, Transcript};
use indgang_model::Chromosome;
use std::collections::HashMap;
use std::io::BufRead;

/// Why a gene annotation cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GffError {
    /// The reader failed.
    #[error("cannot read the gene annotation after line {line}: {source}")]
    Read {
        /// Lines read before.
        line: u64,
        /// The reader's own message.
        source: std::io::Error,
    },
    /// A line has another number of columns.
    #[error("line {line} has {found} columns, GFF3 and GTF have 9, separated by tabs")]
    Columns {
        /// Line, 1-based.
        line: u64,
        /// Columns in the line.
        found: usize,
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
    /// Nothing of use in the file.
    #[error("no exon or coding part of a transcript on chromosomes 1–22, X, Y, MT; is it a GFF3 or GTF of the genes?")]
    Empty,
}

/// Reads all transcripts on the primary assembly.
///
/// Gene symbols: `Name`, `gene` or `gene_name` of the gene; identifiers and versions as the source writes them
/// (`transcript_id` and `version`, without the prefixes `transcript:`, `gene:`, `rna-`). A transcript whose exons lie on
/// two strands or overlap after merging is left out. Without `exon` lines the exons are the coding and untranslated parts.
///
/// # Errors
/// A line that is neither GFF3 nor GTF, and a file without transcripts.
pub fn read_gff(mut reader: impl BufRead) -> Result<Vec<Transcript>, GffError> {
    let (mut gathered, mut text, mut line) = (Gathered::default(), Vec::new(), 0);
    loop {
        text.clear();
        let read = reader.read_until(b'\n', &mut text).map_err(|source| GffError::Read { line, source })?;
        if read == 0 || text.starts_with(b"##FASTA") {
            break;
        }
        line += 1;
        let row = String::from_utf8_lossy(text.trim_ascii_end());
        if !row.is_empty() && !row.starts_with('#') {
            gathered.add(line, &row)?;
        }
    }
    let transcripts = gathered.finish();
    if transcripts.is_empty() { Err(GffError::Empty) } else { Ok(transcripts) }
}

/// What a gene or transcript line says.
#[derive(Default)]
struct Named {
    id: Box<str>,
    parent: Box<str>,
    symbol: Box<str>,
    biotype: Box<str>,
    select: bool,
    plus: bool,
    start_unknown: bool,
}

/// The parts of one transcript.
#[derive(Default)]
struct Parts {
    chrom: Option<Chromosome>,
    strand: Option<Strand>,
    mixed: bool,
    exons: Vec<(u32, u32)>,
    untranslated: Vec<(u32, u32)>,
    /// First, last, phase.
    coding: Vec<(u32, u32, u8)>,
    stop: Vec<(u32, u32)>,
    protein: Box<str>,
    /// What the part's own line says of its transcript (GTF has it on each).
    named: Named,
}

#[derive(Default)]
struct Gathered {
    named: HashMap<Box<str>, Named>,
    parts: HashMap<Box<str>, Parts>,
    order: Vec<Box<str>>,
}

/// The attributes of column 9, GFF3 or GTF.
struct Attributes<'a>(Vec<(&'a str, &'a str)>);

impl<'a> Attributes<'a> {
    fn of(text: &'a str) -> Self {
        let entry = |entry: &'a str| {
            let entry = entry.trim();
            let gtf = || entry.split_once(' ').map(|(key, value)| (key, value.trim().trim_matches('"')));
            match entry.split_once('=') {
                Some((key, value)) if !key.contains([' ', '"']) => Some((key, value)),
                _ => gtf(),
            }
        };
        Self(text.split(';').filter_map(entry).collect())
    }

    fn get(&self, key: &str) -> Option<&'a str> {
        self.0.iter().find(|(k, _)| *k == key).map(|(_, value)| *value).filter(|v| !v.is_empty())
    }

    fn first(&self, keys: &[&str]) -> &'a str {
        keys.iter().find_map(|key| self.get(key)).unwrap_or_default()
    }

    /// True when one of the tags is `word`; `MANE Select` and `MANE_Select` are one.
    fn tagged(&self, word: &str) -> bool {
        let tags = self.0.iter().filter(|(key, _)| matches!(*key, "tag" | "mRNA_start_NF"));
        tags.flat_map(|(_, value)| value.split(',')).any(|tag| tag.replace(' ', "_").eq_ignore_ascii_case(word))
    }

    fn named(&self) -> Named {
        let version = self.get("version").or_else(|| self.get("transcript_version"));
        let name = self.first(&["transcript_id", "gene_id", "ID"]);
        let name = bare(name);
        let id = match version {
            Some(version) if !name.contains('.') && self.get("transcript_id").is_some() => format!("{name}.{version}"),
            _ => name.to_owned(),
        };
        Named {
            id: id.into(),
            parent: self.first(&["Parent", "gene_id"]).into(),
            symbol: unescaped(self.first(&["gene_name", "gene", "Name"])).into(),
            biotype: self.first(&["transcript_biotype", "transcript_type", "biotype", "gbkey", "gene_biotype"]).into(),
            select: self.tagged("MANE_Select"),
            plus: self.tagged("MANE_Plus_Clinical"),
            start_unknown: self.tagged("cds_start_NF"),
        }
    }
}

/// Without the prefix that tells what kind of thing it is.
fn bare(id: &str) -> &str {
    ["transcript:", "gene:", "CDS:", "rna-", "gene-", "cds-"].iter().find_map(|p| id.strip_prefix(p)).unwrap_or(id)
}

/// GFF3 escapes as URLs do; only what gene symbols can hold is looked for.
fn unescaped(text: &str) -> String {
    text.replace("%2C", ",").replace("%3B", ";").replace("%3D", "=").replace("%20", " ").replace("%25", "%")
}

impl Gathered {
    fn add(&mut self, line: u64, row: &str) -> Result<(), GffError> {
        // The first eight columns have no tabs; some older files have some in the ninth.
        let cells: Vec<&str> = row.splitn(9, '\t').collect();
        let [contig, _, kind, start, end, _, strand, phase, attributes] = cells[..] else {
            return Err(GffError::Columns { line, found: cells.len() });
        };
        let Some(chrom) = Chromosome::from_name(contig.as_bytes()) else { return Ok(()) };
        let part = matches!(
            kind,
            "exon"
                | "CDS"
                | "stop_codon"
                | "five_prime_UTR"
                | "three_prime_UTR"
                | "UTR"
                | "five_prime_utr"
                | "three_prime_utr"
        );
        let attributes = Attributes::of(attributes);
        if !part {
            if let Some(id) = attributes.get("ID") {
                self.named.insert(id.into(), attributes.named());
            }
            return Ok(());
        }
        let place = |column: usize, text: &str| {
            let number = text.parse::<u32>().ok().filter(|n| (1..1 << 30).contains(n));
            number.ok_or_else(|| GffError::Value {
                line,
                column,
                value: text.into(),
                expected: "a place in a chromosome, a whole number from 1 on",
            })
        };
        let span = (place(4, start)?, place(5, end)?);
        if span.0 > span.1 {
            return Err(GffError::Value { line, column: 5, value: end.into(), expected: "at or after the start" });
        }
        let strand = match strand {
            "+" => Strand::Forward,
            "-" => Strand::Reverse,
            _ => return Err(GffError::Value { line, column: 7, value: strand.into(), expected: "`+` or `-`" }),
        };
        for parent in attributes.first(&["Parent", "transcript_id"]).split(',').filter(|p| !p.is_empty()) {
            let parts = self.parts.entry(parent.into()).or_insert_with(|| {
                self.order.push(parent.into());
                Parts { named: attributes.named(), ..Parts::default() }
            });
            parts.mixed |= parts.chrom.is_some_and(|c| c != chrom) || parts.strand.is_some_and(|s| s != strand);
            (parts.chrom, parts.strand) = (Some(chrom), Some(strand));
            match kind {
                "exon" => parts.exons.push(span),
                "CDS" => {
                    parts.coding.push((span.0, span.1, phase.parse().ok().filter(|p| *p < 3).unwrap_or(0)));
                    if parts.protein.is_empty() {
                        parts.protein = bare(attributes.first(&["protein_id", "ID"])).into();
                    }
                }
                "stop_codon" => parts.stop.push(span),
                _ => parts.untranslated.push(span),
            }
        }
        Ok(())
    }

    fn finish(mut self) -> Vec<Transcript> {
        let mut transcripts = Vec::with_capacity(self.order.len());
        for id in std::mem::take(&mut self.order) {
            if let Some(parts) = self.parts.remove(&id) {
                transcripts.extend(self.transcript(&id, parts));
            }
        }
        transcripts
    }

    fn transcript(&self, id: &str, mut parts: Parts) -> Option<Transcript> {
        if parts.mixed {
            return None;
        }
        let own = self.named.get(id).unwrap_or(&parts.named);
        // RefSeq hangs exons on transcripts and these on genes; coding parts of a gene without transcript hang on the gene.
        let gene = self.named.get(&own.parent);
        let strand = parts.strand?;
        parts.coding.sort_unstable();
        let first = if strand == Strand::Forward { parts.coding.first() } else { parts.coding.last() };
        let phase = first.map_or(0, |c| c.2);
        let coding = || parts.coding.iter().map(|c| (c.0, c.1)).chain(parts.stop.iter().copied());
        let cds = coding().map(|c| c.0).min().zip(coding().map(|c| c.1).max()).filter(|_| !parts.coding.is_empty());
        let mut exons = if parts.exons.is_empty() {
            coding().chain(parts.untranslated.iter().copied()).collect()
        } else {
            std::mem::take(&mut parts.exons)
        };
        let exons = merged(&mut exons);
        let (start, end) = (exons.first()?.0, exons.last()?.1);
        if cds.is_some_and(|(first, last)| first < start || last > end) {
            return None;
        }
        let symbol = gene.map_or(&own.symbol, |g| &g.symbol);
        Some(Transcript {
            id: if own.id.is_empty() { bare(id).into() } else { own.id.clone() },
            gene_symbol: symbol.clone(),
            gene_id: gene.map_or_else(|| bare(&own.parent).into(), |g| g.id.clone()),
            chrom: parts.chrom?,
            strand,
            start,
            end,
            cds,
            exons,
            mane: own.select || own.plus,
            details: Details {
                biotype: own.biotype.clone(),
                protein_id: parts.protein,
                padding: (3 - phase) % 3,
                start_unknown: own.start_unknown || phase != 0,
                plus_clinical: own.plus,
            },
        })
    }
}

/// In order, and joined where they touch or overlap.
fn merged(spans: &mut [(u32, u32)]) -> Vec<(u32, u32)> {
    spans.sort_unstable();
    let mut merged: Vec<(u32, u32)> = Vec::with_capacity(spans.len());
    for &mut (start, end) in spans {
        match merged.last_mut() {
            Some(before) if start <= before.1 + 1 => before.1 = before.1.max(end),
            _ => merged.push((start, end)),
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENSEMBL: &str = "##gff-version 3\n\
        1\te\tgene\t1\t900\t.\t-\t.\tID=gene:ENSG1;Name=GENE1;biotype=protein_coding;gene_id=ENSG1;version=3\n\
        1\te\ttranscript\t11\t900\t.\t-\t.\tID=transcript:ENST1;Parent=gene:ENSG1;Name=GENE1-1;biotype=protein_coding;\
        tag=basic,MANE_Select;transcript_id=ENST1;version=5\n\
        1\te\texon\t500\t900\t.\t-\t.\tParent=transcript:ENST1\n\
        1\te\texon\t11\t100\t.\t-\t.\tParent=transcript:ENST1\n\
        1\te\tCDS\t500\t604\t.\t-\t1\tID=CDS:ENSP1;Parent=transcript:ENST1;protein_id=ENSP1\n\
        1\te\tCDS\t50\t100\t.\t-\t0\tID=CDS:ENSP1;Parent=transcript:ENST1;protein_id=ENSP1\n";
    const REFSEQ: &str = "NC_000001.11\tb\tgene\t11\t900\t.\t+\t.\tID=gene-G;gene=G;Name=G\n\
        NC_000001.11\tb\tmRNA\t11\t900\t.\t+\t.\tID=rna-NM_1.2;Parent=gene-G;gbkey=mRNA;gene=G;tag=MANE Select;transcript_id=NM_1.2\n\
        NC_000001.11\tb\texon\t11\t900\t.\t+\t.\tID=exon-1;Parent=rna-NM_1.2;gene=G;transcript_id=NM_1.2\n\
        NC_000001.11\tb\tCDS\t20\t49\t.\t+\t0\tID=cds-NP_1.2;Parent=rna-NM_1.2;protein_id=NP_1.2\n\
        NT_1\tb\texon\t1\t9\t.\t+\t.\tID=exon-9;Parent=rna-NM_9.2\n";
    const GTF: &str = "chr1\th\texon\t11\t900\t.\t+\t.\tgene_id \"E1\"; transcript_id \"T1\"; gene_name \"G\"; transcript_version \"4\";\n\
        chr1\th\tCDS\t20\t49\t.\t+\t0\tgene_id \"E1\"; transcript_id \"T1\"; gene_name \"G\"; protein_id \"P1\";\n\
        chr1\th\tstop_codon\t50\t52\t.\t+\t0\tgene_id \"E1\"; transcript_id \"T1\"; gene_name \"G\";\n";

    #[test]
    fn three_dialects() {
        for (text, id, symbol, cds, exons, padding, mane, protein) in [
            (ENSEMBL, "ENST1.5", "GENE1", (50, 604), 2, 2, true, "ENSP1"),
            (REFSEQ, "NM_1.2", "G", (20, 49), 1, 0, true, "NP_1.2"),
            (GTF, "T1.4", "G", (20, 52), 1, 0, false, "P1"),
        ] {
            let transcripts = read_gff(text.as_bytes()).expect("reads");
            let [t] = &transcripts[..] else { unreachable!("{} transcripts", transcripts.len()) };
            assert_eq!((&*t.id, &*t.gene_symbol, t.cds, t.exons.len()), (id, symbol, Some(cds), exons));
            assert_eq!((t.details.padding, t.mane, &*t.details.protein_id), (padding, mane, protein));
        }
    }

    #[test]
    fn faults_name_the_line() {
        for (text, message) in [
            ("1\te\texon\t5\n", "line 1 has 4 columns"),
            ("#x\n1\te\texon\t0\t9\t.\t+\t.\tParent=t\n", "line 2, column 4: `0` is not a place"),
            ("1\te\texon\t10\t9\t.\t+\t.\tParent=t\n", "line 1, column 5: `9` is not at or after"),
            ("1\te\texon\t1\t9\t.\t?\t.\tParent=t\n", "line 1, column 7: `?` is not `+` or `-`"),
            ("1\te\tgene\t1\t9\t.\t+\t.\tID=g\n", "no exon or coding part"),
        ] {
            let error = read_gff(text.as_bytes()).expect_err("broken").to_string();
            assert!(error.contains(message), "{text:?} gave {error}");
        }
    }
}
