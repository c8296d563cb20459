//! ClinVar's variants of OPA1 on ten transcripts: consequence by VEP 109, sequences and places of the same versions.

use super::patchwork::Patchwork;
use super::tally::Tally;
use anyhow::{Context, Result};
use indgang_genomics::consequence::{Consequence, ConsequenceSet};
use indgang_genomics::effect::Engine;
use indgang_genomics::transcripts::{Change, Details, Strand, Transcript, TranscriptTable};
use indgang_model::{Assembly, Chromosome};
use serde::Deserialize;
use std::collections::HashMap;
use std::path::Path;

#[derive(Deserialize)]
struct Cdot {
    transcripts: HashMap<String, CdotTranscript>,
}

#[derive(Deserialize)]
struct CdotTranscript {
    gene_name: Option<String>,
    protein: Option<String>,
    genome_builds: HashMap<String, Build>,
}

#[derive(Deserialize)]
struct Build {
    contig: String,
    strand: String,
    cds_start: Option<u32>,
    cds_end: Option<u32>,
    exons: Vec<(u32, u32, u32, u32, u32, Option<String>)>,
}

/// The transcripts of a cdot file on GRCh37; those with gaps in their alignment are left out.
pub fn transcripts(text: &str) -> Result<Vec<Transcript>> {
    let cdot: Cdot = serde_json::from_str(text).context("the transcripts are not in the form of cdot")?;
    let one = |(id, mut t): (String, CdotTranscript)| {
        let build = t.genome_builds.remove("GRCh37")?;
        if build.exons.iter().any(|exon| exon.5.is_some()) {
            return None;
        }
        let mut exons: Vec<(u32, u32)> = build.exons.iter().map(|exon| (exon.0 + 1, exon.1)).collect();
        exons.sort_unstable();
        Some(Transcript {
            id: id.into(),
            gene_symbol: t.gene_name.unwrap_or_default().into(),
            gene_id: Box::default(),
            chrom: Chromosome::from_name(build.contig.as_bytes())?,
            strand: if build.strand == "+" { Strand::Forward } else { Strand::Reverse },
            start: exons.first()?.0,
            end: exons.last()?.1,
            cds: build.cds_start.zip(build.cds_end).map(|(start, end)| (start + 1, end)),
            exons,
            mane: false,
            details: Details { protein_id: t.protein.unwrap_or_default().into(), ..Details::default() },
        })
    };
    Ok(cdot.transcripts.into_iter().filter_map(one).collect())
}

/// Names and sequences of a FASTA.
pub fn fasta(text: &str) -> HashMap<&str, Vec<u8>> {
    let mut sequences: HashMap<&str, Vec<u8>> = HashMap::new();
    let mut name = "";
    for line in text.lines() {
        match line.strip_prefix('>') {
            Some(header) => name = header.split_ascii_whitespace().next().unwrap_or(""),
            None => sequences.entry(name).or_default().extend_from_slice(line.trim().as_bytes()),
        }
    }
    sequences
}

/// Most severe consequence on each transcript against VEP's.
pub fn measure(folder: &Path, gene: &str) -> Result<Tally> {
    let read = |name: &str| super::text(&folder.join("brca1_opa1_clinvar_grch37").join(name));
    let all = transcripts(&read("transcripts.cdot.json.gz")?)?;
    let sequences = read(&format!("{gene}.tx.fasta"))?;
    let sequences = fasta(&sequences);
    let mut reference = Patchwork::default();
    for transcript in &all {
        if let Some(sequence) = sequences.get(&*transcript.id) {
            reference.put_transcript(transcript, sequence);
        }
    }
    // The others share their exons.
    let transcripts: Vec<Transcript> = all.into_iter().filter(|t| reference.holds(t)).collect();
    anyhow::ensure!(reference.contradictions == 0, "the transcripts' sequences contradict each other");
    let rows = read(&format!("{gene}.vep109.tsv.gz"))?;
    let rows: Vec<[&str; 3]> = rows.lines().filter_map(|l| l.split('\t').collect::<Vec<_>>().try_into().ok()).collect();
    for [variant, ..] in &rows {
        if let Some((chromosome, position, alleles)) = alleles(variant) {
            reference.put(chromosome, position, alleles.0.as_bytes());
        }
    }
    let table = TranscriptTable::new(transcripts);
    let engine = Engine::new(&table, &reference, Some(Assembly::GRCh37));
    let (mut window, mut effects, mut tally) = (engine.window(), Vec::new(), Tally::default());
    for [variant, accession, terms] in rows {
        let change = alleles(variant).and_then(|(c, p, a)| Some((c, Change::new(p, a.0.as_bytes(), a.1.as_bytes())?)));
        let Some((chromosome, change)) = change else {
            tally.leave_out("alleles that are no sequence");
            continue;
        };
        let theirs: ConsequenceSet =
            terms.split(['&', ',']).filter_map(|t| Consequence::from_term(t.as_bytes())).collect();
        engine.effects(&mut window, chromosome, change, &mut effects);
        let ours = effects.iter().find(|e| e.transcript.is_some_and(|t| &*t.id == accession));
        let Some(ours) = ours else {
            tally.leave_out("a transcript without sequence, or not near");
            continue;
        };
        let (mine, yours) = (ours.most_severe(), theirs.most_severe().unwrap_or(Consequence::Sequence));
        let class = || format!("{mine}, VEP {yours}");
        tally.add(mine == yours, class, || format!("{variant} {accession} {} / {theirs}", ours.consequences));
    }
    Ok(tally)
}

/// `3-193310587-A-C`.
fn alleles(variant: &str) -> Option<(Chromosome, u32, (&str, &str))> {
    let cells: Vec<&str> = variant.split('-').collect();
    let [chromosome, position, reference, alternate] = cells[..] else { return None };
    Some((Chromosome::from_name(chromosome.as_bytes())?, position.parse().ok()?, (reference, alternate)))
}
