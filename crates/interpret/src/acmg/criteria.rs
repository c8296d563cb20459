//! Which criteria a variant meets, from what is known about it.

use super::Strength::{self, Moderate, StandAlone, Strong, Supporting, VeryStrong};
use super::{classify, criterion};
use crate::report::{Acmg, AcmgCriterion};
use crate::words::{Words, decimal_comma};

/// What the automatic criteria look at. `None` means not known, and an unknown never speaks either way.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Evidence {
    /// Most severe Sequence Ontology term in the gene.
    pub consequence: String,
    /// Why loss of function is how this gene causes disease, when it is.
    pub loss_of_function_gene: Option<Words>,
    /// True when the transcript escapes nonsense-mediated decay (last exon, or last 50 nt of the one before).
    pub escapes_decay: bool,
    /// Highest population frequency; `None` when no population source has the variant.
    pub max_frequency: Option<f64>,
    /// True when the file was annotated with population frequencies, so that absence means something.
    pub frequencies_known: bool,
    /// Homozygotes (and hemizygotes) in population data.
    pub homozygotes: Option<u64>,
    /// The disease needs two changed copies.
    pub recessive: bool,
    /// New in the child: `Some(true)` when kinship was confirmed, `Some(false)` when assumed.
    pub de_novo: Option<bool>,
    /// The other allele of the pair is (likely) pathogenic: `Some(true)` in trans, `Some(false)` phase unknown.
    pub pathogenic_partner: Option<bool>,
    /// A pathogenic ClinVar record with the same amino-acid change by another nucleotide change: identifier, stars.
    pub same_amino_acid: Option<(String, u8)>,
    /// A pathogenic ClinVar record with another change of the same amino acid: identifier, stars.
    pub other_amino_acid: Option<(String, u8)>,
    /// (Likely) pathogenic and (likely) benign ClinVar records within 25 bases: the hotspot test.
    pub neighbours: Option<(u32, u32)>,
    /// REVEL score of a missense change.
    pub revel: Option<f64>,
    /// Largest SpliceAI delta score.
    pub splice_ai: Option<f64>,
}

/// Terms that abolish a transcript's product (Abou Tayoun et al., Hum Mutat 2018;39:1517).
const LOSS_OF_FUNCTION: [&str; 5] =
    ["transcript_ablation", "splice_acceptor_variant", "splice_donor_variant", "stop_gained", "frameshift_variant"];

/// True for terms that abolish the product.
pub(crate) fn is_loss_of_function(consequence: &str) -> bool {
    LOSS_OF_FUNCTION.contains(&consequence)
}

/// Applies every automatic criterion.
pub fn assess(e: &Evidence) -> Acmg {
    let mut met: Vec<AcmgCriterion> = Vec::new();
    met.extend(frequency_criteria(e));
    met.extend(loss_of_function(e));
    met.extend(known_changes(e));
    met.extend(family(e));
    met.extend(predictions(e));
    classify(met)
}

fn frequency_criteria(e: &Evidence) -> Vec<AcmgCriterion> {
    let mut met = Vec::new();
    let frequency = |digits: String| Words::new(decimal_comma(&digits), digits);
    let above = |f: f64, limit: &str| {
        let f = frequency(format!("{f:.4}"));
        Words::new(
            format!("hyppigheden i befolkningen er {}, over {} %", f.da, decimal_comma(limit)),
            format!("population frequency {} is above {limit} %", f.en),
        )
    };
    match e.max_frequency {
        Some(f) if f > 0.05 => met.push(criterion("BA1", StandAlone, above(f, "5"))),
        Some(f) if f > 0.015 => met.push(criterion("BS1", Strong, above(f, "1.5"))),
        Some(f) if f < if e.recessive { 1e-4 } else { 1e-5 } => {
            let f = frequency(format!("{f:.1e}"));
            met.push(criterion(
                "PM2",
                Supporting,
                Words::new(
                    format!("meget sjælden: hyppighed i befolkningen {}", f.da),
                    format!("very rare: population frequency {}", f.en),
                ),
            ));
        }
        None if e.frequencies_known => met.push(criterion(
            "PM2",
            Supporting,
            Words::new("findes ikke i filens befolkningsdata", "absent from the population data of the file"),
        )),
        _ => {}
    }
    if let Some(n) = e.homozygotes
        && n > 2
        && e.recessive
    {
        met.push(criterion(
            "BS2",
            Strong,
            Words::new(format!("{n} homozygote i befolkningsdata"), format!("{n} homozygotes in population data")),
        ));
    }
    met
}

fn loss_of_function(e: &Evidence) -> Option<AcmgCriterion> {
    if let Some(why) = &e.loss_of_function_gene {
        if is_loss_of_function(&e.consequence) {
            let (strength, da, en) = if e.escapes_decay {
                (
                    Strong,
                    "; transskriptet undgår måske nedbrydning (NMD)",
                    "; the transcript may escape nonsense-mediated decay",
                )
            } else {
                (VeryStrong, "", "")
            };
            let reason = Words::new(
                format!("{}, og {}{da}", e.consequence, why.da),
                format!("{}, and {}{en}", e.consequence, why.en),
            );
            return Some(criterion("PVS1", strength, reason));
        }
        if e.consequence == "start_lost" {
            let reason = Words::new(format!("start_lost, og {}", why.da), format!("start_lost, and {}", why.en));
            return Some(criterion("PVS1", Moderate, reason));
        }
    }
    let length_changed = matches!(
        e.consequence.as_str(),
        "inframe_insertion" | "inframe_deletion" | "stop_lost" | "protein_altering_variant"
    );
    length_changed.then(|| {
        let reason = Words::new(
            format!("proteinets længde ændres ({})", e.consequence),
            format!("protein length changes ({})", e.consequence),
        );
        criterion("PM4", Moderate, reason)
    })
}

fn known_changes(e: &Evidence) -> Vec<AcmgCriterion> {
    let mut met = Vec::new();
    if let Some((id, stars)) = &e.same_amino_acid {
        let strength = if *stars >= 2 { Strong } else { Moderate };
        let reason = Words::new(
            format!("samme aminosyreændring er sygdomsgivende i ClinVar {id} ({stars} af 4 stjerner)"),
            format!("same amino-acid change is pathogenic in ClinVar {id} ({stars} stars)"),
        );
        met.push(criterion("PS1", strength, reason));
    } else if let Some((id, stars)) = &e.other_amino_acid {
        let strength = if *stars >= 2 { Moderate } else { Supporting };
        let reason = Words::new(
            format!("en anden ændring af samme aminosyre er sygdomsgivende i ClinVar {id} ({stars} af 4 stjerner)"),
            format!("another change of the same amino acid is pathogenic in ClinVar {id} ({stars} stars)"),
        );
        met.push(criterion("PM5", strength, reason));
    }
    if let Some((pathogenic, benign)) = e.neighbours
        && e.consequence == "missense_variant"
        && pathogenic >= 4
        && benign == 0
    {
        let reason = Words::new(
            format!("{pathogenic} sygdomsgivende og ingen godartede varianter i ClinVar inden for 25 baser"),
            format!("{pathogenic} pathogenic and no benign ClinVar variants within 25 bases"),
        );
        met.push(criterion("PM1", Moderate, reason));
    }
    met
}

fn family(e: &Evidence) -> Vec<AcmgCriterion> {
    let de_novo = e.de_novo.map(|confirmed| {
        if confirmed {
            let reason = Words::new(
                "ny hos barnet; slægtskabet stemmer med genotyperne",
                "new in the child; parentage agrees with the genotypes",
            );
            criterion("PS2", Strong, reason)
        } else {
            let reason = Words::new(
                "formentlig ny hos barnet; slægtskabet er forudsat",
                "probably new in the child; parentage is assumed",
            );
            criterion("PM6", Moderate, reason)
        }
    });
    let partner = e.pathogenic_partner.map(|in_trans| {
        if in_trans {
            let reason = Words::new(
                "på den anden kopi sidder en (sandsynligt) sygdomsgivende variant",
                "in trans with a (likely) pathogenic variant",
            );
            criterion("PM3", Moderate, reason)
        } else {
            let reason = Words::new(
                "sammen med en (sandsynligt) sygdomsgivende variant, fase ukendt",
                "together with a (likely) pathogenic variant, phase unknown",
            );
            criterion("PM3", Supporting, reason)
        }
    });
    de_novo.into_iter().chain(partner).collect()
}

fn predictions(e: &Evidence) -> Option<AcmgCriterion> {
    // Thresholds: Pejaver et al., Am J Hum Genet 2022;109:2163 (REVEL); Walker et al., AJHG 2023;110:1046 (SpliceAI).
    if let Some(delta) = e.splice_ai.filter(|d| *d >= 0.2) {
        let delta = format!("{delta:.2}");
        let reason = Words::new(
            format!("SpliceAI-delta {} (0,2 eller mere)", decimal_comma(&delta)),
            format!("SpliceAI delta {delta} (0.2 or more)"),
        );
        return Some(criterion("PP3", Supporting, reason));
    }
    let Some(revel) = e.revel.filter(|_| e.consequence == "missense_variant") else {
        return (e.consequence == "synonymous_variant").then(|| {
            let reason = Words::new(
                "synonym, uden forudsagt virkning på splejsning",
                "synonymous, with no predicted effect on splicing",
            );
            criterion("BP7", Supporting, reason)
        });
    };
    let score = format!("{revel:.3}");
    let said = |code: &str, strength: Strength, limit: &str| {
        let (da, en) = if code == "PP3" { ("eller mere", "or more") } else { ("eller mindre", "or less") };
        let reason = Words::new(
            format!("REVEL {} ({} {da})", decimal_comma(&score), decimal_comma(limit)),
            format!("REVEL {score} ({limit} {en})"),
        );
        criterion(code, strength, reason)
    };
    match revel {
        r if r >= 0.932 => Some(said("PP3", Strong, "0.932")),
        r if r >= 0.773 => Some(said("PP3", Moderate, "0.773")),
        r if r >= 0.644 => Some(said("PP3", Supporting, "0.644")),
        r if r <= 0.016 => Some(said("BP4", Strong, "0.016")),
        r if r <= 0.183 => Some(said("BP4", Moderate, "0.183")),
        r if r <= 0.290 => Some(said("BP4", Supporting, "0.290")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(e: &Evidence) -> Vec<(String, i32)> {
        assess(e).criteria.into_iter().map(|c| (c.code, c.points)).collect()
    }

    #[test]
    fn one_line_a_case() {
        let lof = || Some(Words::new("LOEUF er 0,10", "LOEUF is 0.10"));
        let base = |consequence: &str| Evidence { consequence: consequence.to_owned(), ..Evidence::default() };
        for (e, expected) in [
            // unknown frequency in a file without frequencies says nothing
            (base("missense_variant"), vec![]),
            (Evidence { frequencies_known: true, ..base("missense_variant") }, vec![("PM2", 1)]),
            (Evidence { max_frequency: Some(0.2), ..base("missense_variant") }, vec![("BA1", -8)]),
            (Evidence { max_frequency: Some(5e-5), ..base("missense_variant") }, vec![]),
            (Evidence { max_frequency: Some(5e-5), recessive: true, ..base("missense_variant") }, vec![("PM2", 1)]),
            (Evidence { loss_of_function_gene: lof(), ..base("stop_gained") }, vec![("PVS1", 8)]),
            (Evidence { loss_of_function_gene: lof(), escapes_decay: true, ..base("stop_gained") }, vec![("PVS1", 4)]),
            (base("stop_gained"), vec![]), // gene not known to act by loss of function
            (base("inframe_deletion"), vec![("PM4", 2)]),
            (Evidence { de_novo: Some(true), ..base("missense_variant") }, vec![("PS2", 4)]),
            (Evidence { de_novo: Some(false), ..base("missense_variant") }, vec![("PM6", 2)]),
            (Evidence { pathogenic_partner: Some(false), ..base("missense_variant") }, vec![("PM3", 1)]),
            (Evidence { same_amino_acid: Some(("1".into(), 2)), ..base("missense_variant") }, vec![("PS1", 4)]),
            (Evidence { other_amino_acid: Some(("1".into(), 1)), ..base("missense_variant") }, vec![("PM5", 1)]),
            (Evidence { neighbours: Some((4, 0)), ..base("missense_variant") }, vec![("PM1", 2)]),
            (Evidence { neighbours: Some((9, 1)), ..base("missense_variant") }, vec![]),
            (Evidence { revel: Some(0.95), ..base("missense_variant") }, vec![("PP3", 4)]),
            (base("synonymous_variant"), vec![("BP7", -1)]),
        ] {
            let expected: Vec<(String, i32)> = expected.into_iter().map(|(c, p)| (c.to_owned(), p)).collect();
            assert_eq!(codes(&e), expected, "{e:?}");
        }
    }
}
