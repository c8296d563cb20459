//! The kind of answer, and why a finding counts as sure.

use crate::acmg;
use crate::findings::is_pathogenic_by_size;
use crate::report::{Explanation, Finding, FindingVariant, ResultKind};
use crate::score::ClinVarVerdict;
use crate::words::{Words, named};

/// Combined score from which a finding may be the answer.
const LIKELY: f64 = 0.5;
/// Combined score from which a finding is worth a word.
const POSSIBLE: f64 = 0.05;
/// Fit of the signs that a diagnosis needs (more than the 0.5 of a case without signs), and the fit that stands in for a reviewed ClinVar record.
const FITS: f64 = 0.55;
const FITS_CLOSELY: f64 = 0.8;
/// Reservations that keep a finding from being a diagnosis.
const DOUBTFUL: [&str; 7] = [
    "low_quality",
    "unbalanced_reads",
    "phase_unknown",
    "mendelian_error",
    "heterozygous_in_deletion",
    "perhaps_one_event",
    "copies_presumed",
];

/// By what a finding is established. Where several hold, the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Established {
    Points,
    ClinVar,
    Size,
    Pair,
}

/// The kind of answer; the reason of a diagnosis goes into the first finding's explanation.
///
/// *Diagnostic*: the first finding is established, in a gene with a disease that the signs fit, and neither the calls nor
/// the pedigree leave doubt. Established is (likely) pathogenic by points, or by ClinVar: with at least one star, or
/// without one when the signs fit closely.
/// *Negative*: no finding has a combined score of 0.05. *Uncertain*: what lies between.
pub(super) fn result(findings: &mut [Finding], trio_refused: bool) -> ResultKind {
    let Some(first) = findings.first_mut() else { return ResultKind::Negative };
    let doubtful = DOUBTFUL.iter().any(|flag| first.flags.iter().any(|f| f == flag)) || trio_refused;
    let fits = first.disease.is_some() && first.scores.phenotype >= FITS && first.scores.combined >= LIKELY;
    if let Some(established) = established(first).filter(|_| fits && !doubtful) {
        let Words { da, en } = words(established, first);
        let key = Explanation::CERTAINTY.to_owned();
        first.explanation.push(Explanation { key, text: en, text_da: da, contribution: 0.0 });
        ResultKind::Diagnostic
    } else if first.scores.combined >= POSSIBLE {
        ResultKind::Uncertain
    } else {
        ResultKind::Negative
    }
}

fn established(finding: &Finding) -> Option<Established> {
    let least_stars = if finding.scores.phenotype >= FITS_CLOSELY { 0 } else { 1 };
    // A structural variant by itself is judged by the standard for copy number, not by that for small variants.
    let large = matches!(&finding.variants[..], [one] if one.structural.is_some());
    if !large && acmg::is_pathogenic(&finding.acmg) {
        Some(Established::Points)
    } else if finding.variants.iter().all(|variant| by_clinvar(variant, least_stars)) {
        Some(Established::ClinVar)
    } else if is_pathogenic_by_size(&finding.variants) {
        Some(Established::Size)
    } else {
        both_established(finding, least_stars).then_some(Established::Pair)
    }
}

/// True when ClinVar calls a variant (likely) pathogenic, with so many stars at least.
fn by_clinvar(variant: &FindingVariant, least_stars: u8) -> bool {
    variant.clinvar.as_ref().is_some_and(|c| {
        c.stars >= least_stars && ClinVarVerdict::of_words(&c.significance) == Some(ClinVarVerdict::Pathogenic)
    })
}

/// True of a pair of which each is established by a rule of its own kind: ClinVar, size, or a lost copy.
fn both_established(finding: &Finding, least_stars: u8) -> bool {
    let one = |v: &FindingVariant| {
        by_clinvar(v, least_stars)
            || is_pathogenic_by_size(std::slice::from_ref(v))
            || (v.structural.is_some() && acmg::is_loss_of_function(&v.consequence))
    };
    finding.variants.len() == 2 && finding.variants.iter().all(one)
}

/// Why it counts as sure, with what the points alone would say where they do not carry it.
fn words(established: Established, finding: &Finding) -> Words {
    let (class_da, class_en) = named("class", &finding.acmg.classification).unwrap_or(("ingen klasse", "no class"));
    let (class_da, class_en) = (class_da.to_lowercase(), class_en.to_lowercase());
    let points = finding.acmg.points;
    let alone = Words::new(
        format!("de ACMG-kriterier, programmet fandt, giver i sig selv kun: {class_da} ({points} point)"),
        format!(
            "the ACMG criteria that the program found give by themselves no more than: {class_en} ({points} points)"
        ),
    );
    match established {
        Established::Points => Words::new(
            format!("Regnes for sikkert efter ACMG-kriterierne: {class_da} ({points} point)"),
            format!("Counts as sure by the ACMG criteria: {class_en} ({points} points)"),
        ),
        Established::ClinVar => {
            let (records_da, records_en) = records(finding);
            Words::new(
                format!("Regnes for sikkert alene efter ClinVar ({records_da}); {}", alone.da),
                format!("Counts as sure by ClinVar alone ({records_en}); {}", alone.en),
            )
        }
        Established::Size => Words::new(
            "Regnes for sikkert efter gentagelsens længde eller klassen for kopital, ikke efter kriterierne for små varianter",
            "Counts as sure by the length of the repeat or the class by copy number, not by the criteria for small variants",
        ),
        Established::Pair => Words::new(
            format!(
                "Regnes for sikkert, fordi hver af de to varianter er sikker for sig (ClinVar, størrelse eller tabt kopi); {}",
                alone.da
            ),
            format!(
                "Counts as sure because each of the two variants is so by itself (ClinVar, size or a lost copy); {}",
                alone.en
            ),
        ),
    }
}

/// What ClinVar says of the variants, each record once.
fn records(finding: &Finding) -> (String, String) {
    let mut told: Vec<(String, String)> = Vec::new();
    for record in finding.variants.iter().filter_map(|v| v.clinvar.as_ref()) {
        let (da, en) = named("clinvar", &record.key()).unwrap_or((&record.significance, &record.significance));
        let one = (format!("{da}, {} af 4 stjerner", record.stars), format!("{en}, {} of 4 stars", record.stars));
        if !told.contains(&one) {
            told.push(one);
        }
    }
    let (da, en): (Vec<String>, Vec<String>) = told.into_iter().unzip();
    (da.join("; "), en.join("; "))
}
