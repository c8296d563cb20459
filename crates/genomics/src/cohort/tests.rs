use super::*;
use crate::call::{AlleleCode, Genotype};
use proptest::prelude::*;
use std::collections::BTreeMap;

type Counted = BTreeMap<Bin, Counts>;

fn take_in(counts: &mut Counted, set: &CallSet) {
    for (bin, carried) in set.bins() {
        counts.entry(bin).or_default().add(carried);
    }
}

fn take_out(counts: &mut Counted, set: &CallSet) {
    for (bin, carried) in set.bins() {
        counts.entry(bin).or_default().subtract(carried).unwrap();
    }
    counts.retain(|_, bin| !bin.is_empty());
}

fn genotype(text: &str) -> Genotype {
    let code = |c| match c {
        '0' => AlleleCode::Reference,
        '1' => AlleleCode::Alternate,
        '2' => AlleleCode::Other,
        _ => AlleleCode::Missing,
    };
    let copies: Vec<AlleleCode> = text.split('/').filter_map(|c| c.chars().next()).map(code).collect();
    Genotype { alleles: [copies[0], *copies.last().unwrap()], copies: copies.len() as u8, phased: false }
}

fn variant(chrom: u8, pos: u32, reference: &str, alternate: &str) -> Variant {
    Variant {
        chrom: Chromosome::from_number(chrom).unwrap(),
        pos,
        reference: reference.into(),
        alternate: alternate.into(),
    }
}

#[test]
fn who_is_counted_as_what() {
    let v = variant(7, 117_559_590, "ATCT", "A");
    for (text, expected) in [
        ("0/1", Some((1, 0))),
        ("1/2", Some((1, 0))), // another alternate is no second copy
        ("1/1", Some((1, 1))),
        ("1", Some((1, 1))),   // hemizygous
        ("1/.", Some((1, 0))), // the other copy is not known
        ("0/0", None),
        ("0/2", None),
        ("./.", None), // missing is not reference, and not a carrier
    ] {
        let set = CallSet::new(Carried::of(&v, genotype(text)).into_iter().collect());
        let mut counts = Counted::new();
        take_in(&mut counts, &set);
        let tally = counts.get(&Bin::of(v.chrom, v.pos)).map(|bin| bin.get(&v));
        assert_eq!(tally.map(|t| (t.carriers, t.homozygotes)), expected, "{text}");
    }
}

#[test]
fn an_allele_that_stands_twice_counts_once() {
    let v = variant(1, 10, "A", "C");
    let call = |text| Carried::of(&v, genotype(text)).unwrap();
    let set = CallSet::new(vec![call("1/1"), call("0/1")]);
    assert_eq!((set.len(), set.clone()), (1, CallSet::new(vec![call("1/1")])));
}

#[test]
fn who_was_never_added_is_not_subtracted() {
    let one = CallSet::new(Carried::of(&variant(1, 10, "A", "C"), genotype("0/1")).into_iter().collect());
    let other = CallSet::new(Carried::of(&variant(1, 10, "A", "G"), genotype("0/1")).into_iter().collect());
    let twice = CallSet::new(Carried::of(&variant(1, 10, "A", "C"), genotype("1/1")).into_iter().collect());
    let mut counts = Counts::default();
    counts.add(one.bins().next().unwrap().1);
    let before = counts.clone();
    for set in [&other, &twice] {
        assert_eq!(counts.subtract(set.bins().next().unwrap().1), Err(CohortError::NotCounted));
        assert_eq!(counts, before);
    }
}

#[test]
fn debug_says_no_allele() {
    let set = CallSet::new(Carried::of(&variant(1, 1_234_567, "A", "C"), genotype("0/1")).into_iter().collect());
    let said = format!("{set:?} {:?}", set.bins().collect::<Vec<_>>());
    assert!(!said.contains("1234567") && said.contains("1 alleles"), "{said}");
}

/// Few places, so that people share alleles; all kinds of alleles; bins on both sides of a border.
fn any_set() -> impl Strategy<Value = CallSet> {
    let place = prop_oneof![1u32..6, (1u32 << BIN_BITS) - 2..(1 << BIN_BITS) + 2, 240_000_000u32..240_000_002];
    let alleles = prop_oneof![
        Just(("A", "C")),
        Just(("A", "G")),
        Just(("A", "N")),
        Just(("AC", "A")),
        Just(("A", "ACCCCCCCCCCCCCCCCCCCCCCCCC"))
    ];
    let call = (1u8..=25, place, alleles, prop_oneof![Just("0/1"), Just("1/1"), Just("1/."), Just("1")]);
    prop::collection::vec(call, 0..300).prop_map(|calls| {
        let carried =
            calls.iter().filter_map(|(c, pos, (r, a), gt)| Carried::of(&variant(*c, *pos, r, a), genotype(gt)));
        CallSet::new(carried.collect())
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Persons come, come again with another call set, and go, in any order: what is left is what counting again gives,
    /// byte for byte.
    #[test]
    fn any_history_equals_counting_again(
        sets in prop::collection::vec(any_set(), 1..6),
        history in prop::collection::vec((0usize..4, 0usize..7), 0..25),
    ) {
        let mut house: BTreeMap<usize, &CallSet> = BTreeMap::new();
        let mut counts = Counted::new();
        for (person, set) in history {
            if let Some(old) = house.remove(&person) {
                take_out(&mut counts, old);
            }
            if let Some(new) = sets.get(set) {
                take_in(&mut counts, new);
                house.insert(person, new);
            }
        }
        let mut again = Counted::new();
        for set in house.values() {
            take_in(&mut again, set);
        }
        let bytes = |counts: &Counted| counts.iter().map(|(bin, c)| (*bin, c.encode())).collect::<Vec<_>>();
        prop_assert_eq!(bytes(&counts), bytes(&again));
    }

    #[test]
    fn bytes_and_back(sets in prop::collection::vec(any_set(), 0..4)) {
        let mut counts = Counted::new();
        for set in &sets {
            prop_assert_eq!(&CallSet::decode(&set.encode()).unwrap(), set);
            take_in(&mut counts, set);
        }
        for bin in counts.values() {
            prop_assert_eq!(&Counts::decode(&bin.encode()).unwrap(), bin);
        }
    }

    /// Damaged bytes are an error or another set, never a panic.
    #[test]
    fn damaged_bytes(set in any_set(), at in any::<prop::sample::Index>(), byte: u8, cut in any::<prop::sample::Index>()) {
        let mut bytes = set.encode();
        let place = at.index(bytes.len());
        bytes[place] = byte;
        let end = cut.index(bytes.len() + 1);
        let _ = CallSet::decode(&bytes[..end]);
        let _ = Counts::decode(&bytes);
    }
}
