//! Gene names for transcripts that come without.

use super::{Strand, Transcript};
use indgang_model::Chromosome;
use std::collections::HashMap;

/// Names the transcripts without a gene symbol from those with one that share an intron or an exon exactly, on the same
/// strand; sharing with two genes (a read-through) names nothing. Repeats until nothing new is learnt.
/// Returns how many were named.
pub fn propagate_genes(transcripts: &mut [Transcript]) -> usize {
    let mut total = 0;
    loop {
        let named = propagate_once(transcripts);
        total += named;
        if named == 0 {
            return total;
        }
    }
}

type Part = (Chromosome, Strand, u32, u32);

fn propagate_once(transcripts: &mut [Transcript]) -> usize {
    // The transcript whose name a part stands for; `None` when two genes share the part.
    let mut owners: HashMap<Part, Option<usize>> = HashMap::new();
    for (index, transcript) in transcripts.iter().enumerate().filter(|(_, t)| !t.gene_symbol.is_empty()) {
        for part in parts(transcript) {
            let owner = owners.entry(part).or_insert(Some(index));
            if owner.is_some_and(|other| transcripts[other].gene_symbol != transcript.gene_symbol) {
                *owner = None;
            }
        }
    }
    let mut names = Vec::new();
    for (index, transcript) in transcripts.iter().enumerate().filter(|(_, t)| t.gene_symbol.is_empty()) {
        let mut found = parts(transcript).filter_map(|part| owners.get(&part).copied().flatten());
        let Some(first) = found.next() else { continue };
        if found.all(|other| transcripts[other].gene_symbol == transcripts[first].gene_symbol) {
            names.push((index, first));
        }
    }
    for (index, owner) in &names {
        let (symbol, id) = (transcripts[*owner].gene_symbol.clone(), transcripts[*owner].gene_id.clone());
        (transcripts[*index].gene_symbol, transcripts[*index].gene_id) = (symbol, id);
    }
    names.len()
}

/// Exons and introns as parts of one strand. An exon and an intron of the same bounds are told apart by half of a bit:
/// introns are written end first.
fn parts(transcript: &Transcript) -> impl Iterator<Item = Part> + '_ {
    let exons = transcript.exons.iter().copied();
    let introns = transcript.introns().map(|(start, end)| (end, start));
    exons.chain(introns).map(|(a, b)| (transcript.chrom, transcript.strand, a, b))
}

#[cfg(test)]
mod tests {
    use super::super::tests::example;
    use super::*;

    #[test]
    fn a_shared_intron_names_the_gene_but_a_read_through_does_not() {
        let unnamed = |exons: &[(u32, u32)], strand| Transcript {
            gene_symbol: "".into(),
            gene_id: "".into(),
            exons: exons.to_vec(),
            ..example(strand)
        };
        let second = Transcript { gene_symbol: "GENE2".into(), exons: vec![(700, 800)], ..example(Strand::Forward) };
        let mut transcripts = vec![
            example(Strand::Forward),
            second,
            unnamed(&[(150, 200), (301, 390)], Strand::Forward), // shares the first intron
            unnamed(&[(150, 200), (301, 390)], Strand::Reverse), // other strand
            unnamed(&[(301, 400), (700, 800)], Strand::Forward), // an exon of each gene
            unnamed(&[(150, 200), (210, 220)], Strand::Forward), // shares an exon with the third, once that is named
        ];
        assert_eq!(propagate_genes(&mut transcripts), 2);
        let symbols: Vec<&str> = transcripts.iter().map(|t| &*t.gene_symbol).collect();
        assert_eq!(symbols, ["GENE1", "GENE2", "GENE1", "", "", "GENE1"]);
    }
}
