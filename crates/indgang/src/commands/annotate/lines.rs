//! The lines of the annotated file.

use indgang_genomics::effect::haplotype::{self, Allele, Compounds, Member};
use indgang_genomics::effect::text::{self, COLUMNS, Named};
use indgang_genomics::effect::{Effect, Engine, vrs};
use indgang_genomics::reference::Window;
use indgang_genomics::transcripts::Change;
use indgang_genomics::vcf::{Header, Packer, Record, VcfError};
use indgang_model::Chromosome;
use std::collections::HashMap;
use std::fmt::Write as _;

/// What is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Form {
    /// VCF with the INFO field CSQ.
    Vcf,
    /// JSON lines.
    Jsonl,
}

/// How many alternates.
#[derive(Debug, Clone, Copy, Default)]
pub struct Counts {
    pub annotated: u64,
    pub set_aside: u64,
}

impl Counts {
    pub fn add(&mut self, other: Self) {
        self.annotated += other.annotated;
        self.set_aside += other.set_aside;
    }
}

/// What all blocks share.
pub struct Lines<'a> {
    pub engine: &'a Engine<'a>,
    pub compounds: &'a Compounds,
    pub digests: &'a HashMap<Chromosome, String>,
    pub form: Form,
    pub compressed: bool,
}

/// The lines of one block.
pub struct Block<'a> {
    window: Window<'a>,
    effects: Vec<Effect<'a>>,
    field: Vec<u8>,
    plain: Vec<u8>,
    packer: Option<Packer>,
    counts: Counts,
    fault: Option<String>,
}

impl<'a> Block<'a> {
    pub fn new(lines: &Lines<'a>) -> Self {
        Self {
            window: lines.engine.window(),
            effects: Vec::new(),
            field: Vec::new(),
            plain: Vec::new(),
            packer: lines.compressed.then(Packer::default),
            counts: Counts::default(),
            fault: None,
        }
    }

    /// The bytes of the file, the counts, and what is wrong with a line.
    pub fn finish(self) -> (Vec<u8>, Counts, Option<String>) {
        (self.packer.map_or(self.plain, Packer::finish), self.counts, self.fault)
    }

    fn flush(&mut self) {
        if let Some(packer) = &mut self.packer {
            packer.push(&self.plain);
            self.plain.clear();
        }
    }
}

impl<'a> Lines<'a> {
    /// The header with the field's definition; nothing for JSON.
    pub fn header(&self, header: &Header, made_by: &str) -> Vec<u8> {
        if self.form == Form::Jsonl {
            return Vec::new();
        }
        let mut text = String::new();
        for meta in header.meta.iter().filter(|m| !m.starts_with("INFO=<ID=CSQ,") && !m.starts_with("indgang=")) {
            let _ = writeln!(text, "##{meta}");
        }
        let _ = writeln!(text, "##indgang=\"{made_by}\"");
        let _ = writeln!(
            text,
            "##INFO=<ID=CSQ,Number=.,Type=String,Description=\"Consequence annotations from indgang. Format: {COLUMNS}\">"
        );
        text.push_str("#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO");
        if header.columns > 8 {
            text.push_str("\tFORMAT");
        }
        header.samples.iter().for_each(|sample| text.extend(["\t", sample]));
        text.push('\n');
        if !self.compressed {
            return text.into_bytes();
        }
        let mut packer = Packer::default();
        packer.push(text.as_bytes());
        packer.finish()
    }

    /// Annotates one line.
    pub fn add(&self, block: &mut Block<'a>, record: &Record<'_>) -> Result<(), VcfError> {
        if block.fault.is_some() {
            return Ok(());
        }
        if let Some(fault) = mismatch(&mut block.window, record) {
            block.fault = Some(fault);
            return Ok(());
        }
        block.field.clear();
        for (at, alternate) in record.alternates_raw().split(|b| *b == b',').enumerate() {
            let change = record.chromosome().zip(change(record, alternate));
            let Some((chromosome, change)) = change else {
                block.counts.set_aside += u64::from(alternate != b"." && alternate != b"*");
                continue;
            };
            block.counts.annotated += 1;
            self.engine.effects(&mut block.window, chromosome, change, &mut block.effects);
            let hgvs_g = self.engine.hgvs_g(&mut block.window, chromosome, change);
            let refget = self.digests.get(&chromosome);
            // A structural deletion names no bases, so it has no allele of VRS.
            let refget = refget.filter(|_| !alternate.starts_with(b"<"));
            let vrs = refget.and_then(|refget| vrs::allele(&mut block.window, refget, chromosome, change));
            let named = Named {
                allele: Some(Allele { line: record.line_number(), alternate: at as u16 + 1 }),
                written: text::written(record.reference(), alternate),
                hgvs_g: hgvs_g.as_deref(),
                vrs: vrs.as_deref(),
            };
            if self.form == Form::Vcf {
                if !block.field.is_empty() {
                    block.field.push(b',');
                }
                text::write_entries(&mut block.field, named, &block.effects, Some(self.compounds));
            } else {
                let [name, reference, alternate] = [record.chromosome_name(), record.reference(), alternate]
                    .map(|bytes| String::from_utf8_lossy(bytes).into_owned());
                let place = (name.as_str(), record.position(), reference.as_str(), alternate.as_str());
                let row = text::Row::new(place, named, &block.effects, Some(self.compounds));
                // INVARIANT: a row has no map with other keys than text, so that it always is JSON.
                serde_json::to_writer(&mut block.plain, &row).expect("a row is JSON");
                block.plain.push(b'\n');
            }
        }
        if self.form == Form::Vcf {
            write_line(&mut block.plain, record, &block.field);
        }
        block.flush();
        Ok(())
    }
}

/// The line with the field in place of one it may have had.
fn write_line(out: &mut Vec<u8>, record: &Record<'_>, field: &[u8]) {
    let info = record.info_raw();
    let line = record.text();
    // INFO is a part of the line: where it begins is told by their places.
    let before: usize = line.split(|b| *b == b'\t').take(7).map(|column| column.len() + 1).sum();
    out.extend_from_slice(&line[..before]);
    let start = out.len();
    for entry in info.split(|b| *b == b';').filter(|e| !e.starts_with(b"CSQ=") && *e != b"." && !e.is_empty()) {
        if out.len() > start {
            out.push(b';');
        }
        out.extend_from_slice(entry);
    }
    if !field.is_empty() {
        out.extend_from_slice(if out.len() > start { b";CSQ=" } else { b"CSQ=" });
        out.extend_from_slice(field);
    }
    if out.len() == start {
        out.push(b'.');
    }
    out.extend_from_slice(&line[before + info.len()..]);
    out.push(b'\n');
}

/// The change of one alternate; `None` for what is no sequence, structural deletions apart.
fn change<'r>(record: &Record<'r>, alternate: &'r [u8]) -> Option<Change<'r>> {
    if alternate == b"<DEL>" {
        let end = record.info("END").and_then(|end| std::str::from_utf8(end).ok()?.parse().ok())?;
        return (end > record.position()).then(|| Change::deletion(record.position() + 1, end));
    }
    Change::new(record.position(), record.reference(), alternate)
}

/// What is wrong when the reference allele is not what the genome has there.
fn mismatch(window: &mut Window<'_>, record: &Record<'_>) -> Option<String> {
    let chromosome = record.chromosome()?;
    let reference = record.reference();
    let found = window.bases(chromosome, record.position().max(1), reference.len() as u32);
    let shown = |bases: &[u8]| String::from_utf8_lossy(&bases[..bases.len().min(40)]).into_owned();
    let place = format!(
        "line {}: {}:{}",
        record.line_number(),
        String::from_utf8_lossy(record.chromosome_name()),
        record.position()
    );
    let Some(found) = found else {
        return Some(format!(
            "{place}: the reference genome does not hold this place; give the FASTA the file was called on"
        ));
    };
    let differs = |(a, b): (&u8, &u8)| {
        let is_base = |b: u8| matches!(b, b'A' | b'C' | b'G' | b'T');
        let a = a.to_ascii_uppercase();
        a != *b && is_base(a) && is_base(*b)
    };
    reference.iter().zip(found).any(differs).then(|| {
        format!(
            "{place}: REF is `{}`, the reference genome has `{}` there; is the FASTA of the same build as the VCF? (`bcftools norm --check-ref w` lists every such line)",
            shown(reference),
            shown(found)
        )
    })
}

/// Adds the coding changes of a line with the haplotypes that carry them.
pub fn members(
    engine: &Engine<'_>,
    window: &mut Window<'_>,
    record: &Record<'_>,
    columns: &[Option<usize>],
    members: &mut Vec<Member>,
) -> Result<(), VcfError> {
    let Some(chromosome) = record.chromosome() else { return Ok(()) };
    let (mut calls, mut effects) = (Vec::new(), Vec::new());
    for (at, alternate) in record.alternates_raw().split(|b| *b == b',').enumerate() {
        let Some(change) = Change::new(record.position(), record.reference(), alternate) else { continue };
        if !haplotype::may_be_coding(engine, chromosome, change) {
            continue;
        }
        if !columns.is_empty() {
            record.calls(at + 1, columns, &mut calls)?;
        }
        let on = haplotype::strands(&calls, columns.is_empty());
        if !on.is_empty() {
            let allele = Allele { line: record.line_number(), alternate: at as u16 + 1 };
            engine.effects(window, chromosome, change, &mut effects);
            haplotype::members(engine, (allele, record.position()), change, &effects, &on, members);
        }
    }
    Ok(())
}
