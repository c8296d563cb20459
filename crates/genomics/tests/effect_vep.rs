//! ClinVar's variants of OPA1 on ten transcripts against Ensembl VEP 109: sequences and places are of the versions VEP used.

use indgang_genomics::consequence::{Consequence, ConsequenceSet};
use indgang_genomics::effect::Engine;
use indgang_genomics::reference::Fasta;
use indgang_genomics::transcripts::{Change, TranscriptTable, read_gff};
use std::collections::{BTreeSet, HashMap};
use std::io::Read as _;

/// Where the most severe consequence is another than VEP's on some transcript, and why.
const DIFFERENCES: &[(&str, &str)] =
    &[("3-193380755-AT-GTAAC", "both the fourth and the fifth base of the intron change; VEP names the fourth alone")];

#[test]
fn most_severe_consequence_equals_vep() {
    let transcripts = read_gff(&include_bytes!("data/consequence/opa1.gff3")[..]).expect("a GFF3");
    assert_eq!(transcripts.len(), 10);
    let mut sequences: HashMap<&str, String> = HashMap::new();
    let mut name = "";
    for line in include_str!("data/consequence/opa1.tx.fasta").lines() {
        match line.strip_prefix('>') {
            Some(id) => name = id.trim(),
            None => sequences.entry(name).or_default().push_str(line.trim()),
        }
    }
    let first = transcripts.iter().map(|t| t.start).min().expect("a transcript") - 5_000;
    let last = transcripts.iter().map(|t| t.end).max().expect("a transcript") + 5_000;
    // Between exons the bases are unknown; the variants' own are put in.
    let mut bases = vec![b'N'; (last - first + 1) as usize];
    for transcript in &transcripts {
        let Some(mut rest) = sequences.get(&*transcript.id).map(String::as_bytes) else { continue };
        for (start, end) in &transcript.exons {
            let (exon, after) = rest.split_at((end - start + 1) as usize);
            bases[(start - first) as usize..=(end - first) as usize].copy_from_slice(exon);
            rest = after;
        }
    }
    let mut rows = String::new();
    let packed = &include_bytes!("data/consequence/opa1.vep109.tsv.gz")[..];
    flate2::read::MultiGzDecoder::new(packed).read_to_string(&mut rows).expect("gzip");
    let rows: Vec<Vec<&str>> = rows.lines().map(|l| l.split(['\t', '-']).collect()).collect();
    for row in &rows {
        let at = (row[1].parse::<u32>().expect("a position") - first) as usize;
        bases[at..at + row[2].len()].copy_from_slice(row[2].as_bytes());
    }
    let text = format!(">3:{first}-{last}\n{}\n", String::from_utf8(bases).expect("letters"));
    let reference = Fasta::read(text.as_bytes()).expect("a FASTA");
    let table = TranscriptTable::new(transcripts);
    let engine = Engine::new(&table, &reference, None);
    let (mut window, mut effects, mut differ) = (engine.window(), Vec::new(), BTreeSet::new());
    for row in &rows {
        let [chromosome, position, old, new, accession, terms] = row[..] else { unreachable!("{row:?}") };
        let vep: ConsequenceSet = terms.split('&').filter_map(|t| Consequence::from_term(t.as_bytes())).collect();
        let change = Change::new(position.parse().expect("a position"), old.as_bytes(), new.as_bytes());
        let chromosome = chromosome.parse().expect("a chromosome");
        engine.effects(&mut window, chromosome, change.expect("a change"), &mut effects);
        let ours = effects.iter().find(|e| e.transcript.is_some_and(|t| &*t.id == accession)).expect("near");
        if Some(ours.most_severe()) != vep.most_severe() {
            differ.insert([chromosome.to_string().as_str(), position, old, new].join("-"));
        }
    }
    assert_eq!(rows.len(), 11_250);
    let known: BTreeSet<String> = DIFFERENCES.iter().map(|(variant, _)| (*variant).to_owned()).collect();
    assert_eq!(differ, known);
}
