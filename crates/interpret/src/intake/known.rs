//! What is already known of an allele.

use crate::report;
use crate::score::ClinVarVerdict;
use indgang_genomics::profile::Profile;
use indgang_knowledge::{ClinVar, ClinVarRecord, Genes};
use indgang_model::Variant;

/// Bases to either side that count as the neighbourhood (PM1).
pub(crate) const NEIGHBOURHOOD: u32 = 25;

/// `None` for what is too common for any mode: the recessive limit is the widest. `Some(true)` of what ClinVar has as
/// pathogenic, which may be as common as its disease's founder variants are and need not change a product.
pub(crate) fn rare(profile: &Profile, frequency: Option<f64>, pathogenic: bool) -> Option<bool> {
    let rescued = pathogenic && frequency.is_none_or(|f| f <= 0.05);
    let common = frequency.is_some_and(|f| profile.frequency_recessive.is_some_and(|limit| f > limit));
    (!common || rescued).then_some(rescued)
}

pub(super) fn is_secondary_gene(genes: &Genes, symbol: &str) -> bool {
    genes.by_symbol(symbol).is_some_and(|g| genes.secondary_finding(g).is_some())
}

/// The highest of what several sources say, with the source.
pub(super) fn highest<const N: usize>(said: [Option<(f64, String)>; N]) -> (Option<f64>, Option<String>) {
    let best = said.into_iter().flatten().reduce(|a, b| if b.0 > a.0 { b } else { a });
    best.map_or((None, None), |(f, source)| (Some(f), Some(source)))
}

pub(crate) fn verdict(record: &ClinVarRecord<'_>) -> Option<ClinVarVerdict> {
    if record.significance.is_pathogenic() {
        Some(ClinVarVerdict::Pathogenic)
    } else if record.significance.is_benign() {
        Some(ClinVarVerdict::Benign)
    } else {
        None
    }
}

pub(super) fn for_report(record: &ClinVarRecord<'_>) -> report::ClinVar {
    report::ClinVar {
        significance: record.significance_words.to_owned(),
        stars: record.stars,
        id: record.variation_id.to_string(),
        version: record.version.to_owned(),
    }
}

/// (Likely) pathogenic and (likely) benign missense records around a variant, its own left out.
pub(crate) fn neighbours(
    clinvar: &ClinVar<'_>,
    variant: &Variant,
    own: Option<&ClinVarRecord<'_>>,
) -> Option<(u32, u32)> {
    let density = clinvar.density(variant.chrom, variant.pos, NEIGHBOURHOOD, own.map(|r| r.variation_id));
    Some((density.pathogenic_missense, density.benign_missense))
}
