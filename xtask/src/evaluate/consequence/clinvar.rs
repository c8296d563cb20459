//! ClinVar's variants with VEP's answers over the whole genome (GRCh37), on the RefSeq transcripts of hg19.
//!
//! No genome is staged. The reference is put together of what the data themselves say of it: the reference alleles, the
//! reference half of VEP's codons, and stretches of chromosomes staged for other ends. What would need more is left out, by reason.

use super::patchwork::Patchwork;
use super::tally::Tally;
use anyhow::{Context, Result};
use indgang_genomics::consequence::{Consequence, ConsequenceSet};
use indgang_genomics::effect::{Engine, Messenger};
use indgang_genomics::reference::complement;
use indgang_genomics::transcripts::{Change, Strand, Transcript, TranscriptTable, parse_refseq_bed12};
use indgang_model::{Assembly, Chromosome};
use std::collections::HashMap;
use std::path::Path;

/// One line of VEP's answers.
struct Row<'a> {
    chromosome: Chromosome,
    position: u32,
    reference: &'a str,
    alternate: &'a str,
    accession: &'a str,
    terms: ConsequenceSet,
    hgvs_c: &'a str,
    hgvs_p: &'a str,
    codons: &'a str,
    protein_start: &'a str,
}

fn rows(text: &str) -> Vec<Row<'_>> {
    let one = |line| {
        let cells: Vec<&str> = str::split(line, '\t').collect();
        Some(Row {
            chromosome: Chromosome::from_name(cells.first()?.as_bytes())?,
            position: cells.get(1)?.parse().ok()?,
            reference: cells.get(2)?,
            alternate: cells.get(3)?,
            accession: cells.get(4)?.split('.').next()?,
            terms: cells.get(5)?.split('|').filter_map(|t| Consequence::from_term(t.as_bytes())).collect(),
            hgvs_c: cells.get(7)?,
            hgvs_p: cells.get(8)?,
            codons: cells.get(12)?,
            protein_start: cells.get(9)?,
        })
    };
    text.lines().filter(|l| !l.starts_with('#')).filter_map(one).collect()
}

/// Most severe consequence, HGVS c. and HGVS p.
pub fn measure(folder: &Path) -> Result<[Tally; 3]> {
    let bed = super::text(&folder.join("../transcripts/refseq_hg19.bed12.gz"))?;
    let transcripts = parse_refseq_bed12(bed.as_bytes()).context("the transcripts of hg19")?;
    let table = TranscriptTable::new(transcripts);
    let text = super::text(&folder.join("vep_rest_clinvar.dev.grch37.tsv.gz"))?;
    let rows = rows(&text);
    let mut by_name: HashMap<&str, Vec<&Transcript>> = HashMap::new();
    table.transcripts().iter().for_each(|t| by_name.entry(&t.id).or_default().push(t));
    let reference = reference(folder, &rows, &by_name)?;
    println!("reference from the data: {} contradictions", reference.contradictions);
    let engine = Engine::new(&table, &reference, Some(Assembly::GRCh37));
    let (mut window, mut effects) = (engine.window(), Vec::new());
    let mut tallies = [Tally::default(), Tally::default(), Tally::default()];
    for row in &rows {
        let Some(change) = Change::new(row.position, row.reference.as_bytes(), row.alternate.as_bytes()) else {
            continue;
        };
        engine.effects(&mut window, row.chromosome, change, &mut effects);
        let ours = effects.iter().find(|e| e.transcript.is_some_and(|t| &*t.id == row.accession));
        let theirs = row.terms.most_severe().unwrap_or(Consequence::Sequence);
        let [terms, c, p] = &mut tallies;
        let Some(ours) = ours else {
            terms.leave_out("the transcript is not in the table, or lies elsewhere");
            continue;
        };
        let unknown = ours.coding.as_ref().is_some_and(|coding| coding.peptides.0.contains(&b'X'));
        let mine = ours.most_severe();
        let name = format!("{}-{}-{}-{}", row.chromosome, row.position, row.reference, row.alternate);
        let example = || format!("{name} {} {} / {}", row.accession, ours.consequences, row.terms);
        if unknown && mine != theirs {
            terms.leave_out("the codon's bases are not at hand");
        } else {
            terms.add(mine == theirs, || format!("{mine}, VEP {theirs}"), example);
        }
        compare_c(c, ours.hgvs_c.as_deref(), ours.open, row, &name);
        compare_p(p, ours.hgvs_p.as_deref(), unknown || ours.open, row, &name);
    }
    Ok(tallies)
}

fn compare_c(tally: &mut Tally, ours: Option<&str>, open: bool, row: &Row<'_>, name: &str) {
    let Some((_, theirs)) = row.hgvs_c.split_once(':') else {
        if ours.is_some() {
            tally.leave_out("VEP gives none");
        }
        return;
    };
    let mine = ours.unwrap_or("");
    if mine != theirs && row.reference.len() == 1 && row.alternate.len() == 1 {
        // One base for another leaves no choice of place: only the numbers can differ.
        return tally.leave_out("the table has another version of the transcript, which counts otherwise");
    }
    if open && mine != theirs {
        return tally.leave_out("the bases beside, which place it, are not at hand");
    }
    tally.add(mine == theirs, || kind(theirs), || format!("{name} {mine} / {}:{theirs}", row.accession));
}

fn compare_p(tally: &mut Tally, ours: Option<&str>, unknown: bool, row: &Row<'_>, name: &str) {
    let Some((_, theirs)) = row.hgvs_p.split_once(':') else { return };
    let theirs = theirs.replace("%3D", "=");
    // Ours stands in parentheses, being predicted; VEP leaves them out.
    let mine = ours.unwrap_or("").replace(['(', ')'], "");
    if mine != theirs && (unknown || mine == "p.?" || mine.contains("Xaa") || mine.contains("Ter?")) {
        return tally.leave_out("the protein's bases are not at hand");
    }
    tally.add(mine == theirs, || kind(&theirs), || format!("{name} {mine} / {theirs}"));
}

/// What kind of description it is.
fn kind(hgvs: &str) -> String {
    let words = ["delins", "dup", "del", "ins", "inv", "fs", "ext", "Ter", "="];
    let found = words.iter().find(|word| hgvs.contains(**word)).copied().unwrap_or("substitution");
    found.to_owned()
}

fn reference(folder: &Path, rows: &[Row<'_>], by_name: &HashMap<&str, Vec<&Transcript>>) -> Result<Patchwork> {
    let mut reference = Patchwork::default();
    for row in rows {
        reference.put(row.chromosome, row.position, row.reference.as_bytes());
    }
    let pairs = super::text(&folder.join("clinvar_grch37_grch38_pairs.tsv.gz"))?;
    for line in pairs.lines().filter(|l| !l.starts_with('#')) {
        let cells: Vec<&str> = line.split('\t').collect();
        if let [_, _, _, chromosome, position, bases, ..] = cells[..]
            && let (Some(chromosome), Ok(position)) =
                (Chromosome::from_name(chromosome.as_bytes()), position.parse::<u32>())
        {
            reference.put(chromosome, position, bases.as_bytes());
        }
    }
    for row in rows {
        for transcript in by_name.get(row.accession).into_iter().flatten().filter(|t| t.chrom == row.chromosome) {
            codons(&mut reference, transcript, row);
        }
    }
    Ok(reference)
}

/// The reference half of VEP's codons at their places; the capitals must be the reference allele's own bases.
fn codons(reference: &mut Patchwork, transcript: &Transcript, row: &Row<'_>) {
    let Some((before, _)) = row.codons.split_once('/').or(Some((row.codons, ""))).filter(|(b, _)| !b.is_empty()) else {
        return;
    };
    let Some(change) = Change::new(row.position, row.reference.as_bytes(), row.alternate.as_bytes()) else { return };
    let messenger = Messenger::new(transcript, None);
    let (Some(edit), Some(coding)) = (messenger.edit(transcript, change), messenger.coding()) else { return };
    let Some(at) = edit.start.checked_sub(coding.start).filter(|_| edit.end <= coding.end) else { return };
    // The table's transcript must count codons as VEP's version of it does.
    if row.protein_start.parse() != Ok(at / 3 + 1) || before.len() % 3 != 0 || before == "-" {
        return;
    }
    let taken: String = before.chars().filter(char::is_ascii_uppercase).collect();
    if edit.start < edit.end && taken.as_bytes() != messenger.read_along(change.deleted) {
        return;
    }
    let first = coding.start + at / 3 * 3;
    let mut places = HashMap::new();
    for &(start, end) in &transcript.exons {
        for position in start..=end {
            if let Some(base) =
                messenger.base_at(transcript, position).filter(|b| (first..first + before.len() as u32).contains(b))
            {
                places.insert(base, position);
            }
        }
    }
    for (base, letter) in (first..).zip(before.bytes()) {
        if let Some(position) = places.get(&base) {
            let letter = letter.to_ascii_uppercase();
            let letter = if transcript.strand == Strand::Reverse { complement(letter) } else { letter };
            reference.put(row.chromosome, *position, &[letter]);
        }
    }
}
