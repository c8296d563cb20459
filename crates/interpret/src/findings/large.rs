//! What is particular to structural variants and repeats among the drafts and findings.

use super::Context;
use crate::intake::Candidate;
use crate::large::{Inheritance, Range, RepeatReading};
use crate::report::{Finding, FindingVariant};
use indgang_genomics::call::{AlleleCode, Call};
use indgang_genomics::inheritance::lies_in_deletion;
use indgang_genomics::site::{Event, Site};
use indgang_genomics::structural::mate;
use indgang_model::{Affected, ModeOfInheritance as M, Variant};
use std::borrow::Cow;
use std::collections::HashSet;

/// The calls by which a candidate's inheritance is judged. A repeat is seldom passed on at its length: at a locus every
/// expanded allele of a relative is of one class with the proband's.
pub(super) fn calls<'c>(context: &Context<'_>, candidate: &'c Candidate) -> Cow<'c, [Call]> {
    if candidate.repeat.is_none() {
        return Cow::Borrowed(&candidate.site.calls);
    }
    let mut calls = candidate.site.calls.to_vec();
    let proband = context.case.family.proband();
    let both = calls.get(proband).is_some_and(|call| call.genotype.is_homozygous_alternate());
    for (member, call) in calls.iter_mut().enumerate().filter(|(member, _)| *member != proband) {
        // Who has this length beside another has two expanded alleles: that matters where the proband has two.
        if both || !call.genotype.carries() {
            let expanded = expanded(candidate, member);
            let others = call.genotype.alleles.iter_mut().zip(expanded);
            others
                .filter(|(code, is)| **code == AlleleCode::Other && *is)
                .for_each(|(code, _)| *code = AlleleCode::Alternate);
            spare_intermediate(context, candidate, member, call);
        }
    }
    Cow::Owned(calls)
}

/// Which of a member's two alleles of a repeat's locus are longer than normal.
fn expanded(candidate: &Candidate, member: usize) -> [bool; 2] {
    let ranges = candidate.repeat_ranges.get(member).copied().unwrap_or_default();
    ranges.map(|range| range.is_some_and(|range| range > Range::Normal))
}

/// An allele of intermediate length beside an expanded one makes nobody ill: who is not has one copy, not two.
fn spare_intermediate(context: &Context<'_>, candidate: &Candidate, member: usize, call: &mut Call) {
    let ranges = candidate.repeat_ranges.get(member).copied().unwrap_or_default();
    let unaffected = context.case.family.members[member].affected == Affected::Unaffected;
    let slot = ranges.iter().position(|range| *range == Some(Range::Intermediate));
    if let Some(slot) =
        slot.filter(|_| unaffected && call.genotype.copies == 2 && call.genotype.is_homozygous_alternate())
    {
        call.genotype.alleles[slot] = AlleleCode::Reference;
    }
}

/// The calls of two expanded alleles that the proband has on her two copies. A relative's other lengths stand for the one
/// of the two that she does not have: of two such a parent's own for the one that the other parent does not have.
pub(super) fn calls_of_pair(context: &Context<'_>, a: &Candidate, b: &Candidate) -> Option<[Vec<Call>; 2]> {
    let one_locus = a.repeat.is_some() && b.repeat.is_some() && a.site.line == b.site.line;
    if !one_locus || a.site.variant.chrom != b.site.variant.chrom {
        return None;
    }
    let family = &context.case.family;
    let (proband, mut calls) = (family.proband(), [a.site.calls.to_vec(), b.site.calls.to_vec()]);
    let carries = |calls: &[Vec<Call>; 2], which: usize, member: Option<usize>| {
        member.and_then(|m| calls[which].get(m)).is_some_and(|call| call.genotype.carries())
    };
    let (father, mother) = (family.members[proband].father, family.members[proband].mother);
    for member in (0..calls[0].len()).filter(|member| *member != proband) {
        let ranges = a.repeat_ranges.get(member).copied().unwrap_or_default();
        for (slot, range) in ranges.into_iter().enumerate() {
            let codes = [0, 1].map(|which| calls[which][member].genotype.alleles[slot]);
            if codes != [AlleleCode::Other; 2] || !expanded(a, member)[slot] {
                continue;
            }
            let has = [0, 1].map(|which| carries(&calls, which, Some(member)));
            let other_parent = match Some(member) {
                m if m == father => mother,
                m if m == mother => father,
                _ => None,
            };
            let healthy = family.members[member].affected == Affected::Unaffected;
            let which = match has {
                [true, true] => continue,
                // An intermediate length beside the other makes nobody ill.
                [true, false] | [false, true] if healthy && range == Some(Range::Intermediate) => continue,
                [true, false] => 1,
                [false, true] => 0,
                [false, false] => usize::from(carries(&calls, 0, other_parent) || Some(member) == mother),
            };
            calls[which][member].genotype.alleles[slot] = AlleleCode::Alternate;
        }
        for calls in &mut calls {
            let alleles = &mut calls[member].genotype.alleles;
            let rest = alleles.iter_mut().filter(|code| **code == AlleleCode::Other);
            rest.for_each(|code| *code = AlleleCode::Reference);
        }
    }
    Some(calls)
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

/// True of two calls of one event, which are no pair: the two ends of one junction, by their places or by MATEID.
pub(super) fn are_mates(a: &Candidate, b: &Candidate) -> bool {
    if let (Some(first), Some(second)) = (&a.line, &b.line)
        && (first.names(second) || second.names(first))
    {
        return true;
    }
    let (a, b) = (&a.site, &b.site);
    let names = |a: &Site, b: &Site| match &a.event {
        Event::Breakend { mate: text } => mate(text) == Some((b.variant.chrom, b.variant.pos)),
        _ => false,
    };
    names(a, b) && names(b, a)
}

/// True when one of two variants is a deletion of one copy and the other lies in it, but is called on one of two copies:
/// both calls cannot be right.
pub(super) fn heterozygous_in_deletion(context: &Context<'_>, a: &Candidate, b: &Candidate) -> bool {
    let proband = context.case.family.proband();
    let heterozygous = |c: &Candidate| c.site.calls.get(proband).is_some_and(|call| call.genotype.is_heterozygous());
    let within = |deletion: &Candidate, small: &Candidate| {
        let lost = deletion.lost().filter(|_| small.large.is_none() && small.repeat.is_none());
        lost.is_some_and(|(first, last)| lies_in_deletion(small.site.variant.pos, (first.saturating_sub(1), last)))
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
