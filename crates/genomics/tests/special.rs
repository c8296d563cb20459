//! What one family's two events, a couple, and a woman's X can show: one line a case.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test")]

use indgang_genomics::call::{AlleleCode, Call, Genotype};
use indgang_genomics::inheritance::{CarrierCouple, carrier_couple, compound_heterozygotes, over_deletion};
use indgang_genomics::pedigree::{Family, Pedigree};
use indgang_genomics::profile::Profile;
use indgang_model::{ModeOfInheritance as Mode, Region};

const TRIO: &str = "F kid dad mum 2 2\nF dad 0 0 1 1\nF mum 0 0 2 1\n";
const SON: &str = "F kid dad mum 1 2\nF dad 0 0 1 1\nF mum 0 0 2 1\n";
const DAD_SICK: &str = "F kid dad mum 2 2\nF dad 0 0 1 2\nF mum 0 0 2 1\n";
const DAD_UNKNOWN: &str = "F kid dad mum 2 2\nF dad 0 0 1 0\nF mum 0 0 2 1\n";
const WELL: &str = "F kid dad mum 2 1\nF dad 0 0 1 1\nF mum 0 0 2 1\n";
const MOTHER_ONLY: &str = "F kid 0 mum 2 2\nF mum 0 0 2 1\n";
const BROTHER_WELL: &str = "F kid dad mum 2 2\nF dad 0 0 1 1\nF mum 0 0 2 1\nF bro dad mum 1 1\n";
const BROTHER_SICK: &str = "F kid dad mum 2 2\nF dad 0 0 1 0\nF mum 0 0 2 1\nF bro dad mum 1 2\n";
const SISTER_SICK: &str = "F kid dad mum 2 2\nF dad 0 0 1 1\nF mum 0 0 2 1\nF sis dad mum 2 2\n";

fn family(ped: &str) -> Family {
    Pedigree::parse(ped).unwrap().families.remove(0)
}

/// 0, 1, 2 copies, `*` the alternate beside another one, `.` no call, `-` no column.
fn call(c: char) -> Call {
    use AlleleCode::{Alternate, Missing, Other, Reference};
    let alleles = match c {
        '0' => [Reference; 2],
        '1' => [Reference, Alternate],
        '2' => [Alternate; 2],
        '*' => [Alternate, Other],
        '.' => [Missing; 2],
        '-' => return Call::MISSING,
        other => panic!("`{other}`"),
    };
    Call::of(Genotype { alleles, copies: 2, phased: false })
}

fn calls(text: &str) -> Vec<Call> {
    text.chars().map(call).collect()
}

#[test]
fn over_deletions() {
    use Region::{Autosome as A, Mitochondrial, PseudoAutosomal as P, X, Y};
    // Pedigree, region, genotypes of the small variant and of the deletion, flags when it is one.
    for (ped, region, small, deletion, expected) in [
        (TRIO, A, "201", "110", Some("over_deletion")), // the father's deletion, the mother's variant
        (TRIO, A, "210", "101", Some("over_deletion")), // the converse
        (TRIO, A, "*01", "110", Some("over_deletion")), // written with the deleted copy
        (TRIO, P, "201", "110", Some("over_deletion")),
        (TRIO, A, "101", "110", None), // both copies are there, one of them without
        (TRIO, A, "201", "010", None), // the child has no deletion
        (TRIO, A, "201", "210", None), // nothing is left to carry the variant
        (TRIO, A, "201", "101", None), // the deletion from the parent who gave the variant
        (TRIO, A, "201", "100", Some("de_novo over_deletion")), // a new deletion
        (TRIO, A, "211", "100", Some("de_novo over_deletion")), // whoever gave the variant
        (TRIO, A, "200", "100", None), // nobody can have given it
        (TRIO, A, "201", "1..", Some("parent_no_call over_deletion")), // no parent is called for the deletion
        (TRIO, A, "2--", "1--", Some("parents_missing over_deletion")),
        (TRIO, A, "2--", "0--", None),                                 // two copies
        (TRIO, A, "211", "110", None), // the father carries the variant: homozygous needs no deletion
        (TRIO, A, "201", "111", None), // the mother has a deletion too
        (TRIO, A, "2.1", "110", None), // the father is not known to lack the variant
        (TRIO, A, "2.1", "120", Some("parent_no_call over_deletion")), // he has no copy it could be on
        (MOTHER_ONLY, A, "20", "11", Some("parent_missing over_deletion")),
        (MOTHER_ONLY, A, "21", "10", Some("parent_missing over_deletion")), // the deletion may be the father's, or new
        (WELL, A, "201", "110", None),
        (BROTHER_WELL, A, "2012", "1101", None), // the well brother has the same
        (BROTHER_WELL, A, "2010", "1101", Some("over_deletion")), // he has the deletion only
        (BROTHER_WELL, A, "2011", "1100", Some("unaffected")), // he has the variant only
        (SISTER_SICK, A, "2012", "1101", Some("over_deletion")),
        (SISTER_SICK, A, "2010", "1101", None), // the sick sister has the deletion only
        (SISTER_SICK, A, "201.", "1101", Some("over_deletion")),
        (DAD_UNKNOWN, X, "220", "101", Some("over_deletion")), // a daughter's X
        (SON, X, "201", "110", None),
        (TRIO, Y, "201", "110", None),
        (TRIO, Mitochondrial, "201", "110", None),
    ] {
        let found = over_deletion(&family(ped), &calls(small), &calls(deletion), region, &Profile::none());
        let case = format!("{ped}{region:?} {small} {deletion}: {found:?}");
        assert_eq!(found.is_some(), expected.is_some(), "{case}");
        if let Some(hit) = found {
            assert_eq!(hit.mode, Mode::AutosomalRecessiveOverDeletion, "{case}");
            let names: Vec<_> = hit.flags.names().collect();
            let wanted = expected.unwrap().split(' ');
            assert!(wanted.into_iter().all(|w| names.iter().any(|n| n.starts_with(w))), "{case}");
        }
    }
}

#[test]
fn couples() {
    use Region::{Autosome as A, Mitochondrial, PseudoAutosomal as P, X, Y};
    // Region, genotypes of the woman and of the man by site; the sites each carries when they are a couple of carriers.
    for (region, woman, man, expected) in [
        (A, "10", "01", Some((vec![0], vec![1]))), // two variants of one gene
        (A, "1", "1", Some((vec![0], vec![0]))),   // the same
        (A, "110", "101", Some((vec![0, 1], vec![0, 2]))),
        (A, "2", "1", Some((vec![0], vec![0]))), // both copies
        (P, "1", "1", Some((vec![0], vec![0]))),
        (A, "1", "0", None),
        (A, "0", "1", None),
        (A, "1", ".", None), // not known to carry
        (A, "1", "-", None),
        (A, "", "", None),
        (X, "01", "00", Some((vec![1], vec![]))), // her sons
        (X, "1", "2", Some((vec![0], vec![]))),
        (X, "0", "2", None), // his daughters carry, his sons do not
        (Y, "0", "2", None),
        (Mitochondrial, "2", "2", None),
    ] {
        let sites: Vec<(Call, Call)> = calls(woman).into_iter().zip(calls(man)).collect();
        let expected = expected.map(|(woman, man)| CarrierCouple { woman, man });
        assert_eq!(carrier_couple(&sites, region, &Profile::none()), expected, "{region:?} {woman} {man}");
    }
    // A call that the profile does not take for one.
    let thin = Call { reference_depth: Some(3), alternate_depth: Some(3), other_depth: Some(0), ..call('1') };
    assert!(carrier_couple(&[(thin, call('1'))], A, &Profile::standard()).is_none());
    assert!(carrier_couple(&[(thin, call('1'))], A, &Profile::none()).is_some());
}

#[test]
fn pairs_on_x() {
    // Pedigree, genotypes at two places, flags of the pair.
    for (ped, first, second, expected) in [
        (DAD_SICK, "120", "101", Some("unaffected_carrier pseudo_dominant")), // he has one, which is enough for a man
        (DAD_SICK, "100", "101", None), // he has neither: not the gene of his disease
        (DAD_SICK, "1.0", "101", Some("parent_no_call phase_unknown unaffected_carrier pseudo_dominant")),
        (TRIO, "120", "101", None), // a well man has one, and no other copy
        (TRIO, "101", "101", None), // both from the mother
        (TRIO, "100", "101", Some("phase_unknown unaffected_carrier de_novo")), // one is new
        (TRIO, "1.0", "101", Some("parent_no_call phase_unknown unaffected_carrier")),
        (TRIO, "1.1", "101", None),                              // the well mother has both
        (DAD_UNKNOWN, "120", "101", Some("unaffected_carrier")), // whether he is well nobody wrote down
        (SON, "120", "101", None),                               // a man has no pairs
        (SON, "101", "101", None),
        (BROTHER_SICK, "1200", "1012", Some("unaffected_carrier")), // the brother has the mother's
        (BROTHER_SICK, "1200", "1010", None),                       // the sick brother has neither
        (BROTHER_WELL, "1000", "1010", Some("phase_unknown unaffected_carrier de_novo")),
        (BROTHER_WELL, "1000", "1012", None), // the well brother has one, and no other copy
        (SISTER_SICK, "1001", "1011", Some("phase_unknown unaffected_carrier de_novo")),
        (SISTER_SICK, "1001", "1010", None), // the sick sister has one of them
    ] {
        let (first, second) = (calls(first), calls(second));
        let sites = [&first[..], &second[..]];
        let (family, profile) = (family(ped), Profile::none());
        let compounds = compound_heterozygotes(&family, &sites, Region::X, &profile);
        assert_eq!(compounds.mode, Mode::XLinkedCompoundHeterozygous);
        let found: Vec<String> = compounds.pairs().map(|p| p.2.names().collect::<Vec<_>>().join(" ")).collect();
        assert_eq!(found, expected.into_iter().collect::<Vec<_>>(), "{ped}{first:?} {second:?}");
    }
    // In a pseudo-autosomal region as on an autosome: a well father may carry one.
    let (first, second, family, profile) = (calls("110"), calls("101"), family(TRIO), Profile::none());
    let sites = [&first[..], &second[..]];
    let compounds = compound_heterozygotes(&family, &sites, Region::PseudoAutosomal, &profile);
    assert_eq!(compounds.mode, Mode::AutosomalRecessiveCompoundHeterozygous);
    assert_eq!(compounds.pairs().count(), 1);
}
