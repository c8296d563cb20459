//! The reason for a rank, in plain words of both languages, each part with its weight.

use crate::combined::LogOdds;
use crate::html::mode_words;
use crate::report::{ClinVar, Disease, Explanation};
use crate::words::{Words, decimal_comma, in_danish, named};
use indgang_model::ModeOfInheritance;

/// What the words need to know of a finding.
pub(crate) struct Facts<'a> {
    pub(crate) mode: ModeOfInheritance,
    /// `Some(true)`: the disease is known by this mode; `Some(false)`: by others only; `None`: no disease is known.
    pub(crate) mode_known: Option<bool>,
    /// The consequence of each variant.
    pub(crate) consequences: Vec<&'a str>,
    /// The highest frequency of each variant.
    pub(crate) frequencies: Vec<Option<f64>>,
    pub(crate) clinvar: Option<&'a ClinVar>,
    /// With its place among the diseases that compete, and their number, when the signs were compared with it.
    pub(crate) disease: Option<(&'a Disease, Option<(f64, usize)>)>,
    pub(crate) validity: Option<(&'a str, &'a str)>,
    pub(crate) constraint: Option<f64>,
    pub(crate) low_quality: bool,
    /// The reads of a heterozygous call are shared unequally.
    pub(crate) unbalanced: bool,
    /// What ClinVar holds of the gene's other variants, when it holds something.
    pub(crate) records: Option<Words>,
    pub(crate) signs: usize,
}

/// Every part that says something, the weightiest first.
pub(crate) fn explain(facts: &Facts<'_>, odds: &LogOdds) -> Vec<Explanation> {
    let mut parts = vec![consequence(facts, odds.variant), mode(facts, odds.mode_of_inheritance)];
    parts.extend(phenotype(facts, odds.phenotype));
    if let Some(clinvar) = facts.clinvar {
        let text = format!("ClinVar {} says {} ({} of 4 stars)", clinvar.id, clinvar.significance, clinvar.stars);
        let text_da = format!(
            "ClinVar {} siger {} ({} af 4 stjerner)",
            clinvar.id,
            in_danish("clinvar", &clinvar.key()),
            clinvar.stars
        );
        parts.push(part("clinvar", text, text_da, 0.0));
    }
    if let Some((validity, source)) = facts.validity {
        parts.push(part(
            "gene_disease_validity",
            format!("The link between gene and disease is {} ({source})", validity.to_lowercase()),
            format!("Sammenhængen mellem gen og sygdom er {} ({source})", validity_da(validity)),
            odds.validity,
        ));
    }
    if let Some(loeuf) = facts.constraint.filter(|_| odds.constraint != 0.0) {
        let (en, da) = match loeuf {
            ..0.6 => ("tolerates loss of function poorly", "tåler tab af funktion dårligt"),
            ..=1.0 => ("tolerates loss of function as most do", "tåler tab af funktion som de fleste"),
            _ => ("tolerates loss of function well", "tåler tab af funktion godt"),
        };
        parts.push(part(
            "constraint",
            format!("The gene {en} (gnomAD LOEUF {loeuf:.2})"),
            format!("Genet {da} (gnomAD LOEUF {})", decimal_comma(&format!("{loeuf:.2}"))),
            odds.constraint,
        ));
    }
    if let Some(Words { da, en }) = facts.records.clone() {
        parts.push(part("records", en, da, odds.records));
    }
    parts.extend(quality(facts, odds.quality));
    parts.sort_by(|a, b| b.contribution.abs().total_cmp(&a.contribution.abs()));
    parts
}

fn part(key: &str, text: String, text_da: String, contribution: f64) -> Explanation {
    Explanation { key: key.to_owned(), text, text_da, contribution }
}

fn quality(facts: &Facts<'_>, contribution: f64) -> Option<Explanation> {
    let (en, da) = match (facts.unbalanced, facts.low_quality) {
        (true, _) => (
            "The reads are shared unequally for a heterozygous call, as when copies of the gene are mixed up",
            "Læsningerne er skævt fordelt for et heterozygot kald, som når kopier af genet forveksles",
        ),
        (false, true) => (
            "The call is doubtful: see depth, balance and filter",
            "Kaldet er tvivlsomt: se dybde, allelandel og filter",
        ),
        (false, false) => return None,
    };
    Some(part("quality", en.to_owned(), da.to_owned(), contribution))
}

fn consequence(facts: &Facts<'_>, contribution: f64) -> Explanation {
    let terms = facts.consequences.iter().map(|c| c.replace('_', " ")).collect::<Vec<_>>().join(" + ");
    let terms_da = facts.consequences.iter().map(|c| in_danish("consequence", c)).collect::<Vec<_>>().join(" + ");
    let highest = facts.frequencies.iter().flatten().copied().reduce(f64::max);
    let (en, da) = match highest {
        Some(f) if f > 0.0 => (
            format!("at most {} in population data", percent(f)),
            format!("højst {} i befolkningsdata", decimal_comma(&percent(f))),
        ),
        Some(_) => ("not seen in population data".to_owned(), "ikke set i befolkningsdata".to_owned()),
        None => ("population frequency not known".to_owned(), "hyppighed i befolkningen ikke kendt".to_owned()),
    };
    part("consequence", format!("{terms}; {en}"), format!("{terms_da}; {da}"), contribution)
}

fn mode(facts: &Facts<'_>, contribution: f64) -> Explanation {
    let (da, en) = mode_words(facts.mode);
    let (known, known_da) = match facts.mode_known {
        Some(true) if arises(facts.mode) => (
            ", which fits how the disease is known to be inherited",
            ", hvad der passer til, hvordan sygdommen vides at nedarves",
        ),
        Some(true) => (", as the disease is known to be inherited", ", som sygdommen vides at nedarves"),
        Some(false) => (
            ", but the disease is known by another mode of inheritance",
            ", men sygdommen kendes med en anden nedarvning",
        ),
        None => ("", ""),
    };
    part(
        "mode_of_inheritance",
        format!("In this family: {en}{known}"),
        format!("I denne familie: {da}{known_da}"),
        contribution,
    )
}

/// True when the finding arose in the proband rather than came from a parent.
fn arises(mode: ModeOfInheritance) -> bool {
    use ModeOfInheritance as M;
    matches!(mode, M::DeNovo | M::PossibleDeNovo | M::MosaicDeNovo | M::XLinkedDeNovo | M::UniparentalDisomy)
}

fn phenotype(facts: &Facts<'_>, contribution: f64) -> Option<Explanation> {
    let (disease, place) = facts.disease?;
    if facts.signs == 0 {
        return None;
    }
    let label_da = named("disease", &disease.label).map_or(&*disease.label, |(danish, _)| danish);
    let (name, name_da) = (format!("{} ({})", disease.label, disease.id), format!("{label_da} ({})", disease.id));
    let (en, da) = match place {
        Some((place, of)) => (
            format!("By the signs {name} comes as number {place:.0} of {of} diseases"),
            format!("Efter tegnene kommer {name_da} som nummer {place:.0} af {of} sygdomme"),
        ),
        None => (
            format!("The signs of {name} are not known, so that these could not be compared with them"),
            format!("Tegnene på {name_da} er ikke kendt, så disse kunne ikke sammenlignes med dem"),
        ),
    };
    Some(part("phenotype", en, da, contribution))
}

fn validity_da(validity: &str) -> &str {
    match validity {
        "Definitive" => "sikker",
        "Strong" => "stærkt underbygget",
        "Moderate" => "nogenlunde underbygget",
        "Limited" => "svagt underbygget",
        "Disputed" => "omstridt",
        "Refuted" => "afvist",
        "No Known Disease Relationship" => "ikke kendt",
        other => other,
    }
}

fn percent(f: f64) -> String {
    if f < 1e-4 { format!("{:.4} %", f * 100.0) } else { format!("{:.2} %", f * 100.0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_has_a_name_in_both_languages() {
        let clinvar =
            ClinVar { significance: "Pathogenic".into(), stars: 1, id: "1".into(), version: "2016-09".into() };
        let disease = Disease { id: "OMIM:101600".into(), label: "Pfeiffer syndrome".into() };
        let facts = Facts {
            mode: ModeOfInheritance::AutosomalDominant,
            mode_known: Some(true),
            consequences: vec!["missense_variant"],
            frequencies: vec![None],
            clinvar: Some(&clinvar),
            disease: Some((&disease, Some((1.0, 7_000)))),
            validity: Some(("Definitive", "ClinGen")),
            constraint: Some(0.3),
            low_quality: true,
            unbalanced: false,
            records: Some(Words::new("a", "b")),
            signs: 1,
        };
        let parts = explain(&facts, &LogOdds { constraint: 1.0, ..LogOdds::default() });
        assert_eq!(parts.len(), 8);
        for part in parts {
            assert!(named("part", &part.key).is_some(), "{} has no name", part.key);
        }
    }
}
