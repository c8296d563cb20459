//! What must hold of any file: nothing that is missing is taken for the reference, and phase changes nothing it says nothing of.

use super::builder::{File, gene, pgx};
use indgang_interpret::pgx::report::GeneReport;
use indgang_knowledge::pgx::Definition;
use proptest::prelude::*;

fn genes() -> Vec<&'static str> {
    pgx().genes.iter().filter(|g| g.definition.is_some()).map(|g| &*g.symbol).collect()
}

/// An allele's base number at each position: its own where it says one, else the reference's.
fn strand(definition: &Definition, allele: usize) -> Vec<usize> {
    let reference = definition.alleles.iter().find(|a| a.reference).expect("a reference");
    let one = |place: usize| {
        let needs = definition.alleles[allele].needs[place];
        let mask = if needs == 0 { reference.needs[place] } else { needs };
        mask.trailing_zeros() as usize
    };
    (0..definition.positions.len()).map(one).collect()
}

/// A file of two alleles; `separator` between the calls' numbers.
fn file(symbol: &str, pair: [usize; 2], separator: &str) -> File {
    let definition = gene(symbol).definition.as_ref().expect("positions");
    let strands = pair.map(|allele| strand(definition, allele));
    let mut file = File::default();
    for (place, position) in definition.positions.iter().enumerate() {
        let call = format!("{}{separator}{}", strands[0][place], strands[1][place]);
        file.set(
            definition.chromosome.number(),
            position.position,
            &position.alleles[0],
            &position.alleles[1..].join(","),
            &call,
        );
    }
    file
}

fn all_names(gene: &GeneReport) -> Vec<String> {
    let best = gene.diplotypes.iter().map(|d| d.name.clone());
    best.chain(gene.other_diplotypes.iter().map(|d| d.name.clone())).collect()
}

/// A gene, two of its alleles, and positions by chance.
fn sample() -> impl Strategy<Value = (&'static str, [usize; 2], Vec<bool>)> {
    let count = genes().len();
    (
        0..count,
        any::<prop::sample::Index>(),
        any::<prop::sample::Index>(),
        prop::collection::vec(prop::bool::weighted(0.15), 200),
    )
        .prop_map(|(number, a, b, removed)| {
            let symbol = genes()[number];
            let alleles = gene(symbol).definition.as_ref().expect("positions").alleles.len();
            (symbol, [a.index(alleles), b.index(alleles)], removed)
        })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_missing_position_is_never_the_reference((symbol, pair, removed) in sample()) {
        let definition = gene(symbol).definition.as_ref().expect("positions");
        let mut file = file(symbol, pair, "|");
        let mut gone = Vec::new();
        for (position, _) in definition.positions.iter().zip(&removed).filter(|(_, r)| **r) {
            file.lines.remove(&(definition.chromosome.number(), position.position));
            gone.push(position.position);
        }
        let answer = file.gene(symbol);
        // Each removed position is said to be missing, none is said to have a genotype.
        let missing: Vec<u32> = answer.missing_positions.iter().map(|p| p.position).collect();
        prop_assert_eq!(&missing, &gone);
        prop_assert!(answer.matched_positions.iter().all(|p| !gone.contains(&p.position) && p.genotype.is_some()));
        // The true pair is still among the answers, or an allele of it is said to be open, with what it needs.
        let names = pair.map(|n| definition.alleles[n].name.to_string());
        let open = |name: &String| {
            answer.alleles_not_callable.iter().chain(&answer.alleles_not_ruled_out).any(|a| a.name == *name)
        };
        let told = if matches!(symbol, "DPYD" | "RYR1") {
            let found = answer.diplotypes.iter().flat_map(|d| d.found.iter().cloned().chain(d.alleles.iter().map(|a| a.name.clone())));
            let found: Vec<String> = found.collect();
            names.iter().all(|n| n == "Reference" || found.contains(n) || open(n))
        } else {
            let is = |shown: &String| {
                *shown == format!("{}/{}", names[0], names[1]) || *shown == format!("{}/{}", names[1], names[0])
            };
            gone.len() == definition.positions.len()
                || all_names(&answer).iter().any(is) || answer.other_diplotypes_left_out > 0 || names.iter().any(open)
        };
        prop_assert!(told, "{} {:?}: {:?}", symbol, names, answer.diplotypes);
        // Without any position nothing is called.
        if gone.len() == definition.positions.len() {
            prop_assert!(answer.diplotypes.is_empty());
        }
    }

    #[test]
    fn a_phased_file_gives_one_of_the_answers_of_the_unphased((symbol, pair, _) in sample()) {
        let (phased, unphased) = (file(symbol, pair, "|").gene(symbol), file(symbol, pair, "/").gene(symbol));
        prop_assert!(phased.effectively_phased && phased.unphased_positions.is_empty());
        prop_assert!(!phased.diplotypes.is_empty(), "{} {:?}", symbol, pair);
        if !matches!(symbol, "DPYD" | "RYR1") {
            let (of_phased, of_unphased) = (all_names(&phased), all_names(&unphased));
            prop_assert!(unphased.other_diplotypes_left_out > 0 || of_phased.iter().all(|n| of_unphased.contains(n)));
            // A true pair is never outscored where its phase is known, but by one that the sites cannot tell from it.
            if unphased.effectively_phased {
                prop_assert_eq!(of_phased, of_unphased);
            }
        }
    }

    #[test]
    fn which_strand_is_written_first_changes_nothing((symbol, pair, _) in sample()) {
        let (one, other) = (file(symbol, pair, "|"), file(symbol, [pair[1], pair[0]], "|"));
        prop_assert_eq!(one.gene(symbol).diplotypes, other.gene(symbol).diplotypes);
    }
}

#[test]
fn phase_sets_turn_by_themselves() {
    // rs12248560 (*17) and rs28399504 (*4 with it): both are heterozygous beside G/G at rs3758581.
    let call = |first: &str, second: &str| {
        let mut file = File::default();
        file.reference("CYP2C19", "0/0");
        file.set(10, 94_842_866, "A", "G", "1/1");
        file.set(10, 94_761_900, "C", "T", first);
        file.set(10, 94_762_706, "A", "G", second);
        let gene = file.gene("CYP2C19");
        gene.diplotypes.iter().chain([]).map(|d| d.name.clone()).collect::<Vec<_>>().join(" or ")
    };
    let cases = [
        ("0/1", "0/1", "*1/*4"),
        ("0|1", "0|1", "*1/*4"),
        // *4's definition allows either base at rs12248560.
        ("0|1", "1|0", "*4/*17"),
        ("0|1:7", "1|0:7", "*4/*17"),
        // Two sets say nothing of each other: as unphased.
        ("0|1:7", "1|0:9", "*1/*4"),
        ("0|1:7", "1/0", "*1/*4"),
    ];
    for (first, second, expected) in cases {
        assert_eq!(call(first, second), expected, "{first} {second}");
    }
}
