//! Which criteria a variant meets, from what is known about it.

use super::Strength::{self, Moderate, StandAlone, Strong, Supporting, VeryStrong};
use super::{Code, Rules, classify, criterion, points};
use crate::report::{Acmg, AcmgCriterion};
use crate::words::{Words, decimal_comma};
use indgang_knowledge::GeneRecord;

/// Sources by their names in the report's `versions`.
const CLINVAR: &str = "clinvar";
const CONSTRAINT: &str = "gnomad_constraint";
const GENE_LISTS: &str = "gene_lists";
/// What stands in the case's own files.
const CONSEQUENCE: &str = "consequence";
const GENOTYPES: &str = "genotypes";
const POPULATION: &str = "population_data";

/// Why a gene is known to cause disease by loss of its function.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Mechanism {
    /// In words.
    pub why: Words,
    /// The source that says so.
    pub source: &'static str,
}

/// What is known of a gene's loss of function, if it causes disease. `truncating` are the truncating variants that
/// ClinVar has as (likely) pathogenic.
pub fn mechanism(gene: &GeneRecord, truncating: u32, recessive: bool) -> Option<Mechanism> {
    let known = |source, da: String, en: String| Some(Mechanism { why: Words::new(da, en), source });
    if gene.haploinsufficient == Some(true) {
        let (da, en) = ("genet er haploinsufficient ifølge ClinGen", "the gene is haploinsufficient by ClinGen");
        return known(GENE_LISTS, da.to_owned(), en.to_owned());
    }
    // The threshold is gnomAD's recommendation for v2 (LOEUF under 0.6 when a hard line is wanted).
    if let Some(loeuf) = gene.loeuf.filter(|l| *l < 0.6) {
        let loeuf = format!("{loeuf:.2}");
        return known(
            CONSTRAINT,
            format!("genet tåler tab af funktion dårligt (gnomAD LOEUF {})", decimal_comma(&loeuf)),
            format!("the gene tolerates loss of function poorly (gnomAD LOEUF {loeuf})"),
        );
    }
    if truncating < if recessive { 2 } else { 3 } {
        return None;
    }
    known(
        CLINVAR,
        format!("{truncating} afkortende varianter i genet er sygdomsgivende i ClinVar"),
        format!("{truncating} truncating variants of the gene are pathogenic in ClinVar"),
    )
}

/// What the automatic criteria look at. `None` means not known, and an unknown never speaks either way.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Evidence {
    /// The gene's approved symbol, for rules of its own.
    pub gene: String,
    /// Number of ClinVar's record of this very allele, for rules of its own; what the record says is no evidence.
    pub clinvar_id: Option<String>,
    /// Most severe Sequence Ontology term in the gene.
    pub consequence: String,
    /// Why loss of function is how this gene causes disease, when it is.
    pub loss_of_function_gene: Option<Mechanism>,
    /// True when the transcript escapes nonsense-mediated decay (last exon, or last 50 nt of the one before).
    pub escapes_decay: bool,
    /// Highest population frequency; `None` when no population source has the variant.
    pub max_frequency: Option<f64>,
    /// Which field said it.
    pub frequency_source: Option<String>,
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

impl Evidence {
    /// Without what ClinVar tells, for measuring against ClinVar: neither records of the codon (PS1, PM5) and the place
    /// (PM1), nor the other allele's class (PM3), nor loss of function known from ClinVar alone (PVS1).
    pub fn without_clinvar(self) -> Self {
        Self {
            loss_of_function_gene: self.loss_of_function_gene.filter(|mechanism| mechanism.source != CLINVAR),
            same_amino_acid: None,
            other_amino_acid: None,
            neighbours: None,
            pathogenic_partner: None,
            ..self
        }
    }
}

/// Terms that abolish a transcript's product (Abou Tayoun et al., Hum Mutat 2018;39:1517).
const LOSS_OF_FUNCTION: [&str; 5] =
    ["transcript_ablation", "splice_acceptor_variant", "splice_donor_variant", "stop_gained", "frameshift_variant"];

/// True for terms that abolish the product.
pub(crate) fn is_loss_of_function(consequence: &str) -> bool {
    LOSS_OF_FUNCTION.contains(&consequence)
}

/// Applies every automatic criterion, by the general rules and the gene's own.
pub fn assess(e: &Evidence, rules: &Rules) -> Acmg {
    let mut met: Vec<AcmgCriterion> = Vec::new();
    met.extend(frequency_criteria(e, rules));
    met.extend(homozygotes(e));
    met.extend(loss_of_function(e));
    met.extend(known_changes(e));
    met.extend(family(e));
    met.extend(predictions(e));
    met.retain(|criterion| rules.used(&criterion.code, &e.gene, e.clinvar_id.as_deref()));
    for criterion in &mut met {
        own_strength(criterion, e, rules);
    }
    classify(met)
}

impl AcmgCriterion {
    /// The same with the value it rests on and whence that is.
    fn resting_on(self, value: impl Into<String>, source: &str) -> Self {
        Self { value: value.into(), source: source.to_owned(), ..self }
    }
}

/// The strength that the gene's own rule gives a criterion.
fn own_strength(criterion: &mut AcmgCriterion, e: &Evidence, rules: &Rules) {
    let own = Code::from_name(&criterion.code).zip(rules.strength(&criterion.code, &e.gene));
    let Some((code, (strength, source))) = own else { return };
    criterion.strength = strength.name().to_owned();
    criterion.points = points(code.is_benign(), strength);
    criterion.reason.push_str(&format!("; strength in this gene by {source}"));
    criterion.reason_da.push_str(&format!("; styrken i dette gen efter {source}"));
}

/// The general limits of BA1 and BS1, and of PM2 for dominant and for recessive disease.
const COMMON: f64 = 0.05;
const TOO_COMMON: f64 = 0.015;
const RARE: f64 = 1e-5;
const RARE_RECESSIVE: f64 = 1e-4;

fn frequency_criteria(e: &Evidence, rules: &Rules) -> Option<AcmgCriterion> {
    let source = e.frequency_source.as_deref().unwrap_or(POPULATION);
    let Some(f) = e.max_frequency else {
        let absent =
            || Words::new("findes ikke i filens befolkningsdata", "absent from the population data of the file");
        return e.frequencies_known.then(|| criterion("PM2", Supporting, absent()).resting_on("", POPULATION));
    };
    // A variant known to be common and to cause disease: how common it is does not speak against it.
    if !rules.used("BA1", &e.gene, e.clinvar_id.as_deref()) && f > COMMON {
        return None;
    }
    let limit = |code, general| rules.limit(code, &e.gene).map_or((general, None), |(limit, by)| (limit, Some(by)));
    for (code, strength, general) in [("BA1", StandAlone, COMMON), ("BS1", Strong, TOO_COMMON)] {
        let (limit, by) = limit(code, general);
        if f > limit && rules.used(code, &e.gene, e.clinvar_id.as_deref()) {
            return Some(criterion(code, strength, above(f, limit, by)).resting_on(format!("{f:.4}"), source));
        }
    }
    let (limit, by) = limit("PM2", if e.recessive { RARE_RECESSIVE } else { RARE });
    (f < limit).then(|| {
        let value = format!("{f:.1e}");
        let reason = by_rule(
            Words::new(
                format!("meget sjælden: hyppighed i befolkningen {}", decimal_comma(&value)),
                format!("very rare: population frequency {value}"),
            ),
            by,
        );
        criterion("PM2", Supporting, reason).resting_on(value, source)
    })
}

fn above(f: f64, limit: f64, by: Option<&str>) -> Words {
    let f = format!("{f:.4}");
    // Rounded, so that 1.5 % is not written with the digits of a binary fraction.
    let percent = format!("{}", (limit * 1e8).round() / 1e6);
    let words = Words::new(
        format!("hyppigheden i befolkningen er {}, over {} %", decimal_comma(&f), decimal_comma(&percent)),
        format!("population frequency {f} is above {percent} %"),
    );
    by_rule(words, by)
}

fn by_rule(words: Words, by: Option<&str>) -> Words {
    match by {
        Some(by) => Words::new(
            format!("{} (grænsen for dette gen efter {by})", words.da),
            format!("{} (limit of this gene by {by})", words.en),
        ),
        None => words,
    }
}

fn homozygotes(e: &Evidence) -> Option<AcmgCriterion> {
    let n = e.homozygotes.filter(|n| *n > 2 && e.recessive)?;
    let reason = Words::new(format!("{n} homozygote i befolkningsdata"), format!("{n} homozygotes in population data"));
    Some(criterion("BS2", Strong, reason).resting_on(n.to_string(), POPULATION))
}

fn loss_of_function(e: &Evidence) -> Option<AcmgCriterion> {
    if let Some(Mechanism { why, source }) = &e.loss_of_function_gene {
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
            return Some(criterion("PVS1", strength, reason).resting_on(&e.consequence, source));
        }
        if e.consequence == "start_lost" {
            let reason = Words::new(format!("start_lost, og {}", why.da), format!("start_lost, and {}", why.en));
            return Some(criterion("PVS1", Moderate, reason).resting_on(&e.consequence, source));
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
        criterion("PM4", Moderate, reason).resting_on(&e.consequence, CONSEQUENCE)
    })
}

fn known_changes(e: &Evidence) -> Vec<AcmgCriterion> {
    let mut met = Vec::new();
    let record = |id: &str, stars: u8| format!("{id} ({stars}/4)");
    if let Some((id, stars)) = &e.same_amino_acid {
        let strength = if *stars >= 2 { Strong } else { Moderate };
        let reason = Words::new(
            format!("samme aminosyreændring er sygdomsgivende i ClinVar {id} ({stars} af 4 stjerner)"),
            format!("same amino-acid change is pathogenic in ClinVar {id} ({stars} stars)"),
        );
        met.push(criterion("PS1", strength, reason).resting_on(record(id, *stars), CLINVAR));
    } else if let Some((id, stars)) = &e.other_amino_acid {
        let strength = if *stars >= 2 { Moderate } else { Supporting };
        let reason = Words::new(
            format!("en anden ændring af samme aminosyre er sygdomsgivende i ClinVar {id} ({stars} af 4 stjerner)"),
            format!("another change of the same amino acid is pathogenic in ClinVar {id} ({stars} stars)"),
        );
        met.push(criterion("PM5", strength, reason).resting_on(record(id, *stars), CLINVAR));
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
        met.push(criterion("PM1", Moderate, reason).resting_on(format!("{pathogenic} : {benign}"), CLINVAR));
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
            criterion("PS2", Strong, reason).resting_on("", GENOTYPES)
        } else {
            let reason = Words::new(
                "formentlig ny hos barnet; slægtskabet er forudsat",
                "probably new in the child; parentage is assumed",
            );
            criterion("PM6", Moderate, reason).resting_on("", GENOTYPES)
        }
    });
    let partner = e.pathogenic_partner.map(|in_trans| {
        if in_trans {
            let reason = Words::new(
                "på den anden kopi sidder en (sandsynligt) sygdomsgivende variant",
                "in trans with a (likely) pathogenic variant",
            );
            criterion("PM3", Moderate, reason).resting_on("", CLINVAR)
        } else {
            let reason = Words::new(
                "sammen med en (sandsynligt) sygdomsgivende variant, fase ukendt",
                "together with a (likely) pathogenic variant, phase unknown",
            );
            criterion("PM3", Supporting, reason).resting_on("", CLINVAR)
        }
    });
    de_novo.into_iter().chain(partner).collect()
}

/// Consequences outside the canonical splice sites, of which a prediction of no effect on splicing says what there is to say
/// (Walker et al. 2023, figure 4); of a missense change the amino acid counts as well.
const BY_SPLICING_ALONE: [&str; 6] = [
    "synonymous_variant",
    "intron_variant",
    "splice_region_variant",
    "splice_polypyrimidine_tract_variant",
    "splice_donor_region_variant",
    "splice_donor_5th_base_variant",
];

/// PP3, BP4 and BP7. Thresholds: Pejaver et al., Am J Hum Genet 2022;109:2163 (REVEL); Walker et al., AJHG 2023;110:1046
/// (SpliceAI). PP3 is met once, by the stronger of the two; what is predicted to be spliced otherwise is not benign by its
/// amino acid.
fn predictions(e: &Evidence) -> Vec<AcmgCriterion> {
    let missense = e.revel.filter(|_| e.consequence == "missense_variant").and_then(by_revel);
    if let Some(delta) = e.splice_ai.filter(|d| *d >= 0.2) {
        let spliced = by_splice_ai("PP3", delta, ("0,2 eller mere", "0.2 or more"));
        return vec![missense.filter(|m| m.points > spliced.points).unwrap_or(spliced)];
    }
    let unspliced = e.splice_ai.filter(|delta| *delta <= 0.1 && BY_SPLICING_ALONE.contains(&e.consequence.as_str()));
    let unspliced = unspliced.map(|delta| by_splice_ai("BP4", delta, ("0,1 eller mindre", "0.1 or less")));
    let silent = (e.consequence == "synonymous_variant" && e.splice_ai.is_none_or(|delta| delta <= 0.1)).then(|| {
        let reason = Words::new(
            "synonym, uden forudsagt virkning på splejsning",
            "synonymous, with no predicted effect on splicing",
        );
        criterion("BP7", Supporting, reason).resting_on(&e.consequence, CONSEQUENCE)
    });
    missense.into_iter().chain(unspliced).chain(silent).collect()
}

fn by_splice_ai(code: &str, delta: f64, (da, en): (&str, &str)) -> AcmgCriterion {
    let delta = format!("{delta:.2}");
    let reason = Words::new(
        format!("SpliceAI-delta {} ({da})", decimal_comma(&delta)),
        format!("SpliceAI delta {delta} ({en})"),
    );
    criterion(code, Supporting, reason).resting_on(delta, "SpliceAI")
}

fn by_revel(revel: f64) -> Option<AcmgCriterion> {
    let score = format!("{revel:.3}");
    let said = |code: &str, strength: Strength, limit: &str| {
        let (da, en) = if code == "PP3" { ("eller mere", "or more") } else { ("eller mindre", "or less") };
        let reason = Words::new(
            format!("REVEL {} ({} {da})", decimal_comma(&score), decimal_comma(limit)),
            format!("REVEL {score} ({limit} {en})"),
        );
        criterion(code, strength, reason).resting_on(&score, "REVEL")
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
mod tests;
