//! The test files of bcftools csq: gene annotation, sequence, variants, and what csq says of them.

use super::tally::Tally;
use anyhow::{Context, Result};
use indgang_genomics::consequence::{Consequence, ConsequenceSet};
use indgang_genomics::effect::Engine;
use indgang_genomics::effect::haplotype::{self, Allele, Strand};
use indgang_genomics::reference::Fasta;
use indgang_genomics::transcripts::{Change, TranscriptTable, read_gff};
use indgang_model::Chromosome;
use std::collections::BTreeMap;

/// The most severe term on each transcript that csq names, against ours: of the variant, or of the haplotype where csq
/// reads several together. Without samples csq takes a file as one haplotype, and so does this.
pub fn measure(files: &BTreeMap<String, Vec<u8>>) -> Result<Tally> {
    let mut tally = Tally::default();
    for (name, gff) in files.iter().filter(|(name, _)| name.ends_with(".gff")) {
        let (folder, own) = name.rsplit_once('/').context("a file in a folder")?;
        let Ok(transcripts) = read_gff(&gff[..]) else {
            tally.leave_out("the sequence is of another species: no human chromosome in the annotation");
            continue;
        };
        let fasta = files.iter().find(|(n, _)| n.starts_with(folder) && n.ends_with(".fa"));
        // The name's second word is where the piece was cut out; places in the file count from 1.
        let text = String::from_utf8_lossy(fasta.context("a FASTA")?.1).into_owned();
        let text: String = text.lines().flat_map(|l| [l.split_whitespace().next().unwrap_or(""), "\n"]).collect();
        let reference = Fasta::read(text.as_bytes())?;
        let table = TranscriptTable::new(transcripts);
        let engine = Engine::new(&table, &reference, None);
        let slips = own.starts_with("ribosomal");
        for (name, vcf) in files.iter().filter(|(n, _)| n.starts_with(folder) && n.ends_with(".vcf")) {
            if slips != name.contains("ribosomal") {
                continue;
            }
            let expected = expected(files, folder, name, vcf);
            one_file(&mut tally, &engine, name, vcf, &expected);
        }
    }
    Ok(tally)
}

/// By position and alternate: csq's text.
type Expected = BTreeMap<(u32, String), String>;

/// From INFO/EXP, else from the `.cmd.out` beside the file, whose tables follow the order of the files' names.
fn expected(files: &BTreeMap<String, Vec<u8>>, folder: &str, name: &str, vcf: &[u8]) -> Expected {
    let mut found = Expected::new();
    for cells in lines(vcf) {
        let exp = cells.get(7).and_then(|info| info.split(';').find_map(|e| e.strip_prefix("EXP=")));
        if let (Some(exp), Ok(position)) = (exp, cells[1].parse()) {
            found.insert((position, cells[4].clone()), exp.to_owned());
        }
    }
    if !found.is_empty() {
        return found;
    }
    let own: Vec<(u32, String)> =
        lines(vcf).into_iter().filter_map(|c| Some((c[1].parse().ok()?, c[4].clone()))).collect();
    let outs = files.iter().filter(|(n, _)| n.starts_with(folder) && n.ends_with(".cmd.out"));
    for (out_name, out) in outs {
        // One command's output may hold several files' tables, with an empty line between.
        for table in String::from_utf8_lossy(out).split("\n\n") {
            let rows: Vec<Vec<&str>> = table.lines().map(|l| l.split('\t').collect()).collect();
            let keys: Vec<(u32, String)> =
                rows.iter().filter_map(|r| Some((r.first()?.parse().ok()?, (*r.get(2)?).to_owned()))).collect();
            let stem = out_name.rsplit('/').next().unwrap_or("").split('.').next().unwrap_or("");
            if keys == own && name.contains(stem.trim_end_matches(char::is_numeric)) {
                found.extend(rows.iter().zip(keys).filter_map(|(r, k)| Some((k, (*r.get(3)?).to_owned()))));
            }
        }
    }
    found
}

fn lines(vcf: &[u8]) -> Vec<Vec<String>> {
    let text = String::from_utf8_lossy(vcf);
    let rows = text.lines().filter(|l| !l.starts_with('#') && !l.is_empty());
    rows.map(|l| l.split('\t').map(str::to_owned).collect()).collect()
}

fn one_file(tally: &mut Tally, engine: &Engine<'_>, name: &str, vcf: &[u8], expected: &Expected) {
    let rows = lines(vcf);
    let (mut window, mut effects, mut members) = (engine.window(), Vec::new(), Vec::new());
    let changes: Vec<Option<(Chromosome, Change<'_>)>> = rows
        .iter()
        .map(|cells| {
            let chromosome = Chromosome::from_name(cells[0].as_bytes())?;
            Some((chromosome, Change::new(cells[1].parse().ok()?, cells[3].as_bytes(), cells[4].as_bytes())?))
        })
        .collect();
    for (line, change) in changes.iter().enumerate() {
        let Some((chromosome, change)) = change else { continue };
        engine.effects(&mut window, *chromosome, *change, &mut effects);
        let allele = Allele { line: line as u64, alternate: 1 };
        haplotype::members(engine, (allele, change.start), *change, &effects, &[Strand::Both(0)], &mut members);
    }
    let compounds = haplotype::combine(engine, members);
    for (line, (cells, change)) in rows.iter().zip(&changes).enumerate() {
        let Ok(position) = cells[1].parse::<u32>() else { continue };
        let Some(text) = expected.get(&(position, cells[4].clone())) else {
            tally.leave_out("no expectation in the file");
            continue;
        };
        let file = name.rsplit("csq/").next().unwrap_or(name);
        let place = format!("{file} {position} {}>{}", cells[3], cells[4]);
        let allele = Allele { line: line as u64, alternate: 1 };
        let Some((chromosome, change)) = change else {
            tally.add(text == ".", || "csq says something of what is no variant".into(), || format!("{place} {text}"));
            continue;
        };
        engine.effects(&mut window, *chromosome, *change, &mut effects);
        if text == "." {
            // csq says nothing outside genes, nor of introns' inner part where the file shows transcripts' lines only.
            let most = effects.iter().map(|e| e.most_severe()).min().unwrap_or(Consequence::Sequence);
            let mild = most >= Consequence::FivePrimeUtr || most == Consequence::SplicePolypyrimidineTract;
            tally.add(mild, || format!("{most}, csq nothing"), || place.clone());
            continue;
        }
        for (accession, theirs) in by_transcript(text) {
            let wanted = |id: &str| {
                accession.is_empty() || id.split('.').next() == Some(&accession) || id.starts_with(&accession)
            };
            let of_transcript =
                effects.iter().filter(|e| e.transcript.is_some_and(|t| wanted(&t.id) || wanted(&t.gene_symbol)));
            let mine: Vec<ConsequenceSet> = of_transcript
                .flat_map(|e| {
                    let together = e.place.into_iter().flat_map(|p| compounds.of(allele, p)).map(|c| c.consequences);
                    std::iter::once(e.consequences).chain(together.collect::<Vec<_>>())
                })
                .collect();
            let equal = mine.iter().any(|set| same(*set, theirs));
            let shown: Vec<String> = mine.iter().map(ToString::to_string).collect();
            let class = || format!("csq {theirs}");
            tally.add(equal, class, || format!("{place} {accession} ours {}", shown.join(" or ")));
        }
    }
}

/// csq's entries, joined by transcript; an entry that points at another line says nothing by itself.
fn by_transcript(text: &str) -> BTreeMap<String, ConsequenceSet> {
    let mut found: BTreeMap<String, ConsequenceSet> = BTreeMap::new();
    for entry in text.split(',').filter(|e| !e.starts_with('@')) {
        let cells: Vec<&str> = entry.split('|').collect();
        let terms = cells[0].split('&').filter_map(|t| Consequence::from_term(t.trim_start_matches('*').as_bytes()));
        let set = found.entry(cells.get(2).copied().unwrap_or("").to_owned()).or_default();
        *set = set.union(terms.collect());
    }
    found
}

/// Equal in what is most severe. csq has one term for the splice region where the ontology now has four, and one
/// (`inframe_altering`) beside missense.
fn same(ours: ConsequenceSet, theirs: ConsequenceSet) -> bool {
    use Consequence as C;
    let fold = |set: ConsequenceSet| {
        let one = |term| match term {
            C::SpliceDonorFifthBase | C::SpliceDonorRegion | C::SplicePolypyrimidineTract => C::SpliceRegion,
            other => other,
        };
        let set: ConsequenceSet = set.iter().map(one).collect();
        set.most_severe()
    };
    let (ours_most, theirs_most) = (fold(ours), fold(theirs));
    // The tract reaches further than csq's region: there csq says intron.
    let tract = ours_most == Some(C::SpliceRegion)
        && theirs_most == Some(C::Intron)
        && !ours.contains(C::SpliceRegion)
        && !ours.contains(C::SpliceDonorRegion)
        && !ours.contains(C::SpliceDonorFifthBase);
    ours_most == theirs_most || tract
}
