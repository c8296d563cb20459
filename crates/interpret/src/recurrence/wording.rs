//! The risk in plain words of both languages.

use super::{Inherited, Risk};
use crate::words::Words;
use indgang_model::{ModeOfInheritance as M, Sex};

/// All sentences about a finding, with the risk for the next child in it.
pub(super) fn words(found: &Inherited, risk: Risk) -> Words {
    let mut sentences = Vec::new();
    if found.is_doubtful() {
        sentences.push(doubtful());
        if super::is_recessive(found.mode) {
            sentences.push(own_children_recessive());
            return joined(&sentences);
        }
    }
    sentences.extend(match found.mode {
        M::DeNovo | M::XLinkedDeNovo => vec![new(), own_children_dominant(found)],
        M::PossibleDeNovo => vec![said(
            "Det kan ikke afgøres, om den er nyopstået hos barnet eller nedarvet, da en forælder ikke er undersøgt på dette sted. Er den nyopstået, er risikoen for næste barn omkring 1 ud af 100; bærer en forælder den, er den 1 ud af 2.",
            "It cannot be told whether it is new in the child or inherited, since a parent has not been examined at this place. If it is new, the risk for the next child is about 1 in 100; if a parent carries it, 1 in 2.",
        )],
        M::MosaicDeNovo => vec![said(
            "Opstået hos barnet efter befrugtningen: den findes kun i en del af cellerne. Forældrenes risiko er ikke øget. Barnets egne børn kan arve den, hvis den findes i æg- eller sædceller.",
            "Arisen in the child after conception: it is found in a part of the cells only. The parents' risk is not raised. The child's own children can inherit it if it is present in the egg or sperm cells.",
        )],
        M::ParentalMosaic => vec![said(
            "En forælder bærer den i en del af cellerne. Risikoen for næste barn er øget og kan være op til 1 ud af 2; den afhænger af, hvor stor en del af æg- eller sædcellerne der bærer den.",
            "A parent carries it in a part of the cells. The risk for the next child is raised and can be up to 1 in 2; it depends on the share of egg or sperm cells that carry it.",
        )],
        M::AutosomalDominant => vec![dominant(found, risk), own_children_dominant(found)],
        M::AutosomalDominantIncompletePenetrance => vec![
            dominant(found, risk),
            own_children_dominant(found),
            said("Ikke alle, der har ændringen, bliver syge.", "Not everyone who has the change falls ill."),
        ],
        M::AutosomalRecessiveHomozygous
        | M::AutosomalRecessiveCompoundHeterozygous
        | M::AutosomalRecessiveOverDeletion => vec![recessive(risk), own_children_recessive()],
        M::XLinkedRecessive | M::XLinkedCompoundHeterozygous => {
            vec![x_recessive(risk), own_children_x_recessive(found.proband)]
        }
        M::XLinkedDominant => vec![x_dominant(risk), own_children_dominant(found)],
        M::YLinked => vec![said(
            "Genet ligger på Y-kromosomet: en far giver det videre til alle sønner og ingen døtre.",
            "The gene is on the Y chromosome: a father passes it on to every son and no daughter.",
        )],
        M::Mitochondrial => vec![said(
            "I mitokondriernes egne gener, som moren giver videre til alle sine børn, i en andel der varierer fra barn til barn. En far giver dem ikke videre.",
            "In the mitochondria's own genes, passed on by the mother to all her children, in a share that varies from child to child. A father does not pass it on.",
        )],
        M::UniparentalDisomy => vec![said(
            "Begge kopier kommer fra én forælder. Det er som regel en tilfældighed, og risikoen for næste barn er lille; et tab af den anden kopi skal først udelukkes.",
            "Both copies come from one parent. This is usually a chance event and the risk for the next child is small; a deletion on the other copy must be ruled out first.",
        )],
        M::CarrierCouple => vec![couple(found, risk)],
    });
    joined(&sentences)
}

fn joined(sentences: &[Words]) -> Words {
    let join = |language: fn(&Words) -> &str| sentences.iter().map(language).collect::<Vec<_>>().join(" ");
    Words::new(join(|w| &w.da), join(|w| &w.en))
}

fn doubtful() -> Words {
    said(
        "En forælders kald er usikkert eller mangler på dette sted, så risikoen kan ikke siges i tal, før forælderen er undersøgt igen.",
        "A parent's call is doubtful or missing at this place, so the risk cannot be told in a number until the parent has been examined again.",
    )
}

fn said(da: impl Into<String>, en: impl Into<String>) -> Words {
    Words::new(da, en)
}

/// A Mendelian ratio in words.
fn ratio(risk: f64) -> Words {
    for (value, da, en) in [
        (0.0, "0", "0"),
        (0.25, "1 ud af 4", "1 in 4"),
        (0.5, "1 ud af 2", "1 in 2"),
        (0.75, "3 ud af 4", "3 in 4"),
        (1.0, "1 ud af 1", "1 in 1"),
    ] {
        if (risk - value).abs() < 1e-9 {
            return said(da, en);
        }
    }
    let hundredths = (risk * 100.0).round();
    said(format!("{hundredths} ud af 100"), format!("{hundredths} in 100"))
}

fn new() -> Words {
    said(
        "Nyopstået hos barnet: ingen af forældrenes blod viser den. Risikoen for næste barn er lille, omkring 1 ud af 100, fordi en forælder kan bære den i nogle æg- eller sædceller.",
        "New in the child: neither parent's blood shows it. The risk for the next child is small, about 1 in 100, since a parent may carry it in some egg or sperm cells.",
    )
}

fn dominant(found: &Inherited, risk: Risk) -> Words {
    let enough = if found.every_copy {
        said(
            "Én ændret genkopi er nok, og her er begge ændret.",
            "One changed copy is enough, and here both are changed.",
        )
    } else if (found.father.affected || found.mother.affected) && found.mode == M::AutosomalDominant {
        said(
            "Én ændret genkopi er nok; den er nedarvet fra en forælder, som selv har sygdommen.",
            "One changed copy is enough; it is inherited from an affected parent.",
        )
    } else {
        said("Én ændret genkopi er nok.", "One changed copy is enough.")
    };
    let next = match risk {
        Risk::Each(1.0) => said(
            "Alle børn af de samme forældre arver ændringen.",
            "Every child of the same parents inherits the change.",
        ),
        Risk::Each(risk) if risk < 0.1 => new(),
        Risk::Each(risk) => {
            let ratio = ratio(risk);
            said(
                format!("Næste barn af de samme forældre arver ændringen med en risiko på {}.", ratio.da),
                format!("The next child of the same parents inherits the change with a risk of {}.", ratio.en),
            )
        }
        Risk::AtLeast(risk) => {
            let ratio = ratio(risk);
            said(
                format!(
                    "En forælders genotype kendes ikke eller forklarer ikke barnets; næste barn arver ændringen med en risiko på mindst {}.",
                    ratio.da
                ),
                format!(
                    "A parent's genotype is not known or does not explain the child's; the next child inherits the change with a risk of at least {}.",
                    ratio.en
                ),
            )
        }
        Risk::BySex { .. } | Risk::Unsaid => said(
            "En forælder, der bærer ændringen i den ene kopi, giver den videre med en risiko på 1 ud af 2 til hvert barn; bærer ingen af forældrene den, er risikoen for næste barn omkring 1 ud af 100.",
            "A parent who carries the change in one copy passes it on with a risk of 1 in 2 to each child; if neither parent carries it the risk for the next child is about 1 in 100.",
        ),
    };
    said(format!("{} {}", enough.da, next.da), format!("{} {}", enough.en, next.en))
}

/// What the proband passes on of a change of which one copy is enough.
fn own_children_dominant(found: &Inherited) -> Words {
    match (found.on_x || found.mode == M::XLinkedDeNovo, found.proband) {
        (true, Sex::Male) => said(
            "Alle hans døtre arver den, og ingen af hans sønner.",
            "All his own daughters inherit it, and none of his sons.",
        ),
        (true, Sex::Unknown) => said(
            "En mand giver den videre til alle sine døtre og ingen sønner, en kvinde med én ændret kopi til halvdelen af sine børn.",
            "A man passes it on to all his daughters and no sons, a woman with one changed copy to half of her children.",
        ),
        _ if found.every_copy => {
            said("Alle barnets egne børn arver den.", "Every child of the child's own inherits it.")
        }
        _ => said(
            "Barnets egne børn har hver en risiko på 1 ud af 2.",
            "The child's own children each have a risk of 1 in 2.",
        ),
    }
}

fn recessive(risk: Risk) -> Words {
    match risk {
        Risk::Each(1.0) => said(
            "Der skal to ændrede genkopier til, og begge forældre har to: det får alle deres børn.",
            "Two changed copies are needed, and both parents have two: so will all their children.",
        ),
        Risk::Each(0.5) => said(
            "Der skal to ændrede genkopier til. Den ene forælder har to og den anden én: hvert barn har en risiko på 1 ud af 2, og raske søskende er alle bærere.",
            "Two changed copies are needed. One parent has two and the other has one: each child has a risk of 1 in 2, and healthy brothers and sisters are all carriers.",
        ),
        Risk::Each(_) | Risk::AtLeast(_) | Risk::BySex { .. } => said(
            "Der skal to ændrede genkopier til, én fra hver af forældrene, som er raske bærere. Hvert barn har en risiko på 1 ud af 4; raske søskende er bærere med en sandsynlighed på 2 ud af 3.",
            "Two changed copies are needed, one from each parent, who are healthy carriers. Each child has a risk of 1 in 4; a healthy brother or sister is a carrier with a chance of 2 in 3.",
        ),
        Risk::Unsaid => said(
            "Der skal to ændrede genkopier til, men den ene forælder viser ingen. Det skal først opklares, om ændringen er ny, skjult af et tab, eller om begge kopier kommer fra én forælder; før kan risikoen ikke siges.",
            "Two changed copies are needed, but one parent shows none. Whether the change is new, hidden by a deletion, or both copies come from one parent must be found first; until then the risk cannot be told.",
        ),
    }
}

fn own_children_recessive() -> Words {
    said(
        "Barnet giver én ændret kopi videre til hvert af sine egne børn; de bliver kun syge, hvis den anden forælder også giver en.",
        "The child passes one changed copy on to each of its own children; they fall ill only if the other parent gives one as well.",
    )
}

fn x_recessive(risk: Risk) -> Words {
    let Risk::BySex { sons, daughters } = risk else {
        return said(
            "Genet ligger på X-kromosomet. Er moren bærer, har hver søn en risiko på 1 ud af 2, og hver datter 1 ud af 2 sandsynlighed for at være bærer.",
            "The gene is on the X chromosome. If the mother carries the change, each son has a risk of 1 in 2 and each daughter a chance of 1 in 2 of being a carrier.",
        );
    };
    let son = ratio(sons);
    if daughters > 0.0 {
        let daughter = ratio(daughters);
        return said(
            format!(
                "Genet ligger på X-kromosomet, og begge forældre har ændringen: næste søn har en risiko på {}, næste datter på {}.",
                son.da, daughter.da
            ),
            format!(
                "The gene is on the X chromosome and both parents have the change: the next son has a risk of {}, the next daughter of {}.",
                son.en, daughter.en
            ),
        );
    }
    said(
        format!(
            "Genet ligger på X-kromosomet, og moren har ændringen: næste søn har en risiko på {}; næste datter bliver ikke syg, men er bærer med en sandsynlighed på {}.",
            son.da, son.da
        ),
        format!(
            "The gene is on the X chromosome and the mother has the change: the next son has a risk of {}; the next daughter does not fall ill, but is a carrier with a chance of {}.",
            son.en, son.en
        ),
    )
}

fn own_children_x_recessive(proband: Sex) -> Words {
    match proband {
        Sex::Male => said(
            "Alle hans egne døtre bliver bærere; hans sønner arver det ikke.",
            "All his own daughters will be carriers; his sons do not inherit it.",
        ),
        Sex::Female => said(
            "Alle hendes egne sønner får sygdommen, og alle hendes døtre bliver mindst bærere.",
            "All her own sons have the disease, and all her daughters are carriers at least.",
        ),
        Sex::Unknown => said(
            "En mand giver ændringen videre til alle sine døtre og ingen sønner.",
            "A man passes the change on to all his daughters and no sons.",
        ),
    }
}

fn x_dominant(risk: Risk) -> Words {
    match risk {
        Risk::BySex { sons, daughters } => {
            let (son, daughter) = (ratio(sons), ratio(daughters));
            said(
                format!(
                    "Genet ligger på X-kromosomet, og én ændret kopi er nok: næste søn arver ændringen med en risiko på {}, næste datter på {}.",
                    son.da, daughter.da
                ),
                format!(
                    "The gene is on the X chromosome and one changed copy is enough: the next son inherits the change with a risk of {}, the next daughter of {}.",
                    son.en, daughter.en
                ),
            )
        }
        Risk::Each(_) => new(),
        Risk::AtLeast(_) | Risk::Unsaid => said(
            "Genet ligger på X-kromosomet, og én ændret kopi er nok. En mor med ændringen i den ene kopi giver den videre til hvert barn med en risiko på 1 ud af 2; en far giver den videre til alle døtre og ingen sønner.",
            "The gene is on the X chromosome and one changed copy is enough. A mother with the change in one copy passes it on to each child with a risk of 1 in 2; a father passes it on to all daughters and no sons.",
        ),
    }
}

fn couple(found: &Inherited, risk: Risk) -> Words {
    if found.on_x {
        return said(
            "Kvinden er rask bærer af en ændring på X-kromosomet: hver søn har en risiko på 1 ud af 2, og hver datter 1 ud af 2 sandsynlighed for at være bærer.",
            "The woman is a healthy carrier of a change on the X chromosome: each son has a risk of 1 in 2, and each daughter a chance of 1 in 2 of being a carrier.",
        );
    }
    let Risk::Each(risk) = risk else { return Words::default() };
    let ratio = ratio(risk);
    said(
        format!("Begge er raske bærere af ændringer i det samme gen. Hvert barn har en risiko på {}.", ratio.da),
        format!("Both are healthy carriers of changes in the same gene. Each child has a risk of {}.", ratio.en),
    )
}
