//! What is particular to structural variants and repeats among the drafts and findings.

use super::{Context, POINTED_TO};
use crate::intake::Candidate;
use crate::large::{Inheritance, Range, RepeatReading};
use crate::report::{Finding, FindingVariant};
use indgang_genomics::call::{AlleleCode, Call};
use indgang_genomics::inheritance::lies_in_deletion;
use indgang_genomics::site::{Event, Site};
use indgang_genomics::structural::{LARGE, mate};
use indgang_model::{ModeOfInheritance as M, SecondaryFindingWish, Variant};
use std::borrow::Cow;
use std::collections::HashSet;

/// The calls by which a candidate's inheritance is judged. A repeat is seldom passed on at its length: a relative with
/// another expanded allele of the locus carries it, too, unless she has this one.
pub(super) fn calls<'c>(context: &Context<'_>, candidate: &'c Candidate) -> Cow<'c, [Call]> {
    if candidate.repeat.is_none() {
        return Cow::Borrowed(&candidate.site.calls);
    }
    let mut calls = candidate.site.calls.to_vec();
    let proband = context.case.family.proband();
    for (member, call) in calls.iter_mut().enumerate() {
        if member != proband && !call.genotype.carries() {
            let others = call.genotype.alleles.iter_mut().filter(|code| **code == AlleleCode::Other);
            others.for_each(|code| *code = AlleleCode::Alternate);
        }
    }
    Cow::Owned(calls)
}

/// Whether a mode is one of a repeat's: no mosaic is read from lengths, nothing is called new where it may be inherited,
/// and one copy does nothing at a recessive locus. True of what is no repeat.
pub(super) fn of_repeat(repeat: Option<&RepeatReading>, mode: M, inherited: bool) -> bool {
    let Some(repeat) = repeat else { return true };
    let recessive = repeat.inheritance == Some(Inheritance::AutosomalRecessive);
    match mode {
        M::MosaicDeNovo | M::ParentalMosaic => false,
        M::PossibleDeNovo => !recessive && !inherited,
        M::DeNovo | M::AutosomalDominant | M::AutosomalDominantIncompletePenetrance => !recessive,
        _ => true,
    }
}

/// True of a gain of a whole gene.
pub(super) fn is_extra_copy(candidate: &Candidate, symbol: &str) -> bool {
    candidate.effects.iter().any(|e| e.symbol == symbol && e.consequence == "transcript_amplification")
}

/// Two breakends that name each other are the two ends of one junction, and no pair.
pub(super) fn are_mates(a: &Site, b: &Site) -> bool {
    let names = |a: &Site, b: &Site| match &a.event {
        Event::Breakend { mate: text } => mate(text) == Some((b.variant.chrom, b.variant.pos)),
        _ => false,
    };
    names(a, b) && names(b, a)
}

/// The last base that a deletion takes, written as one or as a sequence of [`LARGE`] bases or more.
pub(super) fn deletion_end(site: &Site) -> Option<u32> {
    let (reference, alternate) = (site.variant.reference.len(), site.variant.alternate.len());
    let by_sequence = || {
        let long = site.event == Event::Small && reference >= alternate + LARGE;
        long.then(|| site.variant.pos.saturating_add(reference as u32 - 1))
    };
    site.event.deletion_end().or_else(by_sequence)
}

/// True when one of two variants is a deletion of one copy and the other lies in it, but is called on one of two copies:
/// both calls cannot be right.
pub(super) fn heterozygous_in_deletion(context: &Context<'_>, a: &Site, b: &Site) -> bool {
    let proband = context.case.family.proband();
    let heterozygous = |site: &Site| site.calls.get(proband).is_some_and(|call| call.genotype.is_heterozygous());
    let within = |deletion: &Site, small: &Site| {
        let end = deletion_end(deletion).filter(|_| small.event == Event::Small);
        end.is_some_and(|end| lies_in_deletion(small.variant.pos, (deletion.variant.pos, end)))
    };
    (within(a, b) || within(b, a)) && heterozygous(a) && heterozygous(b)
}

/// Of a structural variant that touches several genes one finding alone is kept beside its pairs: the best one, which
/// names the others. `findings` are in order.
pub(super) fn one_finding_an_event(findings: &mut Vec<Finding>) {
    let mut seen: HashSet<(Variant, Option<u32>)> = HashSet::new();
    findings.retain(|finding| match &finding.variants[..] {
        [one] if one.event != Event::Small && one.structural.is_some() => {
            seen.insert((one.variant.clone(), one.event.end()))
        }
        _ => true,
    });
}

/// True of a finding whose every variant is pathogenic by what is no ACMG criterion: the length of a repeat, or the class
/// of a copy number variant.
pub(crate) fn is_pathogenic(variants: &[FindingVariant]) -> bool {
    let one = |variant: &FindingVariant| {
        let class = variant.structural.as_ref().and_then(|large| large.class.as_ref());
        variant.repeat.as_ref().is_some_and(|repeat| repeat.range == Range::Full)
            || class.is_some_and(|class| class.classification.ends_with("pathogenic"))
    };
    !variants.is_empty() && variants.iter().all(one)
}

/// True of a repeat to which the signs do not point, in a proband who did not wish to be told of everything: most such
/// diseases come late, cannot be treated, and were not asked about. Without signs nothing else was asked either.
pub(super) fn unasked_repeat(context: &Context<'_>, finding: &Finding, wish: SecondaryFindingWish) -> bool {
    let asked = context.case.features.iter().any(|f| !f.excluded);
    let repeat = finding.variants.iter().any(|variant| variant.repeat.is_some());
    repeat && asked && finding.scores.phenotype < POINTED_TO && wish != SecondaryFindingWish::All
}
