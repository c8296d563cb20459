//! Compound heterozygotes against a quadratic search that asks of every pair whether two copies can have come so.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test")]

use indgang_genomics::call::{AlleleCode, Call, Genotype};
use indgang_genomics::inheritance::{Flags, compound_heterozygotes, compound_heterozygotes_of_records};
use indgang_genomics::pedigree::{Family, Pedigree};
use indgang_genomics::profile::Profile;
use indgang_model::Region;
use proptest::prelude::*;

/// Copies of a call: 0, 1, 2, or 3 for no call.
fn call(code: u8, phase: u8) -> Call {
    use AlleleCode::{Alternate, Missing, Reference};
    let alleles = match code {
        0 => [Reference; 2],
        1 if phase == 2 => [Alternate, Reference],
        1 => [Reference, Alternate],
        2 => [Alternate; 2],
        _ => [Missing; 2],
    };
    Call { phase_set: (phase > 0).then_some(7), ..Call::of(Genotype { alleles, copies: 2, phased: phase > 0 }) }
}

fn family(well_father: bool) -> Family {
    let status = if well_father { 1 } else { 0 };
    let ped = format!("F kid dad mum 2 2\nF dad 0 0 1 {status}\nF mum 0 0 2 1\nF sis dad mum 2 2\nF bro dad mum 1 1\n");
    Pedigree::parse(&ped).unwrap().families.remove(0)
}

/// From whom the child's one copy can be: (father, mother, certainly known from the parents).
fn origins(father: u8, mother: u8) -> (bool, bool) {
    match (father, mother) {
        (2, 2) => (true, true),
        (2, _) => (true, false), // must give it
        (_, 2) => (false, true),
        (3, _) | (_, 3) => (true, true), // may also be new
        (0, 0) => (true, true),          // new, on either copy
        (f, m) => (f > 0, m > 0),
    }
}

fn brute(rows: &[[u8; 5]], phase: &[u8], well_father: bool) -> Vec<(usize, usize, bool)> {
    let mut pairs = Vec::new();
    for i in 0..rows.len() {
        for j in i + 1..rows.len() {
            let (a, b) = (rows[i], rows[j]);
            let (fa, ma) = origins(a[1], a[2]);
            let (fb, mb) = origins(b[1], b[2]);
            let trans = (fa && mb) || (ma && fb);
            let set = phase[i] > 0 && phase[j] > 0;
            let one_copy = set && phase[i] == phase[j];
            let carries = |n: u8| n == 1 || n == 2;
            let well: &[usize] = if well_father { &[1, 2, 4] } else { &[2, 4] };
            let refuted = well.iter().any(|p| a[*p] == 2 || b[*p] == 2 || (carries(a[*p]) && carries(b[*p])));
            let sister = a[3] != 0 && b[3] != 0;
            if a[0] == 1 && b[0] == 1 && trans && !one_copy && !refuted && sister {
                // Certain when a phase set says so, or the carrier parents tell them apart.
                let certain = |r: [u8; 5]| {
                    let (f, m) = origins(r[1], r[2]);
                    f != m
                };
                pairs.push((i, j, !(set || (certain(a) && certain(b)))));
            }
        }
    }
    pairs
}

proptest! {
    #[test]
    fn equal_to_brute_force(
        rows in prop::collection::vec((prop::array::uniform5(0u8..4), 0u8..3, 0u8..3), 0..14),
        well_father: bool,
    ) {
        // Two of three variants are heterozygous in the child, else hardly anything would pair.
        let genotypes: Vec<[u8; 5]> = rows.iter().map(|(g, _, het)| {
            let mut g = *g;
            if *het > 0 { g[0] = 1; }
            g
        }).collect();
        let phase: Vec<u8> = rows.iter().map(|r| r.1).collect();
        let calls: Vec<Vec<Call>> = genotypes.iter().zip(&phase).map(|(g, p)| {
            g.iter().enumerate().map(|(i, c)| call(*c, if i == 0 { *p } else { 0 })).collect()
        }).collect();
        let sites: Vec<&[Call]> = calls.iter().map(Vec::as_slice).collect();
        let family = family(well_father);
        let compounds = compound_heterozygotes(&family, &sites, Region::Autosome, &Profile::none());
        let found: Vec<_> = compounds.pairs().map(|(i, j, f)| (i, j, f.has(Flags::PHASE_UNKNOWN))).collect();
        let wanted = brute(&genotypes, &phase, well_father);
        prop_assert_eq!(&found, &wanted);
        // The best by any score are the best of all pairs.
        let score = |i: usize| ((i * 7919) % 101) as f64;
        let sums: Vec<f64> = compounds.best_few(5, score).iter().map(|(i, j, _)| score(*i) + score(*j)).collect();
        let mut all: Vec<f64> = wanted.iter().map(|(i, j, _)| score(*i) + score(*j)).collect();
        all.sort_by(|a, b| b.total_cmp(a));
        all.truncate(5);
        prop_assert_eq!(sums, all);
        let best = compounds.best(score).map(|(i, j, _)| score(i) + score(j));
        let most = wanted.iter().map(|(i, j, _)| score(*i) + score(*j)).fold(None, |m: Option<f64>, s| Some(m.map_or(s, |m| m.max(s))));
        prop_assert_eq!(best, most);
    }
}

#[test]
fn an_affected_parent_needs_two_alleles_of_the_gene() {
    let ped = "F kid dad mum 2 2\nF dad 0 0 1 2\nF mum 0 0 2 1\n";
    let family = Pedigree::parse(ped).unwrap().families.remove(0);
    for (rows, pairs) in [
        (vec![[1, 2, 0], [1, 0, 1]], 1),            // father homozygous, mother carrier
        (vec![[1, 1, 0], [1, 0, 1]], 0),            // father has one allele only
        (vec![[1, 1, 0], [1, 0, 1], [0, 1, 0]], 1), // father has two others
    ] {
        let calls: Vec<Vec<Call>> = rows.iter().map(|r: &[u8; 3]| r.iter().map(|c| call(*c, 0)).collect()).collect();
        let sites: Vec<&[Call]> = calls.iter().map(Vec::as_slice).collect();
        let found = compound_heterozygotes(&family, &sites, Region::Autosome, &Profile::none());
        assert_eq!(found.pairs().count(), pairs, "{rows:?}");
        assert!(found.pairs().all(|(.., f)| f.has(Flags::PSEUDO_DOMINANT)));
    }
}

/// A genotype of one record as VCF writes it, seen from the alternate with this number.
fn seen(text: &str, from: u8) -> Call {
    let allele = |c: u8| match c {
        b'0' => AlleleCode::Reference,
        b'.' => AlleleCode::Missing,
        c if c - b'0' == from => AlleleCode::Alternate,
        _ => AlleleCode::Other,
    };
    let text = text.as_bytes();
    Call::of(Genotype { alleles: [allele(text[0]), allele(text[2])], copies: 2, phased: text[1] == b'|' })
}

#[test]
fn two_alternates_of_one_record() {
    let alone = "F kid 0 0 2 2\n";
    let trio = "F kid dad mum 2 2\nF dad 0 0 1 1\nF mum 0 0 2 1\n";
    let quartet = "F kid dad mum 2 2\nF dad 0 0 1 1\nF mum 0 0 2 1\nF bro dad mum 1 1\n";
    let unknown = "F kid dad mum 2 2\nF dad 0 0 1 0\nF mum 0 0 2 1\n";
    let trans = Flags::PHASED_IN_TRANS;
    // Pedigree, genotypes in its order, whether one record, the pair's flags if there is one.
    for (ped, genotypes, one, expected) in [
        (alone, vec!["1/2"], true, Some(trans | Flags::PARENTS_MISSING)),
        (alone, vec!["1/2"], false, Some(Flags::PHASE_UNKNOWN | Flags::PARENTS_MISSING)), // two records at one place
        (alone, vec!["1|2"], true, Some(trans | Flags::PARENTS_MISSING)),
        (trio, vec!["1/2", "0/1", "0/2"], true, Some(trans | Flags::OTHER_ALLELE | Flags::UNAFFECTED_CARRIER)),
        (trio, vec!["1/2", "0/1", "0/0"], true, Some(trans | Flags::OTHER_ALLELE | Flags::UNAFFECTED_CARRIER)),
        (
            trio,
            vec!["1/2", "0/1", "./."],
            true,
            Some(trans | Flags::OTHER_ALLELE | Flags::PARENT_NO_CALL | Flags::UNAFFECTED_CARRIER),
        ),
        (trio, vec!["1/2", "0/0", "0/0"], true, Some(trans | Flags::DE_NOVO)),
        (trio, vec!["1/2", "1/2", "0/0"], true, None), // the well father has the same pair
        (unknown, vec!["1/2", "1/2", "0/0"], true, Some(trans | Flags::MENDELIAN_ERROR)), // and gave both?
        (quartet, vec!["1/2", "0/1", "0/2", "1/2"], true, None), // so has the well brother
        (
            quartet,
            vec!["1/2", "0/1", "0/2", "0/2"],
            true,
            Some(trans | Flags::OTHER_ALLELE | Flags::UNAFFECTED_CARRIER),
        ),
        (trio, vec!["0/1", "0/1", "0/2"], true, None), // carries one
        (trio, vec!["1/1", "0/1", "0/1"], true, None), // homozygous: a mode of its own
    ] {
        let family = Pedigree::parse(ped).unwrap().families.remove(0);
        let calls: Vec<Vec<Call>> = (1..=2).map(|n| genotypes.iter().map(|g| seen(g, n)).collect()).collect();
        let sites: Vec<&[Call]> = calls.iter().map(Vec::as_slice).collect();
        let records = if one { [7, 7] } else { [7, 8] };
        let profile = Profile::none();
        let compounds = compound_heterozygotes_of_records(&family, &sites, &records, Region::Autosome, &profile);
        let found: Vec<_> = compounds.pairs().map(|(i, j, flags)| (i, j, flags.names().collect::<Vec<_>>())).collect();
        let wanted: Vec<_> = expected.iter().map(|f| (0, 1, f.names().collect::<Vec<_>>())).collect();
        assert_eq!(found, wanted, "{genotypes:?} {one}");
        assert_eq!(compounds.best(|_| 1.0).is_some(), expected.is_some(), "{genotypes:?} {one}");
    }
}

#[test]
fn a_half_called_copy_can_be_of_a_pair() {
    // What some programs make of 1/2: two records, each with a half call.
    let ped = "F kid dad mum 2 2\nF dad 0 0 1 1\nF mum 0 0 2 1\n";
    for (ped, first, second, expected) in [
        (ped, ["1/.", "0/1", "0/0"], ["./1", "0/0", "0/1"], Some(Flags::PARTIAL_CALL | Flags::UNAFFECTED_CARRIER)),
        (ped, ["1/.", "0/1", "0/0"], ["./1", "0/1", "0/0"], None), // both from the father
        (
            "F kid 0 0 2 2\nF dad 0 0 1 0\nF mum 0 0 2 0\n",
            ["1/.", "./.", "./."],
            ["./1", "./.", "./."],
            Some(Flags::PARTIAL_CALL | Flags::PHASE_UNKNOWN | Flags::PARENTS_MISSING),
        ),
    ] {
        let family = Pedigree::parse(ped).unwrap().families.remove(0);
        let calls = [first, second].map(|row| row.map(|text| seen(text, 1)));
        let sites: Vec<&[Call]> = calls.iter().map(<[Call; 3]>::as_slice).collect();
        let compounds = compound_heterozygotes(&family, &sites, Region::Autosome, &Profile::none());
        let found: Vec<_> = compounds.pairs().map(|p| p.2.names().collect::<Vec<_>>()).collect();
        let wanted: Vec<_> = expected.iter().map(|f| f.names().collect::<Vec<_>>()).collect();
        assert_eq!(found, wanted, "{first:?} {second:?}");
    }
}

#[test]
fn phase_of_an_affected_sister() {
    // Without parents; both sisters have both variants.
    let ped = "F kid 0 0 2 2\nF sis 0 0 2 2\n";
    let parent = "F kid sis 0 1 2\nF sis 0 0 1 2\n";
    for (ped, first, second, pairs) in [
        (ped, ["0/1", "0/1"], ["0/1", "0/1"], 1),
        (ped, ["0/1", "0|1"], ["0/1", "1|0"], 1),
        (ped, ["0/1", "0|1"], ["0/1", "0|1"], 0), // the sister has both on one copy: not what made her ill
        (ped, ["0/1", "0|1"], ["0/1", "1/1"], 1), // one of them twice, as far as written
        (ped, ["1|0", "0|1"], ["1|0", "1|0"], 0), // the proband has
        (ped, ["0/1", "1|1"], ["0/1", "0|1"], 1), // and the other copy has the first
        (parent, ["0/1", "0|1"], ["0/1", "0|1"], 1), // an affected father may have other alleles
    ] {
        let family = Pedigree::parse(ped).unwrap().families.remove(0);
        let calls = [first, second].map(|row| row.map(|text| seen(text, 1)));
        let sites: Vec<&[Call]> = calls.iter().map(<[Call; 2]>::as_slice).collect();
        let compounds = compound_heterozygotes(&family, &sites, Region::Autosome, &Profile::none());
        assert_eq!(compounds.pairs().count(), pairs, "{ped}{first:?} {second:?}");
    }
}
