//! Splitting, trimming and left-aligning: equal to bcftools on stored examples, and true on random ones.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

use indgang_genomics::call::{AlleleCode, Call};
use indgang_genomics::normalise::Small;
use indgang_genomics::reference::{Fasta, ReferenceSequence};
use indgang_genomics::vcf::{Alternate, ReadOptions, Reader};
use indgang_model::Chromosome;
use proptest::prelude::*;

const REFERENCE: &[u8] = include_bytes!("data/norm/reference.fa");
const INPUT: &[u8] = include_bytes!("data/norm/input.vcf");
const EXPECTED: &str = include_str!("data/norm/expected.tsv");

fn chromosome() -> Chromosome {
    Chromosome::from_name(b"1").expect("1 is a chromosome")
}

/// GT as bcftools 1.16 splits it: other alternates become `0`.
fn genotype(call: &Call) -> String {
    let text = |code| match code {
        AlleleCode::Reference | AlleleCode::Other => "0",
        AlleleCode::Alternate => "1",
        AlleleCode::Missing => ".",
    };
    let [a, b] = call.genotype.alleles.map(text);
    match call.genotype.copies {
        1 => a.to_owned(),
        _ => format!("{a}{}{b}", if call.genotype.phased { '|' } else { '/' }),
    }
}

fn joined<const N: usize>(values: Option<[u32; N]>) -> String {
    values.map_or(".".to_owned(), |v| v.map(|n| n.to_string()).join(","))
}

#[test]
fn equal_to_bcftools_norm() {
    let fasta = Fasta::read(REFERENCE).unwrap();
    let columns = [Some(0), Some(1), Some(2)];
    let (mut found, mut others) = (Vec::new(), 0);
    Reader::open(INPUT, ReadOptions::default())
        .unwrap()
        .for_each(|record| {
            for alternate in 1..=record.alternate_count() {
                let Some(site) = record.site(alternate, &columns, Some(&fasta))? else {
                    assert_eq!(record.alternate(alternate)?, Alternate::SpanningDeletion);
                    continue;
                };
                let v = &site.variant;
                let mut line = format!("{}\t{}\t{}\t{}", v.chrom, v.pos, v.reference, v.alternate);
                for call in &site.calls {
                    others += usize::from(call.genotype.alleles.contains(&AlleleCode::Other));
                    let depths = call.reference_depth.zip(call.alternate_depth).map(|(r, a)| [r, a]);
                    line += &format!("\t{}\t{}\t{}", genotype(call), joined(depths), joined(call.likelihoods));
                }
                found.push(line);
            }
            Ok(())
        })
        .unwrap();
    found.sort();
    // `*` has no site of its own here; bcftools keeps it as one.
    let expected: Vec<&str> = EXPECTED.lines().filter(|l| l.split('\t').nth(3) != Some("*")).collect();
    for (found, expected) in found.iter().zip(&expected) {
        assert_eq!(found, expected);
    }
    assert_eq!(found.len(), expected.len());
    assert!(others > 100, "only {others} calls had another alternate: the example tests nothing");
}

/// The whole sequence with the variant in it.
fn haplotype(sequence: &[u8], small: &Small) -> Vec<u8> {
    let start = small.position as usize - 1;
    let end = start + small.reference.len();
    assert_eq!(&sequence[start..end], small.reference, "REF is the reference");
    [&sequence[..start], &small.alternate, &sequence[end..]].concat()
}

/// A short sequence of few letters (so that repeats abound), a stretch of it, and what stands there instead.
fn variants() -> impl Strategy<Value = (Vec<u8>, Small)> {
    let letters = |n| prop::collection::vec(prop::sample::select(b"ACG".to_vec()), n);
    (letters(1..40), any::<prop::sample::Index>(), 1usize..8, letters(1..8)).prop_filter_map(
        "the alleles differ",
        |(sequence, at, length, alternate)| {
            let start = at.index(sequence.len());
            let reference = sequence[start..sequence.len().min(start + length)].to_vec();
            (reference != alternate).then(|| (sequence, Small { position: start as u32 + 1, reference, alternate }))
        },
    )
}

fn fasta(sequence: &[u8]) -> Fasta {
    Fasta::read([b">1\n", sequence].concat().as_slice()).expect("bases only")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn normalising_keeps_the_haplotype_and_is_done_once((sequence, before) in variants()) {
        let fasta = fasta(&sequence);
        let mut trimmed = before.clone();
        trimmed.trim();
        let mut once = before.clone();
        once.left_align(chromosome(), &fasta);
        let mut twice = once.clone();
        twice.left_align(chromosome(), &fasta);
        prop_assert_eq!(&once, &twice);
        let expected = haplotype(&sequence, &before);
        prop_assert_eq!(&haplotype(&sequence, &trimmed), &expected);
        prop_assert_eq!(&haplotype(&sequence, &once), &expected);
    }

    /// Every way to write one change comes to one: compared with all places and lengths that give the same haplotype.
    #[test]
    fn the_leftmost_shortest_is_found((sequence, before) in variants()) {
        let fasta = fasta(&sequence);
        let mut found = before.clone();
        found.left_align(chromosome(), &fasta);
        let haplotype = haplotype(&sequence, &before);
        let grown = haplotype.len() as isize - sequence.len() as isize;
        let mut ways = Vec::new();
        for start in 0..sequence.len() {
            for length in 1..=sequence.len() - start {
                let Some(other) = length.checked_add_signed(grown).filter(|n| *n >= 1) else { continue };
                let outside = sequence[..start] == haplotype[..start]
                    && sequence[start + length..] == haplotype[start + other..];
                if outside {
                    ways.push((length.max(other), start));
                }
            }
        }
        // The shortest, and of these the one furthest left.
        let (longest, start) = ways.into_iter().min().expect("the variant itself is one way");
        prop_assert_eq!((found.reference.len().max(found.alternate.len()), found.position as usize - 1), (longest, start));
    }
}

#[test]
fn without_the_sequence_it_is_trimmed_only() {
    for (position, reference, alternate, expected) in [
        (10, "A", "C", (10, "A", "C")),
        (10, "GAT", "GCT", (11, "A", "C")),     // both ends
        (10, "GCACA", "GCA", (10, "GCA", "G")), // the end first, then an anchor stays
        (10, "CAA", "CA", (10, "CA", "C")),
        (10, "CAT", "CGGT", (11, "A", "GG")),
        (10, "TTT", "T", (10, "TTT", "T")),
    ] {
        let mut small = Small { position, reference: reference.into(), alternate: alternate.into() };
        small.trim();
        let found = (small.position, std::str::from_utf8(&small.reference), std::str::from_utf8(&small.alternate));
        assert_eq!(found, (expected.0, Ok(expected.1), Ok(expected.2)), "{reference}>{alternate}");
    }
}

#[test]
fn a_part_of_a_sequence_stops_the_move_where_it_begins() {
    let fasta = Fasta::read(&b">1:100-109\nAAAAAAAAAC\n"[..]).unwrap();
    assert_eq!(fasta.bases(chromosome(), 99, 1), None);
    let mut small = Small { position: 105, reference: b"AA".to_vec(), alternate: b"A".to_vec() };
    small.left_align(chromosome(), &fasta);
    assert_eq!(small, Small { position: 100, reference: b"AA".to_vec(), alternate: b"A".to_vec() });
}
