//! Every mode against what the parents' genotypes give by going through their egg and sperm cells one by one.

use super::*;

/// A parent's copies: `1` is changed. A man's X is one copy.
type Copies = &'static [u8];

fn parent(copies: Option<Copies>, affected: bool) -> Parent {
    let share = |c: Copies| c.iter().map(|a| f64::from(*a)).sum::<f64>() / c.len() as f64;
    Parent { passes: copies.map(share), affected, doubtful: false }
}

/// The share of children with at least `needed` changed copies, each egg with each sperm cell.
fn children(father: Copies, mother: Copies, needed: u8) -> f64 {
    let all: Vec<bool> = father.iter().flat_map(|f| mother.iter().map(move |m| f + m >= needed)).collect();
    all.iter().filter(|ill| **ill).count() as f64 / all.len() as f64
}

fn found(mode: M, every_copy: bool, proband: Sex, father: Parent, mother: Parent) -> Inherited {
    let on_x =
        matches!(mode, M::XLinkedDominant | M::XLinkedRecessive | M::XLinkedCompoundHeterozygous | M::XLinkedDeNovo);
    Inherited { mode, on_x, proband, every_copy, father, mother }
}

const NONE: Copies = &[0, 0];
const ONE: Copies = &[0, 1];
const BOTH: Copies = &[1, 1];

#[test]
fn autosomal_risks_equal_all_meetings_of_egg_and_sperm() {
    for father in [NONE, ONE, BOTH] {
        for mother in [NONE, ONE, BOTH] {
            // A homozygous child of these parents needs a copy from each; a heterozygous one from either.
            let (can_be_homozygous, carried) = (father[1] * mother[1] == 1, father[1] + mother[1] > 0);
            for every_copy in [false, true] {
                if !carried || (every_copy && !can_be_homozygous) {
                    continue;
                }
                let of = |mode| {
                    found(mode, every_copy, Sex::Female, parent(Some(father), false), parent(Some(mother), false))
                };
                let risk = recurrence_risk(&of(M::AutosomalDominant));
                assert_eq!(risk.next_child, Some(children(father, mother, 1)), "{father:?} {mother:?}");
                // The same of inheriting it, without a number for falling ill.
                let incomplete = of(M::AutosomalDominantIncompletePenetrance);
                assert_eq!(super::risk(&incomplete), Risk::Each(children(father, mother, 1)));
                assert_eq!(recurrence_risk(&incomplete).next_child, None);
                if every_copy {
                    for mode in [
                        M::AutosomalRecessiveHomozygous,
                        M::AutosomalRecessiveCompoundHeterozygous,
                        M::AutosomalRecessiveOverDeletion,
                    ] {
                        let risk = recurrence_risk(&of(mode));
                        assert_eq!(
                            risk.next_child,
                            Some(children(father, mother, 2)),
                            "{mode:?} {father:?} {mother:?}"
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn risks_on_x_equal_all_meetings_of_egg_and_sperm() {
    for father in [&[0_u8][..], &[1]] {
        for mother in [ONE, BOTH] {
            for proband in [Sex::Male, Sex::Female] {
                let every_copy = proband == Sex::Male;
                let of = |mode| {
                    found(mode, every_copy, proband, parent(Some(father), father == [1]), parent(Some(mother), false))
                };
                for (mode, needed) in
                    [(M::XLinkedRecessive, 2), (M::XLinkedCompoundHeterozygous, 2), (M::XLinkedDominant, 1)]
                {
                    let expected =
                        Risk::BySex { sons: children(&[0], mother, 1), daughters: children(father, mother, needed) };
                    assert_eq!(risk(&of(mode)), expected, "{mode:?} {father:?} {mother:?} {proband:?}");
                }
            }
        }
    }
}

#[test]
fn a_missing_parent_is_what_the_child_makes_of_her() {
    let (well, ill) = (Parent::default(), Parent { affected: true, ..Parent::default() });
    let one = parent(Some(ONE), false);
    let none = parent(Some(NONE), false);
    for (mode, every_copy, proband, father, mother, expected) in [
        // One copy is enough.
        (M::AutosomalDominant, false, Sex::Male, well, well, None), // inherited or new: not known
        (M::AutosomalDominant, false, Sex::Male, ill, well, Some(0.5)),
        (M::AutosomalDominant, false, Sex::Male, one, well, Some(0.5)),
        (M::AutosomalDominant, false, Sex::Male, none, well, None), // the mother's, or new
        (M::AutosomalDominant, true, Sex::Male, well, well, None),  // at least three in four
        (M::AutosomalDominant, false, Sex::Male, none, none, Some(0.01)),
        // Two are needed: who is not examined gave one.
        (M::AutosomalRecessiveHomozygous, true, Sex::Male, well, well, Some(0.25)),
        (M::AutosomalRecessiveHomozygous, true, Sex::Male, ill, well, Some(0.5)),
        (M::AutosomalRecessiveHomozygous, true, Sex::Male, ill, ill, Some(1.0)),
        (M::AutosomalRecessiveHomozygous, true, Sex::Male, one, none, None), // one parent shows none
        (M::AutosomalRecessiveCompoundHeterozygous, true, Sex::Male, ill, one, Some(0.5)), // pseudo-dominant
        // On X.
        (M::XLinkedRecessive, true, Sex::Male, well, well, None), // the mother may or may not carry it
        (M::XLinkedRecessive, true, Sex::Male, well, one, Some(0.25)), // half of the sons, no daughter
        (M::XLinkedRecessive, true, Sex::Male, ill, one, Some(0.5)),
        (M::XLinkedRecessive, true, Sex::Female, well, well, Some(0.5)), // both gave one
        (M::XLinkedDominant, false, Sex::Female, ill, well, None),       // the mother is not examined
        (M::XLinkedDominant, false, Sex::Female, parent(Some(&[1]), true), well, Some(0.5)), // every daughter, no son
        (M::XLinkedDeNovo, true, Sex::Male, none, none, Some(0.01)),
        // The rest.
        (M::DeNovo, false, Sex::Male, none, none, Some(0.01)),
        (M::MosaicDeNovo, false, Sex::Male, none, none, Some(0.0)),
        (M::PossibleDeNovo, false, Sex::Male, well, none, None),
        (M::ParentalMosaic, false, Sex::Male, one, none, None),
        (M::Mitochondrial, true, Sex::Male, none, parent(Some(BOTH), true), None),
        (M::UniparentalDisomy, true, Sex::Male, one, none, Some(0.01)),
        (M::YLinked, true, Sex::Male, parent(Some(&[1]), true), well, Some(0.5)), // every son
        (M::CarrierCouple, false, Sex::Unknown, one, one, Some(0.25)),
    ] {
        let risk = recurrence_risk(&found(mode, every_copy, proband, father, mother));
        assert_eq!(risk.next_child, expected, "{mode:?} {every_copy} {proband:?} {father:?} {mother:?}: {}", risk.text);
        assert!(!risk.text.is_empty() && !risk.text_da.is_empty());
    }
}

#[test]
fn a_couple_with_a_carrier_of_x_has_sons_at_risk() {
    let woman = parent(Some(ONE), false);
    let on_x =
        Inherited { on_x: true, ..found(M::CarrierCouple, false, Sex::Unknown, parent(Some(&[0]), false), woman) };
    let risk = recurrence_risk(&on_x);
    assert_eq!(risk.next_child, Some(0.25));
    assert!(risk.text.contains("each son has a risk of 1 in 2") && !risk.text.contains("Both"));
}

#[test]
fn the_words_say_what_the_proband_passes_on() {
    let one = parent(Some(ONE), false);
    let none = parent(Some(NONE), false);
    for (mode, every_copy, proband, father, mother, da, en) in [
        (
            M::AutosomalDominantIncompletePenetrance,
            true,
            Sex::Male,
            one,
            one,
            "arver ændringen med en risiko på 3 ud af 4",
            "with a risk of 3 in 4",
        ),
        (
            M::AutosomalDominantIncompletePenetrance,
            true,
            Sex::Male,
            one,
            one,
            "Alle barnets egne børn arver den",
            "Every child of the child's own inherits it",
        ),
        (
            M::AutosomalDominantIncompletePenetrance,
            false,
            Sex::Male,
            one,
            none,
            "egne børn har hver en risiko på 1 ud af 2",
            "each have a risk of 1 in 2",
        ),
        (
            M::AutosomalDominant,
            true,
            Sex::Male,
            Parent::default(),
            Parent::default(),
            "mindst 3 ud af 4",
            "at least 3 in 4",
        ),
        (
            M::XLinkedDeNovo,
            true,
            Sex::Male,
            none,
            none,
            "Alle hans døtre arver den",
            "All his own daughters inherit it",
        ),
        (
            M::XLinkedDeNovo,
            false,
            Sex::Female,
            none,
            none,
            "egne børn har hver en risiko på 1 ud af 2",
            "each have a risk of 1 in 2",
        ),
        (
            M::XLinkedRecessive,
            true,
            Sex::Male,
            none,
            one,
            "næste søn har en risiko på 1 ud af 2",
            "the next son has a risk of 1 in 2",
        ),
        (
            M::AutosomalRecessiveHomozygous,
            true,
            Sex::Male,
            one,
            parent(Some(BOTH), true),
            "raske søskende er alle bærere",
            "are all carriers",
        ),
    ] {
        let risk = recurrence_risk(&found(mode, every_copy, proband, father, mother));
        assert!(risk.text_da.contains(da), "{}", risk.text_da);
        assert!(risk.text.contains(en), "{}", risk.text);
    }
}
