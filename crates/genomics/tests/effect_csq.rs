//! Tests of bcftools csq: its gene annotations, sequences and variants, and what it says of them.

use indgang_genomics::consequence::{Consequence, ConsequenceSet};
use indgang_genomics::effect::Engine;
use indgang_genomics::effect::haplotype::{self, Allele, Strand};
use indgang_genomics::reference::Fasta;
use indgang_genomics::transcripts::{Change, TranscriptTable, read_gff};
use std::collections::BTreeSet;
use std::path::Path;

/// Where the most severe consequence is another than csq's, and why.
const DIFFERENCES: &[(&str, &str)] = &[(
    "ENST00000227471 6609 A>AG",
    "csq: splice site of an intron of two bases; here, as in VEP, no intron: frameshift",
)];

#[test]
fn most_severe_consequence_equals_csq() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/csq");
    let mut names: Vec<String> = std::fs::read_dir(&folder)
        .expect("the folder")
        .map(|entry| entry.expect("an entry").file_name().into_string().expect("a name"))
        .filter(|name| name.ends_with(".vcf"))
        .collect();
    names.sort();
    let (mut compared, mut differ) = (0, BTreeSet::new());
    for name in &names {
        let gene = name.split('.').next().expect("a gene");
        let read = |end: &str| std::fs::read_to_string(folder.join(format!("{gene}.{end}"))).expect("a file");
        // The second word of the FASTA's name tells where the piece was cut out; places count from 1 all the same.
        let fasta: String = read("fa").lines().flat_map(|l| [l.split(' ').next().unwrap_or(""), "\n"]).collect();
        let reference = Fasta::read(fasta.as_bytes()).expect("a FASTA");
        let table = TranscriptTable::new(read_gff(read("gff").as_bytes()).expect("a GFF3"));
        let engine = Engine::new(&table, &reference, None);
        let vcf = std::fs::read_to_string(folder.join(name)).expect("a VCF");
        let rows: Vec<Vec<&str>> =
            vcf.lines().filter(|l| !l.starts_with('#')).map(|l| l.split('\t').collect()).collect();
        let (mut window, mut effects, mut members) = (engine.window(), Vec::new(), Vec::new());
        for round in 0..2 {
            // First what each is and what they are together, then the comparison.
            let compounds = (round == 1).then(|| haplotype::combine(&engine, std::mem::take(&mut members)));
            for (line, row) in rows.iter().enumerate() {
                let chromosome = row[0].trim_start_matches("chr").parse().expect("a chromosome");
                let position: u32 = row[1].parse().expect("a position");
                let Some(change) = Change::new(position, row[3].as_bytes(), row[4].as_bytes()) else { continue };
                let allele = Allele { line: line as u64, alternate: 1 };
                engine.effects(&mut window, chromosome, change, &mut effects);
                let Some(compounds) = &compounds else {
                    let on = [Strand::Both(0)];
                    haplotype::members(&engine, (allele, position), change, &effects, &on, &mut members);
                    continue;
                };
                let expected = row[7].split(';').find_map(|e| e.strip_prefix("EXP=")).unwrap_or("");
                for (transcript, theirs) in by_transcript(expected) {
                    let equal = effects
                        .iter()
                        .filter(|e| {
                            e.transcript
                                .is_some_and(|t| [&*t.gene_symbol, &t.id].iter().any(|id| id.starts_with(&transcript)))
                        })
                        .flat_map(|e| {
                            let together = e.place.into_iter().flat_map(|p| compounds.of(allele, p));
                            std::iter::once(e.consequences).chain(together.map(|c| c.consequences))
                        })
                        .any(|ours| fold(ours) == fold(theirs));
                    compared += 1;
                    if !equal {
                        differ.insert(format!("{gene} {position} {}>{}", row[3], row[4]));
                    }
                }
            }
        }
    }
    assert!(compared >= 25, "{compared}");
    let known: BTreeSet<String> = DIFFERENCES.iter().map(|(variant, _)| (*variant).to_owned()).collect();
    assert_eq!(differ, known);
}

/// csq's terms by transcript, or by gene where it names none; entries that point at another line say nothing themselves.
fn by_transcript(text: &str) -> Vec<(String, ConsequenceSet)> {
    let mut all: Vec<(String, ConsequenceSet)> = Vec::new();
    for entry in text.split(',').filter(|e| e.contains('|')) {
        let cells: Vec<&str> = entry.split('|').collect();
        let name = if cells[2].is_empty() { cells[1] } else { cells[2] };
        let set = cells[0].split('&').filter_map(|t| Consequence::from_term(t.as_bytes())).collect();
        match all.iter_mut().find(|(known, _)| known == name) {
            Some((_, known)) => *known = known.union(set),
            None => all.push((name.to_owned(), set)),
        }
    }
    all
}

/// csq has one term for the splice region where the ontology now has four; the tract reaches further than csq's region.
fn fold(set: ConsequenceSet) -> Option<Consequence> {
    use Consequence as C;
    let one = |term| match term {
        C::SpliceDonorFifthBase | C::SpliceDonorRegion => C::SpliceRegion,
        C::SplicePolypyrimidineTract => C::Intron,
        other => other,
    };
    set.iter().map(one).collect::<ConsequenceSet>().most_severe()
}
