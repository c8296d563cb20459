//! Recurrence risk in plain words, by the mode of inheritance that was found.
//!
//! Numbers are the Mendelian segregation ratios; the figures for germline mosaicism after an apparent de novo variant
//! (about 1 %) follow the ranges given in Rahbari et al., Nat Genet 2016;48:126–133.

use crate::report::RecurrenceRisk;
use indgang_model::{ModeOfInheritance, Sex};

/// The risk for the next child of the same parents.
///
/// `proband` is the proband's sex: for X-linked recessive findings the risk is said for sons and daughters apart.
/// `parent_affected` is true when a parent has the disease herself.
pub fn recurrence_risk(mode: ModeOfInheritance, proband: Sex, parent_affected: bool) -> RecurrenceRisk {
    use ModeOfInheritance as M;
    let (next_child, text, text_da) = match mode {
        M::DeNovo | M::XLinkedDeNovo => (
            Some(0.01),
            "New in the child: neither parent's blood shows it. The risk for the next child is small, about 1 in 100, \
             since a parent may carry it in some egg or sperm cells. The child's own children each have a risk of 1 in 2.",
            "Nyopstået hos barnet: ingen af forældrenes blod viser den. Risikoen for næste barn er lille, omkring 1 ud af \
             100, fordi en forælder kan bære den i nogle æg- eller sædceller. Barnets egne børn har hver en risiko på 1 ud af 2.",
        ),
        M::PossibleDeNovo => (
            None,
            "It cannot be told whether it is new in the child or inherited, since a parent has not been examined at this \
             place. If it is new, the risk for the next child is about 1 in 100; if a parent carries it, 1 in 2.",
            "Det kan ikke afgøres, om den er nyopstået hos barnet eller nedarvet, da en forælder ikke er undersøgt på \
             dette sted. Er den nyopstået, er risikoen for næste barn omkring 1 ud af 100; bærer en forælder den, er den 1 ud af 2.",
        ),
        M::MosaicDeNovo => (
            Some(0.0),
            "Arisen in the child after conception: it is found in a part of the cells only. The parents' risk is not raised. \
             The child's own children can inherit it if it is present in the egg or sperm cells.",
            "Opstået hos barnet efter befrugtningen: den findes kun i en del af cellerne. Forældrenes risiko er ikke øget. \
             Barnets egne børn kan arve den, hvis den findes i æg- eller sædceller.",
        ),
        M::ParentalMosaic => (
            None,
            "A parent carries it in a part of the cells. The risk for the next child is raised and can be up to 1 in 2; \
             it depends on the share of egg or sperm cells that carry it.",
            "En forælder bærer den i en del af cellerne. Risikoen for næste barn er øget og kan være op til 1 ud af 2; \
             den afhænger af, hvor stor en del af æg- eller sædcellerne der bærer den.",
        ),
        M::AutosomalDominant if parent_affected => (
            Some(0.5),
            "Inherited from an affected parent. Each child has a risk of 1 in 2.",
            "Nedarvet fra en forælder, som selv har sygdommen. Hvert barn har en risiko på 1 ud af 2.",
        ),
        M::AutosomalDominant => (
            None,
            "One changed copy is enough. A parent who carries the change passes it on with a risk of 1 in 2 to each child; \
             if neither parent carries it the risk for the next child is about 1 in 100.",
            "Én ændret genkopi er nok. En forælder, der bærer ændringen, giver den videre med en risiko på 1 ud af 2 til \
             hvert barn; bærer ingen af forældrene den, er risikoen for næste barn omkring 1 ud af 100.",
        ),
        M::AutosomalDominantIncompletePenetrance => (
            None,
            "Each child inherits the change with a risk of 1 in 2, but not everyone who has it falls ill.",
            "Hvert barn arver ændringen med en risiko på 1 ud af 2, men ikke alle, der har den, bliver syge.",
        ),
        M::AutosomalRecessiveHomozygous
        | M::AutosomalRecessiveCompoundHeterozygous
        | M::AutosomalRecessiveOverDeletion
            if parent_affected =>
        {
            (
                Some(0.5),
                "Two changed copies are needed. One parent has the disease and the other is a healthy carrier: each child \
                 has a risk of 1 in 2.",
                "Der skal to ændrede genkopier til. Den ene forælder har sygdommen, og den anden er rask bærer: hvert barn \
                 har en risiko på 1 ud af 2.",
            )
        }
        M::AutosomalRecessiveHomozygous
        | M::AutosomalRecessiveCompoundHeterozygous
        | M::AutosomalRecessiveOverDeletion => (
            Some(0.25),
            "Two changed copies are needed, one from each parent, who are healthy carriers. Each child has a risk of 1 in 4; \
             a healthy brother or sister is a carrier with a chance of 2 in 3.",
            "Der skal to ændrede genkopier til, én fra hver af forældrene, som er raske bærere. Hvert barn har en risiko \
             på 1 ud af 4; raske søskende er bærere med en sandsynlighed på 2 ud af 3.",
        ),
        M::XLinkedRecessive | M::XLinkedCompoundHeterozygous => (
            Some(0.25),
            match proband {
                Sex::Female => {
                    "The gene is on the X chromosome and both the girl's copies are changed. Sons of a carrier mother have \
                     a risk of 1 in 2; daughters are at risk when the father has the change as well."
                }
                Sex::Male | Sex::Unknown => {
                    "The gene is on the X chromosome. If the mother carries the change, each son has a risk of 1 in 2 and \
                     each daughter a chance of 1 in 2 of being a carrier."
                }
            },
            match proband {
                Sex::Female => {
                    "Genet ligger på X-kromosomet, og begge pigens kopier er ændret. Sønner af en mor, der er bærer, har en \
                     risiko på 1 ud af 2; døtre har risiko, når også faren har ændringen."
                }
                Sex::Male | Sex::Unknown => {
                    "Genet ligger på X-kromosomet. Er moren bærer, har hver søn en risiko på 1 ud af 2, og hver datter har \
                     1 ud af 2 sandsynlighed for at være bærer."
                }
            },
        ),
        M::XLinkedDominant => (
            Some(0.5),
            "The gene is on the X chromosome and one changed copy is enough. A mother with the change passes it on to each \
             child with a risk of 1 in 2; a father passes it on to all daughters and no sons.",
            "Genet ligger på X-kromosomet, og én ændret kopi er nok. En mor med ændringen giver den videre til hvert barn \
             med en risiko på 1 ud af 2; en far giver den videre til alle døtre og ingen sønner.",
        ),
        M::YLinked => (
            Some(0.5),
            "The gene is on the Y chromosome: passed on from father to every son and no daughter.",
            "Genet ligger på Y-kromosomet: det gives videre fra far til alle sønner og ingen døtre.",
        ),
        M::Mitochondrial => (
            None,
            "In the mitochondria's own genes, passed on by the mother to all her children, in a share that varies from \
             child to child. A father does not pass it on.",
            "I mitokondriernes egne gener, som moren giver videre til alle sine børn, i en andel der varierer fra barn til \
             barn. En far giver dem ikke videre.",
        ),
        M::UniparentalDisomy => (
            Some(0.01),
            "Both copies come from one parent. This is usually a chance event and the risk for the next child is small; \
             a deletion on the other copy must be ruled out first.",
            "Begge kopier kommer fra én forælder. Det er som regel en tilfældighed, og risikoen for næste barn er lille; \
             et tab af den anden kopi skal først udelukkes.",
        ),
        M::CarrierCouple => (
            Some(0.25),
            "Both are healthy carriers of changes in the same gene. Each child has a risk of 1 in 4.",
            "Begge er raske bærere af ændringer i det samme gen. Hvert barn har en risiko på 1 ud af 4.",
        ),
    };
    RecurrenceRisk { next_child, text: text.to_owned(), text_da: text_da.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mendelian_ratios() {
        use ModeOfInheritance as M;
        for (mode, parent_affected, expected) in [
            (M::DeNovo, false, Some(0.01)),
            (M::AutosomalDominant, true, Some(0.5)),
            (M::AutosomalDominant, false, None), // depends on whether a parent carries it
            (M::AutosomalRecessiveHomozygous, false, Some(0.25)),
            (M::AutosomalRecessiveCompoundHeterozygous, true, Some(0.5)), // pseudo-dominant
            (M::XLinkedRecessive, false, Some(0.25)),                     // one half of sons, half of children are sons
            (M::Mitochondrial, false, None),
        ] {
            let risk = recurrence_risk(mode, Sex::Male, parent_affected);
            assert_eq!(risk.next_child, expected, "{mode:?}");
            assert!(!risk.text.is_empty() && !risk.text_da.is_empty());
        }
    }
}
