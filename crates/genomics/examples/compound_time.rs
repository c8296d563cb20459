//! How long the compound heterozygotes of one very full gene take: medians of 21 runs, in milliseconds.
//!
//! `cargo run --release -p indgang-genomics --example compound_time -- 2321`
#![allow(clippy::print_stdout, reason = "an example prints its answer")]

use indgang_genomics::call::{AlleleCode, Call, Genotype};
use indgang_genomics::inheritance::compound_heterozygotes;
use indgang_genomics::pedigree::Pedigree;
use indgang_genomics::profile::Profile;
use indgang_model::Region;
use std::time::Instant;

/// Child, father, mother, well brother; all with reads.
const PED: &str = "F kid dad mum 2 2\nF dad 0 0 1 1\nF mum 0 0 2 1\nF bro dad mum 1 1\n";
const RUNS: usize = 21;

fn call(copies: u8) -> Call {
    let allele = |is| if is { AlleleCode::Alternate } else { AlleleCode::Reference };
    let genotype = Genotype { alleles: [allele(copies == 2), allele(copies > 0)], copies: 2, phased: false };
    let (reference, alternate) = [(40, 0), (20, 20), (0, 40)][usize::from(copies)];
    Call {
        reference_depth: Some(reference),
        alternate_depth: Some(alternate),
        other_depth: Some(0),
        genotype_quality: Some(99.0),
        ..Call::of(genotype)
    }
}

fn median(mut step: impl FnMut() -> usize) -> (f64, usize) {
    let mut found = 0;
    let mut times: Vec<f64> = (0..RUNS)
        .map(|_| {
            let start = Instant::now();
            found = std::hint::black_box(step());
            start.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    times.sort_by(f64::total_cmp);
    (times[RUNS / 2], found)
}

fn main() {
    let number: usize = std::env::args().nth(1).and_then(|n| n.parse().ok()).unwrap_or(2321);
    let family = Pedigree::parse(PED).expect("a pedigree").families.remove(0);
    let profile = Profile::standard();
    println!("{number} variants; sorting with any pair, best pair, best 20, all pairs (ms); pairs");
    // Genotypes of child, father, mother, brother by turns.
    for (name, turns) in [
        ("one half each parent's", vec![[1, 1, 0, 0], [1, 0, 1, 0]]),
        ("all the father's", vec![[1, 1, 0, 0]]),
        ("a third new", vec![[1, 1, 0, 0], [1, 0, 1, 0], [1, 0, 0, 0]]),
        ("all shared with the brother", vec![[1, 1, 0, 1], [1, 0, 1, 1]]),
        ("one pair in a hundred", (0..100).map(|i| if i == 0 { [1, 0, 1, 0] } else { [1, 1, 0, i & 1] }).collect()),
    ] {
        let calls: Vec<[Call; 4]> = (0..number).map(|i| turns[i % turns.len()].map(call)).collect();
        let sites: Vec<&[Call]> = calls.iter().map(<[Call; 4]>::as_slice).collect();
        let make = || compound_heterozygotes(&family, &sites, Region::Autosome, &profile);
        let score = |site: usize| ((site * 7919) % 10_007) as f64;
        let compounds = make();
        let (sorting, _) = median(|| usize::from(make().best(|_| 0.0).is_some()));
        let (best, _) = median(|| compounds.best(score).map_or(0, |b| b.0));
        let (few, _) = median(|| compounds.best_few(20, score).len());
        let (all, pairs) = median(|| compounds.pairs().map(|(_, _, flags)| usize::from(!flags.is_empty()) | 1).sum());
        println!("{name}: {sorting:.3} {best:.3} {few:.3} {all:.3}; {pairs}");
    }
}
