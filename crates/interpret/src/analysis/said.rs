//! What is to be said of the files that were read.

use super::AnalysisError;
use crate::intake::{Beside, Candidate};
use crate::words::Words;
use indgang_genomics::annotation::Compounds;
use indgang_model::Variant;
use std::collections::BTreeMap;

/// What is to be said of alleles that the reference sequence could not be held against.
pub(super) fn not_aligned(beside: Beside<'_>, candidates: &[Candidate]) -> Option<Words> {
    let Some(reference) = beside.reference else {
        return Some(Words::new(
            "Ingen referencesekvens er givet: alleler er afkortet, men ikke venstrestillet, og virkning på proteinet kommer kun fra annoteringer.",
            "No reference sequence was given: alleles are trimmed but not left-aligned, and protein effects come from annotations only.",
        ));
    };
    let at_hand = |v: &Variant| reference.bases(v.chrom, v.pos, 1).is_some();
    let lacking: Vec<&Variant> = candidates.iter().map(|c| &c.site.variant).filter(|v| !at_hand(v)).collect();
    let first = lacking.first()?;
    let (count, of) = (lacking.len(), candidates.len());
    Some(Words::new(
        format!(
            "Referencesekvensen har ikke stedet for {count} af {of} alleler efter filtrene (den første {first}): de er afkortet, men ikke venstrestillet. Giv hele genomets sekvens."
        ),
        format!(
            "The reference sequence lacks the place of {count} of {of} alleles left after the filters (the first {first}): these are trimmed but not left-aligned. Give the sequence of the whole genome."
        ),
    ))
}

/// What is to be said of lines that bcftools csq points at and the file does not have.
pub(super) fn not_found(compounds: &Compounds) -> Option<Words> {
    let count = compounds.missing();
    let words = || {
        Words::new(
            format!(
                "{count} linjer, som BCSQ henviser til, findes ikke i filen; det, der peger på dem, er vurderet ved sin placering"
            ),
            format!(
                "{count} lines that BCSQ points at are not in the file; what points at them is judged by its position"
            ),
        )
    };
    (count > 0).then(words)
}

/// The kinds of [`crate::intake`] in Danish.
pub(super) fn set_aside_in_danish(kind: &str) -> &str {
    match kind {
        "spanning deletions (*)" => "overliggende deletioner (*)",
        "unspecified alleles (<NON_REF>, <*>)" => "uangivne alleler (<NON_REF>, <*>)",
        "records without an alternate allele" => "linjer uden en alternativ allel",
        "alleles on contigs outside the primary assembly" => "alleler på contigs uden for de egentlige kromosomer",
        "structural alleles without a readable END or SVLEN" => "strukturelle alleler uden læselig END eller SVLEN",
        "repeat alleles of normal length" => "gentagelser af normal længde",
        "repeat alleles of a locus without a known range" => "gentagelser på et sted uden kendte grænser",
        other => other,
    }
}

/// A file without variants is no negative answer: more likely the filtering or the export went wrong.
pub(super) fn nothing_read(files: &[&str], set_aside: &BTreeMap<&'static str, u64>) -> AnalysisError {
    let aside: String = set_aside.iter().map(|(kind, count)| format!("; {count} {kind} were set aside")).collect();
    AnalysisError::Contradiction(format!(
        "`{}`: no allele to interpret{aside}; an answer would look like a negative one. Look whether the export ended early or filtered too much, and give the file with its variants",
        files.join("`, `")
    ))
}
