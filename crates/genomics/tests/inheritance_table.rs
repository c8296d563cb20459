//! Every trio of genotypes, sexes and statuses in every region, against a simulation of meiosis.
//!
//! The simulation knows gametes, not rules: it lists every parental genotype that a call leaves open, every gamete of
//! it, and each gamete once as it is and once mutated, and keeps the worlds that make the child's call.
//! The definitions it then applies, which are choices:
//! - a status is compared with a genotype only where the genotype is called;
//! - *new* means that no world without a mutation exists and that the child's only copy is the mutated one;
//!   *possibly new* that both kinds of world exist while no parent who can give is called a carrier;
//! - two copies without an inheriting world are uniparental when a parent called a carrier can have given both, which is
//!   asked of gametes with two copies and with none; otherwise they are possibly new, which is asked of mutations;
//! - dominant means inherited, so not when both parents are called reference; a dominant allele may have lost its
//!   partner (child 1/1 of one carrier), which is told beside it as uniparental;
//! - recessive in a boy on X may be new; his well father's X is not evidence, an affected father must carry;
//! - on MT fathers are nobody, and a well carrier is not evidence; on Y women are nobody, except that a sick one
//!   has another cause.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test")]

use indgang_genomics::call::{AlleleCode, Call, Genotype};
use indgang_genomics::inheritance::single_variant;
use indgang_genomics::pedigree::{Family, Member};
use indgang_genomics::profile::Profile;
use indgang_model::{Affected, ModeOfInheritance as Mode, Region, Sex};
use std::collections::BTreeSet;

const GENOTYPES: [Option<u8>; 4] = [Some(0), Some(1), Some(2), None];
const STATUSES: [Affected; 3] = [Affected::Affected, Affected::Unaffected, Affected::Unknown];

fn call(copies: Option<u8>) -> Call {
    use AlleleCode::{Alternate, Missing, Reference};
    let alleles = match copies {
        Some(0) => [Reference; 2],
        Some(1) => [Reference, Alternate],
        Some(_) => [Alternate; 2],
        None => [Missing; 2],
    };
    Call::of(Genotype { alleles, copies: 2, phased: false })
}

fn trio(sex: Sex, child: Affected, father: Affected, mother: Affected) -> Family {
    let member = |id: &str, parents: (Option<usize>, Option<usize>), sex, affected| Member {
        id: id.to_owned(),
        father: parents.0,
        mother: parents.1,
        sex,
        affected,
        line: None,
        sequenced: true,
    };
    Family {
        id: "F".to_owned(),
        members: vec![
            member("father", (None, None), Sex::Male, father),
            member("mother", (None, None), Sex::Female, mother),
            member("child", (Some(0), Some(1)), sex, child),
        ],
    }
}

/// Chromosomes of one kind that a person has: alleles as bits.
fn chromosomes(called: Option<u8>, number: usize) -> Vec<Vec<bool>> {
    let all: Vec<Vec<bool>> = match number {
        0 => vec![vec![]],
        1 => vec![vec![false], vec![true]],
        _ => vec![vec![false, false], vec![false, true], vec![true, false], vec![true, true]],
    };
    let fits = |c: &Vec<bool>| {
        let n = c.iter().filter(|a| **a).count() as u8;
        match called {
            None => true,
            // One chromosome written as two: anything with the allele has it.
            Some(called) if number == 1 => (called > 0) == (n > 0),
            Some(called) => number == 0 || called == n,
        }
    };
    all.into_iter().filter(fits).collect()
}

/// A way in which the child came to be.
struct World {
    mutations: u8,
    /// Both copies are one parent's.
    disomy: bool,
    /// The mutated gamete brought the allele, and no other gamete has it.
    new: bool,
    /// A mutated gamete brought the allele.
    brought: bool,
    father: usize,
    mother: usize,
}

fn number(region: Region, male: bool) -> usize {
    match region {
        Region::Autosome | Region::PseudoAutosomal => 2,
        Region::X => 2 - usize::from(male),
        Region::Y => usize::from(male),
        Region::Mitochondrial => 1,
    }
}

fn worlds(region: Region, male: bool, genotypes: [Option<u8>; 3]) -> Vec<World> {
    let [father, mother, child] = genotypes;
    let gives_father = !matches!((region, male), (Region::X, true) | (Region::Mitochondrial, _));
    let gives_mother = region != Region::Y;
    let copies = usize::from(gives_father) + usize::from(gives_mother);
    let mut out = Vec::new();
    for f in chromosomes(father, number(region, true)) {
        for m in chromosomes(mother, number(region, false)) {
            let gametes = |c: &[bool], gives: bool| -> Vec<Option<bool>> {
                if gives { c.iter().map(|a| Some(*a)).collect() } else { vec![None] }
            };
            let (father_carries, mother_carries) = (f.iter().filter(|a| **a).count(), m.iter().filter(|a| **a).count());
            // Non-disjunction: a gamete with any two of one parent's chromosomes, or one of them twice, and one with none.
            for (whose, gives) in [(&f, gives_father), (&m, gives_mother)] {
                let pairs = whose.iter().flat_map(|a| whose.iter().map(move |b| (*a, *b)));
                for (a, b) in pairs.filter(|_| gives && copies == 2) {
                    if child.is_none_or(|c| c == u8::from(a) + u8::from(b)) {
                        out.push(World {
                            mutations: 0,
                            disomy: true,
                            new: false,
                            brought: false,
                            father: father_carries,
                            mother: mother_carries,
                        });
                    }
                }
            }
            for fg in gametes(&f, gives_father) {
                for mg in gametes(&m, gives_mother) {
                    // 0: no mutation, 1: in the father's gamete, 2: in the mother's, 3: in both.
                    for mutated in 0..4 {
                        let flip = |g: Option<bool>, hit: bool| g.map(|a| a != hit);
                        let (in_father, in_mother) = (mutated & 1 == 1, mutated & 2 == 2);
                        if (in_father && fg.is_none()) || (in_mother && mg.is_none()) {
                            continue;
                        }
                        let (a, b) = (flip(fg, in_father), flip(mg, in_mother));
                        let n = usize::from(a == Some(true)) + usize::from(b == Some(true));
                        let made =
                            child.is_none_or(|c| if copies == 1 { (c > 0) == (n > 0) } else { usize::from(c) == n });
                        if made {
                            let brought = (in_father && a == Some(true)) || (in_mother && b == Some(true));
                            out.push(World {
                                mutations: u8::from(in_father) + u8::from(in_mother),
                                disomy: false,
                                new: brought && n == 1 && mutated < 3,
                                brought,
                                father: f.iter().filter(|a| **a).count(),
                                mother: m.iter().filter(|a| **a).count(),
                            });
                        }
                    }
                }
            }
        }
    }
    out
}

fn expected(region: Region, male: bool, genotypes: [Option<u8>; 3], statuses: [Affected; 2]) -> BTreeSet<Mode> {
    let mut modes = BTreeSet::new();
    let [father, mother, child] = genotypes;
    if child.is_none_or(|c| c == 0) || number(region, male) == 0 {
        return modes;
    }
    let (disomies, worlds): (Vec<World>, Vec<World>) =
        worlds(region, male, genotypes).into_iter().partition(|world| world.disomy);
    let inherited = worlds.iter().any(|w| w.mutations == 0);
    let new = worlds.iter().any(|w| w.new);
    let copies = number(region, male);
    let full = copies == 1 || child == Some(2);
    let gives_father = !matches!((region, male), (Region::X, true) | (Region::Mitochondrial, _));
    let gives_mother = region != Region::Y;
    let givers: Vec<_> =
        [gives_father.then_some(father), gives_mother.then_some(mother)].into_iter().flatten().collect();
    let known_carrier = givers.iter().any(|g| g.is_some_and(|n| n > 0));
    let both_reference = givers.iter().all(|g| *g == Some(0));
    let one_copy = copies == 1 || child == Some(1);
    if one_copy && new && !inherited {
        modes.insert(if region == Region::X { Mode::XLinkedDeNovo } else { Mode::DeNovo });
    }
    if one_copy && new && inherited && !known_carrier {
        modes.insert(Mode::PossibleDeNovo);
    }
    if copies == 2 && child == Some(2) && !inherited {
        // Without a parent called a carrier, a disomy is only one of the worlds that a missing call leaves open.
        let by_a_carrier = !disomies.is_empty() && known_carrier;
        let by_mutation = worlds.iter().any(|w| w.brought);
        assert!(by_a_carrier || by_mutation, "{genotypes:?}");
        modes.insert(if by_a_carrier { Mode::UniparentalDisomy } else { Mode::PossibleDeNovo });
    }
    // (status, carries, has every copy, is a father) of each parent who is called.
    let parents: Vec<_> = [(statuses[0], father, true), (statuses[1], mother, false)]
        .into_iter()
        .filter(|(_, g, _)| g.is_some())
        .map(|(s, g, is_father)| {
            let n = g.unwrap();
            let one = number(region, is_father) == 1;
            (s, n > 0, if one { n > 0 } else { n == 2 }, is_father)
        })
        .collect();
    let sick = |s: Affected| s == Affected::Affected;
    let well = |s: Affected| s == Affected::Unaffected;
    let shared = parents.iter().all(|p| !sick(p.0) || p.1);
    let well_carriers = parents.iter().any(|p| well(p.0) && p.1);
    match region {
        Region::Autosome | Region::PseudoAutosomal => {
            if shared && !both_reference {
                modes.insert(if well_carriers {
                    Mode::AutosomalDominantIncompletePenetrance
                } else {
                    Mode::AutosomalDominant
                });
            }
            // Recessive: a world without mutation in which who is sick has two copies and who is well has not.
            let fits = |s: Affected, called: Option<u8>, n: usize| {
                called.is_none() || !((sick(s) && n < 2) || (well(s) && n == 2))
            };
            if child == Some(2)
                && worlds.iter().any(|w| {
                    w.mutations == 0 && fits(statuses[0], father, w.father) && fits(statuses[1], mother, w.mother)
                })
            {
                modes.insert(Mode::AutosomalRecessiveHomozygous);
            }
        }
        Region::X => {
            // A well woman with one of two copies can be spared, where a sick one has one of two.
            let one_of_two = (!male && child == Some(1)) || (sick(statuses[1]) && mother == Some(1));
            let spared = parents.iter().all(|p| !well(p.0) || !p.1 || (one_of_two && !p.2));
            if shared && spared && !both_reference {
                modes.insert(Mode::XLinkedDominant);
            }
            let statuses_fit = parents.iter().all(|p| (!sick(p.0) || p.2) && !(well(p.0) && p.2 && !(male && p.3)));
            if full && statuses_fit && (inherited || (male && new)) {
                modes.insert(Mode::XLinkedRecessive);
            }
        }
        Region::Y => {
            let men = parents.iter().filter(|p| p.3).all(|p| if p.1 { !well(p.0) } else { !sick(p.0) });
            if men && inherited && !sick(statuses[1]) {
                modes.insert(Mode::YLinked);
            }
        }
        Region::Mitochondrial => {
            let mothers = parents.iter().filter(|p| !p.3).all(|p| !sick(p.0) || p.1);
            if mothers && inherited {
                modes.insert(Mode::Mitochondrial);
            }
        }
    }
    modes
}

#[test]
fn every_trio() {
    let (mut cases, mut hits) = (0, 0);
    let mut seen = BTreeSet::new();
    for region in [Region::Autosome, Region::PseudoAutosomal, Region::X, Region::Y, Region::Mitochondrial] {
        for sex in [Sex::Male, Sex::Female] {
            for (father_status, mother_status) in STATUSES.iter().flat_map(|f| STATUSES.iter().map(move |m| (*f, *m))) {
                let family = trio(sex, Affected::Affected, father_status, mother_status);
                for n in 0..64 {
                    let genotypes = [GENOTYPES[n / 16], GENOTYPES[n / 4 % 4], GENOTYPES[n % 4]];
                    let calls = genotypes.map(call);
                    let mut out = Vec::new();
                    single_variant(&family, &calls, region, &Profile::none(), &mut out);
                    let found: BTreeSet<_> = out.iter().map(|h| h.mode).collect();
                    assert_eq!(found.len(), out.len(), "a mode twice");
                    let wanted = expected(region, sex == Sex::Male, genotypes, [father_status, mother_status]);
                    assert_eq!(
                        found, wanted,
                        "{region:?} {sex:?} father {father_status:?} {:?} mother {mother_status:?} {:?} child {:?}",
                        genotypes[0], genotypes[1], genotypes[2]
                    );
                    cases += 1;
                    hits += found.len();
                    seen.extend(found);
                }
            }
        }
    }
    assert_eq!(cases, 5 * 2 * 9 * 64);
    assert!(hits > 1000 && seen.len() == 11, "{hits} {seen:?}");
}

#[test]
fn a_healthy_child_of_healthy_parents_has_nothing() {
    for n in 0..64 {
        let family = trio(Sex::Female, Affected::Unaffected, Affected::Unaffected, Affected::Unaffected);
        let mut out = Vec::new();
        let calls = [GENOTYPES[n / 16], GENOTYPES[n / 4 % 4], GENOTYPES[n % 4]].map(call);
        single_variant(&family, &calls, Region::Autosome, &Profile::none(), &mut out);
        assert!(out.is_empty());
    }
}
